// Package render turns a film into the picture that a reader sees: stored
// values through the window's table to grey, the part of the film that the
// view asks for at the size of the screen, the model's heat map over it, and
// the marks that the file itself lays over its film.
//
// It is arithmetic on pixels only. It opens no files and knows nothing of
// windows on a screen, so that the picture written to a file and the one on
// the screen are the same. It refuses to flatter a heat map: where the model
// found nothing beyond what normal films show, nothing is painted.
package render
