package strategies

import (
	"net/url"
	"strings"
	"sync"
	"testing"
)

func TestPoolsHaveOneForEachHost(t *testing.T) {
	opened := 0
	p := newPools(func(*url.URL) *int { opened++; return new(int) })
	parse := func(text string) *url.URL {
		parsed, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, text := range []string{"http://a.test/", "https://a.test/", "http://a.test:81/", "http://b.test/"} {
				p.of(parse(text + "x"))
			}
		})
	}
	all.Wait()
	if opened != 4 || len(p.all()) != 4 {
		t.Errorf("%d pools were opened and %d are there, want 4 of both", opened, len(p.all()))
	}
	if p.of(parse("http://a.test/1")) != p.of(parse("http://a.test/2")) || p.of(parse("http://a.test/")) == p.of(parse("https://a.test/")) {
		t.Error("want one pool for a host, and another for another scheme")
	}
}

func TestPoolsAllocateNothingForAKnownHost(t *testing.T) {
	p := newPools(func(*url.URL) *int { return new(int) })
	to := &url.URL{Scheme: "https", Host: strings.Repeat("a-long-name.", 10) + "test"}
	p.of(to)
	if got := testing.AllocsPerRun(100, func() { p.of(to) }); got != 0 {
		t.Errorf("%v allocations, want none", got)
	}
}
