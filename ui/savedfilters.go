package ui

import (
	"encoding/json"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"pneumolight/ui/lightbox"
)

// preferenceFilters holds the filters that the reader kept, as JSON.
const preferenceFilters = "filters"

// mostFilters bounds the list, which has to fit a small screen.
const mostFilters = 8

// savedFilters are the list's filters that were kept under a name.
type savedFilters struct {
	preferences fyne.Preferences
	list        []savedFilter
}

type savedFilter struct {
	Name string `json:"name"`
	lightbox.Filter
}

func newSavedFilters(preferences fyne.Preferences) *savedFilters {
	s := &savedFilters{preferences: preferences}
	if text := preferences.String(preferenceFilters); text != "" {
		if err := json.Unmarshal([]byte(text), &s.list); err != nil {
			// Filters that cannot be read are no reason to have none.
			fyne.LogError("Reading the filters", err)
			s.list = nil
		}
	}
	return s
}

// keep keeps a filter under a name, in place of the one that has it. A filter
// that wants all films, and one without a name, is none.
func (s *savedFilters) keep(name string, filter lightbox.Filter) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || filter.All() {
		return
	}
	s.forget(name)
	s.list = append(s.list, savedFilter{name, filter})
	s.list = s.list[max(0, len(s.list)-mostFilters):]
	s.write()
}

func (s *savedFilters) forget(name string) {
	s.list = slices.DeleteFunc(s.list, func(f savedFilter) bool { return f.Name == name })
	s.write()
}

func (s *savedFilters) write() {
	text, err := json.Marshal(s.list)
	if err != nil {
		fyne.LogError("Keeping the filters", err)
		return
	}
	s.preferences.SetString(preferenceFilters, string(text))
}
