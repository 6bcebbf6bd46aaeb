package strategytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sweetspot/strategies/network"
)

// testName is a host name that only proxies of this package know.
const testName = "name.test"

// A pki is an authority that nobody knows, with the certificates that it has signed.
type pki struct {
	authorities *network.Authorities
	client      *network.KeyPair
	server      tls.Certificate // for 127.0.0.1, ::1 and testName
}

// newPKI makes an authority and its certificates, whose files are removed at the end of the test.
func newPKI(t *testing.T) *pki {
	t.Helper()
	root := sign(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil)
	server := sign(t, &x509.Certificate{
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, DNSNames: []string{testName},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, root)
	client := sign(t, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, root)
	folder := t.TempDir()
	ca := filepath.Join(folder, "ca.pem")
	write(t, ca, "CERTIFICATE", root.Certificate[0])
	cert, key := filepath.Join(folder, "client.pem"), filepath.Join(folder, "client.key")
	write(t, cert, "CERTIFICATE", client.Certificate[0])
	encoded, err := x509.MarshalPKCS8PrivateKey(client.PrivateKey)
	must(t, err)
	write(t, key, "PRIVATE KEY", encoded)
	p := &pki{server: *server}
	p.authorities, err = network.LoadAuthorities(ca)
	must(t, err)
	p.client, err = network.LoadKeyPair(cert, key)
	must(t, err)
	return p
}

// serverTLS returns the settings of a server with the authority's certificate.
func (p *pki) serverTLS() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{p.server}}
}

// sign returns a certificate as the template says, with a new key. If by is nil, it signs itself.
func sign(t *testing.T, template *x509.Certificate, by *tls.Certificate) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	// OpenSSL takes a certificate for self-signed if its name is that of its issuer.
	template.Subject = pkix.Name{CommonName: fmt.Sprintf("sweetspot test %t", by == nil)}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, crypto.Signer(key)
	if by != nil {
		parent, signer = by.Leaf, by.PrivateKey.(crypto.Signer)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	must(t, err)
	leaf, err := x509.ParseCertificate(der)
	must(t, err)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func write(t *testing.T, path, kind string, content []byte) {
	t.Helper()
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
