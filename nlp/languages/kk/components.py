"""Kazakh as spaCy components: endings stripped by table, names by the recogniser trained on KazNERD."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

import nlp.languages.kk.recogniser  # noqa: F401  registers the factory of the names
from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import lexicon


class KazakhStems:
    """Sets `lemma_` (the case ending gone) and a thin `pos_`: SPACE, PUNCT, NUM, PROPN for capitals, else X."""

    def __call__(self, doc: Doc) -> Doc:
        stop = set(lexicon("kk").stop_words)
        for token in doc:
            lower = token.text.casefold()
            token.lemma_ = token.text if token.is_space else lower if lower in stop else strip_case(lower)
            token.pos_ = (
                "SPACE" if token.is_space
                else "PUNCT" if token.is_punct
                else "NUM" if token.like_num
                else "PROPN" if token.text[0].isupper() and not token.is_sent_start
                else "X"
            )  # fmt: skip
        return doc


@Language.factory("kazakh_stems")
def make_stems(nlp: Language, name: str) -> KazakhStems:
    """The spaCy factory."""
    return KazakhStems()
