"""What all programs accept of a response, whatever their libraries would: its heads, and its body if it is decoded.

The libraries differ in what they take for HTTP and for JSON. A fault of a server must have the same class with all of them, so
that their failures can be compared.
"""

import json
import re
import ssl
import sys
import zlib

MAX_HEADS = 256 << 10  # bytes: of the final head and the interim ones before it
CHUNKED = -1  # in place of a length
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r\n")
MAX_CHUNK_LINE = 4096  # bytes
# The lines before chunks may have 16 bytes, and two more for every byte of the chunk. These are the bytes beyond that in all.
MAX_EXTENSIONS = 16 << 10
GZIP = zlib.MAX_WBITS | 16  # what zlib calls the format
STEP = 1 << 20  # bytes decompressed at once
DEEPEST = 10_000  # arrays and objects in one another that JSON may have: as many as Go's decoder accepts

sys.setrecursionlimit(DEEPEST + 1000)

END_OF_HEAD = re.compile(rb"\n\r?\n")
FOLD = re.compile(rb"\r?\n[ \t]+")
TEXT = rb"[^\x00-\x08\x0a-\x1f\x7f]*+\r?\n"
HEAD = re.compile(
    rb"HTTP/(\d\.\d) +([1-9]\d\d)(?: [^\n]*+)?\r?\n"
    rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-][!#$%&'*+.^_`|~0-9A-Za-z -]*+:" + TEXT + rb")*+\r?\n"
)
FRAMING = re.compile(rb"\n(Content-Length|Transfer-Encoding):[ \t]*([^\r\n]*?)[ \t]*(?=\r?\n)", re.IGNORECASE)
LENGTH = re.compile(rb"\nContent-Length:[^\n]*", re.IGNORECASE)


class Failure(Exception):
    """A failure of a request whose class in the protocol is known."""

    def __init__(self, kind, reason, status=0, size=0):
        super().__init__(reason)
        self.kind = kind
        self.status = status
        self.size = size  # of the body, as far as it was read


def check_head(head):
    """Returns the status, the length of the body, and the head that a library may parse.

    The length is None if the body ends with the connection, and CHUNKED if chunks tell where it ends. Lines that continue a
    header are joined with it, and a Content-Length that chunks override is left out, as RFC 9112 says.
    """
    if b"\n " in head or b"\n\t" in head:
        first = head.index(b"\n") + 1
        if head[first] in b" \t":
            raise Failure("malformed", "the first header begins with a space")
        head = FOLD.sub(b" ", head)
    match = HEAD.fullmatch(head)
    if not match:
        raise Failure("malformed", f"the head is not that of a response of HTTP/1.1: {head[:60]!r}")
    framing = FRAMING.findall(head)
    if not framing:
        return int(match[2]), None, head
    given = [value for name, value in framing if name.lower() == b"content-length"]
    lengths = set(given)
    encodings = [value.lower() for name, value in framing if name.lower() == b"transfer-encoding"]
    if len(lengths) > 1 or any(not value.isdigit() or int(value[:20]) >= 1 << 63 for value in lengths):
        raise Failure("malformed", f"Content-Length is {b', '.join(lengths)[:40]!r}")
    if encodings and match[1] != b"1.0":
        if encodings != [b"chunked"]:
            raise Failure("malformed", f"Transfer-Encoding is {b', '.join(encodings)[:40]!r}")
        return int(match[2]), CHUNKED, LENGTH.sub(b"", head) if lengths else head
    if len(given) > 1:
        head = LENGTH.sub(b"", head, len(given) - 1)
    return int(match[2]), int(lengths.pop()) if lengths else None, head


class Chunks:
    """Follows the framing of a body in chunks."""

    def __init__(self):
        self.left = 0  # of the chunk
        self.line = b""  # what has come of a line between chunks
        self.read_line = self.read_size
        self.excess = 0  # bytes of lines that no chunk justifies
        self.ended = False

    def feed(self, data):
        """Returns the content in the data, and how much of the data belongs to the body."""
        content = []
        at = 0
        while at < len(data) and not self.ended:
            if self.left:
                content.append(data[at : at + self.left])
                at += len(content[-1])
                self.left -= len(content[-1])
                continue
            end = data.find(b"\n", at) + 1 or len(data)
            self.line += data[at:end]
            at = end
            if self.line.endswith(b"\n"):
                line, self.line = self.line, b""
                self.read_line(line)
            elif len(self.line) > MAX_CHUNK_LINE:
                raise Failure("malformed", "a line between chunks is too long")
        return b"".join(content), at

    def read_size(self, line):
        size = CHUNK_SIZE.fullmatch(line)
        self.left = int(size[1], 16) if size else 1 << 63
        self.excess = max(0, self.excess + len(line) - 16 - 2 * min(self.left, MAX_EXTENSIONS))
        if self.left >= 1 << 63 or len(line) > MAX_CHUNK_LINE or self.excess > MAX_EXTENSIONS:
            raise Failure("malformed", f"a chunk begins with {line[:20]!r}")
        self.read_line = self.read_end if self.left else self.read_trailer
        self.trailer = 0

    def read_end(self, line):
        if line != b"\r\n":
            raise Failure("malformed", "a chunk is longer than its size")
        self.read_line = self.read_size

    def read_trailer(self, line):
        self.trailer += len(line)
        self.ended = line in (b"\r\n", b"\n")
        if self.trailer > MAX_HEADS or not self.ended and b":" not in line:
            raise Failure("malformed", "the trailer is too long, or a line of it no header")


class Gate:
    """Lets what a server sends through to a library's parser, once the head of the answer is whole and well-formed.

    Interim answers do not pass, and nothing after the end of the body. Strip says that chunks pass without their framing.
    """

    def __init__(self, strip=False):
        self.strip = strip
        self.begin()

    def begin(self):
        """Expects a response. It must be called before each request."""
        self.status = 0  # of the answer, once its head has passed
        self.held = b""  # of a head that is not whole
        self.size = 0  # of the interim heads
        self.left = None  # of the body, if its length is known
        self.chunks = None  # of the body, if it has any
        self.surplus = False  # whether anything came after the response

    def pass_on(self, data, bodiless=False):
        """Returns what the library may parse of the data. Bodiless says that the request's method is HEAD."""
        if self.status:
            return self.cut(data)
        held = self.held + data
        start = 0
        while end := END_OF_HEAD.search(held, start):
            if self.size + end.end() > MAX_HEADS:
                break
            status, length, head = check_head(held[start : end.end()])
            start = end.end()
            if status == 101:
                raise Failure("malformed", "the server switched to another protocol, which no request asks for")
            if status >= 200:
                self.status = status
                self.left = 0 if bodiless or status in (204, 304) else length
                if self.left == CHUNKED:
                    self.chunks = Chunks()
                self.held = b""
                return head + self.cut(held[start:])
        self.size += start
        self.held = held[start:]
        if self.size + len(self.held) > MAX_HEADS:
            raise Failure("malformed", f"more than {MAX_HEADS} bytes of headers")
        if not self.held.startswith(b"HTTP/"[: len(self.held)]):
            raise Failure("malformed", f"the response begins with {self.held[:20]!r}")
        return b""

    def cut(self, data):
        if self.left is None:
            return data
        if self.chunks:
            content, used = self.chunks.feed(data)
            self.surplus |= used < len(data)
            return content if self.strip else data[:used]
        if len(data) > self.left:
            self.surplus = True
            data = data[: self.left]
        self.left -= len(data)
        return data

    def end(self, unclean=False):
        """Says that the server closed the connection. It raises the failure of a response that broke off.

        Unclean says that the connection was one of TLS and ended without TLS's word for it. Anybody may have cut it off.
        """
        broken = not self.ended() if self.status else self.held or self.size
        if broken and (unclean or not (self.status and self.left is None)):
            raise Failure("truncated", "the connection was closed within the response")

    def ended(self):
        """Returns whether the response is known to be whole: one that ends with the connection is not."""
        return self.chunks.ended if self.chunks else self.left == 0


class Witness(ssl.SSLObject):
    """A connection of TLS that remembers whether it ended without TLS's word for it, which is an error of one read only."""

    unclean = False

    def read(self, *arguments):
        try:
            return super().read(*arguments)
        except ssl.SSLEOFError:
            self.unclean = True
            raise


ssl.SSLContext.sslobject_class = Witness


def unclean(tls):
    """Returns whether a connection of TLS has ended without TLS's word for it. Tls is its ssl.SSLObject; None without TLS."""
    try:
        return tls is not None and (tls.read(1) != b"" or tls.unclean)
    except ssl.SSLZeroReturnError:
        return False
    except ssl.SSLError:
        return True


def constant(name):
    raise ValueError(f"{name} is not JSON")


decode = json.JSONDecoder(parse_constant=constant).decode
decode_large_integers = json.JSONDecoder(parse_constant=constant, parse_int=float).decode


class Body:
    """The body of a response: counted as it arrives, and kept only if it will be decoded, as that of a redirect never is."""

    def __init__(self, target, message, status, headers, redirects=False):
        self.status = status
        self.size = 0  # bytes, as they came
        self.most = target.max_body
        decoded = target.decode and not redirects and status < 400 and status not in (204, 304) and message.method != "HEAD"
        self.kept = bytearray() if decoded else None
        self.gunzip = None
        if decoded:
            if int(headers.get("Content-Length") or 0) > self.most:
                raise self.failure("too-large", f"more than {self.most} bytes of body")
            if headers.get("Content-Encoding", "").strip().lower() == "gzip":
                self.gunzip = zlib.decompressobj(GZIP)

    def add(self, data):
        self.size += len(data)
        if self.kept is None:
            return
        if self.gunzip:
            self.expand(data)
        else:
            self.kept += data
        if len(self.kept) > self.most:
            raise self.failure("too-large", f"more than {self.most} bytes of body")

    def expand(self, data):
        try:
            while data and len(self.kept) <= self.most:
                if self.gunzip.eof:  # more members may follow
                    self.gunzip = zlib.decompressobj(GZIP)
                self.kept += self.gunzip.decompress(data, min(STEP, self.most + 1 - len(self.kept)))
                data = self.gunzip.unconsumed_tail or self.gunzip.unused_data
        except zlib.error as error:
            raise self.failure("decode", f"gzip: {error}") from error

    def end(self):
        """Returns the body decoded, once it is whole; None if it must not be decoded."""
        if self.kept is None:
            return None
        if self.gunzip and not self.gunzip.eof:
            raise self.failure("decode", "gzip: it ends early")
        try:
            text = self.kept.decode("utf-8", "replace")  # as in Go
            try:
                return decode(text)
            except json.JSONDecodeError:
                raise
            except ValueError as error:
                if "digits" not in str(error):
                    raise
                return decode_large_integers(text)  # Python refuses to convert very long ones
        except (ValueError, RecursionError) as error:
            raise self.failure("decode", str(error)) from error

    def failure(self, kind, reason):
        return Failure(kind, reason, self.status, self.size)


def request_target(url):
    """Returns the path and the query of a URL as they must be sent: as they are, apart from what no request line may have."""
    rest = url.partition("://")[2].partition("#")[0]
    begin = min((at for at in map(rest.find, "/?") if at >= 0), default=len(rest))
    rest = rest[begin:]
    if not rest.startswith("/"):
        rest = "/" + rest
    if rest.isascii() and rest.isprintable() and " " not in rest:
        return rest
    return "".join(chr(c) if 0x20 < c < 0x7F else f"%{c:02X}" for c in rest.encode())
