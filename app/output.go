package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeFile writes a file whole or not at all: what was there stays until the
// new one is on disk. Only the owner can read it, since it may show a patient.
func writeFile(path string, write func(io.Writer) error) (err error) {
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

// sameFile reports whether two names are of one file that is there. A film
// must not be replaced by what is made of it.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
