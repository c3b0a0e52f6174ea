// Package lightbox is the state of the reading room: which films are open,
// which one is on the box and how it is looked at, what the model said of it
// and what the reader made of that.
//
// It knows nothing of windows on a screen and opens no files, sessions or
// databases: it declares what it needs in [Services] and is handed it. Its
// methods are called on one goroutine, the screen's; what takes long runs on
// goroutines of its own, one for each [Task] at a time, and comes back through
// the post function. A result that is no longer wanted is dropped.
package lightbox
