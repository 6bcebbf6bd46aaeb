"""How the programs with requests make a request, and the classes of its errors.

These cannot be configured in requests: dots in a path are resolved, a header that is given twice is sent once with its
values joined by a comma, a Content-Length that is not a number is ignored, and the timeout is for each read, not for the whole
response.
"""

import http.client
import json

import requests
import urllib3

VERSION = f"requests {requests.__version__}, urllib3 {urllib3.__version__}"

CLASSES = [
    (urllib3.exceptions.InvalidChunkLength, "malformed"),
    (http.client.IncompleteRead, "truncated"),
    (http.client.HTTPException, "malformed"),
]

urllib3.disable_warnings()  # about certificates that are not verified, as asked


def settings(target):
    """Returns the arguments of every request."""
    headers = requests.structures.CaseInsensitiveDict(
        {"Accept": None, "Accept-Encoding": urllib3.util.SKIP_HEADER, "Connection": None}  # which requests would add
    )
    for name, value in target.headers:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return {
        "headers": headers,
        "data": target.body,
        "timeout": (target.dial_timeout, target.timeout),
        "verify": not target.insecure,
        "allow_redirects": False,
        "stream": True,
    }


def work(run, request):
    """Makes requests of the run by the function request, one after the other, until none is left."""
    target = run.harness.target
    arguments = settings(target)
    for number, url in run:
        start = run.start()
        try:
            with request(target.method, url, **arguments) as response:
                if connection := response.raw.connection:  # a redirect has none any more
                    run.connections.add(connection.sock or number)  # without a socket, the connection was for this request alone
                response.raw.enforce_content_length = True
                body = response.content
            if target.decode and response.ok:
                run.results[url] = json.loads(body)
        except Exception as error:
            run.failed(number, start, error)
        else:
            run.answered(number, start, response.status_code, len(body))
