package server_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/server"
)

func TestHangupFreesThePlaceOfTheRequest(t *testing.T) {
	for _, c := range []struct {
		name   string
		config server.Config
		want   string // the outcome in Stats.Unanswered
	}{
		{"during the delay", server.Config{Delay: time.Hour}, "hangup"},
		{"during the service", server.Config{Capacity: fullForAnHour}, "hangup"},
		{"during the service over TLS", server.Config{Capacity: fullForAnHour, TLS: true}, "hangup"},
		{"during a hang", server.Config{Fail: server.Failures{Hang: 1}}, "hang"},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := start(t, c.config)
			client := newClient(t)
			client.Timeout = 50 * time.Millisecond
			if _, err := client.Get(srv.URL()); err == nil {
				t.Fatal("it was answered")
			} else if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Fatalf("got %v, want a timeout", err)
			}
			eventually(t, "the place is free again", func() bool { return srv.Stats().InFlight == 0 })
			if diff := cmp.Diff(map[string]int64{c.want: 1}, srv.Stats().Unanswered); diff != "" {
				t.Error(diff)
			}
		})
	}
}
