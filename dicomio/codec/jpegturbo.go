package codec

// #cgo CFLAGS: -O3
// #cgo LDFLAGS: -ljpeg
// #include "jpegturbo.h"
import "C"

import "unsafe"

// decodeTurbo decodes an 8-bit DCT code stream, whose frame header has been
// checked, with libjpeg-turbo.
func decodeTurbo(s Syntax, p Params, frame []byte) (Image, error) {
	// libjpeg wants the SOI first.
	r := &jpegReader{syntax: s.Name, data: frame}
	if err := r.start(); err != nil {
		return Image{}, err
	}
	frame = frame[r.pos-2:]

	img := p.image()
	img.Lossy = true
	img.Samples = make([]uint16, p.samples())
	var message [C.turbo_message_size]C.char
	result := C.turbo_decode((*C.uint8_t)(unsafe.SliceData(frame)), C.size_t(len(frame)),
		(*C.uint16_t)(unsafe.SliceData(img.Samples)), C.unsigned(p.Columns), C.unsigned(p.Rows),
		C.int(p.SamplesPerPixel), maxScans, &message[0])
	fail := func(kind error) error {
		return &Error{Kind: kind, Syntax: s.Name, Offset: -1, Detail: C.GoString(&message[0])}
	}
	p.fit(&img, 8, p.seen(img.Samples, 8))
	switch result {
	case 0:
		return img, nil
	case 1:
		return img, fail(ErrTruncated)
	case 2:
		return img, fail(ErrCorrupt)
	case 4:
		return Image{}, fail(ErrTooLarge)
	}
	return Image{}, fail(ErrCorrupt)
}
