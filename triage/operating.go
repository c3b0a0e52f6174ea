package triage

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Estimate is a share, 0 to 1, with its 95 % interval. Value is NaN where
// nothing was observed; the interval is then 0 to 1.
type Estimate struct {
	Value, Low, High float64
}

// quantile is the standard normal's at 97.5 %.
const quantile = 1.959963984540054

// Wilson is the score interval of a share of successes among n (Wilson,
// Journal of the American Statistical Association 1927;22:209), which keeps
// its coverage for small n and for shares near 0 and 1, unlike the textbook's
// (Brown, Cai, DasGupta, Statistical Science 2001;16:101).
func Wilson(successes, n int) Estimate {
	if n == 0 {
		return Estimate{math.NaN(), 0, 1}
	}
	share, size := float64(successes)/float64(n), float64(n)
	const squared = quantile * quantile
	centre := (share + squared/(2*size)) / (1 + squared/size)
	half := quantile / (1 + squared/size) * math.Sqrt(share*(1-share)/size+squared/(4*size*size))
	e := Estimate{share, max(centre-half, 0), min(centre+half, 1)}
	// At the ends the limit is exact; rounding must not push it past the share.
	e.Low, e.High = min(e.Low, share), max(e.High, share)
	return e
}

// Reference is a set of films whose truth is known and on which the model was
// not trained, by the calibrated probability that it gave them. What it says
// holds for films like these, judged by the same version of the model.
type Reference struct {
	pneumonia, normal []float64 // ascending
}

// ErrReference says that a reference cannot tell anything.
var ErrReference = errors.New("a reference needs films with and without pneumonia, with probabilities from 0 to 1")

// NewReference takes the probabilities of the films with pneumonia and of
// those without. The error is ErrReference.
func NewReference(pneumonia, normal []float64) (Reference, error) {
	r := Reference{slices.Sorted(slices.Values(pneumonia)), slices.Sorted(slices.Values(normal))}
	for _, class := range [][]float64{r.pneumonia, r.normal} {
		// NaN is sorted to the front.
		if len(class) == 0 || !(class[0] >= 0) || class[len(class)-1] > 1 {
			return Reference{}, ErrReference
		}
	}
	return r, nil
}

// OperatingPoint is what a threshold would do, on films like a reference's,
// where so many have pneumonia as Prevalence says.
type OperatingPoint struct {
	Threshold, Prevalence float64
	// Sensitivity is the share of films with pneumonia at or above the
	// threshold, Specificity that of the others below it; their intervals
	// are Wilson's.
	Sensitivity, Specificity Estimate
	// PPV is the share of films at or above the threshold that have
	// pneumonia, NPV that of films below it that have none.
	PPV, NPV Estimate
	// Missed and FalseAlarms are how many of the reference's own films are
	// on the wrong side; Pneumonia and Normal are how many it has.
	Missed, FalseAlarms, Pneumonia, Normal int
}

// At says what a threshold does where a share of all films, prevalence, has
// pneumonia: neither 0 nor 1, since there is then nothing to find.
func (r Reference) At(threshold, prevalence float64) (OperatingPoint, error) {
	if !(threshold >= 0 && threshold <= 1) {
		return OperatingPoint{}, fmt.Errorf("a threshold lies between 0 and 1, not at %v", threshold)
	}
	if !(prevalence > 0 && prevalence < 1) {
		return OperatingPoint{}, fmt.Errorf("a prevalence lies above 0 and below 1, not at %v", prevalence)
	}
	missed, _ := slices.BinarySearch(r.pneumonia, threshold)
	right, _ := slices.BinarySearch(r.normal, threshold)
	p := OperatingPoint{
		Threshold: threshold, Prevalence: prevalence,
		Sensitivity: Wilson(len(r.pneumonia)-missed, len(r.pneumonia)),
		Specificity: Wilson(right, len(r.normal)),
		Missed:      missed, FalseAlarms: len(r.normal) - right,
		Pneumonia: len(r.pneumonia), Normal: len(r.normal),
	}
	odds := prevalence / (1 - prevalence)
	p.PPV = predictive(odds, p.Sensitivity, complement(p.Specificity))
	p.NPV = predictive(1/odds, p.Specificity, complement(p.Sensitivity))
	return p, nil
}

func complement(e Estimate) Estimate { return Estimate{1 - e.Value, 1 - e.High, 1 - e.Low} }

// predictive is a predictive value: by Bayes' rule its odds are those before
// the film, times the likelihood ratio right/wrong. The ratio's interval comes
// from the two shares' own ones (MOVER-R: Newcombe, Statistical Methods in
// Medical Research 2016;25:1774, after Donner and Zou), since the prevalence
// is the user's and not the reference's, so that no binomial interval fits.
func predictive(odds float64, right, wrong Estimate) Estimate {
	value := share(odds, right.Value, wrong.Value)
	product := right.Value * wrong.Value
	// The two limits are the roots of a quadratic equation, in a form that
	// does not divide by what may be zero.
	numerator := right.Low * (2*right.Value - right.Low)
	denominator := wrong.High * (2*wrong.Value - wrong.High)
	low := share(odds, numerator, product+math.Sqrt(max(product*product-numerator*denominator, 0)))
	numerator = right.High * (2*right.Value - right.High)
	denominator = wrong.Low * (2*wrong.Value - wrong.Low)
	high := share(odds, product+math.Sqrt(max(product*product-numerator*denominator, 0)), denominator)
	if math.IsNaN(value) {
		return Estimate{value, 0, 1}
	}
	if math.IsNaN(low) {
		low = 0
	}
	if math.IsNaN(high) {
		high = 1
	}
	return Estimate{value, min(low, value), max(high, value)}
}

// share is odds·a/b as a share; 1 where b alone is zero.
func share(odds, a, b float64) float64 { return odds * a / (odds*a + b) }
