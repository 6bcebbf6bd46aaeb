"""Where redirects lead, by the rules of Go's package redirect. Both are tested with its testdata/locations.json."""

import copy
import ipaddress
import re

from sweetspot_http import Failure

REDIRECTS = 301, 302, 303, 307, 308
KEEP_METHOD = 307, 308
CREDENTIALS = "authorization", "cookie", "proxy-authorization", "host"
ABOUT_BODY = "content-encoding", "content-language", "content-length", "content-location", "content-type"

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
AUTHORITY = re.compile(
    r"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::[0-9]{1,5})?"
)
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
NOT_IN_PATH = '"<>\\^`{|}'


class URL:
    """The parts of a URL or of a reference to one, each with the character that sets it apart. Its fragment is left out."""

    def __init__(self, text):
        text = text.partition("#")[0]
        self.scheme = ""
        if found := SCHEME.match(text):
            self.scheme, text = found[1].lower(), text[found.end() :]
        self.absolute = text.startswith("//")
        self.authority = ""
        if self.absolute:
            end = min((at for at in (text.find("/", 2), text.find("?", 2)) if at >= 0), default=len(text))
            self.authority, text = text[2:end], text[end:]
        self.path, question, query = text.partition("?")
        self.query = question + query
        login, at, host = self.authority.rpartition("@")
        self.login = login + at
        name, colon, port = host.rpartition(":")
        if not colon or "]" in port:
            name, colon, port = host, "", ""
        self.host, self.port = name.lower(), colon + port

    def complete(self, base):
        """Makes a reference an absolute URL. Raises a ValueError if that is none of http or https."""
        if self.scheme not in ("", "http", "https") or self.scheme and not self.absolute:
            raise ValueError("no URL of http or https")
        if self.absolute:
            self.check_authority()
        else:
            self.login, self.host, self.port = base.login, base.host, base.port
        self.scheme = self.scheme or base.scheme
        if not self.path and not self.absolute:
            self.path, self.query = base.path, self.query or base.query
        else:
            if self.path and not self.path.startswith("/"):
                self.path = base.path[: base.path.rfind("/") + 1] + self.path
            self.path = without_dots(self.path)
            if STRAY_PERCENT.search(self.path):
                raise ValueError("an escape that is none")
            self.path = escape(self.path, NOT_IN_PATH)
        self.path = self.path or "/"
        self.query = escape(self.query)

    def check_authority(self):
        if not AUTHORITY.fullmatch(self.authority):
            raise ValueError("no host")
        if self.host.startswith("["):
            ipaddress.IPv6Address(self.host[1:-1])
        if self.port and not 0 < int(self.port[1:]) < 1 << 16:
            raise ValueError("no port")

    def same_server(self, other):
        """Returns whether what was given for the other's server may be sent to this one too."""
        there, here = (other.scheme, other.port_number()), (self.scheme, self.port_number())
        return self.host == other.host and (here == there or there == ("http", 80) and here == ("https", 443))

    def port_number(self):
        return int(self.port[1:]) if self.port else {"http": 80, "https": 443}[self.scheme]

    def text(self):
        return f"{self.scheme}://{self.login}{self.host}{self.port}{self.path}{self.query}"


def without_dots(path):
    if not path:
        return path
    kept = [""]
    *before, last = path.removeprefix("/").split("/")
    for segment in before + [last]:
        if segment == ".." and len(kept) > 1:
            kept.pop()
        if segment not in (".", ".."):
            kept.append(segment)
    if last in (".", ".."):
        kept.append("")
    return "/".join(kept)


def escape(text, others=""):
    return "".join(c if " " < c < "\x7f" and c not in others else f"%{ord(c):02X}" for c in text)


def resolve(url, location):
    """Returns the URL to which the bytes of a Location lead, and whether that is at the same server."""
    location = (location or b"").decode("latin-1").strip(" \t")  # a character for each byte
    if not location:
        raise ValueError("no Location")
    base, to = URL(url), URL(location)
    to.complete(base)
    same = to.same_server(base)
    if same and not to.login:
        to.login = base.login
    return to.text(), same


def location_of(headers):
    """Returns the first Location of headers, pairs of bytes; None if there is none."""
    return next((value for name, value in headers if name.lower() == b"location"), None)


class Chain:
    """The way of a request: where redirects have led it so far, and what it sends there."""

    def __init__(self, run, message, url):
        self.run = run
        self.message = message
        self.url = url
        self.taken = 0
        self.elsewhere = False

    def follows(self, status):
        """Returns whether an answer with that status leads to another request."""
        return self.run.harness.target.follow > 0 and status in REDIRECTS

    def follow(self, status, size, location):
        """Goes where a redirect leads. Size is that of its body. Raises a Failure if it leads nowhere."""
        most = self.run.harness.target.follow
        if self.taken >= most:
            raise Failure("unexpected", f"{most} redirects were followed, which is the most", status, size)
        try:
            self.url, same = resolve(self.url, location)
        except ValueError as error:
            raise Failure("unexpected", f"a redirect with status {status} to {location!r:.100}: {error}", status, size) from None
        self.taken += 1
        next(self.run.redirects)
        left_out = () if same and not self.elsewhere else CREDENTIALS
        self.elsewhere |= not same
        method = self.message.method
        if status not in KEEP_METHOD and method != "HEAD":
            method = "GET"
        if drop := status not in KEEP_METHOD and (method != self.message.method or bool(self.message.body)):
            left_out += ABOUT_BODY
        self.message = sending(self.message, method, drop, left_out)


def sending(message, method, drop, left_out):
    """Returns the message with that method, without those headers, and without its body if that is to be dropped."""
    if method == message.method and not drop and not message.given.intersection(left_out):
        return message
    changed = copy.copy(message)
    changed.method = method
    changed.headers = [(name, value) for name, value in message.headers if name.lower() not in left_out]
    changed.given = {name.lower() for name, _ in changed.headers}
    if drop:
        changed.body, changed.has_length = None, False
    return changed
