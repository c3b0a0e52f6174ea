package lightbox

import (
	"context"
)

// Backup copies the log to a new file.
func (l *Lightbox) Backup(path string) {
	l.start(TaskBackup, l.text("Backing the log up…"), func(ctx context.Context) func() {
		_, err := l.services.Log.Backup(ctx, path, false)
		return func() {
			if err != nil {
				l.complain(err)
				return
			}
			l.say(NoticeQuiet, l.text("The log is backed up, and the copy is sound."))
		}
	})
}
