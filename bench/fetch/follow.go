package fetch

import (
	"strings"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/redirect"
)

// Redirects are followed by the scheduler, and not by the strategy: what one leads to is another request of the same job, in the
// queue of its own host. So the manners towards each host hold, its rate, its robots.txt and the headers for it, whatever led there.

// next returns where the answer to a task leads, whose status is that of a redirect that is followed.
func (f *fetch) next(t *task, a strategies.Answer) (*redirect.Step, error) {
	target := f.settings.Target
	step := redirect.Step{URL: t.job.URL, Method: target.MethodOf(&strategies.Request{Message: t.job.Message})}
	if t.step != nil {
		step = *t.step
	} else {
		step.Body = len(target.Message(t.job.Message).Body) > 0
	}
	step, err := step.Next(a.Status, a.Header.Get("Location"), target.Follow)
	return &step, err
}

// follows reports whether an answer to a task with that status leads to another request of its job.
func (f *fetch) follows(t *task, status int) bool {
	return t.index >= 0 && f.settings.Target.Follows(status)
}

// asIs is the target's AsIs: it is not for the user to say what is expected of a robots.txt, or of a redirect on the way.
func (f *fetch) asIs(r *strategies.Request, status int) bool {
	return r.Index < 0 || f.settings.Target.Follows(status)
}

// address gives a task the request that it makes now: that of its job, or that to which redirects have led it.
func (s *scheduler) address(t *task, job Job) {
	if t.step != nil {
		job.URL, job.Message = t.step.URL, job.Message.Redirected(*t.step)
	}
	if s.settings.Message != nil {
		job.Message = s.settings.Message(job.Message, job.URL)
	}
	t.job = job
}

// lead puts a task into the queue of the host to which a redirect leads it.
func (s *scheduler) lead(t *task, now time.Duration) {
	name := hostOf(t.answer.step.URL)
	_, known := s.hosts[name]
	from, to := t.host, s.host(name)
	to.elsewhere = to.elsewhere || !known && t.answer.step.Elsewhere
	if t.step == nil {
		t.listed = t.job.URL
	}
	if t.home == nil && to != from {
		t.home = from
		from.away++
	}
	t.step, t.host, t.due = t.answer.step, to, now
	s.again(t)
	if to != from {
		s.put(to, now)
	}
}

// comeHome counts the end of a task that was led away from its host.
func (s *scheduler) comeHome(t *task, now time.Duration) {
	if home := t.home; home != nil {
		t.home = nil
		home.away--
		if home != t.host || home.list == nowhere {
			s.put(home, now)
		}
	}
}

// held reports whether the host starts no job before one of those ends that redirects have led from it to other hosts. It bounds the
// memory for them, as that for retries is.
func (h *host) held() bool { return h.over == nil && h.away >= mostRetries && len(h.retries) == 0 }

// finalURL returns where redirects have led a task, without a login; empty if they have not.
func (t *task) finalURL() string {
	if t.step == nil {
		return ""
	}
	scheme, rest, _ := strings.Cut(t.step.URL, "://")
	end := strings.IndexAny(rest, "/?")
	return scheme + "://" + rest[strings.LastIndexByte(rest[:end], '@')+1:]
}
