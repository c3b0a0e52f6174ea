package codec

import (
	"context"
	"encoding/binary"
)

// dct decodes T.81's sequential and progressive DCT with Huffman coding
// (annexes F and G) for 12-bit samples.
type dct struct {
	jpegStream
	dc, ac [4]huffmanTable
	quant  [4]*[64]int32 // in zigzag order
	scans  int

	components []dctComponent
	width      int // of the MCU grid, in MCUs of an interleaved scan
	height     int
}

type dctComponent struct {
	jpegComponent
	quant *[64]int32 // as it was at the component's first scan
	// blocks per row and column that hold samples of the image
	columns, rows int
	// stride is the number of blocks in a row of coefficients: whole MCUs.
	stride int
	coeffs []int16 // progressive only
	seen   bool    // in any scan
	lastDC int     // prediction

	dc, ac *huffmanTable // of the current scan
}

// maxScans bounds the work that a small progressive stream can ask for. No
// encoder makes half as many.
const maxScans = 256

// zigzag turns a coefficient's place in the code stream into its place in
// the block; the tail catches runs beyond the block's end.
var zigzag = [64 + 16]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}

func decodeDCT(ctx context.Context, s Syntax, p Params, data []byte) (Image, error) {
	d := &dct{jpegStream: newJPEGStream(s, p, data)}
	d.img.Lossy = true
	return d.decode(ctx, p, d)
}

func (d *dct) segment(marker byte, seg []byte) error {
	if marker == markerDQT {
		return d.parseDQT(seg)
	}
	return d.huffmanSegment(marker, seg, d.setTable)
}

func (d *dct) setTable(class, id int, counts [16]byte, values []byte) bool {
	if class == 0 {
		return d.dc[id].build(counts, values, func(v byte) int { return int(v) })
	}
	return d.ac[id].build(counts, values, func(v byte) int { return int(v & 15) })
}

func (d *dct) parseDQT(seg []byte) error {
	for len(seg) > 0 {
		wide, id := seg[0]>>4, seg[0]&15
		size := 64
		if wide != 0 {
			size = 128
		}
		if wide > 1 || id > 3 || len(seg) < 1+size {
			return d.fail(ErrCorrupt, "quantisation table %d of %d bytes", id, len(seg))
		}
		t := new([64]int32)
		for i := range t {
			if wide != 0 {
				t[i] = int32(binary.BigEndian.Uint16(seg[1+2*i:]))
			} else {
				t[i] = int32(seg[1+i])
			}
		}
		d.quant[id] = t
		seg = seg[1+size:]
	}
	return nil
}

func (d *dct) complete() bool {
	for _, c := range d.components {
		if !c.seen {
			return false
		}
	}
	return len(d.components) > 0
}

func (d *dct) prepare(p Params) error {
	if err := d.checkFrame(d.frame, p); err != nil {
		return err
	}
	if d.frame.sof > markerSOF2 || d.frame.precision != 12 {
		return d.fail(ErrUnsupported, "JPEG process SOF%d with %d bits", d.frame.sof-markerSOF0, d.frame.precision)
	}
	if d.frame.subsampled() {
		return d.fail(ErrUnsupported, "12-bit JPEG with chroma of another size")
	}
	if err := d.checkFill(d.frame, p); err != nil {
		return err
	}
	h, v := d.frame.components[0].h, d.frame.components[0].v
	d.width = (p.Columns + 8*h - 1) / (8 * h)
	d.height = (p.Rows + 8*v - 1) / (8 * v)
	for _, c := range d.frame.components {
		comp := dctComponent{jpegComponent: c, columns: (p.Columns + 7) / 8, rows: (p.Rows + 7) / 8, stride: d.width * h}
		if d.progressive() {
			comp.coeffs = make([]int16, 64*comp.stride*d.height*v)
		}
		d.components = append(d.components, comp)
	}
	d.img.Samples = p.newSamples()
	return nil
}

// scan decodes one scan.
func (d *dct) scan(ctx context.Context, seg []byte) error {
	s, err := d.parseScan(seg)
	if err != nil {
		return err
	}
	return s.decode(ctx)
}

func (d *dct) progressive() bool { return d.frame.sof == markerSOF2 }

func (d *dct) refinable() bool { return d.progressive() }

// finish turns the coefficients of all progressive scans into samples.
func (d *dct) finish(ctx context.Context, _ Params) error {
	if !d.progressive() {
		return nil
	}
	for part := range d.components {
		c := &d.components[part]
		if c.quant == nil {
			continue // its scans are missing, which is reported
		}
		for y := range c.rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			for x := range c.columns {
				coeffs := c.coeffs[64*(y*c.stride+x):][:64]
				block := dctBlock{part: part, x: x, y: y}
				for k, q := range c.quant {
					at := zigzag[k]
					block.values[at] = int32(coeffs[at]) * q
				}
				d.store(&block)
			}
		}
	}
	return nil
}

// store transforms a dequantised block and writes what lies in the image.
func (d *dct) store(b *dctBlock) {
	x, y := b.x, b.y
	width, height, stride := d.img.Width, d.img.Height, d.img.Components
	if 8*x >= width || 8*y >= height {
		return
	}
	columns, rows := min(8, width-8*x), min(8, height-8*y)
	at := (8*y*width+8*x)*stride + b.part
	if b.flat && stride == 1 {
		v := uint16(min(max((b.values[0]+4)>>3+2048, 0), 4095))
		d.seen |= v
		for range rows {
			out := d.img.Samples[at : at+columns]
			for i := range out {
				out[i] = v
			}
			at += width
		}
		return
	}
	inverseDCT12(&b.values)
	seen := int32(0)
	for j := range rows {
		in := b.values[8*j : 8*j+columns]
		if stride == 1 {
			out := d.img.Samples[at : at+len(in)]
			for i, v := range in {
				v = min(max(v+2048, 0), 4095)
				seen |= v
				out[i] = uint16(v)
			}
		} else {
			out := d.img.Samples[at:]
			for i, v := range in {
				v = min(max(v+2048, 0), 4095)
				seen |= v
				out[i*stride] = uint16(v)
			}
		}
		at += width * stride
	}
	d.seen |= uint16(seen)
}
