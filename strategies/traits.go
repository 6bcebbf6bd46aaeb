package strategies

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Traits are the points in which a strategy's HTTP library departs from what [Target] promises, and cannot be configured to
// keep it. A strategy declares them by a method Traits() Traits; package strategytest then allows for them.
type Traits struct {
	Stateless    bool // keeps neither connections nor cookies from one request to the next
	ShortHeaders bool // rejects a header line of over 8 KB
	SendsLength  bool // sends Content-Length: 0 without a body whatever the method, other than GET and HEAD
	OnePool      bool // has one pool of connections for all hosts, and closes those to one host to connect to another
	LosesEarly   bool // may take an answer that comes before the whole body was sent for a reset
	Retries      bool // repeats a request if a kept connection is closed without a response

	URLName bool // asks a TLS server for the name in the URL, although a Host is given

	Cannot []Setting // the settings that it cannot keep to: its Open refuses a target with one of them

	// Answers has the odd answers whose outcomes have another class than they must, or one of several, by the names that package
	// strategytest gives to its answers. A strategy whose requests another process makes is held to the table of answers only if
	// this is not nil.
	Answers map[string][]Class
}

// Words returns each trait in a few words, for users.
func (t Traits) Words() []string {
	var words []string
	for _, trait := range []struct {
		declared bool
		words    string
	}{
		{t.Stateless, "keeps neither connections nor cookies"},
		{t.ShortHeaders, "rejects a header line of over 8 KB"},
		{t.SendsLength, "sends Content-Length: 0 with a DELETE that has no body"},
		{t.OnePool, "closes connections to one host to connect to another"},
		{t.LosesEarly, "may take an answer that comes before the whole body was sent for a reset"},
		{t.Retries, "repeats a request if a kept connection is closed without a response"},
		{t.URLName, "asks a TLS server for the name in the URL, although a Host is given"},
	} {
		if trait.declared {
			words = append(words, trait.words)
		}
	}
	for _, setting := range t.Cannot {
		words = append(words, "cannot "+setting.String())
	}
	for _, answer := range slices.Sorted(maps.Keys(t.Answers)) {
		var classes []string
		for _, class := range t.Answers[answer] {
			classes = append(classes, class.String())
		}
		words = append(words, fmt.Sprintf("counts the answer %q as %s", answer, strings.Join(classes, " or ")))
	}
	return words
}

// SetsNoLimit reports whether s stands for a program that sets no limit on its requests in flight, by a method SetsNoLimit() bool.
// Whoever runs it passes as the limit as many as the load and the machine allow.
func SetsNoLimit(s Strategy) bool {
	free, ok := s.(interface{ SetsNoLimit() bool })
	return ok && free.SetsNoLimit()
}

// TraitsOf returns the traits that s declares, and the zero Traits if it declares none.
func TraitsOf(s Strategy) Traits {
	if declared, ok := s.(interface{ Traits() Traits }); ok {
		return declared.Traits()
	}
	return Traits{}
}

// A Setting is one of a [Target] that some strategies cannot keep to. It is the setting's name in the protocol of package
// external.
type Setting string

// The settings.
const (
	VariedSetting     Setting = "varied"
	HTTPProxySetting  Setting = "proxy-http"
	HTTPSProxySetting Setting = "proxy-https"
	SOCKSProxySetting Setting = "proxy-socks5"
	KeyPairSetting    Setting = "cert"
	AuthoritySetting  Setting = "cacert"
	UnixSetting       Setting = "unix_socket"
	DetourSetting     Setting = "connect_to"
	FollowSetting     Setting = "follow"
)

// settingWords say what a strategy that cannot keep to a setting cannot do.
var settingWords = map[Setting]string{
	VariedSetting:     "send a method, headers or a body of a single request's own",
	HTTPProxySetting:  "use a proxy of scheme http",
	HTTPSProxySetting: "use a proxy of scheme https",
	SOCKSProxySetting: "use a proxy of scheme socks5",
	KeyPairSetting:    "show a client's certificate",
	AuthoritySetting:  "accept certificates by given authorities",
	UnixSetting:       "connect to a Unix socket",
	DetourSetting:     "connect to another host than that of the URL",
	FollowSetting:     "follow redirects",
}

// String returns what it takes to keep to the setting, in words that follow "cannot".
func (s Setting) String() string { return settingWords[s] }

// Settings returns the target's settings that some strategies cannot keep to, in the order of the constants.
func (t Target) Settings() []Setting {
	r := t.Route
	var all []Setting
	for _, wanted := range []struct {
		setting Setting
		is      bool
	}{
		{VariedSetting, t.Varied},
		{HTTPProxySetting, r.Proxy != nil && r.Proxy.Scheme == "http"},
		{HTTPSProxySetting, r.Proxy != nil && r.Proxy.Scheme == "https"},
		{SOCKSProxySetting, r.Proxy != nil && r.Proxy.Scheme == "socks5"},
		{KeyPairSetting, r.KeyPair != nil},
		{AuthoritySetting, r.Authorities != nil},
		{UnixSetting, r.UnixSocket != ""},
		{DetourSetting, len(r.Detours) > 0},
		{FollowSetting, t.Follow > 0},
	} {
		if wanted.is {
			all = append(all, wanted.setting)
		}
	}
	return all
}

// Refuse returns the error of a strategy that cannot keep to some settings, or nil if the target has none of them. It wraps
// [errors.ErrUnsupported].
func (t Target) Refuse(cannot func(Setting) bool) error {
	for _, s := range t.Settings() {
		if cannot(s) {
			return unsupported(s)
		}
	}
	return nil
}

// unsupported is the error of a setting that a strategy cannot keep to.
type unsupported Setting

func (u unsupported) Error() string { return "it cannot " + Setting(u).String() }
func (u unsupported) Unwrap() error { return errors.ErrUnsupported }

// CannotKeep reports whether the strategy cannot keep to a setting.
func (t Traits) CannotKeep(s Setting) bool { return slices.Contains(t.Cannot, s) }
