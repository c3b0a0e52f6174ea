// Command pneumolight is a desktop assistant for radiologists: it opens chest
// films, runs a pneumonia classifier on the machine itself, lays the
// prediction over the film, and logs what the reader decided.
//
// This package wires the parts together and holds the headless commands. It
// decides nothing about films, models or cases itself.
package main
