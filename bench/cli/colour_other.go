//go:build !windows

package cli

import "os"

// showsColours reports whether a terminal obeys escape sequences, as every one does here.
func showsColours(*os.File) bool { return true }
