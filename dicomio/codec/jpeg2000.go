package codec

// #cgo pkg-config: libopenjp2
// #include "jpeg2000.h"
import "C"

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"unsafe"
)

// Markers of ITU-T T.800 table A.2.
const (
	markerSOC = 0xff4f
	markerSIZ = 0xff51
	markerCOD = 0xff52
	markerCOC = 0xff53
	markerSOT = 0xff90
	markerSOD = 0xff93
)

// j2kHeader is what the main header of a JPEG 2000 code stream says.
type j2kHeader struct {
	width, height int64 // of the image on the reference grid
	tiles         int64
	components    int
	precision     int
	signed        bool
	subsampled    bool // or components of different precision
	tileWidth     int64
	tileHeight    int64
	irreversible  bool // the 9-7 wavelet: made with loss
	layers        int64
	packets       int64 // upper bound over all tiles
}

// j2kReader walks the main header.
type j2kReader struct {
	syntax string
	data   []byte
	pos    int
	base   int // of the code stream, where it is wrapped
}

func (r *j2kReader) fail(kind error, format string, args ...any) error {
	return &Error{Kind: kind, Syntax: r.syntax, Offset: r.pos, Detail: fmt.Sprintf(format, args...)}
}

// unwrap skips to the code stream of a JP2 file, which some writers put
// where DICOM wants the bare code stream.
func (r *j2kReader) unwrap() error {
	if len(r.data) >= 2 && binary.BigEndian.Uint16(r.data) == markerSOC {
		return nil
	}
	if len(r.data) < 12 || !bytes.Equal(r.data[4:8], []byte("jP  ")) {
		return r.fail(ErrCorrupt, "not a JPEG 2000 code stream")
	}
	for len(r.data)-r.pos >= 8 {
		size := int64(binary.BigEndian.Uint32(r.data[r.pos:]))
		kind := string(r.data[r.pos+4 : r.pos+8])
		header := int64(8)
		switch {
		case size == 0:
			size = int64(len(r.data) - r.pos)
		case size == 1 && len(r.data)-r.pos >= 16:
			header = 16
			size = int64(binary.BigEndian.Uint64(r.data[r.pos+8:]))
		}
		if size < header {
			return r.fail(ErrCorrupt, "JP2 box of %d bytes", size)
		}
		if kind == "jp2c" {
			r.pos += int(header)
			return nil
		}
		if size > int64(len(r.data)-r.pos) {
			break
		}
		r.pos += int(size)
	}
	return r.fail(ErrCorrupt, "JP2 file without a code stream")
}

func (r *j2kReader) header() (j2kHeader, error) {
	var h j2kHeader
	if err := r.unwrap(); err != nil {
		return h, err
	}
	r.data = r.data[r.pos:]
	r.base = r.pos
	r.pos = 2
	defer func() { r.pos += r.base }()
	for first := true; ; first = false {
		if len(r.data)-r.pos < 4 {
			return h, r.fail(ErrTruncated, "main header ends early")
		}
		marker := int(binary.BigEndian.Uint16(r.data[r.pos:]))
		size := int(binary.BigEndian.Uint16(r.data[r.pos+2:]))
		if marker == markerSOT {
			break
		}
		if marker < 0xff00 || size < 2 || (marker == markerSIZ) != first {
			return h, r.fail(ErrCorrupt, "marker %#x of %d bytes in the main header", marker, size)
		}
		if size > len(r.data)-r.pos-2 {
			return h, r.fail(ErrTruncated, "main header ends early")
		}
		seg := r.data[r.pos+4 : r.pos+2+size]
		var err error
		switch marker {
		case markerSIZ:
			err = r.siz(&h, seg)
		case markerCOD, markerCOC:
			err = r.coding(&h, marker, seg)
		}
		if err != nil {
			return h, err
		}
		r.pos += 2 + size
	}
	if h.packets == 0 {
		return h, r.fail(ErrCorrupt, "no coding style in the main header")
	}
	return h, nil
}

// siz parses image and tile size (T.800 A.5.1).
func (r *j2kReader) siz(h *j2kHeader, seg []byte) error {
	const fixed = 36 // bytes before the components
	if len(seg) < fixed || len(seg) < fixed+3*int(binary.BigEndian.Uint16(seg[fixed-2:])) {
		return r.fail(ErrCorrupt, "image size segment of %d bytes", len(seg))
	}
	at := func(i int) int64 { return int64(binary.BigEndian.Uint32(seg[2+4*i:])) }
	h.width, h.height = at(0)-at(2), at(1)-at(3)
	h.tileWidth, h.tileHeight = at(4), at(5)
	tileX, tileY := at(6), at(7)
	h.components = int(binary.BigEndian.Uint16(seg[fixed-2:]))
	if h.width < 1 || h.height < 1 || h.tileWidth < 1 || h.tileHeight < 1 || tileX > at(2) || tileY > at(3) || h.components < 1 {
		return r.fail(ErrCorrupt, "image of %d×%d in tiles of %d×%d", h.width, h.height, h.tileWidth, h.tileHeight)
	}
	h.tiles = ((at(0) - tileX + h.tileWidth - 1) / h.tileWidth) * ((at(1) - tileY + h.tileHeight - 1) / h.tileHeight)
	for i := range h.components {
		c := seg[fixed+3*i:]
		if i == 0 {
			h.precision, h.signed = int(c[0]&0x7f)+1, c[0]&0x80 != 0
		}
		if c[1] != 1 || c[2] != 1 || c[0] != seg[fixed] {
			h.subsampled = true
		}
	}
	return nil
}

// highThroughput are the bits of a code-block style that ask for the block
// coding of T.814 (A.2). OpenJPEG 2.5.0 reads it, but ends the whole program
// in an assertion on damaged blocks.
const highThroughput = 0xc0

// coding parses a coding style (T.800 A.6.1, A.6.2) and bounds the packets
// that follow it: each takes a byte at least, so a stream cannot hold more of
// them than bytes.
func (r *j2kReader) coding(h *j2kHeader, marker int, seg []byte) error {
	short := r.fail(ErrCorrupt, "coding style of %d bytes", len(seg))
	var style byte
	switch {
	case marker == markerCOD && len(seg) >= 10:
		style = seg[0]
		h.layers = int64(binary.BigEndian.Uint16(seg[2:]))
		h.irreversible = seg[9] == 0
		seg = seg[5:]
	case marker == markerCOC && h.components < 257 && len(seg) >= 7:
		style, seg = seg[1], seg[2:]
	case marker == markerCOC && len(seg) >= 8:
		style, seg = seg[2], seg[3:]
	default:
		return short
	}
	if blocks := seg[3]; blocks&highThroughput != 0 {
		return r.fail(ErrUnsupported, "high-throughput code blocks (HTJ2K)")
	}
	levels := int(seg[0])
	if levels > 32 || h.layers < 1 {
		return r.fail(ErrCorrupt, "%d decomposition levels and %d layers", levels, h.layers)
	}
	if style&1 != 0 && len(seg) < 5+levels+1 {
		return short
	}
	width, height := min(h.tileWidth, h.width), min(h.tileHeight, h.height)
	var precincts int64
	for level := range levels + 1 {
		size := byte(0xff)
		if style&1 != 0 {
			size = seg[5+level]
		}
		down := uint(levels - level)
		w := width>>down>>(size&15) + 1
		precincts += w * (height>>down>>(size>>4) + 1)
	}
	h.packets = max(h.packets, precincts*h.layers*int64(h.components)*h.tiles)
	return nil
}

// mend looks for an early end of the tile parts. The one that is cut short is
// filled with zeros, which read as empty packets: OpenJPEG's own tolerance
// reads beyond its memory where a tile part ends at its header. It returns nil
// where more than limit bytes are missing.
func (r *j2kReader) mend(h j2kHeader, frame []byte, limit int64) ([]byte, error) {
	const sotBytes = 12
	seen := map[uint16]bool{}
	for at := r.pos - r.base; ; {
		rest := frame[at:]
		if len(rest) < sotBytes || binary.BigEndian.Uint16(rest) != markerSOT {
			break
		}
		seen[binary.BigEndian.Uint16(rest[4:])] = true
		if err := r.tileHeader(h, rest[sotBytes:]); err != nil {
			return nil, err
		}
		size := int64(binary.BigEndian.Uint32(rest[6:]))
		if size < sotBytes {
			break // to the end of the code stream, or nonsense
		}
		if missing := size - int64(len(rest)); missing > 0 {
			err := &Error{Kind: ErrTruncated, Syntax: r.syntax, Offset: len(frame), Detail: fmt.Sprintf("%d bytes of a tile are missing", missing)}
			if missing > limit {
				return nil, err
			}
			whole := make([]byte, int64(len(frame))+missing, int64(len(frame))+missing+2)
			copy(whole, frame)
			return append(whole, 0xff, 0xd9), err
		}
		at += int(size)
	}
	if missing := h.tiles - int64(len(seen)); missing > 0 && len(seen) > 0 {
		return frame, &Error{Kind: ErrTruncated, Syntax: r.syntax, Offset: len(frame), Detail: fmt.Sprintf("%d of %d tiles are missing", missing, h.tiles)}
	}
	return frame, nil
}

// tileHeader looks for coding styles in the header of a tile part.
func (r *j2kReader) tileHeader(h j2kHeader, data []byte) error {
	for len(data) >= 4 {
		marker, size := int(binary.BigEndian.Uint16(data)), int(binary.BigEndian.Uint16(data[2:]))
		if marker == markerSOD || size < 2 || size > len(data)-2 {
			break
		}
		if marker == markerCOD || marker == markerCOC {
			if err := r.coding(&h, marker, data[4:2+size]); err != nil {
				return err
			}
		}
		data = data[2+size:]
	}
	return r.checkPackets(h)
}

// checkPackets refuses a stream of more packets than it can hold.
func (r *j2kReader) checkPackets(h j2kHeader) error {
	const slack = 16
	if size := int64(len(r.data)); h.packets > slack*size+1024 {
		return r.fail(ErrCorrupt, "%d packets in %d bytes", h.packets, size)
	}
	return nil
}

// decodeJPEG2000 decodes ITU-T T.800 with OpenJPEG.
func decodeJPEG2000(ctx context.Context, s Syntax, p Params, frame []byte) (Image, error) {
	r := &j2kReader{syntax: s.Name, data: frame}
	h, err := r.header()
	if err != nil {
		return Image{}, err
	}
	frame = r.data
	const tilePartBytes = 14 // SOT and SOD
	switch {
	case h.width != int64(p.Columns) || h.height != int64(p.Rows):
		return Image{}, r.fail(ErrSizeMismatch, "code stream of %d×%d pixels, header says %d×%d", h.width, h.height, p.Columns, p.Rows)
	case h.components != p.SamplesPerPixel:
		return Image{}, r.fail(ErrSizeMismatch, "code stream of %d components, header says %d", h.components, p.SamplesPerPixel)
	case h.precision > p.BitsAllocated:
		return Image{}, r.fail(ErrSizeMismatch, "code stream of %d bits a sample, header allocates %d", h.precision, p.BitsAllocated)
	case h.subsampled:
		return Image{}, r.fail(ErrUnsupported, "JPEG 2000 with components of different sizes")
	case h.tiles > 65535 || h.tiles > int64(len(frame)/tilePartBytes):
		return Image{}, r.fail(ErrCorrupt, "%d tiles in %d bytes", h.tiles, len(frame))
	}
	if err := r.checkPackets(h); err != nil {
		return Image{}, err
	}

	frame, damage := r.mend(h, frame, 4*p.samples()+1<<16)
	if frame == nil {
		return Image{}, damage
	}

	img := p.image()
	img.Samples = p.newSamples()
	shape := C.struct_openjpeg_shape{
		width: C.uint32_t(p.Columns), height: C.uint32_t(p.Rows), components: C.uint32_t(p.SamplesPerPixel),
		precision: C.uint32_t(h.precision),
		threads:   1,
	}
	if p.samples() > 1<<16 {
		shape.threads = 2 // they share the code blocks evenly; more gain little
	}
	if h.signed {
		shape.is_signed = 1
	}
	var message [C.openjpeg_message_size]C.char
	switch C.openjpeg_decode((*C.uint8_t)(unsafe.SliceData(frame)), C.size_t(len(frame)), &shape,
		(*C.uint16_t)(unsafe.SliceData(img.Samples)), &message[0]) {
	case C.openjpeg_ok:
	case C.openjpeg_memory:
		return Image{}, r.fail(ErrTooLarge, "no memory to decode it")
	default:
		return Image{}, &Error{Kind: ErrCorrupt, Syntax: s.Name, Offset: -1, Detail: C.GoString(&message[0])}
	}

	if p.Photometric == "YBR_RCT" || p.Photometric == "YBR_ICT" {
		img.Photometric = "RGB"
	}
	img.Lossy = h.irreversible
	if h.signed || p.Signed && h.precision < p.BitsStored {
		p.fitSigned(img.Samples, h)
	} else {
		p.fit(&img, h.precision, p.seen(img.Samples, h.precision))
	}
	return img, damage
}

// fitSigned makes samples of the code stream's precision into ones of Bits
// Stored. Code streams are met that call signed samples unsigned; there the
// precision says which bit is the sign.
func (p Params) fitSigned(samples []uint16, h j2kHeader) {
	shift := 0
	if !h.signed {
		shift = 16 - h.precision
	}
	mask := uint16(1<<p.BitsStored - 1)
	for i, v := range samples {
		samples[i] = uint16(int16(v<<shift)>>shift) & mask
	}
}
