package dicomio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// maxInflated bounds what a deflated data set may grow to.
const maxInflated = 1 << 30

// dicomFile is a DICOM file taken apart: its data set, and what the meta
// header says of its encoding.
type dicomFile struct {
	dataset  *dataset
	syntax   string
	implicit bool
	warnings []Warning
}

// looksLikeDICOM reports whether data begins as a DICOM file does: with the
// prefix after a preamble, without a preamble, or with an element of one of
// the first groups.
func looksLikeDICOM(data []byte) bool {
	if len(data) >= 132 && string(data[128:132]) == "DICM" {
		return true
	}
	if bytes.HasPrefix(data, []byte("DICM")) {
		return true
	}
	_, _, ok := guessEncoding(data)
	return ok
}

// guessEncoding tells the byte order and whether the VR is implicit from the
// first element of a data set.
func guessEncoding(data []byte) (order binary.ByteOrder, implicit, ok bool) {
	if len(data) < 8 {
		return nil, false, false
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		group, number := order.Uint16(data), order.Uint16(data[2:])
		switch group {
		case 0x0002, 0x0004, 0x0008, 0x0010:
		default:
			continue
		}
		if number > 0x2FFF {
			continue
		}
		if knownVR(data[4], data[5]) {
			return order, false, true
		}
		if length := order.Uint32(data[4:]); length <= 1<<16 || length == undefinedLength {
			return order, true, true
		}
	}
	return nil, false, false
}

// openDICOM finds the elements of a DICOM file. Data may be the first part of
// a file of the given size, if headerOnly; errMore then asks for more of it.
//
// Where the data set ends in an error, it is returned with what was found.
func openDICOM(ctx context.Context, data []byte, size int64, headerOnly bool) (*dicomFile, error) {
	f := &dicomFile{}
	start := int64(0)
	switch {
	case len(data) >= 132 && string(data[128:132]) == "DICM":
		start = 132
	case bytes.HasPrefix(data, []byte("DICM")):
		start = 4
		f.warn(WarningPreamble, "The file has no preamble.")
	default:
		f.warn(WarningPreamble, "The file has no preamble.")
	}

	w := &walker{ctx: ctx, data: data, size: size, headerOnly: headerOnly}
	pos, err := f.readMeta(w, start)
	if err != nil {
		return f, err
	}
	if pos >= size {
		return f, &fault{kind: ErrTruncated, offset: pos, detail: "the file ends after its first few elements", advice: adviceAgain}
	}
	if err := f.readEncoding(w, pos); err != nil {
		return f, err
	}
	f.implicit = w.implicit
	if f.syntax == syntaxDeflated {
		inflated, err := inflate(ctx, data[pos:], headerOnly)
		if err != nil && len(inflated) == 0 {
			return f, &fault{kind: ErrMalformed, offset: pos, detail: "the file says that it is deflated, but it can't be inflated", advice: adviceAgain, err: err}
		}
		if errors.Is(err, ErrTooLarge) {
			return f, &fault{kind: ErrTooLarge, offset: pos, detail: "the deflated file grows beyond 1 GiB", advice: adviceExport, err: err}
		}
		w.data, w.size = inflated, int64(len(inflated))
		pos = 0
	}
	f.implicit = w.implicit
	f.dataset, err = w.top(pos)
	f.warnings = append(f.warnings, w.warnings...)
	return f, err
}

func (f *dicomFile) warn(code, text string) { f.warnings = append(f.warnings, warning(code, text)) }

// readMeta reads the file meta information (PS3.10 7.1), whose end is where
// group 2 ends: its group length is missing or wrong in many files.
func (f *dicomFile) readMeta(w *walker, pos int64) (int64, error) {
	w.order = binary.LittleEndian
	for pos+8 <= w.size {
		if err := w.need(pos, 8, w.size, 0); err != nil {
			return pos, err
		}
		if w.order.Uint16(w.data[pos:]) != 0x0002 {
			break
		}
		e, next, err := w.element(pos, w.size, false, 0)
		if err != nil {
			return pos, err
		}
		if e.tag == tagTransferSyntaxUID {
			f.syntax = clean(rawText(&e))
		}
		pos = next
	}
	return pos, nil
}

// readEncoding decides how the data set is encoded: as the transfer syntax
// says, unless the first element contradicts it.
func (f *dicomFile) readEncoding(w *walker, pos int64) error {
	if err := w.need(pos, 8, w.size, 0); err != nil {
		return err
	}
	head := w.data[pos:]
	switch f.syntax {
	case "":
		order, implicit, ok := guessEncoding(head)
		if !ok {
			// DICOM's default (PS3.5 10.1).
			order, implicit = binary.LittleEndian, !knownVR(head[4], head[5])
		}
		w.order, w.implicit = order, implicit
		f.syntax = nativeSyntaxOf(order, implicit)
		f.warn(WarningNoSyntax, "The file does not name its transfer syntax; it was told from the content.")
		return nil
	case syntaxDeflated:
		w.order = binary.LittleEndian
		return nil
	case syntaxExplicitBig:
		w.order = binary.BigEndian
	default:
		w.order = binary.LittleEndian
		w.implicit = f.syntax == syntaxImplicitLittle || f.syntax == syntaxGEPrivate
	}
	order, implicit, ok := guessEncoding(head)
	if ok && (order != w.order || implicit != w.implicit) {
		w.order, w.implicit = order, implicit
		f.warn(WarningOtherEncoding, "The data set is encoded in another way than the file says; it was told from the content.")
		switch f.syntax {
		case syntaxImplicitLittle, syntaxExplicitLittle, syntaxExplicitBig:
			f.syntax = nativeSyntaxOf(order, implicit)
		}
	}
	return nil
}

// nativeSyntaxOf is the transfer syntax of native pixels in an encoding. Big
// endian has none with implicit VRs, but ACR-NEMA files are so; their pixels
// are as in the explicit one.
func nativeSyntaxOf(order binary.ByteOrder, implicit bool) string {
	switch {
	case order == binary.BigEndian:
		return syntaxExplicitBig
	case implicit:
		return syntaxImplicitLittle
	}
	return syntaxExplicitLittle
}

// inflate expands a deflated data set (PS3.5 A.5). For a header, an early end
// is no error. The standard library's inflater takes two and a half times as
// long as this one.
func inflate(ctx context.Context, data []byte, headerOnly bool) ([]byte, error) {
	limit := int64(maxInflated)
	if headerOnly {
		limit = 1 << 22
	}
	r := flate.NewReader(bytes.NewReader(data))
	defer r.Close()
	var out bytes.Buffer
	out.Grow(int(min(limit, int64(2*len(data)))))
	_, err := io.Copy(&out, io.LimitReader(&contextReader{ctx, r}, limit+1))
	if int64(out.Len()) > limit && !headerOnly {
		return out.Bytes(), ErrTooLarge
	}
	return out.Bytes(), err
}

// contextReader ends a read when its context does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// hasPixels reports whether the data set has an image's pixel data.
func (f *dicomFile) hasPixels() bool {
	return f.dataset != nil && f.dataset.find(tagPixelData) != nil
}

// filmFromDICOM decodes one frame of a DICOM file.
func filmFromDICOM(ctx context.Context, data []byte, frame int, memory []uint16) (*Film, error) {
	file, err := openDICOM(ctx, data, int64(len(data)), false)
	if err != nil && (ctx.Err() != nil || !file.hasPixels()) {
		return nil, err
	}
	if !file.hasPixels() {
		return nil, noPixels(file)
	}
	a := parseAttributes(file.dataset, frame)
	layout, err := newLayout(a, file)
	if err != nil {
		return nil, err
	}
	if frame < 1 || frame > layout.frames {
		return nil, &fault{kind: ErrNoPixels, offset: -1, detail: fmt.Sprintf("there is no frame %d: the file has %d", frame, layout.frames), advice: "choose another frame"}
	}
	layout.params.Memory = memory
	film := &Film{
		Format: FormatDICOM, Frame: frame, Frames: layout.frames,
		Header: newHeader(a, file.syntax), Spacing: newSpacing(a),
	}
	film.PixelAspect = newAspect(a, film.Spacing)
	film.Warnings = append(film.Warnings, file.warnings...)
	film.Warnings = append(film.Warnings, a.warnings...)
	film.Warnings = append(film.Warnings, layout.warnings...)

	img, warnings, err := layout.decode(ctx, file.dataset.find(tagPixelData), frame)
	film.Warnings = append(film.Warnings, warnings...)
	if err != nil {
		return nil, err
	}
	film.Width, film.Height, film.Bits = img.Width, img.Height, img.Bits
	film.Header.Lossy = film.Header.Lossy || img.Lossy
	if err := film.takePixels(a, img); err != nil {
		return nil, err
	}
	film.Overlays, warnings = readOverlays(file.dataset, a.text, frame)
	film.Warnings = append(film.Warnings, warnings...)
	return film, nil
}

// noPixels says what a DICOM file without an image is instead.
func noPixels(f *dicomFile) error {
	if f.dataset.find(tagFloatPixelData) != nil || f.dataset.find(tagDoublePixelData) != nil {
		return &fault{kind: ErrUnsupported, offset: -1, detail: "its pixels are floating-point numbers, which no film has", advice: adviceOther}
	}
	if f.dataset.find(tagRows) != nil && f.dataset.find(tagBitsAllocated) != nil {
		return &fault{kind: ErrTruncated, offset: -1, detail: "the file is cut short: it describes an image but does not hold it", advice: adviceAgain}
	}
	detail := "this DICOM file holds no image"
	if f.dataset.find(tagDirectoryRecordSequence) != nil {
		detail = "this is a DICOMDIR, a list of other files"
		return &fault{kind: ErrNoPixels, offset: -1, detail: detail, advice: "open it as a folder, or open one of the files it lists"}
	}
	if modality := clean(rawText(f.dataset.find(tagModality))); modality != "" && len(modality) <= 16 && isASCII(modality) {
		detail += " (modality " + modality + ")"
	}
	return &fault{kind: ErrNoPixels, offset: -1, detail: detail, advice: "choose a file of the study that holds a film"}
}
