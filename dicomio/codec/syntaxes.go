package codec

import "context"

type decoder func(ctx context.Context, s Syntax, p Params, frame []byte) (Image, error)

type syntax struct {
	Syntax
	fragments bool    // encapsulated
	decode    decoder // nil: native pixel data
}

// The native transfer syntaxes whose byte order matters here.
const (
	bigEndian = "1.2.840.10008.1.2.2"
	// gePrivate is implicit little endian with pixels in big endian.
	gePrivate = "1.2.840.113619.5.2"
	// encapsulatedNative is native pixel data in a fragment.
	encapsulatedNative = "1.2.840.10008.1.2.1.98"
)

// JPEGBaseline is the transfer syntax of 8-bit JPEG. Decode reads any JPEG code
// stream under it, that of a JPEG file among them.
const JPEGBaseline = "1.2.840.10008.1.2.4.50"

var syntaxes = []syntax{
	{Syntax: Syntax{UID: "1.2.840.10008.1.2", Name: "Implicit VR Little Endian", Decoder: "native", Library: "own"}},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.1", Name: "Explicit VR Little Endian", Decoder: "native", Library: "own"}},
	{Syntax: Syntax{UID: encapsulatedNative, Name: "Encapsulated Uncompressed Explicit VR Little Endian", Decoder: "native", Library: "own"}, fragments: true},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.1.99", Name: "Deflated Explicit VR Little Endian", Decoder: "native", Library: "own"}},
	{Syntax: Syntax{UID: bigEndian, Name: "Explicit VR Big Endian", Decoder: "native", Library: "own"}},
	{Syntax: Syntax{UID: JPEGBaseline, Name: "JPEG Baseline (Process 1)", Decoder: "JPEG, 8-bit DCT", Library: "libjpeg-turbo", Lossy: true}, fragments: true, decode: decodeJPEG},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.51", Name: "JPEG Extended (Process 2 and 4)", Decoder: "JPEG, 8- and 12-bit DCT", Library: "libjpeg-turbo (8 bits), own (12 bits)", Lossy: true}, fragments: true, decode: decodeJPEG},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.53", Name: "JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)", Decoder: "JPEG, 8- and 12-bit DCT", Library: "libjpeg-turbo (8 bits), own (12 bits)", Lossy: true}, fragments: true, decode: decodeJPEG},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.55", Name: "JPEG Full Progression, Non-Hierarchical (Process 10 and 12)", Decoder: "JPEG, 8- and 12-bit DCT", Library: "libjpeg-turbo (8 bits), own (12 bits)", Lossy: true}, fragments: true, decode: decodeJPEG},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.57", Name: "JPEG Lossless, Non-Hierarchical (Process 14)", Decoder: "JPEG, lossless", Library: "own"}, fragments: true, decode: decodeJPEG},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.70", Name: "JPEG Lossless, Non-Hierarchical, First-Order Prediction", Decoder: "JPEG, lossless", Library: "own"}, fragments: true, decode: decodeJPEG},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.80", Name: "JPEG-LS Lossless", Decoder: "JPEG-LS", Library: "own"}, fragments: true, decode: decodeJPEGLS},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.81", Name: "JPEG-LS Lossy (Near-Lossless)", Decoder: "JPEG-LS", Library: "own", Lossy: true}, fragments: true, decode: decodeJPEGLS},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.90", Name: "JPEG 2000 (Lossless Only)", Decoder: "JPEG 2000", Library: "OpenJPEG"}, fragments: true, decode: decodeJPEG2000},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.4.91", Name: "JPEG 2000", Decoder: "JPEG 2000", Library: "OpenJPEG", Lossy: true}, fragments: true, decode: decodeJPEG2000},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.5", Name: "RLE Lossless", Decoder: "RLE", Library: "own"}, fragments: true, decode: decodeRLE},
	{Syntax: Syntax{UID: gePrivate, Name: "GE Private Implicit VR Little Endian with Big Endian Pixel Data", Decoder: "native", Library: "own"}},
}

func lookup(uid string) (syntax, bool) {
	for _, s := range syntaxes {
		if s.UID == uid {
			return s, true
		}
	}
	return syntax{}, false
}
