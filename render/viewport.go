package render

import (
	"encoding/binary"
	"image"
	"math"

	"pneumolight/dicomio"
)

// Viewport paints one film at a screen's size. It keeps the resampled film,
// so that a change of window or opacity is a table lookup for each pixel on
// the screen, however large the film is. It is for one goroutine.
type Viewport struct {
	film *dicomio.Film
	// planes are the film's one channel, or a colour picture's three.
	planes []plane

	key      geometry
	rect     image.Rectangle // where the film lies in the viewport
	seen     [][]uint16      // the planes at the screen's size, rect only
	turned   []uint16
	heat     *Heat
	heatKey  geometry
	heatSeen []uint8
	tints    [256]tint
	opacity  float64
	picture  *image.RGBA
}

// geometry is what a resampled film depends on.
type geometry struct {
	view          View
	width, height int
	draft         bool
}

// Layers say how a film is painted.
type Layers struct {
	// Greys maps stored values to the screen's grey (see Greys). Colour
	// pictures need none.
	Greys []uint8
	// Inverted inverts a colour picture; a grey film's table has it.
	Inverted bool
	// Heat is laid over the film with Opacity, 0 to 1; nil lays nothing.
	Heat    *Heat
	Opacity float64
	// WithoutMarks leaves out the graphics that the file itself lays over
	// the film.
	WithoutMarks bool
	// Draft allows a quicker, coarser reduction while the view moves.
	Draft bool
}

// NewViewport prepares a film to be painted.
func NewViewport(film *dicomio.Film) *Viewport {
	v := &Viewport{film: film, opacity: -1}
	if !film.IsColour() {
		v.planes = []plane{{film.Width, film.Height, film.Stored}}
		return v
	}
	for c := range 3 {
		p := plane{film.Width, film.Height, make([]uint16, film.Width*film.Height)}
		for k := range p.values {
			p.values[k] = uint16(film.Colour[4*k+c])
		}
		v.planes = append(v.planes, p)
	}
	return v
}

// Paint paints the film on black at width×height device pixels. The picture
// is reused by the next Paint.
func (v *Viewport) Paint(view View, width, height int, layers Layers) *image.RGBA {
	if view.Aspect <= 0 {
		view.Aspect = aspect(v.film)
	}
	if v.picture == nil || v.picture.Rect.Dx() != width || v.picture.Rect.Dy() != height {
		v.picture = image.NewRGBA(image.Rect(0, 0, width, height))
	}
	if !(view.Scale > 0) || width < 1 || height < 1 {
		v.blacken(image.Rectangle{})
		return v.picture
	}
	key := geometry{view, width, height, layers.Draft}
	if key != v.key {
		v.look(key)
		v.key = key
	}
	v.blacken(v.rect)
	if layers.Heat != nil {
		v.warm(layers.Heat, key)
		if layers.Opacity != v.opacity {
			v.tints, v.opacity = tints(layers.Opacity), layers.Opacity
		}
	}
	v.paint(layers)
	if !layers.WithoutMarks {
		v.mark(view, width, height)
	}
	return v.picture
}

// Another is a second viewport on the same film, such as for a magnifier.
func (v *Viewport) Another() *Viewport {
	return &Viewport{film: v.film, planes: v.planes, opacity: -1}
}

// look resamples the film for a geometry.
func (v *Viewport) look(key geometry) {
	x, y, swapped := key.view.axes(key.width, key.height)
	across, down := x, y
	acrossSize, downSize := v.film.Width, v.film.Height
	if swapped {
		across, down = y, x
		acrossSize, downSize = downSize, acrossSize
	}
	v.rect.Min.X, v.rect.Max.X = across.span(key.width, float64(acrossSize))
	v.rect.Min.Y, v.rect.Max.Y = down.span(key.height, float64(downSize))
	w, h := v.rect.Dx(), v.rect.Dy()
	if len(v.seen) != len(v.planes) {
		v.seen = make([][]uint16, len(v.planes))
	}
	for c, p := range v.planes {
		if cap(v.seen[c]) < w*h {
			v.seen[c] = make([]uint16, w*h)
		}
		v.seen[c] = v.seen[c][:w*h]
		if !swapped {
			kx := newKernel(x, v.rect.Min.X, w, p.width, key.draft)
			ky := newKernel(y, v.rect.Min.Y, h, p.height, key.draft)
			resample(p, kx, ky, v.seen[c])
			continue
		}
		kx := newKernel(x, v.rect.Min.Y, h, p.width, key.draft)
		ky := newKernel(y, v.rect.Min.X, w, p.height, key.draft)
		if cap(v.turned) < w*h {
			v.turned = make([]uint16, w*h)
		}
		v.turned = v.turned[:w*h]
		resample(p, kx, ky, v.turned)
		transpose(v.turned, h, v.seen[c])
	}
}

// transpose turns rows of width columns into columns.
func transpose(in []uint16, width int, out []uint16) {
	if width == 0 {
		return
	}
	height := len(in) / width
	parallel(width, func(from, to int) {
		for r := from; r < to; r++ {
			row := out[r*height : (r+1)*height]
			for c := range row {
				row[c] = in[c*width+r]
			}
		}
	})
}

// warm resamples the heat map for a geometry.
func (v *Viewport) warm(h *Heat, key geometry) {
	key.draft = false
	if h == v.heat && key == v.heatKey && len(v.heatSeen) == v.rect.Dx()*v.rect.Dy() {
		return
	}
	x, y, swapped := key.view.axes(key.width, key.height)
	toX := float64(h.local.width) / float64(v.film.Width)
	toY := float64(h.local.height) / float64(v.film.Height)
	x, y = axis{x.origin * toX, x.step * toX}, axis{y.origin * toY, y.step * toY}
	if size := v.rect.Dx() * v.rect.Dy(); cap(v.heatSeen) < size {
		v.heatSeen = make([]uint8, size)
	} else {
		v.heatSeen = v.heatSeen[:size]
	}
	h.paint(x, y, swapped, v.rect, contourLine(v.rect), v.heatSeen)
	v.heat, v.heatKey = h, key
}

// contourLine is how many pixels thick a contour has to be in a picture so
// large that it is still a thin line when the whole is looked at.
func contourLine(rect image.Rectangle) int {
	return max(2, int(math.Round(float64(min(rect.Dx(), rect.Dy()))/500)))
}

// blacken paints everything but the film's rectangle black.
func (v *Viewport) blacken(film image.Rectangle) {
	width, height := v.picture.Rect.Dx(), v.picture.Rect.Dy()
	for r := range height {
		row := v.picture.Pix[r*v.picture.Stride : r*v.picture.Stride+4*width]
		if r < film.Min.Y || r >= film.Max.Y || film.Empty() {
			black(row)
			continue
		}
		black(row[:4*film.Min.X])
		black(row[4*film.Max.X:])
	}
}

func black(pixels []uint8) {
	for k := 0; k+4 <= len(pixels); k += 4 {
		binary.LittleEndian.PutUint32(pixels[k:], 0xFF000000)
	}
}

// paint looks every pixel up in the table and lays the heat over it.
func (v *Viewport) paint(layers Layers) {
	w := v.rect.Dx()
	parallel(v.rect.Dy(), func(from, to int) {
		for r := from; r < to; r++ {
			start := v.picture.PixOffset(v.rect.Min.X, v.rect.Min.Y+r)
			row := v.picture.Pix[start : start+4*w]
			if len(v.planes) == 1 {
				greyRow(v.seen[0][r*w:(r+1)*w], layers.Greys, row)
			} else {
				v.colourRow(r*w, layers.Inverted, row)
			}
			if layers.Heat != nil {
				v.heatRow(v.heatSeen[r*w:(r+1)*w], row)
			}
		}
	})
}

func greyRow(values []uint16, greys, row []uint8) {
	if len(greys) == 0 {
		black(row)
		return
	}
	last := uint16(len(greys) - 1)
	for c, value := range values {
		g := uint32(greys[min(value, last)])
		binary.LittleEndian.PutUint32(row[4*c:], 0xFF000000|g<<16|g<<8|g)
	}
}

func (v *Viewport) colourRow(start int, inverted bool, row []uint8) {
	flip := uint8(0)
	if inverted {
		flip = 255
	}
	for c := 0; c < len(row)/4; c++ {
		row[4*c] = uint8(v.seen[0][start+c]) ^ flip
		row[4*c+1] = uint8(v.seen[1][start+c]) ^ flip
		row[4*c+2] = uint8(v.seen[2][start+c]) ^ flip
		row[4*c+3] = 255
	}
}

func (v *Viewport) heatRow(values, row []uint8) {
	for c, value := range values {
		if value == heatNone {
			continue
		}
		p := row[4*c : 4*c+3]
		p[0], p[1], p[2] = v.tints[value].over(p[0], p[1], p[2])
	}
}
