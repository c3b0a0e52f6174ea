package lightbox

import (
	"errors"
	"maps"
	"slices"

	"pneumolight/triage"
)

// Operating is what the reader weighs: a threshold, for films like those of a
// domain, where so many have pneumonia. It never changes the model's own
// threshold, by which films are called and put in order.
type Operating struct {
	// Domain is a key of the model's reference films.
	Domain     string
	Threshold  float64
	Prevalence float64
}

// usualPrevalence is where the reader begins: one film of ten.
const usualPrevalence = 0.1

// What keeps figures from being told.
var (
	// ErrNoReference: the model's file holds no reference films.
	ErrNoReference = errors.New("the model's file holds no reference films")
	// ErrOtherModel: another model made the screening than the one that is
	// loaded, whose reference says nothing of it.
	ErrOtherModel = errors.New("another model made this screening")
)

// Operating is what the reader weighs.
func (l *Lightbox) Operating() Operating {
	o := l.operating
	if domains := l.Domains(); !slices.Contains(domains, o.Domain) && len(domains) > 0 {
		o.Domain = domains[0]
	}
	return o
}

// Domains are those that the model has reference films of, in order.
func (l *Lightbox) Domains() []string { return slices.Sorted(maps.Keys(l.model.Reference)) }

// SetOperating weighs something else.
func (l *Lightbox) SetOperating(o Operating) {
	if o != l.operating {
		l.operating = o
		l.changed(ChangedTriage)
	}
}

// OperatingPoint says what the threshold that is weighed would do. The error
// is ErrNoReference or ErrOtherModel where nothing can be said.
func (l *Lightbox) OperatingPoint() (triage.OperatingPoint, error) {
	o := l.Operating()
	films, known := l.model.Reference[o.Domain]
	switch {
	case !known:
		return triage.OperatingPoint{}, ErrNoReference
	case l.triage.run.ModelSHA256 != l.model.SHA256:
		return triage.OperatingPoint{}, ErrOtherModel
	}
	reference, err := triage.NewReference(films.Pneumonia, films.Normal)
	if err != nil {
		return triage.OperatingPoint{}, err
	}
	return reference.At(o.Threshold, o.Prevalence)
}
