package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"

	_ "pneumolight/app/locale"
)

func main() {
	release()
	os.Exit(start(os.Args[1:]))
}

// release has Fyne no longer check, by the stack of each change of a widget,
// that it is made on the window's own goroutine: that is most of what the
// window does. The tests run with the check.
func release() {
	fyneapp.SetMetadata(fyne.AppMetadata{
		ID: appID, Name: "Pneumolight", Version: programVersion, Migrations: map[string]bool{"fyneDo": true},
	})
}

// start runs the program until it is done or told to end, and returns its
// exit code.
func start(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return guarded(os.Stderr, func() int { return run(ctx, args, os.Stdout, os.Stderr) })
}
