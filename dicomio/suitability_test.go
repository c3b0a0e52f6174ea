package dicomio

import (
	"context"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
)

// frontal is a film whose tags and pixels say that it is a frontal chest film.
func frontal() testFile {
	pixels := make([]uint16, 200*200)
	for i := range pixels {
		pixels[i] = uint16(i % 1000)
	}
	return filmFile("MONOCHROME2", 200, 12, pixels,
		testElement{tagBodyPartExamined, "CS", "CHEST"}, testElement{tagViewPosition, "CS", "PA"})
}

func TestSuitability(t *testing.T) {
	ct := "1.2.840.10008.5.1.4.1.1.2"
	tests := []struct {
		name    string
		file    testFile
		verdict Verdict
		codes   []string
	}{
		{"frontal chest", frontal(), Suitable, nil},
		{"digital x-ray", frontal().with(testElement{tagSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.1.1"}, testElement{tagModality, "CS", "DX"}, testElement{tagViewPosition, "CS", "AP"}), Suitable, nil},
		{"raw detector data", frontal().with(testElement{tagSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.1.1.1"}), Doubtful, []string{ReasonForProcessing}},
		{"CT", frontal().with(testElement{tagSOPClassUID, "UI", ct}, testElement{tagModality, "CS", "CT"}), Unsuitable, []string{ReasonModality}},
		{"modality alone", frontal().with(testElement{tagModality, "CS", "MG"}), Unsuitable, []string{ReasonModality}},
		{"secondary capture of a film", frontal().with(testElement{tagSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.7"}, testElement{tagModality, "CS", "CR"}), Suitable, nil},
		{"secondary capture of something", frontal().with(testElement{tagSOPClassUID, "UI", "1.2.840.10008.5.1.4.1.1.7"}, testElement{tagModality, "CS", "OT"}), Doubtful, []string{ReasonModality}},
		{"knee", frontal().with(testElement{tagBodyPartExamined, "CS", "KNEE"}), Unsuitable, []string{ReasonBodyPart}},
		{"ribs", frontal().with(testElement{tagBodyPartExamined, "CS", "RIBCAGE"}), Doubtful, []string{ReasonBodyPart}},
		{"body part unknown", frontal().with(testElement{tagBodyPartExamined, "CS", "BACINO"}), Doubtful, []string{ReasonBodyPart}},
		{"no body part", frontal().without(tagBodyPartExamined), Doubtful, []string{ReasonBodyPart}},
		{"no body part, described as another", frontal().without(tagBodyPartExamined).with(testElement{tagStudyDescription, "LO", "XR Knee, 2 views"}), Unsuitable, []string{ReasonBodyPart}},
		{"no body part, but described", frontal().without(tagBodyPartExamined).with(testElement{tagStudyDescription, "LO", "Chest 2 views"}), Suitable, nil},
		{"baby", frontal().with(testElement{tagBodyPartExamined, "CS", "CHESTABDOMEN"}, testElement{tagPatientAge, "AS", "003W"}), Doubtful, []string{ReasonBodyPart, ReasonAge}},
		{"lateral", frontal().with(testElement{tagViewPosition, "CS", "LL"}), Unsuitable, []string{ReasonViewLateral}},
		{"oblique", frontal().with(testElement{tagViewPosition, "CS", "RAO"}), Unsuitable, []string{ReasonViewOblique}},
		{"lying on the side", frontal().with(testElement{tagViewPosition, "CS", "LLD"}), Doubtful, []string{ReasonView}},
		{"no view", frontal().without(tagViewPosition), Doubtful, []string{ReasonView}},
		{"no view, lateral by description", frontal().without(tagViewPosition).with(testElement{tagSeriesDescription, "LO", "Chest LAT"}), Unsuitable, []string{ReasonViewLateral}},
		{"no view, lateral by orientation", frontal().without(tagViewPosition).with(testElement{tagPatientOrientation, "CS", `A\F`}), Unsuitable, []string{ReasonViewLateral}},
		{"no view, frontal by description", frontal().without(tagViewPosition).with(testElement{tagSeriesDescription, "LO", "W033 Chest PA"}), Suitable, nil},
		{"no view, both views in the study", frontal().without(tagViewPosition).with(testElement{tagStudyDescription, "LO", "Chest PA and LAT"}), Doubtful, []string{ReasonView}},
		{"no view, but a patient position that is one", frontal().without(tagViewPosition).with(testElement{tagPatientPosition, "CS", "AP"}), Suitable, nil},
		{"no view, but a patient position", frontal().without(tagViewPosition).with(testElement{tagPatientPosition, "CS", "HFS"}), Doubtful, []string{ReasonView}},
		{"no view, frontal by protocol", frontal().without(tagViewPosition).with(testElement{tagProtocolName, "LO", "Thorax PA"}), Suitable, nil},
		{"view by code in another language", frontal().without(tagViewPosition).with(testElement{tagViewCodeSequence, "SQ", [][]testElement{{{tagCodeValue, "SH", "R-10236"}, {tagCodeMeaning, "LO", "seitlich"}}}}), Unsuitable, []string{ReasonViewLateral}},
		{"view by code", frontal().without(tagViewPosition).with(testElement{tagViewCodeSequence, "SQ", [][]testElement{{{tagCodeMeaning, "LO", "postero-anterior"}}}}), Suitable, nil},
		{"small", filmFile("MONOCHROME2", 8, 12, ramp(64), testElement{tagBodyPartExamined, "CS", "CHEST"}, testElement{tagViewPosition, "CS", "PA"}), Unsuitable, []string{ReasonTooSmall}},
		{"blank", frontal().with(testElement{tagPixelData, "OW", make([]uint16, 200*200)}), Unsuitable, []string{ReasonBlank}},
		{"several frames", frontal().with(testElement{tagNumberOfFrames, "IS", "2"}, testElement{tagRows, "US", []uint16{128}}, testElement{tagColumns, "US", []uint16{156}}), Unsuitable, []string{ReasonMultiFrame}},
		{"gravest first", frontal().with(testElement{tagViewPosition, "CS", "LL"}).without(tagBodyPartExamined), Unsuitable, []string{ReasonViewLateral, ReasonBodyPart}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkSuitability(t, readTest(t, test.file).Suitability(), test.verdict, test.codes)
			if test.name == "blank" {
				return
			}
			info, err := ReadHeader(context.Background(), test.file.write(t))
			if err != nil {
				t.Fatal(err)
			}
			checkSuitability(t, info.Suitability(), test.verdict, test.codes)
		})
	}
}

func checkSuitability(t *testing.T, s Suitability, verdict Verdict, want []string) {
	t.Helper()
	var codes []string
	for _, r := range s.Reasons {
		codes = append(codes, r.Code)
		if !strings.HasSuffix(r.Text, ".") || strings.Contains(r.Text, "%!") {
			t.Errorf("no sentence: %q", r.Text)
		}
	}
	if s.Verdict != verdict || !slices.Equal(codes, want) {
		t.Errorf("%v %v, want %v %v", s.Verdict, codes, verdict, want)
	}
}

func TestSuitabilityOfPictures(t *testing.T) {
	photograph, film := image.NewRGBA(image.Rect(0, 0, 200, 200)), image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range 200 * 200 {
		photograph.SetRGBA(i%200, i/200, color.RGBA{uint8(i), uint8(i / 7), 80, 255})
		film.Pix[i] = uint8(i)
	}
	read := func(img image.Image) Suitability {
		f, err := ReadFile(context.Background(), writeFile(t, "picture.png", pngBytes(t, img)))
		if err != nil {
			t.Fatal(err)
		}
		return f.Suitability()
	}
	checkSuitability(t, read(photograph), Unsuitable, []string{ReasonColour, ReasonNoTags})
	checkSuitability(t, read(film), Doubtful, []string{ReasonNoTags})
}

// TestSuitabilityOfPublicFiles: no public file of another modality passes, and
// no chest film is refused for its tags.
func TestSuitabilityOfPublicFiles(t *testing.T) {
	for _, file := range publicFiles(t) {
		info, err := ReadHeader(context.Background(), file.path)
		if err != nil {
			continue
		}
		s := info.Suitability()
		switch file.modality {
		case "CT", "MR", "US", "NM", "XA", "SEG", "RTDOSE":
			if s.Verdict != Unsuitable {
				t.Errorf("%s: %s is %v", file.name, file.modality, s.Verdict)
			}
		case "CR", "DX":
			if file.part == "CHEST" && file.position != "LL" && s.Verdict == Unsuitable {
				t.Errorf("%s: a chest film is refused: %+v", file.name, s.Reasons)
			}
		}
	}
}
