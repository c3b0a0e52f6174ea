package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pneumolight/store"
)

// damagedLog is a log with reviews whose pages were overwritten, and its bytes.
func damagedLog(t *testing.T) (string, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cases.db")
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		save(t, log, reviewed("a", store.VerdictAgree, strings.Repeat("long ", 50)))
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for k := len(whole) / 2; k < len(whole)/2+8192; k++ {
		whole[k] = 0xA5
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, whole
}

// asides are the files that were moved away from beside a log.
func asides(t *testing.T, path string) []string {
	t.Helper()
	found, err := filepath.Glob(path + ".*-2*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

const words = "this is no database, but somebody may want it back; it is long enough to look at more closely than a header"

func TestADamagedLogIsSetAsideAndANewOneBegun(t *testing.T) {
	text := audited(t) // nothing of the database is left
	if err := os.WriteFile(text, []byte(words), 0o600); err != nil {
		t.Fatal(err)
	}
	pages, broken := damagedLog(t)
	for path, want := range map[string][]byte{text: []byte(words), pages: broken} {
		log := openLog(t, path)
		kept, err := os.ReadFile(log.SetAside())
		if err != nil || !bytes.Equal(kept, want) {
			t.Errorf("set aside as %q with other bytes, error %v", log.SetAside(), err)
		}
		if got := auditActions(t, log); got != "log-begun damage-set-aside" {
			t.Errorf("the new log's audit says %s", got)
		}
		save(t, log, reviewed("b", store.VerdictAgree, ""))
		if again := openLog(t, path); again.SetAside() != "" || len(all(t, again, true)) != 1 {
			t.Error("the new log was set aside, too")
		}
	}
}

func TestAFileThatNeverWasALogIsLeftAlone(t *testing.T) {
	text, foreign := filepath.Join(t.TempDir(), "notes.txt"), filepath.Join(t.TempDir(), "bookmarks.db")
	if err := os.WriteFile(text, []byte(words), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := rawDatabase(t, foreign).Exec(`CREATE TABLE bookmarks (x)`); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(foreign, 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for _, path := range []string{text, foreign} {
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Open(t.Context(), path); !errors.Is(err, store.ErrNoLog) {
				t.Errorf("%s: error %v", path, err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("%s was changed, error %v", path, err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
				t.Errorf("%s was closed to others, error %v", path, err)
			}
		}
	}
}

func TestWhatIsNotDamagedStaysWhereItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the database's patience")
	}
	path := audited(t)
	db := rawDatabase(t, path)
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE`); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a busy log: %v", err)
	}
	if found := asides(t, path); len(found) > 0 {
		t.Errorf("%q were set aside", found)
	}
}

func TestADamagedLogThatIsInUseIsNotMoved(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the database's patience")
	}
	path := filepath.Join(t.TempDir(), "cases.db")
	user := openLog(t, path)
	save(t, user, reviewed("a", store.VerdictAgree, ""))
	if _, err := rawDatabase(t, path).Exec(`PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(bytes.Repeat([]byte{0xA5}, 100), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("error %v", err)
	}
	if found := asides(t, path); len(found) > 0 {
		t.Errorf("%q were taken from under the one who uses it", found)
	}
}

func TestProgramsThatStartTogetherSetADamagedLogAsideOnce(t *testing.T) {
	path, _ := damagedLog(t)
	var group sync.WaitGroup
	logs := make(chan *store.Log, 8)
	for range cap(logs) {
		group.Go(func() {
			log, err := store.Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := log.Save(context.Background(), reviewed("b", store.VerdictAgree, "")); err != nil {
				t.Error(err)
			}
			logs <- log
		})
	}
	group.Wait()
	close(logs)
	moved := 0
	for log := range logs {
		if log.SetAside() != "" {
			moved++
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}
	if found := asides(t, path); moved != 1 || len(found) != 1 {
		t.Errorf("%d programs set it aside, as %q", moved, found)
	}
	if v := verified(t, path); v.Reviews != cap(logs) || len(v.Flaws) > 0 {
		t.Errorf("%d reviews of %d, flaws %v", v.Reviews, cap(logs), v.Flaws)
	}
}
