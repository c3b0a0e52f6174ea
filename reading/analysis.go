package reading

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/store"
)

// Status says how a film fared.
type Status string

// The ways in which a film can fare.
const (
	// StatusOK: the film was analysed.
	StatusOK Status = "ok"
	// StatusRefused: the film was read, but is not for this model.
	StatusRefused Status = "refused"
	// StatusError: the film could not be read or analysed.
	StatusError Status = "error"
)

// Predictor is a loaded model.
type Predictor interface {
	Info() inference.Info
	Predict(ctx context.Context, film *dicomio.Film) (inference.Prediction, error)
}

// Analysis is what came of one film.
type Analysis struct {
	Status Status
	// Film is nil where it could not be read.
	Film *dicomio.Film
	// Reasons say why the film was refused or, for StatusOK, what is
	// doubtful about it.
	Reasons []dicomio.Reason
	// Forced is true where the film was analysed against its reasons.
	Forced bool
	// Err is set for StatusError only.
	Err error
	// Prediction is set for StatusOK only. Model is the one that judged the
	// film, or would have; it is not set where the film could not be read.
	Prediction inference.Prediction
	Model      inference.Info
	// At is when the film was analysed.
	At time.Time
	// Read and Infer are how long reading the film and analysing it took.
	Read, Infer time.Duration
}

// Reason is one line on why a film was refused or failed, or what is doubtful
// about it; empty where there is nothing to say.
func (a Analysis) Reason() string {
	if a.Err != nil {
		return a.Err.Error()
	}
	texts := make([]string, len(a.Reasons))
	for k, reason := range a.Reasons {
		texts[k] = reason.Text
	}
	return strings.Join(texts, " ")
}

// Open reads a film and analyses it. It never fails as a whole: what went
// wrong is in the Analysis, except where ctx ends, which is returned.
func Open(ctx context.Context, predictor Predictor, path string) (Analysis, error) {
	start := time.Now()
	film, err := dicomio.ReadFile(ctx, path)
	read := time.Since(start)
	if err != nil {
		if ctx.Err() != nil {
			return Analysis{}, ctx.Err()
		}
		return Analysis{Status: StatusError, Err: err, Read: read}, nil
	}
	analysis, err := Analyse(ctx, predictor, film, false)
	analysis.Read = read
	return analysis, err
}

// Analyse has a film that was read predicted on. With anyway, a film that is
// not fit for the model is analysed all the same, and the Analysis says so;
// a colour picture never is. The error is ctx's only.
func Analyse(ctx context.Context, predictor Predictor, film *dicomio.Film, anyway bool) (Analysis, error) {
	analysis := Admit(film, anyway)
	if analysis.Status != "" {
		analysis.Model = predictor.Info()
		return analysis, nil
	}
	analysis.At = time.Now()
	prediction, err := predictor.Predict(ctx, film)
	analysis.Infer = time.Since(analysis.At)
	if ctx.Err() != nil {
		return Analysis{}, ctx.Err()
	}
	return analysis.Conclude(predictor.Info(), prediction, err, anyway), nil
}

// Admit decides whether the model is asked about a film that was read. It is:
// the Analysis has no Status yet, and Conclude gives it one. It is not: the
// Status is StatusRefused. Anyway is as for Analyse.
func Admit(film *dicomio.Film, anyway bool) Analysis {
	fitness := film.Suitability()
	analysis := Analysis{Film: film, Reasons: fitness.Reasons}
	if fitness.Verdict == dicomio.Unsuitable {
		if !anyway || film.IsColour() {
			analysis.Status = StatusRefused
			// What is merely doubtful does not matter next to what refuses.
			analysis.Reasons = slices.DeleteFunc(slices.Clone(fitness.Reasons), func(r dicomio.Reason) bool {
				return r.Verdict != dicomio.Unsuitable
			})
			return analysis
		}
		analysis.Forced = true
	}
	return analysis
}

// Conclude turns what the model said about an admitted film, or its failure
// to say anything, into the finished Analysis.
func (a Analysis) Conclude(model inference.Info, prediction inference.Prediction, err error, anyway bool) Analysis {
	a.Model = model
	switch {
	case errors.Is(err, inference.ErrColour):
		a.Status = StatusRefused
		a.Reasons = append(a.Reasons, dicomio.Reason{Code: "colour", Text: err.Error()})
	case err != nil:
		a.Status = StatusError
		a.Err = err
	case prediction.Refusal != nil && !anyway:
		a.Status = StatusRefused
		a.Reasons = []dicomio.Reason{{Code: prediction.Refusal.Code, Text: prediction.Refusal.Text}}
	default:
		a.Status = StatusOK
		a.Prediction = prediction
		if prediction.Refusal != nil {
			a.Forced = true
			a.Reasons = append(a.Reasons, dicomio.Reason{Code: prediction.Refusal.Code, Text: prediction.Refusal.Text})
		}
	}
	return a
}

// ErrNothingToReview says that a film was not analysed, so that there is no
// call for a reader to agree or disagree with.
var ErrNothingToReview = errors.New("this film was not analysed, so there is nothing to review")

// Case is the row that the log keeps of a reviewed film. The error is
// ErrNothingToReview where the film was not analysed.
func (a Analysis) Case(review store.Review) (store.Case, error) {
	if a.Status != StatusOK {
		return store.Case{}, ErrNothingToReview
	}
	header := a.Film.Header
	film := store.Film{
		SHA256: a.Film.SHA256, Frame: a.Film.Frame,
		StudyUID: header.StudyUID, SeriesUID: header.SeriesUID, InstanceUID: header.InstanceUID,
		PatientSex: header.PatientSex,
	}
	if header.PatientAge >= 0 {
		film.PatientAge = &header.PatientAge
	}
	return store.Case{
		Film: film,
		Model: store.Model{
			Name: a.Model.Name, Version: a.Model.Version, SHA256: a.Model.SHA256,
			Probability: a.Prediction.Probability, Threshold: a.Model.Threshold,
			Call:    string(a.Prediction.Call),
			Caution: a.codes(), Forced: a.Forced, AnalysedAt: a.At,
		},
		Review: review,
	}, nil
}

// codes are the codes of the reasons, with spaces between them.
func (a Analysis) codes() string {
	codes := make([]string, len(a.Reasons))
	for k, reason := range a.Reasons {
		codes[k] = reason.Code
	}
	return strings.Join(codes, " ")
}

// Event is what the audit keeps of the analysis of a film that was read: which
// model made what of it. It holds no reason in words, which may quote the file.
func (a Analysis) Event() store.Event {
	read := store.ModelRead{
		Model: a.Model.Name, Version: a.Model.Version, SHA256: a.Model.SHA256,
		Status: string(a.Status), Codes: a.codes(), Forced: a.Forced,
	}
	if a.Status == StatusOK {
		read.Call, read.Probability = string(a.Prediction.Call), &a.Prediction.Probability
	}
	return read.Event(a.Film.SHA256, a.Film.Frame)
}
