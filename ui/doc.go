// Package ui is the window: the film, what the model says of it, and the
// reader's review.
//
// The main package makes the fyne.App and hands it over with the [Services]
// that the window needs; the window opens no files, sessions or databases
// itself. What it shows is the state of a [lightbox.Lightbox]; widgets draw
// that state and call its methods, and hold none of their own.
//
//	w := ui.New(app, ui.Services{Films: films, Analyser: analyser, Log: log, Card: card})
//	w.Open(path)
//	w.ShowAndRun()
//
// Everything that can be done with the mouse can be done with a key, too; see
// [Actions] for their names and keys. Keys without a modifier act while the
// film has the focus, which it has at the start, after every click on it or on
// a button, and after Esc in a text field; the same key map serves the second
// window.
//
// The parts: filmView paints the film and turns mouse and keys into what the
// lightbox does; corners, letters, marks, histogram and lens are written over
// it; aiPanel and reviewPanel stand beside it, statusBar below, filmList on
// the other side where several films are open. Texts are translated by [tr],
// with the English text as the key.
package ui
