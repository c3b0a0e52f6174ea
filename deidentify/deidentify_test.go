package deidentify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"pneumolight/deidentify"
	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// source is a film made for a test.
type source struct {
	syntax   string
	order    binary.ByteOrder
	implicit bool
	// prefix and meta are put before the data set as they are.
	preamble string
	meta     []dicomio.Element
	elements []dicomio.Element
}

const (
	patientName = "Hernandez^Maximiliana"
	patientID   = "HN-4471-X9"
	studyUID    = "1.2.276.0.7230010.3.1.2.8323329.11111"
	seriesUID   = "1.2.276.0.7230010.3.1.3.8323329.22222"
	instanceUID = "1.2.276.0.7230010.3.1.4.8323329.33333"
)

// film is a small grey film of a patient.
func film(more ...dicomio.Element) source {
	text := dicomwrite.Text
	pixels := make([]byte, 64*64*2)
	for k := range pixels {
		pixels[k] = byte(k * 7)
	}
	s := source{syntax: dicomwrite.ExplicitLittle, order: binary.LittleEndian, elements: []dicomio.Element{
		text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.1"), text(0x00080018, "UI", instanceUID),
		text(0x00080020, "DA", "20260314"), text(0x00080030, "TM", "101530"),
		text(0x00080060, "CS", "CR"), text(0x00080070, "LO", "Radiograph Works"),
		text(0x00100010, "PN", patientName), text(0x00100020, "LO", patientID), text(0x00100030, "DA", "19610703"),
		text(0x00180015, "CS", "CHEST"), text(0x00185101, "CS", "PA"),
		text(0x0020000D, "UI", studyUID), text(0x0020000E, "UI", seriesUID),
		dicomwrite.Short(0x00280002, 1), text(0x00280004, "CS", "MONOCHROME2"),
		dicomwrite.Short(0x00280010, 64), dicomwrite.Short(0x00280011, 64),
		dicomwrite.Short(0x00280100, 16), dicomwrite.Short(0x00280101, 12), dicomwrite.Short(0x00280102, 11), dicomwrite.Short(0x00280103, 0),
		text(0x00280301, "CS", "NO"),
		{Tag: 0x7FE00010, VR: "OW", Value: pixels},
	}}
	return s.with(more...)
}

// with replaces or adds elements.
func (s source) with(more ...dicomio.Element) source {
	elements := append([]dicomio.Element(nil), s.elements...)
next:
	for _, m := range more {
		for k := range elements {
			if elements[k].Tag == m.Tag {
				elements[k] = m
				continue next
			}
		}
		elements = append(elements, m)
	}
	s.elements = elements
	return s
}

func (s source) write(t *testing.T, name string) string {
	t.Helper()
	var out bytes.Buffer
	if err := dicomwrite.Write(&out, dicomwrite.File{
		SOPClass: "1.2.840.10008.5.1.4.1.1.1", SOPInstance: instanceUID,
		Syntax: s.syntax, Order: s.order, Implicit: s.implicit, Elements: s.elements,
	}); err != nil {
		t.Fatal(err)
	}
	data := out.Bytes()
	copy(data, s.preamble)
	if len(s.meta) > 0 {
		// More meta elements behind the writer's own.
		var more bytes.Buffer
		if err := dicomwrite.Write(&more, dicomwrite.File{Syntax: s.syntax, Order: binary.LittleEndian, Elements: s.meta}); err != nil {
			t.Fatal(err)
		}
		end := func(b []byte) int { return 132 + 12 + int(binary.LittleEndian.Uint32(b[140:])) }
		extra := more.Bytes()[end(more.Bytes()):]
		at := end(data)
		length := binary.LittleEndian.Uint32(data[140:]) + uint32(len(extra))
		data = bytes.Join([][]byte{data[:at], extra, data[at:]}, nil)
		binary.LittleEndian.PutUint32(data[140:], length)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newExport(t *testing.T, o deidentify.Options) *deidentify.Export {
	t.Helper()
	if o.Dates == "" {
		o.Dates = deidentify.DatesRemoved
	}
	e, err := deidentify.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// exported de-identifies a file and returns the film with its bytes.
func exported(t *testing.T, e *deidentify.Export, path string) (*deidentify.Film, []byte) {
	t.Helper()
	f, err := e.File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return f, out.Bytes()
}

// reread reads the bytes of an exported film.
func reread(t *testing.T, data []byte) *dicomio.DataSet {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.dcm")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	ds, err := dicomio.ReadDataSet(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// encodings are the ways in which a data set can be written.
var encodings = []struct {
	syntax   string
	order    binary.ByteOrder
	implicit bool
}{
	{dicomwrite.ImplicitLittle, binary.LittleEndian, true},
	{dicomwrite.ExplicitLittle, binary.LittleEndian, false},
	{dicomwrite.ExplicitBig, binary.BigEndian, false},
	{dicomwrite.Deflated, binary.LittleEndian, false},
}

// swapped turns the film's 16-bit numbers to an order.
func (s source) in(syntax string, order binary.ByteOrder, implicit bool) source {
	s.syntax, s.order, s.implicit = syntax, order, implicit
	if order == binary.BigEndian {
		elements := append([]dicomio.Element(nil), s.elements...)
		for k, e := range elements {
			if e.VR == "US" || e.VR == "OW" {
				value := bytes.Clone(e.Value)
				for i := 0; i+1 < len(value); i += 2 {
					value[i], value[i+1] = value[i+1], value[i]
				}
				elements[k].Value = value
			}
		}
		s.elements = elements
	}
	return s
}

func has(t *testing.T, what string, data []byte, canaries []string) {
	t.Helper()
	for _, canary := range canaries {
		if bytes.Contains(data, []byte(canary)) {
			t.Errorf("%s: %q is left", what, canary)
		}
	}
}

// summaryOf is everything that is said about a film.
func summaryOf(t *testing.T, f *deidentify.Film) []byte {
	t.Helper()
	s := deidentify.Summary{Edition: deidentify.Edition, Films: []deidentify.Entry{{File: "film-0001.dcm", Removed: f.Removed, Warnings: f.Warnings}}}
	var out bytes.Buffer
	if err := s.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return append(out.Bytes(), data...)
}

// listed are the tags of the profile that a data set can hold.
func listed(t *testing.T) []uint32 {
	t.Helper()
	data, err := os.ReadFile("profile.csv")
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var tags []uint32
	for _, row := range rows {
		tag, err := strconv.ParseUint(strings.ReplaceAll(row[0], "x", "0"), 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		if group := tag >> 16; group >= 8 && group != 0x7FE0 {
			tags = append(tags, uint32(tag))
		}
	}
	return tags
}

func TestNoValueOfAListedAttributeIsLeft(t *testing.T) {
	tags := listed(t)
	if len(tags) < 600 {
		t.Fatalf("the table lists %d attributes", len(tags))
	}
	for _, encoding := range encodings {
		for _, dates := range []deidentify.Dates{deidentify.DatesRemoved, deidentify.DatesShifted} {
			s := film()
			var canaries []string
			for _, tag := range tags {
				canary := fmt.Sprintf("Kanari%08xXYZ", tag)
				if tag == 0x00080018 || tag == 0x0020000D || tag == 0x0020000E {
					continue // looked at below
				}
				canaries = append(canaries, canary)
				s = s.with(dicomwrite.Text(tag, "LO", canary))
			}
			path := s.in(encoding.syntax, encoding.order, encoding.implicit).write(t, "Hernandez.dcm")
			f, data := exported(t, newExport(t, deidentify.Options{Dates: dates}), path)
			if encoding.syntax == dicomwrite.Deflated {
				// Look at what is deflated.
				ds := reread(t, data)
				var plain bytes.Buffer
				if err := dicomwrite.Write(&plain, dicomwrite.File{Syntax: dicomwrite.ExplicitLittle, Order: ds.Order, Elements: ds.Elements}); err != nil {
					t.Fatal(err)
				}
				data = plain.Bytes()
			}
			what := fmt.Sprintf("%s, dates %s", encoding.syntax, dates)
			has(t, what, data, append(canaries, studyUID, seriesUID, instanceUID))
			has(t, what+", summary", summaryOf(t, f), append(canaries, studyUID, instanceUID))
		}
	}
}

func TestNothingIsLeftOfWhatHidesElsewhere(t *testing.T) {
	text := dicomwrite.Text
	canaries := []string{
		"Hernandez", "Maximiliana", patientID, "19610703", "20260314", studyUID, seriesUID, instanceUID,
		"PreambleKanari", "SendingKanari", "PrivateKanari", "NestedKanari", "OverlayKanari", "CurveKanari",
		"UnknownKanari", "LengthKanari", "TrailingKanari", "FreeKanari", "1.2.276.0.999.1", "DatumKanari",
	}
	s := film(
		dicomio.Element{Tag: 0x00090000, VR: "UL", Value: []byte("LengthKanari")},
		text(0x00090010, "LO", "PrivateKanari Creator"), text(0x00091001, "LO", "PrivateKanari"),
		dicomio.Element{Tag: 0x00091002, VR: "SQ", Items: [][]dicomio.Element{{text(0x00100010, "PN", "PrivateKanari^Hernandez")}}},
		text(0x00087FF0, "LO", "UnknownKanari"), // no such attribute
		// A sequence that the profile keeps, with names, references and
		// private attributes inside.
		dicomwrite.Sequence(0x00081140, []dicomio.Element{
			text(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.1"), text(0x00081155, "UI", "1.2.276.0.999.1"),
			text(0x00100010, "PN", "NestedKanari"), text(0x00110010, "LO", "PrivateKanari"),
			dicomwrite.Sequence(0x0040A170, []dicomio.Element{
				text(0x00080104, "LO", "Seen with Hernandez, Maximiliana"), text(0x00080020, "DA", "20260314"),
			}),
		}),
		text(0x00081032, "LO", "NestedKanari"),            // a sequence by PS3.6, text here
		text(0x00080070, "LO", "Works of Hernandez"),      // kept, but for the name
		text(0x00081090, "LO", "Model HN-4471-X9"),        // kept, but for the ID
		text(0x00189074, "DT", "20260314101530.000+0100"), // a frame's time
		text(0x00282110, "CS", "00"),
		text(0x00281055, "LO", "HERNANDEZ special"),
		text(0x00204000, "LT", "FreeKanari of Hernandez"),
		text(0x60000022, "LO", "OverlayKanari"), dicomio.Element{Tag: 0x60003000, VR: "OW", Value: []byte("OverlayKanari ")},
		text(0x60024000, "LT", "OverlayKanari"), text(0x50000005, "LO", "CurveKanari"),
		dicomio.Element{Tag: 0x50003000, VR: "OW", Value: []byte("CurveKanari ")},
		dicomio.Element{Tag: 0xFFFCFFFC, VR: "OB", Value: []byte("TrailingKanari")},
		dicomio.Element{Tag: 0x00080022, VR: "DA", Value: []byte("DatumKanari ")}, // no date at all
	)
	s.preamble = "PreambleKanari"
	s.meta = []dicomio.Element{
		text(0x00020016, "AE", "SendingKanari"), text(0x00020017, "AE", "SendingKanari"),
		text(0x00020100, "UI", "1.2.276.0.999.1"),
		{Tag: 0x00020102, VR: "OB", Value: []byte("SendingKanari ")},
	}
	for _, encoding := range encodings[:3] {
		for _, dates := range []deidentify.Dates{deidentify.DatesRemoved, deidentify.DatesShifted} {
			if encoding.order == binary.BigEndian {
				s.meta = nil
			}
			path := s.in(encoding.syntax, encoding.order, encoding.implicit).write(t, "Hernandez.dcm")
			f, data := exported(t, newExport(t, deidentify.Options{Dates: dates}), path)
			has(t, encoding.syntax, data, canaries)
			has(t, encoding.syntax+", upper case", bytes.ToUpper(data), []string{"HERNANDEZ", "KANARI"})
			has(t, encoding.syntax+", summary", bytes.ToLower(summaryOf(t, f)), []string{"hernandez", "kanari", strings.ToLower(patientID)})
		}
	}
}

func TestNamesInOtherCharacterSetsAreFound(t *testing.T) {
	encoded := func(e encoding.Encoding, s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	kanji := strings.TrimSuffix(encoded(japanese.ISO2022JP, "山田"), "\x1b(B")
	for terms, name := range map[string]string{
		"ISO_IR 192":        "Wang^XiaoDong=王^小東",
		"GB18030":           "Wang^XiaoDong=" + encoded(simplifiedchinese.GB18030, "王^小東"),
		"ISO_IR 100":        encoded(charmap.ISO8859_1, "Müller^Jürgen"),
		"ISO_IR 144":        encoded(charmap.ISO8859_5, "Иванов^Пётр"),
		`\ISO 2022 IR 87`:   "Yamada^Tarou=" + kanji + "\x1b(B^",
		"ISO_IR 999 (none)": encoded(charmap.ISO8859_1, "Müller^Jürgen"),
	} {
		characters := dicomio.Element{Tag: 0x00080005, VR: "CS", Value: []byte(terms)}
		person := dicomio.Element{Tag: 0x00100010, VR: "PN", Value: []byte(name)}
		// The same name again in an attribute that the profile keeps.
		first, _, _ := strings.Cut(name[strings.LastIndex(name, "=")+1:], "^")
		maker := dicomio.Element{Tag: 0x00080070, VR: "LO", Value: []byte("Works " + first)}
		_, data := exported(t, newExport(t, deidentify.Options{}), film(characters, person, maker).write(t, "x.dcm"))
		for _, part := range strings.FieldsFunc(name, func(r rune) bool { return r == '^' || r == '=' }) {
			if part != "\x1b(B" && bytes.Contains(data, []byte(part)) {
				t.Errorf("%s: %q is left", terms, part)
			}
		}
	}
}

func TestShortNamesAreFoundToo(t *testing.T) {
	text := dicomwrite.Text
	for name, written := range map[string][]string{
		"Li^Na":           {"Unit of Li Na", "LI NA", "na, li", "Na_Li", "LiNa's", "room 3: Li", "(Na)", "L. na"},
		"Wu^Yi^Bo":        {"WU YI BO", "yi bo, wu", "Wu/Yi", "Yi Wu 2"},
		"O^E":             {"portable of O. E.", "E O"},
		"Li Na":           {"Na Li"},
		"홍^길동":            {"홍길동", "of 홍 길동", "길동"},
		"Ng^Bo^^Dr^MD=":   {"Bo Ng"},
		"Å^Öz":            {"Öz Å"},
		"Smith-Ko^Ann":    {"Ko", "ann"},
		"Li^Na=李^娜=Li^Na": {"李娜"},
		"Huber^Anna":      {"for DrHuberAnna", "ANNAHUBERMD", "huberanna2"},
	} {
		for _, trace := range written {
			s := film(
				text(0x00080005, "CS", "ISO_IR 192"), text(0x00100010, "PN", name),
				text(0x00081090, "LO", trace), text(0x00181160, "SH", trace),
				dicomwrite.Sequence(0x00081140, []dicomio.Element{text(0x00181020, "LO", trace)}),
			)
			_, data := exported(t, newExport(t, deidentify.Options{}), s.write(t, "x.dcm"))
			has(t, name, data, []string{trace})
		}
	}
	// A name in a coded string, where one part of it would be a term.
	_, data := exported(t, newExport(t, deidentify.Options{}), film(
		text(0x00100010, "PN", "Li^Na"), text(0x00180015, "CS", "LI NA"),
	).write(t, "x.dcm"))
	has(t, "a coded string", data, []string{"LI NA"})
	// In the comments of compressed pixels a name cannot be emptied.
	comment := film(text(0x00100010, "PN", "Li^Na"), dicomio.Element{Tag: 0x7FE00010, VR: "OB", Fragments: [][]byte{{}, []byte("\xFF\xD8\xFF\xFE\x00\x07Na Li\xFF\xD9")}})
	comment.syntax = "1.2.840.10008.1.2.4.70"
	if _, err := newExport(t, deidentify.Options{}).File(t.Context(), comment.write(t, "a.dcm")); !errors.Is(err, deidentify.ErrRemains) {
		t.Errorf("a comment in the compressed pixels: error %v", err)
	}
}

func TestNoShortNameTakesTheFilmsTermsAway(t *testing.T) {
	text := dicomwrite.Text
	for _, name := range []string{"Pa^Ap", "P^A", "A^P", "Hu^Us", "Cr^Dx", "Lung^L", "An^Dcm"} {
		s := film(
			text(0x00100010, "PN", name),
			text(0x00200062, "CS", "L"), text(0x00200020, "CS", "L", "F"),
			text(0x00281052, "DS", "0"), text(0x00281053, "DS", "1"), text(0x00281054, "LO", "US"),
			dicomwrite.Sequence(0x00082218, []dicomio.Element{
				text(0x00080100, "SH", "39607"), text(0x00080102, "SH", "DCM"), text(0x00080104, "LO", "Side of an organ"),
			}),
		)
		_, data := exported(t, newExport(t, deidentify.Options{}), s.write(t, "x.dcm"))
		ds := reread(t, data)
		for tag, want := range map[uint32]string{
			0x00185101: "PA", 0x00080060: "CR", 0x00200062: "L", 0x00281054: "US", 0x00280004: "MONOCHROME2",
			0x00180015: "CHEST", 0x00080070: "Radiograph Works",
		} {
			if got := ds.Text(ds.Find(tag)); got != want {
				t.Errorf("%s: (%08x) became %q", name, tag, got)
			}
		}
		code := ds.Find(0x00082218).Items[0]
		if got := ds.Text(dicomio.Find(code, 0x00080102)) + " " + ds.Text(dicomio.Find(code, 0x00080104)); got != "DCM Side of an organ" {
			t.Errorf("%s: the code became %q", name, got)
		}
	}
}

func TestWhatAFilmNeedsStays(t *testing.T) {
	s := film(
		dicomwrite.Text(0x00281050, "DS", "2048"), dicomwrite.Text(0x00281051, "DS", "4096"),
		dicomwrite.Text(0x00181164, "DS", `0.143\0.143`),
		// A patient whose ID and name equal what the picture is made of.
		dicomwrite.Text(0x00100020, "LO", "2048"), dicomwrite.Text(0x00100010, "PN", "Monochrome2^Chest^PA"),
	)
	for _, encoding := range encodings {
		before := s.in(encoding.syntax, encoding.order, encoding.implicit).write(t, "film.dcm")
		_, data := exported(t, newExport(t, deidentify.Options{}), before)
		after := filepath.Join(t.TempDir(), "after.dcm")
		if err := os.WriteFile(after, data, 0o600); err != nil {
			t.Fatal(err)
		}
		was, err := dicomio.ReadFile(t.Context(), before)
		if err != nil {
			t.Fatal(err)
		}
		is, err := dicomio.ReadFile(t.Context(), after)
		if err != nil {
			t.Fatalf("%s: %v", encoding.syntax, err)
		}
		if !reflect.DeepEqual(is.Stored, was.Stored) || !reflect.DeepEqual(is.Windows, was.Windows) || is.Spacing != was.Spacing {
			t.Errorf("%s: the picture is another", encoding.syntax)
		}
		if is.Header.Modality != "CR" || is.Header.ViewPosition != "PA" || is.Header.TransferSyntaxUID != encoding.syntax {
			t.Errorf("%s: header %+v", encoding.syntax, is.Header)
		}
		ds := reread(t, data)
		if got := ds.Text(ds.Find(0x00120062)); got != "YES" {
			t.Errorf("Patient Identity Removed is %q", got)
		}
		methods := ds.Find(0x00120064)
		if methods == nil || len(methods.Items) != 1 || ds.Text(dicomio.Find(methods.Items[0], 0x00080100)) != "113100" {
			t.Errorf("the method is %+v", methods)
		}
		if got := ds.Text(ds.Find(0x00280303)); got != "REMOVED" {
			t.Errorf("Longitudinal Temporal Information Modified is %q", got)
		}
	}
}

func TestCompressedPixelsPassThrough(t *testing.T) {
	fragments := [][]byte{{0, 0, 0, 0}, {0xFF, 0xD8, 1, 2, 3, 4}, {5, 6, 7, 8, 0xFF, 0xD9}}
	s := film(dicomio.Element{Tag: 0x7FE00010, VR: "OB", Fragments: fragments})
	s.syntax = "1.2.840.10008.1.2.4.70"
	_, data := exported(t, newExport(t, deidentify.Options{}), s.write(t, "film.dcm"))
	ds := reread(t, data)
	if got := ds.Find(0x7FE00010).Fragments; !reflect.DeepEqual(got, fragments) || ds.Syntax != s.syntax {
		t.Errorf("fragments %v in %s", got, ds.Syntax)
	}
}

func TestAFileThatContradictsItsSyntaxIsWrittenRight(t *testing.T) {
	fragments := [][]byte{{}, {0xFF, 0xD8, 0xFF, 0xD9}}
	s := film(dicomio.Element{Tag: 0x7FE00010, VR: "OB", Fragments: fragments})
	// Compressed pixels need explicit elements; these are implicit.
	s.syntax, s.implicit = "1.2.840.10008.1.2.4.70", true
	_, data := exported(t, newExport(t, deidentify.Options{}), s.write(t, "film.dcm"))
	ds := reread(t, data)
	if ds.Implicit || ds.Text(ds.Find(0x00180015)) != "CHEST" || ds.Find(0x00180015).VR != "CS" || !reflect.DeepEqual(ds.Find(0x7FE00010).Fragments, fragments) {
		t.Errorf("implicit %v, %+v", ds.Implicit, ds.Find(0x00180015))
	}
}

func TestWhatBelongedTogetherStillDoes(t *testing.T) {
	first := film()
	second := film(dicomwrite.Text(0x00080018, "UI", instanceUID+"1"), dicomwrite.Text(0x00080020, "DA", "20260324"),
		dicomwrite.Sequence(0x00081140, []dicomio.Element{dicomwrite.Text(0x00081150, "UI", "1.2.840.10008.5.1.4.1.1.1"), dicomwrite.Text(0x00081155, "UI", instanceUID)}))
	stranger := film(dicomwrite.Text(0x00100020, "LO", "OTHER-1"))
	e := newExport(t, deidentify.Options{Dates: deidentify.DatesShifted})
	a, dataA := exported(t, e, first.write(t, "a.dcm"))
	b, dataB := exported(t, e, second.write(t, "b.dcm"))
	c, dataC := exported(t, e, stranger.write(t, "c.dcm"))
	if a.StudyUID != b.StudyUID || a.SeriesUID != b.SeriesUID || a.InstanceUID == b.InstanceUID {
		t.Errorf("%+v and %+v", a, b)
	}
	dsA, dsB, dsC := reread(t, dataA), reread(t, dataB), reread(t, dataC)
	referred := dicomio.Find(dsB.Find(0x00081140).Items[0], 0x00081155)
	if got := strings.TrimRight(string(referred.Value), "\x00"); got != a.InstanceUID {
		t.Errorf("the second film refers to %s, the first is %s", got, a.InstanceUID)
	}
	id := func(ds *dicomio.DataSet) string { return ds.Text(ds.Find(0x00100020)) }
	if id(dsA) == "" || id(dsA) != id(dsB) || id(dsA) == id(dsC) {
		t.Errorf("the patients are %q, %q and %q", id(dsA), id(dsB), id(dsC))
	}
	day := func(ds *dicomio.DataSet) time.Time {
		at, err := time.Parse("20060102", ds.Text(ds.Find(0x00080020)))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	if got := day(dsB).Sub(day(dsA)); got != 10*24*time.Hour {
		t.Errorf("ten days became %v", got)
	}
	if got := day(dsA).Sub(time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)); got != time.Duration(a.Days)*24*time.Hour || a.Days > -30 {
		t.Errorf("shifted by %v, said to be by %d days", got, a.Days)
	}
	if a.Days == c.Days {
		t.Log("two patients were shifted by the same number of days, which happens once in 3,600 times")
	}
	another, _ := exported(t, newExport(t, deidentify.Options{}), first.write(t, "a.dcm"))
	if another.StudyUID == a.StudyUID {
		t.Error("two exports give a study the same identifier")
	}
}

func TestBurnedInTextIsRefusedOrWarnedAbout(t *testing.T) {
	burned := film(dicomwrite.Text(0x00280301, "CS", "YES")).write(t, "a.dcm")
	if _, err := newExport(t, deidentify.Options{}).File(t.Context(), burned); !errors.Is(err, deidentify.ErrBurnedIn) {
		t.Errorf("error %v", err)
	}
	for name, c := range map[string]struct {
		s    source
		want string
	}{
		"said":    {film(dicomwrite.Text(0x00280301, "CS", "YES")), "burned into"},
		"silent":  {film(dicomwrite.Text(0x00280301, "CS", "")), "does not say"},
		"capture": {film(dicomwrite.Text(0x00280301, "CS", ""), dicomwrite.Text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7")), "secondary capture"},
		"overlay": {film(dicomwrite.Short(0x60000010, 64)), "overlay"},
	} {
		f, _ := exported(t, newExport(t, deidentify.Options{BurnedIn: true}), c.s.write(t, "a.dcm"))
		if !strings.Contains(strings.Join(f.Warnings, " "), c.want) {
			t.Errorf("%s: warnings %q", name, f.Warnings)
		}
	}
	if f, _ := exported(t, newExport(t, deidentify.Options{}), film().write(t, "a.dcm")); len(f.Warnings) != 0 {
		t.Errorf("a film without burned-in text warns: %q", f.Warnings)
	}
}

func TestWhatCannotBeVouchedForIsRefused(t *testing.T) {
	// An ID written in a number's place cannot be told from a number.
	hidden := film(dicomwrite.Text(0x00100020, "LO", "77120458"), dicomwrite.Text(0x00181114, "DS", "77120458"))
	if _, err := newExport(t, deidentify.Options{}).File(t.Context(), hidden.write(t, "a.dcm")); !errors.Is(err, deidentify.ErrRemains) {
		t.Errorf("error %v", err)
	}
	comment := film(dicomio.Element{Tag: 0x7FE00010, VR: "OB", Fragments: [][]byte{{}, []byte("\xFF\xD8\xFF\xFE\x00\x0c" + patientID + "\xFF\xD9")}})
	comment.syntax = "1.2.840.10008.1.2.4.70"
	if _, err := newExport(t, deidentify.Options{}).File(t.Context(), comment.write(t, "a.dcm")); !errors.Is(err, deidentify.ErrRemains) {
		t.Errorf("a comment in the compressed pixels: error %v", err)
	}
	report := film()
	report.elements = report.elements[:len(report.elements)-1]
	if _, err := newExport(t, deidentify.Options{}).File(t.Context(), report.write(t, "a.dcm")); !errors.Is(err, deidentify.ErrNoImage) {
		t.Errorf("error %v", err)
	}
	whole, err := os.ReadFile(film().write(t, "a.dcm"))
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.dcm")
	if err := os.WriteFile(cut, whole[:len(whole)-1000], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newExport(t, deidentify.Options{}).File(t.Context(), cut); !errors.Is(err, dicomio.ErrTruncated) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newExport(t, deidentify.Options{}).File(ctx, cut); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestPicturesLoseEverythingButThePicture(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 300, 200))
	for k := range grey.Pix {
		grey.Pix[k] = byte(k)
	}
	var asPNG, asJPEG bytes.Buffer
	if err := png.Encode(&asPNG, grey); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, grey, nil); err != nil {
		t.Fatal(err)
	}
	chunk := func(kind, text string) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(text)))
		return binary.BigEndian.AppendUint32(append(b, kind+text...), crc32.ChecksumIEEE([]byte(kind+text)))
	}
	p := asPNG.Bytes()
	p = bytes.Join([][]byte{p[:33], chunk("tEXt", "Patient\x00Hernandez"), chunk("heRn", "Hernandez"), p[33:], []byte("Hernandez")}, nil)
	j := asJPEG.Bytes()
	comment := append([]byte{0xFF, 0xFE, 0, 11}, "Hernandez"...)
	exif := append([]byte{0xFF, 0xE1, 0, 17}, "Exif\x00\x00Hernandez"...)
	j = bytes.Join([][]byte{j[:2], exif, comment, j[2:], []byte("Hernandez")}, nil)
	for name, data := range map[string][]byte{
		".png": p, ".jpg": j, " with nothing behind it.jpg": bytes.TrimSuffix(j, []byte("Hernandez")), " as it was made.jpg": asJPEG.Bytes(),
	} {
		path := filepath.Join(t.TempDir(), "Hernandez"+name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, out := exported(t, newExport(t, deidentify.Options{}), path)
		has(t, name, out, []string{"Hernandez", "heRn"})
		has(t, name, summaryOf(t, f), []string{"Hernandez", "heRn"})
		was, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		is, _, err := image.Decode(bytes.NewReader(out))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(was, is) || f.Extension != filepath.Ext(name) || len(f.Warnings) == 0 {
			t.Errorf("%s: extension %s, warnings %q", name, f.Extension, f.Warnings)
		}
	}
	// A file that stops short is damaged, at whichever byte.
	whole := asJPEG.Bytes()
	for _, short := range []int{1, 2, 3, len(whole) - 22} {
		path := filepath.Join(t.TempDir(), "cut.jpg")
		if err := os.WriteFile(path, whole[:len(whole)-short], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := newExport(t, deidentify.Options{}).File(t.Context(), path); err == nil {
			t.Errorf("a picture that lacks its last %d bytes is exported", short)
		}
	}
}

func TestPicturesAreExportedFromWhereverTheyLie(t *testing.T) {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "bang!", "x")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "film.png")
	if err := os.WriteFile(file, picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	member, err := z.Create("inner/film.png")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := member.Write(picture.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(folder, "films.zip")
	if err := os.WriteFile(archive, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, archive + "!inner/film.png"} {
		_, out := exported(t, newExport(t, deidentify.Options{}), path)
		if is, err := png.Decode(bytes.NewReader(out)); err != nil || is.Bounds().Dx() != 300 {
			t.Errorf("%s became no picture: %v", path, err)
		}
	}
}
