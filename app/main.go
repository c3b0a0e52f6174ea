package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	_ "pneumolight/app/locale"
)

func main() { os.Exit(start(os.Args[1:])) }

// start runs the program until it is done or told to end, and returns its
// exit code.
func start(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, os.Stdout, os.Stderr)
}
