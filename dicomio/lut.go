package dicomio

import (
	"fmt"
	"math"
)

// at returns the entry for an input value.
func (t *LookupTable) at(input int) uint16 {
	i := input - t.First
	if i < 0 {
		i = 0
	}
	if i >= len(t.Data) {
		i = len(t.Data) - 1
	}
	return t.Data[i]
}

// span is the LUT's input range as a centre and a width.
func (t *LookupTable) span() (center, width float64) {
	n := float64(len(t.Data))
	return float64(t.First) + n/2, n
}

// lutFunction looks values up. Center and Width, once they are moved from the
// LUT's own span, stretch its input.
func (w Window) lutFunction() func(float64) float64 {
	t := w.LUT
	white := float64(uint32(1)<<t.Bits - 1)
	center, width := t.span()
	if w.Center == center && w.Width == width || !(w.Width > 0) {
		return func(x float64) float64 {
			return clamp(float64(t.at(int(math.Round(x)))) / white)
		}
	}
	scale := width / w.Width
	return func(x float64) float64 {
		x = (x-w.Center)*scale + center
		return clamp(float64(t.at(int(math.Round(min(max(x, -1e9), 1e9))))) / white)
	}
}

// readTable reads a Modality or VOI lookup table (PS3.3 C.11.1.1.1,
// C.11.2.1.1).
func readTable(a attributes, signed bool) (*LookupTable, error) {
	return newTable(a.numbers(tagLUTDescriptor), a.data(tagLUTData), signed)
}

func newTable(descriptor []float64, data []byte, signed bool) (*LookupTable, error) {
	if len(descriptor) < 3 {
		return nil, fmt.Errorf("its descriptor has %d of 3 values", len(descriptor))
	}
	entries := int(descriptor[0])
	if entries < 0 {
		entries += 1 << 16 // written as SS
	}
	if entries == 0 {
		entries = 1 << 16
	}
	t := &LookupTable{First: int(descriptor[1]), Bits: int(descriptor[2])}
	if t.First >= 1<<15 && signed {
		t.First -= 1 << 16
	}
	if t.First < 0 && !signed {
		t.First += 1 << 16
	}
	switch {
	case entries > 1<<16:
		return nil, fmt.Errorf("it announces %d entries", entries)
	case len(data) >= 2*entries:
		t.Data = make([]uint16, entries)
		for i := range t.Data {
			t.Data[i] = uint16(data[2*i]) | uint16(data[2*i+1])<<8
		}
	case len(data) >= entries:
		t.Data = make([]uint16, entries)
		for i := range t.Data {
			t.Data[i] = uint16(data[i])
		}
	default:
		return nil, fmt.Errorf("it announces %d entries and has %d bytes", entries, len(data))
	}
	// A descriptor that says fewer bits than the entries need would turn
	// the film white.
	highest := uint16(0)
	for _, v := range t.Data {
		highest = max(highest, v)
	}
	if t.Bits < 1 || t.Bits > 16 || uint32(highest) >= 1<<t.Bits {
		t.Bits = 8
		for uint32(highest) >= 1<<t.Bits {
			t.Bits++
		}
	}
	return t, nil
}
