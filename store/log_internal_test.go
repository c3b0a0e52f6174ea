package store

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestAReviewNeedsItsFilm(t *testing.T) {
	log, err := Open(t.Context(), filepath.Join(t.TempDir(), "cases.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	_, err = log.db.Exec(`
		INSERT INTO review (film_id, model_name, model_version, model_sha256, probability, threshold,
			call, caution, forced, analysed_at, verdict, note, reviewed_at)
		VALUES (7, 'm', '1', ?, 0.5, 0.5, 'normal', '', 0, '', 'agree', '', '')`, strings.Repeat("f", 64))
	if err == nil || !strings.Contains(err.Error(), "FOREIGN KEY") {
		t.Errorf("a review of no film: %v", err)
	}
}
