package dicomio

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// openFiles is how many files of a folder this process has open.
func openFiles(t *testing.T, folder string) int {
	t.Helper()
	const descriptors = "/proc/self/fd"
	links, err := os.ReadDir(descriptors)
	if err != nil {
		t.Skip("this system does not list open files")
	}
	n := 0
	for _, link := range links {
		if target, err := os.Readlink(filepath.Join(descriptors, link.Name())); err == nil && strings.HasPrefix(target, folder) {
			n++
		}
	}
	return n
}

// archiveOf makes a ZIP archive of n films of a few bytes.
func archiveOf(tb testing.TB, n int, film func(k int) []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for k := range n {
		m, err := w.Create(fmt.Sprintf("%05d.dcm", k))
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := m.Write(film(k)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func small(k int) []byte { return numbered("A", "1", fmt.Sprint(k)).bytes() }

func TestASourceKeepsFewArchivesOpen(t *testing.T) {
	const archives, each = 3 * maxOpenArchives, 5
	root := t.TempDir()
	var source Source
	var readers sync.WaitGroup
	for a := range archives {
		name := fmt.Sprintf("%02d.zip", a)
		put(t, root, map[string][]byte{name: archiveOf(t, each, small)})
		for k := range each {
			readers.Go(func() {
				path := filepath.Join(root, name) + fmt.Sprintf("!%05d.dcm", k)
				if _, err := source.Load(t.Context(), path); err != nil {
					t.Error(err)
				}
			})
		}
	}
	readers.Wait()
	if n := openFiles(t, root); n < 1 || n > maxOpenArchives {
		t.Errorf("%d archives are open", n)
	}
	source.Close()
	if n := openFiles(t, root); n != 0 {
		t.Errorf("%d archives are still open at the end", n)
	}
}

func TestASourceReadsAnArchiveThatWasReplaced(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "films.zip")
	var source Source
	defer source.Close()
	patient := func(id string) string {
		t.Helper()
		film := numbered(id, "1", "1").bytes()
		put(t, root, map[string][]byte{"films.zip": zipped(t, map[string][]byte{"inner.zip": zipped(t, map[string][]byte{"IM1": film})})})
		later := time.Now().Add(time.Duration(len(id)) * time.Hour)
		if err := os.Chtimes(path, later, later); err != nil {
			t.Fatal(err)
		}
		file, err := source.Load(t.Context(), path+"!inner.zip!IM1")
		if err != nil {
			t.Fatal(err)
		}
		read, err := file.Film(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return read.Header.PatientID
	}
	if first, second := patient("A"), patient("BB"); first != "A" || second != "BB" {
		t.Errorf("the films are of %q and %q", first, second)
	}
}

func TestASourceHoldsBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("large archives")
	}
	// The inner archives are of zeros, which the outer one compresses well.
	const inner, archives = 100 << 20, 4
	var held bytes.Buffer
	w := zip.NewWriter(&held)
	m, err := w.CreateHeader(&zip.FileHeader{Name: "zeros", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Write(make([]byte, inner)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for k := range archives {
		files[fmt.Sprintf("%d.zip", k)] = held.Bytes()
	}
	root := t.TempDir()
	put(t, root, map[string][]byte{"all.zip": zipped(t, files)})
	var source Source
	defer source.Close()
	for k := range archives {
		_, err := source.Load(t.Context(), filepath.Join(root, "all.zip")+fmt.Sprintf("!%d.zip!gone", k))
		if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	total := int64(0)
	for _, a := range source.archives {
		total += a.held
	}
	if total < inner || total > maxHeldArchives {
		t.Errorf("%d MB of archives are held", total>>20)
	}
}

func TestACancelledReadDoesNotSpoilTheArchive(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string][]byte{"films.zip": zipped(t, map[string][]byte{"inner.zip": archiveOf(t, 1, small)})})
	path := filepath.Join(root, "films.zip") + "!inner.zip!00000.dcm"
	var source Source
	defer source.Close()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.Load(ended, path); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := source.Load(t.Context(), path); err != nil {
		t.Error(err)
	}
}

// BenchmarkSource reads films out of an archive of a few and of one of many: the
// time a film must not grow with their number.
func BenchmarkSource(b *testing.B) {
	for _, nested := range []bool{false, true} {
		for _, films := range []int{50, 5000} {
			b.Run(fmt.Sprintf("nested %v/%d films", nested, films), func(b *testing.B) {
				data, within := archiveOf(b, films, small), "!"
				if nested {
					data, within = zipped(b, map[string][]byte{"inner.zip": data}), "!inner.zip!"
				}
				path := filepath.Join(b.TempDir(), "films.zip")
				if err := os.WriteFile(path, data, 0o600); err != nil {
					b.Fatal(err)
				}
				var source Source
				defer source.Close()
				k := 0
				for b.Loop() {
					if _, err := source.Load(b.Context(), fmt.Sprintf("%s%s%05d.dcm", path, within, k%films)); err != nil {
						b.Fatal(err)
					}
					k++
				}
			})
		}
	}
}
