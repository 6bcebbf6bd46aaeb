package report

import (
	"fmt"
	"strings"

	"sweetspot/results"
	"sweetspot/results/text"
)

var settingProperties = []property{
	{"method", func(r *results.Run) string { return r.Settings.Method }},
	{"protocol", func(r *results.Run) string { return r.Settings.HTTP }},
	{"requests per trial", func(r *results.Run) string { return number(r.Settings.Requests) }},
	{"trial duration", func(r *results.Run) string { return duration(r.Settings.DurationSeconds) }},
	{"timeout", func(r *results.Run) string { return duration(r.Settings.TimeoutSeconds) }},
	{"connect timeout", func(r *results.Run) string { return duration(r.Settings.DialSeconds) }},
	{"DNS cache lifetime", func(r *results.Run) string { return duration(r.Settings.DNSSeconds) }},
	{"maximum rate", func(r *results.Run) string { return rate(r.Settings.Rate) }},
	{"body decoding", func(r *results.Run) string { return r.Settings.Decode }},
	{"keep-alive", func(r *results.Run) string { return yesNo(r.Settings.KeepAlive) }},
	{"redirects followed", func(r *results.Run) string { return yesNo(r.Settings.Redirects) }},
	{"automatic decompression", func(r *results.Run) string { return yesNo(r.Settings.Decompression) }},
	{"certificates verified", func(r *results.Run) string { return yesNo(!r.Settings.Insecure) }},
	{"retries", func(r *results.Run) string { return fmt.Sprint(r.Settings.Retries) }},
}

var machineProperties = []property{
	{"command", func(r *results.Run) string { return command(r) }},
	{"target", func(r *results.Run) string { return r.Target }},
	{"started", func(r *results.Run) string { return r.Started }},
	{"seed", func(r *results.Run) string { return fmt.Sprint(r.Seed) }},
	{"trials", func(r *results.Run) string { return text.Count(len(r.Trials)) }},
	{"processor", func(r *results.Run) string { return r.Machine.CPU }},
	{"CPUs for the client", func(r *results.Run) string { return number(r.Machine.CPUs) }},
	{"operating system", func(r *results.Run) string { return r.Machine.OS + "/" + r.Machine.Arch }},
	{"kernel", func(r *results.Run) string { return r.Machine.Kernel }},
	{"Go", func(r *results.Run) string { return r.Machine.Go }},
	{"maximum open files", func(r *results.Run) string { return number(int64(r.Machine.OpenFiles)) }},
	{"peak client memory", func(r *results.Run) string { return megabytes(r.PeakMemory) }},
}

// command returns the command line, quoted for a shell. If the arguments are unknown, it returns the command's name only.
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

// megabytes formats a number of bytes; 0 gives the empty string.
func megabytes(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return text.Megabytes(bytes)
}
