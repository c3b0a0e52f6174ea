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

// mirrored is the tensor's mirror image, left for right.
func (t Tensor) mirrored() []float32 {
	values := slices.Clone(t.Values)
	for y := range t.Height {
		slices.Reverse(values[y*t.Width : (y+1)*t.Width])
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
	grey := new(greys)
	for v, g := range table {
		grey[v] = float32(g) / math.MaxUint16
	}
	values := resample(film.Stored, film.Width, film.Height, grey, i.Width, i.Height)
	span := i.stretch(values)
	return Tensor{Width: i.Width, Height: i.Height, Values: values, Range: span}, nil
}

// stretch maps the two percentiles to 0 and 1, clips, and normalises. It
// returns how far apart the percentiles were.
func (i Input) stretch(values []float32) float64 {
	low, high := percentiles(values, i.PercentileLow, i.PercentileHigh)
	scale := 1 / max(high-low, float32(i.MinimumRange))
	mean, std := float32(i.Mean), float32(i.Std)
	for k, v := range values {
		values[k] = (min(max((v-low)*scale, 0), 1) - mean) / std
	}
	return float64(high - low)
}

// percentiles returns two percentiles (0 to 100) of values, none of them
// negative, interpolated linearly between neighbours in order.
func percentiles(values []float32, low, high float64) (float32, float32) {
	// Sorting all values took longer than the model. The bits of floats that
	// are not negative are in the order of the floats, so their upper half
	// sorts into buckets, and only a bucket or two has to be sorted.
	const buckets, shift = 1 << 16, 15
	var counts [buckets]int32
	for _, v := range values {
		counts[math.Float32bits(v)>>shift%buckets]++
	}
	ranked := func(rank int) float32 {
		bucket := 0
		for rank >= int(counts[bucket]) {
			rank -= int(counts[bucket])
			bucket++
		}
		same := make([]float32, 0, counts[bucket])
		for _, v := range values {
			if int(math.Float32bits(v)>>shift%buckets) == bucket {
				same = append(same, v)
			}
		}
		slices.Sort(same)
		return same[rank]
	}
	at := func(percent float64) float32 {
		position := percent / 100 * float64(len(values)-1)
		below := int(position)
		fraction := position - float64(below)
		value := float64(ranked(below))
		if fraction > 0 {
			value = value*(1-fraction) + float64(ranked(below+1))*fraction
		}
		return float32(value)
	}
	return at(low), at(high)
}
