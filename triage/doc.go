// Package triage puts screened films into the order in which they should be
// read, and says how much that order can be trusted.
//
// The model orders; it removes nothing. A film that the model could not judge,
// was unsure of or failed on is never placed behind one that it calls normal
// only for that reason, and no film waits for others longer than a set time:
// whoever is put last by a wrong model is still read. A filter always says
// what it hides. The package refuses to call a film normal: its lowest band is
// routine reading.
//
// It is pure arithmetic over what a caller hands it: it reads no files, runs
// no model and keeps nothing.
package triage
