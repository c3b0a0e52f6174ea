package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/reading"
)

// openHeadless does for each film what the window would, where there is no
// display: it prints the prediction and writes the overlay as a PNG into the
// current folder.
func openHeadless(ctx context.Context, s settings, paths []string, stdout, stderr io.Writer) error {
	fmt.Fprintln(stderr, "There is no display, so no window can be opened: printing the prediction and writing the overlay instead.")
	model, err := openModel(s)
	if err != nil {
		return err
	}
	defer model.Close()
	trail := startTrail(ctx, s, stderr)
	defer trail.end()
	films, err := filmsIn(ctx, paths)
	if err != nil {
		return err
	}
	failed := false
	for _, path := range films {
		r, err := readHeadless(ctx, model, trail, path, stdout)
		if err != nil {
			return err
		}
		failed = failed || r.Status != reading.StatusOK
	}
	if failed {
		return errSomeFailed
	}
	return nil
}

// readHeadless reads one film, prints its line and writes its overlay.
func readHeadless(ctx context.Context, model reading.Predictor, trail *trail, path string, stdout io.Writer) (row, error) {
	film, err := dicomio.ReadFile(ctx, path)
	if err != nil {
		if ctx.Err() != nil {
			return row{}, ctx.Err()
		}
		r := newRow(path, reading.Analysis{Status: reading.StatusError, Err: err}, model.Info())
		return r, writeLine(stdout, r)
	}
	base := filepath.Base(path)
	out := strings.TrimSuffix(base, filepath.Ext(base)) + ".overlay.png"
	analysis, err := writeOverlay(ctx, model, trail, film, out)
	if err != nil {
		return row{}, err
	}
	r := newRow(path, analysis, model.Info())
	if err := writeLine(stdout, r); err != nil {
		return row{}, err
	}
	_, err = fmt.Fprintf(stdout, "%s written\n", out)
	return r, err
}

// filmsIn lists the films that files and folders hold, in reading order.
func filmsIn(ctx context.Context, paths []string) ([]string, error) {
	var films []string
	for _, path := range paths {
		var entries []dicomio.Entry
		if err := dicomio.Scan(ctx, path, func(e dicomio.Entry) error {
			entries = append(entries, e)
			return nil
		}); err != nil {
			return nil, err
		}
		dicomio.Sort(entries)
		for _, e := range entries {
			films = append(films, e.Path)
		}
	}
	return films, nil
}
