package codec

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Every supported transfer syntax has a stream among the tests that it reads,
// so that the list promises nothing that was not seen to work.
func TestSyntaxes(t *testing.T) {
	list := Syntaxes()
	if !slices.IsSortedFunc(list, func(a, b Syntax) int { return compareUID(a.UID, b.UID) }) {
		t.Errorf("the list is not sorted by UID: %v", list)
	}
	tested := map[string]bool{}
	for _, s := range streams {
		tested[s.params().TransferSyntax] = true
	}
	tested[jpegParams(1, "").TransferSyntax] = true
	for _, s := range list {
		switch {
		case s.Name == "" || s.Decoder == "" || s.Library == "":
			t.Errorf("%s: incomplete: %+v", s.UID, s)
		case !Encapsulated(s.UID) || s.UID == encapsulatedNative:
			p := grey(1, 1, 8, 8, 7)
			p.TransferSyntax = s.UID
			if img, err := Decode(context.Background(), p, []byte{7}); err != nil || img.Samples[0] != 7 {
				t.Errorf("%s: %v, %v", s.Name, img, err)
			}
		case !tested[s.UID]:
			t.Errorf("%s has no stream among the tests", s.Name)
		}
	}
	if _, err := Decode(context.Background(), Params{TransferSyntax: "1.2.840.10008.1.2.4.100"}, nil); !errors.Is(err, ErrUnsupported) {
		t.Errorf("MPEG-2: %v", err)
	}
}

// compareUID orders by number, component by component.
func compareUID(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(as), len(bs)) {
		if len(as[i]) != len(bs[i]) {
			return len(as[i]) - len(bs[i])
		}
		if c := strings.Compare(as[i], bs[i]); c != 0 {
			return c
		}
	}
	return len(as) - len(bs)
}

// A header that is not the code stream's is refused, whichever is wrong.
func TestMismatch(t *testing.T) {
	for _, s := range streams {
		data := readStream(t, s.name)
		for _, c := range []struct {
			name   string
			change func(*Params)
		}{
			{"a row more", func(p *Params) { p.Rows++ }},
			{"a column less", func(p *Params) { p.Columns-- }},
			{"other components", func(p *Params) { p.SamplesPerPixel = 4 - p.SamplesPerPixel }},
			{"8 bits allocated", func(p *Params) { p.BitsAllocated, p.BitsStored, p.HighBit = 8, 8, 7 }},
		} {
			p := s.params()
			c.change(&p)
			if reflect.DeepEqual(p, s.params()) {
				continue
			}
			img, err := Decode(context.Background(), p, data)
			if s.syntax == "5" && (c.name == "a row more" || c.name == "a column less") {
				// RLE does not say its size: only too little data shows.
				if (err == nil) != (c.name == "a column less") {
					t.Errorf("%s, %s: %v", s.name, c.name, err)
				}
				continue
			}
			if !errors.Is(err, ErrSizeMismatch) || img.Samples != nil {
				t.Errorf("%s, %s: %d samples, %v", s.name, c.name, len(img.Samples), err)
			}
		}
	}
}

// Cut anywhere, a stream gives an error or its image, and never more memory
// than that takes.
func TestCut(t *testing.T) {
	for _, s := range streams {
		data := readStream(t, s.name)
		for n := range len(data) {
			img, err := Decode(context.Background(), s.params(), slices.Clip(data[:n]))
			checkDecoded(t, s.params(), img, err)
			if err == nil && n < len(data)-8 && s.bits != 8 && !strings.HasPrefix(s.name, "rle") && !strings.HasPrefix(s.name, "dct12") {
				t.Errorf("%s: %d of %d bytes decoded without an error", s.name, n, len(data))
			}
		}
	}
}

// checkDecoded holds what Decode promises of anything.
func checkDecoded(t testing.TB, p Params, img Image, err error) {
	t.Helper()
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("error of type %T: %v", err, err)
		}
		if e.Kind == nil || e.Syntax == "" || strings.ContainsAny(e.Error(), "\n\r") {
			t.Fatalf("incomplete error %q", e.Error())
		}
		if img.Samples == nil {
			return
		}
		if e.Kind != ErrTruncated && e.Kind != ErrCorrupt {
			t.Fatalf("an image with %v", err)
		}
	}
	if img.Width != p.Columns || img.Height != p.Rows || img.Components != p.SamplesPerPixel ||
		len(img.Samples) != p.Rows*p.Columns*p.SamplesPerPixel {
		t.Fatalf("%d samples of %d×%d×%d", len(img.Samples), img.Width, img.Height, img.Components)
	}
	if img.Bits < p.BitsStored || img.Bits > p.BitsAllocated {
		t.Fatalf("%d bits with %d stored of %d", img.Bits, p.BitsStored, p.BitsAllocated)
	}
	for i, v := range img.Samples {
		if int(v) >= 1<<img.Bits {
			t.Fatalf("sample %d is %#x with %d bits", i, v, img.Bits)
		}
	}
}

// A few bytes that announce a large film cost nothing.
func TestSmallFileLargeFilm(t *testing.T) {
	e := losslessEncoder{width: 4, height: 4, components: 1, precision: 12, predictor: 1}
	lossless := e.encode(e.picture())
	dct, dct8 := readStream(t, "dct12"), readStream(t, "dct8")
	enlarge := func(data []byte, sof byte) {
		for i := range data {
			if data[i] == 0xff && data[i+1] == sof {
				copy(data[i+5:], []byte{0x3f, 0xff, 0x3f, 0xff})
				return
			}
		}
	}
	enlarge(lossless, markerSOF3)
	enlarge(dct, markerSOF1)
	enlarge(dct8, markerSOF0)
	for _, c := range []struct {
		syntax string
		data   []byte
	}{
		{"1.2.840.10008.1.2.4.70", lossless},
		{"1.2.840.10008.1.2.4.50", dct8},
		{"1.2.840.10008.1.2.4.51", dct},
		{"1.2.840.10008.1.2.5", encodeRLE(nil, nil)},
	} {
		p := grey(0x3fff, 0x3fff, 16, 12, 11)
		p.TransferSyntax = c.syntax
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(context.Background(), p, c.data)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrTruncated) {
			t.Errorf("%s: %v", c.syntax, err)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 1<<20 {
			t.Errorf("%s: %d bytes cost %d", c.syntax, len(c.data), cost)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, s := range streams {
		if _, err := Decode(ctx, s.params(), readStream(t, s.name)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}
