package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

var (
	_ desktop.Mouseable = (*button)(nil)
	_ desktop.Mouseable = (*check)(nil)
)

// click tells a click from the tap that Fyne makes of it. Fyne makes none
// where the pointer moved by two points while the button was held, as a tired
// hand's does, and the widget lies in something that scrolls (fyne#4672).
type click struct{ down, done bool }

func (c *click) press(e *desktop.MouseEvent) {
	c.down, c.done = e.Button == desktop.MouseButtonPrimary, false
}

// release reports whether the widget was pressed, and so was clicked.
func (c *click) release() bool {
	clicked := c.down
	c.down, c.done = false, clicked
	return clicked
}

// tap reports whether a tap is one of its own, not the click that was there.
func (c *click) tap() bool {
	own := !c.done
	c.done = false
	return own
}

// button is a button that no click misses.
type button struct {
	widget.Button
	click click
}

func newButton(text string, icon fyne.Resource, tapped func()) *button {
	b := &button{}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// MouseDown begins a click.
func (b *button) MouseDown(e *desktop.MouseEvent) { b.click.press(e) }

// MouseUp ends a click.
func (b *button) MouseUp(*desktop.MouseEvent) {
	if b.click.release() {
		b.Button.Tapped(nil)
	}
}

// Tapped acts on taps that are no mouse's.
func (b *button) Tapped(e *fyne.PointEvent) {
	if b.click.tap() {
		b.Button.Tapped(e)
	}
}

// check is a check box that no click misses.
type check struct {
	widget.Check
	click click
}

func newCheck(text string, changed func(bool)) *check {
	c := &check{}
	c.Text, c.OnChanged = text, changed
	c.ExtendBaseWidget(c)
	return c
}

// MouseDown begins a click.
func (c *check) MouseDown(e *desktop.MouseEvent) { c.click.press(e) }

// MouseUp ends a click.
func (c *check) MouseUp(*desktop.MouseEvent) {
	if c.click.release() && !c.Disabled() {
		c.SetChecked(!c.Checked)
	}
}

// Tapped acts on taps that are no mouse's.
func (c *check) Tapped(e *fyne.PointEvent) {
	if c.click.tap() {
		c.Check.Tapped(e)
	}
}
