"""The tuned encoder as files: its layers as an ONNX graph with weights of eight bits, its pieces with their vectors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from nlp.claims.pieces import UNKNOWN, Word, pieces_of
from nlp.training.e5 import Base, Floats, unpacked

POSITIONS = 256
_HEADS = 12
_NORM = 1e-12
_STEPS = 63
"""Steps of a weight to either side of nought: seven bits, as a processor without VNNI may overflow with eight."""
_SHARE = 0.8
"""How much of the difference between the greatest inputs of a product its weights take over, before both are cut into steps: a few
inputs are twenty times the rest, and would leave the rest a few steps (SmoothQuant, arXiv 2211.10438)."""
_OWN = "com.microsoft"
_LETTERS = re.compile("[а-яёәғқңөұүһі]+|[a-z]|0|_|[^\\w\\s]?")


def vocabulary(base: Base, words: Iterable[str]) -> list[int]:
    """The numbers of the pieces that are kept: those of small Cyrillic letters, those that make up `words`, single letters and
    signs. The first four are the special ones."""
    every = pieces_of(base.pieces)
    of_words = {number for word in words for number in every.of(Word(word, 0, len(word), True))}
    return [
        i
        for i, (text, _) in enumerate(base.pieces)
        if i <= UNKNOWN or i in of_words or _LETTERS.fullmatch(text.replace("\u2581", ""))
    ]


@dataclass(frozen=True, slots=True)
class Tuned:
    """What the training gives: the layers from below, the heads by name, the codes that they tell."""

    layers: Sequence[dict[str, Floats]]
    heads: dict[str, Floats]
    codes: Sequence[str]


def write_files(folder: Path, base: Base, kept: Sequence[int], tuned: Tuned, sample: Sequence[Sequence[int]]) -> None:
    """`layers.onnx`, `pieces.npz` and `encoder.json`, as `nlp.claims.encoder.read_encoder` wants them. `kept` are the numbers of
    the base's pieces, `sample` sentences in pieces, numbered in the order of `kept`: what inputs are met is seen in them."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = base.rows[list(kept)]
    vectors = [_normed(unpacked(rows[list(one)]) + base.positions[: len(one)], *base.norm) for one in sample]
    (folder / "layers.onnx").write_bytes(graph(base, tuned, greatest(tuned.layers, vectors)))
    np.savez_compressed(
        folder / "pieces.npz",
        texts=np.frombuffer("\n".join(base.pieces[i][0] for i in kept).encode(), np.uint8),
        likely=np.array([base.pieces[i][1] for i in kept], np.float32),
        rows=np.ascontiguousarray(rows["halves"]),
        steps=np.ascontiguousarray(rows["step"]),
        positions=base.positions[:POSITIONS].astype(np.float16),
    )
    content = json.dumps({"codes": list(tuned.codes)}, indent=1)
    (folder / "encoder.json").write_text(content + "\n", encoding="utf-8")


def greatest(layers: Sequence[dict[str, Floats]], vectors: Sequence[Floats]) -> list[dict[str, Floats]]:
    """For each layer the greatest input of each column of its products, as met in `vectors`, (pieces, width) each."""
    met: list[dict[str, Floats]] = [{} for _ in layers]

    def seen(i: int, name: str, x: Floats) -> Floats:
        most = np.abs(x).max(0)
        met[i][name] = np.maximum(met[i].get(name, most), most)
        return x @ layers[i][name] + layers[i][f"{name} bias"]

    for x in vectors:
        for i, layer in enumerate(layers):
            every = seen(i, "qkv", x).reshape(len(x), 3, _HEADS, -1).transpose(1, 2, 0, 3)
            near = every[0] @ every[1].swapaxes(-1, -2) / np.sqrt(every.shape[-1])
            shares = np.exp(near - near.max(-1, keepdims=True))
            out = shares / shares.sum(-1, keepdims=True) @ every[2]
            x = x + seen(i, "out", out.transpose(1, 0, 2).reshape(x.shape))
            x = _normed(x, layer["norm"], layer["norm bias"])
            inner = seen(i, "up", x)
            inner = inner * 0.5 * (1 + np.tanh(0.79788456 * (inner + 0.044715 * inner**3)))
            x = _normed(x + seen(i, "down", inner), layer["norm 2"], layer["norm 2 bias"])
    return met


def _normed(x: Floats, weight: Floats, bias: Floats) -> Floats:
    centred = x - x.mean(-1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(-1, keepdims=True) + _NORM) * weight + bias, np.float32)


def graph(base: Base, tuned: Tuned, met: Sequence[dict[str, Floats]]) -> bytes:
    """The serialized model: `vectors` (1, pieces, width) to `cause` and `stance` (codes,), and the `told` weight of each piece
    between the first and the last (pieces - 2, codes). `met` are the greatest inputs of the layers."""
    made = _Graph()
    x = made.norm("vectors", "norm", *base.norm)
    for i, layer in enumerate(tuned.layers):
        x = made.layer(x, f"layer {i} ", layer, met[i])
    return made.heads(x, tuned.heads)


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.numbers: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.numbers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], name: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **attributes))
        return name

    def norm(self, x: str, name: str, weight: Floats, bias: Floats) -> str:
        inputs = [x, self.constant(f"{name} weight", weight), self.constant(f"{name} bias", bias)]
        return self.add("LayerNormalization", inputs, f"{name} out", axis=-1, epsilon=_NORM)

    def linear(self, x: str, name: str, weight: Floats, bias: Floats, greatest: Floats) -> str:
        """The product with a weight in seven bits; `x`, whose columns are no greater than `greatest`, is cut into 256 steps."""
        share = np.maximum(greatest, 1e-3) ** _SHARE / np.maximum(np.abs(weight).max(1), 1e-4) ** (1 - _SHARE)
        share = (share / np.exp(np.log(share).mean())).astype(np.float32)
        x = self.add("Mul", [x, self.constant(f"{name} share", 1 / share)], f"{name} x shared")
        weight = weight * share[:, None]
        step = (np.abs(weight).max(0) / _STEPS).astype(np.float32)
        small = np.round(weight / step).astype(np.int8)
        cut = [f"{name} x", f"{name} x step", f"{name} x zero"]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [x], cut))
        inputs = [
            cut[0],
            self.constant(f"{name} weight", small),
            cut[1],
            self.constant(f"{name} step", step),
            cut[2],
            self.constant(f"{name} zero", np.zeros(len(step), np.int8)),
            self.constant(f"{name} bias", bias),
        ]
        return self.add("MatMulIntegerToFloat", inputs, f"{name} out", _OWN)

    def layer(self, x: str, name: str, layer: dict[str, Floats], greatest: dict[str, Floats]) -> str:
        every = self.linear(x, f"{name}qkv", layer["qkv"], layer["qkv bias"], greatest["qkv"])
        three = [f"{name}{one}" for one in "qkv"]
        sizes = self.constant(f"{name}sizes", np.full(3, layer["qkv"].shape[0]))
        self.nodes.append(helper.make_node("Split", [every, sizes], three, axis=-1))
        seen = self.add("MultiHeadAttention", three, f"{name}seen", _OWN, num_heads=_HEADS)
        out = self.linear(seen, f"{name}attention", layer["out"], layer["out bias"], greatest["out"])
        x = self.summed(x, out, f"{name}norm", layer["norm"], layer["norm bias"])
        inner = self.linear(x, f"{name}up", layer["up"], layer["up bias"], greatest["up"])
        inner = self.add("Gelu", [inner], f"{name}inner", _OWN)
        out = self.linear(inner, f"{name}down", layer["down"], layer["down bias"], greatest["down"])
        return self.summed(x, out, f"{name}norm 2", layer["norm 2"], layer["norm 2 bias"])

    def summed(self, x: str, out: str, name: str, weight: Floats, bias: Floats) -> str:
        inputs = [out, x, self.constant(f"{name} weight", weight), self.constant(f"{name} bias", bias)]
        return self.add("SkipLayerNormalization", inputs, f"{name} out", _OWN, epsilon=_NORM)

    def heads(self, x: str, heads: dict[str, Floats]) -> bytes:
        width, codes = heads["cause"].shape
        bounds = [self.constant(name, np.array([value])) for name, value in (("first", 1), ("last", -1), ("axis", 1))]
        x = self.add("Slice", [x, *bounds], "words")
        x = self.add("Reshape", [x, self.constant("flat", np.array([-1, width]))], "flat words")
        weight = np.concatenate([heads["told"], heads["cause"], heads["stance"] + heads["any stance"]], 1)
        every = self.add("MatMul", [x, self.constant("heads", weight.astype(np.float32))], "odds")
        three = ["told odds", "cause odds", "stance odds"]
        sizes = self.constant("head sizes", np.full(3, codes))
        self.nodes.append(helper.make_node("Split", [every, sizes], three, axis=-1))
        self.add("Softmax", ["told odds"], "told", axis=0)  # its bias is the same for all pieces, so it says nothing
        for name in ("cause", "stance"):
            part = self.add("Mul", ["told", f"{name} odds"], f"{name} parts")
            part = self.add(
                "ReduceSum", [part, self.constant(f"{name} axis", np.array([0]))], f"{name} sum", keepdims=0
            )
            self.add("Add", [part, self.constant(f"{name} bias", heads[f"{name} bias"])], name)
        shapes = {"cause": [codes], "stance": [codes], "told": ["words", codes]}
        made = helper.make_graph(
            self.nodes,
            "encoder",
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [1, "pieces", width])],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
            self.numbers,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_OWN, 1)]
        return bytes(helper.make_model(made, opset_imports=opsets, ir_version=9).SerializeToString())
