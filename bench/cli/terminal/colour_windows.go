package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// obeysEscapes reports whether a console obeys escape sequences, and switches it to do so if it can.
func obeysEscapes(console *os.File) bool {
	handle := windows.Handle(console.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(handle, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
