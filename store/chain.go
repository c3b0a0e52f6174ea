package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// chainVersion is the first field that is hashed: another way of hashing would
// have another one.
const chainVersion = "pneumolight-audit-1"

// canonical is an encoding of fields in which no two lists of fields are the
// same: each is its length in bytes as a decimal number, a colon, itself, and
// a comma.
func canonical(fields ...string) []byte {
	var out []byte
	for _, field := range fields {
		out = strconv.AppendInt(out, int64(len(field)), 10)
		out = append(append(append(out, ':'), field...), ',')
	}
	return out
}

// AuditRow is one row of the audit, as it is stored.
type AuditRow struct {
	// ID counts from 1, without a gap.
	ID int64
	// At is the time, in UTC, as 2006-01-02T15:04:05.000Z.
	At string
	// Actor is the operating system's name of the user.
	Actor  string
	Action Action
	// Film is the SHA-256 of the film's file; empty where there is none.
	// Frame counts from 1; 0 is the whole file, or none.
	Film  string
	Frame int
	// Details is a JSON object.
	Details string
	// Previous is the hash of the row before, all zero for the first; Hash
	// is this one's.
	Previous, Hash [sha256.Size]byte
}

// digest is what Hash has to be: the SHA-256 of the hash of the row before and
// this row's fields.
func (r AuditRow) digest() [sha256.Size]byte {
	return sha256.Sum256(append(r.Previous[:], canonical(chainVersion,
		strconv.FormatInt(r.ID, 10), r.At, r.Actor, string(r.Action), r.Film, strconv.Itoa(r.Frame), r.Details)...))
}

// Head is how long an audit is, and the hash of its last row. Noted outside of
// the database, it proves later that nothing up to there was changed.
type Head struct {
	Rows int64
	Hash [sha256.Size]byte
}

// String is the head as ParseHead reads it: rows, a colon, the hash.
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Rows, h.Hash) }

// ParseHead reads a head that was noted.
func ParseHead(text string) (Head, error) {
	rows, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	var head Head
	var err error
	if head.Rows, err = strconv.ParseInt(rows, 10, 64); err == nil && head.Rows >= 0 && len(hash) == hex.EncodedLen(sha256.Size) {
		if _, err = hex.Decode(head.Hash[:], []byte(hash)); err == nil {
			return head, nil
		}
	}
	return Head{}, fmt.Errorf("%q is no head of an audit: it is a number, a colon and 64 hexadecimal digits, as audit head prints them", text)
}

// Head is the audit's head now.
func (l *Log) Head(ctx context.Context) (Head, error) {
	if l.unaudited {
		return Head{}, fmt.Errorf("reading the audit of %s: %w", l.path, ErrNoAudit)
	}
	head, err := readHead(ctx, l.db)
	if err != nil {
		return Head{}, fmt.Errorf("reading the audit of %s: %w", l.path, explain(err))
	}
	return head, nil
}

// queryer is a database or a transaction.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// seal is what all rows' hashes make one after the other. Only the head holds
// it, and it does not go back: a chain whose end was cut off has the seal of
// the rows that were there, also after it was gone on with.
type seal [sha256.Size]byte

// sealVersion is the schema that seals came with.
const sealVersion = 4

// with is the seal after one more row.
func (s seal) with(hash [sha256.Size]byte) seal {
	return sha256.Sum256(append(s[:], canonical("pneumolight-seal-1", hex.EncodeToString(hash[:]))...))
}

// readSeal is all zero where there is no head.
func readSeal(ctx context.Context, db queryer) (seal, error) {
	var s seal
	var kept []byte
	err := db.QueryRowContext(ctx, `SELECT seal FROM audit_head`).Scan(&kept)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil
	}
	copy(s[:], kept)
	return s, err
}

// errNoHead says that somebody has removed the head.
var errNoHead = errors.New("the audit has lost its head")

func readHead(ctx context.Context, db queryer) (Head, error) {
	var head Head
	var hash []byte
	err := db.QueryRowContext(ctx, `SELECT rows, hash FROM audit_head`).Scan(&head.Rows, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, errNoHead
	}
	copy(head.Hash[:], hash)
	return head, err
}

// chain appends events to the audit. A chain that was tampered with is gone on
// with: that is verify's to find, and no reason to lose a review.
func chain(ctx context.Context, tx *sql.Tx, actor string, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	head, err := readHead(ctx, tx)
	if err != nil && !errors.Is(err, errNoHead) {
		return err
	}
	var last sql.NullInt64
	if err := tx.QueryRowContext(ctx, `SELECT max(id) FROM audit`).Scan(&last); err != nil {
		return err
	}
	head.Rows = max(head.Rows, last.Int64)
	sealed, err := readSeal(ctx, tx)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `
		INSERT INTO audit (id, at, actor, action, film, frame, details, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, e := range events {
		details, err := e.json()
		if err != nil {
			return err
		}
		row := AuditRow{
			ID: head.Rows + 1, At: stamp(e.at), Actor: actor, Action: e.action,
			Film: e.film, Frame: e.frame, Details: details, Previous: head.Hash,
		}
		row.Hash = row.digest()
		if _, err := insert.ExecContext(ctx, row.ID, row.At, row.Actor, row.Action, row.Film, row.Frame, row.Details,
			row.Previous[:], row.Hash[:]); err != nil {
			return err
		}
		head = Head{row.ID, row.Hash}
		sealed = sealed.with(row.Hash)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO audit_head (id, rows, hash, seal) VALUES (1, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET rows = excluded.rows, hash = excluded.hash, seal = excluded.seal`,
		head.Rows, head.Hash[:], sealed[:])
	return err
}

// Audit gives each row of the audit to visit, in order. It stops at visit's
// first error and returns it.
func (l *Log) Audit(ctx context.Context, visit func(AuditRow) error) error {
	if l.unaudited {
		return fmt.Errorf("reading the audit of %s: %w", l.path, ErrNoAudit)
	}
	var stopped error
	err := auditRows(ctx, l.db, func(row AuditRow) error {
		stopped = visit(row)
		return stopped
	})
	if stopped != nil || err == nil {
		return stopped
	}
	return fmt.Errorf("reading the audit of %s: %w", l.path, explain(err))
}

func auditRows(ctx context.Context, db queryer, visit func(AuditRow) error) error {
	return eachRow(ctx, db, func(rows *sql.Rows) error {
		var row AuditRow
		var previous, hash []byte
		if err := rows.Scan(&row.ID, &row.At, &row.Actor, &row.Action, &row.Film, &row.Frame, &row.Details, &previous, &hash); err != nil {
			return err
		}
		copy(row.Previous[:], previous)
		copy(row.Hash[:], hash)
		return visit(row)
	}, `SELECT id, at, actor, action, film, frame, details, previous, hash FROM audit ORDER BY id`)
}

// eachRow gives every row of a query to visit. It stops at visit's first error
// and returns it.
func eachRow(ctx context.Context, db queryer, visit func(*sql.Rows) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
