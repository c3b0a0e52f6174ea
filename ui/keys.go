package ui

import (
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// stroke is a key as it is written in the list of keys: "W", "?", "Space",
// "Up", "F11", "Ctrl+S".
type stroke string

// namedKeys are the keys that print nothing.
var namedKeys = map[fyne.KeyName]stroke{
	fyne.KeyEscape: "Esc", fyne.KeyUp: "Up", fyne.KeyDown: "Down", fyne.KeyLeft: "Left", fyne.KeyRight: "Right",
	fyne.KeyPageUp: "PageUp", fyne.KeyPageDown: "PageDown", fyne.KeyHome: "Home", fyne.KeyEnd: "End",
	fyne.KeyReturn: "Enter", fyne.KeyEnter: "Enter", fyne.KeyDelete: "Delete", fyne.KeyBackspace: "Backspace",
	fyne.KeyF1: "F1", fyne.KeyF2: "F2", fyne.KeyF3: "F3", fyne.KeyF4: "F4", fyne.KeyF5: "F5", fyne.KeyF6: "F6",
	fyne.KeyF7: "F7", fyne.KeyF8: "F8", fyne.KeyF9: "F9", fyne.KeyF10: "F10", fyne.KeyF11: "F11", fyne.KeyF12: "F12",
}

// keyStroke is the stroke of a key that prints nothing; ok is false for those
// that do, which arrive as runes, whatever the keyboard's layout.
func keyStroke(name fyne.KeyName) (s stroke, ok bool) {
	s, ok = namedKeys[name]
	return s, ok
}

func runeStroke(r rune) stroke {
	if r == ' ' {
		return "Space"
	}
	return stroke(string(unicode.ToUpper(r)))
}

// shortcutStroke is the stroke of a key with a modifier.
func shortcutStroke(s fyne.Shortcut) stroke {
	switch s := s.(type) {
	case *fyne.ShortcutUndo:
		return "Ctrl+Z"
	case *fyne.ShortcutRedo:
		return "Ctrl+Y"
	case *fyne.ShortcutCopy:
		return "Ctrl+C"
	case *fyne.ShortcutPaste:
		return "Ctrl+V"
	case *fyne.ShortcutCut:
		return "Ctrl+X"
	case *fyne.ShortcutSelectAll:
		return "Ctrl+A"
	case *desktop.CustomShortcut:
		return customStroke(s.KeyName, s.Modifier)
	}
	return ""
}

func customStroke(name fyne.KeyName, modifier fyne.KeyModifier) stroke {
	key, named := namedKeys[name]
	if !named {
		key = stroke(name)
	}
	text := string(key)
	if modifier&fyne.KeyModifierShift != 0 {
		text = "Shift+" + text
	}
	if modifier&fyne.KeyModifierAlt != 0 {
		text = "Alt+" + text
	}
	if modifier&(fyne.KeyModifierControl|fyne.KeyModifierSuper) != 0 {
		text = "Ctrl+" + text
	}
	return stroke(text)
}

// edits reports whether a stroke with a modifier means something in a text that
// is being written, as Ctrl+Delete takes a word away.
func (s stroke) edits() bool {
	parts := strings.Split(string(s), "+")
	return len(parts) > 1 && slices.Contains([]string{"Delete", "Backspace", "Left", "Right", "Home", "End"}, parts[len(parts)-1])
}

// shortcut is the Fyne shortcut of a stroke with a modifier; nil for one
// without.
func (s stroke) shortcut() fyne.Shortcut {
	switch s {
	case "Ctrl+Z":
		return &fyne.ShortcutUndo{}
	case "Ctrl+Y":
		return &fyne.ShortcutRedo{}
	}
	parts := strings.Split(string(s), "+")
	if len(parts) < 2 || parts[len(parts)-1] == "" {
		return nil
	}
	c := &desktop.CustomShortcut{KeyName: fyne.KeyName(parts[len(parts)-1])}
	for name, key := range namedKeys {
		if string(key) == parts[len(parts)-1] && name != fyne.KeyEnter {
			c.KeyName = name
		}
	}
	for _, modifier := range parts[:len(parts)-1] {
		switch modifier {
		case "Ctrl":
			c.Modifier |= fyne.KeyModifierShortcutDefault
		case "Shift":
			c.Modifier |= fyne.KeyModifierShift
		case "Alt":
			c.Modifier |= fyne.KeyModifierAlt
		}
	}
	return c
}
