"""Whether a line quotes somebody: what is taken out of a page as a caption, a teaser or an imprint must not.

A name in quotation marks («Вестник», «Маштаково») is no quotation: one has three words or more.
"""

from __future__ import annotations

import re
from typing import Final

_SPAN: Final = re.compile(r"«[^»]*(?:»|$)|[“„][^“”]*(?:[“”]|$)|\"[^\"]*(?:\"|$)")
_WHOLE_SPAN: Final = re.compile(r"«[^»]*»|[“„][^“”]*[“”]|\"[^\"]*\"")
_CLOSED: Final = re.compile(r"^[^«»]*»|^[^“„”]*”")
_WORD: Final = re.compile(r"\w[\w’'-]*")
_LEAST: Final = 3
_SPOKEN: Final = re.compile(r"^[—–]\s*\w.*[,.!?…] [—–] \w")
_MARK: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
_SPEECH: Final = re.compile(
    rf"{_MARK}[,.]?\s*[—–-]\s*\w|:\s*{_MARK}|{_MARK}?,\s*{_MARK}|"
    r"\b(?:сказал|заяв(?:ил|ля)|сообщ(?:ил|а)|отмет(?:ил|ят)|отмеча|рассказ(?:ал|ыва)|поясн(?:ил|я)|подчеркн|подчёркив|добав(?:ил|ля)|счита(?:ет|ют)|"
    r"увер(?:ен|я)|пиш[еу]т|говор(?:ит|ят|ил)|объясн(?:ил|я)|ответил|признал|назвал|утвержда|жалу(?:ет|ют)|цитиру|напис(?:ал|ано)|по словам|"
    r"деді|дейді|деп\b|айтты|айтып|мәлімде|хабарла|жазды|түсіндірді|атап өтті|"
    r"sa(?:id|ys)|told|tells|stated|added|claim(?:s|ed)|explain(?:s|ed)|wrote|writes|according to|call(?:s|ed))",
    re.IGNORECASE,
)


def has_quotation(line: str) -> bool:
    """Whether `line` has three words or more in quotation marks (one may stand in another line), or is a line of talk
    that begins with a dash."""
    spans = [*_SPAN.findall(line), *_CLOSED.findall(line)]
    return any(len(_WORD.findall(span)) >= _LEAST for span in spans) or bool(_SPOKEN.match(line))


def has_reported_speech(line: str) -> bool:
    """Whether `line` has a quotation and says outside of it that somebody said it: by a verb, a dash or a colon."""
    if not has_quotation(line):
        return False
    return bool(_SPOKEN.match(line) or _SPEECH.search(_WHOLE_SPAN.sub(_MARK, line)))


def is_sentence(line: str) -> bool:
    """Whether `line` ends as a sentence does; headlines of Russian, Kazakh and English sites end in no full stop."""
    return line.rstrip('»”" )]').endswith((".", "!", "?", "…"))
