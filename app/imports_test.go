package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of the project's packages each one may import, and
// onlyIn which packages alone may import a module. A package that is missing
// here fails the test: its place has to be decided.
var (
	mayImport = map[string][]string{
		"app":           {"ui", "report", "deidentify", "screening", "triage", "reading", "render", "inference", "dicomio", "store", "assets", "evaluation", "handover"},
		"ui":            {"screening", "triage", "report", "deidentify", "reading", "render", "inference", "dicomio", "store"},
		"screening":     {"reading", "inference", "dicomio", "store"},
		"triage":        {},
		"report":        {"dicomwrite", "reading", "render", "inference", "dicomio", "store"},
		"deidentify":    {"dicomwrite", "dicomio"},
		"dicomwrite":    {"dicomio"},
		"reading":       {"inference", "dicomio", "store"},
		"render":        {"inference", "dicomio"},
		"inference":     {"dicomio"},
		"dicomio":       {"dicomio/codec"},
		"dicomio/codec": {},
		"store":         {},
		"assets":        {},
		"handover":      {},
		"evaluation":    {},
	}
	onlyIn = map[string][]string{
		"fyne.io/fyne/v2/app":             {"app"},
		"fyne.io/":                        {"app", "ui"},
		"github.com/go-gl/glfw/":          {"app"},
		"github.com/yalue/onnxruntime_go": {"inference"},
		"github.com/mattn/go-sqlite3":     {"store"},
		"github.com/suyashkumar/dicom":    {"dicomio"},
		"codeberg.org/go-pdf/fpdf":        {"report"},
	}
)

// under reports whether a package is the named one or lies below it.
func under(name, parent string) bool {
	return name == parent || strings.HasPrefix(name, parent+"/")
}

func TestImportsGoOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "pneumolight/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var listed struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&listed); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		checkImports(t, strings.TrimPrefix(listed.ImportPath, "pneumolight/"), listed.Imports)
	}
	if seen < len(mayImport) {
		t.Errorf("%d packages were listed, %d are known", seen, len(mayImport))
	}
}

func checkImports(t *testing.T, name string, imports []string) {
	t.Helper()
	// The deepest known parent decides for a package.
	place := ""
	for known := range mayImport {
		if under(name, known) && len(known) > len(place) {
			place = known
		}
	}
	if place == "" {
		t.Errorf("%s has no place in mayImport", name)
		return
	}
	for _, path := range imports {
		if ours, ok := strings.CutPrefix(path, "pneumolight/"); ok {
			if !under(ours, place) && !slices.ContainsFunc(mayImport[place], func(allowed string) bool { return under(ours, allowed) }) {
				t.Errorf("%s imports %s", name, ours)
			}
		}
		for module, places := range onlyIn {
			if strings.HasPrefix(path, module) && !slices.ContainsFunc(places, func(p string) bool { return under(name, p) }) {
				t.Errorf("%s imports %s, which only %v may", name, path, places)
			}
		}
	}
}
