package results

import (
	"fmt"
	"strings"
	"sweetspot/results/text"
)

// conditions says in one sentence what every client was set to and where the run was made.
func (r *Run) conditions() string {
	s, m := r.Settings, r.Machine
	if s == (Settings{}) {
		return ""
	}
	parts := []string{s.Method, s.HTTP}
	parts = append(parts, s.size()...)
	parts = append(parts,
		fmt.Sprintf("timeout %gs, dial %gs, DNS cached %gs", s.TimeoutSeconds, s.DialSeconds, s.DNSSeconds),
		on(s.KeepAlive, "keep-alive"), on(s.Redirects, "redirects"), on(s.Decompression, "decompression"),
		retries(s.Retries))
	if s.Rate > 0 {
		parts = append(parts, fmt.Sprintf("at most %s/s", text.Number(s.Rate)))
	}
	if s.Decode != "" {
		parts = append(parts, "decoding "+s.Decode)
	}
	if s.Insecure {
		parts = append(parts, "certificates not verified")
	}
	parts = append(parts, text.Plural(m.CPUs, "CPU"), m.OS+"/"+m.Arch, m.Go, fmt.Sprintf("seed %d", r.Seed))
	return "Every client alike: " + strings.Join(parts, ", ") + "."
}

// size says how long a trial is.
func (s Settings) size() []string {
	switch {
	case s.Requests > 0:
		return []string{text.Plural(s.Requests, "request") + " a trial"}
	case s.DurationSecond > 0:
		return []string{fmt.Sprintf("%gs a trial", s.DurationSecond)}
	}
	return nil
}

// on says whether something is done.
func on(done bool, what string) string {
	if done {
		return what
	}
	return "no " + what
}

// retries says how often a request that failed is made again.
func retries(n int) string {
	if n == 1 {
		return "1 retry"
	}
	return text.Count(n) + " retries"
}
