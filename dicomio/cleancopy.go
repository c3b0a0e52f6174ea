package dicomio

import "encoding/binary"

// maxValue bounds a wanted element's value: a lookup table has at most 65,536
// entries of two bytes.
const maxValue = 1 << 17

// cleanElement is an element encoded anew.
type cleanElement struct {
	tag   tagNumber
	bytes []byte
}

// cleanPrologue is the preamble and meta header before every clean copy.
var cleanPrologue = func() []byte {
	b := append(make([]byte, 128), "DICM"...)
	syntax := []byte(syntaxExplicitLittle + "\x00")
	meta := appendElement(nil, tagTransferSyntaxUID, "UI", syntax)
	length := binary.LittleEndian.AppendUint32(nil, uint32(len(meta)))
	b = appendElement(b, tagMetaGroupLength, "UL", length)
	return append(b, meta...)
}()

func appendElement(b []byte, t tagNumber, vr string, value []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, t.group())
	b = binary.LittleEndian.AppendUint16(b, uint16(t))
	b = append(b, vr...)
	if longForm(vr) {
		b = append(b, 0, 0)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	} else {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	}
	return append(b, value...)
}

// cleanCopies copies the wanted elements of a data set. Only items keep their
// character set: the module would apply the file's own to all text.
func cleanCopies(ds *dataset, frame int, item bool) []cleanElement {
	var copies []cleanElement
	for i := range ds.elements {
		e := &ds.elements[i]
		table, ok := wanted[e.tag]
		if e.tag == tagSpecificCharacterSet && item {
			table, ok = "CS", true
		}
		if !ok {
			continue
		}
		if table == "SQ" {
			items := e.items
			if e.tag == tagPerFrameFunctional {
				items = nil
				if frame >= 1 && frame <= len(e.items) {
					items = e.items[frame-1 : frame]
				}
			}
			var value []byte
			for _, item := range items {
				var inner []byte
				for _, c := range cleanCopies(item, frame, true) {
					inner = append(inner, c.bytes...)
				}
				value = binary.LittleEndian.AppendUint16(value, 0xFFFE)
				value = binary.LittleEndian.AppendUint16(value, 0xE000)
				value = binary.LittleEndian.AppendUint32(value, uint32(len(inner)))
				value = append(value, inner...)
			}
			if len(items) > 0 {
				copies = append(copies, cleanElement{e.tag, appendElement(nil, e.tag, "SQ", value)})
			}
			continue
		}
		value, vr := e.value, copyVR(e.vr, table)
		if len(value) > maxValue {
			value = value[:maxValue]
		}
		if !longForm(vr) && len(value) > 0xFFFE {
			value = value[:0xFFFE]
		}
		if ds.order == binary.BigEndian {
			value = swapped(value, unitSize(e.vr, vr))
		}
		switch vr {
		case "US", "SS":
			value = value[:len(value)/2*2]
		case "UL", "SL", "FL":
			value = value[:len(value)/4*4]
		case "FD":
			value = value[:len(value)/8*8]
		}
		copies = append(copies, cleanElement{e.tag, appendElement(nil, e.tag, vr, value)})
	}
	return copies
}

// copyVR is the representation to copy an element with: the file's own where
// it is a number or text as the dictionary says too, else the dictionary's.
func copyVR(file, table string) string {
	if table == "OB" || table == "SQ" {
		return table
	}
	switch file {
	case "US", "SS", "UL", "SL", "FL", "FD":
		if table == "DS" || table == "IS" || table == "US" {
			return file
		}
	case "DS", "IS":
		if table == "US" || table == "DS" || table == "IS" {
			return file
		}
	}
	return table
}

// unitSize is how many bytes belong together when the byte order changes.
func unitSize(file, vr string) int {
	switch vr {
	case "US", "SS":
		return 2
	case "UL", "SL", "FL":
		return 4
	case "FD":
		return 8
	case "OB":
		if file == "OB" || file == "UN" {
			return 1
		}
		return 2
	}
	return 1
}

func swapped(value []byte, unit int) []byte {
	if unit == 1 {
		return value
	}
	out := make([]byte, len(value)/unit*unit)
	for i := range out {
		out[i] = value[i/unit*unit+unit-1-i%unit]
	}
	return out
}
