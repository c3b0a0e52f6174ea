package dicomio

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestRenderAgainstDCMTK shows every public single-frame grey file that has a
// VOI of its own through that VOI, and compares the greys with dcm2pnm's.
func TestRenderAgainstDCMTK(t *testing.T) {
	dcm2pnm, gdcmconv := tool(t, "dcm2pnm"), tool(t, "gdcmconv")
	compared, worst := 0, 0.0
	for _, file := range publicFiles(t) {
		if !file.singleGrey() {
			continue
		}
		film, err := ReadFile(context.Background(), file.path)
		if err != nil || len(film.Windows) == 0 {
			continue
		}
		t.Run(filepath.Base(file.name), func(t *testing.T) {
			voi := "+Wi"
			if film.Windows[0].Kind == WindowLUT {
				voi = "+Wl"
			}
			want, ok := dcmtkGreys(t, dcm2pnm, gdcmconv, file.path, voi, "1")
			if !ok {
				t.Skip("dcm2pnm does not read it")
			}
			if len(want) != len(film.Stored) {
				t.Fatalf("%d pixels, dcm2pnm has %d", len(film.Stored), len(want))
			}
			difference := meanDifference(film, film.Table(film.DefaultWindow()), want)
			if difference >= 1 {
				t.Errorf("mean difference %.2f of 255; window %+v", difference, film.DefaultWindow())
			}
			compared++
			worst = max(worst, difference)
		})
	}
	t.Logf("%d files compared, largest mean difference %.3f of 255", compared, worst)
}

// TestFullRangeAgainstDCMTK compares the full range with dcm2pnm's window from
// the lowest to the highest value.
func TestFullRangeAgainstDCMTK(t *testing.T) {
	dcm2pnm, gdcmconv := tool(t, "dcm2pnm"), tool(t, "gdcmconv")
	compared, worst := 0, 0.0
	for _, file := range publicFiles(t) {
		if !file.singleGrey() {
			continue
		}
		film, err := ReadFile(context.Background(), file.path)
		if err != nil || film.grey.padded {
			continue // DCMTK counts padding
		}
		t.Run(filepath.Base(file.name), func(t *testing.T) {
			want, ok := dcmtkGreys(t, dcm2pnm, gdcmconv, file.path, "+Wm")
			if !ok || len(want) != len(film.Stored) {
				t.Skip("dcm2pnm does not read it")
			}
			difference := meanDifference(film, film.Table(film.FullWindow()), want)
			if difference >= 1 {
				t.Errorf("mean difference %.2f of 255", difference)
			}
			compared++
			worst = max(worst, difference)
		})
	}
	t.Logf("%d files compared, largest mean difference %.3f of 255", compared, worst)
}

func meanDifference(film *Film, table []uint16, want []byte) float64 {
	sum := 0.0
	for i, v := range film.Stored {
		// dcm2pnm's 8 bits are cut, not rounded.
		sum += abs(float64(table[v])/257 - float64(want[i]) - 0.5)
	}
	return sum / float64(len(want))
}

func abs(v float64) float64 { return max(v, -v) }

// dcmtkGreys renders a file with dcm2pnm or its kin for compressed files, and
// returns 8-bit greys.
func dcmtkGreys(t *testing.T, dcm2pnm, gdcmconv, path string, options ...string) ([]byte, bool) {
	t.Helper()
	dir := t.TempDir()
	out, plain := filepath.Join(dir, "out.pgm"), filepath.Join(dir, "plain.dcm")
	for _, program := range []string{dcm2pnm, "dcmj2pnm", "dcml2pnm", "plain"} {
		in := path
		if program == "plain" {
			program = dcm2pnm
			in = plain
			if exec.Command(gdcmconv, "--raw", path, plain).Run() != nil {
				return nil, false
			}
		}
		args := append([]string{"-O", "+op"}, options...)
		said, err := exec.Command(program, append(args, in, out)...).CombinedOutput()
		if err != nil {
			continue
		}
		if bytes.Contains(said, []byte("cannot select VOI")) {
			// It does not see a window whose VR the file gives as UN.
			return nil, false
		}
		data, err := os.ReadFile(out)
		if err != nil {
			continue
		}
		var width, height, top int
		if _, err := fmt.Sscanf(string(data[:min(len(data), 40)]), "P5\n%d %d\n%d", &width, &height, &top); err != nil || top != 255 {
			continue
		}
		if len(data) < width*height || bytes.HasPrefix(data, []byte("P6")) {
			continue
		}
		return data[len(data)-width*height:], true
	}
	return nil, false
}
