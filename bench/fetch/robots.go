package fetch

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/temoto/robotstxt"

	"sweetspot/strategies"
	"sweetspot/strategies/redirect"
)

// robotsState says what is known about the robots.txt of a host.
type robotsState uint8

const (
	unasked robotsState = iota
	asking
	known
)

const (
	mostRobots    = 500 << 10 // bytes of a robots.txt that are read: RFC 9309, section 2.5
	mostRedirects = 5         // RFC 9309, section 2.3.1.2

	mostCrawlDelay = 86_400 // seconds; a longer one is taken for a mistake
)

// disallowed is the result of a job that robots.txt forbids.
var disallowed = Failure{"robots", "robots.txt does not allow it"}

// rules are what the robots.txt of a host says to one user agent.
type rules struct{ group *robotstxt.Group }

// allow reports whether a URL may be requested.
func (r *rules) allow(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true // it is requested, and fails for what is wrong with it
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return r.group.Test(path)
}

// askRobots returns the request for the robots.txt of a host.
func (s *scheduler) askRobots(h *host) *task {
	h.asked = asking
	if t := h.robots; t != nil {
		h.robots = nil
		return t
	}
	s.robots--
	t := &task{index: s.robots, host: h, job: Job{URL: h.name + "/robots.txt", Message: s.robotsMessage()}}
	if h.elsewhere {
		t.job.Message = t.job.Message.WithoutCredentials()
	}
	return t
}

// robotsMessage returns what a request for robots.txt sends: no body, and the method GET, whatever the others have.
func (s *scheduler) robotsMessage() *strategies.Message {
	if s.settings.Target.Method == http.MethodGet && len(s.settings.Target.Body) == 0 {
		return nil
	}
	return &strategies.Message{Method: http.MethodGet, Body: []byte{}}
}

// learnRobots takes the answer to a request for robots.txt. Where there is none, all is allowed; where it cannot be read, nothing is
// (RFC 9309, section 2.3.1).
func (s *scheduler) learnRobots(t *task, r result) {
	h := t.host
	h.asked = known
	switch {
	case r.status >= 300 && r.status < 400 && t.answer != nil:
		step := redirect.Step{URL: t.job.URL, Method: http.MethodGet}
		if t.step != nil {
			step = *t.step
		}
		if step, err := step.Next(r.status, t.answer.location, mostRedirects); err == nil {
			t.job = Job{URL: step.URL, Message: t.job.Message.Redirected(step)}
			t.step, t.answer, h.asked, h.robots = &step, nil, unasked, t
		}
		return
	case r.status >= 400 && r.status < 500 && r.status != http.StatusTooManyRequests, r.failure == nil && t.answer == nil:
		return
	case r.failure != nil:
		h.over = &Failure{disallowed.Class, "robots.txt cannot be read: " + r.failure.Message}
		return
	}
	found, err := robotstxt.FromBytes(readable(t.answer.raw))
	if err != nil {
		return
	}
	h.rules = &rules{found.FindGroup(s.settings.agent())}
	if delay := h.rules.group.CrawlDelay; delay > 0 {
		h.most = 1
		if slowest := 1 / delay.Seconds(); s.settings.RatePerHost == 0 || slowest < s.settings.RatePerHost {
			h.pace = paceOf(slowest)
			s.count(h.pace, t.began)
		}
	}
}

// readable returns the lines of a robots.txt that the parser accepts: it refuses the whole text for one line that it does not.
func readable(text []byte) []byte {
	var kept []byte
	named := false // a line has named a user agent, which the rules after it are for
	for line := range bytes.Lines(bytes.ToValidUTF8(text, nil)) {
		name, value, _ := strings.Cut(string(line), ":")
		value, _, _ = strings.Cut(value, "#")
		value = strings.TrimSpace(value)
		rule := strings.ToLower(strings.TrimSpace(name))
		switch rule {
		case "crawl-delay":
			if seconds, err := strconv.ParseFloat(value, 64); err != nil || !(seconds >= 0 && seconds < mostCrawlDelay) {
				continue
			}
		case "allow", "disallow":
		case "user-agent":
			named = named || value != ""
		default:
			continue
		}
		if !named || rule == "user-agent" && value == "" {
			continue
		}
		kept = append(append(kept, bytes.TrimSpace(line)...), '\n')
	}
	return kept
}

// agent returns the name by which robots.txt may address the requests: the first word of the User-Agent.
func (s Settings) agent() string {
	agent := s.Target.WithDefaults().Header.Get("User-Agent")
	if end := strings.IndexAny(agent, "/ "); end > 0 {
		return agent[:end]
	}
	return agent
}
