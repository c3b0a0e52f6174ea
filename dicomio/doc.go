// Package dicomio turns a file into a [Film]: the decoded pixels of one chest
// film, what its header says of patient, study and geometry, and the tables
// that turn a stored value into the grey that a reader should see.
//
// It reads DICOM, PNG and JPEG. It keeps every film's stored values exactly
// as the file holds them; window, inversion and rescale are tables applied
// later, so that nothing is decoded twice.
//
// It refuses to guess: what it cannot read is an error that names the file
// and the cause, never a picture that might be wrong. It knows nothing of
// models, of databases or of windows on a screen.
package dicomio
