"""A strategy in Python with nothing but its standard library: threads, each with a connection of its own.

    sweetspot bench --external 'mine=python3 client.py' -s mine,pool http://127.0.0.1:8080/
"""

import base64
import http.client
import json
import queue
import ssl
import sys
import threading
import time
from urllib.parse import urlsplit

clock = time.monotonic_ns
requests = queue.SimpleQueue()  # pairs of number and URL; None ends a thread
outcomes = []  # not reported yet
lock = threading.Lock()  # of the outcomes and of standard output

CLASSES = {
    ConnectionRefusedError: "refused",
    ConnectionError: "reset",
    TimeoutError: "timeout",
    ssl.SSLError: "tls",
    http.client.IncompleteRead: "truncated",
    http.client.HTTPException: "malformed",
    ValueError: "decode",
}


def say(name, **said):
    print(json.dumps({name: said}), flush=True)


def report():
    with lock:
        if outcomes:
            say("done", now=clock(), outcomes=outcomes)
            outcomes.clear()


def report_now_and_then():
    while True:
        time.sleep(0.010)
        report()


def work(target, connections):
    """Makes requests until there are none left, on connections of its own, one to each host."""
    while request := requests.get():
        number, url = request
        start = clock()
        try:
            outcome = make(target, connections, url)
        except Exception as error:
            connections.pop(urlsplit(url).netloc).close()
            name = next((name for kind, name in CLASSES.items() if isinstance(error, kind)), "other")
            outcome = 0, 0, name, repr(error)
        with lock:
            outcomes.append([number, start, clock() - start, *outcome])
        if requests.empty():
            report()


def make(target, connections, url):
    """Makes a request and returns the status and the bytes of the body."""
    parts = urlsplit(url)
    if parts.netloc not in connections:
        connections[parts.netloc] = connect(target, parts)
    connection = connections[parts.netloc]
    body, headers = base64.b64decode(target["body"]), target["headers"]
    own_host = any(name.lower() == "host" for name, _ in headers)
    path = url[url.index(parts.netloc) + len(parts.netloc) :] or "/"
    connection.putrequest(target["method"], path, skip_host=own_host, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body:
        connection.putheader("Content-Length", len(body))
    connection.endheaders(body or None)
    response = connection.getresponse()
    got = response.read()
    if target["decode"] == "json" and response.status < 400:
        json.loads(got)
    return response.status, len(got)


def connect(target, parts):
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.netloc, timeout=target["timeout"])
    context = ssl.create_default_context()
    if target["insecure"]:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(parts.netloc, timeout=target["timeout"], context=context)


def main():
    say("hello", protocol=1, version=f"http.client, Python {sys.version.split()[0]}")
    threading.Thread(target=report_now_and_then, daemon=True).start()
    for line in sys.stdin:
        [(name, said)] = json.loads(line).items()
        if name == "open":
            target = said
            kept = [{} for _ in range(target["limit"])]  # the connections of each thread
            say("opened")
        elif name == "run":
            threads = [threading.Thread(target=work, args=(target, kept[i])) for i in range(said["limit"])]
            for thread in threads:
                thread.start()
        elif name == "start":
            for request in enumerate(said["urls"], said["first"]):
                requests.put(request)
        elif name == "stop":
            for _ in threads:
                requests.put(None)
            for thread in threads:
                thread.join()
            report()
            say("stopped", connections=0)  # it does not count them
        elif name == "close":
            break


main()
