package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	"pneumolight/assets"
	"pneumolight/dicomio"
	"pneumolight/handover"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/ui"
)

// appID names the program's preferences; FyneApp.toml carries the same.
const appID = "io.pneumolight.app"

// quitPatience is how long the window may take to close at a logout. Reviews
// are on disk once they are saved, so nothing is lost by leaving without it;
// on a very busy machine Fyne 2.7.1 was seen once not to close at all.
const quitPatience = 5 * time.Second

// openWindow opens the window on the films named, or does what it would do
// without one where there is no display.
func openWindow(ctx context.Context, s settings, paths []string, stdout, stderr io.Writer) (err error) {
	if !displayPresent() {
		if len(paths) == 0 {
			return usageError{errors.New("there is no display to open the window on: name a film, or use a command")}
		}
		return openHeadless(ctx, s, paths, stdout, stderr)
	}
	program := fyneapp.NewWithID(appID)
	program.SetIcon(fyne.NewStaticResource("icon.png", assets.Icon))
	chosen := ui.StartupOf(program.Preferences())
	s.model, s.database, s.threads = cmp.Or(s.model, chosen.Model), cmp.Or(s.database, chosen.Database), chosen.Threads
	if err := enlarge(chosen.Enlarged, program.Settings().Scale()); err != nil {
		return err
	}
	desk, err := claimDesk(ctx, s, paths)
	switch {
	case errors.Is(err, handover.ErrTaken):
		return nil
	case err != nil:
		fmt.Fprintf(stderr, "pneumolight: %v; films opened later get windows of their own\n", err)
	default:
		defer func() { err = errors.Join(err, desk.Close()) }()
	}
	holdLittle()
	model := startLoading(s)
	defer func() { err = errors.Join(err, model.close()) }()

	log := startOpeningLog(context.WithoutCancel(ctx), s)
	defer func() { err = errors.Join(err, log.close()) }()

	services := ui.Services{
		Films:    films{},
		Analyser: analyser{model},
		Log:      log,
		Card:     assets.ModelCard,
		Version:  programVersion,
		Screener: screener{s, log},
		Reports:  reportWriter{log},
		Exporter: windowExporter{model, log},
		Desktop:  monitors{},
	}
	// Fyne quits at a signal, too, and runs what it is told to do from then
	// on where it is told: nothing is drawn any more.
	services.Post = func(f func()) {
		if ctx.Err() == nil {
			fyne.Do(f)
		}
	}
	window := ui.New(program, services)
	stop := context.AfterFunc(ctx, func() {
		fyne.Do(program.Quit)
		time.AfterFunc(quitPatience, func() { os.Exit(exitDone) })
	})
	defer stop()
	window.Open(paths...)
	if desk != nil {
		desk.Serve(func(paths []string) { fyne.Do(func() { window.Summon(paths...) }) })
	}
	window.ShowAndRun()
	return nil
}

// enlarge has the window drawn so many times as large as Fyne would, of which
// the desktop's settings for all of Fyne's programs and the environment are a
// part already. The environment is Fyne's only way in for a single program.
func enlarge(times float64, settings float32) error {
	if times == 1 {
		return nil
	}
	scale, err := strconv.ParseFloat(os.Getenv(scaleVariable), 64)
	if err != nil || scale <= 0 { // not set, or "auto"
		scale = 1
		if settings > 0 && os.Getenv(scaleVariable) == "" {
			scale = float64(settings)
		}
	}
	if err := os.Setenv(scaleVariable, strconv.FormatFloat(scale*times, 'g', -1, 64)); err != nil {
		return fmt.Errorf("setting the size of texts: %w", err)
	}
	return nil
}

// scaleVariable is the environment's variable that Fyne takes its scale from.
const scaleVariable = "FYNE_SCALE"

// films reads films from files.
type films struct{}

func (films) Read(ctx context.Context, path string, frame int) (*dicomio.Film, error) {
	return dicomio.ReadFrame(ctx, path, frame)
}

func (films) Scan(ctx context.Context, path string, visit func(dicomio.Entry) error) error {
	return dicomio.Scan(ctx, path, visit)
}

// Count walks the folders; archives count as one file.
func (films) Count(ctx context.Context, path string) (int, error) {
	n := 0
	if folder, err := filepath.EvalSymlinks(path); err == nil {
		path = folder
	}
	err := filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			n++
		}
		return ctx.Err()
	})
	return n, err
}

// analyser runs the model once it is loaded.
type analyser struct{ model *loadingModel }

func (a analyser) Model(ctx context.Context) (inference.Info, error) {
	model, err := a.model.wait(ctx)
	if err != nil {
		return inference.Info{}, err
	}
	return model.Info(), nil
}

func (a analyser) Analyse(ctx context.Context, film *dicomio.Film, anyway bool) (reading.Analysis, error) {
	model, err := a.model.wait(ctx)
	if err != nil {
		return reading.Analysis{}, err
	}
	return reading.Analyse(ctx, model, film, anyway)
}
