"""How the programs with aiohttp connect and make a request, and the classes of its errors."""

import asyncio
import collections
import functools
import inspect
import select
import socket
import time

import aiohttp
from aiohttp.client_proto import ResponseHandler
from sweetspot import ATTEMPT_DELAY, ERRNOS, alternate
from sweetspot_http import Failure, Gate, request_target, unclean
from sweetspot_reach import converse
from yarl import URL

PIECE = 1 << 16  # bytes read at once
VERSION = f"aiohttp {aiohttp.__version__}"


def disconnected(error):
    """Returns the class of a ServerDisconnectedError, whose message is a string if nothing of the response had been read."""
    return "reset" if isinstance(error.message, str) else "truncated"


def system_error(error):
    """Returns the class of an error of the system, or of TLS, which aiohttp turns into the same type."""
    return "tls" if "[SSL" in str(error) else ERRNOS.get(error.errno)


CLASSES = [
    (aiohttp.ServerDisconnectedError, disconnected),
    (aiohttp.ClientPayloadError, "truncated"),
    (aiohttp.ClientResponseError, "malformed"),
    (aiohttp.ClientOSError, system_error),
]


class Protocol(ResponseHandler):
    """What receives a connection's bytes. It passes the heads of responses on to aiohttp once they are whole."""

    gate = None  # of the response that is expected

    def set_response_params(self, *, skip_payload=False, **named):
        self.gate = Gate()
        self.bodiless = skip_payload
        super().set_response_params(skip_payload=skip_payload, **named)

    def data_received(self, data):
        if self.gate:
            try:
                data = self.gate.pass_on(data, self.bodiless)
            except Failure as failure:
                self.give_up(failure)
                return
            if self.gate.surplus:
                self.force_close()
        super().data_received(data)

    def stale(self):
        """Returns whether the connection carried a request, and the server has closed it or written to it since."""
        if not self.gate:
            return False
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return self.gate.surplus or bool(poll.poll(0))

    def connection_lost(self, error):
        if self.gate and not error:
            try:
                self.gate.end(unclean(self.transport.get_extra_info("ssl_object")))
            except Failure as failure:
                error = failure
        payload = getattr(self, "_payload", None)
        within = payload is not None and not payload.is_eof() and error
        if within:
            payload.set_exception(error)
        super().connection_lost(error)
        if within:
            payload.set_exception(error)  # instead of one that does not tell the reason

    def give_up(self, failure):
        if self.transport:
            self.transport.close()
        self.set_exception(failure)
        payload = getattr(self, "_payload", None)
        if payload is not None:
            payload.set_exception(failure)


class Connector(aiohttp.TCPConnector):
    """A connector that records which connections are used."""

    used = set()

    def __init__(self, target, **named):
        super().__init__(**named)
        self._factory = functools.partial(Protocol, loop=asyncio.get_running_loop())

    async def connect(self, *arguments, **named):
        while True:
            connection = await super().connect(*arguments, **named)
            if not connection.protocol.stale():
                self.used.add(connection.protocol)
                return connection
            connection.close()


class Names(aiohttp.abc.AbstractResolver):
    """Leaves names as they are: a Dialer resolves them."""

    async def resolve(self, host, port=0, family=0):
        return [{"hostname": host, "host": host, "port": port, "family": 0, "proto": 0, "flags": 0}]

    async def close(self):
        pass


class Dialer(Connector):
    """A connector that tries the next address of a host after 250 ms (RFC 8305), for versions of aiohttp that do not."""

    def __init__(self, target, **named):
        super().__init__(target, resolver=Names(), **named)
        self.target = target
        self.ttl = named["ttl_dns_cache"]
        self.known = {}  # addresses by host and port, and when they were looked up

    async def _wrap_create_connection(self, factory, host, port, *, timeout, family, proto, flags, local_addr, **named):
        if self.target.server_name and named.get("ssl"):
            named["server_hostname"] = self.target.server_name
        if flags & socket.AI_NUMERICHOST and self.target.route.straight():
            where = {"host": host, "port": port, "family": family, "proto": proto, "flags": flags}
        else:
            async with asyncio.timeout(timeout.sock_connect):
                where = {"sock": await self.reach(host, port, bool(named.get("ssl")))}
        return await super()._wrap_create_connection(factory, timeout=timeout, **where, **named)

    async def reach(self, host, port, tunnelled):
        """Returns a socket that is connected to a host by the target's route."""
        route, loop = self.target.route, asyncio.get_running_loop()
        if route.socket:
            return await attempt(socket.AF_UNIX, route.socket)
        host, port, conversation = route.first_hop(host, port, tunnelled)
        connected = await self.dial(host, port)
        try:
            data = None
            while conversation and (unsent := converse(conversation, data)) is not None:
                await loop.sock_sendall(connected, unsent)
                data = await loop.sock_recv(connected, PIECE)
        except BaseException:
            connected.close()
            raise
        return connected

    async def dial(self, host, port):
        found, at = self.known.get((host, port), (None, 0))
        if not found or time.monotonic() - at > self.ttl:
            found = alternate(await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM))
            self.known[host, port] = found, time.monotonic()
        return await connect(found)


async def connect(candidates):
    """Returns a socket that is connected to the first of the addresses that answers."""
    waiting = collections.deque(candidates)
    attempts = set()
    failure = None
    try:
        while waiting or attempts:
            if waiting:
                attempts.add(asyncio.create_task(attempt(*waiting.popleft())))
            ended, attempts = await asyncio.wait(
                attempts, timeout=ATTEMPT_DELAY if waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            connected = [task.result() for task in ended if not task.exception()]
            for late in connected[1:]:
                late.close()
            if connected:
                return connected[0]
            failure = next((task.exception() for task in ended), failure)
    finally:
        for task in attempts:
            task.cancel()
    raise failure


async def attempt(family, address):
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, address)
    except BaseException:
        opened.close()
        raise
    return opened


newer = "happy_eyeballs_delay" in inspect.signature(aiohttp.TCPConnector).parameters
connector_class = Connector if newer else Dialer
CAN = ("cert", "cacert") if newer else ("proxy-http", "proxy-socks5", "cert", "cacert", "unix_socket", "connect_to")


class Request(aiohttp.ClientRequest):
    """A request that has no Content-Length if it has no body, unless its method is one that usually has a body."""

    route = None  # the target's

    async def send(self, connection):
        if self.method not in ("POST", "PUT", "PATCH") and self.headers.get("Content-Length") == "0":
            del self.headers["Content-Length"]
        if self.route.names_whole_url(str(self.url)):
            self.proxy = self.route.proxy.url  # which has aiohttp name the whole URL
            if login := self.route.proxy.authorization():
                self.headers["Proxy-Authorization"] = login
        return await super().send(connection)


def location(message, url):
    """Returns the URL as aiohttp must get it so that it changes nothing."""
    parsed = URL(url, encoded=True)
    if "authorization" in message.given:
        parsed = parsed.with_user(None)  # a given header counts more than the URL's login
    return URL(f"{parsed.origin()}{request_target(url)}", encoded=True).with_user(parsed.user).with_password(parsed.password)
