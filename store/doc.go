// Package store keeps the log of reviewed cases in a SQLite file on the
// reader's own machine.
//
// It is the only package that knows SQLite. A review is never changed once it
// is written: a second thought is a second row, and the latest one counts. It
// keeps no patient's name, ID or birth date, writes files that only their
// owner can read, and refuses a file that a newer Pneumolight has written.
package store
