package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pneumolight/store"
)

func backUp(t *testing.T, log *store.Log, path string) store.Head {
	t.Helper()
	head, err := log.Backup(t.Context(), path, false)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestABackupIsWholeWhileOthersWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "cases.db")
	log := openLog(t, path)
	var group sync.WaitGroup
	var saved atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	for range 2 {
		writer, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() {
			defer writer.Close()
			for ctx.Err() == nil {
				writer.Record(store.FilmOpened(reviewed("c", "", "").Film.SHA256, 1))
				if err := writer.Save(context.Background(), reviewed("a", store.VerdictAgree, "")); err != nil {
					t.Error(err)
					return
				}
				saved.Add(1)
				time.Sleep(5 * time.Millisecond) // nobody reviews without a pause
			}
		})
	}
	for k := range 5 {
		before := saved.Load()
		for saved.Load() < before+20 { // the writers are at it
			time.Sleep(time.Millisecond)
		}
		copied := filepath.Join(dir, "copy"+string(rune('0'+k)))
		least := saved.Load()
		head := backUp(t, log, copied)
		info, err := os.Stat(copied)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, error %v", info.Mode(), err)
		}
		if left, err := filepath.Glob(copied + "?*"); err != nil || len(left) > 0 {
			t.Errorf("%q lie beside the copy", left)
		}
		if v := verified(t, copied); len(v.Flaws) > 0 || v.Head != head || int64(v.Reviews) < least {
			t.Errorf("the copy has %d of at least %d reviews, head %v of %v, flaws %v", v.Reviews, least, v.Head, head, v.Flaws)
		}
	}
	stop()
	group.Wait()
}

func TestABackupOverwritesOnlyWhenTold(t *testing.T) {
	dir := t.TempDir()
	log := openLog(t, filepath.Join(dir, "cases.db"))
	target := filepath.Join(dir, "precious.txt")
	if err := os.WriteFile(target, []byte("precious"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Backup(t.Context(), target, false); !errors.Is(err, store.ErrExists) {
		t.Errorf("error %v", err)
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "precious" {
		t.Errorf("the file now holds %q", text)
	}
	if _, err := log.Backup(t.Context(), target, true); err != nil {
		t.Fatal(err)
	}
	if v := verified(t, target); len(v.Flaws) > 0 {
		t.Errorf("flaws %v", v.Flaws)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestRestoringSetsTheCurrentLogAside(t *testing.T) {
	dir := t.TempDir()
	path, copied := filepath.Join(dir, "cases.db"), filepath.Join(dir, "backup.db")
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	save(t, log, reviewed("a", store.VerdictAgree, "in the backup"))
	backUp(t, log, copied)
	save(t, log, reviewed("b", store.VerdictAgree, "after it"))
	if _, err := store.Restore(t.Context(), path, copied); !errors.Is(err, store.ErrBusy) {
		t.Errorf("a log in use: %v", err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	aside, err := store.Restore(t.Context(), path, copied)
	if err != nil {
		t.Fatal(err)
	}
	if cases := all(t, openLog(t, aside), true); len(cases) != 2 {
		t.Errorf("set aside were %d reviews", len(cases))
	}
	now := openLog(t, path)
	if cases := all(t, now, true); len(cases) != 1 || cases[0].Review.Note != "in the backup" {
		t.Errorf("restored were %+v", cases)
	}
	if got := auditActions(t, now); got != "log-begun reviewed backed-up restored" {
		t.Errorf("the audit says %s", got)
	}
	if v := verified(t, path); len(v.Flaws) > 0 {
		t.Errorf("flaws %v", v.Flaws)
	}
	// Where there is no log, one is made of the backup.
	fresh := filepath.Join(dir, "new", "cases.db")
	if aside, err := store.Restore(t.Context(), fresh, copied); err != nil || aside != "" {
		t.Errorf("set aside %q, error %v", aside, err)
	}
	if cases := all(t, openLog(t, fresh), true); len(cases) != 1 {
		t.Errorf("restored were %d", len(cases))
	}
}

func TestABackupThatIsNotSoundIsNotRestored(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "cases.db")
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	save(t, log, reviewed("a", store.VerdictAgree, ""))
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	damaged, _ := damagedLog(t)
	tampered := audited(t)
	tamper(t, tampered, `DELETE FROM audit WHERE id = 5`)
	newer, foreign := filepath.Join(dir, "newer.db"), filepath.Join(dir, "foreign.db")
	if _, err := rawDatabase(t, newer).Exec(`CREATE TABLE future (x); PRAGMA user_version = 999`); err != nil {
		t.Fatal(err)
	}
	if _, err := rawDatabase(t, foreign).Exec(`CREATE TABLE bookmarks (x)`); err != nil {
		t.Fatal(err)
	}
	for backup, want := range map[string]error{
		damaged: store.ErrBackupDamaged, tampered: store.ErrTampered, newer: store.ErrNewer, foreign: store.ErrNoLog,
		filepath.Join(dir, "missing.db"): os.ErrNotExist,
	} {
		if _, err := store.Restore(t.Context(), path, backup); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", backup, err, want)
		}
	}
	// A window that goes on in the log would go on in a file without a name.
	self, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := self.Backup(t.Context(), path, true); err == nil {
		t.Error("the log was replaced by its own backup")
	}
	if err := self.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Restore(t.Context(), path, path); err == nil {
		t.Error("the log was restored from itself")
	}
	if cases := all(t, openLog(t, path), true); len(cases) != 1 || len(asides(t, path)) > 0 {
		t.Errorf("the log has %d reviews, beside it lie %q", len(cases), asides(t, path))
	}
}
