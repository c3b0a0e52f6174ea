package screening

import (
	"context"
	"sync"
)

// Pace keeps a job in the background of a program that somebody works with:
// fewer workers take on films, or none, while [Pace.Allow] says so. It may be
// used by several goroutines.
//
// Threads of a lower priority would be no substitute. While the system keeps
// such a thread waiting in the midst of Go code, it holds one of the runtime's
// processors and its collector back, and the window waits with it.
type Pace struct {
	mu      sync.Mutex
	workers int
	changed chan struct{}
}

// NewPace lets every worker work.
func NewPace() *Pace { return &Pace{workers: everyWorker, changed: make(chan struct{})} }

const everyWorker = 1 << 20

// Allow has so many workers take on films from now on; what a worker has begun
// it ends. Fewer than none is every one of them.
func (p *Pace) Allow(workers int) {
	if workers < 0 {
		workers = everyWorker
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if workers != p.workers {
		p.workers = workers
		close(p.changed)
		p.changed = make(chan struct{})
	}
}

// Allowed is how many workers may take on films.
func (p *Pace) Allowed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.workers
}

// allows reports whether a worker, counted from 0, may take on a film, and
// what is closed when that may have changed. Nil allows all.
func (p *Pace) allows(worker int) (bool, <-chan struct{}) {
	if p == nil {
		return true, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return worker < p.workers, p.changed
}

// rest keeps a worker waiting until it may take on a film, or ctx ends. What
// it has prepared goes to the model first.
func (r *run) rest(ctx context.Context, worker int, batch *[]prepared) {
	for {
		allowed, changed := r.Pace.allows(worker)
		if allowed || ctx.Err() != nil {
			return
		}
		r.judge(ctx, batch)
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}
