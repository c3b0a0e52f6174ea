package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// ErrUnderWay says that another program, or this one, goes on with the same run
// at this moment.
var ErrUnderWay = errors.New("this screening is under way already: wait for it, or stop it there")

// hold keeps others from going on with the same run meanwhile. A program that
// is killed lets go of it.
func (s *Screening) hold() error {
	path := fmt.Sprintf("%s%s%d%s", s.log.path, besideRun, s.id, lockSuffix)
	for {
		lock := flock.New(path, flock.SetPermissions(0o600))
		held, err := lock.TryLock()
		if err != nil {
			return err
		}
		if !held {
			return errors.Join(ErrUnderWay, lock.Close())
		}
		// Whoever held it before may have removed the file since it was opened.
		ours, err := lock.Stat()
		named, missing := os.Stat(path)
		if err == nil && missing == nil && os.SameFile(ours, named) {
			s.held = lock
			return nil
		}
		if err := errors.Join(err, lock.Close()); err != nil {
			return err
		}
	}
}

// Release lets others go on with the run. Nothing may be recorded afterwards.
func (s *Screening) Release() error {
	if s.held == nil {
		return nil
	}
	err := errors.Join(os.Remove(s.held.Path()), s.held.Close())
	s.held = nil
	return err
}

// Only reports whether no other run of the same log is under way.
func (s *Screening) Only() bool { return dropHolds(s.log.path) <= 1 }

// dropHolds removes what programs that were killed held runs with, and returns
// how many runs are under way. One that cannot be removed does no harm.
func dropHolds(log string) (underWay int) {
	folder, base := filepath.Split(log)
	entries, err := os.ReadDir(filepath.Clean(folder))
	if err != nil {
		return 0
	}
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, base+besideRun) || !strings.HasSuffix(name, lockSuffix) {
			continue
		}
		lock := flock.New(filepath.Join(folder, entry.Name()), flock.SetPermissions(0o600))
		if free, err := lock.TryLock(); err != nil || !free {
			underWay++
		} else {
			_ = os.Remove(lock.Path())
		}
		_ = lock.Close()
	}
	return underWay
}
