"""The same as python_aiohttp, on uvloop's event loop."""

import asyncio

import uvloop
from python_aiohttp import VERSION, main

with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
    runner.run(main(f"{VERSION}, uvloop {uvloop.__version__}"))
