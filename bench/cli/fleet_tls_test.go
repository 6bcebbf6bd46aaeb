package cli_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sweetspot/server"
)

// ownCertificate writes a certificate for 127.0.0.1 that signs itself, with its key, to a file in PEM.
func ownCertificate(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	certificate, err1 := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	secret, err2 := x509.MarshalPKCS8PrivateKey(key)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	path := filepath.Join(t.TempDir(), "own.pem")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCoordinatorAndAgentsSpeakTLSAndShowCertificates(t *testing.T) {
	own := ownCertificate(t)
	c := coordinate(t, t.Context(), "bench", "--agents", "1", "--agents-cert", own, "--agents-cacert", own, "-s", "pool", "-n", "20", "--repeats", "1",
		"--format", "json", startServer(t, server.Config{}).URL())
	if line := strings.Join(c.join, " "); !strings.HasPrefix(c.join[2], "tls://127.0.0.1:") || !strings.HasSuffix(line, "--cacert FILE --cert FILE --key FILE") {
		t.Errorf("the line to run is %q", line)
	}
	join := append(c.join[:5:5], "--patience", "300ms")
	for _, test := range []struct {
		more []string
		want string
	}{
		{nil, "certificate signed by unknown authority"},
		{[]string{"--cacert", own}, "tls"}, // in TLS 1.3 the server says why after the handshake, or just closes
	} {
		got := sweetspot(t.Context(), append(join, test.more...)...)
		if got.status != 1 || !strings.Contains(got.stderr, test.want) {
			t.Errorf("%v: exit status %d, want %q: %s", test.more, got.status, test.want, got.stderr)
		}
	}
	if got := sweetspot(t.Context(), append(c.join[:5:5], "--cacert", own, "--cert", own)...); got.status != 0 {
		t.Errorf("with both: exit status %d: %s", got.status, got.stderr)
	}
	<-c.ended
	run := ran{c.status, c.stdout.String(), c.said()}.run(t)
	if all := run.Counting().Trials; c.status != 0 || len(all) != 1 || all[0].Succeeded != 20 {
		t.Errorf("exit status %d, %+v: %s", c.status, run.Trials, c.said())
	}
}
