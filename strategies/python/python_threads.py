"""A queue and as many threads as the limit. They share one session of requests, with as many connections."""

import threading
from contextlib import nullcontext

import requests
from sweetspot_threads import ThreadHarness
from with_requests import CAN, CLASSES, VERSION, work

harness = ThreadHarness(VERSION, classes=CLASSES, can=CAN)

with requests.Session() as session:
    for scheme in "http://", "https://":
        session.mount(scheme, requests.adapters.HTTPAdapter(pool_maxsize=harness.target.limit))
    for run in harness.runs():  # the run is the queue
        threads = [threading.Thread(target=work, args=(run, lambda: nullcontext(session))) for _ in range(run.limit)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
