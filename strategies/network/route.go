package network

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// A Route says how connections to hosts are made. The zero Route leads straight to each host.
type Route struct {
	// Proxy is what [ParseProxy] returns, or nil for none. A request over http to a proxy of scheme http or https names the whole
	// URL; every other connection is a tunnel, by CONNECT or by SOCKS version 5. The proxy looks up the names of hosts.
	Proxy *url.URL
	// UnixSocket is the path of a socket. If it is not empty, all connections are made to it, whatever the host.
	UnixSocket string
	// Detours lead connections to some hosts elsewhere. The first that fits counts. Names in certificates and in the Host header
	// stay those of the URL.
	Detours []Detour
	// KeyPair is the client's certificate, for servers that ask for one.
	KeyPair *KeyPair
	// Authorities sign the certificates that are accepted, in place of those that the system knows.
	Authorities *Authorities
}

// IsZero reports whether the route is straight, with the system's authorities and no certificate.
func (r Route) IsZero() bool {
	return r.IsStraight() && r.KeyPair == nil && r.Authorities == nil
}

// IsStraight reports whether connections are made to the hosts themselves.
func (r Route) IsStraight() bool {
	return r.Proxy == nil && r.UnixSocket == "" && len(r.Detours) == 0
}

// AddTo adds the client's certificate and the authorities to a configuration of TLS.
func (r Route) AddTo(config *tls.Config) {
	if r.KeyPair != nil {
		config.Certificates = []tls.Certificate{r.KeyPair.Certificate}
	}
	if r.Authorities != nil {
		config.RootCAs = r.Authorities.Pool
	}
}

// Destination returns where connections to a host and port end: there, or where a detour leads.
func (r Route) Destination(host, port string) (toHost, toPort string) {
	toHost, toPort, _ = r.detour(host, port)
	return toHost, toPort
}

// ProxyName returns the proxy's URL without its login, "" without a proxy.
func (r Route) ProxyName() string {
	if r.Proxy == nil {
		return ""
	}
	return r.Proxy.Scheme + "://" + r.Proxy.Host
}

var errProxyURL = errors.New("want a URL such as http://127.0.0.1:3128 or socks5://user:password@127.0.0.1:1080")

// ParseProxy reads the URL of a proxy: its scheme is http, https or socks5, and it may have a login. The scheme socks5h means
// the same as socks5. The error does not quote the text, which may contain a password.
func ParseProxy(text string) (*url.URL, error) {
	proxy, err := url.Parse(text)
	switch {
	case err != nil || proxy.Hostname() == "" && !strings.Contains(text, "://"):
		return nil, errProxyURL
	case proxy.Scheme != "http" && proxy.Scheme != "https" && proxy.Scheme != "socks5" && proxy.Scheme != "socks5h":
		return nil, fmt.Errorf("the scheme %q: want http, https or socks5", proxy.Scheme)
	case proxy.Hostname() == "" || proxy.Port() != "" && !validPort(proxy.Port()):
		return nil, errProxyURL
	case strings.Trim(proxy.Path, "/") != "" || proxy.RawQuery != "" || proxy.Fragment != "":
		return nil, fmt.Errorf("it has more than a host, a port and a login: %w", errProxyURL)
	}
	if err := checkLogin(proxy); err != nil {
		return nil, err
	}
	host := net.JoinHostPort(proxy.Hostname(), cmp.Or(proxy.Port(), proxyPorts[proxy.Scheme]))
	return &url.URL{Scheme: strings.TrimSuffix(proxy.Scheme, "h"), User: proxy.User, Host: host}, nil
}

var proxyPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

// checkLogin returns an error for a login that the protocol cannot carry.
func checkLogin(proxy *url.URL) error {
	if proxy.User == nil {
		return nil
	}
	name := proxy.User.Username()
	password, _ := proxy.User.Password()
	switch socks := strings.HasPrefix(proxy.Scheme, "socks5"); {
	case socks && (name == "" || len(name) > 255 || len(password) > 255): // RFC 1929
		return errors.New("the login: want a name and a password of at most 255 bytes each")
	case !socks && strings.Contains(name, ":"): // RFC 7617
		return errors.New("the name of the login contains a colon: want one without")
	}
	return nil
}

// login returns the value of Proxy-Authorization, "" without a login.
func login(proxy *url.URL) string {
	if proxy.User == nil {
		return ""
	}
	password, _ := proxy.User.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(proxy.User.Username()+":"+password))
}

func validPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// A Detour leads the connections to one host and port to another. An empty field of From fits every host or port, and an empty
// field of To leaves it as it is.
type Detour struct{ FromHost, FromPort, ToHost, ToPort string }

var errDetour = errors.New("want HOST:PORT:HOST2:PORT2, such as example.com:443:127.0.0.1:8443, with IPv6 addresses in brackets")

// detourForm has two groups for each host, the first for one in brackets.
var detourForm = regexp.MustCompile(`^(?:\[([^\[\]/@\s]*:[^\[\]/@\s]*)\]|([^:\[\]/@\s]*)):(\d*):(?:\[([^\[\]/@\s]*:[^\[\]/@\s]*)\]|([^:\[\]/@\s]*)):(\d*)$`)

// ParseDetour reads a detour of the form HOST:PORT:HOST2:PORT2, each part of which may be empty. IPv6 addresses stand in
// brackets.
func ParseDetour(text string) (Detour, error) {
	parts := detourForm.FindStringSubmatch(text)
	if parts == nil || parts[3] != "" && !validPort(parts[3]) || parts[6] != "" && !validPort(parts[6]) {
		return Detour{}, errDetour
	}
	return Detour{parts[1] + parts[2], parts[3], parts[4] + parts[5], parts[6]}, nil
}

// String returns the detour as ParseDetour reads it.
func (d Detour) String() string {
	return bracket(d.FromHost) + ":" + d.FromPort + ":" + bracket(d.ToHost) + ":" + d.ToPort
}

func bracket(host string) string {
	if isIPv6(host) {
		return "[" + host + "]"
	}
	return host
}

// detour returns where connections to a host and port are made, and whether that is elsewhere.
func (r Route) detour(host, port string) (toHost, toPort string, elsewhere bool) {
	for _, d := range r.Detours {
		if (d.FromHost == "" || strings.EqualFold(d.FromHost, host)) && (d.FromPort == "" || d.FromPort == port) {
			return cmp.Or(d.ToHost, host), cmp.Or(d.ToPort, port), true
		}
	}
	return host, port, false
}

// A KeyPair is a certificate with its key, and the files that they come from.
type KeyPair struct {
	CertFile, KeyFile string
	Certificate       tls.Certificate
}

// LoadKeyPair reads a certificate and its key from files in PEM. One file may have both.
func LoadKeyPair(certFile, keyFile string) (*KeyPair, error) {
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	switch {
	case err == nil:
		return &KeyPair{certFile, keyFile, certificate}, nil
	case errors.As(err, new(*os.PathError)):
		return nil, err
	}
	text := strings.TrimPrefix(err.Error(), "tls: ")
	return nil, fmt.Errorf("%s and %s: %s: want a certificate and the key that belongs to it, both in PEM", certFile, keyFile, text)
}

// Authorities are certificates of authorities, and the file that they come from.
type Authorities struct {
	File string
	PEM  []byte // the file's content
	Pool *x509.CertPool
}

// LoadAuthorities reads certificates from a file in PEM.
func LoadAuthorities(file string) (*Authorities, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return NewAuthorities(file, text)
}

// NewAuthorities reads certificates from the content of a file in PEM.
func NewAuthorities(file string, text []byte) (*Authorities, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: no certificate in it: want those of authorities in PEM, each beginning with -----BEGIN CERTIFICATE-----", file)
	}
	return &Authorities{file, text, pool}, nil
}
