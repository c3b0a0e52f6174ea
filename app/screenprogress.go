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

// barSteps is how finely the bar is divided.
const barSteps = 1000

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
		p.bar = progressbar.NewOptions64(barSteps,
			progressbar.OptionSetWriter(out), progressbar.OptionSetWidth(24), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false),
			// Position and text change together: one drawing is enough.
			progressbar.OptionThrottle(50*time.Millisecond))
	}
	return p
}

// show is called at most ten times a second.
func (p *progressLine) show(now screening.Progress) {
	text := fmt.Sprintf("%d of %d files, %.1f films/s, %s left", now.Done, now.Total, now.Rate, left(now))
	if p.bar != nil {
		// A full bar ends itself, and the total grows while files are found.
		_ = p.bar.Set64(min(barSteps*int64(now.Done)/int64(max(now.Total, 1)), barSteps-1)) // what a terminal refuses is lost
		p.bar.Describe(text)
		return
	}
	if time.Since(p.printed) >= plainEvery {
		p.printed = time.Now()
		fmt.Fprintln(p.out, text)
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
