// Package codec turns the pixel data of one DICOM frame, native or
// compressed, into samples: exactly the values that the file stores.
//
// It refuses to guess. A code stream whose size, number of components or
// precision cannot be that of its header is an error, never a picture that
// might be wrong; every declared size is checked before memory is asked for.
// It knows nothing of files, of windows or of colours: it neither rescales
// nor inverts nor converts between colour models.
package codec
