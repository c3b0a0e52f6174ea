// Package inference runs the pneumonia classifier on a film: it finds and
// loads ONNX Runtime, reads everything that it has to know about a model from
// the model file itself, prepares a film as the model was trained to see it,
// and turns the model's numbers into a [Prediction].
//
// It is the only package that knows ONNX Runtime. It refuses to analyse what
// the model has never learned to see: colour pictures, and any model file
// that does not say how its input is to be prepared and its output to be
// read. It opens no films and keeps no results.
package inference
