package screening

import (
	"sync"
	"time"

	"pneumolight/reading"
	"pneumolight/store"
)

// Progress is how far a job is.
type Progress struct {
	// Total is how many files there are, as far as is known: an archive
	// counts as one file until it has been gone through. Complete is true
	// once the whole folder has been.
	Total    int
	Complete bool
	// Done is how many files have their record; Earlier of them had it
	// before this run.
	Done, Earlier int
	// OK, Refused and Failed count this run's films by status, Duplicates
	// its files whose film had been met before.
	OK, Refused, Failed, Duplicates int
	// Rate is in files a second, over the last half minute; Left is the
	// time that the rest will take. Both are 0 where not known yet.
	Rate float64
	Left time.Duration
	// Elapsed is since the job began; Spent is where the workers and the
	// goroutines around them have spent their time.
	Elapsed time.Duration
	Spent   Spent
}

// Spent is time by stage, summed over the goroutines: finding files and
// looking them up in the journal, reading and digesting them, decoding,
// preparing them for the model, the model, and recording.
type Spent struct {
	Scan, Read, Decode, Prepare, Infer, Record time.Duration
}

type stage int

const (
	stageScan stage = iota
	stageRead
	stageDecode
	stagePrepare
	stageInfer
	stageRecord
	stages
)

// tally counts, for Progress.
type tally struct {
	mu       sync.Mutex
	start    time.Time
	progress Progress
	files    int // counted in the folder
	entries  int // come upon by the scan
	spent    [stages]time.Duration
	samples  []sample
}

// sample is how many files this run had done at a time.
type sample struct {
	at   time.Time
	done int
}

const (
	rateWindow  = 30 * time.Second
	sampleEvery = 500 * time.Millisecond
	reportEvery = 100 * time.Millisecond
)

func newTally(start time.Time) *tally {
	return &tally{start: start, samples: []sample{{start, 0}}}
}

func (t *tally) change(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
}

func (t *tally) counted()  { t.change(func() { t.files++ }) }
func (t *tally) found()    { t.change(func() { t.entries++ }) }
func (t *tally) complete() { t.change(func() { t.progress.Complete = true }) }

// earlier counts a file that had its record before this run.
func (t *tally) earlier() {
	t.change(func() {
		t.entries++
		t.progress.Earlier++
		t.progress.Done++
	})
}

// spend adds the time since start to a stage and returns it.
func (t *tally) spend(s stage, start time.Time) time.Duration {
	d := time.Since(start)
	t.change(func() { t.spent[s] += d })
	return d
}

func (t *tally) recorded(files []store.ScreenedFile) {
	t.change(func() {
		p := &t.progress
		p.Done += len(files)
		for _, file := range files {
			switch {
			case file.Film == nil:
				p.Duplicates++
			case file.Film.Status == string(reading.StatusOK):
				p.OK++
			case file.Film.Status == string(reading.StatusRefused):
				p.Refused++
			default:
				p.Failed++
			}
		}
	})
}

// snapshot is the progress now.
func (t *tally) snapshot() Progress {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	p := t.progress
	p.Total = max(t.files, t.entries)
	if p.Complete {
		p.Total = t.entries
	}
	p.Elapsed = now.Sub(t.start)
	p.Spent = Spent{
		Scan: t.spent[stageScan], Read: t.spent[stageRead], Decode: t.spent[stageDecode], Prepare: t.spent[stagePrepare],
		Infer: t.spent[stageInfer], Record: t.spent[stageRecord],
	}
	ours := p.Done - p.Earlier
	if now.Sub(t.samples[len(t.samples)-1].at) >= sampleEvery {
		t.samples = append(t.samples, sample{now, ours})
	}
	for len(t.samples) > 1 && now.Sub(t.samples[0].at) > rateWindow {
		t.samples = t.samples[1:]
	}
	first := t.samples[0]
	if passed := now.Sub(first.at).Seconds(); passed > 0 && ours > first.done {
		p.Rate = float64(ours-first.done) / passed
		p.Left = time.Duration(float64(max(p.Total-p.Done, 0)) / p.Rate * float64(time.Second))
	}
	return p
}

// report tells the job's Progress until the end, and then once more.
func (r *run) report(end <-chan struct{}) {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.Job.Progress(r.tally.snapshot())
		case <-end:
			r.Job.Progress(r.tally.snapshot())
			return
		}
	}
}
