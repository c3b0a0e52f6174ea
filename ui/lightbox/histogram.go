package lightbox

import "pneumolight/dicomio"

// Histogram counts the film's pixels by value, after the modality
// transformation, in so many bins from low to high; nil where there is no grey
// film.
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
	counts = make([]int, bins)
	for _, v := range l.values {
		if v.value < low || v.value > high {
			continue // padding
		}
		counts[min(int((v.value-low)/(high-low)*float64(bins)), bins-1)] += v.count
	}
	return low, high, counts
}

// tally is how many pixels have a value.
type tally struct {
	value float64
	count int
}

// tallies counts a grey film's values. Each stored value is looked up once, at
// the first pixel that has it.
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
	return all
}
