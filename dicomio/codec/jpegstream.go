package codec

import (
	"context"
	"encoding/binary"
)

// jpegStream is a code stream of T.81 or T.87 while it is decoded: what the
// processes that are decoded here have in common.
type jpegStream struct {
	*jpegReader
	frame    jpegFrame
	interval int // restart interval: MCUs, pixels where lossless, lines in JPEG-LS; 0 for none
	img      Image
	seen     uint16 // all samples or'ed
}

// jpegProcess is what they do not.
type jpegProcess interface {
	// segment takes a segment that is neither a frame's nor a scan's.
	segment(marker byte, seg []byte) error
	// prepare checks the frame header, and makes room for the samples.
	prepare(p Params) error
	// scan decodes the scan whose header the segment is, and leaves the reader
	// behind it.
	scan(ctx context.Context, seg []byte) error
	// complete reports whether every component has been decoded, and refinable
	// whether later scans can still make it better.
	complete() bool
	refinable() bool
	// finish turns what was decoded into samples, if that is still to be done.
	finish(ctx context.Context, p Params) error
}

func newJPEGStream(s Syntax, p Params, data []byte) jpegStream {
	return jpegStream{jpegReader: &jpegReader{syntax: s.Name, data: data}, img: p.image()}
}

// decode has a process decode the stream that it holds.
func (s *jpegStream) decode(ctx context.Context, p Params, process jpegProcess) (Image, error) {
	err := s.segments(ctx, p, process)
	if s.img.Samples == nil {
		return Image{}, err
	}
	if err := ctx.Err(); err != nil {
		return Image{}, err
	}
	if err := process.finish(ctx, p); err != nil {
		return Image{}, err
	}
	p.fit(&s.img, s.frame.precision, s.seen)
	return s.img, err
}

// segments goes from marker to marker until the image is complete.
func (s *jpegStream) segments(ctx context.Context, p Params, process jpegProcess) error {
	if err := s.start(); err != nil {
		return err
	}
	for {
		marker, seg, err := s.next()
		if err != nil {
			if process.complete() {
				return nil // only the EOI is missing
			}
			return err
		}
		switch {
		case isSOF(marker):
			if s.img.Samples != nil {
				return s.fail(ErrCorrupt, "second frame header")
			}
			if s.frame, err = s.parseFrame(marker, seg); err != nil {
				return err
			}
			err = process.prepare(p)
		case marker == markerSOS:
			if s.img.Samples == nil {
				return s.fail(ErrCorrupt, "scan before the frame header")
			}
			if len(seg) < 1 || seg[0] < 1 || int(seg[0]) > len(s.frame.components) || len(seg) < 4+2*int(seg[0]) {
				return s.fail(ErrCorrupt, "scan header of %d bytes", len(seg))
			}
			err = process.scan(ctx, seg)
		case marker == markerEOI:
			if process.complete() {
				return nil
			}
			return s.fail(ErrTruncated, "a component is missing")
		default:
			err = process.segment(marker, seg)
		}
		if err != nil {
			return err
		}
		if process.complete() && !process.refinable() {
			return nil
		}
	}
}

// huffmanSegment takes the segments that all processes with Huffman coding
// have; setTable makes a table and reports whether it is sound.
func (s *jpegStream) huffmanSegment(marker byte, seg []byte, setTable func(class, id int, counts [16]byte, values []byte) bool) error {
	switch {
	case marker == markerDHT:
		return s.parseDHT(seg, setTable)
	case marker == markerDRI && len(seg) >= 2:
		s.interval = int(binary.BigEndian.Uint16(seg))
	case marker == markerDNL:
		return s.fail(ErrUnsupported, "number of lines given after the scan")
	}
	return nil
}
