package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
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

// protections are the triggers that keep reviews and audit from being changed
// by mistake.
var protections = []string{
	"review_is_append_only", "review_is_kept", "audit_is_append_only", "audit_is_kept",
	"audit_head_only_grows", "audit_head_is_kept",
}

// Verify looks for rows of the audit that were changed, removed, added or
// reordered, and for reviews that are not as the audit says they were saved.
// The noted heads, where there are any, have to be part of the chain. The
// error is one of reading only.
func (l *Log) Verify(ctx context.Context, noted ...Head) (Verified, error) {
	v, err := verify(ctx, l.db, noted)
	if err != nil {
		return v, fmt.Errorf("reading the audit of %s: %w", l.path, explain(err))
	}
	return v, nil
}

func verify(ctx context.Context, db queryer, noted []Head) (Verified, error) {
	v := verifier{noted: noted, vouched: map[int64]string{}}
	if err := auditRows(ctx, db, func(row AuditRow) error { v.row(row); return ctx.Err() }); err != nil {
		return v.Verified, err
	}
	if err := v.end(ctx, db); err != nil {
		return v.Verified, err
	}
	if err := v.reviews(ctx, db); err != nil {
		return v.Verified, err
	}
	var names []string
	if err := eachRow(ctx, db, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT name FROM sqlite_master WHERE type = 'trigger'`); err != nil {
		return v.Verified, err
	}
	for _, name := range protections {
		if !slices.Contains(names, name) {
			v.flaw(0, "the protection %s is missing: somebody has opened the way to changes", name)
		}
	}
	return v.Verified, nil
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
	v.Head = Head{row.ID, row.Hash}
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
func (v *verifier) end(ctx context.Context, db queryer) error {
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
	for _, noted := range v.noted {
		if noted.Rows > v.Head.Rows {
			v.flaw(noted.Rows, "row %d was there when its hash was noted, and is missing", noted.Rows)
		}
	}
	return nil
}
