"""Bytes of a page → text: what is declared is believed only as far as the bytes bear it out."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from charset_normalizer import from_bytes

# What pages in our languages really use, besides UTF-8.
CANDIDATES: Final = ("utf-8", "windows-1251", "koi8-r", "iso-8859-5", "ibm866", "windows-1252", "iso-8859-1")
_CYRILLIC: Final = CANDIDATES[1:5]
# A declared Latin-1 means windows-1252 (https://encoding.spec.whatwg.org/#names-and-labels).
_WHATWG: Final = {"iso8859-1": "cp1252", "ascii": "cp1252"}
# Labels of the same standard that Python does not know, and that the bytes alone do not tell.
_WEB_LABELS: Final = {"x-mac-cyrillic": "mac-cyrillic", "x-mac-ukrainian": "mac-cyrillic"}
_JUDGED: Final = frozenset(codecs.lookup(name).name for name in CANDIDATES)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META: Final = re.compile(rb"<(?:meta|\?xml)[^>]{0,500}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# The dozen letters that make up seven tenths of any Russian or Kazakh text; in a wrong decoding they do not.
_COMMON: Final = frozenset("оеаинтсрлвкмдыу")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_IS_CYRILLIC: Final = re.compile("[\u0400-\u052f]")
_BROKEN: Final = "\ufffd"
_SAMPLE: Final = 200_000


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text and the encoding that it was read by (a Python codec name)."""

    text: str
    encoding: str


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of `body`; never fails.

    A byte-order mark decides; then valid UTF-8 is UTF-8 whatever is declared; then the charset of `content_type`, that
    of the page's meta element, and what charset-normalizer finds among CANDIDATES, each only where the result reads as
    text. Bytes that fit nothing become U+FFFD.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return Decoded(body.decode(encoding, "replace"), encoding)
    try:
        return Decoded(body.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    if _mostly_utf8(body):
        return Decoded(body.decode("utf-8", "replace"), "utf-8")
    declared = _declared(body, content_type)
    for encoding in declared:
        text = body.decode(encoding, "replace")
        # An encoding of languages that are not ours (gb2312, cp1253) can't be judged by their letters.
        if _reads_as_text(text) if encoding in _JUDGED else _BROKEN not in text:
            return Decoded(text, encoding)
    encoding = _found(body) or next((name for name in declared if name != "utf-8"), "cp1252")
    return Decoded(body.decode(encoding, "replace"), encoding)


def _declared(body: bytes, content_type: str | None) -> list[str]:
    labels = [match.group(1) for match in [_HEADER.search(content_type or "")] if match]
    labels += [match.group(1).decode("ascii", "replace") for match in [_META.search(body[:8192])] if match]
    encodings = []
    for label in labels:
        try:
            info = codecs.lookup(_WEB_LABELS.get(label.lower(), label))
        except LookupError:
            continue
        if info._is_text_encoding and not info.name.startswith(("utf-16", "utf-32", "utf-7")):
            encodings.append(_WHATWG.get(info.name, info.name))
    return list(dict.fromkeys(encodings))


def _mostly_utf8(body: bytes) -> bool:
    """Whether nearly all of the non-ASCII text is valid UTF-8: a page cut mid-letter, or with one foreign snippet."""
    text = body.decode("utf-8", "replace")
    foreign = _foreign(text)
    return text.count(_BROKEN) <= max(1, foreign) * 0.02


def _reads_as_text(text: str) -> bool:
    """Whether the letters beyond ASCII come as a language has them: no broken ones, common ones common, words in one
    case."""
    sample = text[:_SAMPLE]
    foreign = _foreign(sample)
    if text.count(_BROKEN) > 0.02 * max(1, foreign):
        return False
    cyrillic = [word for word in _WORDS.findall(sample) if not word.isascii() and _IS_CYRILLIC.search(word)]
    if not cyrillic:
        # Latin letters with marks stand among plain ones; runs of nothing else are Cyrillic read as Latin.
        return sum(len(run) for run in re.findall(r"[^\x00-\x7f\xa0]{3,}", sample)) <= foreign / 4
    written = "".join(cyrillic)
    letters = written.lower()
    if len(letters) < 20:
        return _odd_case(cyrillic) == 0
    # KOI8-R has its capitals where windows-1251 has the small letters, and the other way round.
    if sum(map(str.isupper, written)) > 0.7 * len(written):
        return False
    common = sum(map(letters.count, _COMMON)) / len(letters)
    return common > 0.5 and _odd_case(cyrillic) < 0.1 * len(cyrillic)


def _foreign(text: str) -> int:
    """How many letters of `text` lie beyond ASCII."""
    return len(text) - len(text.encode("ascii", "ignore"))


def _odd_case(words: list[str]) -> int:
    return sum(not (word.islower() or word.isupper() or word[1:].islower()) for word in words)


def _found(body: bytes) -> str | None:
    """The candidate that the bytes speak for: the best-reading Cyrillic one, else charset-normalizer's."""
    readable = [name for name in _CYRILLIC if _reads_as_text(body[:_SAMPLE].decode(name, "replace"))]
    cyrillic = [name for name in readable if re.search("[\u0400-\u052f]{3}", body[:_SAMPLE].decode(name, "replace"))]
    if len(cyrillic) == 1:
        return codecs.lookup(cyrillic[0]).name
    best = from_bytes(body[:_SAMPLE], cp_isolation=list(CANDIDATES)).best()
    return None if best is None else codecs.lookup(best.encoding).name
