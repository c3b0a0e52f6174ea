package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/screening"
	"pneumolight/store"
)

// screenedRow is one film's line in a screening's results.
type screenedRow struct {
	row
	SHA256      string   `json:"sha256"`
	Paths       []string `json:"paths"`
	Bytes       int64    `json:"bytes"`
	Width       int      `json:"width"`
	Height      int      `json:"height"`
	StudyUID    string   `json:"study_uid"`
	SeriesUID   string   `json:"series_uid"`
	InstanceUID string   `json:"instance_uid"`
}

// rowWriters make, by the results' extension, what writes rows and what is
// called after the last one.
var rowWriters = map[string]func(io.Writer) (write func(screenedRow) error, end func() error){
	".csv":   csvRows,
	".jsonl": jsonRows,
}

// rows is what writes the results, by their extension; nil where there is none.
func (s *screenCommand) rows() func(io.Writer) (write func(screenedRow) error, end func() error) {
	return rowWriters[strings.ToLower(filepath.Ext(s.out))]
}

// write replaces the results by what the journal holds.
func (s *screenCommand) write(ctx context.Context, journal *store.Screening, model inference.Info) error {
	base, err := s.base()
	if err != nil {
		return err
	}
	return writeFile(s.out, func(out io.Writer) error {
		write, end := s.rows()(out)
		err := journal.Films(ctx, func(film store.ScreenedFilm, paths []string, state store.FileState) error {
			for k := range paths {
				paths[k] = filepath.Join(base, paths[k])
			}
			return write(newScreenedRow(film, paths, state, model))
		})
		return errors.Join(err, end())
	})
}

// base is what the journal's paths are below, as the user has named it.
func (s *screenCommand) base() (string, error) {
	root, err := screening.Root(s.folder)
	if err != nil {
		return "", err
	}
	named, err := filepath.EvalSymlinks(s.folder)
	if err != nil {
		return "", err
	}
	if absolute, err := filepath.Abs(named); err != nil || absolute != root {
		return filepath.Dir(s.folder), err // a single file
	}
	return s.folder, nil
}

func newScreenedRow(film store.ScreenedFilm, paths []string, state store.FileState, model inference.Info) screenedRow {
	for k := range paths {
		paths[k] = legible(paths[k])
	}
	r := screenedRow{
		row: row{
			File: paths[0], Status: reading.Status(film.Status), Reason: legible(film.Reason),
			Probability: film.Probability, Threshold: model.Threshold,
			Model: rowModel{Name: model.Name, Version: model.Version, SHA256: model.SHA256},
			MS:    rowTimes{Read: milliseconds(film.Read), Infer: milliseconds(film.Infer)},
		},
		SHA256: film.SHA256, Paths: paths, Bytes: state.Bytes, Width: film.Width, Height: film.Height,
		StudyUID: film.StudyUID, SeriesUID: film.SeriesUID, InstanceUID: film.InstanceUID,
	}
	if film.Call != "" {
		call := inference.Call(film.Call)
		r.Call = &call
	}
	return r
}

func jsonRows(out io.Writer) (func(screenedRow) error, func() error) {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return func(r screenedRow) error { return encoder.Encode(r) }, func() error { return nil }
}

// screenedHeader names csvRows' columns.
var screenedHeader = []string{
	"file", "status", "reason", "probability", "call", "threshold",
	"model_name", "model_version", "model_sha256", "ms_read", "ms_infer",
	"sha256", "paths", "bytes", "width", "height", "study_uid", "series_uid", "instance_uid",
}

// isResults reports whether a file may be replaced by results: it is missing or
// empty, or it is results itself.
func isResults(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer file.Close()
	if strings.ToLower(filepath.Ext(path)) == ".csv" {
		header := strings.Join(screenedHeader, ",") + "\n"
		first, err := io.ReadAll(io.LimitReader(file, int64(len(header))))
		return err == nil && (len(first) == 0 || string(first) == header)
	}
	var r screenedRow
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&r)
	return errors.Is(err, io.EOF) || err == nil && r.Status != "" && len(r.Paths) > 0
}

// csvRows writes paths as a JSON list: a file name may hold any separator.
func csvRows(out io.Writer) (func(screenedRow) error, func() error) {
	w := csv.NewWriter(out)
	headed := w.Write(screenedHeader)
	write := func(r screenedRow) error {
		if headed != nil {
			return headed
		}
		paths, err := json.Marshal(r.Paths)
		if err != nil {
			return err
		}
		probability, call := "", ""
		if r.Probability != nil {
			probability, call = number(*r.Probability), string(*r.Call)
		}
		return w.Write([]string{
			cell(r.File), string(r.Status), cell(r.Reason), probability, call, number(r.Threshold),
			cell(r.Model.Name), r.Model.Version, r.Model.SHA256, number(r.MS.Read), number(r.MS.Infer),
			r.SHA256, string(paths), strconv.FormatInt(r.Bytes, 10), strconv.Itoa(r.Width), strconv.Itoa(r.Height),
			cell(r.StudyUID), cell(r.SeriesUID), cell(r.InstanceUID),
		})
	}
	return write, func() error {
		w.Flush()
		return errors.Join(headed, w.Error())
	}
}
