package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Restore puts a backup in the place of the log at path, after it was checked,
// and returns where the log that was there before was moved to; empty where
// there was none. Nothing is removed. The error is ErrBusy where another
// program has the log open, and wraps ErrBackupDamaged, ErrTampered, ErrNoLog or
// ErrNewer where the backup is at fault; the log is then as it was.
func Restore(ctx context.Context, path, backup string) (aside string, err error) {
	aside, err = restore(ctx, path, backup)
	if err != nil {
		return aside, fmt.Errorf("restoring %s: %w", backup, explain(err))
	}
	return aside, nil
}

func restore(ctx context.Context, path, backup string) (aside string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	if same(path, backup) {
		return "", errors.New("this is the log itself, not a backup")
	}
	head, err := check(ctx, backup)
	switch {
	case errors.Is(explain(err), ErrDamaged):
		return "", ErrBackupDamaged
	case err != nil:
		return "", err
	}
	use := newUse(path)
	if err := use.alone(ctx, patience); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, use.end()) }()

	from, err := openBackup(backup)
	if err != nil {
		return "", err
	}
	made, err := copyDatabase(ctx, from, path)
	if err = errors.Join(err, from.Close()); err != nil {
		return "", err
	}
	defer os.Remove(made) // nothing where it has its name
	if err := noteRestored(ctx, made, head); err != nil {
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		aside = dated(path, whyReplaced, time.Now())
		if err := keep(path, aside); err != nil {
			return "", err
		}
	}
	return aside, os.Rename(made, path)
}

// keep gives a log that is about to be replaced another name, besides its own:
// whatever ends the program in between, there is a log. Its write-ahead log
// goes: it would be taken for the new one's. Where the file system knows no
// second name the log is moved.
func keep(path, aside string) error {
	for _, suffix := range append(besides, "") {
		if err := os.Link(path+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return errors.Join(unlink(aside), move(path, aside))
		}
	}
	return unlink(path)
}

// unlink removes what lies beside a log.
func unlink(path string) error {
	for _, suffix := range besides {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// noteRestored writes into the copy's audit that it was restored.
func noteRestored(ctx context.Context, path string, head Head) error {
	db, err := openDatabase(ctx, path)
	if err != nil {
		return err
	}
	log := &Log{path: path, db: db, actor: UserName()}
	err = log.Append(ctx, restored(head))
	return errors.Join(err, db.Close())
}
