package strategies

import (
	"net/http"
	"sync/atomic"
	"time"

	"sweetspot/strategies/redirect"
)

// A chain is the way of a request that has been redirected, of which only the last answer counts.
type chain struct {
	first    Request // as its Worker has it
	step     redirect.Step
	deadline time.Time // of all its requests together; zero if the client keeps the time itself
}

// Follows reports whether an answer with that status leads to another request.
func (t Target) Follows(status int) bool { return t.Follow > 0 && redirect.Is(status) }

// Redirected returns the request to which an answer to r leads, whose status is one that the target follows, see [Target.Follows].
// Location is the value of its Location header, empty if there is none. The error says why it leads nowhere: such an answer gives the
// outcome the class [Unexpected]. It is for clients whose target comes from [Target.InProcess].
func (t Target) Redirected(r *Request, status int, location string) (Request, error) {
	c := chain{}
	if r.chain != nil {
		c = *r.chain
	} else {
		c.first = *r
		c.step = redirect.Step{URL: r.URL, Method: t.MethodOf(r), Body: len(t.Message(r.Message).Body) > 0}
	}
	var err error
	if c.step, err = c.step.Next(status, location, t.Follow); err != nil {
		return Request{}, err
	}
	next := c.first
	next.URL, next.Message, next.chain = c.step.URL, t.onward(&c), &c
	return next, nil
}

// asIs reports whether Handle gets an answer as it is.
func (t Target) asIs(r *Request, status int) bool { return t.AsIs != nil && t.AsIs(r, status) }

// onward returns what a request sends of its own where it has come to.
func (t Target) onward(c *chain) *Message {
	if t.Own == nil {
		return c.first.Message.Redirected(c.step)
	}
	own := t.Own(&c.first, c.step.URL, c.step.Elsewhere)
	changed := own.Redirected(c.step)
	if changed == own {
		return own
	}
	for _, name := range redirect.Credentials {
		if own != nil && len(own.Header[name]) > 0 { // it is for this server
			changed.Header[name] = own.Header[name]
		}
	}
	return changed
}

// Redirected returns what a request sends of its own after the redirects that have led to a step, if it was m at first, which may
// be nil.
func (m *Message) Redirected(step redirect.Step) *Message {
	leftOut := step.LeftOut()
	if len(leftOut) == 0 {
		return m
	}
	changed := m.Without(leftOut...)
	changed.Method = step.Method
	if step.NoBody {
		changed.Body = []byte{}
	}
	return changed
}

// Without returns a copy of the message, which may be nil, that keeps these headers from being sent.
func (m *Message) Without(names ...string) *Message {
	copied := Message{Header: http.Header{}}
	if m != nil {
		copied.Method, copied.Body = m.Method, m.Body
		for name, values := range m.Header {
			copied.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	for _, name := range names {
		copied.Header[name] = nil
	}
	return &copied
}

// WithoutCredentials returns what m, which may be nil, sends to another server than the one for which it was made.
func (m *Message) WithoutCredentials() *Message { return m.Without(redirect.Credentials...) }

// Origin returns the request as its Worker has it, from which redirects may have led to r.
func (r *Request) Origin() *Request {
	if r.chain == nil {
		return r
	}
	return &r.chain.first
}

// Deadline returns when a request times out that begins now. One that was redirected has begun before.
func (t Target) Deadline(r *Request) time.Time {
	if r.chain != nil {
		return r.chain.deadline
	}
	return time.Now().Add(t.Timeout)
}

// following returns a Caller that follows redirects, if the target does, and counts them.
func (t Target) following(c Caller, followed *atomic.Int64) Caller {
	if t.Follow == 0 {
		return c
	}
	return &follower{c, followed}
}

// A follower makes one request after the other until one is not redirected. [Target.Receive] says which are.
type follower struct {
	caller   Caller
	followed *atomic.Int64
}

func (f *follower) Do(r *Request) Outcome {
	for {
		o := f.caller.Do(r)
		to, redirected := o.Err.(*redirection)
		if !redirected {
			return o
		}
		f.followed.Add(1)
		r = &to.next
	}
}

// A redirection is the error by which Receive tells a follower what is next.
type redirection struct{ next Request }

func (r *redirection) Error() string { return "redirected to " + r.next.URL }

// redirected returns the outcome of a whole answer that the target follows, to a request with that deadline.
func (t Target) redirected(deadline time.Time, r *Request, response Response, bytes int64) Outcome {
	next, err := t.Redirected(r, response.Status, response.Header.Get("Location"))
	if err != nil {
		return Answered(response.Status, bytes, err)
	}
	next.chain.deadline = deadline
	return Answered(response.Status, bytes, &redirection{next})
}
