package dicomio

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// plane is an overlay plane of a group: rows of '#' and '.', all frames of it.
func plane(group tagNumber, origin []uint16, frames int, rows ...string) []testElement {
	width := len(rows[0])
	data := make([]byte, (len(rows)*width+15)/16*2)
	for i, c := range strings.Join(rows, "") {
		if c == '#' {
			data[i/8] |= 1 << (i % 8)
		}
	}
	group <<= 16
	elements := []testElement{
		{group | overlayRows, "US", []uint16{uint16(len(rows) / max(frames, 1))}},
		{group | overlayColumns, "US", []uint16{uint16(width)}},
		{group | overlayDescription, "LO", "Side mark"},
		{group | overlayType, "CS", "G"},
		{group | overlayOrigin, "SS", origin},
		{group | 0x0100, "US", []uint16{1}},
		{group | overlayBitPosition, "US", []uint16{0}},
		{group | overlayData, "OW", words(data)},
	}
	if frames > 0 {
		elements = append(elements, testElement{group | overlayFrames, "IS", fmt.Sprint(frames)})
	}
	return elements
}

func words(data []byte) []uint16 {
	list := make([]uint16, len(data)/2)
	for i := range list {
		list[i] = binary.LittleEndian.Uint16(data[2*i:])
	}
	return list
}

// marks lists the pixels that an overlay sets, as "x,y".
func marks(o Overlay) []string {
	var list []string
	for x, y := range o.Marked() {
		list = append(list, fmt.Sprintf("%d,%d", x, y))
	}
	return list
}

func TestReadOverlays(t *testing.T) {
	minusOne := uint16(0xFFFF)
	file := filmFile("MONOCHROME2", 8, 12, ramp(64)).
		with(plane(0x6000, []uint16{3, 2}, 0, "#.#", ".#.")...).
		with(plane(0x6002, []uint16{1, minusOne}, 0, "....#", "....#", "....#")...)
	for _, syntax := range []string{syntaxExplicitLittle, syntaxImplicitLittle, syntaxExplicitBig, syntaxDeflated} {
		file.syntax = syntax
		film := readTest(t, file)
		if len(film.Overlays) != 2 || len(film.Warnings) != 0 {
			t.Fatalf("%s: %d overlays, warnings %q", syntax, len(film.Overlays), film.Warnings)
		}
		o := film.Overlays[0]
		if o.Kind != OverlayGraphics || o.Name != "Side mark" || o.Left != 1 || o.Top != 2 || o.Width != 3 || o.Height != 2 {
			t.Errorf("%s: %+v", syntax, o)
		}
		if got, want := marks(o), []string{"1,2", "3,2", "2,3"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v is set, want %v", syntax, got, want)
		}
		// An origin left of the film, and rows that are no whole bytes.
		if got, want := marks(film.Overlays[1]), []string{"2,0", "2,1", "2,2"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v is set, want %v", syntax, got, want)
		}
		if !slices.Equal(film.Stored, ramp(64)) {
			t.Errorf("%s: the overlay went into the pixels", syntax)
		}
	}
}

func TestAnOverlayBelongsToItsFrames(t *testing.T) {
	file := filmFile("MONOCHROME2", 2, 12, ramp(12)).with(
		testElement{tagRows, "US", []uint16{2}}, testElement{tagNumberOfFrames, "IS", "3"}).
		with(plane(0x6000, []uint16{1, 1}, 2, "#..", "...", "..#", "...")...).
		with(testElement{0x6000<<16 | overlayFirstFrame, "US", []uint16{2}})
	path := file.write(t)
	for frame, want := range map[int][]string{1: nil, 2: {"0,0"}, 3: {"2,0"}} {
		film, err := ReadFrame(context.Background(), path, frame)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range film.Overlays {
			got = append(got, marks(o)...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("frame %d: %v is set, want %v", frame, got, want)
		}
	}
}

func TestADamagedOverlayCostsOnlyItself(t *testing.T) {
	sound := plane(0x6000, []uint16{1, 1}, 0, "####", "####")
	change := func(element tagNumber, vr string, value any) testElement {
		return testElement{0x6000<<16 | element, vr, value}
	}
	base := filmFile("MONOCHROME2", 8, 12, ramp(64)).with(sound...)
	for name, file := range map[string]testFile{
		"too large":     base.with(change(overlayRows, "US", []uint16{65535}), change(overlayColumns, "US", []uint16{65535})),
		"no size":       base.with(change(overlayRows, "US", []uint16{0})),
		"no data":       base.without(0x6000<<16 | overlayData),
		"in the pixels": base.without(0x6000<<16 | overlayData).with(change(overlayBitPosition, "US", []uint16{12})),
	} {
		film := readTest(t, file)
		if len(film.Overlays) != 0 || len(film.Warnings) != 1 || !strings.Contains(film.Warnings[0].Text, "overlay 6000") {
			t.Errorf("%s: %d overlays, warnings %q", name, len(film.Overlays), film.Warnings)
		}
		if !slices.Equal(film.Stored, ramp(64)) {
			t.Errorf("%s: the film itself suffered", name)
		}
	}
}
