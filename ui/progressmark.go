package ui

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"

	"pneumolight/ui/lightbox"
)

// progressMark is how far a film is read, told by its shape: a dot is unread, a
// ring seen, a half dot begun, a tick reviewed. The colours only repeat it.
func progressMark(p lightbox.Progress) fyne.Resource {
	const dot = `<circle cx="6" cy="6" r="4.5" fill="%s"/>`
	const ring = `<circle cx="6" cy="6" r="4" fill="none" stroke="%[1]s" stroke-width="1.5"/>`
	switch p {
	case lightbox.Unread:
		return mark("unread", colourAccent, dot)
	case lightbox.Seen:
		return mark("seen", colourMuted, ring)
	case lightbox.InProgress:
		return mark("begun", colourCaution, ring+`<path d="M6 2 A4 4 0 0 0 6 10 Z" fill="%[1]s"/>`)
	case lightbox.Reviewed:
		return mark("reviewed", colourCalm, `<path d="M1.5 6.5 L4.5 9.5 L10.5 2.5" fill="none" stroke="%s" stroke-width="2"/>`)
	}
	return nil
}

// mark is a drawing in a colour. Fyne takes drawings of one name for the same.
func mark(name string, c color.NRGBA, drawing string) fyne.Resource {
	colour := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	return fyne.NewStaticResource(name+colour+".svg", fmt.Appendf(nil,
		`<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12" viewBox="0 0 12 12">`+drawing+`</svg>`, colour))
}
