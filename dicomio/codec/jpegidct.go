package codec

// Constants of the Loeffler, Ligtenberg and Moschytz transform in 13-bit
// fixed point.
const (
	idctBits   = 13
	pass1Bits  = 1 // extra bits between the passes, for 12-bit samples
	fix0298631 = 2446
	fix0390180 = 3196
	fix0541196 = 4433
	fix0765366 = 6270
	fix0899976 = 7373
	fix1175875 = 9633
	fix1501321 = 12299
	fix1847759 = 15137
	fix1961570 = 16069
	fix2053119 = 16819
	fix2562915 = 20995
	fix3072711 = 25172
)

// inverseDCT12 transforms a block in place to samples from 0 to 4095. It is
// the "accurate integer" method of the Independent JPEG Group's library with
// its exact roundings, which DCMTK and GDCM use: so the samples are theirs.
func inverseDCT12(block *[64]int32) {
	for i := range 8 {
		c := block[i : i+57 : i+57]
		if c[8]|c[16]|c[24]|c[32]|c[40]|c[48]|c[56] == 0 {
			dc := c[0] << pass1Bits
			c[0], c[8], c[16], c[24] = dc, dc, dc, dc
			c[32], c[40], c[48], c[56] = dc, dc, dc, dc
			continue
		}
		c[0], c[8], c[16], c[24], c[32], c[40], c[48], c[56] = butterfly(
			int(c[0]), int(c[8]), int(c[16]), int(c[24]), int(c[32]), int(c[40]), int(c[48]), int(c[56]),
			idctBits-pass1Bits)
	}
	for i := 0; i < 64; i += 8 {
		r := block[i : i+8 : i+8]
		r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = butterfly(
			int(r[0]), int(r[1]), int(r[2]), int(r[3]), int(r[4]), int(r[5]), int(r[6]), int(r[7]),
			idctBits+pass1Bits+3)
		for j, v := range r {
			r[j] = min(max(v+2048, 0), 4095)
		}
	}
}

// butterfly is the transform of one row or column, rounded off by shift bits.
func butterfly(c0, c1, c2, c3, c4, c5, c6, c7 int, shift uint) (_, _, _, _, _, _, _, _ int32) {
	z1 := (c2 + c6) * fix0541196
	even2 := z1 - c6*fix1847759
	even3 := z1 + c2*fix0765366
	even0 := (c0 + c4) << idctBits
	even1 := (c0 - c4) << idctBits
	round := 1 << (shift - 1)
	e0, e3 := even0+even3+round, even0-even3+round
	e1, e2 := even1+even2+round, even1-even2+round

	z1 = c7 + c1
	z2 := c5 + c3
	z3 := c7 + c3
	z4 := c5 + c1
	z5 := (z3 + z4) * fix1175875
	z1 *= -fix0899976
	z2 *= -fix2562915
	z3 = z3*-fix1961570 + z5
	z4 = z4*-fix0390180 + z5
	o0 := c7*fix0298631 + z1 + z3
	o1 := c5*fix2053119 + z2 + z4
	o2 := c3*fix3072711 + z2 + z3
	o3 := c1*fix1501321 + z1 + z4
	shift &= 63
	return int32((e0 + o3) >> shift), int32((e1 + o2) >> shift), int32((e2 + o1) >> shift), int32((e3 + o0) >> shift),
		int32((e3 - o0) >> shift), int32((e2 - o1) >> shift), int32((e1 - o2) >> shift), int32((e0 - o3) >> shift)
}
