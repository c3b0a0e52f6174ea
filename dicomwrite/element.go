package dicomwrite

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"

	"pneumolight/dicomio"
)

// Text is an element of text, several values separated by backslashes. The
// values are UTF-8: the data set's character set has to be ISO_IR 192. A
// backslash inside a value, which would split it, becomes a slash.
func Text(tag uint32, vr string, values ...string) dicomio.Element {
	clean := make([]string, len(values))
	for k, v := range values {
		clean[k] = v
		if vr != "UT" && vr != "LT" && vr != "ST" {
			clean[k] = strings.ReplaceAll(v, `\`, "/")
		}
	}
	value := []byte(strings.Join(clean, `\`))
	if len(value)%2 != 0 {
		value = append(value, padding(vr))
	}
	return dicomio.Element{Tag: tag, VR: vr, Value: value}
}

// Short is an element of 16-bit numbers, explicit little endian.
func Short(tag uint32, values ...uint16) dicomio.Element {
	var value []byte
	for _, v := range values {
		value = binary.LittleEndian.AppendUint16(value, v)
	}
	return dicomio.Element{Tag: tag, VR: "US", Value: value}
}

// Long is an element of one 32-bit number, explicit little endian.
func Long(tag, v uint32) dicomio.Element {
	return dicomio.Element{Tag: tag, VR: "UL", Value: binary.LittleEndian.AppendUint32(nil, v)}
}

// Floats is an element of 32-bit floating-point numbers, little endian.
func Floats(tag uint32, values ...float64) dicomio.Element {
	var value []byte
	for _, v := range values {
		value = binary.LittleEndian.AppendUint32(value, math.Float32bits(float32(v)))
	}
	return dicomio.Element{Tag: tag, VR: "FL", Value: value}
}

// Decimal is a decimal string (DS) of at most 16 characters.
func Decimal(tag uint32, values ...float64) dicomio.Element {
	texts := make([]string, len(values))
	for k, v := range values {
		for digits := 15; ; digits-- {
			texts[k] = strconv.FormatFloat(v, 'g', digits, 64)
			if len(texts[k]) <= 16 {
				break
			}
		}
	}
	return Text(tag, "DS", texts...)
}

// Sequence is a sequence of items.
func Sequence(tag uint32, items ...[]dicomio.Element) dicomio.Element {
	return dicomio.Element{Tag: tag, VR: "SQ", Items: items}
}
