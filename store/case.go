package store

import (
	"fmt"
	"slices"
	"time"
)

// Verdict is what the reader decided about the model's call.
type Verdict string

// The verdicts.
const (
	VerdictAgree     Verdict = "agree"
	VerdictDisagree  Verdict = "disagree"
	VerdictUncertain Verdict = "uncertain"
)

// Verdicts lists the verdicts in the order in which a reader is offered them.
func Verdicts() []Verdict {
	return []Verdict{VerdictAgree, VerdictDisagree, VerdictUncertain}
}

// Case is one reviewed film: which film it was, what the model said, and what
// the reader decided.
type Case struct {
	Film   Film   `json:"film"`
	Model  Model  `json:"model"`
	Review Review `json:"review"`
	// Path is where the film's file lay when it was reviewed last; empty
	// where that is not known. It may hold a patient's name, so it is in no
	// output: it is there for the film to be opened again on this machine.
	Path string `json:"-"`
}

// Film identifies a film by its content and, for DICOM, by its UIDs.
type Film struct {
	// SHA256 is the hex digest of the file; Frame is its frame, from 1.
	SHA256 string `json:"sha256"`
	Frame  int    `json:"frame"`
	// StudyUID, SeriesUID and InstanceUID are empty for PNG and JPEG.
	StudyUID    string `json:"study_uid"`
	SeriesUID   string `json:"series_uid"`
	InstanceUID string `json:"instance_uid"`
	// PatientAge is in years; nil where it is not known.
	PatientAge *float64 `json:"patient_age"`
	// PatientSex is M, F, O or empty.
	PatientSex string `json:"patient_sex"`
}

// Model is what the model said, and which model it was.
type Model struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	// Probability is calibrated, 0 to 1; Threshold is the operating point
	// that belonged to this version.
	Probability float64 `json:"probability"`
	Threshold   float64 `json:"threshold"`
	Call        string  `json:"call"`
	// Caution holds the reasons, by code, why the film was not plainly fit
	// to be analysed; empty where there was none.
	Caution string `json:"caution"`
	// Forced is true where the reader had the film analysed against them.
	Forced     bool      `json:"forced"`
	AnalysedAt time.Time `json:"analysed_at"`
}

// Review is what the reader decided.
type Review struct {
	Verdict Verdict `json:"verdict"`
	// Finding and Side are empty where the reader named none.
	Finding Finding `json:"finding"`
	Side    Side    `json:"side"`
	// Impression is what the reader took the film for (normal, pneumonia or
	// uncertain) before the model's call was shown; empty where the model
	// did not wait for it.
	Impression string `json:"impression"`
	Note       string `json:"note"`
	// Reviewer is the operating system's name of the reader, which Save
	// fills in; empty in reviews of before it was kept.
	Reviewer   string    `json:"reviewer"`
	ReviewedAt time.Time `json:"reviewed_at"`
}

// check refuses a case that would make the log worthless.
func (c Case) check() error {
	switch {
	case len(c.Film.SHA256) != 64:
		return fmt.Errorf("a case needs the film's SHA-256, got %d characters", len(c.Film.SHA256))
	case c.Film.Frame < 1:
		return fmt.Errorf("a film's frames count from 1, got %d", c.Film.Frame)
	case c.Model.Name == "" || c.Model.Version == "" || len(c.Model.SHA256) != 64:
		return fmt.Errorf("a case needs the model's name, version and SHA-256")
	case c.Model.AnalysedAt.IsZero() || c.Review.ReviewedAt.IsZero():
		return fmt.Errorf("a case needs the times of analysis and review")
	}
	if !slices.Contains(Verdicts(), c.Review.Verdict) {
		return fmt.Errorf("unknown verdict %q", c.Review.Verdict)
	}
	return nil
}
