package strategies

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"
)

// asProgram, when it is the first argument, makes the test binary be a program that speaks the protocol of EXTERNAL.md:
// one whose requests the strategy of its second argument makes, or, if that is "faulty", one that misbehaves as its third
// argument says.
const asProgram = "as-program"

func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != asProgram {
		os.Exit(m.Run())
	}
	var err error
	if p := newProgram(os.Stdout); os.Args[2] == "faulty" {
		err = p.serve(os.Stdin, &faulty{program: p, fault: theFault(os.Args[3])})
	} else {
		err = p.serve(os.Stdin, &honest{program: p, strategy: os.Args[2]})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A program is what honest and faulty programs have in common: it reads lines and writes some.
type program struct {
	began time.Time
	mu    sync.Mutex
	out   io.Writer
}

func newProgram(out io.Writer) *program { return &program{began: time.Now(), out: out} }

func (p *program) now() int64 { return int64(time.Since(p.began)) }

// say writes a message.
func (p *program) say(name string, content any) {
	line, err := json.Marshal(map[string]any{name: content})
	if err != nil {
		panic(err)
	}
	p.write(append(line, '\n'))
}

func (p *program) write(text []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = p.out.Write(text)
}

// A listener is told what sweetspot says.
type listener interface {
	begin() error // before it says anything
	open(target Target, limit int) error
	run(limit int) error
	start(first int64, urls []string) error
	stop() error
	close() error
}

// told is a line from sweetspot.
type told struct {
	Open *struct {
		Method      string
		Headers     [][2]string
		Body        []byte
		Timeout     float64
		DialTimeout float64 `json:"dial_timeout"`
		DNSCache    float64 `json:"dns_cache"`
		Insecure    bool
		Decode      string
		Limit       int
	}
	Run   *struct{ Limit int }
	Start *struct {
		First int64
		URLs  []string
	}
	Stop, Close *struct{}
}

func (t *told) target() Target {
	header := http.Header{}
	for _, pair := range t.Open.Headers {
		header.Add(pair[0], pair[1])
	}
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return Target{
		Method: t.Open.Method, Header: header, Body: t.Open.Body, JSON: t.Open.Decode == "json", Insecure: t.Open.Insecure,
		Timeout: seconds(t.Open.Timeout), DialTimeout: seconds(t.Open.DialTimeout), DNSCache: seconds(t.Open.DNSCache),
	}
}

// serve tells the listener what it reads, until close or the end of the input.
func (p *program) serve(input io.Reader, l listener) error {
	if err := l.begin(); err != nil {
		return err
	}
	for lines := bufio.NewReader(input); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil
		}
		var t told
		if err = json.Unmarshal(line, &t); err != nil {
			return err
		}
		switch {
		case t.Open != nil:
			err = l.open(t.target(), t.Open.Limit)
		case t.Run != nil:
			err = l.run(t.Run.Limit)
		case t.Start != nil:
			err = l.start(t.Start.First, t.Start.URLs)
		case t.Stop != nil:
			err = l.stop()
		case t.Close != nil:
			return l.close()
		}
		if err != nil {
			return err
		}
	}
}
