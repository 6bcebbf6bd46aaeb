//go:build unix

package machine

import "golang.org/x/sys/unix"

// kernelRelease returns the release of the operating system's kernel, such as 6.1.0-18-amd64; empty if it is not known.
func kernelRelease() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}
