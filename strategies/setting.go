package strategies

import (
	"errors"
	"slices"
)

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
