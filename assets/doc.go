// Package assets carries what the program ships inside its own file: the
// model with its card and figures, and the icon. It holds no code that
// decides anything.
package assets
