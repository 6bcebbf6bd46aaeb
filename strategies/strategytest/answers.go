package strategytest

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"sweetspot/strategies"
)

// An Answer is an odd or hostile way to answer requests, with the class that its outcomes must have with every client. The
// class follows from RFC 9110 and RFC 9112. Where they leave a choice, it is what is best for who measures a server: what can
// be read in one way only is read, and nothing can make a client wait or grow without end.
type Answer struct {
	Group, Name string
	Want        strategies.Class
	JSON        bool             // the target must decode bodies
	Either      bool             // it may have any class: what the client sees first is a matter of chance
	Secure      strategies.Class // it must have this class over TLS; OK is Want
	Late        strategies.Class // it may have this class too, if the next request was sent before the server did its odd thing; OK is none

	serve func(p *peer) // then the connection is closed
}

// String returns "group: name", which is the key of [strategies.Traits.Answers].
func (a Answer) String() string { return a.Group + ": " + a.Name }

// Answers returns every odd answer.
func Answers() []Answer {
	return slices.Concat(
		group("lengths", lengths), group("chunks", chunks), group("line ends", lineEnds), group("heads", heads),
		group("interim answers", interim), group("closes", closes), group("surplus", surplus), group("garbage", garbage),
		group("slow", slow), group("bodies", bodies()), group("json", json()), group("cookies", cookies), group("statuses", statuses),
	)
}

func group(name string, answers []Answer) []Answer {
	for i := range answers {
		answers[i].Group = name
	}
	return answers
}

// Serve starts a server that answers in this way, until the end of the test, and returns its URL.
func (a Answer) Serve(t testing.TB, secure bool) (url string) {
	if !secure {
		return serve(t, func(c *net.TCPConn) { a.serve(&peer{Conn: c, tcp: c, reader: bufio.NewReader(c)}) })
	}
	config := certificate()
	url = serve(t, func(c *net.TCPConn) {
		conn := tls.Server(c, config)
		defer conn.Close()
		a.serve(&peer{Conn: conn, tcp: c, reader: bufio.NewReader(conn)})
	})
	return "https" + strings.TrimPrefix(url, "http")
}

// certificate returns the settings of a TLS server whose certificate is signed by nobody.
func certificate() *tls.Config {
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	return &tls.Config{Certificates: srv.TLS.Certificates}
}

// A peer is a connection that an [Answer] serves.
type peer struct {
	net.Conn
	tcp    *net.TCPConn
	reader *bufio.Reader
}

// request reads a request without a body. It returns false at the end of the connection.
func (p *peer) request() bool {
	for any := false; ; any = true {
		line, err := p.reader.ReadString('\n')
		if err != nil {
			return false
		}
		if line == "\r\n" {
			return any
		}
	}
}

func (p *peer) send(text string) bool {
	_, err := io.WriteString(p, text)
	return err == nil
}

// wait returns when the client has closed the connection.
func (p *peer) wait() { _, _ = io.Copy(io.Discard, p.reader) }

// reset closes the connection in a way that the client sees as a reset, once it has read what was sent.
func (p *peer) reset() {
	time.Sleep(20 * time.Millisecond)
	_ = p.tcp.SetLinger(0)
	_ = p.tcp.Close()
}

// halfClose ends what the client receives. The server goes on to receive.
func (p *peer) halfClose() { _ = p.Conn.(interface{ CloseWrite() error }).CloseWrite() }

// each answers every request of a connection with the text.
func each(text string) func(*peer) {
	return func(p *peer) {
		for p.request() && p.send(text) {
		}
	}
}

// once answers a request with the text and closes the connection.
func once(text string) func(*peer) { return then(text, func(*peer) {}) }

// hang answers a request with the text, and nothing after that.
func hang(text string) func(*peer) { return then(text, (*peer).wait) }

// then answers the first request of a connection with the text, and calls next.
func then(text string, next func(*peer)) func(*peer) {
	return func(p *peer) {
		if p.request() && p.send(text) {
			next(p)
		}
	}
}

// endless answers with begin, and then repeats a text at some 50 MB/s, for a gigabyte.
func endless(begin, repeated string) func(*peer) {
	block := strings.Repeat(repeated, max(1, 64<<10/len(repeated)))
	return then(begin, func(p *peer) {
		for sent := 0; sent < 1<<30 && p.send(block); sent += len(block) {
			time.Sleep(time.Millisecond) // so that other servers of the test have their share of the processor
		}
	})
}

// drip answers with begin, and then a text byte by byte.
func drip(begin, text string, every time.Duration) func(*peer) {
	return func(p *peer) {
		for p.request() && p.send(begin) {
			for i := range len(text) {
				if !p.send(text[i : i+1]) {
					return
				}
				time.Sleep(every)
			}
		}
	}
}

const (
	object  = `{"a":1}`
	ok      = "HTTP/1.1 200 OK\r\n"
	length  = "Content-Length: 7\r\n\r\n" + object
	good    = ok + length
	chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
	oneLast = "7\r\n" + object + "\r\n0\r\n\r\n" // the only chunk and the end
)

// whole returns a whole answer with that body and more headers.
func whole(body string, headers ...string) string {
	return fmt.Sprintf("%s%sContent-Length: %d\r\n\r\n%s", ok, strings.Join(headers, ""), len(body), body)
}

// serve calls handle for each connection and closes the connection afterwards.
func serve(t testing.TB, handle func(c *net.TCPConn)) (url string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				continue
			}
			go func() {
				defer conn.Close()
				handle(conn.(*net.TCPConn))
			}()
		}
	}()
	return "http://" + listener.Addr().String() + "/"
}
