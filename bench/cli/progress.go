package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"sweetspot/bench"
)

// progress shows how far a run has come, on a terminal only. The nil progress shows nothing.
type progress struct {
	bar     *progressbar.ProgressBar
	columns int
}

// The bar takes barWidth columns and the figures beside it at most barFigures; what is being done has the rest.
const (
	barWidth   = 15
	barFigures = 30
)

// steps is the length of the bar's scale: fine enough to move at every glance.
const steps = 1000

func newProgress(to io.Writer, quiet bool) *progress {
	if quiet || columns(to) == 0 {
		return nil
	}
	return &progress{columns: columns(to), bar: progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(to),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionClearOnFinish(),
	)}
}

func (p *progress) show(at bench.Progress) {
	if p == nil {
		return
	}
	text := doing(at)
	p.bar.Describe(text[:max(0, min(len(text), p.columns-barWidth-barFigures))])
	_ = p.bar.Set(int(at.Share * (steps - 1))) // the last step would end the bar
}

// doing says what is under way.
func doing(at bench.Progress) string {
	text := fmt.Sprintf("trial %d: %s at limit %d", at.Trials+1, at.Strategy, at.Limit)
	if at.SoFar != "" {
		text += "; " + at.SoFar
	}
	return text
}

// clear takes the bar off the terminal, so that what is printed next stands alone.
func (p *progress) clear() {
	if p != nil {
		_ = p.bar.Clear()
	}
}

// columns returns the width of the terminal that w is, 0 if it is none.
func columns(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}
