package main

import (
	"net"
	"os"
	"runtime"
	"strings"
	"time"
)

// displayPresent reports whether a window can be opened here. Fyne would end
// the program where it cannot, so it is asked first.
func displayPresent() bool {
	if runtime.GOOS != "linux" && runtime.GOOS != "freebsd" {
		return true
	}
	return os.Getenv("WAYLAND_DISPLAY") != "" || xServerAnswers(os.Getenv("DISPLAY"))
}

// xServerAnswers reports whether somebody listens where DISPLAY points,
// host:number.screen with an empty or local host for a Unix socket (X(7)).
func xServerAnswers(display string) bool {
	host, number, ok := strings.Cut(display, ":")
	if !ok {
		return false
	}
	number, _, _ = strings.Cut(number, ".")
	if host != "" && host != "unix" {
		// A remote display cannot be probed without its cookie's transport;
		// that the user has set it is the best sign there is.
		return true
	}
	for _, address := range []string{"/tmp/.X11-unix/X" + number, "@/tmp/.X11-unix/X" + number} {
		connection, err := net.DialTimeout("unix", address, time.Second)
		if err == nil {
			connection.Close()
			return true
		}
	}
	return false
}
