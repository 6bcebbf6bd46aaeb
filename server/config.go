package server

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"sweetspot/server/capacity"
)

// A Config says how the server answers. The zero Config answers at once, on a free port of this machine.
type Config struct {
	Addr string // where to listen, as host:port; empty stands for 127.0.0.1:0, a free port

	Capacity    capacity.Model // how many requests a second it completes; nil stands for capacity.None
	ServiceTime ServiceTime    // how the work that requests require is distributed

	Delay  time.Duration // spent by every request outside the capacity: the network's share
	Jitter time.Duration // added to Delay: anything from nothing to this, evenly distributed
	Fail   Failures      // what goes wrong
	Seed   uint64        // of everything that is left to chance

	Body    int  // bytes of JSON in an answer, 2 to 10 MiB; 0 stands for a short greeting
	Chunked bool // send it in chunks, its length unsaid
	Gzip    bool // send it compressed to clients that accept it

	TLS             bool          // serve HTTPS, with a certificate made at start and signed by nobody
	NoKeepAlive     bool          // close every connection after one answer
	RequestsPerConn int           // close a connection after so many answers; 0 stands for never
	MaxConns        int           // accept no more connections than this at a time; 0 stands for no bound
	Backlog         int           // connections the system keeps waiting to be accepted; 0 stands for its default
	Drain           time.Duration // how long Close waits for requests under way; 0 stands for 5 s
}

// ServiceTime is how the work that requests require is distributed. Its mean is always 1.
type ServiceTime int

const (
	// Exponential work makes the throughput exact: whatever the delay is, callers fall out of step.
	Exponential ServiceTime = iota
	// Constant work makes it steadier, and exact as long as the delay varies (see Config.Jitter). If nothing varies,
	// callers that started together stay together.
	Constant
)

// ParseServiceTime reads "exponential" or "constant".
func ParseServiceTime(s string) (ServiceTime, error) {
	switch s {
	case "exponential":
		return Exponential, nil
	case "constant":
		return Constant, nil
	}
	return 0, fmt.Errorf("service-time %q: want exponential or constant", s)
}

const maxBody = 10 << 20

// Validate returns every fault of the configuration, joined by errors.Join: one line each, which begins with the
// name of the setting as the command's flag has it and says what would do.
func (c Config) Validate() error {
	faults := []error{
		checkAddr(c.Addr),
		atLeast0("delay", c.Delay),
		atLeast0("jitter", c.Jitter),
		atLeast0("drain", c.Drain),
		atLeast0("requests-per-connection", c.RequestsPerConn),
		atLeast0("max-connections", c.MaxConns),
		atLeast0("backlog", c.Backlog),
		c.Fail.Validate(),
	}
	if c.Capacity != nil {
		if err := c.Capacity.Validate(); err != nil {
			oneLine := strings.ReplaceAll(err.Error(), "\n", "; ")
			faults = append(faults, fmt.Errorf("capacity %s: %s", c.Capacity, oneLine))
		}
	}
	if c.Body != 0 && (c.Body < len("{}") || c.Body > maxBody) {
		faults = append(faults, fmt.Errorf("body %d: want from 2 to %d bytes of JSON", c.Body, maxBody))
	}
	return errors.Join(faults...)
}

func checkAddr(addr string) error {
	if addr == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("addr %q: want host:port such as 127.0.0.1:8080, with port 0 for a free one", addr)
	}
	return nil
}

func atLeast0[T int | time.Duration](setting string, value T) error {
	if value < 0 {
		return fmt.Errorf("%s %v: want 0 or more", setting, value)
	}
	return nil
}
