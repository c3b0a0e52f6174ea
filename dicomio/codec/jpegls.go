package codec

import (
	"context"
	"encoding/binary"
	"slices"
)

// markerLSE holds JPEG-LS preset parameters (T.87 C.2.4.1).
const markerLSE = 0xf8

// jpegLS decodes ITU-T T.87 (JPEG-LS), lossless and near-lossless.
type jpegLS struct {
	jpegStream
	preset lsPreset
	done   [4]bool // components that have been decoded
}

// lsPreset is what an LSE segment sets; zero stands for the default.
type lsPreset struct {
	maxValue   int
	thresholds [3]int
	reset      int
}

func decodeJPEGLS(ctx context.Context, s Syntax, p Params, data []byte) (Image, error) {
	d := &jpegLS{jpegStream: newJPEGStream(s, p, data)}
	return d.decode(ctx, p, d)
}

func (d *jpegLS) segment(marker byte, seg []byte) error {
	switch {
	case marker == markerLSE:
		return d.parseLSE(seg)
	case marker == markerDRI:
		return d.parseDRI(seg)
	case marker == markerAPP8 && len(seg) == 5 && string(seg[:4]) == "mrfx" && seg[4] != 0:
		return d.fail(ErrUnsupported, "Hewlett-Packard's colour transform %d", seg[4])
	}
	return nil
}

func (d *jpegLS) prepare(p Params) error {
	if err := d.checkFrame(d.frame, p); err != nil {
		return err
	}
	if d.frame.sof != markerSOF55 {
		return d.fail(ErrUnsupported, "not a JPEG-LS code stream but JPEG process SOF%d", d.frame.sof-markerSOF0)
	}
	if d.frame.subsampled() {
		return d.fail(ErrUnsupported, "JPEG-LS with components of different sizes")
	}
	d.img.Samples = p.newSamples()
	return nil
}

func (d *jpegLS) complete() bool {
	return len(d.frame.components) > 0 && !slices.Contains(d.done[:d.img.Components], false)
}

func (d *jpegLS) refinable() bool { return false }

func (d *jpegLS) finish(_ context.Context, p Params) error {
	d.seen = p.seen(d.img.Samples, d.frame.precision)
	return nil
}

func (d *jpegLS) parseLSE(seg []byte) error {
	const parameters = 1
	if len(seg) < 11 || seg[0] != parameters {
		return d.fail(ErrUnsupported, "JPEG-LS with mapping tables or oversize images")
	}
	at := func(i int) int { return int(binary.BigEndian.Uint16(seg[1+2*i:])) }
	d.preset = lsPreset{maxValue: at(0), thresholds: [3]int{at(1), at(2), at(3)}, reset: at(4)}
	return nil
}

// parseDRI reads a restart interval, which JPEG-LS counts in lines and gives
// in 2 to 4 bytes (T.87 C.2.5).
func (d *jpegLS) parseDRI(seg []byte) error {
	if len(seg) < 2 || len(seg) > 4 {
		return d.fail(ErrCorrupt, "restart interval of %d bytes", len(seg))
	}
	d.interval = 0
	for _, b := range seg {
		d.interval = d.interval<<8 | int(b)
	}
	return nil
}

// Interleave modes of T.87 C.2.3.
const (
	lsByPlane = iota
	lsByLine
	lsBySample
)

func (d *jpegLS) scan(ctx context.Context, seg []byte) error {
	var parts []int
	for i := range int(seg[0]) {
		id, table := seg[1+2*i], seg[2+2*i]
		part := -1
		for j, c := range d.frame.components {
			if c.id == id && !d.done[j] {
				part = j
				break
			}
		}
		if part < 0 {
			return d.fail(ErrCorrupt, "scan of component %d", id)
		}
		if table != 0 {
			return d.fail(ErrUnsupported, "JPEG-LS with mapping tables or oversize images")
		}
		d.done[part] = true
		parts = append(parts, part)
	}
	tail := seg[1+2*len(parts):]
	near, mode, transform := int(tail[0]), int(tail[1]), tail[2]&15
	switch {
	case transform != 0:
		return d.fail(ErrUnsupported, "JPEG-LS with a point transform")
	case mode > lsBySample || mode == lsByPlane && len(parts) > 1:
		return d.fail(ErrCorrupt, "interleave mode %d of %d components", mode, len(parts))
	}
	s, ok := newLSScan(d.frame.precision, near, d.preset)
	if !ok {
		return d.fail(ErrCorrupt, "coding parameters %+v with near %d", d.preset, near)
	}
	d.img.Lossy = d.img.Lossy || near > 0
	s.bits = lsBitReader{data: d.data, pos: d.pos}
	err := d.lines(ctx, s, parts, mode == lsBySample)
	d.pos = s.bits.pos
	return err
}

// lines decodes the lines of a scan. Each is decoded between the line above
// and itself, in memory with a sample more on either side.
func (d *jpegLS) lines(ctx context.Context, s *lsScan, parts []int, bySample bool) error {
	width, n := d.img.Width, d.img.Components
	above, line := make([][]uint16, len(parts)), make([][]uint16, len(parts))
	for i := range parts {
		above[i], line[i] = make([]uint16, width+2), make([]uint16, width+2)
	}
	runIndex := make([]int, len(parts))
	for y := range d.img.Height {
		if y&63 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if d.interval > 0 && y > 0 && y%d.interval == 0 {
			if !s.bits.restart() {
				d.pos = s.bits.pos
				return d.fail(ErrTruncated, "no restart marker before line %d", y+1)
			}
			s.begin()
			clear(runIndex)
			for i := range parts {
				clear(above[i])
				clear(line[i])
			}
		}
		ok := true
		for i := range parts {
			above[i][width+1] = above[i][width]
			line[i][0] = above[i][1]
		}
		if bySample {
			ok = s.pixels(above, line, &runIndex[0])
		} else {
			for i := range parts {
				ok = ok && s.line(above[i], line[i], &runIndex[i])
			}
		}
		if !ok || s.bits.overrun() {
			d.pos = s.bits.pos
			if s.bits.overrun() {
				return d.fail(ErrTruncated, "data ends in line %d of %d", y+1, d.img.Height)
			}
			return d.fail(ErrCorrupt, "impossible code in line %d of %d", y+1, d.img.Height)
		}
		out := d.img.Samples[y*width*n : (y+1)*width*n]
		for i, part := range parts {
			in := line[i][1 : width+1]
			if n == 1 {
				copy(out, in)
				continue
			}
			for x, v := range in {
				out[x*n+part] = v
			}
		}
		above, line = line, above
	}
	return nil
}
