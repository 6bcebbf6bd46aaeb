package network

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// buffered is how many bytes an exchangeConn buffers, on the systems that have one.
const buffered = 4 << 10

// exchangePair returns a connection for a client that writes and reads in turn, and the server's end of it.
func exchangePair(t *testing.T) (client, server net.Conn) {
	t.Helper()
	address, accepted := acceptor(t)
	raw, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := newWire(raw.(*net.TCPConn))
	if err != nil {
		t.Fatal(err)
	}
	client = newExchangeConn(bare)
	server = <-accepted
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

func write(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, conn net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got, err, want)
	}
}

func TestExchangeConnCarriesRequestsAndResponses(t *testing.T) {
	client, server := exchangePair(t)
	go func() { _, _ = io.Copy(server, server) }()
	for range 3 {
		write(t, client, "a requ")
		write(t, client, "est")
		read(t, client, "a req") // a response may be read in pieces
		read(t, client, "uest")
	}
}

func TestExchangeConnSendsWhatTheSocketDoesNotTakeAtOnce(t *testing.T) {
	client, server := exchangePair(t)
	large := bytes.Repeat([]byte("0123456789"), 1<<20)
	sent := make(chan error, 1)
	go func() {
		_, err := client.Write(large)
		if err == nil {
			_, err = client.Write(large[:buffered]) // buffered, since it fits
		}
		if err == nil {
			_, err = client.Read(make([]byte, 1))
		}
		sent <- err
	}()
	got := make([]byte, len(large)+buffered)
	if _, err := io.ReadFull(server, got); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got[:len(large)], large) || !bytes.Equal(got[len(large):], large[:buffered]) {
		t.Error("what arrived is not what was sent")
	}
	write(t, server, "!")
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestExchangeConnWritesTheRestBeforeItCloses(t *testing.T) {
	client, server := exchangePair(t)
	write(t, client, "the rest")
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(server); string(got) != "the rest" || err != nil {
		t.Errorf("the server read %q, %v", got, err)
	}
}

func TestExchangeConnReturnsEOFWhenTheServerCloses(t *testing.T) {
	client, server := exchangePair(t)
	write(t, client, "x")
	go func() { _, _ = server.Read(make([]byte, 1)); server.Close() }()
	if n, err := client.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("read %d, %v, want EOF", n, err)
	}
}

func TestExchangeConnReadsWhatTheServerSentBeforeItRefusedTheRest(t *testing.T) {
	client, server := exchangePair(t)
	write(t, client, "x")
	go func() { // it closes with a byte unread, which resets the connection after the answer
		_, _ = server.Read(make([]byte, 1))
		write(t, server, "answer")
		server.Close()
	}()
	time.Sleep(20 * time.Millisecond)
	write(t, client, "more")
	read(t, client, "answer")
}

func TestExchangeConnReturnsAReset(t *testing.T) {
	client, server := exchangePair(t)
	write(t, client, "x")
	go func() {
		_, _ = server.Read(make([]byte, 1))
		_ = server.(*net.TCPConn).SetLinger(0)
		server.Close()
	}()
	if n, err := client.Read(make([]byte, 1)); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read %d, %v, want an error of class reset", n, err)
	}
}

func TestDeadlineThatIsPostponedHoldsAtItsLatest(t *testing.T) {
	client, _ := exchangePair(t)
	began := time.Now()
	for _, after := range []time.Duration{20 * time.Millisecond, 40 * time.Millisecond, 60 * time.Millisecond} {
		if err := client.SetDeadline(began.Add(after)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.Read(make([]byte, 1))
	if took := time.Since(began); !errors.Is(err, os.ErrDeadlineExceeded) || took < 60*time.Millisecond {
		t.Errorf("read ended after %v with %v, want the deadline at 60ms", took, err)
	}
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("another read: %v, want the same deadline", err)
	}
}

func TestDeadlineThatIsBroughtForwardHolds(t *testing.T) {
	client, _ := exchangePair(t)
	if err := client.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := client.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read: %v, want the deadline", err)
	}
}

func TestDeadlineThatIsRemovedNeverExpires(t *testing.T) {
	client, server := exchangePair(t)
	if err := client.SetDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if err := client.SetDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(40*time.Millisecond, func() { _, _ = io.WriteString(server, "late") })
	read(t, client, "late")
	time.Sleep(20 * time.Millisecond)
	write(t, client, string(bytes.Repeat([]byte("x"), 2*buffered))) // written at once, after the deadline first set
}
