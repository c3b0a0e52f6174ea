package inference

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"pneumolight/dicomio"
)

// ErrColour says that a colour picture was given where a grey film is needed.
var ErrColour = errors.New("a colour picture is not a chest film and is not analysed")

// Tensor is one film prepared for a model: Height rows of Width normalised
// greys.
type Tensor struct {
	Width, Height int
	Values        []float32
	// Range is how much of the display's grey, 0 to 1, the film spans
	// between the input's percentiles; a blank film has next to none.
	Range float64
}

// appendMirrored adds the tensor's mirror image, left for right.
func (t Tensor) appendMirrored(values []float32) []float32 {
	for y := range t.Height {
		values = append(values, t.Values[y*t.Width:(y+1)*t.Width]...)
		slices.Reverse(values[len(values)-t.Width:])
	}
	return values
}

// Prepare turns a film into what the model was trained to see. The film's
// display grey, as its default window gives it (0 black to 1 white), is
// resampled to the model's size with an antialiased triangle filter, stretched
// between two percentiles, and normalised. The training side does the same to
// its films, so a change here is a new model.
func (i Input) Prepare(film *dicomio.Film) (Tensor, error) {
	if film.IsColour() {
		return Tensor{}, fmt.Errorf("preparing %s: %w", film.Path, ErrColour)
	}
	if len(film.Stored) == 0 || len(film.Stored) != film.Width*film.Height {
		return Tensor{}, fmt.Errorf("preparing %s: the film has no pixels", film.Path)
	}
	table := film.Table(film.DefaultWindow())
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	for v, g := range table {
		s.grey[v] = float32(g) / math.MaxUint16
	}
	clear(s.grey[len(table):])
	values := resample(film.Stored, film.Width, film.Height, s, i.Width, i.Height)
	span := i.stretch(values, s)
	return Tensor{Width: i.Width, Height: i.Height, Values: values, Range: span}, nil
}

// stretch maps the two percentiles to 0 and 1, clips, and normalises. It
// returns how far apart the percentiles were.
func (i Input) stretch(values []float32, s *scratch) float64 {
	low, high := percentiles(values, i.PercentileLow, i.PercentileHigh, s)
	scale := 1 / max(high-low, float32(i.MinimumRange))
	mean, std := float32(i.Mean), float32(i.Std)
	for k, v := range values {
		values[k] = (min(max((v-low)*scale, 0), 1) - mean) / std
	}
	return float64(high - low)
}

// Sorting all values took longer than the model. The bits of floats that are not
// negative are in the order of the floats, so that their upper half sorts into
// buckets, and only a bucket or two has to be sorted.
const buckets, bucketShift = 1 << 16, 15

func bucketOf(v float32) int { return int(math.Float32bits(v) >> bucketShift % buckets) }

// percentiles returns two percentiles (0 to 100) of values, none of them
// negative, interpolated linearly between neighbours in order.
func percentiles(values []float32, low, high float64, s *scratch) (float32, float32) {
	clear(s.counts[:])
	for _, v := range values {
		s.counts[bucketOf(v)]++
	}
	a, b := s.place(low, len(values)), s.place(high, len(values))
	a.near, b.near = s.near[0][:0], s.near[1][:0]
	for _, v := range values {
		bucket := bucketOf(v)
		if bucket >= a.first && bucket <= a.last {
			a.near = append(a.near, v)
		}
		if bucket >= b.first && bucket <= b.last {
			b.near = append(b.near, v)
		}
	}
	s.near = [2][]float32{a.near, b.near}
	return a.value(), b.value()
}

// place is where a percentile lies.
type place struct {
	rank     int     // of the value below it
	fraction float64 // of the way to the next value
	// first and last are the buckets of these two; before counts the values
	// in lower ones.
	first, last, before int
	near                []float32 // the values in the buckets
}

// place finds a percentile of n values by the counts of their buckets.
func (s *scratch) place(percent float64, n int) place {
	position := float64(percent / 100 * float64(n-1)) // rounded
	p := place{rank: int(position)}
	p.fraction = position - float64(p.rank)
	for p.rank >= p.before+int(s.counts[p.first]) {
		p.before += int(s.counts[p.first])
		p.first++
	}
	p.last = p.first
	if p.fraction > 0 && p.rank+1 == p.before+int(s.counts[p.first]) {
		for p.last++; s.counts[p.last] == 0; p.last++ {
		}
	}
	return p
}

func (p place) value() float32 {
	slices.Sort(p.near)
	below := p.near[p.rank-p.before]
	if p.fraction == 0 {
		return below
	}
	above := p.near[p.rank+1-p.before]
	// Each product is rounded, as the training side does.
	return float32(float64(float64(below)*(1-p.fraction)) + float64(float64(above)*p.fraction))
}
