package dicomwrite_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// written is a file with values of each kind, in an encoding.
func written(syntax string, order binary.ByteOrder, implicit bool) dicomwrite.File {
	number := make([]byte, 2)
	order.PutUint16(number, 2)
	return dicomwrite.File{
		SOPClass: "1.2.840.10008.5.1.4.1.1.1", SOPInstance: "2.25.1", Syntax: syntax, Order: order, Implicit: implicit,
		Elements: []dicomio.Element{
			{Tag: 0x7FE00010, VR: "OW", Value: []byte{1, 2, 3, 4, 5, 6, 7, 8}},
			dicomwrite.Text(0x00100010, "PN", "Wang^XiaoDong"),
			dicomwrite.Text(0x00080018, "UI", "2.25.1"),
			dicomwrite.Text(0x00204000, "LT", strings.Repeat("long ", 20000)),
			{Tag: 0x00280010, VR: "US", Value: number},
			dicomwrite.Sequence(0x00081140, []dicomio.Element{
				dicomwrite.Text(0x00081155, "UI", "2.25.2"),
				dicomwrite.Sequence(0x00081199, []dicomio.Element{dicomwrite.Text(0x00081155, "UI", "2.25.30")}, nil),
			}),
		},
	}
}

func read(t *testing.T, f dicomwrite.File) *dicomio.DataSet {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.dcm")
	var out bytes.Buffer
	if err := dicomwrite.Write(&out, f); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	ds, err := dicomio.ReadDataSet(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func TestWhatIsWrittenIsReadInEveryEncoding(t *testing.T) {
	for _, f := range []dicomwrite.File{
		written(dicomwrite.ImplicitLittle, binary.LittleEndian, true),
		written(dicomwrite.ExplicitLittle, binary.LittleEndian, false),
		written(dicomwrite.ExplicitBig, binary.BigEndian, false),
		written(dicomwrite.Deflated, binary.LittleEndian, false),
	} {
		ds := read(t, f)
		if ds.Syntax != f.Syntax || ds.Implicit != f.Implicit || ds.Order != f.Order {
			t.Errorf("%s: read as %s, implicit %v, %v", f.Syntax, ds.Syntax, ds.Implicit, ds.Order)
		}
		if len(ds.Elements) != len(f.Elements) {
			t.Fatalf("%s: %d elements of %d", f.Syntax, len(ds.Elements), len(f.Elements))
		}
		for _, want := range f.Elements {
			got := ds.Find(want.Tag)
			if got == nil {
				t.Fatalf("%s: %08x is lost", f.Syntax, want.Tag)
			}
			if !bytes.Equal(got.Value, want.Value) {
				t.Errorf("%s: %08x has another value", f.Syntax, want.Tag)
			}
		}
		// A sequence in a sequence, and an item without elements.
		items := ds.Find(0x00081140).Items
		if len(items) != 1 || len(items[0]) != 2 || len(items[0][1].Items) != 2 || len(items[0][1].Items[1]) != 0 {
			t.Errorf("%s: the sequence is %+v", f.Syntax, items)
		}
	}
}

func TestFragmentsAreWrittenAsTheyWere(t *testing.T) {
	f := written("1.2.840.10008.1.2.4.50", binary.LittleEndian, false)
	fragments := [][]byte{{}, {1, 2, 3, 4}, {5, 6}}
	f.Elements[0] = dicomio.Element{Tag: 0x7FE00010, VR: "OB", Fragments: fragments}
	got := read(t, f).Find(0x7FE00010).Fragments
	if !reflect.DeepEqual(got, fragments) {
		t.Errorf("fragments %v, want %v", got, fragments)
	}
}

func TestDCMTKReadsEveryEncoding(t *testing.T) {
	if _, err := exec.LookPath("dcmdump"); err != nil {
		t.Skip("DCMTK's dcmdump is not installed")
	}
	for _, f := range []dicomwrite.File{
		written(dicomwrite.ImplicitLittle, binary.LittleEndian, true),
		written(dicomwrite.ExplicitLittle, binary.LittleEndian, false),
		written(dicomwrite.ExplicitBig, binary.BigEndian, false),
		written(dicomwrite.Deflated, binary.LittleEndian, false),
	} {
		path := filepath.Join(t.TempDir(), "film.dcm")
		var out bytes.Buffer
		if err := dicomwrite.Write(&out, f); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		dump, err := exec.Command("dcmdump", "-q", "+P", "0008,1155", "+P", "0010,0010", path).CombinedOutput()
		if err != nil || strings.Count(string(dump), "2.25.") != 2 || !strings.Contains(string(dump), "Wang^XiaoDong") {
			t.Errorf("%s: %v: %s", f.Syntax, err, dump)
		}
	}
}

func TestUIDsAreUniqueAndWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		uid := dicomwrite.NewUID()
		if seen[uid] || len(uid) > 64 || !strings.HasPrefix(uid, "2.25.") || strings.HasPrefix(uid, "2.25.0") || strings.Trim(uid, "0123456789.") != "" {
			t.Fatalf("the UID %q", uid)
		}
		seen[uid] = true
	}
}

func TestDecimalsFitTheirField(t *testing.T) {
	for _, v := range []float64{0, 1.0 / 3, -1.0 / 3, 123456789.123456789, -1e-300, 92.39} {
		for _, text := range strings.Split(string(dicomwrite.Decimal(0x0040A30A, v).Value), `\`) {
			if text = strings.TrimSpace(text); len(text) > 16 {
				t.Errorf("%v is written as %q", v, text)
			}
		}
	}
}
