package store

import (
	"os"
	"path/filepath"
	"testing"
)

func TestALogIsUnderItsNameUntilAnotherTakesItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	aside := path + ".replaced"
	for _, suffix := range []string{"", "-wal"} {
		if err := os.WriteFile(path+suffix, []byte("the log"+suffix), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := keep(path, aside); err != nil {
		t.Fatal(err)
	}
	// As if the program were killed here.
	for name, want := range map[string]string{path: "the log", aside: "the log", aside + "-wal": "the log-wal"} {
		if data, err := os.ReadFile(name); err != nil || string(data) != want {
			t.Errorf("%s holds %q, error %v", filepath.Base(name), data, err)
		}
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		t.Error("the old write-ahead log lies beside what takes the log's place")
	}
}
