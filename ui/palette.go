package ui

import "image/color"

// palette is a set of the window's colours. Text has a contrast of at least
// 4.5:1 on each ground that it stands on; a test holds that for every palette.
type palette struct {
	name string // English, to be translated; "" is kept for the usual one
	key  string // what the choice is kept as

	ground, panel, flat, raised, line      color.NRGBA
	text, muted                            color.NRGBA
	accent, onAccent, caution, alarm, calm color.NRGBA
}

// palettes are those on offer, the usual one first. A light one is not: the
// pupil would close for it, and the film's dark parts be lost.
var palettes = []palette{
	{
		name:   "Dark",
		ground: grey(0x0B, 0x0D, 0x10), panel: grey(0x15, 0x19, 0x1E), flat: grey(0x1B, 0x20, 0x26), raised: grey(0x25, 0x2B, 0x33), line: grey(0x3A, 0x42, 0x4D),
		text: grey(0xD9, 0xDE, 0xE5), muted: grey(0x9A, 0xA4, 0xB0),
		accent: grey(0x62, 0xA9, 0xE0), onAccent: grey(0x0A, 0x16, 0x22), caution: grey(0xE6, 0xB4, 0x50), alarm: grey(0xF2, 0x8B, 0x6B), calm: grey(0x7F, 0xC8, 0xA9),
	},
	{
		name: "Darker, for a dark room", key: "darker",
		ground: grey(0x00, 0x00, 0x00), panel: grey(0x08, 0x0A, 0x0C), flat: grey(0x10, 0x13, 0x17), raised: grey(0x18, 0x1C, 0x21), line: grey(0x2A, 0x30, 0x38),
		text: grey(0xB4, 0xB9, 0xC0), muted: grey(0x92, 0x9A, 0xA4),
		accent: grey(0x52, 0x90, 0xC0), onAccent: grey(0x04, 0x0C, 0x14), caution: grey(0xC4, 0x98, 0x42), alarm: grey(0xD0, 0x76, 0x5A), calm: grey(0x6A, 0xA8, 0x8E),
	},
	{
		name: "Brighter, for a lit room", key: "brighter",
		ground: grey(0x16, 0x1A, 0x1F), panel: grey(0x24, 0x2A, 0x31), flat: grey(0x2B, 0x32, 0x3A), raised: grey(0x36, 0x3E, 0x48), line: grey(0x58, 0x63, 0x70),
		text: grey(0xF4, 0xF6, 0xF9), muted: grey(0xC8, 0xD0, 0xDA),
		accent: grey(0x7C, 0xC0, 0xF4), onAccent: grey(0x06, 0x12, 0x1E), caution: grey(0xF6, 0xC8, 0x68), alarm: grey(0xFF, 0xA4, 0x88), calm: grey(0x96, 0xE0, 0xC0),
	},
}

func grey(r, g, b uint8) color.NRGBA { return color.NRGBA{R: r, G: g, B: b, A: 0xFF} }

// The window's colours, of the palette that was chosen before it is built.
var (
	colourGround, colourPanel, colourFlat, colourRaised, colourLine      color.NRGBA
	colourText, colourMuted                                              color.NRGBA
	colourAccent, colourOnAccent, colourCaution, colourAlarm, colourCalm color.NRGBA
)

// colourOverFilm lies between a film and a text over it: both white bone and
// black air leave the text readable.
var colourOverFilm = color.NRGBA{A: 0xC0}

func init() { choosePalette("") }

// choosePalette takes up the palette of a key, or the usual one. What is built
// already keeps its colours.
func choosePalette(key string) {
	p := palettes[0]
	for _, other := range palettes {
		if other.key == key {
			p = other
		}
	}
	colourGround, colourPanel, colourFlat, colourRaised, colourLine = p.ground, p.panel, p.flat, p.raised, p.line
	colourText, colourMuted = p.text, p.muted
	colourAccent, colourOnAccent, colourCaution, colourAlarm, colourCalm = p.accent, p.onAccent, p.caution, p.alarm, p.calm
}
