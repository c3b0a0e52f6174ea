package codec

// #cgo LDFLAGS: -lcharls
// #include "jpegls.h"
// #include <charls/charls.h>
import "C"

import (
	"context"
	"unsafe"
)

// decodeJPEGLS decodes ITU-T T.87 with CharLS.
func decodeJPEGLS(_ context.Context, s Syntax, p Params, frame []byte) (Image, error) {
	r := &jpegReader{syntax: s.Name, data: frame}
	f, err := r.findFrame()
	if err != nil {
		return Image{}, err
	}
	if f.sof != markerSOF55 {
		return Image{}, r.fail(ErrUnsupported, "not a JPEG-LS code stream but JPEG process SOF%d", f.sof-markerSOF0)
	}
	if err := r.checkFrame(f, p); err != nil {
		return Image{}, err
	}
	if f.subsampled() {
		return Image{}, r.fail(ErrUnsupported, "JPEG-LS with components of different sizes")
	}

	img := p.image()
	img.Samples = make([]uint16, p.samples())
	// Samples of 8 bits come as bytes: into the second half of the memory
	// that they are then widened into.
	buffer := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(img.Samples))), 2*len(img.Samples))
	if f.precision <= 8 {
		buffer = buffer[len(img.Samples):]
	}
	var near, planar C.int
	code := C.charls_decode((*C.uint8_t)(unsafe.SliceData(frame)), C.size_t(len(frame)),
		C.uint32_t(p.Columns), C.uint32_t(p.Rows), C.int(p.SamplesPerPixel), C.int(f.precision),
		unsafe.Pointer(unsafe.SliceData(buffer)), C.size_t(len(buffer)), &near, &planar)
	if code == -1 {
		return Image{}, r.fail(ErrCorrupt, "two frame headers")
	}
	if planar == 0 && behindScan(code) {
		code = 0
	}
	if code != 0 {
		kind := ErrCorrupt
		switch code {
		case C.CHARLS_JPEGLS_ERRC_SOURCE_BUFFER_TOO_SMALL:
			kind = ErrTruncated
		case C.CHARLS_JPEGLS_ERRC_NOT_ENOUGH_MEMORY:
			kind = ErrTooLarge
		}
		return Image{}, &Error{Kind: kind, Syntax: s.Name, Offset: -1, Detail: C.GoString(C.charls_get_error_message(C.charls_jpegls_errc(code)))}
	}
	if f.precision <= 8 {
		for i := range img.Samples {
			img.Samples[i] = uint16(buffer[i])
		}
	}
	if planar != 0 {
		interleave(img.Samples, p.SamplesPerPixel)
	}
	img.Lossy = near > 0
	p.fit(&img, f.precision, p.seen(img.Samples, f.precision))
	return img, nil
}

// behindScan reports whether CharLS found fault only with what follows the
// scan: it looks for the EOI exactly there, but writers are met that pad the
// scan with a byte first, or leave the EOI out.
func behindScan(code C.int) bool {
	switch code {
	case C.CHARLS_JPEGLS_ERRC_JPEG_MARKER_START_BYTE_NOT_FOUND, C.CHARLS_JPEGLS_ERRC_END_OF_IMAGE_MARKER_NOT_FOUND:
		return true
	}
	return false
}
