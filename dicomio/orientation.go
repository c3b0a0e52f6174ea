package dicomio

import (
	"bytes"
	"encoding/binary"
)

// orientation is how the rows of a camera's picture lie (Exif 2.32, tag
// 0x0112): 1 upright, 2 to 8 turned or mirrored.
type orientation int

const (
	upright orientation = 1
	// From transposed on, the rows of the picture are columns of the file.
	transposed orientation = 5
	lastTurn   orientation = 8
)

// jpegOrientation reads the orientation from the Exif segment of a JPEG file,
// or of the first part of one. Without a sound one the picture is upright.
func jpegOrientation(data []byte) orientation {
	const app1, startOfScan = 0xE1, 0xDA
	for pos := 2; pos+4 <= len(data) && data[pos] == 0xFF; {
		marker, length := data[pos+1], int(binary.BigEndian.Uint16(data[pos+2:]))
		if marker == startOfScan || length < 2 {
			break
		}
		segment := data[pos+4 : max(pos+4, min(pos+2+length, len(data)))]
		if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && marker == app1 {
			return exifOrientation(exif)
		}
		pos += 2 + length
	}
	return upright
}

// exifOrientation reads the tag from the first directory of Exif's TIFF
// structure.
func exifOrientation(exif []byte) orientation {
	const head, entrySize, tagOrientation, typeShort = 8, 12, 0x0112, 3
	if len(exif) < head {
		return upright
	}
	var order binary.ByteOrder
	switch string(exif[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	first := int64(order.Uint32(exif[4:]))
	if first+2 > int64(len(exif)) {
		return upright
	}
	entries := exif[first+2:]
	for range order.Uint16(exif[first:]) {
		if len(entries) < entrySize {
			break
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if o := orientation(order.Uint16(entries[8:])); o >= upright && o <= lastTurn {
				return o
			}
			break
		}
		entries = entries[entrySize:]
	}
	return upright
}

// size is the upright size of a picture of width×height in its file.
func (o orientation) size(width, height int) (int, int) {
	if o >= transposed {
		return height, width
	}
	return width, height
}

// turn brings a picture of width×height, with samples values a pixel, upright.
func turn[T any](o orientation, pixels []T, width, height, samples int) []T {
	if o == upright || len(pixels) == 0 {
		return pixels
	}
	// Where the upright picture begins in the file's, and how far its next
	// pixel and its next row are.
	right, bottom := width-1, (height-1)*width
	steps := map[orientation]struct{ start, pixel, row int }{
		2: {right, -1, width},
		3: {bottom + right, -1, -width},
		4: {bottom, 1, -width},
		5: {0, width, 1},
		6: {bottom, -width, 1},
		7: {bottom + right, -width, -1},
		8: {right, width, -1},
	}[o]
	columns, rows := o.size(width, height)
	out := make([]T, 0, len(pixels))
	for y := range rows {
		at := steps.start + y*steps.row
		for range columns {
			out = append(out, pixels[at*samples:(at+1)*samples]...)
			at += steps.pixel
		}
	}
	return out
}
