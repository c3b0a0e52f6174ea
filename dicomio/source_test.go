package dicomio

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
				if _, err := source.Load(t.Context(), path, nil); err != nil {
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
		file, err := source.Load(t.Context(), path+"!inner.zip!IM1", nil)
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
		_, err := source.Load(t.Context(), filepath.Join(root, "all.zip")+fmt.Sprintf("!%d.zip!gone", k), nil)
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

func TestMemoryIsReusedWithoutMixingFilms(t *testing.T) {
	root := t.TempDir()
	lut := testElement{tagVOILUTSequence, "SQ", [][]testElement{{
		{tagLUTDescriptor, "US", []uint16{256, 0, 8}}, {tagLUTData, "OW", ramp(256)},
	}}}
	large := filmFile("MONOCHROME1", 40, 12, ramp(1600), testElement{tagPatientName, "PN", "Large^Film"}, lut)
	cut := filmFile("MONOCHROME2", 10, 12, ramp(100))
	cut = cut.with(testElement{tagPixelData, "OW", ramp(95)}) // the last pixels are missing and shown as zero
	put(t, root, map[string][]byte{
		"large.dcm": large.bytes(), "cut.dcm": cut.bytes(), "jpeg.dcm": jpegFile(t).bytes(),
		"turned.jpg": turnedJPEG(t, 6, binary.LittleEndian, false), "colour.jpg": turnedJPEG(t, 3, binary.LittleEndian, true),
		"films.zip": archiveOf(t, 1, small),
	})
	var source Source
	defer source.Close()
	var memory Memory
	var before *Film
	var header Header
	for _, name := range []string{"large.dcm", "cut.dcm", "jpeg.dcm", "turned.jpg", "films.zip!00000.dcm", "colour.jpg", "large.dcm", "cut.dcm"} {
		path := filepath.Join(root, name)
		file, err := source.Load(t.Context(), path, &memory)
		if err != nil {
			t.Fatal(err)
		}
		got, err := file.Film(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want, err := ReadFile(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.Stored, want.Stored) || !slices.Equal(got.Colour, want.Colour) || got.Header != want.Header || got.SHA256 != want.SHA256 {
			t.Errorf("%s differs from the film that is read alone", name)
		}
		if !got.IsColour() && !slices.Equal(got.Table(got.DefaultWindow()), want.Table(want.DefaultWindow())) {
			t.Errorf("%s has other greys than the film that is read alone", name)
		}
		// What was said of the film before does not lie in the memory.
		if before != nil && before.Header != header {
			t.Errorf("the film before %s is now %+v, was %+v", name, before.Header, header)
		}
		before, header = got, want.Header
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
	if _, err := source.Load(ended, path, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := source.Load(t.Context(), path, nil); err != nil {
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
					if _, err := source.Load(b.Context(), fmt.Sprintf("%s%s%05d.dcm", path, within, k%films), nil); err != nil {
						b.Fatal(err)
					}
					k++
				}
			})
		}
	}
}
