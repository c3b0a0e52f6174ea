// Package deidentify takes what identifies a person out of films, so that they
// can be handed on: by the Basic Application Level Confidentiality Profile of
// DICOM PS3.15, annex E, and beyond it by a second look for names and numbers
// that were found in the places where they belong and written where they do
// not.
//
// The table of attributes is data, in table.go, with the edition that it is
// from. Unique identifiers are replaced by others, the same one by the same
// one within an export; the key that ties them is random and is thrown away
// with the [Export]. Dates are removed or shifted by one random number of days
// a patient. Pixel data passes through untouched, so it refuses to vouch for
// what is burned into a picture: it warns where that may be, and does not
// look. What it removed it reports by attribute and count, never by value.
package deidentify
