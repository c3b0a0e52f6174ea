package dicomio

import (
	"bufio"
	"bytes"
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
	tagAcquisitionDate: "DA", tagAcquisitionTime: "TM", tagAcquisitionDateTime: "DT",
	tagModality: "CS", tagManufacturer: "LO", tagInstitutionName: "LO",
	tagReferringPhysicianName: "PN", tagStudyDescription: "LO",
	tagSeriesDescription: "LO", tagManufacturerModelName: "LO",
	tagAnatomicRegionSequence: "SQ", tagCodeValue: "SH", tagCodeMeaning: "LO",
	tagProtocolName: "LO", tagDeviceProcessing: "LO", tagPerformedStep: "LO",
	tagPatientName: "PN", tagPatientID: "LO", tagPatientBirthDate: "DA",
	tagPatientSex: "CS", tagPatientAge: "AS",
	tagBodyPartExamined: "CS", tagImagerPixelSpacing: "DS",
	tagDistanceToDetector: "DS", tagDistanceToPatient: "DS", tagMagnification: "DS",
	tagNominalScannedSpacing: "DS", tagPatientPosition: "CS", tagViewPosition: "CS",
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
	tagBluePaletteSegmented:    "OB",
	tagPresentationLUTSequence: "SQ", tagPresentationLUTShape: "CS",
}

// attributes are a data set's wanted elements, decoded by the DICOM module.
type attributes struct {
	values   map[tagNumber]dicom.Value
	text     textDecoder
	warnings []Warning
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
			a.warnings = append(a.warnings, warningOf(WarningElement, t, "Element %s could not be read and was left out."))
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
