package fleet

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// A link is a connection to the NATS server, for one fleet's subjects. If it breaks it comes back by itself.
type link struct {
	conn *nats.Conn
	room string // what the subjects begin with
}

// How a link is made and comes back.
const (
	connectTime   = 3 * time.Second // for one attempt
	reconnectWait = 100 * time.Millisecond
)

// A dial says where a link leads.
type dial struct {
	url   string
	own   *server.Server // the embedded server; nil if url leads to it
	token string
	tls   *tls.Config
}

// connect makes a link of that name. Its error is ErrToken if the server does not accept the token.
func (d dial) connect(name string) (*link, error) {
	options := []nats.Option{
		nats.Name(name), nats.Timeout(connectTime), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait), nats.ReconnectJitter(reconnectWait, reconnectWait),
	}
	if d.token != "" {
		options = append(options, nats.Token(d.token)) // a login in the URL comes before it
	}
	if d.own != nil {
		options = append(options, nats.InProcessServer(d.own))
	} else if d.tls != nil {
		options = append(options, nats.Secure(d.tls))
	}
	conn, err := nats.Connect(d.url, options...)
	switch {
	case errors.Is(err, nats.ErrAuthorization):
		return nil, fmt.Errorf("%w: the coordinator at %s has another: want the one that it was started with", ErrToken, shown(d.url))
	case errors.Is(err, nats.ErrNoServers):
		return nil, fmt.Errorf("%s: nobody listens there, or it is out of reach", shown(d.url))
	case errors.Is(err, nats.ErrSecureConnWanted):
		return nil, fmt.Errorf("%s: it does not speak TLS: want a URL that begins with nats://, and no certificates", shown(d.url))
	case err != nil && wantsCertificate(err):
		return nil, fmt.Errorf("%s: it closed the connection after the TLS handshake: want a certificate that it accepts", shown(d.url))
	case err != nil:
		return nil, fmt.Errorf("%s: %s", shown(d.url), strings.TrimPrefix(err.Error(), "nats: "))
	}
	return &link{conn, roomOf(d.token)}, nil
}

// wantsCertificate reports whether a server has closed a connection since it had no certificate of an authority that the server knows.
// In TLS 1.3 the server sees that after the client's handshake; its alert may be lost then.
func wantsCertificate(err error) bool {
	text := err.Error()
	return strings.Contains(text, "connection closed by remote after TLS handshake") || strings.Contains(text, "remote error: tls: ")
}

// roomOf returns what the subjects of fleets with that token begin with. On a server that others use too, fleets with different
// tokens do not hear one another.
func roomOf(token string) string {
	sum := sha256.Sum256([]byte("sweetspot fleet " + token))
	return "sweetspot." + hex.EncodeToString(sum[:8])
}

// subject returns a subject of the room.
func (l *link) subject(parts ...string) string { return l.room + "." + strings.Join(parts, ".") }

// publish sends a message to a subject of the room.
func (l *link) publish(message any, subject ...string) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return l.conn.Publish(l.subject(subject...), data)
}

// listen has each message to a subject of the room handled, one after the other. What cannot be decoded is dropped: it is nobody's of
// this fleet.
func listen[T message](l *link, handle func(T, *nats.Msg), subject ...string) error {
	_, err := l.conn.Subscribe(l.subject(subject...), func(m *nats.Msg) {
		if decoded, err := decode[T](m.Data); err == nil {
			handle(decoded, m)
		}
	})
	return err
}

// request sends a message to a subject of the room and waits for the answer.
func request[T message](ctx context.Context, l *link, question any, subject ...string) (T, error) {
	var none T
	data, err := json.Marshal(question)
	if err != nil {
		return none, err
	}
	answer, err := l.conn.RequestWithContext(ctx, l.subject(subject...), data)
	if err != nil {
		return none, err
	}
	return decode[T](answer.Data)
}

// respond answers a message. Who has asked asks again if the answer is lost.
func respond(m *nats.Msg, answer any) {
	if data, err := json.Marshal(answer); err == nil {
		_ = m.Respond(data)
	}
}

// links are the two of a machine. What keeps a lease alive and measures clocks goes over one of its own, so that a load that takes all
// the other can carry does not make the machine count as lost.
type links struct{ work, pulse *link }

func (d dial) both(name string) (links, error) {
	work, err := d.connect(name)
	if err != nil {
		return links{}, err
	}
	pulse, err := d.connect(name + " pulse")
	if err != nil {
		work.conn.Close()
		return links{}, err
	}
	return links{work, pulse}, nil
}

// close closes both, after what was published has been sent, if that takes no longer than a moment.
func (l links) close() {
	const moment = 500 * time.Millisecond
	var wg sync.WaitGroup
	for _, one := range []*link{l.work, l.pulse} {
		wg.Go(func() {
			if one.conn.IsConnected() {
				_ = one.conn.FlushTimeout(moment)
			}
			one.conn.Close()
		})
	}
	wg.Wait()
}
