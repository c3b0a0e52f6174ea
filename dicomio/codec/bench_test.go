package codec

import (
	"os"
	"path/filepath"
	"testing"

	"pneumolight/testdata"
)

// BenchmarkDecode decodes one film of the shared data per codec. Its MB/s are
// of decoded samples, two bytes each.
func BenchmarkDecode(b *testing.B) {
	dir := filepath.Join(testdata.Folder(b, "dicom"), "wearemothership+dicom-test-files")
	for _, film := range []struct{ name, path string }{
		{"JPEG8", "vpop-pro.com/jpeg-baseline.dcm"},
		{"JPEG12", "medical.nema.org/compsamples_jpeg/IMAGES/JPLY/RG2_JPLY"},
		{"JPEG12Large", "medical.nema.org/compsamples_jpeg/IMAGES/JPLY/MG1_JPLY"},
		{"JPEGLossless", "medical.nema.org/compsamples_jpeg/IMAGES/JPLL/RG2_JPLL"},
		{"JPEGLS", "medical.nema.org/compsamples_jpegls/IMAGES/JLSL/RG2_JLSL"},
		{"JPEGLSNear", "medical.nema.org/compsamples_jpegls/IMAGES/JLSN/RG2_JLSN"},
		{"JPEG2000", "medical.nema.org/compsamples_j2k/IMAGES/J2KR/RG2_J2KR"},
		{"JPEG2000Lossy", "medical.nema.org/compsamples_j2k/IMAGES/J2KI/RG2_J2KI"},
		{"RLE", "medical.nema.org/compsamples_rle_20040210/IMAGES/RLE/RG2_RLE"},
	} {
		b.Run(film.name, func(b *testing.B) {
			path := filepath.Join(dir, filepath.FromSlash(film.path))
			if _, err := os.Stat(path); err != nil {
				b.Skipf("no %s", film.path)
			}
			w, err := walkFile(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(2 * w.samples())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.decode(0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkNative unpacks 9 megapixels of 12 bits in 16.
func BenchmarkNative(b *testing.B) {
	p := grey(3000, 3000, 16, 12, 11)
	data := make([]byte, 2*p.samples())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Native(p, data); err != nil {
			b.Fatal(err)
		}
	}
}
