//go:build !linux

package screening

// lowerPriority does nothing: elsewhere a priority is the whole process's,
// or is not in Go's reach.
func lowerPriority() {}
