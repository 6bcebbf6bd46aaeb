package python

import (
	"os"
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
    body = Body(types.SimpleNamespace(decode=decode, max_body=1 << 20), types.SimpleNamespace(method=method), status, {"Content-Encoding": encoding})
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

// The conversations with proxies are tested without sockets, with answers cut in two at every place.
func TestConversationsWithProxies(t *testing.T) {
	runPython(t, "json", []string{"sweetspot_http", "sweetspot_reach"}, `
from sweetspot_http import Failure
from sweetspot_reach import Proxy, Route, connect, converse, socks, split_detour

def talk(conversation, answers):
    """Returns what was sent, and how it ended."""
    sent, answers = b"", list(answers)
    try:
        part = converse(conversation)
        while part is not None:
            sent = sent + part
            answer = answers.pop(0) if answers else b""
            part = converse(conversation, answer)
        return sent, "connected"
    except Failure as failure:
        return sent, failure.kind

http = Proxy("http://me:p%40ss@127.0.0.1:3128")
socks5 = Proxy("socks5://me:p%40ss@127.0.0.1:1080")
open_socks5 = Proxy("socks5://127.0.0.1:1080")
ended = b"\0\0\0\0\0\0"
for conversation, answer, sent, end in [
    (lambda: connect(http, "::1", 443), b"HTTP/1.1 200 OK\r\n\r\n",
     b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n\r\n", "connected"),
    (lambda: connect(http, "a", 1), b"HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\n", None, "refused"),
    (lambda: connect(http, "a", 1), b"SSH-2.0\r\n\r\n", None, "malformed"),
    (lambda: connect(http, "a", 1), b"HTTP/1.1 200 OK\r\n", None, "truncated"),
    (lambda: connect(http, "a", 1), b"", None, "reset"),
    (lambda: socks(socks5, "a", 258), [b"\5\2", b"\1\0", b"\5\0\0\1" + ended],
     b"\5\2\0\2" b"\1\2me\4p@ss" b"\5\1\0\3\1a\1\2", "connected"),
    (lambda: socks(open_socks5, "a", 258), [b"\5\0", b"\5\0\0\3\4name\0\0"], b"\5\1\0" b"\5\1\0\3\1a\1\2", "connected"),
    (lambda: socks(socks5, "a", 1), [b"\5\2", b"\1\1"], None, "refused"),
    (lambda: socks(open_socks5, "a", 1), b"\5\xff", None, "refused"),
    (lambda: socks(open_socks5, "a", 1), [b"\5\0", b"\5\5\0\1" + ended], None, "refused"),
    (lambda: socks(open_socks5, "a", 1), [b"\5\0", b"\5\0\0\7"], None, "malformed"),
    (lambda: socks(open_socks5, "a", 1), b"HTTP/1.1 400 Bad Request", None, "malformed"),
    (lambda: socks(open_socks5, "a", 1), b"\5", None, "reset"),
]:
    steps = answer if isinstance(answer, list) else [answer]
    for step, at in [(step, at) for step in range(len(steps)) for at in range(1, len(steps[step]) + 1)]:
        cut = [steps[step][:at], steps[step][at:]] if at < len(steps[step]) else [steps[step]]
        got = talk(conversation(), steps[:step] + cut + steps[step + 1 :])
        assert got[1] == end and sent in (None, got[0]), (answer, at, got, end)
assert talk(socks(open_socks5, "a", 1), [b"\5\0\5"])[1] == "malformed"  # an answer before the request

for text, want in {"A:1:b:2": ("a", "1", "b", "2"), ":::": ("", "", "", ""), "[::1]:80:[::2]:81": ("::1", "80", "::2", "81")}.items():
    assert split_detour(text) == want, (text, split_detour(text))

route = Route({"connect_to": ["a:80:b:", "::c:1"], "proxy": "http://p:1"})
assert route.destination("A", 80) == ("b", 80) and route.destination("d", 2) == ("c", 1)
assert not route.names_whole_url("http://a/")
assert Route({"proxy": "http://p:1"}).names_whole_url("http://a/") and not Route({"proxy": "http://p:1"}).names_whole_url("https://a/")
`)
}

// The programs follow redirects by the rules of package redirect, whose examples are here too.
func TestRedirectsLeadToTheSame(t *testing.T) {
	examples, err := os.ReadFile("../redirect/testdata/locations.json")
	if err != nil {
		t.Fatal(err)
	}
	runPython(t, "json", []string{"sweetspot_http", "sweetspot_redirect"}, `
import json
from sweetspot_redirect import resolve

for example in json.loads(r'''`+string(examples)+`'''):
    try:
        got, _ = resolve(example["from"], example["location"].encode())
    except ValueError:
        got = None
    assert got == example.get("to"), (example, got)
`)
}
