package report

import (
	"fmt"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

var settingFacts = []fact{
	{"method", func(r *results.Run) string { return r.Settings.Method }},
	{"protocol", func(r *results.Run) string { return r.Settings.HTTP }},
	{"requests a trial", func(r *results.Run) string { return number(r.Settings.Requests) }},
	{"a trial lasts", func(r *results.Run) string { return duration(r.Settings.DurationSeconds) }},
	{"timeout", func(r *results.Run) string { return duration(r.Settings.TimeoutSeconds) }},
	{"timeout to connect", func(r *results.Run) string { return duration(r.Settings.DialSeconds) }},
	{"addresses remembered", func(r *results.Run) string { return duration(r.Settings.DNSSeconds) }},
	{"rate at most", func(r *results.Run) string { return rate(r.Settings.Rate) }},
	{"decoding", func(r *results.Run) string { return r.Settings.Decode }},
	{"keep-alive", func(r *results.Run) string { return on(r.Settings.KeepAlive) }},
	{"redirects followed", func(r *results.Run) string { return on(r.Settings.Redirects) }},
	{"decompression", func(r *results.Run) string { return on(r.Settings.Decompression) }},
	{"certificates verified", func(r *results.Run) string { return on(!r.Settings.Insecure) }},
	{"retries", func(r *results.Run) string { return fmt.Sprint(r.Settings.Retries) }},
}

var machineFacts = []fact{
	{"command", func(r *results.Run) string { return command(r) }},
	{"target", func(r *results.Run) string { return r.Target }},
	{"started", func(r *results.Run) string { return r.Started }},
	{"seed", func(r *results.Run) string { return fmt.Sprint(r.Seed) }},
	{"trials", func(r *results.Run) string { return text.Count(len(r.Trials)) }},
	{"processor", func(r *results.Run) string { return r.Machine.CPU }},
	{"CPUs for the client", func(r *results.Run) string { return number(r.Machine.CPUs) }},
	{"system", func(r *results.Run) string { return r.Machine.OS + "/" + r.Machine.Arch }},
	{"kernel", func(r *results.Run) string { return r.Machine.Kernel }},
	{"Go", func(r *results.Run) string { return r.Machine.Go }},
	{"open files at most", func(r *results.Run) string { return number(int64(r.Machine.OpenFiles)) }},
	{"client's memory at most", func(r *results.Run) string { return megabytes(r.PeakMemory) }},
}

// command returns the command line, quoted where a shell would want it, or just the command where it is not known.
func command(r *results.Run) string {
	if len(r.Arguments) == 0 {
		return r.Command
	}
	words := []string{"sweetspot"}
	for _, word := range r.Arguments {
		if word == "" || strings.ContainsAny(word, " \t\n'\"$&|<>{}()*?;\\`") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return text.Number(float64(bytes)/1e6) + " MB"
}
