package dicomio

import (
	"context"
	"image"
	"image/color"

	"pneumolight/dicomio/codec"
)

// takeJPEG decodes a JPEG file: its code stream is what the pixel data of a
// DICOM file would be, and is decoded as that. A picture of luminance and
// neutral chroma is a grey film, its luminance as it is coded.
func (f *Film) takeJPEG(ctx context.Context, config image.Config, data []byte, memory []uint16) error {
	params := codec.Params{
		TransferSyntax: codec.JPEGBaseline, Rows: config.Height, Columns: config.Width,
		BitsAllocated: 8, BitsStored: 8, HighBit: 7, Memory: memory,
	}
	var img codec.Image
	var err error
	switch config.ColorModel {
	case color.GrayModel:
		params.SamplesPerPixel, params.Photometric = 1, "MONOCHROME2"
		img, err = codec.Decode(ctx, params, data)
	case color.YCbCrModel:
		params.SamplesPerPixel, params.Photometric = 3, "YBR_FULL"
		var grey bool
		if img, grey, err = codec.JPEGLuminance(ctx, params, data); err == nil && !grey {
			img, err = codec.Decode(ctx, params, data)
		}
	default:
		// RGB and CMYK, which programs for print write.
		return f.takeRaster(ctx, data)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return rasterFault(FormatJPEG, err)
	}
	f.Bits = 8
	if img.Components == 1 {
		f.Stored = img.Samples
		return nil
	}
	f.Colour, err = colourOf(attributes{}, img)
	return err
}
