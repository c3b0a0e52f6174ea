package deidentify

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// names are the ways in which the parts of a person's name (PS3.5 6.2.1) are
// written one after the other: as they stand, and with another of them first.
// A name of one part has none.
func names(pn string) [][]string {
	var orders [][]string
	add := func(parts []string) {
		parts = parts[:min(mostParts, len(parts))]
		for k := range parts {
			order := slices.Concat(parts[k:], parts[:k])
			if len(parts) > 1 && !slices.ContainsFunc(orders, func(o []string) bool { return slices.Equal(o, order) }) {
				orders = append(orders, order)
			}
		}
	}
	for _, group := range strings.FieldsFunc(pn, func(r rune) bool { return r == '=' || r == '\\' }) {
		// What stands before and behind the name ("Dr", "MD") is nobody's.
		components := strings.Split(group, "^")
		components = components[:min(3, len(components))]
		add(parts(strings.Join(components, " ")))
		add(parts(strings.Join(components[:min(2, len(components))], " "))) // without middle names
	}
	return orders
}

// mostParts bounds the parts of a name: with more it is a text, whose long
// words are looked for all the same.
const mostParts = 8

// parts are a name's, however they are set apart.
func parts(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return !unicode.In(r, unicode.L, unicode.N, unicode.M) })
}

// leastGlued is from how many bytes on a name is looked for without anything
// between its parts: "PA" is how a film was made, not P. A.
const leastGlued = 4

// leastWithin is from how many bytes on a name that is written as one word is
// looked for within another one, too ("DrHuberAnna"): shorter ones are parts of
// words by chance.
const leastWithin = 6

// phrase finds the parts of a name in a text, in this order and by themselves,
// whatever stands between them. However short they are, together they are a
// name.
func phrase(order []string) *regexp.Regexp {
	const outside = `[^\pL\pN\pM]`
	between := outside + "+"
	if len(strings.Join(order, "")) >= leastGlued {
		between = outside + "*"
	}
	quoted := make([]string, len(order))
	for k, part := range order {
		quoted[k] = regexp.QuoteMeta(strings.ToLower(part))
	}
	return regexp.MustCompile(`(?:^|` + outside + `)` + strings.Join(quoted, between) + `(?:$|` + outside + `)`)
}

// short reports whether a word tells a person only where names stand: by
// itself in a text, but not in a code.
func short(word string) bool {
	n := utf8.RuneCountInString(word)
	return n >= 2 && n < shortest && alphabetic([]rune(word)[0])
}

// coded reports whether an element's text is a term of a vocabulary, which may
// well look like somebody's name: HU is a unit and a family.
func coded(tag uint32) bool {
	switch tag {
	case 0x00281054, 0x00283004: // Rescale Type, Modality LUT Type
		return true
	}
	return tag >= 0x00080100 && tag <= 0x00080123 // code sequences
}
