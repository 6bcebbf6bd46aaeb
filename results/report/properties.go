package report

import (
	"fmt"
	"strings"

	"sweetspot/results"
	"sweetspot/results/render"
	"sweetspot/results/text"
)

// A property is a row of the tables of the settings and of the machine.
type property struct {
	name  string
	value func(r *results.Run) string
}

var settingProperties = []property{
	{"method", func(r *results.Run) string { return r.Settings.Method }},
	{"protocol", func(r *results.Run) string { return r.Settings.HTTP }},
	{"requests per trial", func(r *results.Run) string { return number(r.Settings.Requests) }},
	{"trial duration", func(r *results.Run) string { return duration(r.Settings.DurationSeconds) }},
	{"timeout", func(r *results.Run) string { return duration(r.Settings.TimeoutSeconds) }},
	{"connect timeout", func(r *results.Run) string { return duration(r.Settings.DialSeconds) }},
	{"DNS cache lifetime", func(r *results.Run) string { return duration(r.Settings.DNSSeconds) }},
	{"maximum rate", func(r *results.Run) string { return rate(r.Settings.Rate) }},
	{"arrivals", func(r *results.Run) string { return r.Settings.Arrivals }},
	{"body decoding", func(r *results.Run) string { return r.Settings.Decode }},
	{"responses expected", func(r *results.Run) string { return r.Settings.Expect }},
	{"keep-alive", func(r *results.Run) string { return yesNo(r.Settings.KeepAlive) }},
	{"redirects followed", func(r *results.Run) string { return followed(r.Settings) }},
	{"automatic decompression", func(r *results.Run) string { return yesNo(r.Settings.Decompression) }},
	{"certificates verified", func(r *results.Run) string { return yesNo(!r.Settings.Insecure) }},
	{"proxy", func(r *results.Run) string { return r.Settings.Proxy }},
	{"client certificate", func(r *results.Run) string { return r.Settings.Certificate }},
	{"certificate authorities", func(r *results.Run) string { return r.Settings.Authorities }},
	{"Unix socket", func(r *results.Run) string { return r.Settings.UnixSocket }},
	{"connected to", func(r *results.Run) string { return r.Settings.ConnectTo }},
	{"retries", func(r *results.Run) string { return fmt.Sprint(r.Settings.Retries) }},
	{"agents", render.Agents},
}

// followed says whether redirects were followed, and how many.
func followed(s results.Settings) string {
	if s.Follow > 0 {
		return fmt.Sprintf("at most %d per request", s.Follow)
	}
	return yesNo(s.Redirects)
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
	{"peak client memory", func(r *results.Run) string { return size(r.PeakMemory) }},
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

// propertyTables returns the tables of the settings and of the machine, with one column per run.
func propertyTables(sources []Source) []table {
	names := []head{{Name: "", Word: true}}
	for i, source := range sources {
		name := runLetter(i, len(sources))
		if name == "" {
			name = text.Clean(source.Name)
		}
		names = append(names, head{Name: name, Word: true})
	}
	settings := table{Caption: "Settings, the same for every client", Head: names}
	machine := table{Caption: "Run and machine", Head: names}
	for _, f := range settingProperties {
		settings.addProperty(sources, f)
	}
	for _, f := range machineProperties {
		machine.addProperty(sources, f)
	}
	return append([]table{settings, machine}, agentTables(sources)...)
}

// agentTables returns a table of the agents of each run that has any.
func agentTables(sources []Source) []table {
	var all []table
	for i, source := range sources {
		portions := source.Run.Portions()
		if len(portions) == 0 {
			continue
		}
		t := table{Caption: strings.TrimSpace(runLetter(i, len(sources)) + " Agents"), Rest: render.AgentWords}
		for at, column := range render.AgentColumns() {
			t.Head = append(t.Head, head{Name: column.Name, Word: at == 0})
		}
		for _, portion := range portions {
			t.Rows = append(t.Rows, text.Each(render.AgentColumns(), func(f render.Field[results.Portion]) string { return f.Cell(portion) }))
		}
		all = append(all, t)
	}
	return all
}

// addProperty adds a row, unless the property is empty for every run.
func (t *table) addProperty(sources []Source, f property) {
	row := []string{f.name}
	known := false
	for _, source := range sources {
		text := text.Clean(f.value(source.Run))
		known = known || text != ""
		row = append(row, text)
	}
	if known {
		t.Rows = append(t.Rows, row)
	}
}

// number formats a count; 0 gives the empty string, which means unknown.
func number[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return text.Count(n)
}

// duration formats seconds; 0 gives the empty string.
func duration(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return text.Span(seconds)
}

// yesNo formats a setting that is on or off.
func yesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// rate formats a rate per second; 0 gives the empty string.
func rate(perSecond float64) string {
	if perSecond == 0 {
		return ""
	}
	return fmt.Sprintf("%s/s", text.Number(perSecond))
}

// size formats a number of bytes; 0 gives the empty string.
func size(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return text.Bytes(bytes)
}
