//go:build !linux

package eventloop

import (
	"errors"

	"sweetspot/strategies"
)

func openSession(strategy, strategies.Target, int) (strategies.Session, error) {
	return nil, errors.New("it needs Linux: use fasthttp, the fastest strategy elsewhere")
}
