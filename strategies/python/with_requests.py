"""How the programs with requests make a request, and the classes of its errors."""

import http.client

import requests
import urllib3
from sweetspot_http import Body
from sweetspot_redirect import Chain, location_of
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

# A session looks where a redirect leads even if it follows none, and fails if that is no URL.
requests.Session.get_redirect_target = lambda *_: None
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


def work(run, opened, kept=True):
    """Makes requests of the run, one after the other, until none is left.

    Opened returns the context of a session: always the same one, or, if it is not kept, one for each request with its redirects.
    """
    target = run.harness.target
    latest = Latest(target, kept)
    for number, url, message in run:
        start = run.start()
        try:
            chain = Chain(run, message, url)
            call.begin(target)
            with opened() as session:
                while not (body := exchange(run, session, chain, latest, number)):
                    pass
            run.answered(number, start, url, body)
        except Exception as error:
            run.failed(number, start, error)


class Latest:
    """The arguments of the latest request, for the next one that sends the same message."""

    def __init__(self, target, kept):
        self.target = target
        self.kept = kept  # connections are kept for other requests
        self.message = None

    def settings(self, message):
        if message is not self.message:
            self.message, self.arguments = message, settings(self.target, message)
        return self.arguments


def exchange(run, session, chain, latest, number):
    """Makes a request. It returns the body of the answer, or None if that leads to another request."""
    message = chain.message
    call.request(message, chain.url)
    with session.request(message.method, chain.url, **latest.settings(message)) as response:
        if connection := response.raw.connection:  # a response without a body has none any more
            alone = number, connection.host, connection.port  # it is a connection for this request
            run.connections.add(latest.kept and connection.sock or alone)
        response.raw.enforce_content_length = True
        redirects = chain.follows(response.status_code)
        body = Body(run.harness.target, message, response.status_code, response.headers, redirects)
        for piece in response.raw.stream(PIECE, decode_content=False):
            body.add(piece)
    if not redirects:
        return body
    headers = response.raw.headers.items()
    chain.follow(body.status, body.size, location_of((name.encode(), value.encode("latin-1")) for name, value in headers))
