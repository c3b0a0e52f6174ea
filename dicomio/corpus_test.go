package dicomio

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pneumolight/testdata"
)

// publicFile is a line of the public DICOM files' manifest.
type publicFile struct {
	path, name               string
	syntax, photometric      string
	allocated, stored        int
	signed, pixels           bool
	rows, columns            int
	samples, frames          int
	modality, part, position string
}

func (p publicFile) singleGrey() bool {
	return p.pixels && p.frames <= 1 && p.samples == 1 && strings.HasPrefix(p.photometric, "MONOCHROME")
}

func publicFiles(t testing.TB) []publicFile {
	t.Helper()
	root := testdata.Folder(t, "dicom")
	file, err := os.Open(filepath.Join(root, "manifest.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var files []publicFile
	for _, row := range rows[1:] {
		text := func(name string) string { return row[column[name]] }
		number := func(name string) int { n, _ := strconv.Atoi(text(name)); return n }
		files = append(files, publicFile{
			path: filepath.Join(root, text("path")), name: text("path"),
			syntax: text("transfer_syntax_uid"), photometric: text("photometric"),
			allocated: number("bits_allocated"), stored: number("bits_stored"),
			signed: number("pixel_representation") == 1, pixels: number("has_pixels") == 1,
			rows: number("rows"), columns: number("cols"),
			samples: number("samples_per_pixel"), frames: number("frames"),
			modality: text("modality"), part: text("body_part"), position: text("view_position"),
		})
	}
	return files
}

// tool skips the test where a reference program is not installed.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s, which the result is compared with, is not installed", name)
	}
	return path
}

// unread are single-frame grey files that are refused, with the reason.
var unread = map[string]string{
	"pydicom+pydicom/src/pydicom/data/test_files/rtdose_1frame.dcm":                        "32-bit pixels: a radiotherapy dose, no picture",
	"pydicom+pydicom/src/pydicom/data/test_files/rtdose_expb_1frame.dcm":                   "32-bit pixels: a radiotherapy dose, no picture",
	"pydicom+pydicom/src/pydicom/data/test_files/rtdose_rle_1frame.dcm":                    "32-bit pixels: a radiotherapy dose, no picture",
	"pydicom+pydicom/src/pydicom/data/test_files/badVR.dcm":                                "32-bit pixels: a radiotherapy dose, no picture",
	"pydicom+pydicom/src/pydicom/data/test_files/JPEG2000-embedded-sequence-delimiter.dcm": "the JPEG 2000 header is overwritten; pydicom fails too",
}

// TestPublicFiles compares every public single-frame grey file with other
// programs: its stored values with GDCM's or DCMTK's, and its greys with those
// of DCMTK's dcm2pnm, through the file's own VOI and over the full range.
func TestPublicFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	for _, name := range []string{"gdcmraw", "gdcmconv", "dcm2pnm", "dcmdjpeg", "dcmdjpls", "dcmconv"} {
		tool(t, name)
	}
	var exact, within, refused, ownVOI, fullRange int
	var worstVOI, worstRange float64
	for _, file := range publicFiles(t) {
		if !file.singleGrey() {
			continue
		}
		t.Run(filepath.Base(file.name), func(t *testing.T) {
			film, err := ReadFile(context.Background(), file.path)
			if reason, listed := unread[file.name]; listed {
				if err == nil {
					t.Fatalf("reads now; take it off the list of what doesn't (%s)", reason)
				}
				refused++
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			plain, difference := compareStored(t, file, film.Stored)
			if difference == 0 {
				exact++
			} else {
				within++
			}
			if len(film.Windows) > 0 {
				if d, ok := compareOwnVOI(t, film, plain); ok {
					ownVOI++
					worstVOI = max(worstVOI, d)
				}
			}
			if !film.grey.padded { // DCMTK counts padding
				if d, ok := compareFullRange(t, film, plain); ok {
					fullRange++
					worstRange = max(worstRange, d)
				}
			}
		})
	}
	t.Logf("stored values: %d files exact, %d lossy ones within 2, %d refused as listed", exact, within, refused)
	t.Logf("own VOI: %d files, largest mean difference %.3f of 255", ownVOI, worstVOI)
	t.Logf("full range: %d files, largest mean difference %.3f of 255", fullRange, worstRange)
}

// lossySyntax reports whether two right decoders may round differently.
func lossySyntax(uid string) bool {
	switch uid {
	case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55", "1.2.840.10008.1.2.4.91":
		return true
	}
	return false
}

// compareStored lets other programs decode a file until one agrees, and
// returns the file without compression and the largest difference from it.
func compareStored(t *testing.T, file publicFile, stored []uint16) (plain string, difference int) {
	t.Helper()
	dir := t.TempDir()
	raw := filepath.Join(dir, "pixels.raw")
	allowed := 0
	if lossySyntax(file.syntax) {
		allowed = 2
	}
	complaint := "no reference program reads it"
	for _, command := range [][]string{
		{"gdcmconv", "--raw"},
		{"dcmdjpeg", "+te"},
		{"dcmdjpls", "+te"},
		{"dcmconv", "+te"},
	} {
		plain = filepath.Join(dir, command[0]+".dcm")
		if exec.Command(command[0], command[1], file.path, plain).Run() != nil {
			continue
		}
		if exec.Command("gdcmraw", "-t", "7fe0,0010", "-i", plain, "-o", raw).Run() != nil {
			continue
		}
		data, err := os.ReadFile(raw)
		if err != nil {
			continue
		}
		want := storedBits(data, file)
		if len(want) != len(stored) {
			continue
		}
		worst, count := 0, 0
		for i, v := range stored {
			if d := int(v) - int(want[i]); d != 0 {
				count++
				worst = max(worst, d, -d)
			}
		}
		if worst <= allowed {
			return plain, worst
		}
		complaint = fmt.Sprintf("%d of %d pixels differ from %s's, by up to %d", count, len(want), command[0], worst)
	}
	t.Fatal(complaint)
	return "", 0
}

// compareOwnVOI compares the default window with dcm2pnm's use of the file's
// first VOI. It returns false where dcm2pnm can't do that.
func compareOwnVOI(t *testing.T, film *Film, plain string) (float64, bool) {
	t.Helper()
	voi := "+Wi"
	if film.Windows[0].Kind == WindowLUT {
		voi = "+Wl"
	}
	return compareGreys(t, film, film.DefaultWindow(), plain, voi, "1")
}

// compareFullRange compares the full range with dcm2pnm's window from the
// lowest to the highest value.
func compareFullRange(t *testing.T, film *Film, plain string) (float64, bool) {
	t.Helper()
	return compareGreys(t, film, film.FullWindow(), plain, "+Wm")
}

func compareGreys(t *testing.T, film *Film, w Window, plain string, options ...string) (float64, bool) {
	t.Helper()
	out := plain + ".pgm"
	args := append(append([]string{"-O", "+op"}, options...), plain, out)
	said, err := exec.Command("dcm2pnm", args...).CombinedOutput()
	if err != nil || bytes.Contains(said, []byte("cannot select VOI")) {
		// DCMTK does not see a window whose VR the file gives as UN.
		return 0, false
	}
	data, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(data, []byte("P5\n")) || len(data) < len(film.Stored) {
		return 0, false
	}
	want := data[len(data)-len(film.Stored):]
	table := film.Table(w)
	sum := 0.0
	for i, v := range film.Stored {
		// dcm2pnm's 8 bits are cut, not rounded.
		sum += math.Abs(float64(table[v])/257 - float64(want[i]) - 0.5)
	}
	difference := sum / float64(len(want))
	if difference >= 1 {
		t.Errorf("mean difference %.2f of 255 from dcm2pnm %s; window %+v", difference, options, w)
	}
	return difference, true
}

// storedBits unpacks little-endian cells and adds the sign's offset.
func storedBits(data []byte, file publicFile) []uint16 {
	n := file.rows * file.columns
	values := make([]uint16, n)
	mask := uint16(1<<file.stored - 1)
	if lossySyntax(file.syntax) && !file.signed {
		mask = 0xFFFF // the overshoot of a lossy code stream counts
	}
	switch {
	case file.allocated == 8 && len(data) >= n:
		for i := range values {
			values[i] = uint16(data[i]) & mask
		}
	case file.allocated == 16 && len(data) >= 2*n:
		for i := range values {
			values[i] = (uint16(data[2*i]) | uint16(data[2*i+1])<<8) & mask
		}
	case file.allocated == 1 && len(data) >= (n+7)/8:
		for i := range values {
			values[i] = uint16(data[i/8]>>(i%8)) & 1
		}
	default:
		return nil
	}
	if file.signed {
		for i := range values {
			values[i] ^= 1 << (file.stored - 1)
		}
	}
	return values
}

// TestMadeFilesAgainstDCMTK compares what public files have too little of with
// dcm2pnm: lookup tables, sigmoids, presentation shapes, signs.
func TestMadeFilesAgainstDCMTK(t *testing.T) {
	tool(t, "dcm2pnm")
	window := []testElement{{tagWindowCenter, "DS", "1800"}, {tagWindowWidth, "DS", "1900"}}
	signed := testElement{tagPixelRepresentation, "US", []uint16{1}}
	rescale := []testElement{{tagRescaleSlope, "DS", "1.5"}, {tagRescaleIntercept, "DS", "-300"}, {tagRescaleType, "LO", "US"}}
	curve := make([]uint16, 4096)
	for i := range curve {
		curve[i] = uint16(4095 * i * i / (4095 * 4095))
	}
	lut := func(sequence tagNumber, first uint16, vr string, bits uint16, data []uint16) testElement {
		return testElement{sequence, "SQ", [][]testElement{{
			{tagLUTDescriptor, vr, []uint16{uint16(len(data)), first, bits}},
			{tagModalityLUTType, "LO", "US"},
			{tagLUTData, "OW", data},
		}}}
	}
	film := func(photometric string, more ...testElement) testFile {
		return filmFile(photometric, 64, 12, ramp(4096)).with(more...)
	}
	with := func(lists ...[]testElement) []testElement {
		var all []testElement
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	one := func(e testElement) []testElement { return []testElement{e} }
	for name, file := range map[string]testFile{
		"linear":                     film("MONOCHROME2", window...),
		"inverted":                   film("MONOCHROME1", window...),
		"shape alone":                film("MONOCHROME2", with(window, one(testElement{tagPresentationLUTShape, "CS", "INVERSE"}))...),
		"shape and MONOCHROME1":      film("MONOCHROME1", with(window, one(testElement{tagPresentationLUTShape, "CS", "INVERSE"}))...),
		"shape against MONOCHROME1":  film("MONOCHROME1", with(window, one(testElement{tagPresentationLUTShape, "CS", "IDENTITY"}))...),
		"sigmoid":                    film("MONOCHROME1", with(window, one(testElement{tagVOILUTFunction, "CS", "SIGMOID"}))...),
		"rescale":                    film("MONOCHROME2", with(window, rescale)...),
		"signed, rescale":            film("MONOCHROME2", with(window, rescale, one(signed))...),
		"VOI LUT":                    film("MONOCHROME2", lut(tagVOILUTSequence, 0, "US", 12, curve)),
		"VOI LUT, inverted":          film("MONOCHROME1", lut(tagVOILUTSequence, 500, "US", 12, curve[:2000])),
		"VOI LUT, signed":            film("MONOCHROME2", with(one(signed), one(lut(tagVOILUTSequence, 0xFC18, "SS", 12, curve)))...),
		"VOI LUT after rescale":      film("MONOCHROME2", with(rescale, one(lut(tagVOILUTSequence, 0xFED4, "SS", 12, curve)))...),
		"VOI LUT in 16 bits":         film("MONOCHROME2", lut(tagVOILUTSequence, 0, "US", 16, curve)),
		"modality LUT":               film("MONOCHROME2", with(window, one(lut(tagModalityLUTSequence, 0, "US", 16, curve)))...),
		"modality LUT, signed":       film("MONOCHROME2", with(window, one(signed), one(lut(tagModalityLUTSequence, 0xF800, "SS", 12, curve)))...),
		"modality LUT, then VOI LUT": film("MONOCHROME1", lut(tagModalityLUTSequence, 0, "US", 12, curve), lut(tagVOILUTSequence, 0, "US", 12, curve)),
		"narrow window":              film("MONOCHROME2", testElement{tagWindowCenter, "DS", "1000.5"}, testElement{tagWindowWidth, "DS", "3"}),
		"fractional window":          film("MONOCHROME2", testElement{tagWindowCenter, "DS", "1000.25"}, testElement{tagWindowWidth, "DS", "77.7"}),
	} {
		t.Run(name, func(t *testing.T) {
			path := file.write(t)
			film, err := ReadFile(context.Background(), path)
			if err != nil {
				t.Fatal(err)
			}
			if len(film.Windows) != 1 {
				t.Fatalf("windows %+v, warnings %q", film.Windows, film.Warnings)
			}
			if _, ok := compareOwnVOI(t, film, path); !ok {
				t.Fatal("dcm2pnm does not read it")
			}
		})
	}
}
