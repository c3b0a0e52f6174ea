package inference

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// metadataKey is the key of the ONNX file's custom metadata that holds an
// [Info] as JSON.
const metadataKey = "pneumolight"

// metadataFormat is the version of that JSON that this program reads.
const metadataFormat = 1

// ErrNotOurModel says that an ONNX file has no description that Pneumolight
// understands.
var ErrNotOurModel = errors.New("the file is not a Pneumolight model")

// Info is what a model's file says about the model. Thresholds belong to a
// model's version, so they stand in its file and nowhere else.
type Info struct {
	Format  int       `json:"format"`
	Name    string    `json:"name"`
	Version string    `json:"version"`
	Created time.Time `json:"created"`
	Licence string    `json:"licence"`
	// Data is a sentence on the films that the model was trained on.
	Data string `json:"data"`
	// Domain is what tells these films from others.
	Domain Domain `json:"domain"`
	// Parameters is how many weights the model has; MACs how many
	// multiplications one film costs.
	Parameters int64 `json:"parameters"`
	MACs       int64 `json:"macs"`

	Input   Input    `json:"input"`
	Classes []string `json:"classes"`

	// Calibration turns the model's logit into a probability.
	Calibration Calibration `json:"calibration"`
	// Threshold is the operating point, in calibrated probability.
	Threshold float64 `json:"threshold"`
	// Uncertain is the band of calibrated probability around the
	// threshold in which the model abstains.
	Uncertain Band `json:"uncertain"`

	// Reference is what the model says of its validation films, by their
	// domain, so that another threshold can be weighed. It is empty in
	// models made before version 0.3.
	Reference map[string]ReferenceFilms `json:"reference,omitempty"`

	// Metrics are the validation figures of the model card, as the training
	// side wrote them.
	Metrics json.RawMessage `json:"metrics,omitempty"`

	// SHA256 is the digest of the model file; it is computed, not read.
	SHA256 string `json:"-"`
}

// Input says how a film is prepared for the model.
type Input struct {
	// Width and Height are in pixels; the film's aspect is not kept.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Resample names the filter; "triangle" is the only one.
	Resample string `json:"resample"`
	// PercentileLow and PercentileHigh (0 to 100) of the resampled grey
	// become 0 and 1; greys beyond them are clipped.
	PercentileLow  float64 `json:"percentile_low"`
	PercentileHigh float64 `json:"percentile_high"`
	// MinimumRange keeps a blank film from being stretched into noise.
	MinimumRange float64 `json:"minimum_range"`
	// Mean and Std normalise what comes of that.
	Mean float64 `json:"mean"`
	Std  float64 `json:"std"`
}

// Calibration is a Platt scaling fitted on validation films:
// probability = sigmoid(logit/Temperature + Bias).
type Calibration struct {
	Temperature float64 `json:"temperature"`
	Bias        float64 `json:"bias"`
}

// Probability is the calibrated probability of a logit.
func (c Calibration) Probability(logit float64) float64 {
	return 1 / (1 + math.Exp(-(logit/c.Temperature + c.Bias)))
}

// Band is a range of calibrated probability, its ends not included.
type Band struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// ReferenceFilms holds the calibrated probabilities of one domain's validation
// films, on which the model was not trained, by their label, ascending. The
// model's calibration and thresholds were chosen on these same films, so what
// they say of a threshold is a little too good.
type ReferenceFilms struct {
	Pneumonia []float64 `json:"pneumonia"`
	Normal    []float64 `json:"normal"`
}

// fits reports whether there are films with both labels, in order, and
// nothing but probabilities.
func (r ReferenceFilms) fits() bool {
	for _, films := range [][]float64{r.Pneumonia, r.Normal} {
		if len(films) == 0 || films[0] < 0 || films[len(films)-1] > 1 || !slices.IsSorted(films) {
			return false
		}
	}
	return true
}

// description is all that a model's file says: what everybody may know of the
// model, and what only its arithmetic needs.
type description struct {
	Info
	// Flip is how far the probabilities of a film and its mirror image may
	// lie apart before the model abstains.
	Flip struct {
		MaximumDisagreement float64 `json:"maximum_disagreement"`
	} `json:"flip"`
	Gate     gate     `json:"gate"`
	Evidence evidence `json:"evidence"`
}

// evidence is what each cell of the activation map shows in normal films.
type evidence struct {
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Mean      packed `json:"mean"`
	Deviation packed `json:"deviation"`
}

// fits reports whether there is a mean and a positive deviation for each cell.
func (e *evidence) fits() bool {
	cells := e.Width * e.Height
	return cells > 0 && len(e.Mean) == cells && len(e.Deviation) == cells && slices.Min(e.Deviation) > 0
}

// parse reads and checks a model's description.
func parse(text string) (description, error) {
	var d description
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return description{}, fmt.Errorf("%w: its description cannot be read: %w", ErrNotOurModel, err)
	}
	if d.Format != metadataFormat {
		return description{}, fmt.Errorf("%w: its description has format %d, this program reads format %d",
			ErrNotOurModel, d.Format, metadataFormat)
	}
	if len(d.Domain.Ages) == 0 {
		d.Domain = firstDomain
	}
	for domain, films := range d.Reference {
		if !films.fits() {
			return description{}, fmt.Errorf("%w: its reference films of %s are no sorted probabilities of both labels", ErrNotOurModel, domain)
		}
	}
	checks := []struct {
		holds bool
		what  string
	}{
		{d.Name != "" && d.Version != "", "a name and a version"},
		{d.Input.Width > 0 && d.Input.Height > 0 && d.Input.Width <= 4096 && d.Input.Height <= 4096, "an input size"},
		{d.Input.Resample == "triangle", `the resampling "triangle"`},
		{0 <= d.Input.PercentileLow && d.Input.PercentileLow < d.Input.PercentileHigh && d.Input.PercentileHigh <= 100, "percentiles in order"},
		{d.Input.MinimumRange > 0 && d.Input.Std > 0, "a positive range and deviation"},
		{len(d.Classes) == 2, "two classes"},
		{d.Calibration.Temperature > 0, "a positive temperature"},
		{0 < d.Threshold && d.Threshold < 1, "a threshold between 0 and 1"},
		{0 <= d.Uncertain.Low && d.Uncertain.Low <= d.Threshold && d.Threshold <= d.Uncertain.High && d.Uncertain.High <= 1, "an uncertain band around the threshold"},
		{d.Flip.MaximumDisagreement > 0, "how far mirror images may disagree"},
		{d.Gate.fits(), "a gate whose parts belong together"},
		{d.Evidence.fits(), "what its map shows in normal films"},
	}
	for _, check := range checks {
		if !check.holds {
			return description{}, fmt.Errorf("%w: its description lacks %s", ErrNotOurModel, check.what)
		}
	}
	return d, nil
}
