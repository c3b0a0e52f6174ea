package report

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Format is a form that a report can be written in.
type Format string

// The formats.
const (
	PDF  Format = "pdf"  // PDF/A-2u
	HTML Format = "html" // one file, pictures inside
	JSON Format = "json" // Report's own form
	FHIR Format = "fhir" // FHIR R4 Bundle with a DiagnosticReport

	// The DICOM objects.
	EncapsulatedPDF   Format = "dicom-pdf"
	SecondaryCapture  Format = "dicom-sc"   // the film with the heat map
	StructuredReport  Format = "dicom-sr"   // Comprehensive SR, TID 1500
	PresentationState Format = "dicom-gsps" // window and annotations
)

// Formats lists the formats.
func Formats() []Format {
	return []Format{PDF, HTML, JSON, FHIR, EncapsulatedPDF, SecondaryCapture, StructuredReport, PresentationState}
}

// IsDICOM reports whether the format is an object that refers to a film's UIDs.
func (f Format) IsDICOM() bool {
	return f == EncapsulatedPDF || f == SecondaryCapture || f == StructuredReport || f == PresentationState
}

// NeedsResult reports whether the format shows the model's result alone, so
// that there is none of a film that the model did not judge.
func (f Format) NeedsResult() bool { return f == SecondaryCapture }

// Ending is what the format's files end in.
func (f Format) Ending() string {
	switch {
	case f == FHIR:
		return ".fhir.json"
	case f.IsDICOM():
		return "." + strings.TrimPrefix(string(f), "dicom-") + ".dcm"
	}
	return "." + string(f)
}

// FormatOf tells the format by a file's name; false for an ending that does
// not tell. A .dcm file may be any of the DICOM objects, so it tells none.
func FormatOf(name string) (Format, bool) {
	name = strings.ToLower(name)
	for _, known := range []struct {
		ending string
		format Format
	}{{".fhir.json", FHIR}, {".json", JSON}, {".pdf", PDF}, {".html", HTML}, {".htm", HTML}} {
		if strings.HasSuffix(name, known.ending) {
			return known.format, true
		}
	}
	return "", false
}

// Write writes the report. It makes the whole of it before it writes the first
// byte, so that w gets nothing where it fails. The error wraps [ErrNotDICOM]
// or [ErrNoResult] where the film cannot be what the format shows; ctx ends
// the reading of the film's file, which some DICOM objects copy from.
func (r *Report) Write(ctx context.Context, w io.Writer, format Format) error {
	switch format {
	case PDF:
		return r.writePDF(w)
	case HTML:
		return r.writeHTML(w)
	case JSON:
		return r.writeJSON(w)
	case FHIR:
		return r.writeFHIR(w)
	case EncapsulatedPDF:
		return r.writeEncapsulated(w)
	case SecondaryCapture:
		return r.writeCapture(w)
	case StructuredReport:
		return r.writeStructured(w)
	case PresentationState:
		return r.writePresentation(ctx, w)
	}
	return fmt.Errorf("there is no report format %q", format)
}
