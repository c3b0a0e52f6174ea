package report

import (
	"bytes"
	"image"
	"image/png"

	"golang.org/x/image/draw"

	"pneumolight/render"
)

// overlayOpacity is how strongly the heat map covers the film.
const overlayOpacity = 0.5

// pictureSide is the longest side of a film's picture on a page, in pixels:
// half of an A4 page's width at some 300 to the inch.
const pictureSide = 1100

// pictures are the film, and the film with the heat map over it, as a page
// shows them. With is nil where there is no result.
func (r *Report) pictures() (film, with *image.RGBA) {
	if r.source == nil {
		return nil, nil
	}
	film = shrink(render.Film(r.source, r.source.DefaultWindow()), pictureSide)
	if r.Result == nil {
		return film, nil
	}
	with = image.NewRGBA(film.Rect)
	copy(with.Pix, film.Pix)
	render.Overlay(with, r.prediction.Map, render.RegionThreshold, overlayOpacity)
	return film, with
}

// shrink makes a picture's longest side at most side.
func shrink(picture *image.RGBA, side int) *image.RGBA {
	w, h := picture.Rect.Dx(), picture.Rect.Dy()
	long := max(w, h)
	if long <= side {
		return picture
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, w*side/long), max(1, h*side/long)))
	draw.CatmullRom.Scale(small, small.Rect, picture, picture.Rect, draw.Src, nil)
	return small
}

// encoded is a picture as a PNG; a picture without colour as a grey one.
func encoded(picture *image.RGBA) ([]byte, error) {
	var out bytes.Buffer
	var source image.Image = picture
	if grey, ok := greyOnly(picture); ok {
		source = grey
	} else {
		source = opaque{picture}
	}
	err := png.Encode(&out, source)
	return out.Bytes(), err
}

// opaque tells the encoder without a look at each pixel that none is
// transparent, which a PDF/A page must not need.
type opaque struct{ *image.RGBA }

func (opaque) Opaque() bool { return true }

func greyOnly(picture *image.RGBA) (*image.Gray, bool) {
	grey := image.NewGray(picture.Rect)
	for y := range picture.Rect.Dy() {
		row := picture.Pix[y*picture.Stride : y*picture.Stride+4*picture.Rect.Dx()]
		for x := range picture.Rect.Dx() {
			red, green, blue := row[4*x], row[4*x+1], row[4*x+2]
			if red != green || green != blue {
				return nil, false
			}
			grey.Pix[y*grey.Stride+x] = red
		}
	}
	return grey, true
}
