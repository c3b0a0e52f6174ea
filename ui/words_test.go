package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/render"
	"pneumolight/report"
	"pneumolight/triage"
)

// usedTexts are all texts that the window hands to the translation: literals
// in the calls that translate, and the tables of texts that are translated
// where they are shown.
func usedTexts(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	for _, pattern := range []string{"*.go", "lightbox/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			collect(t, file, used)
		}
	}
	for _, a := range Actions() {
		used[a.Group], used[a.Text] = true, true
	}
	for _, name := range windowNames {
		used[name] = true
	}
	used[triage.Notice] = true
	for _, call := range []inference.Call{inference.CallNormal, inference.CallPneumonia} {
		used[render.NoRegion(call)] = true
	}
	for _, text := range append(report.PrefillTexts(), fyneTexts...) {
		used[text] = true
	}
	for _, size := range sizes {
		used[size.name] = true
	}
	for _, p := range palettes {
		used[p.name] = true
	}
	return used
}

// fyneTexts are those of Fyne's own dialogues and menus. Fyne has them in
// Chinese, but not where the reader chose Chinese on a desktop in English.
var fyneTexts = []string{
	"Advanced", "Cancel", "Confirm", "Copy", "Create Folder", "Cut", "Enter filename", "Error", "Favourites", "File", "Folder",
	"New Folder", "No", "OK", "Open", "Paste", "Quit", "Redo", "Save", "Select all", "Show Hidden Files", "Undo", "Yes",
	"file.name", "file.parent",
}

// codedTexts are the keys of what the domain packages say by a code. In
// English it is their own sentence.
func codedTexts() []string {
	var keys []string
	for _, code := range dicomio.FailureCodes() {
		keys = append(keys, "error."+code)
	}
	for _, code := range filmCauses {
		keys = append(keys, "error."+code)
	}
	for _, known := range faultCodes {
		keys = append(keys, "error."+known.code)
	}
	for _, code := range libraryCodes {
		keys = append(keys, "error."+code)
	}
	for _, code := range dicomio.WarningCodes() {
		keys = append(keys, "warning."+code)
	}
	return keys
}

func TestEveryCodeHasAText(t *testing.T) {
	for _, l := range languages {
		texts := translation(t, l.code)
		keys := codedTexts()
		for _, key := range keys {
			if texts[key] == "" {
				t.Errorf("%s lacks %s", l.name, key)
			}
		}
		for key := range texts {
			if (strings.HasPrefix(key, "error.") || strings.HasPrefix(key, "warning.")) && !slices.Contains(keys, key) {
				t.Errorf("%s translates %s, which is no code", l.name, key)
			}
		}
	}
}

// collect finds the first arguments of tr and of a lightbox's text.
func collect(t *testing.T, file *ast.File, used map[string]bool) {
	t.Helper()
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		translates := false
		switch f := call.Fun.(type) {
		case *ast.Ident:
			translates = f.Name == "tr"
		case *ast.SelectorExpr:
			x, ok := f.X.(*ast.Ident)
			translates = ok && f.Sel.Name == "text" && x.Name == "l"
		}
		if !translates {
			return true
		}
		if literal, ok := call.Args[0].(*ast.BasicLit); ok {
			text, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			used[text] = true
		}
		return true
	})
}

func translation(t *testing.T, code string) map[string]string {
	t.Helper()
	data, err := translations.ReadFile("translation/" + code + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

var placeholder = regexp.MustCompile(`{{[^}]*}}`)

func TestEveryLanguageHasEveryText(t *testing.T) {
	used := usedTexts(t)
	if len(used) < 100 {
		t.Fatalf("only %d texts were found in the source", len(used))
	}
	for _, l := range languages {
		texts := translation(t, l.code)
		for _, text := range slices.Sorted(maps.Keys(used)) {
			translated, there := texts[text]
			if !there || translated == "" {
				t.Errorf("%s lacks %q", l.name, text)
				continue
			}
			want, got := placeholder.FindAllString(text, -1), placeholder.FindAllString(translated, -1)
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) {
				t.Errorf("%s: %q has the placeholders %v, not %v", l.name, translated, got, want)
			}
		}
		for text := range texts {
			if !used[text] && !strings.HasPrefix(text, "reason.") && !slices.Contains(codedTexts(), text) {
				t.Errorf("%s translates %q, which is nowhere used", l.name, text)
			}
		}
	}
}
