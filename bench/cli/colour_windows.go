package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// showsColours reports whether a console obeys escape sequences, and has it do so if it can.
func showsColours(console *os.File) bool {
	handle := windows.Handle(console.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(handle, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
