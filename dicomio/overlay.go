package dicomio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// OverlayKind says what an [Overlay] marks (PS3.3 C.9.2.1.1).
type OverlayKind string

// The kinds of overlay.
const (
	OverlayGraphics OverlayKind = "G"
	OverlayRegion   OverlayKind = "R"
)

// Overlay is a bitmap that the file lays over its film: marks, writing or the
// outline of a region (PS3.3 C.9.2). It is no part of the pixels, and never
// goes to a model.
type Overlay struct {
	Kind OverlayKind
	// Name is the file's own label or description; it may identify a person.
	Name string
	// Left and Top are the column and row of the film, from 0, that the
	// bitmap's top left pixel lies on. An overlay may reach beyond the film.
	Left, Top int
	// Width and Height are the bitmap's size in pixels of the film.
	Width, Height int
	// Bits holds a bit for every pixel, row by row without gaps, the first in
	// the lowest bit of the first byte.
	Bits []byte
}

// HasGraphics reports whether the file lays marks over the film that are shown
// with it; regions of interest are not.
func (f *Film) HasGraphics() bool {
	return slices.ContainsFunc(f.Overlays, func(o Overlay) bool { return o.Kind == OverlayGraphics })
}

// Marked yields the column and row, in the film, of every pixel that is set.
func (o *Overlay) Marked() iter.Seq2[int, int] {
	return func(yield func(x, y int) bool) {
		for at, b := range o.Bits {
			for ; b != 0; b &= b - 1 {
				i := 8*at + bits.TrailingZeros8(b)
				if i >= o.Width*o.Height || !yield(o.Left+i%o.Width, o.Top+i/o.Width) {
					return
				}
			}
		}
	}
}

// The elements of an overlay plane, in each of the groups 6000 to 601E.
const (
	firstOverlayGroup, lastOverlayGroup = 0x6000, 0x601E

	overlayRows        = 0x0010
	overlayColumns     = 0x0011
	overlayFrames      = 0x0015
	overlayDescription = 0x0022
	overlayType        = 0x0040
	overlayOrigin      = 0x0050
	overlayFirstFrame  = 0x0051
	overlayBitPosition = 0x0102
	overlayLabel       = 0x1500
	overlayData        = 0x3000
)

// readOverlays reads the overlay planes that belong to a frame, from 1. Those
// of earlier DICOM that lie in the pixels' unused bits are left out.
func readOverlays(ds *dataset, text textDecoder, frame int) (overlays []Overlay, warnings []Warning) {
	for group := firstOverlayGroup; group <= lastOverlayGroup; group += 2 {
		p := overlayPlane{ds, tagNumber(group) << 16}
		if p.find(overlayRows) == nil {
			continue
		}
		o, shown, err := p.overlay(text, frame)
		switch {
		case err != nil:
			warnings = append(warnings, warningOf(WarningOverlay, fmt.Sprintf("%04X", group), "The file's overlay %s was left out: %v.", err))
		case shown:
			overlays = append(overlays, o)
		}
	}
	return overlays, warnings
}

// overlayPlane is one group of overlay elements. They are read as they lie in
// the file: a bitmap is larger than what the DICOM module is trusted with.
type overlayPlane struct {
	ds    *dataset
	group tagNumber
}

func (p overlayPlane) find(element tagNumber) *element { return p.ds.find(p.group | element) }

// number is an element's k'th number of 16 bits.
func (p overlayPlane) number(element tagNumber, k, otherwise int) int {
	e := p.find(element)
	if e == nil || len(e.value) < 2*k+2 {
		return otherwise
	}
	return int(int16(p.ds.order.Uint16(e.value[2*k:])))
}

// overlay reads the plane, unless it belongs to other frames than the given.
func (p overlayPlane) overlay(text textDecoder, frame int) (o Overlay, shown bool, err error) {
	o = Overlay{
		Kind: OverlayGraphics,
		Top:  p.number(overlayOrigin, 0, 1) - 1, Left: p.number(overlayOrigin, 1, 1) - 1,
		Height: int(uint16(p.number(overlayRows, 0, 0))), Width: int(uint16(p.number(overlayColumns, 0, 0))),
	}
	if clean(rawText(p.find(overlayType))) == string(OverlayRegion) {
		o.Kind = OverlayRegion
	}
	for _, element := range []tagNumber{overlayLabel, overlayDescription} {
		if e := p.find(element); e != nil && o.Name == "" {
			o.Name = strings.Join(text.values(rawText(e)), " ")
		}
	}
	data := p.find(overlayData)
	switch {
	case data == nil && p.number(overlayBitPosition, 0, 0) != 0:
		return o, false, errors.New("it lies in unused bits of the pixels, as in earlier DICOM")
	case data == nil:
		return o, false, errors.New("it has no data")
	}
	size := int64(o.Width) * int64(o.Height)
	if size == 0 {
		return o, false, errors.New("it has no size")
	}
	// Without a number of frames, it belongs to every frame (C.9.2).
	before := int64(0)
	if n, err := strconv.Atoi(clean(rawText(p.find(overlayFrames)))); err == nil && n > 0 {
		k := frame - int(uint16(p.number(overlayFirstFrame, 0, 1)))
		if k < 0 || k >= n {
			return o, false, nil
		}
		before = int64(k) * size
	}
	value := data.value
	if p.ds.order == binary.BigEndian && data.vr == "OW" {
		value = swapped(value, 2)
	}
	if before+size > 8*int64(len(value)) {
		return o, false, errors.New("its data ends early")
	}
	o.Bits = bitsFrom(value, before, size)
	return o, true, nil
}

// bitsFrom copies size bits from the one at first on, which need not begin a
// byte.
func bitsFrom(value []byte, first, size int64) []byte {
	out := make([]byte, (size+7)/8)
	copy(out, value[first/8:])
	if shift := first % 8; shift > 0 {
		for i := range out {
			out[i] >>= shift
			if next := first/8 + int64(i) + 1; next < int64(len(value)) {
				out[i] |= value[next] << (8 - shift)
			}
		}
	}
	return out
}
