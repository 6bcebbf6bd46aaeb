"""The program's side of sweetspot's protocol, which strategies/EXTERNAL.md describes.

A program creates a harness, which says hello, makes the requests of each run, and reports the outcome of each:

    for run in harness.runs():
        for number, url, message in run:
            start = run.start()
            ...
            run.answered(number, start, url, body)  # or run.failed(number, start, error)

The body is a Body of sweetspot_http, to which the program adds what it reads. Where the target follows redirects, a program goes
on as long as a Chain of sweetspot_redirect says so.

A program with its own event loop takes the requests from run.waiting, calls harness.receive when standard input is readable,
and calls run.report_if_due regularly. The modules sweetspot_threads and sweetspot_async do so for threads and for asyncio.
The protocol costs about a microsecond per request.
"""

import base64
import collections
import errno
import gc
import itertools
import json
import os
import platform
import resource
import signal
import socket
import ssl
import sys
import time
from urllib.parse import urlsplit

from sweetspot_http import Failure
from sweetspot_reach import Route

STDIN = 0
REPORT_EVERY = 0.010  # seconds
ATTEMPT_DELAY = 0.250  # seconds after which the next address of a host is tried: RFC 8305
MAX_REASON = 150  # characters of an error's text, which may contain the whole response

clock = time.monotonic_ns
encode = json.JSONEncoder(separators=(",", ":")).encode

ERRNOS = {
    errno.ECONNREFUSED: "refused",
    errno.ENOENT: "refused",  # of a Unix socket
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
}

# The classes of Python's own exceptions. Each program adds those of its library.
CLASSES = [
    (Failure, lambda error: error.kind),
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "reset"),
    (TimeoutError, "timeout"),
    (socket.gaierror, "dns"),
    ((ssl.SSLWantReadError, ssl.SSLWantWriteError), None),  # in the context of a timeout
    (ssl.SSLError, "tls"),
    (OSError, lambda error: ERRNOS.get(error.errno)),
]

# The environment must not change settings: they are the same for every program.
os.environ.update(NO_PROXY="*", no_proxy="*", NETRC=os.devnull)
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for sweetspot, which then stops the run
_, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))


def alternate(found):
    """Returns the pairs (family, address) in a result of getaddrinfo, alternately of each family, as RFC 8305 says."""
    families = collections.defaultdict(collections.deque)
    for family, _, _, _, address in found:
        families[family].append((family, address))
    return [queued.popleft() for _ in found for queued in families.values() if queued]


class Message:
    """What a request sends beside its URL."""

    def __init__(self, content):
        self.method = content["method"]
        self.headers = content["headers"]  # pairs
        self.body = base64.b64decode(content["body"]) or None
        self.given = {name.lower() for name, _ in self.headers}
        self.has_length = bool(self.body) or self.method in ("POST", "PUT", "PATCH")


class Target:
    """What all requests have in common."""

    def __init__(self, content):
        self.message = Message(content)
        self.follow = content.get("follow", 0)  # redirects per request, at most
        # Whether single requests may send something else than all do: messages of their own, or what a redirect leaves of one.
        self.varied = content.get("varied", False) or self.follow > 0
        self.timeout = content["timeout"]  # seconds, as are the next two
        self.dial_timeout = content["dial_timeout"]
        self.dns_cache = content["dns_cache"]
        self.insecure = content["insecure"]
        self.route = Route(content)
        given = next((value for name, value in self.message.headers if name.lower() == "host"), "")
        self.server_name = urlsplit(f"//{given}").hostname  # that TLS asks for; None is that of the URL
        self.decode = content["decode"] == "json"
        self.max_body = content["max_body"]  # bytes that a body may have if it is decoded
        self.limit = content["limit"]  # the largest limit of any run


class Run:
    """The requests between a run message and the next stop message."""

    def __init__(self, harness, limit):
        self.harness = harness
        self.limit = limit
        self.longest = round(1e9 * harness.target.timeout)  # time that a request may take, in nanoseconds
        self.waiting = collections.deque()  # triples (number, URL, message), which the program takes from the left
        self.stopped = False  # no more will come
        self.connections = set()  # one member per connection used; empty if the library does not tell
        self.redirects = itertools.count()  # how many were followed is its next number
        self.results = {}  # decoded bodies, by URL
        self.outcomes = []  # not reported yet
        self.reported = 0  # when the latest report was sent, in nanoseconds

    def hand_over(self, requests):
        self.waiting.extend(requests)

    def stop(self):
        self.stopped = True

    def start(self):
        """Returns the start of a request. It is called when the request is taken."""
        return clock()

    def answered(self, number, start, url, body):
        """Ends a request with a whole response. It decodes the body if that is wanted, and raises a Failure if it cannot."""
        result = body.end()
        if result is not None:
            self.results[url] = result
        latency = clock() - start
        if latency > self.longest:
            self.note([number, start, latency, 0, 0, "timeout", "the response ended after the timeout"])
        else:
            self.note([number, start, latency, body.status, body.size])

    def failed(self, number, start, error):
        """Ends a request with an exception."""
        status, size = (error.status, error.size) if isinstance(error, Failure) else (0, 0)
        self.note([number, start, clock() - start, status, size, *self.harness.explain(error)])

    def note(self, outcome):
        self.outcomes.append(outcome)

    def report_if_due(self):
        """Reports if a report is due, or if the program has no request left to start."""
        idle = not self.waiting and not self.stopped
        if idle or clock() - self.reported >= REPORT_EVERY * 1e9:
            self.report()

    def report(self):
        """Reports the outcomes that were not reported yet."""
        count = len(self.outcomes)
        if count:
            outcomes = self.outcomes[:count]
            del self.outcomes[:count]  # not all of them: other threads may have added some meanwhile
            self.reported = clock()
            self.harness.send("done", now=self.reported, outcomes=outcomes)

    def finish(self):
        self.report()
        self.harness.send("stopped", connections=len(self.connections), redirects=next(self.redirects))


class Harness:
    """The connection to sweetspot over standard input and output."""

    Run = Run

    def __init__(self, version, max_in_flight=0, classes=(), can=()):
        """Says hello and waits for the target.

        Version names the library and its version. Max_in_flight is the most requests that the program can have in flight; 0
        means as many as the limit. Classes are pairs: an exception type of the library, and its class in the protocol, or a
        function that takes the exception and returns its class, or None if it has none. Can has the names of the settings in
        open that the program keeps to, apart from those that every program must.
        """
        self.classes = [*classes, *CLASSES]
        self.unread = b""
        self.target = self.run = None
        self.closed = False
        hello = {"protocol": 1, "version": f"{version}, Python {platform.python_version()}", "can": ["varied", "follow", *can]}
        self.send("hello", **hello, **({"most": max_in_flight} if max_in_flight else {}))
        while not self.target:
            self.receive()
            if self.closed:
                sys.exit(0)

    def runs(self):
        """Yields each run. The program must have made all its requests before it takes the next run."""
        self.open()
        while not self.closed:
            if self.run:
                yield self.run
                self.end()
            else:
                self.receive()

    def open(self):
        gc.collect()
        gc.freeze()  # the collector need not examine the imported modules again
        self.send("opened")

    def begin(self, run):
        self.run = run

    def end(self):
        run, self.run = self.run, None
        run.finish()

    def close(self):
        self.closed = True

    def receive(self):
        """Waits for messages and handles them."""
        for name, content in self.read():
            if name == "start":
                self.run.hand_over(self.requests(**content))
            elif name == "stop":
                self.run.stop()
            elif name == "run":
                self.begin(self.Run(self, content["limit"]))
            elif name == "open":
                self.target = Target(content)
            elif name == "close":
                if self.run:
                    os._exit(0)  # the outcomes are not wanted any more
                self.close()

    def requests(self, first, urls, messages=None, **_):
        """Returns the requests of a start message."""
        same = self.target.message
        each = [Message(own) if own else same for own in messages] if messages else [same] * len(urls)
        return list(zip(range(first, first + len(urls)), urls, each))

    def read(self):
        got = os.read(STDIN, 1 << 20)
        if not got:
            return [("close", {})]
        *lines, self.unread = (self.unread + got).split(b"\n")
        return [message for line in lines for message in json.loads(line).items()]

    def send(self, name, **content):
        sys.stdout.buffer.write(encode({name: content}).encode() + b"\n")
        sys.stdout.buffer.flush()

    def explain(self, error):
        """Returns the class and the reason of an error, from the innermost of its causes whose class is known."""
        causes = []
        while error and error not in causes:
            causes.insert(0, error)
            error = error.__cause__ or error.__context__
        for cause in causes:
            for kinds, name in self.classes:
                if isinstance(cause, kinds):
                    if known := name(cause) if callable(name) else name:
                        return known, f"{type(cause).__name__}: {cause}"[:MAX_REASON]
                    break
        return "other", repr(causes[-1])[:MAX_REASON]
