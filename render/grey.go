package render

// grey8 takes a display grey from 16 to 8 bits. It is the only place where
// that is rounded.
func grey8(grey uint16) uint8 { return uint8((uint32(grey)*255 + 32767) / 65535) }

// Greys takes a film's table (stored value to display grey, see
// dicomio.Film.Table) to the screen's 8 bits, inverted where asked.
func Greys(table []uint16, inverted bool) []uint8 {
	greys := make([]uint8, len(table))
	for k, grey := range table {
		greys[k] = grey8(grey)
		if inverted {
			greys[k] = 255 - greys[k]
		}
	}
	return greys
}
