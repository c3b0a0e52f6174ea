//go:build unix

package dicomio

import (
	"context"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"pneumolight/testdata"
)

// BenchmarkAgainstTools times reading, decoding and a first render of one real
// chest film in every transfer syntax, and reports how many times as long
// DCMTK's renderer and GDCM's converter take for the same file. (DCMTK renders
// no JPEG 2000; GDCM has nothing to convert in native files.) The time that
// those programs take to start, measured on a film of four pixels, is
// subtracted. Times are of the processor, not of the clock, since others use
// the machine; of several the shortest counts.
func BenchmarkAgainstTools(b *testing.B) {
	film, dir := testdata.Film(b, testdata.Chest), b.TempDir()
	tiny := filmFile("MONOCHROME2", 2, 8, ramp(4)).write(b)
	for _, syntax := range []struct {
		name, renderer, converter string
		encode                    []string
	}{
		{"implicit little endian", "dcm2pnm", "", []string{"dcmconv", "+ti"}},
		{"explicit little endian", "dcm2pnm", "", []string{"dcmconv", "+te"}},
		{"explicit big endian", "dcm2pnm", "", []string{"dcmconv", "+tb"}},
		{"deflated", "dcm2pnm", "gdcmconv", []string{"dcmconv", "+td"}},
		{"RLE", "dcm2pnm", "gdcmconv", []string{"dcmcrle"}},
		{"JPEG baseline", "dcmj2pnm", "gdcmconv", []string{"dcmcjpeg", "+eb"}},
		{"JPEG extended", "dcmj2pnm", "gdcmconv", []string{"dcmcjpeg", "+ee"}},
		{"JPEG lossless", "dcmj2pnm", "gdcmconv", []string{"dcmcjpeg", "+e1"}},
		{"JPEG-LS lossless", "dcml2pnm", "gdcmconv", []string{"dcmcjpls", "+el"}},
		{"JPEG-LS near-lossless", "dcml2pnm", "gdcmconv", []string{"dcmcjpls", "+en"}},
		{"JPEG 2000 lossless", "", "gdcmconv", []string{"gdcmconv", "--j2k"}},
		{"JPEG 2000", "", "gdcmconv", []string{"gdcmconv", "--j2k", "--lossy", "-q", "20"}},
	} {
		b.Run(syntax.name, func(b *testing.B) {
			encoded := filepath.Join(dir, "film.dcm")
			tool(b, syntax.encode[0])
			args := append(syntax.encode[1:len(syntax.encode):len(syntax.encode)], film, encoded)
			if said, err := exec.Command(syntax.encode[0], args...).CombinedOutput(); err != nil {
				b.Skipf("%v: %s", err, said)
			}
			ours := time.Duration(1 << 62)
			for b.Loop() {
				start := processorTime(b)
				renderOnce(b, encoded)
				ours = min(ours, processorTime(b)-start)
			}
			for _, other := range []struct {
				program, unit string
				args          []string
			}{
				{syntax.renderer, "×DCMTK", []string{"-O", "+op", "+Wi", "1"}},
				{syntax.converter, "×GDCM", []string{"--raw"}},
			} {
				if other.program == "" {
					continue
				}
				out := filepath.Join(dir, "out")
				start, ok := quickest(other.program, append(other.args[:1:1], tiny, out))
				theirs, done := quickest(other.program, append(other.args, encoded, out))
				if ok && done {
					b.ReportMetric(float64(theirs-start)/float64(ours), other.unit)
				}
			}
		})
	}
}

// renderOnce is all that comes before a film's first picture.
func renderOnce(b *testing.B, path string) {
	film, err := ReadFile(context.Background(), path)
	if err != nil {
		b.Fatal(err)
	}
	table := film.Table(film.DefaultWindow())
	grey := make([]uint8, len(film.Stored))
	for i, v := range film.Stored {
		grey[i] = uint8(table[v] >> 8)
	}
}

// quickest is the shortest of several runs of a program.
func quickest(program string, args []string) (time.Duration, bool) {
	if _, err := exec.LookPath(program); err != nil {
		return 0, false
	}
	best := time.Duration(1 << 62)
	for range 15 {
		command := exec.Command(program, args...)
		if command.Run() != nil {
			return 0, false
		}
		best = min(best, command.ProcessState.UserTime()+command.ProcessState.SystemTime())
	}
	return best, true
}

// processorTime is what this process has used so far, in all its threads.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
