package report

import (
	"io"
	"strings"

	"pneumolight/dicomio"
	"pneumolight/dicomwrite"
)

// The concepts of TID 1500 and what it includes (PS3.16), and the values that
// this report gives them.
var (
	conceptReport       = code{"126000", "DCM", "Imaging Measurement Report"}
	conceptLanguage     = code{"121049", "DCM", "Language of Content Item and Descendants"}
	conceptObserverType = code{"121005", "DCM", "Observer Type"}
	conceptDeviceUID    = code{"121012", "DCM", "Device Observer UID"}
	conceptDeviceName   = code{"121013", "DCM", "Device Observer Name"}
	conceptManufacturer = code{"121014", "DCM", "Device Observer Manufacturer"}
	conceptDeviceModel  = code{"121015", "DCM", "Device Observer Model Name"}
	conceptDeviceSerial = code{"121016", "DCM", "Device Observer Serial Number"}
	conceptPersonName   = code{"121008", "DCM", "Person Observer Name"}
	conceptPersonLogin  = code{"128774", "DCM", "Person Observer's Login Name"}
	conceptProcedure    = code{"121058", "DCM", "Procedure reported"}
	conceptLibrary      = code{"111028", "DCM", "Image Library"}
	conceptLibraryGroup = code{"126200", "DCM", "Image Library Group"}
	conceptMeasurements = code{"126010", "DCM", "Imaging Measurements"}
	conceptGroup        = code{"125007", "DCM", "Measurement Group"}
	conceptTracking     = code{"112039", "DCM", "Tracking Identifier"}
	conceptTrackingUID  = code{"112040", "DCM", "Tracking Unique Identifier"}
	conceptFinding      = code{"121071", "DCM", "Finding"}
	conceptFindingSite  = code{"363698007", "SCT", "Finding Site"}
	conceptAlgorithm    = code{"111001", "DCM", "Algorithm Name"}
	conceptAlgorithmRev = code{"111003", "DCM", "Algorithm Version"}
	conceptParameters   = code{"111002", "DCM", "Algorithm Parameters"}
	conceptCertainty    = code{"111012", "DCM", "Certainty of Finding"}
	conceptSource       = code{"260753009", "SCT", "Source"}
	conceptQualitative  = code{"C0034375", "UMLS", "Qualitative Evaluations"}
	conceptComment      = code{"121106", "DCM", "Comment"}
	conceptIndication   = code{"121109", "DCM", "Indications for Procedure"}
	conceptTechnique    = code{"121065", "DCM", "Procedure Description"}
	conceptComparison   = code{"111424", "DCM", "Comparison to previous studies"}
	conceptImpression   = code{"121073", "DCM", "Impression"}
	conceptFindings     = code{"121070", "DCM", "Findings"}

	conceptThreshold = code{"threshold", scheme, "Threshold of the model"}
	conceptBandLow   = code{"uncertain-low", scheme, "Lower end of the uncertain band"}
	conceptBandHigh  = code{"uncertain-high", scheme, "Upper end of the uncertain band"}
	conceptCall      = code{"call", scheme, "Call of the model"}
	conceptStatus    = code{"status", scheme, "How the film fared with the model"}
	conceptVerdict   = code{"verdict", scheme, "Reader's verdict on the model's call"}
	conceptNamed     = code{"finding", scheme, "Reader's main finding"}
	conceptLimits    = code{"limits", scheme, "Limits of the model"}

	valuePneumonia = code{"233604007", "SCT", "Pneumonia"}
	valueLung      = code{"39607008", "SCT", "Lung"}
	valueProcedure = code{"36554-4", "LN", "XR Chest Single view"}
	valueDevice    = code{"121007", "DCM", "Device"}
	valuePerson    = code{"121006", "DCM", "Person"}
)

// writeStructured writes a Comprehensive SR after TID 1500, as IHE's AI Results
// profile asks: the model as device observer and algorithm, its result as a
// measurement group, the reader's words and verdict as evaluations that have
// the reader as person observer.
func (r *Report) writeStructured(w io.Writer) error {
	o, err := r.object(classComprehensiveSR, "SR", "AI result: pneumonia (research use only)", seriesStructured)
	if err != nil {
		return err
	}
	r.content(o)
	h := r.Film.Header
	evidence := []dicomio.Element{
		dicomwrite.Sequence(0x00081115, []dicomio.Element{
			dicomwrite.Text(0x0020000E, "UI", h.SeriesUID),
			dicomwrite.Sequence(0x00081199, r.reference()),
		}),
		dicomwrite.Text(0x0020000D, "UI", h.StudyUID),
	}
	o.add(
		dicomwrite.Text(0x0040A491, "CS", "PARTIAL"),
		dicomwrite.Text(0x0040A493, "CS", "UNVERIFIED"),
		dicomwrite.Sequence(0x00081111), // performed procedure steps: none known
		dicomwrite.Sequence(0x0040A372), // performed procedure codes: none known
		dicomwrite.Sequence(0x0040A375, evidence),
		dicomwrite.Sequence(0x0040A504, []dicomio.Element{
			dicomwrite.Text(0x00080105, "CS", "DCMR"),
			dicomwrite.Text(0x0040DB00, "CS", "1500"),
		}),
	)
	o.add(r.tree().elements()...)
	return o.write(w)
}

// tree is the report's content.
func (r *Report) tree() node {
	root := container("", conceptReport,
		coded(hasModifier, conceptLanguage, languageEnglish),
		coded(hasContext, conceptObserverType, valueDevice),
		unique(hasContext, conceptDeviceUID, r.deviceUID()),
		textual(hasContext, conceptDeviceName, r.Program),
		textual(hasContext, conceptManufacturer, "Pneumolight"),
		textual(hasContext, conceptDeviceModel, orUnknown(r.Model.Name)+" "+r.Model.Version),
		textual(hasContext, conceptDeviceSerial, orUnknown(r.Model.SHA256)),
		coded(hasModifier, conceptProcedure, valueProcedure),
		container(contains, conceptLibrary,
			container(contains, conceptLibraryGroup, pictured(contains, code{}, r.imageReference()))),
	)
	if r.judged() {
		root.children = append(root.children, container(contains, conceptMeasurements, r.measurements()))
	}
	root.children = append(root.children, container(contains, conceptQualitative, r.evaluations()...))
	return root
}

// deviceUID is the model's, the same in each report that it makes.
func (r *Report) deviceUID() string {
	return dicomwrite.UIDFrom(digest("model " + r.Model.SHA256))
}

// measurements is the model's result as a measurement group (TID 1501).
func (r *Report) measurements() node {
	return container(contains, conceptGroup,
		textual(hasContext, conceptTracking, "Pneumonia, whole film"),
		unique(hasContext, conceptTrackingUID, dicomwrite.UIDFrom(digest("tracking "+r.UID))),
		coded(contains, conceptFinding, valuePneumonia),
		textual(hasModifier, conceptAlgorithm, orUnknown(r.Model.Name)),
		textual(hasModifier, conceptAlgorithmRev, orUnknown(r.Model.Version)),
		textual(hasModifier, conceptParameters, "model SHA-256 "+orUnknown(r.Model.SHA256)),
		coded(hasModifier, conceptFindingSite, valueLung),
		pictured(contains, conceptSource, r.imageReference()),
		percentage(conceptCertainty, r.Result.Probability),
		percentage(conceptThreshold, r.Result.Threshold),
		percentage(conceptBandLow, r.Result.Uncertain.Low),
		percentage(conceptBandHigh, r.Result.Uncertain.High),
		coded(contains, conceptCall, code{string(r.Result.Call), scheme, callText(string(r.Result.Call))}),
	)
}

// evaluations are what a reader wrote and decided, and what has to be known
// of the model.
func (r *Report) evaluations() []node {
	status := code{string(r.Status), scheme, map[string]string{
		"ok": "Analysed", "refused": "Not judged: the film is not for this model", "error": "Could not be analysed",
	}[string(r.Status)]}
	nodes := []node{
		coded(contains, conceptStatus, status),
		textual(contains, conceptComment, strings.TrimSpace(r.summary()+" "+r.caution())),
		textual(contains, conceptLimits, strings.Join(r.Limits, " ")),
	}
	concepts := map[string]code{
		"Indication": conceptIndication, "Technique": conceptTechnique, "Comparison": conceptComparison,
		"Findings": conceptFindings, "Impression": conceptImpression,
	}
	written := r.written.sections()
	for k, s := range r.Text.sections() {
		n := textual(contains, concepts[s.heading], *s.text)
		// What the reader left empty has the program's words.
		if *written[k].text != "" {
			n = writtenBy(r.writer, n, *s.text)
		}
		nodes = append(nodes, n)
	}
	if v := r.Verdict; v != nil {
		nodes = append(nodes,
			observedBy(v.Reviewer, coded(contains, conceptVerdict, code{string(v.Verdict), scheme, "The reader: " + string(v.Verdict)})),
			observedBy(v.Reviewer, textual(contains, conceptComment, v.sentence())))
		if v.Note != "" {
			nodes = append(nodes, writtenBy(v.Reviewer, textual(contains, conceptComment, v.Note), v.Note))
		}
		if finding := v.finding(); finding != "" {
			nodes = append(nodes, observedBy(v.Reviewer, textual(contains, conceptNamed, finding)))
		}
	}
	return nodes
}

// observedBy makes an item a person's (TID 1003) where all around it is the
// device's. The system's name of the reader is the only one that is known.
func observedBy(reader string, n node) node {
	n.children = append(n.children,
		coded(hasContext, conceptObserverType, valuePerson),
		person(hasContext, conceptPersonName, orUnknown(reader)))
	if reader != "" {
		n.children = append(n.children, textual(hasContext, conceptPersonLogin, reader))
	}
	return n
}

// writtenBy makes an item a person's, in the language of the person's words.
func writtenBy(reader string, n node, words string) node {
	n.children = append(n.children, coded(hasModifier, conceptLanguage, languageOf(words)))
	return observedBy(reader, n)
}
