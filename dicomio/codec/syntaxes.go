package codec

import "context"

type decoder func(ctx context.Context, s Syntax, p Params, frame []byte) (Image, error)

type syntax struct {
	Syntax
	decode decoder // nil: native pixel data
}

// The native transfer syntaxes whose byte order matters here.
const (
	bigEndian = "1.2.840.10008.1.2.2"
	// gePrivate is implicit little endian with pixels in big endian.
	gePrivate = "1.2.840.113619.5.2"
)

var syntaxes = []syntax{
	{Syntax: Syntax{UID: "1.2.840.10008.1.2", Name: "Implicit VR Little Endian", Decoder: "native", Library: "own"}},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.1", Name: "Explicit VR Little Endian", Decoder: "native", Library: "own"}},
	{Syntax: Syntax{UID: "1.2.840.10008.1.2.1.99", Name: "Deflated Explicit VR Little Endian", Decoder: "native", Library: "own"}},
	{Syntax: Syntax{UID: bigEndian, Name: "Explicit VR Big Endian", Decoder: "native", Library: "own"}},
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
