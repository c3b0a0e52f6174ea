package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"pneumolight/screening"
)

// plainEvery is how often progress is a line of text, where it is not a bar.
const plainEvery = 5 * time.Second

// progressLine shows a job's progress: a bar on a terminal, else a line now
// and then.
type progressLine struct {
	out     io.Writer
	bar     *progressbar.ProgressBar // nil: plain lines
	printed time.Time
}

func newProgressLine(out io.Writer) *progressLine {
	p := &progressLine{out: out, printed: time.Now()}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.bar = progressbar.NewOptions64(1,
			progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(24), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false), progressbar.OptionShowCount())
	}
	return p
}

// show is called at most ten times a second.
func (p *progressLine) show(now screening.Progress) {
	speed := fmt.Sprintf("%.1f films/s, %s left", now.Rate, left(now))
	if p.bar != nil {
		p.bar.Describe(speed)
		p.bar.ChangeMax(max(now.Total, 1))
		_ = p.bar.Set(min(now.Done, max(now.Total, 1)-1)) // a full bar ends itself; what a terminal refuses is lost
		return
	}
	if time.Since(p.printed) >= plainEvery {
		p.printed = time.Now()
		fmt.Fprintf(p.out, "%d of %d files, %s\n", now.Done, now.Total, speed)
	}
}

// left words the time left.
func left(now screening.Progress) string {
	if now.Rate == 0 {
		return "unknown time"
	}
	return now.Left.Round(time.Second).String()
}

// end takes the bar away.
func (p *progressLine) end() {
	if p.bar != nil {
		_ = p.bar.Finish() // as above
	}
}
