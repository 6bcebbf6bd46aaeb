package cli

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"sweetspot/bench"
	"sweetspot/bench/cli/terminal"
)

// progress shows how far a run has come, on a terminal only. The nil progress shows nothing.
type progress struct {
	bar     *progressbar.ProgressBar
	columns int
}

// The columns of the progress line. The description has the rest.
const (
	barWidth   = 15
	barFigures = 30 // beside the bar, at most
)

// steps is the length of the bar's scale: fine enough that it moves often.
const steps = 1000

func newProgress(to io.Writer, quiet bool) *progress {
	if quiet || terminal.Columns(to) == 0 {
		return nil
	}
	return &progress{columns: terminal.Columns(to), bar: progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(terminal.Raw(to)), // the bar moves the cursor
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionSetPredictTime(false), // [bench.Progress] knows better: trials differ, and a search ends when it has decided
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionClearOnFinish(),
	)}
}

func (p *progress) show(at bench.Progress) {
	if p == nil {
		return
	}
	text := at.String()
	p.bar.Describe(text[:max(0, min(len(text), p.columns-barWidth-barFigures))])
	_ = p.bar.Set(int(at.Share * (steps - 1))) // the last step would end the bar
}

// clear removes the bar from the terminal, so that what is printed next stands alone.
func (p *progress) clear() {
	if p != nil {
		_ = p.bar.Clear()
	}
}
