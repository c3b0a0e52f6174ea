package codec

import "encoding/binary"

// bitReader reads entropy-coded bits: the most significant first, a zero
// byte after each 0xff dropped, up to the next marker (T.81 F.2.2.5). Behind
// that it supplies zeros and counts them.
type bitReader struct {
	data []byte
	pos  int    // of the next byte to load
	acc  uint64 // unread bits, left-aligned
	n    int    // how many
	fake int    // how many of those ever loaded were made up
}

// overrun reports whether bits were read that the data does not hold.
func (b *bitReader) overrun() bool { return b.fake > b.n }

// fill makes at least 32 bits available.
func (b *bitReader) fill() {
	if b.n >= 32 {
		return
	}
	if len(b.data)-b.pos >= 4 {
		w := binary.BigEndian.Uint32(b.data[b.pos:])
		// No byte of w is 0xff: no byte of its complement is zero.
		if inv := ^w; (inv-0x01010101)&^inv&0x80808080 == 0 {
			b.acc |= uint64(w) << (32 - b.n)
			b.n += 32
			b.pos += 4
			return
		}
	}
	b.fillBytes()
}

func (b *bitReader) fillBytes() {
	for b.n <= 56 {
		var v byte
		if b.pos < len(b.data) && b.data[b.pos] != 0xff {
			v = b.data[b.pos]
			b.pos++
		} else if b.pos+1 < len(b.data) && b.data[b.pos+1] == 0 {
			v = 0xff
			b.pos += 2
		} else {
			b.fake += 8
		}
		b.acc |= uint64(v) << (56 - b.n)
		b.n += 8
	}
}

// take reads up to 16 bits; fill must have been called.
func (b *bitReader) take(n int) int {
	v := int(b.acc >> 1 >> (63 - n))
	b.acc <<= n
	b.n -= n
	return v
}

// restart drops what is left of the interval and steps over the next restart
// marker. It reports false where there is none before another marker.
func (b *bitReader) restart() bool {
	b.acc, b.n, b.fake = 0, 0, 0
	for b.pos+1 < len(b.data) {
		if b.data[b.pos] == 0xff {
			switch m := b.data[b.pos+1]; {
			case m >= markerRST0 && m <= markerRST7:
				b.pos += 2
				return true
			case m != 0 && m != 0xff:
				return false
			}
		}
		b.pos++
	}
	return false
}

// lookahead is how many bits a Huffman table looks up at once: most codes
// with their additional bits fit, and the table stays in the first cache.
const lookahead = 11

// huffmanTable decodes one table of T.81 annex C.
type huffmanTable struct {
	defined bool
	// fast is indexed by the next bits. An entry holds, from the lowest
	// bit: in 4 bits the length of code and additional bits together, or
	// 0 where they do not fit; in 4 the code's length, or 0; in 8 the
	// code's value; in 16 the signed difference.
	fast [1 << lookahead]uint32
	// maxCode is the largest code of each length, left-aligned in 16
	// bits and extended by ones; -1 where there is none.
	maxCode [17]int32
	// offset turns a code of each length into an index of values.
	offset [17]int32
	values [256]byte
}

// build makes the table. category gives the number of additional bits that
// follow a value. It reports false for counts that no code can have.
func (t *huffmanTable) build(counts [16]byte, values []byte, category func(byte) int) bool {
	*t = huffmanTable{defined: true}
	copy(t.values[:], values)
	code, index := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		n := int32(counts[length-1])
		t.offset[length] = index - code
		t.maxCode[length] = -1
		if n > 0 {
			if code+n > 1<<length {
				return false
			}
			for i := range n {
				if length <= lookahead {
					t.fillFast(uint(code+i), length, values[index+i], category)
				}
			}
			code += n
			index += n
			t.maxCode[length] = code<<(16-length) - 1
		}
		code <<= 1
	}
	return true
}

func (t *huffmanTable) fillFast(code uint, length int, value byte, category func(byte) int) {
	extra := category(value)
	rest := lookahead - length
	first := code << rest
	for i := range uint(1) << rest {
		e := uint32(length)<<4 | uint32(value)<<8
		if extra <= rest {
			bits := int(i) >> (rest - extra)
			e |= uint32(length+extra) | uint32(uint16(extend(bits, extra)))<<16
		}
		t.fast[first+i] = e
	}
}

// extend turns n additional bits into a signed difference (T.81 F.2.2.1).
func extend(v, n int) int {
	if n == 0 {
		return 0
	}
	if v < 1<<(n-1) {
		v -= 1<<n - 1
	}
	return v
}

// value decodes one code, without additional bits; fill must have been
// called. An undefined code gives ok false.
func (t *huffmanTable) value(b *bitReader) (v byte, ok bool) {
	if e := t.fast[b.acc>>(64-lookahead)]; e>>4&15 != 0 {
		n := int(e >> 4 & 15)
		b.acc <<= n
		b.n -= n
		return byte(e >> 8), true
	}
	code := int32(b.acc >> 48)
	for length := lookahead + 1; length <= 16; length++ {
		if code <= t.maxCode[length] {
			b.acc <<= length
			b.n -= length
			return t.values[(code>>(16-length)+t.offset[length])&0xff], true
		}
	}
	return 0, false
}

// parseDHT reads every table of a DHT segment into tables[class][id].
func (r *jpegReader) parseDHT(seg []byte, set func(class, id int, counts [16]byte, values []byte) bool) error {
	for len(seg) > 0 {
		if len(seg) < 17 {
			return r.fail(ErrCorrupt, "Huffman table of %d bytes", len(seg))
		}
		var counts [16]byte
		copy(counts[:], seg[1:17])
		total := 0
		for _, n := range counts {
			total += int(n)
		}
		class, id := int(seg[0]>>4), int(seg[0]&15)
		if total > 256 || total > len(seg)-17 || class > 1 || id > 3 {
			return r.fail(ErrCorrupt, "Huffman table %d of class %d with %d codes", id, class, total)
		}
		if !set(class, id, counts, seg[17:17+total]) {
			return r.fail(ErrCorrupt, "Huffman table %d has more codes than bits for them", id)
		}
		seg = seg[17+total:]
	}
	return nil
}
