"""Kazakh as spaCy components: endings stripped by table, names by the recogniser trained on KazNERD."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from ingest.errors import ModelError
from nlp.languages.kk.network import CONFIG
from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import lexicon

WEIGHTS = Path(__file__).parent.parent.parent / "models" / "kk_ner"


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


@Language.factory("kazakh_ner")
def make_ner(nlp: Language, name: str) -> Any:
    """The spaCy factory. Raises ModelError where the weights are missing."""
    if not (WEIGHTS / "ner" / "model").is_file():
        raise ModelError(
            "the Kazakh weights are missing: nlp/models/kk_ner/ner (made by `python -m nlp.training.kk_ner --data …`)"
        )
    pipe: Any = nlp.create_pipe("ner", config=CONFIG)
    return pipe.from_disk(WEIGHTS / "ner", exclude=["vocab"])
