package codec

import (
	"bytes"
	"context"
	"fmt"
)

// Markers of ITU-T T.81 table B.1 (and T.87 for JPEG-LS).
const (
	markerSOF0  = 0xc0 // baseline DCT
	markerSOF1  = 0xc1 // extended sequential DCT
	markerSOF2  = 0xc2 // progressive DCT
	markerSOF3  = 0xc3 // lossless
	markerDHT   = 0xc4
	markerRST0  = 0xd0
	markerRST7  = 0xd7
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerDQT   = 0xdb
	markerDNL   = 0xdc
	markerDRI   = 0xdd
	markerAPP8  = 0xe8
	markerAPP14 = 0xee
	markerSOF55 = 0xf7 // JPEG-LS
)

// jpegComponent is one component of a frame header (T.81 B.2.2).
type jpegComponent struct {
	id   byte
	h, v int // sampling factors, 1 to 4
	tq   byte
}

// jpegFrame is a frame header: any SOF.
type jpegFrame struct {
	sof           byte
	precision     int
	width, height int
	components    []jpegComponent
	// ycbcr is true where the code stream itself says that it holds
	// luminance and chroma.
	ycbcr bool
}

// subsampled reports whether any component is smaller than the image.
func (f *jpegFrame) subsampled() bool {
	for _, c := range f.components {
		if c.h != f.components[0].h || c.v != f.components[0].v {
			return true
		}
	}
	return false
}

// jpegReader walks a code stream's marker segments.
type jpegReader struct {
	syntax string
	data   []byte
	pos    int
}

func (r *jpegReader) fail(kind error, format string, args ...any) error {
	return &Error{Kind: kind, Syntax: r.syntax, Offset: r.pos, Detail: fmt.Sprintf(format, args...)}
}

// start skips to behind the SOI, before which some writers leave padding.
func (r *jpegReader) start() error {
	const padding = 16
	at := bytes.Index(r.data[:min(len(r.data), padding+2)], []byte{0xff, markerSOI})
	if at < 0 {
		return r.fail(ErrCorrupt, "not a JPEG code stream")
	}
	r.pos = at + 2
	return nil
}

// next returns the next marker and its segment's content; pos is then behind
// the segment. Bytes between segments are skipped, as all readers do.
func (r *jpegReader) next() (marker byte, segment []byte, err error) {
	for {
		at := bytes.IndexByte(r.data[r.pos:], 0xff)
		if at < 0 {
			r.pos = len(r.data)
			return 0, nil, r.fail(ErrTruncated, "no further marker")
		}
		r.pos += at
		for r.pos < len(r.data) && r.data[r.pos] == 0xff {
			r.pos++
		}
		if r.pos == len(r.data) {
			return 0, nil, r.fail(ErrTruncated, "no further marker")
		}
		marker = r.data[r.pos]
		r.pos++
		if marker != 0 && (marker < markerRST0 || marker > markerRST7) && marker != 1 {
			break
		}
	}
	if marker == markerEOI || marker == markerSOI {
		return marker, nil, nil
	}
	if len(r.data)-r.pos < 2 {
		return 0, nil, r.fail(ErrTruncated, "segment without a length")
	}
	n := int(r.data[r.pos])<<8 | int(r.data[r.pos+1])
	if n < 2 {
		return 0, nil, r.fail(ErrCorrupt, "segment of length %d", n)
	}
	if n > len(r.data)-r.pos {
		return 0, nil, r.fail(ErrTruncated, "segment of %d bytes, %d left", n, len(r.data)-r.pos)
	}
	segment = r.data[r.pos+2 : r.pos+n]
	r.pos += n
	return marker, segment, nil
}

func isSOF(marker byte) bool {
	switch marker {
	case markerDHT, 0xc8, 0xcc: // DHT, JPG, DAC
		return false
	}
	return marker >= markerSOF0 && marker <= 0xcf || marker == markerSOF55
}

// parseFrame parses a frame header.
func (r *jpegReader) parseFrame(marker byte, seg []byte) (jpegFrame, error) {
	if len(seg) < 6 || len(seg) < 6+3*int(seg[5]) {
		return jpegFrame{}, r.fail(ErrCorrupt, "frame header of %d bytes", len(seg))
	}
	f := jpegFrame{
		sof:       marker,
		precision: int(seg[0]),
		height:    int(seg[1])<<8 | int(seg[2]),
		width:     int(seg[3])<<8 | int(seg[4]),
	}
	for i := range int(seg[5]) {
		c := seg[6+3*i:]
		comp := jpegComponent{id: c[0], h: int(c[1] >> 4), v: int(c[1] & 15), tq: c[2]}
		if comp.h < 1 || comp.h > 4 || comp.v < 1 || comp.v > 4 {
			return jpegFrame{}, r.fail(ErrCorrupt, "sampling factors %d and %d", comp.h, comp.v)
		}
		f.components = append(f.components, comp)
	}
	return f, nil
}

// checkFrame refuses a frame whose shape is not the header's.
func (r *jpegReader) checkFrame(f jpegFrame, p Params) error {
	switch {
	case f.width != p.Columns || f.height != p.Rows:
		return r.fail(ErrSizeMismatch, "code stream of %d×%d pixels, header says %d×%d", f.width, f.height, p.Columns, p.Rows)
	case len(f.components) != p.SamplesPerPixel:
		return r.fail(ErrSizeMismatch, "code stream of %d components, header says %d", len(f.components), p.SamplesPerPixel)
	case f.precision < 2 || f.precision > 16:
		return r.fail(ErrCorrupt, "precision of %d bits", f.precision)
	case f.precision > p.BitsAllocated:
		return r.fail(ErrSizeMismatch, "code stream of %d bits a sample, header allocates %d", f.precision, p.BitsAllocated)
	}
	return nil
}

// checkFill refuses a DCT frame that its data could not fill to a sixteenth,
// so that it costs no memory: a block of 64 samples takes two bits at least,
// but for progressive scans, which may hold nearly nothing.
func (r *jpegReader) checkFill(f jpegFrame, p Params) error {
	if f.sof != markerSOF2 && int64(len(r.data))*256*16 < p.samples() {
		return r.fail(ErrTruncated, "%d bytes for %d samples", len(r.data), p.samples())
	}
	return nil
}

// findFrame parses up to and including the frame header.
func (r *jpegReader) findFrame() (jpegFrame, error) {
	if err := r.start(); err != nil {
		return jpegFrame{}, err
	}
	ycbcr := false
	for {
		marker, seg, err := r.next()
		if err != nil {
			return jpegFrame{}, err
		}
		switch {
		case marker == markerAPP14 && len(seg) >= 12 && string(seg[:5]) == "Adobe":
			ycbcr = seg[11] == 1
		case isSOF(marker):
			f, err := r.parseFrame(marker, seg)
			f.ycbcr = ycbcr || f.subsampled()
			return f, err
		case marker == markerSOS || marker == markerEOI:
			return jpegFrame{}, r.fail(ErrCorrupt, "no frame header")
		}
	}
}

// decodeJPEG decodes every process of T.81 that DICOM knows, by what the
// code stream says of itself: files are found whose transfer syntax names
// another process than the one that was used.
func decodeJPEG(ctx context.Context, s Syntax, p Params, frame []byte) (Image, error) {
	r := &jpegReader{syntax: s.Name, data: frame}
	f, err := r.findFrame()
	if err != nil {
		return Image{}, err
	}
	if f.sof == markerSOF55 {
		return decodeJPEGLS(ctx, s, p, frame)
	}
	if err := r.checkFrame(f, p); err != nil {
		return Image{}, err
	}
	var img Image
	switch {
	case f.sof <= markerSOF2 && f.precision == 8:
		if err = r.checkFill(f, p); err == nil {
			img, err = decodeTurbo(s, p, frame)
		}
	case f.sof == markerSOF1 && f.precision == 12, f.sof == markerSOF2 && f.precision == 12:
		img, err = decodeDCT(ctx, s, p, frame)
	case f.sof == markerSOF3:
		img, err = decodeLossless(ctx, s, p, frame)
	default:
		return Image{}, r.fail(ErrUnsupported, "JPEG process SOF%d with %d bits", f.sof-markerSOF0, f.precision)
	}
	// Headers are met that say RGB of a code stream with chroma.
	if img.Photometric == "YBR_FULL_422" || img.Photometric == "RGB" && f.ycbcr {
		img.Photometric = "YBR_FULL"
	}
	return img, err
}
