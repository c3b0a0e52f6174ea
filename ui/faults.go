package ui

import (
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2/lang"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/store"
)

// faultCodes are the codes of the failures that are no film's.
var faultCodes = []struct {
	err  error
	code string
}{
	{store.ErrDamaged, "log-damaged"},
	{store.ErrNoLog, "no-log"},
	{store.ErrTampered, "log-tampered"},
	{store.ErrBackupDamaged, "backup-damaged"},
	{store.ErrReplaced, "run-replaced"},
	{store.ErrFull, "disk-full"},
	{store.ErrBusy, "log-busy"},
	{store.ErrOlderOpen, "older-open"},
	{store.ErrReadOnly, "log-read-only"},
	{inference.ErrNotOurModel, "not-a-model"},
}

// libraryCodes are those of what is wrong with the model's library.
var libraryCodes = map[inference.LibraryProblem]string{
	inference.LibraryMissing: "library-missing", inference.LibraryOld: "library-old",
	inference.LibraryForeign: "library-foreign", inference.LibraryBroken: "library-broken",
}

// faultText is what an error means, in the reader's language where there is a
// translation for its code; else its own sentence, which is English.
func faultText(err error) string {
	code, data := "", map[string]any{}
	var film *dicomio.ReadError
	var library *inference.LibraryError
	switch {
	case errors.As(err, &film):
		code, data["File"], data["Where"] = film.Code(), film.File(), faultPlace(film)
	case errors.As(err, &library):
		code, data["File"], data["Version"] = libraryCodes[library.Problem], library.Path, inference.RuntimeVersion
	default:
		for _, known := range faultCodes {
			if errors.Is(err, known.err) {
				code = known.code
				break
			}
		}
	}
	return coded("error."+code, err.Error(), data)
}

// faultPlace is where in a film's file the failure lies; empty where nothing
// is known of it.
func faultPlace(e *dicomio.ReadError) string {
	var parts []string
	if e.Tag != "" {
		parts = append(parts, e.Tag)
	}
	if e.Offset > 0 {
		parts = append(parts, fmt.Sprintf("0x%X", e.Offset))
	}
	if len(parts) == 0 {
		return ""
	}
	return " [" + strings.Join(parts, " ") + "]"
}

// warningText is what is odd about a file.
func warningText(w dicomio.Warning) string {
	return coded("warning."+w.Code, w.Text, map[string]any{"Which": w.Which})
}

// coded is the translation that a code has in the reader's language, or the
// text, which stands in it as {{.Text}}.
func coded(key, text string, data map[string]any) string {
	data["Text"] = text
	// The text itself must not be the translation's fallback: it may quote
	// the file, and a fallback is a template.
	if translated := lang.X(key, key, data); translated != key {
		return translated
	}
	return text
}
