package dicomio

import "context"

// File is a file's bytes as a [Source] loads them, identified but not decoded: whoever reads many films
// knows by the digest which ones have been decoded already.
type File struct {
	// Path names the file as it was opened.
	Path string
	// SHA256 is the lower-case hex digest of the bytes.
	SHA256 string

	data   []byte
	memory *Memory
}

// Bytes are the file's, which nobody may change.
func (f File) Bytes() []byte { return f.data }

// Film decodes the file's first frame, as [ReadFile] does.
func (f File) Film(ctx context.Context) (*Film, error) {
	film, err := decodeFilm(ctx, f.data, 1, f.memory.samples)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, failure(f.Path, err)
	}
	if film.Stored != nil {
		f.memory.samples = film.Stored
	}
	film.Path, film.SHA256 = f.Path, f.SHA256
	return film, nil
}
