"""The entities of a Doc: what the model of the language and the knowledge base find, in one list of five labels."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, Span

LABELS = {
    "PERSON": "PERSON",
    "PER": "PERSON",
    "ORG": "ORG",
    "GPE": "PLACE",
    "LOC": "PLACE",
    "PLACE": "PLACE",
    "CHECKPOINT": "CHECKPOINT",
    "LAW": "LAW",
}
"""A model's label → ours; names with another label are left out."""


class Entities:
    """spaCy component: `doc.ents` in our labels."""

    def __call__(self, doc: Doc) -> Doc:
        kept = []
        for span in doc.ents:
            if span.label_ in LABELS:
                one = Span(doc, span.start, span.end, label=LABELS[span.label_])
                one._.name = one.text
                kept.append(one)
        doc.set_ents(kept)
        return doc


@Language.factory("kezek_entities")
def make_entities(nlp: Language, name: str) -> Entities:
    """The spaCy factory."""
    return Entities()
