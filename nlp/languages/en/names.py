"""English names: they do not inflect; only the article before and the possessive after are no part of one."""

from __future__ import annotations

from functools import lru_cache

from spacy.tokens import Span


@lru_cache(maxsize=50_000)
def token_keys(word: str) -> frozenset[str]:
    """What a token of a text is looked up by."""
    return frozenset({word.casefold().replace("’", "'")})


alias_keys = token_keys


def dictionary_form(span: Span) -> str:
    """The name on one line."""
    return " ".join(span.text.split())
