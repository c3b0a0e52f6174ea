package dicomio

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/suyashkumar/dicom/pkg/uid"

	"pneumolight/dicomio/codec"
)

// layout is how a DICOM file's pixel data is laid out.
type layout struct {
	params   codec.Params
	frames   int
	warnings []Warning
}

// newLayout reads the Image Pixel module (PS3.3 C.7.6.3), mending what can be
// told from the rest.
func newLayout(a attributes, f *dicomFile) (*layout, error) {
	l := &layout{frames: max(1, a.integer(tagNumberOfFrames, 1))}
	p := &l.params
	p.TransferSyntax = f.syntax
	p.Rows, p.Columns = a.integer(tagRows, 0), a.integer(tagColumns, 0)
	if p.Rows < 1 || p.Columns < 1 {
		t := tagRows
		if p.Rows >= 1 {
			t = tagColumns
		}
		return nil, &fault{kind: ErrMalformed, tag: t, offset: -1, detail: "the file does not say how large its image is", advice: adviceAgain}
	}
	p.Photometric = strings.ToUpper(a.code(tagPhotometric))
	p.SamplesPerPixel = a.integer(tagSamplesPerPixel, 0)
	if p.SamplesPerPixel == 0 {
		p.SamplesPerPixel = 1
		if strings.HasPrefix(p.Photometric, "RGB") || strings.HasPrefix(p.Photometric, "YBR") {
			p.SamplesPerPixel = 3
		}
		l.warnings = append(l.warnings, warning(WarningSamples, "The file does not say how many samples a pixel has."))
	}
	if p.Photometric == "" {
		p.Photometric = "MONOCHROME2"
		if p.SamplesPerPixel == 3 {
			p.Photometric = "RGB"
		}
		l.warnings = append(l.warnings, warning(WarningNoPhotometric, "The file does not say whether low values are dark or bright; dark is assumed."))
	}
	p.PlanarConfiguration = a.integer(tagPlanarConfiguration, 0)
	p.BitsStored = a.integer(tagBitsStored, 0)
	p.BitsAllocated = a.integer(tagBitsAllocated, 0)
	if p.BitsAllocated == 0 {
		p.BitsAllocated = 16
		if p.BitsStored >= 1 && p.BitsStored <= 8 {
			p.BitsAllocated = 8
		}
		l.warnings = append(l.warnings, warning(WarningNoBits, "The file does not say how many bits its pixels take."))
	}
	if p.BitsAllocated > 16 {
		return nil, &fault{kind: ErrUnsupported, tag: tagBitsAllocated, offset: -1, detail: fmt.Sprintf("its pixels have %d bits; films have at most 16", p.BitsAllocated), advice: adviceOther}
	}
	if p.BitsStored < 1 || p.BitsStored > p.BitsAllocated {
		if p.BitsStored != 0 {
			l.warnings = append(l.warnings, warning(WarningBitsStored, "The file stores more bits than it allocates; all allocated bits are used."))
		}
		p.BitsStored = p.BitsAllocated
	}
	p.HighBit = a.integer(tagHighBit, p.BitsStored-1)
	if p.HighBit < p.BitsStored-1 || p.HighBit >= p.BitsAllocated {
		l.warnings = append(l.warnings, warning(WarningHighBit, "The file's high bit does not fit its bits stored and was left out."))
		p.HighBit = p.BitsStored - 1
	}
	p.Signed = a.integer(tagPixelRepresentation, 0) == 1
	p.Words = f.dataset.find(tagPixelData).vr == "OW"
	if int64(p.Rows)*int64(p.Columns)*int64(max(1, p.SamplesPerPixel)) > codec.MaxSamples {
		return nil, &fault{kind: ErrTooLarge, tag: tagRows, offset: -1, detail: fmt.Sprintf("it declares %d × %d pixels, more than this program opens", p.Columns, p.Rows), advice: adviceAgain}
	}
	return l, nil
}

// decode unpacks one frame, from 1.
func (l *layout) decode(ctx context.Context, pixels *element, frame int) (img codec.Image, warnings []Warning, err error) {
	if pixels.undefined {
		if pixels.missing > 2 {
			// A decoder might make up the rest.
			return codec.Image{}, nil, l.fault(codec.ErrTruncated, pixels)
		}
		var data []byte
		data, err = l.compressedFrame(pixels, frame)
		if err != nil {
			return codec.Image{}, nil, err
		}
		p := l.params
		if nativeSyntax(p.TransferSyntax) {
			actual := streamSyntax(data)
			if actual == "" {
				return codec.Image{}, nil, &fault{kind: ErrMalformed, tag: tagPixelData, offset: pixels.offset, detail: "its pixels are in fragments, but the file does not say how they are compressed", advice: adviceAgain}
			}
			p.TransferSyntax = actual
			warnings = append(warnings, warning(WarningCompressed, "The file says that its pixels are not compressed, but they are."))
		}
		if !supported(p.TransferSyntax) {
			return codec.Image{}, nil, &fault{kind: ErrUnsupported, tag: tagTransferSyntaxUID, offset: -1, detail: fmt.Sprintf("its pixels are compressed as %s, which is not supported", syntaxName(p.TransferSyntax)), advice: adviceExport}
		}
		img, err = codec.Decode(ctx, p, data)
	} else {
		p := l.params
		if codec.Encapsulated(p.TransferSyntax) || !nativeSyntax(p.TransferSyntax) {
			// The pixels are there in full and not in fragments, so
			// that they can only be native.
			if !l.fitsNative(pixels) {
				return codec.Image{}, nil, &fault{kind: ErrMalformed, tag: tagPixelData, offset: pixels.offset, detail: "its pixel data should be compressed but is not in fragments", advice: adviceAgain}
			}
			p.TransferSyntax = syntaxExplicitLittle
			warnings = append(warnings, warning(WarningNotCompressed, "The file says that its pixels are compressed, but they are not."))
		}
		if missing := l.frameBytes()*int64(frame) - int64(len(pixels.value)); missing > 0 && !l.nearlyComplete(pixels, frame) {
			// Said here, before memory is taken for pixels that are not there.
			return codec.Image{}, nil, l.fault(codec.ErrTruncated, pixels)
		}
		img, err = codec.NativeFrame(p, pixels.value, frame-1)
	}
	if err == nil {
		return img, warnings, nil
	}
	if errors.Is(err, codec.ErrTruncated) && l.nearlyComplete(pixels, frame) {
		return img, append(warnings, warning(WarningEndsEarly, "The pixel data ends a little early; the missing pixels are shown as zero.")), nil
	}
	return codec.Image{}, warnings, l.fault(err, pixels)
}

// frameBytes is the size of one native frame.
func (l *layout) frameBytes() int64 {
	p := l.params
	bits := int64(p.Rows) * int64(p.Columns) * int64(p.SamplesPerPixel) * int64(p.BitsAllocated)
	if p.Photometric == "YBR_FULL_422" {
		bits = bits / 3 * 2
	}
	return (bits + 7) / 8
}

func (l *layout) fitsNative(pixels *element) bool {
	n := int64(len(pixels.value))
	return n >= l.frameBytes() && n <= l.frameBytes()*int64(l.frames)+1
}

// nearlyComplete reports whether a native frame lacks less than a row, as in
// files whose writer dropped the end.
func (l *layout) nearlyComplete(pixels *element, frame int) bool {
	if pixels.undefined {
		return false
	}
	missing := l.frameBytes()*int64(frame) - int64(len(pixels.value))
	return missing*int64(l.params.Rows) < l.frameBytes()
}

// nativeSyntax reports whether a transfer syntax leaves pixels uncompressed.
func nativeSyntax(uid string) bool {
	switch uid {
	case syntaxImplicitLittle, syntaxExplicitLittle, syntaxExplicitBig, syntaxDeflated, syntaxGEPrivate:
		return true
	}
	return false
}

// supported reports whether package codec reads a transfer syntax.
func supported(syntax string) bool {
	return slices.ContainsFunc(codec.Syntaxes(), func(s codec.Syntax) bool { return s.UID == syntax })
}

// syntaxName is what PS3.6 calls a transfer syntax, or its UID.
func syntaxName(syntax string) string {
	if info, err := uid.Lookup(syntax); err == nil {
		return info.Name
	}
	return "transfer syntax " + syntax
}

// fault says what a codec's error means for the file.
func (l *layout) fault(err error, pixels *element) error {
	f := &fault{tag: tagPixelData, offset: pixels.offset, err: err}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, codec.ErrTruncated):
		f.kind, f.advice = ErrTruncated, adviceAgain
		f.detail = "the file is cut short: its image is incomplete"
		if !pixels.undefined {
			f.detail = fmt.Sprintf("the file is cut short: its image needs %d bytes and has %d", l.frameBytes()*int64(l.frames), len(pixels.value))
		}
	case errors.Is(err, codec.ErrUnsupported):
		f.kind, f.advice = ErrUnsupported, adviceExport
		f.detail = "its pixels are stored in a way that is not supported: " + err.Error()
	case errors.Is(err, codec.ErrTooLarge):
		f.kind, f.advice = ErrTooLarge, adviceAgain
		f.detail = "its image is larger than this program opens"
	default:
		f.kind, f.advice = ErrMalformed, adviceAgain
		f.detail = "its image is damaged: " + err.Error()
	}
	return f
}

// takePixels makes a film's pixels from a decoded frame.
func (f *Film) takePixels(a attributes, img codec.Image) error {
	if img.Components == 1 && img.Photometric != "PALETTE COLOR" {
		f.takeGrey(a, img)
		return nil
	}
	colour, err := colourOf(a, img)
	if err != nil {
		return err
	}
	f.Colour = colour
	return nil
}

func (f *Film) takeGrey(a attributes, img codec.Image) {
	f.Stored = img.Samples
	if img.Signed {
		f.Offset = 1 << (img.Bits - 1)
		sign := uint16(f.Offset)
		for i := range f.Stored {
			f.Stored[i] ^= sign
		}
	}
	var warnings []Warning
	f.grey, warnings = readGrey(a, img.Bits, img.Signed)
	f.Warnings = append(f.Warnings, warnings...)
	f.prepareHistogram()

	if f.grey.padded && f.allPadding() {
		f.grey.padded = false
		f.Warnings = append(f.Warnings, warning(WarningPadding, "The file's pixel padding covers the whole film and was left out."))
	}
	if f.grey.padded {
		low, high := f.extremes()
		bright := f.grey.value(f.grey.padFirst) > (low+high)/2
		f.grey.padBlack = bright != f.grey.inverse
	}
	f.Windows, warnings = readWindows(a, f.grey.goesNegative(img.Bits, f.Offset))
	f.Warnings = append(f.Warnings, warnings...)
	if len(f.Windows) > 0 && !f.shownBy(f.Windows[0]) {
		f.Warnings = append(f.Warnings, warning(WarningOneGrey, "The file's own window shows the whole film in one grey; choose another one."))
	}
}

// shownBy reports whether a window gives the film more than one grey. Mostly
// a few pixels tell.
func (f *Film) shownBy(w Window) bool {
	grey := w.function()
	first := -1.0
	for i := 0; i < len(f.Stored); i += 1 + len(f.Stored)/1000 {
		v := grey(f.grey.value(int(f.Stored[i]) - f.Offset))
		if first < 0 {
			first = v
		}
		if math.Abs(v-first) > 1e-3 {
			return true
		}
	}
	low, high := f.extremes()
	return low == high || w.shows(low, high)
}

// extremes returns the film's lowest and highest value after the modality
// transformation, padding left out.
func (f *Film) extremes() (low, high float64) {
	if f.grey.padded || f.grey.table != nil {
		return f.percentiles(0, 100)
	}
	if len(f.Stored) == 0 {
		return 0, 0
	}
	least, most := f.Stored[0], f.Stored[0]
	for _, v := range f.Stored {
		least, most = min(least, v), max(most, v)
	}
	low, high = f.grey.value(int(least)-f.Offset), f.grey.value(int(most)-f.Offset)
	return min(low, high), max(low, high)
}

// allPadding reports whether padding leaves nothing of the film.
func (f *Film) allPadding() bool {
	for stored, count := range f.Histogram() {
		if count > 0 && !f.grey.padding(stored-f.Offset) {
			return false
		}
	}
	return true
}
