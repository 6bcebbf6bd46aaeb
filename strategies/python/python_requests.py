"""requests.get in a loop, as most programs begin: each request on a new connection, and no cookies kept."""

import requests
from sweetspot_threads import ThreadHarness
from with_requests import CAN, CLASSES, VERSION, work

for run in ThreadHarness(VERSION, max_in_flight=1, classes=CLASSES, can=CAN).runs():
    work(run, requests.request)
