package main

import (
	"image"

	"github.com/go-gl/glfw/v3.3/glfw"

	"pneumolight/ui"
)

// monitors is the desktop as GLFW knows it, which Fyne draws its windows with.
// It is asked on the program's first thread only.
type monitors struct{}

func (monitors) Areas() []image.Rectangle {
	var areas []image.Rectangle
	for _, m := range glfw.GetMonitors() { // the main one first
		x, y, width, height := m.GetWorkarea()
		areas = append(areas, image.Rect(x, y, x+width, y+height))
	}
	return areas
}

// Painted is the window whose drawing context is the present one: Fyne makes
// each window's so while it paints it.
func (monitors) Painted() ui.NativeWindow {
	if window := glfw.GetCurrentContext(); window != nil {
		return framed{window}
	}
	return nil
}

// framed is a window with its frame, which GLFW leaves out of its place.
type framed struct{ window *glfw.Window }

func (f framed) Bounds() image.Rectangle {
	x, y := f.window.GetPos()
	width, height := f.window.GetSize()
	left, top, right, bottom := f.window.GetFrameSize()
	return image.Rect(x-left, y-top, x+width+right, y+height+bottom)
}

func (f framed) Move(to image.Point) {
	left, top, _, _ := f.window.GetFrameSize()
	f.window.SetPos(to.X+left, to.Y+top)
}
