package lightbox

import (
	"testing"

	"pneumolight/dicomio"
)

// A histogram of evenly spread values is even, however many there are to a
// bin.
func TestAnEvenHistogramHasNoGaps(t *testing.T) {
	for _, values := range []int{2, 200, 240, 260, 261, 400, 1000} {
		r := newRoomWith(t, func(r *room) {
			f := film("a.png")
			f.Width, f.Height, f.Bits = values, 10, 12
			f.Stored = make([]uint16, values*10)
			for k := range f.Stored {
				f.Stored[k] = uint16(k % values * 3) // as after a stretch
			}
			r.films["a.png"], r.order = f, []string{"a.png"}
		})
		r.Open("a.png")
		r.settle(t)
		low, high, counts := r.Histogram(260)
		if low != 0 || high != float64(3*(values-1)) || len(counts) > 260 || len(counts) < min(values, 260)/2 {
			t.Errorf("%d values have %d bins from %v to %v", values, len(counts), low, high)
		}
		sum := counts[len(counts)-1]
		for _, n := range counts[:len(counts)-1] { // the last one may be part of a bin
			sum += n
			if n != counts[0] {
				t.Errorf("%d values: a bin has %d pixels, the first one %d", values, n, counts[0])
				break
			}
		}
		if sum != values*10 {
			t.Errorf("%d values: %d pixels of %d are counted", values, sum, values*10)
		}
	}
}

func TestABlankFilmHasAHistogram(t *testing.T) {
	r := newRoomWith(t, func(r *room) {
		f := &dicomio.Film{Path: "a.png", Format: dicomio.FormatPNG, SHA256: "a", Frame: 1, Frames: 1, Width: 4, Height: 3, Bits: 8, PixelAspect: 1}
		f.Stored = make([]uint16, 12)
		r.films["a.png"], r.order = f, []string{"a.png"}
	})
	r.Open("a.png")
	r.settle(t)
	if _, _, counts := r.Histogram(260); len(counts) != 1 || counts[0] != 12 {
		t.Errorf("counted are %v", counts)
	}
}
