package reading

import (
	"slices"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/inference"
)

// Aspect is something by which a film may differ from those that a model was
// trained on.
type Aspect string

// The aspects, in the order in which they are told.
const (
	AspectAge       Aspect = "age"
	AspectView      Aspect = "view"
	AspectBedside   Aspect = "bedside"
	AspectEquipment Aspect = "equipment"
)

// Beyond is an aspect in which a film is beyond a model's domain, or does not
// say whether it is.
type Beyond struct {
	Aspect Aspect
	// Value is what the film says; empty where it says nothing. An age is
	// in the film's header, in years.
	Value string
}

// Outside tells in what a film differs from those that a model was trained on.
// It goes by the tags alone, and refuses nothing: that is Admit's.
func Outside(domain inference.Domain, film *dicomio.Film) []Beyond {
	h := film.Header
	var beyond []Beyond
	switch {
	case h.PatientAge < 0:
		beyond = append(beyond, Beyond{Aspect: AspectAge})
	case !slices.ContainsFunc(domain.Ages, func(s inference.AgeSpan) bool { return s.From <= h.PatientAge && h.PatientAge < s.To }):
		beyond = append(beyond, Beyond{AspectAge, "years"})
	}
	described := words(h.SeriesDescription, h.Protocol, h.StudyDescription)
	view := strings.ToUpper(strings.TrimSpace(h.ViewPosition))
	known := slices.Contains(domain.Views, view) ||
		view == "" && slices.ContainsFunc(described, func(word string) bool { return slices.Contains(domain.Views, word) })
	if !known {
		beyond = append(beyond, Beyond{AspectView, view})
	}
	if at := slices.IndexFunc(described, func(word string) bool { return slices.Contains(bedsideWords, word) }); at >= 0 && !domain.Bedside {
		beyond = append(beyond, Beyond{AspectBedside, described[at]})
	}
	maker := strings.TrimSpace(h.Manufacturer)
	if !slices.ContainsFunc(domain.Equipment, func(known string) bool { return maker != "" && strings.EqualFold(known, maker) }) {
		beyond = append(beyond, Beyond{AspectEquipment, maker})
	}
	return beyond
}

// bedsideWords say in a description that the patient lay, or did not come to
// the machine.
var bedsideWords = []string{"PORTABLE", "BEDSIDE", "MOBILE", "SUPINE", "RECUMBENT", "LYING", "LIEGEND", "床旁", "床边", "卧位"}

// words are those of descriptions, in capitals.
func words(texts ...string) []string {
	return strings.FieldsFunc(strings.ToUpper(strings.Join(texts, " ")), func(r rune) bool {
		return strings.ContainsRune(" ,;/_-()[]^", r)
	})
}
