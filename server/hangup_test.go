package server_test

import (
	"context"
	"errors"
	"net/http"
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
		{"during a hang", server.Config{Fail: server.Failures{Hang: 1}}, "hang"},
	} {
		for _, p := range protocols {
			t.Run(c.name+", "+p.name, func(t *testing.T) {
				t.Parallel() // nearly all of it is waiting
				srv := start(t, p.config(c.config))
				ctx, hangUp := context.WithCancel(t.Context())
				defer hangUp()
				request, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL(), nil)
				if err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() {
					_, err := p.client(t).Do(request)
					ended <- err
				}()
				eventually(t, "the request is in flight", func() bool { return srv.Stats().InFlight == 1 })
				hangUp()
				if err := <-ended; !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want that it was canceled", err)
				}
				eventually(t, "the place is free again", func() bool { return srv.Stats().InFlight == 0 })
				if diff := cmp.Diff(map[string]int64{c.want: 1}, srv.Stats().Unanswered); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}
