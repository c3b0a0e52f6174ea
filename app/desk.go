package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pneumolight/handover"
	"pneumolight/ui"
)

// claimDesk makes this start the one whose window others hand their films to,
// or hands the paths to the one that is. A window is shared by the starts of
// one user on one display with the same log and model.
func claimDesk(ctx context.Context, s settings, paths []string) (*handover.Desk, error) {
	// The other process may run in another folder.
	here := make([]string, len(paths))
	for k, path := range paths {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return nil, fmt.Errorf("finding the current folder: %w", err)
		}
		here[k] = absolute
	}
	folder, err := deskFolder()
	if err != nil {
		return nil, err
	}
	return handover.Claim(ctx, folder, deskName(s), here)
}

// deskFolder is the user's folder for sockets (XDG Base Directory
// Specification), or one in the cache where the system has none.
func deskFolder() (string, error) {
	if folder := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "pneumolight"), nil
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a folder for the window's socket: %w", err)
	}
	return filepath.Join(folder, "pneumolight", "window"), nil
}

// deskName tells windows apart. It is short: the path of a Unix socket has
// hardly more than a hundred bytes.
func deskName(s settings) string {
	about := []string{os.Getenv("WAYLAND_DISPLAY"), os.Getenv("DISPLAY")}
	for _, path := range []string{s.database, s.model} {
		if path != "" && path != ui.PaperModel {
			if absolute, err := filepath.Abs(path); err == nil {
				path = absolute
			}
		}
		about = append(about, path)
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(about, "\x00"))))[:16]
}
