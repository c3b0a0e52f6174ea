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

// inverseDCT12 transforms a block in place, to samples around zero. It is the
// "accurate integer" method of the Independent JPEG Group's library with its
// exact roundings, which DCMTK and GDCM use: so the samples are theirs. Rows
// and columns without AC coefficients take a short cut with the same result.
func inverseDCT12(b *[64]int32) {
	for i := range 8 {
		if b[8+i]|b[16+i]|b[24+i]|b[32+i]|b[40+i]|b[48+i]|b[56+i] == 0 {
			dc := b[i] << pass1Bits
			b[i], b[8+i], b[16+i], b[24+i] = dc, dc, dc, dc
			b[32+i], b[40+i], b[48+i], b[56+i] = dc, dc, dc, dc
			continue
		}
		butterfly(b, i, 8, idctBits-pass1Bits)
	}
	for i := 0; i < 64; i += 8 {
		r := b[i : i+8 : i+8]
		if r[1]|r[2]|r[3]|r[4]|r[5]|r[6]|r[7] == 0 {
			dc := (r[0] + 1<<(pass1Bits+2)) >> (pass1Bits + 3)
			r[0], r[1], r[2], r[3] = dc, dc, dc, dc
			r[4], r[5], r[6], r[7] = dc, dc, dc, dc
			continue
		}
		butterfly(b, i, 1, idctBits+pass1Bits+3)
	}
}

// butterfly transforms one row or column, rounded off by shift bits.
func butterfly(b *[64]int32, at, step int, shift uint) {
	p0, p1, p2, p3 := &b[at&63], &b[(at+step)&63], &b[(at+2*step)&63], &b[(at+3*step)&63]
	p4, p5, p6, p7 := &b[(at+4*step)&63], &b[(at+5*step)&63], &b[(at+6*step)&63], &b[(at+7*step)&63]
	shift &= 63

	c0, c2, c4, c6 := int(*p0), int(*p2), int(*p4), int(*p6)
	z1 := (c2 + c6) * fix0541196
	even2 := z1 - c6*fix1847759
	even3 := z1 + c2*fix0765366
	even0 := (c0+c4)<<idctBits + 1<<(shift-1)
	even1 := (c0-c4)<<idctBits + 1<<(shift-1)
	e0, e3 := even0+even3, even0-even3
	e1, e2 := even1+even2, even1-even2

	c1, c3, c5, c7 := int(*p1), int(*p3), int(*p5), int(*p7)
	z1 = (c7 + c1) * -fix0899976
	z2 := (c5 + c3) * -fix2562915
	z3 := c7 + c3
	z4 := c5 + c1
	z5 := (z3 + z4) * fix1175875
	z3 = z3*-fix1961570 + z5
	z4 = z4*-fix0390180 + z5
	o0 := c7*fix0298631 + z1 + z3
	o1 := c5*fix2053119 + z2 + z4
	o2 := c3*fix3072711 + z2 + z3
	o3 := c1*fix1501321 + z1 + z4

	*p0, *p7 = int32((e0+o3)>>shift), int32((e0-o3)>>shift)
	*p1, *p6 = int32((e1+o2)>>shift), int32((e1-o2)>>shift)
	*p2, *p5 = int32((e2+o1)>>shift), int32((e2-o1)>>shift)
	*p3, *p4 = int32((e3+o0)>>shift), int32((e3-o0)>>shift)
}
