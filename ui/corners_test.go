package ui

import "testing"

func TestANameIsShownAsTheReaderReadsIt(t *testing.T) {
	for _, c := range []struct{ pn, want string }{
		{"Doe^Jane", "Doe, Jane"},
		{"Doe^Jane^Mary^Dr.", "Doe, Jane Mary Dr."},
		{"Doe", "Doe"},
		{"Doe^", "Doe"},
		{"^Jane", "Jane"},
		{"", ""},
		{"Wang^XiaoDong=王^小東", "Wang, XiaoDong (王小東)"},
		{"Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou (山田太郎)"},
		{"Hong^Gildong=洪^吉洞=홍^길동", "Hong, Gildong (洪吉洞)"},
		{"=王^小東", "王小東"},
		{"==やまだ^たろう", "やまだたろう"},
		{"王^小東=王^小東", "王小東"},
	} {
		if got := personName(c.pn); got != c.want {
			t.Errorf("%s is shown as %q, not %q", c.pn, got, c.want)
		}
	}
}
