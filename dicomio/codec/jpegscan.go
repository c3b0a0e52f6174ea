package codec

import (
	"context"
	"slices"
)

// dctScan is one scan of a DCT frame, as its header describes it (T.81
// B.2.3) and while it is decoded.
type dctScan struct {
	frame         *dct
	parts         []int // components
	first, last   int   // spectral selection
	high, low     uint  // successive approximation
	columns, rows int   // in MCUs

	bits      bitReader
	toRestart int // MCUs until the next restart marker
	eobRun    int // progressive: blocks still to come without a coefficient
	blocks    []dctBlock
}

// dctBlock is a dequantised block on its way to its samples.
type dctBlock struct {
	part, x, y int
	flat       bool // no AC coefficient
	values     [64]int32
}

func (d *dct) parseScan(seg []byte) (*dctScan, error) {
	if d.scans++; d.scans > maxScans {
		return nil, d.fail(ErrCorrupt, "more than %d scans", maxScans)
	}
	s := &dctScan{frame: d, last: 63, bits: bitReader{data: d.data, pos: d.pos}, toRestart: d.interval}
	if d.progressive() {
		tail := seg[1+2*int(seg[0]):]
		s.first, s.last = int(tail[0]), int(tail[1])
		s.high, s.low = uint(tail[2]>>4), uint(tail[2]&15)
		if s.first > s.last || s.last > 63 || s.low > 13 || s.first == 0 && s.last != 0 || s.first > 0 && seg[0] != 1 {
			return nil, d.fail(ErrCorrupt, "progressive scan of coefficients %d to %d", s.first, s.last)
		}
	}
	for i := range int(seg[0]) {
		if err := s.add(seg[1+2*i], seg[2+2*i]>>4, seg[2+2*i]&15); err != nil {
			return nil, err
		}
	}
	s.columns, s.rows = d.width, d.height
	if len(s.parts) == 1 {
		c := &d.components[s.parts[0]]
		s.columns, s.rows = c.columns, c.rows
	}
	return s, nil
}

// add makes a component part of the scan.
func (s *dctScan) add(id, dc, ac byte) error {
	d := s.frame
	part := -1
	for j := range d.components {
		c := &d.components[j]
		if c.id == id && (d.progressive() || !c.seen) && !slices.Contains(s.parts, j) {
			part = j
			break
		}
	}
	if part < 0 || dc > 3 || ac > 3 {
		return d.fail(ErrCorrupt, "scan of component %d with Huffman tables %d and %d", id, dc, ac)
	}
	c := &d.components[part]
	c.dc, c.ac, c.lastDC = &d.dc[dc], &d.ac[ac], 0
	if s.first == 0 && s.high == 0 && !c.dc.defined || s.last > 0 && !c.ac.defined {
		return d.fail(ErrCorrupt, "scan without its Huffman table")
	}
	if c.quant == nil {
		if c.tq > 3 || d.quant[c.tq] == nil {
			return d.fail(ErrCorrupt, "component %d without its quantisation table", id)
		}
		c.quant = d.quant[c.tq]
	}
	c.seen = true
	s.parts = append(s.parts, part)
	return nil
}

// decode decodes the scan row by row of MCUs. While the blocks of one row of
// a sequential scan are transformed, the next row is decoded.
func (s *dctScan) decode(ctx context.Context) (err error) {
	d := s.frame
	full, empty, done := make(chan []dctBlock), make(chan []dctBlock, 2), make(chan struct{})
	empty <- nil
	empty <- nil
	go func() {
		defer close(done)
		for blocks := range full {
			for i := range blocks {
				d.store(&blocks[i])
			}
			empty <- blocks[:0]
		}
	}()
	defer func() {
		close(full)
		<-done
		d.pos = s.bits.pos
	}()
	for y := range s.rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		s.blocks = <-empty
		err := s.row(y)
		full <- s.blocks
		if err != nil {
			return err
		}
	}
	return nil
}

// row decodes one row of MCUs.
func (s *dctScan) row(y int) error {
	d := s.frame
	fail := func(kind error, problem string) error {
		d.pos = s.bits.pos
		return d.fail(kind, "%s in row %d of %d", problem, y+1, s.rows)
	}
	for x := range s.columns {
		if d.interval > 0 {
			if s.toRestart == 0 {
				if !s.bits.restart() {
					return fail(ErrTruncated, "no restart marker")
				}
				for _, part := range s.parts {
					d.components[part].lastDC = 0
				}
				s.eobRun = 0
				s.toRestart = d.interval
			}
			s.toRestart--
		}
		if !s.mcu(x, y) {
			return fail(ErrCorrupt, "undefined Huffman code")
		}
	}
	if s.bits.overrun() {
		return fail(ErrTruncated, "data ends")
	}
	return nil
}

// mcu decodes one minimum coded unit: a block, or those of all components.
func (s *dctScan) mcu(x, y int) bool {
	if len(s.parts) == 1 {
		return s.block(s.parts[0], x, y)
	}
	for _, part := range s.parts {
		c := &s.frame.components[part]
		for v := range c.v {
			for h := range c.h {
				if !s.block(part, x*c.h+h, y*c.v+v) {
					return false
				}
			}
		}
	}
	return true
}

// block decodes the block at column x and row y of blocks.
func (s *dctScan) block(part, x, y int) bool {
	c := &s.frame.components[part]
	if s.frame.progressive() {
		at := 64 * (y*c.stride + x)
		return s.progressiveBlock(c, (*[64]int16)(c.coeffs[at:at+64]))
	}
	n := len(s.blocks)
	if n == cap(s.blocks) {
		s.blocks = slices.Grow(s.blocks, 1)
	}
	s.blocks = s.blocks[:n+1]
	b := &s.blocks[n]
	b.part, b.x, b.y = part, x, y
	return sequentialBlock(&s.bits, c, b)
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
func sequentialBlock(b *bitReader, c *dctComponent, block *dctBlock) bool {
	block.values, block.flat = [64]int32{}, true
	diff, ok := difference(b, c.dc)
	if !ok {
		return false
	}
	c.lastDC += diff
	block.values[0] = int32(int16(c.lastDC)) * c.quant[0]
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
		block.values[at] = v * c.quant[k&63]
		block.flat = false
		k++
	}
	b.acc, b.n = acc, n
	return true
}
