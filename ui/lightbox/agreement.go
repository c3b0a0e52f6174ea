package lightbox

import (
	"context"
	"math"
	"slices"
	"strings"

	"pneumolight/store"
)

// Agreement is how often the reader agreed with one version of the model in
// one month.
type Agreement struct {
	// Month is YYYY-MM, of the review, in local time.
	Month string
	// Model is the model's name and version.
	Model string
	// Agreed and Disagreed count films by their latest review; Uncertain
	// ones are neither.
	Agreed, Disagreed, Uncertain int
}

// Rate is the share of agreement among the films on which the reader took a
// side; ok is false where there is none.
func (a Agreement) Rate() (rate float64, ok bool) {
	n := a.Agreed + a.Disagreed
	if n == 0 {
		return 0, false
	}
	return float64(a.Agreed) / float64(n), true
}

// Interval is the rate's 95 % interval after Wilson (1927), which holds for
// few films and for rates near 0 and 1, too.
func (a Agreement) Interval() (low, high float64) {
	n := float64(a.Agreed + a.Disagreed)
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	p := float64(a.Agreed) / n
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(middle-half, 0), min(middle+half, 1)
}

// Reviews is what the log tells of the reader and the model over time.
type Reviews struct {
	// Agreements are by month and model, in this order.
	Agreements []Agreement
	// Disagreements are the cases to look at again, the newest first. One
	// whose call the reader must not see yet has none, and no finding or note.
	Disagreements []store.Case
}

// Total is a model's sum over all months, of which it names none.
func (r Reviews) Total(model string) Agreement {
	total := Agreement{Model: model}
	for _, a := range r.Agreements {
		if a.Model == model {
			total.Agreed += a.Agreed
			total.Disagreed += a.Disagreed
			total.Uncertain += a.Uncertain
		}
	}
	return total
}

// mostDisagreements bounds the list of disagreements.
const mostDisagreements = 500

// LoadReviews reads the log and hands what it tells to show.
func (l *Lightbox) LoadReviews(show func(Reviews)) {
	log, blind := l.services.Log, l.blind
	l.start(TaskReviews, l.text("Reading the log…"), func(ctx context.Context) func() {
		reviews, err := countReviews(ctx, log)
		seen := map[pictured]bool{}
		for _, c := range reviews.Disagreements {
			if err == nil && blind {
				film := pictured{c.Film.SHA256, c.Film.Frame}
				_, seen[film], err = log.FirstImpression(ctx, film.sha256, film.frame)
			}
		}
		return func() {
			if err != nil {
				l.complain(err)
				return
			}
			for k, c := range reviews.Disagreements {
				if film := (pictured{c.Film.SHA256, c.Film.Frame}); blind && !seen[film] && !l.seen(film) {
					reviews.Disagreements[k] = withheld(c)
				}
			}
			show(reviews)
		}
	})
}

// withheld is a case without what tells of the model's call, for a reader whose
// first impression of the film it still waits for.
func withheld(c store.Case) store.Case {
	return store.Case{
		Film: c.Film, Path: c.Path, Model: store.Model{Name: c.Model.Name, Version: c.Model.Version},
		Review: store.Review{Verdict: c.Review.Verdict, ReviewedAt: c.Review.ReviewedAt},
	}
}

func countReviews(ctx context.Context, log CaseLog) (Reviews, error) {
	type key struct{ month, model string }
	counts := map[key]*Agreement{}
	var reviews Reviews
	err := log.Cases(ctx, false, func(c store.Case) error {
		k := key{c.Review.ReviewedAt.Local().Format("2006-01"), c.Model.Name + " " + c.Model.Version}
		if counts[k] == nil {
			counts[k] = &Agreement{Month: k.month, Model: k.model}
		}
		switch c.Review.Verdict {
		case store.VerdictAgree:
			counts[k].Agreed++
		case store.VerdictDisagree:
			counts[k].Disagreed++
			reviews.Disagreements = append(reviews.Disagreements, c)
		case store.VerdictUncertain:
			counts[k].Uncertain++
		}
		return ctx.Err()
	})
	if err != nil {
		return Reviews{}, err
	}
	for _, a := range counts {
		reviews.Agreements = append(reviews.Agreements, *a)
	}
	slices.SortFunc(reviews.Agreements, func(a, b Agreement) int {
		if c := strings.Compare(a.Month, b.Month); c != 0 {
			return c
		}
		return strings.Compare(a.Model, b.Model)
	})
	slices.Reverse(reviews.Disagreements)
	reviews.Disagreements = reviews.Disagreements[:min(len(reviews.Disagreements), mostDisagreements)]
	return reviews, nil
}
