// Package sending has the flags that say what single requests send beside what all of them send: headers for single hosts, and the
// cookies of a login.
package sending

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"sweetspot/bench"
	"sweetspot/bench/requests"
	"sweetspot/strategies"
)

// Flags are the flags as they were given.
type Flags struct {
	headersFor []string
	login      string
}

// Bind adds the flags to those of a command.
func (f *Flags) Bind(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.headersFor, "header-for", nil, "send a header to one host only, by `HOST HEADER`, such as --header-for example.com 'Accept: text/plain'; with a port, to that port only; may be repeated")
	flags.StringVar(&f.login, "login", "", "log in first by this `REQUEST`, such as 'POST /login user=me&password=x', and send the cookies that it sets with every request")
}

// Paired returns a command line in which what follows a flag of two values is one argument: pflag knows flags of one.
func Paired(args []string) []string {
	var paired []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(paired, args[i:]...)
		}
		host, joined := strings.CutPrefix(args[i], "--header-for=")
		switch {
		case joined && !strings.Contains(host, " ") && i+1 < len(args):
			paired = append(paired, args[i]+" "+args[i+1])
			i++
		case args[i] == "--header-for" && i+2 < len(args) && !strings.Contains(args[i+1], " "):
			paired = append(paired, args[i], args[i+1]+" "+args[i+2])
			i += 2
		default:
			paired = append(paired, args[i])
		}
	}
	return paired
}

// A Plan is the meaning of the flags. The zero Plan adds nothing.
type Plan struct {
	headers requests.HostHeaders
	login   *login
}

// login is the request of a login.
type login struct{ method, address, body string }

// Plan returns the meaning of the flags, or an error for each that is wrong.
func (f *Flags) Plan() (Plan, []error) {
	p := Plan{headers: requests.HostHeaders{}}
	var errs []error
	for _, text := range f.headersFor {
		host, line, _ := strings.Cut(text, " ")
		header, err := bench.ParseHeader([]string{strings.TrimSpace(line)})
		if err == nil {
			err = p.headers.Add(host, header)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("--header-for %s: %w", host, err))
		}
	}
	if f.login != "" {
		method, address, body, err := requests.ParseLogin(f.login)
		if err != nil {
			errs = append(errs, fmt.Errorf("--login: %w", err))
		}
		p.login = &login{method, address, body}
	}
	return p, errs
}

// Messages returns the load's messages with what the plan adds. It logs in, if the plan says so, by a request with the load's headers
// and route. The error says what would be right.
func (p Plan) Messages(ctx context.Context, load bench.Load) (bench.Messages, error) {
	perHost, err := p.PerHost(ctx, load, load.URLs.At(0))
	if perHost == nil || err != nil {
		return load.Messages, err
	}
	return perHost, nil
}

// PerHost is Messages for requests whose URLs the load does not have; first is one of the URLs. It returns nil if the plan adds
// nothing.
func (p Plan) PerHost(ctx context.Context, load bench.Load, first string) (*requests.PerHost, error) {
	if len(p.headers) == 0 && p.login == nil {
		return nil, nil
	}
	var jar http.CookieJar
	if p.login != nil {
		var err error
		if jar, err = p.login.do(ctx, load, first); err != nil {
			return nil, fmt.Errorf("--login: %w", err)
		}
	}
	return requests.NewPerHost(load.Messages, p.headers, jar), nil
}

// do makes the request of the login, on the host of first if it has none, and returns the cookies that its answer sets.
func (l *login) do(ctx context.Context, load bench.Load, first string) (http.CookieJar, error) {
	address := l.address
	if strings.HasPrefix(address, "/") {
		address = strategies.HostOf(first) + address
	}
	to, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	jar, cookies := strategies.NewCookies(), 0
	target := strategies.Target{
		Method: l.method, Body: []byte(l.body), Header: load.Header.Clone(), Timeout: load.Timeout, Insecure: load.Insecure, Route: load.Route,
		Handle: func(_ *strategies.Request, a strategies.Answer) error {
			for name, value := range a.Header.All() {
				if strings.EqualFold(name, "Set-Cookie") {
					jar.Set(to, value)
					cookies++
				}
			}
			return nil
		},
	}
	if target.Header == nil {
		target.Header = http.Header{}
	}
	if l.body != "" && target.Header.Get("Content-Type") == "" {
		kind := "application/x-www-form-urlencoded"
		if strings.HasPrefix(l.body, "{") {
			kind = "application/json"
		}
		target.Header.Set("Content-Type", kind)
	}
	o, err := once(ctx, target, address)
	shown := cmp.Or(l.method, http.MethodGet) + " " + to.Redacted()
	switch {
	case err != nil:
		return nil, err
	case o.Err != nil:
		return nil, fmt.Errorf("%s: %w", shown, o.Err)
	case o.Class != strategies.OK:
		return nil, fmt.Errorf("%s: HTTP status %d %s: want a login that the server accepts", shown, o.Status, http.StatusText(o.Status))
	case cookies == 0:
		return nil, errors.New(shown + ": the answer sets no cookie: want a request that logs in")
	}
	return jar, nil
}

// once makes one request and returns its outcome.
func once(ctx context.Context, target strategies.Target, address string) (strategies.Outcome, error) {
	pool, err := strategies.Get("pool")
	if err != nil {
		return strategies.Outcome{}, err
	}
	session, err := pool.Open(ctx, target, 1)
	if err != nil {
		return strategies.Outcome{}, err
	}
	defer session.Close()
	work := &single{address: address}
	if err := session.Run(ctx, 1, work); err != nil {
		return strategies.Outcome{}, err
	}
	if !work.done {
		return strategies.Outcome{}, ctx.Err()
	}
	return work.outcome, nil
}

// single is the work of one request, at limit 1.
type single struct {
	address string
	begun   bool
	done    bool
	outcome strategies.Outcome
}

// Worker implements [strategies.Work].
func (s *single) Worker() strategies.Worker { return s }

// Next implements [strategies.Worker].
func (s *single) Next(ctx context.Context, r *strategies.Request) bool {
	if s.begun || ctx.Err() != nil {
		return false
	}
	s.begun = true
	*r = strategies.Request{URL: s.address}
	return true
}

// Done implements [strategies.Worker].
func (s *single) Done(_ *strategies.Request, o strategies.Outcome) { s.done, s.outcome = true, o }
