package strategies_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/strategies"
)

func TestAMessageReplacesWhatTheTargetSays(t *testing.T) {
	target := strategies.Target{
		Method: "PUT", Body: []byte("all"), Header: http.Header{"User-Agent": {"me"}, "Accept": {"a", "b"}, "X": {"1"}},
	}.WithDefaults()
	all := strategies.Message{Method: "PUT", Body: []byte("all"), Header: target.Header}
	for _, c := range []struct {
		name string
		own  *strategies.Message
		want strategies.Message
	}{
		{"none", nil, all},
		{"an empty one", &strategies.Message{}, all},
		{"another method", &strategies.Message{Method: "HEAD"}, strategies.Message{Method: "HEAD", Body: all.Body, Header: all.Header}},
		{"another body", &strategies.Message{Body: []byte("own")}, strategies.Message{Method: "PUT", Body: []byte("own"), Header: all.Header}},
		{"no body", &strategies.Message{Body: []byte{}}, strategies.Message{Method: "PUT", Body: []byte{}, Header: all.Header}},
		{"other headers", &strategies.Message{Header: http.Header{"accept": {"c"}, "Y": {"2"}}}, strategies.Message{
			Method: "PUT", Body: all.Body, Header: http.Header{"User-Agent": {"me"}, "Accept": {"c"}, "X": {"1"}, "Y": {"2"}},
		}},
	} {
		if diff := cmp.Diff(c.want, target.Message(c.own)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	if got := target.Header["Accept"]; len(got) != 2 {
		t.Errorf("the target's header has become %v", target.Header)
	}
}
