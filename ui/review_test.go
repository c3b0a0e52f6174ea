package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"pneumolight/store"
)

func TestFindingAndSideByKeysAlone(t *testing.T) {
	d := newDesk(t)
	d.open(t, "/films/one.dcm")
	if d.review.sideRow.Visible() {
		t.Error("a side is offered without a finding")
	}
	for _, key := range []stroke{"D", "Ctrl+1", "Alt+L", "S"} {
		if !d.typed(key) {
			t.Errorf("%s does nothing", key)
		}
		d.settle(t)
	}
	if len(d.cases) != 1 || d.cases[0].Review.Finding != store.FindingConsolidation || d.cases[0].Review.Side != store.SideLeft {
		t.Fatalf("saved was %+v", d.cases)
	}
	if got := d.review.state.Text; !strings.Contains(got, "Disagree; Consolidation, left.") {
		t.Errorf("the earlier review is shown as %q", got)
	}
	d.typed("A")
	d.typed("S")
	d.settle(t)
	if got := d.review.state.Text; !strings.Contains(got, "2 reviews in all (Ctrl+H)") {
		t.Errorf("two reviews are shown as %q", got)
	}
	d.typed("Ctrl+H")
	if d.reading == nil {
		t.Error("Ctrl+H does not show the reviews")
	}
}

func TestAFilmWithoutReviewsIsSaidToHaveNone(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	d.Do("review.history")
	said := slices.ContainsFunc(test.LaidOutObjects(d.window.Canvas().Overlays().Top()), func(o fyne.CanvasObject) bool {
		label, ok := o.(*widget.Label)
		return ok && label.Text == "Not reviewed yet."
	})
	if !said {
		t.Error("the list of reviews is empty, and nothing says why")
	}
}

func TestAgreementIsShownFromTheFirstReviewOn(t *testing.T) {
	d := newDesk(t)
	d.open(t, "a.dcm")
	for reviews := range 3 {
		d.Do("review.agreement")
		for deadline := time.Now().Add(20 * time.Second); d.reading == nil && time.Now().Before(deadline); {
			select {
			case f := <-d.queue:
				f()
			case <-time.After(10 * time.Millisecond):
			}
		}
		if d.reading == nil {
			t.Fatalf("with %d reviews the agreement is not shown", reviews)
		}
		d.window.Canvas().Capture()
		d.reading.Hide()
		d.Do("review.disagree")
		d.Do("review.save")
		d.settle(t)
	}
}

func TestChangedSettingsAreRecordedWithoutTheReadersOwnTexts(t *testing.T) {
	d := newDesk(t)
	p := d.app.Preferences()
	p.SetBool(preferenceBlind, true)
	p.SetBool(preferenceBlind, true)
	p.SetString(preferenceDatabase, "/films/Featherstonehaugh.db")
	p.SetFloat(preferenceWidth, 1300)
	p.SetInt(preferenceWait, 120) // orders the triage
	p.SetInt(preferenceOverlays, 2)
	p.SetString(preferenceFilters, `[{"Name":"Featherstonehaugh"}]`)
	var got []string
	for _, e := range d.events {
		got = append(got, e.String())
	}
	want := []string{
		store.SettingChanged(preferenceBlind, "true").String(), store.SettingChanged(preferenceDatabase, "").String(),
		store.SettingChanged(preferenceWait, "120").String(), store.SettingChanged(preferenceOverlays, "2").String(),
		store.SettingChanged(preferenceFilters, "").String(),
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("recorded were %q", got)
	}
}

func TestADisagreementWhoseCallIsHiddenTellsNone(t *testing.T) {
	text := disagreementText(store.Case{Review: store.Review{Verdict: store.VerdictDisagree, ReviewedAt: time.Now()}})
	if !strings.Contains(text, "The model is hidden") || strings.Contains(text, "%") {
		t.Errorf("it is listed as %q", text)
	}
}

func TestNoCancelIsOfferedForAReviewThatIsSaved(t *testing.T) {
	d := newDesk(t)
	d.writing = make(chan struct{})
	d.open(t, "a.dcm")
	d.Do("review.agree")
	d.Do("review.save")
	d.until(t, "it is said that the review is saved", func() bool { return d.status.work.Visible() })
	if d.status.cancel.Visible() {
		t.Error("Cancel is on offer, and would do nothing")
	}
	close(d.writing)
	d.settle(t)
}
