package ui

import (
	"encoding/json"
	"slices"

	"fyne.io/fyne/v2"
)

// preferenceKeys holds the keys that the reader chose, as JSON from an
// action's ID to its keys; what is not in it has its usual keys.
const preferenceKeys = "keys"

// keyMap says which key does what.
type keyMap struct {
	preferences fyne.Preferences
	usual       map[string][]string
	chosen      map[string][]string
	owner       map[stroke]string
}

func newKeyMap(preferences fyne.Preferences) *keyMap {
	m := &keyMap{preferences: preferences, usual: map[string][]string{}, chosen: map[string][]string{}}
	for _, a := range Actions() {
		m.usual[a.ID] = a.Keys
	}
	if text := preferences.String(preferenceKeys); text != "" {
		if err := json.Unmarshal([]byte(text), &m.chosen); err != nil {
			// Keys that cannot be read are no reason not to start.
			fyne.LogError("Reading the key map", err)
			m.chosen = map[string][]string{}
		}
	}
	m.index()
	return m
}

// index finds each key's action. Where two want the same key, the one that
// the reader chose it for has it.
func (m *keyMap) index() {
	m.owner = map[stroke]string{}
	for _, a := range Actions() {
		for _, key := range m.of(a.ID) {
			if _, taken := m.owner[stroke(key)]; !taken || m.chosen[a.ID] != nil {
				m.owner[stroke(key)] = a.ID
			}
		}
	}
}

// of are an action's keys.
func (m *keyMap) of(id string) []string {
	if keys, chosen := m.chosen[id]; chosen {
		return keys
	}
	return m.usual[id]
}

// first is the key to name for an action; empty where it has none.
func (m *keyMap) first(id string) string {
	for _, key := range m.of(id) {
		if m.owner[stroke(key)] == id {
			return key
		}
	}
	return ""
}

// bind gives a key to an action and takes it from whichever had it. It stands
// in for the action's keys of its kind: those with a modifier, which menus
// obey while a text is written, or those without.
func (m *keyMap) bind(id string, key stroke) {
	if had, taken := m.owner[key]; taken && had != id {
		m.chosen[had] = slices.DeleteFunc(slices.Clone(m.of(had)), func(k string) bool { return k == string(key) })
	}
	keys := slices.DeleteFunc(slices.Clone(m.of(id)), func(k string) bool { return (stroke(k).shortcut() == nil) == (key.shortcut() == nil) })
	m.chosen[id] = append(keys, string(key))
	m.keep()
}

// reset gives every action its usual keys again.
func (m *keyMap) reset() {
	m.chosen = map[string][]string{}
	m.keep()
}

func (m *keyMap) keep() {
	m.index()
	text, err := json.Marshal(m.chosen)
	if err != nil {
		fyne.LogError("Keeping the key map", err)
		return
	}
	m.preferences.SetString(preferenceKeys, string(text))
}

// hint names an action with its key, as on a button.
func (m *keyMap) hint(text, id string) string {
	if key := m.first(id); key != "" {
		return text + " (" + key + ")"
	}
	return text
}
