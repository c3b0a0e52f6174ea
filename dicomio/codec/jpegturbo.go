package codec

// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -ljpeg
// #include "jpegturbo.h"
import "C"

import (
	"context"
	"unsafe"
)

// decodeTurbo decodes an 8-bit DCT code stream, whose frame header has been
// checked, with libjpeg-turbo.
func decodeTurbo(s Syntax, p Params, frame []byte) (Image, error) {
	img := p.image()
	img.Samples = p.newSamples()
	result, message, err := runTurbo(s, p, frame, &img, 0)
	if err != nil {
		return Image{}, err
	}
	p.fit(&img, 8, p.seen(img.Samples, 8))
	return img, turboError(s, result, message, &img)
}

// JPEGLuminance decodes the luminance alone of a JPEG code stream of 8 bits,
// luminance and chroma (three samples a pixel). It reports false, without an
// image, where the chroma is not neutral but for rounding, so that the picture
// is in colour. Errors are as for [Decode].
func JPEGLuminance(ctx context.Context, p Params, frame []byte) (img Image, grey bool, err error) {
	s, _ := lookup(JPEGBaseline)
	if err := ctx.Err(); err != nil {
		return Image{}, false, err
	}
	if err := p.check(s.Name); err != nil {
		return Image{}, false, err
	}
	r := &jpegReader{syntax: s.Name, data: frame}
	f, err := r.findFrame()
	if err != nil {
		return Image{}, false, err
	}
	if err := r.checkFrame(f, p); err != nil {
		return Image{}, false, err
	}
	if err := r.checkFill(f, p); err != nil {
		return Image{}, false, err
	}
	if f.sof > markerSOF2 || f.precision != 8 || p.SamplesPerPixel != 3 {
		return Image{}, false, r.fail(ErrUnsupported, "JPEG process SOF%d with %d bits and %d samples", f.sof-markerSOF0, f.precision, p.SamplesPerPixel)
	}
	one := p
	one.SamplesPerPixel, one.Photometric = 1, "MONOCHROME2"
	img = one.image()
	img.Samples = one.newSamples()
	result, message, err := runTurbo(s.Syntax, p, frame, &img, 1)
	if err != nil || result == turboColour {
		return Image{}, false, err
	}
	return img, true, turboError(s.Syntax, result, message, &img)
}

// turboColour is the result of turbo_decode for luminance with colours.
const turboColour = 5

// runTurbo decodes into the samples of img.
func runTurbo(s Syntax, p Params, frame []byte, img *Image, luminance C.int) (result C.int, message string, err error) {
	// libjpeg wants the SOI first.
	r := &jpegReader{syntax: s.Name, data: frame}
	if err := r.start(); err != nil {
		return 0, "", err
	}
	frame = frame[r.pos-2:]
	img.Lossy = true
	var text [C.turbo_message_size]C.char
	result = C.turbo_decode((*C.uint8_t)(unsafe.SliceData(frame)), C.size_t(len(frame)),
		(*C.uint16_t)(unsafe.SliceData(img.Samples)), C.unsigned(p.Columns), C.unsigned(p.Rows),
		C.int(p.SamplesPerPixel), luminance, maxScans, &text[0])
	return result, C.GoString(&text[0]), nil
}

// turboError is the error of a result. Where nothing was decoded it empties
// the image.
func turboError(s Syntax, result C.int, message string, img *Image) error {
	fail := func(kind error) error {
		return &Error{Kind: kind, Syntax: s.Name, Offset: -1, Detail: message}
	}
	switch result {
	case 0:
		return nil
	case 1:
		return fail(ErrTruncated)
	case 2:
		return fail(ErrCorrupt)
	}
	*img = Image{}
	if result == 4 {
		return fail(ErrTooLarge)
	}
	return fail(ErrCorrupt)
}
