package external

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"sweetspot/strategies"
	"sweetspot/strategies/network"
)

// asProgram as the first argument makes the test binary a program that speaks the protocol of EXTERNAL.md. The second argument
// names the strategy that makes its requests; or it is "faulty", and the third argument names the fault.
const asProgram = "as-program"

func TestMain(m *testing.M) {
	if len(os.Args) < 3 || os.Args[1] != asProgram {
		os.Exit(m.Run())
	}
	var err error
	if p := newProgram(os.Stdout); os.Args[2] == "faulty" {
		err = p.serve(os.Stdin, &faulty{program: p, fault: findFault(os.Args[3])})
	} else {
		err = p.serve(os.Stdin, &honest{program: p, strategy: os.Args[2]})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A program is what honest and faulty programs have in common: it reads and writes lines.
type program struct {
	began time.Time
	mu    sync.Mutex
	out   io.Writer
}

func newProgram(out io.Writer) *program { return &program{began: time.Now(), out: out} }

func (p *program) now() int64 { return int64(time.Since(p.began)) }

// send writes a message.
func (p *program) send(name string, content any) {
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

// A handler handles the messages from sweetspot.
type handler interface {
	begin() error // before the first message
	open(target strategies.Target, limit int) error
	run(limit int) error
	start(requests []strategies.Request) error
	stop() error
	close() error
}

// received is a line from sweetspot.
type received struct {
	Open *struct {
		sentMessage
		Timeout     float64
		DialTimeout float64 `json:"dial_timeout"`
		DNSCache    float64 `json:"dns_cache"`
		Insecure    bool
		Varied      bool
		Proxy       string
		Cert, Key   string
		CACert      string
		UnixSocket  string   `json:"unix_socket"`
		ConnectTo   []string `json:"connect_to"`
		Follow      int
		Decode      string
		MaxBody     int64 `json:"max_body"`
		Limit       int
	}
	Run   *struct{ Limit int }
	Start *struct {
		First    int64
		URLs     []string
		Messages []*sentMessage
	}
	Stop, Close *struct{}
}

type sentMessage struct {
	Method  string
	Headers [][2]string
	Body    []byte
}

func (m *sentMessage) message() *strategies.Message {
	header := http.Header{}
	for _, pair := range m.Headers {
		header.Add(pair[0], pair[1])
	}
	if _, given := header["User-Agent"]; !given {
		header["User-Agent"] = nil // none, rather than the default
	}
	return &strategies.Message{Method: m.Method, Header: header, Body: m.Body}
}

// requests returns the requests of a start message. Their messages have none of the target's headers but their own.
func (r *received) requests(target strategies.Target) []strategies.Request {
	requests := make([]strategies.Request, len(r.Start.URLs))
	for i, url := range r.Start.URLs {
		requests[i] = strategies.Request{URL: url, Index: r.Start.First + int64(i)}
		if i < len(r.Start.Messages) && r.Start.Messages[i] != nil {
			own := r.Start.Messages[i].message()
			for name := range target.Header {
				if _, set := own.Header[name]; !set {
					own.Header[name] = nil
				}
			}
			requests[i].Message = own
		}
	}
	return requests
}

func (r *received) target() strategies.Target {
	m := r.Open.message()
	seconds := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return strategies.Target{
		Method: m.Method, Header: m.Header, Body: m.Body, JSON: r.Open.Decode == "json", MaxBody: r.Open.MaxBody, Insecure: r.Open.Insecure,
		Varied: r.Open.Varied, Route: r.route(), Follow: r.Open.Follow,
		Timeout: seconds(r.Open.Timeout), DialTimeout: seconds(r.Open.DialTimeout), DNSCache: seconds(r.Open.DNSCache),
	}
}

// allSettings are what the honest program keeps to.
var allSettings = []strategies.Setting{
	strategies.VariedSetting, strategies.HTTPProxySetting, strategies.HTTPSProxySetting, strategies.SOCKSProxySetting,
	strategies.KeyPairSetting, strategies.AuthoritySetting, strategies.UnixSetting, strategies.DetourSetting, strategies.FollowSetting,
}

func (r *received) route() network.Route {
	route := network.Route{UnixSocket: r.Open.UnixSocket}
	var errs [4]error
	if r.Open.Proxy != "" {
		route.Proxy, errs[0] = network.ParseProxy(r.Open.Proxy)
	}
	if r.Open.Cert != "" {
		route.KeyPair, errs[1] = network.LoadKeyPair(r.Open.Cert, r.Open.Key)
	}
	if r.Open.CACert != "" {
		route.Authorities, errs[2] = network.LoadAuthorities(r.Open.CACert)
	}
	for _, text := range r.Open.ConnectTo {
		detour, err := network.ParseDetour(text)
		route.Detours, errs[3] = append(route.Detours, detour), err
	}
	if err := errors.Join(errs[:]...); err != nil {
		panic(err)
	}
	return route
}

// serve passes messages to the handler, until close or the end of the input.
func (p *program) serve(input io.Reader, h handler) error {
	if err := h.begin(); err != nil {
		return err
	}
	var target strategies.Target
	for lines := bufio.NewReader(input); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil
		}
		var r received
		if err = json.Unmarshal(line, &r); err != nil {
			return err
		}
		switch {
		case r.Open != nil:
			target = r.target()
			err = h.open(target, r.Open.Limit)
		case r.Run != nil:
			err = h.run(r.Run.Limit)
		case r.Start != nil:
			err = h.start(r.requests(target))
		case r.Stop != nil:
			err = h.stop()
		case r.Close != nil:
			return h.close()
		}
		if err != nil {
			return err
		}
	}
}
