package screening

import (
	"io/fs"
	"syscall"
	"time"
)

// changed is when a file came under its name or was last changed: unlike the
// time of its content, which mv, cp -p and rsync -a keep, nobody sets this one
// back.
func changed(info fs.FileInfo) time.Time {
	if system, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(system.Ctim.Unix())
	}
	return info.ModTime()
}
