package lightbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"pneumolight/screening"
	"pneumolight/store"
)

// Screener screens folders and keeps what came of them.
type Screener interface {
	// Root is the folder that a path's screening is kept under.
	Root(path string) (string, error)
	// Screen takes a folder through the model, until it is through or ctx
	// ends. What was recorded is kept in all cases.
	Screen(ctx context.Context, order ScreenOrder) (screening.Progress, error)
	// Screenings lists what was screened, the newest first.
	Screenings(ctx context.Context) ([]store.ScreeningSummary, error)
	// Films gives each film of a screening to visit; paths are below the
	// screening's folder, and state is the first one's.
	Films(ctx context.Context, id int64, visit func(film store.ScreenedFilm, paths []string, state store.FileState) error) error
	// Reviewed gives visit the digests of the films that are reviewed.
	Reviewed(ctx context.Context, visit func(sha256 string)) error
}

// ScreenOrder is a screening to be done. Its functions are called from
// goroutines of the screener's, one call of each at a time.
type ScreenOrder struct {
	Folder string
	// Resume goes on with an earlier run; Watch goes on after the folder's
	// end with what arrives.
	Resume, Watch bool
	Pace          *screening.Pace
	// Begun tells the run's record before the first film.
	Begun func(store.ScreeningSummary)
	// Recorded tells what has just been kept.
	Recorded func([]store.ScreenedFile)
	Progress func(screening.Progress)
}

// ScreenState is how far the screening of a folder is.
type ScreenState int

// The states of a screening.
const (
	ScreenNone ScreenState = iota
	// ScreenAsked: a folder is chosen; the reader has not started yet.
	ScreenAsked
	ScreenRunning
	ScreenEnded
)

// Screen is the screening of a folder, as the reader follows it.
type Screen struct {
	State  ScreenState
	Folder string
	// Watch goes on after the folder's end.
	Watch bool
	// Earlier is a run over this folder by this model that was stopped; nil
	// where there is none.
	Earlier *store.ScreeningSummary
	// Run is the number of the run; 0 until it has begun.
	Run      int64
	Progress screening.Progress
	// Stopped is set where the reader ended it, Err where something else
	// did.
	Stopped bool
	Err     error
}

// screener is the state of a screening with what only the lightbox needs.
type screener struct {
	Screen
	pace   *screening.Pace
	cancel context.CancelFunc
	// touched is when the reader's hand last did something.
	touched time.Time
}

// handStill is how long after the hand's last movement a screening goes on.
const handStill = 700 * time.Millisecond

// Screen is the screening of a folder.
func (l *Lightbox) Screen() Screen { return l.screen.Screen }

// AskScreen chooses a folder to be screened, and looks for an earlier run that
// was stopped. While one is under way it only says so.
func (l *Lightbox) AskScreen(folder string) {
	if l.screen.State == ScreenRunning {
		l.say(NoticeQuiet, l.text("A screening is under way: stop it first."))
		return
	}
	screener := l.services.Screener
	if l.logErr != nil {
		l.say(NoticeError, l.text("The log could not be opened, and a screening is kept in the log."))
		return
	}
	l.start(TaskScreen, l.text("Looking for an earlier screening…"), func(ctx context.Context) func() {
		root, err := screener.Root(folder)
		var runs []store.ScreeningSummary
		var model string
		if err == nil {
			runs, err = screener.Screenings(ctx)
		}
		if err == nil {
			info, modelErr := l.services.Analyser.Model(ctx)
			model, err = info.SHA256, modelErr
		}
		return func() {
			if err != nil {
				l.complain(err)
				return
			}
			l.screen = l.screen.next(Screen{State: ScreenAsked, Folder: folder})
			// The run that got farthest is the one that is resumed.
			for _, run := range runs {
				farthest := l.screen.Earlier
				if run.Folder == root && run.ModelSHA256 == model && run.FinishedAt.IsZero() && run.Files > 0 &&
					(farthest == nil || run.Files > farthest.Files) {
					l.screen.Earlier = &run
				}
			}
			l.changed(ChangedScreen)
		}
	})
}

// next keeps what one screening leaves to the next.
func (s screener) next(screen Screen) screener { return screener{Screen: screen, touched: s.touched} }

// SetWatch chooses whether the screening goes on with what arrives.
func (l *Lightbox) SetWatch(watch bool) {
	if l.screen.State == ScreenAsked {
		l.screen.Watch = watch
		l.changed(ChangedScreen)
	}
}

// StartScreen screens the chosen folder, or goes on with its earlier run. What
// it finds fills the triage.
func (l *Lightbox) StartScreen(resume bool) {
	if l.screen.State != ScreenAsked && l.screen.State != ScreenEnded || l.logErr != nil {
		return
	}
	ctx, cancel := context.WithCancel(l.ctx)
	pace := screening.NewPace()
	l.screen = l.screen.next(Screen{State: ScreenRunning, Folder: l.screen.Folder, Watch: l.screen.Watch})
	l.screen.pace, l.screen.cancel = pace, cancel
	order := ScreenOrder{
		Folder: l.screen.Folder, Resume: resume, Watch: l.screen.Watch, Pace: pace,
		Begun: func(run store.ScreeningSummary) {
			l.post(func() {
				l.screen.Run = run.ID
				// Nobody waits for it, and Esc must not end what is to be
				// filled.
				l.loadTriage(run, "")
				l.changed(ChangedScreen)
			})
		},
		Recorded: func(files []store.ScreenedFile) {
			files = slices.Clone(files) // the recorder uses its slice again
			l.post(func() { l.triageRecorded(files) })
		},
		Progress: func(p screening.Progress) {
			l.post(func() {
				l.screen.Progress = p
				l.setPace()
				l.changed(ChangedScreen)
			})
		},
	}
	l.start(TaskScreen, "", func(context.Context) func() {
		defer cancel()
		done, err := l.services.Screener.Screen(ctx, order)
		stopped := ctx.Err() != nil
		return func() {
			l.screen.State, l.screen.Progress = ScreenEnded, done
			l.screen.Stopped = stopped
			if !stopped || !errors.Is(err, context.Canceled) {
				l.screen.Err = err
			}
			l.changed(ChangedScreen)
		}
	})
	l.changed(ChangedScreen)
}

// StopScreen ends the screening; what is done is kept.
func (l *Lightbox) StopScreen() {
	if l.screen.State == ScreenRunning {
		l.screen.cancel()
	}
}

// DismissScreen takes away what is said of a screening that is not under way.
func (l *Lightbox) DismissScreen() {
	if l.screen.State == ScreenAsked || l.screen.State == ScreenEnded {
		l.screen = l.screen.next(Screen{})
		l.changed(ChangedScreen)
	}
}

// attend notes that the reader's hand moves the film or the place in a list.
func (l *Lightbox) attend(what Change) {
	if what&(ChangedLook|ChangedPlace) != 0 {
		l.Attend()
	}
}

// Attend has a screening rest while the reader's hand is at work, so that the
// window answers it at once.
func (l *Lightbox) Attend() {
	l.screen.touched = l.now()
	l.setPace()
}

// setPace has the screening rest while the reader's hand is at work.
func (l *Lightbox) setPace() {
	if l.screen.pace == nil {
		return
	}
	workers := -1 // all
	if l.now().Sub(l.screen.touched) < handStill {
		workers = 0
	}
	l.screen.pace.Allow(workers)
}

// LoadScreenings hands the list of what was screened to show.
func (l *Lightbox) LoadScreenings(show func([]store.ScreeningSummary)) {
	if l.logErr != nil {
		l.say(NoticeError, l.text("The log could not be opened, and a screening is kept in the log."))
		return
	}
	l.start(TaskScreenings, l.text("Reading the log…"), func(ctx context.Context) func() {
		runs, err := l.services.Screener.Screenings(ctx)
		return func() {
			if err != nil {
				l.complain(err)
				return
			}
			show(runs)
		}
	})
}
