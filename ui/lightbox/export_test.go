package lightbox

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAnExportOffersTheFolderThatTheFilmLiesIn(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "films!", "ward")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(folder, "films.zip")
	if err := os.WriteFile(archive, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, film := range []string{filepath.Join(folder, "film.png"), archive + "!inner/film.png"} {
		l := &Lightbox{filmPath: film, opened: []string{film}}
		if got := l.Source(); got != folder {
			t.Errorf("the folder of %s is %s", film, got)
		}
	}
}
