"""aiohttp as in the article: one session, and a semaphore around each request.

aiohttp before 3.9 refuses a response with a header line longer than 8 KB.
"""

import asyncio

import aiohttp
from sweetspot_async import AsyncHarness
from sweetspot_http import Body
from sweetspot_redirect import Chain, location_of
from with_aiohttp import CAN, CLASSES, VERSION, Request, connector_class, location


async def fetch(run, slots, session, number, url, message):
    target = run.harness.target
    async with slots:
        start = run.start()
        try:
            chain = Chain(run, message, url)
            async with asyncio.timeout(target.timeout):
                while not (body := await exchange(target, session, chain)):
                    pass
            run.answered(number, start, url, body)
        except Exception as error:
            run.failed(number, start, error)


async def exchange(target, session, chain):
    """Makes a request. It returns the body of the answer, or None if that leads to another request."""
    message = chain.message
    headers = message.headers if target.varied else None  # otherwise they are the session's
    where = location(message, chain.url)
    request = session.request(message.method, where, headers=headers, data=message.body, allow_redirects=False)
    async with request as response:
        redirects = chain.follows(response.status)
        body = Body(target, message, response.status, response.headers, redirects)
        async for piece in response.content.iter_any():
            body.add(piece)
    if not redirects:
        return body
    chain.follow(body.status, body.size, location_of(response.raw_headers))


async def main(version=VERSION):
    harness = AsyncHarness(version, classes=CLASSES, can=CAN)
    target = harness.target
    Request.route = target.route
    connector = connector_class(
        target,
        limit=0,  # none: the semaphore holds the limit
        ttl_dns_cache=target.dns_cache,
        keepalive_timeout=90,
        ssl=target.route.context(target.insecure),
    )
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.CookieJar(unsafe=True),  # unsafe: also for hosts that are IP addresses
        headers=None if target.varied else target.message.headers,
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
                async for request in run:
                    tasks.create_task(fetch(run, slots, session, *request))


if __name__ == "__main__":
    asyncio.run(main())
