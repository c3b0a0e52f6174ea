package dicomio

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/flate"
)

// archiveSeparator stands between an archive's path and a member's.
const archiveSeparator = "!"

// Bounds on archives, so that a small file cannot grow without end.
const (
	maxMember       = 1 << 31
	maxArchiveDepth = 4
)

// Holder is the file that a path's film lies in: for an archive's member, the
// archive.
func Holder(path string) string {
	if archive, _, ok := cutArchive(path); ok {
		return archive
	}
	return path
}

// Member is the name that a path's film has in its archive; the path itself
// where it lies in none.
func Member(path string) string {
	if _, inner, ok := cutArchive(path); ok {
		return inner
	}
	return path
}

// cutArchive splits archive.zip!inner where the first part is a file.
func cutArchive(p string) (archive, inner string, ok bool) {
	if !strings.Contains(p, archiveSeparator) || regularFile(p) {
		return "", "", false
	}
	for at := range len(p) {
		if p[at:at+1] == archiveSeparator && regularFile(p[:at]) {
			return p[:at], p[at+1:], true
		}
	}
	return "", "", false
}

func regularFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// archive is an open archive with its members by their names, the first where
// several have the same.
type archive struct {
	members map[string]*zip.File
	file    *os.File // nil for one inside another
	held    int64    // its bytes in memory
}

func openArchiveFile(path string) (*archive, error) {
	file, size, err := open(path)
	if err != nil {
		return nil, err
	}
	a, err := newArchive(file, size)
	if err != nil {
		_ = file.Close() // it was only read from
		return nil, err
	}
	a.file = file
	return a, nil
}

func newArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := openZIP(r, size)
	if err != nil {
		return nil, err
	}
	a := &archive{members: make(map[string]*zip.File, len(z.File))}
	for _, m := range z.File {
		if name := memberName(m); a.members[name] == nil {
			a.members[name] = m
		}
	}
	return a, nil
}

// cut splits inner.zip!name where the first part is a member.
func (a *archive) cut(inner string) (name, rest string, ok bool) {
	for at := range len(inner) {
		if inner[at:at+1] == archiveSeparator && a.members[inner[:at]] != nil {
			return inner[:at], inner[at+1:], true
		}
	}
	return "", "", false
}

func openZIP(r io.ReaderAt, size int64) (*zip.Reader, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, &fault{kind: ErrMalformed, offset: -1, detail: "this ZIP archive is damaged", advice: adviceAgain, err: err}
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	return z, nil
}

// memberName is a member's path with forward slashes and without a leading
// one.
func memberName(m *zip.File) string {
	return strings.TrimPrefix(path.Clean("/"+slashed(m.Name)), "/")
}

// slashed is a member's name with forward slashes: archives made on Windows may
// have backslashes. In GBK the second byte of a character may look like one.
func slashed(name string) string {
	if utf8.ValidString(name) {
		return strings.ReplaceAll(name, `\`, "/")
	}
	b := []byte(name)
	for k := 0; k < len(b); k++ {
		switch {
		case b[k] >= 0x81 && b[k] <= 0xFE:
			k++
		case b[k] == '\\':
			b[k] = '/'
		}
	}
	return string(b)
}

// openMember opens a member for reading. The reader never gives more than the
// member declares, nor than the bound.
func openMember(ctx context.Context, m *zip.File) (io.ReadCloser, error) {
	if m.UncompressedSize64 == 0 {
		return nil, emptyFault()
	}
	if m.UncompressedSize64 > maxMember {
		return nil, &fault{kind: ErrTooLarge, offset: -1, detail: "the archive's member is larger than 2 GiB", advice: "unpack the archive first"}
	}
	if m.Flags&1 != 0 {
		return nil, &fault{kind: ErrUnsupported, offset: -1, detail: "the archive is encrypted", advice: "unpack it with its password first"}
	}
	r, err := m.Open()
	if err != nil {
		if errors.Is(err, zip.ErrAlgorithm) {
			return nil, &fault{kind: ErrUnsupported, offset: -1, detail: fmt.Sprintf("the archive's compression method %d is not supported", m.Method), advice: "unpack the archive first", err: err}
		}
		return nil, damagedMember(err)
	}
	return memberReader{io.LimitReader(&contextReader{ctx, r}, int64(m.UncompressedSize64)), r}, nil
}

type memberReader struct {
	io.Reader
	io.Closer
}

// readMember reads a whole member, into memory where that suffices, and gives
// its bytes to each as well. The memory grows as the bytes come: what a member
// declares is only a bound.
func readMember(ctx context.Context, m *zip.File, memory []byte, each io.Writer) ([]byte, error) {
	r, err := openMember(ctx, m)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out := bytes.NewBuffer(memory[:0])
	out.Grow(int(min(m.UncompressedSize64, 1<<20)))
	if _, err := io.Copy(out, io.TeeReader(r, each)); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, damagedMember(err)
	}
	return out.Bytes(), nil
}

func damagedMember(err error) error {
	return &fault{kind: ErrMalformed, offset: -1, detail: "the archive's member is damaged", advice: adviceAgain, err: err}
}
