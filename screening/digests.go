package screening

import (
	"encoding/hex"
	"sync"

	"pneumolight/store"
)

// digests are the films that have been analysed or are being so: the only
// thing that grows with the folder, by 32 bytes a film.
type digests struct {
	mu   sync.Mutex
	seen map[[32]byte]struct{}
}

func newDigests() *digests { return &digests{seen: map[[32]byte]struct{}{}} }

// claim reports whether the caller is the first with this digest, and so the
// one to analyse the film.
func (d *digests) claim(sha256 string) bool {
	var digest [32]byte
	_, _ = hex.Decode(digest[:], []byte(sha256)) // ours, always 64 digits
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.seen[digest]; known {
		return false
	}
	d.seen[digest] = struct{}{}
	return true
}

func (d *digests) add(sha256 string) { d.claim(sha256) }

// flights are the files between being found and being recorded, so that a
// watched file that is found again meanwhile is not read again.
type flights struct {
	mu    sync.Mutex
	under map[string]store.FileState
}

func newFlights() *flights { return &flights{under: map[string]store.FileState{}} }

// start reports whether the file is not under way in this state already.
func (f *flights) start(path string, state store.FileState) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if current, ok := f.under[path]; ok && current.Equal(state) {
		return false
	}
	f.under[path] = state
	return true
}

// none reports whether all that was found is recorded.
func (f *flights) none() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.under) == 0
}

// end takes recorded files out, unless they have changed meanwhile.
func (f *flights) end(files []store.ScreenedFile) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, file := range files {
		if f.under[file.Path].Equal(file.FileState) {
			delete(f.under, file.Path)
		}
	}
}
