// Package store keeps the log of reviewed cases, the journal of screenings and
// the audit of what was done, in a SQLite file on the reader's own machine.
//
// It is the only package that knows SQLite. A review is never changed once it
// is written: a second thought is a second row, and the latest one counts. What
// was done is a row of the audit, each chained to the one before by its hash,
// so that [Log.Verify] finds what was changed behind the program's back.
//
// It keeps no patient's name, ID or birth date, writes files that only their
// owner can read, refuses a file that a newer Pneumolight has written, and
// overwrites no damaged one: that is set aside. docs/log.md says all of it to
// users.
package store
