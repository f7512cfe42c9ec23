"""Kazakh words and figures that count: with case endings, in order («үшінші»), together («екеуі»), about («жүздеген»)."""

from __future__ import annotations

import re

from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import lexicon

_WORDS = lexicon("kk")
_PLAIN = frozenset((*_WORDS.numbers, *_WORDS.multipliers))
_BARE_ONLY = frozenset(("бір", "бірер", "жарты"))
"""Their cases mean something else: «бірге» is together, «бірден» at once."""
_SHORT_CASES = frozenset(("онға", "оннан", "онды", "онның"))
"""Cases of «он», too short to be stripped; «онда» is there."""
_ORDINAL = re.compile(r"(бір|ек|үш|төрт|бес|алты|жет|сегіз|тоғыз|он|жиырма|отыз|қырық|қырқ|елу|алпыс|жетпіс|сексен|тоқсан|жүз|мың"
                      r"|миллион)(?:с?[ыі])?н(?:шы|ші)(?:с[ыі])?")  # fmt: skip
_TOGETHER = re.compile(r"(?:бір|ек|үш|төрт|бес|алт|жет)(?:еу|ау)[іы]?")
_ABOUT = re.compile(r"(?:он|жүз|мың|миллион|жиырма|отыз|қырық|елу|алпыс|жетпіс|сексен|тоқсан)(?:да|де)ған|жүздеген")
_FIGURE = re.compile(r"[0-9]+(?:[.,:\u2013-][0-9]+)*(?:-\w+)?")


def like_number(text: str) -> bool:
    """Whether `text` is a number: 280, 280-ге, 3-ші, 2-3, мыңға, елуден, үшінші, екеуі, жүздеген."""
    if _FIGURE.fullmatch(text):
        return True
    word = text.casefold()
    if word in _PLAIN or word in _SHORT_CASES:
        return True
    bare = strip_case(word)
    if bare in _PLAIN:
        return bare not in _BARE_ONLY
    return any(pattern.fullmatch(bare) for pattern in (_ORDINAL, _TOGETHER, _ABOUT))
