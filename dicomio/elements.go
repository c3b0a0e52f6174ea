package dicomio

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/suyashkumar/dicom/pkg/tag"
)

// Element is one data element as its file holds it: the bytes of its value in
// the file's byte order and character set, not yet what they mean.
type Element struct {
	// Tag is 0xGGGGEEEE.
	Tag uint32
	// VR is the file's, or for an implicit data set PS3.6's; UN where
	// neither knows one.
	VR string
	// Value is the value's bytes with their padding; nil for a sequence and
	// for encapsulated pixel data.
	Value []byte
	// Items are a sequence's, nil for any other element.
	Items [][]Element
	// Fragments are an encapsulated value's, the basic offset table first.
	Fragments [][]byte
}

// DataSet is a whole DICOM file as a tree of elements, in the file's order,
// up to and with its pixel data. What follows the pixel data (padding, digital
// signatures) is left out, as are sequences that cannot be read.
type DataSet struct {
	// Syntax is the transfer syntax UID by which the values are to be read;
	// a deflated file's is still the deflated one.
	Syntax string
	// Order is the byte order of values and tags; Implicit tells an
	// implicit VR encoding.
	Order    binary.ByteOrder
	Implicit bool
	Elements []Element
	// Characters is the Specific Character Set (0008,0005) as written.
	Characters string

	text textDecoder
}

// ReadDataSet reads a DICOM file without looking at what its elements mean.
// Unlike [ReadFile] it refuses a file whose pixel data is cut short, since
// whoever writes the file anew would hide that. Errors are of type
// [*ReadError], except for the context's own.
func ReadDataSet(ctx context.Context, path string) (*DataSet, error) {
	ds, err := readDataSet(ctx, path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, failure(path, err)
	}
	return ds, nil
}

func readDataSet(ctx context.Context, path string) (*DataSet, error) {
	data, err := load(ctx, path)
	if err != nil {
		return nil, err
	}
	return parseDataSet(ctx, data)
}

func parseDataSet(ctx context.Context, data []byte) (_ *DataSet, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damagedBeyondDecoder(p)
		}
	}()
	switch {
	case len(data) == 0:
		return nil, emptyFault()
	case !looksLikeDICOM(data):
		return nil, notDICOM(data)
	}
	file, err := openDICOM(ctx, data, int64(len(data)), false)
	if err != nil {
		return nil, err
	}
	if e := file.dataset.find(tagPixelData); e != nil && e.missing > 0 {
		return nil, &fault{kind: ErrTruncated, tag: e.tag, offset: e.offset, detail: "the pixel data is cut short", advice: adviceAgain}
	}
	ds := &DataSet{Syntax: file.syntax, Order: file.dataset.order, Implicit: file.implicit, Elements: exported(file.dataset)}
	ds.Characters = rawText(file.dataset.find(tagSpecificCharacterSet))
	ds.text = newTextDecoder(ds.Characters)
	return ds, nil
}

// notDICOM says what a file is, where only a DICOM file will do.
func notDICOM(data []byte) error {
	if format := rasterFormat(data); format != "" {
		return &fault{kind: ErrUnsupported, offset: -1, detail: "this is a " + string(format) + " file, which has no DICOM elements", advice: "choose a DICOM file"}
	}
	err := notAFilm(data)
	var f *fault
	if errors.As(err, &f) {
		f.advice = "choose a DICOM file"
	}
	return err
}

func exported(ds *dataset) []Element {
	out := make([]Element, 0, len(ds.elements))
	for _, e := range ds.elements {
		x := Element{Tag: uint32(e.tag), VR: e.vr, Value: e.value}
		switch {
		case e.tag == tagPixelData && e.undefined:
			x.Fragments = e.fragments
		case e.value == nil && (e.items != nil || e.vr == "SQ" || e.undefined):
			x.VR = "SQ"
			x.Items = make([][]Element, len(e.items))
			for k, item := range e.items {
				x.Items[k] = exported(item)
			}
		}
		out = append(out, x)
	}
	return out
}

// Find returns the first element with the tag at the top level, or nil.
func (d *DataSet) Find(t uint32) *Element { return Find(d.Elements, t) }

// Find returns the first element with the tag, or nil.
func Find(elements []Element, t uint32) *Element {
	for i := range elements {
		if elements[i].Tag == t {
			return &elements[i]
		}
	}
	return nil
}

// Text is an element's text as UTF-8, its values separated by backslashes,
// without control characters and padding.
func (d *DataSet) Text(e *Element) string {
	if e == nil {
		return ""
	}
	return clean(d.text.decode(string(e.Value), e.VR == "PN"))
}

// Named reports whether PS3.6 knows the tag, and its keyword. Overlays and
// curves, which PS3.6 lists as ranges of groups, are known without one.
func Named(t uint32) (keyword string, known bool) {
	if group := t >> 24; (group == 0x50 || group == 0x60) && t>>16&1 == 0 {
		return "", true
	}
	info, err := tag.Find(tag.Tag{Group: uint16(t >> 16), Element: uint16(t)})
	if err != nil {
		return "", false
	}
	return info.Keyword, true
}
