"""A strategy in Python with its standard library only: threads, each with its own connection.

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
import zlib
from urllib.parse import urlsplit

clock = time.monotonic_ns
requests = queue.SimpleQueue()  # (number, URL); None ends a thread
outcomes = []  # not reported yet
lock = threading.Lock()  # for the outcomes and standard output

CLASSES = {
    ConnectionRefusedError: "refused",
    ConnectionError: "reset",
    TimeoutError: "timeout",
    ssl.SSLError: "tls",
    http.client.IncompleteRead: "truncated",
    http.client.HTTPException: "malformed",
    OverflowError: "too-large",
    (ValueError, RecursionError, zlib.error): "decode",
}


class Response(http.client.HTTPResponse):
    """A response that is never an interim one. Its parent skips those with the status 100 only."""

    def begin(self):
        super().begin()
        while self.status < 200:
            self.headers = None
            super().begin()


def send(name, **content):
    print(json.dumps({name: content}), flush=True)


def report():
    with lock:
        if outcomes:
            send("done", now=clock(), outcomes=outcomes)
            outcomes.clear()


def report_regularly():
    while True:
        time.sleep(0.010)
        report()


def work(target, connections):
    """Makes requests until there are none left. The thread has one connection to each host."""
    while request := requests.get():
        number, url = request
        start = clock()
        try:
            outcome = make(target, connections, url)
            if clock() - start > 1e9 * target["timeout"]:
                raise TimeoutError("the response ended after the timeout")
        except Exception as error:
            for connection in connections.values():
                connection.close()  # it is opened again for the next request
            name = next((name for kind, name in CLASSES.items() if isinstance(error, kind)), "other")
            outcome = 0, 0, name, repr(error)
        with lock:
            outcomes.append([number, start, clock() - start, *outcome])
        if requests.empty():
            report()


def make(target, connections, url):
    """Makes a request and returns the status and the length of the body."""
    parts = urlsplit(url)
    if parts.netloc not in connections:
        connections[parts.netloc] = connect(target, parts)
    connection = connections[parts.netloc]
    body, headers = base64.b64decode(target["body"]), target["headers"]
    own_host = any(name.lower() == "host" for name, _ in headers)
    path = url.partition("#")[0][url.index(parts.netloc) + len(parts.netloc) :]
    path = path if path.startswith("/") else "/" + path
    connection.putrequest(target["method"], path, skip_host=own_host, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body or target["method"] in ("POST", "PUT", "PATCH"):
        connection.putheader("Content-Length", len(body))
    connection.endheaders(body or None)
    response = connection.getresponse()
    bodiless = target["method"] == "HEAD" or response.status in (204, 304)
    decoded = target["decode"] == "json" and response.status < 400 and not bodiless
    size, kept = 0, b""
    while piece := response.read(1 << 16):
        size += len(piece)
        if decoded:
            kept += piece
            if len(kept) > target["max_body"]:
                raise OverflowError("the body is too large")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    if decoded:
        decode(kept, response.getheader("Content-Encoding"), target["max_body"])
    return response.status, size


def decode(body, encoding, most):
    if encoding == "gzip":
        expander = zlib.decompressobj(zlib.MAX_WBITS | 16)
        body = expander.decompress(body, most + 1)
        if len(body) > most:
            raise OverflowError("the body is too large")
        if not expander.eof:
            raise ValueError("the gzip ends early")
    return json.loads(body.decode(errors="replace"), parse_constant=refuse)


def refuse(name):
    raise ValueError(f"{name} is not JSON")


def connect(target, parts):
    host = parts.netloc.rpartition("@")[2]  # a login is not sent
    if parts.scheme == "http":
        connection = http.client.HTTPConnection(host, timeout=target["timeout"])
    else:
        connection = http.client.HTTPSConnection(host, timeout=target["timeout"], context=tls(target))
    connection.response_class = Response
    return connection


def tls(target):
    context = ssl.create_default_context()
    if target["insecure"]:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def main():
    send("hello", protocol=1, version=f"http.client, Python {sys.version.split()[0]}")
    threading.Thread(target=report_regularly, daemon=True).start()
    for line in sys.stdin:
        [(name, content)] = json.loads(line).items()
        if name == "open":
            target = content
            kept = [{} for _ in range(target["limit"])]  # the connections of each thread
            send("opened")
        elif name == "run":
            threads = [threading.Thread(target=work, args=(target, kept[i])) for i in range(content["limit"])]
            for thread in threads:
                thread.start()
        elif name == "start":
            for request in enumerate(content["urls"], content["first"]):
                requests.put(request)
        elif name == "stop":
            for _ in threads:
                requests.put(None)
            for thread in threads:
                thread.join()
            report()
            send("stopped", connections=0)  # it does not count them
        elif name == "close":
            break


main()
