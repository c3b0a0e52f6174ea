// Package testdata finds the films that the tests of several packages use. A
// test that needs one that is not here is skipped, with a message.
//
// Go's patterns (./...) leave folders of this name out, so that nothing but
// tests ever builds it.
package testdata

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// FolderVariable is the environment variable that names the folder of films
// that is not part of the project.
const FolderVariable = "PNEUMOLIGHT_DATA"

// The DICOM module's test films: a real chest film, uncompressed, of 2140×1760
// pixels, a slice of PET and two of CT.
const (
	Chest = "4.dcm"
	PET   = "1.dcm"
	CT    = "5.dcm"
)

// Film is the path of one of the test films that the DICOM module brings.
func Film(t testing.TB, name string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/suyashkumar/dicom").Output()
	if err != nil {
		t.Skip("the DICOM module's folder, which holds a chest film, can't be found: ", err)
	}
	path := filepath.Join(strings.TrimSpace(string(out)), "testdata", name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("the DICOM module's films are not here: ", err)
	}
	return path
}

// Folder is a folder among the films that lie beside the project, in
// shared/data or where FolderVariable says: dicom, kermany or nih.
func Folder(t testing.TB, name string) string {
	t.Helper()
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	var roots []string
	if named := os.Getenv(FolderVariable); named != "" {
		roots = append(roots, named)
	}
	for ; at != filepath.Dir(at); at = filepath.Dir(at) {
		roots = append(roots, filepath.Join(at, "shared", "data"))
	}
	for _, root := range roots {
		folder := filepath.Join(root, name)
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			return folder
		}
	}
	t.Skipf("the folder of films %q is not here: set %s to the folder that holds it", name, FolderVariable)
	return ""
}
