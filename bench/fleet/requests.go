package fleet

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"reflect"

	"sweetspot/bench"
	"sweetspot/bench/requests"
	"sweetspot/strategies"
)

// A requestList is the URLs and messages of a load, as a message has them: a template as its text, and else each URL. Equal messages of
// requests, of which there are often few, are there once.
type requestList struct {
	Template string   `json:"template,omitempty"`
	URLs     []string `json:"urls,omitempty"`

	Messages []*strategies.Message `json:"messages,omitempty"` // those that there are
	Which    []int32               `json:"which,omitempty"`    // of them, by request; -1 for none
	Hosts    requests.HostHeaders  `json:"hosts,omitempty"`    // headers for single hosts
	Cookies  []cookie              `json:"cookies,omitempty"`
}

// A cookie is one that a server at a URL has set.
type cookie struct {
	From   string `json:"from"`
	Header string `json:"header"` // the value of Set-Cookie
}

// mostListed is how many requests a load may have that has to be sent one by one.
const mostListed = 10_000_000

func (l requestList) check() error {
	switch {
	case (l.Template == "") == (len(l.URLs) == 0):
		return errors.New("requests: want a template or a list of URLs")
	case len(l.URLs) > mostListed || len(l.Which) > mostListed:
		return fmt.Errorf("requests: want at most %d", mostListed)
	}
	for _, i := range l.Which {
		if i < -1 || int(i) >= len(l.Messages) {
			return fmt.Errorf("requests: message %d of %d", i, len(l.Messages))
		}
	}
	for _, u := range l.URLs {
		if err := strategies.CheckURL(u); err != nil {
			return err
		}
	}
	return nil
}

// requestsOf returns the message for the URLs and messages of a load.
func requestsOf(urls bench.URLs, messages bench.Messages) (requestList, error) {
	var l requestList
	if template, is := urls.(*requests.Template); is {
		l.Template = template.String()
	} else {
		n := urls.Len()
		if n > mostListed {
			return l, fmt.Errorf("%d URLs: want at most %d to send to agents, or a template", n, mostListed)
		}
		for i := range n {
			l.URLs = append(l.URLs, urls.At(i))
		}
	}
	if per, is := messages.(*requests.PerHost); is {
		inner, headers, jar := per.Parts()
		l.Hosts = headers
		if err := l.addCookies(jar); err != nil {
			return l, err
		}
		messages = inner
	}
	if messages == nil {
		return l, nil
	}
	return l, l.addMessages(urls, messages)
}

// addCookies adds what the jar has, which may be nil.
func (l *requestList) addCookies(jar http.CookieJar) error {
	if jar == nil {
		return nil
	}
	kept, is := jar.(*strategies.Cookies)
	if !is {
		return fmt.Errorf("cookies in a %T cannot be sent to agents: want those of a strategies.Cookies", jar)
	}
	kept.Each(func(from *url.URL, c *http.Cookie) {
		l.Cookies = append(l.Cookies, cookie{from.String(), c.String()})
	})
	return nil
}

// addMessages adds the message of each request.
func (l *requestList) addMessages(urls bench.URLs, messages bench.Messages) error {
	if n := urls.Len(); n > mostListed {
		return fmt.Errorf("%d requests with messages of their own: want at most %d to send to agents", n, mostListed)
	}
	known := map[*strategies.Message]int32{nil: -1}
	for i := range urls.Len() {
		m := messages.Message(i, urls.At(i))
		at, is := known[m]
		if !is {
			if len(l.Messages) == math.MaxInt32 {
				return errors.New("too many messages")
			}
			at = int32(len(l.Messages))
			known[m] = at
			l.Messages = append(l.Messages, m)
		}
		l.Which = append(l.Which, at)
	}
	return nil
}

// requested are the URLs and messages of a load.
type requested struct {
	urls     bench.URLs
	messages bench.Messages
}

// requests returns the URLs and messages.
func (l requestList) requests() (requested, error) {
	r := requested{urls: bench.List(l.URLs)}
	if l.Template != "" {
		var err error
		if r.urls, err = bench.ParseURL(l.Template); err != nil {
			return r, err
		}
	}
	var own requests.Messages
	if len(l.Which) > 0 {
		own = listed{l.Messages, l.Which}
		r.messages = own
	}
	if len(l.Hosts) == 0 && len(l.Cookies) == 0 {
		return r, nil
	}
	jar := strategies.NewCookies()
	for _, c := range l.Cookies {
		from, err := url.Parse(c.From)
		if err != nil {
			return r, err
		}
		jar.Set(from, c.Header)
	}
	r.messages = requests.NewPerHost(own, l.Hosts, jar)
	return r, nil
}

// listed are messages by request.
type listed struct {
	messages []*strategies.Message
	which    []int32
}

// Message implements [bench.Messages].
func (l listed) Message(i int64, _ string) *strategies.Message {
	if at := l.which[i%int64(len(l.which))]; at >= 0 {
		return l.messages[at]
	}
	return nil
}

// A listing is the message for the requests of a load, which are often the same in all trials of a run, and may be many.
type listing struct {
	of      requested
	content content
}

// load returns the message for a load.
func (f *Fleet) load(l bench.Load) (content, error) {
	f.mu.Lock()
	latest := f.listed
	f.mu.Unlock()
	if !same(latest.of.urls, l.URLs) || !same(latest.of.messages, l.Messages) || !f.contents.has(latest.content) {
		list, err := requestsOf(l.URLs, l.Messages)
		if err != nil {
			return content{}, err
		}
		data, err := json.Marshal(list)
		if err != nil {
			return content{}, err
		}
		latest = listing{requested{l.URLs, l.Messages}, f.contents.put(data)}
		f.mu.Lock()
		f.listed = latest
		f.mu.Unlock()
	}
	m, err := loadOf(l, latest.content)
	if err != nil {
		return content{}, err
	}
	data, err := json.Marshal(m)
	return f.contents.put(data), err
}

// same reports whether two values are known to be the same: one and the same pointer or slice, or equal.
func same(a, b any) bool {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	switch {
	case !x.IsValid() || !y.IsValid():
		return x.IsValid() == y.IsValid()
	case x.Type() != y.Type():
		return false
	case x.Kind() == reflect.Slice:
		return x.Len() == y.Len() && x.UnsafePointer() == y.UnsafePointer()
	}
	return x.Comparable() && y.Comparable() && x.Equal(y)
}
