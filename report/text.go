package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"pneumolight/dicomio"
	"pneumolight/reading"
	"pneumolight/store"
)

// Text is what the reader writes, in the order of a radiological report.
// Paragraphs are separated by line breaks.
type Text struct {
	Indication string `json:"indication"`
	Technique  string `json:"technique"`
	Comparison string `json:"comparison"`
	Findings   string `json:"findings"`
	Impression string `json:"impression"`
}

// section is a part of Text with its heading.
type section struct {
	heading string
	text    *string
}

func (t *Text) sections() []section {
	return []section{
		{"Indication", &t.Indication},
		{"Technique", &t.Technique},
		{"Comparison", &t.Comparison},
		{"Findings", &t.Findings},
		{"Impression", &t.Impression},
	}
}

// templates are what a reader may start from. The reader chooses one; the
// model never does.
var templates = map[string]Text{
	"blank": {},
	"normal": {
		Findings: "The lungs are clear. No focal consolidation, pleural effusion or pneumothorax.\n" +
			"The heart and the mediastinum are of normal size and contour. The bones shown are unremarkable.",
		Impression: "No acute cardiopulmonary abnormality.",
	},
	"pneumonia": {
		Findings: "Airspace opacity in the [side] [zone], [extent].\n" +
			"No pleural effusion or pneumothorax. The heart and the mediastinum are of normal size and contour.",
		Impression: "[Side] [zone] opacity, in keeping with pneumonia in the right clinical setting. Follow-up until resolution.",
	},
}

// TemplateNames lists the templates by name.
func TemplateNames() []string { return []string{"blank", "normal", "pneumonia"} }

// Template returns a template by its name.
func Template(name string) (Text, error) {
	t, ok := templates[name]
	if !ok {
		return Text{}, fmt.Errorf("there is no template %q: choose one of %s", name, strings.Join(TemplateNames(), ", "))
	}
	return t, nil
}

// Or returns t with what it leaves empty taken from other.
func (t Text) Or(other Text) Text {
	mine, theirs := t.sections(), other.sections()
	for k := range mine {
		if *mine[k].text == "" {
			*mine[k].text = *theirs[k].text
		}
	}
	return t
}

// Without returns t without the parts that are as other has them.
func (t Text) Without(other Text) Text {
	mine, theirs := t.sections(), other.sections()
	for k := range mine {
		if *mine[k].text == *theirs[k].text {
			*mine[k].text = ""
		}
	}
	return t
}

// maxText bounds a text file: a report is a page or two.
const maxText = 1 << 20

// ErrText says that a file does not hold a report's text.
var ErrText = errors.New("not a report's text")

// ReadText reads a report's text from JSON, an object with the fields of
// [Text], or else from Markdown with a heading for each part, as
// [Text.Markdown] writes it. Name tells the two apart by its ending.
func ReadText(r io.Reader, name string) (Text, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxText+1))
	switch {
	case err != nil:
		return Text{}, err
	case len(data) > maxText:
		return Text{}, fmt.Errorf("%w: it is longer than 1 MiB", ErrText)
	case !utf8.Valid(data):
		return Text{}, fmt.Errorf("%w: it is not UTF-8", ErrText)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if strings.EqualFold(filepath.Ext(name), ".json") {
		return textFromJSON(data)
	}
	return textFromMarkdown(string(data))
}

func textFromJSON(data []byte) (Text, error) {
	var t Text
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&t); err != nil {
		return Text{}, fmt.Errorf("%w: it is to be an object with indication, technique, comparison, findings and impression (%w)", ErrText, err)
	}
	if decoder.More() {
		return Text{}, fmt.Errorf("%w: something follows the object", ErrText)
	}
	return t, nil
}

// textFromMarkdown reads headings of any level; what stands before the first
// of them is refused rather than lost.
func textFromMarkdown(source string) (Text, error) {
	var t Text
	var at *string
	for _, line := range strings.Split(strings.ReplaceAll(source, "\r\n", "\n"), "\n") {
		if title, ok := strings.CutPrefix(line, "#"); ok {
			title = strings.TrimSpace(strings.TrimLeft(title, "#"))
			at = nil
			for _, s := range t.sections() {
				if strings.EqualFold(title, s.heading) {
					at = s.text
				}
			}
			if at == nil {
				return Text{}, fmt.Errorf("%w: it has the heading %q, which a report lacks; a report has Indication, Technique, Comparison, Findings and Impression", ErrText, title)
			}
			continue
		}
		if at == nil {
			if strings.TrimSpace(line) != "" {
				return Text{}, fmt.Errorf("%w: something stands before its first heading, such as # Findings", ErrText)
			}
			continue
		}
		*at += line + "\n"
	}
	for _, s := range t.sections() {
		*s.text = strings.TrimSpace(*s.text)
	}
	return t, nil
}

// Markdown is the text in the form in which it is edited.
func (t Text) Markdown() string {
	var b strings.Builder
	for k, s := range t.sections() {
		if k > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "# %s\n\n", s.heading)
		if *s.text != "" {
			fmt.Fprintf(&b, "%s\n", *s.text)
		}
	}
	return b.String()
}

// The words for what nobody has written.
const (
	notStated      = "Not stated."
	notCompared    = "No earlier film was compared."
	notDescribed   = "Not described: no reader has written findings."
	noImpression   = "None: no reader has written an impression. The model's result is no substitute for one."
	leftByTemplate = "["
)

// filled puts words where the reader wrote none, and the technique where the
// film tells it.
func (t Text) filled(r *Report) Text {
	return t.Or(Text{Technique: technique(r.source, English)}).Or(Text{
		Indication: notStated, Technique: notStated, Comparison: notCompared,
		Findings: notDescribed, Impression: noImpression,
	})
}

// Unfinished reports whether a template's [placeholder] was left in the text.
func (t Text) Unfinished() bool {
	for _, s := range t.sections() {
		from := strings.Index(*s.text, leftByTemplate)
		if from >= 0 && strings.Contains((*s.text)[from:], "]") {
			return true
		}
	}
	return false
}

// summary is the model's result in one sentence, without which no copy of a
// report goes.
func (r *Report) summary() string {
	switch r.Status {
	case reading.StatusRefused:
		return "The model did not judge this film. " + r.Reason
	case reading.StatusError:
		return "The film could not be analysed. " + r.Reason
	}
	return fmt.Sprintf("%s: probability of pneumonia %s (threshold %s; uncertain between %s and %s).",
		callText(string(r.Result.Call)), percent(r.Result.Probability), percent(r.Result.Threshold),
		percent(r.Result.Uncertain.Low), percent(r.Result.Uncertain.High))
}

func callText(call string) string {
	switch call {
	case "pneumonia":
		return "Pneumonia suspected"
	case "normal":
		return "Pneumonia not suspected"
	}
	return "Uncertain: the model abstains"
}

func (v Verdict) sentence() string {
	word := map[string]string{"agree": "agrees with", "disagree": "disagrees with", "uncertain": "is uncertain about"}[string(v.Verdict)]
	text := fmt.Sprintf("The reader %s the call “%s” (%s) of model %s %s.",
		word, v.On.Call, percent(v.On.Probability), v.On.Name, v.On.Version)
	if finding := v.finding(); finding != "" {
		text += " Main finding: " + finding + "."
	}
	if v.Impression != "" {
		text += fmt.Sprintf(" First impression, before the model's call was shown: %s.", v.Impression)
	}
	text += " Reviewed " + clock(v.ReviewedAt)
	if v.Reviewer != "" {
		text += " by " + v.Reviewer
	}
	return text + "."
}

// findingTexts are the findings in words.
var findingTexts = map[store.Finding]string{
	store.FindingNone: "none", store.FindingConsolidation: "consolidation",
	store.FindingInterstitial: "interstitial or ground-glass opacity", store.FindingEffusion: "pleural effusion",
	store.FindingAtelectasis: "atelectasis", store.FindingPneumothorax: "pneumothorax",
	store.FindingNodule: "nodule or mass", store.FindingCardiomegaly: "cardiac enlargement", store.FindingOther: "another one",
}

// finding is the reader's main finding with its side; empty where none is
// named.
func (v Verdict) finding() string {
	text := findingTexts[v.Finding]
	switch v.Side {
	case store.SideBoth:
		text += ", both sides"
	case store.SideRight, store.SideLeft:
		text += ", " + string(v.Side)
	}
	return text
}

// caution says what has to be known before the result is read; empty where
// there is nothing.
func (r *Report) caution() string {
	if r.Result == nil {
		return ""
	}
	text := r.Reason
	if r.Result.Forced {
		text = strings.TrimSpace("Analysed on the reader's request although the film is not fit for the model. " + text)
	}
	return text
}

func percent(p float64) string { return fmt.Sprintf("%.1f %%", 100*p) }

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// date is a DICOM date as people read it.
func date(da string) string {
	if len(da) != 8 {
		return da
	}
	return da[:4] + "-" + da[4:6] + "-" + da[6:]
}

// timeOfDay is a DICOM time as people read it.
func timeOfDay(tm string) string {
	if len(tm) != 6 {
		return tm
	}
	return tm[:2] + ":" + tm[2:4]
}

// baseName is a path's last part; of a member of an archive, the member's.
func baseName(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(dicomio.Member(path))
}

// personName is a person's name (PS3.5 6.2.1) as it is read: components by
// spaces and commas, the ideographic and phonetic groups in brackets.
func personName(pn string) string {
	var groups []string
	for _, group := range strings.Split(pn, "=") {
		parts := strings.Split(group, "^")
		for len(parts) < 5 {
			parts = append(parts, "")
		}
		name := strings.TrimSpace(parts[0])
		if given := strings.Join(strings.Fields(strings.Join([]string{parts[3], parts[1], parts[2], parts[4]}, " ")), " "); given != "" {
			if name != "" {
				name += ", "
			}
			name += given
		}
		if name != "" {
			groups = append(groups, name)
		}
	}
	switch len(groups) {
	case 0:
		return ""
	case 1:
		return groups[0]
	}
	return groups[0] + " (" + strings.Join(groups[1:], "; ") + ")"
}

// age is an age in the unit that suits it.
func age(years float64) string {
	switch {
	case years < 0:
		return ""
	case years < 2:
		return fmt.Sprintf("%.0f months", years*12)
	}
	return fmt.Sprintf("%.0f years", float64(int(years)))
}
