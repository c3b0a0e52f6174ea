package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Finding out what was done to the log behind the program's back.

// Flaw is one thing that is wrong with the audit or with a review that it
// vouches for.
type Flaw struct {
	// Row is the audit's row, from 1; 0 where it is none of them.
	Row  int64
	Text string
}

// String says it as a line.
func (f Flaw) String() string { return f.Text }

// mostFlaws bounds what is told of a log that somebody has changed a lot in.
const mostFlaws = 100

// Verified is what Verify found.
type Verified struct {
	// Head is of the rows as they are.
	Head Head
	// Reviews is how many reviews there are.
	Reviews int
	// Flaws is empty where all is as the program wrote it; it holds no more
	// than a hundred.
	Flaws []Flaw
}

// Verify looks for rows of the audit that were changed, removed, added or
// reordered, and for reviews that are not as the audit says they were saved.
// The noted heads, where there are any, have to be part of the chain. The
// error is one of reading only.
func (l *Log) Verify(ctx context.Context, noted ...Head) (Verified, error) {
	if l.unaudited {
		return Verified{}, fmt.Errorf("reading the audit of %s: %w", l.path, ErrNoAudit)
	}
	v, err := verify(ctx, l.db, noted)
	if err != nil {
		return v, fmt.Errorf("reading the audit of %s: %w", l.path, explain(err))
	}
	return v, nil
}

func verify(ctx context.Context, db queryer, noted []Head) (Verified, error) {
	v := verifier{noted: noted, vouched: map[int64]string{}}
	version, err := readVersion(ctx, db)
	if err != nil {
		return v.Verified, err
	}
	if err := auditRows(ctx, db, func(row AuditRow) error { v.row(row); return ctx.Err() }); err != nil {
		return v.Verified, err
	}
	if err := v.end(ctx, db, version); err != nil {
		return v.Verified, err
	}
	if err := v.reviews(ctx, db); err != nil {
		return v.Verified, err
	}
	return v.Verified, v.protections(ctx, db, version)
}

// protections compares the triggers, which keep reviews and audit from being
// changed by mistake, with those that the migrations make.
func (v *verifier) protections(ctx context.Context, db queryer, version int) (err error) {
	ours, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ours.Close()) }()
	ours.SetMaxOpenConns(1) // each would have a memory of its own
	if err := build(ctx, ours, steps()[:version]); err != nil {
		return err
	}
	want, err := triggers(ctx, ours)
	if err != nil {
		return err
	}
	found, err := triggers(ctx, db)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch text, there := found[name]; {
		case !there:
			v.flaw(0, "the protection %s is missing: somebody has opened the way to changes", name)
		case text != want[name]:
			v.flaw(0, "the protection %s was changed: somebody has opened the way to changes", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if _, known := want[name]; !known {
			v.flaw(0, "the trigger %s is none of Pneumolight's: it may change what is written", name)
		}
	}
	return nil
}

// triggers are a database's triggers by their names, as they were made.
func triggers(ctx context.Context, db queryer) (map[string]string, error) {
	found := map[string]string{}
	err := eachRow(ctx, db, func(rows *sql.Rows) error {
		var name, text string
		err := rows.Scan(&name, &text)
		found[name] = text
		return err
	}, `SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`)
	return found, err
}

// verifier follows the chain row by row.
type verifier struct {
	Verified
	noted []Head
	// vouched are the digests of reviews, by their rows, of which the audit
	// has a row; earlier is the one of all reviews up to a row that were
	// there before the audit was.
	vouched map[int64]string
	earlier earlierReviews
	sealed  seal
}

func (v *verifier) flaw(row int64, format string, args ...any) {
	if len(v.Flaws) < mostFlaws {
		v.Flaws = append(v.Flaws, Flaw{row, fmt.Sprintf(format, args...)})
	}
}

func (v *verifier) row(row AuditRow) {
	missing := row.ID - v.Head.Rows - 1
	switch {
	case missing == 1:
		v.flaw(row.ID-1, "row %d is missing", row.ID-1)
	case missing > 1:
		v.flaw(v.Head.Rows+1, "rows %d to %d are missing", v.Head.Rows+1, row.ID-1)
	case missing < 0: // a number below 1
		v.flaw(row.ID, "row %d was added: rows count from 1", row.ID)
	}
	switch {
	case row.digest() != row.Hash:
		v.flaw(row.ID, "row %d was changed: it does not match its hash", row.ID)
	case missing == 0 && row.Previous != v.Head.Hash:
		v.flaw(row.ID, "row %d does not follow from the one before it: that one was changed, or rows were added, removed or put in another order", row.ID)
	}
	if row.ID == 1 && row.Action != ActionLogBegun {
		v.flaw(1, "row 1 does not say that the log was begun: what was there before it was removed")
	}
	v.Head = Head{row.ID, row.Hash}
	v.sealed = v.sealed.with(row.Hash)
	for _, head := range v.noted {
		if head.Rows == row.ID && head.Hash != row.Hash {
			v.flaw(row.ID, "row %d is not the one whose hash was noted: rows up to it were changed", row.ID)
		}
	}
	if err := v.vouch(row); err != nil && row.digest() == row.Hash {
		v.flaw(row.ID, "row %d cannot be read: %v", row.ID, err)
	}
}

// vouch takes up what a row says of reviews.
func (v *verifier) vouch(row AuditRow) error {
	switch row.Action {
	case ActionReviewed:
		var r reviewDetail
		if err := json.Unmarshal([]byte(row.Details), &r); err != nil {
			return err
		}
		v.vouched[r.Review] = r.SHA256
	case ActionLogBegun:
		if row.ID == 1 {
			return json.Unmarshal([]byte(row.Details), &v.earlier)
		}
	}
	return nil
}

// end compares the last row with the head.
func (v *verifier) end(ctx context.Context, db queryer, version int) error {
	if v.Head.Rows == 0 {
		v.flaw(0, "the audit has no rows: it was emptied, since its first row is written when a log is begun")
	}
	head, err := readHead(ctx, db)
	if errors.Is(err, errNoHead) {
		v.flaw(0, "the audit's head is missing: nothing says how many rows there were")
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case head.Rows == v.Head.Rows+1:
		v.flaw(head.Rows, "row %d, the last one, is missing", head.Rows)
	case head.Rows > v.Head.Rows:
		v.flaw(v.Head.Rows+1, "rows %d to %d, the last ones, are missing", v.Head.Rows+1, head.Rows)
	case head.Rows < v.Head.Rows:
		v.flaw(head.Rows+1, "row %d was added: by its head the audit ends at row %d", head.Rows+1, head.Rows)
	case head.Hash != v.Head.Hash:
		v.flaw(head.Rows, "row %d, the last one, is not the one that the head names", head.Rows)
	}
	if version >= sealVersion && len(v.Flaws) == 0 { // a row that is wrong breaks the seal, too
		switch kept, err := readSeal(ctx, db); {
		case err != nil:
			return err
		case kept != v.sealed:
			v.flaw(0, "the seal does not fit the rows: rows at the end were removed, before row %d or after it", v.Head.Rows)
		}
	}
	for _, noted := range v.noted {
		if noted.Rows > v.Head.Rows {
			v.flaw(noted.Rows, "row %d was there when its hash was noted, and is missing", noted.Rows)
		}
	}
	return nil
}
