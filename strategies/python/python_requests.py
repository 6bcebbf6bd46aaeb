"""requests.get in a loop, as most programs begin: each request on a new connection, and no cookies kept.

As requests.get does, it opens a session for each request, which its redirects share.
"""

import requests
from sweetspot_threads import ThreadHarness
from with_requests import CAN, CLASSES, VERSION, work

for run in ThreadHarness(VERSION, max_in_flight=1, classes=CLASSES, can=CAN).runs():
    work(run, requests.Session, kept=False)
