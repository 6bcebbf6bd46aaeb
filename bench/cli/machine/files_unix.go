//go:build unix

package machine

import "golang.org/x/sys/unix"

// RaiseOpenFiles raises the soft limit on open files of this process to the hard one. It returns the soft limit that is then in
// force, as a number of files; a very large number where there is no such limit. An error says that the limit is not known.
func RaiseOpenFiles() (uint64, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	soft := limit.Cur
	limit.Cur = limit.Max
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return uint64(soft), nil // macOS refuses to raise it to no limit: it stays as it was
	}
	return uint64(limit.Cur), nil
}
