package inference

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// RuntimeVersion is the release of ONNX Runtime that Pneumolight is built and
// tested with. `make` unpacks this one.
const RuntimeVersion = "1.24.1"

// LibraryVariable is the environment variable that names another ONNX Runtime
// library.
const LibraryVariable = "PNEUMOLIGHT_ORT"

// LibraryProblem says what is wrong with ONNX Runtime's library.
type LibraryProblem string

// What can be wrong with ONNX Runtime's library.
const (
	LibraryMissing LibraryProblem = "missing"
	LibraryOld     LibraryProblem = "too old"
	LibraryForeign LibraryProblem = "not ONNX Runtime"
	LibraryBroken  LibraryProblem = "cannot be loaded"
)

// LibraryError says that films can be shown but not analysed, because ONNX
// Runtime could not be loaded, and how to get it.
type LibraryError struct {
	Problem LibraryProblem
	// Path is the library that was tried, or the first place looked in.
	Path string
	// Looked lists every place that was looked in, for LibraryMissing.
	Looked []string
	// Err is the loader's own error; nil for LibraryMissing.
	Err error
}

func (e *LibraryError) Error() string {
	remedy := fmt.Sprintf("run `make runtime` in Pneumolight's folder, or set %s to a libonnxruntime of version %s or newer",
		LibraryVariable, RuntimeVersion)
	switch e.Problem {
	case LibraryMissing:
		return fmt.Sprintf("ONNX Runtime was not found (looked for %s), so films cannot be analysed: %s",
			strings.Join(e.Looked, ", "), remedy)
	case LibraryOld:
		return fmt.Sprintf("the ONNX Runtime in %s is too old, so films cannot be analysed: %s", e.Path, remedy)
	case LibraryForeign:
		return fmt.Sprintf("%s is not an ONNX Runtime library, so films cannot be analysed: %s", e.Path, remedy)
	default:
		return fmt.Sprintf("ONNX Runtime in %s could not be loaded, so films cannot be analysed (%v): %s", e.Path, e.Err, remedy)
	}
}

func (e *LibraryError) Unwrap() error { return e.Err }

// libraryName is the file's name in the package that carries it.
func libraryName() string {
	switch runtime.GOOS {
	case "windows":
		return "onnxruntime.dll"
	case "darwin":
		return "libonnxruntime." + RuntimeVersion + ".dylib"
	default:
		return "libonnxruntime.so.1"
	}
}

// FindLibrary returns the path of ONNX Runtime's library: the one that
// LibraryVariable names, else the one beside the program, else the one in the
// user's cache. The error is a *LibraryError with every place looked in.
func FindLibrary() (string, error) {
	if named := os.Getenv(LibraryVariable); named != "" {
		return firstFile(named)
	}
	var places []string
	if program, err := os.Executable(); err == nil {
		places = append(places, filepath.Join(filepath.Dir(program), libraryName()))
	}
	if cache, err := os.UserCacheDir(); err == nil {
		places = append(places, filepath.Join(cache, "pneumolight", "onnxruntime-"+RuntimeVersion, libraryName()))
	}
	return firstFile(places...)
}

func firstFile(places ...string) (string, error) {
	for _, place := range places {
		if info, err := os.Stat(place); err == nil && info.Mode().IsRegular() {
			return place, nil
		}
	}
	missing := &LibraryError{Problem: LibraryMissing, Looked: places}
	if len(places) > 0 {
		missing.Path = places[0]
	}
	return "", missing
}

// environment serialises ONNX Runtime's own process-wide initialisation.
var environment sync.Mutex

// load makes ONNX Runtime ready. The first library that loads serves the
// whole process; after a failure another one can be tried.
func load(path string) error {
	environment.Lock()
	defer environment.Unlock()
	if ort.IsInitialized() {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return &LibraryError{Problem: LibraryMissing, Path: path, Looked: []string{path}}
	}
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return libraryError(path, err)
	}
	// Nothing leaves the machine: ONNX Runtime's Windows build reports usage
	// unless told not to.
	if err := ort.DisableTelemetry(); err != nil {
		return &LibraryError{Problem: LibraryBroken, Path: path, Err: err}
	}
	return nil
}

// libraryError tells the loader's messages apart; they are all that it gives.
func libraryError(path string, err error) *LibraryError {
	problem := LibraryBroken
	switch text := err.Error(); {
	case strings.Contains(text, "Error looking up OrtGetApiBase"):
		problem = LibraryForeign
	case strings.Contains(text, "Error setting ORT API base"):
		problem = LibraryOld
	}
	return &LibraryError{Problem: problem, Path: path, Err: err}
}
