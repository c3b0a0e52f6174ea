package report

import (
	"fmt"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/store"
)

// Prefill is what is known of a report's text before the reader writes it: the
// technique, as far as the film tells, and the note of the review, which is the
// reader's own. What the model says is no part of it.
func Prefill(film *dicomio.Film, review *store.Case) Text {
	t := Text{Technique: technique(film)}
	if review != nil {
		t.Findings = review.Review.Note
	}
	return t
}

// technique says how the film was made, as far as its file tells; empty where
// it does not.
func technique(film *dicomio.Film) string {
	if film == nil || film.Format != dicomio.FormatDICOM {
		return ""
	}
	h := film.Header
	kinds := map[string]string{
		"CR": "Computed radiograph", "DX": "Digital radiograph", "DR": "Digital radiograph", "RG": "Radiograph", "XR": "Radiograph",
	}
	kind, known := kinds[h.Modality]
	if !known {
		return ""
	}
	var b strings.Builder
	b.WriteString(kind)
	if h.BodyPart != "" {
		fmt.Fprintf(&b, " of the %s", strings.ToLower(h.BodyPart))
	}
	if h.ViewPosition != "" {
		fmt.Fprintf(&b, ", %s view", h.ViewPosition)
	}
	if equipment := strings.TrimSpace(h.Manufacturer + " " + h.Equipment); equipment != "" {
		fmt.Fprintf(&b, ", %s", equipment)
	}
	return b.String() + "."
}
