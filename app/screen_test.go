package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
	"pneumolight/testdata"
)

// screenFilms makes n small films out of a real chest film, each with a noise
// of its own, and what folders hold besides: a copy, a text, a film cut short.
func screenFilms(t *testing.T, n int) string {
	t.Helper()
	chest, err := dicomio.ReadFile(t.Context(), testdata.Film(t, testdata.Chest))
	if err != nil {
		t.Fatal(err)
	}
	table := chest.Table(chest.DefaultWindow())
	const side = 240
	small := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			small.Pix[y*side+x] = uint8(table[chest.Stored[y*chest.Height/side*chest.Width+x*chest.Width/side]] >> 8)
		}
	}
	dir := t.TempDir()
	for k := range n {
		random := rand.New(rand.NewPCG(uint64(k), 1))
		picture := image.NewGray(small.Bounds())
		for i, v := range small.Pix {
			picture.Pix[i] = uint8(min(int(v)+random.IntN(4+k%24), 255))
		}
		var out bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.NoCompression}
		if err := encoder.Encode(&out, picture); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, fmt.Sprintf("ward %d", k%4), fmt.Sprintf("film-%03d.png", k)), out.Bytes())
		if k == 5 {
			put(t, filepath.Join(dir, "copies", "again.png"), out.Bytes())
			put(t, filepath.Join(dir, "cut.png"), out.Bytes()[:out.Len()/2])
		}
	}
	put(t, filepath.Join(dir, "notes.txt"), []byte("=1+1 please call back"))
	return dir
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// screened reads results strictly and takes out what differs from run to run.
func screened(t *testing.T, path string) []screenedRow {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	var rows []screenedRow
	for {
		var r screenedRow
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			return rows
		} else if err != nil {
			t.Fatalf("%s is not whole: %v", path, err)
		}
		r.MS = rowTimes{}
		rows = append(rows, r)
	}
}

// sameRows compares results; probabilities may differ by what summing in
// another order does.
func sameRows(t *testing.T, got, want []screenedRow) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for k := range want {
		g, w := got[k], want[k]
		if (g.Probability == nil) != (w.Probability == nil) || g.Probability != nil && math.Abs(*g.Probability-*w.Probability) > 1e-4 {
			t.Errorf("row %d: probability %v, want %v", k, g.Probability, w.Probability)
		}
		g.Probability, w.Probability = nil, nil
		gotJSON, err := json.Marshal(g)
		if err != nil {
			t.Fatal(err)
		}
		wantJSON, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(gotJSON, wantJSON) {
			t.Errorf("row %d: %s\nwant %s", k, gotJSON, wantJSON)
		}
	}
}

// startScreen starts the command and returns it with what it writes to stderr.
func startScreen(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, append([]string{"screen"}, args...)...)
	command.Env = append(os.Environ(), runVariable+"=1")
	stderr := &bytes.Buffer{}
	command.Stderr = stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	return command, stderr
}

func TestKilledAgainAndAgainScreeningEndsLikeAnUninterruptedRun(t *testing.T) {
	const films = 240
	dir := screenFilms(t, films)
	outs := t.TempDir()
	whole, pieces := filepath.Join(outs, "whole.jsonl"), filepath.Join(outs, "pieces.jsonl")
	start := time.Now()
	got := pneumolight(t, nil, "screen", dir, "--out", whole)
	if got.code != exitFailed || !strings.Contains(got.stderr, "2 failed") {
		t.Fatalf("exit code %d, %s", got.code, got.stderr)
	}
	took := time.Since(start)
	want := screened(t, whole)
	if last := strings.TrimSpace(got.stderr); !strings.HasSuffix(last, "every film has to be read.") {
		t.Errorf("it ends with %q", last)
	}
	if len(want) != films+2 {
		t.Fatalf("%d rows for %d films, a text and a cut film", len(want), films)
	}
	analysed := 0
	for _, r := range want {
		if r.Status == reading.StatusOK {
			analysed++
		}
		if len(r.SHA256) != 64 || r.Bytes == 0 {
			t.Errorf("row %+v", r)
		}
		if slices.Contains(r.Paths, filepath.Join(dir, "copies", "again.png")) && len(r.Paths) != 2 {
			t.Errorf("the copied film has the paths %q", r.Paths)
		}
	}
	if analysed < films/2 {
		t.Errorf("only %d of %d films were analysed: the test's films are poor", analysed, films)
	}

	killed := 0
	for attempt := range 4 {
		command, stderr := startScreen(t, dir, "--out", pieces, "--resume")
		time.Sleep(took * time.Duration(attempt+2) / 8)
		if err := command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = command.Wait() // killed: it says so
		if status, ok := command.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			killed++
		} else if command.ProcessState.ExitCode() != exitFailed {
			t.Fatalf("exit code %d: %s", command.ProcessState.ExitCode(), stderr)
		}
		if _, err := os.Stat(pieces); err == nil {
			screened(t, pieces) // whole, however many rows it has
		}
	}
	if killed == 0 {
		t.Fatal("no run was killed in its middle")
	}
	t.Logf("killed in the middle %d times", killed)
	// What a run leaves that is killed while it writes the results.
	put(t, filepath.Join(outs, ".pieces.jsonl.1234567"), []byte(`{"file": "torn`))
	if got := pneumolight(t, nil, "screen", dir, "--out", pieces, "--resume"); got.code != exitFailed {
		t.Fatalf("exit code %d, %s", got.code, got.stderr)
	}
	sameRows(t, screened(t, pieces), want)
	left, err := filepath.Glob(filepath.Join(outs, ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

func TestScreenWritesCSVWithTheSameRows(t *testing.T) {
	dir := screenFilms(t, 8)
	outs := t.TempDir()
	for _, name := range []string{"r.csv", "r.jsonl"} {
		// The results may lie in the folder itself.
		if got := pneumolight(t, nil, "screen", dir, "--out", filepath.Join(dir, name), "--db", filepath.Join(outs, "cases.db"), "--workers", "1"); got.code != exitFailed {
			t.Fatalf("exit code %d, %s", got.code, got.stderr)
		}
		if name == "r.csv" {
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(outs, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	rows := screened(t, filepath.Join(dir, "r.jsonl"))
	file, err := os.Open(filepath.Join(outs, "r.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil || len(lines) != len(rows)+1 || len(rows) != 10 {
		t.Fatalf("%d lines, %d rows, error %v", len(lines), len(rows), err)
	}
	for k, r := range rows {
		if line := lines[k+1]; line[0] != r.File || line[1] != string(r.Status) || line[11] != r.SHA256 {
			t.Errorf("line %q, row %+v", line, r)
		}
	}
	for _, path := range []string{filepath.Join(outs, "r.csv"), filepath.Join(outs, "cases.db")} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, error %v", path, info.Mode(), err)
		}
	}
}

func TestNamesThatAreNotUTF8CanBeFoundAgain(t *testing.T) {
	dir := screenFilms(t, 2)
	names := []string{"\xb2\xa1\xc8\xcb.png", "\xb2\xa1\\\xc8\xa5.png"} // GBK
	for k, name := range names {
		if err := os.Rename(filepath.Join(dir, fmt.Sprintf("ward %d", k), fmt.Sprintf("film-%03d.png", k)), filepath.Join(dir, name)); err != nil {
			t.Skipf("this file system takes no such name: %v", err)
		}
	}
	outs := t.TempDir()
	asJSON, asCSV := filepath.Join(outs, "r.jsonl"), filepath.Join(outs, "r.csv")
	pneumolight(t, nil, "screen", dir, "--out", asJSON)
	pneumolight(t, nil, "screen", dir, "--out", asCSV)
	text, err := os.ReadFile(asCSV)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, r := range screened(t, asJSON) {
		if r.Status != reading.StatusOK {
			continue
		}
		// As docs/screening.md says.
		path, err := exec.Command("printf", "%b", r.Paths[0]).Output()
		if err != nil {
			t.Skip(err)
		}
		if _, err := os.Stat(string(path)); err != nil || r.File != r.Paths[0] || !strings.Contains(string(text), r.File) {
			t.Errorf("the film is named %q: error %v", r.File, err)
		}
		found[filepath.Base(string(path))] = true
	}
	if !found[names[0]] || !found[names[1]] || !utf8.Valid(text) {
		t.Errorf("found were %v, error in %q", found, text)
	}
	if r := predictRows(t, exitDone, filepath.Join(dir, names[0]))[0]; !strings.HasSuffix(r.File, `\xb2\xa1\xc8\xcb.png`) {
		t.Errorf("predict names it %q", r.File)
	}
}

func TestInterruptedScreeningKeepsWhatIsDoneAndSaysHowToGoOn(t *testing.T) {
	dir := screenFilms(t, 300)
	out := filepath.Join(t.TempDir(), "results of today.jsonl")
	started := time.Now()
	command, stderr := startScreen(t, dir, "--out", out, "--workers", "1")
	for begun := false; !begun && time.Since(started) < patience; time.Sleep(10 * time.Millisecond) {
		_, err := os.Stat(out + ".journal-wal")
		begun = err == nil
	}
	time.Sleep(500 * time.Millisecond) // in the midst of it
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Skip("the run had ended before it was interrupted")
	}
	_ = command.Wait() // the exit code is looked at
	said := stderr.String()
	if command.ProcessState.ExitCode() != exitFailed || !strings.Contains(said, "stopped after") || !strings.Contains(said, "--resume") ||
		!strings.Contains(said, "'"+out+"'") || strings.Count(said, "\n") > 2 {
		t.Fatalf("exit code %d, %q", command.ProcessState.ExitCode(), said)
	}
	screened(t, out) // whole
	if got := pneumolight(t, nil, "screen", dir, "--out", out, "--resume"); got.code != exitFailed || len(screened(t, out)) != 302 {
		t.Errorf("exit code %d, %d rows, %s", got.code, len(screened(t, out)), got.stderr)
	}
}

func TestScreenWatchesUntilItIsTold(t *testing.T) {
	dir := screenFilms(t, 6)
	late := filepath.Join(t.TempDir(), "late.png")
	if err := os.Rename(filepath.Join(dir, "ward 0", "film-000.png"), late); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "r.jsonl")
	command, stderr := startScreen(t, dir, "--out", out, "--watch")
	rows := func() int {
		if _, err := os.Stat(out); err != nil {
			return 0
		}
		return len(screened(t, out))
	}
	wait := func(n int) {
		for deadline := time.Now().Add(time.Minute); rows() != n; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d rows after a minute, want %d: %s", rows(), n, stderr)
			}
		}
	}
	wait(7)
	data, err := os.ReadFile(late)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "ward 9", "late.png"), data)
	wait(8)
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // the exit code is looked at
	if command.ProcessState.ExitCode() != exitFailed || !strings.Contains(stderr.String(), "8 films in 9 files") {
		t.Errorf("exit code %d, %s", command.ProcessState.ExitCode(), stderr)
	}
}

func TestScreenRefusesAWrongCallAndAnUnusableFolder(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"screen"},
		{"screen", dir},
		{"screen", dir, "--out", "r.xml"},
		{"screen", dir, dir, "--out", "r.csv"},
		{"screen", dir, "--out", "r.csv", "--workers", "-1"},
		{"screen", dir, "--out", "r.csv", "--workers", "100000"},
	} {
		if got := pneumolight(t, nil, args...); got.code != exitUsage || got.stderr == "" {
			t.Errorf("%v: exit code %d, %q", args, got.code, got.stderr)
		}
	}
	missing := filepath.Join(dir, "missing")
	for _, args := range [][]string{
		{"screen", missing, "--out", filepath.Join(dir, "r.csv")},
		{"screen", dir, "--out", filepath.Join(missing, "r.csv")},
		{"screen", dir, "--out", filepath.Join(dir, "r.csv"), "--db", filepath.Join(dir, "text.db")},
	} {
		put(t, filepath.Join(dir, "text.db"), []byte(strings.Repeat("this is no database. ", 40)))
		got := pneumolight(t, nil, args...)
		if got.code != exitFailed || strings.Count(got.stderr, "\n") != 1 || len(got.stderr) < 60 {
			t.Errorf("%v: exit code %d, %q", args, got.code, got.stderr)
		}
		t.Logf("%s", got.stderr)
	}
}

func TestScreenReplacesOnlyItsOwnResults(t *testing.T) {
	dir := screenFilms(t, 1)
	chest, err := os.ReadFile(filepath.Join(dir, "ward 0", "film-000.png"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"patients.csv": []byte("file,status,reason\na.png,ok,\n"), "film.csv": chest, "one line.csv": []byte("a"),
		"notes.jsonl": []byte("{\"file\": \"a.png\"}\n"), "film.jsonl": chest,
	} {
		path := filepath.Join(dir, name)
		put(t, path, data)
		got := pneumolight(t, nil, "screen", dir, "--out", path)
		if now, err := os.ReadFile(path); got.code != exitUsage || !strings.Contains(got.stderr, "name another file") || err != nil || !bytes.Equal(now, data) {
			t.Errorf("%s: exit code %d, error %v, %d of %d bytes left, %s", name, got.code, err, len(now), len(data), got.stderr)
		}
	}
	outs := t.TempDir()
	for _, name := range []string{"r.csv", "r.jsonl"} {
		path := filepath.Join(outs, name)
		put(t, path, nil) // holds nothing to be lost
		for range 2 {
			if got := pneumolight(t, nil, "screen", dir, "--out", path); got.code != exitFailed || !strings.Contains(got.stderr, "films in") {
				t.Errorf("%s: exit code %d, %s", name, got.code, got.stderr)
			}
		}
	}
}

func TestASecondScreeningLeavesTheFirstOnesResultsAlone(t *testing.T) {
	dir, out := screenFilms(t, 1), filepath.Join(t.TempDir(), "results.csv")
	log, err := store.Open(t.Context(), out+".journal")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	first, err := log.BeginScreening(t.Context(), screeningRun("/elsewhere", inference.Info{SHA256: strings.Repeat("a", 64)}), false)
	if err != nil {
		t.Fatal(err)
	}
	written := filepath.Join(filepath.Dir(out), ".results.csv.1234567")
	put(t, written, []byte("file,"))
	for _, underWay := range []bool{true, false} {
		if got := pneumolight(t, nil, "screen", dir, "--out", out); got.code == exitUsage {
			t.Errorf("it ended with %d: %s", got.code, got.stderr)
		}
		if _, err := os.Stat(written); underWay != (err == nil) {
			t.Errorf("with the first one under way %v: %v", underWay, err)
		}
		if err := first.Release(); err != nil {
			t.Error(err)
		}
	}
}

func TestAKilledScreeningLeavesARowInTheLog(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	dir := screenFilms(t, 2)
	command, stderr := startScreen(t, dir, "--out", filepath.Join(t.TempDir(), "r.csv"), "--watch")
	rows := func() string { return pneumolight(t, nil, "audit", "list").stdout }
	for end := time.Now().Add(patience); !strings.Contains(rows(), "screening-begun"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log has %s: %s", rows(), stderr)
		}
	}
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // killed: it says so
	if got := rows(); strings.Contains(got, dir) || !strings.Contains(got, "sha256") {
		t.Errorf("the row is %s", got)
	}
}

// smallDisk mounts a file system of so many bytes; only root can.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size), "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

func TestOnAFullDiskNothingIsLost(t *testing.T) {
	dir := screenFilms(t, 120)
	// A write-ahead log grows to 4 MiB where the films come slowly.
	const room = 8 << 20
	disk := smallDisk(t, room)
	// The journal fits at first; the results do not fit beside it.
	filler := filepath.Join(disk, "filler")
	out := filepath.Join(disk, "r.jsonl")
	for _, filled := range []int{room, room - 200<<10, room - 320<<10} {
		if err := os.WriteFile(filler, make([]byte, filled), 0o600); err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		got := pneumolight(t, nil, "screen", dir, "--out", out, "--resume")
		// How much the journal needs depends on how fast the machine is, so
		// that what is left may do; a disk without any room never does.
		full := strings.Contains(got.stderr, "disk is full")
		if got.code != exitFailed || sentences(got.stderr) != 1 || !full && filled == room {
			t.Errorf("%d bytes filled: exit code %d, %q", filled, got.code, got.stderr)
		}
		t.Logf("%d bytes filled: %s", filled, got.stderr)
		if _, err := os.Stat(out); err == nil {
			if rows := screened(t, out); !full && len(rows) != 122 {
				t.Errorf("%d bytes filled: %d rows, and no word of a full disk", filled, len(rows))
			}
		} else if !full {
			t.Errorf("%d bytes filled: no results, and no word of a full disk", filled)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	if got := pneumolight(t, nil, "screen", dir, "--out", out, "--resume"); got.code != exitFailed || len(screened(t, out)) != 122 {
		t.Errorf("with room again: exit code %d, %d rows, %s", got.code, len(screened(t, out)), got.stderr)
	}
}

// sentences counts the lines that a command ended with: on a slow machine those
// of its progress come before them.
func sentences(stderr string) int {
	n := 0
	for line := range strings.Lines(stderr) {
		if !strings.Contains(line, " films/s, ") {
			n++
		}
	}
	return n
}

func TestAReadOnlyDatabaseIsSaidInOneSentence(t *testing.T) {
	dir := screenFilms(t, 6)
	disk := smallDisk(t, 4<<20)
	db := filepath.Join(disk, "cases.db")
	out := filepath.Join(t.TempDir(), "r.csv")
	if got := pneumolight(t, nil, "screen", dir, "--out", out, "--db", db); got.code != exitFailed {
		t.Fatal(got.stderr)
	}
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "remount,ro", disk).CombinedOutput(); err != nil {
		t.Skipf("the disk cannot be made read-only: %s", out)
	}
	got := pneumolight(t, nil, "screen", dir, "--out", out, "--db", db, "--resume")
	if got.code != exitFailed || !strings.Contains(got.stderr, "cannot be written") || strings.Count(got.stderr, "\n") != 1 {
		t.Errorf("exit code %d, %q", got.code, got.stderr)
	}
	t.Log(got.stderr)
	after, err := os.ReadFile(out)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the earlier results were changed, error %v", err)
	}
}

func TestAFolderThatMayNotBeListedIsSaidInOneSentence(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o700) })
	if _, err := os.ReadDir(dir); !errors.Is(err, fs.ErrPermission) {
		t.Skip("this user may list every folder")
	}
	got := pneumolight(t, nil, "screen", dir, "--out", filepath.Join(t.TempDir(), "r.csv"))
	if got.code != exitFailed || !strings.Contains(got.stderr, "not permitted") || strings.Count(got.stderr, "\n") != 1 ||
		strings.Contains(got.stderr, "Go on with") {
		t.Errorf("exit code %d, %q", got.code, got.stderr)
	}
}

func TestOnlyWhatWasDoneIsSaidToBeKept(t *testing.T) {
	s := &screenCommand{folder: "films", out: filepath.Join(t.TempDir(), "r.csv")}
	log, err := store.Open(t.Context(), s.journal())
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	journal, err := log.BeginScreening(t.Context(), screeningRun("/films", inference.Info{SHA256: strings.Repeat("f", 64)}), false)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Release()
	if got := s.kept(t.Context(), journal, fs.ErrPermission); got.Error() != fs.ErrPermission.Error() {
		t.Errorf("of nothing it says %q", got)
	}
	failed := store.ScreenedFile{Path: "a.dcm", Film: &store.ScreenedFilm{Status: "error", Reason: "It is gone.", ScreenedAt: time.Now()}}
	if err := journal.Record(t.Context(), []store.ScreenedFile{failed}); err != nil {
		t.Fatal(err)
	}
	if got := s.kept(t.Context(), journal, fs.ErrPermission); !strings.Contains(got.Error(), "is kept in "+s.journal()) {
		t.Errorf("of a film it says %q", got)
	}
}

func TestADamagedJournalIsNoFilm(t *testing.T) {
	dir := screenFilms(t, 4)
	out := filepath.Join(dir, "r.csv")
	pneumolight(t, nil, "screen", dir, "--out", out)
	journal, err := os.ReadFile(out + ".journal")
	if err != nil {
		t.Fatal(err)
	}
	put(t, out+".journal", append([]byte("no database any more"), journal[20:]...))
	got := pneumolight(t, nil, "screen", dir, "--out", out, "--resume")
	if !strings.Contains(got.stderr, "was damaged") || len(asideJournals(t, out)) != 1 {
		t.Errorf("set aside was %q: %s", asideJournals(t, out), got.stderr)
	}
	data, err := os.ReadFile(out)
	if err != nil || strings.Contains(string(data), "journal") {
		t.Errorf("the journal is among the films, error %v:\n%s", err, data)
	}
}

func asideJournals(t *testing.T, out string) []string {
	t.Helper()
	found, err := filepath.Glob(out + ".journal.damaged-*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}
