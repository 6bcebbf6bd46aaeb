"""The protocol for programs on asyncio, with any event loop."""

import asyncio

from sweetspot import REPORT_EVERY, STDIN, Harness, Run, clock


class AsyncRun(Run):
    """A run over which one coroutine may iterate."""

    def __init__(self, harness, limit):
        super().__init__(harness, limit)
        self.loop = asyncio.get_running_loop()
        self.more = asyncio.Event()
        self.unstarted = 0  # requests handed over and not started
        self.timer = None  # for the next report

    async def __aiter__(self):
        while self.waiting or not self.stopped:
            while self.waiting:
                yield self.waiting.popleft()
            self.more.clear()
            if not self.stopped:
                await self.more.wait()

    def hand_over(self, requests):
        super().hand_over(requests)
        self.unstarted += len(requests)
        self.more.set()

    def stop(self):
        super().stop()
        self.more.set()

    def start(self):
        self.unstarted -= 1
        self.schedule_report()
        return clock()

    def note(self, outcome):
        super().note(outcome)
        self.schedule_report()

    def schedule_report(self):
        if self.unstarted == 0 and not self.stopped:
            self.loop.call_soon(self.report)
        elif not self.timer:
            self.timer = self.loop.call_later(REPORT_EVERY, self.report)

    def report(self):
        if self.timer:
            self.timer.cancel()
            self.timer = None
        super().report()


class AsyncHarness(Harness):
    """A harness that the event loop calls when there is something to read. It blocks only before the first run."""

    Run = AsyncRun

    def __init__(self, version, **named):
        self.begun = asyncio.Queue()
        super().__init__(version, **named)

    async def runs(self):
        self.open()
        asyncio.get_running_loop().add_reader(STDIN, self.receive)
        while run := await self.begun.get():
            yield run
            self.end()

    def begin(self, run):
        super().begin(run)
        self.begun.put_nowait(run)

    def close(self):
        super().close()
        asyncio.get_running_loop().remove_reader(STDIN)  # otherwise its end would be read again and again
        self.begun.put_nowait(None)
