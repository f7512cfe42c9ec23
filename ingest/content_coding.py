"""Content codings: what a server wraps a body in (gzip, deflate), unwrapped under a size limit."""

from __future__ import annotations

import zlib

from ingest.errors import FetchError

ACCEPTED = "gzip, deflate"
"""What the fetcher asks for: codings that the standard library decodes, with a bound on what comes out."""


MOST_CODINGS = 3
"""A body in more wrappings than this is no page but a trick: each may cost the whole limit to unwrap."""

_BLOCK = 16_384


class CodingError(FetchError):
    """The body is not in the content coding that its header names."""


class TooLargeError(FetchError):
    """The body, decoded, is larger than the limit: decoding stopped there."""


def decode(raw: bytes, coding: str | None, limit: int | None = None) -> bytes:
    """The body inside `raw`, whose Content-Encoding header is `coding` (None or empty: as it is).

    Several codings are undone from the last to the first (RFC 9110, 8.4). Decoding never makes more than `limit`
    bytes. Raises CodingError where the bytes are not in that coding or are cut short, or in more than MOST_CODINGS;
    TooLargeError over the limit.
    """
    body = raw
    names = [name for part in (coding or "").split(",") if (name := part.strip().lower()) not in ("", "identity")]
    if len(names) > MOST_CODINGS:
        raise CodingError(f"The body is in {len(names)} content codings, more than {MOST_CODINGS}.")
    for name in reversed(names):
        if name in ("gzip", "x-gzip"):
            body = _inflate(body, 16 + zlib.MAX_WBITS, name, limit)
        elif name == "deflate":
            # "deflate" means zlib's wrapping, but some servers send the bare stream: zlib's header (RFC 1950) tells.
            wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
            body = _inflate(body, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS, name, limit)
        else:
            raise CodingError(f"The content coding {name[:40]!r} was not asked for and can't be decoded.")
    if limit is not None and len(body) > limit:
        raise TooLargeError(f"The body has {len(body)} bytes, more than the limit of {limit}.")
    return body


def _inflate(raw: bytes, window: int, name: str, limit: int | None) -> bytes:
    out = bytearray()
    position = 0
    while position < len(raw):
        member = zlib.decompressobj(window)
        # In blocks: what is behind a member's end is copied, and a body may be a million tiny members.
        while not member.eof and position < len(raw):
            block = raw[position : position + _BLOCK]
            try:
                out += member.decompress(block, 0 if limit is None else limit - len(out) + 1)
            except zlib.error as error:
                raise CodingError(f"The body is not in the content coding {name!r}: {error}.") from error
            if limit is not None and len(out) > limit:
                raise TooLargeError(
                    f"The body, decoded from {len(raw)} bytes of {name}, passes the limit of {limit} bytes."
                )
            position += len(block) - len(member.unused_data)
        if not member.eof:
            raise CodingError(f"The {name} body is cut short after {len(out)} decoded bytes.")
        # Only gzip may be several members in a row; anything else behind the end is padding that browsers drop too.
        if window <= zlib.MAX_WBITS or raw[position : position + 2] != b"\x1f\x8b":
            break
    return bytes(out)
