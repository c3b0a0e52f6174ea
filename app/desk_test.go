package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pneumolight/testdata"
)

// again starts the program while its window is open, in another folder, as a
// file manager does for a double click.
func (d *desktop) again(home, folder string, args ...string) {
	d.Helper()
	executable, err := os.Executable()
	if err != nil {
		d.Fatal(err)
	}
	second := exec.Command(executable, args...)
	second.Env, second.Dir = d.environment(home), folder
	if output, err := second.CombinedOutput(); err != nil || len(output) > 0 {
		d.Fatalf("the second start ended with %v and said %q", err, output)
	}
}

func TestADoubleClickOpensTheFilmInTheOpenWindow(t *testing.T) {
	d := newDesktop(t)
	home, err := os.MkdirTemp("", "home") // short: a socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	db := filepath.Join(home, "cases.db")
	first := d.start(home, "--db", db, testdata.Film(t, testdata.Chest))

	next := testdata.Film(t, testdata.PET)
	d.again(home, filepath.Dir(next), "--db", db, filepath.Base(next))
	d.until("the open window shows the other film", func() bool {
		return d.window("1.dcm") != 0
	})
	d.again(home, home, "--db", db)

	// A window that crashed is in nobody's way.
	if err := first.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.ended
	second := d.start(home, "--db", db, next)

	// Another log is another window.
	third := d.start(home, "--db", filepath.Join(home, "other.db"), testdata.Film(t, testdata.Chest))
	d.until("there are two windows", func() bool {
		return d.window("4.dcm") != 0 && d.window("1.dcm") != 0
	})
	d.close(third)
	d.close(second)
}
