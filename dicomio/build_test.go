package dicomio

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// testElement is an element of a DICOM file made for a test. Its value is
// text, raw bytes, numbers of the VR, or items of a sequence.
type testElement struct {
	tag   tagNumber
	vr    string
	value any
}

// testFile is a DICOM file made for a test.
type testFile struct {
	syntax     string
	said       string // in the meta header, if other than syntax
	noPreamble bool
	noMeta     bool
	elements   []testElement
}

// filmFile is a small film of the given pixel values, 16 bits allocated.
func filmFile(photometric string, width, bits int, pixels []uint16, more ...testElement) testFile {
	return testFile{syntax: syntaxExplicitLittle, elements: append([]testElement{
		{tagSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.1"},
		{tagSOPInstanceUID, "UI", "1.2.3.4"},
		{tagModality, "CS", "CR"},
		{tagPatientName, "PN", "Film^Test"},
		{tagSamplesPerPixel, "US", []uint16{1}},
		{tagPhotometric, "CS", photometric},
		{tagRows, "US", []uint16{uint16(len(pixels) / width)}},
		{tagColumns, "US", []uint16{uint16(width)}},
		{tagBitsAllocated, "US", []uint16{16}},
		{tagBitsStored, "US", []uint16{uint16(bits)}},
		{tagHighBit, "US", []uint16{uint16(bits - 1)}},
		{tagPixelRepresentation, "US", []uint16{0}},
		{tagPixelData, "OW", pixels},
	}, more...)}
}

// with replaces elements, or adds them.
func (f testFile) with(more ...testElement) testFile {
	elements := append([]testElement(nil), f.elements...)
next:
	for _, e := range more {
		for i := range elements {
			if elements[i].tag == e.tag {
				elements[i] = e
				continue next
			}
		}
		elements = append(elements, e)
	}
	f.elements = elements
	return f
}

// without leaves elements out.
func (f testFile) without(tags ...tagNumber) testFile {
	var elements []testElement
next:
	for _, e := range f.elements {
		for _, t := range tags {
			if e.tag == t {
				continue next
			}
		}
		elements = append(elements, e)
	}
	f.elements = elements
	return f
}

func (f testFile) bytes() []byte {
	var out []byte
	if !f.noPreamble {
		out = append(make([]byte, 128), "DICM"...)
	}
	if !f.noMeta {
		said := f.syntax
		if f.said != "" {
			said = f.said
		}
		meta := encodeElement(binary.LittleEndian, false, testElement{tagTransferSyntaxUID, "UI", said})
		out = append(out, encodeElement(binary.LittleEndian, false, testElement{tagMetaGroupLength, "UL", []uint32{uint32(len(meta))}})...)
		out = append(out, meta...)
	}
	order := byteOrder(binary.LittleEndian)
	if f.syntax == syntaxExplicitBig {
		order = binary.BigEndian
	}
	body := encodeDataset(order, f.syntax == syntaxImplicitLittle, f.elements)
	if f.syntax == syntaxDeflated {
		var deflated bytes.Buffer
		w, _ := flate.NewWriter(&deflated, flate.BestSpeed)
		w.Write(body)
		w.Close()
		body = deflated.Bytes()
	}
	return append(out, body...)
}

// write puts the file into a new folder and returns its path.
func (f testFile) write(t testing.TB) string {
	t.Helper()
	return writeFile(t, "film.dcm", f.bytes())
}

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// encodeDataset sorts by tag, as a data set must be.
func encodeDataset(order byteOrder, implicit bool, elements []testElement) []byte {
	sorted := append([]testElement(nil), elements...)
	for i := range sorted {
		for j := i; j > 0 && sorted[j].tag < sorted[j-1].tag; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	var out []byte
	for _, e := range sorted {
		out = append(out, encodeElement(order, implicit, e)...)
	}
	return out
}

func encodeElement(order byteOrder, implicit bool, e testElement) []byte {
	var value []byte
	undefined := false
	switch v := e.value.(type) {
	case string:
		value = []byte(v)
		if len(value)%2 != 0 {
			pad := byte(' ')
			if e.vr == "UI" {
				pad = 0
			}
			value = append(value, pad)
		}
	case []byte:
		value = v
	case []uint16:
		for _, n := range v {
			value = order.AppendUint16(value, n)
		}
	case []uint32:
		for _, n := range v {
			value = order.AppendUint32(value, n)
		}
	case []float64:
		for _, n := range v {
			value = order.AppendUint64(value, math.Float64bits(n))
		}
	case [][]testElement:
		for _, item := range v {
			inner := encodeDataset(order, implicit, item)
			value = encodeTag(order, value, tagItem)
			value = order.AppendUint32(value, uint32(len(inner)))
			value = append(value, inner...)
		}
	case testFragments:
		undefined = true
		for _, fragment := range v {
			value = encodeTag(order, value, tagItem)
			value = order.AppendUint32(value, uint32(len(fragment)))
			value = append(value, fragment...)
		}
		value = encodeTag(order, value, tagSequenceDelimiter)
		value = order.AppendUint32(value, 0)
	default:
		panic("a value of an unknown kind")
	}
	length := uint32(len(value))
	if undefined {
		length = undefinedLength
	}
	out := encodeTag(order, nil, e.tag)
	switch {
	case implicit:
		out = order.AppendUint32(out, length)
	case longForm(e.vr):
		out = append(out, e.vr...)
		out = append(out, 0, 0)
		out = order.AppendUint32(out, length)
	default:
		out = append(out, e.vr...)
		out = order.AppendUint16(out, uint16(length))
	}
	return append(out, value...)
}

func encodeTag(order byteOrder, b []byte, t tagNumber) []byte {
	b = order.AppendUint16(b, t.group())
	return order.AppendUint16(b, uint16(t))
}

// testFragments are an encapsulated value's items, the offset table first.
type testFragments [][]byte

// ramp is n values from 0.
func ramp(n int) []uint16 {
	values := make([]uint16, n)
	for i := range values {
		values[i] = uint16(i)
	}
	return values
}

// fixCRC makes the header chunk's checksum of a PNG right again.
func fixCRC(data []byte) []byte {
	sum := crc32.ChecksumIEEE(data[12:29])
	binary.BigEndian.PutUint32(data[29:], sum)
	return data
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}
