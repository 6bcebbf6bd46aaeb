package strategies_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"sweetspot/strategies"
)

func TestCookiesKeepTheLatestOfAHost(t *testing.T) {
	jar := strategies.NewCookies()
	here, _ := url.Parse("http://a.test/shop/list")
	there, _ := url.Parse("http://b.test/")
	jar.Set(there, "other=1")
	for i := range 1000 {
		jar.Set(here, fmt.Sprintf("n%d=%d", i, i))
		jar.Set(here, fmt.Sprintf("same=%d; Path=/shop", i)) // set again, it is not another cookie
	}
	sent := jar.Header(here, nil)
	if got := strings.Count(sent, "="); got != 100 {
		t.Errorf("%d cookies are sent, want the 100 latest", got)
	}
	for name, kept := range map[string]bool{"n999=": true, "n901=": true, "same=999": true, "n900=": false, "n0=": false} {
		if strings.Contains(sent, name) != kept {
			t.Errorf("%s is kept: %v, want %v", name, !kept, kept)
		}
	}
	if got := jar.Header(there, nil); got != "other=1" {
		t.Errorf("another host gets %q, want its own cookie", got)
	}
}

func TestCookiesAreBoundedInBytes(t *testing.T) {
	jar := strategies.NewCookies()
	here, _ := url.Parse("http://a.test/")
	for i := range 90 {
		jar.Set(here, fmt.Sprintf("n%d=%s", i, strings.Repeat("x", 4000)))
	}
	got := jar.Header(here, nil)
	if len(got) > 260<<10 || strings.Count(got, "=") < 50 {
		t.Errorf("%d bytes in %d cookies are sent, want at least 50 cookies and at most 256 KiB", len(got), strings.Count(got, "="))
	}
}
