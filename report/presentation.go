package report

import (
	"context"
	"encoding/binary"
	"image"
	"io"
	"math"
	"slices"
	"strconv"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
	"pneumolight/inference"
	"pneumolight/render"
)

// The graphic layers: what the model says, and what the reader measured.
const (
	layerModel  = "AI"
	layerReader = "READER"
)

// writePresentation writes a Grayscale Softcopy Presentation State (PS3.3
// A.33.1): the window that the reader looked through, or else that the report
// shows the film with, and how the film lay; what the model says as a text and
// a box, and what the reader measured, each in a layer that a viewer can hide.
func (r *Report) writePresentation(ctx context.Context, w io.Writer) error {
	if r.source == nil || r.source.IsColour() {
		return ErrNotDICOM
	}
	o, err := r.object(classPresentation, "PR", "Window and AI annotations (research use only)", seriesPresentation)
	if err != nil {
		return err
	}
	modality, err := r.modalityLUT(ctx)
	if err != nil {
		return err
	}
	look, description := Look{Window: r.source.DefaultWindow()}, "Window, and what the model says"
	if r.look != nil {
		look, description = *r.look, "The reader's window and marks, what the model says"
	}
	shape := "IDENTITY"
	if r.source.Inverted() != look.Inverted {
		shape = "INVERSE"
	}
	layers := [][]dicomio.Element{graphicLayer(layerModel, 1, "What the model says")}
	annotations := [][]dicomio.Element{r.annotations()}
	if len(look.Marks) > 0 {
		layers = append(layers, graphicLayer(layerReader, 2, "What the reader measured"))
		annotations = append(annotations, look.annotations())
	}
	o.add(
		dicomwrite.Text(0x00700080, "CS", "AI_RESULT"),
		dicomwrite.Text(0x00700081, "LO", description),
		dicomwrite.Text(0x00700082, "DA", r.Created.Format("20060102")),
		dicomwrite.Text(0x00700083, "TM", r.Created.Format("150405")),
		dicomwrite.Text(0x00700084, "PN", ""),
		dicomwrite.Sequence(0x00081115, []dicomio.Element{
			dicomwrite.Text(0x0020000E, "UI", r.Film.Header.SeriesUID),
			dicomwrite.Sequence(0x00081140, r.imageReference()),
		}),
		dicomwrite.Sequence(0x0070005A, r.displayedArea(look)),
		dicomwrite.Sequence(0x00283110, voi(look.Window)),
		dicomwrite.Sequence(0x00700001, annotations...),
		dicomwrite.Sequence(0x00700060, layers...),
		dicomwrite.Text(0x20500020, "CS", shape),
	)
	o.add(look.transformation()...)
	o.add(modality...)
	return o.write(w)
}

// modalityLUT copies the film's modality transformation from its file: a
// presentation state has to repeat it (PS3.3 C.11.1).
func (r *Report) modalityLUT(ctx context.Context) ([]dicomio.Element, error) {
	source, err := dicomio.ReadDataSet(ctx, r.source.Path)
	if err != nil {
		return nil, err
	}
	if e := source.Find(0x00283000); e != nil && len(e.Items) > 0 {
		return []dicomio.Element{dicomwrite.Sequence(0x00283000, littleEndian(source, e.Items[0]))}, nil
	}
	slope := source.Find(0x00281053)
	if slope == nil {
		return nil, nil
	}
	kind := source.Text(source.Find(0x00281054))
	if kind == "" {
		kind = "US"
	}
	return []dicomio.Element{
		dicomwrite.Text(0x00281052, "DS", source.Text(source.Find(0x00281052))),
		dicomwrite.Text(0x00281053, "DS", source.Text(slope)),
		dicomwrite.Text(0x00281054, "LO", kind),
	}, nil
}

// littleEndian turns the 16-bit values of a lookup table's item to the byte
// order of what is written here.
func littleEndian(source *dicomio.DataSet, item []dicomio.Element) []dicomio.Element {
	out := slices.Clone(item)
	for k, e := range out {
		switch e.VR {
		case "US", "SS", "OW":
			value := make([]byte, len(e.Value))
			for i := 0; i+1 < len(value); i += 2 {
				binary.LittleEndian.PutUint16(value[i:], source.Order.Uint16(e.Value[i:]))
			}
			out[k].Value = value
		}
	}
	return out
}

func graphicLayer(name string, order int, description string) []dicomio.Element {
	return []dicomio.Element{
		dicomwrite.Text(0x00700002, "CS", name), number(0x00700062, order),
		dicomwrite.Text(0x00700068, "LO", description),
	}
}

// transformation says how the film lies (PS3.3 C.10.6), where it does not lie
// as it is stored. DICOM turns it before it mirrors it, which a Look does after.
func (l Look) transformation() []dicomio.Element {
	if l.Quarters == 0 && !l.Flipped {
		return nil
	}
	turns, flip := l.Quarters, "N"
	if l.Flipped {
		turns, flip = (4-l.Quarters)%4, "Y"
	}
	return []dicomio.Element{
		dicomwrite.Text(0x00700041, "CS", flip), dicomwrite.Short(0x00700042, uint16(90*turns)),
	}
}

// displayedArea shows the whole film (PS3.3 C.10.4): the pixels that lie at the
// display's upper left and lower right, once the film lies as it was looked at.
func (r *Report) displayedArea(look Look) []dicomio.Element {
	view := render.View{Scale: 1, Aspect: 1, Quarters: look.Quarters, Flipped: look.Flipped}
	corner := func(sx, sy float64) []int {
		pixel := []int{1, 1}
		x, y := view.ToFilm(sx, sy, 0, 0)
		if x > 0 {
			pixel[0] = r.source.Width
		}
		if y > 0 {
			pixel[1] = r.source.Height
		}
		return pixel
	}
	area := []dicomio.Element{
		signed(0x00700052, corner(-1, -1)...), signed(0x00700053, corner(1, 1)...),
		dicomwrite.Text(0x00700100, "CS", "SCALE TO FIT"),
	}
	if s := r.source.Spacing; s.Kind != dicomio.SpacingUnknown {
		return append(area, dicomwrite.Decimal(0x00700101, s.Row, s.Column))
	}
	ratio := 1000
	if a := r.source.PixelAspect; a > 0 && a < 1000 {
		ratio = max(1, int(math.Round(1000*a)))
	}
	return append(area, dicomwrite.Text(0x00700102, "IS", strconv.Itoa(ratio), "1000"))
}

// voi is a window as a Softcopy VOI LUT (PS3.3 C.11.8).
func voi(w dicomio.Window) []dicomio.Element {
	if w.Kind == dicomio.WindowLUT && w.LUT != nil {
		entries := len(w.LUT.Data)
		table := []dicomio.Element{
			// 65536 entries are written as 0; a negative first value is the
			// same bits.
			dicomwrite.Short(0x00283002, uint16(entries), uint16(w.LUT.First), uint16(w.LUT.Bits)),
			{Tag: 0x00283006, VR: "OW", Value: shorts(w.LUT.Data)},
		}
		if w.LUT.First < 0 {
			table[0].VR = "SS"
		}
		return []dicomio.Element{dicomwrite.Sequence(0x00283010, table)}
	}
	out := []dicomio.Element{dicomwrite.Decimal(0x00281050, w.Center), dicomwrite.Decimal(0x00281051, w.Width)}
	if w.Kind != dicomio.WindowLinear {
		out = append(out, dicomwrite.Text(0x00281056, "CS", string(w.Kind)))
	}
	return out
}

func shorts(values []uint16) []byte {
	out := make([]byte, 0, 2*len(values))
	for _, v := range values {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	return out
}

// annotations are the model's result as a text at the top of the display and,
// where there is one, a box round the heat map's highest region (PS3.3 C.10.5).
func (r *Report) annotations() []dicomio.Element {
	region := r.Result != nil && r.Result.Region
	text := "AI: " + r.summary() + "\r\nResearch use only."
	if region {
		text += " The box shows where the model looked, not where disease is."
	}
	says := []dicomio.Element{
		dicomwrite.Text(0x00700003, "CS", "DISPLAY"),
		dicomwrite.Floats(0x00700010, 0.02, 0.02), dicomwrite.Floats(0x00700011, 0.98, 0.1),
		dicomwrite.Text(0x00700012, "CS", "LEFT"),
		dicomwrite.Text(0x00700006, "ST", text),
	}
	out := []dicomio.Element{
		dicomwrite.Text(0x00700002, "CS", layerModel),
		dicomwrite.Sequence(0x00700008, says),
	}
	if !region {
		return out
	}
	box := highest(r.prediction.Map, render.RegionThreshold)
	x := func(cell int) float64 {
		return float64(cell) * float64(r.source.Width) / float64(r.prediction.Map.Width)
	}
	y := func(cell int) float64 {
		return float64(cell) * float64(r.source.Height) / float64(r.prediction.Map.Height)
	}
	left, top, right, bottom := x(box.Min.X), y(box.Min.Y), x(box.Max.X), y(box.Max.Y)
	return append(out, dicomwrite.Sequence(0x00700009, polyline([]Point{
		{left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top},
	})))
}

// annotations are the reader's marks, each with its text at a point of it.
func (l Look) annotations() []dicomio.Element {
	var texts, lines [][]dicomio.Element
	for _, m := range l.Marks {
		texts = append(texts, []dicomio.Element{
			dicomwrite.Text(0x00700004, "CS", "PIXEL"),
			dicomwrite.Text(0x00700006, "ST", m.Text),
			dicomwrite.Floats(0x00700014, m.At.X, m.At.Y),
			dicomwrite.Text(0x00700015, "CS", "N"),
		})
		for _, line := range m.Lines {
			lines = append(lines, polyline(line))
		}
	}
	return []dicomio.Element{
		dicomwrite.Text(0x00700002, "CS", layerReader),
		dicomwrite.Sequence(0x00700008, texts...),
		dicomwrite.Sequence(0x00700009, lines...),
	}
}

// polyline is a graphic object of the film's pixels.
func polyline(points []Point) []dicomio.Element {
	var data []float64
	for _, p := range points {
		data = append(data, p.X, p.Y)
	}
	return []dicomio.Element{
		dicomwrite.Text(0x00700005, "CS", "PIXEL"),
		dicomwrite.Short(0x00700020, 2), dicomwrite.Short(0x00700021, uint16(len(points))),
		dicomwrite.Floats(0x00700022, data...),
		dicomwrite.Text(0x00700023, "CS", "POLYLINE"),
		dicomwrite.Text(0x00700024, "CS", "N"),
	}
}

// highest bounds, in cells, the region of a heat map that holds its peak.
func highest(m inference.HeatMap, threshold float64) image.Rectangle {
	peak := 0
	for k, v := range m.Values {
		if v > m.Values[peak] {
			peak = k
		}
	}
	seen := make([]bool, len(m.Values))
	open := []int{peak}
	seen[peak] = true
	var box image.Rectangle
	for len(open) > 0 {
		k := open[len(open)-1]
		open = open[:len(open)-1]
		x, y := k%m.Width, k/m.Width
		box = box.Union(image.Rect(x, y, x+1, y+1))
		for _, d := range []image.Point{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			n := image.Pt(x, y).Add(d)
			if !n.In(image.Rect(0, 0, m.Width, m.Height)) {
				continue
			}
			if i := n.Y*m.Width + n.X; !seen[i] && float64(m.Values[i]) >= threshold {
				seen[i] = true
				open = append(open, i)
			}
		}
	}
	return box
}
