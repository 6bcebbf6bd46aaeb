"""aiohttp as in the article: one session, and a semaphore around each request.

aiohttp before 3.9 refuses a response with a header line longer than 8 KB.
"""

import asyncio
import json

import aiohttp
from sweetspot_async import AsyncHarness
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


class Connector(aiohttp.TCPConnector):
    """A connector that records which connections are used."""

    used = set()

    async def connect(self, *arguments, **named):
        connection = await super().connect(*arguments, **named)
        self.used.add(connection.protocol)
        return connection


async def fetch(run, slots, session, number, url):
    target = run.harness.target
    async with slots:
        start = run.start()
        try:
            request = session.request(target.method, URL(url, encoded=True), data=target.body, allow_redirects=False)
            async with request as response:
                body = await response.read()
            if target.decode and response.ok:
                run.results[url] = json.loads(body)
        except Exception as error:
            run.failed(number, start, error)
        else:
            run.answered(number, start, response.status, len(body))


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
        timeout=aiohttp.ClientTimeout(total=target.timeout, sock_connect=target.dial_timeout),
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
