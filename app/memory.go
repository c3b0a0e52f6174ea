package main

import "runtime/debug"

// The bounds of the window's heap: films are large and soon done with, and the
// rest of a clinic's computer is somebody else's.
const (
	// heapGrowth is how much the heap grows between collections, in per cent
	// of what is in use. Nearly all of that is pixels, which cost a collection
	// nothing to pass over, so that it is cheap to have many.
	heapGrowth = 10
	// heapLimit, in bytes, is from where on garbage is collected more eagerly
	// still. Beyond it nothing fails.
	heapLimit = 256 << 20
)

// holdLittle has the window give memory back as soon as it is done with it.
func holdLittle() {
	debug.SetGCPercent(heapGrowth)
	debug.SetMemoryLimit(heapLimit)
	holdLittleInC()
}
