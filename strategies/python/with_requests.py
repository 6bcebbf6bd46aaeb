"""How the programs with requests make a request, and the classes of its errors."""

import http.client

import requests
import urllib3
from sweetspot_http import Body
from with_urllib3 import Values, call

VERSION = f"requests {requests.__version__}, urllib3 {urllib3.__version__}"
CAN = "proxy-http", "proxy-socks5", "cert", "cacert", "unix_socket", "connect_to"
PIECE = 1 << 16  # bytes of a body read at once

CLASSES = [
    (http.client.IncompleteRead, "truncated"),
    (http.client.RemoteDisconnected, "reset"),
    (http.client.HTTPException, "malformed"),
    (requests.exceptions.SSLError, "tls"),
    (requests.exceptions.InvalidURL, "other"),
]

urllib3.disable_warnings()  # about certificates that are not verified, as asked


def settings(target, message):
    """Returns the arguments of a request that sends the message."""
    given = requests.structures.CaseInsensitiveDict()
    for name, value in message.headers:
        given.setdefault(name, []).append(value)
    headers = {name: Values(values) if len(values) > 1 else values[0] for name, values in given.items()}
    for name in "Accept", "Connection":  # which requests would add
        if name not in given:
            headers[name] = None
    for name in "Accept-Encoding", "User-Agent":  # which urllib3 would add too
        if name not in given:
            headers[name] = urllib3.util.SKIP_HEADER
    return {
        "headers": headers,
        "auth": as_given if "Authorization" in given else None,  # otherwise that of the URL, if any
        "data": message.body,
        "timeout": (target.dial_timeout, target.timeout),
        "verify": not target.insecure and (target.route.cacert or True),
        "cert": target.route.cert if target.route.cert[0] else None,
        "allow_redirects": False,
        "stream": True,
    }


def as_given(request):
    return request


def work(run, request):
    """Makes requests of the run by the function request, one after the other, until none is left."""
    target = run.harness.target
    sent = None  # the message that the arguments are for
    for number, url, message in run:
        start = run.start()
        try:
            if message is not sent:
                sent, arguments = message, settings(target, message)
            call.begin(target, message, url)
            with request(message.method, url, **arguments) as response:
                if connection := response.raw.connection:  # a response without a body has none any more
                    run.connections.add(connection.sock or number)  # without a socket, the connection was for this request alone
                response.raw.enforce_content_length = True
                body = Body(target, message, response.status_code, response.headers)
                for piece in response.raw.stream(PIECE, decode_content=False):
                    body.add(piece)
            run.answered(number, start, url, body)
        except Exception as error:
            run.failed(number, start, error)
