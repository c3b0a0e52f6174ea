package ui

import (
	"fmt"
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
	var parts []string
	for _, b := range reading.Outside(domain, film) {
		parts = append(parts, beyondText(b, film))
	}
	if len(parts) == 0 {
		return ""
	}
	return tr("Outside of what the model was trained on, or not known to be inside: {{.Aspects}}.",
		map[string]any{"Aspects": strings.Join(parts, tr(", "))})
}

func beyondText(b reading.Beyond, film *dicomio.Film) string {
	value := func(name string) string { return fmt.Sprintf("%s %s", name, b.Value) }
	switch {
	case b.Aspect == reading.AspectAge && b.Value == "":
		return tr("no age given")
	case b.Aspect == reading.AspectAge:
		return tr("age") + " " + age(film.Header.PatientAge)
	case b.Aspect == reading.AspectView && b.Value == "":
		return tr("no view given")
	case b.Aspect == reading.AspectView:
		return value(tr("view"))
	case b.Aspect == reading.AspectBedside:
		return tr("lying or bedside film")
	case b.Value == "":
		return tr("no equipment given")
	}
	return value(tr("equipment"))
}
