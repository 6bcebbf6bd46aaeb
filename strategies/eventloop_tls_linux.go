package strategies

// delegate makes the request over https. crypto/tls wants a goroutine that it may block for every connection, so that a
// loop has nothing to give; the request goes the way of the fasthttp strategy instead, its own time limits included.
func (c *conn) delegate() {
	l := c.loop
	c.state = delegated
	var caller Caller
	if last := len(l.callers) - 1; last >= 0 {
		caller, l.callers = l.callers[last], l.callers[:last]
	} else {
		caller = l.secure.Caller()
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
