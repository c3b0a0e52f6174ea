package lightbox

import (
	"context"
	"sync"
	"time"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/render"
	"pneumolight/report"
)

// Change says what is no longer as it was.
type Change int

// The changes, as a set of bits.
const (
	ChangedFilm     Change = 1 << iota // another film, or none
	ChangedLook                        // window, view, marks, tool
	ChangedAnalysis                    // the model, its outcome, the heat map
	ChangedReview                      // verdict, note, earlier review
	ChangedList                        // the list of films
	ChangedPlace                       // the place in it
	ChangedNotice                      // the message
	ChangedProgress                    // the work under way
	ChangedRows                        // what is shown of listed films
	ChangedPrior                       // the film beside the one on the box
	ChangedScreen                      // the screening of a folder
	ChangedTriage                      // the order of what was screened
	ChangedReport                      // the report that is being written
	ChangedExport                      // the export
)

// NoticeKind is how loudly a message is shown.
type NoticeKind int

// The kinds of message.
const (
	NoticeNone NoticeKind = iota
	NoticeQuiet
	NoticeError
)

// Notice is one sentence for the reader.
type Notice struct {
	Kind NoticeKind
	Text string
}

// Options are what the lightbox needs of its surroundings.
type Options struct {
	// Post runs a function on the screen's goroutine, later.
	Post func(func())
	// Changed is told what to draw again; it is called on that goroutine.
	Changed func(Change)
	// Text translates a sentence; nil leaves it as it is.
	Text func(string) string
	// Fault says what an error means; nil takes its own sentence.
	Fault func(error) string
	// Words are those of a report that is begun; nil takes English ones.
	Words report.Words
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Lightbox is the state of the reading room.
type Lightbox struct {
	services Services
	post     func(func())
	report   func(Change)
	steps    int    // under way, one within the other
	unsaid   Change // what they changed so far
	text     func(string) string
	fault    func(error) string
	words    report.Words
	now      func() time.Time

	ctx     context.Context
	end     context.CancelFunc
	group   sync.WaitGroup
	jobs    int
	running [tasks]*job

	notice  Notice
	lasting bool // whether the notice is of more than one film

	opening    []string // what is being looked through
	opened     []string // what the list is of
	list       []Listed
	filter     Filter
	wanted     []bool // by place, what the filter wants; nil: all
	shelf      shelf
	known      map[string]knownFilm // by instance UID, what is reviewed
	place      int
	backwards  bool // whether the reader last went back
	ahead      map[string]*loadedFilm
	thumbnails thumbnails

	loadedFilm
	prior    prior
	filmPath string // the film that is shown, or being read, or failed
	filmErr  error
	frame    int // the frame that is shown, or that the reader is going to
	look     Look
	tool     Tool
	history  history
	held     *held // the point of a mark that follows the pointer
	drawing  *Mark // the mark that is being drawn, whose last point does
	width    int   // the viewport, in device pixels
	height   int
	greys    []uint8       // nil until the film is painted through its window
	unseen   chan struct{} // closed when the film is on the screen; nil from then on
	values   []tally       // for the histogram; made when it is first shown
	lens     *render.Viewport
	mirror   *render.Viewport

	model    inference.Info
	modelErr error
	modelled bool
	outcome  Outcome
	heat     *render.Heat
	heatOn   bool
	opacity  float64

	measured measures // on films that are not on the box

	logErr error
	review Review
	goTo   draftOf            // the film and frame that the reader looks at again
	drafts map[draftOf]Review // begun, not saved, not on the box
	blind  bool
	// impressions are of the films whose call the reader has seen.
	impressions map[pictured]inference.Call

	firstWindow FirstWindow

	screen    screener
	triage    triaging
	operating Operating
	reporting Reporting
	exporting exporting
}

// New makes an empty lightbox and begins to wait for the model.
func New(services Services, options Options) *Lightbox {
	l := &Lightbox{
		services: services,
		report:   options.Changed,
		text:     options.Text,
		fault:    options.Fault,
		words:    options.Words,
		now:      options.Now,
		heatOn:   true,
		opacity:  0.45,
		place:    -1,

		operating: Operating{Prevalence: usualPrevalence},
	}
	// What comes after the end has no screen to be drawn on: a window that is
	// closing would run it on the goroutine that posts it.
	l.post = func(f func()) {
		if l.ctx.Err() == nil {
			options.Post(f)
		}
	}
	if l.report == nil {
		l.report = func(Change) {}
	}
	if l.text == nil {
		l.text = func(s string) string { return s }
	}
	if l.fault == nil {
		l.fault = error.Error
	}
	if l.words == nil {
		l.words = report.English
	}
	if l.now == nil {
		l.now = time.Now
	}
	l.ctx, l.end = context.WithCancel(context.Background())
	l.openLog()
	l.start(TaskModel, "", func(ctx context.Context) func() {
		info, err := services.Analyser.Model(ctx)
		return func() {
			l.model, l.modelErr, l.modelled = info, err, true
			l.changed(ChangedAnalysis)
		}
	})
	return l
}

// changed reports what is no longer as it was.
func (l *Lightbox) changed(what Change) {
	l.attend(what)
	if l.steps > 0 {
		l.unsaid |= what
		return
	}
	l.report(what)
}

// together does a step of several changes and reports them all at its end, so
// that the screen is drawn once and not as it is half way.
func (l *Lightbox) together(step func()) {
	l.steps++
	step()
	l.steps--
	if l.steps == 0 && l.unsaid != 0 {
		what := l.unsaid
		l.unsaid = 0
		l.report(what)
	}
}

// say shows a message in place of the one before.
func (l *Lightbox) say(kind NoticeKind, text string) {
	l.notice, l.lasting = Notice{kind, text}, false
	l.changed(ChangedNotice)
}

// complain shows what is wrong.
func (l *Lightbox) complain(err error) { l.say(NoticeError, l.fault(err)) }

// warn shows a message that stays when another film is shown.
func (l *Lightbox) warn(text string) {
	l.say(NoticeError, text)
	l.lasting = true
}

// moveOn takes away what was said of the film before.
func (l *Lightbox) moveOn() {
	if !l.lasting {
		l.Dismiss()
	}
}

// answered takes a quiet message away once the reader goes on.
func (l *Lightbox) answered() {
	if l.notice.Kind == NoticeQuiet {
		l.moveOn()
	}
}

// Tell shows the reader a quiet message.
func (l *Lightbox) Tell(text string) { l.say(NoticeQuiet, text) }

// Notice is the message to show.
func (l *Lightbox) Notice() Notice { return l.notice }

// Dismiss takes the message away.
func (l *Lightbox) Dismiss() {
	if l.notice.Kind != NoticeNone {
		l.say(NoticeNone, "")
	}
}

// Film is the film on the box; nil where there is none.
func (l *Lightbox) Film() *dicomio.Film { return l.film }

// Path is the film that is on the box, being read or that could not be read;
// empty where nothing was opened.
func (l *Lightbox) Path() string { return l.filmPath }

// FilmError is why the film at Path is not shown.
func (l *Lightbox) FilmError() error { return l.filmErr }
