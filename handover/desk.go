package handover

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// ErrTaken: another process has the desk and was handed the paths.
var ErrTaken = errors.New("the window is already open")

const (
	// patience is how long a start waits for the window that has the desk,
	// which may be opening itself at this moment on a slow machine.
	patience = 20 * time.Second
	// pause lies between two tries.
	pause = 25 * time.Millisecond
	// mostBytes bounds a message: ten thousand long paths.
	mostBytes = 4 << 20
)

// note is what one start tells another; each is answered with a note that is
// empty once the paths are taken.
type note struct {
	Paths []string `json:"paths"`
}

// Desk is where other starts leave their paths.
type Desk struct {
	lock     *os.File
	listener net.Listener
	group    sync.WaitGroup
}

// Claim takes the desk of a name in a folder, which is made where it is not
// there. Where another process has it, that one is handed the paths and the
// error is [ErrTaken]. With any other error there is no desk, and no reason
// not to open a window without one.
func Claim(ctx context.Context, folder, name string, paths []string) (*Desk, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the window's socket: %w", err)
	}
	// One that was there before may be open to others.
	if err := os.Chmod(folder, 0o700); err != nil {
		return nil, fmt.Errorf("closing the folder of the window's socket to others: %w", err)
	}
	base := filepath.Join(folder, name)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		lock, err := lockFile(base + ".lock")
		switch {
		case err == nil:
			return open(lock, base+".socket")
		case !errors.Is(err, errLocked):
			return nil, fmt.Errorf("locking the window's socket: %w", err)
		}
		if err = hand(ctx, base+".socket", paths); err == nil {
			return nil, ErrTaken
		}
		// Its owner is about to listen, or to end.
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("the open window does not answer: %w", err)
		case <-time.After(pause):
		}
	}
}

// open listens where this process has the lock, and so nobody else does:
// a socket that is there is left of one that crashed.
func open(lock *os.File, socket string) (*Desk, error) {
	listener, err := listen(socket)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listening on the window's socket: %w", err), lock.Close())
	}
	return &Desk{lock: lock, listener: listener}, nil
}

func listen(socket string) (net.Listener, error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(socket, 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// hand gives the owner of a socket paths, and waits until it has them.
func hand(ctx context.Context, socket string, paths []string) error {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return err
	}
	defer connection.Close()
	if end, ok := ctx.Deadline(); ok {
		if err := connection.SetDeadline(end); err != nil {
			return err
		}
	}
	if err := json.NewEncoder(connection).Encode(note{paths}); err != nil {
		return err
	}
	return json.NewDecoder(connection).Decode(&note{})
}

// Serve calls take with the paths of each start from now on, from one
// goroutine, until the desk is closed.
func (d *Desk) Serve(take func(paths []string)) {
	d.group.Go(func() {
		for {
			connection, err := d.listener.Accept()
			if err != nil {
				return // closed
			}
			answer(connection, take)
		}
	})
}

// answer takes one note. A visitor that says nothing or nonsense is sent away.
func answer(connection net.Conn, take func([]string)) {
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return
	}
	var got note
	if err := json.NewDecoder(io.LimitReader(connection, mostBytes)).Decode(&got); err != nil {
		return
	}
	take(got.Paths)
	// The visitor ends with the answer; where it is gone already, the paths
	// are taken all the same.
	_ = json.NewEncoder(connection).Encode(note{})
}

// Close gives the desk up.
func (d *Desk) Close() error {
	err := d.listener.Close() // removes the socket
	d.group.Wait()
	return errors.Join(err, d.lock.Close())
}
