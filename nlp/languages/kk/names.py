"""Kazakh names: case endings come off the last word only; what stands before it carries none.

Names are looked up alike in both scripts: a word in Latin letters by what all its spellings have in common.
"""

from __future__ import annotations

from functools import lru_cache

from spacy.tokens import Span

from nlp.languages.kk.latin import CASES, cyrillic, is_latin, skeleton, skeletons, without_case
from nlp.languages.kk.stemmer import stem, strip_case

QUOTES = frozenset("«»“”„\"'")
_LINKED = ("ға", "ге", "қа", "ке", "ның", "нің", "дың", "дің", "тың", "тің", "да", "де", "та", "те", "дан", "ден", "тан",
           "тен", "нан", "нен", "ды", "ді", "ты", "ті", "ны", "ні", "мен", "бен", "пен", "дағы", "дегі")  # fmt: skip


def _unlinked(word: str) -> str:
    """An acronym or address without the ending after its hyphen: ҰҚК-нің → ҰҚК, Урал56.ру-ға → Урал56.ру."""
    head, hyphen, ending = word.rpartition("-")
    return head if hyphen and head and (ending.casefold() in _LINKED or skeleton(ending) in CASES) else word


@lru_cache(maxsize=50_000)
def token_keys(word: str) -> frozenset[str]:
    """What a token of a text is looked up by: itself, without its case, and its stem."""
    bare = _unlinked(word)
    folded = bare.casefold()
    if is_latin([word]):
        return frozenset({folded, *("=" + one for one in skeletons(bare))})
    keys = {folded, strip_case(folded)}
    if folded.endswith("стан"):
        keys.add(folded[:-3])
    if len(folded) > 3:
        keys.add("~" + stem(folded))
    return frozenset(keys)


@lru_cache(maxsize=20_000)
def alias_keys(word: str) -> frozenset[str]:
    """What an alias word is found by."""
    folded = word.casefold()
    keys = {folded, "~" + stem(folded)} if len(folded) > 3 else {folded}
    if not is_latin([word]) and (common := skeleton(word)):
        keys.add("=" + common)
    return frozenset(keys)


def _surname(span: Span, word: str) -> bool:
    """Лобода: people are seldom said to be a place where something is."""
    return span.label_ == "PERSON" and word.endswith(("ода", "ида"))


def _without_case(word: str) -> str:
    return without_case(word, strip_case(cyrillic(word))) if is_latin([word]) else strip_case(word)


def dictionary_form(span: Span) -> str:
    """The name without quotes around it and without the case ending of its last word."""
    words = [token.text for token in span if not token.is_space]
    if len(words) > 1 and words[0] in QUOTES and words[-1] in QUOTES:
        words = words[1:-1]
    shown = span.text if len(words) == len(span) else " ".join(words)
    last = words[-1]
    bare = _unlinked(last)
    turned = bare if bare != last or last.isupper() or _surname(span, last) else _without_case(last)
    return " ".join((shown[: -len(last)] + turned if shown.endswith(last) else shown).split())
