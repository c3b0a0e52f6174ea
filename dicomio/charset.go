package dicomio

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// textDecoder turns a data set's text into UTF-8 by its Specific Character
// Set (0008,0005) (PS3.3 C.12.1.1.2, PS3.5 6.1).
//
// It is the project's own because the DICOM module applies one encoding to a
// whole value and does not follow ISO 2022 escape sequences.
type textDecoder struct {
	// whole decodes a value in one go where the set allows no escapes
	// (UTF-8, GB18030, GBK); else nil.
	whole encoding.Encoding
	// g1 is the set that bytes from 0x80 have before any escape.
	g1 codeSet
	// guess is set where the character set is missing or unknown.
	guess bool
}

// codeSet is one coded character set that ISO 2022 can designate.
type codeSet struct {
	// width is bytes in a character, 0 for a set that is not designated.
	width  int
	encode encoding.Encoding
	// prefix goes before a character's bytes when they are decoded.
	prefix []byte
}

var (
	setKatakana = codeSet{width: 1, encode: japanese.ShiftJIS}
	setJIS0208  = codeSet{width: 2, encode: japanese.EUCJP}
	setJIS0212  = codeSet{width: 2, encode: japanese.EUCJP, prefix: []byte{0x8F}}
	setKorean   = codeSet{width: 2, encode: korean.EUCKR}
	setGB2312   = codeSet{width: 2, encode: simplifiedchinese.GBK}
)

func single(e encoding.Encoding) codeSet { return codeSet{width: 1, encode: e} }

// registrations are the ISO registration numbers that DICOM's defined terms
// are made of (ISO_IR n and ISO 2022 IR n).
var registrations = map[string]codeSet{
	"6":   {},
	"13":  setKatakana,
	"58":  setGB2312,
	"87":  {},
	"100": single(charmap.ISO8859_1),
	"101": single(charmap.ISO8859_2),
	"109": single(charmap.ISO8859_3),
	"110": single(charmap.ISO8859_4),
	"126": single(charmap.ISO8859_7),
	"127": single(charmap.ISO8859_6),
	"138": single(charmap.ISO8859_8),
	"144": single(charmap.ISO8859_5),
	"148": single(charmap.ISO8859_9),
	"149": setKorean,
	"159": {},
	"166": single(charmap.Windows874),
	"203": single(charmap.ISO8859_15),
}

// newTextDecoder reads the defined terms of (0008,0005) as files write them:
// also with other separators, in lower case, or by a common name.
func newTextDecoder(terms string) textDecoder {
	first, _, _ := strings.Cut(terms, `\`)
	term := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, first)
	switch term {
	case "ISOIR192", "ISO2022IR192", "UTF8", "192":
		return textDecoder{whole: encoding.Nop}
	case "GB18030":
		return textDecoder{whole: simplifiedchinese.GB18030}
	case "GBK", "GB2312":
		return textDecoder{whole: simplifiedchinese.GBK}
	case "SHIFTJIS", "SJIS":
		return textDecoder{whole: japanese.ShiftJIS}
	case "LATIN1", "ISO88591":
		return textDecoder{g1: registrations["100"]}
	case "":
		return textDecoder{guess: !strings.Contains(terms, `\`)}
	}
	for _, prefix := range []string{"ISO2022IR", "ISOIR", "IR"} {
		if number, ok := strings.CutPrefix(term, prefix); ok {
			if set, known := registrations[number]; known {
				return textDecoder{g1: set, guess: set.width == 0 && !strings.Contains(terms, `\`)}
			}
		}
	}
	return textDecoder{guess: true}
}

// values decodes an element and splits it into its values.
func (d textDecoder) values(raw string) []string {
	if raw == "" {
		return nil
	}
	return cleaned(strings.Split(d.decode(raw, false), `\`))
}

// cleaned makes values fit for one line of text: valid UTF-8 without control
// characters, trimmed.
func cleaned(list []string) []string {
	for i, s := range list {
		list[i] = clean(s)
	}
	return list
}

func clean(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// name decodes a person's name, whose delimiters end an escape sequence.
func (d textDecoder) name(raw string) string {
	text := d.decode(raw, true)
	text, _, _ = strings.Cut(text, `\`)
	return strings.TrimRight(clean(text), "=^ ")
}

func (d textDecoder) decode(raw string, personName bool) string {
	if isASCII(raw) && !strings.Contains(raw, "\x1b") {
		return raw
	}
	if d.whole != nil {
		return decodeBytes(d.whole, []byte(raw))
	}
	if d.guess && !strings.Contains(raw, "\x1b") {
		// Nothing is declared: UTF-8 proves itself, and Latin-1 is what
		// most such files hold.
		if utf8.ValidString(raw) {
			return raw
		}
		return decodeBytes(charmap.ISO8859_1, []byte(raw))
	}
	return d.decodeISO2022([]byte(raw), personName)
}

// decodeISO2022 follows escape sequences (PS3.5 6.1.2.5).
func (d textDecoder) decodeISO2022(raw []byte, personName bool) string {
	var out strings.Builder
	g0, g1 := codeSet{}, d.g1
	for i := 0; i < len(raw); {
		b := raw[i]
		if b == 0x1B {
			n, set, upper, ok := escape(raw[i:])
			if ok {
				if upper {
					g1 = set
				} else {
					g0 = set
				}
			}
			i += n
			continue
		}
		set := g0
		if b >= 0x80 {
			set = g1
		}
		// Controls, and in a multi-byte G0 set everything below 0x21, are
		// not part of any set.
		if b < 0x21 || set.width == 0 {
			if b == '\t' || b == '\n' || b == '\f' || b == '\r' || b == '\\' || (personName && (b == '^' || b == '=')) {
				g0, g1 = codeSet{}, d.g1
			}
			if b < 0x80 {
				out.WriteByte(b)
			} else {
				out.WriteRune(utf8.RuneError)
			}
			i++
			continue
		}
		end := i + set.width
		if end > len(raw) {
			out.WriteRune(utf8.RuneError)
			break
		}
		character := append([]byte(nil), set.prefix...)
		for _, c := range raw[i:end] {
			character = append(character, c|0x80)
		}
		out.WriteString(decodeBytes(set.encode, character))
		i = end
	}
	return out.String()
}

// escape reads an escape sequence: its length, the set that it designates,
// and whether to G1.
func escape(raw []byte) (n int, set codeSet, upper, ok bool) {
	at := func(i int) byte {
		if i < len(raw) {
			return raw[i]
		}
		return 0
	}
	switch at(1) {
	case '(':
		switch at(2) {
		case 'B', 'J':
			// ASCII, and JIS X 0201 Romaji, which is used as ASCII.
			return 3, codeSet{}, false, true
		}
	case ')':
		if at(2) == 'I' {
			return 3, setKatakana, true, true
		}
	case '-':
		number := map[byte]string{
			'A': "100", 'B': "101", 'C': "109", 'D': "110", 'F': "126", 'G': "127",
			'H': "138", 'L': "144", 'M': "148", 'T': "166", 'b': "203",
		}[at(2)]
		if set, ok := registrations[number]; ok {
			return 3, set, true, true
		}
	case '$':
		switch {
		case at(2) == 'B', at(2) == '@':
			return 3, setJIS0208, false, true
		case at(2) == '(' && at(3) == 'D':
			return 4, setJIS0212, false, true
		case at(2) == ')' && at(3) == 'C':
			return 4, setKorean, true, true
		case at(2) == ')' && at(3) == 'A':
			return 4, setGB2312, true, true
		}
	}
	return 1, codeSet{}, false, false
}

func decodeBytes(e encoding.Encoding, b []byte) string {
	if e == encoding.Nop {
		return strings.ToValidUTF8(string(b), string(utf8.RuneError))
	}
	text, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return string(utf8.RuneError)
	}
	return string(text)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
