// Package dicomio turns a file into a [Film]: the decoded pixels of one chest
// film, what its header says of patient, study and geometry, and the tables
// that turn a stored value into the grey that a reader should see.
//
// It reads DICOM, PNG, JPEG and TIFF, alone, in folders, in ZIP archives and
// through a DICOMDIR. It keeps every film's stored values exactly as the file
// holds them; window, inversion and rescale are tables applied later, so that
// nothing is decoded twice.
//
// It refuses to guess: what it cannot read is a [*ReadError] that names the
// file, the place and the cause, never a picture that might be wrong. What is
// odd but does not stop a reader is one of [Film.Warnings]. It knows nothing
// of models, of databases or of windows on a screen.
//
// # How a DICOM file is read
//
// The elements of a file are decoded by github.com/suyashkumar/dicom, but not
// found by it. That module allocates what a file declares, panics on about one
// public file in a hundred, and gives up on files without a transfer syntax,
// with an unknown character set or with pixel data of a length that does not
// fit (measured on 1,350 public files). Three steps therefore lie around it:
//
//   - A walk over the structure finds every element and checks its length
//     against what the file has before anything is allocated. It settles the
//     encoding of files whose preamble, meta header or transfer syntax is
//     missing or wrong, and gives an error its tag and offset.
//   - The elements that a film needs are copied into a small clean data set,
//     explicit little endian with right lengths, which the module parses. It
//     sees neither pixels nor anything that could mislead it; should it fail
//     or panic on an element all the same, that element is left out with a
//     warning.
//   - Pixel data is never copied into the module's frames, which take several
//     times its size: its bytes go straight to package codec, whose own
//     documentation says which decoder serves which transfer syntax and why.
//
// Text is decoded here rather than by the module, which applies one character
// set to a whole value and does not follow ISO 2022 escape sequences.
package dicomio
