// Package reach has the flags that say how to reach a target: by a proxy, a socket or another address, and with which
// certificates. Any command that makes requests can have them.
package reach

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"sweetspot/strategies/network"
)

// Flags are the flags as they were given.
type Flags struct {
	proxy      string
	cert, key  string
	cacert     string
	unixSocket string
	connectTo  []string
}

// Bind adds the flags to those of a command.
func (f *Flags) Bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.proxy, "proxy", "", "connect through the proxy at this `URL`, with http, https or socks5 and its login; a proxy that the environment names is not used")
	flags.StringVar(&f.cert, "cert", "", "show servers that ask for one the certificate in this `FILE`, in PEM; --key has its key")
	flags.StringVar(&f.key, "key", "", "take the key of --cert from this `FILE`, in PEM")
	flags.StringVar(&f.cacert, "cacert", "", "accept certificates of the authorities in this `FILE`, in PEM, in place of the system's")
	flags.StringVar(&f.unixSocket, "unix-socket", "", "connect to the Unix socket at this `PATH`, whatever the URL's host")
	flags.StringArrayVar(&f.connectTo, "connect-to", nil, "connect elsewhere for a host, by `HOST:PORT:HOST2:PORT2`; an empty part fits any, or stays as it is; may be repeated")
}

// Route returns the meaning of the flags, or an error for each that is wrong.
func (f *Flags) Route() (network.Route, []error) {
	var (
		route network.Route
		errs  []error
	)
	add := func(flag string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", flag, err))
		}
	}
	var err error
	if f.proxy != "" {
		route.Proxy, err = network.ParseProxy(f.proxy)
		add("--proxy", err)
	}
	for _, text := range f.connectTo {
		detour, err := network.ParseDetour(text)
		add("--connect-to "+text, err)
		route.Detours = append(route.Detours, detour)
	}
	if f.cert != "" || f.key != "" {
		route.KeyPair, err = f.keyPair()
		add("--cert", err)
	}
	if f.cacert != "" {
		route.Authorities, err = network.LoadAuthorities(f.cacert)
		add("--cacert", err)
	}
	if f.unixSocket != "" {
		route.UnixSocket = f.unixSocket
		add("--unix-socket", checkSocket(f.unixSocket))
	}
	return route, append(errs, f.contradictions()...)
}

// keyPair reads the certificate and its key. A file may have both.
func (f *Flags) keyPair() (*network.KeyPair, error) {
	if f.cert == "" {
		return nil, errors.New("none beside --key: want --cert FILE too")
	}
	key := f.key
	if key == "" {
		key = f.cert
	}
	pair, err := network.LoadKeyPair(f.cert, key)
	if err != nil && f.key == "" {
		return nil, fmt.Errorf("%w; --key FILE names a key in a file of its own", err)
	}
	return pair, err
}

// checkSocket returns an error unless there is a socket at the path.
func checkSocket(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%w: want the path of a socket on which a server listens", err)
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s is no socket: want the path of a socket on which a server listens", path)
	}
	return nil
}

// contradictions returns an error for each pair of flags that lead to different places.
func (f *Flags) contradictions() []error {
	if f.unixSocket == "" {
		return nil
	}
	var errs []error
	if f.proxy != "" {
		errs = append(errs, errors.New("--unix-socket beside --proxy: want one of the two"))
	}
	if len(f.connectTo) > 0 {
		errs = append(errs, errors.New("--unix-socket beside --connect-to: want one of the two"))
	}
	return errs
}

// Ignored returns a sentence that names the variables of the environment which name a proxy, if --proxy is not given: they are
// not read. Otherwise it is empty.
func (f *Flags) Ignored(environment []string) string {
	if f.proxy != "" {
		return ""
	}
	var names []string
	for _, line := range environment {
		name, value, _ := strings.Cut(line, "=")
		if value != "" && slices.Contains([]string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}, strings.ToUpper(name)) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return strings.Join(names, ", ") + ": not read from the environment, no proxy is used; --proxy URL uses one"
}
