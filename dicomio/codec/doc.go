// Package codec turns the pixel data of one DICOM frame, native or
// compressed, into samples: exactly the values that the file stores.
//
// It refuses to guess. A code stream whose size, number of components or
// precision cannot be that of its header is an error, never a picture that
// might be wrong; every declared size is checked before memory is asked for.
// It knows nothing of files, of windows or of colours: it neither rescales
// nor inverts nor converts between colour models.
//
// # Which library decodes what, and why
//
// Native pixel data and RLE are a few loops over bytes (PS3.5 sections 8 and
// Annex G) and need no library.
//
// 8-bit JPEG with a DCT, baseline, extended or progressive, is read by
// libjpeg-turbo: it is everywhere, fuzzed around the clock, has SIMD, and its
// "accurate integer" transform gives the very samples that DCMTK and GDCM
// give, which Go's image/jpeg does not. image/jpeg also refuses streams that
// DICOM writers make. Colour is left as it is coded: the DICOM header says
// what it is, and libjpeg would have to guess. JPEG files go the same way: the
// training side reads its films by the same library (in Pillow), so that the
// model is given the very pixels that it has learned from.
//
// 12-bit JPEG with a DCT, sequential or progressive, is our own. libjpeg-turbo
// reads it from version 3 only, which is newer than Debian 12's; no Go library
// reads it right; and GDCM or DCMTK behind a C++ shim would bring a large
// parser of hostile input into the process for one transform. Its Huffman
// coding is shared with the lossless decoder. The roundings are those of the
// Independent JPEG Group's transform, so the samples are DCMTK's and GDCM's to
// the bit.
//
// Lossless JPEG, all seven predictors with point transform and restart
// markers, is our own for the same reasons: the Go libraries fail two films of
// three, and what is there in C lives inside GDCM and DCMTK.
//
// JPEG-LS is our own. CharLS was used first and is well kept, but the version
// that Debian 12 packages, 2.4.1, never returns from some damaged streams (its
// pull request 334 mends it later), which in C nobody can cancel, and it
// refuses one of the sample films of DICOM's own working group (its issue
// 365). The standard is small, and our decoder is as fast.
//
// JPEG 2000 is read by OpenJPEG: the only well-kept open decoder, packaged
// everywhere, and the only one that read nearly all films when several were
// compared. Its strict mode is left on and
// what a cut stream lacks is filled in here instead, because version 2.5.0
// without it reads beyond its memory. Two threads share the code blocks. A
// decode in C cannot be cancelled half way; the sizes that its work depends on
// (tiles, packets, components) are checked against the length of the stream
// beforehand.
//
// # What is refused
//
// High-throughput JPEG 2000 (HTJ2K), whichever transfer syntax it comes under:
// OpenJPEG 2.5.0 reads it right, but ends the whole program in an assertion on
// damaged code blocks. OpenJPH, the other packaged library, was not tried; what
// there is in Go is some months old and reads one order of packets only.
//
// Samples of 32 bits; arithmetic coding, hierarchical JPEG and a number of
// lines that follows the scan; chroma of another size than luminance in 12-bit
// JPEG, JPEG-LS and JPEG 2000; mapping tables, point transforms and
// Hewlett-Packard's colour transforms in JPEG-LS. Each is [ErrUnsupported],
// which says so.
package codec
