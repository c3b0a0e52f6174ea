package triage_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pneumolight/triage"
)

var (
	policy = triage.Policy{Threshold: 0.3, LongestWait: 4 * time.Hour}
	eight  = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
)

func ids(films []triage.Film) string {
	var all []string
	for _, f := range films {
		all = append(all, f.ID)
	}
	return strings.Join(all, " ")
}

func judged(id string, probability float64, after time.Duration) triage.Film {
	return triage.Film{ID: id, Outcome: triage.Judged, Probability: probability, Arrived: eight.Add(after)}
}

func TestFilmsThatArriveTogetherAreOrderedByProbability(t *testing.T) {
	films := []triage.Film{judged("low", 0.02, 0), judged("high", 0.95, 0), judged("middle", 0.4, 0)}
	films = append(films, triage.Film{ID: "seen", Outcome: triage.Judged, Probability: 1, Arrived: eight, Read: true})
	if got := ids(policy.Order(films)); got != "high middle low seen" {
		t.Errorf("the order is %s", got)
	}
	if films[0].ID != "low" {
		t.Error("the caller's list was changed")
	}
}

func TestWhatTheModelDoesNotKnowIsNotPutBehindWhatItCallsNormal(t *testing.T) {
	for _, outcome := range []triage.Outcome{triage.Uncertain, triage.Refused, triage.Failed} {
		unknown := triage.Film{ID: "unknown", Outcome: outcome, Probability: 0.01, Arrived: eight}
		films := []triage.Film{judged("just below", 0.29, 0), unknown, judged("suspicious", 0.5, 0)}
		if got := ids(policy.Order(films)); got != "suspicious unknown just below" {
			t.Errorf("%s: the order is %s", outcome, got)
		}
		if band := policy.Band(unknown); band != triage.BandUnclear {
			t.Errorf("%s: band %s", outcome, band)
		}
	}
	broken := triage.Film{ID: "broken", Outcome: triage.Judged, Probability: math.NaN(), Arrived: eight}
	if got := ids(policy.Order([]triage.Film{judged("high", 0.9, 0), broken})); got != "broken high" {
		t.Errorf("a probability that is no number: %s", got)
	}
}

func TestNoFilmIsOvertakenByOneThatCameTooMuchLater(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	outcomes := []triage.Outcome{triage.Judged, triage.Judged, triage.Judged, triage.Uncertain, triage.Refused, triage.Failed}
	var films []triage.Film
	for k := range 500 {
		films = append(films, triage.Film{
			ID: strconv.Itoa(k), Outcome: outcomes[random.IntN(len(outcomes))], Probability: random.Float64(),
			Arrived: eight.Add(time.Duration(random.IntN(24*60)) * time.Minute),
		})
	}
	ordered := policy.Order(films)
	if len(ordered) != len(films) {
		t.Fatalf("%d films of %d", len(ordered), len(films))
	}
	overtaken := 0
	for k, later := range ordered {
		for _, earlier := range ordered[k+1:] {
			if head := later.Arrived.Sub(earlier.Arrived); head > policy.LongestWait {
				t.Fatalf("%s waits behind %s, which came %v later", earlier.ID, later.ID, head)
			} else if head > 0 {
				overtaken++
			}
		}
	}
	if overtaken == 0 {
		t.Error("no film was overtaken: the urgency has no effect")
	}
}

func TestAFilmOfNoUrgencyIsReadBeforeALaterUrgentOneOnceItsWaitIsOver(t *testing.T) {
	old := judged("old", 0, 0)
	if got := ids(policy.Order([]triage.Film{judged("urgent", 1, 3*time.Hour+59*time.Minute), old})); got != "urgent old" {
		t.Errorf("within its wait: %s", got)
	}
	if got := ids(policy.Order([]triage.Film{judged("urgent", 1, 4*time.Hour+time.Minute), old})); got != "old urgent" {
		t.Errorf("after its wait: %s", got)
	}
}

func worklist() []triage.Film {
	films := []triage.Film{
		judged("a", 0.9, 0), judged("b", 0.31, 0), judged("c", 0.1, 0), judged("d", 0.05, 3*time.Hour),
		{ID: "e", Outcome: triage.Uncertain, Probability: 0.35, Arrived: eight},
		{ID: "f", Outcome: triage.Refused, Arrived: eight},
		{ID: "g", Outcome: triage.Failed, Arrived: eight},
	}
	return append(films, triage.Film{ID: "h", Outcome: triage.Judged, Probability: 0.99, Arrived: eight, Read: true})
}

func TestCountsAddUp(t *testing.T) {
	counts := policy.Count(worklist(), eight.Add(3*time.Hour+45*time.Minute))
	sum := counts.Read
	for _, band := range triage.Bands() {
		sum += counts.By[band]
	}
	if sum != counts.Total || counts.Total != 8 || counts.Read != 1 || counts.By[triage.BandSuspicious] != 2 ||
		counts.By[triage.BandUnclear] != 3 || counts.By[triage.BandRoutine] != 2 || counts.Refused != 1 || counts.Failed != 1 {
		t.Errorf("%+v", counts)
	}
	// All that came at eight, c after 3 h 36 min; not d, which came at eleven.
	if counts.Overdue != 6 {
		t.Errorf("%d are overdue", counts.Overdue)
	}
}

func TestAFilterSaysWhatItHides(t *testing.T) {
	all := worklist()
	for _, c := range []struct {
		filter triage.Filter
		shown  string
		hidden int
	}{
		{triage.Filter{}, "a b c d e f g h", 0},
		{triage.Filter{Unread: true}, "a b c d e f g", 0},
		{triage.Filter{Bands: []triage.Band{triage.BandSuspicious}}, "a b e f g h", 2},
		{triage.Filter{LowestProbability: 0.5}, "a e f g h", 3},
	} {
		shown, hidden := policy.Apply(c.filter, all)
		if ids(shown) != c.shown || hidden != c.hidden {
			t.Errorf("%+v shows %s and hides %d", c.filter, ids(shown), hidden)
		}
	}
}

func TestEveryFilmHasAPlaceInTheHistogram(t *testing.T) {
	films := append(worklist(), judged("zero", 0, 0), judged("one", 1, 0))
	bins, without := triage.Histogram(films, 10)
	sum := without
	for _, bin := range bins {
		sum += bin.Judged + bin.Uncertain
	}
	if sum != len(films) || without != 2 || bins[0].Judged != 2 || bins[9].Judged != 3 || bins[3].Uncertain != 1 {
		t.Errorf("%d films of %d, %d without, %+v", sum, len(films), without, bins)
	}
	if !slices.IsSortedFunc(bins, func(a, b triage.Bin) int { return int(math.Round(1000 * (a.Low - b.Low))) }) {
		t.Error("the bars are not in order")
	}
}
