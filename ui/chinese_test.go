package ui

import (
	"context"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
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
	for what, c := range map[string]struct {
		err       error
		has, lack string
	}{
		"a folder":            {failure(t, t.TempDir(), 1), "文件夹", "不是 DICOM"},
		"a link to a folder":  {linked(t), "链接", "不是 DICOM"},
		"no such frame":       {failure(t, picture(t), 3), "帧", "没有图像"},
		"a ZIP archive":       {failure(t, written(t, "films.zip", "PK\x03\x04"), 1), "压缩包", "不是 DICOM"},
		"an archive too deep": {&dicomio.ReadError{Path: "a.zip", Offset: -1, Kind: dicomio.ErrTooLarge, Detail: "archives are nested too deeply", Advice: "unpack the archive first"}, "解压", "大小"},
		"a text":              {failure(t, written(t, "notes.txt", "None of these is a film."), 1), "不是 DICOM", "文件夹"},
		"no file":             {failure(t, filepath.Join(t.TempDir(), "gone.dcm"), 1), "没有此文件", "介质"},
	} {
		if got := faultText(c.err); !strings.Contains(got, c.has) || strings.Contains(got, c.lack) {
			t.Errorf("%s: %q is told as %q", what, c.err, got)
		}
	}
	odd := &dicomio.ReadError{Path: "a.dcm", Offset: -1, Kind: dicomio.ErrUnsupported, Detail: "its pixels are floating-point numbers", Advice: "choose a DICOM, PNG, JPEG or TIFF file"}
	if got := faultText(odd); got != odd.Error() {
		t.Errorf("what no translation says is told as %q", got)
	}
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

// failure is why a frame of a file cannot be read.
func failure(t *testing.T, path string, frame int) error {
	t.Helper()
	_, err := dicomio.ReadFrame(context.Background(), path, frame)
	if err == nil {
		t.Fatalf("%s can be read", path)
	}
	return err
}

// linked is what the search for films says of a link to a folder.
func linked(t *testing.T) (found error) {
	t.Helper()
	folder := t.TempDir()
	if err := os.Symlink(t.TempDir(), filepath.Join(folder, "link")); err != nil {
		t.Log("links cannot be made here: ", err)
		return &dicomio.ReadError{Path: "link", Offset: -1, Kind: dicomio.ErrNotAFilm, Detail: "links to folders are not followed", Advice: "name the folder itself, or copy it here"}
	}
	err := dicomio.Scan(context.Background(), folder, func(e dicomio.Entry) error {
		found = e.Err
		return nil
	})
	if err != nil || found == nil {
		t.Fatalf("the link is not told of: %v", err)
	}
	return found
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// picture is a film of one frame.
func picture(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return written(t, "a.png", b.String())
}
