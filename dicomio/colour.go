package dicomio

import (
	"errors"
	"fmt"

	"pneumolight/dicomio/codec"
)

// colourOf turns a decoded colour frame into R, G, B and A of 8 bits.
func colourOf(a attributes, img codec.Image) ([]uint8, error) {
	pixels := img.Width * img.Height
	out := make([]uint8, 4*pixels)
	if img.Photometric == "PALETTE COLOR" {
		if img.Components != 1 {
			return nil, &fault{kind: ErrMalformed, tag: tagSamplesPerPixel, offset: -1, detail: "a palette image has more than one sample a pixel", advice: adviceAgain}
		}
		return paletteColour(a, img, out)
	}
	if img.Components != 3 {
		return nil, &fault{kind: ErrUnsupported, tag: tagSamplesPerPixel, offset: -1, detail: fmt.Sprintf("its pixels have %d samples", img.Components), advice: adviceExport}
	}
	grey := eightBits(img.Bits)
	switch img.Photometric {
	case "YBR_FULL", "YBR_FULL_422":
		for i := range pixels {
			s := img.Samples[3*i : 3*i+3]
			y, cb, cr := float64(grey(s[0])), float64(grey(s[1]))-128, float64(grey(s[2]))-128
			putRGB(out[4*i:], y+1.402*cr, y-0.344136*cb-0.714136*cr, y+1.772*cb)
		}
	case "YBR_PARTIAL_422", "YBR_PARTIAL_420":
		for i := range pixels {
			s := img.Samples[3*i : 3*i+3]
			y, cb, cr := 1.164384*(float64(grey(s[0]))-16), float64(grey(s[1]))-128, float64(grey(s[2]))-128
			putRGB(out[4*i:], y+1.596027*cr, y-0.391762*cb-0.812968*cr, y+2.017232*cb)
		}
	default:
		for i := range pixels {
			s, d := img.Samples[3*i:3*i+3], out[4*i:4*i+4]
			d[0], d[1], d[2], d[3] = grey(s[0]), grey(s[1]), grey(s[2]), 255
		}
	}
	return out, nil
}

// eightBits scales a sample of the given bits to 8.
func eightBits(bits int) func(uint16) uint8 {
	switch {
	case bits == 8:
		return func(v uint16) uint8 { return uint8(v) }
	case bits > 8:
		return func(v uint16) uint8 { return uint8(v >> (bits - 8)) }
	}
	top := uint32(1)<<bits - 1
	return func(v uint16) uint8 { return uint8(min(uint32(v), top) * 255 / top) }
}

func putRGB(d []uint8, r, g, b float64) {
	d[0], d[1], d[2], d[3] = byteOf(r), byteOf(g), byteOf(b), 255
}

func byteOf(v float64) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// paletteColour looks pixels up in the three palettes (PS3.3 C.7.9).
func paletteColour(a attributes, img codec.Image, out []uint8) ([]uint8, error) {
	channels := []struct{ descriptor, data, segmented tagNumber }{
		{tagRedPaletteDescriptor, tagRedPaletteData, tagRedPaletteSegmented},
		{tagGreenPaletteDescriptor, tagGreenPaletteData, tagGreenPaletteSegmented},
		{tagBluePaletteDescriptor, tagBluePaletteData, tagBluePaletteSegmented},
	}
	for c, channel := range channels {
		descriptor := a.numbers(channel.descriptor)
		data := a.data(channel.data)
		var err error
		if data == nil && a.has(channel.segmented) {
			data, err = expandSegments(a.data(channel.segmented))
		}
		var t *LookupTable
		if err == nil {
			t, err = newTable(descriptor, data, img.Signed)
		}
		if err != nil {
			return nil, &fault{kind: ErrMalformed, tag: channel.descriptor, offset: -1, detail: "its colour palette can't be used: " + err.Error(), advice: adviceAgain}
		}
		shade := eightBits(t.Bits)
		var shades [1 << 16]uint8
		offset := 0
		if img.Signed {
			offset = 1 << (img.Bits - 1)
		}
		for v := range 1 << img.Bits {
			pixel := v
			if offset != 0 && v >= offset {
				pixel = v - 2*offset
			}
			shades[v] = shade(t.at(pixel))
		}
		for i, v := range img.Samples {
			out[4*i+c] = shades[v]
		}
	}
	for i := 3; i < len(out); i += 4 {
		out[i] = 255
	}
	return out, nil
}

var errSegments = errors.New("its segments are damaged")

// expandSegments expands a segmented palette of 16-bit words (PS3.3
// C.7.9.2).
func expandSegments(data []byte) ([]byte, error) {
	words := make([]uint16, len(data)/2)
	for i := range words {
		words[i] = uint16(data[2*i]) | uint16(data[2*i+1])<<8
	}
	var out []uint16
	// expand handles one segment at pos and returns the position after it.
	expand := func(pos int) (int, error) {
		if pos+2 > len(words) {
			return 0, errSegments
		}
		op, n := words[pos], int(words[pos+1])
		pos += 2
		if len(out)+n > 1<<16 {
			return 0, errSegments
		}
		switch op {
		case 0:
			if pos+n > len(words) {
				return 0, errSegments
			}
			out = append(out, words[pos:pos+n]...)
			return pos + n, nil
		case 1:
			if pos >= len(words) || len(out) == 0 || n == 0 {
				return 0, errSegments
			}
			from, to := int(out[len(out)-1]), int(words[pos])
			for i := 1; i <= n; i++ {
				out = append(out, uint16(from+(to-from)*i/n))
			}
			return pos + 1, nil
		}
		return 0, errSegments
	}
	for pos := 0; pos+2 <= len(words); {
		var err error
		if words[pos] != 2 {
			if pos, err = expand(pos); err != nil {
				return nil, err
			}
			continue
		}
		// Indirect: repeat n segments from an offset in bytes.
		if pos+4 > len(words) {
			return nil, errSegments
		}
		from := (int(words[pos+2]) | int(words[pos+3])<<16) / 2
		for range words[pos+1] {
			if from, err = expand(from); err != nil {
				return nil, err
			}
		}
		pos += 4
	}
	expanded := make([]byte, 0, 2*len(out))
	for _, v := range out {
		expanded = append(expanded, byte(v), byte(v>>8))
	}
	return expanded, nil
}
