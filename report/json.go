package report

import (
	"encoding/json"
	"io"
)

// jsonFormat is the version of the JSON form.
const jsonFormat = "pneumolight-report-1"

// document is the JSON form: the report, with what the header says by the
// names of this form rather than by those of our code.
type document struct {
	Format string `json:"format"`
	*Report
	Patient patientBlock `json:"patient"`
	Study   studyBlock   `json:"study"`
}

type patientBlock struct {
	Name      string `json:"name"` // as DICOM has it, Family^Given
	ID        string `json:"id"`
	BirthDate string `json:"birth_date"` // YYYY-MM-DD
	Sex       string `json:"sex"`        // M, F, O or empty
	// Age is in years; null where it is not known.
	Age *float64 `json:"age"`
}

type studyBlock struct {
	UID                string `json:"uid"`
	SeriesUID          string `json:"series_uid"`
	InstanceUID        string `json:"instance_uid"`
	SOPClassUID        string `json:"sop_class_uid"`
	Date               string `json:"date"` // YYYY-MM-DD
	Time               string `json:"time"` // HH:MM
	AccessionNumber    string `json:"accession_number"`
	Description        string `json:"description"`
	Institution        string `json:"institution"`
	ReferringPhysician string `json:"referring_physician"`
	Modality           string `json:"modality"`
	View               string `json:"view"`
	BodyPart           string `json:"body_part"`
}

func (r *Report) writeJSON(w io.Writer) error {
	h := r.Film.Header
	d := document{
		Format: jsonFormat, Report: r,
		Patient: patientBlock{Name: h.PatientName, ID: h.PatientID, BirthDate: date(h.PatientBirthDate), Sex: h.PatientSex},
		Study: studyBlock{
			UID: h.StudyUID, SeriesUID: h.SeriesUID, InstanceUID: h.InstanceUID, SOPClassUID: h.SOPClassUID,
			Date: date(h.StudyDate), Time: timeOfDay(h.StudyTime), AccessionNumber: h.AccessionNumber,
			Description: h.StudyDescription, Institution: h.Institution, ReferringPhysician: h.ReferringPhysician,
			Modality: h.Modality, View: h.ViewPosition, BodyPart: h.BodyPart,
		},
	}
	if h.InstanceUID != "" && h.PatientAge >= 0 {
		d.Patient.Age = &h.PatientAge
	}
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return err
}
