package agents

import (
	"crypto/tls"
	"fmt"

	"github.com/spf13/pflag"

	"sweetspot/strategies/network"
)

// secure are the flags for TLS between the coordinator and the agents, as they were given.
type secure struct{ cert, key, cacert string }

// bind adds the flags, whose names begin with the prefix.
func (s *secure) bind(flags *pflag.FlagSet, prefix, cert, cacert string) {
	flags.StringVar(&s.cert, prefix+"cert", "", cert)
	flags.StringVar(&s.key, prefix+"key", "", "take the key of --"+prefix+"cert from this `FILE`, in PEM")
	flags.StringVar(&s.cacert, prefix+"cacert", "", cacert)
}

func (s *secure) given() bool { return s.cert != "" || s.key != "" || s.cacert != "" }

// config returns the configuration of TLS, nil without flags, and an error for each flag that is wrong. It is that of a server or of a
// client.
func (s *secure) config(prefix string, server bool) (*tls.Config, []error) {
	if !s.given() {
		return nil, nil
	}
	var errs []error
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	switch {
	case s.cert == "" && s.key != "":
		errs = append(errs, fmt.Errorf("--%[1]skey without --%[1]scert: want both", prefix))
	case s.cert != "":
		key := s.key
		if key == "" {
			key = s.cert
		}
		pair, err := network.LoadKeyPair(s.cert, key)
		if err != nil {
			errs = append(errs, fmt.Errorf("--%scert: %w", prefix, err))
			break
		}
		c.Certificates = []tls.Certificate{pair.Certificate}
	}
	if s.cacert != "" {
		authorities, err := network.LoadAuthorities(s.cacert)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("--%scacert: %w", prefix, err))
		case server:
			c.ClientCAs, c.ClientAuth = authorities.Pool, tls.RequireAndVerifyClientCert
		default:
			c.RootCAs = authorities.Pool
		}
	}
	return c, errs
}

// arguments returns the flags as an agent takes them.
func (s *secure) arguments() []string {
	var all []string
	for _, flag := range []struct{ name, value string }{{"--cert", s.cert}, {"--key", s.key}, {"--cacert", s.cacert}} {
		if flag.value != "" {
			all = append(all, flag.name, flag.value)
		}
	}
	return all
}
