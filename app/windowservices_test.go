package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pneumolight/reading"
	"pneumolight/report"
	"pneumolight/screening"
	"pneumolight/store"
	"pneumolight/testdata"
	"pneumolight/ui/lightbox"
)

// screenOnce has the window's screener screen a folder.
func screenOnce(t *testing.T, db, folder string, resume bool, recorded func([]store.ScreenedFile)) (screening.Progress, error) {
	t.Helper()
	s := settings{database: db}
	log := startOpeningLog(t.Context(), s)
	defer log.close()
	return screener{s, log}.Screen(t.Context(), lightbox.ScreenOrder{
		Folder: folder, Resume: resume, Pace: screening.NewPace(),
		Begun: func(store.ScreeningSummary) {}, Recorded: recorded, Progress: func(screening.Progress) {},
	})
}

func nobody([]store.ScreenedFile) {}

func TestTheWindowsScreeningSaysWhatIsWrongInOneSentence(t *testing.T) {
	dir := t.TempDir()
	db := filepath.Join(dir, "cases.db")
	_, err := screenOnce(t, db, filepath.Join(dir, "missing"), false, nobody)
	var failed *screening.Error
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "there is no such folder") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a missing folder: %v", err)
	}
	// A folder where the log's file should be: it cannot be written.
	if _, err := screenOnce(t, dir, incoming(t), false, nobody); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("a log that cannot be opened: %v", err)
	}
}

func TestAFilmRemovedInMidRunIsARowAndNothingIsLost(t *testing.T) {
	folder := incoming(t)
	db := filepath.Join(t.TempDir(), "cases.db")
	gone := filepath.Join(folder, "Featherstonehaugh.dcm")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "nowhere"), gone); err != nil { // listed, and not there to be read
		t.Fatal(err)
	}
	told := 0
	done, err := screenOnce(t, db, folder, false, func(files []store.ScreenedFile) { told += len(files) })
	if err != nil || done.Done != 3 || told != 3 || done.Failed != 2 || done.Refused != 1 {
		t.Errorf("%+v, %d told, error %v", done, told, err)
	}
	// It comes back, and the next run takes up what failed alone.
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(testdata.Film(t, testdata.Chest), gone); err != nil {
		data, err := os.ReadFile(testdata.Film(t, testdata.Chest))
		if err == nil {
			err = os.WriteFile(gone, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	done, err = screenOnce(t, db, folder, true, nobody)
	if err != nil || done.Done != 3 || done.Earlier != 1 || done.OK != 1 || done.Failed != 1 {
		t.Errorf("resumed: %+v, error %v", done, err)
	}
}

func TestAReportOfTheWindowOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	s := settings{database: filepath.Join(dir, "cases.db")}
	log := startOpeningLog(t.Context(), s)
	defer log.close()
	writer := reportWriter{log}
	source := report.Source{Analysis: reading.Analysis{Status: reading.StatusError, Err: errors.New("The file is cut short.")}, File: "Featherstonehaugh.dcm", At: time.Now()}
	files := lightbox.ReportFiles{Folder: dir, Name: "report", Formats: []report.Format{report.HTML, report.JSON}}
	written, err := writer.Write(t.Context(), source, files)
	if err != nil || len(written) != 2 {
		t.Fatalf("%v, error %v", written, err)
	}
	for _, path := range written {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, error %v", path, info, err)
		}
	}
	if err := os.Remove(written[0]); err != nil {
		t.Fatal(err)
	}
	if again, err := writer.Write(t.Context(), source, files); err == nil || len(again) != 0 {
		t.Errorf("written over: %v", again)
	}
	if _, err := os.Stat(written[0]); !errors.Is(err, os.ErrNotExist) {
		t.Error("one of two files was written although the other could not be")
	}
	files.Folder = filepath.Join(dir, "missing")
	if _, err := writer.Write(t.Context(), source, files); err == nil || !strings.Contains(err.Error(), "there is no such folder") {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestTheWindowsExportHoldsNothingOfThePatient(t *testing.T) {
	film, secrets := identified(t)
	s := settings{database: reviewInLog(t, film, "Spoke to Philomena's daughter")}
	log, model := startOpeningLog(t.Context(), s), startLoading(s)
	defer log.close()
	defer model.close()
	out := filepath.Join(t.TempDir(), "out")
	var steps []int
	order := lightbox.ExportOrder{
		Source: filepath.Dir(film), Whole: true, Into: out, Reports: true, Cases: true,
		Progress: func(done, total int) { steps = append(steps, done, total) },
	}
	summary, err := windowExporter{model, log}.Export(t.Context(), order)
	if err != nil || summary.Exported != 1 || len(steps) != 4 || steps[2] != 1 || steps[3] != 1 {
		t.Fatalf("%+v after %v, error %v", summary, steps, err)
	}
	holdsNothing(t, out, secrets)
	checkExport(t, film, out)

	stopped, stop := context.WithCancel(t.Context())
	stop()
	order.Into = filepath.Join(t.TempDir(), "stopped")
	if _, err := (windowExporter{model, log}).Export(stopped, order); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	order.Into = filepath.Dir(film)
	if _, err := (windowExporter{model, log}).Export(t.Context(), order); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("into a folder with films: %v", err)
	}
}
