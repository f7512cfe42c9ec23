"""Tokenizers whose time is bounded: spaCy's own takes quadratic time for a run of ten thousand quotes."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import get_words_and_spaces, registry
from spacy.vocab import Vocab

LONGEST_WORD = 1000
"""Characters of a run without spaces that is split further; a longer one is one token."""
PICTURES = re.compile("([\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+)")
"""Emoji and arrows with what joins and varies them; channels set them before a word without a space."""
_APART = re.compile(rf"\S{{{LONGEST_WORD + 1},}}|[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]*[\ufe0f\u200d](?=\w)")


class BoundedTokenizer:
    """spaCy's tokenizer `inner`, except that a run of more than `LONGEST_WORD` characters is one token, and so is a picture
    of several characters before a word."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.vocab: Vocab = inner.vocab

    def __call__(self, text: str) -> Doc:
        if not _APART.search(text):
            return self.inner(text)  # type: ignore[no-any-return]
        words: list[str] = []
        norms: list[str] = []
        end = 0
        for run in (*_APART.finditer(text), None):
            between = [token for token in self.inner(text[end : run.start() if run else None]) if not token.is_space]
            words += [token.text for token in between]
            norms += [token.norm_ for token in between]
            if run:
                words.append(run.group())
                norms.append("")
                end = run.end()
        doc = Doc(self.vocab, *get_words_and_spaces(words, text))
        for token, norm in zip((token for token in doc if not token.is_space), norms, strict=True):
            if norm:
                token.norm_ = norm  # "n't" is "not" by the language's rules, which only the inner tokenizer knows
        return doc

    def to_bytes(self, **kwargs: Any) -> bytes:
        """The bytes of the inner tokenizer."""
        return self.inner.to_bytes(**kwargs)  # type: ignore[no-any-return]

    def from_bytes(self, data: bytes, **kwargs: Any) -> BoundedTokenizer:
        """The inner tokenizer's rules from its bytes."""
        self.inner.from_bytes(data, **kwargs)
        return self

    def to_disk(self, path: Path, **kwargs: Any) -> None:
        """Writes the inner tokenizer's rules."""
        self.inner.to_disk(path, **kwargs)

    def from_disk(self, path: Path, **kwargs: Any) -> BoundedTokenizer:
        """Reads the inner tokenizer's rules."""
        self.inner.from_disk(path, **kwargs)
        return self


@registry.tokenizers("kezek.Bounded.v1")  # type: ignore[untyped-decorator]
def make_bounded() -> Callable[[Language], BoundedTokenizer]:
    """For configs: the tokenizer of the language by spaCy's rules, in bounded time."""
    inner = registry.tokenizers.get("spacy.Tokenizer.v1")()
    return lambda nlp: BoundedTokenizer(inner(nlp))
