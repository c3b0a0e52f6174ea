package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"

	"pneumolight/assets"
	"pneumolight/inference"
	"pneumolight/ui"
)

// openModel loads the shipped model, or the one that the user names, to judge
// one film at a time as fast as this machine can.
func openModel(s settings) (*inference.Model, error) {
	return openModelThreads(s, cmp.Or(s.threads, runtime.NumCPU()))
}

// openModelThreads loads the model to use so many threads a run.
func openModelThreads(s settings, threads int) (*inference.Model, error) {
	onnx := assets.Model
	switch s.model {
	case "":
	case ui.PaperModel:
		onnx = assets.Paper
	default:
		named, err := os.ReadFile(s.model)
		if err != nil {
			return nil, fmt.Errorf("reading the model: %w", err)
		}
		onnx = named
	}
	model, err := inference.Open(onnx, inference.Options{Threads: threads})
	if err != nil && s.model != "" {
		return nil, fmt.Errorf("%s: %w", s.model, err)
	}
	return model, err
}

// loadingModel is a model that loads while the first film is already on
// screen. Whoever needs it waits.
type loadingModel struct {
	ready chan struct{}
	model *inference.Model
	err   error
}

func startLoading(s settings) *loadingModel {
	l := &loadingModel{ready: make(chan struct{})}
	go func() {
		defer close(l.ready)
		l.model, l.err = openModel(s)
	}()
	return l
}

// wait returns the model once it is loaded.
func (l *loadingModel) wait(ctx context.Context) (*inference.Model, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.ready:
		return l.model, l.err
	}
}

// close frees the model, waiting for it to be loaded.
func (l *loadingModel) close() error {
	<-l.ready
	if l.model == nil {
		return nil
	}
	return l.model.Close()
}
