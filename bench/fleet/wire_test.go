package fleet

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sweetspot/bench"
	"sweetspot/bench/arrivals"
	"sweetspot/bench/requests"
	"sweetspot/strategies"
	"sweetspot/strategies/expect"
	"sweetspot/strategies/network"
)

// certificate returns one with its key, and both in PEM.
func certificate(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	one, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{one}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: one})
}

// full sets every field of a struct that others may set, and fails for one that it does not know: a field that is added needs a place
// in the message.
func full(t *testing.T, into any, known map[string]any) {
	t.Helper()
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		value, is := known[field.Name]
		if !is {
			t.Fatalf("%T.%s: the test does not know it: want a place for it in the message, and a value here", into, field.Name)
		}
		if value != nil {
			v.Field(i).Set(reflect.ValueOf(value))
		}
		if value != nil && v.Field(i).IsZero() {
			t.Fatalf("%T.%s: want a value that is not zero", into, field.Name)
		}
	}
}

// fullRoute returns a route in which nothing is left out.
func fullRoute(t *testing.T) network.Route {
	t.Helper()
	c, text := certificate(t)
	authorities, err := network.NewAuthorities("ca.pem", text)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := network.ParseProxy("socks5://me:secret@127.0.0.1:1080")
	if err != nil {
		t.Fatal(err)
	}
	var r network.Route
	full(t, &r, map[string]any{
		"Proxy": proxy, "UnixSocket": "/tmp/s", "Detours": []network.Detour{{FromHost: "a", FromPort: "1", ToHost: "::1", ToPort: "2"}},
		"KeyPair": &network.KeyPair{CertFile: "cert.pem", KeyFile: "key.pem", Certificate: c}, "Authorities": authorities,
	})
	return r
}

// alike compares what has come with what was sent.
func alike(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got,
		cmp.Comparer(func(a, b tls.Certificate) bool {
			return reflect.DeepEqual(a.Certificate, b.Certificate) && a.PrivateKey.(*ecdsa.PrivateKey).Equal(b.PrivateKey)
		}),
		cmp.Comparer(func(a, b *x509.CertPool) bool { return a.Equal(b) }),
		cmp.Comparer(func(a, b *strategies.Expectation) bool { return reflect.DeepEqual(a.Texts, b.Texts) && b.Check != nil }),
		cmp.Comparer(func(a, b *url.URL) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b *requests.Template) bool { return a.String() == b.String() }),
		cmp.FilterPath(func(p cmp.Path) bool {
			f, is := p.Last().(cmp.StructField)
			return is && f.Name() != "" && f.Name()[0] >= 'a' && f.Name()[0] <= 'z'
		}, cmp.Ignore()),
	); diff != "" {
		t.Errorf("what has come differs (-want +got):\n%s", diff)
	}
}

// passed returns a message as it comes out at the other end.
func passed[T message](t *testing.T, m T) T {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out, err := decode[T](data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func compiled(t *testing.T) *strategies.Expectation {
	t.Helper()
	e, err := expect.Compile([]string{"status == 200", "bytes > 3"})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEveryFieldOfALoadComesThrough(t *testing.T) {
	urls, err := bench.ParseURL("http://example.com/{1..9}")
	if err != nil {
		t.Fatal(err)
	}
	var l bench.Load
	full(t, &l, map[string]any{
		"URLs": urls, "Messages": listed{[]*strategies.Message{{Method: "PUT"}}, []int32{0, -1, 0, 0, 0, 0, 0, 0, -1}},
		"Method": "POST", "Header": http.Header{"A": {"b"}}, "Body": []byte("body"), "Timeout": time.Second, "Insecure": true, "Route": fullRoute(t), "Decode": true,
		"MaxBody": int64(5), "Rate": 1.5, "Streams": 6, "Follow": 11, "Arrivals": arrivals.Poisson, "Seed": uint64(7), "Most": 8, "Expect": compiled(t), "Requests": int64(9),
		"Duration": time.Minute, "Completions": int64(10), "Warmup": bench.Automatic,
	})
	list, err := requestsOf(l.URLs, l.Messages)
	if err != nil {
		t.Fatal(err)
	}
	of, err := passed(t, list).requests()
	if err != nil {
		t.Fatal(err)
	}
	m, err := loadOf(l, content{Hash: hashOf(nil)})
	if err != nil {
		t.Fatal(err)
	}
	n := passed(t, prepareQuestion{hashOf(nil)[:16], hashOf(nil)[:16], content{Hash: hashOf(nil)}, numbersOf(l), 3, 1, 2}).Numbers
	got, err := passed(t, m).load(of, n)
	if err != nil {
		t.Fatal(err)
	}
	alike(t, l, got)
	for i := range l.URLs.Len() {
		if diff := cmp.Diff(l.Messages.Message(i, ""), got.Messages.Message(i, "")); diff != "" {
			t.Errorf("message %d (-want +got):\n%s", i, diff)
		}
	}
}

func TestEveryFieldOfATargetComesThrough(t *testing.T) {
	var want strategies.Target
	full(t, &want, map[string]any{
		"Method": "POST", "Header": http.Header{"A": {"b"}}, "Body": []byte("body"), "Timeout": time.Second, "DialTimeout": 2 * time.Second, "DNSCache": 3 * time.Second,
		"Insecure": true, "Route": fullRoute(t), "Varied": true, "Follow": 3, "Streams": 4, "MaxBody": int64(5), "JSON": true, "Handle": nil, "Own": nil, "AsIs": nil, "Every": true, "Burn": time.Millisecond,
		"Expect": compiled(t),
	})
	m, err := targetOf(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := passed(t, m).target()
	if err != nil {
		t.Fatal(err)
	}
	alike(t, want, got)
}
