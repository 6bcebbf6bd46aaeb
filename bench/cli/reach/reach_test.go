package reach_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"sweetspot/bench/cli/reach"
	"sweetspot/strategies/network"
)

// parse returns the route and the faults of a command line.
func parse(t *testing.T, args ...string) (network.Route, string) {
	t.Helper()
	var f reach.Flags
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.Bind(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	route, errs := f.Route()
	if err := errors.Join(errs...); err != nil {
		return route, err.Error()
	}
	return route, ""
}

func TestFlagsMakeARoute(t *testing.T) {
	if route, faults := parse(t); !route.IsZero() || faults != "" {
		t.Errorf("without flags: %+v, %s", route, faults)
	}
	route, faults := parse(t, "--proxy", "socks5://me:pass@127.0.0.1", "--connect-to", "a:1:b:2", "--connect-to=::c:")
	if faults != "" || route.Proxy.String() != "socks5://me:pass@127.0.0.1:1080" || len(route.Detours) != 2 || route.Detours[1].ToHost != "c" {
		t.Errorf("%+v, %s", route, faults)
	}
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip(err)
	}
	defer listener.Close()
	if route, faults := parse(t, "--unix-socket", socket); faults != "" || route.UnixSocket != socket {
		t.Errorf("%+v, %s", route, faults)
	}
}

func TestWrongFlagsAreNamedWithWhatWouldBeRight(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--proxy", "me:secret@127.0.0.1:3128"}, "--proxy: want a URL such as http://127.0.0.1:3128"},
		{[]string{"--proxy", "ftp://me:secret@127.0.0.1:21"}, `--proxy: the scheme "ftp": want http, https or socks5`},
		{[]string{"--connect-to", "a:1:b"}, "--connect-to a:1:b: want HOST:PORT:HOST2:PORT2"},
		{[]string{"--cert", file}, "want a certificate and the key that belongs to it, both in PEM; --key FILE names a key"},
		{[]string{"--key", file}, "--cert: none beside --key: want --cert FILE too"},
		{[]string{"--cert", file, "--key", file + "x"}, "--cert: open " + file + "x: no such file"},
		{[]string{"--cacert", file}, "--cacert: " + file + ": no certificate in it: want"},
		{[]string{"--unix-socket", file}, "is no socket: want the path"},
		{[]string{"--unix-socket", file + "x"}, "no such file or directory: want the path"},
		{[]string{"--unix-socket", file, "--proxy", "http://127.0.0.1"}, "--unix-socket beside --proxy: want one"},
		{[]string{"--unix-socket", file, "--connect-to", ":::"}, "--unix-socket beside --connect-to: want one"},
	} {
		if _, faults := parse(t, c.args...); !strings.Contains(faults, c.want) || strings.Contains(faults, "secret") {
			t.Errorf("%q: %q, want %q", c.args, faults, c.want)
		}
	}
}

func TestAProxyOfTheEnvironmentIsNamed(t *testing.T) {
	environment := []string{"HOME=/", "https_proxy=http://me:secret@p:1", "HTTP_PROXY=http://p:1", "NO_PROXY=x", "ALL_PROXY="}
	var f reach.Flags
	if got := f.Ignored(environment); !strings.HasPrefix(got, "HTTP_PROXY, https_proxy: not read") || strings.Contains(got, "secret") {
		t.Errorf("got %q", got)
	}
	if got := f.Ignored(environment[:1]); got != "" {
		t.Errorf("without a proxy in the environment: %q", got)
	}
}
