// Package locale keeps Fyne from complaining on stderr about the locales C and
// POSIX, which are no languages: scripts run under them, and a script's stderr
// should hold what went wrong with its films.
//
// Fyne reads the locale while it is being initialised, before main runs, so
// this package does its work on initialisation too. It imports next to
// nothing: packages are initialised in the order of their import paths as soon
// as what they import is ready (Go specification, "Program initialization"),
// and Fyne's needs text/template, which comes later than this one.
package locale

import "os"

func init() {
	for _, variable := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		switch value := os.Getenv(variable); value {
		case "":
		case "C", "POSIX", "C.UTF-8", "C.utf8":
			os.Setenv(variable, "en_US.UTF-8")
			return
		default:
			return // the first that is set counts (POSIX.1, 8.2)
		}
	}
}
