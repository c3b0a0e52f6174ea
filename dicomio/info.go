package dicomio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"pneumolight/dicomio/codec"
)

// Info is what can be told of a film without decoding its pixels.
type Info struct {
	// Path names the file; a member of an archive is written
	// archive.zip!inner/name.
	Path   string
	Format Format
	Header Header
	// Width, Height and Bits are as in [Film]; Frames is how many frames
	// the file has.
	Width, Height, Bits, Frames int
	// Colour is true for a DICOM file whose pixels are in colour.
	Colour bool
}

// Suitability judges by the tags alone; [Film.Suitability] also looks at the
// pixels.
func (i Info) Suitability() Suitability {
	var s Suitability
	if i.Colour {
		s.add(Unsuitable, ReasonColour, colourText)
	}
	s.judgeShape(i.Width, i.Height, i.Frames)
	s.judgeHeader(i.Format, i.Header)
	return s
}

// ReadHeader reads what a file says of its film, and no more of the file than
// that takes.
//
// Errors are of type [*ReadError], except for the context's own.
func ReadHeader(ctx context.Context, path string) (Info, error) {
	h, err := readHeader(ctx, path)
	if err == nil && h.directory != nil {
		err = noPixels(&dicomFile{dataset: h.directory})
	}
	if err != nil {
		if ctx.Err() != nil {
			return Info{}, ctx.Err()
		}
		return Info{}, failure(path, err)
	}
	h.info.Path = path
	return h.info, nil
}

func readHeader(ctx context.Context, path string) (head, error) {
	if err := ctx.Err(); err != nil {
		return head{}, err
	}
	if _, _, ok := cutArchive(path); ok {
		data, err := load(ctx, path)
		if err != nil {
			return head{}, err
		}
		return readHead(ctx, bytes.NewReader(data), int64(len(data)))
	}
	file, size, err := open(path)
	if err != nil {
		return head{}, err
	}
	defer file.Close()
	return readHead(ctx, file, size)
}

// head is a file read up to its pixels.
type head struct {
	info Info
	// directory is a DICOMDIR's data set; then there is no info.
	directory *dataset
	// archive is set for a ZIP archive; then there is no info.
	archive bool
}

// firstPiece is how much of a file is read at first for its header; most
// headers fit.
const firstPiece = 32 << 10

// readHead reads from r, which has size bytes, in growing pieces until the
// header is complete.
func readHead(ctx context.Context, r io.Reader, size int64) (h head, err error) {
	defer func() {
		if p := recover(); p != nil {
			h, err = head{}, damagedBeyondDecoder(p)
		}
	}()
	return readHeadUnguarded(ctx, r, size)
}

func readHeadUnguarded(ctx context.Context, r io.Reader, size int64) (head, error) {
	if size == 0 {
		return head{}, emptyFault()
	}
	var data []byte
	var err error
	for want := int64(firstPiece); ; want *= 8 {
		if err := ctx.Err(); err != nil {
			return head{}, err
		}
		if data, size, err = grow(data, r, min(want, size), size); err != nil {
			return head{}, err
		}
		h, err := parseHead(ctx, data, size, r)
		if !errors.Is(err, errMore) || int64(len(data)) >= size {
			return h, err
		}
	}
}

// grow reads until data has the wanted length. Where the reader ends early,
// the size becomes what there was.
func grow(data []byte, r io.Reader, want, size int64) ([]byte, int64, error) {
	have := len(data)
	grown := make([]byte, want)
	copy(grown, data)
	n, err := io.ReadFull(r, grown[have:])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return grown[:have+n], int64(have + n), nil
	}
	return grown[:have+n], size, err
}

func parseHead(ctx context.Context, data []byte, size int64, rest io.Reader) (head, error) {
	if looksLikeDICOM(data) {
		return dicomHead(ctx, data, size)
	}
	if format := rasterFormat(data); format != "" {
		config, err := rasterConfig(format, io.MultiReader(bytes.NewReader(data), rest))
		if err != nil {
			return head{}, rasterFault(format, err)
		}
		if err := checkRasterSize(format, config); err != nil {
			return head{}, err
		}
		width, height := rasterOrientation(format, data).size(config.Width, config.Height)
		return head{info: Info{
			Format: format, Width: width, Height: height, Frames: 1,
			Bits: rasterBits(config), Header: rasterHeader(format),
		}}, nil
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06")) {
		return head{archive: true}, nil
	}
	return head{}, notAFilm(data)
}

func dicomHead(ctx context.Context, data []byte, size int64) (head, error) {
	file, err := openDICOM(ctx, data, size, true)
	if err != nil && !file.hasPixels() {
		if file.syntax == syntaxDeflated && int64(len(data)) < size {
			// Inflating the first part gave only a part of the header.
			return head{}, errMore
		}
		return head{}, err
	}
	if file.dataset.find(tagDirectoryRecordSequence) != nil {
		return head{directory: file.dataset}, nil
	}
	if !file.hasPixels() {
		if file.syntax == syntaxDeflated && int64(len(data)) < size {
			return head{}, errMore
		}
		return head{}, noPixels(file)
	}
	a := parseAttributes(file.dataset, 1)
	l, err := newLayout(a, file)
	if err != nil {
		return head{}, err
	}
	return head{info: Info{
		Format: FormatDICOM, Header: newHeader(a, file.syntax),
		Width: l.params.Columns, Height: l.params.Rows, Bits: l.params.BitsStored, Frames: l.frames,
		Colour: !greyLayout(l.params),
	}}, nil
}

func greyLayout(p codec.Params) bool {
	return p.SamplesPerPixel == 1 && !strings.HasPrefix(p.Photometric, "PALETTE")
}
