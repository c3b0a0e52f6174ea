package reading_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
	"pneumolight/testdata"
)

// steady is a model that always says the same, and counts how often.
type steady struct {
	asked int
	err   error
}

func (s *steady) Info() inference.Info {
	return inference.Info{Name: "steady", Version: "1.0.0", SHA256: strings.Repeat("5", 64), Threshold: 0.4}
}

func (s *steady) Predict(context.Context, *dicomio.Film) (inference.Prediction, error) {
	s.asked++
	return inference.Prediction{Probability: 0.8, Call: inference.CallPneumonia}, s.err
}

func open(t *testing.T, model reading.Predictor, path string) reading.Analysis {
	t.Helper()
	analysis, err := reading.Open(t.Context(), model, path)
	if err != nil {
		t.Fatal(err)
	}
	return analysis
}

func TestAReviewedFilmBecomesACase(t *testing.T) {
	analysis := open(t, &steady{}, testdata.Film(t, testdata.Chest))
	at := time.Now()
	c, err := analysis.Case(store.Review{Verdict: store.VerdictDisagree, Note: "no consolidation", ReviewedAt: at})
	if err != nil {
		t.Fatal(err)
	}
	if c.Film.SHA256 != analysis.Film.SHA256 || c.Film.InstanceUID == "" || c.Film.StudyUID == "" || c.Film.SeriesUID == "" {
		t.Errorf("film %+v", c.Film)
	}
	// The file says so: (0010,1010) is 067Y, (0010,0040) is M.
	if c.Film.PatientAge == nil || *c.Film.PatientAge != 67 || c.Film.PatientSex != "M" {
		t.Errorf("age %v, sex %q", c.Film.PatientAge, c.Film.PatientSex)
	}
	if c.Model.Probability != 0.8 || c.Model.Threshold != 0.4 || c.Model.Call != "pneumonia" || c.Model.Forced {
		t.Errorf("model %+v", c.Model)
	}
	if c.Review.Verdict != store.VerdictDisagree || c.Review.Note != "no consolidation" || !c.Review.ReviewedAt.Equal(at) {
		t.Errorf("review %+v", c.Review)
	}
}

func TestAFilmThatIsNotForTheModelIsRefusedUnlessForced(t *testing.T) {
	model := &steady{}
	analysis := open(t, model, testdata.Film(t, testdata.PET)) // a PET slice
	if analysis.Status != reading.StatusRefused || analysis.Reason() == "" || model.asked != 0 {
		t.Fatalf("status %s, reason %q, the model was asked %d times", analysis.Status, analysis.Reason(), model.asked)
	}
	if _, err := analysis.Case(store.Review{Verdict: store.VerdictAgree, ReviewedAt: time.Now()}); !errors.Is(err, reading.ErrNothingToReview) {
		t.Errorf("a refused film made a case: %v", err)
	}

	forced, err := reading.Analyse(t.Context(), model, analysis.Film, true)
	if err != nil {
		t.Fatal(err)
	}
	if forced.Status != reading.StatusOK || !forced.Forced {
		t.Fatalf("status %s, forced %v", forced.Status, forced.Forced)
	}
	c, err := forced.Case(store.Review{Verdict: store.VerdictUncertain, ReviewedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if !c.Model.Forced || !strings.Contains(c.Model.Caution, "modality") {
		t.Errorf("the case hides that it was forced: %+v", c.Model)
	}
}

func TestAColourPictureIsNeverAnalysed(t *testing.T) {
	model := &steady{}
	picture := &dicomio.Film{Path: "holiday.jpg", Format: dicomio.FormatJPEG, Frame: 1, Frames: 1, Width: 600, Height: 600, Colour: make([]uint8, 4*600*600)}
	for _, anyway := range []bool{false, true} {
		analysis, err := reading.Analyse(t.Context(), model, picture, anyway)
		if err != nil || analysis.Status != reading.StatusRefused || model.asked != 0 {
			t.Errorf("anyway %v: status %s, error %v", anyway, analysis.Status, err)
		}
	}
}

func TestAFailingModelIsAnErrorOfThatFilm(t *testing.T) {
	analysis := open(t, &steady{err: errors.New("out of memory")}, testdata.Film(t, testdata.Chest))
	if analysis.Status != reading.StatusError || !strings.Contains(analysis.Reason(), "out of memory") {
		t.Errorf("status %s, reason %q", analysis.Status, analysis.Reason())
	}
}

func TestACancelledReadingIsNotAResult(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := reading.Open(ctx, &steady{}, testdata.Film(t, testdata.Chest)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
