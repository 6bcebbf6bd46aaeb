package eventloop_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"sweetspot/strategies/strategytest"
)

// A recordServer is a connection of a TLS 1.3 server that writes its records by itself after the handshake, so that it can send what
// crypto/tls never sends.
type recordServer struct {
	*net.TCPConn
	in, out protection
}

// The types of records.
const (
	alertRecord       = 21
	handshakeRecord   = 22
	applicationRecord = 23
)

var (
	closeNotify = []byte{1, 0}
	// keyUpdate asks the other end to update its key too (RFC 8446, section 4.6.3).
	keyUpdate = []byte{24, 0, 0, 1, 1}
)

// serveRecords starts a server that calls handle for each connection after the handshake, and returns its URL.
func serveRecords(t *testing.T, handle func(s *recordServer)) (url string) {
	srv := httptest.NewTLSServer(nil)
	srv.Close()
	url = strategytest.ConnServer(t, func(c *net.TCPConn) {
		var keys bytes.Buffer
		config := &tls.Config{Certificates: srv.TLS.Certificates, KeyLogWriter: &keys, SessionTicketsDisabled: true, MinVersion: tls.VersionTLS13}
		secured := tls.Server(&recordByRecord{Conn: c}, config)
		if err := secured.Handshake(); err != nil {
			return // the client may have given up
		}
		if suite := secured.ConnectionState().CipherSuite; suite != tls.TLS_AES_128_GCM_SHA256 {
			t.Errorf("the cipher suite is %s, of which this test knows nothing", tls.CipherSuiteName(suite))
			return
		}
		s := &recordServer{TCPConn: c}
		for line := range strings.Lines(keys.String()) {
			words := strings.Fields(line)
			secret, err := hex.DecodeString(words[2])
			if err != nil {
				t.Error(err)
			}
			switch words[0] {
			case "CLIENT_TRAFFIC_SECRET_0":
				s.in.use(secret)
			case "SERVER_TRAFFIC_SECRET_0":
				s.out.use(secret)
			}
		}
		handle(s)
	})
	return "https" + strings.TrimPrefix(url, "http")
}

// send sends one record.
func (s *recordServer) send(kind byte, data string) error {
	_, err := s.Write(s.out.seal(kind, []byte(data)))
	return err
}

// updateKey asks for an update of both keys.
func (s *recordServer) updateKey() error {
	err := s.send(handshakeRecord, string(keyUpdate))
	s.out.update()
	return err
}

// receive returns the next record.
func (s *recordServer) receive() (kind byte, data string, err error) {
	record, err := readRecord(s)
	if err != nil {
		return 0, "", err
	}
	kind, opened, err := s.in.open(record)
	if kind == handshakeRecord {
		s.in.update()
	}
	return kind, string(opened), err
}

// readRecord reads one record, with its header.
func readRecord(r io.Reader) ([]byte, error) {
	record := make([]byte, 5)
	if _, err := io.ReadFull(r, record); err != nil {
		return nil, err
	}
	record = append(record, make([]byte, binary.BigEndian.Uint16(record[3:]))...)
	_, err := io.ReadFull(r, record[5:])
	return record, err
}

// recordByRecord reads one record at a time, and so nothing that comes after the handshake.
type recordByRecord struct {
	net.Conn
	left []byte
}

func (r *recordByRecord) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		record, err := readRecord(r.Conn)
		if err != nil {
			return 0, err
		}
		r.left = record
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// A protection is that of the records of one direction (RFC 8446, section 5.2).
type protection struct {
	secret, iv []byte
	aead       cipher.AEAD
	sequence   uint64
}

func (p *protection) use(secret []byte) {
	p.secret, p.iv, p.sequence = secret, expand(secret, "iv", 12), 0
	block, err := aes.NewCipher(expand(secret, "key", 16))
	if err == nil {
		p.aead, err = cipher.NewGCM(block)
	}
	if err != nil {
		panic(err)
	}
}

func (p *protection) update() { p.use(expand(p.secret, "traffic upd", sha256.Size)) }

// nonce returns that of the next record.
func (p *protection) nonce() []byte {
	nonce := bytes.Clone(p.iv)
	last := nonce[len(nonce)-8:]
	binary.BigEndian.PutUint64(last, binary.BigEndian.Uint64(last)^p.sequence)
	p.sequence++
	return nonce
}

func (p *protection) seal(kind byte, data []byte) []byte {
	header := []byte{applicationRecord, 3, 3, 0, 0}
	binary.BigEndian.PutUint16(header[3:], uint16(len(data)+1+p.aead.Overhead()))
	return p.aead.Seal(header, p.nonce(), append(bytes.Clone(data), kind), header)
}

func (p *protection) open(record []byte) (kind byte, data []byte, err error) {
	inner, err := p.aead.Open(nil, p.nonce(), record[5:], record[:5])
	if err != nil || len(inner) == 0 {
		return 0, nil, fmt.Errorf("a record of %d bytes: %w", len(record), err)
	}
	return inner[len(inner)-1], inner[:len(inner)-1], nil
}

// expand is HKDF-Expand-Label of RFC 8446, section 7.1, without a context.
func expand(secret []byte, label string, length int) []byte {
	label = "tls13 " + label
	info := append([]byte{byte(length >> 8), byte(length), byte(len(label))}, label...)
	key, err := hkdf.Expand(sha256.New, secret, string(append(info, 0)), length)
	if err != nil {
		panic(err)
	}
	return key
}
