package dicomio

// Format is the kind of file that a film came from.
type Format string

// The formats that a film can come from.
const (
	FormatDICOM Format = "DICOM"
	FormatPNG   Format = "PNG"
	FormatJPEG  Format = "JPEG"
	FormatTIFF  Format = "TIFF"
)

// Film is one decoded film. It is not changed after it has been read, so any
// number of goroutines may use it at once.
//
// A grey film has Stored and no Colour; a colour picture has Colour and no
// Stored. A colour picture can be shown, but is never analysed.
type Film struct {
	// Path names the file as it was opened. A member of an archive is
	// written archive.zip!inner/name.
	Path string
	// Format is the kind of file.
	Format Format
	// SHA256 is the lower-case hex digest of the file's bytes (of the
	// archive member's bytes, where the film lies in one).
	SHA256 string

	// Frame is this film's frame, from 1; Frames is how many the file has.
	Frame, Frames int

	// Width and Height are in pixels.
	Width, Height int
	// Bits is Bits Stored (0028,0101): 1 to 16. Every Stored value is
	// below 1<<Bits.
	Bits int
	// Offset is what was added to every stored value to make it unsigned:
	// 0, or 1<<(Bits-1) for signed pixels.
	Offset int
	// Stored holds Width*Height values, row by row from the top left.
	Stored []uint16
	// Colour holds Width*Height pixels of R, G, B and A, row by row, for
	// colour pictures only.
	Colour []uint8

	// Header is what the file says about the film.
	Header Header
	// Windows are the file's own VOIs in the file's order (PS3.3 C.11.2);
	// empty where the file has none.
	Windows []Window
	// Overlays are the file's own marks over the film; empty where it has none.
	Overlays []Overlay
	// Spacing is the distance between pixel centres.
	Spacing Spacing
	// PixelAspect is a pixel's height divided by its width; 1 where the
	// file says nothing.
	PixelAspect float64
	// Warnings are what is odd about the file but did not
	// stop it from being read.
	Warnings []Warning

	grey greyTransform
}

// IsColour reports whether the film is a colour picture.
func (f *Film) IsColour() bool { return f.Colour != nil }

// SpacingKind says what a pixel spacing measures, which decides whether a
// length on the film is a length in the patient.
type SpacingKind string

// The kinds of pixel spacing.
const (
	// SpacingUnknown: the file says nothing; lengths are in pixels.
	SpacingUnknown SpacingKind = "unknown"
	// SpacingDetector: Imager Pixel Spacing (0018,1164), measured on the
	// detector's front plane; structures in the patient are smaller.
	SpacingDetector SpacingKind = "detector"
	// SpacingEstimated: the detector's, divided by how much larger than in
	// the patient the file estimates things to be on it (0018,1114).
	SpacingEstimated SpacingKind = "estimated"
	// SpacingCorrected: Pixel Spacing (0028,0030) that differs from the
	// detector's, or is said to be corrected for magnification (0028,0A02).
	SpacingCorrected SpacingKind = "corrected"
	// SpacingCalibrated: Pixel Spacing (0028,0030) that is said to be
	// calibrated by an object of known size.
	SpacingCalibrated SpacingKind = "calibrated"
	// SpacingUnsaid: Pixel Spacing (0028,0030) of a projection with nothing
	// to tell whether it is the detector's or the patient's.
	SpacingUnsaid SpacingKind = "unsaid"
	// SpacingPatient: Pixel Spacing (0028,0030) of a section through the
	// patient.
	SpacingPatient SpacingKind = "patient"
)

// Spacing is the distance between pixel centres in millimetres; zero where
// Kind is SpacingUnknown.
type Spacing struct {
	Kind        SpacingKind
	Row, Column float64 // between rows (vertical), between columns (horizontal)
}

// Header is what a DICOM file says about its film. Text is UTF-8 and trimmed;
// a field that the file leaves out is empty. All of it may identify a person:
// it never goes to a log.
type Header struct {
	PatientName, PatientID string
	PatientBirthDate       string // YYYYMMDD
	PatientSex             string // M, F, O or empty
	// PatientAge is in years; negative where neither an age nor a birth
	// date with a study date is known.
	PatientAge float64

	StudyUID, SeriesUID, InstanceUID string
	SOPClassUID, TransferSyntaxUID   string

	StudyDate, StudyTime string // YYYYMMDD, HHMMSS
	// Taken is when the film was taken, YYYYMMDDHHMMSS: by its acquisition,
	// or else by its study; YYYYMMDD where no time is known.
	Taken                                string
	AccessionNumber, ReferringPhysician  string
	Institution, Manufacturer, Equipment string
	StudyDescription, SeriesDescription  string
	// Protocol is what the acquisition was called: Protocol Name
	// (0018,1030), or what other elements say in its place.
	Protocol                     string
	SeriesNumber, InstanceNumber int

	Modality, BodyPart string
	// ViewPosition is (0018,5101), such as PA, AP or LL.
	ViewPosition string
	Laterality   string // L, R or empty
	// PatientOrientation is (0020,0020): the directions of a row and of a
	// column, such as L\F.
	PatientOrientation [2]string

	// Photometric is (0028,0004), MONOCHROME1 and so on.
	Photometric string
	// BurnedInAnnotation is (0028,0301): YES, NO or empty.
	BurnedInAnnotation string
	// Lossy is true where the pixels were ever compressed with loss.
	Lossy bool
}

// WindowKind is how a [Window] maps values to grey.
type WindowKind string

// The VOI functions of PS3.3 C.11.2.1.
const (
	WindowLinear      WindowKind = "LINEAR"
	WindowLinearExact WindowKind = "LINEAR_EXACT"
	WindowSigmoid     WindowKind = "SIGMOID"
	WindowLUT         WindowKind = "LUT"
)

// Window is one way to see a film: a VOI function over the values after the
// modality transformation (PS3.3 C.11.2).
type Window struct {
	// Name is the file's own explanation, or ours for a computed window.
	Name string
	Kind WindowKind
	// Center and Width are in the units of the modality transformation;
	// for a LUT, the range that its input spans.
	Center, Width float64
	// LUT is set for WindowLUT only.
	LUT *LookupTable
}

// LookupTable is a DICOM lookup table (PS3.3 C.11.1, C.11.2).
type LookupTable struct {
	// First is the input value that maps to Data[0]; lower ones map there
	// too, and those past the end map to the last entry.
	First int
	// Bits is the width of an entry, 8 to 16.
	Bits int
	Data []uint16
}
