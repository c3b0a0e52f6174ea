package ui

import (
	"strconv"
	"sync"

	"fyne.io/fyne/v2"

	"pneumolight/store"
)

// recordedSetting is a setting whose changes are recorded.
type recordedSetting struct {
	value func(fyne.Preferences) string
	// private values are the reader's own texts, such as a path, which may
	// name a patient: only that they changed is recorded.
	private bool
}

// recordedSettings are what a reader chooses on purpose. What changes all the
// time, such as the window's size, is not recorded.
var recordedSettings = map[string]recordedSetting{
	preferenceBlind:       {value: func(p fyne.Preferences) string { return strconv.FormatBool(p.Bool(preferenceBlind)) }},
	preferenceFirstWindow: {value: func(p fyne.Preferences) string { return p.String(preferenceFirstWindow) }},
	preferenceHeat:        {value: func(p fyne.Preferences) string { return strconv.FormatBool(p.BoolWithFallback(preferenceHeat, true)) }},
	preferenceLanguage:    {value: func(p fyne.Preferences) string { return p.String(preferenceLanguage) }},
	preferencePalette:     {value: func(p fyne.Preferences) string { return p.String(preferencePalette) }},
	preferenceEnlarged:    {value: func(p fyne.Preferences) string { return strconv.FormatFloat(p.Float(preferenceEnlarged), 'g', -1, 64) }},
	preferenceModel:       {value: func(p fyne.Preferences) string { return p.String(preferenceModel) }},
	preferenceOverlays:    {value: func(p fyne.Preferences) string { return strconv.Itoa(p.Int(preferenceOverlays)) }},
	preferenceWait:        {value: func(p fyne.Preferences) string { return strconv.Itoa(p.Int(preferenceWait)) }},
	preferenceFilters:     {value: func(p fyne.Preferences) string { return p.String(preferenceFilters) }, private: true},
	preferenceThreads:     {value: func(p fyne.Preferences) string { return strconv.Itoa(p.Int(preferenceThreads)) }},
	preferenceKeys:        {value: func(p fyne.Preferences) string { return p.String(preferenceKeys) }},
	preferenceDatabase:    {value: func(p fyne.Preferences) string { return p.String(preferenceDatabase) }, private: true},
}

// recordSettings records each change of a setting from now on, wherever in the
// window it is made.
func (w *Window) recordSettings() {
	p := w.app.Preferences()
	var mu sync.Mutex // preferences also change when their file does
	known := map[string]string{}
	for name, setting := range recordedSettings {
		known[name] = setting.value(p)
	}
	p.AddChangeListener(func() {
		mu.Lock()
		defer mu.Unlock()
		for name, setting := range recordedSettings {
			now := setting.value(p)
			if now == known[name] {
				continue
			}
			known[name] = now
			if setting.private {
				now = ""
			}
			w.services.Log.Record(store.SettingChanged(name, now))
		}
	})
}
