package dicomio

import "fmt"

// compressedFrame joins the fragments of one frame (PS3.5 A.4).
func (l *layout) compressedFrame(pixels *element, frame int) ([]byte, error) {
	if len(pixels.fragments) < 2 {
		return nil, &fault{kind: ErrTruncated, tag: tagPixelData, offset: pixels.offset, detail: "the file is cut short: its compressed image is missing", advice: adviceAgain}
	}
	offsets, fragments := pixels.fragments[0], pixels.fragments[1:]
	switch {
	case l.frames == 1:
		return joined(fragments), nil
	case len(fragments) == l.frames:
		return fragments[frame-1], nil
	case len(offsets) >= 4*l.frames:
		return joined(byOffset(fragments, offsets, frame)), nil
	}
	// Without a table, a frame begins where a code stream does.
	var starts []int
	for i, fragment := range fragments {
		if startsStream(fragment) {
			starts = append(starts, i)
		}
	}
	if len(starts) != l.frames {
		return nil, &fault{kind: ErrMalformed, tag: tagPixelData, offset: pixels.offset, detail: fmt.Sprintf("its %d frames can't be told apart", l.frames), advice: adviceAgain}
	}
	end := len(fragments)
	if frame < len(starts) {
		end = starts[frame]
	}
	return joined(fragments[starts[frame-1]:end]), nil
}

// byOffset picks a frame's fragments by the basic offset table, whose entries
// count from the first fragment's item tag.
func byOffset(fragments [][]byte, table []byte, frame int) [][]byte {
	entry := func(i int) int64 {
		if 4*i+4 > len(table) {
			return 1 << 40
		}
		b := table[4*i:]
		return int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16 | int64(b[3])<<24
	}
	first, last := entry(frame-1), entry(frame)
	var chosen [][]byte
	pos := int64(0)
	for _, fragment := range fragments {
		if pos >= first && pos < last {
			chosen = append(chosen, fragment)
		}
		pos += 8 + int64(len(fragment))
	}
	return chosen
}

// streamSyntax tells a transfer syntax from a code stream's first markers;
// empty where it can't be told.
func streamSyntax(b []byte) string {
	if !startsStream(b) {
		return ""
	}
	if b[1] == 0x4F {
		return "1.2.840.10008.1.2.4.91" // JPEG 2000
	}
	for pos := 2; pos+4 <= len(b) && b[pos] == 0xFF; {
		switch b[pos+1] {
		case 0xFF:
			pos++
			continue
		case 0xC0:
			return "1.2.840.10008.1.2.4.50" // JPEG baseline
		case 0xC1, 0xC2:
			return "1.2.840.10008.1.2.4.51" // JPEG extended
		case 0xC3:
			return "1.2.840.10008.1.2.4.57" // JPEG lossless
		case 0xF7:
			return "1.2.840.10008.1.2.4.81" // JPEG-LS
		}
		pos += 2 + int(b[pos+2])<<8 + int(b[pos+3])
	}
	return ""
}

// startsStream reports whether a fragment begins a JPEG, JPEG-LS or JPEG 2000
// code stream.
func startsStream(b []byte) bool {
	return len(b) >= 2 && b[0] == 0xFF && (b[1] == 0xD8 || b[1] == 0x4F)
}

func joined(fragments [][]byte) []byte {
	if len(fragments) == 1 {
		return fragments[0]
	}
	n := 0
	for _, f := range fragments {
		n += len(f)
	}
	all := make([]byte, 0, n)
	for _, f := range fragments {
		all = append(all, f...)
	}
	return all
}
