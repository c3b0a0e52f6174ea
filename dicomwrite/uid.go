package dicomwrite

import (
	"crypto/rand"
	"math/big"
)

// NewUID makes a unique identifier from a random UUID (PS3.5 B.2).
func NewUID() string {
	var b [16]byte
	// crypto/rand.Read never fails (it ends the program where it would).
	_, _ = rand.Read(b[:])
	return UIDFrom(b)
}

// UIDFrom makes a unique identifier from 16 bytes, of which it sets the bits
// that tell a random UUID (RFC 9562, version 4).
func UIDFrom(b [16]byte) string {
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	return "2.25." + new(big.Int).SetBytes(b[:]).String()
}
