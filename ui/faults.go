package ui

import (
	"errors"
	"fmt"
	"slices"
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

// filmCauses are the codes of what is wrong with a film's file where its kind's
// own code would say too little, or what is not so: by what is advised, which
// tells them apart.
var filmCauses = map[string]string{
	"choose another frame":                                   "no-frame",
	"open it as a folder":                                    "archive",
	"open it as a folder, or choose a file inside it":        "folder",
	"open it as a folder, or open one of the files it lists": "directory",
	"name the folder itself, or copy it here":                "link",
	"unpack the archive first":                               "packed",
	"unpack it with its password first":                      "encrypted",
	"copy the whole medium again":                            "medium",
	"open the archive again":                                 "no-member",
}

// usualAdvice is what the translations of the kinds of failure advise. A failure
// with other advice is told by its own sentence.
var usualAdvice = map[string][]string{
	"not-a-film":  {"choose a DICOM, PNG, JPEG or TIFF file"},
	"unsupported": {"export it as uncompressed DICOM, PNG or JPEG and open that", "save it as PNG and open that"},
}

// filmCode is the code of what is wrong with a film's file; empty where none
// says it.
func filmCode(e *dicomio.ReadError) string {
	if code, known := filmCauses[e.Advice]; known {
		return code
	}
	code := e.Code()
	if usual, bound := usualAdvice[code]; bound && e.Advice != "" && !slices.Contains(usual, e.Advice) {
		return ""
	}
	return code
}

// faultText is what an error means, in the reader's language where there is a
// translation for its code; else its own sentence, which is English.
func faultText(err error) string {
	code, data := "", map[string]any{}
	var film *dicomio.ReadError
	var library *inference.LibraryError
	switch {
	case errors.As(err, &film):
		code, data["File"], data["Where"] = filmCode(film), film.File(), faultPlace(film)
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
