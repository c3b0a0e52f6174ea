package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"pneumolight/store"
)

// around is everything in a log's folder, by name: its mode and its bytes, but
// for where readers and writers of a log in use tell each other what they do.
func around(t *testing.T, path string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		name := filepath.Join(filepath.Dir(path), entry.Name())
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) == ".db-shm" {
			data = nil
		}
		found[entry.Name()] = info.Mode().String() + " " + string(data)
	}
	return found
}

// left copies the files of a log into a folder of their own.
func left(t *testing.T, path string, suffixes ...string) string {
	t.Helper()
	alone := filepath.Join(t.TempDir(), "left.db")
	for _, suffix := range suffixes {
		data, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(alone+suffix, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(alone+suffix, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return alone
}

func TestReadingALogLeavesNoTrace(t *testing.T) {
	closed := audited(t)
	live := audited(t)
	save(t, openLog(t, live), reviewed("c", store.VerdictAgree, "still in the write-ahead log"))
	for name, test := range map[string]struct {
		path    string
		reviews int
	}{
		"as it was closed":  {closed, 2},
		"copied elsewhere":  {left(t, closed, ""), 2},
		"in use":            {live, 3},
		"of a killed start": {left(t, live, "", "-wal"), 3},
		"of none":           {filepath.Join(t.TempDir(), "cases.db"), 0},
	} {
		before := around(t, test.path)
		log, err := store.Read(t.Context(), test.path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := len(all(t, log, true)); got != test.reviews {
			t.Errorf("%s: %d reviews, want %d", name, got, test.reviews)
		}
		if v, err := log.Verify(t.Context()); test.reviews > 0 && (err != nil || len(v.Flaws) > 0) {
			t.Errorf("%s: error %v, flaws %v", name, err, v.Flaws)
		}
		if err := log.Save(t.Context(), reviewed("d", store.VerdictAgree, "")); err == nil {
			t.Errorf("%s: a review was saved in a copy that goes away", name)
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
		if after := around(t, test.path); !reflect.DeepEqual(after, before) {
			t.Errorf("%s: there were %d files and are %d, or they were changed", name, len(before), len(after))
		}
	}
}

func TestALogThatIsBeingCheckedIsReadAfterThat(t *testing.T) {
	path := audited(t)
	checking := flock.New(path + ".lock")
	if err := checking.Lock(); err != nil {
		t.Fatal(err)
	}
	defer checking.Close()
	before := around(t, path)
	read := make(chan error, 1)
	go func() {
		log, err := store.Read(context.Background(), path)
		if err == nil {
			err = log.Close()
		}
		read <- err
	}()
	select {
	case err := <-read:
		t.Errorf("it was read meanwhile, error %v", err)
	case <-time.After(200 * time.Millisecond):
		if err := checking.Unlock(); err != nil {
			t.Fatal(err)
		}
		if err := <-read; err != nil {
			t.Error(err)
		}
	}
	if after := around(t, path); !reflect.DeepEqual(after, before) {
		t.Errorf("there were %d files and are %d, or they were changed", len(before), len(after))
	}
}

func TestReadingADamagedLogLeavesItWhereItIs(t *testing.T) {
	path, broken := damagedLog(t)
	if _, err := store.Read(t.Context(), path); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, broken) || len(asides(t, path)) != 0 {
		t.Errorf("it was changed or moved to %v, error %v", asides(t, path), err)
	}
	// A change of one row behind the program's back is found, and stays to be seen.
	tampered := audited(t)
	tamper(t, tampered, `UPDATE audit SET actor = 'nobody' WHERE id = 3`)
	log, err := store.Read(t.Context(), tampered)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if v, err := log.Verify(t.Context()); err != nil || len(v.Flaws) == 0 || v.Flaws[0].Row != 3 {
		t.Errorf("error %v, found %v", err, v.Flaws)
	}
}
