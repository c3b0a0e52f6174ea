package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pneumolight/store"
)

// audited is a closed log with ten rows of audit, and the reviews 1 and 2.
func audited(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cases.db")
	log, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	save(t, log, reviewed("a", store.VerdictAgree, "first"))
	for k := range 6 {
		log.Record(store.FilmOpened(strings.Repeat(fmt.Sprint(k), 64), 1))
	}
	save(t, log, reviewed("b", store.VerdictDisagree, "second"))
	log.Record(store.SettingChanged("language", "en"))
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func verified(t *testing.T, path string, noted ...store.Head) store.Verified {
	t.Helper()
	v, err := openLog(t, path).Verify(t.Context(), noted...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// auditActions lists a log's audit rows by what was done.
func auditActions(t *testing.T, log *store.Log) string {
	t.Helper()
	var actions []string
	if err := log.Audit(t.Context(), func(row store.AuditRow) error {
		actions = append(actions, string(row.Action))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(actions, " ")
}

func TestTheAuditHoldsWhatWasDoneInOrder(t *testing.T) {
	path := audited(t)
	log := openLog(t, path)
	want := "log-begun reviewed" + strings.Repeat(" film-opened", 6) + " reviewed setting-changed"
	if got := auditActions(t, log); got != want {
		t.Errorf("the audit says %s", got)
	}
	v := verified(t, path)
	if len(v.Flaws) > 0 || v.Head.Rows != 10 || v.Reviews != 2 {
		t.Errorf("an untouched log: %+v", v)
	}
	head, err := log.Head(t.Context())
	if err != nil || head != v.Head {
		t.Errorf("the head is %v, verified %v, error %v", head, v.Head, err)
	}
	if parsed, err := store.ParseHead(head.String() + "\n"); err != nil || parsed != head {
		t.Errorf("the printed head %s is read as %v, error %v", head, parsed, err)
	}
}

// The tamperings: each is done to the file by another program that has taken
// the triggers away, and has to be found at the row that is named.
func TestTamperingIsFoundAndTheRowNamed(t *testing.T) {
	for name, test := range map[string]struct {
		statements string
		row        int64 // 0: a review
		says       string
	}{
		"changed actor":     {`UPDATE audit SET actor = 'somebody else' WHERE id = 4`, 4, "changed"},
		"changed time":      {`UPDATE audit SET at = '2020-01-01T00:00:00.000Z' WHERE id = 10`, 10, "changed"},
		"changed details":   {`UPDATE audit SET details = '{"setting":"language","value":"zh-Hans"}' WHERE id = 10`, 10, "changed"},
		"changed film":      {`UPDATE audit SET film = '` + strings.Repeat("9", 64) + `' WHERE id = 3`, 3, "changed"},
		"changed hash":      {`UPDATE audit SET hash = zeroblob(32) WHERE id = 5`, 5, "changed"},
		"one removed":       {`DELETE FROM audit WHERE id = 5`, 5, "missing"},
		"some removed":      {`DELETE FROM audit WHERE id BETWEEN 4 AND 6`, 4, "rows 4 to 6 are missing"},
		"first removed":     {`DELETE FROM audit WHERE id = 1`, 1, "missing"},
		"last removed":      {`DELETE FROM audit WHERE id = 10`, 10, "the last one, is missing"},
		"end removed":       {`DELETE FROM audit WHERE id > 7`, 8, "rows 8 to 10, the last ones, are missing"},
		"removed and moved": {`DELETE FROM audit WHERE id = 5; UPDATE audit SET id = id - 1 WHERE id > 5`, 5, "changed"},
		"swapped": {`UPDATE audit SET id = 99 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 5;
			UPDATE audit SET id = 5 WHERE id = 99`, 4, "changed"},
		"added at the end": {`INSERT INTO audit SELECT 11, at, actor, action, film, frame, details, hash, hash FROM audit WHERE id = 10`, 11, "added"},
		"added in between": {`UPDATE audit SET id = -id WHERE id > 5; UPDATE audit SET id = 1 - id WHERE id < 0;
			INSERT INTO audit SELECT 6, at, actor, action, film, frame, details, hash, hash FROM audit WHERE id = 5`, 6, "changed"},
		"emptied":      {`DELETE FROM audit; UPDATE audit_head SET rows = 0, hash = zeroblob(32), seal = zeroblob(32)`, 0, "no rows"},
		"last cut off": {`DELETE FROM audit WHERE id = 10; UPDATE audit_head SET rows = 9, hash = (SELECT hash FROM audit WHERE id = 9)`, 0, "the seal"},
		"end cut off": {`DELETE FROM audit WHERE id > 2; DELETE FROM review WHERE id = 2;
			UPDATE audit_head SET rows = 2, hash = (SELECT hash FROM audit WHERE id = 2)`, 0, "the seal"},
		"head put back":     {`UPDATE audit_head SET rows = 9, hash = (SELECT hash FROM audit WHERE id = 9)`, 10, "added"},
		"head removed":      {`DELETE FROM audit_head`, 0, "head is missing"},
		"head renamed":      {`UPDATE audit_head SET hash = zeroblob(32)`, 10, "not the one that the head names"},
		"changed verdict":   {`UPDATE review SET verdict = 'disagree' WHERE id = 1`, 0, "review 1 was changed"},
		"changed note":      {`UPDATE review SET note = 'nothing' WHERE id = 2`, 0, "review 2 was changed"},
		"changed film data": {`UPDATE film SET patient_age = 12 WHERE sha256 LIKE 'a%'`, 0, "review 1 was changed"},
		"removed review":    {`DELETE FROM review WHERE id = 2`, 0, "review 2 is missing"},
		"added review": {`INSERT INTO review SELECT 3, film_id, model_name, model_version, model_sha256, probability, threshold, call,
			caution, forced, analysed_at, verdict, note, reviewed_at, finding, side, impression, reviewer FROM review WHERE id = 1`, 0, "review 3 was added"},
	} {
		t.Run(name, func(t *testing.T) {
			path := audited(t)
			tamper(t, path, test.statements)
			v := verified(t, path)
			for _, flaw := range v.Flaws {
				if flaw.Row == test.row && strings.Contains(flaw.Text, test.says) {
					return
				}
			}
			t.Errorf("found %v", v.Flaws)
		})
	}
}

// tamper changes a log's file as somebody would who knows SQLite and puts the
// triggers back afterwards.
func tamper(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	triggers := map[string]string{}
	rows, err := db.Query(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		triggers[name] = text
	}
	for name := range triggers {
		if _, err := db.Exec(`DROP TRIGGER ` + name); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	for _, text := range triggers {
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheAuditIsProtectedFromMistakes(t *testing.T) {
	path := audited(t)
	db := rawDatabase(t, path)
	for _, statement := range []string{
		`UPDATE audit SET actor = 'x'`, `DELETE FROM audit`, `DELETE FROM audit_head`, `UPDATE audit_head SET rows = 1`,
		`UPDATE audit_head SET rows = rows + 1`, // by a program that knows no seal
	} {
		if _, err := db.Exec(statement); err == nil {
			t.Errorf("%s was obeyed", statement)
		}
	}
	for statement, says := range map[string]string{
		`DROP TRIGGER audit_is_kept`: "audit_is_kept is missing",
		`DROP TRIGGER audit_is_append_only; CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT 1; END`: "audit_is_append_only was changed",
		`CREATE TRIGGER tidy AFTER INSERT ON review BEGIN UPDATE review SET verdict = 'agree'; END`:                         "tidy is none of",
	} {
		path := audited(t)
		if _, err := rawDatabase(t, path).Exec(statement); err != nil {
			t.Fatal(err)
		}
		if v := verified(t, path); len(v.Flaws) != 1 || !strings.Contains(v.Flaws[0].Text, says) {
			t.Errorf("%s: %v", statement, v.Flaws)
		}
	}
}

// A chain without a key can be made anew by whoever has the file: only a head
// that was noted elsewhere shows it.
func TestANotedHeadFindsAChainThatWasMadeAnew(t *testing.T) {
	path, other := audited(t), audited(t)
	noted := verified(t, path).Head
	if v := verified(t, other); len(v.Flaws) > 0 {
		t.Fatalf("the other log has flaws: %v", v.Flaws)
	}
	if v := verified(t, other, noted); len(v.Flaws) != 1 || v.Flaws[0].Row != 10 {
		t.Errorf("another log's head is not missed: %v", v.Flaws)
	}
	longer := noted
	longer.Rows = 12
	if v := verified(t, path, longer); len(v.Flaws) != 1 || v.Flaws[0].Row != 12 {
		t.Errorf("a shorter log: %v", v.Flaws)
	}
	save(t, openLog(t, path), reviewed("c", store.VerdictAgree, ""))
	if v := verified(t, path, noted); len(v.Flaws) > 0 {
		t.Errorf("a log that has grown since: %v", v.Flaws)
	}
}

func TestACutThatIsGoneOnWithIsFound(t *testing.T) {
	for name, test := range map[string]struct {
		statements, says string
	}{
		"its end":   {`DELETE FROM audit WHERE id = 10; UPDATE audit_head SET rows = 9, hash = (SELECT hash FROM audit WHERE id = 9)`, "the seal"},
		"all of it": {`DELETE FROM audit; UPDATE audit_head SET rows = 0, hash = zeroblob(32), seal = zeroblob(32); DELETE FROM review`, "row 1"},
		"of before 4": {`DELETE FROM audit; ALTER TABLE audit_head DROP COLUMN seal; ALTER TABLE screened_file DROP COLUMN arrived;
			UPDATE audit_head SET rows = 0, hash = zeroblob(32); DELETE FROM review; PRAGMA user_version = 3`, "row 1"},
	} {
		path := audited(t)
		tamper(t, path, test.statements)
		if name == "of before 4" {
			if _, err := rawDatabase(t, path).Exec(`DROP TRIGGER audit_head_is_sealed`); err != nil {
				t.Fatal(err)
			}
		}
		save(t, openLog(t, path), reviewed("c", store.VerdictAgree, "after the cut"))
		if v := verified(t, path); len(v.Flaws) != 1 || !strings.Contains(v.Flaws[0].Text, test.says) {
			t.Errorf("%s: found %v", name, v.Flaws)
		}
	}
}

func TestAForkedLogGoesOn(t *testing.T) {
	path := audited(t)
	tamper(t, path, `DELETE FROM audit WHERE id > 5; INSERT INTO audit SELECT 11, at, actor, action, film, frame, details, hash, hash FROM audit WHERE id = 5`)
	log := openLog(t, path)
	save(t, log, reviewed("c", store.VerdictAgree, "after the tampering"))
	if v := verified(t, path); len(v.Flaws) == 0 {
		t.Error("the tampering was covered up by going on")
	}
}

func TestSeveralWritersKeepOneChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.db")
	const writers, each = 4, 30
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			log, err := store.Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			for range each {
				log.Record(store.FilmOpened(strings.Repeat("a", 64), 1))
				if err := log.Append(context.Background(), store.SettingChanged("blind", "true")); err != nil {
					t.Error(err)
				}
			}
			if err := log.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if v := verified(t, path); len(v.Flaws) > 0 || v.Head.Rows != 1+2*writers*each {
		t.Errorf("%d rows, flaws %v", v.Head.Rows, v.Flaws)
	}
}

func TestWhatCannotBeWrittenIsTriedAgainAndTold(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the database's patience")
	}
	path := filepath.Join(t.TempDir(), "cases.db")
	log := openLog(t, path)
	told := make(chan error, 1)
	log.OnRecordFailure(func(err error) { told <- err })
	other, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	log.Record(store.SettingChanged("blind", "true"))
	if err := <-told; !strings.Contains(err.Error(), store.ErrBusy.Error()) {
		t.Errorf("told %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	save(t, log, reviewed("a", store.VerdictAgree, ""))
	if got := auditActions(t, log); got != "log-begun setting-changed reviewed" {
		t.Errorf("the audit says %s", got)
	}
}

func TestAScreeningLeavesItsRows(t *testing.T) {
	log := openLog(t, filepath.Join(t.TempDir(), "cases.db"))
	s := beginScreening(t, log, screeningRun(), false)
	copied := screenedFile("copy.dcm", "a")
	copied.Film = nil
	recordFiles(t, s, screenedFile("a.dcm", "a"), copied)
	if err := s.Finish(t.Context(), s.Run().StartedAt); err != nil {
		t.Fatal(err)
	}
	if got := auditActions(t, log); got != "log-begun screening-begun model-read screening-ended" {
		t.Errorf("the audit says %s", got)
	}
}
