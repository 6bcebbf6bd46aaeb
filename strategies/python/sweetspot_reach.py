"""How programs reach their target: by a proxy, a Unix socket or another address, and with which certificates.

A tunnel is a conversation with a proxy, whatever a library's sockets are like: a generator that yields what to send, which may
be nothing, and is sent what was read then. It returns once the proxy has connected.
"""

import base64
import ssl
from urllib.parse import unquote, urlsplit

from sweetspot_http import Failure, Gate


class Proxy:
    """A proxy, with its login."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.url = url
        self.scheme = parts.scheme
        self.host = parts.hostname
        self.port = parts.port
        self.has_login = "@" in parts.netloc
        self.name = unquote(parts.username or "")
        self.password = unquote(parts.password or "")

    def authorization(self):
        """Returns the value of Proxy-Authorization; None without a login."""
        if self.has_login:
            return "Basic " + base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
        return None


class Route:
    """The members of open that say how the target is reached."""

    def __init__(self, content):
        self.proxy = Proxy(content["proxy"]) if "proxy" in content else None
        self.cert = content.get("cert"), content.get("key")
        self.cacert = content.get("cacert")
        self.socket = content.get("unix_socket")
        self.connect_to = content.get("connect_to", ())
        self.detours = [split_detour(text) for text in self.connect_to]

    def straight(self):
        """Returns whether connections are made to the hosts themselves."""
        return not (self.proxy or self.socket or self.detours)

    def destination(self, host, port):
        """Returns where connections to a host and port end."""
        for from_host, from_port, to_host, to_port in self.detours:
            if from_host in ("", host.lower()) and from_port in ("", str(port)):
                return to_host or host, int(to_port or port)
        return host, port

    def names_whole_url(self, url):
        """Returns whether a request to the URL must name all of it, as a proxy without a tunnel wants it."""
        if not self.proxy or self.proxy.scheme == "socks5" or not url.startswith("http:"):
            return False
        parts = urlsplit(url)
        there = parts.hostname, parts.port or 80
        return self.destination(*there) == there

    def first_hop(self, host, port, tunnelled):
        """Returns the host and port to connect to, and the conversation with the proxy there, or None if there is none."""
        there = self.destination(host, port)
        if not self.proxy:
            return *there, None
        if self.proxy.scheme == "socks5":
            return self.proxy.host, self.proxy.port, socks(self.proxy, *there)
        if tunnelled or there != (host, port):
            return self.proxy.host, self.proxy.port, connect(self.proxy, *there)
        return self.proxy.host, self.proxy.port, None

    def context(self, insecure):
        """Returns the settings of TLS."""
        context = ssl.create_default_context(cafile=self.cacert)
        context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)  # Python takes such an end for a clean one
        if insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.cert[0]:
            context.load_cert_chain(*self.cert)
        return context


def split_detour(text):
    """Returns the four parts of HOST:PORT:HOST2:PORT2, without the brackets of IPv6 addresses."""
    parts = []
    while len(parts) < 4:
        if text.startswith("["):
            part, _, text = text[1:].partition("]")
            text = text[1:]
        else:
            part, _, text = text.partition(":")
        parts.append(part)
    return parts[0].lower(), *parts[1:]


def connect(proxy, host, port):
    """The conversation with a proxy that speaks HTTP."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    request = f"CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n"
    if login := proxy.authorization():
        request += f"Proxy-Authorization: {login}\r\n"
    gate = Gate()
    unsent = (request + "\r\n").encode()
    while not gate.status:
        data = yield unsent
        unsent = b""
        if not data:
            gate.end()
            raise Failure("reset", "the proxy closed the connection without an answer")
        gate.pass_on(data, bodiless=True)
    if gate.status // 100 != 2:
        raise Failure("refused", f"the proxy refuses to connect to {address}: status {gate.status}")


VERSION, NONE, PASSWORD, NO_METHOD = 5, 0, 2, 0xFF
CONNECT, BY_NAME = 1, 3
ADDRESS_SIZE = {1: 4, 4: 16}  # bytes


def socks(proxy, host, port):
    """The conversation with a proxy that speaks SOCKS version 5 (RFC 1928 and 1929)."""
    methods = bytes([NONE, PASSWORD] if proxy.has_login else [NONE])
    buffer = bytearray()

    def take(count, unsent=b""):
        nonlocal buffer
        if unsent and buffer:
            raise Failure("malformed", "the proxy answers before it is asked")
        while unsent or len(buffer) < count:
            data = yield unsent
            unsent = b""
            if not data:
                raise Failure("reset", "the proxy closed the connection without an answer")
            buffer += data
        taken, buffer = buffer[:count], buffer[count:]
        return taken

    version, method = yield from take(2, bytes([VERSION, len(methods)]) + methods)
    if version != VERSION:
        raise Failure("malformed", "the proxy's answer is not that of SOCKS version 5")
    if method == PASSWORD:
        name, password = proxy.name.encode(), proxy.password.encode()
        answer = yield from take(2, bytes([1, len(name)]) + name + bytes([len(password)]) + password)
        if answer[1]:
            raise Failure("refused", "the proxy does not accept the login in its URL")
    elif method != NONE:
        raise Failure("refused", "the proxy wants a login, or another one")
    name = host.encode()
    request = bytes([VERSION, CONNECT, 0, BY_NAME, len(name)]) + name + port.to_bytes(2, "big")
    version, reply, _, kind = yield from take(4, request)
    if version != VERSION or kind not in (BY_NAME, *ADDRESS_SIZE):
        raise Failure("malformed", "the proxy's answer is not that of SOCKS version 5")
    if reply:
        raise Failure("refused", f"the proxy refuses to connect to {host}: reply {reply}")
    size = ADDRESS_SIZE.get(kind) or (yield from take(1))[0]
    yield from take(size + 2)


def converse(conversation, data=None):
    """Returns what to send next; None once the conversation is over."""
    try:
        return conversation.send(data)
    except StopIteration:
        return None
