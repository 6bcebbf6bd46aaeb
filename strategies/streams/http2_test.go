package streams_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sweetspot/strategies/http1"
	"sweetspot/strategies/network"
	"sweetspot/strategies/streams"
)

func newNetwork(t *testing.T) *network.Network {
	n := network.New(5*time.Second, time.Minute)
	t.Cleanup(n.Close)
	return n
}

var h2 = &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}

// What is wrong with a server that does not speak HTTP/2 is said in words that say what would be right.
func TestOpenSaysWhyItCannot(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	oldTLS := httptest.NewTLSServer(http.NotFoundHandler()) // agrees to http/1.1 alone
	defer oldTLS.Close()
	silent, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: oldTLS.TLS.Certificates}) // knows no ALPN
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	go func() {
		for {
			conn, err := silent.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn); conn.Close() }()
		}
	}()
	var secure *network.TLSError
	for _, c := range []struct {
		name, address string
		config        *tls.Config
		want          string
		is            func(error) bool
	}{
		{"HTTP/1.1 over TCP", plain.Listener.Addr().String(), nil, "the server answers in HTTP/1.1", func(err error) bool { return errors.Is(err, http1.ErrMalformed) }},
		{"HTTP/1.1 over TLS", oldTLS.Listener.Addr().String(), h2, "the server does not speak h2: no agreement by ALPN", func(err error) bool { return errors.As(err, &secure) }},
		{"TLS without ALPN", silent.Addr().String(), h2, "the server does not speak h2: no agreement by ALPN", func(err error) bool { return errors.As(err, &secure) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := streams.OpenHTTP2(t.Context(), newNetwork(t), c.address, c.config, func() {})
			if err == nil || !strings.Contains(err.Error(), c.want) || !c.is(err) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	for name, begin := range map[string]string{
		"nothing comes":            "",
		"the settings come slowly": "\x00\x3f\xfc\x04\x00\x00\x00\x00\x00", // their head; then a byte at a time
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				conn, err := listener.Accept()
				if err != nil || begin == "" {
					return
				}
				defer conn.Close()
				for text := begin; err == nil; text = "\x00" {
					_, err = io.WriteString(conn, text)
					time.Sleep(100 * time.Microsecond)
				}
			}()
			if _, err := streams.OpenHTTP2(ctx, newNetwork(t), listener.Addr().String(), nil, func() {}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
			}
		})
	}
}
