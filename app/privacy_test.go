package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/store"
	"pneumolight/ui/lightbox"
)

// anonymousName is the public chest film with a patient of our own making,
// under a name that says nothing, and what may be read nowhere.
func anonymousName(t *testing.T) (film string, secrets []string) {
	t.Helper()
	named, _ := identified(t)
	film = filepath.Join(t.TempDir(), "film.dcm")
	if err := os.Rename(named, film); err != nil {
		t.Fatal(err)
	}
	secrets = []string{
		"Featherstonehaugh", "FEATHERSTONEHAUGH", "Philomena", "王小東", "PID-5550123-Q", "19440229", "1944-02-29",
		"ACC-90210-Z", "Sanktverena", "Oberholzer", "Lindenallee",
	}
	data, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Featherstonehaugh", "王小東", "PID-5550123-Q", "19440229"} {
		if !bytes.Contains(data, []byte(secret)) {
			t.Fatalf("the film does not hold %q: the test would show nothing", secret)
		}
	}
	return film, secrets
}

func TestNothingThatIsKeptOrSaidTellsWhoThePatientIs(t *testing.T) {
	film, secrets := anonymousName(t)
	whole, err := os.ReadFile(film)
	if err != nil {
		t.Fatal(err)
	}
	kept, out := t.TempDir(), t.TempDir() // what is kept, and what a command is there to write
	in := func(name string) string { return filepath.Join(kept, name) }
	put(t, filepath.Join(filepath.Dir(film), "cut.dcm"), whole[:len(whole)/2])
	db := in("cases.db")
	if err := os.Rename(reviewInLog(t, film, "opacity behind the heart"), db); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"predict", film, filepath.Join(filepath.Dir(film), "cut.dcm")},
		{"predict", "--json", film},
		{"render", film, "--overlay", "--out", filepath.Join(out, "film.png")},
		{"render", filepath.Join(filepath.Dir(film), "cut.dcm"), "--out", filepath.Join(out, "cut.png")},
		{"pixels", film, "--out", filepath.Join(out, "film.pgm")},
		{"report", film, "--out", filepath.Join(out, "report.pdf")},
		{"report", film, "--format", "dicom-sr", "--out", filepath.Join(out, "report.dcm")},
		{"export", filepath.Dir(film), "--out", filepath.Join(out, "export"), "--reports", "--cases"},
		{"screen", filepath.Dir(film), "--out", in("results.csv")},
		{"screen", filepath.Dir(film), "--out", in("results.jsonl"), "--db", db},
		{"log", "--history"},
		{"log", "--format", "json"},
		{"audit", "list"},
		{"audit", "list", "--format", "json", "--db", in("results.csv.journal")},
		{"audit", "verify"},
		{"backup", in("backup.db")},
		{film},
	} {
		if !strings.Contains(strings.Join(args, " "), "--db") {
			args = append(args, "--db", db)
		}
		if args[0] == "screen" && strings.HasSuffix(args[3], ".csv") {
			args = args[:4] // with a journal of its own
		}
		got := pneumolightIn(t, out, args...)
		for _, secret := range secrets {
			if strings.Contains(got.stdout+got.stderr, secret) {
				t.Errorf("%v says %q: %s%s", args[0], secret, got.stdout, got.stderr)
			}
		}
	}
	files := 0
	if err := filepath.WalkDir(kept, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, secret := range secrets {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds %q", d.Name(), secret)
			}
		}
		return err
	}); err != nil || files < 5 {
		t.Errorf("%d files were kept, error %v", files, err)
	}
	// The audit has a row of each.
	list := pneumolight(t, nil, "audit", "list", "--db", db).stdout
	for _, action := range []store.Action{
		store.ActionModelRead, store.ActionReviewed, store.ActionReported, store.ActionPictureWritten, store.ActionExported,
		store.ActionScreeningBegun, store.ActionScreeningEnded, store.ActionBackedUp,
	} {
		if !strings.Contains(list, ","+string(action)+",") {
			t.Errorf("the audit has no row %s", action)
		}
	}
}

// pneumolightIn runs the program in a folder, without a display.
func pneumolightIn(t *testing.T, folder string, args ...string) outcome {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, args...)
	command.Dir = folder
	command.Env = append(os.Environ(), runVariable+"=1", "DISPLAY=", "WAYLAND_DISPLAY=")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	_ = command.Run() // some are to fail; what they say is looked at
	return outcome{command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// crashVariable makes the test binary a program that records a film in the log
// that the variable names, and fails with what it knows of the patient.
const crashVariable = "PNEUMOLIGHT_TEST_CRASH"

func crash(kind, db, path string) int {
	return guarded(os.Stderr, func() int {
		trail := startTrail(context.Background(), settings{database: db}, os.Stderr)
		defer trail.end()
		film, err := dicomio.ReadFile(context.Background(), path)
		if err != nil {
			panic(err)
		}
		trail.Record(store.FilmOpened(film.SHA256, film.Frame))
		name := film.Header.PatientName
		switch kind {
		case "index":
			_ = []byte(name)[len(film.Stored)]
		case "value":
			panic(fmt.Errorf("no such patient: %+v", film.Header))
		case "task":
			panic(lightbox.Broken{Value: name})
		}
		return exitDone
	})
}

func TestACrashTellsNothingOfThePatientAndLosesNothing(t *testing.T) {
	film, secrets := anonymousName(t)
	for kind, want := range map[string]string{
		"index": "index out of range", "value": "a value of type *", "task": "a value of type string",
	} {
		db := filepath.Join(t.TempDir(), "cases.db")
		got := pneumolight(t, []string{crashVariable + "=" + kind}, db, film)
		if got.code != exitFailed || !strings.Contains(got.stderr, "the program has failed") || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: exit code %d, %s", kind, got.code, got.stderr)
		}
		if kind != "task" && !strings.Contains(got.stderr, "(privacy_test.go:") {
			t.Errorf("%s: it does not say where: %s", kind, got.stderr)
		}
		for _, secret := range secrets {
			if strings.Contains(got.stdout+got.stderr, secret) {
				t.Errorf("%s: it says %q: %s", kind, secret, got.stderr)
			}
		}
		verified := pneumolight(t, nil, "audit", "verify", "--db", db)
		list := pneumolight(t, nil, "audit", "list", "--db", db)
		if verified.code != exitDone || !strings.Contains(list.stdout, "film-opened") {
			t.Errorf("%s: the log afterwards: %s%s%s", kind, verified.stdout, verified.stderr, list.stdout)
		}
	}
}
