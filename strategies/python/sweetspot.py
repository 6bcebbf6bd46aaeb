"""The program's side of sweetspot's protocol, which strategies/EXTERNAL.md describes.

A program says hello with a harness, makes the requests of each run, and says what became of each:

    for run in harness.runs():
        for number, url in run:
            start = run.start()
            ...
            run.answered(number, start, status, size)  # or run.failed(number, start, error)

A program with a loop of its own takes the requests from run.waiting, asks the harness to receive when standard input is
readable, and the run to report every so often. For threads and for asyncio there are modules that do all that. It costs
about a microsecond a request.
"""

import base64
import collections
import errno
import gc
import json
import os
import platform
import resource
import signal
import socket
import ssl
import sys
import time

STDIN = 0
REPORT_EVERY = 0.010  # seconds
REASON = 150  # characters of an error's text at most, which may have the whole answer in it

clock = time.monotonic_ns
encode = json.JSONEncoder(separators=(",", ":")).encode

ERRNOS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
}

# The classes of failures that Python itself has exceptions for. What a library's own mean, its program says.
CLASSES = [
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "reset"),
    (TimeoutError, "timeout"),
    (socket.gaierror, "dns"),
    (ssl.SSLError, "tls"),
    (OSError, lambda error: ERRNOS.get(error.errno)),
    ((json.JSONDecodeError, UnicodeDecodeError), "decode"),
]

# Every program is to have the same settings, whatever the environment says.
os.environ.update(NO_PROXY="*", no_proxy="*", NETRC=os.devnull)
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for sweetspot, which then stops the run
_, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))


class Target:
    """What all requests have in common."""

    def __init__(self, said):
        self.method = said["method"]
        self.headers = said["headers"]  # pairs
        self.body = base64.b64decode(said["body"]) or None
        self.timeout = said["timeout"]  # seconds, as are the next two
        self.dial_timeout = said["dial_timeout"]
        self.dns_cache = said["dns_cache"]
        self.insecure = said["insecure"]
        self.decode = said["decode"] == "json"
        self.limit = said["limit"]  # the largest that a run will have


class Run:
    """The requests between a run message and the next stop."""

    def __init__(self, harness, limit):
        self.harness = harness
        self.limit = limit
        self.waiting = collections.deque()  # for the program to take them: pairs of number and URL
        self.stopped = False  # no more will come
        self.connections = set()  # one member for each that was used; none if the library cannot tell
        self.results = {}  # what was decoded, by URL
        self.outcomes = []  # not reported yet
        self.reported = 0  # when

    def hand_over(self, first, urls):
        self.waiting.extend(enumerate(urls, first))

    def stop(self):
        self.stopped = True

    def start(self):
        """Returns the time at which a request that was taken starts."""
        return clock()

    def answered(self, number, start, status, size):
        self.note([number, start, clock() - start, status, size])

    def failed(self, number, start, error):
        self.note([number, start, clock() - start, 0, 0, *self.harness.explain(error)])

    def note(self, outcome):
        self.outcomes.append(outcome)

    def report_if_due(self):
        """Reports if it is time to, or if the program has nothing left to start."""
        idle = not self.waiting and not self.stopped
        if idle or clock() - self.reported >= REPORT_EVERY * 1e9:
            self.report()

    def report(self):
        """Reports what there is to report."""
        count = len(self.outcomes)
        if count:
            outcomes = self.outcomes[:count]
            del self.outcomes[:count]  # other threads may have added some meanwhile
            self.reported = clock()
            self.harness.send("done", now=self.reported, outcomes=outcomes)

    def finish(self):
        self.report()
        self.harness.send("stopped", connections=len(self.connections))


class Harness:
    """What is at the other end of standard input and output."""

    Run = Run

    def __init__(self, version, most=0, classes=()):
        """Says hello and waits for the target.

        Classes are pairs: a library's exceptions, and what the protocol calls them, or a function that tells if it can.
        """
        self.classes = [*CLASSES, *classes]
        self.unread = b""
        self.target = self.run = None
        self.closed = False
        hello = {"protocol": 1, "version": f"{version}, Python {platform.python_version()}"}
        self.send("hello", **hello, **({"most": most} if most else {}))
        while not self.target:
            self.receive()
            if self.closed:
                sys.exit(0)

    def runs(self):
        self.open()
        while not self.closed:
            if self.run:
                yield self.run
                self.end()
            else:
                self.receive()

    def open(self):
        gc.collect()
        gc.freeze()  # what was imported need not be looked at again
        self.send("opened")

    def begin(self, run):
        self.run = run

    def end(self):
        run, self.run = self.run, None
        run.finish()

    def close(self):
        self.closed = True

    def receive(self):
        """Waits for something to read, and does what it says."""
        for name, said in self.read():
            if name == "start":
                self.run.hand_over(said["first"], said["urls"])
            elif name == "stop":
                self.run.stop()
            elif name == "run":
                self.begin(self.Run(self, said["limit"]))
            elif name == "open":
                self.target = Target(said)
            elif name == "close":
                if self.run:
                    os._exit(0)  # nobody wants the outcomes any more
                self.close()

    def read(self):
        got = os.read(STDIN, 1 << 20)
        if not got:
            return [("close", {})]
        *lines, self.unread = (self.unread + got).split(b"\n")
        return [message for line in lines for message in json.loads(line).items()]

    def send(self, name, **says):
        sys.stdout.buffer.write(encode({name: says}).encode() + b"\n")
        sys.stdout.buffer.flush()

    def explain(self, error):
        """Returns the class of an error and the reason: the innermost of its causes whose class is known."""
        causes = []
        while error and error not in causes:
            causes.insert(0, error)
            error = error.__cause__ or error.__context__
        for cause in causes:
            for kinds, name in self.classes:
                if isinstance(cause, kinds) and (known := name(cause) if callable(name) else name):
                    return known, f"{type(cause).__name__}: {cause}"[:REASON]
        return "other", repr(causes[-1])[:REASON]
