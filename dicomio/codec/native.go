package codec

import (
	"encoding/binary"
	"fmt"
)

// Native unpacks the first frame of uncompressed pixel data (PS3.5 8.1):
// samples of 1, 8, 12 (packed) or 16 bits, in the byte order of the transfer
// syntax, by pixel or by plane, with full or horizontally halved chroma.
// Bits outside Bits Stored, such as overlays, are masked.
//
// Data may be longer than the frame. Errors are as Decode's.
func Native(p Params, data []byte) (Image, error) { return NativeFrame(p, data, 0) }

// NativeFrame unpacks the given frame, from 0, of uncompressed pixel data
// with several frames. (Frames of 1 and 12 bits need not begin with a byte.)
func NativeFrame(p Params, data []byte, frame int) (Image, error) {
	name := p.TransferSyntax
	if s, ok := lookup(name); ok {
		name = s.Name
	}
	if err := p.check(name); err != nil {
		return Image{}, err
	}
	p = p.sound()
	fail := func(kind error, format string, args ...any) (Image, error) {
		return Image{}, &Error{Kind: kind, Syntax: name, Offset: -1, Detail: fmt.Sprintf(format, args...)}
	}
	halved := p.SamplesPerPixel == 3 && p.Photometric == "YBR_FULL_422"
	switch p.BitsAllocated {
	case 1, 12:
		if p.SamplesPerPixel != 1 {
			return fail(ErrUnsupported, "%d samples a pixel of %d bits", p.SamplesPerPixel, p.BitsAllocated)
		}
	case 8, 16:
		if halved && p.Columns%2 != 0 {
			return fail(ErrUnsupported, "YBR_FULL_422 with an odd number of columns, %d", p.Columns)
		}
	default:
		return fail(ErrUnsupported, "native samples of %d bits", p.BitsAllocated)
	}
	if frame < 0 {
		return fail(ErrSizeMismatch, "frame %d", frame+1)
	}

	stored := int(p.samples()) // in the file, chroma halved
	if halved {
		stored = stored / 3 * 2
	}
	frameBits := int64(stored) * int64(p.BitsAllocated)
	have := int64(len(data))*8/frameBits - int64(frame) // whole frames from this one on
	first := int64(frame) * frameBits                   // in bits; cannot overflow where it is used
	if int64(frame) > int64(len(data))*8/frameBits {
		return fail(ErrTruncated, "frame %d begins after the data's end", frame+1)
	}
	swap := p.TransferSyntax == bigEndian || p.TransferSyntax == gePrivate

	img := p.image()
	img.Samples = p.usedSamples()
	if have < 1 || p.BitsAllocated != 16 {
		clear(img.Samples) // the end of the frame may be missing
	}
	samples := img.Samples[:stored]
	switch p.BitsAllocated {
	case 1:
		unpack1(samples, data, int(first), swap && p.Words)
	case 8:
		unpack8(samples, data[first/8:], swap && p.Words)
		p.maskCell(samples)
	case 12:
		unpack12(samples, data, int(first))
		p.maskCell(samples)
	case 16:
		shift, mask := p.cell()
		unpack16(samples, data[first/8:], swap, shift, mask)
	}
	switch {
	case halved:
		widen422(img.Samples)
		img.Photometric = "YBR_FULL"
	case p.SamplesPerPixel > 1 && p.PlanarConfiguration == 1:
		interleave(img.Samples, p.SamplesPerPixel)
	}
	if have < 1 {
		_, err := fail(ErrTruncated, "%d bytes where the frame needs %d", int64(len(data))-first/8, (frameBits+7)/8)
		return img, err
	}
	return img, nil
}

// cell is where the stored bits are in a pixel cell.
func (p Params) cell() (shift uint, mask uint16) {
	return uint(p.HighBit + 1 - p.BitsStored), 1<<p.BitsStored - 1
}

// maskCell takes the stored bits out of pixel cells of BitsAllocated.
func (p Params) maskCell(samples []uint16) {
	if p.BitsStored == p.BitsAllocated {
		return
	}
	shift, mask := p.cell()
	for i, v := range samples {
		samples[i] = v >> shift & mask
	}
}

// unpack1 reads single bits, the first pixel in the lowest bit (PS3.5 8.1.1).
func unpack1(samples []uint16, data []byte, first int, swap bool) {
	for i := range samples {
		at := (first + i) / 8
		if swap {
			at ^= 1
		}
		if at >= len(data) {
			continue
		}
		samples[i] = uint16(data[at]>>uint((first+i)%8)) & 1
	}
}

func unpack8(samples []uint16, data []byte, swap bool) {
	n := min(len(samples), len(data))
	if !swap {
		for i, b := range data[:n] {
			samples[i] = uint16(b)
		}
		return
	}
	for i := range samples {
		if at := i ^ 1; at < len(data) {
			samples[i] = uint16(data[at])
		}
	}
}

// unpack12 reads the packed form that ACR-NEMA and early DICOM allow: three
// bytes hold two samples, the first in the lowest bits.
func unpack12(samples []uint16, data []byte, first int) {
	for i := range samples {
		at := first + i*12
		if at/8+1 >= len(data) {
			return
		}
		word := uint16(data[at/8]) | uint16(data[at/8+1])<<8
		samples[i] = word >> uint(at%8) & 0xfff
	}
}

// unpack16 reads words, four at a time, and takes the stored bits out of each.
func unpack16(samples []uint16, data []byte, swap bool, shift uint, mask uint16) {
	n := min(len(samples), len(data)/2)
	samples, data = samples[:n], data[:2*n]
	shift &= 15
	if swap {
		for i := range samples {
			samples[i] = binary.BigEndian.Uint16(data[2*i:]) >> shift & mask
		}
		return
	}
	// What a shift brings from the next word is above the bits that are taken.
	masks := uint64(mask) * 0x0001_0001_0001_0001
	for len(samples) >= 4 && len(data) >= 8 {
		four := binary.LittleEndian.Uint64(data) >> shift & masks
		samples[0] = uint16(four)
		samples[1] = uint16(four >> 16)
		samples[2] = uint16(four >> 32)
		samples[3] = uint16(four >> 48)
		samples, data = samples[4:], data[8:]
	}
	for i := range samples {
		samples[i] = binary.LittleEndian.Uint16(data[2*i:]) >> shift & mask
	}
}

// widen422 expands Y0 Y1 Cb Cr at the front of samples to full pixels
// (PS3.3 C.7.6.3.1.2), from the end so that nothing is overwritten early.
func widen422(samples []uint16) {
	for pair := len(samples)/6 - 1; pair >= 0; pair-- {
		in := samples[4*pair : 4*pair+4]
		y0, y1, cb, cr := in[0], in[1], in[2], in[3]
		out := samples[6*pair : 6*pair+6]
		out[0], out[1], out[2] = y0, cb, cr
		out[3], out[4], out[5] = y1, cb, cr
	}
}

// interleave turns planes into pixels.
func interleave(samples []uint16, components int) {
	planes := make([]uint16, len(samples))
	copy(planes, samples)
	pixels := len(samples) / components
	for c := range components {
		plane := planes[c*pixels : (c+1)*pixels]
		for i, v := range plane {
			samples[i*components+c] = v
		}
	}
}
