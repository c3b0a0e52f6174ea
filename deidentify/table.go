package deidentify

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Edition is the edition of PS3.15 that the table is from.
const Edition = "DICOM PS3.15 2026c, Basic Application Level Confidentiality Profile"

//go:embed profile.csv
var profileCSV string

// Action is what becomes of an attribute.
type Action string

// The actions. PS3.15 table E.1-1 has more: where it leaves a choice that
// depends on the object, settled makes it for films.
const (
	Remove  Action = "X" // the attribute goes
	Empty   Action = "Z" // its value goes
	Dummy   Action = "D" // its value is replaced by one that says nothing
	Replace Action = "U" // its unique identifiers are replaced consistently
	Shift   Action = "C" // its date is shifted
	Keep    Action = "K"
	// Scrub is this program's own: a value that the profile keeps, but that
	// holds a name or number found in an attribute that it does not keep.
	Scrub Action = "scrubbed"
)

// settled makes the table's choices for the objects that films are: an empty
// value satisfies type 2 and is allowed for type 3; no attribute with X/D is
// of type 1 in them.
var settled = map[string]Action{
	"X": Remove, "Z": Empty, "D": Dummy, "U": Replace,
	"X/Z": Empty, "X/D": Remove, "X/Z/D": Empty, "Z/D": Empty,
	"X/Z/U*": Replace,
}

// profile is the table by tag, and by tag within a range of groups.
type profile struct {
	exact  map[uint32]Action
	ranges []tagRange
}

type tagRange struct {
	mask, tag uint32
	action    Action
}

var basic = sync.OnceValues(func() (profile, error) { return readProfile(profileCSV) })

// readProfile reads lines of tag, action and name.
func readProfile(source string) (profile, error) {
	r := csv.NewReader(strings.NewReader(source))
	r.Comment, r.FieldsPerRecord = '#', 3
	rows, err := r.ReadAll()
	if err != nil {
		return profile{}, fmt.Errorf("reading the table of attributes: %w", err)
	}
	p := profile{exact: make(map[uint32]Action, len(rows))}
	for _, row := range rows {
		action, known := settled[row[1]]
		if !known || len(row[0]) != 8 {
			return profile{}, fmt.Errorf("the table of attributes has the line %q", row)
		}
		tag, err := strconv.ParseUint(strings.ReplaceAll(row[0], "x", "0"), 16, 32)
		if err != nil {
			return profile{}, fmt.Errorf("the table of attributes has the tag %q", row[0])
		}
		if !strings.Contains(row[0], "x") {
			p.exact[uint32(tag)] = action
			continue
		}
		mask := uint32(0)
		for _, digit := range row[0] {
			mask <<= 4
			if digit != 'x' {
				mask |= 0xF
			}
		}
		p.ranges = append(p.ranges, tagRange{mask, uint32(tag), action})
	}
	return p, nil
}

// of is the table's action for a tag; false where the table does not list it.
func (p profile) of(tag uint32) (Action, bool) {
	if action, ok := p.exact[tag]; ok {
		return action, true
	}
	for _, r := range p.ranges {
		if tag&r.mask == r.tag {
			return r.action, true
		}
	}
	return "", false
}
