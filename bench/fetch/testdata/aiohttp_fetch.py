"""Fetches the URLs of a list into a folder, at most so many at once: aiohttp with a semaphore, as many programs have it."""

import asyncio
import os
import sys

import aiohttp


async def main(path, folder, limit):
    with open(path) as lines:
        urls = [line.strip() for line in lines]
    slots = asyncio.Semaphore(limit)
    connector = aiohttp.TCPConnector(limit=limit)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def fetch(url):
            async with slots, session.get(url) as response:
                response.raise_for_status()
                body = await response.read()
            with open(os.path.join(folder, url.rsplit("/", 1)[1]), "wb") as file:
                file.write(body)

        async with asyncio.TaskGroup() as tasks:
            for url in urls:
                tasks.create_task(fetch(url))


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
