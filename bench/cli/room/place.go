// Package room says how many requests at once the machines that make them have room for: files that may be open, and ports.
package room

import (
	"fmt"
	"math"

	"sweetspot/bench"
	"sweetspot/bench/cli/machine"
	"sweetspot/bench/ports"
	"sweetspot/strategies"
	"sweetspot/strategies/external"
)

// SpareFiles is how many files the program has open beside the strategies' connections: the standard streams, a run file,
// the runtime's poller, the connections of a calibration, and a connection that is dialled while another is being closed.
const SpareFiles = 128

// portShare is the part of a machine's ports that connections may take where only the machine limits them.
const portShare = 0.8

// A Place is where requests are made: this machine, or the agents of a run, each of which makes its share of them.
type Place struct {
	Files  int    // that may be open, on the machine with the fewest
	Ports  int    // of each share, for connections to one address; a very large number if that is not known
	Shares int    // how many share a limit
	Agent  string // the one with the fewest files; empty if this machine makes the requests
}

// Here returns this machine as the place. It raises the limit on open files as far as possible; an error says that the limit is not
// known.
func Here() (Place, error) {
	files, err := machine.RaiseOpenFiles()
	if err != nil {
		return Place{}, fmt.Errorf("open files: %w", err)
	}
	return Place{Files: Count(files), Ports: OwnPorts(), Shares: 1}, nil
}

// OwnPorts returns how many ports this machine has for connections to one address.
func OwnPorts() int {
	supply, err := ports.Read(false)
	if err != nil {
		return math.MaxInt32
	}
	return supply.Ports
}

// Count returns a number of files as an int.
func Count(files uint64) int { return int(min(files, math.MaxInt32)) }

// share returns the largest share of a limit.
func (at Place) share(limit int) int { return (limit + at.Shares - 1) / at.Shares }

// Limit returns the largest limit for which the open files are enough, for all of the strategies and their copies, if each request in
// flight takes a connection. It returns less than 1 if they are not enough for any.
func (at Place) Limit(all []strategies.Strategy, copies int) int {
	return at.Shares * (max(0, at.Files-SpareFiles) / (len(all) + copies))
}

// MostInFlight returns how many requests a strategy may have in flight where only the machines limit it: in an open loop without a
// limit, which is one of 0 here, or because the strategy sets none. The files and the ports have to be enough for
// their connections, beside those of the other strategies.
func (at Place) MostInFlight(limit int, all []strategies.Strategy, copies int) int {
	room := min(at.Files-SpareFiles, int(portShare*float64(at.Ports)))
	sharing := copies
	for _, s := range all {
		switch _, program := s.(external.Strategy); {
		case limit == 0, strategies.SetsNoLimit(s):
			sharing++
		case !program:
			room -= at.share(s.Limit(limit))
		}
	}
	return at.Shares * max(1, min(bench.DefaultMost, room/max(1, sharing)))
}

// CheckFiles returns an error if the strategies and their copies would open more connections than the place has files for at the
// limit that the flag gives.
// Streams are the numbers of requests at a time on one connection with which strategies are measured whose protocol multiplexes;
// empty for as many as the server allows.
func (at Place) CheckFiles(flag string, limit int, streams []int, all []strategies.Strategy, copies int) error {
	if len(all) == 0 {
		return nil // that is a fault already
	}
	connections := at.connections(limit, streams, all, copies)
	on, there := "", ""
	if at.Agent != "" {
		on, there = " on agent "+at.Agent, " there"
	}
	switch room := at.Limit(all, copies); {
	case connections <= at.Files-SpareFiles:
		return nil
	case room < 1:
		return fmt.Errorf("%s %d: the strategies would open %d connections%s, but the limit on open files%s is %d: want a 'ulimit -n' of at least %d%s",
			flag, limit, connections, on, there, at.Files, connections+SpareFiles, there)
	default:
		return fmt.Errorf("%s %d: the strategies would open %d connections%s, but the limit on open files%s is %d: want at most %d, or fewer strategies, or a higher 'ulimit -Hn'%s",
			flag, limit, connections, on, there, at.Files, room, there)
	}
}

// connections returns how many connections the strategies and their copies open on each machine.
func (at Place) connections(limit int, streams []int, all []strategies.Strategy, copies int) int {
	sum, most := 0, 0
	for _, s := range all {
		own, p := 0, strategies.ProtocolOf(s)
		for _, n := range append(streams[:len(streams):len(streams)], 0)[:max(1, len(streams))] {
			one := p.Connections(at.share(s.Limit(limit)), n)
			most, own = max(most, one), own+one
			if !p.Multiplexes() {
				break
			}
		}
		if _, program := s.(external.Strategy); !program { // which has its own connections, and the same limit on open files
			sum += own
		}
	}
	return max(sum+copies*most, most)
}
