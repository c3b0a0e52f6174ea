package dicomio

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// Bounds on a data set's structure, far above what any film has, so that a
// hostile file costs little before it is refused. A large file, such as the
// DICOMDIR of an archive, may have more elements, one in so many bytes.
const (
	maxElements     = 1 << 20
	bytesPerElement = 16
	maxDepth        = 32
)

const undefinedLength = 0xFFFFFFFF

// errMore says that a header lies beyond the part of a file read so far.
var errMore = errors.New("more of the file is needed")

// element is one data element as it lies in the file: where it is and what
// bytes it has, not yet what they mean.
type element struct {
	tag    tagNumber
	vr     string
	offset int64
	value  []byte
	items  []*dataset
	// undefined is set for a value of undefined length, which for pixel
	// data means that it is encapsulated.
	undefined bool
	// fragments are an encapsulated value's items, the basic offset table
	// first.
	fragments [][]byte
	// missing is how many declared bytes the file does not have.
	missing int64
}

// dataset is a list of elements in the file's order and byte order.
type dataset struct {
	order    binary.ByteOrder
	elements []element
}

// find returns the first element with the tag, or nil.
func (d *dataset) find(t tagNumber) *element {
	for i := range d.elements {
		if d.elements[i].tag == t {
			return &d.elements[i]
		}
	}
	return nil
}

// walker finds the elements of a data set and checks every declared length
// against what is there before anything is allocated for it.
type walker struct {
	ctx context.Context
	// data is the file, or its first part; size is the whole file's.
	data []byte
	size int64
	// order and implicit are the data set's encoding.
	order    binary.ByteOrder
	implicit bool
	// headerOnly stops at the pixel data without looking into it.
	headerOnly bool

	count    int
	warnings []Warning
}

func (w *walker) warn(warning Warning) {
	if len(w.warnings) < 20 {
		w.warnings = append(w.warnings, warning)
	}
}

// step counts an element, item or fragment, and refuses too many.
func (w *walker) step(pos int64) error {
	w.count++
	if w.full() {
		return &fault{kind: ErrMalformed, offset: pos, detail: "the file has far more elements than any film", advice: adviceAgain}
	}
	if w.count%4096 == 0 {
		return w.ctx.Err()
	}
	return nil
}

func (w *walker) full() bool { return int64(w.count) > max(maxElements, w.size/bytesPerElement) }

// need checks that n bytes lie between pos and end.
func (w *walker) need(pos, n, end int64, t tagNumber) error {
	if pos+n <= end && pos+n <= int64(len(w.data)) {
		return nil
	}
	if pos+n <= w.size && int64(len(w.data)) < w.size && pos+n > int64(len(w.data)) {
		return errMore
	}
	if end < w.size {
		return &fault{kind: ErrMalformed, tag: t, offset: pos, detail: "an element is longer than the sequence that holds it", advice: adviceAgain}
	}
	return &fault{kind: ErrTruncated, tag: t, offset: pos, detail: "the file is cut short", advice: adviceAgain}
}

// top walks the data set from pos to the pixel data or the end of the file.
// The data set holds what was found even where an error is returned.
func (w *walker) top(pos int64) (*dataset, error) {
	ds := &dataset{order: w.order}
	end := w.size
	for pos < end {
		// Eight bytes are the least that an element has; less than that
		// at the end of a file is filling if it is zero.
		if end-pos < 8 && end == int64(len(w.data)) && len(bytes.Trim(w.data[pos:], "\x00")) == 0 {
			break
		}
		e, next, err := w.element(pos, end, w.implicit, 0)
		if err != nil {
			return ds, err
		}
		if e.tag == tagItemDelimiter || e.tag == tagSequenceDelimiter {
			pos = next
			continue
		}
		ds.elements = append(ds.elements, e)
		switch e.tag {
		case tagPixelData, tagFloatPixelData, tagDoublePixelData, tagDataSetTrailingFill:
			return ds, nil
		}
		pos = next
	}
	return ds, nil
}

// element reads the element at pos, whose container ends at end, and returns
// the position after it.
func (w *walker) element(pos, end int64, implicit bool, depth int) (element, int64, error) {
	if err := w.step(pos); err != nil {
		return element{}, 0, err
	}
	if err := w.need(pos, 8, end, 0); err != nil {
		return element{}, 0, err
	}
	b := w.data[pos:]
	t := tagNumber(w.order.Uint16(b))<<16 | tagNumber(w.order.Uint16(b[2:]))
	e := element{tag: t, offset: pos}
	var length int64
	head := int64(8)
	switch {
	case t.group() == 0xFFFE:
		length = int64(w.order.Uint32(b[4:]))
	case !implicit && knownVR(b[4], b[5]):
		e.vr = string(b[4:6])
		if longForm(e.vr) {
			if err := w.need(pos, 12, end, t); err != nil {
				return e, 0, err
			}
			head = 12
			length = int64(w.order.Uint32(b[8:]))
		} else {
			length = int64(w.order.Uint16(b[6:]))
		}
	default:
		// Implicit, or an explicit data set with an element whose VR is
		// missing: such files exist, and the dictionary knows the VR.
		length = int64(w.order.Uint32(b[4:]))
		e.vr = dictionaryVR(t)
	}
	start := pos + head

	if t == tagPixelData && depth == 0 {
		return w.pixelData(e, start, length)
	}
	if length == undefinedLength {
		e.undefined = true
		if t.group() == 0xFFFE {
			return e, start, nil
		}
		// An UN value of undefined length holds implicit little endian
		// (PS3.5 6.2.2).
		items, next, err := w.sequence(start, end, implicit || e.vr == "UN", depth+1, true, t)
		e.items = items
		return e, next, err
	}
	if t.group() == 0xFFFE {
		return e, start, nil
	}
	if start+length > end {
		if end < w.size {
			return e, 0, w.need(start, length, end, t)
		}
		return e, 0, &fault{
			kind: ErrTruncated, tag: t, offset: pos, advice: adviceAgain,
			detail: fmt.Sprintf("the file is cut short: %d bytes announced, %d left", length, end-start),
		}
	}
	if err := w.need(start, length, end, t); err != nil {
		return e, 0, err
	}
	next := start + length
	e.value = w.data[start:next:next]
	if e.vr == "SQ" || (e.vr == "UN" && dictionaryVR(t) == "SQ") {
		items, _, err := w.sequence(start, next, implicit || e.vr == "UN", depth+1, false, t)
		if err != nil {
			if errors.Is(err, errMore) || w.ctx.Err() != nil || w.full() {
				return e, 0, err
			}
			// The sequence's own length is trusted, so one bad inner
			// element need not cost the film.
			w.warn(warningOf(WarningSequence, t, "Sequence %s could not be read and was left out."))
			items = nil
		}
		e.items = items
		e.value = nil
	}
	return e, next, nil
}

// sequence reads items from pos. A sequence of undefined length ends at its
// delimiter.
func (w *walker) sequence(pos, end int64, implicit bool, depth int, undefined bool, of tagNumber) ([]*dataset, int64, error) {
	if depth > maxDepth {
		return nil, 0, &fault{kind: ErrMalformed, tag: of, offset: pos, detail: "sequences are nested too deeply", advice: adviceAgain}
	}
	var items []*dataset
	for pos < end {
		if end-pos < 8 && !undefined {
			break
		}
		if err := w.need(pos, 8, end, of); err != nil {
			return items, 0, err
		}
		b := w.data[pos:]
		t := tagNumber(w.order.Uint16(b))<<16 | tagNumber(w.order.Uint16(b[2:]))
		length := int64(w.order.Uint32(b[4:]))
		switch t {
		case tagSequenceDelimiter:
			return items, pos + 8, nil
		case tagItem:
			if err := w.step(pos); err != nil {
				return items, 0, err
			}
		default:
			return items, 0, &fault{kind: ErrMalformed, tag: of, offset: pos, detail: "a sequence holds something other than items", advice: adviceAgain}
		}
		start := pos + 8
		itemEnd := end
		if length != undefinedLength {
			if start+length > end {
				return items, 0, w.need(start, length, end, of)
			}
			itemEnd = start + length
		}
		item, next, err := w.item(start, itemEnd, implicit, depth, length == undefinedLength)
		if err != nil {
			return items, 0, err
		}
		items = append(items, item)
		pos = next
	}
	if undefined && end == w.size {
		return items, 0, w.need(pos, 8, end, of)
	}
	return items, pos, nil
}

func (w *walker) item(pos, end int64, implicit bool, depth int, undefined bool) (*dataset, int64, error) {
	ds := &dataset{order: w.order}
	for pos < end {
		e, next, err := w.element(pos, end, implicit, depth)
		if err != nil {
			return ds, 0, err
		}
		if e.tag == tagItemDelimiter {
			if undefined {
				return ds, next, nil
			}
			pos = next
			continue
		}
		if e.tag == tagSequenceDelimiter && undefined {
			// The item's own delimiter is missing; leave this one to
			// the sequence.
			return ds, pos, nil
		}
		ds.elements = append(ds.elements, e)
		pos = next
	}
	return ds, pos, nil
}

// pixelData locates the pixel data. Unlike any other element it may be
// shorter than declared: what is there can often still be shown.
func (w *walker) pixelData(e element, start, length int64) (element, int64, error) {
	e.undefined = length == undefinedLength
	if w.headerOnly {
		return e, w.size, nil
	}
	if !e.undefined {
		end := start + length
		if end > w.size {
			e.missing = end - w.size
			end = w.size
		}
		if start > end {
			start = end
		}
		if err := w.need(start, end-start, w.size, e.tag); err != nil {
			return e, 0, err
		}
		e.value = w.data[start:end:end]
		return e, end, nil
	}
	pos := start
	for w.size-pos >= 8 {
		b := w.data[pos:]
		t := tagNumber(w.order.Uint16(b))<<16 | tagNumber(w.order.Uint16(b[2:]))
		n := int64(w.order.Uint32(b[4:]))
		if t != tagItem {
			if t != tagSequenceDelimiter {
				w.warn(warning(WarningNoEndMark, "The compressed pixel data has no end mark."))
			}
			return e, pos + 8, nil
		}
		if err := w.step(pos); err != nil {
			return e, 0, err
		}
		from, to := pos+8, pos+8+n
		if to > w.size {
			e.missing = to - w.size
			to = w.size
		}
		e.fragments = append(e.fragments, w.data[from:to:to])
		pos = to
	}
	return e, pos, nil
}

// knownVR reports whether two bytes are one of PS3.5 6.2's value
// representations.
func knownVR(a, b byte) bool {
	switch string([]byte{a, b}) {
	case "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT",
		"OB", "OD", "OF", "OL", "OV", "OW", "PN", "SH", "SL", "SQ", "SS", "ST",
		"SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV":
		return true
	}
	return false
}

// longForm reports whether a VR's length takes four bytes after two reserved
// ones (PS3.5 7.1.2).
func longForm(vr string) bool {
	switch vr {
	case "OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV":
		return true
	}
	return false
}

// dictionaryVR is the VR that PS3.6 gives a tag, UN where it has none.
func dictionaryVR(t tagNumber) string {
	if vr, ok := wanted[t]; ok {
		return vr
	}
	info, err := tag.Find(tag.Tag{Group: uint16(t >> 16), Element: uint16(t)})
	if err != nil || len(info.VRs) == 0 {
		return "UN"
	}
	return info.VRs[0]
}
