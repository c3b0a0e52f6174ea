package inference

import (
	"testing"

	"pneumolight/assets"
)

func TestTheLikeliestOtherViewIsTheReason(t *testing.T) {
	var g gate
	g.View.Classes = []string{"frontal", "inverted", "lateral"}
	g.View.Weight = packed{1, 0, 0, 0, 1, 0, 0, 0, 1}
	g.View.Bias = []float64{0, 0, 0}
	g.View.MinimumFrontal = 0.5
	g.Distance.Mean, g.Distance.Scale = make(packed, 3), packed{1, 1, 1}
	g.Distance.Rest, g.Distance.MaximumSquared = 1, 200
	for want, film := range map[string][]float32{
		"":           {9, 1, 0},
		"inverted":   {1, 9, 2},
		"lateral":    {1, 2, 9},
		"unfamiliar": {19, 0, 0},
	} {
		got := ""
		if r := g.judge(film); r != nil {
			got = r.Code
		}
		if got != want {
			t.Errorf("%v is refused as %q, not %q", film, got, want)
		}
	}
}

func TestEveryReasonOfTheShippedModelHasItsSentence(t *testing.T) {
	if _, err := FindLibrary(); err != nil {
		t.Skip(err)
	}
	model, err := Open(assets.Model, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	for _, code := range append(model.description.Gate.View.Classes[1:], refusedBlank, refusedUnfamiliar) {
		if refusalTexts[code] == "" {
			t.Errorf("no sentence says what to do about a film that is refused as %q", code)
		}
	}
}
