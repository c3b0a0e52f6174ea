// Package report makes the document that hands a film over to a colleague:
// patient and study, the film and the film with the model's heat map, what the
// model says and how far that can be trusted, and what the reader wrote and
// decided. It writes it as PDF/A, HTML, JSON, a FHIR R4 bundle, and as DICOM
// objects that refer to the film.
//
// It refuses to read a film: findings and impression are the reader's, from a
// template that the reader chose or typed, and are never made from what the
// model says. A film that the model refused or that failed gets a report that
// says so and holds no probability. DICOM objects are made of DICOM films only,
// since they have to refer to one.
//
// The page is set by codeberg.org/go-pdf/fpdf, which alone among the free Go
// libraries looked at embeds subsets of TrueType fonts with their text mapping,
// writes XMP metadata and an output intent, and is maintained. What it leaves
// to do for PDF/A-2u is done in archive.go.
//
// The FHIR bundle is made by hand, of maps, in fhir.go. Of the Go libraries,
// github.com/samply/golang-fhir-models has no field for contained resources and
// checks nothing but the spelling of names, and github.com/google/fhir/go
// carries all of FHIR as protocol buffers, 70 MB of source with a database
// among its dependencies, for the six resources needed here; neither has had a
// release since 2022. That the bundle follows the standard is tested with the
// models of fhir.resources.
package report
