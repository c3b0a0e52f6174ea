package main

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/deidentify"
	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
	"pneumolight/store"
	"pneumolight/testdata"
)

// identified is the public chest film with a patient of our own making: each
// string of secrets is in its file, once or more, where names and numbers
// belong and where they do not.
func identified(t *testing.T) (path string, secrets []string) {
	t.Helper()
	ds, err := dicomio.ReadDataSet(t.Context(), testdata.Film(t, testdata.Chest))
	if err != nil {
		t.Fatal(err)
	}
	text := dicomwrite.Text
	added := []dicomio.Element{
		text(0x00080005, "CS", "ISO_IR 192"),
		text(0x00080050, "SH", "ACC-90210-Z"), text(0x00080080, "LO", "Sanktverena Hospital"),
		text(0x00080081, "ST", "Quellenstrasse 77"), text(0x00080090, "PN", "Oberholzer^Reinhild"),
		text(0x00081010, "SH", "ROOM7-UNIT3"), text(0x00081030, "LO", "Chest of Mrs Featherstonehaugh"),
		text(0x00081090, "LO", "Portable of Sanktverena Hospital"),
		text(0x00100010, "PN", "Featherstonehaugh^Philomena=王小東"), text(0x00100020, "LO", "PID-5550123-Q"),
		text(0x00100030, "DA", "19440229"), text(0x00101040, "LO", "Lindenallee 12"),
		text(0x00104000, "LT", "Philomena lives at Lindenallee 12"),
		text(0x00090010, "LO", "VENDORX 王小東"), text(0x00091010, "LO", "PRIVATE Featherstonehaugh"),
		dicomwrite.Sequence(0x00400275, []dicomio.Element{text(0x00400007, "LO", "step for Philomena")}),
		dicomwrite.Sequence(0x00081140, []dicomio.Element{
			text(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.1"), text(0x00081155, "UI", "1.2.826.0.1.3680043.999.777"),
			text(0x00080104, "LO", "prior of 王小東"),
		}),
		text(0x60004000, "LT", "overlay Featherstonehaugh"),
	}
	secrets = []string{
		"ACC-90210-Z", "Sanktverena", "Quellenstrasse", "Oberholzer", "Reinhild", "ROOM7-UNIT3", "Featherstonehaugh",
		"FEATHERSTONEHAUGH", "王小東", "Philomena", "PID-5550123-Q", "19440229", "1944-02-29", "Lindenallee", "VENDORX",
		"1.2.826.0.1.3680043.999.777", "20120115", "2012-01-15", "COVID-19-AR",
	}
	for _, tag := range []uint32{0x00080018, 0x0020000D, 0x0020000E} {
		secrets = append(secrets, strings.Trim(ds.Text(ds.Find(tag)), "\x00 "))
	}
	elements := added
	for _, e := range ds.Elements {
		if dicomio.Find(added, e.Tag) == nil {
			elements = append(elements, e)
		}
	}
	path = filepath.Join(t.TempDir(), "Featherstonehaugh_Philomena.dcm")
	if err := writeFile(path, func(w io.Writer) error {
		return dicomwrite.Write(w, dicomwrite.File{
			SOPClass: "1.2.840.10008.5.1.4.1.1.1", SOPInstance: secrets[len(secrets)-3],
			Syntax: ds.Syntax, Order: ds.Order, Implicit: ds.Implicit, Elements: elements,
		})
	}); err != nil {
		t.Fatal(err)
	}
	return path, secrets
}

// inflated is a file with all that is deflated in it, as PDFs hold it.
func inflated(t *testing.T, data []byte) []byte {
	t.Helper()
	all := bytes.Clone(data)
	for rest := data; ; {
		at := bytes.Index(rest, []byte("stream\n"))
		if at < 0 {
			return all
		}
		rest = rest[at+len("stream\n"):]
		r, err := zlib.NewReader(bytes.NewReader(rest))
		if err != nil {
			continue // not deflated
		}
		// A stream that is no text ends in an error; what came before counts.
		plain, _ := io.ReadAll(r)
		all = append(all, plain...)
		// Text on pages is in UTF-16; its high bytes are zero for our letters.
		all = append(all, bytes.ReplaceAll(plain, []byte{0}, nil)...)
	}
}

func TestAnExportHoldsNothingOfThePatient(t *testing.T) {
	film, secrets := identified(t)
	db := reviewInLog(t, film, "Spoke to Philomena's daughter")
	original, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range secrets {
		switch secret {
		case "COVID-19-AR", "1944-02-29", "2012-01-15", "FEATHERSTONEHAUGH":
		default:
			if !bytes.Contains(original, []byte(secret)) {
				t.Fatalf("the film does not hold %q: the test would show nothing", secret)
			}
		}
	}
	for _, dates := range []string{"--shift-dates=false", "--shift-dates"} {
		out := filepath.Join(t.TempDir(), "out")
		got := pneumolight(t, nil, "export", filepath.Dir(film), "--out", out, "--db", db, "--reports", "--cases", dates)
		if got.code != exitDone {
			t.Fatalf("exit code %d: %s", got.code, got.stderr)
		}
		holdsNothing(t, out, secrets)
		for _, secret := range secrets {
			if strings.Contains(strings.ReplaceAll(got.stdout, out, ""), secret) {
				t.Errorf("stdout holds %q", secret)
			}
		}
		checkExport(t, film, out)
	}
}

// holdsNothing looks for what identifies the patient in every byte of an
// export, in what is deflated in it and in its PDF's text.
func holdsNothing(t *testing.T, out string, secrets []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data = append(inflated(t, data), path[len(out):]...)
		if strings.HasSuffix(path, ".pdf") {
			data = append(data, pdfText(t, path)...)
		}
		for _, secret := range secrets {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %q", d.Name(), secret)
			}
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", d.Name(), info.Mode())
		}
		return err
	})
	if err != nil || files != 5 {
		t.Errorf("%d files, error %v", files, err)
	}
}

// checkExport looks at whether what was exported is still of use.
func checkExport(t *testing.T, film, out string) {
	t.Helper()
	before, after := predictRows(t, exitDone, film)[0], predictRows(t, exitDone, filepath.Join(out, "film-0001.dcm"))[0]
	if *before.Probability != *after.Probability {
		t.Errorf("the film's probability was %v and is %v", *before.Probability, *after.Probability)
	}
	data, err := os.ReadFile(filepath.Join(out, exportCases))
	if err != nil {
		t.Fatal(err)
	}
	var c store.Case
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	now, err := dicomio.ReadFile(t.Context(), filepath.Join(out, "film-0001.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Film.SHA256 != now.SHA256 || c.Film.InstanceUID != now.Header.InstanceUID || c.Review.Verdict != store.VerdictDisagree ||
		c.Review.Note != "" || c.Film.PatientAge != nil || c.Film.PatientSex != "" {
		t.Errorf("the case is %+v", c)
	}
	data, err = os.ReadFile(filepath.Join(out, exportSummary))
	if err != nil {
		t.Fatal(err)
	}
	var s deidentify.Summary
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	if s.Exported != 1 || s.Refused != 0 || len(s.Films) != 1 || len(s.Films[0].Removed) < 15 || len(s.Films[0].Warnings) == 0 {
		t.Errorf("summary %+v", s)
	}
	// DCMTK reads it.
	if _, err := exec.LookPath("dcmdump"); err == nil {
		if dump, err := exec.Command("dcmdump", filepath.Join(out, "film-0001.dcm")).CombinedOutput(); err != nil || bytes.Contains(dump, []byte("E: ")) {
			t.Errorf("dcmdump: %v", err)
		}
	}
}

// pdfText is what a PDF's pages say; empty where nothing can tell.
func pdfText(t *testing.T, path string) []byte {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Log("pdftotext is not installed: the pages' text was looked at in the streams only")
		return nil
	}
	out, err := exec.Command("pdftotext", "-enc", "UTF-8", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(out, []byte("film-0001.dcm")) {
		t.Error("the report's text cannot be read: the test would show nothing")
	}
	return out
}

func TestExportRefusesInOneSentence(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	dir := t.TempDir()
	full := filepath.Join(dir, "full")
	if err := os.Mkdir(full, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(full, "film-0001.dcm"), []byte("another export"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty")
	if err := os.Mkdir(empty, 0o700); err != nil {
		t.Fatal(err)
	}
	bad := badInput(t)
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitUsage, []string{film}},
		{exitUsage, []string{"--out", dir}},
		{exitFailed, []string{film, "--out", full}},
		{exitFailed, []string{filepath.Join(dir, "missing.dcm"), "--out", filepath.Join(dir, "a")}},
		{exitFailed, []string{empty, "--out", filepath.Join(dir, "b")}},
		{exitFailed, []string{bad["text"], "--out", filepath.Join(dir, "c")}},
		{exitFailed, []string{bad["truncated"], "--out", filepath.Join(dir, "d")}},
		{exitFailed, []string{film, "--out", filepath.Join(film, "e")}},
	} {
		got := pneumolight(t, nil, append([]string{"export"}, c.args...)...)
		if got.code != c.code || got.stderr == "" || strings.Contains(got.stderr, "goroutine") {
			t.Errorf("%v: exit code %d, %q", c.args, got.code, got.stderr)
		}
		t.Logf("%s", strings.TrimSpace(got.stderr))
	}
	if data, err := os.ReadFile(filepath.Join(full, "film-0001.dcm")); err != nil || string(data) != "another export" {
		t.Errorf("the other export now holds %q, error %v", data, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*", "film-*")); err != nil || len(left) != 1 {
		t.Errorf("films were written: %v", left)
	}
}
