package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The desktop's own checker has the last word on what is installed for it.
func TestTheDesktopUnderstandsItsFile(t *testing.T) {
	checker, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Skip("desktop-file-validate is not installed")
	}
	if out, err := exec.Command(checker, "../packaging/"+appID+".desktop").CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}

func TestInstallPutsEverythingInPlaceAndUninstallTakesItAway(t *testing.T) {
	if _, err := os.Stat("../bin/pneumolight"); err != nil {
		t.Skip("the program is not built: make build")
	}
	root := t.TempDir()
	run := func(what string) {
		command := exec.Command("../setup/install.sh", what, "/usr")
		command.Env = append(os.Environ(), "DESTDIR="+root)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	run("install")
	program, err := filepath.EvalSymlinks(filepath.Join(root, "usr/bin/pneumolight"))
	if err != nil {
		t.Fatal(err)
	}
	// Beside its library, it needs nothing of the user's.
	command := exec.Command(program, "model")
	command.Env = []string{"HOME=" + t.TempDir()}
	out, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "threshold") {
		t.Errorf("installed, it says %v: %s", err, out)
	}
	run("uninstall")
	err = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			t.Errorf("%s is left behind", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
