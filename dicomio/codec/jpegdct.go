package codec

import (
	"context"
	"encoding/binary"
)

// dct decodes T.81's sequential and progressive DCT with Huffman coding
// (annexes F and G) for 12-bit samples.
type dct struct {
	*jpegReader
	frame    jpegFrame
	dc, ac   [4]huffmanTable
	quant    [4]*[64]int32 // in zigzag order
	interval int           // restart interval in MCUs; 0 for none
	scans    int

	img        *Image
	components []dctComponent
	width      int // of the MCU grid, in MCUs of an interleaved scan
	height     int
	eobRun     int    // progressive: blocks still to come without a coefficient
	seen       uint16 // all samples or'ed
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
	last   int     // DC prediction

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
	d := &dct{jpegReader: &jpegReader{syntax: s.Name, data: data}}
	img := p.image()
	img.Lossy = true
	d.img = &img
	err := d.decode(ctx, p)
	if img.Samples == nil {
		return Image{}, err
	}
	if err := ctx.Err(); err != nil {
		return Image{}, err
	}
	if d.frame.sof == markerSOF2 {
		if err := d.reconstruct(ctx); err != nil {
			return Image{}, err
		}
	}
	p.fit(&img, d.frame.precision, d.seen)
	return img, err
}

func (d *dct) decode(ctx context.Context, p Params) error {
	if err := d.start(); err != nil {
		return err
	}
	for {
		marker, seg, err := d.next()
		if err != nil {
			if d.complete() {
				return nil // only the EOI is missing
			}
			return err
		}
		switch {
		case marker == markerDHT:
			err = d.parseDHT(seg, d.setTable)
		case marker == markerDQT:
			err = d.parseDQT(seg)
		case marker == markerDRI && len(seg) >= 2:
			d.interval = int(binary.BigEndian.Uint16(seg))
		case isSOF(marker):
			if d.img.Samples != nil {
				return d.fail(ErrCorrupt, "second frame header")
			}
			if d.frame, err = d.jpegReader.frame(marker, seg); err != nil {
				return err
			}
			err = d.prepare(p)
		case marker == markerSOS:
			err = d.scan(ctx, seg)
		case marker == markerEOI:
			if d.complete() {
				return nil
			}
			return d.fail(ErrTruncated, "a component is missing")
		case marker == markerDNL:
			return d.fail(ErrUnsupported, "number of lines given after the scan")
		}
		if err != nil {
			return err
		}
		if d.frame.sof != markerSOF2 && d.complete() {
			return nil
		}
	}
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
	// A block of 64 samples costs at least two bits, but in progressive
	// scans less; a frame that could never be filled to a sixteenth costs
	// no memory.
	if d.frame.sof != markerSOF2 && int64(len(d.data))*256*16 < p.samples() {
		return d.fail(ErrTruncated, "%d bytes for %d samples", len(d.data), p.samples())
	}
	h, v := d.frame.components[0].h, d.frame.components[0].v
	d.width = (p.Columns + 8*h - 1) / (8 * h)
	d.height = (p.Rows + 8*v - 1) / (8 * v)
	for _, c := range d.frame.components {
		comp := dctComponent{jpegComponent: c, columns: (p.Columns + 7) / 8, rows: (p.Rows + 7) / 8, stride: d.width * h}
		if d.frame.sof == markerSOF2 {
			comp.coeffs = make([]int16, 64*comp.stride*d.height*v)
		}
		d.components = append(d.components, comp)
	}
	d.img.Samples = make([]uint16, p.samples())
	return nil
}

// dctScan is the header of a scan (T.81 B.2.3).
type dctScan struct {
	parts         []int // components
	first, last   int   // spectral selection
	high, low     uint  // successive approximation
	columns, rows int   // in MCUs
}

func (d *dct) parseScan(seg []byte) (dctScan, error) {
	var s dctScan
	if d.img.Samples == nil {
		return s, d.fail(ErrCorrupt, "scan before the frame header")
	}
	if len(seg) < 1 || len(seg) < 4+2*int(seg[0]) || seg[0] < 1 || int(seg[0]) > len(d.components) {
		return s, d.fail(ErrCorrupt, "scan header of %d bytes", len(seg))
	}
	if d.scans++; d.scans > maxScans {
		return s, d.fail(ErrCorrupt, "more than %d scans", maxScans)
	}
	progressive := d.frame.sof == markerSOF2
	tail := seg[1+2*int(seg[0]):]
	s.first, s.last, s.high, s.low = 0, 63, 0, 0
	if progressive {
		s.first, s.last = int(tail[0]), int(tail[1])
		s.high, s.low = uint(tail[2]>>4), uint(tail[2]&15)
		if s.first > s.last || s.last > 63 || s.low > 13 || (s.first == 0 && s.last != 0) || (s.first > 0 && seg[0] != 1) {
			return s, d.fail(ErrCorrupt, "progressive scan of coefficients %d to %d", s.first, s.last)
		}
	}
	for i := range int(seg[0]) {
		id, tables := seg[1+2*i], seg[2+2*i]
		part := -1
		for j := range d.components {
			c := &d.components[j]
			if c.id == id && (progressive || !c.seen) && !contains(s.parts, j) {
				part = j
				break
			}
		}
		if part < 0 || tables>>4 > 3 || tables&15 > 3 {
			return s, d.fail(ErrCorrupt, "scan of component %d with tables %#x", id, tables)
		}
		c := &d.components[part]
		c.dc, c.ac, c.last = &d.dc[tables>>4], &d.ac[tables&15], 0
		needDC := s.first == 0 && s.high == 0
		if needDC && !c.dc.defined || s.last > 0 && !c.ac.defined {
			return s, d.fail(ErrCorrupt, "scan without its Huffman table")
		}
		if c.quant == nil {
			if c.tq > 3 || d.quant[c.tq] == nil {
				return s, d.fail(ErrCorrupt, "component %d without its quantisation table", id)
			}
			c.quant = d.quant[c.tq]
		}
		c.seen = true
		s.parts = append(s.parts, part)
	}
	s.columns, s.rows = d.width, d.height
	if len(s.parts) == 1 {
		s.columns, s.rows = d.components[s.parts[0]].columns, d.components[s.parts[0]].rows
	}
	return s, nil
}

func contains(list []int, v int) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

// scan decodes one scan, MCU by MCU.
func (d *dct) scan(ctx context.Context, seg []byte) error {
	s, err := d.parseScan(seg)
	if err != nil {
		return err
	}
	b := &bitReader{data: d.data, pos: d.pos}
	defer func() { d.pos = b.pos }()
	fail := func(kind error, format string, args ...any) error {
		d.pos = b.pos
		return d.fail(kind, format, args...)
	}
	d.eobRun = 0
	toRestart := d.interval
	for y := range s.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		for x := range s.columns {
			if d.interval > 0 {
				if toRestart == 0 {
					if !b.restart() {
						return fail(ErrTruncated, "no restart marker before row %d of %d", y+1, s.rows)
					}
					for _, part := range s.parts {
						d.components[part].last = 0
					}
					d.eobRun = 0
					toRestart = d.interval
				}
				toRestart--
			}
			if len(s.parts) == 1 {
				if !d.block(b, &s, s.parts[0], x, y) {
					return fail(ErrCorrupt, "undefined Huffman code in row %d of %d", y+1, s.rows)
				}
				continue
			}
			for _, part := range s.parts {
				c := &d.components[part]
				for v := range c.v {
					for h := range c.h {
						if !d.block(b, &s, part, x*c.h+h, y*c.v+v) {
							return fail(ErrCorrupt, "undefined Huffman code in row %d of %d", y+1, s.rows)
						}
					}
				}
			}
		}
		if b.overrun() {
			return fail(ErrTruncated, "data ends in row %d of %d", y+1, s.rows)
		}
	}
	return nil
}

// block decodes the block at column x and row y of blocks.
func (d *dct) block(b *bitReader, s *dctScan, part, x, y int) bool {
	c := &d.components[part]
	if d.frame.sof != markerSOF2 {
		var block [64]int32
		if !sequentialBlock(b, c, &block) {
			return false
		}
		d.store(part, x, y, &block)
		return true
	}
	at := 64 * (y*c.stride + x)
	block := (*[64]int16)(c.coeffs[at : at+64])
	switch {
	case s.first == 0 && s.high == 0:
		diff, ok := difference(b, c.dc)
		if !ok {
			return false
		}
		c.last += diff
		block[0] = int16(c.last << s.low)
		return true
	case s.first == 0:
		b.fill()
		if b.take(1) != 0 {
			block[0] |= 1 << s.low
		}
		return true
	case s.high == 0:
		return d.firstAC(b, s, c.ac, block)
	}
	return d.refineAC(b, s, c.ac, block)
}

// difference decodes a DC difference (T.81 F.2.2.1).
func difference(b *bitReader, t *huffmanTable) (int, bool) {
	b.fill()
	e := t.fast[b.acc>>(64-lookahead)]
	if n := int(e & 15); n != 0 {
		b.acc <<= n & 15
		b.n -= n
		return int(int16(e >> 16)), true
	}
	category, ok := t.value(b)
	if !ok || category > 15 {
		return 0, false
	}
	return extend(b.take(int(category)), int(category)), true
}

// sequentialBlock decodes and dequantises one block (T.81 F.2.2).
func sequentialBlock(b *bitReader, c *dctComponent, block *[64]int32) bool {
	diff, ok := difference(b, c.dc)
	if !ok {
		return false
	}
	c.last += diff
	block[0] = int32(int16(c.last)) * c.quant[0]
	fast := &c.ac.fast
	acc, n := b.acc, b.n
	for k := 1; k < 64; {
		if n < 32 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		e := fast[acc>>(64-lookahead)]
		var value byte
		var v int32
		if length := int(e & 15); length != 0 {
			acc <<= length & 15
			n -= length
			value = byte(e >> 8)
			v = int32(e) >> 16
		} else {
			b.acc, b.n = acc, n
			if value, ok = c.ac.value(b); !ok {
				return false
			}
			size := int(value & 15)
			v = int32(extend(b.take(size), size))
			acc, n = b.acc, b.n
		}
		k += int(value >> 4)
		if value&15 == 0 {
			if value != 0xf0 {
				break // end of block
			}
			k++
			continue
		}
		at := zigzag[k] & 63
		block[at] = v * c.quant[k&63]
		k++
	}
	b.acc, b.n = acc, n
	return true
}

// firstAC decodes a band of AC coefficients for the first time (T.81
// G.1.2.2).
func (d *dct) firstAC(b *bitReader, s *dctScan, t *huffmanTable, block *[64]int16) bool {
	if d.eobRun > 0 {
		d.eobRun--
		return true
	}
	for k := s.first; k <= s.last; k++ {
		b.fill()
		value, ok := t.value(b)
		if !ok {
			return false
		}
		run, size := int(value>>4), int(value&15)
		if size == 0 {
			if run < 15 {
				d.eobRun = 1<<run - 1
				if run > 0 {
					d.eobRun += b.take(run)
				}
				return true
			}
			k += 15
			continue
		}
		k += run
		block[zigzag[k]&63] = int16(extend(b.take(size), size) << s.low)
	}
	return true
}

// refineAC adds a bit to a band of AC coefficients (T.81 G.1.2.3).
func (d *dct) refineAC(b *bitReader, s *dctScan, t *huffmanTable, block *[64]int16) bool {
	bit := int16(1) << s.low
	k := s.first
	for d.eobRun == 0 && k <= s.last {
		b.fill()
		value, ok := t.value(b)
		if !ok {
			return false
		}
		run, size := int(value>>4), int(value&15)
		fresh := int16(0)
		switch {
		case size == 1:
			fresh = -bit
			if b.take(1) != 0 {
				fresh = bit
			}
		case size > 1:
			return false
		case run < 15:
			d.eobRun = 1 << run
			if run > 0 {
				d.eobRun += b.take(run)
			}
		}
		if d.eobRun > 0 {
			break
		}
		// Step over run zeros, refining what is not zero on the way.
		for ; k <= s.last; k++ {
			coeff := &block[zigzag[k]]
			if *coeff != 0 {
				refine(b, coeff, bit)
				continue
			}
			if run == 0 {
				*coeff = fresh
				k++
				break
			}
			run--
		}
	}
	if d.eobRun > 0 {
		for ; k <= s.last; k++ {
			if coeff := &block[zigzag[k]]; *coeff != 0 {
				refine(b, coeff, bit)
			}
		}
		d.eobRun--
	}
	return true
}

func refine(b *bitReader, coeff *int16, bit int16) {
	b.fill()
	if b.take(1) == 0 || *coeff&bit != 0 {
		return
	}
	if *coeff > 0 {
		*coeff += bit
	} else {
		*coeff -= bit
	}
}

// reconstruct turns the coefficients of all progressive scans into samples.
func (d *dct) reconstruct(ctx context.Context) error {
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
				var block [64]int32
				for k, q := range c.quant {
					at := zigzag[k]
					block[at] = int32(coeffs[at]) * q
				}
				d.store(part, x, y, &block)
			}
		}
	}
	return nil
}

// store transforms a dequantised block and writes what lies in the image.
func (d *dct) store(part, x, y int, block *[64]int32) {
	width, height, stride := d.img.Width, d.img.Height, d.img.Components
	if 8*x >= width || 8*y >= height {
		return
	}
	inverseDCT12(block)
	columns, rows := min(8, width-8*x), min(8, height-8*y)
	at := (8*y*width+8*x)*stride + part
	seen := int32(0)
	for j := range rows {
		in := block[8*j : 8*j+columns]
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
