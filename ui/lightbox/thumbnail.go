package lightbox

import (
	"context"
	"image"
	"slices"

	"pneumolight/dicomio"
	"pneumolight/render"
)

// ThumbnailSide is the longer side of a thumbnail in pixels.
const ThumbnailSide = 96

// The bounds of what is kept and of what waits: a page of rows each, and a
// little of those next to it.
const (
	thumbnailsKept   = 64
	thumbnailsWaited = 24
)

// thumbnails are small pictures of listed films, made one at a time.
type thumbnails struct {
	made   map[string]*image.RGBA
	age    []string // the paths of made, the oldest first
	wanted []wanted // the newest last, which is made first
	failed map[string]bool
}

// wanted is a listed film that something is to be done with.
type wanted struct {
	place int
	path  string
}

// Thumbnail is a small picture of a listed film; nil where it is not made yet,
// which is then done, or where the film cannot be read.
func (l *Lightbox) Thumbnail(place int) *image.RGBA {
	if place < 0 || place >= len(l.list) {
		return nil
	}
	t := &l.thumbnails
	path := l.list[place].Path
	if picture := t.made[path]; picture != nil || t.failed[path] || l.list[place].Failed {
		return picture
	}
	t.wanted = slices.DeleteFunc(t.wanted, func(w wanted) bool { return w.path == path })
	t.wanted = append(t.wanted, wanted{place, path})
	if len(t.wanted) > thumbnailsWaited {
		t.wanted = slices.Delete(t.wanted, 0, len(t.wanted)-thumbnailsWaited)
	}
	l.nextThumbnail()
	return nil
}

// nextThumbnail makes the thumbnail that was wanted last, unless there is
// something more urgent to read.
func (l *Lightbox) nextThumbnail() {
	t := &l.thumbnails
	if l.Busy(TaskThumbnail) || l.Busy(TaskRead) || l.Busy(TaskAhead) || len(t.wanted) == 0 {
		return
	}
	next := t.wanted[len(t.wanted)-1]
	t.wanted = t.wanted[:len(t.wanted)-1]
	l.start(TaskThumbnail, "", func(ctx context.Context) func() {
		film, err := l.services.Films.Read(ctx, next.path, 1)
		var picture *image.RGBA
		reviewed := false
		if err == nil {
			picture, reviewed = thumbnail(film), l.reviewed(ctx, film)
		}
		return func() {
			if reviewed {
				l.progress(next.place, next.path, Reviewed)
			}
			l.setFailed(next.place, next.path, err != nil)
			l.keepThumbnail(next.path, picture)
			l.nextThumbnail()
		}
	})
}

func (l *Lightbox) keepThumbnail(path string, picture *image.RGBA) {
	t := &l.thumbnails
	if t.made == nil {
		t.made, t.failed = map[string]*image.RGBA{}, map[string]bool{}
	}
	switch {
	case picture == nil:
		t.failed[path] = true
	case t.made[path] != nil:
		return
	default:
		t.made[path] = picture
		delete(t.failed, path)
		t.age = append(t.age, path)
		if len(t.age) > thumbnailsKept {
			delete(t.made, t.age[0])
			t.age = t.age[1:]
		}
	}
	l.changed(ChangedRows)
}

// thumbnail paints a film as it is first seen, small.
func thumbnail(film *dicomio.Film) *image.RGBA {
	var layers render.Layers
	if !film.IsColour() {
		layers.Greys = render.Greys(film.Table(film.DefaultWindow()), false)
	}
	view := render.View{}.Fit(film, ThumbnailSide, ThumbnailSide)
	return render.NewViewport(film).Paint(view, ThumbnailSide, ThumbnailSide, layers)
}
