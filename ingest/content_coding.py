"""Content codings: what a server wraps a body in (gzip, deflate), unwrapped under a size limit."""

from __future__ import annotations

import zlib

from ingest.errors import FetchError

ACCEPTED = "gzip, deflate"
"""What the fetcher asks for: codings that the standard library decodes, with a bound on what comes out."""


class CodingError(FetchError):
    """The body is not in the content coding that its header names."""


class TooLargeError(FetchError):
    """The body, decoded, is larger than the limit: decoding stopped there."""


def decode(raw: bytes, coding: str | None, limit: int | None = None) -> bytes:
    """The body inside `raw`, whose Content-Encoding header is `coding` (None or empty: as it is).

    Several codings are undone from the last to the first (RFC 9110, 8.4). Decoding never makes more than `limit`
    bytes. Raises CodingError where the bytes are not in that coding or are cut short, TooLargeError over the limit.
    """
    body = raw
    for name in reversed([part.strip().lower() for part in (coding or "").split(",")]):
        if name in ("", "identity"):
            continue
        if name in ("gzip", "x-gzip"):
            body = _inflate(body, 16 + zlib.MAX_WBITS, name, limit)
        elif name == "deflate":
            # "deflate" means zlib's wrapping, but some servers send the bare stream: zlib's header (RFC 1950) tells.
            wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
            body = _inflate(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, name, limit)
        else:
            raise CodingError(f"The content coding {name!r} was not asked for and can't be decoded.")
    if limit is not None and len(body) > limit:
        raise TooLargeError(f"The body has {len(body)} bytes, more than the limit of {limit}.")
    return body


def _inflate(raw: bytes, window: int, name: str, limit: int | None) -> bytes:
    out = bytearray()
    rest = raw
    while rest:
        member = zlib.decompressobj(window)
        try:
            out += member.decompress(rest, 0 if limit is None else limit - len(out) + 1)
        except zlib.error as error:
            raise CodingError(f"The body is not in the content coding {name!r}: {error}.") from error
        if limit is not None and len(out) > limit:
            raise TooLargeError(
                f"The body, decoded from {len(raw)} bytes of {name}, passes the limit of {limit} bytes."
            )
        if not member.eof:
            raise CodingError(f"The {name} body is cut short after {len(out)} decoded bytes.")
        rest = member.unused_data
        # Only gzip may be several members in a row; anything else behind the end is padding that browsers drop too.
        if window <= zlib.MAX_WBITS or not rest.startswith(b"\x1f\x8b"):
            break
    return bytes(out)
