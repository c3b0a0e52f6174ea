package handover

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// errLocked: another process has the lock.
var errLocked = windows.ERROR_LOCK_VIOLATION

// lockFile locks a file until it is closed or the process ends.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	if err := windows.LockFileEx(windows.Handle(file.Fd()), how, 0, 1, 0, &windows.Overlapped{}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
