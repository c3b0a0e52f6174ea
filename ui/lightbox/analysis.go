package lightbox

import (
	"context"
	"errors"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/render"
)

// AnalysisState is how far the model is with the film on the box.
type AnalysisState int

// The states of the analysis.
const (
	// AnalysisNone: there is no film.
	AnalysisNone AnalysisState = iota
	AnalysisRunning
	AnalysisDone
	// AnalysisRefused: the film is not for this model.
	AnalysisRefused
	// AnalysisFailed: there is no model, or it failed.
	AnalysisFailed
	// AnalysisCancelled: the reader stopped it.
	AnalysisCancelled
)

// Outcome is what the model made of the film on the box.
type Outcome struct {
	State AnalysisState
	// Analysis is set for AnalysisDone and AnalysisRefused.
	Analysis reading.Analysis
	// Err is set for AnalysisFailed.
	Err error
}

// Outcome is what the model made of the film on the box.
func (l *Lightbox) Outcome() Outcome { return l.outcome }

// Model describes the model; known is false while it is being loaded.
func (l *Lightbox) Model() (info inference.Info, known bool, err error) {
	return l.model, l.modelled, l.modelErr
}

// analyse has the film on the box analysed.
func (l *Lightbox) analyse(anyway bool) {
	film := l.film
	if film == nil {
		return
	}
	l.outcome, l.heat = Outcome{State: AnalysisRunning}, nil
	l.changed(ChangedAnalysis | ChangedReview)
	seen := l.unseen
	l.start(TaskAnalyse, l.text("Analysing the film…"), func(ctx context.Context) func() {
		giveWay(ctx, seen)
		analysis, err := l.services.Analyser.Analyse(ctx, film, anyway)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			l.services.Log.Record(analysis.Event())
		}
		var heat *render.Heat
		if err == nil && analysis.Status == reading.StatusOK {
			heat = render.NewHeat(analysis.Prediction.Map, render.RegionThreshold)
		}
		return func() {
			l.outcome, l.heat = outcome(analysis, err), heat
			l.noteCall()
			l.changed(ChangedAnalysis | ChangedReview)
		}
	})
}

func outcome(analysis reading.Analysis, err error) Outcome {
	if err != nil {
		return Outcome{State: AnalysisFailed, Err: err}
	}
	switch analysis.Status {
	case reading.StatusOK:
		return Outcome{State: AnalysisDone, Analysis: analysis}
	case reading.StatusRefused:
		return Outcome{State: AnalysisRefused, Analysis: analysis}
	}
	if analysis.Err == nil {
		analysis.Err = errors.New("the film could not be analysed")
	}
	return Outcome{State: AnalysisFailed, Err: analysis.Err}
}

// CanForce reports whether a refused film may be analysed all the same.
// A colour picture never may.
func (l *Lightbox) CanForce() bool {
	return l.outcome.State == AnalysisRefused && l.film != nil && !l.film.IsColour()
}

// AnalyseAnyway analyses a refused film all the same.
func (l *Lightbox) AnalyseAnyway() {
	if l.CanForce() {
		l.analyse(true)
	}
}

// CanTryAgain reports whether there is anything that TryAgain could take up.
func (l *Lightbox) CanTryAgain() bool {
	return l.outcome.State == AnalysisCancelled || l.outcome.State == AnalysisFailed ||
		l.film == nil && l.place >= 0 && !l.Busy(TaskRead)
}

// TryAgain takes up an analysis that was cancelled or failed, or opens a film
// again that could not be opened.
func (l *Lightbox) TryAgain() {
	switch {
	case !l.CanTryAgain():
	case l.film == nil:
		l.Show(l.place)
	default:
		l.analyse(false)
	}
}

// Reasons are what is doubtful about the film, or why it was refused.
func (l *Lightbox) Reasons() []dicomio.Reason {
	switch l.outcome.State {
	case AnalysisDone, AnalysisRefused:
		if l.Hidden() {
			return nil
		}
		return l.outcome.Analysis.Reasons
	}
	return nil
}

// HasRegion reports whether the heat map has anything to show.
func (l *Lightbox) HasRegion() bool { return l.heat != nil }

// HeatShown reports whether the heat map is laid over the film.
func (l *Lightbox) HeatShown() bool { return l.heatOn && l.heat != nil && !l.Hidden() }

// HeatOn reports whether the reader wants to see heat maps.
func (l *Lightbox) HeatOn() bool { return l.heatOn }

// SetHeat shows or hides heat maps, on this film and those after it.
func (l *Lightbox) SetHeat(on bool) {
	if on == l.heatOn {
		return
	}
	l.heatOn = on
	l.changed(ChangedAnalysis | ChangedLook)
}

// Opacity is the heat map's, 0 to 1.
func (l *Lightbox) Opacity() float64 { return l.opacity }

// SetOpacity changes how much of the film the heat map covers.
func (l *Lightbox) SetOpacity(opacity float64) {
	opacity = min(max(opacity, 0), 1)
	if opacity == l.opacity {
		return
	}
	l.opacity = opacity
	l.changed(ChangedAnalysis | ChangedLook)
}
