"""How the programs with httpx make a request, and the classes of its errors.

These cannot be configured in httpx: dots in a path are resolved, a head that breaks off counts as no response, and the
timeout is for each read, not for the whole response.
"""

import json

import httpx

VERSION = f"httpx {httpx.__version__}"


def classify(error):
    reason = str(error)
    if "without sending a response" in reason:
        return "reset"
    if "without sending complete message body" in reason:
        return "truncated"
    return "malformed"


CLASSES = [
    (httpx.TimeoutException, "timeout"),
    (httpx.ReadError, "reset"),
    (httpx.RemoteProtocolError, classify),
]

DEFAULT_HEADERS = "Accept", "Accept-Encoding", "Connection"  # which httpx adds


def open_client(target, limit, cookies=None):
    """Returns a client with at most limit connections."""
    client = httpx.AsyncClient(
        http2=False,
        limits=httpx.Limits(max_connections=limit, max_keepalive_connections=limit, keepalive_expiry=90),
        timeout=httpx.Timeout(target.timeout, connect=target.dial_timeout, pool=None),
        verify=not target.insecure,
        cookies=cookies,
        trust_env=False,
    )
    client.headers = target.headers
    given = {name.lower() for name, _ in target.headers}
    for name in DEFAULT_HEADERS:
        if name.lower() not in given:
            del client.headers[name]
    return client


async def fetch(run, client, number, url):
    target = run.harness.target
    start = run.start()
    try:
        response = await client.request(target.method, url, content=target.body)
        if target.decode and response.status_code < 400:
            run.results[url] = json.loads(response.content)
    except Exception as error:
        run.failed(number, start, error)
    else:
        run.connections.add(response.extensions["network_stream"])
        run.answered(number, start, response.status_code, len(response.content))
