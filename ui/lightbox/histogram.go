package lightbox

import (
	"cmp"
	"math"
	"slices"

	"pneumolight/dicomio"
)

// Histogram counts the film's pixels by value, after the modality
// transformation, in at most so many bins from low to high; nil where there is
// no grey film. Each bin has as many values as the others, so that none looks
// fuller or emptier than it is: there may be far fewer bins than asked for.
func (l *Lightbox) Histogram(bins int) (low, high float64, counts []int) {
	if l.film == nil || l.film.IsColour() || bins < 1 {
		return 0, 0, nil
	}
	low, high = l.full.Center-l.full.Width/2, l.full.Center+l.full.Width/2
	if high <= low {
		return low, high, nil
	}
	if l.values == nil {
		l.values = tallies(l.film)
	}
	step := smallestStep(l.values)
	values := math.Floor((high-low)/step+0.5) + 1
	each := math.Ceil(values / float64(bins))
	counts = make([]int, int(math.Ceil(values/each)))
	for _, v := range l.values {
		if v.value < low || v.value > high {
			continue // padding
		}
		counts[int(math.Floor((v.value-low)/step+0.5)/each)] += v.count
	}
	return low, high, counts
}

// smallestStep is how far the two values are apart that are nearest to each
// other.
func smallestStep(values []tally) float64 {
	step := math.Inf(1)
	for k := 1; k < len(values); k++ {
		if apart := values[k].value - values[k-1].value; apart > 0 {
			step = min(step, apart)
		}
	}
	return step
}

// tally is how many pixels have a value.
type tally struct {
	value float64
	count int
}

// tallies counts a grey film's values, the lowest first. Each stored value is
// looked up once, at the first pixel that has it.
func tallies(film *dicomio.Film) []tally {
	stored := film.Histogram()
	seen := make([]bool, len(stored))
	var all []tally
	for k, s := range film.Stored {
		if int(s) < len(seen) && !seen[s] {
			seen[s] = true
			all = append(all, tally{film.Value(k%film.Width, k/film.Width), stored[s]})
		}
	}
	slices.SortFunc(all, func(a, b tally) int { return cmp.Compare(a.value, b.value) })
	return all
}
