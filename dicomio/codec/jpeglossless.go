package codec

import "context"

// lossless decodes T.81 annex H (process 14).
type lossless struct {
	jpegStream
	tables [4]huffmanTable
	stride int     // components of the image
	done   [4]bool // components that have been decoded
}

// losslessCategory is the number of additional bits of a difference's
// category (T.81 H.1.2.2). Category 16, which is 32768 alone, and those that
// are undefined are left to the slow way.
func losslessCategory(v byte) int {
	if v < 16 {
		return int(v)
	}
	return 2 * lookahead
}

func decodeLossless(ctx context.Context, s Syntax, p Params, data []byte) (Image, error) {
	d := &lossless{jpegStream: newJPEGStream(s, p, data), stride: p.SamplesPerPixel}
	return d.decode(ctx, p, d)
}

func (d *lossless) segment(marker byte, seg []byte) error {
	return d.huffmanSegment(marker, seg, func(_, id int, counts [16]byte, values []byte) bool {
		return d.tables[id].build(counts, values, losslessCategory)
	})
}

func (d *lossless) refinable() bool { return false }

func (d *lossless) finish(context.Context, Params) error { return nil }

func (d *lossless) complete() bool {
	for _, done := range d.done[:d.stride] {
		if !done {
			return false
		}
	}
	return true
}

func (d *lossless) prepare(p Params) error {
	if d.frame.sof != markerSOF3 {
		return d.fail(ErrUnsupported, "JPEG process SOF%d", d.frame.sof-markerSOF0)
	}
	if err := d.checkFrame(d.frame, p); err != nil {
		return err
	}
	if d.frame.subsampled() {
		return d.fail(ErrUnsupported, "lossless JPEG with components of different sizes")
	}
	// Every sample costs at least a bit, so a frame that could never be
	// filled to a sixteenth costs no memory.
	if int64(len(d.data))*8*16 < p.samples() {
		return d.fail(ErrTruncated, "%d bytes for %d samples", len(d.data), p.samples())
	}
	d.img.Samples = p.newSamples()
	return nil
}

// scan decodes one scan: all components pixel by pixel, or one alone.
func (d *lossless) scan(ctx context.Context, seg []byte) error {
	var parts []losslessPart
	for i := range int(seg[0]) {
		id, table := seg[1+2*i], seg[2+2*i]>>4
		c := -1
		for j, comp := range d.frame.components {
			if comp.id == id && !d.done[j] {
				c = j
				break
			}
		}
		if c < 0 || table > 3 || !d.tables[table].defined {
			return d.fail(ErrCorrupt, "scan of component %d with Huffman table %d", id, table)
		}
		d.done[c] = true
		parts = append(parts, losslessPart{offset: c, table: &d.tables[table]})
	}
	tail := seg[1+2*len(parts):]
	predictor, transform := int(tail[0]), int(tail[2]&15)
	if predictor < 1 || predictor > 7 || transform >= d.frame.precision {
		return d.fail(ErrCorrupt, "predictor %d with point transform %d", predictor, transform)
	}
	width := d.img.Width
	if d.interval%width != 0 {
		return d.fail(ErrCorrupt, "restart interval %d with rows of %d", d.interval, width)
	}

	b := bitReader{data: d.data, pos: d.pos}
	err := d.rows(ctx, &b, parts, predictor, uint16(1)<<(d.frame.precision-transform-1), d.interval/width)
	d.pos = b.pos
	if transform > 0 {
		d.seen <<= transform
		for _, part := range parts {
			for i := part.offset; i < len(d.img.Samples); i += d.stride {
				d.img.Samples[i] <<= transform
			}
		}
	}
	return err
}

// losslessPart is a component's share of a scan.
type losslessPart struct {
	offset int // of the component within a pixel
	table  *huffmanTable
}

func (d *lossless) rows(ctx context.Context, b *bitReader, parts []losslessPart, predictor int, initial uint16, restart int) error {
	rowLen := d.img.Width * d.stride
	var above []uint16 // nil in the first row and after a restart
	for y := range d.img.Height {
		if y&63 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if restart > 0 && y > 0 && y%restart == 0 {
			if !b.restart() {
				d.pos = b.pos
				return d.fail(ErrTruncated, "no restart marker before row %d", y+1)
			}
			above = nil
		}
		row := d.img.Samples[y*rowLen : (y+1)*rowLen]
		var ok bool
		if len(parts) == 1 {
			ok = differences(b, row[parts[0].offset:], d.stride, parts[0].table)
		} else {
			ok = interleavedDifferences(b, row, d.stride, parts)
		}
		if !ok {
			clear(row)
			d.pos = b.pos
			return d.fail(ErrCorrupt, "undefined Huffman code in row %d", y+1)
		}
		for _, part := range parts {
			cur := row[part.offset:]
			if above == nil {
				d.seen |= predictFirst(cur, d.stride, initial)
			} else {
				d.seen |= predict(cur, above[part.offset:], d.stride, predictor)
			}
		}
		if b.overrun() {
			d.pos = b.pos
			return d.fail(ErrTruncated, "data ends in row %d of %d", y+1, d.img.Height)
		}
		above = row
	}
	return nil
}

// differences decodes one component's differences of a row into every
// stride'th sample.
func differences(b *bitReader, row []uint16, stride int, t *huffmanTable) bool {
	acc, n := b.acc, b.n
	for i := 0; i < len(row); i += stride {
		if n < 32 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		e := t.fast[acc>>(64-lookahead)]
		if length := int(e & 15); length != 0 {
			acc <<= length & 15
			n -= length
			row[i] = uint16(e >> 16)
			continue
		}
		b.acc, b.n = acc, n
		diff, ok := t.difference(b)
		if !ok {
			return false
		}
		acc, n = b.acc, b.n
		row[i] = diff
	}
	b.acc, b.n = acc, n
	return true
}

func interleavedDifferences(b *bitReader, row []uint16, stride int, parts []losslessPart) bool {
	for x := 0; x < len(row); x += stride {
		for _, part := range parts {
			b.fill()
			e := part.table.fast[b.acc>>(64-lookahead)]
			diff := uint16(e >> 16)
			if length := int(e & 15); length != 0 {
				b.acc <<= length & 15
				b.n -= length
			} else {
				var ok bool
				if diff, ok = part.table.difference(b); !ok {
					return false
				}
			}
			row[x+part.offset] = diff
		}
	}
	return true
}

// difference decodes one whose code and additional bits are too long for the
// fast table; fill must have been called.
func (t *huffmanTable) difference(b *bitReader) (uint16, bool) {
	category, ok := t.value(b)
	if !ok || category > 16 {
		return 0, false
	}
	if category == 16 {
		return 1 << 15, true
	}
	return uint16(extend(b.take(int(category)), int(category))), true
}

// predictFirst adds up the differences of a first row: each sample is
// predicted from its left neighbour, the first from the middle of the range.
// All arithmetic is modulo 65536 (T.81 H.1.2.1). It returns all samples
// or'ed.
func predictFirst(cur []uint16, stride int, initial uint16) uint16 {
	var seen uint16
	left := initial
	for i := 0; i < len(cur); i += stride {
		left += cur[i]
		cur[i] = left
		seen |= left
	}
	return seen
}

// predict adds the predictor of T.81 table H.1 to a row of differences, the
// first of which is predicted from above.
func predict(cur, above []uint16, stride, predictor int) uint16 {
	above = above[:len(cur)]
	left := cur[0] + above[0]
	cur[0] = left
	seen := left
	switch predictor {
	case 1:
		for i := stride; i < len(cur); i += stride {
			left += cur[i]
			cur[i] = left
			seen |= left
		}
	case 2:
		for i := stride; i < len(cur); i += stride {
			v := cur[i] + above[i]
			cur[i] = v
			seen |= v
		}
	case 3:
		corner := above[0]
		for i := stride; i < len(cur); i += stride {
			v := cur[i] + corner
			corner = above[i]
			cur[i] = v
			seen |= v
		}
	case 4:
		corner := above[0]
		for i := stride; i < len(cur); i += stride {
			up := above[i]
			left += up - corner + cur[i]
			corner = up
			cur[i] = left
			seen |= left
		}
	case 5:
		corner := above[0]
		for i := stride; i < len(cur); i += stride {
			up := above[i]
			left += uint16((int32(up)-int32(corner))>>1) + cur[i]
			corner = up
			cur[i] = left
			seen |= left
		}
	case 6:
		corner := above[0]
		for i := stride; i < len(cur); i += stride {
			up := above[i]
			left = up + uint16((int32(left)-int32(corner))>>1) + cur[i]
			corner = up
			cur[i] = left
			seen |= left
		}
	case 7:
		for i := stride; i < len(cur); i += stride {
			left = uint16((uint32(left)+uint32(above[i]))>>1) + cur[i]
			cur[i] = left
			seen |= left
		}
	}
	return seen
}
