package main

import (
	"image"
	"os"
	"path/filepath"
	"testing"
)

// TestTheDocumentsPictures takes the pictures of docs/reading-room.md.
func TestTheDocumentsPictures(t *testing.T) {
	if os.Getenv(screenshotsVariable) == "" {
		t.Skip("no pictures are asked for: `make screenshots` does")
	}
	d := newDesktop(t)
	t.Run("compared and measured", func(t *testing.T) {
		d := d.of(t)
		p := d.startOnTwoFilms("{}", "Example^Erik")
		one := d.settled()
		d.key("v")
		d.changed("the prior is beside the film", one, filmRegion, 5)
		d.screenshot("compared")
		d.key("v")
		d.returned("the prior is taken away", one, filmRegion, 0.1)
		d.key("h", "l")
		d.drag(image.Pt(452, 220), image.Pt(540, 400))
		d.key("c")
		d.drag(image.Pt(577, 455), image.Pt(792, 455))
		d.drag(image.Pt(366, 490), image.Pt(872, 490))
		d.point(aside)
		d.settled()
		d.screenshot("measured")
		d.quit(p)
	})
	t.Run("read first", func(t *testing.T) {
		d := d.of(t)
		p := d.startOnTwoFilms(`{"blind": true}`, "Example^Erik")
		d.settled()
		d.screenshot("blind")
		d.quit(p)
	})
	t.Run("in Chinese", func(t *testing.T) {
		d := d.of(t)
		p := d.startOnTwoFilms(`{"language": "zh-Hans"}`, "Wang^Xiaoming=王^小明")
		d.settled()
		d.screenshot("chinese")
		d.quit(p)
	})
	t.Run("keys", func(t *testing.T) {
		d := d.of(t)
		p := d.startOnTwoFilms("{}", "Example^Erik")
		one := d.settled()
		d.key("?")
		d.changed("the keys are listed", one, filmRegion, 5)
		d.screenshot("keys")
		d.close(p)
	})
}

// aside is where the pointer is in nothing's way.
var aside = image.Pt(1120, 680)

// startOnTwoFilms opens two films of a patient with the preferences that a
// reader has chosen, and waits until they are on the screen and in the list.
func (d *desktop) startOnTwoFilms(preferences, name string) *program {
	d.Helper()
	p := d.startWithoutList(preferences, name)
	d.until("the thumbnails are made", func() bool { return bright(d.screenshot(""), thumbnailRegion) > 0.1 })
	return p
}

// startWithoutList is the same in a window that has no room for the list.
func (d *desktop) startWithoutList(preferences, name string) *program {
	d.Helper()
	home, err := os.MkdirTemp("", "home") // short: a socket lies in it
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { os.RemoveAll(home) })
	films, kept := filepath.Join(home, "films"), filepath.Join(home, "config", "fyne", appID)
	for _, folder := range []string{films, kept} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			d.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(kept, "preferences.json"), []byte(preferences), 0o600); err != nil {
		d.Fatal(err)
	}
	writeTwoFilms(d, filepath.Join(films, "1.dcm"), filepath.Join(films, "2.dcm"), name)
	d.point(aside)
	p := d.start(home, "--db", filepath.Join(home, "cases.db"), films)
	d.until("the film is shown", func() bool { return bright(d.screenshot(""), filmRegion) > 0.2 })
	return p
}

// thumbnailRegion is where the second film's thumbnail stands in the worklist.
var thumbnailRegion = image.Rect(4, 290, 52, 338)
