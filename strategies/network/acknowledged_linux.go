package network

import "golang.org/x/sys/unix"

// hungUp reports whether the peer has closed its side of the connection, even if there is something to read before that.
func hungUp(fd int) bool {
	state := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLRDHUP}}
	n, err := unix.Poll(state, 0)
	return err == nil && n > 0
}

// acknowledged returns how many of the bytes sent the peer's kernel has acknowledged, or a negative number if that is unknown.
func (w *wire) acknowledged() int64 {
	acked := int64(-1)
	_ = w.raw.Control(func(fd uintptr) { acked = acknowledgedOn(int(fd)) })
	return acked
}

// acknowledgedOn is acknowledged for a file descriptor.
func acknowledgedOn(fd int) int64 {
	const synBytes = 1 // the SYN that opened the connection counts as a byte
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return -1
	}
	return int64(info.Bytes_acked) - synBytes
}
