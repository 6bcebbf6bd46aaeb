"""pycurl driven directly: one CurlMulti, with epoll to find the sockets that are ready, and reused handles and buffers.

libcurl cannot be kept from repeating a request whose kept connection was closed without a response.
"""

import re
import select
import time

import pycurl
from sweetspot import REPORT_EVERY, STDIN, Harness, clock
from sweetspot_http import MAX_HEADS, Body, Failure, Gate
from sweetspot_redirect import Chain

CLASSES = {
    pycurl.E_UNSUPPORTED_PROTOCOL: "malformed",  # what is not HTTP is taken for HTTP/0.9
    pycurl.E_COULDNT_RESOLVE_HOST: "dns",
    pycurl.E_COULDNT_RESOLVE_PROXY: "dns",
    pycurl.E_COULDNT_CONNECT: "refused",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "malformed",  # of any server, not only of FTP servers
    pycurl.E_OUT_OF_MEMORY: "malformed",  # for a header line of over 100 KB
    pycurl.E_BAD_CONTENT_ENCODING: "malformed",
    pycurl.E_PARTIAL_FILE: "truncated",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_SSL_CONNECT_ERROR: "tls",
    pycurl.E_PEER_FAILED_VERIFICATION: "tls",
    pycurl.E_GOT_NOTHING: "reset",
    pycurl.E_SEND_ERROR: "reset",
    pycurl.E_RECV_ERROR: "reset",
}

# The events that epoll reports, as flags for libcurl: the index is a set of epoll's events.
READY = [
    (pycurl.CSELECT_IN if events & (select.EPOLLIN | select.EPOLLHUP) else 0)
    | (pycurl.CSELECT_OUT if events & select.EPOLLOUT else 0)
    | (pycurl.CSELECT_ERR if events & select.EPOLLERR else 0)
    for events in range(2 * select.EPOLLHUP)
]

# What libcurl waits for, as events of epoll.
EVENTS = {
    pycurl.POLL_IN: select.EPOLLIN,
    pycurl.POLL_OUT: select.EPOLLOUT,
    pycurl.POLL_INOUT: select.EPOLLIN | select.EPOLLOUT,
}


# The headers that a Body needs.
NEEDED = re.compile(rb"\n(Content-Encoding|Content-Length):[ \t]*([!-~]*)", re.IGNORECASE)


LOCATION = re.compile(rb"\nLocation:[ \t]*([^\r\n]*?)[ \t]*(?=\r?\n)", re.IGNORECASE)

# What is in the texts of faults that have the codes of other faults, most of them of a proxy.
TEXTS = [
    ("TLS fatal alert", "tls"),
    ("CONNECT tunnel failed, response 0", "malformed"),
    ("CONNECT tunnel failed", "refused"),
    ("from proxy after CONNECT", "refused"),
    ("Proxy CONNECT aborted", "reset"),
    ("invalid version", "malformed"),
    ("rejected by the SOCKS5", "refused"),
    ("No authentication method was acceptable", "refused"),
    ("Can't complete SOCKS5 connection", "refused"),
    ("SOCKS5 response", "reset"),
    ("connection to proxy closed", "reset"),
]


# What is in the texts, of GnuTLS and OpenSSL, of a connection that ended without TLS's word for it.
UNCLEAN = "non-properly terminated", "unexpected eof while reading"


def classify(error):
    code, reason = error.args
    for words, name in TEXTS:
        if words in reason:
            return name
    if code == pycurl.E_RECV_ERROR and "header" in reason:
        return "malformed"
    if code == pycurl.E_RECV_ERROR and "chunk" in reason:
        return "malformed"
    return CLASSES.get(code, "other")


HOSTS = 8  # the number of hosts to which as many connections are kept as the limit


class Multi:
    """A CurlMulti with an epoll that watches its sockets and standard input.

    CurlMulti.select and perform would cost a tenth less while all connections are busy. But they examine all connections
    whenever one is ready, and support a thousand connections at most.
    """

    def __init__(self, limit):
        self.curl = pycurl.CurlMulti()
        self.curl.setopt(pycurl.M_MAXCONNECTS, HOSTS * limit)
        self.curl.setopt(pycurl.M_SOCKETFUNCTION, self.watch)
        self.curl.setopt(pycurl.M_TIMERFUNCTION, self.set_timer)
        self.epoll = select.epoll()
        self.epoll.register(STDIN, select.EPOLLIN)
        self.watched = set()
        self.timeout = None  # when libcurl wants to be called even if no socket is ready

    def watch(self, what, socket, *_):
        if what == pycurl.POLL_REMOVE:
            self.watched.remove(socket)
            self.epoll.unregister(socket)
        elif socket in self.watched:
            self.epoll.modify(socket, EVENTS[what])
        else:
            self.watched.add(socket)
            self.epoll.register(socket, EVENTS[what])

    def set_timer(self, milliseconds):
        self.timeout = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000

    def wait(self, longest):
        """Waits until a socket is ready, lets libcurl handle those that are, and returns whether standard input is readable."""
        if self.timeout is not None:
            longest = max(0, min(longest, self.timeout - time.monotonic()))
        readable = False
        for socket, events in self.epoll.poll(longest):
            if socket == STDIN:
                readable = True
            elif socket in self.watched:  # libcurl may have removed it meanwhile
                self.curl.socket_action(socket, READY[events])
        if self.timeout is not None and time.monotonic() >= self.timeout:
            self.timeout = None
            self.curl.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return readable

    def finished(self):
        """Yields each handle whose request has ended, with its error or None."""
        left = 1
        while left:
            left, succeeded, failed = self.curl.info_read()
            for handle in succeeded:
                self.curl.remove_handle(handle)
                yield handle, None
            for handle, *error in failed:
                self.curl.remove_handle(handle)
                yield handle, pycurl.error(*error)


class Response:
    """What a handle receives. Libcurl is lenient, so the heads are checked again."""

    def __init__(self, target):
        self.target = target
        self.begin(None)

    def begin(self, chain):
        """Expects a response to the request of a chain."""
        self.chain = chain
        self.location = None
        self.lines = []  # of the heads and the trailer
        self.size = 0  # of the lines
        self.encoding = None
        self.body = self.failure = None

    def add_line(self, line):
        self.size += len(line)
        if self.size > 2 * MAX_HEADS:  # of heads and trailer
            self.failure = Failure("malformed", "too many bytes of headers")
            return -1  # which aborts the request
        self.lines.append(line)
        if self.target.decode and not self.body and line in (b"\r\n", b"\n"):
            try:
                self.check_head()
            except Failure as failure:
                if failure.kind == "too-large":  # by its length; other faults are for the end
                    self.failure = failure
                    return -1

    def add(self, piece):
        try:
            if not self.body:
                self.check_head()
            self.body.add(piece)
        except Failure as failure:
            self.failure = failure
            return -1

    def check_head(self):
        gate = Gate()
        head = gate.pass_on(b"".join(self.lines), self.chain.message.method == "HEAD")
        if not gate.status:
            gate.end()
            raise Failure("malformed", "the response has no head")
        headers = {name.decode().title(): value.decode() for name, value in NEEDED.findall(head)} if self.target.decode else {}
        redirects = self.chain.follows(gate.status)
        if redirects and (found := LOCATION.search(head)):
            self.location = found[1]
        self.body = Body(self.target, self.chain.message, gate.status, headers, redirects)

    def end(self, error):
        """Returns the body, if the response was one."""
        if self.failure:
            raise self.failure
        if not self.body and (not error or error.args[0] == pycurl.E_GOT_NOTHING and self.lines):
            self.check_head()
        if error and self.lines and any(words in error.args[1] for words in UNCLEAN):
            raise Failure("truncated", "the connection was closed within the response")
        if error:
            raise error
        return self.body


def new_handle(target, share):
    """Returns a handle that makes the target's requests, one after the other."""
    handle = pycurl.Curl()
    handle.message = None
    handle.response = Response(target)
    handle.setopt(pycurl.HEADERFUNCTION, handle.response.add_line)
    handle.setopt(pycurl.WRITEFUNCTION, handle.response.add)
    handle.setopt(pycurl.SHARE, share)
    handle.setopt(pycurl.COOKIEFILE, "")  # keeps cookies, in memory
    handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    handle.setopt(pycurl.PATH_AS_IS, True)
    handle.setopt(pycurl.SSL_VERIFYPEER, not target.insecure)
    handle.setopt(pycurl.SSL_VERIFYHOST, 0 if target.insecure else 2)
    set_route(handle, target)
    handle.setopt(pycurl.TIMEOUT_MS, round(1000 * target.timeout))
    handle.setopt(pycurl.CONNECTTIMEOUT_MS, round(1000 * target.dial_timeout))
    handle.setopt(pycurl.DNS_CACHE_TIMEOUT, round(target.dns_cache))
    handle.setopt(pycurl.NOSIGNAL, True)
    return handle


CAN = "proxy-http", "proxy-https", "proxy-socks5", "cert", "cacert", "unix_socket", "connect_to"
PROXYTYPE_HTTPS, SUPPRESS_CONNECT_HEADERS = 2, 265  # which pycurl does not name
PROXIES = {"http": pycurl.PROXYTYPE_HTTP, "https": PROXYTYPE_HTTPS, "socks5": pycurl.PROXYTYPE_SOCKS5_HOSTNAME}


def set_route(handle, target):
    """Has the handle reach the target as it says."""
    route = target.route
    handle.setopt(pycurl.PROXY, f"{route.proxy.host}:{route.proxy.port}" if route.proxy else "")
    handle.setopt(pycurl.NOPROXY, "")  # which the environment may have
    if route.proxy:
        handle.setopt(pycurl.PROXYTYPE, PROXIES[route.proxy.scheme])
        handle.setopt(pycurl.PROXY_SSL_VERIFYPEER, not target.insecure)
        handle.setopt(pycurl.PROXY_SSL_VERIFYHOST, 0 if target.insecure else 2)
        handle.setopt(SUPPRESS_CONNECT_HEADERS, True)
        if route.proxy.has_login:
            handle.setopt(pycurl.PROXYUSERNAME, route.proxy.name)
            handle.setopt(pycurl.PROXYPASSWORD, route.proxy.password)
    if route.cacert:
        handle.setopt(pycurl.CAINFO, route.cacert)
        handle.setopt(pycurl.PROXY_CAINFO, route.cacert)
    if route.cert[0]:
        handle.setopt(pycurl.SSLCERT, route.cert[0])
        handle.setopt(pycurl.SSLKEY, route.cert[1])
    if route.socket:
        handle.setopt(pycurl.UNIX_SOCKET_PATH, route.socket)
    if route.connect_to:
        handle.setopt(pycurl.CONNECT_TO, route.connect_to)


# Headers that libcurl adds unless they are switched off.
DEFAULTS = {"accept", "content-type", "expect", "proxy-connection", "user-agent"}


def set_message(handle, message):
    """Has the handle's next requests send the message."""
    handle.message = message
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in message.headers]
    handle.setopt(pycurl.HTTPHEADER, lines + [f"{name}:" for name in DEFAULTS - message.given])
    handle.setopt(pycurl.HTTPGET, True)  # undoes what another message needed
    if message.has_length:
        handle.setopt(pycurl.POSTFIELDS, message.body or b"")
    if message.method == "HEAD":
        handle.unsetopt(pycurl.CUSTOMREQUEST)
        handle.setopt(pycurl.NOBODY, True)
    else:
        handle.setopt(pycurl.CUSTOMREQUEST, message.method)


def begin(multi, handle):
    """Begins with the request to which the handle's chain has led."""
    chain, target = handle.chain, handle.response.target
    handle.setopt(pycurl.URL, chain.url)
    if target.follow:  # the timeout is that of all requests of the chain
        handle.setopt(pycurl.TIMEOUT_MS, max(1, round(1000 * target.timeout - (clock() - handle.start) / 1e6)))
    if chain.message is not handle.message:
        set_message(handle, chain.message)
    handle.response.begin(chain)
    multi.curl.add_handle(handle)


def finish(run, handle, error):
    """Reports the outcome of the handle's request. It returns False if a redirect leads to another request instead."""
    try:
        body, chain = handle.response.end(error), handle.chain
        run.connections.add(handle.getinfo(pycurl.LOCAL_PORT))
        if chain.follows(body.status):
            chain.follow(body.status, body.size, handle.response.location)
            return False
        run.answered(handle.number, handle.start, handle.url, body)
    except Exception as error:
        run.failed(handle.number, handle.start, error)
    return True


def make_requests(run, multi, free):
    """Makes the requests of the run with the handles in free."""
    while run.waiting or not run.stopped or len(free) < run.limit:
        while run.waiting and free:
            handle = free.pop()
            handle.number, handle.url, message = run.waiting.popleft()
            handle.chain = Chain(run, message, handle.url)
            handle.start = run.start()
            begin(multi, handle)
        run.report_if_due()
        if multi.wait(REPORT_EVERY):
            harness.receive()
        for handle, error in multi.finished():
            if finish(run, handle, error):
                free.append(handle)
            else:
                begin(multi, handle)


harness = Harness(" ".join(pycurl.version.split()[:2]), classes=[(pycurl.error, classify)], can=CAN)
target = harness.target
share = pycurl.CurlShare()
share.setopt(pycurl.SH_SHARE, pycurl.LOCK_DATA_COOKIE)
multi = Multi(target.limit)
handles = [new_handle(target, share) for _ in range(target.limit)]
for run in harness.runs():
    make_requests(run, multi, handles[: run.limit])
