package triage_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pneumolight/triage"
)

func near(a, b float64) bool { return math.Abs(a-b) < 5e-5 }

func TestWilsonEqualsPublishedIntervals(t *testing.T) {
	// Newcombe, Statistics in Medicine 1998;17:857, table I, method 3.
	for _, c := range []struct {
		successes, n int
		low, high    float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
	} {
		got := triage.Wilson(c.successes, c.n)
		if !near(got.Low, c.low) || !near(got.High, c.high) {
			t.Errorf("%d of %d: %.4f to %.4f, published %.4f to %.4f", c.successes, c.n, got.Low, got.High, c.low, c.high)
		}
	}
	if none := triage.Wilson(0, 0); !math.IsNaN(none.Value) || none.Low != 0 || none.High != 1 {
		t.Errorf("nothing observed: %+v", none)
	}
	if all := triage.Wilson(20, 20); all.High != 1 || all.Value != 1 || !near(all.Low, 1-0.1611) {
		t.Errorf("all of 20: %+v", all)
	}
}

func reference(t *testing.T) triage.Reference {
	t.Helper()
	r, err := triage.NewReference(
		[]float64{0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.95, 0.85, 0.1},
		[]float64{0.05, 0.1, 0.15, 0.2, 0.3, 0.35, 0.02, 0.01, 0.04, 0.6})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func at(t *testing.T, r triage.Reference, threshold, prevalence float64) triage.OperatingPoint {
	t.Helper()
	p, err := r.At(threshold, prevalence)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnOperatingPointFollowsBayes(t *testing.T) {
	p := at(t, reference(t), 0.3, 0.05)
	// At the threshold itself a film counts as called.
	if p.Missed != 1 || p.FalseAlarms != 3 || p.Pneumonia != 10 || p.Normal != 10 {
		t.Fatalf("%+v", p)
	}
	if !near(p.Sensitivity.Value, 0.9) || !near(p.Specificity.Value, 0.7) {
		t.Errorf("sensitivity %v, specificity %v", p.Sensitivity, p.Specificity)
	}
	if want := 0.9 * 0.05 / (0.9*0.05 + 0.3*0.95); !near(p.PPV.Value, want) {
		t.Errorf("PPV %v, want %v", p.PPV, want)
	}
	if want := 0.7 * 0.95 / (0.7*0.95 + 0.1*0.05); !near(p.NPV.Value, want) {
		t.Errorf("NPV %v, want %v", p.NPV, want)
	}
	// With more disease about, a call means more and its absence less.
	often := at(t, reference(t), 0.3, 0.5)
	if often.PPV.Value <= p.PPV.Value || often.NPV.Value >= p.NPV.Value || often.Sensitivity != p.Sensitivity {
		t.Errorf("at half: %+v", often)
	}
}

func TestEveryThresholdHasAnAnswer(t *testing.T) {
	r := reference(t)
	last := at(t, r, 0, 0.1)
	for k := range 101 {
		p := at(t, r, float64(k)/100, 0.1)
		if p.Sensitivity.Value > last.Sensitivity.Value || p.Specificity.Value < last.Specificity.Value {
			t.Errorf("at %v sensitivity rises or specificity falls", p.Threshold)
		}
		for name, e := range map[string]triage.Estimate{"sensitivity": p.Sensitivity, "specificity": p.Specificity, "PPV": p.PPV, "NPV": p.NPV} {
			if !(e.Low >= 0 && e.High <= 1 && e.Low <= e.High) || e.Value < e.Low || e.Value > e.High {
				t.Errorf("at %v the %s is %+v", p.Threshold, name, e)
			}
		}
		last = p
	}
	// At 0 every film is called and none is left whose NPV could be told.
	if none := at(t, r, 0, 0.1); !math.IsNaN(none.NPV.Value) || none.NPV.Low != 0 || none.NPV.High != 1 || !near(none.PPV.Value, 0.1) {
		t.Errorf("%+v", none)
	}
	for _, wrong := range [][2]float64{{-0.1, 0.1}, {1.1, 0.1}, {math.NaN(), 0.1}, {0.5, 0}, {0.5, 1}, {0.5, math.NaN()}} {
		if _, err := r.At(wrong[0], wrong[1]); err == nil {
			t.Errorf("threshold %v and prevalence %v were taken", wrong[0], wrong[1])
		}
	}
}

func TestAReferenceNeedsBothClasses(t *testing.T) {
	for _, c := range [][2][]float64{{nil, {0.1}}, {{0.1}, nil}, {{math.NaN()}, {0.1}}, {{0.1}, {1.2}}, {{-1}, {0.1}}} {
		if _, err := triage.NewReference(c[0], c[1]); !errors.Is(err, triage.ErrReference) {
			t.Errorf("%v: error %v", c, err)
		}
	}
}

// The intervals of the predictive values must hold what they promise: of
// repeated samples, about 95 % have the true value inside.
func TestPredictiveValuesCoverTheTruth(t *testing.T) {
	const prevalence, trials = 0.08, 4000
	for _, truth := range []struct {
		sensitivity, specificity float64
		pneumonia, normal        int
	}{{0.9, 0.8, 60, 90}, {0.95, 0.88, 390, 135}, {0.7, 0.97, 40, 60}} {
		random := rand.New(rand.NewPCG(3, 4))
		draw := func(n int, above float64) []float64 {
			all := make([]float64, n)
			for k := range all {
				if random.Float64() < above {
					all[k] = 1
				}
			}
			return all
		}
		s, c := truth.sensitivity, truth.specificity
		ppv := s * prevalence / (s*prevalence + (1-c)*(1-prevalence))
		npv := c * (1 - prevalence) / (c*(1-prevalence) + (1-s)*prevalence)
		inPPV, inNPV := 0, 0
		for range trials {
			r, err := triage.NewReference(draw(truth.pneumonia, s), draw(truth.normal, 1-c))
			if err != nil {
				t.Fatal(err)
			}
			p := at(t, r, 0.5, prevalence)
			if p.PPV.Low <= ppv && ppv <= p.PPV.High {
				inPPV++
			}
			if p.NPV.Low <= npv && npv <= p.NPV.High {
				inNPV++
			}
		}
		t.Logf("%+v: PPV covered in %.1f %%, NPV in %.1f %%", truth, 100*float64(inPPV)/trials, 100*float64(inNPV)/trials)
		for _, in := range []int{inPPV, inNPV} {
			if covered := float64(in) / trials; covered < 0.93 || covered > 0.99 {
				t.Errorf("%+v: %.3f covered", truth, covered)
			}
		}
	}
}
