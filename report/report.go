package report

import (
	"errors"
	"time"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/render"
	"pneumolight/store"
)

// Report is one film's report.
type Report struct {
	// UID is the report's own, made from a UUID.
	UID     string    `json:"uid"`
	Created time.Time `json:"created"`
	// Program is the program's name and version.
	Program string `json:"program"`
	// Status tells how the film fared; Reason, why it was refused or
	// failed, or what is doubtful about it.
	Status reading.Status `json:"status"`
	Reason string         `json:"reason"`

	Film Film `json:"film"`
	// Result is nil where the film was refused or failed.
	Result *Result `json:"result"`
	Model  Model   `json:"model"`
	// Verdict is nil where no reader has reviewed the film.
	Verdict *Verdict `json:"verdict"`
	Text    Text     `json:"text"`
	Limits  []string `json:"limits"`

	source     *dicomio.Film
	prediction inference.Prediction
	// written is the text as the reader wrote it, writer the reader's name.
	written Text
	writer  string
	look    *Look
}

// Film identifies the film. All of it but its measures may identify a person.
type Film struct {
	// File is the file's name without its folder.
	File   string         `json:"file"`
	Format dicomio.Format `json:"format"`
	SHA256 string         `json:"sha256"`
	Frame  int            `json:"frame"`
	Width  int            `json:"width"`
	Height int            `json:"height"`
	// Header is what the DICOM file says; empty for any other. The JSON form
	// has patient and study in its place.
	Header dicomio.Header `json:"-"`
}

// Result is what the model says of the film.
type Result struct {
	Probability float64 `json:"probability"`
	// Mirrored is the probability of the film's mirror image.
	Mirrored  float64        `json:"mirrored"`
	Call      inference.Call `json:"call"`
	Threshold float64        `json:"threshold"`
	Uncertain inference.Band `json:"uncertain"`
	// Region tells whether any part of the film shows more than normal
	// films do.
	Region bool `json:"region"`
	// Forced is true where the film was analysed although it is not fit.
	Forced     bool      `json:"forced"`
	AnalysedAt time.Time `json:"analysed_at"`
}

// Model names the model.
type Model struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	Data    string `json:"data"`
	Licence string `json:"licence"`
}

// Verdict is the latest review of the film in the log.
type Verdict struct {
	Verdict store.Verdict `json:"verdict"`
	// Finding, Side and Impression (the reader's first, before the model's
	// call was shown) are empty where the reader gave none.
	Finding    store.Finding `json:"finding"`
	Side       store.Side    `json:"side"`
	Impression string        `json:"first_impression"`
	Note       string        `json:"note"`
	// Reviewer is the system's name of the reader; empty where not known.
	Reviewer   string    `json:"reviewer"`
	ReviewedAt time.Time `json:"reviewed_at"`
	// On is what the reader saw and judged, which may be another model's
	// result than this report's.
	On store.Model `json:"on"`
}

// Source is what a report is made of.
type Source struct {
	Analysis reading.Analysis
	// File is the film's file, also where it could not be read.
	File string
	// Model is the model that judged the film, or would have.
	Model inference.Info
	// Case is the latest review of the film, nil where there is none.
	Case *store.Case
	// Text is the reader's; what it leaves empty is filled with words that
	// say that it is empty.
	Text Text
	// Reader is the system's name of who wrote it; empty where not known.
	Reader string
	// Look is how the reader looked at the film; nil where nobody did, which
	// is then shown as its file asks.
	Look *Look
	// Program is the program's name and version.
	Program string
	// At is the report's time.
	At time.Time
}

// Limits are the words that stand on every report.
var limits = []string{
	"Research use only. Not a medical device.",
	"The model's result is not for standalone decisions, nor to rule disease out.",
	"The heat map shows where the model looked, not where disease is.",
	"The model answers one question, pneumonia or not. It says nothing of fractures, tumours, pneumothorax or tuberculosis.",
}

// New makes a report.
func New(s Source) *Report {
	a := s.Analysis
	r := &Report{
		UID: dicomwrite.NewUID(), Created: s.At.Truncate(time.Second), Program: s.Program,
		Status: a.Status, Reason: a.Reason(),
		Film: Film{File: baseName(s.File)},
		Model: Model{
			Name: s.Model.Name, Version: s.Model.Version, SHA256: s.Model.SHA256,
			Data: s.Model.Data, Licence: s.Model.Licence,
		},
		Limits: limits,
		source: a.Film, prediction: a.Prediction,
		written: s.Text, writer: s.Reader, look: s.Look,
	}
	if f := a.Film; f != nil {
		r.Film.Format, r.Film.SHA256, r.Film.Frame = f.Format, f.SHA256, f.Frame
		r.Film.Width, r.Film.Height, r.Film.Header = f.Width, f.Height, f.Header
	}
	if a.Status == reading.StatusOK {
		r.Result = &Result{
			Probability: a.Prediction.Probability, Mirrored: a.Prediction.Mirrored, Call: a.Prediction.Call,
			Threshold: a.Model.Threshold, Uncertain: a.Model.Uncertain,
			Region: render.HasRegion(a.Prediction.Map, render.RegionThreshold),
			Forced: a.Forced, AnalysedAt: a.At,
		}
	}
	if s.Case != nil {
		review := s.Case.Review
		r.Verdict = &Verdict{
			Verdict: review.Verdict, Finding: review.Finding, Side: review.Side, Impression: review.Impression,
			Note: review.Note, Reviewer: review.Reviewer, ReviewedAt: review.ReviewedAt, On: s.Case.Model,
		}
	}
	r.Text = s.Text.filled(r)
	return r
}

// ErrNotDICOM says that a DICOM object was asked for of a film that has no
// UIDs to refer to.
var ErrNotDICOM = errors.New("the film is not a DICOM file with UIDs that an object could refer to: write a PDF, HTML or JSON report instead")

// ErrNoResult says that an object which shows the model's result was asked for
// of a film that has none.
var ErrNoResult = errors.New("the model did not judge this film, so there is no result to show")
