package dicomio

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// The kinds of failure that a caller can tell apart with [errors.Is]. Every
// one arrives inside a [*ReadError].
var (
	// ErrEmpty: the file has no bytes.
	ErrEmpty = errors.New("the file is empty")
	// ErrNotAFilm: the file is not a picture in a format that is read here.
	ErrNotAFilm = errors.New("not a DICOM, PNG, JPEG or TIFF file")
	// ErrTruncated: the file ends before its content does.
	ErrTruncated = errors.New("the file is cut short")
	// ErrUnsupported: the file is sound, but needs what is not built in.
	ErrUnsupported = errors.New("unsupported")
	// ErrTooLarge: the file declares more than this package will allocate.
	ErrTooLarge = errors.New("too large")
	// ErrNoPixels: a DICOM file without an image, such as a report.
	ErrNoPixels = errors.New("no image inside")
	// ErrMalformed: the file contradicts itself or its format.
	ErrMalformed = errors.New("damaged or malformed")
)

// ReadError says which file could not be read, where in it and why. Its text
// is one sentence for the person who opened the file.
type ReadError struct {
	// Path is the file as it was opened.
	Path string
	// Tag is the DICOM element at fault as (gggg,eeee); empty where none is.
	Tag string
	// Offset is the position in the file (after inflating, for a deflated
	// one) at which reading failed; negative where it means nothing.
	Offset int64
	// Kind is one of this package's sentinels, or the operating system's
	// error for a file that cannot be opened.
	Kind error
	// Detail is the specific cause, a phrase without a full stop.
	Detail string
	// Advice is what to do about it, a phrase without a full stop.
	Advice string
	// Err is the underlying error, if there is one.
	Err error
}

// Error returns one sentence: the file, what is wrong and what to do.
func (e *ReadError) Error() string {
	var b strings.Builder
	b.WriteString(displayName(e.Path))
	b.WriteString(": ")
	detail := e.Detail
	if detail == "" {
		detail = e.Kind.Error()
	}
	b.WriteString(detail)
	var where []string
	if e.Tag != "" {
		where = append(where, "element "+e.Tag)
	}
	if e.Offset >= 0 && (e.Tag != "" || e.Offset > 0) {
		where = append(where, fmt.Sprintf("at byte %d", e.Offset))
	}
	if len(where) > 0 {
		b.WriteString(" (" + strings.Join(where, " ") + ")")
	}
	if e.Advice != "" {
		b.WriteString("; " + e.Advice)
	}
	b.WriteString(".")
	return b.String()
}

// Unwrap gives [errors.Is] the kind and the underlying error.
func (e *ReadError) Unwrap() []error {
	errs := make([]error, 0, 2)
	if e.Kind != nil {
		errs = append(errs, e.Kind)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// displayName is a path short enough for a sentence: the file's own name and,
// for a member of an archive, the archive's name before it.
func displayName(path string) string {
	if archive, inner, ok := cutArchive(path); ok {
		return filepath.Base(archive) + archiveSeparator + inner
	}
	if path == "" {
		return "the file"
	}
	return filepath.Base(path)
}

// fault is a failure inside a file, before it is known which file it is.
type fault struct {
	kind   error
	tag    tagNumber
	offset int64
	detail string
	advice string
	err    error
}

func (f *fault) Error() string {
	if f.detail != "" {
		return f.detail
	}
	return f.kind.Error()
}

// Advice that several failures share.
const (
	adviceAgain   = "copy or export it again from where it came from"
	adviceExport  = "export it as uncompressed DICOM, PNG or JPEG and open that"
	adviceSmaller = "save it smaller"
	adviceOther   = "choose a DICOM, PNG, JPEG or TIFF file"
)

// failure turns any error of reading path into a *ReadError.
func failure(path string, err error) error {
	if err == nil {
		return nil
	}
	var done *ReadError
	if errors.As(err, &done) {
		return err
	}
	var f *fault
	if errors.As(err, &f) {
		r := &ReadError{Path: path, Offset: f.offset, Kind: f.kind, Detail: f.detail, Advice: f.advice, Err: f.err}
		if f.tag != 0 {
			r.Tag = f.tag.String()
		}
		return r
	}
	r := &ReadError{Path: path, Offset: -1, Kind: err, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.Kind, r.Detail, r.Advice = fs.ErrNotExist, "there is no such file", "check the name and whether its drive is connected"
	case errors.Is(err, fs.ErrPermission):
		r.Kind, r.Detail, r.Advice = fs.ErrPermission, "reading it is not permitted", "ask whoever administers the folder for access"
	default:
		r.Detail = "it could not be read: " + cause(err)
		r.Advice = "try again, or " + adviceAgain
	}
	return r
}

// cause is the text of an operating system's error without the path, which
// the sentence has already.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// Code is stable and tells kinds of failure apart, for translations.
func (e *ReadError) Code() string {
	for _, k := range failureKinds {
		if errors.Is(e.Kind, k.kind) {
			return k.code
		}
	}
	return "unreadable"
}

// File is a name of the file short enough for a sentence.
func (e *ReadError) File() string { return displayName(e.Path) }

var failureKinds = []struct {
	kind error
	code string
}{
	{ErrEmpty, "empty"},
	{ErrNotAFilm, "not-a-film"},
	{ErrTruncated, "truncated"},
	{ErrUnsupported, "unsupported"},
	{ErrTooLarge, "too-large"},
	{ErrNoPixels, "no-pixels"},
	{ErrMalformed, "malformed"},
	{fs.ErrNotExist, "missing"},
	{fs.ErrPermission, "forbidden"},
}

// FailureCodes are all codes that a [ReadError] can have.
func FailureCodes() []string {
	codes := []string{"unreadable"}
	for _, k := range failureKinds {
		codes = append(codes, k.code)
	}
	return codes
}
