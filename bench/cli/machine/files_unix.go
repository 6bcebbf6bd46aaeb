//go:build unix

package machine

import "golang.org/x/sys/unix"

// RaiseOpenFiles raises the soft limit on open files to the hard one and returns it.
func RaiseOpenFiles() (uint64, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	soft := limit.Cur
	limit.Cur = limit.Max
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return uint64(soft), nil // macOS refuses an unlimited one; what there was is then what there is
	}
	return uint64(limit.Cur), nil
}
