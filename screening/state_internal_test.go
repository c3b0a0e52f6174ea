package screening

import (
	"os"
	"path/filepath"
	"testing"

	"pneumolight/store"
)

func TestAFilmThatIsGoneHasNoStateOfAnotherFile(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "ward"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(filepath.Join(root, "ward!3", "gone.png")); got != (store.FileState{}) {
		t.Errorf("it has %+v", got)
	}
	archive := filepath.Join(root, "films.zip")
	if err := os.WriteFile(archive, []byte("archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(archive + "!inner.zip!film.png"); got.Bytes != 7 || got.Modified.IsZero() {
		t.Errorf("a member has %+v, want its archive's", got)
	}
}
