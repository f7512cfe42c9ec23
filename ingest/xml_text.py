"""Bytes of a feed or a sitemap → its XML text, whatever the encoding, packed or not."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

from ingest.charset import decode
from ingest.errors import EmptyBodyError, LayoutError, NotHtmlError

LIMIT_BYTES: Final = 52_428_800
"""The largest sitemap once unpacked, in bytes (https://www.sitemaps.org/protocol.html: 50 MB)."""
_DECLARATION: Final = re.compile(r"\A\s*<\?xml[^>]{0,300}?\?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class XmlText:
    """The text, without byte-order mark and XML declaration (whose encoding no longer holds). `cut_off` says that the packed
    file ends before its end; what could be unpacked is there."""

    text: str
    cut_off: bool

    def lacks_end(self, *elements: str) -> bool:
        """Whether it breaks off: it was cut off, or none of these elements (by their names, in any namespace) ever ends."""
        name = rf"(?:[\w.-]+:)?(?:{'|'.join(elements)})"
        ends = re.search(rf"</{name}\s*>|<{name}(?:\s[^<>]*)?/>", self.text, re.IGNORECASE)
        return self.cut_off or ends is None


def xml_text(body: bytes, url: str, content_type: str | None = None) -> XmlText:
    """The text of a body, unpacked and decoded.

    Raises EmptyBodyError (no bytes), NotHtmlError (broken gzip) or LayoutError (it unpacks to more than LIMIT_BYTES).
    """
    if not body.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    body, cut_off = _unpacked(body, url)
    # https://www.w3.org/TR/xml/#sec-guessing: without a mark, the first character tells.
    wide = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(body[:2])
    text = body.decode(wide, "replace") if wide else decode(body, content_type).text
    text = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
    if not text.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    return XmlText(text, cut_off)


def _unpacked(body: bytes, url: str) -> tuple[bytes, bool]:
    """Many a gzip file is sent as the file that it is. One that is cut off gives what is there, and True."""
    if not body.startswith(b"\x1f\x8b"):
        return body, False
    packed = zlib.decompressobj(wbits=31)
    try:
        unpacked = packed.decompress(body, LIMIT_BYTES)
    except zlib.error as error:
        raise NotHtmlError(f"{url}: the gzip is broken ({error})") from error
    if packed.unconsumed_tail:
        raise LayoutError(f"{url}: the body unpacks to more than {LIMIT_BYTES} bytes")
    return unpacked, not packed.eof
