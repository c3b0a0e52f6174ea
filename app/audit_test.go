package main

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/store"
	"pneumolight/testdata"
)

func TestAuditFindsWhatWasDoneBehindItsBack(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	db := reviewInLog(t, film, "as it was written")
	if got := pneumolight(t, nil, "predict", film, "--db", db); got.code != exitDone || got.stderr != "" {
		t.Fatalf("exit code %d, %s", got.code, got.stderr)
	}
	head := strings.TrimSpace(pneumolight(t, nil, "audit", "head", "--db", db).stdout)
	if got := pneumolight(t, nil, "audit", "verify", "--head", head, "--db", db); got.code != exitDone || !strings.Contains(got.stdout, head) {
		t.Errorf("an untouched log: exit code %d, %s%s", got.code, got.stdout, got.stderr)
	}

	list := pneumolight(t, nil, "audit", "list", "--db", db)
	rows, err := csv.NewReader(strings.NewReader(list.stdout)).ReadAll()
	if err != nil || len(rows) != 4 || rows[0][0] != "row" || rows[3][3] != string(store.ActionModelRead) {
		t.Fatalf("error %v in %q", err, list.stdout)
	}
	var details store.ModelRead
	r := predictRows(t, exitDone, film)[0]
	if err := json.Unmarshal([]byte(rows[3][6]), &details); err != nil || details.SHA256 != r.Model.SHA256 ||
		*details.Probability != *r.Probability || details.Status != "ok" || details.Version == "" {
		t.Errorf("the model's reading is kept as %s, error %v", rows[3][6], err)
	}
	lines := pneumolight(t, nil, "audit", "list", "--format", "json", "--db", db).stdout
	if strings.Count(lines, "\n") != 3 || !json.Valid([]byte(strings.SplitN(lines, "\n", 2)[0])) {
		t.Errorf("as JSON: %s", lines)
	}

	raw, err := sql.Open("sqlite3", db)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec(`DROP TRIGGER audit_is_append_only; UPDATE audit SET actor = 'nobody' WHERE id = 3`); err != nil {
		t.Fatal(err)
	}
	got := pneumolight(t, nil, "audit", "verify", "--db", db)
	if got.code != exitFailed || !strings.Contains(got.stdout, "row 3 was changed") || !strings.Contains(got.stderr, db) {
		t.Errorf("exit code %d, %s%s", got.code, got.stdout, got.stderr)
	}
}

func TestBackupAndRestoreByCommand(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	db := reviewInLog(t, film, "kept")
	copied := filepath.Join(t.TempDir(), "backup.db")
	if got := pneumolight(t, nil, "backup", copied, "--db", db); got.code != exitDone || !strings.Contains(got.stdout, copied) {
		t.Fatalf("exit code %d, %s", got.code, got.stderr)
	}
	if got := pneumolight(t, nil, "backup", copied, "--db", db); got.code != exitFailed || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("over a file: exit code %d, %s", got.code, got.stderr)
	}
	if got := pneumolight(t, nil, "backup", copied, "--overwrite", "--db", db); got.code != exitDone {
		t.Errorf("told to overwrite: exit code %d, %s", got.code, got.stderr)
	}

	// The log is damaged: printing it says so and leaves it where it is, what
	// writes to it sets it aside, and its backup is brought back.
	data, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	copy(data[len(data)/3:], bytes.Repeat([]byte{0xA5}, 9000))
	put(t, db, data)
	for _, command := range [][]string{{"log"}, {"audit", "verify"}, {"audit", "list"}, {"audit", "head"}} {
		got := pneumolight(t, nil, append(command, "--db", db)...)
		if now, err := os.ReadFile(db); got.code != exitFailed || !strings.Contains(got.stderr, "damaged") || err != nil || !bytes.Equal(now, data) {
			t.Errorf("%v of a damaged log: exit code %d, error %v, %s%s", command, got.code, err, got.stdout, got.stderr)
		}
	}
	got := pneumolight(t, nil, "predict", film, "--db", db)
	if got.code != exitDone || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, "restore") {
		t.Errorf("a damaged log: exit code %d, %s%s", got.code, got.stdout, got.stderr)
	}
	asides, err := filepath.Glob(db + ".damaged-*")
	if err != nil || len(asides) != 1 || !strings.Contains(got.stderr, asides[0]) {
		t.Fatalf("set aside as %q, but said %s", asides, got.stderr)
	}
	if kept, err := os.ReadFile(asides[0]); err != nil || !bytes.Equal(kept, data) {
		t.Error("what was set aside is not what was there")
	}
	if got := pneumolight(t, nil, "restore", copied, "--db", db); got.code != exitDone || !strings.Contains(got.stdout, ".replaced-") {
		t.Errorf("exit code %d, %s%s", got.code, got.stdout, got.stderr)
	}
	if cases := loggedCases(t, db); len(cases) != 1 || cases[0].Review.Note != "kept" {
		t.Errorf("restored were %+v", cases)
	}
	if got := pneumolight(t, nil, "audit", "verify", "--db", db); got.code != exitDone {
		t.Errorf("exit code %d, %s%s", got.code, got.stdout, got.stderr)
	}
	// A damaged log passes no verification.
	put(t, db, data)
	if got := pneumolight(t, nil, "audit", "verify", "--db", db); got.code != exitFailed {
		t.Errorf("a damaged log: exit code %d, %s", got.code, got.stdout)
	}
}
