package dicomio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/suyashkumar/dicom"
)

// wanted are the elements that a film is made of, with the value
// representation that PS3.6 gives them. Lookup tables are read as bytes,
// because whether they are signed depends on other elements.
var wanted = map[tagNumber]string{
	tagSOPClassUID: "UI", tagSOPInstanceUID: "UI",
	tagStudyDate: "DA", tagStudyTime: "TM", tagAccessionNumber: "SH",
	tagModality: "CS", tagManufacturer: "LO", tagInstitutionName: "LO",
	tagReferringPhysicianName: "PN", tagStudyDescription: "LO",
	tagSeriesDescription: "LO", tagManufacturerModelName: "LO",
	tagAnatomicRegionSequence: "SQ", tagCodeValue: "SH", tagCodeMeaning: "LO",
	tagProtocolName: "LO", tagDeviceProcessing: "LO", tagPerformedStep: "LO",
	tagPatientName: "PN", tagPatientID: "LO", tagPatientBirthDate: "DA",
	tagPatientSex: "CS", tagPatientAge: "AS",
	tagBodyPartExamined: "CS", tagImagerPixelSpacing: "DS",
	tagNominalScannedSpacing: "DS", tagViewPosition: "CS",
	tagStudyInstanceUID: "UI", tagSeriesInstanceUID: "UI",
	tagSeriesNumber: "IS", tagInstanceNumber: "IS",
	tagPatientOrientation: "CS", tagLaterality: "CS", tagImageLaterality: "CS",
	tagFrameLaterality: "CS", tagViewCodeSequence: "SQ",
	tagSharedFunctionalGroups: "SQ", tagPerFrameFunctional: "SQ",
	tagPixelMeasuresSequence: "SQ", tagPixelValueTransform: "SQ",
	tagFrameVOILUTSequence: "SQ",
	tagSamplesPerPixel:     "US", tagPhotometric: "CS", tagPlanarConfiguration: "US",
	tagNumberOfFrames: "IS", tagRows: "US", tagColumns: "US",
	tagPixelSpacing: "DS", tagPixelAspectRatio: "IS",
	tagBitsAllocated: "US", tagBitsStored: "US", tagHighBit: "US",
	tagPixelRepresentation: "US", tagPixelPaddingValue: "US",
	tagPixelPaddingRangeLimit: "US", tagBurnedInAnnotation: "CS",
	tagPixelSpacingCalibration: "CS",
	tagWindowCenter:            "DS", tagWindowWidth: "DS", tagRescaleIntercept: "DS",
	tagRescaleSlope: "DS", tagRescaleType: "LO", tagWindowExplanation: "LO",
	tagVOILUTFunction: "CS", tagLossyImageCompression: "CS",
	tagModalityLUTSequence: "SQ", tagLUTDescriptor: "US", tagLUTExplanation: "LO",
	tagModalityLUTType: "LO", tagLUTData: "OB", tagVOILUTSequence: "SQ",
	tagRedPaletteDescriptor: "US", tagGreenPaletteDescriptor: "US",
	tagBluePaletteDescriptor: "US", tagRedPaletteData: "OB",
	tagGreenPaletteData: "OB", tagBluePaletteData: "OB",
	tagRedPaletteSegmented: "OB", tagGreenPaletteSegmented: "OB",
	tagBluePaletteSegmented: "OB",
	tagPresentationLUTShape: "CS",
}

// maxValue bounds a wanted element's value: a lookup table has at most 65,536
// entries of two bytes.
const maxValue = 1 << 17

// attributes are a data set's wanted elements, decoded by the DICOM module.
type attributes struct {
	values   map[tagNumber]dicom.Value
	text     textDecoder
	warnings []string
}

// parseAttributes decodes the wanted elements of a walked data set. The
// module is given a small clean copy of them, explicit little endian with
// lengths that are right, so that it neither fails on nor allocates for
// anything that the file declares. Of per-frame functional groups only the
// given frame's (from 1) is copied.
func parseAttributes(ds *dataset, frame int) attributes {
	a := attributes{values: map[tagNumber]dicom.Value{}}
	a.text = newTextDecoder(rawText(ds.find(tagSpecificCharacterSet)))
	copies := cleanCopies(ds, frame, false)
	for len(copies) > 0 {
		parsed := a.parse(copies)
		if parsed < len(copies) {
			t := copies[parsed].tag
			a.warnings = append(a.warnings, fmt.Sprintf("Element %v could not be read and was left out.", t))
			parsed++
		}
		copies = copies[parsed:]
	}
	return a
}

// parse adds elements until one fails, and returns how many succeeded.
func (a *attributes) parse(copies []cleanElement) (parsed int) {
	defer func() {
		// The module panics on value types that it does not expect.
		_ = recover()
	}()
	var file bytes.Buffer
	file.Write(cleanPrologue)
	for _, c := range copies {
		file.Write(c.bytes)
	}
	size := int64(file.Len())
	p, err := dicom.NewParser(bufio.NewReader(&file), size, nil)
	if err != nil {
		return 0
	}
	for range copies {
		e, err := p.Next()
		if err != nil {
			return parsed
		}
		t := tagNumber(e.Tag.Uint32())
		if _, double := a.values[t]; !double {
			a.values[t] = e.Value
		}
		parsed++
	}
	return parsed
}

// cleanElement is an element encoded anew.
type cleanElement struct {
	tag   tagNumber
	bytes []byte
}

// cleanPrologue is the preamble and meta header before every clean copy.
var cleanPrologue = func() []byte {
	b := append(make([]byte, 128), "DICM"...)
	syntax := []byte(syntaxExplicitLittle + "\x00")
	meta := appendElement(nil, tagTransferSyntaxUID, "UI", syntax)
	length := binary.LittleEndian.AppendUint32(nil, uint32(len(meta)))
	b = appendElement(b, tagMetaGroupLength, "UL", length)
	return append(b, meta...)
}()

func appendElement(b []byte, t tagNumber, vr string, value []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, t.group())
	b = binary.LittleEndian.AppendUint16(b, uint16(t))
	b = append(b, vr...)
	if longForm(vr) {
		b = append(b, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	} else {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	}
	return append(b, value...)
}

// cleanCopies copies the wanted elements of a data set. Only items keep their
// character set: the module would apply the file's own to all text.
func cleanCopies(ds *dataset, frame int, item bool) []cleanElement {
	var copies []cleanElement
	for i := range ds.elements {
		e := &ds.elements[i]
		table, ok := wanted[e.tag]
		if e.tag == tagSpecificCharacterSet && item {
			table, ok = "CS", true
		}
		if !ok {
			continue
		}
		if table == "SQ" {
			items := e.items
			if e.tag == tagPerFrameFunctional {
				items = nil
				if frame >= 1 && frame <= len(e.items) {
					items = e.items[frame-1 : frame]
				}
			}
			var value []byte
			for _, item := range items {
				var inner []byte
				for _, c := range cleanCopies(item, frame, true) {
					inner = append(inner, c.bytes...)
				}
				value = binary.LittleEndian.AppendUint16(value, 0xFFFE)
				value = binary.LittleEndian.AppendUint16(value, 0xE000)
				value = binary.LittleEndian.AppendUint32(value, uint32(len(inner)))
				value = append(value, inner...)
			}
			if len(items) > 0 {
				copies = append(copies, cleanElement{e.tag, appendElement(nil, e.tag, "SQ", value)})
			}
			continue
		}
		value, vr := e.value, copyVR(e.vr, table)
		if len(value) > maxValue {
			value = value[:maxValue]
		}
		if !longForm(vr) && len(value) > 0xFFFE {
			value = value[:0xFFFE]
		}
		if ds.order == binary.BigEndian {
			value = swapped(value, unitSize(e.vr, vr))
		}
		switch vr {
		case "US", "SS":
			value = value[:len(value)/2*2]
		case "UL", "SL", "FL":
			value = value[:len(value)/4*4]
		case "FD":
			value = value[:len(value)/8*8]
		}
		copies = append(copies, cleanElement{e.tag, appendElement(nil, e.tag, vr, value)})
	}
	return copies
}

// copyVR is the representation to copy an element with: the file's own where
// it is a number or text as the dictionary says too, else the dictionary's.
func copyVR(file, table string) string {
	if table == "OB" || table == "SQ" {
		return table
	}
	switch file {
	case "US", "SS", "UL", "SL", "FL", "FD":
		if table == "DS" || table == "IS" || table == "US" {
			return file
		}
	case "DS", "IS":
		if table == "US" || table == "DS" || table == "IS" {
			return file
		}
	}
	return table
}

// unitSize is how many bytes belong together when the byte order changes.
func unitSize(file, vr string) int {
	switch vr {
	case "US", "SS":
		return 2
	case "UL", "SL", "FL":
		return 4
	case "FD":
		return 8
	case "OB":
		if file == "OB" || file == "UN" {
			return 1
		}
		return 2
	}
	return 1
}

func swapped(value []byte, unit int) []byte {
	if unit == 1 {
		return value
	}
	out := make([]byte, len(value)/unit*unit)
	for i := range out {
		out[i] = value[i/unit*unit+unit-1-i%unit]
	}
	return out
}

// rawText is a walked element's value as it lies in the file.
func rawText(e *element) string {
	if e == nil {
		return ""
	}
	return strings.Trim(string(e.value), " \x00")
}

func (a attributes) has(t tagNumber) bool {
	_, ok := a.values[t]
	return ok
}

// raw returns an element's text before its character set is applied. The
// module splits values at backslashes, which some character sets use inside a
// character, so they are joined again.
func (a attributes) raw(t tagNumber) string {
	v, ok := a.values[t]
	if !ok {
		return ""
	}
	switch got := v.GetValue().(type) {
	case []string:
		return strings.Trim(strings.Join(got, `\`), " \x00")
	case []byte:
		return strings.Trim(string(got), " \x00")
	case []int:
		text := make([]string, len(got))
		for i, n := range got {
			text[i] = strconv.Itoa(n)
		}
		return strings.Join(text, `\`)
	}
	return ""
}

// codes returns an element's values where they should be plain ASCII (CS, UI,
// DS).
func (a attributes) codes(t tagNumber) []string {
	raw := a.raw(t)
	if raw == "" {
		return nil
	}
	return cleaned(strings.Split(raw, `\`))
}

// code returns the first plain value.
func (a attributes) code(t tagNumber) string {
	if list := a.codes(t); len(list) > 0 {
		return list[0]
	}
	return ""
}

// texts returns an element's values in UTF-8.
func (a attributes) texts(t tagNumber) []string {
	return a.text.values(a.raw(t))
}

// firstText returns the first value in UTF-8.
func (a attributes) firstText(t tagNumber) string {
	if list := a.texts(t); len(list) > 0 {
		return list[0]
	}
	return ""
}

// name returns a person's name in UTF-8 (PS3.5 6.2.1).
func (a attributes) name(t tagNumber) string {
	return a.text.name(a.raw(t))
}

// numbers returns an element's values as numbers, whether the file holds
// them as text or as binary. What is not a number ends the list.
func (a attributes) numbers(t tagNumber) []float64 {
	v, ok := a.values[t]
	if !ok {
		return nil
	}
	switch got := v.GetValue().(type) {
	case []int:
		list := make([]float64, len(got))
		for i, n := range got {
			list[i] = float64(n)
		}
		return list
	case []float64:
		return got
	}
	var list []float64
	for _, s := range a.codes(t) {
		n, err := parseDecimal(s)
		if err != nil {
			break
		}
		list = append(list, n)
	}
	return list
}

// number returns the first number and whether there is one.
func (a attributes) number(t tagNumber) (float64, bool) {
	if list := a.numbers(t); len(list) > 0 {
		return list[0], true
	}
	return 0, false
}

// integer returns the first number as an int, or otherwise.
func (a attributes) integer(t tagNumber, otherwise int) int {
	n, ok := a.number(t)
	if !ok || n != n || n > 1<<31 || n < -1<<31 {
		return otherwise
	}
	return int(n)
}

// data returns an element's bytes, little endian.
func (a attributes) data(t tagNumber) []byte {
	if v, ok := a.values[t]; ok {
		if b, ok := v.GetValue().([]byte); ok {
			return b
		}
	}
	return nil
}

// items returns a sequence's items.
func (a attributes) items(t tagNumber) []attributes {
	v, ok := a.values[t]
	if !ok {
		return nil
	}
	sequence, ok := v.GetValue().([]*dicom.SequenceItemValue)
	if !ok {
		return nil
	}
	var list []attributes
	for _, s := range sequence {
		elements, ok := s.GetValue().([]*dicom.Element)
		if !ok {
			continue
		}
		item := attributes{values: map[tagNumber]dicom.Value{}, text: a.text}
		for _, e := range elements {
			item.values[tagNumber(e.Tag.Uint32())] = e.Value
		}
		if item.has(tagSpecificCharacterSet) {
			item.text = newTextDecoder(item.raw(tagSpecificCharacterSet))
		}
		list = append(list, item)
	}
	return list
}

// within returns the first item of a sequence of a frame's functional group:
// the frame's own before the shared one (PS3.3 C.7.6.16).
func (a attributes) within(sequence tagNumber) (attributes, bool) {
	for _, groups := range []tagNumber{tagPerFrameFunctional, tagSharedFunctionalGroups} {
		for _, group := range a.items(groups) {
			if items := group.items(sequence); len(items) > 0 {
				return items[0], true
			}
		}
	}
	return attributes{}, false
}

// parseDecimal reads a DS or IS value, which may have a decimal comma in
// files that break the standard.
func parseDecimal(s string) (float64, error) {
	s = strings.TrimSpace(strings.Trim(s, "\x00"))
	n, err := strconv.ParseFloat(s, 64)
	if err != nil && strings.Count(s, ",") == 1 {
		return strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	}
	return n, err
}
