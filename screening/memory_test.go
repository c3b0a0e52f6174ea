package screening_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"pneumolight/screening"
)

// heapWhile screens a folder and returns the live heap, in bytes, when the
// first tenth of its files was done and at the end.
func heapWhile(t *testing.T, dir string, files int) (early, late uint64) {
	t.Helper()
	live := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	model := newCounting()
	journal := begin(t, openLog(t, filepath.Join(t.TempDir(), "j.db")), dir, model, false)
	done, err := screening.Job{
		Folder: dir, Model: model, Journal: journal, Workers: 2,
		Progress: func(p screening.Progress) {
			if early == 0 && p.Done >= files/10 {
				early = live()
			}
			if p.Done < files {
				return
			}
			late = live()
		},
	}.Run(t.Context())
	if err != nil || done.Done != files {
		t.Fatalf("%+v, error %v", done, err)
	}
	return early, late
}

func TestMemoryDoesNotGrowWithTheFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred thousand files")
	}
	const allowed = 12 << 20
	t.Run("5,000 films", func(t *testing.T) {
		dir := folder(t, 5000)
		early, late := heapWhile(t, dir, 5000)
		t.Logf("live heap %.1f MB after a tenth, %.1f MB at the end", float64(early)/1e6, float64(late)/1e6)
		if late > early+allowed {
			t.Error("it grows with the folder")
		}
	})
	t.Run("100,000 files", func(t *testing.T) {
		dir := t.TempDir()
		const folders, each = 100, 1000
		for f := range folders {
			// A link takes no room; each folder has a film of its own,
			// since a file system bounds the links to one file.
			sub := filepath.Join(dir, fmt.Sprintf("day-%03d", f))
			write(t, filepath.Join(sub, "film-0000.png"), film(t, f))
			for k := 1; k < each; k++ {
				if err := os.Link(filepath.Join(sub, "film-0000.png"), filepath.Join(sub, fmt.Sprintf("film-%04d.png", k))); err != nil {
					t.Fatal(err)
				}
			}
		}
		early, late := heapWhile(t, dir, folders*each)
		t.Logf("live heap %.1f MB after a tenth, %.1f MB at the end", float64(early)/1e6, float64(late)/1e6)
		if late > early+allowed {
			t.Error("it grows with the folder")
		}
	})
}
