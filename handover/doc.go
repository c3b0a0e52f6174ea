// Package handover lets a second start of the program hand its films to the
// window that is already open, as when one is double clicked in a file
// manager.
//
//	desk, err := handover.Claim(ctx, folder, name, paths)
//	switch {
//	case errors.Is(err, handover.ErrTaken): // the open window has the paths
//	case err == nil:
//		defer desk.Close()
//		desk.Serve(func(paths []string) { … })
//	}
//
// The first start holds a lock on a file, which the system takes back however
// the program ends, and listens on a socket beside it. Both lie in a folder
// that is the user's alone, and the name says for which display, log and model
// the window is: another user, screen or log has a desk of its own. On Windows
// the socket is of the same kind (since Windows 10, 1803), and the folder's
// access list keeps others out.
//
// It opens no films and knows of no windows. What comes over the socket are
// names of files, which the window opens as if they had been dropped on it.
package handover
