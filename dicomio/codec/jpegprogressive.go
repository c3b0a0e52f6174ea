package codec

// progressiveBlock decodes a block's share of one progressive scan (T.81
// annex G).
func (s *dctScan) progressiveBlock(c *dctComponent, block *[64]int16) bool {
	b := &s.bits
	switch {
	case s.first == 0 && s.high == 0:
		diff, ok := difference(b, c.dc)
		if !ok {
			return false
		}
		c.lastDC += diff
		block[0] = int16(c.lastDC << s.low)
		return true
	case s.first == 0:
		b.fill()
		if b.take(1) != 0 {
			block[0] |= 1 << s.low
		}
		return true
	case s.high == 0:
		return s.firstAC(c.ac, block)
	}
	return s.refineAC(c.ac, block)
}

// firstAC decodes a band of AC coefficients for the first time (T.81
// G.1.2.2).
func (s *dctScan) firstAC(t *huffmanTable, block *[64]int16) bool {
	b := &s.bits
	if s.eobRun > 0 {
		s.eobRun--
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
				s.eobRun = 1<<run - 1
				if run > 0 {
					s.eobRun += b.take(run)
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
func (s *dctScan) refineAC(t *huffmanTable, block *[64]int16) bool {
	b, bit := &s.bits, int16(1)<<s.low
	k := s.first
	for s.eobRun == 0 && k <= s.last {
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
			s.eobRun = 1 << run
			if run > 0 {
				s.eobRun += b.take(run)
			}
		}
		if s.eobRun > 0 {
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
	if s.eobRun > 0 {
		for ; k <= s.last; k++ {
			if coeff := &block[zigzag[k]]; *coeff != 0 {
				refine(b, coeff, bit)
			}
		}
		s.eobRun--
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
