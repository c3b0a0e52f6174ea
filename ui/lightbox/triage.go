package lightbox

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
	"pneumolight/triage"
)

// Triaged is a screened film in the order in which it should be read. Its ID
// is its path below the screening's folder.
type Triaged struct {
	triage.Film
	// Reason is why the film was refused, failed or is doubtful.
	Reason string
	// Reviewed is whether the log has a review of it. Film.Read, which the
	// order goes by, is whether it had one when the list was opened, so that
	// saving a review does not move the film away.
	Reviewed bool
	// Hidden is set where the model waits for the reader's first impression
	// of the film: nothing is to be shown of what it says.
	Hidden bool
	// Path is where the film can be opened.
	Path string

	sha256 string
}

// TriageView is what of a triage is shown. While the model waits for first
// impressions, the films are in the order in which they came and not by its
// judgement, of which the filter, the counts and the bins say nothing either.
type TriageView struct {
	Policy triage.Policy
	Filter triage.Filter
	Counts triage.Counts
	// Hidden is how many unread films the filter hides.
	Hidden int
	// Bins distribute all films over the probability; Without have none.
	Bins    []triage.Bin
	Without int

	rows []string // the IDs of what is shown, in order
}

// triageBins is how finely the distribution is drawn.
const triageBins = 50

// triaging is the worklist of a screening.
type triaging struct {
	run    store.ScreeningSummary
	films  []Triaged
	places map[string]int // in films, by ID
	// reviewed are the digests of what the log had reviews of when the
	// triage was opened.
	reviewed map[string]bool
	view     TriageView
	// dirty is set while the view does not show what films hold.
	dirty bool
	// leading is set while the list of the lightbox is the triage's.
	leading bool
}

// refreshShare bounds the time that a growing triage takes to put in order:
// one part in so many.
const refreshShare = 10

// Triage is the worklist that is open; ok is false where there is none. Run
// says which screening it is of.
func (l *Lightbox) Triage() (view TriageView, run store.ScreeningSummary, ok bool) {
	return l.triage.view, l.triage.run, l.triage.run.ID != 0
}

// TriageRows is how many films are shown.
func (l *Lightbox) TriageRows() int { return len(l.triage.view.rows) }

// TriageRow is a film that is shown, in the order in which it should be read.
func (l *Lightbox) TriageRow(row int) (film Triaged, ok bool) {
	if row < 0 || row >= len(l.triage.view.rows) {
		return Triaged{}, false
	}
	film = l.triage.films[l.triage.places[l.triage.view.rows[row]]]
	judged := film.Outcome == triage.Judged || film.Outcome == triage.Uncertain
	film.Hidden = l.blind && judged && !l.seen(pictured{film.sha256, 1})
	return film, true
}

// OpenTriage makes a worklist of a screening.
func (l *Lightbox) OpenTriage(run store.ScreeningSummary) {
	l.loadTriage(run, l.text("Reading the screening…"))
}

// loadTriage makes a worklist of a screening. It is shown as work under way, to
// be cancelled, only where it has a label.
func (l *Lightbox) loadTriage(run store.ScreeningSummary, label string) {
	policy := triage.Policy{Threshold: run.Threshold, LongestWait: l.triage.view.Policy.LongestWait}
	if policy.LongestWait == 0 {
		policy.LongestWait = triage.DefaultLongestWait
	}
	l.stop(TaskTriage)
	l.triage = triaging{run: run, places: map[string]int{}, view: TriageView{Policy: policy}}
	l.operating.Threshold = run.Threshold
	l.changed(ChangedTriage)
	l.start(TaskTriageLoad, label, func(ctx context.Context) func() {
		reviewed := map[string]bool{}
		err := l.services.Screener.Reviewed(ctx, func(sha256 string) { reviewed[sha256] = true })
		var films []Triaged
		if err == nil {
			err = l.services.Screener.Films(ctx, run.ID, func(film store.ScreenedFilm, paths []string, state store.FileState) error {
				films = append(films, triaged(run, film, paths[0], state))
				return ctx.Err()
			})
		}
		return func() {
			if err != nil {
				l.complain(err)
				return
			}
			newer := l.triage.films // what was recorded meanwhile
			l.triage.films, l.triage.places, l.triage.reviewed = nil, map[string]int{}, reviewed
			for _, film := range slices.Concat(films, newer) {
				l.triage.put(film)
			}
			l.refreshTriage()
		}
	})
}

// put adds a film, or its newer result.
func (t *triaging) put(film Triaged) {
	film.Reviewed = film.Reviewed || t.reviewed[film.sha256]
	film.Read = film.Read || t.reviewed[film.sha256]
	if at, known := t.places[film.ID]; known {
		if t.films[at].sha256 == film.sha256 {
			film.Arrived = t.films[at].Arrived
		}
		t.films[at] = film
		return
	}
	t.places[film.ID] = len(t.films)
	t.films = append(t.films, film)
}

// triageRecorded takes up what a screening has just found.
func (l *Lightbox) triageRecorded(files []store.ScreenedFile) {
	if l.triage.run.ID == 0 || l.triage.run.ID != l.screen.Run {
		return // the reader has another screening open
	}
	for _, file := range files {
		if file.Film != nil { // else another copy of a film
			l.triage.put(triaged(l.triage.run, *file.Film, file.Path, file.FileState))
		}
	}
	l.refreshTriage()
}

// triaged is a screened film as triage sees it.
func triaged(run store.ScreeningSummary, film store.ScreenedFilm, path string, state store.FileState) Triaged {
	t := Triaged{
		Film:   triage.Film{ID: path, Outcome: triage.Failed, Arrived: arrived(run, film, state)},
		Reason: film.Reason, sha256: film.SHA256, Path: run.Folder + string(filepath.Separator) + path,
	}
	switch reading.Status(film.Status) {
	case reading.StatusOK:
		t.Outcome = triage.Judged
		if film.Call == string(inference.CallUncertain) {
			t.Outcome = triage.Uncertain
		}
		t.Probability = *film.Probability
	case reading.StatusRefused:
		t.Outcome = triage.Refused
	}
	return t
}

// arrived is when a film began to wait. All that lay in the folder when the
// screening was first begun came together, whatever order it was read in.
func arrived(run store.ScreeningSummary, film store.ScreenedFilm, state store.FileState) time.Time {
	at := run.StartedAt
	if state.Arrived.After(at) {
		at = state.Arrived
	}
	if film.ScreenedAt.Before(at) {
		at = film.ScreenedAt // a clock was wrong
	}
	return at
}

// SetTriageFilter chooses what of the triage is shown. The order takes up what
// was reviewed meanwhile.
func (l *Lightbox) SetTriageFilter(f triage.Filter) {
	l.triage.view.Filter = f
	for k := range l.triage.films {
		l.triage.films[k].Read = l.triage.films[k].Reviewed
	}
	l.refreshTriage()
}

// SetLongestWait caps how long the least urgent film can be overtaken.
func (l *Lightbox) SetLongestWait(wait time.Duration) {
	l.triage.view.Policy.LongestWait = wait
	l.refreshTriage()
}

// refreshTriage puts the worklist in order, away from the screen. Changes that
// come meanwhile wait for the next time.
func (l *Lightbox) refreshTriage() {
	if l.triage.run.ID == 0 {
		return
	}
	if l.Busy(TaskTriage) {
		l.triage.dirty = true
		return
	}
	l.triage.dirty = false
	films, reviewed := make([]triage.Film, len(l.triage.films)), make([]bool, len(l.triage.films))
	for k, film := range l.triage.films {
		films[k], reviewed[k] = film.Film, film.Reviewed
	}
	policy, filter, blind, now := l.triage.view.Policy, l.triage.view.Filter, l.blind, l.now()
	l.start(TaskTriage, "", func(ctx context.Context) func() {
		begun := time.Now()
		view := newTriageView(policy, filter, blind, films, reviewed, now)
		took := time.Since(begun)
		return func() {
			view.Policy, view.Filter = l.triage.view.Policy, l.triage.view.Filter
			l.triage.view = view
			if l.triage.leading {
				l.lead(l.filmPath)
			}
			l.changed(ChangedTriage)
			if l.triage.dirty {
				time.AfterFunc(refreshShare*took, func() {
					l.post(func() {
						if l.triage.dirty {
							l.refreshTriage()
						}
					})
				})
			}
		}
	})
}

func newTriageView(policy triage.Policy, filter triage.Filter, blind bool, films []triage.Film, reviewed []bool, now time.Time) TriageView {
	var view TriageView
	var ordered []triage.Film
	if blind {
		ordered, filter = triage.ByArrival(films), triage.Filter{Unread: filter.Unread}
	} else {
		ordered = policy.Order(films)
		view.Bins, view.Without = triage.Histogram(films, triageBins)
	}
	shown, hidden := policy.Apply(filter, ordered)
	view.Hidden, view.rows = hidden, make([]string, len(shown))
	for k, film := range shown {
		view.rows[k] = film.ID
	}
	for k := range films { // the order is made: what was read since counts now
		films[k].Read = reviewed[k]
	}
	view.Counts = policy.Count(films, now)
	if blind {
		view.Counts = triage.Counts{Total: view.Counts.Total, Read: view.Counts.Read}
	}
	return view
}

// ShowTriaged puts a film of the triage on the box. From then on the films
// before and after it are those of the triage.
func (l *Lightbox) ShowTriaged(row int) {
	film, ok := l.TriageRow(row)
	if !ok {
		return
	}
	if !l.triage.leading {
		l.stop(TaskScan)
		l.stop(TaskThumbnail)
		l.place = -1
		l.ahead, l.thumbnails, l.backwards = nil, thumbnails{}, false
	}
	l.together(func() {
		l.lead(film.Path)
		l.Show(row)
	})
}

// lead makes the triage's order the list's, with the place at a path.
func (l *Lightbox) lead(path string) {
	t := &l.triage
	progress := map[string]Progress{}
	for _, film := range l.list {
		if film.Progress != Unread {
			progress[film.Path] = film.Progress
		}
	}
	list, place := make([]Listed, len(t.view.rows)), -1
	for row, id := range t.view.rows {
		film := t.films[t.places[id]]
		list[row] = Listed{Path: film.Path, Failed: film.Outcome == triage.Failed, Progress: progress[film.Path]}
		if film.Reviewed {
			list[row].Progress = Reviewed
		}
		if film.Path == path {
			place = row
		}
	}
	t.leading = true
	l.list, l.place = list, place
	l.filter, l.wanted, l.shelf = Filter{}, nil, inOneRow(list, filepath.Base(t.run.Folder))
	l.changed(ChangedList | ChangedPlace)
}

// inOneRow shelves films in the order in which they are listed, whatever study
// they are of.
func inOneRow(list []Listed, folder string) shelf {
	all := &Study{Folder: folder, Number: 1, Films: make([]int, len(list))}
	for place := range list {
		all.Films[place], list[place].study = place, all
	}
	s := shelf{patients: []*shelved{{studies: []*Study{all}}}, studies: 1}
	s.arrange(nil)
	return s
}

// triageReviewed marks a film of the triage as reviewed.
func (l *Lightbox) triageReviewed(path string) {
	t := &l.triage
	id, below := strings.CutPrefix(path, t.run.Folder+string(filepath.Separator))
	at, known := t.places[id]
	if !below || !known || t.films[at].Reviewed {
		return
	}
	t.films[at].Reviewed = true
	l.changed(ChangedTriage)
}
