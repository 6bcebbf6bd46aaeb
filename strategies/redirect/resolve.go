package redirect

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// The errors of a Location.
var (
	errNone   = errors.New("it has no Location")
	errNoURL  = errors.New("want a URL of http or https, or one relative to that of the request")
	errScheme = errors.New("its scheme is neither http nor https")
)

// mostShown is how many bytes of a Location an error quotes.
const mostShown = 100

// Resolve returns the URL to which a Location leads from an absolute URL of http or https. The result is one of printable ASCII
// characters without a fragment, which every client requests in the same way.
func Resolve(from, location string) (string, error) {
	to, _, err := resolve(from, location)
	return to, err
}

// resolve is Resolve. It also reports whether the URL is at the same server. Then it has the login of the former URL, unless the
// Location has one.
func resolve(from, location string) (to string, same bool, err error) {
	location = strings.Trim(location, " \t")
	if location == "" {
		return "", false, errNone
	}
	base, ref := split(from), split(location)
	if err := ref.completeFrom(base); err != nil {
		if len(location) > mostShown {
			location = strings.ToValidUTF8(location[:mostShown], "") + "…"
		}
		return "", false, fmt.Errorf("to %q: %w", location, err)
	}
	if same = ref.sameServer(base); same && ref.login == "" {
		ref.login = base.login
	}
	return ref.scheme + "://" + ref.login + ref.host + ref.port + ref.path + ref.query, same, nil
}

// parts are those of a URL. Each has the character that sets it apart: login the @ after it, port the colon before it, and query
// its question mark.
type parts struct {
	scheme, login, host, port, path, query string

	authority string // login, host and port as they stand in the text
	absolute  bool   // there is an authority
}

var schemePattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):`)

// split takes a URL, or a reference to one, apart. Its fragment is left out.
func split(text string) parts {
	var p parts
	text, _, _ = strings.Cut(text, "#")
	if found := schemePattern.FindStringSubmatch(text); found != nil {
		p.scheme, text = strings.ToLower(found[1]), text[len(found[0]):]
	}
	if rest, found := strings.CutPrefix(text, "//"); found {
		end := strings.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		p.absolute, p.authority, text = true, rest[:end], rest[end:]
	}
	if i := strings.IndexByte(text, '?'); i >= 0 {
		text, p.query = text[:i], text[i:]
	}
	p.path = text
	p.login, p.host, p.port = splitAuthority(p.authority)
	return p
}

func splitAuthority(text string) (login, host, port string) {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		login, text = text[:at+1], text[at+1:]
	}
	if colon := strings.LastIndexByte(text, ':'); colon > strings.LastIndexByte(text, ']') {
		text, port = text[:colon], text[colon:]
	}
	return login, strings.ToLower(text), port
}

// completeFrom makes a reference an absolute URL, by what it lacks and the URL has from which it leads.
func (p *parts) completeFrom(base parts) error {
	switch {
	case p.scheme != "" && p.scheme != "http" && p.scheme != "https":
		return errScheme
	case p.scheme != "" && !p.absolute:
		return errNoURL
	case p.absolute:
		if err := p.checkAuthority(); err != nil {
			return err
		}
	default:
		p.login, p.host, p.port = base.login, base.host, base.port
	}
	if p.scheme == "" {
		p.scheme = base.scheme
	}
	var err error
	switch {
	case p.path == "" && !p.absolute: // the query alone, or nothing, is another
		if p.path = base.path; p.query == "" {
			p.query = base.query
		}
	case strings.HasPrefix(p.path, "/"), p.path == "":
		p.path, err = escapePath(withoutDots(p.path))
	default:
		p.path, err = escapePath(withoutDots(base.path[:strings.LastIndexByte(base.path, '/')+1] + p.path))
	}
	if p.path == "" {
		p.path = "/"
	}
	p.query = escape(p.query, "")
	return err
}

// authorityPattern is narrower than RFC 3986: a host is a name in ASCII, or an address.
var authorityPattern = regexp.MustCompile(
	`^(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::[0-9]{1,5})?$`)

func (p *parts) checkAuthority() error {
	if !authorityPattern.MatchString(p.authority) {
		return errNoURL
	}
	if address, found := strings.CutPrefix(p.host, "["); found {
		if ip, err := netip.ParseAddr(strings.TrimSuffix(address, "]")); err != nil || !ip.Is6() {
			return errNoURL
		}
	}
	if p.port != "" {
		if n, err := strconv.ParseUint(p.port[1:], 10, 16); err != nil || n == 0 {
			return errNoURL
		}
	}
	return nil
}

// withoutDots removes the segments "." and ".." of a path (RFC 3986, section 5.2.4).
func withoutDots(path string) string {
	if path == "" {
		return path
	}
	kept := []string{""}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		switch segment {
		case ".", "..":
			if segment == ".." && len(kept) > 1 {
				kept = kept[:len(kept)-1]
			}
			if i == len(segments)-1 {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, segment)
		}
	}
	return strings.Join(kept, "/")
}

// notInPath are the printable characters that net/http escapes in a path and other clients do not.
const notInPath = "\"<>\\^`{|}"

var strayPercent = regexp.MustCompile(`%(?:[0-9A-Fa-f]?$|[^0-9A-Fa-f]|[0-9A-Fa-f][^0-9A-Fa-f])`)

func escapePath(path string) (string, error) {
	if strayPercent.MatchString(path) {
		return "", errNoURL
	}
	return escape(path, notInPath), nil
}

// escape escapes the characters of others, and all that are not printable ASCII characters, among them the space.
func escape(text, others string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(others, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// sameServer reports whether what was given for the server of base may be sent to that of p too.
func (p *parts) sameServer(base parts) bool {
	if p.host != base.host {
		return false
	}
	from, to := base.portNumber(), p.portNumber()
	return p.scheme == base.scheme && from == to || base.scheme == "http" && from == "80" && p.scheme == "https" && to == "443"
}

// portNumber returns the port, the usual one of the scheme if the URL has none.
func (p *parts) portNumber() string {
	switch {
	case p.port != "":
		return strings.TrimLeft(p.port[1:], "0")
	case p.scheme == "https":
		return "443"
	}
	return "80"
}
