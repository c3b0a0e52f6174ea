package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// besides are what the names of the files end in that make up a database,
// besides its own.
var besides = []string{"-wal", "-shm"}

// checkPatience is how long others that check the same damaged log are waited
// for. A check of 100,000 films took 0.6 s.
const checkPatience = time.Second

// setAside moves a damaged log away under a dated name, which it returns;
// nothing where another program has done so meanwhile. The error is ErrBusy
// where somebody has the log open.
func setAside(ctx context.Context, path string) (aside string, err error) {
	use := newUse(path)
	if err := use.alone(ctx, checkPatience); err != nil {
		return "", explain(err)
	}
	defer func() { err = errors.Join(err, use.end()) }()
	switch damaged, err := damaged(ctx, path); {
	case err != nil:
		return "", err
	case !damaged:
		return "", nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return "", explain(err)
	}
	aside = dated(path, whyDamaged, time.Now())
	return aside, move(path, aside)
}

// damaged looks again, now that nobody else can move the file.
func damaged(ctx context.Context, path string) (bool, error) {
	if err := create(path); err != nil {
		return false, explain(err)
	}
	db, err := openDatabase(ctx, path)
	if errors.Is(err, ErrDamaged) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, db.Close()
}

// Why a log is moved away.
const (
	whyDamaged  = "damaged"
	whyReplaced = "replaced"
)

// besideRun is between a log's name and a run's number in the name of what holds
// that run.
const besideRun = ".screening-"

// IsBeside reports whether a file is part of what was moved away from a log's
// place, or holds one of its screenings.
func IsBeside(file, log string) bool {
	for _, why := range []string{"." + whyDamaged + "-", "." + whyReplaced + "-", besideRun} {
		if strings.HasPrefix(file, log+why) {
			return true
		}
	}
	return false
}

// dated is a name beside a log's that says when and why it was moved there.
func dated(path, why string, at time.Time) string {
	name := path + "." + why + "-" + at.UTC().Format("20060102-150405")
	for k := 2; ; k++ {
		if _, err := os.Lstat(name); errors.Is(err, os.ErrNotExist) {
			return name
		}
		name = fmt.Sprintf("%s.%s-%s-%d", path, why, at.UTC().Format("20060102-150405"), k)
	}
}

// move moves a log with all of its files; the caller is alone with it. The log
// itself goes last: until it does, it is still there under its own name.
func move(from, to string) error {
	for _, suffix := range besides {
		if err := os.Rename(from+suffix, to+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("setting %s aside: %w", filepath.Base(from), explain(err))
		}
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("setting %s aside: %w", filepath.Base(from), explain(err))
	}
	return nil
}
