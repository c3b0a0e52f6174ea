package ui

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"pneumolight/dicomio"
	"pneumolight/report"
)

// inChinese marks the process that has become Chinese: there is no way back
// from a language, so that it has to be another one.
const inChinese = "PNEUMOLIGHT_TEST_IN_CHINESE"

func TestTheWindowSpeaksNoEnglishInChinese(t *testing.T) {
	if os.Getenv(inChinese) == "" {
		other := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		other.Env = append(os.Environ(), inChinese+"=1")
		if out, err := other.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	d := newDesk(t)
	translate("zh-Hans")
	chinese := func(what, text string, names ...string) {
		t.Helper()
		rest := text
		for _, name := range names {
			rest = strings.ReplaceAll(rest, name, "")
		}
		if strings.ContainsFunc(rest, func(r rune) bool { return r < 0x80 && unicode.IsLetter(r) }) || !strings.ContainsFunc(rest, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %q", what, text)
		}
	}
	d.open(t, "/films/bad.dcm")
	chinese("what is wrong with a file", d.status.message.Text, "bad.dcm")
	fault := &dicomio.ReadError{Path: "a.dcm", Tag: "(7FE0,0010)", Offset: 0x1A2, Kind: dicomio.ErrMalformed, Detail: "its image is damaged"}
	chinese("where", faultText(fault), "a.dcm", "(7FE0,0010)", "0x1A2")
	film := &dicomio.Film{Format: dicomio.FormatDICOM, Warnings: []dicomio.Warning{{Code: dicomio.WarningWindow, Which: "2", Text: "The file's window 2 was left out."}}}
	film.Header.Modality, film.Header.BodyPart, film.Header.ViewPosition = "CR", "CHEST", "PA"
	chinese("what is odd about a file", fileText(film))
	if !strings.Contains(fileText(film), "2") {
		t.Errorf("which window is odd is not said: %q", fileText(film))
	}
	chinese("a window without a name", windowText("Window 1"))
	chinese("a report's technique", report.Prefill(film, nil, tr).Technique, "CR", "PA", "X")
	for pn, want := range map[string]string{"Wang^Xiaoming=王^小明": "王小明 (Wang, Xiaoming)", "Doe^Jane": "Doe, Jane"} {
		if got := personName(pn); got != want {
			t.Errorf("%s is shown as %q", pn, got)
		}
	}
	chinese("a folder in Fyne's dialogue", lang.X("file.parent", "Parent"))
}
