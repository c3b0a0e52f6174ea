// Package evaluation says how well a model judged films whose truth is known:
// the check that a hospital makes on its own films before it trusts the model.
//
// Every figure comes with a 95 % interval, since a hundred films prove little.
// The package reads no films and runs no model.
package evaluation
