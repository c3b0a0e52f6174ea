package dicomio

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict says whether a film may be analysed as a frontal chest film.
type Verdict int

// The verdicts, from good to bad.
const (
	// Suitable: the tags say that it is a frontal chest film.
	Suitable Verdict = iota
	// Doubtful: nothing contradicts it, but tags that would show it are
	// missing or unclear. Analyse it, with a warning.
	Doubtful
	// Unsuitable: a tag or the picture contradicts it. Refuse, unless the
	// reader asks to analyse it anyway.
	Unsuitable
)

func (v Verdict) String() string {
	switch v {
	case Suitable:
		return "suitable"
	case Doubtful:
		return "doubtful"
	}
	return "unsuitable"
}

// Suitability is a verdict with its reasons, the gravest first.
type Suitability struct {
	Verdict Verdict
	Reasons []Reason
}

// Reason is one reason for a verdict below [Suitable].
type Reason struct {
	// Code is stable, for scripts and translations.
	Code string
	// Text is one sentence.
	Text string
	// Verdict is what this reason alone would lead to.
	Verdict Verdict
}

// The codes of reasons.
const (
	ReasonColour        = "colour"
	ReasonSOPClass      = "sop-class"
	ReasonForProcessing = "for-processing"
	ReasonModality      = "modality"
	ReasonBodyPart      = "body-part"
	ReasonViewLateral   = "view-lateral"
	ReasonViewOblique   = "view-oblique"
	ReasonView          = "view"
	ReasonAge           = "age"
	ReasonTooSmall      = "too-small"
	ReasonShape         = "shape"
	ReasonMultiFrame    = "multi-frame"
	ReasonBlank         = "blank"
	ReasonNoTags        = "no-tags"
)

// minSide is the shorter side, in pixels, below which a lung's structure is
// no longer there to be seen.
const minSide = 128

func (s *Suitability) add(v Verdict, code, format string, args ...any) {
	r := Reason{Code: code, Text: fmt.Sprintf(format, args...), Verdict: v}
	at := len(s.Reasons)
	for at > 0 && s.Reasons[at-1].Verdict < v {
		at--
	}
	s.Reasons = append(s.Reasons, Reason{})
	copy(s.Reasons[at+1:], s.Reasons[at:])
	s.Reasons[at] = r
	s.Verdict = max(s.Verdict, v)
}

// Suitability judges by the tags and by what the pixels show at a glance
// whether the film is a frontal chest film. It does not look at anatomy.
func (f *Film) Suitability() Suitability {
	var s Suitability
	if f.IsColour() {
		s.add(Unsuitable, ReasonColour, colourText)
	} else if f.blank() {
		s.add(Unsuitable, ReasonBlank, "The film is blank: nearly all of its pixels have the same value.")
	}
	s.judgeShape(f.Width, f.Height, f.Frames)
	s.judgeHeader(f.Format, f.Header)
	return s
}

const colourText = "This is a colour picture, not a radiograph."

func (s *Suitability) judgeShape(width, height, frames int) {
	if width > 0 && height > 0 {
		short, long := min(width, height), max(width, height)
		if short < minSide {
			s.add(Unsuitable, ReasonTooSmall, "The film is too small to analyse: %d × %d pixels.", width, height)
		}
		if long > 2*short {
			s.add(Doubtful, ReasonShape, "The film is much longer than wide, or wider than long, unlike a chest film.")
		}
	}
	if frames > 1 {
		s.add(Unsuitable, ReasonMultiFrame, "The file has %d frames; a chest film has one.", frames)
	}
}

// blank reports whether fewer than one pixel in a thousand differs from
// the rest.
func (f *Film) blank() bool {
	if len(f.Stored) == 0 {
		return true
	}
	// Mostly a few rows tell: if there are enough pixels in them that differ from
	// their most frequent value, there are enough in the film.
	const step = 61
	few, looked := make([]int, 1<<f.Bits), 0
	row := max(f.Width, 1)
	for at := 0; at+row <= len(f.Stored); at += step * row {
		for _, v := range f.Stored[at : at+row] {
			few[v]++
		}
		looked += row
	}
	if differing := looked - slices.Max(few); differing*1000 > len(f.Stored) {
		return false
	}
	return slices.Max(f.Histogram())*1000 >= len(f.Stored)*999
}

func (s *Suitability) judgeHeader(format Format, h Header) {
	if format != FormatDICOM {
		s.add(Doubtful, ReasonNoTags, "A %s file does not say what it shows: check that it is a frontal chest film.", format)
		return
	}
	s.judgeClass(h)
	if s.Verdict == Unsuitable {
		// What else is missing no longer matters.
		return
	}
	s.judgeBodyPart(h)
	s.judgeView(h)
	if h.PatientAge >= 0 && h.PatientAge < 1 {
		s.add(Doubtful, ReasonAge, "The patient is less than one year old; infants' chests look different.")
	}
}

// filmClasses are the SOP classes of radiographs (PS3.4 B.5); false marks one
// whose pixels are not yet for display.
var filmClasses = map[string]bool{
	"1.2.840.10008.5.1.4.1.1.1":     true,  // Computed Radiography
	"1.2.840.10008.5.1.4.1.1.1.1":   true,  // Digital X-Ray, for presentation
	"1.2.840.10008.5.1.4.1.1.1.1.1": false, // Digital X-Ray, for processing
}

// openClasses may hold a film as well as anything else.
var openClasses = map[string]bool{
	"1.2.840.10008.5.1.4.1.1.7":   true, // Secondary Capture
	"1.2.840.10008.5.1.4.1.1.7.2": true, // Multi-frame Grayscale Byte Secondary Capture
	"1.2.840.10008.5.1.4.1.1.7.3": true, // Multi-frame Grayscale Word Secondary Capture
}

// What Modality (0008,0060) says: the first are radiographs, the others may
// be.
var (
	radiographs = map[string]bool{"CR": true, "DX": true, "DR": true, "RG": true, "XR": true}
	openWords   = map[string]bool{"": true, "OT": true, "SC": true}
)

func (s *Suitability) judgeClass(h Header) {
	if !radiographs[h.Modality] && !openWords[h.Modality] {
		// The class of image says the same in a word that readers know less.
		s.add(Unsuitable, ReasonModality, "The modality is %s, not a radiograph.", h.Modality)
		return
	}
	forDisplay, film := filmClasses[h.SOPClassUID]
	switch {
	case film && !forDisplay:
		s.add(Doubtful, ReasonForProcessing, "The film is raw detector data, not yet prepared for display.")
	case film, openClasses[h.SOPClassUID]:
	case h.SOPClassUID == "":
		s.add(Doubtful, ReasonSOPClass, "The file does not say what class of image it is.")
	default:
		s.add(Unsuitable, ReasonSOPClass, "The file's class of image is not that of a radiograph.")
	}
	if openWords[h.Modality] && !film {
		s.add(Doubtful, ReasonModality, "The file does not say that it is a radiograph.")
	}
}

// Words that name a part of the body in Body Part Examined (PS3.16 annex L)
// or a description.
var (
	chestWords = []string{"CHEST", "THORAX", "LUNG", "TORAX", "TÓRAX", "TORACE", "PULM", "POUMON", "ТОРАКС", "ГРУДН", "胸"}
	nearWords  = []string{"RIB", "HEART", "STERNUM", "CLAVICLE", "TRUNK", "WHOLEBODY", "WHOLE BODY", "TSPINE", "THORACIC SPINE", "MEDIASTINUM"}
	otherWords = []string{
		"ABDOMEN", "ANKLE", "ARM", "BLADDER", "BRAIN", "BREAST", "CALCANEUS", "CERVIX", "CSPINE", "COLON", "EAR",
		"ELBOW", "EXTREMITY", "EYE", "FACE", "FEMUR", "FINGER", "FOOT", "FOREARM", "HAND", "HEAD", "HIP", "HUMERUS",
		"JAW", "KIDNEY", "KNEE", "LEG", "LIVER", "LSPINE", "LSSPINE", "MANDIBLE", "MAXILLA", "NECK", "NOSE", "ORBIT",
		"PANCREAS", "PATELLA", "PELVIS", "PROSTATE", "SACRUM", "SHOULDER", "SKULL", "SPINE", "SSPINE", "STOMACH",
		"TEETH", "THIGH", "THUMB", "TIBIA", "TOE", "TOOTH", "UTERUS", "WRIST",
	}
)

func (s *Suitability) judgeBodyPart(h Header) {
	part := strings.ToUpper(h.BodyPart)
	described := strings.ToUpper(h.StudyDescription + " " + h.SeriesDescription + " " + h.Protocol)
	chest := mentions(part, chestWords)
	switch {
	case chest && mentions(part, []string{"ABDOMEN", "PELVIS"}):
		s.add(Doubtful, ReasonBodyPart, "The film shows more than the chest: body part %s.", h.BodyPart)
	case chest:
	case part == "" && mentions(described, chestWords):
	case part == "" && hasWord(described, otherWords...):
		s.add(Unsuitable, ReasonBodyPart, "The film is described as one of another part of the body, not the chest.")
	case part == "":
		s.add(Doubtful, ReasonBodyPart, "The file does not say which part of the body it shows.")
	case mentions(part, nearWords):
		s.add(Doubtful, ReasonBodyPart, "The body part is %s, which need not show the lungs.", h.BodyPart)
	case mentions(part, otherWords):
		s.add(Unsuitable, ReasonBodyPart, "The body part is %s, not the chest.", h.BodyPart)
	default:
		s.add(Doubtful, ReasonBodyPart, "The body part is %s, which is not known to be the chest.", h.BodyPart)
	}
}

// Words that name a view in a description.
var (
	frontalWords = []string{"PA", "AP", "P.A.", "A.P.", "FRONTAL"}
	lateralWords = []string{"LAT", "LATERAL", "LATERALE", "LL", "PROFIL"}
)

func (s *Suitability) judgeView(h Header) {
	switch h.Projection() {
	case ProjectionFrontal:
	case ProjectionLateral:
		s.add(Unsuitable, ReasonViewLateral, "This is a lateral view; only frontal films are analysed.")
	case ProjectionOblique:
		s.add(Unsuitable, ReasonViewOblique, "This is an oblique view; only frontal films are analysed.")
	case ProjectionDecubitus:
		s.add(Doubtful, ReasonView, "The patient lies on the side: fluid and air lie otherwise than in an upright film.")
	default:
		if strings.TrimSpace(h.ViewPosition) == "" {
			s.add(Doubtful, ReasonView, "The file does not say whether the view is frontal or lateral.")
			return
		}
		s.add(Doubtful, ReasonView, "The view is %s, which is not known to be frontal.", h.ViewPosition)
	}
}

// Projection is from where a film was taken.
type Projection string

// The projections.
const (
	ProjectionUnknown   Projection = ""
	ProjectionFrontal   Projection = "frontal"
	ProjectionLateral   Projection = "lateral"
	ProjectionOblique   Projection = "oblique"
	ProjectionDecubitus Projection = "decubitus"
)

// Projection is from where the film was taken, by its view or by what else
// tells it.
func (h Header) Projection() Projection {
	switch strings.TrimSpace(strings.ToUpper(h.ViewPosition)) {
	case "PA", "AP", "FRONTAL":
		return ProjectionFrontal
	case "LL", "RL", "LAT", "LATERAL", "ML", "LM", "LLAT", "RLAT":
		return ProjectionLateral
	case "RLO", "LLO", "LAO", "RAO", "LPO", "RPO", "OBLIQUE":
		return ProjectionOblique
	case "LLD", "RLD":
		return ProjectionDecubitus
	case "":
	default:
		return ProjectionUnknown
	}
	// A row that runs from front to back is a lateral view.
	if d := h.PatientOrientation[0]; strings.HasPrefix(d, "A") || strings.HasPrefix(d, "P") {
		return ProjectionLateral
	}
	described, study := strings.ToUpper(h.SeriesDescription+" "+h.Protocol), strings.ToUpper(h.StudyDescription)
	switch {
	case hasWord(described, lateralWords...):
		return ProjectionLateral
	case hasWord(described, frontalWords...), hasWord(study, frontalWords...) && !hasWord(study, lateralWords...):
		return ProjectionFrontal
	}
	return ProjectionUnknown
}

func mentions(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// hasWord reports whether one of the words stands alone in the text.
func hasWord(text string, words ...string) bool {
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;/_-()[]^", r) }) {
		for _, w := range words {
			if field == w {
				return true
			}
		}
	}
	return false
}
