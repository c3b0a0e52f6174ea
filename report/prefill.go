package report

import (
	"fmt"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/store"
)

// Prefill is what is known of a report's text before the reader writes it: the
// technique, as far as the film tells, and finding, side and note of the
// review, which are the reader's own. What the model says is no part of it.
func Prefill(film *dicomio.Film, review *store.Case) Text {
	t := Text{Technique: technique(film)}
	if review != nil {
		t.Findings = strings.TrimSpace(found(review.Review) + "\n" + ownNote(review.Review.Note))
	}
	return t
}

// found is the finding of a review in a sentence; empty where it names none,
// or one of which the note alone can tell.
func found(r store.Review) string {
	text := map[store.Finding]string{
		store.FindingNone:          "No abnormality found",
		store.FindingConsolidation: "Consolidation",
		store.FindingInterstitial:  "Interstitial opacities",
		store.FindingEffusion:      "Pleural effusion",
		store.FindingAtelectasis:   "Atelectasis",
		store.FindingPneumothorax:  "Pneumothorax",
		store.FindingNodule:        "Nodule",
		store.FindingCardiomegaly:  "Enlarged heart",
	}[r.Finding]
	if text == "" {
		return ""
	}
	side := map[store.Side]string{store.SideRight: ", right", store.SideLeft: ", left", store.SideBoth: ", both sides"}[r.Side]
	return text + side + "."
}

// ownNote is a note without the first impression that versions before the log
// had a field for it put at its head.
func ownNote(note string) string {
	if rest, had := strings.CutPrefix(note, "[first impression: "); had {
		_, note, _ = strings.Cut(rest, "]")
	}
	return strings.TrimSpace(note)
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
