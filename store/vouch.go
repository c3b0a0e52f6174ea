package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
)

// How the audit vouches for the reviews.

// earlierReviews is what the audit's first row says of the reviews that were
// there before it.
type earlierReviews struct {
	// Reviews is how many, Last the row of the last one, SHA256 the digest
	// over their digests.
	Reviews int    `json:"reviews"`
	Last    int64  `json:"last"`
	SHA256  string `json:"sha256,omitempty"`
}

// logBegun is the audit's first row.
func logBegun(ctx context.Context, db queryer) (Event, error) {
	all, err := reviewDigests(ctx, db)
	if err != nil || len(all) == 0 {
		return event(ActionLogBegun, "", 0, earlierReviews{}), err
	}
	hash := sha256.New()
	for _, r := range all {
		hash.Write([]byte(r.digest))
	}
	return event(ActionLogBegun, "", 0, earlierReviews{len(all), all[len(all)-1].id, hex.EncodeToString(hash.Sum(nil))}), nil
}

// reviewDetail is what the audit says of a saved review.
type reviewDetail struct {
	// Review is its row; SHA256 is the digest of all of it, the note, which
	// the audit does not hold, included.
	Review     int64   `json:"review"`
	Verdict    Verdict `json:"verdict"`
	Finding    Finding `json:"finding,omitempty"`
	Side       Side    `json:"side,omitempty"`
	Impression string  `json:"impression,omitempty"`
	SHA256     string  `json:"sha256"`
}

// reviewed is the event of a case that was saved as a row of the reviews.
func reviewed(id int64, c Case) Event {
	r := c.Review
	e := event(ActionReviewed, c.Film.SHA256, c.Film.Frame,
		reviewDetail{id, r.Verdict, r.Finding, r.Side, r.Impression, reviewDigest(id, c)})
	e.at = r.ReviewedAt
	return e
}

type digestOfReview struct {
	id     int64
	digest string
}

func reviewDigests(ctx context.Context, db queryer) ([]digestOfReview, error) {
	var all []digestOfReview
	err := eachRow(ctx, db, func(rows *sql.Rows) error {
		id, c, err := scan(rows)
		all = append(all, digestOfReview{id, reviewDigest(id, c)})
		return err
	}, columns+`ORDER BY review.id`)
	return all, err
}

// reviewDigest is the SHA-256 of a review with its film, without the film's
// path, which may change.
func reviewDigest(id int64, c Case) string {
	age := ""
	if c.Film.PatientAge != nil {
		age = exact(*c.Film.PatientAge)
	}
	f, m, r := c.Film, c.Model, c.Review
	sum := sha256.Sum256(canonical("pneumolight-review-1", strconv.FormatInt(id, 10),
		f.SHA256, strconv.Itoa(f.Frame), f.StudyUID, f.SeriesUID, f.InstanceUID, age, f.PatientSex,
		m.Name, m.Version, m.SHA256, exact(m.Probability), exact(m.Threshold), m.Call, m.Caution,
		strconv.FormatBool(m.Forced), stamp(m.AnalysedAt),
		string(r.Verdict), string(r.Finding), string(r.Side), r.Impression, r.Note, r.Reviewer,
		stamp(r.ReviewedAt)))
	return hex.EncodeToString(sum[:])
}

// exact writes a number so that it comes back as it was.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// reviews compares the reviews with what the audit says of them.
func (v *verifier) reviews(ctx context.Context, db queryer) error {
	all, err := reviewDigests(ctx, db)
	if err != nil {
		return err
	}
	v.Reviews = len(all)
	found := map[int64]bool{}
	earlier := sha256.New()
	n := 0
	for _, r := range all {
		found[r.id] = true
		digest, vouched := v.vouched[r.id]
		switch {
		case vouched && digest != r.digest:
			v.flaw(0, "review %d was changed: it is not as the audit says it was saved", r.id)
		case !vouched && r.id <= v.earlier.Last:
			n++
			earlier.Write([]byte(r.digest))
		case !vouched:
			v.flaw(0, "review %d was added: the audit has no row of it", r.id)
		}
	}
	if n != v.earlier.Reviews {
		v.flaw(0, "of %d reviews that were there before the audit, %d are left", v.earlier.Reviews, n)
	} else if n > 0 && hex.EncodeToString(earlier.Sum(nil)) != v.earlier.SHA256 {
		v.flaw(0, "one of the reviews 1 to %d, which were there before the audit, was changed", v.earlier.Last)
	}
	for _, id := range slices.Sorted(maps.Keys(v.vouched)) {
		if !found[id] {
			v.flaw(0, "review %d is missing: the audit says that it was saved", id)
		}
	}
	return nil
}
