package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// Action is what an audit row says was done.
type Action string

// The actions.
const (
	ActionLogBegun       Action = "log-begun"
	ActionDamageSetAside Action = "damage-set-aside"
	ActionFilmOpened     Action = "film-opened"
	ActionModelRead      Action = "model-read"
	ActionImpression     Action = "impression"
	ActionReviewed       Action = "reviewed"
	ActionReported       Action = "reported"
	ActionPictureWritten Action = "picture-written"
	ActionExported       Action = "exported"
	ActionScreeningBegun Action = "screening-begun"
	ActionScreeningEnded Action = "screening-ended"
	ActionScreeningKept  Action = "screening-kept"
	ActionSettingChanged Action = "setting-changed"
	ActionBackedUp       Action = "backed-up"
	ActionRestored       Action = "restored"
)

// Event is something to be recorded in the audit, at the time at which it was
// made. Only this package's functions make one: none of them takes a name, an
// ID, a date of birth, a free text or a path, so that none can get into the
// audit.
type Event struct {
	at     time.Time
	action Action
	film   string
	frame  int
	// details becomes a JSON object; nil is an empty one.
	details any
}

// String says what was done, to which film, and its details, without the time.
func (e Event) String() string {
	details, err := e.json()
	if err != nil {
		details = err.Error()
	}
	return fmt.Sprintf("%s of %q, frame %d: %s", e.action, e.film, e.frame, details)
}

// json is the details as a JSON object.
func (e Event) json() (string, error) {
	if e.details == nil {
		return "{}", nil
	}
	data, err := json.Marshal(e.details)
	return string(data), err
}

func event(action Action, film string, frame int, details any) Event {
	return Event{at: time.Now(), action: action, film: film, frame: frame, details: details}
}

// FilmOpened says that a film was shown to the reader.
func FilmOpened(sha256 string, frame int) Event {
	return event(ActionFilmOpened, sha256, frame, nil)
}

// ModelRead is what a model made of a film.
type ModelRead struct {
	// Model and Version name the model, SHA256 is its file's.
	Model   string `json:"model"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
	// Status is ok, refused or error.
	Status string `json:"status"`
	// Call and Probability are set for ok only.
	Call        string   `json:"call,omitempty"`
	Probability *float64 `json:"probability,omitempty"`
	// Codes say why the film was refused or is doubtful, with spaces
	// between them.
	Codes string `json:"codes,omitempty"`
	// Forced is true where a film was analysed that is not fit for it.
	Forced bool `json:"forced,omitempty"`
}

// Event says that the model read a film. The digest is empty where the film
// could not be read.
func (r ModelRead) Event(sha256 string, frame int) Event {
	return event(ActionModelRead, sha256, frame, r)
}

// ImpressionGiven says what the reader took a film for before the model's call
// was shown.
func ImpressionGiven(sha256 string, frame int, impression string) Event {
	return event(ActionImpression, sha256, frame, struct {
		Impression string `json:"impression"`
	}{impression})
}

// Reported says that a film's report was written in a format.
func Reported(sha256 string, frame int, format string) Event {
	return event(ActionReported, sha256, frame, formatDetail{format})
}

// PictureWritten says that a film's picture was written to a file.
func PictureWritten(sha256 string, frame int, format string) Event {
	return event(ActionPictureWritten, sha256, frame, formatDetail{format})
}

type formatDetail struct {
	Format string `json:"format"`
}

// Exported says that a film, by the digest of the original, was exported
// without what identifies the patient; report is set where a report of it was.
func Exported(sha256 string, report bool) Event {
	return event(ActionExported, sha256, 0, struct {
		Report bool `json:"report"`
	}{report})
}

// screeningBegun says that a screening was begun or taken up again. Its number
// tells its rows from another's; 0 where they are in another log.
func screeningBegun(number int64, resumed bool, run ScreeningRun) Event {
	return event(ActionScreeningBegun, "", 0, struct {
		Screening int64  `json:"screening,omitempty"`
		Resumed   bool   `json:"resumed"`
		Model     string `json:"model"`
		Version   string `json:"version"`
		SHA256    string `json:"sha256"`
	}{number, resumed, run.ModelName, run.ModelVersion, run.ModelSHA256})
}

// Begun says, for a log that is not the screening's own, that the screening was
// begun or taken up again.
func (s *Screening) Begun() Event { return screeningBegun(0, s.resumed, s.run) }

// screeningEnded says that a screening came to its folder's end.
func screeningEnded(number int64, films map[string]int) Event {
	return event(ActionScreeningEnded, "", 0, struct {
		Screening int64          `json:"screening"`
		Films     map[string]int `json:"films"`
	}{number, films})
}

// ScreeningKept says that the journal of a screening lies in a database of its
// own, whose audit then had this head.
func ScreeningKept(head Head, films map[string]int) Event {
	return event(ActionScreeningKept, "", 0, struct {
		Films map[string]int `json:"films"`
		Head  string         `json:"head"`
	}{films, head.String()})
}

// restored says that the log was restored from a backup whose audit had this
// head.
func restored(head Head) Event {
	return event(ActionRestored, "", 0, struct {
		Head string `json:"head"`
	}{head.String()})
}

// SettingChanged says that the user chose another value for a setting. The
// value is one that the program offers, never a text or a path of the user's;
// for a setting that is such a text it is empty.
func SettingChanged(setting, value string) Event {
	return event(ActionSettingChanged, "", 0, struct {
		Setting string `json:"setting"`
		Value   string `json:"value,omitempty"`
	}{setting, value})
}
