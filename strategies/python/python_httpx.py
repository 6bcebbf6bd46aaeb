"""httpx with one AsyncClient, and a semaphore around each request."""

import asyncio

from sweetspot_async import AsyncHarness
from with_httpx import CAN, CLASSES, VERSION, fetch, open_client


async def fetch_in_slot(slots, *arguments):
    async with slots:
        await fetch(*arguments)


async def main():
    harness = AsyncHarness(VERSION, classes=CLASSES, can=CAN)
    async with open_client(harness.target) as client:
        async for run in harness.runs():
            slots = asyncio.Semaphore(run.limit)
            async with asyncio.TaskGroup() as tasks:
                async for request in run:
                    tasks.create_task(fetch_in_slot(slots, run, client, *request))


asyncio.run(main())
