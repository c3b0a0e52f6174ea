// Package screening takes a whole folder of films through the model: read,
// decode, prepare, infer, record.
//
// Each worker takes one film at a time from file to prepared tensor, keeps
// nothing of its pixels, and runs the model on a few tensors together; so the
// memory in use depends on the number of workers and the size of a film, never
// on the size of the folder. What a film's fate is, package reading decides.
//
// Every file ends in one record: a result, a refusal or an error with its
// reason. Films with the same bytes are analysed once. Records go to a journal
// in transactions, so that a run that was stopped, killed or ran out of disk
// continues where it was: what was not recorded is read again, and nothing is
// recorded twice. The package writes no other file, and orders nothing by
// urgency: that is package triage's.
package screening
