package codec

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pneumolight/testdata"
)

func (w *walked) decode(frame int) (Image, error) {
	if w.native != nil {
		return NativeFrame(w.Params, w.native, frame)
	}
	return Decode(context.Background(), w.Params, w.coded[frame])
}

// tool is a program that writes a film's pixel data uncompressed.
type tool struct {
	name string
	args []string // before input and output
}

// toolsFor are those that read a transfer syntax and are installed.
func toolsFor(uid string) []tool {
	list := []tool{{"gdcmconv", []string{"--raw"}}}
	switch s, _ := lookup(uid); {
	case !s.fragments:
		list = append(list, tool{"dcmconv", []string{"+te"}})
	case s.Decoder == "JPEG-LS":
		list = append(list, tool{"dcmdjpls", nil})
	case s.Decoder == "RLE":
		list = append(list, tool{"dcmdrle", nil})
	case strings.HasPrefix(s.Decoder, "JPEG, "):
		list = append(list, tool{"dcmdjpeg", []string{"+cn"}})
	}
	return slices.DeleteFunc(list, func(t tool) bool {
		_, err := exec.LookPath(t.name)
		return err != nil
	})
}

// unread are the films that Decode and Native do not read although DCMTK or
// GDCM do, by the end of their path, and why.
var unread = map[string]string{
	"badVR.dcm":                    "32 bits",
	"rtdose.dcm":                   "32 bits",
	"rtdose_1frame.dcm":            "32 bits",
	"rtdose_expb.dcm":              "32 bits",
	"rtdose_expb_1frame.dcm":       "32 bits",
	"rtdose_rle.dcm":               "32 bits",
	"rtdose_rle_1frame.dcm":        "32 bits",
	"SC_rgb_32bit.dcm":             "32 bits",
	"SC_rgb_32bit_2frame.dcm":      "32 bits",
	"SC_rgb_expb_32bit.dcm":        "32 bits",
	"SC_rgb_expb_32bit_2frame.dcm": "32 bits",
	"SC_rgb_rle_32bit.dcm":         "32 bits",
	"SC_rgb_rle_32bit_2frame.dcm":  "32 bits",
}

// TestFilms holds every frame of every shared film against what GDCM and
// DCMTK make of it: the same samples, or within two of them for the DCT.
func TestFilms(t *testing.T) {
	if testing.Short() {
		t.Skip("runs other programs on every shared film")
	}
	dir := testdata.Folder(t, "dicom")
	if len(toolsFor("")) == 0 {
		t.Skip("neither GDCM's nor DCMTK's tools are installed")
	}
	type count struct{ exact, near, frames, unjudged int }
	counts := map[string]*count{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		film, err := walkFile(path)
		if err != nil || film.Rows == 0 {
			return nil // not a film, or beyond the test's walker
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		c := counts[film.TransferSyntax]
		if c == nil {
			c = &count{}
			counts[film.TransferSyntax] = c
		}
		var references []*walked
		for _, tool := range toolsFor(film.TransferSyntax) {
			out := filepath.Join(t.TempDir(), "raw.dcm")
			if exec.Command(tool.name, slices.Concat(tool.args, []string{path, out})...).Run() != nil {
				continue
			}
			if ref, err := walkFile(out); err == nil {
				references = append(references, ref)
			}
		}
		frames := max(film.frames, 1)
		if film.coded != nil {
			frames = len(film.coded)
		}
		for frame := range frames {
			c.frames++
			img, err := film.decode(frame)
			if len(references) == 0 {
				c.unjudged++
				continue
			}
			if reason := unread[filepath.Base(rel)]; reason != "" {
				if !errors.Is(err, ErrUnsupported) {
					t.Errorf("%s: %v, listed as unread for %s", rel, err, reason)
				}
				c.unjudged++
				continue
			}
			if err != nil && !errors.Is(err, ErrTruncated) {
				t.Errorf("%s frame %d: %v", rel, frame+1, err)
				continue
			}
			best := 1 << 16
			for _, ref := range references {
				if img.Bits > film.BitsStored {
					ref.BitsStored, ref.HighBit = ref.BitsAllocated, ref.BitsAllocated-1
				}
				if want, err := ref.decode(frame); err == nil || errors.Is(err, ErrTruncated) {
					best = min(best, worst(img, want))
				}
			}
			switch {
			case best == 0:
				c.exact++
			case best <= 2 && img.Lossy:
				c.near++
			default:
				t.Errorf("%s frame %d is up to %d off", rel, frame+1, best)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Syntaxes() {
		if c := counts[s.UID]; c != nil {
			t.Logf("%s: %d of %d frames exact, %d within two, %d not to be judged", s.Name, c.exact, c.frames, c.near, c.unjudged)
		}
	}
}

// worst is the greatest difference between samples, as the numbers that they
// stand for.
func worst(a, b Image) int {
	if len(a.Samples) != len(b.Samples) {
		return 1 << 16
	}
	value := func(img Image, i int) int {
		v := int(img.Samples[i])
		if img.Signed && v >= 1<<(img.Bits-1) {
			v -= 1 << img.Bits
		}
		return v
	}
	most := 0
	for i := range a.Samples {
		d := value(a, i) - value(b, i)
		most = max(most, d, -d)
	}
	return most
}
