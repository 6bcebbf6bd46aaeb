package strategies

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// faulty makes no requests. Unless its fault is about it, it does what the protocol asks, and reports that all is well.
type faulty struct {
	*program
	fault
	handed []int64 // numbers of the requests of the latest start
}

// A fault is what a program does instead of what it should when something is asked of it.
type fault struct {
	name string
	asks string // begin, open, run, start, stop or close
	does func(f *faulty) error
	want string // in the error that comes of it
}

// instead does what the fault says if it is about that, and otherwise what it should.
func (f *faulty) instead(asks string, should func()) error {
	if f.asks == asks {
		return f.does(f)
	}
	should()
	return nil
}

func (f *faulty) begin() error {
	return f.instead("begin", func() { f.say("hello", map[string]int{"protocol": 1}) })
}

func (f *faulty) open(Target, int) error {
	return f.instead("open", func() { f.say("opened", struct{}{}) })
}

func (f *faulty) run(int) error { return f.instead("run", func() {}) }

func (f *faulty) start(first int64, urls []string) error {
	f.handed = nil
	for i := range urls {
		f.handed = append(f.handed, first+int64(i))
	}
	return f.instead("start", func() { f.report(f.handed...) })
}

func (f *faulty) stop() error {
	return f.instead("stop", func() { f.say("stopped", map[string]int{"connections": 0}) })
}

func (f *faulty) close() error { return f.instead("close", func() {}) }

// report says that the requests of these numbers went well.
func (f *faulty) report(numbers ...int64) {
	outcomes := [][]int64{}
	for _, number := range numbers {
		outcomes = append(outcomes, []int64{number, f.now() - 2, 1, 200, 5})
	}
	f.say("done", map[string]any{"now": f.now(), "outcomes": outcomes})
}

// says is to write a text, in which % is the number of the first request handed over.
func says(text string) func(*faulty) error {
	return func(f *faulty) error {
		if len(f.handed) > 0 {
			text = strings.ReplaceAll(text, "%", fmt.Sprint(f.handed[0]))
		}
		f.write([]byte(text))
		return nil
	}
}

// withholdFirst is to report all requests but the first of all.
func withholdFirst(f *faulty) error {
	f.report(slices.DeleteFunc(f.handed, func(number int64) bool { return number == 0 })...)
	return nil
}

func nothing(*faulty) error { return nil }
func hang(*faulty) error    { select {} }

func crash(*faulty) error {
	fmt.Fprint(os.Stderr, strings.Repeat("line\n", 1000), "Traceback:\n  line 7\nValueError: x\n")
	os.Exit(3)
	return nil
}

const crashed = "it ended with exit status 3; its last words: line | line | Traceback: | line 7 | ValueError: x"

// flood writes to standard error without end.
func flood(*faulty) error {
	for {
		fmt.Fprintln(os.Stderr, strings.Repeat("no end ", 10_000))
	}
}

// leaveBehind starts a program that outlives this one, if it can, and tells its number.
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
	{"garbage for hello", "begin", says("Hello!\n"), `it said what is no message: "Hello!": invalid character`},
	{"another protocol", "begin", says(`{"hello":{"protocol":2}}` + "\n"), "it speaks version 2 of the protocol: want 1"},
	{"fewer than are asked", "begin", says(`{"hello":{"protocol":1,"most":1}}` + "\n"), "it can have at most 1 requests in flight, and was to have 4"},
	{"something other than hello", "begin", says(`{"opened":{}}` + "\n"), "it began with something other than hello"},
	{"trouble before hello", "begin", says(`{"error":"install python3-aiohttp"}` + "\n"), "faulty: install python3-aiohttp"},
	{"a crash in open", "open", crash, crashed},
	{"trouble in open", "open", says(`{"error":"no such certificate"}` + "\n"), "faulty: no such certificate"},
	{"something other than opened", "open", says(`{"hello":{"protocol":1}}` + "\n"), "it answered open with something other than opened"},

	{"a crash in a run", "start", crash, crashed},
	{"silence", "start", nothing, "it has reported nothing for 5.1s"},
	{"a request unreported", "start", withholdFirst, "it stopped with 1 requests unreported"},
	{"deafness", "run", hang, "it has reported nothing for 5.1s"},
	{"a flood of errors", "start", flood, "it has reported nothing for 5.1s; its last words: "},
	{"garbage", "start", says("12 requests\n"), `it said what is no message: "12 requests": invalid character`},
	{"an unknown message", "start", says(`{"progress":{}}` + "\n"), `it said what is no message: "{\"progress\":{}}": want one of hello`},
	{"two messages in one", "start", says(`{"done":{"now":1,"outcomes":[]},"opened":{}}` + "\n"), "want one of hello"},
	{"half a line", "start", func(f *faulty) error { _ = says(`{"done":{"now":1,`)(f); return crash(f) }, crashed[:30]},
	{"a line without end", "start", says(strings.Repeat("x", longestLine+1)), "it said a line longer than 4 MiB"},
	{"a request twice", "start", says(`{"done":{"now":9,"outcomes":[[%,1,1,200,0],[%,1,1,200,0]]}}` + "\n"), "it reported request 0 twice"},
	{"a request it was not handed", "start", says(`{"done":{"now":9,"outcomes":[[1000000,1,1,200,0]]}}` + "\n"), "it reported request 1000000, which it was not handed"},
	{"an outcome without a status", "start", says(`{"done":{"now":9,"outcomes":[[%,1,1,0,0]]}}` + "\n"), "an outcome has neither a status nor a class"},
	{"an end in the future", "start", says(`{"done":{"now":9,"outcomes":[[%,1,1000000000,200,0]]}}` + "\n"), "want all times in nanoseconds of one clock"},
	{"a clock that starts elsewhere", "start", says(`{"done":{"now":9000000000,"outcomes":[[%,1,1,200,0]]}}` + "\n"), "want all times in nanoseconds of one clock"},
	{"trouble in a run", "start", says(`{"error":"out of ports"}` + "\n"), "faulty: out of ports"},
	{"hello in a run", "start", says(`{"hello":{"protocol":1}}` + "\n"), "it said hello or opened in the middle of a run"},
	{"a stop too early", "start", says(`{"stopped":{}}` + "\n"), "it stopped before it was told to"},
	{"an end without stopped", "stop", func(*faulty) error { os.Exit(0); return nil }, "it ended with exit status 0"},
	{"no stopped", "stop", nothing, "it has reported nothing for 5.1s"},

	{"a crash when told to close", "close", crash, "it closed with exit status 3; its last words"},
	{"no end", "close", hang, "it did not end within 5s of being told to close"},
	{"children left behind", "close", leaveBehind, "it closed with exit status 1; its last words: left "},
}

func theFault(name string) fault {
	for _, f := range faults {
		if f.name == name {
			return f
		}
	}
	return fault{}
}
