package evaluation

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
)

// Film is a film whose truth is known, as the model judged it.
type Film struct {
	// Pneumonia is the truth.
	Pneumonia bool
	// Probability is the model's, 0 to 1.
	Probability float64
	// Uncertain is true where the model abstains.
	Uncertain bool
}

// Figure is a measured share with its 95 % interval. All three are NaN where
// the films at hand cannot tell.
type Figure struct {
	Value, Low, High float64
}

// Result is what was measured on the films that the model judged.
type Result struct {
	Films, Pneumonia int
	// AUC is the area under the ROC curve; ties count half.
	AUC Figure
	// Sensitivity and Specificity are at the operating point, whether or not
	// the model abstains; BalancedAccuracy is their mean.
	Sensitivity, Specificity, BalancedAccuracy Figure
	// Uncertain is the share in which the model abstains, and
	// DecidedAccuracy the share of right calls among the others.
	Uncertain, DecidedAccuracy Figure
	// ECE is the expected calibration error over ten equal bins of
	// probability; Brier the mean squared error of the probability.
	ECE, Brier Figure
}

// ErrNoFilms says that there is nothing to measure.
var ErrNoFilms = errors.New("no film was judged, so there is nothing to measure")

// resamples is how many bootstrap samples an interval rests on; with a fixed
// seed the same films always give the same interval.
const (
	resamples = 2000
	seed      = 20260101
)

// Measure computes a Result at an operating point.
func Measure(films []Film, threshold float64) (Result, error) {
	if len(films) == 0 {
		return Result{}, ErrNoFilms
	}
	called := func(f Film) bool { return f.Probability >= threshold }
	sick := func(f Film) bool { return f.Pneumonia }
	healthy := func(f Film) bool { return !f.Pneumonia }
	sensitivity := func(s []Film) float64 { return share(s, sick, called) }
	specificity := func(s []Film) float64 { return 1 - share(s, healthy, called) }
	r := Result{Films: len(films)}
	for _, f := range films {
		if f.Pneumonia {
			r.Pneumonia++
		}
	}
	for figure, measure := range map[*Figure]func([]Film) float64{
		&r.AUC:              AUC,
		&r.Sensitivity:      sensitivity,
		&r.Specificity:      specificity,
		&r.BalancedAccuracy: func(s []Film) float64 { return (sensitivity(s) + specificity(s)) / 2 },
		&r.Uncertain: func(s []Film) float64 {
			return share(s, func(Film) bool { return true }, func(f Film) bool { return f.Uncertain })
		},
		&r.DecidedAccuracy: func(s []Film) float64 {
			return share(s, func(f Film) bool { return !f.Uncertain }, func(f Film) bool { return called(f) == f.Pneumonia })
		},
		&r.ECE:   CalibrationError,
		&r.Brier: Brier,
	} {
		*figure = withInterval(films, measure)
	}
	return r, nil
}

// share is the part of the chosen films for which something holds; NaN where
// none is chosen.
func share(films []Film, chosen, holds func(Film) bool) float64 {
	n, k := 0, 0
	for _, f := range films {
		if chosen(f) {
			n++
			if holds(f) {
				k++
			}
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return float64(k) / float64(n)
}

// AUC is the area under the ROC curve, the chance that a film with pneumonia
// is ranked above one without; ties count half. NaN where a class is missing.
func AUC(films []Film) float64 {
	ordered := slices.Clone(films)
	slices.SortFunc(ordered, func(a, b Film) int { return cmp.Compare(a.Probability, b.Probability) })
	wins, below, sick := 0.0, 0, 0
	for start := 0; start < len(ordered); {
		end, sickHere := start, 0
		for end < len(ordered) && ordered[end].Probability == ordered[start].Probability {
			if ordered[end].Pneumonia {
				sickHere++
			}
			end++
		}
		healthyHere := end - start - sickHere
		wins += float64(sickHere) * (float64(below) + float64(healthyHere)/2)
		below += healthyHere
		sick += sickHere
		start = end
	}
	if sick == 0 || below == 0 {
		return math.NaN()
	}
	return wins / (float64(sick) * float64(below))
}

// CalibrationError is the mean distance between probability and truth over ten
// equal bins of probability, weighted by their films.
func CalibrationError(films []Film) float64 {
	const bins = 10
	var difference [bins]float64
	for _, f := range films {
		bin := min(max(int(f.Probability*bins), 0), bins-1)
		difference[bin] += f.Probability - truth(f)
	}
	sum := 0.0
	for _, d := range difference {
		sum += math.Abs(d)
	}
	return sum / float64(len(films))
}

// Brier is the mean squared error of the probability.
func Brier(films []Film) float64 {
	sum := 0.0
	for _, f := range films {
		sum += (f.Probability - truth(f)) * (f.Probability - truth(f))
	}
	return sum / float64(len(films))
}

func truth(f Film) float64 {
	if f.Pneumonia {
		return 1
	}
	return 0
}

// withInterval adds the percentile bootstrap interval over films; samples that
// cannot tell are left out.
func withInterval(films []Film, measure func([]Film) float64) Figure {
	figure := Figure{Value: measure(films), Low: math.NaN(), High: math.NaN()}
	random := rand.New(rand.NewPCG(seed, 0))
	sample := make([]Film, len(films))
	values := make([]float64, 0, resamples)
	for range resamples {
		for k := range sample {
			sample[k] = films[random.IntN(len(films))]
		}
		if v := measure(sample); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if len(values) > 0 {
		slices.Sort(values)
		figure.Low = values[len(values)*25/1000]
		figure.High = values[min(len(values)*975/1000, len(values)-1)]
	}
	return figure
}
