package dicomio

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Source reads files for someone who reads many. It keeps the archives that
// they lie in open, with their tables of contents, so that an archive of n
// films costs n reads and not n times the search for each. The zero value is
// ready. Any number of goroutines may read from it at once; Close ends it.
type Source struct {
	mu sync.Mutex
	// archives are open, the one used last at the end.
	archives []*sharedArchive
}

// Films are asked for in the order of their paths, a few at a time, so that
// few archives are in use at once.
const (
	maxOpenArchives = 8
	// maxHeldArchives bounds the archives inside archives that are held in
	// memory, but for the one in use.
	maxHeldArchives = 256 << 20
)

// archiveKey tells an archive and its state; one inside another has the state
// of the outermost.
type archiveKey struct {
	path     string
	size     int64
	modified time.Time
}

// sharedArchive is an archive that several readers may use at once. The last
// one closes it once the Source has dropped it.
type sharedArchive struct {
	key     archiveKey
	open    func() (*archive, error) // once
	held    int64                    // bytes in memory
	users   int
	dropped bool
}

// Memory holds what one film after another is read and decoded into, which
// costs less than to ask for new memory for each. The zero value is ready. One
// goroutine uses it at a time.
type Memory struct {
	bytes   []byte
	samples []uint16
}

// Load reads a file, or the member of an archive that the path names. With
// memory, the File and its Film are valid until the next Load with the same
// memory; without (nil), for good.
//
// Errors are of type [*ReadError], except for the context's own.
func (s *Source) Load(ctx context.Context, path string, memory *Memory) (File, error) {
	if memory == nil {
		memory = new(Memory)
	}
	digest := sha256.New()
	data, err := s.read(ctx, path, memory.bytes, digest)
	if err != nil {
		if ctx.Err() != nil {
			return File{}, ctx.Err()
		}
		return File{}, failure(path, err)
	}
	memory.bytes = data
	return File{Path: path, SHA256: hex.EncodeToString(digest.Sum(nil)), data: data, memory: memory}, nil
}

// Close closes the archives. Those that are still being read from are closed
// when that is done.
func (s *Source) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.archives) > 0 {
		s.dropFirst()
	}
}

// read reads a file, into memory where that suffices, and gives its bytes to
// each as well, as they come: while they are in the processor's cache.
func (s *Source) read(ctx context.Context, path string, memory []byte, each io.Writer) ([]byte, error) {
	if archive, inner, ok := cutArchive(path); ok {
		return s.readMember(ctx, archive, inner, memory, each)
	}
	file, size, err := open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(ctx, io.TeeReader(file, each), size, memory)
}

func (s *Source) readMember(ctx context.Context, path, inner string, memory []byte, each io.Writer) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	key := archiveKey{path, info.Size(), info.ModTime()}
	a, done, err := s.use(key, func() (*archive, error) { return openArchiveFile(path) })
	defer done()
	for depth := 1; err == nil; depth++ {
		if member, ok := a.members[inner]; ok {
			return readMember(ctx, member, memory, each)
		}
		name, rest, ok := a.cut(inner)
		if !ok || depth >= maxArchiveDepth {
			return nil, &fault{kind: os.ErrNotExist, offset: -1, detail: "the archive has no such member", advice: "open the archive again"}
		}
		outer := a
		key.path += archiveSeparator + name
		inner = rest
		a, done, err = s.use(key, func() (*archive, error) {
			data, err := readMember(ctx, outer.members[name], nil, io.Discard)
			if err != nil {
				return nil, err
			}
			a, err := newArchive(bytes.NewReader(data), int64(len(data)))
			if err == nil {
				a.held = int64(len(data))
			}
			return a, err
		})
		defer done()
	}
	return nil, err
}

// use returns an archive, opened by open unless it is so already, and what to
// call when it is no longer needed.
func (s *Source) use(key archiveKey, open func() (*archive, error)) (a *archive, done func(), err error) {
	shared := s.find(key, open)
	done = sync.OnceFunc(func() { s.leave(shared) })
	a, err = shared.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		// The next reader tries again: the context may have been this one's.
		s.drop(shared)
		return nil, done, err
	}
	shared.held = a.held
	s.makeRoom()
	return a, done, nil
}

// find makes the archive the one used last.
func (s *Source) find(key archiveKey, open func() (*archive, error)) *sharedArchive {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.archives, func(a *sharedArchive) bool { return a.key == key })
	if at < 0 {
		at = len(s.archives)
		s.archives = append(s.archives, &sharedArchive{key: key, open: sync.OnceValues(open)})
	}
	shared := s.archives[at]
	s.archives = append(slices.Delete(s.archives, at, at+1), shared)
	shared.users++
	return shared
}

func (s *Source) leave(shared *sharedArchive) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if shared.users--; shared.users == 0 && shared.dropped {
		shared.close()
	}
}

// makeRoom drops the archives that were used longest ago.
func (s *Source) makeRoom() {
	held := int64(0)
	for _, a := range s.archives {
		held += a.held
	}
	for len(s.archives) > 1 && (len(s.archives) > maxOpenArchives || held > maxHeldArchives) {
		held -= s.archives[0].held
		s.dropFirst()
	}
}

func (s *Source) dropFirst() { s.drop(s.archives[0]) }

func (s *Source) drop(shared *sharedArchive) {
	at := slices.Index(s.archives, shared)
	if at < 0 {
		return
	}
	s.archives = slices.Delete(s.archives, at, at+1)
	shared.dropped = true
	if shared.users == 0 {
		shared.close()
	}
}

func (s *sharedArchive) close() {
	if a, err := s.open(); err == nil && a.file != nil {
		_ = a.file.Close() // it was only read from
	}
}
