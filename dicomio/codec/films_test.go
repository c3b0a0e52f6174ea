package codec

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// dataDir finds the shared films, or skips.
func dataDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("PNEUMOLIGHT_DATA")
	if dir == "" {
		wd, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for d := wd; ; d = filepath.Dir(d) {
			if try := filepath.Join(d, "..", "shared", "data"); isDir(try) {
				dir = try
				break
			}
			if d == filepath.Dir(d) {
				t.Skip("no shared data: neither PNEUMOLIGHT_DATA nor ../shared/data beside the project")
			}
		}
	}
	dir = filepath.Join(dir, "dicom")
	if !isDir(dir) {
		t.Skipf("no DICOM films in %s", dir)
	}
	return dir
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (w *walked) decode(frame int) (Image, error) {
	if w.native != nil {
		return NativeFrame(w.Params, w.native, frame)
	}
	return Decode(context.Background(), w.Params, w.coded[frame])
}

type tool struct {
	name string
	args []string // before input and output
}

var tools = map[string][]tool{
	"gdcm": {{"gdcmconv", []string{"--raw"}}},
}

// TestProbe
func TestProbe(t *testing.T) {
	dir := dataDir(t)
	var paths []string
	filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			paths = append(paths, path)
		}
		return nil
	})
	sort.Strings(paths)
	tmp := t.TempDir()
	counts := map[string]int{}
	for _, path := range paths {
		rel, _ := filepath.Rel(dir, path)
		w, err := walkFile(path)
		if err != nil {
			if os.Getenv("V") != "" {
				fmt.Println("WALK", rel, err)
			}
			continue
		}
		s, _ := lookup(w.TransferSyntax)
		cmds := []tool{{"gdcmconv", []string{"--raw"}}}
		switch {
		case strings.HasPrefix(w.TransferSyntax, "1.2.840.10008.1.2.4.8"):
			cmds = append(cmds, tool{"dcmdjpls", nil})
		case w.TransferSyntax == "1.2.840.10008.1.2.5":
			cmds = append(cmds, tool{"dcmdrle", nil})
		case strings.HasPrefix(w.TransferSyntax, "1.2.840.10008.1.2.4.5") || strings.HasPrefix(w.TransferSyntax, "1.2.840.10008.1.2.4.7"):
			cmds = append(cmds, tool{"dcmdjpeg", []string{"+cn"}})
		case !s.fragments:
			cmds = append(cmds, tool{"dcmconv", []string{"+te"}})
		}
		n := max(w.frames, 1)
		if w.coded != nil {
			n = len(w.coded)
		}
		for _, c := range cmds {
			out := filepath.Join(tmp, "x.dcm")
			os.Remove(out)
			args := append(append([]string{}, c.args...), path, out)
			msg, rerr := exec.Command(c.name, args...).CombinedOutput()
			ref, werr := walkFile(out)
			if rerr == nil && werr != nil {
				rerr = werr
			}
			for f := range n {
				img, err := w.decode(f)
				what := ""
				if img.Samples == nil && err != nil {
					what = "ERR " + err.Error()
				}
				if rerr != nil {
					what += " REF-FAILS " + strings.TrimSpace(strings.ReplaceAll(string(msg[:min(len(msg), 100)]), "\n", " | "))
				}
				if what == "" {
					r, rerr := ref.decode(f)
					if rerr != nil {
						what = "REF " + rerr.Error()
					} else {
						what = compare(img, r)
					}
				}
				if err != nil && img.Samples != nil {
					what += " PARTIAL " + err.Error()
				}
				if what == "same" || errors.Is(err, context.Canceled) {
					counts[s.UID+" "+c.name+" same"]++
				} else {
					counts[s.UID+" "+c.name+" other"]++
					fmt.Printf("%s %s %d/%d %s %s: %s\n", s.UID, c.name, f, n, rel, w.Photometric, what)
				}
			}
		}
	}
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Println(k, counts[k])
	}
}

func compare(a, b Image) string {
	if len(a.Samples) != len(b.Samples) {
		return fmt.Sprintf("%d samples, reference %d", len(a.Samples), len(b.Samples))
	}
	worst, n := 0, 0
	for i := range a.Samples {
		x, y := value(a, i), value(b, i)
		if d := max(x-y, y-x); d > 0 {
			n++
			worst = max(worst, d)
		}
	}
	if n == 0 {
		return "same"
	}
	return fmt.Sprintf("%d of %d differ, worst %d; bits %d/%d signed %v/%v photometric %s/%s", n, len(a.Samples), worst, a.Bits, b.Bits, a.Signed, b.Signed, a.Photometric, b.Photometric)
}

func value(a Image, i int) int {
	v := int(a.Samples[i])
	if a.Signed && v >= 1<<(a.Bits-1) {
		v -= 1 << a.Bits
	}
	return v
}
