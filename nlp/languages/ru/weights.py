"""The Russian weights inside the installed natasha wheel: slovnet's NER, morphology and syntax over navec's vectors.

natasha itself is never imported (its code needs packages that are not installed); only its data files are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

from ingest.errors import ModelError

NAVEC = "navec_news_v1_1B_250K_300d_100q.tar"
MORPH = "slovnet_morph_news_v1.tar"
SYNTAX = "slovnet_syntax_news_v1.tar"
NER = "slovnet_ner_news_v1.tar"


@dataclass(frozen=True, slots=True)
class Weights:
    """The three taggers' inference; each has encoder, process and decoder over lists of words."""

    morph: Any
    syntax: Any
    ner: Any


def data_file(name: str) -> Path:
    """Where the installed natasha keeps `name`. Raises ModelError where it does not."""
    try:
        listed = files("natasha") or []
    except PackageNotFoundError as error:
        raise ModelError("the Russian weights are missing: the package natasha is not installed") from error
    for file in listed:
        if file.name == name and Path(str(file.locate())).is_file():
            return Path(str(file.locate()))
    raise ModelError(f"the Russian weights are missing: the installed package natasha has no {name}")


@cache
def weights() -> Weights:
    """The taggers, read once a process (about 0.6 s, 60 MB). Raises ModelError where a file is missing."""
    from navec import Navec
    from slovnet import NER as Ner
    from slovnet import Morph, Syntax

    vectors = Navec.load(data_file(NAVEC))
    taggers = [cls.load(data_file(name)) for cls, name in ((Morph, MORPH), (Syntax, SYNTAX), (Ner, NER))]
    for tagger in taggers:
        tagger.navec(vectors)
    return Weights(*(tagger.infer for tagger in taggers))
