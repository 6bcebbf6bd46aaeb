"""One session of requests in a loop: the connection is kept."""

from contextlib import nullcontext

import requests
from sweetspot_threads import ThreadHarness
from with_requests import CAN, CLASSES, VERSION, work

with requests.Session() as session:
    for run in ThreadHarness(VERSION, max_in_flight=1, classes=CLASSES, can=CAN).runs():
        work(run, lambda: nullcontext(session))
