// Package reading takes one film along the whole path, from file to case: it
// opens the film, decides whether it may be analysed, has the model predict,
// and turns a reader's verdict into the case that the log keeps.
//
// The window and the commands both go through it, so that a film has the same
// fate wherever it is opened. It refuses to analyse a film that is plainly not
// a frontal chest film unless it is told to do so all the same, and it writes
// nothing itself.
package reading
