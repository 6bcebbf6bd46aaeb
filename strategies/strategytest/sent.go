package strategytest

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"sweetspot/strategies"
)

// A recorded request is what a server got, byte for byte, apart from what carries no meaning: the order of the headers and
// the case of their names (RFC 9110, sections 5.1 and 5.3). Clients differ in both, some of them from one run to the next. The
// order of several values of one name has a meaning, and is kept.
type recorded struct {
	Line   string   // the request line
	Header []string // lines, in lower case up to the colon, sorted by name
	Body   string
}

// A sent check is a target and a URL's path, and what every client must send for them. HOST stands for the server's address.
type sent struct {
	name   string
	target strategies.Target
	url    string // what follows the scheme
	want   recorded
}

var allSent = []sent{
	{"GET", strategies.Target{}, "HOST/a",
		recorded{"GET /a HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot"}, ""}},
	{"GET without a path", strategies.Target{}, "HOST",
		recorded{"GET / HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot"}, ""}},
	{"GET with a query and no path", strategies.Target{}, "HOST?q",
		recorded{"GET /?q HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot"}, ""}},
	{"HEAD", strategies.Target{Method: "HEAD"}, "HOST/",
		recorded{"HEAD / HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot"}, ""}},
	{"DELETE", strategies.Target{Method: "DELETE"}, "HOST/",
		recorded{"DELETE / HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot"}, ""}},
	{"POST without a body", strategies.Target{Method: "POST"}, "HOST/",
		recorded{"POST / HTTP/1.1", []string{"content-length: 0", "host: HOST", "user-agent: sweetspot"}, ""}},
	{"PUT without a body", strategies.Target{Method: "PUT"}, "HOST/",
		recorded{"PUT / HTTP/1.1", []string{"content-length: 0", "host: HOST", "user-agent: sweetspot"}, ""}},
	{"POST with a body", strategies.Target{Method: "POST", Body: []byte("a=1\r\n\x00\xff")}, "HOST/",
		recorded{"POST / HTTP/1.1", []string{"content-length: 7", "host: HOST", "user-agent: sweetspot"}, "a=1\r\n\x00\xff"}},
	{"PUT with a body", strategies.Target{Method: "PUT", Body: []byte("hello"), Header: http.Header{"Content-Type": {"text/plain"}}}, "HOST/",
		recorded{"PUT / HTTP/1.1", []string{"content-length: 5", "content-type: text/plain", "host: HOST", "user-agent: sweetspot"}, "hello"}},
	{"DELETE with a body", strategies.Target{Method: "DELETE", Body: []byte("hello")}, "HOST/",
		recorded{"DELETE / HTTP/1.1", []string{"content-length: 5", "host: HOST", "user-agent: sweetspot"}, "hello"}},
	{"an empty header", strategies.Target{Header: http.Header{"X-Empty": {""}}}, "HOST/",
		recorded{"GET / HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot", "x-empty:"}, ""}},
	{"repeated headers", strategies.Target{Header: http.Header{"X-Two": {"b", "a, c", "b"}}}, "HOST/",
		recorded{"GET / HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot", "x-two: b", "x-two: a, c", "x-two: b"}, ""}},
	{"escapes in the path and the query", strategies.Target{}, "HOST/a%2fb%2F%41/./../c;d=%7e?q=%20+&r=[1]/../%C3%A4|",
		recorded{"GET /a%2fb%2F%41/./../c;d=%7e?q=%20+&r=[1]/../%C3%A4| HTTP/1.1", []string{"host: HOST", "user-agent: sweetspot"}, ""}},
	{"a login in the URL", strategies.Target{}, "me:p%40ss@HOST/",
		recorded{"GET / HTTP/1.1", []string{"authorization: Basic bWU6cEBzcw==", "host: HOST", "user-agent: sweetspot"}, ""}},
	{"a login in the URL and a given Authorization", strategies.Target{Header: http.Header{"Authorization": {"Bearer x"}}}, "me:pass@HOST/",
		recorded{"GET / HTTP/1.1", []string{"authorization: Bearer x", "host: HOST", "user-agent: sweetspot"}, ""}},
	{"a given Host", strategies.Target{Header: http.Header{"Host": {"example.test:81"}}}, "HOST/",
		recorded{"GET / HTTP/1.1", []string{"host: example.test:81", "user-agent: sweetspot"}, ""}},
	{"headers that libraries set by themselves", strategies.Target{Header: http.Header{
		"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "Connection": {"close"}, "User-Agent": {"me/1"}}}, "HOST/",
		recorded{"GET / HTTP/1.1", []string{"accept: application/json", "accept-encoding: gzip", "connection: close", "host: HOST", "user-agent: me/1"}, ""}},
	{"no User-Agent", strategies.Target{Header: http.Header{"User-Agent": {""}}}, "HOST/",
		recorded{"GET / HTTP/1.1", []string{"host: HOST"}, ""}},
	{"a cookie", strategies.Target{Header: http.Header{"Cookie": {"a=1; b=2"}}}, "HOST/",
		recorded{"GET / HTTP/1.1", []string{"cookie: a=1; b=2", "host: HOST", "user-agent: sweetspot"}, ""}},
}

// sentByPrograms are the checks for a strategy whose requests another process makes, as it is slow to start. All of them are
// made in one process by requestsSendTheirOwnMessage.
var sentByPrograms = []string{"GET", "PUT with a body", "headers that libraries set by themselves", "no User-Agent"}

// requestsAreSentAsGiven checks that all clients send the same, and nothing that the target does not say.
func requestsAreSentAsGiven(t *testing.T, c candidate) {
	for _, s := range allSent {
		if c.otherProcess && !slices.Contains(sentByPrograms, s.name) {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			requests := make(chan recorded, 2)
			scheme, host := c.recorder(t, requests)
			w := NewWork(2, scheme+strings.Replace(s.url, "HOST", host, 1))
			Run(t, c, s.target, 1, w)
			want := s.wanted(c, host)
			checkReceived(t, requests, []recorded{want, want}, w)
		})
	}
}

// wanted returns what the server at host must receive from c.
func (s sent) wanted(c candidate, host string) recorded {
	want := s.want
	want.Header = slices.Clone(want.Header)
	if c.traits.SendsLength && s.name == "DELETE" {
		want.Header = slices.Insert(want.Header, 0, "content-length: 0")
	}
	if c.protocol != strategies.HTTP1 { // the others have no such header
		want.Header = slices.DeleteFunc(want.Header, func(line string) bool { return line == "connection: close" })
	}
	for i, line := range want.Header {
		want.Header[i] = strings.Replace(line, "HOST", host, 1)
	}
	return want
}

// checkReceived checks the requests of w that a server has received. Their order is the strategy's.
func checkReceived(t *testing.T, requests <-chan recorded, want []recorded, w *Work) {
	t.Helper()
	got := make([]recorded, 0, len(want))
	for range len(requests) {
		got = append(got, <-requests)
	}
	for _, all := range [][]recorded{got, want} {
		slices.SortFunc(all, func(a, b recorded) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("the server received (-want +got):\n%s\n%s", diff, w.Errors())
	}
}

// requestsSendTheirOwnMessage checks that a request sends its own method, headers and body in place of the target's, and that
// the next request does not. The target's other headers are sent with every request.
func requestsSendTheirOwnMessage(t *testing.T, c candidate) {
	requests := make(chan recorded, 2*len(allSent))
	scheme, host := c.recorder(t, requests)
	target := strategies.Target{
		Varied: true, Method: http.MethodPatch, Body: []byte("the target's"), Header: http.Header{"X-Target": {"1"}, "X-Two": {"the target's"}},
	}
	plain := sent{want: recorded{"PATCH /plain HTTP/1.1", []string{"content-length: 12", "host: HOST", "user-agent: sweetspot", "x-target: 1", "x-two: the target's"}, "the target's"}}
	w := NewWork(2 * int64(len(allSent)))
	for _, s := range allSent {
		w.URLs = append(w.URLs, scheme+strings.Replace(s.url, "HOST", host, 1), scheme+host+"/plain")
		own := &strategies.Message{Method: cmp.Or(s.target.Method, http.MethodGet), Header: s.target.Header, Body: append([]byte{}, s.target.Body...)}
		w.Messages = append(w.Messages, own, nil)
	}
	Run(t, c, target, 1, w)
	var all []recorded
	for _, s := range allSent {
		want := s.wanted(c, host)
		want.Header = append(want.Header, "x-target: 1")
		if s.target.Header["X-Two"] == nil {
			want.Header = append(want.Header, "x-two: the target's")
		}
		slices.SortStableFunc(want.Header, byName)
		all = append(all, want, plain.wanted(c, host))
	}
	checkReceived(t, requests, all, w)
}

// byName compares two lines of a head by what stands before the colon.
func byName(a, b string) int {
	nameA, _, _ := strings.Cut(a, ":")
	nameB, _, _ := strings.Cut(b, ":")
	return strings.Compare(nameA, nameB)
}

// recorder starts a server that passes on the requests it gets. It keeps no more of them than fit into the channel.
func (c candidate) recorder(t *testing.T, requests chan<- recorded) (scheme, host string) {
	if c.protocol == strategies.HTTP1 {
		return "http://", strings.TrimSuffix(strings.TrimPrefix(serve(t, record(requests)), "http://"), "/")
	}
	srv := c.site(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case requests <- recordedOf(r, string(body)):
		default:
		}
	})
	t.Cleanup(srv.Close)
	scheme, host, _ = strings.Cut(srv.URL, "://")
	return scheme + "://", host
}

// recordedOf returns the request as it would be recorded in HTTP/1.1.
func recordedOf(r *http.Request, body string) recorded {
	got := recorded{Line: r.Method + " " + r.RequestURI + " HTTP/1.1", Header: []string{"host: " + r.Host}, Body: body}
	for name, values := range r.Header {
		for _, value := range values {
			got.Header = append(got.Header, strings.TrimSuffix(strings.ToLower(name)+": "+value, " "))
		}
	}
	slices.SortStableFunc(got.Header, byName)
	return got
}

// record returns a function that reads the requests of a connection, answers each, and passes on what it read. It keeps no
// more of them than fit into the channel.
func record(requests chan<- recorded) func(c *net.TCPConn) {
	return func(c *net.TCPConn) {
		for r := bufio.NewReader(c); ; {
			got, err := readRequest(r)
			if err != nil {
				return
			}
			select {
			case requests <- got:
			default:
			}
			if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); err != nil {
				return
			}
		}
	}
}

func readRequest(r *bufio.Reader) (got recorded, err error) {
	var length int
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return got, err
		}
		line = strings.TrimSuffix(line, "\r\n")
		name, value, _ := strings.Cut(line, ":")
		switch {
		case line == "":
			slices.SortStableFunc(got.Header, byName)
			body := make([]byte, length)
			_, err = io.ReadFull(r, body)
			got.Body = string(body)
			return got, err
		case got.Line == "":
			got.Line = line
		default:
			if strings.EqualFold(name, "Content-Length") {
				length, _ = strconv.Atoi(strings.TrimSpace(value))
			}
			got.Header = append(got.Header, strings.TrimSuffix(strings.ToLower(name)+":"+value, " "))
		}
	}
}
