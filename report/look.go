package report

import "pneumolight/dicomio"

// Look is how the reader looked at the film, and what was measured on it.
type Look struct {
	Window dicomio.Window
	// Inverted is set where black and white are swapped.
	Inverted bool
	// Flipped is set where the film is mirrored left to right; Quarters are
	// the clockwise quarter turns after that, 0 to 3.
	Flipped  bool
	Quarters int
	Marks    []Mark
}

// Mark is something measured on the film: lines, and a text beside a point.
type Mark struct {
	Lines [][]Point
	Text  string
	At    Point
}

// Point is a place on the film in stored pixels, from the outer corner of the
// first one.
type Point struct{ X, Y float64 }
