"""Times one of the programs without sweetspot: no protocol and no reports, only the program and its library.

    python3 alone.py python_aiohttp 60 4000 http://127.0.0.1:8080/

makes 4,000 requests to that URL, at most 60 in flight, and prints how many seconds they took and how many seconds of CPU they
used. Sweetspot should measure the same for the same program.
"""

import collections
import json
import os
import resource
import runpy
import sys
import time
import types

from sweetspot_reach import Route


class Run:
    """A run as the programs see it, with all requests there from the beginning."""

    stopped = True

    def __init__(self, harness, limit, urls):
        self.harness = harness
        self.limit = limit
        self.waiting = collections.deque((number, url, harness.target.message) for number, url in enumerate(urls))
        self.connections = set()
        self.results = {}

    def __iter__(self):
        try:
            while True:
                yield self.waiting.popleft()
        except IndexError:
            return

    async def __aiter__(self):
        for request in self:
            yield request

    def start(self):
        return 0

    def report_if_due(self):
        pass

    def answered(self, number, start, url, body):
        self.results[url] = body.end()
        if body.status != 200:
            self.failed(number, start, f"status {body.status}")

    def failed(self, number, start, error):
        print(f"request {number}: {error!r}", file=sys.stderr)
        os._exit(1)  # from any thread


class Harness:
    """Has one run and times it."""

    def __init__(self, version, **_):
        _, _, limit, requests, url = sys.argv
        message = types.SimpleNamespace(
            method="GET", headers=[["User-Agent", "sweetspot"]], given={"user-agent"}, body=None, has_length=False,
        )  # fmt: skip
        self.target = types.SimpleNamespace(
            message=message, varied=False, route=Route({}), server_name=None, timeout=10, dial_timeout=5, dns_cache=300,
            insecure=False, decode=True, max_body=32 << 20, follow=0, limit=int(limit),
        )  # fmt: skip
        self.run = Run(self, int(limit), [url] * int(requests))

    def runs(self):
        began, used = time.perf_counter(), time.process_time()
        yield self.run
        print(json.dumps({"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - used}))


class AsyncHarness(Harness):
    async def runs(self):
        for run in super().runs():
            yield run


stand_in = types.ModuleType("sweetspot")
stand_in.STDIN, _ = os.pipe()  # to which nothing is written
stand_in.REPORT_EVERY = 1
stand_in.clock = time.monotonic_ns
stand_in.ATTEMPT_DELAY = 0.250
stand_in.ERRNOS = {}
stand_in.alternate = lambda found: [(family, address) for family, _, _, _, address in found]
stand_in.Harness = stand_in.ThreadHarness = Harness
stand_in.AsyncHarness = AsyncHarness
sys.modules |= dict.fromkeys(("sweetspot", "sweetspot_threads", "sweetspot_async"), stand_in)
_, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
runpy.run_module(sys.argv[1], run_name="__main__")
