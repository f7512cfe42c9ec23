"""Russian dictionary forms by pymorphy3: lemmas that agree with the tagger, and names put into the nominative."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from pymorphy3 import MorphAnalyzer

CASES = {"Nom": "nomn", "Gen": "gent", "Dat": "datv", "Acc": "accs", "Ins": "ablt", "Loc": "loct"}
_POS = {
    "NOUN": {"NOUN"}, "PROPN": {"NOUN"}, "VERB": {"VERB", "INFN", "PRTF", "PRTS", "GRND"}, "AUX": {"VERB", "INFN"},
    "ADJ": {"ADJF", "ADJS", "PRTF", "COMP"}, "ADV": {"ADVB", "PRED", "COMP"}, "PRON": {"NPRO", "ADJF", "NOUN"},
    "DET": {"ADJF"}, "NUM": {"NUMR"}, "ADP": {"PREP"}, "CCONJ": {"CONJ"}, "SCONJ": {"CONJ"}, "PART": {"PRCL"},
}  # fmt: skip


@cache
def analyzer() -> MorphAnalyzer:
    """pymorphy3 with its Russian dictionary, one a process (about 0.3 s, 20 MB)."""
    return MorphAnalyzer(lang="ru")


@lru_cache(maxsize=200_000)
def parses(word: str) -> tuple[Any, ...]:
    """pymorphy3's readings of `word`, likeliest first; none for words longer than any word is."""
    return tuple(analyzer().parse(word)) if len(word) <= 60 else ()


@lru_cache(maxsize=200_000)
def lemma(word: str, pos: str = "", case: str = "") -> str:
    """The dictionary form of `word`, lower case, by the reading that fits the tagger's part of speech and case."""
    readings = parses(word.casefold())
    if not readings:
        return word.casefold()
    fitting = [one for one in readings if not pos or one.tag.POS in _POS.get(pos, {one.tag.POS})]
    exact = [one for one in fitting if case and one.tag.case == CASES.get(case)]
    best = (exact or fitting or list(readings))[0]
    return str(best.normal_form)


_NAMES = ("Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr")


@lru_cache(maxsize=50_000)
def is_common(word: str) -> bool:
    """Whether the dictionary knows `word`, and as no name in any of its readings."""
    folded = word.casefold()
    return bool(analyzer().word_is_known(folded)) and not any(
        mark in one.tag for one in parses(folded) for mark in _NAMES
    )
