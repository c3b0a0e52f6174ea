package report_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
	"pneumolight/inference"
	"pneumolight/reading"
	"pneumolight/render"
	"pneumolight/report"
	"pneumolight/store"
	"pneumolight/testdata"
)

// steady is a model that always says the same.
type steady struct{ refuses bool }

func (steady) Info() inference.Info {
	return inference.Info{
		Name: "steady", Version: "3.1.4", SHA256: strings.Repeat("5a", 32), Licence: "CC BY 4.0", Data: "Trained on nothing.",
		Threshold: 0.4, Uncertain: inference.Band{Low: 0.3, High: 0.6},
	}
}

func (s steady) Predict(_ context.Context, film *dicomio.Film) (inference.Prediction, error) {
	values := make([]float32, 14*14)
	values[5*14+4], values[5*14+5] = 8, 5
	p := inference.Prediction{Probability: 0.8125, Mirrored: 0.7875, Call: inference.CallPneumonia, Map: inference.HeatMap{Width: 14, Height: 14, Values: values}}
	if s.refuses {
		p.Refusal = &inference.Refusal{Code: "unfamiliar", Text: "The film is unlike any that the model knows."}
	}
	return p, nil
}

var at = time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)

// of makes the report of a film.
func of(t *testing.T, model steady, path string, change func(*report.Source)) *report.Report {
	t.Helper()
	analysis, err := reading.Open(t.Context(), model, path)
	if err != nil {
		t.Fatal(err)
	}
	s := report.Source{Analysis: analysis, File: path, Model: model.Info(), Program: "Pneumolight 9.9.9", At: at}
	if change != nil {
		change(&s)
	}
	return report.New(s)
}

func write(t *testing.T, r *report.Report, format report.Format) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := r.Write(t.Context(), &out, format); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out.Bytes()
}

func file(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs one of the programs that read what is written here.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

// words is the text of a PDF with single spaces.
func words(t *testing.T, document []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(tool(t, "pdftotext", "-enc", "UTF-8", "-raw", file(t, "r.pdf", document), "-")), " ")
}

func reviewed(s *report.Source) {
	c, err := s.Analysis.Case(store.Review{
		Verdict: store.VerdictDisagree, Finding: store.FindingAtelectasis, Side: store.SideLeft, Impression: "normal",
		Note: "Old scar, unchanged", Reviewer: "reader", ReviewedAt: at,
	})
	if err != nil {
		panic(err)
	}
	s.Case, s.Reader = &c, "writer"
	s.Text = report.Text{Indication: "发热咳嗽三天，伴咳痰。Кашель.", Findings: "Scar in the left upper zone.\nNo effusion.", Impression: "No acute disease."}
}

func TestThePDFsTextCanBeSelected(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), reviewed)
	document := write(t, r, report.PDF)
	text := words(t, document)
	for _, want := range []string{
		"COVID-19-AR-16406488", "male, 67 years", "2012-01-15 21:32", "XR CHEST AP ONLY", "4.dcm",
		"Pneumonia suspected", "probability of pneumonia 81.2 %", "threshold 40.0 %", "from 30.0 % to 60.0 %",
		"发热咳嗽三天，伴咳痰。Кашель.", "Scar in the left upper zone.", "No effusion.", "No acute disease.", "No earlier film was compared.",
		"Computed radiograph of the chest", "The reader disagrees with the call “pneumonia” (81.2 %) of model steady 3.1.4",
		"Main finding: atelectasis, left.", "First impression, before the model's call was shown: normal.", "by reader.",
		"Old scar, unchanged", "steady 3.1.4", "Research use only", "nor to rule disease out", "not where disease is",
		r.Film.Header.InstanceUID, r.Film.Header.StudyUID, r.Film.SHA256, strings.Repeat("5a", 32), r.UID,
		"Page 1 of ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in: %s", want, text)
		}
	}
	if pages := regexp.MustCompile(`Page (\d+) of (\d+)`).FindAllStringSubmatch(text, -1); pages[len(pages)-1][1] != pages[0][2] || strconv.Itoa(len(pages)) != pages[0][2] {
		t.Errorf("pages are numbered %v", pages)
	}
	for _, line := range strings.Split(tool(t, "pdffonts", file(t, "r.pdf", document)), "\n")[2:] {
		// Columns: name, type, encoding, embedded, subset, Unicode.
		fields := strings.Fields(line)
		if n := len(fields); n > 5 && (fields[n-5] != "yes" || fields[n-3] != "yes") {
			t.Errorf("a font is not embedded or has no text mapping: %s", line)
		}
	}
}

func TestAUsualReportIsOnePage(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), func(s *report.Source) {
		reviewed(s)
		s.Model.Data = strings.Repeat("Trained on the films of one hospital and of another. ", 7)
		s.Text.Findings = "Airspace opacity behind the heart on the left, with air bronchograms, silhouetting the medial part of the diaphragm.\n" +
			"No pleural effusion or pneumothorax. The heart and the mediastinum are of normal size and contour."
		s.Text.Impression = "Left lower zone opacity, in keeping with pneumonia in the right clinical setting. Follow-up until resolution."
	})
	text := words(t, write(t, r, report.PDF))
	for _, want := range []string{"Page 1 of 1", "with air bronchograms", "Old scar, unchanged", "nor to rule disease out", "films of one hospital", r.UID} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in: %s", want, text)
		}
	}
}

func TestAMapWithoutARegionDoesNotContradictTheCall(t *testing.T) {
	said := map[inference.Call]string{}
	for _, call := range []inference.Call{inference.CallPneumonia, inference.CallNormal} {
		r := of(t, steady{}, testdata.Film(t, testdata.Chest), func(s *report.Source) {
			s.Analysis.Prediction.Call = call
			s.Analysis.Prediction.Map.Values = make([]float32, 14*14)
		})
		said[call] = render.NoRegion(call)
		if text := words(t, write(t, r, report.PDF)); !strings.Contains(text, said[call]) {
			t.Errorf("%s: %q is missing in: %s", call, said[call], text)
		}
		if page := string(write(t, r, report.HTML)); !strings.Contains(page, said[call]) {
			t.Errorf("%s: the page lacks %q", call, said[call])
		}
	}
	if said[inference.CallPneumonia] == said[inference.CallNormal] {
		t.Error("a suspicion without a region is explained as a normal film is")
	}
}

// TestThePDFIsAnArchive holds what ISO 19005-2 asks of a file as a whole; the
// whole standard was checked with veraPDF, see docs/reports.md.
func TestThePDFIsAnArchive(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), reviewed)
	document := write(t, r, report.PDF)
	for _, want := range []string{
		"<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>U</pdfaid:conformance>", "/S /GTS_PDFA1", "/ID [<",
		"<xmp:CreateDate>2026-11-23T15:04:05Z</xmp:CreateDate>", "<</Length ",
	} {
		if !bytes.Contains(document, []byte(want)) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, never := range []string{"/SMask", "/JavaScript", "/EmbeddedFiles", "/Encrypt", "<0000> <FFFF> <0000>"} {
		if bytes.Contains(document, []byte(never)) {
			t.Errorf("it holds %q", never)
		}
	}
	// Each entry of the cross-reference table points to its object, and the
	// trailer to the properties.
	table, err := strconv.Atoi(string(regexp.MustCompile(`startxref\n(\d+)\n`).FindSubmatch(document)[1]))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(\d{10}) 00000 n `).FindAllSubmatch(document[table:], -1)
	if len(rows) < 10 {
		t.Fatalf("%d objects", len(rows))
	}
	for k, row := range rows {
		offset, err := strconv.Atoi(string(row[1]))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(document[offset:], []byte(strconv.Itoa(k+1)+" 0 obj\n")) {
			t.Errorf("object %d is not where the table says", k+1)
		}
	}
	info := string(regexp.MustCompile(`/Info (\d+) 0 R`).FindSubmatch(document)[1])
	if !regexp.MustCompile(`(?s)\n` + info + ` 0 obj\n<<[^>]*/CreationDate`).Match(document) {
		t.Errorf("the trailer's properties are object %s, which holds none", info)
	}
	// A list of files shows a document's properties: none names the patient.
	if at := bytes.Index(document, []byte("<?xpacket")); bytes.Contains(document[at:at+2000], []byte("COVID")) {
		t.Error("the metadata name the patient")
	}
}

func TestWithoutAResultThereIsNoProbability(t *testing.T) {
	number := regexp.MustCompile(`81[.,]\d|78[.,]75|0\.8125|0\.7875`)
	for name, r := range map[string]*report.Report{
		"refused by its tags":  of(t, steady{}, testdata.Film(t, testdata.PET), nil),
		"refused by the model": of(t, steady{refuses: true}, testdata.Film(t, testdata.Chest), nil),
		"unreadable":           of(t, steady{}, file(t, "notes.txt", []byte("Please call back about Tuesday's film.\n")), nil),
	} {
		if r.Reason == "" || r.Result != nil {
			t.Fatalf("%s: %+v", name, r)
		}
		for _, format := range []report.Format{report.HTML, report.JSON, report.FHIR} {
			text := string(write(t, r, format))
			// Pictures and documents are numbers of another kind.
			text = regexp.MustCompile(`[A-Za-z0-9+/=]{200,}`).ReplaceAllString(text, "")
			if found := number.FindString(text); found != "" || !strings.Contains(text, "could not be") && !strings.Contains(text, "did not judge") && !strings.Contains(text, `"result": null`) {
				t.Errorf("%s, %s: holds %q or does not say what happened", name, format, found)
			}
		}
		text := words(t, write(t, r, report.PDF))
		if strings.Contains(text, "probability of") || !strings.Contains(text, "could not be analysed") && !strings.Contains(text, "did not judge this film") {
			t.Errorf("%s: %s", name, text)
		}
		if name == "unreadable" {
			continue
		}
		sr := string(write(t, r, report.StructuredReport))
		if number.MatchString(sr) || strings.Contains(sr, "Certainty of Finding") || !strings.Contains(sr, "did not judge this film") {
			t.Errorf("%s: the structured report holds a result", name)
		}
		if err := r.Write(t.Context(), &bytes.Buffer{}, report.SecondaryCapture); !errors.Is(err, report.ErrNoResult) {
			t.Errorf("%s: a picture of a heat map was made: %v", name, err)
		}
	}
}

func TestTheHTMLRunsNothingAndFetchesNothing(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), func(s *report.Source) {
		s.Text.Findings = `<script>alert("x")</script><img src=x onerror=y>`
	})
	page := string(write(t, r, report.HTML))
	if strings.Contains(page, "<script") || strings.Contains(page, "<img src=x") {
		t.Error("the reader's text became markup")
	}
	if regexp.MustCompile(`(src|href)="?https?:`).MatchString(page) {
		t.Error("the page fetches something")
	}
	if strings.Count(page, "data:image/png;base64,") != 2 {
		t.Errorf("%d pictures", strings.Count(page, "data:image/png;base64,"))
	}
}

func TestTheJSONSaysWhatTheReportSays(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), reviewed)
	var got struct {
		Format string
		report.Report
		Patient struct {
			Name, ID, Sex string
			Age           float64
		}
		Study struct{ UID, Date, Time, Modality string }
	}
	if err := json.Unmarshal(write(t, r, report.JSON), &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != "pneumolight-report-1" || got.UID != r.UID || !sameResult(*got.Result, *r.Result) || got.Text != r.Text ||
		got.Film.SHA256 != r.Film.SHA256 || got.Film.Width != 1760 || got.Verdict.Verdict != store.VerdictDisagree || got.Result.Probability != 0.8125 {
		t.Errorf("%+v", got)
	}
	if got.Patient.Name != "COVID-19-AR-16406488" || got.Patient.Sex != "M" || got.Patient.Age != 67 ||
		got.Study.UID != r.Film.Header.StudyUID || got.Study.Date != "2012-01-15" || got.Study.Time != "21:32" || got.Study.Modality != "CR" {
		t.Errorf("%+v", got)
	}
}

func sameResult(a, b report.Result) bool {
	same := a.AnalysedAt.Equal(b.AnalysedAt)
	a.AnalysedAt = b.AnalysedAt
	return same && reflect.DeepEqual(a, b)
}

func TestTheBundleHoldsTogether(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), reviewed)
	var bundle struct {
		ResourceType, Type string
		Entry              []struct {
			FullURL  string
			Resource map[string]any
		}
	}
	data := write(t, r, report.FHIR)
	if err := json.Unmarshal(data, &bundle); err != nil {
		t.Fatal(err)
	}
	if bundle.ResourceType != "Bundle" || bundle.Type != "collection" {
		t.Errorf("%s of type %s", bundle.ResourceType, bundle.Type)
	}
	kinds := map[string]map[string]any{}
	entry := func(code string) map[string]any {
		for _, e := range bundle.Entry {
			if c, ok := e.Resource["code"].(map[string]any); ok && c["text"] == code {
				return e.Resource
			}
		}
		t.Fatalf("nothing is about %s", code)
		return nil
	}
	var addresses []string
	for _, e := range bundle.Entry {
		kinds[e.Resource["resourceType"].(string)] = e.Resource
		addresses = append(addresses, e.FullURL)
	}
	for _, kind := range []string{"DiagnosticReport", "Patient", "ImagingStudy", "Device", "Observation"} {
		if kinds[kind] == nil {
			t.Fatalf("there is no %s", kind)
		}
	}
	for _, reference := range regexp.MustCompile(`"reference": "([^#"]*)"`).FindAllStringSubmatch(string(data), -1) {
		if !slices.Contains(addresses, reference[1]) {
			t.Errorf("%s leads nowhere", reference[1])
		}
	}
	d := kinds["DiagnosticReport"]
	if d["status"] != "preliminary" || !strings.Contains(string(data), `"36554-4"`) || d["conclusion"] != "No acute disease." {
		t.Errorf("the report is %v", d["status"])
	}
	pdf, err := base64.StdEncoding.DecodeString(d["presentedForm"].([]any)[0].(map[string]any)["data"].(string))
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("the document begins with %q, error %v", pdf[:min(8, len(pdf))], err)
	}
	if kinds["Patient"]["gender"] != "male" || !strings.Contains(string(data), `"urn:oid:`+r.Film.Header.StudyUID+`"`) {
		t.Errorf("patient %v", kinds["Patient"])
	}
	// The verdict is its reader's, the text its writer's, what the report
	// concludes both readers', the result nobody's.
	for what, want := range map[string]struct {
		resource map[string]any
		by       string
		names    []string
	}{
		"verdict": {entry("Reader's verdict on the model's call"), "performer", []string{"reader"}},
		"report":  {d, "resultsInterpreter", []string{"writer", "reader"}},
	} {
		by, _ := json.Marshal(want.resource[want.by])
		contained, _ := json.Marshal(want.resource["contained"])
		var references, people []string
		for k, name := range want.names {
			id := []string{"reader", "reader-2"}[k]
			references = append(references, fmt.Sprintf(`{"reference":"#%s"}`, id))
			people = append(people, fmt.Sprintf(`{"id":%q,"name":[{"text":%q}],"resourceType":"Practitioner"}`, id, name))
		}
		if string(by) != "["+strings.Join(references, ",")+"]" || string(contained) != "["+strings.Join(people, ",")+"]" {
			t.Errorf("the %s is by %s, %s", what, by, contained)
		}
	}
	result := entry("Pneumonia")
	if result["performer"] != nil || result["device"] == nil || !strings.Contains(fmt.Sprint(result["interpretation"]), "code:POS") {
		t.Errorf("the result is %v", result)
	}
	if conclusion := fmt.Sprint(d["conclusionCode"]); !strings.Contains(conclusion, "code:46621007") || !strings.Contains(conclusion, "text:Atelectasis, left") {
		t.Errorf("the conclusion is %s", conclusion)
	}
	again := write(t, of(t, steady{}, testdata.Film(t, testdata.Chest), nil), report.FHIR)
	if bytes.Contains(again, []byte(addresses[0])) {
		t.Error("two reports have one address")
	}
}

func TestTheBundleSaysNothingThatNobodySaid(t *testing.T) {
	bundle := func(r *report.Report) string { return string(write(t, r, report.FHIR)) }
	unread := bundle(of(t, steady{}, testdata.Film(t, testdata.Chest), func(s *report.Source) {
		film := *s.Analysis.Film
		film.Header.PatientBirthDate, film.Header.StudyDate = "19610000", "2012.01.15"
		s.Analysis.Film = &film
	}))
	for _, never := range []string{`"conclusion"`, `"conclusionCode"`, `"Practitioner"`, `"birthDate"`, `"effectiveDateTime": "2012`, `"numberOfInstances"`} {
		if strings.Contains(unread, never) {
			t.Errorf("a report without a reader, of a film with damaged dates, has %s", never)
		}
	}
	picture := bundle(of(t, steady{}, file(t, "film.png", smallPNG(t)), nil))
	if strings.Contains(picture, `"Patient"`) || !strings.Contains(picture, `"display": "Patient unknown"`) {
		t.Error("the report of a picture makes up a patient")
	}
	anonymous := bundle(of(t, steady{}, testdata.Film(t, testdata.Chest), func(s *report.Source) {
		reviewed(s)
		s.Case.Review.Reviewer, s.Reader = "", ""
	}))
	if n := strings.Count(anonymous, `"resourceType": "Practitioner"`); n != 2 || strings.Contains(anonymous, `"text": ""`) {
		t.Errorf("%d readers without a name", n)
	}
}

func TestTheObjectsAreOfTheFilmsStudy(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), reviewed)
	h := r.Film.Header
	seen := map[string]bool{h.InstanceUID: true, h.SeriesUID: true}
	for _, format := range []report.Format{report.EncapsulatedPDF, report.SecondaryCapture, report.StructuredReport, report.PresentationState} {
		data := write(t, r, format)
		path := file(t, "object.dcm", data)
		ds, err := dicomio.ReadDataSet(t.Context(), path)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		text := func(tag uint32) string { return strings.Trim(ds.Text(ds.Find(tag)), "\x00 ") }
		if text(0x0020000D) != h.StudyUID || text(0x00100020) != h.PatientID || text(0x00100010) != h.PatientName || text(0x00080020) != h.StudyDate {
			t.Errorf("%s is of study %s of %s", format, text(0x0020000D), text(0x00100020))
		}
		for _, tag := range []uint32{0x00080018, 0x0020000E} {
			uid := text(tag)
			if seen[uid] || !strings.HasPrefix(uid, "2.25.") {
				t.Errorf("%s has the UID %q", format, uid)
			}
			seen[uid] = true
		}
		if !bytes.Contains(data, []byte(h.InstanceUID)) || !bytes.Contains(data, []byte(h.SOPClassUID)) {
			t.Errorf("%s does not refer to the film", format)
		}
		// DCMTK reads it without a complaint.
		if complaint := tool(t, "dcmdump", "-ll", "error", path); strings.Contains(complaint, "E: ") {
			t.Errorf("%s: %s", format, complaint)
		}
	}
}

func TestThePDFComesOutOfItsObject(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), reviewed)
	object := write(t, r, report.EncapsulatedPDF)
	out := filepath.Join(t.TempDir(), "out.pdf")
	tool(t, "dcm2pdf", file(t, "object.dcm", object), out)
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(got, []byte("%PDF-")) || !bytes.Contains(object, got) {
		t.Error("it is not the document that the object holds")
	}
	// fpdf writes pictures of one width in any order, so that documents of
	// the same report differ in that; in nothing else.
	if again := write(t, r, report.PDF); len(again) != len(got) {
		t.Errorf("the object's document has %d bytes, the report's %d", len(got), len(again))
	}
}

func TestTheStructuredReportIsATree(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), reviewed)
	dump := tool(t, "dsrdump", "+Pl", "+Pc", "+Pu", file(t, "object.dcm", write(t, r, report.StructuredReport)))
	for _, want := range []string{
		"Comprehensive SR Document", `(126000,DCM,"Imaging Measurement Report")`,
		`(111012,DCM,"Certainty of Finding")="81.25" (%,UCUM,"Percent")`, `"Threshold of the model")="40"`,
		`(233604007,SCT,"Pneumonia")`, `(111001,DCM,"Algorithm Name")="steady"`, `(111003,DCM,"Algorithm Version")="3.1.4"`,
		`(36554-4,LN,"XR Chest Single view")`, `"Reader's verdict on the model's call")=(disagree`, "Old scar, unchanged",
		r.Film.Header.InstanceUID, "Scar in the left upper zone.", "nor to rule disease out",
	} {
		if !strings.Contains(dump, want) {
			t.Errorf("%s is missing in\n%s", want, dump)
		}
	}
	// Each item is the reader's or the device's, in its own language. What
	// follows an item that stands deeper belongs to it.
	items := map[string]string{}
	last := ""
	for _, line := range strings.Split(dump, "\n") {
		text := strings.TrimLeft(line, " ")
		if len(line)-len(text) == 4 {
			last = text
		}
		items[last] += text + "\n"
	}
	const theLogs, theWriters, nobodys = `"Person Observer Name")="reader"`, `"Person Observer Name")="writer"`, ""
	for start, want := range map[string]struct{ by, language string }{
		"\"Indications for Procedure\")=\"发热咳嗽":    {theWriters, "zh,RFC5646"},
		`"Findings")="Scar`:                        {theWriters, "und,RFC5646"},
		`"Impression")="No acute`:                  {theWriters, "und,RFC5646"},
		`"Procedure Description")="Computed`:       {nobodys, ""},
		`"Comparison to previous studies")="No ea`: {nobodys, ""},
		`"Limits of the model")=`:                  {nobodys, ""},
		`"Comment")="Pneumonia suspected`:          {nobodys, ""},
		`"Reader's verdict on the model's call")=`: {theLogs, ""},
		`"Comment")="The reader disagrees`:         {theLogs, ""},
		`"Comment")="Old scar`:                     {theLogs, "und,RFC5646"},
		`"Reader's main finding")="atelectasis`:    {theLogs, ""},
	} {
		found := false
		for item, below := range items {
			if !strings.Contains(item, start) {
				continue
			}
			found = true
			if person := strings.Contains(below, `(121006,DCM,"Person")`); person != (want.by != nobodys) || !strings.Contains(below, want.by) {
				t.Errorf("%s: should be by %q, is\n%s", start, want.by, below)
			}
			if !strings.Contains(below, want.language) || want.language == "" && strings.Contains(below, "RFC5646") {
				t.Errorf("%s: should be in %q, is\n%s", start, want.language, below)
			}
		}
		if !found {
			t.Errorf("%s is missing in\n%s", start, dump)
		}
	}
	// DCMTK 3.6.7 says that it does not check values in UTF-8; no more.
	if complaints := regexp.MustCompile(`(?m)^[WE]: .*`).FindAllString(dump, -1); len(complaints) > 1 {
		t.Errorf("dsrdump says: %q", complaints)
	}
}

func TestTheCaptureShowsTheHeatMap(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), nil)
	film, err := dicomio.ReadFile(t.Context(), file(t, "capture.dcm", write(t, r, report.SecondaryCapture)))
	if err != nil {
		t.Fatal(err)
	}
	if !film.IsColour() || film.Width != r.Film.Width || film.Height <= r.Film.Height {
		t.Fatalf("%d × %d, colour %v", film.Width, film.Height, film.IsColour())
	}
	// The map's peak is in the fifth column and the sixth row of fourteen.
	coloured := func(column, row float64) bool {
		k := 4 * (int(row/14*float64(r.Film.Height))*film.Width + int(column/14*float64(film.Width)))
		return film.Colour[k] != film.Colour[k+2]
	}
	if !coloured(4.6, 5.5) || coloured(10, 10) {
		t.Error("the heat map is not where the model looked")
	}
	// Nobody analyses a film with the model's own colours on it.
	if film.Suitability().Verdict != dicomio.Unsuitable {
		t.Error("the capture would be analysed")
	}
}

func TestThePresentationStateShowsTheFilmAsTheReportDoes(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), nil)
	path := file(t, "state.dcm", write(t, r, report.PresentationState))
	out := filepath.Join(t.TempDir(), "bitmap.pgm")
	// dcmp2pgm applies a presentation state to its film.
	tool(t, "dcmp2pgm", "-p", path, testdata.Film(t, testdata.Chest), out)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	film, err := dicomio.ReadFile(t.Context(), testdata.Film(t, testdata.Chest))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, []byte("P5")) || len(data) < film.Width*film.Height {
		t.Fatalf("%d bytes of %q", len(data), data[:min(20, len(data))])
	}
	pixels := data[len(data)-film.Width*film.Height:]
	table := film.Table(film.DefaultWindow())
	worst := 0
	for k, stored := range film.Stored {
		d := int(pixels[k]) - int(table[stored]>>8)
		worst = max(worst, d, -d)
	}
	// The annotations are burned into neither; dcmp2pgm rounds otherwise.
	if worst > 2 {
		t.Errorf("greys differ by up to %d", worst)
	}
}

// looked is a film that lies on its side and mirrored, inverted, in a window of
// the reader's, with a ruler and a cardiothoracic ratio on it.
func looked(s *report.Source) {
	s.Look = &report.Look{
		Window: dicomio.Window{Kind: dicomio.WindowLinear, Center: 300, Width: 250}, Inverted: true, Flipped: true, Quarters: 1,
		Marks: []report.Mark{
			{Lines: [][]report.Point{{{X: 100, Y: 200}, {X: 400, Y: 600}}}, Text: "71.4 mm (an der Aufnahmeebene)", At: report.Point{X: 400, Y: 600}},
			{
				Lines: [][]report.Point{{{X: 10, Y: 20}, {X: 30, Y: 20}}, {{X: 5, Y: 25}, {X: 45, Y: 25}}},
				Text:  "心胸比 0.50", At: report.Point{X: 45, Y: 25},
			},
		},
	}
}

func TestThePresentationStateSpeaksOfABoxWhereThereIsOne(t *testing.T) {
	path := testdata.Film(t, testdata.Chest)
	for name, test := range map[string]struct {
		r   *report.Report
		box bool
	}{
		"a raised region": {of(t, steady{}, path, nil), true},
		"none": {of(t, steady{}, path, func(s *report.Source) {
			s.Analysis.Prediction.Map.Values = make([]float32, 14*14)
		}), false},
		"a refusal": {of(t, steady{refuses: true}, path, nil), false},
	} {
		data := write(t, test.r, report.PresentationState)
		if drawn := bytes.Contains(data, []byte("POLYLINE")); drawn != test.box {
			t.Errorf("%s: a box is drawn: %v", name, drawn)
		}
		if said := bytes.Contains(data, []byte("The box")); said != test.box {
			t.Errorf("%s: a box is spoken of: %v", name, said)
		}
	}
}

func TestThePresentationStateIsTheReadersLook(t *testing.T) {
	path := file(t, "state.dcm", write(t, of(t, steady{}, testdata.Film(t, testdata.Chest), looked), report.PresentationState))
	ds, err := dicomio.ReadDataSet(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	item := func(tag uint32, k int) []dicomio.Element {
		e := ds.Find(tag)
		if e == nil || len(e.Items) <= k {
			t.Fatalf("(%08x) has no item %d", tag, k)
		}
		return e.Items[k]
	}
	if names := ds.Text(dicomio.Find(item(0x00700060, 0), 0x00700002)) + " " + ds.Text(dicomio.Find(item(0x00700060, 1), 0x00700002)); names != "AI READER" {
		t.Errorf("the layers are %s", names)
	}
	own := item(0x00700001, 1)
	if got := ds.Text(dicomio.Find(own, 0x00700002)); got != "READER" {
		t.Errorf("the marks are in the layer %s", got)
	}
	var texts []string
	for _, text := range dicomio.Find(own, 0x00700008).Items {
		texts = append(texts, ds.Text(dicomio.Find(text, 0x00700006)))
	}
	if !slices.Equal(texts, []string{"71.4 mm (an der Aufnahmeebene)", "心胸比 0.50"}) {
		t.Errorf("the marks say %q", texts)
	}
	lines := dicomio.Find(own, 0x00700009).Items
	if len(lines) != 3 || !bytes.Equal(dicomio.Find(lines[0], 0x00700022).Value, dicomwrite.Floats(0x00700022, 100, 200, 400, 600).Value) {
		t.Errorf("the marks have the lines %v", lines)
	}
	window := item(0x00283110, 0)
	if got := ds.Text(dicomio.Find(window, 0x00281050)) + " " + ds.Text(dicomio.Find(window, 0x00281051)); got != "300 250" {
		t.Errorf("the window is %s", got)
	}
	if complaint := tool(t, "dcmdump", "-ll", "error", path); strings.Contains(complaint, "E: ") {
		t.Error(complaint)
	}
}

func TestThePresentationStateShowsWhatTheReaderSaw(t *testing.T) {
	path := testdata.Film(t, testdata.Chest)
	film, err := dicomio.ReadFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, look := range []report.Look{
		{Quarters: 1, Inverted: true}, {Flipped: true}, {Flipped: true, Quarters: 1, Inverted: true}, {Flipped: true, Quarters: 2},
	} {
		look.Window = dicomio.Window{Kind: dicomio.WindowLinear, Center: 300, Width: 250}
		r := of(t, steady{}, path, func(s *report.Source) { s.Look = &look })
		out := filepath.Join(t.TempDir(), "bitmap.pgm")
		tool(t, "dcmp2pgm", "-p", file(t, "state.dcm", write(t, r, report.PresentationState)), path, out)
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		w, h := film.Width, film.Height
		if look.Quarters%2 == 1 {
			w, h = h, w
		}
		if !bytes.Contains(data[:100], fmt.Appendf(nil, "\n%d %d 255\n", w, h)) {
			t.Errorf("%+v: the picture begins with %q", look, data[:60])
			continue
		}
		// The window's own picture, a pixel for a pixel.
		view := render.View{Quarters: look.Quarters, Flipped: look.Flipped}.Middle(film)
		view.Scale = 1
		greys, pixels, worst := render.Greys(film.Table(look.Window), look.Inverted), data[len(data)-w*h:], 0
		for sy := 0; sy < h; sy += 7 {
			for sx := 0; sx < w; sx += 7 {
				x, y := view.ToFilm(float64(sx)+0.5, float64(sy)+0.5, w, h)
				d := int(pixels[sy*w+sx]) - int(greys[film.Stored[int(y)*film.Width+int(x)]])
				worst = max(worst, d, -d)
			}
		}
		if worst > 2 {
			t.Errorf("%+v: greys differ by up to %d", look, worst)
		}
	}
}

func TestAPictureBecomesNoObject(t *testing.T) {
	r := of(t, steady{}, file(t, "film.png", smallPNG(t)), nil)
	for _, format := range []report.Format{report.EncapsulatedPDF, report.SecondaryCapture, report.StructuredReport, report.PresentationState} {
		var out bytes.Buffer
		if err := r.Write(t.Context(), &out, format); !errors.Is(err, report.ErrNotDICOM) || out.Len() != 0 {
			t.Errorf("%s: %d bytes, error %v", format, out.Len(), err)
		}
	}
	write(t, r, report.PDF)
}

func TestNamesOfAllKindsArePrinted(t *testing.T) {
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), func(s *report.Source) {
		film := *s.Analysis.Film
		film.Header.PatientName = "Wang^XiaoDong=王^小東=ワン^シャオドン"
		film.Header.StudyDescription = "Ελλάς Việt العربية"
		s.Analysis.Film = &film
	})
	text := words(t, write(t, r, report.PDF))
	for _, want := range []string{"Wang, XiaoDong (王, 小東; ワン, シャオドン) · COVID", "Ελλάς Việt"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
	// What the fonts lack is seen to be missing.
	if !strings.Contains(text, "\uFFFD") || strings.Contains(text, "العربية") {
		t.Errorf("Arabic, which the fonts lack, became: %s", text)
	}
	if page := string(write(t, r, report.HTML)); !strings.Contains(page, "العربية") {
		t.Error("the HTML page, which has the reader's own fonts, lost it")
	}
}

func TestALongReportGoesOverSeveralPages(t *testing.T) {
	long := strings.Repeat("The left upper zone shows a nodule, unchanged. ", 400) + "END"
	r := of(t, steady{}, testdata.Film(t, testdata.Chest), func(s *report.Source) { s.Text.Findings = long })
	text := words(t, write(t, r, report.PDF))
	if strings.Count(text, "unchanged.") != 400 || !strings.Contains(text, "END") || !strings.Contains(text, "Page 5 of") {
		t.Errorf("%d of 400 sentences are printed", strings.Count(text, "unchanged."))
	}
}

func TestTextIsReadAsItIsWritten(t *testing.T) {
	want := report.Text{Indication: "Cough.", Technique: "PA.", Comparison: "None.", Findings: "One.\n\nTwo, with a # inside.", Impression: "Three."}
	got, err := report.ReadText(strings.NewReader(want.Markdown()), "text.md")
	if err != nil || got != want {
		t.Errorf("%+v, error %v", got, err)
	}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := report.ReadText(bytes.NewReader(data), "text.JSON"); err != nil || got != want {
		t.Errorf("%+v, error %v", got, err)
	}
	for name, bad := range map[string]string{
		"a.md": "Lungs clear.\n# Findings\n", "b.md": "# Diagnosis\nx", "c.json": `{"findigns": "x"}`, "d.json": `{} {}`,
		"e.json": "", "f.md": "# Findings\n\xff\xfe", "g.md": strings.Repeat("x", 1<<20+1),
	} {
		if _, err := report.ReadText(strings.NewReader(bad), name); !errors.Is(err, report.ErrText) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestTemplatesWaitForTheReader(t *testing.T) {
	for _, name := range report.TemplateNames() {
		text, err := report.Template(name)
		if err != nil {
			t.Fatal(err)
		}
		if text.Unfinished() != strings.Contains(text.Findings, "[") {
			t.Errorf("%s: unfinished is %v", name, text.Unfinished())
		}
	}
	if _, err := report.Template("tumour"); err == nil {
		t.Error("an unknown template was found")
	}
	// The model's call never writes findings.
	if r := of(t, steady{}, testdata.Film(t, testdata.Chest), nil); !strings.Contains(r.Text.Findings, "no reader") || !strings.Contains(r.Text.Impression, "no reader") {
		t.Errorf("text %+v", r.Text)
	}
}

func TestFormatsAreToldByTheirEnding(t *testing.T) {
	for name, want := range map[string]report.Format{
		"a.pdf": report.PDF, "a.HTML": report.HTML, "a.json": report.JSON, "a.fhir.json": report.FHIR, "a.dcm": "", "a": "",
	} {
		if got, ok := report.FormatOf(name); got != want || ok != (want != "") {
			t.Errorf("%s is %q, %v", name, got, ok)
		}
	}
}
