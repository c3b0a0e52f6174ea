package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"pneumolight/dicomio"
	"pneumolight/reading"
	"pneumolight/store"
)

// named finds the review that a report's argument names by its number, and
// changes the argument to the file of its film. Where the argument is a file
// it does nothing.
func (o reportOptions) named(ctx context.Context, shared settings, argument *string) (*store.Case, error) {
	number, err := strconv.ParseInt(*argument, 10, 64)
	if _, missing := os.Stat(*argument); err != nil || missing == nil {
		if o.film != "" {
			return nil, usageError{fmt.Errorf("--film is for the number of a case, and %s is none", *argument)}
		}
		return nil, nil
	}
	log, err := openKeptLog(ctx, shared)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	review, found, err := log.Case(ctx, number)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("the log has no case %d: 'pneumolight log --history' prints the numbers", number)
	}
	*argument, err = o.filmOf(number, review)
	return &review, err
}

// filmOf is where the film of a case lies.
func (o reportOptions) filmOf(number int64, review store.Case) (string, error) {
	if o.film != "" {
		return o.film, nil
	}
	if review.Path == "" {
		return "", fmt.Errorf("the log does not say where the film of case %d lies: name its file with --film", number)
	}
	if _, err := os.Stat(dicomio.Holder(review.Path)); err != nil {
		return "", fmt.Errorf("the film of case %d is no longer at %s: name its file with --film", number, review.Path)
	}
	return review.Path, nil
}

// errOtherFilm says that a file is not the film that was reviewed.
var errOtherFilm = errors.New("is not the film of this case, or has changed since: name its file with --film")

// sameFilm refuses a film that is not the one that was reviewed, or that
// cannot be told to be.
func sameFilm(analysis reading.Analysis, review *store.Case) error {
	switch film := analysis.Film; {
	case film == nil:
		return analysis.Err
	case film.SHA256 != review.Film.SHA256:
		return fmt.Errorf("%s %w", filepath.Base(film.Path), errOtherFilm)
	}
	return nil
}
