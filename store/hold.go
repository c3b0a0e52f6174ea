package store

import (
	"errors"
	"fmt"
	"os"

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
