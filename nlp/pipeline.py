"""The three pipelines: `load(lang)` gives a spaCy Language for Russian, English or Kazakh, one a process.

Each is assembled from a spaCy config, `languages/<lang>/pipeline.cfg`; importing this module registers what they name.

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

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import load_config, load_model_from_config
from thinc.api import Config, ConfigValidationError

import nlp.coref
import nlp.entities
import nlp.languages.kk.components
import nlp.languages.kk.tokenizer
import nlp.languages.ru.components
import nlp.sentences
import nlp.tokenizers  # noqa: F401  these register the languages, factories and tokenizers that the configs name
from ingest.document import Document
from ingest.errors import InputError, ModelError
from nlp.reading import place_in, reading

__all__ = ["LANGUAGES", "Lang", "load", "place_in", "read", "reading"]

Lang = Literal["ru", "en", "kk"]
LANGUAGES: tuple[Lang, ...] = ("ru", "en", "kk")
_loaded: dict[tuple[str, frozenset[str]], Language] = {}


def _extensions() -> None:
    Doc.set_extension("title_length", default=0, force=True)
    Span.set_extension("name", default="", force=True)
    Span.set_extension("entity_id", default=None, force=True)
    Span.set_extension("side", default="UNKNOWN", force=True)
    Span.set_extension("role", default="", force=True)


_extensions()


_HERE = Path(__file__).parent / "languages"


@cache
def _config(lang: str) -> Config:
    """The pipeline's config; where it names a package, laid over that package's own. Raises ModelError without it."""
    config = load_config(_HERE / lang / "pipeline.cfg")
    package = _package(config)
    return config if package is None else Config(load_config(package / "config.cfg")).merge(config)


def _package(config: Config) -> Path | None:
    """The folder of the weights that `config` takes from an installed package. Raises ModelError where it is absent."""
    name = config.get("paths", {}).get("package")
    if name is None:
        return None
    found = find_spec(name)
    if found is None or found.origin is None:
        raise ModelError(f"the weights are missing: the package {name} is not installed")
    for weights in Path(found.origin).parent.glob(f"{name}-*/config.cfg"):
        return weights.parent
    raise ModelError(f"the weights are missing: the installed package {name} has no config.cfg")


def load(lang: Lang | str, parts: Collection[str] | None = None) -> Language:
    """The pipeline of `lang` ("ru", "en", "kk"), cached; of its components only `parts` are made and read, if given.

    Its config is `languages/<lang>/pipeline.cfg`. Raises ModelError with one sentence where weights are missing,
    InputError for another language, an unknown part or parts that can't be made without another.
    """
    if lang not in LANGUAGES:
        raise InputError(f"there is a pipeline for {', '.join(LANGUAGES)}, none for {lang!r}")
    config = _config(lang)
    every = config["nlp"]["pipeline"]
    wanted = frozenset(every if parts is None else parts)
    if unknown := wanted.difference(every):
        raise InputError(f"the {lang} pipeline has no {', '.join(sorted(unknown))}: it has {', '.join(every)}")
    if (lang, wanted) not in _loaded:
        chosen = [name for name in every if name in wanted]
        try:
            _loaded[lang, wanted] = _made(config, chosen)
        except ConfigValidationError as error:
            if len(chosen) == len(every):
                raise
            raise InputError(f"the {lang} pipeline's {', '.join(chosen)} can't be made without the rest") from error
    return _loaded[lang, wanted]


def _made(config: Config, parts: list[str]) -> Language:
    config = config.copy()
    config["nlp"]["pipeline"] = parts
    config["components"] = {name: config["components"][name] for name in parts}
    nlp = load_model_from_config(config)
    package = _package(config)
    return nlp if package is None else nlp.from_disk(package, exclude=["config", "meta"])


def read(documents: Iterable[Document], lang: Lang | str, batch_size: int = 64) -> Iterator[Doc]:
    """The Docs of `documents`, all in `lang`, in their order."""
    nlp = load(lang)

    def made() -> Iterator[Doc]:
        for document in documents:
            text, title_length = reading(document)
            doc = nlp.make_doc(text)
            doc._.title_length = title_length
            yield doc

    return nlp.pipe(made(), batch_size=batch_size)
