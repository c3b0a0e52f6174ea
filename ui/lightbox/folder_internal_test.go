package lightbox

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAPictureBelongsToTheFolderOrArchiveThatHoldsIt(t *testing.T) {
	root := t.TempDir()
	folder := filepath.Join(root, "ward!3", "monday")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	picture, archive := filepath.Join(folder, "film.png"), filepath.Join(folder, "films.zip")
	for _, path := range []string{picture, archive} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{picture: "monday", archive + "!deep/film.png": "films.zip"} {
		if got := folderOf(path); got != want {
			t.Errorf("%s lies in %q, want %q", filepath.Base(path), got, want)
		}
	}
}
