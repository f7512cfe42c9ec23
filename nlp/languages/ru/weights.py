"""The Russian weights inside the installed natasha wheel: slovnet's NER, morphology and syntax over navec's vectors.

natasha itself is never imported (its code needs packages that are not installed); only its data files are read. They are
read here and not by the packages' own `load`, which builds the same vocabulary of 250,000 words four times and norms of
the vectors that nothing asks for: half of the start-up.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from ingest.errors import ModelError
from nlp.languages.ru.network import MorphTagger, NameTagger, SyntaxParser

NAVEC = "navec_news_v1_1B_250K_300d_100q.tar"
MORPH = "slovnet_morph_news_v1.tar"
SYNTAX = "slovnet_syntax_news_v1.tar"
NER = "slovnet_ner_news_v1.tar"


@dataclass(frozen=True, slots=True)
class Weights:
    """The three taggers, each over lists of words."""

    morph: MorphTagger
    syntax: SyntaxParser
    ner: NameTagger


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
    """The taggers, read once a process (about 0.4 s, 60 MB). Raises ModelError where a file is missing."""
    from slovnet.exec.encoders import SyntaxEncoder, TagEncoder
    from slovnet.exec.infer import MorphInfer, NERInfer, SyntaxDecoder, SyntaxInfer, TagDecoder
    from slovnet.exec.model import NER as NameNetwork
    from slovnet.exec.model import Morph, Syntax

    _one_thread()
    vectors = _vectors()
    vocabularies: dict[bytes, Any] = {}
    return Weights(
        MorphTagger(_tagger(MORPH, Morph, "tag", (TagEncoder, TagDecoder, MorphInfer), vectors, vocabularies)),
        SyntaxParser(
            _tagger(SYNTAX, Syntax, "rel", (SyntaxEncoder, SyntaxDecoder, SyntaxInfer), vectors, vocabularies)
        ),
        NameTagger(_tagger(NER, NameNetwork, "tag", (TagEncoder, TagDecoder, NERInfer), vectors, vocabularies)),
    )


def _one_thread() -> None:
    """Have numpy multiply matrices in one thread: these are small, and several are slower and take more processor time.

    OPENBLAS_NUM_THREADS would be too late wherever numpy is loaded before nlp. Does nothing where numpy was built on
    another library.
    """
    library = ctypes.CDLL(np._core._multiarray_umath.__file__)  # type: ignore[attr-defined]
    for name in ("scipy_openblas_set_num_threads64_", "scipy_openblas_set_num_threads", "openblas_set_num_threads"):
        if hasattr(library, name):
            getattr(library, name)(1)


def _vectors() -> SimpleNamespace:
    """What slovnet takes from a Navec: `meta.id`, and `pq.indexes` and `pq.codes` of the quantised vectors."""
    from navec.meta import Meta
    from navec.navec import META, PQ_
    from navec.tar import Tar

    with Tar(data_file(NAVEC)) as tar:
        meta = Meta.from_file(tar.load(META))
        content = tar.load(PQ_).read()
    count, _, parts, centroids = (int(one) for one in np.frombuffer(content, np.uint32, 4))
    indexes = np.frombuffer(content, np.uint8, count * parts, 16).reshape(count, parts)
    codes = np.frombuffer(content, np.float32, offset=16 + count * parts).reshape(parts, centroids, -1)
    return SimpleNamespace(meta=meta, pq=SimpleNamespace(indexes=indexes, codes=codes))


def _tagger(
    name: str,
    network: Any,
    labels: str,
    classes: tuple[Any, Any, Any],
    vectors: SimpleNamespace,
    vocabularies: dict[bytes, Any],
) -> Any:
    """What slovnet's `load` gives, with the vocabulary shared by all files that have the same."""
    from slovnet.const import SHAPE, WORD
    from slovnet.exec.pack import Pack, bytes_vocab, vocab_name

    with Pack(data_file(name)) as pack:
        pack.load_meta().check_protocol()
        model = pack.load_model(network)
        model = model.inject_arrays(dict(pack.load_arrays(model.weights))).inject_navec(vectors)
        packed = pack.read(vocab_name(WORD))
        checksum = packed[-8:]  # gzip ends with the CRC and the length of what was packed
        if checksum not in vocabularies:
            vocabularies[checksum] = bytes_vocab(packed)
        encoder, decoder, infer = classes
        return infer(model, encoder(vocabularies[checksum], pack.load_vocab(SHAPE)), decoder(pack.load_vocab(labels)))
