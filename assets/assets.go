package assets

import _ "embed"

// Model is the shipped classifier, an ONNX file that describes itself.
//
//go:embed model.onnx
var Model []byte

// Paper is a second classifier, of the same kind of file: the network of the
// paper whose method this project began with, for comparison.
//
//go:embed paper.onnx
var Paper []byte

// ModelCard says in plain words what the model is, what it was trained on,
// what was measured, and where it must not be trusted. Markdown.
//
//go:embed MODEL_CARD.md
var ModelCard string

// Icon is the program's icon, a square PNG.
//
//go:embed icon.png
var Icon []byte
