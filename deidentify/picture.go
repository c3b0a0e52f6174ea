package deidentify

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"pneumolight/dicomio"
)

// ErrDamaged says that a picture's file does not follow its format, so that
// it cannot be told what in it is picture and what is text.
var ErrDamaged = errors.New("the picture's file is damaged, so that it cannot be told what else it holds")

// picture takes everything but the picture out of a PNG or JPEG file: texts,
// dates, EXIF, thumbnails, colour profiles. Other kinds are refused with the
// error that says why they are not DICOM.
func (e *Export) picture(ctx context.Context, path string, notDICOM error) (*Film, error) {
	var source dicomio.Source
	defer source.Close()
	file, err := source.Load(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	// The decoder's own word on whether it is a picture at all.
	if _, err := file.Film(ctx); err != nil {
		return nil, err
	}
	data := file.Bytes()
	f := &Film{Days: e.Days(path), Warnings: []string{"A picture file does not say whether text is burned in: look at it before you hand it on."}}
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		f.Extension = ".png"
		f.data, f.Removed, err = barePNG(data)
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8}):
		f.Extension = ".jpg"
		f.data, f.Removed, err = bareJPEG(data)
	default:
		return nil, notDICOM
	}
	return f, err
}

// barePNG keeps the chunks that the picture is made of (PNG, third edition,
// 11.2 and 11.3.1 to 11.3.2).
func barePNG(data []byte) ([]byte, []Removed, error) {
	out := bytes.Clone(data[:8])
	removed := removals{}
	for at := 8; ; {
		if len(data)-at < 12 {
			return nil, nil, ErrDamaged
		}
		length := binary.BigEndian.Uint32(data[at:])
		kind := string(data[at+4 : at+8])
		if int64(length) > int64(len(data)-at-12) {
			return nil, nil, ErrDamaged
		}
		end := at + 12 + int(length)
		switch kind {
		case "IHDR", "PLTE", "IDAT", "tRNS", "gAMA", "sBIT":
			out = append(out, data[at:end]...)
		case "IEND":
			// What follows the end is no picture.
			return append(out, data[at:end]...), removed.list(), nil
		default:
			removed.add("text or other data beside the picture")
		}
		at = end
	}
}

// bareJPEG keeps the segments that the picture is made of (ITU-T T.81 B.1)
// and Adobe's, which tells how colours are stored.
func bareJPEG(data []byte) ([]byte, []Removed, error) {
	out := bytes.Clone(data[:2])
	removed := removals{}
	for at := 2; ; {
		if len(data)-at < 2 || data[at] != 0xFF {
			return nil, nil, ErrDamaged
		}
		marker := data[at+1]
		if marker == 0xFF {
			at++ // filling
			continue
		}
		if marker == 0xD9 {
			return append(out, 0xFF, 0xD9), removed.list(), nil
		}
		if len(data)-at < 4 {
			return nil, nil, ErrDamaged
		}
		end := at + 2 + int(binary.BigEndian.Uint16(data[at+2:]))
		if end > len(data) || end < at+4 {
			return nil, nil, ErrDamaged
		}
		switch {
		case marker == 0xEE && bytes.HasPrefix(data[at+4:end], []byte("Adobe")) && end-at == 16:
			out = append(out, data[at:end]...)
		case marker >= 0xE0 && marker <= 0xEF, marker == 0xFE:
			removed.add("application data or comment")
		default:
			out = append(out, data[at:end]...)
		}
		at = end
		if marker != 0xDA {
			continue
		}
		// A scan's data goes up to the next marker that is neither a stuffed
		// byte nor a restart.
		start := at
		for at+1 < len(data) && !(data[at] == 0xFF && data[at+1] != 0 && (data[at+1] < 0xD0 || data[at+1] > 0xD7)) {
			at++
		}
		out = append(out, data[start:at]...)
	}
}

// removals counts what is left out of a picture's file.
type removals map[string]int

func (r removals) add(kind string) { r[kind]++ }

func (r removals) list() []Removed {
	w := worker{done: map[string]*Removed{}}
	for kind, n := range r {
		w.done[kind] = &Removed{Name: kind, Action: Remove, Count: n}
	}
	return w.counts()
}
