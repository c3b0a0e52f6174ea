package codec

import (
	"context"
	"encoding/binary"
	"fmt"
)

// decodeRLE decodes DICOM's RLE (PS3.5 Annex G): a header of sixteen 32-bit
// words, then one PackBits segment for each byte of each sample, the most
// significant byte first.
func decodeRLE(ctx context.Context, s Syntax, p Params, frame []byte) (Image, error) {
	const headerSize = 64
	fail := func(kind error, offset int, format string, args ...any) (Image, error) {
		return Image{}, &Error{Kind: kind, Syntax: s.Name, Offset: offset, Detail: fmt.Sprintf(format, args...)}
	}
	if p.BitsAllocated != 8 && p.BitsAllocated != 16 {
		return fail(ErrUnsupported, -1, "%d bits allocated", p.BitsAllocated)
	}
	if len(frame) < headerSize {
		return fail(ErrCorrupt, len(frame), "the segment table needs %d bytes", headerSize)
	}
	bytesPerSample := p.BitsAllocated / 8
	segments := int(binary.LittleEndian.Uint32(frame))
	if segments != p.SamplesPerPixel*bytesPerSample {
		return fail(ErrSizeMismatch, 0, "%d segments where the header needs %d", segments, p.SamplesPerPixel*bytesPerSample)
	}
	pixels := p.Rows * p.Columns
	// A pair of bytes makes at most 128, so a frame that could never be
	// filled to a sixteenth costs no memory.
	if int64(len(frame))*64*16 < int64(pixels)*int64(segments) {
		return fail(ErrTruncated, len(frame), "%d bytes for %d pixels", len(frame), pixels)
	}

	img := p.image()
	img.Samples = p.newSamples()
	var short error
	for i := range segments {
		if err := ctx.Err(); err != nil {
			return Image{}, err
		}
		start := int64(binary.LittleEndian.Uint32(frame[4+4*i:]))
		end := int64(len(frame))
		if i+1 < segments {
			// Segments lie in order; one that ends before it starts is
			// taken to run to the end of the frame.
			if next := int64(binary.LittleEndian.Uint32(frame[8+4*i:])); next > start && next < end {
				end = next
			}
		}
		if start < headerSize || start > end {
			return fail(ErrCorrupt, 4+4*i, "segment %d starts at byte %d of %d", i+1, start, len(frame))
		}
		component, part := i/bytesPerSample, i%bytesPerSample
		high := bytesPerSample == 2 && part == 0
		n := unpackBits(img.Samples[component:], p.SamplesPerPixel, pixels, high, frame[start:end])
		if n < pixels && short == nil {
			_, short = fail(ErrTruncated, int(end), "segment %d holds %d of %d bytes", i+1, n, pixels)
		}
	}
	p.maskCell(img.Samples)
	return img, short
}

// unpackBits expands one segment into every stride'th sample, as its high
// byte or as its low one, and returns how many samples it found.
func unpackBits(samples []uint16, stride, pixels int, high bool, segment []byte) int {
	shift := uint(0)
	if high {
		shift = 8
	}
	done := 0 // pixels
	for at := 0; at < len(segment) && done < pixels; {
		code := segment[at]
		at++
		switch {
		case code < 128:
			n := min(int(code)+1, len(segment)-at, pixels-done)
			literal := segment[at : at+n]
			if stride == 1 {
				out := samples[done : done+n]
				for i, b := range literal {
					out[i] |= uint16(b) << (shift & 15)
				}
			} else {
				for i, b := range literal {
					samples[(done+i)*stride] |= uint16(b) << (shift & 15)
				}
			}
			at += n
			done += n
		case code > 128:
			if at == len(segment) {
				return done
			}
			v := uint16(segment[at]) << shift
			at++
			n := min(257-int(code), pixels-done)
			if v != 0 {
				for i := done; i < done+n; i++ {
					samples[i*stride] |= v
				}
			}
			done += n
		}
	}
	return done
}
