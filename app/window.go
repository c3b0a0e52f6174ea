package main

import (
	"context"
	"io"
)

func openWindow(ctx context.Context, s settings, paths []string, stdout, stderr io.Writer) error {
	return openHeadless(ctx, s, paths, stdout, stderr)
}
