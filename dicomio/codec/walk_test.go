package codec

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// walked is what the tests need of a DICOM file: a walker that knows the
// elements of the pixel module and no more.
type walked struct {
	Params
	frames int
	native []byte // or:
	coded  [][]byte
}

type walker struct {
	data     []byte
	pos      int
	order    binary.ByteOrder
	implicit bool
	out      *walked
	depth    int
}

var errWalk = errors.New("the test's walker cannot read it")

func walkFile(path string) (w *walked, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil {
			w, err = nil, errWalk
		}
	}()
	out := &walked{frames: 1}
	out.TransferSyntax = "1.2.840.10008.1.2"
	if len(data) > 132 && string(data[128:132]) == "DICM" {
		data = data[132:]
	}
	wk := &walker{data: data, order: binary.LittleEndian, out: out}
	if len(data) > 8 && data[0] == 2 && data[1] == 0 {
		for len(wk.data)-wk.pos > 8 && wk.order.Uint16(wk.data[wk.pos:]) == 2 {
			wk.element()
		}
	}
	switch out.TransferSyntax {
	case "1.2.840.10008.1.2":
		// No group 2, or it says implicit; the first element's VR decides.
		wk.implicit = !(data[wk.pos+4] >= 'A' && data[wk.pos+4] <= 'Z' && data[wk.pos+5] >= 'A' && data[wk.pos+5] <= 'Z')
	case bigEndian:
		wk.order = binary.BigEndian
	case "1.2.840.10008.1.2.1.99":
		rest, err := io.ReadAll(flate.NewReader(bytes.NewReader(data[wk.pos:])))
		if err != nil && len(rest) == 0 {
			return nil, err
		}
		wk.data, wk.pos = rest, 0
	}
	for len(wk.data)-wk.pos >= 8 {
		wk.element()
		if out.native != nil || out.coded != nil {
			return out, nil
		}
	}
	return nil, fmt.Errorf("%w: no pixel data", errWalk)
}

func (w *walker) element() {
	group, elem := w.order.Uint16(w.data[w.pos:]), w.order.Uint16(w.data[w.pos+2:])
	w.pos += 4
	vr := ""
	var size uint32
	switch {
	case w.implicit || group == 0xfffe:
		size = w.order.Uint32(w.data[w.pos:])
		w.pos += 4
	default:
		vr = string(w.data[w.pos : w.pos+2])
		switch vr {
		case "OB", "OW", "OF", "OD", "OL", "SQ", "UT", "UN", "UC", "UR", "OV", "SV", "UV":
			size = w.order.Uint32(w.data[w.pos+4:])
			w.pos += 8
		default:
			size = uint32(w.order.Uint16(w.data[w.pos+2:]))
			w.pos += 4
		}
	}
	if size == 0xffffffff {
		if group == 0x7fe0 && elem == 0x10 && w.depth == 0 {
			w.fragments()
			return
		}
		w.items(vr == "UN")
		return
	}
	value := w.data[w.pos:]
	if group == 0x7fe0 && elem == 0x10 && w.depth == 0 {
		w.out.Words = vr != "OB"
		w.out.native = value[:min(len(value), int(size))]
		return
	}
	value = value[:size]
	w.pos += int(size)
	if w.depth > 0 {
		return
	}
	text := strings.Trim(string(value), " \x00")
	number := func() int { return int(w.order.Uint16(value)) }
	p := &w.out.Params
	switch uint32(group)<<16 | uint32(elem) {
	case 0x00020010:
		p.TransferSyntax = text
	case 0x00280002:
		p.SamplesPerPixel = number()
	case 0x00280004:
		p.Photometric = text
	case 0x00280006:
		p.PlanarConfiguration = number()
	case 0x00280008:
		w.out.frames, _ = strconv.Atoi(text)
	case 0x00280010:
		p.Rows = number()
	case 0x00280011:
		p.Columns = number()
	case 0x00280100:
		p.BitsAllocated = number()
	case 0x00280101:
		p.BitsStored = number()
	case 0x00280102:
		p.HighBit = number()
	case 0x00280103:
		p.Signed = number() == 1
	}
}

// items skips a sequence of undefined length.
func (w *walker) items(unknown bool) {
	w.depth++
	defer func(implicit bool) { w.implicit = implicit; w.depth-- }(w.implicit)
	w.implicit = w.implicit || unknown
	for {
		elem, size := w.order.Uint16(w.data[w.pos+2:]), w.order.Uint32(w.data[w.pos+4:])
		w.pos += 8
		if elem == 0xe0dd {
			return
		}
		if size != 0xffffffff {
			w.pos += int(size)
			continue
		}
		for w.order.Uint16(w.data[w.pos:]) != 0xfffe || w.order.Uint16(w.data[w.pos+2:]) != 0xe00d {
			w.element()
		}
		w.pos += 8
	}
}

// fragments reads encapsulated pixel data and joins them into frames.
func (w *walker) fragments() {
	var offsets []uint32
	var parts [][]byte
	var starts []uint32
	base := 0
	for first := true; w.pos+8 <= len(w.data); first = false {
		elem, size := w.order.Uint16(w.data[w.pos+2:]), int(w.order.Uint32(w.data[w.pos+4:]))
		at := w.pos
		w.pos += 8
		if elem == 0xe0dd {
			break
		}
		size = min(size, len(w.data)-w.pos)
		value := w.data[w.pos : w.pos+size]
		w.pos += size
		if first {
			for ; len(value) >= 4; value = value[4:] {
				offsets = append(offsets, w.order.Uint32(value))
			}
			base = w.pos
			continue
		}
		parts = append(parts, value)
		starts = append(starts, uint32(at-base))
	}
	frames := max(w.out.frames, 1)
	switch {
	case frames == 1:
		w.out.coded = [][]byte{bytes.Join(parts, nil)}
	case len(parts) == frames:
		w.out.coded = parts
	case len(offsets) == frames:
		for i, o := range offsets {
			var frame []byte
			for j, s := range starts {
				if s >= o && (i+1 == len(offsets) || s < offsets[i+1]) {
					frame = append(frame, parts[j]...)
				}
			}
			w.out.coded = append(w.out.coded, frame)
		}
	default:
		// No table: a fragment that begins a code stream begins a frame.
		for _, part := range parts {
			if bytes.HasPrefix(part, []byte{0xff, markerSOI}) || bytes.HasPrefix(part, []byte{0xff, 0x4f}) || len(w.out.coded) == 0 {
				w.out.coded = append(w.out.coded, nil)
			}
			last := len(w.out.coded) - 1
			w.out.coded[last] = append(w.out.coded[last], part...)
		}
	}
}
