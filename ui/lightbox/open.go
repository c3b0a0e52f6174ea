package lightbox

import (
	"context"
	"errors"
	"sync/atomic"

	"pneumolight/dicomio"
	"pneumolight/store"
)

// Open puts files, folders or archives on the list in place of what was
// there, and the first film of them on the box as soon as it is found. Where
// there is none, what was open stays.
func (l *Lightbox) Open(paths ...string) {
	if len(paths) == 0 {
		return
	}
	l.moveOn()
	l.learn()
	l.opening = paths
	fresh := true
	// A batch of what was found travels to the screen at a time, so that a
	// large folder does not keep it busy.
	type found struct {
		entries []Listed
		failed  error
		other   error // why a file is not a film
		others  int   // how many are not
	}
	l.start(TaskScan, l.text("Looking for films…"), func(ctx context.Context) func() {
		var batch []Listed
		sent := l.now()
		first := true
		seen := 0
		total := l.count(ctx, paths)
		flush := func() {
			entries, done := batch, seen
			batch = nil
			l.post(func() {
				if ctx.Err() != nil {
					return
				}
				l.advance(TaskScan, done, int(total.Load()))
				if len(entries) > 0 {
					l.add(entries, fresh)
					fresh = false
				}
			})
			sent, first = l.now(), false
		}
		var rest found
		for _, path := range paths {
			err := l.services.Films.Scan(ctx, path, func(e dicomio.Entry) error {
				seen++
				if errors.Is(e.Err, dicomio.ErrNotAFilm) || errors.Is(e.Err, dicomio.ErrNoPixels) {
					// Folders hold more than films; it is only worth
					// saying where there is no film at all.
					rest.other, rest.others = e.Err, rest.others+1
				} else {
					batch = append(batch, listed(e))
				}
				if first && len(batch) > 0 || len(batch) >= 500 || l.now().Sub(sent) > patience {
					flush()
				}
				return ctx.Err()
			})
			if err != nil && ctx.Err() == nil {
				rest.failed = err
			}
		}
		rest.entries = batch
		return func() {
			l.add(rest.entries, fresh)
			fresh = fresh && len(rest.entries) == 0
			switch {
			case rest.failed != nil:
				l.complain(rest.failed)
			case fresh && len(paths) == 1 && rest.others == 1:
				l.complain(rest.other)
			case fresh:
				l.say(NoticeError, l.text("There are no films in what was opened."))
			}
		}
	})
}

// count counts the files under paths beside the search, which takes far longer
// for each of them. The count is 0 until it is known.
func (l *Lightbox) count(ctx context.Context, paths []string) *atomic.Int64 {
	var total atomic.Int64
	l.group.Go(func() {
		n := 0
		for _, path := range paths {
			files, err := l.services.Films.Count(ctx, path)
			if err != nil {
				return // the search says what is wrong
			}
			n += files
		}
		total.Store(int64(n))
	})
	return &total
}

// add appends to the list, or begins a fresh one and shows its first film.
func (l *Lightbox) add(entries []Listed, fresh bool) {
	if len(entries) == 0 {
		return
	}
	if fresh {
		l.keepDraft()
		l.list, l.place = nil, -1
		l.filter, l.wanted, l.shelf = Filter{}, nil, shelf{}
		l.ahead, l.thumbnails, l.backwards = nil, thumbnails{}, false
		l.stop(TaskThumbnail)
		l.opened, l.triage.leading = l.opening, false
	}
	from := len(l.list)
	l.list = append(l.list, entries...)
	for place := from; place < len(l.list); place++ {
		l.shelf.take(place, l.list)
		l.recognise(place)
	}
	l.sift()
	l.shelf.arrange(l.wanted)
	if l.place < 0 {
		l.Show(0)
	}
	l.changed(ChangedList)
}

// List is what was found, in the order of reading; Place is the film on the
// box in it, -1 where there is none.
func (l *Lightbox) List() []Listed { return l.list }

// Place is the index in the list of the film on the box.
func (l *Lightbox) Place() int { return l.place }

// Show puts a film of the list on the box.
func (l *Lightbox) Show(place int) {
	if place >= 0 && place < len(l.list) {
		l.together(func() { l.show(place) })
	}
}

func (l *Lightbox) show(place int) {
	l.keepDraft()
	if l.film != nil && l.place >= 0 {
		left := l.loadedFilm // likely a neighbour of the film to come
		l.keepAhead(l.filmPath, &left)
	}
	l.backwards = place < l.place
	l.place = place
	l.unfold(place)
	l.changed(ChangedPlace)
	path := l.list[place].Path
	ready := l.ahead[path]
	l.clear(path)
	delete(l.ahead, path)
	if ready != nil && ready.by == l.firstWindow {
		l.put(ready)
		return
	}
	l.load(TaskRead, l.text("Opening the film…"), path, 1, l.put, func(err error) {
		l.filmErr = err
		l.setFailed(l.place, path, true)
		l.progress(l.place, path, Seen)
		l.complain(err)
		l.changed(ChangedFilm)
		l.readAhead()
	})
}

// clear takes the film off the box, before another one is put on it. The old
// picture must not stand beside a new film's name.
func (l *Lightbox) clear(path string) {
	for _, task := range []Task{TaskRead, TaskFrame, TaskAhead, TaskAnalyse, TaskLookup} {
		l.stop(task)
	}
	l.moveOn()
	l.keepMeasured()
	l.DropPrior()
	l.CloseReport()
	l.loadedFilm, l.filmErr, l.filmPath = loadedFilm{}, nil, path
	l.look, l.values, l.unseen = Look{}, nil, nil
	l.retable()
	l.history, l.held, l.drawing = history{}, nil, nil
	l.lens, l.mirror = nil, nil
	l.outcome, l.heat = Outcome{}, nil
	l.review = Review{}
	l.changed(ChangedFilm | ChangedLook | ChangedAnalysis | ChangedReview)
}

// put shows a film that was read, has it analysed and looks its review up.
func (l *Lightbox) put(loaded *loadedFilm) {
	l.loadedFilm, l.frame = *loaded, loaded.film.Frame
	l.look.Marks, l.look.ByHand = l.measured.marks[l.pictured()], l.measured.byHand[l.scanned()]
	l.firstLook()
	l.changed(ChangedFilm)
	if l.width > 0 {
		l.unseen = make(chan struct{})
	}
	l.review = l.drafts[l.draftKey()]
	l.review.Impression = l.impressions[l.pictured()]
	l.keepThumbnail(l.filmPath, loaded.small)
	l.setFailed(l.place, l.filmPath, false)
	l.progress(l.place, l.filmPath, Seen)
	l.services.Log.Record(store.FilmOpened(l.film.SHA256, l.film.Frame))
	l.lookup()
	l.analyse(false)
	l.readAhead()
	l.goOn()
}
