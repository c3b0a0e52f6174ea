package dicomio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"unicode/utf8"
)

// maxFile bounds the size of a file that is read into memory.
const maxFile = 1 << 32

// ReadFile reads a file's first frame. The path may name a member of an
// archive as archive.zip!inner/name.
//
// Errors are of type [*ReadError], except for the context's own.
func ReadFile(ctx context.Context, path string) (*Film, error) {
	return ReadFrame(ctx, path, 1)
}

// ReadFrame reads one frame of a file, from 1.
func ReadFrame(ctx context.Context, path string, frame int) (*Film, error) {
	film, err := readFrame(ctx, path, frame)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, failure(path, err)
	}
	film.Path = path
	return film, nil
}

func readFrame(ctx context.Context, path string, frame int) (*Film, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := load(ctx, path)
	if err != nil {
		return nil, err
	}
	// The digest is computed on another core while the pixels are decoded.
	digest := make(chan string, 1)
	go func() { digest <- digestOf(ctx, data) }()
	film, err := decodeFilm(ctx, data, frame, nil)
	sum := <-digest
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	film.SHA256 = sum
	return film, nil
}

// digestOf is the SHA-256 of data; a done context ends it early, and what it
// returns then is of no use.
func digestOf(ctx context.Context, data []byte) string {
	h := sha256.New()
	for piece := range slices.Chunk(data, 4<<20) {
		if ctx.Err() != nil {
			break
		}
		h.Write(piece)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// decodeFilm decodes a file's bytes, into memory where that suffices. A panic in
// one of the libraries that read untrusted bytes becomes an error of that file.
func decodeFilm(ctx context.Context, data []byte, frame int, memory []uint16) (film *Film, err error) {
	defer func() {
		if p := recover(); p != nil {
			film, err = nil, damagedBeyondDecoder(p)
		}
	}()
	return decodeUnguarded(ctx, data, frame, memory)
}

func decodeUnguarded(ctx context.Context, data []byte, frame int, memory []uint16) (*Film, error) {
	if len(data) == 0 {
		return nil, emptyFault()
	}
	// A DICOM file's preamble may be the head of a TIFF file (PS3.10 7.1),
	// so that DICOM comes first.
	if looksLikeDICOM(data) {
		return filmFromDICOM(ctx, data, frame, memory)
	}
	if format := rasterFormat(data); format != "" {
		if frame != 1 {
			return nil, &fault{kind: ErrNoPixels, offset: -1, detail: fmt.Sprintf("there is no frame %d: the file has 1", frame), advice: "choose another frame"}
		}
		return filmFromRaster(ctx, format, data, memory)
	}
	return nil, notAFilm(data)
}

func damagedBeyondDecoder(panicked any) error {
	return &fault{kind: ErrMalformed, offset: -1, detail: "the file is damaged in a way that its decoder can't handle", advice: adviceAgain, err: fmt.Errorf("decoder: %v", panicked)}
}

func emptyFault() error {
	return &fault{kind: ErrEmpty, offset: -1, detail: "the file is empty", advice: adviceAgain}
}

// notAFilm says what a file is instead, as far as that can be told.
func notAFilm(data []byte) error {
	f := &fault{kind: ErrNotAFilm, offset: -1, advice: adviceOther}
	head := data[:min(len(data), 512)]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		f.detail, f.advice = "this is a ZIP archive, not a film", "open it as a folder"
	case bytes.HasPrefix(head, []byte("%PDF")):
		f.detail = "this is a PDF document, not a film"
	case bytes.IndexByte(head, 0) < 0 && utf8.Valid(bytes.ToValidUTF8(head, nil)) && printable(head):
		f.detail = "this is a text file, not a film"
	default:
		f.detail = "this is not a DICOM, PNG, JPEG or TIFF file"
	}
	return f
}

// printable reports whether bytes look like text: few controls.
func printable(b []byte) bool {
	controls := 0
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' {
			controls++
		}
	}
	return controls*50 < len(b)+50
}

// load reads a file, or a member of an archive, into memory.
func load(ctx context.Context, path string) ([]byte, error) {
	var once Source
	defer once.Close()
	return once.read(ctx, path, nil, io.Discard)
}

// open opens a regular file and tells its size.
func open(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case info.IsDir():
		return nil, 0, &fault{kind: ErrNotAFilm, offset: -1, detail: "this is a folder, not a film", advice: "open it as a folder, or choose a file inside it"}
	case !info.Mode().IsRegular():
		return nil, 0, &fault{kind: ErrNotAFilm, offset: -1, detail: "this is a device or a pipe, not a file", advice: adviceOther}
	case info.Size() == 0:
		return nil, 0, emptyFault()
	case info.Size() > maxFile:
		return nil, 0, &fault{kind: ErrTooLarge, offset: -1, detail: "the file is larger than 4 GiB", advice: "export the film alone"}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// readAll reads size bytes, into memory where that suffices, in pieces between
// which the context can end it.
func readAll(ctx context.Context, r io.Reader, size int64, memory []byte) ([]byte, error) {
	const piece = 256 << 10
	data := memory[:0]
	if int64(cap(data)) < size {
		data = make([]byte, size)
	}
	data = data[:size]
	for done := int64(0); done < size; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := io.ReadFull(r, data[done:min(size, done+piece)])
		done += int64(n)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			// The file shrank since it was opened.
			return data[:done], nil
		}
		if err != nil {
			return nil, &fs.PathError{Op: "read", Err: err}
		}
	}
	return data, nil
}
