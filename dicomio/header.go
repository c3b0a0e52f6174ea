package dicomio

import (
	"strconv"
	"strings"
	"time"
)

// unknownAge is Header.PatientAge where no age is known.
const unknownAge = -1

// alwaysLossy are the transfer syntaxes that no film passes through unharmed;
// others may or may not have lost something, which their code streams tell.
var alwaysLossy = map[string]bool{
	"1.2.840.10008.1.2.4.50": true, "1.2.840.10008.1.2.4.51": true,
	"1.2.840.10008.1.2.4.53": true, "1.2.840.10008.1.2.4.55": true,
}

// newHeader collects what a DICOM file says about its film.
func newHeader(a attributes, syntax string) Header {
	h := Header{
		PatientName:        a.name(tagPatientName),
		PatientID:          a.firstText(tagPatientID),
		PatientBirthDate:   dateOf(a.code(tagPatientBirthDate)),
		PatientSex:         sexOf(a.code(tagPatientSex)),
		StudyUID:           a.code(tagStudyInstanceUID),
		SeriesUID:          a.code(tagSeriesInstanceUID),
		InstanceUID:        a.code(tagSOPInstanceUID),
		SOPClassUID:        a.code(tagSOPClassUID),
		TransferSyntaxUID:  syntax,
		StudyDate:          dateOf(a.code(tagStudyDate)),
		StudyTime:          timeOf(a.code(tagStudyTime)),
		Taken:              takenOf(a),
		AccessionNumber:    a.firstText(tagAccessionNumber),
		ReferringPhysician: a.name(tagReferringPhysicianName),
		Institution:        a.firstText(tagInstitutionName),
		Manufacturer:       a.firstText(tagManufacturer),
		Equipment:          a.firstText(tagManufacturerModelName),
		StudyDescription:   a.firstText(tagStudyDescription),
		SeriesDescription:  a.firstText(tagSeriesDescription),
		SeriesNumber:       a.integer(tagSeriesNumber, 0),
		InstanceNumber:     a.integer(tagInstanceNumber, 0),
		Modality:           strings.ToUpper(a.code(tagModality)),
		BodyPart:           strings.ToUpper(a.firstText(tagBodyPartExamined)),
		ViewPosition:       strings.ToUpper(a.code(tagViewPosition)),
		Photometric:        strings.ToUpper(a.code(tagPhotometric)),
		BurnedInAnnotation: strings.ToUpper(a.code(tagBurnedInAnnotation)),
		Lossy:              a.code(tagLossyImageCompression) == "01" || alwaysLossy[syntax],
	}
	for _, t := range []tagNumber{tagImageLaterality, tagLaterality, tagFrameLaterality} {
		if side := strings.ToUpper(a.code(t)); side == "L" || side == "R" {
			h.Laterality = side
			break
		}
	}
	for _, t := range []tagNumber{tagProtocolName, tagPerformedStep, tagDeviceProcessing} {
		if h.Protocol == "" {
			h.Protocol = a.firstText(t)
		}
	}
	if h.BodyPart == "" {
		for _, region := range a.items(tagAnatomicRegionSequence) {
			h.BodyPart = strings.ToUpper(region.firstText(tagCodeMeaning))
			break
		}
	}
	if h.ViewPosition == "" {
		for _, view := range a.items(tagViewCodeSequence) {
			h.ViewPosition = viewOfCode(view.code(tagCodeValue), view.firstText(tagCodeMeaning))
			break
		}
	}
	if position := strings.ToUpper(a.code(tagPatientPosition)); h.ViewPosition == "" {
		// Some writers put the view here, where no view belongs.
		switch position {
		case "PA", "AP", "LL", "RL":
			h.ViewPosition = position
		}
	}
	for i, direction := range a.codes(tagPatientOrientation) {
		if i < len(h.PatientOrientation) {
			h.PatientOrientation[i] = strings.ToUpper(direction)
		}
	}
	h.PatientAge = ageOf(a.code(tagPatientAge), h.PatientBirthDate, h.StudyDate)
	return h
}

// viewCodes are the SNOMED codes of PS3.16 CID 4010, in the retired and the
// current notation, as terms of View Position.
var viewCodes = map[string]string{
	"R-10206": "AP", "399348003": "AP",
	"R-10214": "PA", "R-40888": "PA", "272479007": "PA",
	"R-10202": "FRONTAL", "399033003": "FRONTAL",
	"R-10236": "LL", "399173006": "LL",
	"R-10232": "RL", "399198007": "RL",
	"R-102CD": "LATERAL", "399067008": "LATERAL",
}

// viewOfCode turns an item of the View Code Sequence into a term of View
// Position.
func viewOfCode(code, meaning string) string {
	if view, ok := viewCodes[code]; ok {
		return view
	}
	switch m := strings.ToLower(meaning); {
	case strings.Contains(m, "postero-anterior"), strings.Contains(m, "posteroanterior"):
		return "PA"
	case strings.Contains(m, "antero-posterior"), strings.Contains(m, "anteroposterior"):
		return "AP"
	case strings.Contains(m, "left lateral"):
		return "LL"
	case strings.Contains(m, "right lateral"):
		return "RL"
	case strings.Contains(m, "lateral"):
		return "LATERAL"
	}
	return strings.ToUpper(meaning)
}

// dateOf returns a date as YYYYMMDD, also from the retired form YYYY.MM.DD,
// and nothing for what is not a date.
func dateOf(s string) string {
	s = strings.NewReplacer(".", "", "-", "", "/", "").Replace(s)
	if len(s) > 8 {
		s = s[:8]
	}
	if _, err := time.Parse("20060102", s); err != nil {
		return ""
	}
	return s
}

// takenOf returns when the film was taken, as Header.Taken.
func takenOf(a attributes) string {
	if at := a.code(tagAcquisitionDateTime); len(at) >= 8 && dateOf(at) != "" {
		clock, _, _ := strings.Cut(strings.ReplaceAll(at[8:], "-", "+"), "+") // without the time zone
		return dateOf(at) + timeOf(clock)
	}
	study, acquired := dateOf(a.code(tagStudyDate)), dateOf(a.code(tagAcquisitionDate))
	at := timeOf(a.code(tagAcquisitionTime))
	switch {
	case acquired == "" && at == "":
		acquired, at = study, timeOf(a.code(tagStudyTime))
	case acquired == "":
		acquired = study
	}
	if acquired == "" {
		return ""
	}
	return acquired + at
}

// timeOf returns a time as HHMMSS.
func timeOf(s string) string {
	s = strings.ReplaceAll(s, ":", "")
	s, _, _ = strings.Cut(s, ".")
	s = strings.TrimSpace(s)
	switch len(s) {
	case 2:
		s += "0000"
	case 4:
		s += "00"
	}
	if _, err := time.Parse("150405", s); err != nil {
		return ""
	}
	return s
}

func sexOf(s string) string {
	switch s = strings.ToUpper(s); s {
	case "M", "F", "O":
		return s
	}
	return ""
}

// ageOf returns years from an AS value (PS3.5 6.2), or from the dates of birth
// and study. An age of zero is what anonymising leaves, not a newborn's, which
// is in days.
func ageOf(age, birth, study string) float64 {
	if len(age) >= 2 {
		n, err := strconv.Atoi(strings.TrimSpace(age[:len(age)-1]))
		if err == nil && n > 0 {
			switch age[len(age)-1] {
			case 'Y', 'y':
				return float64(n)
			case 'M', 'm':
				return float64(n) / 12
			case 'W', 'w':
				return float64(n) * 7 / 365.25
			case 'D', 'd':
				return float64(n) / 365.25
			}
		}
	}
	if n, err := strconv.Atoi(age); err == nil && n > 0 && n < 150 {
		// Some systems leave the unit out.
		return float64(n)
	}
	born, errBorn := time.Parse("20060102", birth)
	seen, errSeen := time.Parse("20060102", study)
	if errBorn != nil || errSeen != nil || seen.Before(born) {
		return unknownAge
	}
	return seen.Sub(born).Hours() / 24 / 365.25
}

// sections are the modalities whose pixels lie in the patient. Of all others,
// which are projections, a pixel spacing may be of the detector.
var sections = map[string]bool{"CT": true, "MR": true, "PT": true, "NM": true}

// newSpacing reads the distance between pixel centres and what it measures
// (PS3.3 10.7.1).
func newSpacing(a attributes) Spacing {
	pixel, pixelOK := pair(a.numbers(tagPixelSpacing))
	if measures, ok := a.within(tagPixelMeasuresSequence); ok && !pixelOK {
		pixel, pixelOK = pair(measures.numbers(tagPixelSpacing))
	}
	detector, detectorOK := pair(a.numbers(tagImagerPixelSpacing))
	if !detectorOK {
		detector, detectorOK = pair(a.numbers(tagNominalScannedSpacing))
	}
	calibration := a.code(tagPixelSpacingCalibration)
	switch {
	case pixelOK && calibration == "GEOMETRY":
		return Spacing{SpacingCorrected, pixel[0], pixel[1]}
	case pixelOK && calibration != "":
		return Spacing{SpacingCalibrated, pixel[0], pixel[1]}
	case pixelOK && detectorOK && !(same(pixel[0], detector[0]) && same(pixel[1], detector[1])):
		return Spacing{SpacingCorrected, pixel[0], pixel[1]}
	case detectorOK:
		if m := magnification(a); m > 1 {
			return Spacing{SpacingEstimated, detector[0] / m, detector[1] / m}
		}
		return Spacing{SpacingDetector, detector[0], detector[1]}
	case pixelOK && sections[strings.ToUpper(a.code(tagModality))]:
		return Spacing{SpacingPatient, pixel[0], pixel[1]}
	case pixelOK:
		return Spacing{SpacingUnsaid, pixel[0], pixel[1]}
	}
	return Spacing{Kind: SpacingUnknown}
}

// magnification is how much larger the patient is on the detector, as the file
// estimates it (PS3.3 C.8.11.5): by its own word, or by the source's distances
// from detector and patient. It is 1 where nothing is known: a factor of 1 is
// what files say that have estimated none, and none is as large as 4.
func magnification(a attributes) float64 {
	one := func(t tagNumber) float64 {
		if list := a.numbers(t); len(list) > 0 {
			return list[0]
		}
		return 0
	}
	for _, m := range []float64{one(tagMagnification), one(tagDistanceToDetector) / one(tagDistanceToPatient)} {
		if m > 1 && m < 4 {
			return m
		}
	}
	return 1
}

func pair(list []float64) ([2]float64, bool) {
	if len(list) < 2 || !(list[0] > 0) || !(list[1] > 0) || list[0] > 1000 || list[1] > 1000 {
		return [2]float64{}, false
	}
	return [2]float64{list[0], list[1]}, true
}

func same(a, b float64) bool {
	d := a - b
	return d < 1e-6*a && -d < 1e-6*a
}

// newAspect returns a pixel's height divided by its width.
func newAspect(a attributes, s Spacing) float64 {
	if list := a.numbers(tagPixelAspectRatio); len(list) >= 2 && list[0] > 0 && list[1] > 0 {
		return list[0] / list[1]
	}
	if s.Kind != SpacingUnknown {
		return s.Row / s.Column
	}
	return 1
}
