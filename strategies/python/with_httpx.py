"""How the programs with httpx make a request, and the classes of its errors."""

import contextvars
import time

import httpcore
import httpx
from sweetspot_http import Body, Gate, request_target, unclean
from sweetspot_reach import Route, converse
from sweetspot_redirect import Chain, location_of

CAN = "proxy-http", "proxy-https", "proxy-socks5", "cert", "cacert", "unix_socket", "connect_to"
PIECE = 1 << 16  # bytes read at once
VERSION = f"httpx {httpx.__version__}"


def classify(error):
    reason = str(error)
    if "without sending a response" in reason:
        return "reset"
    if "without sending complete message body" in reason:
        return "truncated"
    return "malformed"


CLASSES = [
    (httpx.TimeoutException, "timeout"),
    (httpx.ReadError, "reset"),
    (httpx.RemoteProtocolError, classify),
]

DEFAULT_HEADERS = "Accept", "Accept-Encoding", "Connection", "User-Agent"  # which httpx adds


deadline = contextvars.ContextVar("deadline")  # of the request that the task makes, on the monotonic clock
tunnelled = contextvars.ContextVar("tunnelled")  # whether a proxy must be asked for a tunnel to its host


def left(timeout=None):
    """Returns how many seconds the request may still take, at most the timeout. Httpx has a timeout for each read only."""
    rest = max(0, deadline.get() - time.monotonic())
    return rest if timeout is None else min(rest, timeout)


class Stream:
    """A connection that passes the heads of responses on to httpcore once they are whole, and keeps the request's deadline."""

    def __init__(self, stream, server_name):
        self.stream = stream
        self.server_name = server_name  # that TLS asks for; None is that of the URL
        self.get_extra_info = stream.get_extra_info
        self.aclose = stream.aclose
        self.gate = Gate()
        self.bodiless = False

    async def read(self, most, timeout=None):
        while data := await self.stream.read(most, timeout=left()):
            if data := self.gate.pass_on(data, self.bodiless):
                return data
            if self.gate.status:
                continue  # what came was no part of the response
        self.gate.end(unclean(self.get_extra_info("ssl_object")))
        return b""

    async def write(self, data, timeout=None):
        if self.gate.status:  # of the previous response
            self.gate.begin()
        self.bodiless = data.startswith(b"HEAD ")
        try:
            await self.stream.write(data, timeout=left())
        except httpcore.WriteError:
            pass  # an answer may have come nevertheless

    async def start_tls(self, ssl_context, server_hostname=None, timeout=None):
        name = self.server_name or server_hostname
        return Stream(await self.stream.start_tls(ssl_context, server_hostname=name, timeout=left(timeout)), self.server_name)


class Backend:
    """What opens connections for httpcore."""

    def __init__(self, backend, target):
        self.backend = backend
        self.target = target

    async def connect_tcp(self, host, port, timeout=None, **named):
        route, name = self.target.route, self.target.server_name
        if route.socket:
            return Stream(await self.backend.connect_unix_socket(route.socket, timeout=left(timeout)), name)
        host, port, conversation = route.first_hop(host, port, tunnelled.get())
        stream = await self.backend.connect_tcp(host, port, timeout=left(timeout), **named)
        try:
            if route.proxy and route.proxy.scheme == "https":
                context = Route({"cacert": route.cacert}).context(self.target.insecure)
                stream = await stream.start_tls(context, server_hostname=route.proxy.host, timeout=left(timeout))
            data = None
            while conversation and (unsent := converse(conversation, data)) is not None:
                await stream.write(unsent, timeout=left(timeout))
                data = await stream.read(PIECE, timeout=left(timeout))
        except BaseException:
            await stream.aclose()
            raise
        return Stream(stream, name)

    def __getattr__(self, name):
        return getattr(self.backend, name)


class ExactURL(httpx.URL):
    """A URL whose path and query are sent as they are."""

    @property
    def raw_path(self):
        return self.exact


class AsGiven(httpx.Auth):
    """Leaves a given Authorization as it is, whatever login the URL has."""


def open_client(target, limit=None, cookies=None):
    """Returns a client with at most limit connections, to all hosts together; None is no limit."""
    transport = httpx.AsyncHTTPTransport(
        http2=False,
        limits=httpx.Limits(max_connections=limit, max_keepalive_connections=limit, keepalive_expiry=90),
        verify=target.route.context(target.insecure),
        trust_env=False,
    )
    transport._pool._network_backend = Backend(transport._pool._network_backend, target)
    client = httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(target.timeout, connect=target.dial_timeout),
        cookies=cookies,
        trust_env=False,
    )
    client.headers = [] if target.varied else target.message.headers
    for name in DEFAULT_HEADERS:
        if target.varied or name.lower() not in target.message.given:
            del client.headers[name]
    return client


async def fetch(run, client, number, url, message):
    target = run.harness.target
    start = run.start()
    try:
        deadline.set(time.monotonic() + target.timeout)
        chain = Chain(run, message, url)
        while not (body := await exchange(run, client, chain)):
            pass
        run.answered(number, start, url, body)
    except Exception as error:
        run.failed(number, start, error)


async def exchange(run, client, chain):
    """Makes a request. It returns the body of the answer, or None if that leads to another request."""
    message = chain.message
    response = await client.send(build(run.harness.target, client, message, chain.url), stream=True, **login_of(message))
    try:
        redirects = chain.follows(response.status_code)
        body = Body(run.harness.target, message, response.status_code, response.headers, redirects)
        async for piece in response.aiter_raw():
            body.add(piece)
    finally:
        await response.aclose()
    stream = response.extensions["network_stream"]
    run.connections.add(stream)
    if stream.gate.surplus:
        await stream.aclose()  # it is not used for another request
    if not redirects:
        return body
    chain.follow(body.status, body.size, location_of(response.headers.raw))


def build(target, client, message, url):
    headers = message.headers if target.varied else None  # otherwise they are the client's
    request = client.build_request(message.method, url, headers=headers, content=message.body)
    request.url = ExactURL(request.url)
    request.url.exact = request_target(url).encode()
    tunnelled.set(request.url.scheme == "https")
    if target.route.names_whole_url(url):
        request.url.exact = b"http://" + request.url.netloc + request.url.exact
        if login := target.route.proxy.authorization():
            request.headers["Proxy-Authorization"] = login
    return request


def login_of(message):
    return {"auth": AsGiven()} if "authorization" in message.given else {}
