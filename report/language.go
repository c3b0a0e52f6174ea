package report

import "unicode"

// The languages that a text's script tells (RFC 5646).
var (
	languageEnglish  = code{"en", "RFC5646", "English"}
	languageChinese  = code{"zh", "RFC5646", "Chinese"}
	languageJapanese = code{"ja", "RFC5646", "Japanese"}
	languageKorean   = code{"ko", "RFC5646", "Korean"}
	languageUnknown  = code{"und", "RFC5646", "Undetermined"}
)

// languageOf is the language of what a reader wrote, where most of its letters
// are of a script that tells one. Latin, Cyrillic and Arabic letters tell none.
func languageOf(text string) code {
	letters, han, kana, hangul := 0, 0, 0, 0
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r):
			continue
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		}
		letters++
	}
	switch {
	case 2*(han+kana+hangul) <= letters:
		return languageUnknown
	case hangul > 0:
		return languageKorean
	case kana > 0:
		return languageJapanese
	}
	return languageChinese
}
