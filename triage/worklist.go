package triage

import (
	"cmp"
	"slices"
	"time"
)

// Notice has to stand wherever a worklist is shown.
const Notice = "The model orders this list; it removes nothing from it. Every film has to be read, and a film at the end may show pneumonia."

// Outcome is what the model said of a film.
type Outcome string

// The outcomes.
const (
	// Judged: the model gave a probability and stands by it.
	Judged Outcome = "judged"
	// Uncertain: the model gave a probability and abstains.
	Uncertain Outcome = "uncertain"
	// Refused: the film is not what the model has learned to judge.
	Refused Outcome = "refused"
	// Failed: the film could not be read or analysed.
	Failed Outcome = "failed"
)

// Film is one film of a worklist.
type Film struct {
	// ID is the caller's own name for the film; it settles ties.
	ID      string
	Outcome Outcome
	// Probability is calibrated, 0 to 1; it counts for Judged and Uncertain
	// only.
	Probability float64
	// Arrived is when the film came, from which its wait counts.
	Arrived time.Time
	// Read is true once a reader has reviewed the film.
	Read bool
}

// Band is a group of films that are to be read with the same haste.
type Band string

// The bands, in the order of their haste.
const (
	// BandSuspicious: the model suspects pneumonia.
	BandSuspicious Band = "suspicious"
	// BandUnclear: the model has nothing to say that could be relied on, so
	// only a reader can tell.
	BandUnclear Band = "unclear"
	// BandRoutine: the model sees no pneumonia, and may be wrong.
	BandRoutine Band = "routine"
)

// Bands lists the bands in the order of their haste.
func Bands() []Band { return []Band{BandSuspicious, BandUnclear, BandRoutine} }

// Policy says how a worklist is ordered.
type Policy struct {
	// Threshold is the operating point, in calibrated probability.
	Threshold float64
	// LongestWait caps how long the least urgent film can be overtaken.
	LongestWait time.Duration
}

// DefaultLongestWait is a reading session: what is there when it begins is at
// the front when the next one does.
const DefaultLongestWait = 4 * time.Hour

// Band places a film.
func (p Policy) Band(f Film) Band {
	switch {
	case f.Outcome != Judged:
		return BandUnclear
	case f.Probability >= p.Threshold:
		return BandSuspicious
	default:
		return BandRoutine
	}
}

// Urgency is 0 to 1: the calibrated probability. Where the model does not
// know, a film is at least as urgent as one at the threshold.
func (p Policy) Urgency(f Film) float64 {
	switch f.Outcome {
	case Judged:
		return bounded(f.Probability)
	case Uncertain:
		return max(bounded(f.Probability), p.Threshold)
	default:
		return p.Threshold
	}
}

// bounded keeps a probability between 0 and 1; what is not a number is 1, so
// that it is looked at.
func bounded(probability float64) float64 {
	if probability != probability {
		return 1
	}
	return min(max(probability, 0), 1)
}

// Due is when a film should have been read: at once for urgency 1, after
// LongestWait for urgency 0, and in proportion between.
func (p Policy) Due(f Film) time.Time {
	return f.Arrived.Add(time.Duration((1 - p.Urgency(f)) * float64(p.LongestWait)))
}

// Order returns the films in the order in which they should be read: the
// earliest due first. Films that were read come last.
//
// The earliest-due-date rule keeps the largest lateness as small as any order
// can (Jackson 1955). Since a film's due time never changes, the list does not
// shuffle under the reader's hand, and no film is ever overtaken by one that
// arrived more than LongestWait after it: the cap on waiting that a simulation
// of chest-film worklists found necessary, because otherwise a film that the
// model misses waits longest of all (Baltruschat et al., European Radiology
// 2021;31:3837).
func (p Policy) Order(films []Film) []Film {
	ordered := slices.Clone(films)
	slices.SortFunc(ordered, func(a, b Film) int {
		return cmp.Or(
			boolean(a.Read)-boolean(b.Read),
			p.Due(a).Compare(p.Due(b)),
			cmp.Compare(p.Urgency(b), p.Urgency(a)),
			a.Arrived.Compare(b.Arrived),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return ordered
}

// ByArrival returns the films in the order in which they came, those that were
// read last. It tells nothing of what the model says of them.
func ByArrival(films []Film) []Film {
	ordered := slices.Clone(films)
	slices.SortFunc(ordered, func(a, b Film) int {
		return cmp.Or(boolean(a.Read)-boolean(b.Read), a.Arrived.Compare(b.Arrived), cmp.Compare(a.ID, b.ID))
	})
	return ordered
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Counts is what a worklist holds.
type Counts struct {
	Total, Read int
	// By counts unread films by band; their sum is Total less Read.
	By map[Band]int
	// Refused and Failed are the unread unclear films without a
	// probability.
	Refused, Failed int
	// Overdue films should have been read by now, and have not been.
	Overdue int
}

// Count counts a worklist's films.
func (p Policy) Count(films []Film, now time.Time) Counts {
	counts := Counts{Total: len(films), By: map[Band]int{}}
	for _, f := range films {
		if f.Read {
			counts.Read++
			continue
		}
		counts.By[p.Band(f)]++
		switch f.Outcome {
		case Refused:
			counts.Refused++
		case Failed:
			counts.Failed++
		}
		if now.After(p.Due(f)) {
			counts.Overdue++
		}
	}
	return counts
}

// Filter chooses what of a worklist is shown. The zero Filter shows all.
type Filter struct {
	// Bands are the bands to show; none: every one. Unclear films are
	// always shown: of what the model does not know, it can hide nothing.
	Bands []Band
	// Unread leaves out films that were read.
	Unread bool
	// LowestProbability leaves out judged films below it. Films that the
	// model did not judge stay.
	LowestProbability float64
}

// Apply returns the films that are shown, in their order, and how many unread
// ones are not: the caller has to say so.
func (p Policy) Apply(filter Filter, films []Film) (shown []Film, hiddenUnread int) {
	for _, f := range films {
		switch {
		case len(filter.Bands) > 0 && !slices.Contains(filter.Bands, p.Band(f)) && p.Band(f) != BandUnclear,
			filter.Unread && f.Read,
			f.Outcome == Judged && f.Probability < filter.LowestProbability:
			if !f.Read {
				hiddenUnread++
			}
		default:
			shown = append(shown, f)
		}
	}
	return shown, hiddenUnread
}

// Bin is a bar of a histogram: the films whose probability is at least Low
// and below High, or is High for the last bar.
type Bin struct {
	Low, High float64
	// Judged films stand by their probability, Uncertain ones do not.
	Judged, Uncertain int
}

// Histogram distributes films over n bars of equal width, and counts those
// that have no probability, which a picture has to show beside them.
func Histogram(films []Film, n int) (bins []Bin, without int) {
	bins = make([]Bin, max(n, 1))
	for k := range bins {
		bins[k].Low, bins[k].High = float64(k)/float64(len(bins)), float64(k+1)/float64(len(bins))
	}
	for _, f := range films {
		if f.Outcome != Judged && f.Outcome != Uncertain {
			without++
			continue
		}
		bin := &bins[min(int(bounded(f.Probability)*float64(len(bins))), len(bins)-1)]
		if f.Outcome == Judged {
			bin.Judged++
		} else {
			bin.Uncertain++
		}
	}
	return bins, without
}
