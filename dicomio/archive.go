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

	"github.com/klauspost/compress/flate"
)

// archiveSeparator stands between an archive's path and a member's.
const archiveSeparator = "!"

// Bounds on archives, so that a small file cannot grow without end.
const (
	maxMember       = 1 << 31
	maxArchiveDepth = 4
)

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

// loadMember reads a member of an archive, which may lie in an archive itself.
func loadMember(ctx context.Context, archive, inner string) ([]byte, error) {
	file, size, err := open(archive)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return memberOf(ctx, file, size, inner, 1)
}

func memberOf(ctx context.Context, r io.ReaderAt, size int64, inner string, depth int) ([]byte, error) {
	z, err := openZIP(r, size)
	if err != nil {
		return nil, err
	}
	for _, member := range z.File {
		name := memberName(member)
		if name == inner {
			return readMember(ctx, member)
		}
		rest, nested := strings.CutPrefix(inner, name+archiveSeparator)
		if !nested || depth >= maxArchiveDepth {
			continue
		}
		data, err := readMember(ctx, member)
		if err != nil {
			return nil, err
		}
		return memberOf(ctx, bytes.NewReader(data), int64(len(data)), rest, depth+1)
	}
	return nil, &fault{kind: os.ErrNotExist, offset: -1, detail: "the archive has no such member", advice: "open the archive again"}
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
// one; archives made on Windows may have backslashes.
func memberName(m *zip.File) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(m.Name, `\`, "/")), "/")
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

// readMember reads a whole member. Its buffer grows as the bytes come: what a
// member declares is only a bound.
func readMember(ctx context.Context, m *zip.File) ([]byte, error) {
	r, err := openMember(ctx, m)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out bytes.Buffer
	if _, err := io.Copy(&out, r); err != nil {
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
