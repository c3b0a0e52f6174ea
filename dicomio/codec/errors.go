package codec

import (
	"errors"
	"fmt"
)

// The kinds of [Error].
var (
	// ErrUnsupported: a transfer syntax or a pixel format that is not read.
	ErrUnsupported = errors.New("not supported")
	// ErrCorrupt: the code stream breaks its own standard's rules.
	ErrCorrupt = errors.New("damaged pixel data")
	// ErrTooLarge: a declared size is beyond [MaxSamples].
	ErrTooLarge = errors.New("image too large")
	// ErrSizeMismatch: header and code stream disagree on what the image
	// is.
	ErrSizeMismatch = errors.New("header and pixel data disagree")
	// ErrTruncated: the pixel data ends before the image does.
	ErrTruncated = errors.New("pixel data ends early")
)

// Error says why a frame could not be decoded. It carries nothing that could
// identify a patient.
type Error struct {
	Kind   error  // one of the sentinels above
	Syntax string // the transfer syntax's name, or its UID if it has none
	Offset int    // byte offset in the frame; -1 where it is not known
	Detail string
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %v", e.Syntax, e.Kind)
	if e.Offset >= 0 {
		s += fmt.Sprintf(" at byte %d", e.Offset)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Unwrap makes errors.Is work with the kind.
func (e *Error) Unwrap() error { return e.Kind }
