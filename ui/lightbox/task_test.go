package lightbox

import (
	"testing"
	"time"
)

func TestWorkTellsHowLongItWillTake(t *testing.T) {
	begun := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		done, total int
		want        Work
	}{
		{0, 0, Work{}},
		{25, 100, Work{Done: 25, Total: 100, Left: 30 * time.Second}},
		{25, 0, Work{Done: 25}},
		{120, 100, Work{Done: 120}}, // an archive held more than was counted
	} {
		j := job{begun: begun, done: c.done, total: c.total}
		if got := j.work(begun.Add(10 * time.Second)); got != c.want {
			t.Errorf("%d of %d: %+v, want %+v", c.done, c.total, got, c.want)
		}
	}
}
