package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"pneumolight/dicomio"
)

// writeFile writes a file whole or not at all: what was there stays until the
// new one is on disk. Only the owner can read it, since it may show a patient.
// A database is never written over.
func writeFile(path string, write func(io.Writer) error) (err error) {
	if isDatabase(path) {
		return usageError{fmt.Errorf("%s is a database and may be the log: name another file", path)}
	}
	// os.CreateTemp makes files of mode 0600.
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, cause(err))
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // what is left of it holds nothing that counts
			err = fmt.Errorf("writing %s: %w", path, cause(err))
		}
	}()
	buffered := bufio.NewWriterSize(file, 1<<18)
	// The first failure is the cause; those that follow would repeat it.
	for _, step := range []func() error{func() error { return write(buffered) }, buffered.Flush, file.Sync} {
		if err := step(); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// keepSource refuses to write over the film or text that something is made of, or
// over the archive that the film lies in.
func keepSource(out, from, made string) error {
	target, err := os.Stat(out)
	if err != nil {
		return nil // there is nothing to keep
	}
	source, err := os.Stat(dicomio.Holder(from))
	if err == nil && os.SameFile(target, source) {
		return usageError{fmt.Errorf("%s is what the %s is made of: name another file for it", out, made)}
	}
	return nil
}

// isDatabase reports whether a file is of SQLite: it may be the log, which no
// output is to replace.
func isDatabase(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	const magic = "SQLite format 3\x00" // The SQLite file format, 1.3
	head := make([]byte, len(magic))
	_, err = io.ReadFull(file, head)
	return err == nil && string(head) == magic
}
