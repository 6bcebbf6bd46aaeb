"""The connections that urllib3 is given, so that requests keeps the contract of all programs.

Each request has a deadline, whatever the server sends. Interim answers are skipped. Headers and paths are sent as they are. The
next address of a host is tried after 250 ms (RFC 8305), and an address is kept for as long as the target says.
"""

import collections
import errno
import http.client
import os
import queue
import selectors
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

import urllib3
from sweetspot import ATTEMPT_DELAY, alternate
from sweetspot_http import MAX_HEADS, Gate, request_target
from sweetspot_reach import converse

PIECE = 1 << 16  # bytes read at once


class Call(threading.local):
    """The request that a thread is making."""

    def begin(self, target):
        self.target = target
        self.deadline = time.monotonic() + target.timeout

    def request(self, message, url):
        target = self.target
        self.message = message
        self.path = request_target(url)
        self.whole = target.route.names_whole_url(url)
        if self.whole:
            parts = urlsplit(url)
            self.path = f"http://{parts.netloc.rpartition('@')[2]}{self.path}"

    def left(self):
        """Returns how many seconds the request may still take."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


call = Call()


class Deadline:
    """What sockets do before they wait."""

    def recv_into(self, *arguments):
        self.settimeout(call.left())
        return super().recv_into(*arguments)

    def send(self, *arguments):
        self.settimeout(call.left())
        return super().send(*arguments)

    def makefile(self, *_):
        return Reader(super().makefile("rb", buffering=0))


class Socket(Deadline, socket.socket):
    def sendall(self, *arguments):
        self.settimeout(call.left())
        return super().sendall(*arguments)


class TLSSocket(Deadline, ssl.SSLSocket):  # its sendall calls send
    # An end of the connection that TLS did not announce is an error. Who wraps the socket asks for the contrary.
    suppress_ragged_eofs = property(lambda self: False, lambda self, value: None)


class Reader:
    """The bytes of one response, as http.client reads them from a file."""

    def __init__(self, file):
        self.file = file
        self.close = file.close
        self.buffer = b""
        self.gate = Gate(strip=True)

    def piece(self):
        """Returns what comes next, nothing at the end, and whether the end came without being announced by TLS."""
        try:
            return self.file.read(PIECE), False
        except ssl.SSLEOFError:
            return b"", True

    def head(self, bodiless):
        """Returns the head of the answer. What was read of its body is in the buffer."""
        while not self.gate.status:
            data, unclean = self.piece()
            if not data:
                self.gate.end(unclean)
                raise http.client.RemoteDisconnected("the server closed the connection without a response")
            self.buffer += self.gate.pass_on(data, bodiless)
        end = self.buffer.index(b"\n\r\n" if b"\n\r\n" in self.buffer else b"\n\n")
        end = self.buffer.index(b"\n", end + 1) + 1
        head, self.buffer = self.buffer[:end], self.buffer[end:]
        return head

    def read(self, amount):
        while amount and not self.buffer and not self.gate.ended():
            data, unclean = self.piece()
            if not data:
                self.gate.end(unclean)
                break
            self.buffer += self.gate.cut(data)
        data, self.buffer = self.buffer[:amount], self.buffer[amount:]
        return data

    def flush(self):
        pass


class Response(http.client.HTTPResponse):
    """A response whose head was checked, and whose body has no framing any more."""

    def __init__(self, sock, *arguments, **named):
        super().__init__(sock, *arguments, **named)
        self.socket = sock

    def begin(self):
        reader = self.fp
        try:
            self.fp = Head(reader.head(self._method == "HEAD"))
            super().begin()
        finally:
            self.fp = reader
        if self.chunked:
            del self.headers["Transfer-Encoding"]  # so that nobody looks for chunks again
            self.chunked = False

    def _close_conn(self):
        if isinstance(self.fp, Reader) and (self.fp.gate.surplus or self.fp.buffer):
            try:
                self.socket.shutdown(socket.SHUT_RDWR)  # it is not used for another request
            except OSError:
                pass
        super()._close_conn()


class Head:
    """A head as a file."""

    def __init__(self, head):
        self.lines = [line + b"\n" for line in head.split(b"\n")[-2::-1]]

    def readline(self, _):
        return self.lines.pop()

    def close(self):
        pass


class Connection:
    """What connections of both kinds do."""

    response_class = Response

    def _new_conn(self):
        deadline = time.monotonic() + min(call.target.dial_timeout, call.left())
        connected = reach(call.target.route, self.host, self.port, isinstance(self, SecureConnection), deadline)
        connected.settimeout(max(0.001, deadline - time.monotonic()))  # for the TLS handshake
        return connected

    def putrequest(self, method, _, **named):
        super().putrequest(method, call.path, **named)
        if call.whole and (login := call.target.route.proxy.authorization()):
            super().putheader("Proxy-Authorization", login)

    def putheader(self, name, *values):
        if isinstance(values[0], Values):
            values = values[0].each
        elif name == "Content-Length" and values == ("0",) and not call.message.has_length:
            return
        for value in values:
            super().putheader(name, value)


class Values(str):
    """The values of a header that is given several times, which requests takes for one."""

    def __new__(cls, each):
        self = super().__new__(cls, ", ".join(each))
        self.each = each
        return self


class PlainConnection(Connection, urllib3.connectionpool.HTTPConnectionPool.ConnectionCls):
    pass


class SecureConnection(Connection, urllib3.connectionpool.HTTPSConnectionPool.ConnectionCls):
    def connect(self):
        self.server_hostname = call.target.server_name
        super().connect()


urllib3.connectionpool.HTTPConnectionPool.ConnectionCls = PlainConnection
urllib3.connectionpool.HTTPSConnectionPool.ConnectionCls = SecureConnection
ssl.SSLContext.sslsocket_class = TLSSocket
http.client._MAXHEADERS = MAX_HEADS  # a Gate limits their size
known = {}  # addresses of a host and port, and when they were looked up


def reach(route, host, port, tunnelled, deadline):
    """Returns a socket that is connected to a host by the route."""
    if route.socket:
        connected = Socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connected.settimeout(max(0.001, deadline - time.monotonic()))
            connected.connect(route.socket)
        except BaseException:
            connected.close()
            raise
        return connected
    host, port, conversation = route.first_hop(host, port, tunnelled)
    connected = connect(addresses(host, port, deadline), deadline)
    try:
        data = None
        while conversation and (unsent := converse(conversation, data)) is not None:
            connected.settimeout(max(0.001, deadline - time.monotonic()))
            socket.socket.sendall(connected, unsent)
            data = socket.socket.recv(connected, PIECE)
    except BaseException:
        connected.close()
        raise
    return connected


def addresses(host, port, deadline):
    """Returns the addresses of a host, in the order in which to try them."""
    found, at = known.get((host, port), (None, 0))
    if not found or time.monotonic() - at > call.target.dns_cache:
        found = alternate(look_up(host, port, deadline))
        known[host, port] = found, time.monotonic()
    return found


def look_up(host, port, deadline):
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        pass  # a name
    answer = queue.SimpleQueue()

    def ask():
        try:
            answer.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            answer.put(error)

    threading.Thread(target=ask, daemon=True).start()  # since it has no timeout
    try:
        found = answer.get(timeout=max(0, deadline - time.monotonic()))
    except queue.Empty:
        raise TimeoutError(f"looking up {host} timed out") from None
    if isinstance(found, OSError):
        raise found
    return found


def connect(candidates, deadline):
    """Returns a socket that is connected to the first address that answers."""
    waiting = collections.deque(candidates)
    failure = None
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                if waiting:
                    failure = begin_attempt(selector, *waiting.popleft()) or failure
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError("connecting timed out")
                for key, _ in selector.select(min(left, ATTEMPT_DELAY) if waiting else left) if selector.get_map() else ():
                    selector.unregister(key.fileobj)
                    if not (code := key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                        return key.fileobj
                    key.fileobj.close()
                    failure = OSError(code, os.strerror(code))
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()
    raise failure


def begin_attempt(selector, family, address):
    """Begins to connect to an address. It returns an error if that failed at once."""
    attempt = Socket(family, socket.SOCK_STREAM)
    attempt.setblocking(False)
    attempt.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code = attempt.connect_ex(address)
    if code in (0, errno.EINPROGRESS):
        selector.register(attempt, selectors.EVENT_WRITE)
        return None
    attempt.close()
    return OSError(code, os.strerror(code))
