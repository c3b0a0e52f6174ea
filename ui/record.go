package ui

import (
	"strconv"
	"sync"

	"fyne.io/fyne/v2"

	"pneumolight/store"
)

// recordedSettings are the settings whose changes are recorded, with what is
// said of their value. The values are of the program's own choice; texts of
// the reader's, which may say anything, and what changes all the time, such as
// the window's size, are not recorded.
var recordedSettings = map[string]func(fyne.Preferences) string{
	preferenceBlind:       func(p fyne.Preferences) string { return strconv.FormatBool(p.Bool(preferenceBlind)) },
	preferenceFirstWindow: func(p fyne.Preferences) string { return p.String(preferenceFirstWindow) },
	preferenceHeat:        func(p fyne.Preferences) string { return strconv.FormatBool(p.BoolWithFallback(preferenceHeat, true)) },
	preferenceLanguage:    func(p fyne.Preferences) string { return p.String(preferenceLanguage) },
	preferenceKeys:        func(p fyne.Preferences) string { return p.String(preferenceKeys) },
}

// recordSettings records each change of a setting from now on, wherever in the
// window it is made.
func (w *Window) recordSettings() {
	p := w.app.Preferences()
	var mu sync.Mutex // preferences also change when their file does
	known := map[string]string{}
	for name, value := range recordedSettings {
		known[name] = value(p)
	}
	p.AddChangeListener(func() {
		mu.Lock()
		defer mu.Unlock()
		for name, value := range recordedSettings {
			if now := value(p); now != known[name] {
				known[name] = now
				w.services.Log.Record(store.SettingChanged(name, now))
			}
		}
	})
}
