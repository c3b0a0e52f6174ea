package deidentify_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pneumolight/deidentify"
	"pneumolight/dicomio"
	"pneumolight/testdata"
)

// largest bounds the files that are looked at, for the test's time.
const largest = 2 << 20

func TestPublicFilesStayTheSamePicturesOfNobody(t *testing.T) {
	e := newExport(t, deidentify.Options{BurnedIn: true})
	compared := 0
	err := filepath.WalkDir(testdata.Folder(t, "dicom"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() > largest {
			return err
		}
		f, err := e.File(t.Context(), path)
		if err != nil {
			var read *dicomio.ReadError
			if !errors.As(err, &read) && !errors.Is(err, deidentify.ErrNoImage) && !errors.Is(err, deidentify.ErrRemains) && !errors.Is(err, deidentify.ErrDamaged) {
				t.Errorf("%s: %v", d.Name(), err)
			}
			return nil
		}
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			return err
		}
		was, err := dicomio.ReadFile(t.Context(), path)
		if err != nil {
			return nil // no picture of it could be shown before either
		}
		after := filepath.Join(t.TempDir(), "film"+f.Extension)
		if err := os.WriteFile(after, out.Bytes(), 0o600); err != nil {
			return err
		}
		is, err := dicomio.ReadFile(t.Context(), after)
		if err != nil {
			t.Errorf("%s: could be read, and now: %v", d.Name(), err)
			return nil
		}
		compared++
		if !reflect.DeepEqual(is.Stored, was.Stored) || !reflect.DeepEqual(is.Colour, was.Colour) {
			t.Errorf("%s is another picture", d.Name())
		}
		h := was.Header
		for _, secret := range []string{h.PatientName, h.PatientID, h.StudyUID, h.SeriesUID, h.InstanceUID, h.Institution} {
			if len(secret) >= 6 && !strings.Contains(secret, "REMOVED") && bytes.Contains(out.Bytes(), []byte(secret)) {
				t.Errorf("%s holds what identified it", d.Name())
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if compared < 100 {
		t.Errorf("only %d films were compared", compared)
	}
}
