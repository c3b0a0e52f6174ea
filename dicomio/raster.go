package dicomio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/tiff"

	"pneumolight/dicomio/codec"
)

// maxPixels bounds the size of a picture that is decoded.
const maxPixels = 1 << 28

// rasterFormat tells a PNG, JPEG or TIFF file by its first bytes.
func rasterFormat(data []byte) Format {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return FormatPNG
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		return FormatJPEG
	case bytes.HasPrefix(data, []byte("II*\x00")), bytes.HasPrefix(data, []byte("MM\x00*")):
		return FormatTIFF
	}
	return ""
}

// rasterConfig reads a picture's size without its pixels.
func rasterConfig(format Format, r io.Reader) (image.Config, error) {
	switch format {
	case FormatPNG:
		return png.DecodeConfig(r)
	case FormatJPEG:
		return jpeg.DecodeConfig(r)
	default:
		return tiff.DecodeConfig(r)
	}
}

// filmFromRaster decodes a PNG, JPEG or TIFF file. One whose channels are all
// equal is a grey film, however it was saved.
func filmFromRaster(ctx context.Context, format Format, data []byte, memory []uint16) (*Film, error) {
	config, err := rasterConfig(format, bytes.NewReader(data))
	if err != nil {
		return nil, rasterFault(format, err)
	}
	if err := checkRasterSize(format, config); err != nil {
		return nil, err
	}
	f := &Film{
		Format: format, Frame: 1, Frames: 1, Width: config.Width, Height: config.Height,
		Header:  rasterHeader(format),
		Spacing: Spacing{Kind: SpacingUnknown}, PixelAspect: 1,
	}
	if format == FormatJPEG {
		err = f.takeJPEG(ctx, config, data, memory)
	} else {
		err = f.takeRaster(ctx, data)
	}
	if err != nil {
		return nil, err
	}
	o := rasterOrientation(format, data)
	f.Stored, f.Colour = turn(o, f.Stored, f.Width, f.Height, 1), turn(o, f.Colour, f.Width, f.Height, 4)
	f.Width, f.Height = o.size(f.Width, f.Height)
	if f.Stored != nil {
		f.prepareHistogram()
	}
	return f, nil
}

// takeRaster decodes a picture with the decoder that Go has for its format.
func (f *Film) takeRaster(ctx context.Context, data []byte) error {
	var img image.Image
	var err error
	r := &contextReader{ctx, bytes.NewReader(data)}
	switch f.Format {
	case FormatPNG:
		img, err = png.Decode(r)
	case FormatJPEG:
		img, err = jpeg.Decode(r)
	default:
		// The TIFF decoder needs to seek.
		img, err = tiff.Decode(bytes.NewReader(data))
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		if f.Format == FormatPNG && !bytes.Contains(data, []byte("IEND")) {
			// The decoder calls missing pixels a format error.
			err = io.ErrUnexpectedEOF
		}
		return rasterFault(f.Format, err)
	}
	f.takeImage(img)
	return nil
}

// rasterHeader is what a picture file says: nothing.
func rasterHeader(format Format) Header {
	return Header{PatientAge: unknownAge, Lossy: format == FormatJPEG}
}

// rasterOrientation is how a picture lies in its file, of which data may be
// the first part. Only cameras turn pictures, and they write JPEG.
func rasterOrientation(format Format, data []byte) orientation {
	if format == FormatJPEG {
		return jpegOrientation(data)
	}
	return upright
}

// rasterBits is a picture's bits a channel.
func rasterBits(config image.Config) int {
	switch config.ColorModel {
	case color.Gray16Model, color.RGBA64Model, color.NRGBA64Model:
		return 16
	}
	return 8
}

func checkRasterSize(format Format, config image.Config) error {
	if config.Width < 1 || config.Height < 1 {
		return &fault{kind: ErrMalformed, offset: -1, detail: fmt.Sprintf("this %s file has no pixels", format), advice: adviceAgain}
	}
	if int64(config.Width)*int64(config.Height) > maxPixels {
		return &fault{kind: ErrTooLarge, offset: -1, detail: fmt.Sprintf("it declares %d × %d pixels, more than this program opens", config.Width, config.Height), advice: adviceSmaller}
	}
	return nil
}

func rasterFault(format Format, err error) error {
	f := &fault{kind: ErrMalformed, offset: -1, err: err, advice: adviceAgain}
	var pngUnsupported png.UnsupportedError
	var jpegUnsupported jpeg.UnsupportedError
	var tiffUnsupported tiff.UnsupportedError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, codec.ErrTruncated):
		f.kind, f.detail = ErrTruncated, fmt.Sprintf("this %s file is cut short", format)
	case errors.As(err, &pngUnsupported), errors.As(err, &jpegUnsupported), errors.As(err, &tiffUnsupported), errors.Is(err, codec.ErrUnsupported):
		f.kind, f.advice = ErrUnsupported, "save it as PNG and open that"
		f.detail = fmt.Sprintf("this kind of %s file is not supported", format)
	case errors.Is(err, codec.ErrTooLarge):
		f.kind, f.detail, f.advice = ErrTooLarge, "it declares more colour pixels than this program opens", adviceSmaller
	default:
		f.detail = fmt.Sprintf("this %s file is damaged", format)
	}
	return f
}

// takeImage makes a film's pixels from a decoded picture.
func (f *Film) takeImage(img image.Image) {
	n := f.Width * f.Height
	switch img := img.(type) {
	case *image.Gray:
		f.Bits, f.Stored = 8, make([]uint16, 0, n)
		for y := range f.Height {
			for _, v := range img.Pix[y*img.Stride : y*img.Stride+f.Width] {
				f.Stored = append(f.Stored, uint16(v))
			}
		}
	case *image.Gray16:
		f.Bits, f.Stored = 16, make([]uint16, 0, n)
		for y := range f.Height {
			row := img.Pix[y*img.Stride : y*img.Stride+2*f.Width]
			for x := 0; x < len(row); x += 2 {
				f.Stored = append(f.Stored, uint16(row[x])<<8|uint16(row[x+1]))
			}
		}
	default:
		if !f.takeEqualChannels(img) {
			f.takeColour(img)
		}
	}
}

// takeEqualChannels takes a colour picture whose pixels are all grey, and
// reports whether it is one.
func (f *Film) takeEqualChannels(img image.Image) bool {
	stored := make([]uint16, 0, f.Width*f.Height)
	switch img.ColorModel() {
	case color.NRGBA64Model, color.RGBA64Model:
		for p := wide(img).Pix; len(p) >= 8; p = p[8:] {
			if p[0] != p[2] || p[1] != p[3] || p[2] != p[4] || p[3] != p[5] {
				return false
			}
			stored = append(stored, uint16(p[0])<<8|uint16(p[1]))
		}
		f.Bits = 16
	default:
		for p := rgba(img).Pix; len(p) >= 4; p = p[4:] {
			if p[0] != p[1] || p[1] != p[2] {
				return false
			}
			stored = append(stored, uint16(p[0]))
		}
		f.Bits = 8
	}
	f.Stored = stored
	return true
}

func (f *Film) takeColour(img image.Image) {
	f.Bits = 8
	f.Colour = rgba(img).Pix
	for i := 3; i < len(f.Colour); i += 4 {
		f.Colour[i] = 255 // what was transparent is on black
	}
}

// rgba is a picture as packed R, G, B and A of 8 bits, without a copy if it is
// that already.
func rgba(img image.Image) *image.RGBA {
	row := 4 * img.Bounds().Dx()
	switch img := img.(type) {
	case *image.RGBA:
		if img.Stride == row {
			return img
		}
	case *image.NRGBA:
		if img.Stride == row && img.Opaque() {
			return &image.RGBA{Pix: img.Pix, Stride: row, Rect: img.Rect}
		}
	}
	packed := image.NewRGBA(img.Bounds())
	draw.Draw(packed, packed.Bounds(), img, packed.Bounds().Min, draw.Src)
	return packed
}

// wide is a picture as packed R, G, B and A of 16 bits, without a copy if it
// is that already.
func wide(img image.Image) *image.RGBA64 {
	row := 8 * img.Bounds().Dx()
	switch img := img.(type) {
	case *image.RGBA64:
		if img.Stride == row {
			return img
		}
	case *image.NRGBA64:
		if img.Stride == row && img.Opaque() {
			return &image.RGBA64{Pix: img.Pix, Stride: row, Rect: img.Rect}
		}
	}
	packed := image.NewRGBA64(img.Bounds())
	draw.Draw(packed, packed.Bounds(), img, packed.Bounds().Min, draw.Src)
	return packed
}
