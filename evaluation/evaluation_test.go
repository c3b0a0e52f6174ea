package evaluation_test

import (
	"errors"
	"math"
	"testing"

	"pneumolight/evaluation"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) < 1e-9) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// ten films, counted by hand: at 0.5 three of four sick films are found, and
// four of six healthy ones are left alone.
var ten = []evaluation.Film{
	{Pneumonia: true, Probability: 0.9},
	{Pneumonia: true, Probability: 0.8},
	{Pneumonia: true, Probability: 0.6, Uncertain: true},
	{Pneumonia: true, Probability: 0.2},
	{Probability: 0.7},
	{Probability: 0.6, Uncertain: true},
	{Probability: 0.3},
	{Probability: 0.2},
	{Probability: 0.1},
	{Probability: 0.1},
}

func TestFiguresAreThoseCountedByHand(t *testing.T) {
	r, err := evaluation.Measure(ten, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "sensitivity", r.Sensitivity.Value, 3.0/4)
	near(t, "specificity", r.Specificity.Value, 4.0/6)
	near(t, "balanced accuracy", r.BalancedAccuracy.Value, (3.0/4+4.0/6)/2)
	near(t, "uncertain", r.Uncertain.Value, 0.2)
	near(t, "decided accuracy", r.DecidedAccuracy.Value, 6.0/8)
	// Of 24 pairs: 0.9 and 0.8 beat six each, 0.6 beats four and ties one,
	// 0.2 beats two and ties one.
	near(t, "AUC", r.AUC.Value, (6+6+4.5+2.5)/24)
	// Bins: 0.1 (0.1+0.1), 0.2 (0.2-1+0.2), 0.3, 0.6 (0.6-1+0.6), 0.7, 0.8-1, 0.9-1.
	near(t, "ECE", r.ECE.Value, (0.2+0.6+0.3+0.2+0.7+0.2+0.1)/10)
	near(t, "Brier", r.Brier.Value, (0.01+0.04+0.16+0.64+0.49+0.36+0.09+0.04+0.01+0.01)/10)
	if r.Films != 10 || r.Pneumonia != 4 {
		t.Errorf("%d films, %d with pneumonia", r.Films, r.Pneumonia)
	}
}

func TestIntervalsHoldTheirFigureAndNarrowWithMoreFilms(t *testing.T) {
	few, err := evaluation.Measure(ten, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	var many []evaluation.Film
	for range 50 {
		many = append(many, ten...)
	}
	more, err := evaluation.Measure(many, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2]evaluation.Figure{
		"AUC": {few.AUC, more.AUC}, "sensitivity": {few.Sensitivity, more.Sensitivity}, "Brier": {few.Brier, more.Brier},
	} {
		for _, f := range pair {
			if !(f.Low <= f.Value && f.Value <= f.High) {
				t.Errorf("%s: %v is not within %v to %v", name, f.Value, f.Low, f.High)
			}
		}
		if wide, narrow := pair[0].High-pair[0].Low, pair[1].High-pair[1].Low; narrow > wide/3 {
			t.Errorf("%s: the interval is %v wide with 10 films, %v with 500", name, wide, narrow)
		}
	}
}

func TestAMissingClassIsSaidNotGuessed(t *testing.T) {
	r, err := evaluation.Measure(ten[4:], 0.5)
	if err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(r.AUC.Value) || !math.IsNaN(r.Sensitivity.Value) || math.IsNaN(r.Specificity.Value) {
		t.Errorf("without films with pneumonia: %+v", r)
	}
	if _, err := evaluation.Measure(nil, 0.5); !errors.Is(err, evaluation.ErrNoFilms) {
		t.Errorf("no films: %v", err)
	}
}
