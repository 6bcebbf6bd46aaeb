"""httpx without a semaphore: every request is a task at once and waits for a connection from the client's pool."""

import asyncio
import http.cookiejar

from sweetspot_async import AsyncHarness
from with_httpx import CAN, CLASSES, VERSION, fetch, open_client


async def main():
    harness = AsyncHarness(VERSION, classes=CLASSES, can=CAN)
    cookies = http.cookiejar.CookieJar()
    client = None
    async for run in harness.runs():
        if not client or run.limit != limit:  # the limit of a client cannot change
            if client:
                await client.aclose()
            limit = run.limit
            client = open_client(harness.target, limit, cookies)
        async with asyncio.TaskGroup() as tasks:
            async for request in run:
                tasks.create_task(fetch(run, client, *request))
    if client:
        await client.aclose()


asyncio.run(main())
