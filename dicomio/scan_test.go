package dicomio

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// numbered is a small film that can be told from others.
func numbered(patient, series, instance string) testFile {
	return filmFile("MONOCHROME2", 2, 8, ramp(4),
		testElement{tagPatientID, "LO", patient}, testElement{tagStudyInstanceUID, "UI", "1.2." + patient},
		testElement{tagSeriesNumber, "IS", series}, testElement{tagInstanceNumber, "IS", instance})
}

// scanAll returns a scan's entries, with paths relative to root.
func scanAll(t *testing.T, path, root string) (entries []Entry, paths []string) {
	t.Helper()
	err := Scan(context.Background(), path, func(e Entry) error {
		entries = append(entries, e)
		paths = append(paths, filepath.ToSlash(strings.TrimPrefix(e.Path, root+string(filepath.Separator))))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries, paths
}

// put writes files below a folder.
func put(t *testing.T, root string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func zipped(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, data := range files {
		m, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestScanFolder(t *testing.T) {
	root := t.TempDir()
	inner := zipped(t, map[string][]byte{"deep/IM4": numbered("C", "1", "1").bytes(), "notes.txt": []byte("some notes\n")})
	put(t, root, map[string][]byte{
		"a/b/c/IM1":     numbered("A", "2", "1").bytes(),
		"a/b/film.dcm":  numbered("A", "1", "10").bytes(),
		"a/b/film2.dcm": numbered("A", "1", "9").bytes(),
		"readme.txt":    []byte("read me\n"),
		"empty":         nil,
		"x.zip":         zipped(t, map[string][]byte{"IM3": numbered("B", "1", "1").bytes(), "more/inner.zip": inner}),
		"broken.zip":    []byte("PK\x03\x04 and then nothing"),
	})
	entries, paths := scanAll(t, root, root)
	want := []string{
		"a/b/c/IM1", "a/b/film.dcm", "a/b/film2.dcm", "broken.zip", "empty", "readme.txt",
		"x.zip!IM3", "x.zip!more/inner.zip!deep/IM4", "x.zip!more/inner.zip!notes.txt",
	}
	if !slices.Equal(paths, want) {
		t.Fatalf("%q, want %q", paths, want)
	}
	for i, kind := range map[int]error{3: ErrMalformed, 4: ErrEmpty, 5: ErrNotAFilm, 8: ErrNotAFilm} {
		if !errors.Is(entries[i].Err, kind) {
			t.Errorf("%s: %v is not %v", paths[i], entries[i].Err, kind)
		}
	}
	// Every film that was found can be read by the path it was found under.
	for _, e := range entries {
		if e.Err != nil {
			continue
		}
		film, err := ReadFile(context.Background(), e.Path)
		if err != nil {
			t.Errorf("%v", err)
		} else if film.Header != e.Header || film.Path != e.Path {
			t.Errorf("%s: header %+v, was %+v", e.Path, film.Header, e.Header)
		}
	}
	Sort(entries)
	var order []string
	for _, e := range entries[:5] {
		order = append(order, filepath.Base(e.Path))
	}
	if want := []string{"film2.dcm", "film.dcm", "IM1", "x.zip!IM3", "IM4"}; !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
}

func TestALinkToAFolderIsSaidNotToBeFollowed(t *testing.T) {
	root, other := t.TempDir(), t.TempDir()
	put(t, root, map[string][]byte{"a.dcm": numbered("A", "1", "1").bytes()})
	put(t, other, map[string][]byte{"b.dcm": numbered("B", "1", "1").bytes()})
	for name, target := range map[string]string{"around": root, "elsewhere": other, "film": filepath.Join(other, "b.dcm")} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Skip(err)
		}
	}
	entries, paths := scanAll(t, root, root)
	if want := []string{"a.dcm", "around", "elsewhere", "film"}; !slices.Equal(paths, want) {
		t.Fatalf("%q, want %q", paths, want)
	}
	for k, linked := range []bool{false, true, true, false} {
		if err := entries[k].Err; linked != (err != nil && strings.Contains(err.Error(), "not followed")) {
			t.Errorf("%s: %v", paths[k], err)
		}
	}
}

func TestALinkToAFolderThatIsNamedIsGoneThrough(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string][]byte{"real/deep/a.dcm": numbered("A", "1", "1").bytes()})
	link := filepath.Join(root, "link")
	if err := os.Symlink(filepath.Join(root, "real"), link); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{link, link + string(filepath.Separator)} {
		var found []string
		if err := Scan(t.Context(), name, func(e Entry) error {
			found = append(found, e.Path)
			return e.Err
		}); err != nil {
			t.Error(err)
		}
		if want := []string{filepath.Join(link, "deep", "a.dcm")}; !slices.Equal(found, want) {
			t.Errorf("%s: %q, want %q", name, found, want)
		}
	}
}

func TestABackslashOfAGBKCharacterIsNoFolder(t *testing.T) {
	root := t.TempDir()
	film := numbered("A", "1", "1").bytes()
	put(t, root, map[string][]byte{"x.zip": zipped(t, map[string][]byte{
		"ward\\\x8e\\.dcm": film, "ward\\\xb2\xa1\\a.dcm": film, "\x8e\\": film, "empty\\": nil,
	})})
	entries, paths := scanAll(t, root, root)
	if want := []string{"x.zip!ward/\x8e\\.dcm", "x.zip!ward/\xb2\xa1/a.dcm", "x.zip!\x8e\\"}; !slices.Equal(paths, want) {
		t.Fatalf("%q, want %q", paths, want)
	}
	for _, e := range entries {
		if _, err := ReadFile(t.Context(), e.Path); err != nil {
			t.Errorf("%q: %v", e.Path, err)
		}
	}
}

func TestScanDICOMDIR(t *testing.T) {
	root := t.TempDir()
	record := func(kind, file string) []testElement {
		r := []testElement{{tagDirectoryRecordType, "CS", kind}}
		if file != "" {
			r = append(r, testElement{tagReferencedFileID, "CS", file})
		}
		return r
	}
	directory := testFile{syntax: syntaxExplicitLittle, elements: []testElement{{tagDirectoryRecordSequence, "SQ", [][]testElement{
		record("PATIENT", ""), record("IMAGE", `DISC\IM1`), record("IMAGE", `DISC\IM2`), record("IMAGE", `DISC\IM3`), record("IMAGE", `..\..\SECRET`),
	}}}}
	put(t, root, map[string][]byte{
		"DICOMDIR":     directory.bytes(),
		"disc/im1":     numbered("A", "1", "1").bytes(),
		"disc/IM2.;1":  numbered("A", "1", "2").bytes(),
		"elsewhere/IM": numbered("B", "1", "1").bytes(),
	})
	entries, paths := scanAll(t, filepath.Join(root, "DICOMDIR"), root)
	if want := []string{"disc/im1", "disc/IM2.;1", "DISC/IM3"}; !slices.Equal(paths, want) {
		t.Fatalf("%q, want %q", paths, want)
	}
	if entries[0].Err != nil || entries[1].Err != nil || !errors.Is(entries[2].Err, fs.ErrNotExist) || !strings.Contains(entries[2].Err.Error(), "IM3: the DICOMDIR lists this file") {
		t.Errorf("%v %v %v", entries[0].Err, entries[1].Err, entries[2].Err)
	}
	// In its folder a DICOMDIR adds only what is missing.
	if _, paths := scanAll(t, root, root); !slices.Equal(paths, []string{"DISC/IM3", "disc/IM2.;1", "disc/im1", "elsewhere/IM"}) {
		t.Errorf("%q", paths)
	}
	// So it does in an archive.
	archive := filepath.Join(root, "disc.zip")
	put(t, root, map[string][]byte{"disc.zip": zipped(t, map[string][]byte{"CD/DICOMDIR": directory.bytes(), "CD/DISC/IM1": numbered("A", "1", "1").bytes()})})
	if _, paths := scanAll(t, archive, root); !slices.Equal(paths, []string{"disc.zip!CD/DISC/IM2", "disc.zip!CD/DISC/IM3", "disc.zip!CD/DISC/IM1"}) {
		t.Errorf("%q", paths)
	}
	// Opened as a film, it says what it is.
	_, err := ReadFile(context.Background(), filepath.Join(root, "DICOMDIR"))
	checkSentence(t, err, "DICOMDIR", ErrNoPixels, "DICOMDIR")
}

func TestScanOneFile(t *testing.T) {
	path := numbered("A", "1", "1").write(t)
	entries, _ := scanAll(t, path, "")
	if len(entries) != 1 || entries[0].Err != nil || entries[0].Header.PatientID != "A" || entries[0].Path != path {
		t.Errorf("%+v", entries)
	}
	if err := Scan(context.Background(), path+"x", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing path: %v", err)
	}
	stop := errors.New("enough")
	if err := Scan(context.Background(), filepath.Dir(path), func(Entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the caller's error: %v", err)
	}
}

func TestArchiveBombs(t *testing.T) {
	// A member that declares gigabytes, and archives inside archives.
	deep := numbered("A", "1", "1").bytes()
	for range 6 {
		deep = zipped(t, map[string][]byte{"a.zip": deep})
	}
	path := writeFile(t, "deep.zip", deep)
	entries, _ := scanAll(t, path, "")
	if len(entries) != 1 || !errors.Is(entries[0].Err, ErrTooLarge) {
		t.Errorf("%+v", entries)
	}

	big := zipped(t, map[string][]byte{"nested.zip": bytes.Repeat([]byte{0}, 1<<16)})
	at := bytes.LastIndex(big, []byte("PK\x01\x02"))
	copy(big[at+24:], []byte{0xF0, 0xFF, 0xFF, 0xFF}) // uncompressed size
	entries, _ = scanAll(t, writeFile(t, "big.zip", big), "")
	if len(entries) != 1 || !errors.Is(entries[0].Err, ErrTooLarge) {
		t.Errorf("%+v", entries)
	}
	_, err := ReadFile(context.Background(), writeFile(t, "locked.zip", encrypted(t))+"!IM1")
	if !errors.Is(err, ErrUnsupported) {
		t.Errorf("an encrypted member: %v", err)
	}
}

// encrypted is an archive whose member is marked as encrypted.
func encrypted(t *testing.T) []byte {
	data := zipped(t, map[string][]byte{"IM1": numbered("A", "1", "1").bytes()})
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	data[at+8] |= 1
	return data
}

func TestPathsWithExclamationMarks(t *testing.T) {
	root := t.TempDir()
	put(t, root, map[string][]byte{"urgent!.zip!/film!.dcm": numbered("A", "1", "1").bytes()})
	if _, err := ReadFile(context.Background(), filepath.Join(root, "urgent!.zip!", "film!.dcm")); err != nil {
		t.Error(err)
	}
}

func TestComparePaths(t *testing.T) {
	for _, pair := range [][2]string{{"film2", "film10"}, {"a", "b"}, {"film", "film1"}, {"film01b", "film1c"}} {
		if comparePaths(pair[0], pair[1]) >= 0 || comparePaths(pair[1], pair[0]) <= 0 {
			t.Errorf("%s does not come before %s", pair[0], pair[1])
		}
	}
}
