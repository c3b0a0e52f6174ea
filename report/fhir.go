package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/store"
)

// resource is a FHIR resource or a part of one.
type resource map[string]any

// The systems that codes and identifiers come from.
const (
	systemLOINC  = "http://loinc.org"
	systemSNOMED = "http://snomed.info/sct"
	systemDICOM  = "http://dicom.nema.org/resources/ontology/DCM"
	systemUID    = "urn:dicom:uid"
	systemURI    = "urn:ietf:rfc:3986"
	systemUCUM   = "http://unitsofmeasure.org"
)

func concept(system, code, display string) resource {
	return resource{"coding": []resource{{"system": system, "code": code, "display": display}}, "text": display}
}

// entry is a resource in a bundle with the address that others refer to.
type entry struct {
	FullURL  string   `json:"fullUrl"`
	Resource resource `json:"resource"`
}

// bundle collects resources and gives each an address made from the report's.
type bundle struct {
	report  *Report
	entries []entry
}

func (b *bundle) add(name string, r resource) resource {
	url := b.url(name)
	b.entries = append(b.entries, entry{url, r})
	return resource{"reference": url}
}

// url derives a UUID for a part of the report.
func (b *bundle) url(name string) string {
	sum := sha256.Sum256([]byte(b.report.UID + "/" + name))
	id := sum[:16]
	id[6] = id[6]&0x0F | 0x80 // version 8: made from a digest (RFC 9562)
	id[8] = id[8]&0x3F | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// writeFHIR writes a FHIR R4 bundle of type collection: the DiagnosticReport
// with the patient, the imaging study, the model as a device, and its result
// as an observation.
func (r *Report) writeFHIR(w io.Writer) error {
	document, err := r.pdf()
	if err != nil {
		return err
	}
	b := &bundle{report: r}
	created := r.Created.UTC().Format(time.RFC3339)
	report := resource{
		"resourceType": "DiagnosticReport",
		"identifier":   []resource{{"system": systemURI, "value": "urn:oid:" + r.UID}},
		"text":         r.narrative(),
		// A report that nobody has signed is never final.
		"status": "preliminary",
		"category": []resource{{"coding": []resource{{
			"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "RAD", "display": "Radiology",
		}}}},
		"code":          concept(systemLOINC, "36554-4", "XR Chest Single view"),
		"issued":        created,
		"presentedForm": []resource{{"contentType": "application/pdf", "language": "en", "title": title, "creation": created, "data": base64.StdEncoding.EncodeToString(document)}},
	}
	b.add("report", report)
	subject := b.patient()
	report["subject"] = subject
	if when := r.studyTime(); when != "" {
		report["effectiveDateTime"] = when
	}
	r.concluded(report)
	if h := r.Film.Header; h.StudyUID != "" && h.SeriesUID != "" && h.InstanceUID != "" && h.SOPClassUID != "" {
		report["imagingStudy"] = []resource{b.study(subject)}
	}
	device := b.device()
	report["result"] = []resource{b.observation(subject, device)}
	if r.Verdict != nil {
		report["result"] = append(report["result"].([]resource), b.verdict(subject))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(resource{
		"resourceType": "Bundle", "type": "collection", "timestamp": created, "entry": b.entries,
	}); err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

// concluded adds what the reader concluded. The model concludes nothing.
func (r *Report) concluded(report resource) {
	var readers []string
	defer func() {
		if len(readers) > 0 {
			report["contained"], report["resultsInterpreter"] = practitioners(readers...)
		}
	}()
	if r.written.Findings != "" || r.written.Impression != "" {
		readers = append(readers, r.writer)
	}
	if r.written.Impression != "" {
		report["conclusion"] = r.written.Impression
	}
	if r.Verdict == nil {
		return
	}
	text := strings.TrimSuffix(found(store.Review{Finding: r.Verdict.Finding, Side: r.Verdict.Side}, English), ".")
	if text == "" {
		return
	}
	conclusion := resource{"text": text}
	if c, known := findingCodes[r.Verdict.Finding]; known {
		conclusion["coding"] = []resource{{"system": systemSNOMED, "code": c.value, "display": c.meaning}}
	}
	report["conclusionCode"] = []resource{conclusion}
	if !slices.Contains(readers, r.Verdict.Reviewer) {
		readers = append(readers, r.Verdict.Reviewer)
	}
}

// findingCodes are the findings that SNOMED CT has one code for; the others
// cover several.
var findingCodes = map[store.Finding]code{
	store.FindingConsolidation: {"95436008", "SCT", "Lung consolidation"},
	store.FindingEffusion:      {"60046008", "SCT", "Pleural effusion"},
	store.FindingAtelectasis:   {"46621007", "SCT", "Atelectasis"},
	store.FindingPneumothorax:  {"36118008", "SCT", "Pneumothorax"},
	store.FindingCardiomegaly:  {"8186001", "SCT", "Cardiomegaly"},
}

// practitioners are readers, of whom no more is known than the system's name if
// that, as resources inside of another and as references to them.
func practitioners(names ...string) (contained, references []resource) {
	for k, name := range names {
		id := "reader"
		if k > 0 {
			id = fmt.Sprintf("reader-%d", k+1)
		}
		p := resource{"resourceType": "Practitioner", "id": id}
		if name != "" {
			p["name"] = []resource{{"text": name}}
		}
		contained, references = append(contained, p), append(references, resource{"reference": "#" + id})
	}
	return contained, references
}

// narrative is what a program that knows no more of FHIR shows.
func (r *Report) narrative() resource {
	var b strings.Builder
	b.WriteString(`<div xmlns="http://www.w3.org/1999/xhtml">`)
	paragraph := func(heading, text string) {
		fmt.Fprintf(&b, "<p><b>%s</b> %s</p>", html.EscapeString(heading), strings.ReplaceAll(html.EscapeString(text), "\n", "<br/>"))
	}
	for _, s := range r.Text.sections() {
		paragraph(s.heading, *s.text)
	}
	paragraph("Model's result", r.summary())
	for _, l := range r.Limits {
		paragraph("", l)
	}
	b.WriteString("</div>")
	return resource{"status": "generated", "div": b.String()}
}

func (b *bundle) patient() resource {
	h := b.report.Film.Header
	if h.PatientID == "" && h.PatientName == "" {
		return resource{"display": "Patient unknown"}
	}
	p := resource{"resourceType": "Patient"}
	if h.PatientID != "" {
		p["identifier"] = []resource{{"value": h.PatientID}}
	}
	if h.PatientName != "" {
		name := resource{"text": personName(h.PatientName)}
		first, _, _ := strings.Cut(h.PatientName, "=")
		family, rest, _ := strings.Cut(first, "^")
		if family != "" {
			name["family"] = family
		}
		if given, _, _ := strings.Cut(rest, "^"); given != "" {
			name["given"] = strings.Fields(given)
		}
		p["name"] = []resource{name}
	}
	if born := calendarDay(h.PatientBirthDate); born != "" {
		p["birthDate"] = born
	}
	if sex := map[string]string{"M": "male", "F": "female", "O": "other"}[h.PatientSex]; sex != "" {
		p["gender"] = sex
	}
	return b.add("patient", p)
}

func (b *bundle) study(subject resource) resource {
	h := b.report.Film.Header
	modality := resource{"system": systemDICOM, "code": "OT"}
	if kind := strings.Join(strings.Fields(h.Modality), " "); kind != "" {
		modality["code"] = kind
	}
	instance := resource{"uid": h.InstanceUID, "sopClass": resource{"system": systemURI, "code": "urn:oid:" + h.SOPClassUID}}
	if h.InstanceNumber > 0 {
		instance["number"] = h.InstanceNumber
	}
	series := resource{
		"uid": h.SeriesUID, "modality": modality, "instance": []resource{instance},
	}
	s := resource{
		"resourceType": "ImagingStudy", "status": "available", "subject": subject,
		"identifier": []resource{{"system": systemUID, "value": "urn:oid:" + h.StudyUID}},
		"modality":   []resource{modality}, "series": []resource{series}, // the study may have others
	}
	if h.AccessionNumber != "" {
		s["identifier"] = append(s["identifier"].([]resource), resource{
			"type":  resource{"coding": []resource{{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}}},
			"value": h.AccessionNumber,
		})
	}
	if when := b.report.studyTime(); when != "" {
		s["started"] = when
	}
	return b.add("study", s)
}

// studyTime is the study's date. Its time is left out: DICOM's has no zone,
// FHIR's must have one.
func (r *Report) studyTime() string { return calendarDay(r.Film.Header.StudyDate) }

// calendarDay is a DICOM date as FHIR has it; empty for what is no date.
func calendarDay(da string) string {
	day, err := time.Parse("20060102", da)
	if err != nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

func (b *bundle) device() resource {
	m := b.report.Model
	return b.add("device", resource{
		"resourceType": "Device",
		"deviceName":   []resource{{"name": orUnknown(m.Name), "type": "model-name"}},
		"version":      []resource{{"value": orUnknown(m.Version)}},
		"identifier":   []resource{{"system": "urn:pneumolight:model-sha256", "value": orUnknown(m.SHA256)}},
		"note":         []resource{{"text": strings.Join(b.report.Limits, " ")}},
	})
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// observation is the model's result; without one it is cancelled, with the
// reason, and holds no value.
func (b *bundle) observation(subject, device resource) resource {
	r := b.report
	o := resource{
		"resourceType": "Observation", "status": "preliminary", "category": imaging, "subject": subject, "device": device,
		"code": concept(systemSNOMED, "233604007", "Pneumonia"),
		"note": []resource{{"text": strings.TrimSpace(r.summary() + " " + r.caution())}},
	}
	if !r.judged() {
		o["status"] = "cancelled"
		reason := resource{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unsupported", "display": "Unsupported"}
		if r.Status == reading.StatusError {
			reason["code"], reason["display"] = "error", "Error"
		}
		o["dataAbsentReason"] = resource{"coding": []resource{reason}, "text": r.Reason}
		return b.add("observation", o)
	}
	quantity := func(p float64) resource {
		return resource{"value": round(100*p, 2), "unit": "%", "system": systemUCUM, "code": "%"}
	}
	o["effectiveDateTime"] = r.Result.AnalysedAt.UTC().Format(time.RFC3339)
	o["valueQuantity"] = quantity(r.Result.Probability)
	o["interpretation"] = []resource{interpretation(r.Result.Call)}
	o["referenceRange"] = []resource{
		{"high": quantity(r.Result.Threshold), "text": "below the model's threshold"},
		{"low": quantity(r.Result.Uncertain.Low), "high": quantity(r.Result.Uncertain.High), "text": "uncertain: the model abstains"},
	}
	return b.add("observation", o)
}

// imaging is the category of observations on films.
var imaging = []resource{{"coding": []resource{{
	"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "imaging", "display": "Imaging",
}}}}

// interpretation is the model's call.
func interpretation(call inference.Call) resource {
	c := map[inference.Call][2]string{
		inference.CallPneumonia: {"POS", "Positive"}, inference.CallNormal: {"NEG", "Negative"}, inference.CallUncertain: {"IND", "Indeterminate"},
	}[call]
	r := concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", c[0], c[1])
	r["text"] = callText(string(call))
	return r
}

// verdict is the reader's assessment of the result.
func (b *bundle) verdict(subject resource) resource {
	v := b.report.Verdict
	contained, performer := practitioners(v.Reviewer)
	o := resource{
		"resourceType": "Observation", "status": "final", "category": imaging, "subject": subject,
		"contained": contained, "performer": performer,
		"code":              resource{"text": "Reader's verdict on the model's call"},
		"effectiveDateTime": v.ReviewedAt.UTC().Format(time.RFC3339),
		"valueString":       string(v.Verdict),
		"focus":             []resource{{"reference": b.url("observation")}},
		"note":              []resource{{"text": strings.TrimSpace(v.sentence() + " " + v.Note)}},
	}
	if finding := v.finding(); finding != "" {
		o["component"] = []resource{{"code": resource{"text": "Reader's main finding"}, "valueString": finding}}
	}
	return b.add("verdict", o)
}

func round(v float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Round(v*unit) / unit
}
