"""aiohttp as in the article: one session, and a semaphore around each request.

aiohttp before 3.9 refuses a response with a header line longer than 8 KB.
"""

import asyncio
import functools

import aiohttp
from aiohttp.client_proto import ResponseHandler
from sweetspot_async import AsyncHarness
from sweetspot_http import Body, Failure, Gate, request_target
from yarl import URL

VERSION = f"aiohttp {aiohttp.__version__}"


def disconnected(error):
    """Returns the class of a ServerDisconnectedError, whose message is a string if nothing of the response had been read."""
    return "reset" if isinstance(error.message, str) else "truncated"


CLASSES = [
    (aiohttp.ServerDisconnectedError, disconnected),
    (aiohttp.ClientPayloadError, "truncated"),
    (aiohttp.ClientResponseError, "malformed"),
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

    def connection_lost(self, error):
        if self.gate and not error:
            try:
                self.gate.end()
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

    def __init__(self, **named):
        super().__init__(**named)
        self._factory = functools.partial(Protocol, loop=asyncio.get_running_loop())

    async def connect(self, *arguments, **named):
        connection = await super().connect(*arguments, **named)
        self.used.add(connection.protocol)
        return connection


class Request(aiohttp.ClientRequest):
    """A request that has no Content-Length if it has no body, unless its method is one that usually has a body."""

    async def send(self, connection):
        if self.method not in ("POST", "PUT", "PATCH") and self.headers.get("Content-Length") == "0":
            del self.headers["Content-Length"]
        return await super().send(connection)


def location(target, url):
    """Returns the URL as aiohttp must get it so that it changes nothing."""
    parsed = URL(url, encoded=True)
    if any(name == "Authorization" for name, _ in target.headers):
        parsed = parsed.with_user(None)  # a given header counts more than the URL's login
    return URL(f"{parsed.origin()}{request_target(url)}", encoded=True).with_user(parsed.user).with_password(parsed.password)


async def fetch(run, slots, session, number, url):
    target = run.harness.target
    async with slots:
        start = run.start()
        try:
            async with asyncio.timeout(target.timeout):
                request = session.request(target.method, location(target, url), data=target.body, allow_redirects=False)
                async with request as response:
                    body = Body(target, response.status, response.headers)
                    async for piece in response.content.iter_any():
                        body.add(piece)
            run.answered(number, start, url, body)
        except Exception as error:
            run.failed(number, start, error)


async def main(version=VERSION):
    harness = AsyncHarness(version, classes=CLASSES)
    target = harness.target
    connector = Connector(
        limit=0,  # none: the semaphore holds the limit
        ttl_dns_cache=target.dns_cache,
        keepalive_timeout=90,
        ssl=False if target.insecure else None,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.CookieJar(unsafe=True),  # unsafe: also for hosts that are IP addresses
        headers=target.headers,
        skip_auto_headers=["Accept", "Accept-Encoding", "Content-Type", "User-Agent"],
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=target.dial_timeout),
        request_class=Request,
        auto_decompress=False,
    ) as session:
        session._retry_connection = False  # otherwise newer versions would retry
        async for run in harness.runs():
            connector.used = run.connections
            slots = asyncio.Semaphore(run.limit)
            async with asyncio.TaskGroup() as tasks:
                async for number, url in run:
                    tasks.create_task(fetch(run, slots, session, number, url))


if __name__ == "__main__":
    asyncio.run(main())
