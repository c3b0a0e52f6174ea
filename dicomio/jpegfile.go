package dicomio

import (
	"context"
	"image"
	"image/color"

	"pneumolight/dicomio/codec"
)

// syntaxJPEGBaseline names the code stream of a JPEG file to package codec,
// which reads progressive ones under it too.
const syntaxJPEGBaseline = "1.2.840.10008.1.2.4.50"

// takeJPEG decodes a JPEG file: its code stream is what the pixel data of a
// DICOM file would be, and is decoded as that. A picture of luminance and
// neutral chroma is a grey film, its luminance as it is coded.
func (f *Film) takeJPEG(ctx context.Context, config image.Config, data []byte) error {
	params := codec.Params{
		TransferSyntax: syntaxJPEGBaseline, Rows: config.Height, Columns: config.Width,
		BitsAllocated: 8, BitsStored: 8, HighBit: 7,
	}
	switch config.ColorModel {
	case color.GrayModel:
		params.SamplesPerPixel, params.Photometric = 1, "MONOCHROME2"
	case color.YCbCrModel:
		params.SamplesPerPixel, params.Photometric = 3, "YBR_FULL"
	default:
		// RGB and CMYK, which programs for print write.
		return f.takeRaster(ctx, data)
	}
	img, err := codec.Decode(ctx, params, data)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return rasterFault(FormatJPEG, err)
	}
	f.Bits = 8
	switch {
	case img.Components == 1:
		f.Stored = img.Samples
	case neutral(img.Samples):
		f.Stored = make([]uint16, f.Width*f.Height)
		for i := range f.Stored {
			f.Stored[i] = img.Samples[3*i]
		}
	default:
		f.Colour, err = colourOf(attributes{}, img)
	}
	return err
}

// neutral reports whether pixels of Y, Cb and Cr have no colour but rounding.
func neutral(samples []uint16) bool {
	for ; len(samples) >= 3; samples = samples[3:] {
		if cb, cr := samples[1], samples[2]; cb < 127 || cb > 129 || cr < 127 || cr > 129 {
			return false
		}
	}
	return true
}
