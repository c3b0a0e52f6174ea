package deidentify

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// worker de-identifies one data set.
type worker struct {
	export   *Export
	ds       *dicomio.DataSet
	patient  string
	done     map[string]*Removed
	warnings []string
	// words are the names and numbers found where the profile takes them
	// away, in lower case; shorts, those parts of persons' names that are too
	// short to be told from other words; phrases, whole names; within, those
	// that are looked for inside of words, too; raw, their bytes as the file
	// has them.
	words, shorts []string
	within        []string
	phrases       []*regexp.Regexp
	raw           [][]byte
}

func (w *worker) count(tag uint32, action Action) {
	name, known := dicomio.Named(tag)
	text := fmt.Sprintf("(%04x,%04x)", tag>>16, tag&0xFFFF)
	switch {
	case tag>>16&1 == 1:
		text, name = fmt.Sprintf("(%04x,xxxx)", tag>>16), "private"
	case !known:
		name = "unknown"
	}
	if w.done == nil {
		w.done = map[string]*Removed{}
	}
	key := text + string(action)
	if w.done[key] == nil {
		w.done[key] = &Removed{Tag: text, Name: name, Action: action}
	}
	w.done[key].Count++
}

// The attributes that name the patient; they get the pseudonym.
const (
	tagPatientName = 0x00100010
	tagPatientID   = 0x00100020
)

// clean applies the profile to the elements of a data set or an item.
func (w *worker) clean(elements []dicomio.Element) []dicomio.Element {
	out := make([]dicomio.Element, 0, len(elements))
	for _, e := range elements {
		action := w.action(e)
		if action != Keep && (action != Replace || e.VR != "SQ") {
			w.count(e.Tag, action)
			w.remember(e)
		}
		switch action {
		case Keep:
			if e.VR == "SQ" {
				e.Items = w.items(e)
			}
			out = append(out, e)
		case Empty:
			out = append(out, dicomio.Element{Tag: e.Tag, VR: e.VR})
		case Dummy:
			out = append(out, w.dummy(e))
		case Replace:
			if e.VR == "SQ" {
				// A reference is kept where its identifiers are replaced.
				e.Items = w.items(e)
			} else {
				e.Value = w.uids(e)
			}
			out = append(out, e)
		case Shift:
			value, ok := w.shift(e)
			if !ok {
				value = nil
			}
			out = append(out, dicomio.Element{Tag: e.Tag, VR: e.VR, Value: value})
		}
	}
	return out
}

func (w *worker) items(e dicomio.Element) [][]dicomio.Element {
	items := make([][]dicomio.Element, len(e.Items))
	for k, item := range e.Items {
		items[k] = w.clean(item)
	}
	return items
}

// action decides what becomes of an element. What no rule allows to stay goes.
func (w *worker) action(e dicomio.Element) Action {
	group := e.Tag >> 16
	switch {
	case group&1 == 1, e.Tag&0xFFFF == 0, group < 0x0008, group&0xFF00 == 0x5000, group&0xFF00 == 0x6000:
		// Private attributes, group lengths, what belongs to messages and
		// directories, curves and overlays.
		return Remove
	}
	if _, known := dicomio.Named(e.Tag); !known {
		return Remove
	}
	listed, ok := w.export.profile.of(e.Tag)
	temporal := e.VR == "DA" || e.VR == "DT" || e.VR == "TM"
	switch {
	case temporal && w.export.options.Dates == DatesShifted && !born(e.Tag) && e.Tag != tagContextGroupVersion:
		return Shift
	case e.Tag == tagPatientName || e.Tag == tagPatientID:
		return Dummy
	case ok && listed == Dummy && (e.VR == "SQ" || len(e.Value) == 0):
		// A dummy for a whole sequence would have to be made for each; no
		// film needs one.
		return Remove
	case ok:
		return listed
	case e.Tag == tagTrailing:
		return Remove
	case temporal, e.VR == "PN":
		return Empty
	}
	switch e.VR {
	case "AE", "LT", "ST", "UR", "UT":
		// Free text and addresses that the table does not list.
		return Remove
	case "UI":
		if w.instance(e) {
			return Replace
		}
	case "UN":
		return Remove
	}
	return Keep
}

const (
	tagTrailing = 0xFFFCFFFC
	// tagContextGroupVersion dates a vocabulary, not the patient.
	tagContextGroupVersion = 0x00080106
)

// born reports whether a date is the patient's birth, whose day stays secret
// also where other dates are shifted.
func born(tag uint32) bool { return tag >= 0x00100030 && tag <= 0x00100035 }

// standardRoot begins the unique identifiers that DICOM itself defines: SOP
// classes, transfer syntaxes, well-known frames and contexts.
const standardRoot = "1.2.840.10008."

// classTags name a kind of object, also where a vendor has defined it.
var classTags = []uint32{0x00080016, 0x0008001A, 0x0008001B, 0x00081150, 0x00080062, 0x0008115A}

// instance reports whether an element has a unique identifier of something
// that exists once.
func (w *worker) instance(e dicomio.Element) bool {
	if slices.Contains(classTags, e.Tag) {
		return false
	}
	for _, one := range strings.Split(string(e.Value), `\`) {
		if one = strings.Trim(one, " \x00"); one != "" && !strings.HasPrefix(one, standardRoot) {
			return true
		}
	}
	return false
}

func (w *worker) uids(e dicomio.Element) []byte {
	list := strings.Split(string(e.Value), `\`)
	for k, one := range list {
		one = strings.Trim(one, " \x00")
		if !strings.HasPrefix(one, standardRoot) {
			one = w.export.UID(one)
		}
		list[k] = one
	}
	return dicomwrite.Text(e.Tag, "UI", strings.Join(list, `\`)).Value
}

// shift moves the dates of an element. What is no date or time is no value to
// keep.
func (w *worker) shift(e dicomio.Element) ([]byte, bool) {
	days := w.export.Days(w.patient)
	list := strings.Split(string(e.Value), `\`)
	for k, one := range list {
		one = strings.Trim(one, " \x00")
		switch {
		case one == "":
		case e.VR == "TM":
			if !timeForm.MatchString(one) {
				return nil, false
			}
		default:
			moved, ok := shifted(one, days)
			if !ok {
				return nil, false
			}
			one = moved
		}
		list[k] = one
	}
	return dicomwrite.Text(e.Tag, e.VR, list...).Value, true
}

// dummy is a value that says nothing, of the element's VR.
func (w *worker) dummy(e dicomio.Element) dicomio.Element {
	text := map[string]string{
		"CS": "REMOVED", "LO": "REMOVED", "SH": "REMOVED", "PN": "REMOVED", "LT": "REMOVED", "ST": "REMOVED",
		"UT": "REMOVED", "UC": "REMOVED", "DA": "19000101", "TM": "000000", "DT": "19000101000000",
		"AE": "REMOVED", "DS": "0", "IS": "0", "AS": "000Y",
	}
	switch {
	case e.Tag == tagPatientName || e.Tag == tagPatientID:
		return dicomwrite.Text(e.Tag, e.VR, w.export.Pseudonym(w.patient))
	case e.VR == "UI":
		e.Value = w.uids(e)
		return e
	case text[e.VR] != "":
		return dicomwrite.Text(e.Tag, e.VR, text[e.VR])
	}
	return dicomio.Element{Tag: e.Tag, VR: e.VR, Value: make([]byte, len(e.Value))}
}

// shortest is from how many characters on a removed value is looked for
// elsewhere: shorter ones are found by chance. One ideograph is a family name.
const shortest = 4

// remember notes the names and numbers of an element that goes, with all that
// it holds, so that they can be looked for where they do not belong.
func (w *worker) remember(e dicomio.Element) {
	for _, item := range e.Items {
		for _, inner := range item {
			w.remember(inner)
		}
	}
	switch e.VR {
	case "UI":
		if w.instance(e) {
			for _, one := range bytes.Split(e.Value, []byte(`\`)) {
				w.keepRaw(bytes.Trim(one, " \x00"))
			}
		}
		return
	case "PN":
		w.rememberText(e, func(r rune) bool { return strings.ContainsRune(`^=\ `, r) })
		w.rememberName(w.ds.Text(&e))
	case "SH", "LO", "AE", "UC", "ST", "LT", "UT":
		if !descriptive(e.Tag) {
			w.rememberText(e, func(r rune) bool { return r == '\\' })
		}
	}
}

// descriptive reports whether an element's text describes rather than names:
// its words stand rightly elsewhere too.
func descriptive(tag uint32) bool {
	name, _ := dicomio.Named(tag)
	for _, naming := range []string{"Name", "ID", "Number", "Address", "Telephone", "Station", "Institution", "Serial", "Insurance", "Token"} {
		if strings.Contains(name, naming) {
			return false
		}
	}
	return true
}

func (w *worker) rememberText(e dicomio.Element, splits func(rune) bool) {
	for _, word := range strings.FieldsFunc(w.ds.Text(&e), splits) {
		w.rememberWord(word)
	}
	for _, part := range bytes.FieldsFunc(e.Value, splits) {
		w.keepRaw(bytes.Trim(part, " \x00"))
	}
}

func (w *worker) rememberWord(word string) {
	word = strings.ToLower(strings.TrimSpace(word))
	if telling(word) && !slices.Contains(w.words, word) {
		w.words = append(w.words, word)
	}
}

// rememberName notes a person's whole name, and its parts one by one: most
// names in Latin letters have a short one, many have no other.
func (w *worker) rememberName(pn string) {
	for _, part := range parts(pn) {
		w.rememberWord(part)
		if part = strings.ToLower(part); short(part) && !slices.Contains(w.shorts, part) {
			w.shorts = append(w.shorts, part)
		}
	}
	for _, order := range names(pn) {
		w.phrases = append(w.phrases, phrase(order))
		if whole := strings.Join(order, ""); len(whole) >= leastWithin {
			w.within = append(w.within, strings.ToLower(whole))
			w.raw = append(w.raw, []byte(whole))
		}
		for _, between := range []string{"^", " ", ",", ", ", "_"} {
			// Together the parts are rarer than a single word is.
			if whole := strings.Join(order, between); len(whole) >= 5 {
				w.raw = append(w.raw, []byte(whole))
			}
		}
	}
}

func (w *worker) keepRaw(b []byte) {
	// Fewer bytes are found in pictures' tables by chance.
	if len(b) >= 6 {
		w.raw = append(w.raw, b)
	}
}

// telling reports whether a word is long enough to tell one person from
// others.
func telling(word string) bool {
	return utf8.RuneCountInString(word) >= shortest || !alphabetic([]rune(word + " ")[0]) && len(word) >= 3
}

// scrub empties text that the profile keeps but that holds what it removes.
func (w *worker) scrub(elements []dicomio.Element) []dicomio.Element {
	for k, e := range elements {
		for i, item := range e.Items {
			elements[k].Items[i] = w.scrub(item)
		}
		if w.betrays(e) {
			w.count(e.Tag, Scrub)
			elements[k].Value = nil
		}
	}
	return elements
}

// betrays reports whether a text holds a word that was taken away elsewhere.
// Numbers, and what the picture is decoded by (group 0028), are left alone:
// their values equal somebody's number by chance.
func (w *worker) betrays(e dicomio.Element) bool {
	switch e.VR {
	case "LO", "SH", "UC", "ST", "LT", "UT":
	case "CS":
		if e.Tag>>16 == 0x0028 || e.Tag == tagCharacterSet {
			return false
		}
	default:
		return false
	}
	if e.Tag == tagPatientID || e.Tag == tagPatientName {
		return false // the pseudonym
	}
	text := strings.ToLower(w.ds.Text(&e))
	has := func(word string) bool { return holds(text, word) }
	return slices.ContainsFunc(w.words, has) ||
		slices.ContainsFunc(w.within, func(name string) bool { return strings.Contains(text, name) }) ||
		slices.ContainsFunc(w.phrases, func(name *regexp.Regexp) bool { return name.MatchString(text) }) ||
		e.VR != "CS" && !coded(e.Tag) && slices.ContainsFunc(w.shorts, has)
}

const tagCharacterSet = 0x00080005

// holds reports whether a word stands in a text, by itself where it is of an
// alphabet.
func holds(text, word string) bool {
	for at := 0; ; {
		k := strings.Index(text[at:], word)
		if k < 0 {
			return false
		}
		from, to := at+k, at+k+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[to:])
		if !alphabetic(before) && !alphabetic(after) || !alphabetic([]rune(word)[0]) {
			return true
		}
		at = to
	}
}

// alphabetic reports whether a character is part of a word that spaces part
// from others.
func alphabetic(r rune) bool {
	return r != utf8.RuneError && (unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana))
}

// The method codes of PS3.16 CID 7050.
var (
	methodBasic   = []string{"113100", "Basic Application Confidentiality Profile"}
	methodShifted = []string{"113107", "Retain Longitudinal Temporal Information Modified Dates Option"}
)

// marked says in the film what was done to it (PS3.15 E.1.1).
func (w *worker) marked(elements []dicomio.Element) []dicomio.Element {
	methods, temporal := [][]string{methodBasic}, "REMOVED"
	if w.export.options.Dates == DatesShifted {
		methods, temporal = append(methods, methodShifted), "MODIFIED"
	}
	var items [][]dicomio.Element
	for _, m := range methods {
		items = append(items, []dicomio.Element{
			dicomwrite.Text(0x00080100, "SH", m[0]),
			dicomwrite.Text(0x00080102, "SH", "DCM"),
			dicomwrite.Text(0x00080104, "LO", m[1]),
		})
	}
	marks := []dicomio.Element{
		dicomwrite.Text(0x00120062, "CS", "YES"),
		dicomwrite.Text(0x00120063, "LO", "Pneumolight", "PS3.15 2026c Basic Profile"),
		dicomwrite.Sequence(0x00120064, items...),
		dicomwrite.Text(0x00280303, "CS", temporal),
	}
	elements = slices.DeleteFunc(elements, func(e dicomio.Element) bool {
		return slices.ContainsFunc(marks, func(m dicomio.Element) bool { return m.Tag == e.Tag })
	})
	return append(elements, marks...)
}

// check looks through what would be written for what was taken away: all but
// uncompressed pixels, which equal short texts by chance. Compressed ones may
// carry comments.
func (w *worker) check(f dicomwrite.File) error {
	for _, e := range f.Elements {
		for _, fragment := range e.Fragments {
			if w.remains(fragment) {
				return ErrRemains
			}
		}
	}
	f.Elements = slices.DeleteFunc(slices.Clone(f.Elements), func(e dicomio.Element) bool { return e.Tag>>16 == 0x7FE0 })
	if f.Syntax == dicomwrite.Deflated {
		f.Syntax = dicomwrite.ExplicitLittle // to look at what is deflated
	}
	var out bytes.Buffer
	if err := dicomwrite.Write(&out, f); err != nil {
		return err
	}
	if w.remains(out.Bytes()) {
		return ErrRemains
	}
	return nil
}

func (w *worker) remains(data []byte) bool {
	return slices.ContainsFunc(w.raw, func(b []byte) bool { return bytes.Contains(data, b) })
}

// burnedIn warns of what the picture itself may show.
func (w *worker) burnedIn() error {
	e := w.ds
	switch strings.ToUpper(e.Text(e.Find(0x00280301))) {
	case "YES":
		if !w.export.options.BurnedIn {
			return ErrBurnedIn
		}
		w.warn("The file says that text is burned into the picture: look at it before you hand it on.")
	case "NO":
	default:
		if strings.HasPrefix(uid(e, 0x00080016), "1.2.840.10008.5.1.4.1.1.7") || e.Find(0x00080064) != nil {
			w.warn("This is a secondary capture, which often has the patient's name in the picture: look at it before you hand it on.")
		} else {
			w.warn("The file does not say whether text is burned into the picture: look at it before you hand it on.")
		}
	}
	for _, x := range e.Elements {
		if x.Tag&0xFF00FFFF == 0x60000010 && dicomio.Find(e.Elements, x.Tag&0xFFFF0000|0x3000) == nil {
			w.warn("An overlay may lie in unused bits of the pixels, which are passed on as they are.")
			break
		}
	}
	return nil
}

func (w *worker) warn(s string) { w.warnings = append(w.warnings, s) }
