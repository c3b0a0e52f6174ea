//go:build !linux

package main

// holdLittleInC does nothing: other systems' allocators need not be told.
func holdLittleInC() {}
