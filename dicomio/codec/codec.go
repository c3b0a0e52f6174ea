package codec

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
)

// MaxSamples is the largest number of samples (rows × columns × components)
// that a frame may declare.
const MaxSamples = 1 << 28

// Params is what the DICOM header says of a frame's pixels (PS3.3 C.7.6.3).
type Params struct {
	TransferSyntax string // UID (0002,0010)

	Rows, Columns   int
	SamplesPerPixel int

	// A HighBit outside the pixel cell, or too low for BitsStored, is
	// taken to be BitsStored-1.
	BitsAllocated, BitsStored, HighBit int

	Signed              bool   // Pixel Representation is 1
	Photometric         string // Photometric Interpretation, trimmed
	PlanarConfiguration int

	// Words is true where native pixel data has the value representation
	// OW. It matters in big endian only: there, samples of 1 and 8 bits
	// are swapped in pairs of bytes (PS3.5 8.1.1).
	Words bool

	// Memory is decoded into where it is large enough for the samples; what
	// it held is lost. It may be nil.
	Memory []uint16
}

// Image is one decoded frame.
type Image struct {
	Width, Height, Components int

	// Bits is Bits Stored, and every sample is below 1<<Bits. It is more
	// than Bits Stored where a lossy code stream of more precision holds
	// samples that went beyond its range.
	Bits int
	// Signed samples are two's complement bit patterns within Bits.
	Signed bool
	// Photometric is what Samples hold after decoding: RGB where JPEG
	// 2000's own colour transform was undone, YBR_FULL where JPEG's
	// chroma was brought to full size but not converted, and otherwise
	// what the header says.
	Photometric string
	// Lossy is true where the code stream itself was made with loss.
	Lossy bool

	// Samples are interleaved by pixel (R, G, B, R, …), row by row from
	// the top left: Width*Height*Components of them.
	Samples []uint16
}

// Syntax is a transfer syntax that Decode reads.
type Syntax struct {
	UID, Name string
	// Decoder says what decodes it, Library which library that is; both
	// are for people to read.
	Decoder, Library string
	// Lossy is true where the syntax allows a loss.
	Lossy bool
}

// Syntaxes lists every supported transfer syntax, in the order of its UID.
func Syntaxes() []Syntax {
	list := make([]Syntax, len(syntaxes))
	for i, s := range syntaxes {
		list[i] = s.Syntax
	}
	return list
}

// Encapsulated reports whether the transfer syntax keeps its pixel data in
// fragments, to be decoded with Decode; the other supported ones are Native's.
func Encapsulated(uid string) bool {
	s, ok := lookup(uid)
	return ok && s.fragments
}

// Decode decodes one frame of an encapsulated transfer syntax. The frame's
// fragments are already joined.
//
// Errors are of type [*Error]. They come with an empty Image, except
// [ErrTruncated] and [ErrCorrupt], where Image may hold what could be decoded,
// and zero for the rest: its Samples are nil where nothing could.
// A done context ends it with the context's error.
func Decode(ctx context.Context, p Params, frame []byte) (Image, error) {
	s, ok := lookup(p.TransferSyntax)
	if !ok {
		return Image{}, &Error{Kind: ErrUnsupported, Syntax: p.TransferSyntax, Offset: -1, Detail: "unknown transfer syntax"}
	}
	if s.decode == nil {
		return Native(p, frame)
	}
	if err := ctx.Err(); err != nil {
		return Image{}, err
	}
	if err := p.check(s.Name); err != nil {
		return Image{}, err
	}
	img, err := s.decode(ctx, s.Syntax, p.sound(), frame)
	if err != nil && !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrCorrupt) {
		return Image{}, err
	}
	return img, err
}

// sound replaces a High Bit that the pixel cell cannot have by the one that
// DICOM demands: one less than Bits Stored (PS3.5 8.1.1).
func (p Params) sound() Params {
	if p.HighBit < p.BitsStored-1 || p.HighBit >= p.BitsAllocated {
		p.HighBit = p.BitsStored - 1
	}
	return p
}

// check refuses headers that no decoder may be given.
func (p Params) check(syntax string) error {
	fail := func(kind error, format string, args ...any) error {
		return &Error{Kind: kind, Syntax: syntax, Offset: -1, Detail: fmt.Sprintf(format, args...)}
	}
	switch {
	case p.Rows < 1 || p.Columns < 1 || p.Rows > 0xffff || p.Columns > 0xffff:
		return fail(ErrSizeMismatch, "%d rows and %d columns", p.Rows, p.Columns)
	case p.SamplesPerPixel < 1 || p.SamplesPerPixel > 4:
		return fail(ErrUnsupported, "%d samples a pixel", p.SamplesPerPixel)
	case p.samples() > MaxSamples:
		return fail(ErrTooLarge, "%d rows, %d columns and %d samples a pixel", p.Rows, p.Columns, p.SamplesPerPixel)
	case p.BitsAllocated < 1 || p.BitsAllocated > 16:
		return fail(ErrUnsupported, "%d bits allocated", p.BitsAllocated)
	case p.BitsStored < 1 || p.BitsStored > p.BitsAllocated:
		return fail(ErrUnsupported, "%d bits stored of %d allocated", p.BitsStored, p.BitsAllocated)
	}
	return nil
}

// samples is the number of samples in a frame.
func (p Params) samples() int64 {
	return int64(p.Rows) * int64(p.Columns) * int64(p.SamplesPerPixel)
}

// newSamples is memory for a frame's samples, all zero.
func (p Params) newSamples() []uint16 {
	samples := p.usedSamples()
	clear(samples)
	return samples
}

// usedSamples is newSamples for a decoder that writes each: they hold anything.
func (p Params) usedSamples() []uint16 {
	n := p.samples()
	if int64(cap(p.Memory)) < n {
		return make([]uint16, n)
	}
	return p.Memory[:n]
}

// image is an Image of the header's shape, without samples.
func (p Params) image() Image {
	return Image{
		Width: p.Columns, Height: p.Rows, Components: p.SamplesPerPixel,
		Bits: p.BitsStored, Signed: p.Signed, Photometric: p.Photometric,
	}
}

// fit takes the stored bits out of samples of a code stream's precision, where
// they may be in another place or fewer. seen is all samples or'ed.
//
// Code streams of a whole pixel cell hold the stored bits where a native cell
// would, and others at the bottom. What lies above them is masked, but not if
// it came about by a lossy code stream's ringing: to mask that would turn
// white into black.
func (p Params) fit(img *Image, precision int, seen uint16) {
	shift := 0
	if precision > p.HighBit {
		shift = p.HighBit + 1 - p.BitsStored
	}
	keep := min(precision-shift, p.BitsStored)
	mask := uint16(1<<keep - 1)
	if shift == 0 && seen&^mask == 0 {
		return
	}
	if shift == 0 && img.Lossy && !img.Signed {
		img.Bits = bits.Len16(seen)
		return
	}
	for i, v := range img.Samples {
		img.Samples[i] = v >> shift & mask
	}
}

// seen is all samples or'ed, where decoding did not tell.
func (p Params) seen(samples []uint16, precision int) uint16 {
	if precision <= p.BitsStored {
		return 1<<precision - 1 // as good
	}
	var seen uint16
	for _, v := range samples {
		seen |= v
	}
	return seen
}
