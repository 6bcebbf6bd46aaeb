package machine

import (
	"os"
	"strings"
)

// cpuModel returns the name of the processor, or of the board if the kernel knows only that; empty if it knows neither.
func cpuModel() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	return modelIn(string(text))
}

// modelIn finds the model in a text such as /proc/cpuinfo.
func modelIn(text string) string {
	board := ""
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(name) {
		case "model name":
			return strings.TrimSpace(value)
		case "Model": // a Raspberry Pi's, for one
			board = strings.TrimSpace(value)
		}
	}
	return board
}
