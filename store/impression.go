package store

import (
	"context"
	"database/sql"
	"errors"
)

// FirstImpression is what the user of this process took a film's frame for
// before its call was shown the first time: what was said then, or what the
// first review holds. It is empty where the call was shown without waiting for
// it. Known is false where the log has neither.
func (l *Log) FirstImpression(ctx context.Context, sha256 string, frame int) (impression string, known bool, err error) {
	err = l.db.QueryRowContext(ctx, `
		SELECT impression FROM (
			SELECT at, coalesce(json_extract(details, '$.impression'), '') AS impression FROM audit
				WHERE action = ? AND film = ? AND frame = ? AND actor = ?
			UNION ALL
			SELECT review.reviewed_at, review.impression FROM review JOIN film ON film.id = review.film_id
				WHERE film.sha256 = ? AND film.frame = ? AND review.reviewer IN (?, '')
		) ORDER BY at LIMIT 1`,
		ActionImpression, sha256, frame, l.actor, sha256, frame, l.actor).Scan(&impression)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return impression, err == nil, l.failed("looking for a first impression", err)
}
