package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"pneumolight/ui/lightbox"
)

// guarded does what the program is there for, and returns its exit code. A
// panic ends the program with a message in place of Go's own, which would
// print the panic's value, whatever it holds of a patient.
func guarded(stderr io.Writer, do func() int) (code int) {
	defer func() {
		if value := recover(); value != nil {
			var stack [64]uintptr
			tellCrash(stderr, value, stack[:runtime.Callers(2, stack[:])])
			code = exitFailed
		}
	}()
	return do()
}

// tellCrash says that the program has failed, and where, without any value.
func tellCrash(stderr io.Writer, value any, stack []uintptr) {
	if passed, ok := value.(lightbox.Broken); ok {
		value, stack = passed.Value, passed.Stack
	}
	// The runtime's own errors hold numbers and the names of types; any
	// other may hold all that it was made from.
	text := fmt.Sprintf("a value of type %T", value)
	var failure runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &failure) {
		text = failure.Error()
	}
	fmt.Fprintf(stderr, "pneumolight: the program has failed and had to end (%s). What was saved is in the log. Please report this with the lines below, which hold nothing of any film:\n", text)
	frames := runtime.CallersFrames(stack)
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		fmt.Fprintf(stderr, "  %s (%s:%d)\n", frame.Function, filepath.Base(frame.File), frame.Line)
	}
}
