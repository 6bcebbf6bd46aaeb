package results

import (
	"fmt"
	"strings"
	"sweetspot/results/text"
)

// A disparity is a thing in which two runs are not alike.
type disparity struct {
	what     string
	old, new any
}

// unlike returns those of the disparities that are any, in words.
func unlike(all []disparity) []string {
	var texts []string
	for _, d := range all {
		if d.old != d.new {
			texts = append(texts, text.Clean(fmt.Sprintf("%s %v and %v", d.what, orNone(d.old), orNone(d.new))))
		}
	}
	return texts
}

// orNone gives a setting that is not there a word.
func orNone(value any) any {
	if value == "" || value == 0.0 || value == int64(0) {
		return "none"
	}
	return value
}

// Differences says in which ways the requests made with the settings are not those made with others, the new ones: what
// was measured is then not the same thing. How long a window is makes no difference, how large a batch is does.
func (s Settings) Differences(new Settings) []string {
	return unlike([]disparity{
		{"method", s.Method, new.Method},
		{"trials of", s.kind(), new.kind()},
		{"rate", s.Rate, new.Rate},
		{"decode", s.Decode, new.Decode},
		{"timeout", seconds(s.TimeoutSeconds), seconds(new.TimeoutSeconds)},
		{"dial timeout", seconds(s.DialSeconds), seconds(new.DialSeconds)},
		{"DNS cache", seconds(s.DNSSeconds), seconds(new.DNSSeconds)},
		{"keep-alive", s.KeepAlive, new.KeepAlive},
		{"redirects", s.Redirects, new.Redirects},
		{"decompression", s.Decompression, new.Decompression},
		{"retries", s.Retries, new.Retries},
		{"insecure", s.Insecure, new.Insecure},
		{"protocol", s.HTTP, new.HTTP},
	})
}

func seconds(s float64) string { return fmt.Sprintf("%gs", s) }

// kind says what a trial is.
func (s Settings) kind() string {
	if s.Requests > 0 {
		return text.Count(s.Requests) + " requests"
	}
	return "a duration"
}

// disparities returns a warning for each of load, target and machine in which two runs are not alike.
func disparities(old, new *Run) []Warning {
	var warnings []Warning
	warn := func(subject string, texts []string) {
		if len(texts) > 0 {
			warnings = append(warnings, Warningf(DifferentRuns, "different %s: %s", subject, strings.Join(texts, "; ")))
		}
	}
	a, b := old.Machine, new.Machine
	warn("loads", old.Settings.Differences(new.Settings))
	warn("targets", unlike([]disparity{{"", old.subject(), new.subject()}}))
	warn("machines", unlike([]disparity{
		{"system", a.OS + "/" + a.Arch, b.OS + "/" + b.Arch},
		{"processor", known(a.CPU, b.CPU), known(b.CPU, a.CPU)},
		{"CPUs", a.CPUs, b.CPUs},
		{"kernel", known(a.Kernel, b.Kernel), known(b.Kernel, a.Kernel)},
		{"built with", a.Go, b.Go},
		{"open files", a.OpenFiles, b.OpenFiles},
	}))
	return warnings
}

// known returns text if the other, of another run, is known too: older files do not tell everything.
func known(words, other string) string {
	if other == "" {
		return ""
	}
	return words
}

// subject says what the run's requests were made to. The bundled server is the same whatever port it happened to get.
func (r *Run) subject() string {
	if r.Bundled == nil {
		return r.Target
	}
	path := "/"
	if _, rest, found := strings.Cut(r.Target, "://"); found {
		if i := strings.Index(rest, "/"); i >= 0 {
			path = rest[i:]
		}
	}
	return fmt.Sprintf("the bundled server, profile %s, %s", r.Bundled.Profile, path)
}
