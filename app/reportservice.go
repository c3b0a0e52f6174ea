package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"pneumolight/report"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// reportWriter writes the window's reports.
type reportWriter struct{ log *openingLog }

// Folder is the user's documents, or the home folder where there are none.
func (reportWriter) Folder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	documents := filepath.Join(home, "Documents")
	if info, err := os.Stat(documents); err == nil && info.IsDir() {
		return documents
	}
	return home
}

func (w reportWriter) Write(ctx context.Context, source report.Source, files lightbox.ReportFiles) (written []string, err error) {
	source.Program, source.Reader = "Pneumolight "+programVersion, store.UserName()
	r := report.New(source)
	// All are made before the first is written.
	made := make([]bytes.Buffer, len(files.Formats))
	paths := make([]string, len(files.Formats))
	for k, format := range files.Formats {
		paths[k] = filepath.Join(files.Folder, files.Name+format.Ending())
		if _, err := os.Lstat(paths[k]); err == nil {
			return nil, fmt.Errorf("there is a file %s already: choose another name", paths[k])
		}
		if err := r.Write(ctx, &made[k], format); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			for _, path := range written {
				err = errors.Join(err, os.Remove(path))
			}
			written = nil
		}
	}()
	for k, path := range paths {
		if err := writeFile(path, func(w io.Writer) error {
			_, err := w.Write(made[k].Bytes())
			return err
		}); err != nil {
			return written, fmt.Errorf("%s cannot be written: %w", path, writeCause(err))
		}
		written = append(written, path)
	}
	for _, format := range files.Formats {
		w.log.Record(store.Reported(r.Film.SHA256, r.Film.Frame, string(format)))
	}
	return written, nil
}

// writeCause is why a file could not be written, in the reader's words.
func writeCause(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return store.ErrFull
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return errors.New("writing there is not permitted: choose another folder")
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return errors.New("there is no such folder: choose another one")
	}
	return err
}
