package fetching

import (
	"fmt"
	"io"
	"strings"
	"time"

	"sweetspot/bench/cli/terminal"
	"sweetspot/bench/fetch"
	"sweetspot/results/text"
)

// A Screen shows how far a fetch has come, on a terminal only.
type Screen struct{ area *terminal.Area }

// NewScreen returns a screen on w, one that shows nothing if it is to be quiet.
func NewScreen(w io.Writer, quiet bool) Screen {
	if quiet {
		return Screen{}
	}
	return Screen{terminal.NewArea(w)}
}

// Show shows the progress.
func (s Screen) Show(p fetch.Progress) {
	if s.area == nil {
		return
	}
	columns, _ := s.area.Size()
	s.area.Show(terminal.Fill(terminal.Bar(Share(p), columns)+" ", strings.Fields(Words(p)), columns))
}

// Clear removes what is shown.
func (s Screen) Clear() { s.area.Clear() }

// Share returns which part of the list is done, from 0 to 1.
func Share(p fetch.Progress) float64 {
	if p.Total == 0 {
		return 1
	}
	return float64(p.Done()) / float64(p.Total)
}

// Words returns one line about the progress.
func Words(p fetch.Progress) string {
	line := fmt.Sprintf("%s of %s, %s failed, %s retrying; %s per second, %s; limit %d",
		text.Count(p.Done()), text.Count(p.Total), text.Count(p.Failed), text.Count(p.Retrying),
		text.Number(p.PerSecond), text.Bytes(p.Bytes), p.Limit)
	if left := p.Left.Round(time.Second); left > 0 {
		line += fmt.Sprintf("; about %v left", left)
	}
	return line
}
