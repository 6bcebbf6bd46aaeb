package eventloop

import "sweetspot/strategies"

// A delegation is a request over https, or by a route that is not straight, which a goroutine makes with the fasthttp client. crypto/tls blocks, so it needs a
// goroutine per connection, and a loop would have no advantage.
type delegation struct {
	caller  strategies.Caller
	request strategies.Request
}

// delegate makes the request by a goroutine. The client enforces the timeouts too, but the loop does not depend on it: it may
// give up the request while the goroutine still waits for the client.
func (c *conn) delegate() {
	l := c.loop
	c.state = delegated
	var d *delegation
	if last := len(l.spareDelegations) - 1; last >= 0 {
		d, l.spareDelegations = l.spareDelegations[last], l.spareDelegations[:last]
	} else {
		d = &delegation{caller: l.tls.Caller()}
	}
	c.delegation, d.request = d, c.request
	l.delegations.Go(func() {
		outcome := d.caller.Do(&d.request)
		l.inbox.post(func() { l.delegated(c, d, outcome) })
	})
}

// delegated handles the outcome of a delegation, unless its request has ended already.
func (l *loop) delegated(c *conn, d *delegation, o strategies.Outcome) {
	l.spareDelegations = append(l.spareDelegations, d)
	if c.delegation != d {
		return
	}
	if l.updateClock(); l.clock > c.deadline.at {
		o = strategies.Failed(errTimeout)
	}
	l.end(c, o)
	c.disconnect()
}
