package dicomio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// File is a file's bytes, identified but not decoded: whoever reads many films
// knows by the digest which ones have been decoded already.
type File struct {
	// Path names the file as it was opened.
	Path string
	// SHA256 is the lower-case hex digest of the bytes.
	SHA256 string

	data []byte
}

// LoadFile reads a file, or the member of an archive that the path names.
//
// Errors are of type [*ReadError], except for the context's own.
func LoadFile(ctx context.Context, path string) (File, error) {
	data, err := load(ctx, path)
	if err != nil {
		if ctx.Err() != nil {
			return File{}, ctx.Err()
		}
		return File{}, failure(path, err)
	}
	digest := sha256.Sum256(data)
	return File{Path: path, SHA256: hex.EncodeToString(digest[:]), data: data}, nil
}

// Film decodes the file's first frame, as [ReadFile] does.
func (f File) Film(ctx context.Context) (*Film, error) {
	film, err := decodeFilm(ctx, f.data, 1)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, failure(f.Path, err)
	}
	film.Path, film.SHA256 = f.Path, f.SHA256
	return film, nil
}
