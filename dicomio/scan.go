package dicomio

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Entry is one file that a scan came upon: what it says of its film, or why
// it can't be read.
type Entry struct {
	Info
	// Err is a [*ReadError] where the file can't be read; then only
	// Info.Path is set. [ErrNotAFilm] and [ErrNoPixels] are what folders
	// hold besides films.
	Err error
}

// maxNested bounds what archives inside an archive may expand to while they
// are gone through, since they are held in memory.
const maxNested = 1 << 30

// Scan finds every film in a file, a folder and all folders below it, a ZIP
// archive and those inside it, or a DICOMDIR and the files that it lists. It
// calls found for each file in the order of their paths, from one goroutine,
// and ends when found returns an error, which it returns. A file that can't be
// read is an entry with an error. Scan's own error is a [*ReadError] for a
// path that can't be opened at all, the context's, or found's.
func Scan(ctx context.Context, path string, found func(Entry) error) error {
	s := &scanner{ctx: ctx, found: found, budget: maxNested}
	info, err := os.Stat(path)
	if err != nil {
		return failure(path, err)
	}
	if info.IsDir() {
		return s.folder(path)
	}
	return s.file(path, true)
}

type scanner struct {
	ctx    context.Context
	found  func(Entry) error
	budget int64 // bytes left for nested archives
}

func (s *scanner) report(path string, h head, err error) error {
	if ctxErr := s.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if err != nil {
		return s.found(Entry{Info: Info{Path: path}, Err: failure(path, err)})
	}
	h.info.Path = path
	return s.found(Entry{Info: h.info})
}

// folder walks a folder in the order of names. Links to folders are not
// followed, so that a walk always ends; each is an entry that says so. The root
// may be one.
func (s *scanner) folder(root string) error {
	if !os.IsPathSeparator(root[len(root)-1]) {
		root += string(filepath.Separator) // else the walk ends at a link
	}
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		p = filepath.Clean(p)
		switch {
		case s.ctx.Err() != nil:
			return s.ctx.Err()
		case err != nil:
			if err := s.report(p, head{}, err); err != nil {
				return err
			}
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			if target, err := os.Stat(p); err == nil && target.IsDir() {
				return s.report(p, head{}, &fault{kind: ErrNotAFilm, offset: -1, detail: "links to folders are not followed", advice: "name the folder itself, or copy it here"})
			}
		}
		return s.file(p, false)
	})
}

// file reads one file. Of a DICOMDIR that was chosen itself, the listed files
// follow; inside a folder they are found anyway, and only missing ones are
// reported.
func (s *scanner) file(p string, chosen bool) error {
	file, size, err := open(p)
	if err != nil {
		return s.report(p, head{}, err)
	}
	defer file.Close()
	h, err := readHead(s.ctx, file, size)
	switch {
	case err == nil && h.archive && (chosen || isZIPName(p)):
		return s.archive(p, file, size, 1)
	case err == nil && h.archive:
		return s.report(p, head{}, notAFilm([]byte("PK\x03\x04")))
	case err == nil && h.directory != nil:
		return s.directory(p, h.directory, chosen)
	}
	return s.report(p, h, err)
}

func (s *scanner) directory(p string, ds *dataset, chosen bool) error {
	files := newMedium(filepath.Dir(p))
	for _, listed := range listedFiles(ds) {
		target, ok := files.find(listed)
		switch {
		case !ok:
			err := &fault{kind: fs.ErrNotExist, offset: -1, detail: "the DICOMDIR lists this file, but it is missing", advice: "copy the whole medium again"}
			if err := s.report(filepath.Join(filepath.Dir(p), filepath.Join(listed...)), head{}, err); err != nil {
				return err
			}
		case chosen:
			if err := s.file(target, false); err != nil {
				return err
			}
		}
	}
	return s.ctx.Err()
}

func isZIPName(p string) bool { return strings.EqualFold(path.Ext(p), ".zip") }

// archive reads every member of an archive. Prefix is the archive's own path.
func (s *scanner) archive(prefix string, r io.ReaderAt, size int64, depth int) error {
	z, err := openZIP(r, size)
	if err != nil {
		return s.report(prefix, head{}, err)
	}
	members := slices.Clone(z.File)
	slices.SortStableFunc(members, func(a, b *zip.File) int {
		return cmp.Compare(memberName(a), memberName(b))
	})
	names := map[string]bool{}
	for _, m := range members {
		names[strings.ToLower(memberName(m))] = true
	}
	for _, m := range members {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if strings.HasSuffix(slashed(m.Name), "/") {
			continue
		}
		name := memberName(m)
		p := prefix + archiveSeparator + name
		if isZIPName(name) {
			err = s.nested(p, m, depth)
		} else {
			err = s.member(p, name, m, names)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) member(p, name string, m *zip.File, names map[string]bool) error {
	r, err := openMember(s.ctx, m)
	if err != nil {
		return s.report(p, head{}, err)
	}
	defer r.Close()
	h, err := readHead(s.ctx, r, int64(m.UncompressedSize64))
	switch {
	case err == nil && h.archive:
		return s.report(p, head{}, notAFilm([]byte("PK\x03\x04")))
	case err == nil && h.directory != nil:
		for _, listed := range listedFiles(h.directory) {
			target := path.Join(path.Dir(name), path.Join(listed...))
			if names[strings.ToLower(target)] {
				continue
			}
			err := &fault{kind: fs.ErrNotExist, offset: -1, detail: "the DICOMDIR lists this file, but it is missing", advice: "copy the whole medium again"}
			if err := s.report(strings.TrimSuffix(p, name)+target, head{}, err); err != nil {
				return err
			}
		}
		return nil
	}
	var known *fault
	if err != nil && !errors.As(err, &known) {
		err = damagedMember(err)
	}
	return s.report(p, h, err)
}

func (s *scanner) nested(p string, m *zip.File, depth int) error {
	if depth >= maxArchiveDepth {
		return s.report(p, head{}, &fault{kind: ErrTooLarge, offset: -1, detail: "archives are nested too deeply", advice: "unpack the archive first"})
	}
	if m.UncompressedSize64 > uint64(s.budget) {
		return s.report(p, head{}, &fault{kind: ErrTooLarge, offset: -1, detail: "the archives inside the archive are too large", advice: "unpack the archive first"})
	}
	data, err := readMember(s.ctx, m, nil, io.Discard)
	if err != nil {
		return s.report(p, head{}, err)
	}
	s.budget -= int64(len(data))
	defer func() { s.budget += int64(len(data)) }()
	return s.archive(p, bytes.NewReader(data), int64(len(data)), depth+1)
}

// Sort orders entries as a reader goes through them: by patient, study,
// series and instance, and last by path. What can't be read comes last.
func Sort(entries []Entry) {
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(
			compareBool(a.Err != nil, b.Err != nil),
			cmp.Compare(a.Header.PatientName, b.Header.PatientName),
			cmp.Compare(a.Header.PatientID, b.Header.PatientID),
			cmp.Compare(a.Header.StudyDate, b.Header.StudyDate),
			cmp.Compare(a.Header.StudyTime, b.Header.StudyTime),
			cmp.Compare(a.Header.StudyUID, b.Header.StudyUID),
			cmp.Compare(a.Header.SeriesNumber, b.Header.SeriesNumber),
			cmp.Compare(a.Header.SeriesUID, b.Header.SeriesUID),
			cmp.Compare(a.Header.InstanceNumber, b.Header.InstanceNumber),
			comparePaths(a.Path, b.Path),
		)
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// comparePaths orders film2 before film10.
func comparePaths(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			na, nb := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Or(cmp.Compare(len(na), len(nb)), cmp.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
