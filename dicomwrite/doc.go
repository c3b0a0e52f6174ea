// Package dicomwrite writes DICOM files (PS3.10): a tree of elements becomes
// a preamble, a file meta header of this program's own, and a data set.
//
// It encodes, and does no more: which elements an object needs is for whoever
// makes the object. It refuses what cannot be encoded, such as a value of odd
// length that has no padding or one too long for its VR. Nothing of a source
// file's meta header, such as the title of the application that sent it, gets
// into what it writes.
//
// It is the project's own because the DICOM module's writer needs every value
// decoded and typed: it can neither pass on the bytes of an element whose
// meaning is unknown, nor a big endian or implicit data set as it was.
package dicomwrite
