package inference

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
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

// parseInfo reads and checks a model's description.
func parseInfo(text string) (Info, error) {
	var info Info
	if err := json.Unmarshal([]byte(text), &info); err != nil {
		return Info{}, fmt.Errorf("%w: its description is not valid JSON: %w", ErrNotOurModel, err)
	}
	if info.Format != metadataFormat {
		return Info{}, fmt.Errorf("%w: its description has format %d, this program reads format %d",
			ErrNotOurModel, info.Format, metadataFormat)
	}
	checks := []struct {
		holds bool
		what  string
	}{
		{info.Name != "" && info.Version != "", "a name and a version"},
		{info.Input.Width > 0 && info.Input.Height > 0 && info.Input.Width <= 4096 && info.Input.Height <= 4096, "an input size"},
		{info.Input.Resample == "triangle", `the resampling "triangle"`},
		{0 <= info.Input.PercentileLow && info.Input.PercentileLow < info.Input.PercentileHigh && info.Input.PercentileHigh <= 100, "percentiles in order"},
		{info.Input.MinimumRange > 0 && info.Input.Std > 0, "a positive range and deviation"},
		{len(info.Classes) == 2, "two classes"},
		{info.Calibration.Temperature > 0, "a positive temperature"},
		{0 < info.Threshold && info.Threshold < 1, "a threshold between 0 and 1"},
		{0 <= info.Uncertain.Low && info.Uncertain.Low <= info.Threshold && info.Threshold <= info.Uncertain.High && info.Uncertain.High <= 1, "an uncertain band around the threshold"},
	}
	for _, check := range checks {
		if !check.holds {
			return Info{}, fmt.Errorf("%w: its description lacks %s", ErrNotOurModel, check.what)
		}
	}
	return info, nil
}
