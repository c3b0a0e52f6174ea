package ui

import (
	"testing"

	"pneumolight/inference"
)

// The model's domain stands beside every film that it judges, in one line,
// and not beside one that it refused.
func TestTheDomainStandsBesideTheFilm(t *testing.T) {
	d := newDesk(t)
	d.domain = inference.Domain{Ages: []inference.AgeSpan{{From: 1, To: 6}}, Views: []string{"PA"}}
	d.open(t, "a.dcm") // of a woman of 54
	if got := d.ai.domain.Text; !d.ai.domain.Visible() || got != "Outside of the model's training: age 54 years. Not given: equipment." {
		t.Errorf("it says %q", got)
	}
	d.domain.Ages[0].To = 90
	d.open(t, "b.dcm")
	if got := d.ai.domain.Text; got != "Not given: equipment." {
		t.Errorf("it says %q", got)
	}
}
