package codec

import (
	"encoding/binary"
	"math/bits"
)

// lsBitReader reads JPEG-LS's bits: behind a byte of 0xff, the next one holds
// seven (T.87 A.1), or begins a marker. There it supplies zeros and counts
// them.
type lsBitReader struct {
	data    []byte
	pos     int
	acc     uint64 // unread bits, left-aligned
	n       int    // how many
	fake    int    // how many of those ever loaded were made up
	stuffed bool   // the last byte was 0xff
}

func (b *lsBitReader) overrun() bool { return b.fake > b.n }

// fill makes at least 32 bits available.
func (b *lsBitReader) fill() {
	if b.n >= 32 {
		return
	}
	if !b.stuffed && len(b.data)-b.pos >= 4 {
		w := binary.BigEndian.Uint32(b.data[b.pos:])
		// No byte of w is 0xff: no byte of its complement is zero.
		if inv := ^w; (inv-0x01010101)&^inv&0x80808080 == 0 {
			b.acc |= uint64(w) << (32 - b.n)
			b.n += 32
			b.pos += 4
			return
		}
	}
	for b.n <= 56 {
		if b.pos >= len(b.data) || b.data[b.pos] == 0xff && (b.pos+1 >= len(b.data) || b.data[b.pos+1] >= 0x80) {
			// A marker, or the end.
			b.fake += 8
			b.n += 8
			continue
		}
		v := b.data[b.pos]
		b.pos++
		size := 8
		if b.stuffed {
			size = 7
		}
		b.acc |= uint64(v) << (64 - size - b.n)
		b.n += size
		b.stuffed = v == 0xff
	}
}

// take reads up to 32 bits.
func (b *lsBitReader) take(n int) int {
	b.fill()
	v := int(b.acc >> 1 >> (63 - n))
	b.acc <<= n
	b.n -= n
	return v
}

func (b *lsBitReader) restart() bool {
	r := bitReader{data: b.data, pos: b.pos}
	ok := r.restart()
	*b = lsBitReader{data: b.data, pos: r.pos}
	return ok
}

// lsContext is the statistics of one of the 365 contexts of T.87 A.2.
type lsContext struct {
	a, b, c, n int32
}

// lsRunContext is those of a run's interruption.
type lsRunContext struct {
	a, n, negative int32
}

// lsScan decodes the samples of one scan. Names are those of T.87 annex A.
type lsScan struct {
	bits lsBitReader

	maxValue, near, step int32 // step is 2*NEAR+1
	wrap                 int32 // RANGE*(2*NEAR+1)
	qbpp, limit          int
	longest              int // of the zeros before a code's rest
	reset                int32
	startA               int32

	// quantised is Q of every gradient from -maxValue to maxValue.
	quantised []int8
	contexts  [365]lsContext
	runs      [2]lsRunContext
}

// runOrder is J of T.87 A.2.1.
var runOrder = [32]uint8{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// newLSScan prepares a scan. It reports false for parameters that T.87 C.2.4
// does not allow.
func newLSScan(precision, near int, preset lsPreset) (*lsScan, bool) {
	maxValue := preset.maxValue
	if maxValue == 0 {
		maxValue = 1<<precision - 1
	}
	if maxValue < 1 || maxValue >= 1<<precision || near > min(255, maxValue/2) {
		return nil, false
	}
	t := preset.thresholds
	for i, standard := range defaultThresholds(maxValue, near) {
		if t[i] == 0 {
			t[i] = standard
		}
	}
	reset := preset.reset
	if reset == 0 {
		reset = 64
	}
	if t[0] <= near || t[1] < t[0] || t[2] < t[1] || t[2] > maxValue || reset < 3 {
		return nil, false
	}
	step := 2*near + 1
	valueRange := (maxValue+2*near)/step + 1
	bpp := max(2, bits.Len(uint(maxValue)))
	s := &lsScan{
		maxValue: int32(maxValue), near: int32(near), step: int32(step), wrap: int32(valueRange * step),
		qbpp: bits.Len(uint(valueRange - 1)), limit: 2 * (bpp + max(8, bpp)),
		longest: 2*(bpp+max(8, bpp)) - bits.Len(uint(valueRange-1)) - 1,
		reset:   int32(reset), startA: int32(max(2, (valueRange+32)/64)),
		quantised: make([]int8, 2*maxValue+1),
	}
	for i := range s.quantised {
		d := i - maxValue
		q := int8(0)
		switch size := max(d, -d); {
		case size <= near:
		case size < t[0]:
			q = 1
		case size < t[1]:
			q = 2
		case size < t[2]:
			q = 3
		default:
			q = 4
		}
		if d < 0 {
			q = -q
		}
		s.quantised[i] = q
	}
	s.begin()
	return s, true
}

// defaultThresholds are those of T.87 C.2.4.1.1.1.
func defaultThresholds(maxValue, near int) [3]int {
	clamp := func(v, low int) int {
		if v > maxValue || v < low {
			return low
		}
		return v
	}
	var t [3]int
	if maxValue >= 128 {
		factor := (min(maxValue, 4095) + 128) / 256
		t = [3]int{factor + 2 + 3*near, 4*factor + 3 + 5*near, 17*factor + 4 + 7*near}
	} else {
		factor := 256 / (maxValue + 1)
		t = [3]int{max(2, 3/factor+3*near), max(3, 7/factor+5*near), max(4, 21/factor+7*near)}
	}
	t[0] = clamp(t[0], near+1)
	t[1] = clamp(t[1], t[0])
	t[2] = clamp(t[2], t[1])
	return t
}

// begin sets the statistics to their start (T.87 A.2.1).
func (s *lsScan) begin() {
	for i := range s.contexts {
		s.contexts[i] = lsContext{a: s.startA, n: 1}
	}
	s.runs = [2]lsRunContext{{a: s.startA, n: 1}, {a: s.startA, n: 1}}
}

// golombOrder is the smallest k with n<<k >= a.
func golombOrder(a, n int32) int {
	k := max(0, bits.Len32(uint32(a))-bits.Len32(uint32(n)))
	if n<<k < a {
		k++
	}
	return k
}

// golomb decodes a limited-length Golomb code (T.87 A.5.3). It gives -1 for
// one longer than any can be.
func (s *lsScan) golomb(k, limit int) int32 {
	b := &s.bits
	zeros := 0
	for {
		b.fill()
		z := bits.LeadingZeros64(b.acc)
		if z < b.n {
			zeros += z
			b.acc <<= z + 1
			b.n -= z + 1
			break
		}
		zeros += b.n
		b.acc, b.n = 0, 0
		if zeros > limit {
			return -1
		}
	}
	switch last := limit - s.qbpp - 1; {
	case zeros < last:
		return int32(zeros<<k | b.take(k))
	case zeros == last:
		return int32(b.take(s.qbpp)) + 1
	}
	return -1
}

// reconstruct adds an error to a prediction (T.87 A.4.4, A.4.5).
func (s *lsScan) reconstruct(predicted, diff int32) uint16 {
	v := predicted + diff*s.step
	if v < -s.near {
		v += s.wrap
	} else if v > s.maxValue+s.near {
		v -= s.wrap
	}
	return uint16(min(max(v, 0), s.maxValue))
}

// line decodes one line of one component; above and line begin one sample
// before the image and end one behind it.
func (s *lsScan) line(above, line []uint16, runIndex *int) bool {
	quantised, zero := s.quantised, int(s.maxValue)
	width := len(line) - 2
	above = above[:width+2]
	a, c, b := int(line[0]), int(above[0]), int(above[1])
	q2 := int(quantised[uint(b-c+zero)])
	for x := 1; x <= width; {
		d := int(above[x+1])
		q1, q3 := int(quantised[uint(d-b+zero)]), int(quantised[uint(c-a+zero)])
		if q := 81*q1 + 9*q2 + q3; q != 0 {
			v, ok := s.regular(q, int32(a), int32(b), int32(c))
			if !ok {
				return false
			}
			line[x] = v
			a, c, b, q2 = int(v), b, d, q1
			x++
			continue
		}
		n, ok := s.run(width+1-x, runIndex)
		if !ok {
			return false
		}
		fill := line[x : x+n]
		for i := range fill {
			fill[i] = uint16(a)
		}
		if x += n; x > width {
			break
		}
		b = int(above[x])
		v, ok := s.interruption(int32(a), int32(b), *runIndex)
		if !ok {
			return false
		}
		*runIndex = max(0, *runIndex-1)
		line[x] = v
		a, c = int(v), b
		x++
		if x <= width {
			b = int(above[x])
			q2 = int(quantised[uint(b-c+zero)])
		}
	}
	return true
}

// pixels decodes one line of components interleaved by sample.
func (s *lsScan) pixels(above, line [][]uint16, runIndex *int) bool {
	quantised, zero := s.quantised, int(s.maxValue)
	width := len(line[0]) - 2
	var contexts [4]int
	for x := 1; x <= width; {
		flat := true
		for i := range line {
			a, b, c, d := int(line[i][x-1]), int(above[i][x]), int(above[i][x-1]), int(above[i][x+1])
			contexts[i] = 81*int(quantised[d-b+zero]) + 9*int(quantised[b-c+zero]) + int(quantised[c-a+zero])
			flat = flat && contexts[i] == 0
		}
		if !flat {
			for i := range line {
				v, ok := s.regular(contexts[i], int32(line[i][x-1]), int32(above[i][x]), int32(above[i][x-1]))
				if !ok {
					return false
				}
				line[i][x] = v
			}
			x++
			continue
		}
		n, ok := s.run(width+1-x, runIndex)
		if !ok {
			return false
		}
		for i := range line {
			a := line[i][x-1]
			for j := x; j < x+n; j++ {
				line[i][j] = a
			}
		}
		if x += n; x > width {
			break
		}
		for i := range line {
			a, b := int32(line[i][x-1]), int32(above[i][x])
			diff, ok := s.runError(&s.runs[0], 0, *runIndex)
			if !ok {
				return false
			}
			if b < a {
				diff = -diff
			}
			line[i][x] = s.reconstruct(b, diff)
		}
		*runIndex = max(0, *runIndex-1)
		x++
	}
	return true
}

// regular decodes a sample in the context q (T.87 A.4 to A.6).
func (s *lsScan) regular(q int, a, b, c int32) (uint16, bool) {
	sign := int32(q >> 31) // 0 or -1
	ctx := &s.contexts[uint((q^q>>31)-q>>31)]

	// The edge-detecting predictor is the median of three.
	low, high := min(a, b), max(a, b)
	predicted := min(max(a+b-c, low), high)
	predicted += (ctx.c ^ sign) - sign
	predicted = min(max(predicted, 0), s.maxValue)

	k := golombOrder(ctx.a, ctx.n)
	r := &s.bits
	if r.n < 32 {
		r.fill()
	}
	var m int32
	if zeros := bits.LeadingZeros64(r.acc); zeros < s.longest && zeros+k < 32 {
		// Nearly always: prefix and rest are at hand.
		acc := r.acc << ((zeros + 1) & 63)
		r.acc = acc << (k & 63)
		r.n -= zeros + 1 + k
		m = int32(zeros)<<(k&31) | int32(acc>>1>>((63-k)&63))
	} else if m = s.golomb(k, s.limit); m < 0 {
		return 0, false
	}
	diff := m>>1 ^ -(m & 1)
	if k == 0 && s.near == 0 && 2*ctx.b <= -ctx.n {
		diff = ^diff
	}
	if diff > 1<<16 || diff < -1<<16 {
		return 0, false
	}

	n, bias := ctx.n, ctx.b+diff*s.step
	sum := ctx.a + max(diff, -diff)
	if n == s.reset {
		sum >>= 1
		bias >>= 1
		n >>= 1
	}
	n++
	if bias <= -n {
		bias = max(bias+n, 1-n)
		ctx.c = max(ctx.c-1, -128)
	} else if bias > 0 {
		bias = min(bias-n, 0)
		ctx.c = min(ctx.c+1, 127)
	}
	ctx.a, ctx.b, ctx.n = sum, bias, n
	return s.reconstruct(predicted, (diff^sign)-sign), true
}

// run decodes the length of a run of at most the rest of the line (T.87
// A.7.1).
func (s *lsScan) run(rest int, runIndex *int) (int, bool) {
	n := 0
	for s.bits.take(1) == 1 {
		full := 1 << runOrder[*runIndex&31]
		if n+full > rest {
			return rest, true
		}
		n += full
		*runIndex = min(*runIndex+1, 31)
		if n == rest {
			return n, true
		}
	}
	n += s.bits.take(int(runOrder[*runIndex&31]))
	return n, n < rest
}

// interruption decodes the sample that ends a run (T.87 A.7.2).
func (s *lsScan) interruption(a, b int32, runIndex int) (uint16, bool) {
	if size := max(a-b, b-a); size <= s.near {
		diff, ok := s.runError(&s.runs[1], 1, runIndex)
		return s.reconstruct(a, diff), ok
	}
	diff, ok := s.runError(&s.runs[0], 0, runIndex)
	if b < a {
		diff = -diff
	}
	return s.reconstruct(b, diff), ok
}

func (s *lsScan) runError(ctx *lsRunContext, kind int32, runIndex int) (int32, bool) {
	k := golombOrder(ctx.a+ctx.n>>1*kind, ctx.n)
	m := s.golomb(k, s.limit-int(runOrder[runIndex&31])-1)
	if m < 0 || m > 1<<17 {
		return 0, false
	}
	odd := (m + kind) & 1
	diff := (m + kind + odd) >> 1
	if (k != 0 || 2*ctx.negative >= ctx.n) == (odd != 0) {
		diff = -diff
	}
	if diff < 0 {
		ctx.negative++
	}
	ctx.a += (m + 1 - kind) >> 1
	if ctx.n == s.reset {
		ctx.a >>= 1
		ctx.n >>= 1
		ctx.negative >>= 1
	}
	ctx.n++
	return diff, true
}
