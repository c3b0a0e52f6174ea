package report

import (
	"crypto/sha256"
	"io"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// digest is 16 bytes made from a text.
func digest(text string) [16]byte {
	sum := sha256.Sum256([]byte(text))
	return [16]byte(sum[:16])
}

// writeEncapsulated writes the PDF as an Encapsulated PDF (PS3.3 A.45.1).
func (r *Report) writeEncapsulated(w io.Writer) error {
	o, err := r.object(classEncapsulatedPDF, "DOC", "Report, with AI result (research use only)", seriesEncapsulated)
	if err != nil {
		return err
	}
	document, err := r.pdf()
	if err != nil {
		return err
	}
	r.content(o)
	length := len(document)
	if length%2 != 0 {
		document = append(document, 0)
	}
	o.add(
		dicomwrite.Text(0x0008002A, "DT", r.Created.Format("20060102150405")),
		dicomwrite.Text(0x00080064, "CS", "WSD"),
		dicomwrite.Text(0x00280301, "CS", "YES"), // the pages name the patient
		dicomwrite.Text(0x00420010, "ST", title),
		dicomio.Element{Tag: 0x00420011, VR: "OB", Value: document},
		dicomwrite.Text(0x00420012, "LO", "application/pdf"),
		dicomwrite.Sequence(0x00420013, r.reference()),
		dicomwrite.Long(0x00420015, uint32(length)),
		dicomwrite.Text(0x0040A493, "CS", "UNVERIFIED"),
		dicomwrite.Sequence(0x0040A043, code{"11528-7", "LN", "Radiology Report"}.item()),
	)
	return o.write(w)
}
