package dicomio

import (
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestALoadedFileDecodesLikeTheFileItself(t *testing.T) {
	picture := image.NewGray16(image.Rect(0, 0, 40, 30))
	for k := range picture.Pix {
		picture.Pix[k] = uint8(7 * k)
	}
	path := filepath.Join(t.TempDir(), "film.png")
	if err := os.WriteFile(path, pngBytes(t, picture), 0o600); err != nil {
		t.Fatal(err)
	}
	var source Source
	defer source.Close()
	file, err := source.Load(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The file may be gone by the time it is decoded.
	want, err := ReadFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	got, err := file.Film(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if file.SHA256 != want.SHA256 || got.SHA256 != want.SHA256 || got.Path != want.Path ||
		got.Width != want.Width || got.Header != want.Header || !slices.Equal(got.Stored, want.Stored) {
		t.Error("the loaded file gives another film than the file that is read")
	}
	var failure *ReadError
	if _, err := source.Load(t.Context(), path, nil); !errors.Is(err, fs.ErrNotExist) || !errors.As(err, &failure) {
		t.Errorf("a file that is gone: %v", err)
	}
}
