package report

import (
	"encoding/binary"
	"io"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// The SOP classes of the objects that a report can become (PS3.4 B.5).
const (
	classSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7"
	classPresentation     = "1.2.840.10008.5.1.4.1.1.11.1"
	classComprehensiveSR  = "1.2.840.10008.5.1.4.1.1.88.33"
	classEncapsulatedPDF  = "1.2.840.10008.5.1.4.1.1.104.1"
)

// The numbers of the series that hold the objects: high, so that they sort
// behind a study's films.
const (
	seriesCapture = 9001 + iota
	seriesStructured
	seriesPresentation
	seriesEncapsulated
)

// object is a DICOM object in the making. Its text is UTF-8.
type object struct {
	class, uid string
	elements   []dicomio.Element
}

func (o *object) add(elements ...dicomio.Element) { o.elements = append(o.elements, elements...) }

func (o *object) write(w io.Writer) error {
	return dicomwrite.Write(w, dicomwrite.File{
		SOPClass: o.class, SOPInstance: o.uid,
		Syntax: dicomwrite.ExplicitLittle, Order: binary.LittleEndian, Elements: o.elements,
	})
}

// object starts an object in the film's study with the modules that all have:
// patient, general study, general series, equipment and SOP common.
func (r *Report) object(class, modality, description string, series int) (*object, error) {
	h := r.Film.Header
	if h.StudyUID == "" || h.SeriesUID == "" || h.InstanceUID == "" || h.SOPClassUID == "" {
		return nil, ErrNotDICOM
	}
	o := &object{class: class, uid: dicomwrite.NewUID()}
	day, clock := r.Created.Format("20060102"), r.Created.Format("150405")
	name, version, _ := strings.Cut(r.Program, " ")
	text := dicomwrite.Text
	o.add(
		text(0x00080005, "CS", "ISO_IR 192"),
		text(0x00080012, "DA", day), text(0x00080013, "TM", clock),
		text(0x00080016, "UI", class), text(0x00080018, "UI", o.uid),
		text(0x00080020, "DA", h.StudyDate), text(0x00080030, "TM", h.StudyTime),
		text(0x00080021, "DA", day), text(0x00080031, "TM", clock),
		text(0x00080050, "SH", h.AccessionNumber),
		text(0x00080060, "CS", modality),
		text(0x00080070, "LO", name),
		text(0x00080090, "PN", h.ReferringPhysician),
		text(0x00081030, "LO", h.StudyDescription),
		text(0x0008103E, "LO", description),
		text(0x00081090, "LO", orUnknown(r.Model.Name)),
		text(0x00100010, "PN", h.PatientName), text(0x00100020, "LO", h.PatientID),
		text(0x00100030, "DA", h.PatientBirthDate), text(0x00100040, "CS", h.PatientSex),
		text(0x00181000, "LO", orUnknown(r.Model.SHA256)[:min(16, len(orUnknown(r.Model.SHA256)))]),
		text(0x00181020, "LO", version, orUnknown(r.Model.Version)),
		text(0x0020000D, "UI", h.StudyUID), text(0x0020000E, "UI", dicomwrite.NewUID()),
		text(0x00200010, "SH", ""), number(0x00200011, series), number(0x00200013, 1),
	)
	return o, nil
}

// content adds the date and time of the object's content.
func (r *Report) content(o *object) {
	o.add(
		dicomwrite.Text(0x00080023, "DA", r.Created.Format("20060102")),
		dicomwrite.Text(0x00080033, "TM", r.Created.Format("150405")),
	)
}

// reference refers to the film (SOP Instance Reference macro).
func (r *Report) reference() []dicomio.Element {
	h := r.Film.Header
	return []dicomio.Element{
		dicomwrite.Text(0x00081150, "UI", h.SOPClassUID),
		dicomwrite.Text(0x00081155, "UI", h.InstanceUID),
	}
}

// imageReference refers to the film's frame, where it has more than one.
func (r *Report) imageReference() []dicomio.Element {
	reference := r.reference()
	if r.source != nil && r.source.Frames > 1 {
		reference = append(reference, number(0x00081160, r.source.Frame))
	}
	return reference
}
