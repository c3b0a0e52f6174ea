package lightbox

// StepFrame shows another frame of the film on the box, by so many on; at
// either end it stays. The frame before stays on the screen until the next one
// is decoded, and while a key is held down the reader sees as many on the way
// as can be decoded.
func (l *Lightbox) StepFrame(by int) {
	if l.film == nil {
		return
	}
	to := min(max(l.frame+by, 1), l.film.Frames)
	if to == l.frame {
		return
	}
	l.frame = to
	if !l.Busy(TaskFrame) {
		l.readFrame()
	}
}

func (l *Lightbox) readFrame() {
	wanted := l.frame
	l.load(TaskFrame, l.text("Opening the frame…"), l.filmPath, wanted, func(loaded *loadedFilm) {
		l.putFrame(loaded, wanted)
	}, func(err error) {
		l.frame = l.film.Frame
		l.complain(err)
	})
}

// putFrame shows a frame as the one before it was looked at. What was measured
// belongs to that one.
func (l *Lightbox) putFrame(loaded *loadedFilm, frame int) {
	l.keepDraft()
	look, same := l.look, loaded.film.Width == l.film.Width && loaded.film.Height == l.film.Height
	goingTo, prior := l.frame, l.prior
	l.clear(l.filmPath)
	l.prior = prior
	l.put(loaded)
	if same {
		look.Marks = l.look.Marks
		l.look = look
		l.retable()
		l.refit()
	}
	l.changed(ChangedLook | ChangedPrior)
	if l.frame = goingTo; goingTo != frame {
		l.readFrame()
	}
}
