package ui

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// readable is WCAG's contrast for text: it has to be read with tired eyes.
const readable = 4.5

// over is a translucent colour on an opaque ground.
func over(top, ground color.NRGBA) color.NRGBA {
	mix := func(a, b uint8) uint8 {
		return uint8((int(a)*int(top.A) + int(b)*(255-int(top.A))) / 255)
	}
	return color.NRGBA{R: mix(top.R, ground.R), G: mix(top.G, ground.G), B: mix(top.B, ground.B), A: 0xFF}
}

// Every text's colour on every ground that it may stand on, in every palette:
// hovered, selected and pressed ones, too.
func TestTextHasContrast(t *testing.T) {
	t.Cleanup(func() { choosePalette("") })
	white := color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}
	of := func(name string) color.NRGBA {
		return color.NRGBAModel.Convert(darkTheme{}.Color(fyne.ThemeColorName(name), theme.VariantDark)).(color.NRGBA)
	}
	for _, p := range palettes {
		choosePalette(p.key)
		if got := (darkTheme{}).Color(theme.ColorNameForeground, theme.VariantLight); got != p.text {
			t.Errorf("%s: a light desktop changes the window", p.name)
		}
		check := func(what string, text, ground color.NRGBA) {
			if got := contrast(text, ground); got < readable {
				t.Errorf("%s: %s: %.1f:1", p.name, what, got)
			}
		}
		texts := map[string]color.NRGBA{
			"text": p.text, "muted text": p.muted, "caution": p.caution, "alarm": p.alarm, "a link": of("hyperlink"),
			"a placeholder": of("placeholder"), "an error": of("error"), "a warning": of("warning"), "success": of("success"), "a disabled text": of("disabled"),
		}
		for where, ground := range map[string]color.NRGBA{"the ground": p.ground, "a panel": p.panel, "a button or a field": p.raised, "the screening's bar": p.flat} {
			for name, text := range texts {
				check(name+" on "+where, text, ground)
			}
		}
		for _, state := range []string{"hover", "pressed"} {
			check("text on a button, "+state, p.text, over(of(state), p.raised))
			check("text on the accent, "+state, p.onAccent, over(of(state), p.accent))
			check("text in a row, "+state, p.text, over(of(state), p.panel))
			check("muted text in a row, "+state, p.muted, over(of(state), p.panel))
		}
		check("text on a disabled button", of("disabled"), p.flat)
		check("text on the accent", p.onAccent, p.accent)
		check("text in a selected row", p.text, over(of("selection"), p.panel))
		check("muted text in a selected row", p.muted, over(of("selection"), p.panel))
		check("selected text in a field", p.text, over(of("selection"), p.raised))
		check("the mark of a flipped film", p.onAccent, p.caution)
		check("a corner on a white film", p.text, over(colourOverFilm, white))
		check("a mark on a white film", colourMark, over(colourOverFilm, white))
	}
}

func contrast(a, b color.NRGBA) float64 {
	light := func(c color.NRGBA) float64 {
		channel := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
	}
	la, lb := light(a), light(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}
