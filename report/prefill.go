package report

import (
	"maps"
	"slices"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/store"
)

// Words say a text in the reader's language; data stand in the place of their
// names in it, which are written as {{.Name}}.
type Words func(text string, data ...any) string

// English says a text as it is.
func English(text string, data ...any) string {
	for _, d := range data {
		for name, value := range d.(map[string]any) {
			text = strings.ReplaceAll(text, "{{."+name+"}}", value.(string))
		}
	}
	return text
}

// The texts that a report is begun with, to be translated. A text within
// another is lower case.
var (
	kindTexts = map[string]string{
		"CR": "Computed radiograph", "DX": "Digital radiograph", "DR": "Digital radiograph", "RG": "Radiograph", "XR": "Radiograph",
	}
	partTexts  = map[string]string{"CHEST": "chest", "THORAX": "chest"}
	foundTexts = map[store.Finding]string{
		store.FindingNone:          "No abnormality found",
		store.FindingConsolidation: "Consolidation",
		store.FindingInterstitial:  "Interstitial opacities",
		store.FindingEffusion:      "Pleural effusion",
		store.FindingAtelectasis:   "Atelectasis",
		store.FindingPneumothorax:  "Pneumothorax",
		store.FindingNodule:        "Nodule",
		store.FindingCardiomegaly:  "Enlarged heart",
	}
	sideTexts = map[store.Side]string{store.SideRight: "right", store.SideLeft: "left", store.SideBoth: "both sides"}
)

const (
	textOfPart   = "{{.Kind}} of the {{.Part}}"
	textOfView   = "{{.View}} view"
	textMore     = "{{.Text}}, {{.More}}"
	textSentence = "{{.Text}}."
)

// PrefillTexts are all texts that [Prefill] asks its words for.
func PrefillTexts() []string {
	texts := []string{textOfPart, textOfView, textMore, textSentence}
	texts = slices.AppendSeq(texts, maps.Values(kindTexts))
	texts = slices.AppendSeq(texts, maps.Values(partTexts))
	texts = slices.AppendSeq(texts, maps.Values(foundTexts))
	return slices.AppendSeq(texts, maps.Values(sideTexts))
}

// Prefill is what is known of a report's text before the reader writes it: the
// technique, as far as the film tells, and finding, side and note of the
// review, which are the reader's own. What the model says is no part of it.
func Prefill(film *dicomio.Film, review *store.Case, words Words) Text {
	t := Text{Technique: technique(film, words)}
	if review != nil {
		t.Findings = strings.TrimSpace(found(review.Review, words) + "\n" + ownNote(review.Review.Note))
	}
	return t
}

// found is the finding of a review in a sentence; empty where it names none,
// or one of which the note alone can tell.
func found(r store.Review, words Words) string {
	text, known := foundTexts[r.Finding]
	if !known {
		return ""
	}
	text = words(text)
	if side, known := sideTexts[r.Side]; known {
		text = more(words, text, words(side))
	}
	return words(textSentence, map[string]any{"Text": text})
}

// more adds something to a text.
func more(words Words, text, what string) string {
	return words(textMore, map[string]any{"Text": text, "More": what})
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
func technique(film *dicomio.Film, words Words) string {
	if film == nil || film.Format != dicomio.FormatDICOM {
		return ""
	}
	h := film.Header
	kind, known := kindTexts[h.Modality]
	if !known {
		return ""
	}
	text := words(kind)
	if h.BodyPart != "" {
		part := strings.ToLower(h.BodyPart)
		if known, ok := partTexts[h.BodyPart]; ok {
			part = words(known)
		}
		text = words(textOfPart, map[string]any{"Kind": text, "Part": part})
	}
	if h.ViewPosition != "" {
		text = more(words, text, words(textOfView, map[string]any{"View": h.ViewPosition}))
	}
	if equipment := strings.TrimSpace(h.Manufacturer + " " + h.Equipment); equipment != "" {
		text = more(words, text, equipment)
	}
	return words(textSentence, map[string]any{"Text": text})
}
