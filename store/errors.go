package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// ErrDamaged says that the log's file is not a sound database.
var ErrDamaged = errors.New("the log is damaged: close every Pneumolight that uses it and start one again, which sets the file aside and begins a new log")

// ErrNoLog says that a file that was named never was a log.
var ErrNoLog = errors.New("this is not a log of Pneumolight's: name another file")

// ErrTampered says that a backup's audit does not hold.
var ErrTampered = errors.New("somebody has changed its audit: restore an older backup, or copy this one to the log's place by hand")

// ErrBackupDamaged says that a backup is not a sound database.
var ErrBackupDamaged = errors.New("this backup is damaged, or no backup of a log at all: restore another one")

// ErrReplaced says that a run over the same folder has been completed since
// and has taken the place of this one.
var ErrReplaced = errors.New("another run over the same folder was completed meanwhile and has taken the place of this one")

// ErrOlderOpen says that a log cannot be brought up to date at the moment.
var ErrOlderOpen = errors.New("another, older Pneumolight has the log open: close it and try again")

// What keeps a sound database from being written for the moment.
var (
	ErrFull     = errors.New("the disk is full: free some space and try again")
	ErrBusy     = errors.New("another program is writing to the database: wait for it or close it, and try again")
	errMissing  = errors.New("there is no such file or folder: check the name and whether its drive is connected")
	ErrReadOnly = errors.New("the database cannot be written: make its file and folder writable, or name another one")
)

// explain turns SQLite's and the system's words for what stops us into ours.
func explain(err error) error {
	for _, ours := range []error{ErrDamaged, ErrFull, ErrBusy, ErrOlderOpen, ErrReadOnly, errMissing} {
		if errors.Is(err, ours) {
			return err // it is explained already
		}
	}
	var failure sqlite3.Error
	isSQLite := errors.As(err, &failure)
	switch {
	case isSQLite && (failure.Code == sqlite3.ErrNotADB || failure.Code == sqlite3.ErrCorrupt):
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	case isSQLite && failure.Code == sqlite3.ErrFull,
		isSQLite && failure.SystemErrno == syscall.ENOSPC, errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case isSQLite && (failure.Code == sqlite3.ErrBusy || failure.Code == sqlite3.ErrLocked):
		return fmt.Errorf("%w (%w)", ErrBusy, err)
	case isSQLite && (failure.Code == sqlite3.ErrReadonly || failure.Code == sqlite3.ErrPerm),
		errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w (%w)", errMissing, err)
	}
	return err
}
