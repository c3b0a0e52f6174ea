package deidentify

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// Dates says what becomes of dates and times.
type Dates string

// The ways to treat dates and times.
const (
	DatesRemoved Dates = "remove"
	// DatesShifted moves each patient's dates back by one random number of
	// days, so that the time between two films stays; times of day stay too
	// (PS3.15, Retain Longitudinal Temporal Information With Modified Dates
	// Option). Birth dates are removed all the same.
	DatesShifted Dates = "shift"
)

// Options are the choices that the profile leaves.
type Options struct {
	Dates Dates
	// BurnedIn has films taken that say themselves that text is burned into
	// their picture (0028,0301).
	BurnedIn bool
}

// Export de-identifies films so that what belonged together still does. It may
// be used by several goroutines at once.
type Export struct {
	options Options
	profile profile
	// key ties old identifiers to new ones. It exists nowhere else.
	key [32]byte
}

// New starts an export with a key of its own.
func New(o Options) (*Export, error) {
	if o.Dates != DatesRemoved && o.Dates != DatesShifted {
		return nil, fmt.Errorf("dates are %q or %q, not %q", DatesRemoved, DatesShifted, o.Dates)
	}
	p, err := basic()
	if err != nil {
		return nil, err
	}
	e := &Export{options: o, profile: p}
	_, _ = rand.Read(e.key[:]) // it never fails: it ends the program where it would
	return e, nil
}

// Errors that callers tell apart.
var (
	// ErrBurnedIn: the file says that text is burned into the picture.
	ErrBurnedIn = errors.New("the file says that text is burned into its picture, which may name the patient: mask it first")
	// ErrNoImage: only images are exported; reports and the like are text
	// about the patient.
	ErrNoImage = errors.New("the file holds no image: only films are exported")
	// ErrRemains: what identifies a person was found in what would have
	// been written.
	ErrRemains = errors.New("something that identifies the patient would have remained, so that it was not written")
)

// Removed counts what became of an attribute in one film.
type Removed struct {
	// Tag is (gggg,eeee), for private attributes (gggg,xxxx); Name is
	// PS3.6's keyword.
	Tag    string `json:"tag"`
	Name   string `json:"name"`
	Action Action `json:"action"`
	Count  int    `json:"count"`
}

// Film is a de-identified film, ready to be written.
type Film struct {
	Removed  []Removed
	Warnings []string
	// StudyUID, SeriesUID and InstanceUID are the new ones; empty for a
	// picture that is not DICOM.
	StudyUID, SeriesUID, InstanceUID string
	// Days is by how many days the patient's dates are, or would be, shifted.
	Days int
	// Extension is what the file's name should end in.
	Extension string

	data []byte
}

// Write writes the film's file.
func (f *Film) Write(w io.Writer) error {
	_, err := w.Write(f.data)
	return err
}

// SHA256 is the digest of the file that Write writes.
func (f *Film) SHA256() string {
	sum := sha256.Sum256(f.data)
	return hex.EncodeToString(sum[:])
}

func (e *Export) mac(kind, text string) []byte {
	m := hmac.New(sha256.New, e.key[:])
	m.Write([]byte(kind + "\x00" + text))
	return m.Sum(nil)
}

// UID is the unique identifier that replaces another in this export; empty for
// none.
func (e *Export) UID(uid string) string {
	if uid == "" {
		return ""
	}
	return dicomwrite.UIDFrom([16]byte(e.mac("uid", uid)[:16]))
}

// Pseudonym is what replaces a patient's ID and name in this export.
func (e *Export) Pseudonym(patientID string) string {
	return "PN" + strings.ToUpper(hex.EncodeToString(e.mac("patient", patientID)[:5]))
}

// The least and the most that dates are shifted back by.
const (
	leastShift = 30
	mostShift  = 3650
)

// Days is how many days a patient's dates are shifted by, always back.
func (e *Export) Days(patientID string) int {
	n := binary.BigEndian.Uint32(e.mac("days", patientID))
	return -(leastShift + int(n%(mostShift-leastShift+1)))
}

// File de-identifies one film. Nothing is written. The error is a
// [*dicomio.ReadError], wraps one of this package's errors, or is ctx's.
func (e *Export) File(ctx context.Context, path string) (*Film, error) {
	ds, err := dicomio.ReadDataSet(ctx, path)
	if errors.Is(err, dicomio.ErrUnsupported) {
		return e.picture(ctx, path, err)
	}
	if err != nil {
		return nil, err
	}
	return e.film(ds)
}

func (e *Export) film(ds *dicomio.DataSet) (*Film, error) {
	const pixelData = 0x7FE00010
	if ds.Find(pixelData) == nil {
		return nil, ErrNoImage
	}
	w := &worker{export: e, ds: ds, patient: ds.Text(ds.Find(0x00100020))}
	for _, tag := range []uint32{0x00100010, 0x0020000D} {
		// Patients without an ID are told apart by name, or else by study.
		if w.patient == "" {
			w.patient = ds.Text(ds.Find(tag))
		}
	}
	if err := w.burnedIn(); err != nil {
		return nil, err
	}
	elements := w.clean(ds.Elements)
	elements = w.scrub(elements)
	elements = w.marked(elements)
	f := &Film{
		Removed: w.counts(), Warnings: w.warnings, Days: e.Days(w.patient), Extension: ".dcm",
		StudyUID:    e.UID(uid(ds, 0x0020000D)),
		SeriesUID:   e.UID(uid(ds, 0x0020000E)),
		InstanceUID: e.UID(uid(ds, 0x00080018)),
	}
	file := dicomwrite.File{
		SOPClass: uid(ds, 0x00080016), SOPInstance: f.InstanceUID,
		Syntax: ds.Syntax, Order: ds.Order, Implicit: implicit(ds), Elements: elements,
	}
	if err := w.check(file); err != nil {
		return nil, err
	}
	var out strings.Builder
	if err := dicomwrite.Write(&out, file); err != nil {
		return nil, err
	}
	f.data = []byte(out.String())
	return f, nil
}

// syntaxGEPrivate is implicit little endian with big endian pixels.
const syntaxGEPrivate = "1.2.840.113619.5.2"

// implicit tells how the transfer syntax has elements written. Some files
// contradict theirs; what is written anew does not.
func implicit(ds *dicomio.DataSet) bool {
	return ds.Syntax == dicomwrite.ImplicitLittle || ds.Syntax == syntaxGEPrivate
}

// uid is a unique identifier without its padding.
func uid(ds *dicomio.DataSet, tag uint32) string {
	if e := ds.Find(tag); e != nil {
		return strings.Trim(string(e.Value), " \x00")
	}
	return ""
}

// The forms of TM, and of DA and DT (PS3.5 6.2).
var (
	timeForm = regexp.MustCompile(`^\d{2}(:?\d{2}(:?\d{2}(\.\d{1,6})?)?)?$`)
	dateForm = regexp.MustCompile(`^\d{8}(\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?)?([+-]\d{4})?$`)
)

// shifted moves a date, or the date that a DT value begins with.
func shifted(value string, days int) (string, bool) {
	if !dateForm.MatchString(value) {
		return "", false
	}
	at, err := time.Parse("20060102", value[:8])
	if err != nil {
		return "", false
	}
	return at.AddDate(0, 0, days).Format("20060102") + value[8:], true
}

// counts are what the worker did, by attribute.
func (w *worker) counts() []Removed {
	out := make([]Removed, 0, len(w.done))
	for _, r := range w.done {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Removed) int {
		return strings.Compare(a.Tag+string(a.Action), b.Tag+string(b.Action))
	})
	return out
}
