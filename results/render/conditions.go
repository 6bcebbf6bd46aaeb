package render

import (
	"fmt"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// Conditions returns a sentence with the settings of the clients and the machine of the run. It is empty if these are not
// known.
func Conditions(r *results.Run) string {
	s, m := r.Settings, r.Machine
	if s == (results.Settings{}) {
		return ""
	}
	parts := []string{s.Method, s.HTTP}
	parts = append(parts, sizeOf(s)...)
	parts = append(parts,
		fmt.Sprintf("timeout %gs, dial %gs, DNS cached %gs", s.TimeoutSeconds, s.DialSeconds, s.DNSSeconds),
		on(s.KeepAlive, "keep-alive"), redirects(s), on(s.Decompression, "decompression"),
		retries(s.Retries))
	switch {
	case s.Arrivals != "" && s.Rate == 0: // a sweep varies it
		parts = append(parts, fmt.Sprintf("open loop, %s arrivals", s.Arrivals))
	case s.Arrivals != "":
		parts = append(parts, fmt.Sprintf("open loop, %s arrivals at %s/s", s.Arrivals, text.Number(s.Rate)))
	case s.Rate > 0:
		parts = append(parts, fmt.Sprintf("at most %s/s", text.Number(s.Rate)))
	}
	if s.Decode != "" {
		parts = append(parts, "decoding "+s.Decode)
	}
	if s.Expect != "" {
		parts = append(parts, "goodput only if "+s.Expect)
	}
	if s.Insecure {
		parts = append(parts, "certificates not verified")
	}
	for _, way := range []struct{ words, value string }{
		{"proxy ", s.Proxy}, {"certificate ", s.Certificate}, {"authorities ", s.Authorities}, {"socket ", s.UnixSocket}, {"connected to ", s.ConnectTo},
	} {
		if way.value != "" {
			parts = append(parts, way.words+text.Clean(way.value))
		}
	}
	if agents := Agents(r); agents != "" {
		parts = append(parts, agents)
	} else if m != (results.Machine{}) { // a program that measures by itself need not describe its machine
		parts = append(parts, text.Plural(m.CPUs, "CPU"), m.OS+"/"+m.Arch, m.Go)
	}
	if r.Seed != 0 {
		parts = append(parts, fmt.Sprintf("seed %d", r.Seed))
	}
	return "The same for every client: " + strings.Join(parts, ", ") + "."
}

// redirects says whether they were followed, and how many.
func redirects(s results.Settings) string {
	if s.Follow > 0 {
		return fmt.Sprintf("at most %s per request", text.Plural(s.Follow, "redirect"))
	}
	return on(s.Redirects, "redirects")
}

// sizeOf says how long a trial is.
func sizeOf(s results.Settings) []string {
	switch {
	case s.Requests > 0:
		words := text.Plural(s.Requests, "request") + " per trial"
		if s.ColdStart {
			words += " with a cold start"
		}
		return []string{words}
	case s.DurationSeconds > 0:
		return []string{fmt.Sprintf("%gs per trial", s.DurationSeconds)}
	}
	return nil
}

// on names something that is done or not done.
func on(done bool, what string) string {
	if done {
		return what
	}
	return "no " + what
}

// retries says how often a failed request is repeated.
func retries(n int) string {
	if n == 1 {
		return "1 retry"
	}
	return text.Count(n) + " retries"
}
