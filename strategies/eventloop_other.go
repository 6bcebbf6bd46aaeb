//go:build !linux

package strategies

import "errors"

func openLoops(Target, int) (Session, error) {
	return nil, errors.New("it needs Linux: use fasthttp, the fastest strategy elsewhere")
}
