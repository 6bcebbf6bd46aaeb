package compare

import (
	"fmt"
	"slices"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

// A difference is a property in which two runs may differ, with the value in each run.
type difference struct {
	what     string
	old, new any
}

// unequal describes those of the differences whose sides are not equal.
func unequal(all []difference) []string {
	var texts []string
	for _, d := range all {
		if d.old != d.new {
			texts = append(texts, text.Clean(fmt.Sprintf("%s %v and %v", d.what, orNone(d.old), orNone(d.new))))
		}
	}
	return texts
}

// orNone returns the value, or "none" for a setting that is not set.
func orNone(value any) any {
	if value == "" || value == 0.0 || value == int64(0) {
		return "none"
	}
	return value
}

// Differences describes how the requests made with the old settings differ from those made with the new ones: runs with such
// differences did not measure the same. The length of a trial's window does not count as a difference, the size of a batch does.
func Differences(old, new results.Settings) []string {
	return unequal([]difference{
		{"method", old.Method, new.Method},
		{"trials of", kindOf(old), kindOf(new)},
		{"cold start", old.ColdStart, new.ColdStart},
		{"rate", old.Rate, new.Rate},
		{"arrivals", old.Arrivals, new.Arrivals},
		{"decode", old.Decode, new.Decode},
		{"expected", old.Expect, new.Expect},
		{"timeout", seconds(old.TimeoutSeconds), seconds(new.TimeoutSeconds)},
		{"dial timeout", seconds(old.DialSeconds), seconds(new.DialSeconds)},
		{"DNS cache", seconds(old.DNSSeconds), seconds(new.DNSSeconds)},
		{"keep-alive", old.KeepAlive, new.KeepAlive},
		{"redirects", old.Redirects, new.Redirects},
		{"redirects per request", old.Follow, new.Follow},
		{"decompression", old.Decompression, new.Decompression},
		{"retries", old.Retries, new.Retries},
		{"insecure", old.Insecure, new.Insecure},
		{"proxy", old.Proxy, new.Proxy},
		{"certificate", old.Certificate, new.Certificate},
		{"authorities", old.Authorities, new.Authorities},
		{"socket", old.UnixSocket, new.UnixSocket},
		{"connections to", old.ConnectTo, new.ConnectTo},
		{"protocol", old.HTTP, new.HTTP},
	})
}

func seconds(s float64) string { return fmt.Sprintf("%gs", s) }

// kindOf says what a trial consists of.
func kindOf(s results.Settings) string {
	if s.Requests > 0 {
		return text.Count(s.Requests) + " requests"
	}
	return "a duration"
}

// differentRuns returns a warning for each respect in which a run differs from the first old one: the load, the target or the
// machine.
func differentRuns(old, new []*results.Run) []results.Warning {
	var warnings []results.Warning
	for _, r := range slices.Concat(old[1:], new) {
		for _, w := range different(old[0], r) {
			if !slices.ContainsFunc(warnings, func(known results.Warning) bool { return known.Text == w.Text }) {
				warnings = append(warnings, w)
			}
		}
	}
	return warnings
}

// different returns a warning if two runs have different loads, another if they have different targets, another if
// different agents made their requests, and another if they ran on different machines.
func different(old, new *results.Run) []results.Warning {
	var warnings []results.Warning
	warn := func(subject string, texts []string) {
		if len(texts) > 0 {
			warnings = append(warnings, results.Warningf(results.DifferentRuns, "different %s: %s", subject, strings.Join(texts, "; ")))
		}
	}
	warn("loads", Differences(old.Settings, new.Settings))
	warn("targets", unequal([]difference{{"", old.Subject(), new.Subject()}}))
	if warn("agents", agents(old.Agents, new.Agents)); len(old.Agents) > 0 && len(new.Agents) > 0 {
		return warnings // the machines of the coordinators made no requests
	}
	a, b := old.Machine, new.Machine
	warn("machines", append(machines(a, b), unequal([]difference{
		{"kernel", known(a.Kernel, b.Kernel), known(b.Kernel, a.Kernel)},
		{"built with", a.Go, b.Go},
		{"open files", a.OpenFiles, b.OpenFiles},
	})...))
	return warnings
}

// agents describes how the agents of two runs differ: in their number, else in their machines.
func agents(old, new []results.Member) []string {
	if texts := unequal([]difference{{"", int64(len(old)), int64(len(new))}}); len(texts) > 0 {
		return texts
	}
	list := func(members []results.Member) string {
		machines := text.Each(members, func(m results.Member) string {
			return fmt.Sprintf("%s/%s with %s", m.Machine.OS, m.Machine.Arch, text.Plural(m.Machine.CPUs, "CPU"))
		})
		slices.Sort(machines)
		return strings.Join(slices.Compact(machines), ", ")
	}
	return unequal([]difference{{"on", list(old), list(new)}})
}

// machines describes how two machines differ.
func machines(a, b results.Machine) []string {
	return unequal([]difference{
		{"system", a.OS + "/" + a.Arch, b.OS + "/" + b.Arch},
		{"processor", known(a.CPU, b.CPU), known(b.CPU, a.CPU)},
		{"CPUs", a.CPUs, b.CPUs},
	})
}

// known returns the words, or the empty string if those of the other run are not known: a property that only one run knows,
// because the file of the other is older, does not count as a difference.
func known(words, other string) string {
	if other == "" {
		return ""
	}
	return words
}
