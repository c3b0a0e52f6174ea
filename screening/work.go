package screening

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
)

// batchSize is how many films a worker has the model judge in one run. Each
// film is two pictures with its mirror image. On one thread, 2 films together
// took 24 % less time a film than one alone, 4 as long as 2, and 8 took longer
// than one: their activations leave the cache.
const batchSize = 2

// prepared is an admitted film that waits for the model.
type prepared struct {
	file     store.ScreenedFile
	analysis reading.Analysis
	tensor   inference.Tensor
}

// work takes films from file to result until there are none left. Workers
// count from 0. Each keeps to one thread of the system: going in and out of C
// several times a film, it would be handed from thread to thread, and on a busy
// machine two such workers took a fifth longer.
func (r *run) work(ctx context.Context, worker int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var batch []prepared
	var memory dicomio.Memory
	for {
		r.rest(ctx, worker, &batch)
		t, more := r.next(ctx, &batch)
		if !more {
			return
		}
		file, admitted := r.open(ctx, t, &memory)
		switch {
		case ctx.Err() != nil:
			return
		case admitted == nil:
			r.done(ctx, file)
		default:
			if batch = append(batch, *admitted); len(batch) == batchSize {
				r.judge(ctx, &batch)
			}
		}
	}
}

// next returns the next task. Where none is waiting, what is prepared goes to
// the model first.
func (r *run) next(ctx context.Context, batch *[]prepared) (task, bool) {
	select {
	case t, more := <-r.tasks:
		if more {
			return t, ctx.Err() == nil
		}
		r.judge(ctx, batch)
		return task{}, false
	default:
	}
	r.judge(ctx, batch)
	select {
	case t, more := <-r.tasks:
		return t, more
	case <-ctx.Done():
		return task{}, false
	}
}

// open takes a film up to the model: it returns either the finished record of
// its file, or what the model is to judge.
func (r *run) open(ctx context.Context, t task, memory *dicomio.Memory) (store.ScreenedFile, *prepared) {
	file := store.ScreenedFile{Path: t.below, FileState: t.state}
	start := time.Now()
	loaded, err := r.source.Load(ctx, t.path, memory)
	read := r.tally.spend(stageRead, start)
	if err != nil {
		if t.entry.Err != nil {
			err = t.entry.Err // the scan knows better, of a folder for example
		}
		file.Film = r.film(reading.Analysis{Status: reading.StatusError, Err: err, Read: read}, t)
		return file, nil
	}
	file.SHA256 = loaded.SHA256
	if !r.digests.claim(loaded.SHA256) {
		return file, nil
	}
	start = time.Now()
	film, err := loaded.Film(ctx)
	read += r.tally.spend(stageDecode, start)
	if err != nil {
		file.Film = r.film(reading.Analysis{Status: reading.StatusError, Err: err, Read: read}, t)
		file.Film.SHA256 = loaded.SHA256
		return file, nil
	}
	start = time.Now()
	analysis := reading.Admit(film, false)
	analysis.Read, analysis.At = read, start
	if analysis.Status == "" {
		var tensor inference.Tensor
		tensor, err = r.info.Input.Prepare(film)
		analysis.Infer = r.tally.spend(stagePrepare, start)
		if err == nil {
			analysis.Film = withoutPixels(film)
			return file, &prepared{file, analysis, tensor}
		}
		analysis = analysis.Conclude(r.info, inference.Prediction{}, err, false)
	}
	file.Film = r.film(analysis, t)
	return file, nil
}

// withoutPixels keeps what a record needs of a film and frees the rest.
func withoutPixels(film *dicomio.Film) *dicomio.Film {
	return &dicomio.Film{
		Path: film.Path, Format: film.Format, SHA256: film.SHA256, Frame: film.Frame, Frames: film.Frames,
		Width: film.Width, Height: film.Height, Bits: film.Bits, Header: film.Header,
	}
}

// judge has the model judge the batch, which is empty afterwards.
func (r *run) judge(ctx context.Context, batch *[]prepared) {
	films := *batch
	*batch = films[:0]
	if len(films) == 0 || ctx.Err() != nil {
		return
	}
	tensors := make([]inference.Tensor, len(films))
	for k := range films {
		tensors[k] = films[k].tensor
	}
	start := time.Now()
	predictions, err := r.Model.Run(ctx, tensors)
	each := r.tally.spend(stageInfer, start) / time.Duration(len(films))
	if err != nil && len(films) > 1 {
		for k := range films { // which one is it?
			alone := films[k : k+1]
			r.judge(ctx, &alone)
		}
		return
	}
	if ctx.Err() != nil {
		return
	}
	for k, film := range films {
		var prediction inference.Prediction
		if err == nil {
			prediction = predictions[k]
		} else {
			err = fmt.Errorf("analysing %s: %w", filepath.Base(film.file.Path), err) // the batch's only film
		}
		film.analysis.Infer += each
		film.file.Film = r.film(film.analysis.Conclude(r.info, prediction, err, false), task{})
		r.done(ctx, film.file)
	}
}

// film is the record of an analysis.
func (r *run) film(a reading.Analysis, t task) *store.ScreenedFilm {
	film := &store.ScreenedFilm{
		Status: string(a.Status), Reason: a.Reason(), Read: a.Read, Infer: a.Infer, ScreenedAt: time.Now(),
	}
	header := t.entry.Header
	film.Width, film.Height = t.entry.Width, t.entry.Height
	if a.Film != nil {
		header = a.Film.Header
		film.SHA256, film.Width, film.Height = a.Film.SHA256, a.Film.Width, a.Film.Height
	}
	film.StudyUID, film.SeriesUID, film.InstanceUID = header.StudyUID, header.SeriesUID, header.InstanceUID
	codes := make([]string, len(a.Reasons))
	for k, reason := range a.Reasons {
		codes[k] = reason.Code
	}
	film.Codes = strings.Join(codes, " ")
	if a.Status == reading.StatusOK {
		film.Probability, film.Call = &a.Prediction.Probability, string(a.Prediction.Call)
	}
	return film
}

// done hands a result to the recorder.
func (r *run) done(ctx context.Context, file store.ScreenedFile) {
	select {
	case r.results <- file:
	case <-ctx.Done():
	}
}
