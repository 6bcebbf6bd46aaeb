// Package frames has odd and hostile ways to answer requests in HTTP/2 and HTTP/3, each with the class that its outcomes must have
// with every client. The class follows from RFC 9113 and RFC 9114. What both protocols have goes by the same name, and has the same
// class. Package strategytest starts the servers.
package frames

import (
	"slices"
	"time"

	"sweetspot/strategies"
)

// An Answer is a way to answer the requests of a connection, which is a [*HTTP2Peer] or an [*HTTP3Peer].
type Answer[Peer any] struct {
	Group, Name string
	Want        strategies.Class
	Also        []strategies.Class // it may have one of these classes too
	Streams     int64              // the most requests at a time, if the protocol agrees on that before any frame: as HTTP/3 does; 0 for 100
	Serve       func(p Peer)       // then the connection is closed
}

// String returns "group: name".
func (a Answer[Peer]) String() string { return a.Group + ": " + a.Name }

// Allows reports whether an outcome may have that class.
func (a Answer[Peer]) Allows(class strategies.Class) bool {
	return class == a.Want || slices.Contains(a.Also, class)
}

// group returns the answers as members of a group.
func group[Peer any](name string, answers []Answer[Peer]) []Answer[Peer] {
	all := slices.Clone(answers)
	for i := range all {
		all[i].Group = name
	}
	return all
}

// object is the body of usual answers.
const object = `{"a":1}`

// endless is the longest that anything goes on. No client should let it.
const endless = 30 * time.Second
