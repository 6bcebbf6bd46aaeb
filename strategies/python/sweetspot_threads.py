"""The protocol for programs with threads, whose calls block."""

import queue
import select
import threading

from sweetspot import REPORT_EVERY, STDIN, Harness, Run, clock


class ThreadRun(Run):
    """A run over which any number of threads may iterate."""

    def __init__(self, harness, limit):
        super().__init__(harness, limit)
        self.waiting = queue.SimpleQueue()
        self.reporting = threading.Lock()

    def __iter__(self):
        while request := self.waiting.get():
            yield request
        self.waiting.put(None)  # for the next thread

    def hand_over(self, requests):
        for request in requests:
            self.waiting.put(request)

    def stop(self):
        super().stop()
        self.waiting.put(None)

    def start(self):
        self.report_if_empty()
        return clock()

    def note(self, outcome):
        super().note(outcome)
        self.report_if_empty()

    def report_if_empty(self):
        if self.waiting.empty():
            self.report()

    def report(self):
        with self.reporting:
            super().report()


class ThreadHarness(Harness):
    """A harness with a thread that does all reading and most of the reporting."""

    Run = ThreadRun

    def __init__(self, version, **named):
        self.begun = queue.SimpleQueue()
        super().__init__(version, **named)

    def runs(self):
        self.open()
        threading.Thread(target=self.serve, daemon=True).start()
        while run := self.begun.get():
            yield run
            self.end()

    def begin(self, run):
        super().begin(run)
        self.begun.put(run)

    def close(self):
        super().close()
        self.begun.put(None)

    def serve(self):
        while not self.closed:
            readable, _, _ = select.select([STDIN], [], [], REPORT_EVERY if self.run else None)
            if readable:
                self.receive()
            if run := self.run:
                run.report_if_due()
