package dicomio

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
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

// publicFolder finds the folder of public test data: named by
// PNEUMOLIGHT_DATA, or shared/data beside the project.
func publicFolder(t testing.TB, sub string) string {
	t.Helper()
	if root := os.Getenv("PNEUMOLIGHT_DATA"); root != "" {
		if dir := filepath.Join(root, sub); isFolder(dir) {
			return dir
		}
	}
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		if dir := filepath.Join(at, "shared", "data", sub); isFolder(dir) {
			return dir
		}
		at = filepath.Dir(at)
	}
	t.Skip("the public test files are not here; set PNEUMOLIGHT_DATA to their folder")
	return ""
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func publicFiles(t testing.TB) []publicFile {
	t.Helper()
	root := publicFolder(t, "dicom")
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

// TestStoredValues compares the stored values of every public single-frame
// grey file with GDCM's, or where GDCM fails, DCMTK's.
func TestStoredValues(t *testing.T) {
	gdcmraw, gdcmconv := tool(t, "gdcmraw"), tool(t, "gdcmconv")
	exact, within, refused := 0, 0, 0
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
			difference := compareReferences(t, gdcmraw, gdcmconv, file, film.Stored)
			switch {
			case difference == 0:
				exact++
			case difference <= 2 && lossySyntax(file.syntax):
				within++
			}
		})
	}
	t.Logf("%d files exact, %d lossy ones within 2, %d refused as listed", exact, within, refused)
}

// lossySyntax reports whether two right decoders may round differently.
func lossySyntax(uid string) bool {
	switch uid {
	case "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55", "1.2.840.10008.1.2.4.91":
		return true
	}
	return false
}

// compareReferences lets other programs decode a file until one agrees, and
// returns the largest difference from it.
func compareReferences(t *testing.T, gdcmraw, gdcmconv string, file publicFile, stored []uint16) int {
	t.Helper()
	dir := t.TempDir()
	plain, raw := filepath.Join(dir, "plain.dcm"), filepath.Join(dir, "pixels.raw")
	allowed := 0
	if lossySyntax(file.syntax) {
		allowed = 2
	}
	attempts := []struct {
		from    string
		command []string
	}{
		{"GDCM", []string{gdcmconv, "--raw", file.path, plain}},
		{"DCMTK", []string{"dcmdjpeg", "+te", file.path, plain}},
		{"DCMTK", []string{"dcmdjpls", "+te", file.path, plain}},
		{"DCMTK", []string{"dcmconv", "+te", file.path, plain}},
	}
	complaint := "no reference program reads it"
	for _, a := range attempts {
		os.Remove(plain)
		os.Remove(raw)
		if exec.Command(a.command[0], a.command[1:]...).Run() != nil {
			continue
		}
		if exec.Command(gdcmraw, "-t", "7fe0,0010", "-i", plain, "-o", raw).Run() != nil {
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
			return worst
		}
		complaint = fmt.Sprintf("%d of %d pixels differ from %s's, by up to %d", count, len(want), a.from, worst)
	}
	t.Fatal(complaint)
	return 0
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
