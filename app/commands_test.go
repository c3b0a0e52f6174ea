package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pneumolight/reading"
	"pneumolight/testdata"
	"pneumolight/ui"
)

// runVariable makes the test binary the program itself: it runs with its
// arguments and exits with its code. As the value asReleased it runs as users
// have it, without the checks that are only for tests.
const (
	runVariable = "PNEUMOLIGHT_TEST_RUN"
	asReleased  = "released"
)

func TestMain(m *testing.M) {
	if kind := os.Getenv(crashVariable); kind != "" {
		os.Exit(crash(kind, os.Args[1], os.Args[2]))
	}
	switch os.Getenv(runVariable) {
	case "":
	case asReleased:
		main()
	default:
		os.Exit(start(os.Args[1:]))
	}
	os.Exit(tested(m))
}

// tested runs the tests with a configuration, and so a log, of their own.
func tested(m *testing.M) int {
	home, err := os.MkdirTemp("", "pneumolight")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(home)
	if err := os.Setenv("XDG_CONFIG_HOME", home); err != nil {
		panic(err)
	}
	return m.Run()
}

// outcome is what a run of the program left.
type outcome struct {
	code           int
	stdout, stderr string
}

// pneumolight runs the program in a process of its own.
func pneumolight(t *testing.T, environment []string, args ...string) outcome {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = append(append(os.Environ(), runVariable+"=1"), environment...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err = command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{command.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// predictRows runs predict --json and reads its rows strictly: a field that
// scripts do not expect is a failure.
func predictRows(t *testing.T, wantCode int, files ...string) []row {
	t.Helper()
	got := pneumolight(t, nil, append([]string{"predict", "--json"}, files...)...)
	if got.code != wantCode {
		t.Fatalf("exit code %d, want %d; stderr: %s", got.code, wantCode, got.stderr)
	}
	decoder := json.NewDecoder(strings.NewReader(got.stdout))
	decoder.DisallowUnknownFields()
	var rows []row
	for {
		var r row
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in %s", err, got.stdout)
		}
		rows = append(rows, r)
	}
	if len(rows) != len(files) {
		t.Fatalf("%d rows for %d files", len(rows), len(files))
	}
	return rows
}

func TestPredictJudgesARealChestFilm(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	r := predictRows(t, exitDone, film)[0]
	if r.File != film || r.Status != reading.StatusOK || r.Probability == nil || r.Call == nil {
		t.Fatalf("row %+v", r)
	}
	if *r.Probability <= 0 || *r.Probability >= 1 || r.Threshold <= 0 || r.Threshold >= 1 {
		t.Errorf("probability %v, threshold %v", *r.Probability, r.Threshold)
	}
	if len(r.Model.SHA256) != 64 || r.Model.Name == "" || r.Model.Version == "" {
		t.Errorf("model %+v", r.Model)
	}
	if r.MS.Read <= 0 || r.MS.Infer <= 0 {
		t.Errorf("times %+v", r.MS)
	}
}

func TestStderrIsEmptyWhereNothingWentWrong(t *testing.T) {
	for _, locale := range []string{"C", "C.UTF-8", "POSIX", "en_GB.UTF-8", ""} {
		got := pneumolight(t, []string{"LANG=" + locale, "LC_ALL="}, "predict", testdata.Film(t, testdata.Chest))
		if got.code != exitDone || got.stderr != "" {
			t.Errorf("LANG=%s: exit code %d, %q", locale, got.code, got.stderr)
		}
	}
}

// badInput makes one file of each kind that a user may open by mistake.
func badInput(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"PET slice": testdata.Film(t, testdata.PET), "CT slices": testdata.Film(t, testdata.CT), "missing": filepath.Join(dir, "missing.dcm"), "folder": dir}
	write := func(kind, name string, data []byte) {
		files[kind] = filepath.Join(dir, name)
		if err := os.WriteFile(files[kind], data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("text", "notes.txt", []byte("Please call back about the film from Tuesday.\n"))
	write("empty", "empty.dcm", nil)
	whole, err := os.ReadFile(testdata.Film(t, testdata.Chest))
	if err != nil {
		t.Fatal(err)
	}
	write("truncated", "truncated.dcm", whole[:len(whole)/3])
	write("colour photograph", "holiday.jpg", photograph(t))
	return files
}

// photograph is a colour picture: sky over meadow.
func photograph(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			c := color.RGBA{R: uint8(60 + x/8), G: uint8(120 + y/6), B: 220, A: 255}
			if y > 260 {
				c = color.RGBA{R: uint8(40 + y/8), G: uint8(150 - x/20), B: 40, A: 255}
			}
			picture.Set(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBadInputGetsOneClearSentence(t *testing.T) {
	want := map[string]reading.Status{
		"text": reading.StatusError, "empty": reading.StatusError, "truncated": reading.StatusError,
		"missing": reading.StatusError, "folder": reading.StatusError,
		"PET slice": reading.StatusRefused, "CT slices": reading.StatusRefused, "colour photograph": reading.StatusRefused,
	}
	for kind, file := range badInput(t) {
		r := predictRows(t, exitFailed, file)[0]
		if r.Status != want[kind] || r.Probability != nil || r.Call != nil {
			t.Errorf("%s: row %+v", kind, r)
		}
		if len(r.Reason) < 20 || strings.Contains(r.Reason, "\n") || strings.Contains(r.Reason, "goroutine") {
			t.Errorf("%s: the reason is %q", kind, r.Reason)
		}
		t.Logf("%s: %s: %s", kind, r.Status, r.Reason)
	}
}

func TestABadFileDoesNotStopTheOthers(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	rows := predictRows(t, exitFailed, film, badInput(t)["text"], film)
	if rows[0].Status != reading.StatusOK || rows[1].Status != reading.StatusError || rows[2].Status != reading.StatusOK {
		t.Errorf("rows %+v", rows)
	}
	if *rows[0].Probability != *rows[2].Probability {
		t.Errorf("the same film got %v and %v", *rows[0].Probability, *rows[2].Probability)
	}
}

func TestWrongUsageExitsWithTwo(t *testing.T) {
	for _, args := range [][]string{
		{"predict"},
		{"predict", "--jsn", "x"},
		{"render", "x.dcm"},
		{"render"},
		{"pixels", "a", "b"},
		{"log", "--format", "xml"},
		{"model", "extra"},
		{"--wrong"},
	} {
		if got := pneumolight(t, nil, args...); got.code != exitUsage || got.stderr == "" {
			t.Errorf("%v: exit code %d, stderr %q", args, got.code, got.stderr)
		}
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, name := range []string{"predict", "render", "pixels", "log", "model", "report", "export"} {
		got := pneumolight(t, nil, name, "--help")
		if got.code != exitDone || !strings.Contains(got.stdout, "pneumolight "+name) {
			t.Errorf("%s --help: exit code %d, %q", name, got.code, got.stdout)
		}
	}
}

func TestRenderWritesTheFilmAndTheOverlay(t *testing.T) {
	dir := t.TempDir()
	film := testdata.Film(t, testdata.Chest)
	for _, args := range [][]string{
		{"render", film, "--out", filepath.Join(dir, "film.png")},
		{"render", film, "--overlay", "--out", filepath.Join(dir, "overlay.png")},
	} {
		if got := pneumolight(t, nil, args...); got.code != exitDone {
			t.Fatalf("%v: exit code %d, %s", args, got.code, got.stderr)
		}
	}
	plain, overlay := readPNG(t, filepath.Join(dir, "film.png")), readPNG(t, filepath.Join(dir, "overlay.png"))
	if plain.Bounds() != overlay.Bounds() {
		t.Errorf("the film is %v, the overlay %v", plain.Bounds(), overlay.Bounds())
	}
	dark, bright := 255, 0
	for y := 0; y < plain.Bounds().Dy(); y += 7 {
		for x := 0; x < plain.Bounds().Dx(); x += 7 {
			g := int(color.GrayModel.Convert(plain.At(x, y)).(color.Gray).Y)
			dark, bright = min(dark, g), max(bright, g)
		}
	}
	if dark > 20 || bright < 200 {
		t.Errorf("the film's greys go from %d to %d", dark, bright)
	}
	info, err := os.Stat(filepath.Join(dir, "film.png"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v", info.Mode(), err)
	}
}

func readPNG(t *testing.T, path string) image.Image {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestPixelsEqualDCMTKs(t *testing.T) {
	if _, err := exec.LookPath("dcm2pnm"); err != nil {
		t.Skip("DCMTK's dcm2pnm is not installed")
	}
	film := testdata.Film(t, testdata.Chest)
	ours := filepath.Join(t.TempDir(), "stored.pgm")
	if got := pneumolight(t, nil, "pixels", film, "--out", ours); got.code != exitDone {
		t.Fatal(got.stderr)
	}
	data, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("P5\n")) {
		t.Fatalf("the file starts with %q", data[:16])
	}
	raw := filepath.Join(t.TempDir(), "dump")
	if err := os.Mkdir(raw, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("dcmdump", "+W", raw, film).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dumped, err := filepath.Glob(filepath.Join(raw, "*.raw"))
	if err != nil || len(dumped) == 0 {
		t.Fatalf("dcmdump wrote %v, error %v", dumped, err)
	}
	want, err := os.ReadFile(dumped[len(dumped)-1])
	if err != nil {
		t.Fatal(err)
	}
	got := data[len(data)-len(want):]
	for k := 0; k < len(want); k += 2 {
		if got[k] != want[k+1] || got[k+1] != want[k] {
			t.Fatalf("pixel %d is %x%x, DCMTK's %x%x", k/2, got[k], got[k+1], want[k+1], want[k])
		}
	}
}

func TestModelDescribesItself(t *testing.T) {
	got := pneumolight(t, nil, "model", "--json")
	var described struct {
		Name, Version, SHA256, Licence, Data string
		Parameters, MACs                     int64
		Threshold                            float64
		Input                                struct{ Width, Height int }
	}
	if err := json.Unmarshal([]byte(got.stdout), &described); err != nil {
		t.Fatalf("%v in %q, %s", err, got.stdout, got.stderr)
	}
	if described.Name == "" || described.Version == "" || len(described.SHA256) != 64 || described.Licence == "" ||
		described.Data == "" || described.Parameters == 0 || described.MACs == 0 || described.Threshold == 0 ||
		described.Input.Width == 0 {
		t.Errorf("described as %+v", described)
	}
	if text := pneumolight(t, nil, "model"); text.code != exitDone || !strings.Contains(text.stdout, described.SHA256) {
		t.Errorf("as text: %q %s", text.stdout, text.stderr)
	}
}

func TestLogIsEmptyAtFirst(t *testing.T) {
	db := filepath.Join(t.TempDir(), "cases.db")
	got := pneumolight(t, nil, "log", "--format", "csv", "--db", db)
	if got.code != exitDone || strings.Count(got.stdout, "\n") != 1 || !strings.HasPrefix(got.stdout, "film_sha256,") {
		t.Errorf("exit code %d, %q, %s", got.code, got.stdout, got.stderr)
	}
	if _, err := os.Stat(db); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("to print it has made one: %v", err)
	}
}

// library compiles a shared library that stands in for ONNX Runtime.
func library(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	code, built := filepath.Join(dir, "stand-in.c"), filepath.Join(dir, "stand-in.so")
	if err := os.WriteFile(code, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-shared", "-fPIC", "-o", built, code).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return built
}

func TestWithoutAFittingRuntimeTheProgramSaysWhatToDo(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	// OrtGetApiBase of a runtime that does not know the API asked for.
	old := library(t, `
		static const void *get_api(unsigned version) { return 0; }
		static const char *get_version(void) { return "1.10.0"; }
		static const struct { const void *(*api)(unsigned); const char *(*version)(void); } base = { get_api, get_version };
		const void *OrtGetApiBase(void) { return &base; }`)
	foreign := library(t, `int nothing(void) { return 0; }`)
	text := filepath.Join(t.TempDir(), "libonnxruntime.so")
	if err := os.WriteFile(text, []byte("not a library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/nowhere/libonnxruntime.so": "was not found",
		old:                          "too old",
		foreign:                      "not an ONNX Runtime library",
		text:                         "could not be loaded",
	} {
		got := pneumolight(t, []string{"PNEUMOLIGHT_ORT=" + path}, "predict", film)
		if got.code != exitFailed || !strings.Contains(got.stderr, want) ||
			!strings.Contains(got.stderr, path) || !strings.Contains(got.stderr, "make runtime") {
			t.Errorf("%s: exit code %d, %q", path, got.code, got.stderr)
		}
		// Films are still shown.
		out := filepath.Join(t.TempDir(), "film.png")
		if got := pneumolight(t, []string{"PNEUMOLIGHT_ORT=" + path}, "render", film, "--out", out); got.code != exitDone {
			t.Errorf("%s: render without a runtime: %s", path, got.stderr)
		}
	}
	home := t.TempDir()
	got := pneumolight(t, []string{"PNEUMOLIGHT_ORT=", "XDG_CACHE_HOME=" + home}, "predict", film)
	if got.code != exitFailed || !strings.Contains(got.stderr, home) {
		t.Errorf("an empty cache: exit code %d, %q", got.code, got.stderr)
	}
}

func TestAModelFileOfAnotherKindIsRefused(t *testing.T) {
	text := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(text, []byte("not a model"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := pneumolight(t, nil, "model", "--model", text)
	if got.code != exitFailed || !strings.Contains(got.stderr, text) || !strings.Contains(got.stderr, "not a Pneumolight model") {
		t.Errorf("exit code %d, %q", got.code, got.stderr)
	}
}

func TestThePapersNetworkIsASecondModel(t *testing.T) {
	film := testdata.Film(t, testdata.Chest)
	shipped := predictRows(t, exitDone, film)[0]
	got := pneumolight(t, nil, "model", "--json", "--model", ui.PaperModel)
	var described struct {
		SHA256     string `json:"sha256"`
		Parameters int    `json:"parameters"`
	}
	if err := json.Unmarshal([]byte(got.stdout), &described); err != nil || got.code != exitDone {
		t.Fatalf("ended with %d, error %v: %s", got.code, err, got.stderr)
	}
	// 3.455 million after the paper, within half a percent.
	if described.SHA256 == shipped.Model.SHA256 || described.Parameters < 3_437_000 || described.Parameters > 3_473_000 {
		t.Errorf("the second model is %+v", described)
	}
	// A file of that name is a file like any other.
	if got := pneumolight(t, nil, "model", "--model", "./"+ui.PaperModel); got.code != exitFailed {
		t.Errorf("a file that is not there ended with %d", got.code)
	}
}
