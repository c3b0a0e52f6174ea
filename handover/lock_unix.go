//go:build unix

package handover

import (
	"errors"
	"os"
	"syscall"
)

// errLocked: another process has the lock.
var errLocked = syscall.EWOULDBLOCK

// lockFile locks a file until it is closed or the process ends.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
