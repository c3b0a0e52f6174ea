package dicomio

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

// TestCharacterSets decodes the names that PS3.5 annexes H, I, J and K give as
// examples, and one for each single-byte set.
func TestCharacterSets(t *testing.T) {
	tests := []struct {
		name, terms, raw, want string
	}{
		{"ASCII", "", "Adams^John", "Adams^John"},
		{"Japanese, escapes", `\ISO 2022 IR 87`, "Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B", "Yamada^Tarou=山田^太郎=やまだ^たろう"},
		{"Japanese, half-width", `ISO 2022 IR 13\ISO 2022 IR 87`, "\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
		{"Japanese, supplementary set", `\ISO 2022 IR 87\ISO 2022 IR 159`, "\x1b$(D0!\x1b(B", "丂"},
		{"Korean", `\ISO 2022 IR 149`, "Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf", "Hong^Gildong=洪^吉洞=홍^길동"},
		{"Chinese, escapes", `\ISO 2022 IR 58`, "Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab=", "Zhang^XiaoDong=张^小东"},
		{"Chinese, GB18030", "GB18030", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东"},
		{"Chinese, GBK", "GBK", "Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=", "Wang^XiaoDong=王^小东"},
		{"UTF-8", "ISO_IR 192", "Wang^XiaoDong=王^小東=", "Wang^XiaoDong=王^小東"},
		{"Latin 1", "ISO_IR 100", "Buc^J\xe9r\xf4me", "Buc^Jérôme"},
		{"Latin 2", "ISO_IR 101", "Wa\xb3\xeasa", "Wałęsa"},
		{"Latin 3", "ISO_IR 109", "\xc6", "Ĉ"},
		{"Latin 4", "ISO_IR 110", "\xb9", "š"},
		{"Latin 5", "ISO_IR 148", "\xd0\xdd\xde", "ĞİŞ"},
		{"Latin 9", "ISO_IR 203", "\xa4", "€"},
		{"Cyrillic", "ISO_IR 144", "\xbb\xee\xda", "Люк"},
		{"Arabic", "ISO_IR 127", "\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1", "قباني^لنزار"},
		{"Greek", "ISO_IR 126", "\xc4\xe9\xef\xed", "Διον"},
		{"Hebrew", "ISO_IR 138", "\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4", "שרון^דבורה"},
		{"Thai", "ISO_IR 166", "\xb9\xd2\xc2", "นาย"},
		{"several sets in one value", `ISO 2022 IR 100\ISO 2022 IR 144\ISO 2022 IR 126`, "Dionysios=\x1b-L\xbb\xee\xda=\x1b-F\xc4\xe9\xef\xed", "Dionysios=Люк=Διον"},
		{"a set resets at a delimiter", `ISO 2022 IR 100\ISO 2022 IR 144`, "\x1b-L\xbb^J\xe9r", "Л^Jér"},
		{"other spelling", "iso-ir 100", "J\xe9r", "Jér"},
		{"unknown set, Latin 1", "WINDOWS_X", "J\xe9r", "Jér"},
		{"nothing declared, UTF-8", "", "Jérôme", "Jérôme"},
		{"nothing declared, Latin 1", "", "J\xe9r\xf4me", "Jérôme"},
		{"a cut character", `\ISO 2022 IR 87`, "\x1b$B;", "�"},
		{"an unknown escape", `\ISO 2022 IR 87`, "A\x1bZB", "AZB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := newTextDecoder(test.terms).name(test.raw); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestBackslashInsideCharacter: 0x5C is a separator of values, but also the
// second byte of many GBK characters.
func TestBackslashInsideCharacter(t *testing.T) {
	film, err := ReadFile(context.Background(), filmFile("MONOCHROME2", 2, 8, ramp(4)).with(
		testElement{tagSpecificCharacterSet, "CS", "GBK"},
		testElement{tagInstitutionName, "LO", "\x8a\x5c\xd2\xbd\xd4\xba"},
		testElement{tagPatientID, "LO", `12\34`},
	).write(t))
	if err != nil {
		t.Fatal(err)
	}
	if film.Header.Institution != "奬医院" {
		t.Errorf("institution %q", film.Header.Institution)
	}
	if film.Header.PatientID != "12" {
		t.Errorf("patient ID %q", film.Header.PatientID)
	}
}

// TestCharacterSetOfAnItem: an item may have a set of its own (PS3.3
// C.12.1.1.2).
func TestCharacterSetOfAnItem(t *testing.T) {
	film, err := ReadFile(context.Background(), filmFile("MONOCHROME2", 2, 8, ramp(4)).with(
		testElement{tagSpecificCharacterSet, "CS", "ISO_IR 100"},
		testElement{tagStudyDescription, "LO", "Thorax, \xe9tude"},
		testElement{tagAnatomicRegionSequence, "SQ", [][]testElement{{
			{tagSpecificCharacterSet, "CS", "ISO_IR 192"}, {tagCodeMeaning, "LO", "胸部"},
		}}},
	).write(t))
	if err != nil {
		t.Fatal(err)
	}
	if film.Header.StudyDescription != "Thorax, étude" || film.Header.BodyPart != "胸部" {
		t.Errorf("%q %q", film.Header.StudyDescription, film.Header.BodyPart)
	}
}

// TestPublicCharacterSets reads the names in the public character set files,
// some of which have no image.
func TestPublicCharacterSets(t *testing.T) {
	names := map[string]string{
		"chrArab.dcm":                "قباني^لنزار",
		"chrFren.dcm":                "Buc^Jérôme",
		"chrFrenMulti.dcm":           "Buc^Jérôme",
		"chrGerm.dcm":                "Äneas^Rüdiger",
		"chrGreek.dcm":               "Διονυσιος",
		"chrH31.dcm":                 "Yamada^Tarou=山田^太郎=やまだ^たろう",
		"chrH32.dcm":                 "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
		"chrHbrw.dcm":                "שרון^דבורה",
		"chrI2.dcm":                  "Hong^Gildong=洪^吉洞=홍^길동",
		"chrJapMulti.dcm":            "やまだ^たろう",
		"chrJapMultiExplicitIR6.dcm": "やまだ^たろう",
		"chrKoreanMulti.dcm":         "김희중",
		"chrRuss.dcm":                "Люкceмбypг",
		"chrX1.dcm":                  "Wang^XiaoDong=王^小東",
		"chrX2.dcm":                  "Wang^XiaoDong=王^小东",
	}
	seen := 0
	for _, file := range publicFiles(t) {
		want, ok := names[filepath.Base(file.path)]
		if !ok {
			continue
		}
		data, err := os.ReadFile(file.path)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := openDICOM(context.Background(), data, int64(len(data)), true)
		if err != nil {
			t.Fatal(err)
		}
		if got := newHeader(parseAttributes(opened.dataset, 1), "").PatientName; got != want {
			t.Errorf("%s: %q, want %q", file.name, got, want)
		}
		seen++
	}
	if seen < len(names) {
		t.Errorf("%d of %d files found", seen, len(names))
	}
}
