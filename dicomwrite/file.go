package dicomwrite

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"pneumolight/dicomio"
)

// Transfer syntaxes that decide how a data set is encoded (PS3.5 annex A).
const (
	ImplicitLittle = "1.2.840.10008.1.2"
	ExplicitLittle = "1.2.840.10008.1.2.1"
	Deflated       = "1.2.840.10008.1.2.1.99"
	ExplicitBig    = "1.2.840.10008.1.2.2"
)

// implementation identifies this program in the meta headers of its files
// (PS3.7 D.3.3.2). The UID is made from a UUID (PS3.5 B.2).
const (
	implementationUID  = "2.25.329800735698586629295641978511506172926"
	implementationName = "PNEUMOLIGHT_1"
)

// File is what a DICOM file is made of.
type File struct {
	SOPClass, SOPInstance string
	// Syntax is the transfer syntax; Order and Implicit say how the values
	// of Elements are encoded, which has to fit it.
	Syntax   string
	Order    binary.ByteOrder
	Implicit bool
	// Elements need not be in order. Those of groups 0000 and 0002 may not
	// be among them.
	Elements []dicomio.Element
}

// ErrCannotEncode says that an element does not fit DICOM's encoding.
var ErrCannotEncode = errors.New("the element cannot be encoded")

// Write writes the file.
func Write(w io.Writer, f File) error {
	e := encoder{order: f.Order, implicit: f.Implicit}
	if err := e.dataset(f.Elements); err != nil {
		return err
	}
	body := e.out.Bytes()
	if f.Syntax == Deflated {
		deflated, err := deflate(body)
		if err != nil {
			return err
		}
		body = deflated
	}
	head, err := meta(f)
	if err != nil {
		return err
	}
	for _, part := range [][]byte{make([]byte, 128), []byte("DICM"), head, body} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// meta is the file meta information (PS3.10 7.1).
func meta(f File) ([]byte, error) {
	e := encoder{order: binary.LittleEndian}
	err := e.dataset([]dicomio.Element{
		{Tag: 0x00020001, VR: "OB", Value: []byte{0, 1}},
		Text(0x00020002, "UI", f.SOPClass),
		Text(0x00020003, "UI", f.SOPInstance),
		Text(0x00020010, "UI", f.Syntax),
		Text(0x00020012, "UI", implementationUID),
		Text(0x00020013, "SH", implementationName),
	})
	if err != nil {
		return nil, err
	}
	length := encoder{order: binary.LittleEndian}
	if err := length.dataset([]dicomio.Element{Long(0x00020000, uint32(e.out.Len()))}); err != nil {
		return nil, err
	}
	return append(length.out.Bytes(), e.out.Bytes()...), nil
}

// deflate compresses a data set (PS3.5 A.5).
func deflate(body []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if out.Len()%2 != 0 {
		out.WriteByte(0)
	}
	return out.Bytes(), nil
}

type encoder struct {
	out      bytes.Buffer
	order    binary.ByteOrder
	implicit bool
}

const undefinedLength = 0xFFFFFFFF

func (e *encoder) dataset(elements []dicomio.Element) error {
	sorted := slices.SortedStableFunc(slices.Values(elements), func(a, b dicomio.Element) int {
		return int(int64(a.Tag) - int64(b.Tag))
	})
	for _, x := range sorted {
		if err := e.element(x); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) element(x dicomio.Element) error {
	switch {
	case x.Fragments != nil:
		e.head(x.Tag, x.VR, undefinedLength)
		for _, fragment := range x.Fragments {
			e.tag(0xFFFEE000)
			e.long(uint32(len(fragment) + len(fragment)%2))
			e.out.Write(fragment)
			if len(fragment)%2 != 0 {
				// As PS3.5 A.4 has a frame's last fragment padded.
				e.out.WriteByte(0)
			}
		}
		e.tag(0xFFFEE0DD)
		e.long(0)
		return nil
	case x.VR == "SQ":
		return e.sequence(x)
	}
	value := x.Value
	if len(value)%2 != 0 {
		value = append(slices.Clone(value), padding(x.VR))
	}
	if !e.implicit && !longForm(x.VR) && len(value) > 0xFFFF {
		// Such an element comes from an implicit file: UN holds any length
		// (PS3.5 6.2.2).
		x.VR = "UN"
	}
	if int64(len(value)) >= undefinedLength {
		return fmt.Errorf("%w: (%04x,%04x) is too long", ErrCannotEncode, x.Tag>>16, x.Tag&0xFFFF)
	}
	e.head(x.Tag, x.VR, uint32(len(value)))
	e.out.Write(value)
	return nil
}

// sequence writes items of defined length.
func (e *encoder) sequence(x dicomio.Element) error {
	inner := encoder{order: e.order, implicit: e.implicit}
	for _, item := range x.Items {
		one := encoder{order: e.order, implicit: e.implicit}
		if err := one.dataset(item); err != nil {
			return err
		}
		inner.tag(0xFFFEE000)
		inner.long(uint32(one.out.Len()))
		inner.out.Write(one.out.Bytes())
	}
	e.head(x.Tag, x.VR, uint32(inner.out.Len()))
	e.out.Write(inner.out.Bytes())
	return nil
}

func (e *encoder) head(tag uint32, vr string, length uint32) {
	e.tag(tag)
	if e.implicit {
		e.long(length)
		return
	}
	e.out.WriteString(vr)
	if longForm(vr) {
		e.out.Write([]byte{0, 0})
		e.long(length)
		return
	}
	var b [2]byte
	e.order.PutUint16(b[:], uint16(length))
	e.out.Write(b[:])
}

func (e *encoder) tag(t uint32) {
	var b [4]byte
	e.order.PutUint16(b[:], uint16(t>>16))
	e.order.PutUint16(b[2:], uint16(t))
	e.out.Write(b[:])
}

func (e *encoder) long(v uint32) {
	var b [4]byte
	e.order.PutUint32(b[:], v)
	e.out.Write(b[:])
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

// padding is the byte that makes a value's length even (PS3.5 6.2).
func padding(vr string) byte {
	switch vr {
	case "UI", "OB", "UN":
		return 0
	}
	return ' '
}
