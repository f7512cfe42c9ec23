"""Kazakh as spaCy components: endings stripped by table, names by the recogniser trained on KazNERD."""

from __future__ import annotations

import numpy as np
from spacy.attrs import IS_PUNCT, IS_SPACE, LEMMA, LIKE_NUM, POS, SENT_START  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.parts_of_speech import NUM, PROPN, PUNCT, SPACE, X  # type: ignore[import-not-found]
from spacy.tokens import Doc

import nlp.languages.kk.recogniser  # noqa: F401  registers the factory of the names
from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import lexicon


class KazakhStems:
    """Sets `lemma_` (the case ending gone) and a thin `pos_`: SPACE, PUNCT, NUM, PROPN for capitals, else X."""

    def __init__(self) -> None:
        self._stop = frozenset(lexicon("kk").stop_words)

    def __call__(self, doc: Doc) -> Doc:
        strings, values = doc.vocab.strings, []
        flags = doc.to_array([IS_SPACE, IS_PUNCT, LIKE_NUM, SENT_START]).reshape(-1, 4).tolist()
        for token, (space, punct, number, start) in zip(doc, flags, strict=True):
            text = token.text
            if space:
                values.append((SPACE, token.orth))
                continue
            lower = text.casefold()
            lemma = lower if lower in self._stop else strip_case(lower)
            proper = start != 1 and text[0].isupper()
            values.append((PUNCT if punct else NUM if number else PROPN if proper else X, strings.add(lemma)))
        return doc.from_array([POS, LEMMA], np.array(values, dtype="uint64").reshape(-1, 2))  # type: ignore[arg-type]


@Language.factory("kazakh_stems")
def make_stems(nlp: Language, name: str) -> KazakhStems:
    """The spaCy factory."""
    return KazakhStems()
