package fleet

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"sweetspot/bench"
	"sweetspot/strategies"
)

// reads decodes a message of one kind. What it accepts it must be able to write and read again, as the same.
func reads[T message](t *testing.T, data []byte) (T, bool) {
	m, err := decode[T](data)
	if err != nil {
		return m, false
	}
	again, err := json.Marshal(m)
	if err != nil {
		t.Fatalf("%+v is accepted, and cannot be written: %v", m, err)
	}
	if same, err := decode[T](again); err != nil || !reflect.DeepEqual(empty(m), empty(same)) {
		t.Fatalf("%+v is read again as %+v, %v", m, same, err)
	}
	return m, true
}

// empty makes no difference between what is nil and what is empty.
func empty(m any) string {
	data, _ := json.Marshal(m)
	return string(data)
}

func FuzzMessages(f *testing.F) {
	id := randomText(instanceBytes)
	list := requestList{Template: "http://a/{1..3}", Messages: []*strategies.Message{{Method: "PUT", Body: []byte{}}}, Which: []int32{0, -1, 0}, Cookies: []cookie{{"http://a/", "a=b"}}}
	for _, m := range []message{
		beat{id, 1, protocol, "v1", time.Second, true}, pulse{id, 1, time.Hour}, hello{From: id, Name: "a"}, welcome{Refused: failureOf(ErrVersion), Again: true},
		farewell{id}, note{From: id, Trial: id, Ended: 5}, call{id, callOpen, json.RawMessage(`{}`)}, answer{failureOf(strategies.ErrHandle), nil},
		content{Hash: hashOf(nil)}, piece{hashOf(nil), 5}, openQuestion{id, "pool", content{Hash: hashOf(nil)}, 3}, openAnswer{"v", true}, sessionQuestion{id},
		blameQuestion{id, "why"}, trialQuestion{id, time.Second}, windowAnswer{time.Second}, finishAnswer{&content{Hash: hashOf(nil)}, time.Second},
		prepareQuestion{id, id, content{Hash: hashOf(nil)}, numbers{Requests: 5}, 3, 1, 2}, reachQuestion{content{Hash: hashOf(nil)}, true}, reachAnswer{[]string{"a"}},
		list, load{Requests: content{Hash: hashOf(nil)}}, target{settings: settings{Expect: []string{"status == 200"}, Route: route{Proxy: "http://a:1", Detours: []string{":::"}}}},
	} {
		data, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reads[beat](t, data)
		reads[pulse](t, data)
		reads[hello](t, data)
		reads[farewell](t, data)
		reads[note](t, data)
		reads[call](t, data)
		reads[piece](t, data)
		reads[content](t, data)
		reads[openQuestion](t, data)
		reads[openAnswer](t, data)
		reads[sessionQuestion](t, data)
		reads[blameQuestion](t, data)
		reads[trialQuestion](t, data)
		reads[windowAnswer](t, data)
		reads[finishAnswer](t, data)
		reads[reachQuestion](t, data)
		reads[reachAnswer](t, data)
		if w, ok := reads[welcome](t, data); ok && w.Refused != nil {
			_ = known[0] == w.Refused.err() || w.Refused.err().(*remoteError).Is(ErrToken)
		}
		if a, ok := reads[answer](t, data); ok && a.Failure != nil {
			a.Failure.err().(*remoteError).Is(ErrToken)
		}
		usesLoad(t, data)
	})
}

// usesLoad uses what is accepted as a load, a target or a part of a trial as an agent does.
func usesLoad(t *testing.T, data []byte) {
	if m, ok := reads[target](t, data); ok {
		_, _ = m.target()
	}
	if m, ok := reads[load](t, data); ok {
		_, _ = m.load(requested{urls: bench.List{"http://a/"}}, numbers{})
	}
	var of requested
	if m, ok := reads[requestList](t, data); ok {
		var err error
		if of, err = m.requests(); err == nil {
			for i := range min(of.urls.Len(), 10) {
				url := of.urls.At(i)
				if of.messages != nil {
					of.messages.Message(i, url)
				}
			}
		}
	}
	if q, ok := reads[prepareQuestion](t, data); ok {
		bench.Order{Load: q.Numbers.with(bench.Load{URLs: bench.List{"http://a/"}}), Limit: q.Limit}.Share(q.Index, q.Of)
	}
}
