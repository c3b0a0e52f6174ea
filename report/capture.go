package report

import (
	"image"
	"image/color"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
	"pneumolight/render"
)

// captureSide is the longest side of a captured overlay, in pixels: enough for
// a diagnostic display, and no larger than it can show.
const captureSide = 2560

// writeCapture writes the film with the heat map as a Secondary Capture
// (PS3.3 A.8.1). A line below the picture says what it is, for viewers that
// show the pixels alone.
func (r *Report) writeCapture(w io.Writer) error {
	if r.source == nil {
		return ErrNotDICOM
	}
	o, err := r.object(classSecondaryCapture, "OT", "AI heat map (research use only)", seriesCapture)
	if err != nil {
		return err
	}
	if r.Result == nil {
		return ErrNoResult
	}
	picture, err := r.captured()
	if err != nil {
		return err
	}
	r.content(o)
	width, height := picture.Rect.Dx(), picture.Rect.Dy()
	o.add(
		dicomwrite.Text(0x00080008, "CS", "DERIVED", "SECONDARY"),
		dicomwrite.Text(0x00080064, "CS", "WSD"),
		dicomwrite.Text(0x00082111, "ST", "Film with the model's class activation map against normal films over it"),
		dicomwrite.Sequence(0x00082112, r.imageReference()),
		dicomwrite.Text(0x00200020, "CS", r.Film.Header.PatientOrientation[0], r.Film.Header.PatientOrientation[1]),
		dicomwrite.Text(0x00204000, "LT", r.summary()),
		dicomwrite.Short(0x00280002, 3),
		dicomwrite.Text(0x00280004, "CS", "RGB"),
		dicomwrite.Short(0x00280006, 0),
		dicomwrite.Short(0x00280010, uint16(height)), dicomwrite.Short(0x00280011, uint16(width)),
		dicomwrite.Short(0x00280100, 8), dicomwrite.Short(0x00280101, 8),
		dicomwrite.Short(0x00280102, 7), dicomwrite.Short(0x00280103, 0),
		dicomio.Element{Tag: 0x7FE00010, VR: "OB", Value: interleaved(picture)},
	)
	if burned := r.Film.Header.BurnedInAnnotation; burned == "YES" || burned == "NO" {
		o.add(dicomwrite.Text(0x00280301, "CS", burned))
	}
	if r.Film.Header.Lossy {
		o.add(dicomwrite.Text(0x00282110, "CS", "01"))
	}
	return o.write(w)
}

// captured is the film with the heat map and the line below.
func (r *Report) captured() (*image.RGBA, error) {
	film := shrink(render.Film(r.source, r.source.DefaultWindow()), captureSide)
	render.Overlay(film, r.prediction.Map, render.RegionThreshold, overlayOpacity)
	parsed, err := opentype.Parse(regularTTF)
	if err != nil {
		return nil, err
	}
	text := "AI: " + r.summary() + " Research use only."
	face, line, err := fitting(parsed, text, film.Rect.Dx())
	if err != nil {
		return nil, err
	}
	defer face.Close()
	whole := image.NewRGBA(image.Rect(0, 0, film.Rect.Dx(), film.Rect.Dy()+line*3/2))
	draw.Draw(whole, whole.Rect, image.Black, image.Point{}, draw.Src)
	draw.Draw(whole, film.Rect, film, image.Point{}, draw.Src)
	drawer := font.Drawer{
		Dst: whole, Src: image.NewUniform(color.White), Face: face,
		Dot: fixed.P(line/2, film.Rect.Dy()+line),
	}
	drawer.DrawString(text)
	return whole, nil
}

// fitting is the largest face, within reason, in which a text fits a width.
func fitting(parsed *opentype.Font, text string, width int) (face font.Face, line int, err error) {
	for size := max(8, width/40); ; size-- {
		face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, 0, err
		}
		line = face.Metrics().Height.Ceil()
		if size <= 8 || font.MeasureString(face, text).Ceil() <= width-line {
			return face, line, nil
		}
		if err := face.Close(); err != nil {
			return nil, 0, err
		}
	}
}

// interleaved is a picture's R, G and B, of even length.
func interleaved(picture *image.RGBA) []byte {
	out := make([]byte, 0, 3*picture.Rect.Dx()*picture.Rect.Dy()+1)
	for k := 0; k < len(picture.Pix); k += 4 {
		out = append(out, picture.Pix[k:k+3]...)
	}
	if len(out)%2 != 0 {
		out = append(out, 0)
	}
	return out
}
