package lightbox

import (
	"context"
	"runtime"
	"time"
)

// Task is a kind of work that is done away from the screen.
type Task int

// The tasks. There is at most one of each at a time; a new one takes the
// place of the old.
const (
	TaskModel Task = iota
	TaskRead
	// TaskFrame reads another frame of the film on the box.
	TaskFrame
	TaskAnalyse
	TaskScan
	TaskLookup
	TaskSave
	// TaskAhead reads the neighbours of the film on the box.
	TaskAhead
	TaskThumbnail
	TaskPrior
	TaskReviews
	// TaskKnown asks the log which films are reviewed.
	TaskKnown
	// TaskScreen takes a folder through the model.
	TaskScreen
	TaskScreenings
	TaskTriageLoad
	TaskTriage
	TaskReport
	TaskExport
	// TaskLog waits until the log is open.
	TaskLog
	TaskBackup
	// TaskRevisit looks for a film that was reviewed.
	TaskRevisit
	tasks
)

// patience is how long work may take before its progress is shown, so that
// quick work does not make the screen flicker.
const patience = 150 * time.Millisecond

// job is one piece of work under way.
type job struct {
	number int // tells this job from those of its kind before it
	cancel context.CancelFunc
	label  string
	slow   bool
	begun  time.Time
	// done of total are counted, where total is not 0.
	done, total int
}

// start runs work in place of any of its kind. What work returns is called on
// the screen's goroutine, unless the job was cancelled or replaced meanwhile.
func (l *Lightbox) start(task Task, label string, work func(ctx context.Context) (finish func())) {
	l.stop(task)
	ctx, cancel := context.WithCancel(l.ctx)
	l.jobs++
	number := l.jobs
	l.running[task] = &job{number: number, cancel: cancel, label: label, begun: l.now()}
	var slow *time.Timer
	if label != "" {
		slow = time.AfterFunc(patience, func() {
			l.post(func() {
				if j := l.running[task]; j != nil && j.number == number {
					j.slow = true
					l.changed(ChangedProgress)
				}
			})
		})
	}
	l.group.Go(func() {
		defer l.passPanicOn()
		finish := work(ctx)
		if slow != nil {
			slow.Stop()
		}
		l.post(func() {
			j := l.running[task]
			if j == nil || j.number != number {
				return
			}
			l.running[task] = nil
			l.together(func() {
				if finish != nil {
					finish()
				}
				l.changed(ChangedProgress)
			})
			cancel()
		})
	})
}

// Broken is a panic of a task, which is passed on to the screen's goroutine:
// there, one place ends the program with a message.
type Broken struct {
	Value any
	// Stack is the task's, as runtime.Callers gives it.
	Stack []uintptr
}

func (l *Lightbox) passPanicOn() {
	if value := recover(); value != nil {
		var stack [64]uintptr
		broken := Broken{value, stack[:runtime.Callers(2, stack[:])]}
		l.post(func() { panic(broken) })
	}
}

// stop cancels a task and drops its result.
func (l *Lightbox) stop(task Task) {
	if j := l.running[task]; j != nil {
		j.cancel()
		l.running[task] = nil
		l.changed(ChangedProgress)
	}
}

// Busy reports whether a task is under way.
func (l *Lightbox) Busy(task Task) bool { return l.running[task] != nil }

// Work is what has been under way long enough to be shown.
type Work struct {
	// Label says what is done; it is empty where there is nothing to show.
	Label string
	// Done is how far it has come, of Total where that is known; both are 0
	// where nothing is counted.
	Done, Total int
	// Left is how long it will take from now; 0 where that is not known.
	Left time.Duration
}

// Work is what to show of the work under way.
func (l *Lightbox) Work() Work {
	if task := l.shown(); task < tasks {
		return l.running[task].work(l.now())
	}
	return Work{}
}

// shown is the task whose progress is shown; tasks where there is none. What
// the reader waits for and can cancel comes before what goes on beside it.
func (l *Lightbox) shown() Task {
	shown := tasks
	for k, j := range l.running {
		task := Task(k)
		if j == nil || !j.slow {
			continue
		}
		if !task.beside() {
			return task
		}
		if shown == tasks || task == TaskSave {
			shown = task
		}
	}
	return shown
}

// beside reports whether the reader does not wait for a task: the search for
// films and the saving of a review go on beside the reading.
func (t Task) beside() bool { return t == TaskScan || t == TaskSave }

func (j *job) work(now time.Time) Work {
	w := Work{Label: j.label, Done: j.done, Total: j.total}
	switch {
	case w.Done > w.Total: // there is more in it than could be counted
		w.Total = 0
	case w.Done > 0:
		w.Left = now.Sub(j.begun) / time.Duration(w.Done) * time.Duration(w.Total-w.Done)
	}
	return w
}

// advance counts how far work has come.
func (l *Lightbox) advance(task Task, done, total int) {
	if j := l.running[task]; j != nil {
		j.done, j.total = done, total
		l.changed(ChangedProgress)
	}
}

// Awaited reports whether the reader waits for the work that is shown.
func (l *Lightbox) Awaited() bool { return l.shown() < tasks && !l.shown().beside() }

// CanCancel reports whether Cancel would stop the work that is shown.
func (l *Lightbox) CanCancel() bool { return l.shown() < tasks && l.shown() != TaskSave }

// Cancel stops the work whose progress is shown, and reports whether there was
// any. A review that is being saved is not stopped: it will be in the log.
func (l *Lightbox) Cancel() bool {
	if !l.CanCancel() {
		return false
	}
	task := l.shown()
	l.stop(task)
	switch task {
	case TaskScan:
		l.warn(l.text("The search was cancelled; the list has what was found."))
	case TaskRead:
		l.say(NoticeQuiet, l.text("Opening was cancelled."))
		l.changed(ChangedFilm)
		l.readAhead()
	case TaskFrame:
		l.frame = l.film.Frame
	case TaskAnalyse:
		l.outcome = Outcome{State: AnalysisCancelled}
		l.changed(ChangedAnalysis)
	case TaskTriageLoad:
		l.triage = triaging{view: TriageView{Policy: l.triage.view.Policy}}
		l.changed(ChangedTriage)
	}
	return true
}

// Close cancels everything and waits for it to end.
func (l *Lightbox) Close() {
	l.end()
	l.group.Wait()
}
