package external

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"sweetspot/strategies"
)

// faulty is a program that makes no requests. It follows the protocol, except for its fault, and reports every request as a
// success.
type faulty struct {
	*program
	fault
	given []int64 // numbers of the requests of the latest start message
}

// A fault is what a program does wrong, and at which message.
type fault struct {
	name string
	asks string // begin, open, run, start, stop or close
	does func(f *faulty) error
	want string // part of the error that follows
}

// instead does what the fault says if it belongs to this message, and otherwise what a program should do.
func (f *faulty) instead(asks string, should func()) error {
	if f.asks == asks {
		return f.does(f)
	}
	should()
	return nil
}

func (f *faulty) begin() error {
	return f.instead("begin", func() { f.send("hello", map[string]int{"protocol": 1}) })
}

func (f *faulty) open(strategies.Target, int) error {
	return f.instead("open", func() { f.send("opened", struct{}{}) })
}

func (f *faulty) run(int) error { return f.instead("run", func() {}) }

func (f *faulty) start(requests []strategies.Request) error {
	f.given = nil
	for _, r := range requests {
		f.given = append(f.given, r.Index)
	}
	return f.instead("start", func() { f.report(f.given...) })
}

func (f *faulty) stop() error {
	return f.instead("stop", func() { f.send("stopped", map[string]int{"connections": 0}) })
}

func (f *faulty) close() error { return f.instead("close", func() {}) }

// report reports the requests of these numbers as successes.
func (f *faulty) report(numbers ...int64) {
	outcomes := [][]int64{}
	for _, number := range numbers {
		outcomes = append(outcomes, []int64{number, f.now() - 2, 1, 200, 5})
	}
	f.send("done", map[string]any{"now": f.now(), "outcomes": outcomes})
}

// says writes a text, in which % stands for the number of the first request.
func says(text string) func(*faulty) error {
	return func(f *faulty) error {
		if len(f.given) > 0 {
			text = strings.ReplaceAll(text, "%", fmt.Sprint(f.given[0]))
		}
		f.write([]byte(text))
		return nil
	}
}

// withholdFirst reports all requests but number 0.
func withholdFirst(f *faulty) error {
	f.report(slices.DeleteFunc(f.given, func(number int64) bool { return number == 0 })...)
	return nil
}

func nothing(*faulty) error { return nil }
func hang(*faulty) error    { select {} }

func crash(*faulty) error {
	fmt.Fprint(os.Stderr, strings.Repeat("line\n", 1000), "Traceback:\n  line 7\nValueError: x\n")
	os.Exit(3)
	return nil
}

const crashed = "it ended with exit status 3; standard error: line | line | Traceback: | line 7 | ValueError: x"

// flood writes to standard error without end.
func flood(*faulty) error {
	for {
		fmt.Fprintln(os.Stderr, strings.Repeat("no end ", 10_000))
	}
}

// leaveBehind starts a process that would outlive this one, and ends with its number.
func leaveBehind(*faulty) error {
	child := exec.Command("sleep", "60")
	child.Stdout = os.Stdout
	if err := child.Start(); err != nil {
		return err
	}
	return fmt.Errorf("left %d", child.Process.Pid)
}

var faults = []fault{
	{"a crash before hello", "begin", crash, crashed},
	{"an end before hello", "begin", func(*faulty) error { os.Exit(0); return nil }, "it ended with exit status 0"},
	{"garbage for hello", "begin", says("Hello!\n"), `it wrote a line that is not a message: "Hello!": invalid character`},
	{"another protocol", "begin", says(`{"hello":{"protocol":2}}` + "\n"), "it uses version 2 of the protocol: want 1"},
	{"a lower limit than asked for", "begin", says(`{"hello":{"protocol":1,"most":1}}` + "\n"), "it can have at most 1 requests in flight: want 4"},
	{"something other than hello", "begin", says(`{"opened":{}}` + "\n"), "its first message is not hello"},
	{"an error message before hello", "begin", says(`{"error":"install python3-aiohttp"}` + "\n"), "faulty: install python3-aiohttp"},
	{"a crash in open", "open", crash, crashed},
	{"an error message in open", "open", says(`{"error":"no such certificate"}` + "\n"), "faulty: no such certificate"},
	{"something other than opened", "open", says(`{"hello":{"protocol":1}}` + "\n"), "its answer to open is not opened"},

	{"a crash in a run", "start", crash, crashed},
	{"no report", "start", nothing, "it has reported nothing for 5.1s"},
	{"a request unreported", "start", withholdFirst, "it stopped with 1 requests unreported"},
	{"input that is not read", "run", hang, "it has reported nothing for 5.1s"},
	{"standard error without end", "start", flood, "it has reported nothing for 5.1s; standard error: "},
	{"garbage", "start", says("12 requests\n"), `it wrote a line that is not a message: "12 requests": invalid character`},
	{"an unknown message", "start", says(`{"progress":{}}` + "\n"), `it wrote a line that is not a message: "{\"progress\":{}}": want one of hello`},
	{"two messages in one", "start", says(`{"done":{"now":1,"outcomes":[]},"opened":{}}` + "\n"), "want one of hello"},
	{"half a line", "start", func(f *faulty) error { _ = says(`{"done":{"now":1,`)(f); return crash(f) }, crashed[:30]},
	{"a line without end", "start", says(strings.Repeat("x", maxLineBytes+1)), "it wrote a line longer than 4 MiB"},
	{"a request twice", "start", says(`{"done":{"now":9,"outcomes":[[%,1,1,200,0],[%,1,1,200,0]]}}` + "\n"), "it reported request 0 twice"},
	{"a request it was not given", "start", says(`{"done":{"now":9,"outcomes":[[1000000,1,1,200,0]]}}` + "\n"), "it reported request 1000000, which it was not given"},
	{"an outcome without a status", "start", says(`{"done":{"now":9,"outcomes":[[%,1,1,0,0]]}}` + "\n"), "an outcome has neither a status nor a class"},
	{"a redirect that it was not to follow", "start", says(`{"done":{"now":9,"outcomes":[[%,1,1,302,0,"unexpected"]]}}` + "\n"), "want none followed"},
	{"an end in the future", "start", says(`{"done":{"now":9,"outcomes":[[%,1,1000000000,200,0]]}}` + "\n"), "want all times in nanoseconds of one clock"},
	{"a clock that starts elsewhere", "start", says(`{"done":{"now":9000000000,"outcomes":[[%,1,1,200,0]]}}` + "\n"), "want all times in nanoseconds of one clock"},
	{"an error message in a run", "start", says(`{"error":"out of ports"}` + "\n"), "faulty: out of ports"},
	{"hello in a run", "start", says(`{"hello":{"protocol":1}}` + "\n"), "it sent hello or opened during a run"},
	{"a stop too early", "start", says(`{"stopped":{}}` + "\n"), "it sent stopped before it got stop"},
	{"fewer than no redirects", "stop", says(`{"stopped":{"redirects":-1}}` + "\n"), "it reports that it followed -1 redirects"},
	{"redirects that were not to be followed", "stop", says(`{"stopped":{"redirects":1}}` + "\n"), "want at most 0 in each"},
	{"an end without stopped", "stop", func(*faulty) error { os.Exit(0); return nil }, "it ended with exit status 0"},
	{"no stopped", "stop", nothing, "it has reported nothing for 5.1s"},

	{"a crash at close", "close", crash, "it closed with exit status 3; standard error"},
	{"no end", "close", hang, "it did not end within 5s after close"},
	{"children left behind", "close", leaveBehind, "it closed with exit status 1; standard error: left "},
}

func findFault(name string) fault {
	for _, f := range faults {
		if f.name == name {
			return f
		}
	}
	return fault{}
}
