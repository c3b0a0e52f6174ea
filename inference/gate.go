package inference

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// Refusal says why a film is not what the model has learned to judge.
type Refusal struct {
	// Code is stable: blank, inverted, rotated, upside-down, lateral, other
	// or unfamiliar.
	Code string
	// Text is one sentence for the reader.
	Text string
}

// The codes of a Refusal. The view's codes are the model's own classes.
const (
	refusedBlank      = "blank"
	refusedUnfamiliar = "unfamiliar"
)

// refusalTexts say what to do about each kind of refusal.
var refusalTexts = map[string]string{
	refusedBlank:      "The film is blank or nearly so: check that the right file was opened.",
	"inverted":        "The film looks inverted, with dark bones: check how it was exported.",
	"rotated":         "The film looks rotated by a quarter turn: export it upright.",
	"upside-down":     "The film looks upside down: export it upright.",
	"lateral":         "The film looks lateral: only frontal films are analysed.",
	"other":           "This does not look like an upright frontal chest film.",
	refusedUnfamiliar: "This film is unlike the films that the model has learned from.",
}

func refusal(code string) *Refusal {
	text, known := refusalTexts[code]
	if !known {
		text = fmt.Sprintf("The model takes this for something else than a frontal chest film (%s).", code)
	}
	return &Refusal{Code: code, Text: text}
}

// gate tells films that the model may judge from everything else. It was
// fitted with the model and lies in the model's file; training/README.md has
// its arithmetic.
type gate struct {
	Blank struct {
		// MinimumRange of display grey between the input's percentiles.
		MinimumRange float64 `json:"minimum_range"`
	} `json:"blank"`
	// View is a linear classifier over the features; class 0 is the upright
	// frontal film.
	View struct {
		Classes        []string  `json:"classes"`
		Weight         packed    `json:"weight"` // a row of len(features) a class
		Bias           []float64 `json:"bias"`
		MinimumFrontal float64   `json:"minimum_frontal"`
	} `json:"view"`
	// Distance is the squared Mahalanobis distance to the training films,
	// under a covariance of a few principal components and an isotropic rest.
	Distance struct {
		Mean           packed    `json:"mean"`
		Scale          packed    `json:"scale"`
		Components     packed    `json:"components"` // a row of len(features) a component
		Weights        []float64 `json:"weights"`
		Rest           float64   `json:"rest"`
		MaximumSquared float64   `json:"maximum_squared"`
	} `json:"distance"`
}

// packed is a run of float32 in little-endian order, base64 in JSON.
type packed []float64

// UnmarshalJSON implements json.Unmarshaler.
func (p *packed) UnmarshalJSON(text []byte) error {
	var encoded string
	if err := json.Unmarshal(text, &encoded); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	if len(raw)%4 != 0 {
		return fmt.Errorf("%d bytes are no run of float32", len(raw))
	}
	values := make(packed, len(raw)/4)
	for k := range values {
		values[k] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*k:])))
	}
	*p = values
	return nil
}

// fits reports whether the gate's parts belong together.
func (g *gate) fits() bool {
	features, classes, components := len(g.Distance.Mean), len(g.View.Classes), len(g.Distance.Weights)
	return features > 0 && classes > 1 &&
		len(g.View.Weight) == classes*features && len(g.View.Bias) == classes &&
		len(g.Distance.Scale) == features && len(g.Distance.Components) == components*features
}

// judge returns why a film with these features is refused, nil where it is
// not. The features must be as many as the gate was fitted on.
func (g *gate) judge(film []float32) *Refusal {
	features := make([]float64, len(film))
	for k, f := range film {
		features[k] = float64(f)
	}
	if code := g.view(features); code != "" {
		return refusal(code)
	}
	if g.squaredDistance(features) > g.Distance.MaximumSquared {
		return refusal(refusedUnfamiliar)
	}
	return nil
}

// view returns the likeliest other view, or nothing for a frontal film.
func (g *gate) view(features []float64) string {
	scores := make([]float64, len(g.View.Classes))
	for k := range scores {
		scores[k] = g.View.Bias[k] + dot(g.View.Weight[k*len(features):], features)
	}
	highest, sum := scores[0], 0.0
	for _, s := range scores {
		highest = max(highest, s)
	}
	for _, s := range scores {
		sum += math.Exp(s - highest)
	}
	if math.Exp(scores[0]-highest)/sum >= g.View.MinimumFrontal {
		return ""
	}
	likeliest := 1
	for k := 2; k < len(scores); k++ {
		if scores[k] > scores[likeliest] {
			likeliest = k
		}
	}
	return g.View.Classes[likeliest]
}

func (g *gate) squaredDistance(features []float64) float64 {
	d := &g.Distance
	centred := make([]float64, len(features))
	whole := 0.0
	for k, f := range features {
		c := (f - d.Mean[k]) / d.Scale[k]
		centred[k] = c
		whole += c * c
	}
	along, squared := 0.0, 0.0
	for k, weight := range d.Weights {
		t := dot(d.Components[k*len(features):], centred)
		along += t * t
		squared += t * t * weight
	}
	return squared + max(whole-along, 0)*d.Rest
}

func dot(weights packed, values []float64) float64 {
	sum := 0.0
	for k, v := range values {
		sum += weights[k] * v
	}
	return sum
}
