package inference

import (
	"encoding/json"
	"errors"
	"testing"
)

// described is the smallest description that can be read, with a part of it
// replaced.
func described(t *testing.T, key string, value any) string {
	t.Helper()
	const zero, one = "AAAAAA==", "AACAPw==" // float32, as the file packs them
	description := map[string]any{
		"format": metadataFormat, "name": "a model", "version": "1",
		"input": map[string]any{
			"width": 8, "height": 8, "resample": "triangle",
			"percentile_low": 1, "percentile_high": 99, "minimum_range": 0.1, "std": 1,
		},
		"classes":     []string{"normal", "pneumonia"},
		"calibration": map[string]any{"temperature": 1},
		"threshold":   0.5,
		"uncertain":   map[string]any{"low": 0.4, "high": 0.6},
		"flip":        map[string]any{"maximum_disagreement": 0.2},
		"gate": map[string]any{
			"view":     map[string]any{"classes": []string{"frontal", "other"}, "weight": "AAAAAAAAAAA=", "bias": []float64{1, 0}},
			"distance": map[string]any{"mean": zero, "scale": one, "components": "", "weights": []float64{}, "rest": 1},
		},
		"evidence": map[string]any{"width": 1, "height": 1, "mean": zero, "deviation": one},
	}
	if key != "" {
		description[key] = value
	}
	text, err := json.Marshal(description)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAModelWithoutReferenceFilmsIsStillRead(t *testing.T) {
	d, err := parse(described(t, "", nil))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Reference) != 0 {
		t.Errorf("reference films come from nowhere: %v", d.Reference)
	}
}

func TestReferenceFilmsAreSortedProbabilitiesOfBothLabels(t *testing.T) {
	for name, c := range map[string]struct {
		films ReferenceFilms
		fits  bool
	}{
		"both labels":   {ReferenceFilms{Pneumonia: []float64{0.2, 0.9}, Normal: []float64{0, 0.1, 1}}, true},
		"one label":     {ReferenceFilms{Pneumonia: []float64{0.2}}, false},
		"not sorted":    {ReferenceFilms{Pneumonia: []float64{0.2}, Normal: []float64{0.3, 0.1}}, false},
		"above one":     {ReferenceFilms{Pneumonia: []float64{1.01}, Normal: []float64{0.3}}, false},
		"below nothing": {ReferenceFilms{Pneumonia: []float64{-0.01}, Normal: []float64{0.3}}, false},
	} {
		d, err := parse(described(t, "reference", map[string]ReferenceFilms{"a hospital": c.films}))
		if c.fits != (err == nil) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !errors.Is(err, ErrNotOurModel) {
			t.Errorf("%s: the error is of another kind: %v", name, err)
		}
		if c.fits && len(d.Reference["a hospital"].Normal) != len(c.films.Normal) {
			t.Errorf("%s: films are lost: %v", name, d.Reference)
		}
	}
}
