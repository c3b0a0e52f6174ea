package screening_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"pneumolight/assets"
	"pneumolight/dicomio"
	"pneumolight/inference"
	"pneumolight/screening"
	"pneumolight/testdata"
)

// dicoms makes n DICOM films of the chest film that differ in the last digits
// of their UIDs.
func dicoms(b *testing.B, n int) string {
	b.Helper()
	data, err := os.ReadFile(testdata.Film(b, testdata.Chest))
	if err != nil {
		b.Fatal(err)
	}
	info, err := dicomio.ReadHeader(b.Context(), testdata.Film(b, testdata.Chest))
	if err != nil {
		b.Fatal(err)
	}
	uid := info.Header.InstanceUID
	dir := b.TempDir()
	for k := range n {
		other := uid[:len(uid)-4] + fmt.Sprintf("%04d", 1000+k)
		write(b, filepath.Join(dir, fmt.Sprintf("%04d.dcm", k)), bytes.ReplaceAll(data, []byte(uid), []byte(other)))
	}
	return dir
}

// jpegs makes n JPEG pictures of every step'th row and column of the chest
// film, each with a grey of its own in the corner.
func jpegs(b *testing.B, n, step int) string {
	b.Helper()
	film, err := dicomio.ReadFile(b.Context(), testdata.Film(b, testdata.Chest))
	if err != nil {
		b.Fatal(err)
	}
	table := film.Table(film.DefaultWindow())
	picture := image.NewGray(image.Rect(0, 0, film.Width/step, film.Height/step))
	for y := range picture.Rect.Dy() {
		for x := range picture.Rect.Dx() {
			picture.Pix[y*picture.Stride+x] = uint8(table[film.Stored[y*step*film.Width+x*step]] >> 8)
		}
	}
	dir := b.TempDir()
	for k := range n {
		for i := range 64 {
			picture.Pix[i%8*picture.Stride+i/8] = uint8(6 * k)
		}
		var out bytes.Buffer
		if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 90}); err != nil {
			b.Fatal(err)
		}
		write(b, filepath.Join(dir, fmt.Sprintf("%04d.jpg", k)), out.Bytes())
	}
	return dir
}

// BenchmarkScreen screens copies of a real film with the shipped model. It
// reports films a second, and the share of the time that went into decoding
// and the model (preparing films for it counts as the model's).
func BenchmarkScreen(b *testing.B) {
	if _, err := inference.FindLibrary(); err != nil {
		b.Skip(err)
	}
	const films = 100
	large := func(b *testing.B, n int) string { return jpegs(b, n, 1) }
	small := func(b *testing.B, n int) string { return jpegs(b, n, 8) }
	model, err := inference.Open(assets.Model, inference.Options{Threads: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer model.Close()
	for _, c := range []struct {
		name    string
		make    func(*testing.B, int) string
		workers int
	}{
		{"dicom", dicoms, 1}, {"dicom", dicoms, 2}, {"jpeg", large, 1}, {"jpeg", large, 2}, {"small jpeg", small, 1}, {"small jpeg", small, 2},
	} {
		b.Run(fmt.Sprintf("%s/%d", c.name, c.workers), func(b *testing.B) {
			dir := c.make(b, films)
			log := openLog(b, filepath.Join(b.TempDir(), "j.db"))
			var useful, all, elapsed float64
			for b.Loop() {
				journal := begin(b, log, dir, model, false)
				p, err := screening.Job{Folder: dir, Model: model, Journal: journal, Workers: c.workers}.Run(b.Context())
				if err != nil || p.OK != films {
					b.Fatalf("%+v, error %v", p, err)
				}
				s := p.Spent
				useful += (s.Decode + s.Prepare + s.Infer).Seconds()
				all += (s.Scan + s.Read + s.Decode + s.Prepare + s.Infer + s.Record).Seconds()
				elapsed += p.Elapsed.Seconds()
			}
			b.ReportMetric(float64(films*b.N)/elapsed, "films/s")
			b.ReportMetric(100*useful/all, "%decode+model")
		})
	}
}
