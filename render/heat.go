package render

import (
	"image"
	"math"
	"slices"

	"pneumolight/inference"
)

// RegionThreshold is from where on a place of a heat map is worth showing, in
// deviations from normal films. Normal films stay below about two.
const RegionThreshold = 3

// scaleEnd is where the scale of colours ends, as a multiple of the threshold.
// It is the same for every film, so that a colour means the same on each.
const scaleEnd = 3

// HasRegion reports whether a heat map has anything to show: a place that
// reaches the threshold, which is in the map's own unit.
func HasRegion(m inference.HeatMap, threshold float64) bool {
	return len(m.Values) > 0 && float64(slices.Max(m.Values)) >= threshold
}

// NoRegion says that a heat map has nothing to show, in the words of the window
// and of the report. The probability is of the whole film: it may be high
// although no place stands out by itself.
func NoRegion(call inference.Call) string {
	if call == inference.CallNormal {
		return "No region found: nowhere does the model see more than it does in normal films."
	}
	return "No region found: no place stands out, what the model sees is spread over the film."
}

// The heat plane's values: nothing, a place on the scale from 1, the threshold,
// to heatTop, or the contour round the highest region.
const (
	heatNone    = 0
	heatTop     = 254
	heatContour = 255
)

// Heat is a heat map made ready to be laid over a film.
type Heat struct {
	local     plane // the map's values, the scale's end as 65535
	threshold uint16
	peak      uint16
	// highest marks, finely, the region around the highest value.
	highest             []bool
	fineWidth, fineHigh int
}

// NewHeat prepares a heat map; nil where it has no region to show. The
// threshold is positive.
func NewHeat(m inference.HeatMap, threshold float64) *Heat {
	if !(threshold > 0) || !HasRegion(m, threshold) || m.Width*m.Height != len(m.Values) {
		return nil
	}
	h := &Heat{local: plane{m.Width, m.Height, make([]uint16, len(m.Values))}}
	unit := 65535 / (scaleEnd * threshold)
	h.threshold = uint16(math.Round(threshold * unit))
	peak := 0
	for k, v := range m.Values {
		h.local.values[k] = uint16(math.Round(min(max(float64(v)*unit, 0), 65535)))
		if v > m.Values[peak] {
			peak = k
		}
	}
	h.peak = h.local.values[peak]
	h.outline(peak%m.Width, peak/m.Width)
	return h
}

// kernel enlarges the map. Its cells are coarse, so that keeping each value
// between its neighbours would leave flat edges; instead nothing is painted
// higher than the highest cell.
func (h *Heat) kernel(a axis, from, n, size int) kernel {
	k := newKernel(a, from, n, size, false)
	k.smooth = false
	return k
}

// fineness is how many places are told apart in a cell of the map when its
// highest region is outlined.
const fineness = 16

// outline finds the region that holds the peak, with a margin of one place so
// that its border, wherever a viewport's pixels fall, lies within.
func (h *Heat) outline(peakX, peakY int) {
	w, high := h.local.width*fineness, h.local.height*fineness
	values := make([]uint16, w*high)
	a := axis{0, 1.0 / fineness}
	resample(h.local, h.kernel(a, 0, w, h.local.width), h.kernel(a, 0, high, h.local.height), values)
	region := make([]bool, w*high)
	// A cell's centre lies between places; of the four around it, take
	// those that reach the threshold.
	var open []int
	visit := func(x, y int) {
		if x < 0 || y < 0 || x >= w || y >= high || region[y*w+x] || values[y*w+x] < h.threshold {
			return
		}
		region[y*w+x] = true
		open = append(open, y*w+x)
	}
	for _, d := range [][2]int{{0, 0}, {-1, 0}, {0, -1}, {-1, -1}} {
		visit(peakX*fineness+fineness/2+d[0], peakY*fineness+fineness/2+d[1])
	}
	for len(open) > 0 {
		k := open[len(open)-1]
		open = open[:len(open)-1]
		x, y := k%w, k/w
		visit(x-1, y)
		visit(x+1, y)
		visit(x, y-1)
		visit(x, y+1)
	}
	h.highest = make([]bool, w*high)
	for k, inside := range region {
		if !inside {
			continue
		}
		x, y := k%w, k/w
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if nx, ny := x+dx, y+dy; nx >= 0 && ny >= 0 && nx < w && ny < high {
					h.highest[ny*w+nx] = true
				}
			}
		}
	}
	h.fineWidth, h.fineHigh = w, high
}

// paint fills out with the heat's values for a rectangle of width×height
// output pixels; x and y give the place in the map's cells. A contour is line
// pixels thick.
func (h *Heat) paint(x, y axis, swapped bool, rect image.Rectangle, line int, out []uint8) {
	across, down := rect.Dx(), rect.Dy()
	local := make([]uint16, across*down)
	if swapped {
		kx := h.kernel(x, rect.Min.Y, down, h.local.width)
		ky := h.kernel(y, rect.Min.X, across, h.local.height)
		turned := make([]uint16, across*down)
		resample(h.local, kx, ky, turned)
		transpose(turned, down, local)
	} else {
		kx := h.kernel(x, rect.Min.X, across, h.local.width)
		ky := h.kernel(y, rect.Min.Y, down, h.local.height)
		resample(h.local, kx, ky, local)
	}
	parallel(down, func(from, to int) {
		for r := from; r < to; r++ {
			for c := range across {
				k := r*across + c
				out[k] = heatNone
				if local[k] < h.threshold {
					continue
				}
				out[k] = h.place(min(local[k], h.peak))
				if h.edge(local, across, down, c, r, line) {
					mx, my := x.at(rect.Min.X+c), y.at(rect.Min.Y+r)
					if swapped {
						mx, my = x.at(rect.Min.Y+r), y.at(rect.Min.X+c)
					}
					if h.inHighest(mx, my) {
						out[k] = heatContour
					}
				}
			}
		}
	})
}

// place is where a value stands on the scale of colours.
func (h *Heat) place(v uint16) uint8 {
	return uint8(1 + int(v-h.threshold)*(heatTop-1)/(65535-int(h.threshold)))
}

// edge reports whether the threshold is crossed within line pixels.
func (h *Heat) edge(local []uint16, across, down, c, r, line int) bool {
	below := func(c, r int) bool {
		return c >= 0 && r >= 0 && c < across && r < down && local[r*across+c] < h.threshold
	}
	for d := 1; d <= line; d++ {
		if below(c-d, r) || below(c+d, r) || below(c, r-d) || below(c, r+d) {
			return true
		}
	}
	return false
}

func (h *Heat) inHighest(x, y float64) bool {
	fx := min(max(int(x*fineness), 0), h.fineWidth-1)
	fy := min(max(int(y*fineness), 0), h.fineHigh-1)
	return h.highest[fy*h.fineWidth+fx]
}

// tint is a heat value's colour made ready for blending: each channel times
// its weight, and the weight that is left for the film, out of 256.
type tint struct{ r, g, b, film uint32 }

// tints gives each heat value its colour. From the threshold up it runs from
// vermilion to yellow (Okabe and Ito's palette, told apart with any colour
// vision), growing lighter and denser; the contour is the same palette's sky
// blue. Opacity is 0 to 1 and does not touch the contour.
func tints(opacity float64) [256]tint {
	low, mid, top := [3]float64{213, 94, 0}, [3]float64{230, 159, 0}, [3]float64{240, 228, 66}
	opacity = min(max(opacity, 0), 1)
	var t [256]tint
	t[heatNone].film = 256
	for v := 1; v <= heatTop; v++ {
		p := float64(v-1) / (heatTop - 1)
		from, to, along := low, mid, p*2
		if p > 0.5 {
			from, to, along = mid, top, p*2-1
		}
		density := opacity * (0.35 + 0.65*p)
		t[v] = blend(from, to, along, density)
	}
	sky := [3]float64{86, 180, 233}
	t[heatContour] = blend(sky, sky, 0, 1)
	return t
}

func blend(from, to [3]float64, along, density float64) tint {
	a := math.Round(density * 256)
	channel := func(k int) uint32 { return uint32(math.Round((from[k] + (to[k]-from[k])*along) * a)) }
	return tint{channel(0), channel(1), channel(2), uint32(256 - a)}
}

func (t *tint) over(r, g, b uint8) (uint8, uint8, uint8) {
	return uint8((t.r + uint32(r)*t.film) >> 8), uint8((t.g + uint32(g)*t.film) >> 8), uint8((t.b + uint32(b)*t.film) >> 8)
}
