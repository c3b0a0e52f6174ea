package ui

import (
	"strings"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
)

// domainText says in one line in what a film differs from those that the model
// was trained on; empty where it does in nothing.
func domainText(domain inference.Domain, film *dicomio.Film) string {
	if film == nil || film.IsColour() {
		return ""
	}
	var unlike, unknown []string
	for _, b := range reading.Outside(domain, film) {
		if b.Value == "" {
			unknown = append(unknown, aspectText(b.Aspect))
			continue
		}
		unlike = append(unlike, beyondText(b, film))
	}
	var sentences []string
	if len(unlike) > 0 {
		sentences = append(sentences, tr("Outside of the model's training: {{.Aspects}}.",
			map[string]any{"Aspects": strings.Join(unlike, tr(", "))}))
	}
	if len(unknown) > 0 {
		sentences = append(sentences, tr("Not given: {{.Aspects}}.",
			map[string]any{"Aspects": strings.Join(unknown, tr(", "))}))
	}
	return strings.Join(sentences, " ")
}

func aspectText(a reading.Aspect) string {
	switch a {
	case reading.AspectAge:
		return tr("age")
	case reading.AspectView:
		return tr("view")
	}
	return tr("equipment")
}

func beyondText(b reading.Beyond, film *dicomio.Film) string {
	switch b.Aspect {
	case reading.AspectAge:
		return aspectText(b.Aspect) + " " + age(film.Header.PatientAge)
	case reading.AspectBedside:
		return tr("lying or bedside film")
	}
	return aspectText(b.Aspect) + " " + b.Value
}
