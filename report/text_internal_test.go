package report

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAFilmWithAnExclamationMarkKeepsItsName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "urgent!1.png")
	if err := os.WriteFile(path, []byte("film"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := baseName(path); got != "urgent!1.png" {
		t.Errorf("it is called %q", got)
	}
}
