package lightbox

import "time"

// history holds how the film was looked at before, to go back to and forth.
type history struct {
	past, future []Look
	kind         string
	at           time.Time
}

// together is how close two steps of one movement are.
const together = time.Second

// mostSteps bounds the history of one film.
const mostSteps = 200

// remember keeps the look before it changes. Steps of the same kind that
// follow closely, as in a drag, are one; an empty kind always stands alone.
func (l *Lightbox) remember(kind string) {
	l.answered()
	h := &l.history
	now := l.now()
	movement := kind != "" && kind == h.kind && now.Sub(h.at) < together
	h.kind, h.at = kind, now
	if movement {
		return
	}
	h.past = append(h.past, l.look)
	if len(h.past) > mostSteps {
		h.past = h.past[1:]
	}
	h.future = nil
}

// Settle ends a movement, so that the next one is a step of its own.
func (l *Lightbox) Settle() { l.history.kind = "" }

// Undo goes back to how the film was looked at before. A mark that is being
// drawn is all that it takes back.
func (l *Lightbox) Undo() {
	if !l.DropDrawing() {
		l.travel(&l.history.past, &l.history.future)
	}
}

// Redo takes an Undo back.
func (l *Lightbox) Redo() {
	l.DropDrawing()
	l.travel(&l.history.future, &l.history.past)
}

// travel takes the last look of from, and keeps the present one in to.
func (l *Lightbox) travel(from, to *[]Look) {
	if len(*from) == 0 || l.film == nil {
		return
	}
	*to = append(*to, l.look)
	l.look = (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	l.history.kind = ""
	l.retable()
	l.refit()
	l.changed(ChangedLook)
}
