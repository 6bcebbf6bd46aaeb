package eventloop

import "sweetspot/strategies"

// delegate makes the request over https with the fasthttp client, which also enforces the timeouts. crypto/tls blocks, so it
// needs a goroutine per connection, and a loop would have no advantage.
func (c *conn) delegate() {
	l := c.loop
	c.state = delegated
	var caller strategies.Caller
	if last := len(l.callers) - 1; last >= 0 {
		caller, l.callers = l.callers[last], l.callers[:last]
	} else {
		caller = l.tls.Caller()
	}
	go func() {
		outcome := caller.Do(&c.request)
		l.inbox.post(func() {
			l.callers = append(l.callers, caller)
			l.end(c, outcome)
			c.disconnect()
		})
	}()
}
