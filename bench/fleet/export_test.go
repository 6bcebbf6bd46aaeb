package fleet

import "time"

// WithEpoch returns the options for an agent whose clock counts from that time.
func (o AgentOptions) WithEpoch(t time.Time) AgentOptions { o.epoch = t; return o }
