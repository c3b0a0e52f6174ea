package report

import (
	"encoding/binary"
	"strconv"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// code is a coded entry (PS3.3 8.8).
type code struct{ value, scheme, meaning string }

func (c code) item() []dicomio.Element {
	return []dicomio.Element{
		dicomwrite.Text(0x00080100, "SH", c.value),
		dicomwrite.Text(0x00080102, "SH", c.scheme),
		dicomwrite.Text(0x00080104, "LO", c.meaning),
	}
}

// scheme is the program's own coding scheme, for what no standard one has a
// code (PS3.3 8.2: private schemes begin with 99).
const scheme = "99PNEUMOLIGHT"

func number(tag uint32, v int) dicomio.Element { return dicomwrite.Text(tag, "IS", strconv.Itoa(v)) }

// signed is an element of 32-bit signed numbers.
func signed(tag uint32, values ...int) dicomio.Element {
	var value []byte
	for _, v := range values {
		value = binary.LittleEndian.AppendUint32(value, uint32(int32(v)))
	}
	return dicomio.Element{Tag: tag, VR: "SL", Value: value}
}

// node is a content item of a structured report (PS3.3 C.17.3).
type node struct {
	relationship, valueType string
	concept                 code
	value                   []dicomio.Element
	children                []node
}

// The relationships between content items.
const (
	contains    = "CONTAINS"
	hasModifier = "HAS CONCEPT MOD"
	hasContext  = "HAS OBS CONTEXT"
)

func container(relationship string, concept code, children ...node) node {
	return node{relationship, "CONTAINER", concept, []dicomio.Element{dicomwrite.Text(0x0040A050, "CS", "SEPARATE")}, children}
}

func coded(relationship string, concept, value code) node {
	return node{relationship, "CODE", concept, []dicomio.Element{dicomwrite.Sequence(0x0040A168, value.item())}, nil}
}

func textual(relationship string, concept code, text string) node {
	return node{relationship, "TEXT", concept, []dicomio.Element{dicomwrite.Text(0x0040A160, "UT", text)}, nil}
}

func person(relationship string, concept code, name string) node {
	return node{relationship, "PNAME", concept, []dicomio.Element{dicomwrite.Text(0x0040A123, "PN", name)}, nil}
}

func unique(relationship string, concept code, uid string) node {
	return node{relationship, "UIDREF", concept, []dicomio.Element{dicomwrite.Text(0x0040A124, "UI", uid)}, nil}
}

// percentage is a measured probability in percent.
func percentage(concept code, p float64, children ...node) node {
	measured := []dicomio.Element{
		dicomwrite.Decimal(0x0040A30A, round(100*p, 2)),
		dicomwrite.Sequence(0x004008EA, code{"%", "UCUM", "Percent"}.item()),
	}
	return node{contains, "NUM", concept, []dicomio.Element{dicomwrite.Sequence(0x0040A300, measured)}, children}
}

func pictured(relationship string, concept code, reference []dicomio.Element) node {
	return node{relationship, "IMAGE", concept, []dicomio.Element{dicomwrite.Sequence(0x00081199, reference)}, nil}
}

func (n node) elements() []dicomio.Element {
	out := []dicomio.Element{dicomwrite.Text(0x0040A040, "CS", n.valueType)}
	if n.relationship != "" {
		out = append(out, dicomwrite.Text(0x0040A010, "CS", n.relationship))
	}
	if n.concept != (code{}) {
		out = append(out, dicomwrite.Sequence(0x0040A043, n.concept.item()))
	}
	out = append(out, n.value...)
	if len(n.children) > 0 {
		items := make([][]dicomio.Element, len(n.children))
		for k, child := range n.children {
			items[k] = child.elements()
		}
		out = append(out, dicomwrite.Sequence(0x0040A730, items...))
	}
	return out
}
