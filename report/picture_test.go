package report_test

import (
	"bytes"
	"image"
	"image/png"
	"testing"
)

// smallPNG is a grey picture large enough to be analysed.
func smallPNG(t *testing.T) []byte {
	t.Helper()
	grey := image.NewGray(image.Rect(0, 0, 400, 420))
	for k := range grey.Pix {
		grey.Pix[k] = byte(k % 251)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, grey); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
