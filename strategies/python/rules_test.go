package python

import (
	"os/exec"
	"strings"
	"testing"
)

// The module that says what all programs accept is tested without a server, and with a response cut in two at every place.
func TestGateAndBody(t *testing.T) {
	runPython(t, "json", []string{"sweetspot_http"}, `
import gzip, types
from sweetspot_http import Body, Failure, Gate, request_target

OK = b"HTTP/1.1 200 OK\r\n"
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"

def passed(text, strip=False):
    results = set()
    for at in range(len(text) + 1):
        gate = Gate(strip)
        try:
            result = gate.pass_on(text[:at]) + (gate.pass_on(text[at:]) if at < len(text) else b"")
            gate.end()
            results.add((result, gate.surplus))
        except Failure as failure:
            results.add(failure.kind)
    assert len(results) == 1, results
    return results.pop()

whole = OK + b"Content-Length: 2\r\n\r\n{}"
chunks = OK + b"Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n"
for text, strip, want in [
    (whole, False, (whole, False)),
    (EARLY + EARLY + whole, False, (whole, False)),
    (whole + b"HTTP", False, (whole, True)),
    (chunks, False, (chunks, False)),
    (chunks, True, (chunks.partition(b"2;")[0] + b"{}", False)),
    (chunks + b"x", False, (chunks, True)),
    (chunks[:-2], False, "truncated"),
    (whole[:-1], False, "truncated"),
    (EARLY, False, "truncated"),
    (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", False, (whole, False)),
    (OK + b"Content-Length: +2\r\n\r\n{}", False, "malformed"),
    (OK + b"Nonsense\r\n\r\n", False, "malformed"),
    (OK + b"X: a\x00b\r\n\r\n", False, "malformed"),
    (OK + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n", False, "malformed"),
    (b"HTTP/1.1 101 Switch\r\n\r\n", False, "malformed"),
    (b"SSH-2.0\r\n", False, "malformed"),
    (b"", False, (b"", False)),
]:
    got = passed(text, strip)
    assert got == want, (text, got, want)

for endless in b"HTTP/1.1 100 Continue\r\n\r\n", OK + b"X: y\r\n" * 100:
    gate = Gate()
    try:
        for _ in range(100_000):
            gate.pass_on(endless)
    except Failure as failure:
        assert failure.kind == "malformed" and len(gate.held) < 1 << 20
    else:
        raise AssertionError("endless heads pass")

def decoded(text, encoding="", status=200, method="GET", decode=True):
    body = Body(types.SimpleNamespace(decode=decode, max_body=1 << 20, method=method), status, {"Content-Encoding": encoding})
    try:
        for at in range(0, len(text), 1 << 16):
            body.add(text[at : at + (1 << 16)])
        return body.end(), body.size
    except Failure as failure:
        return failure.kind

bomb = gzip.compress(bytes(8 << 20))
for text, options, want in [
    (b'{"a":1}', {}, ({"a": 1}, 7)),
    (b"1e999", {}, (float("inf"), 5)),
    (b"9" * 5000, {}, (float("inf"), 5000)),
    (b'"\xff"', {}, ("\ufffd", 3)),
    (b"NaN", {}, "decode"),
    (b"[-Infinity]", {}, "decode"),
    (b"\xef\xbb\xbf{}", {}, "decode"),
    (b"{}{}", {}, "decode"),
    (b"", {}, "decode"),
    (b"", {"status": 204}, (None, 0)),
    (b"", {"method": "HEAD"}, (None, 0)),
    (b"no", {"status": 404}, (None, 2)),
    (b"no", {"decode": False}, (None, 2)),
    (b"[" * 200_000, {}, "decode"),
    (b"[" * 5000 + b"]" * 5000, {"decode": False}, (None, 10000)),
    (b" " * (2 << 20), {}, "too-large"),
    (b" " * (2 << 20), {"decode": False}, (None, 2 << 20)),
    (gzip.compress(b"[1]"), {"encoding": "gzip"}, ([1], len(gzip.compress(b"[1]")))),
    (gzip.compress(b"[1") + gzip.compress(b"]"), {"encoding": "gzip"}, ([1], 2 * len(gzip.compress(b"[1")) - 1)),
    (gzip.compress(b"[1]")[:-4], {"encoding": "gzip"}, "decode"),
    (b"[1]", {"encoding": "gzip"}, "decode"),
    (bomb, {"encoding": "gzip"}, "too-large"),
    (bomb, {"encoding": "gzip", "decode": False}, (None, len(bomb))),
]:
    got = decoded(text, **options)
    assert got == want, (text[:20], options, got, want)

for url, want in {
    "http://a": "/", "http://a?x": "/?x", "http://u:p@a/b%2f/../c;d#e": "/b%2f/../c;d", "http://a/b c\u00e4": "/b%20c%C3%A4",
}.items():
    assert request_target(url) == want, (url, request_target(url))
`)
}

// The next address is tried while the first does not answer, and at once if it refuses.
func TestConnectTriesTheNextAddress(t *testing.T) {
	test := `
import socket, time

full = socket.create_server(("127.0.0.1", 0), backlog=0)  # answers nobody once its queue is full
queued = [socket.socket() for _ in range(4)]
for each in queued:
    each.setblocking(False)
    each.connect_ex(full.getsockname())
closed = socket.socket()
closed.bind(("127.0.0.1", 0))
good = socket.create_server(("127.0.0.1", 0))
addresses = [(socket.AF_INET, each.getsockname()) for each in (full, closed, good)]
assert connect(addresses).getpeername() == good.getsockname()
try:
    connect(addresses[1:2])
except ConnectionRefusedError:
    pass
else:
    raise AssertionError("want a refusal")
`
	t.Run("requests", func(t *testing.T) {
		runPython(t, "requests", []string{"sweetspot_http", "sweetspot", "with_urllib3"}, `
import with_urllib3
def connect(candidates):
    return with_urllib3.connect(candidates, time.monotonic() + 60)
`+test)
	})
	t.Run("aiohttp", func(t *testing.T) {
		runPython(t, "aiohttp", []string{"sweetspot_http", "sweetspot", "with_aiohttp"}, `
import asyncio, with_aiohttp
def connect(candidates):
    return asyncio.run(with_aiohttp.connect(candidates))
`+test)
	})
}

// runPython runs a program with modules of this folder, or skips the test if a library is not installed.
func runPython(t *testing.T, libraries string, modules []string, program string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip(err)
	}
	words := append(command(libraries, modules...), "test", program)
	output, err := exec.Command(python, words[1:]...).CombinedOutput()
	if strings.HasPrefix(string(output), `{"error"`) { // as start.py says that a library is missing
		t.Skip(string(output))
	}
	if err != nil {
		t.Errorf("%v: %s", err, output)
	}
}
