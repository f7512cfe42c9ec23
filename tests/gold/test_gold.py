"""Every annotation fits its text: a slip of the annotator must not become a slip of the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from nlp.annotation import Label, SpeakerKind
from nlp.claims.topic import border
from tests.gold.parts import FOLDER, TRAINING, held_back, rows

FULL = [*rows(FOLDER.glob("*.jsonl")), *rows(FOLDER.glob("press/*.jsonl")), *rows(TRAINING.glob("*.jsonl"))]
QUANTITIES = rows([*FOLDER.glob("quantities/*.jsonl"), *TRAINING.parent.glob("quantities/*.jsonl")])
CODES: dict[str, set[object]] = {
    "cause": set(border().causes),
    "stance": {"asserts", "denies"},
    "blames": {"KZ", "RU", "CN", "OTHER", "BOTH", "TRADE", "NONE"},
    "speaker_side": {"KZ", "RU", "CN", "OTHER", "UNKNOWN"},
    "speaker_kind": set(get_args(SpeakerKind)),
    "hedged": {True, False},
}


def test_there_are_enough_in_each_language_and_part() -> None:
    own = Counter((row["lang"], held_back(row)) for row in rows(FOLDER.glob("*.jsonl")))
    assert min(own[lang, part] for lang in ("ru", "en", "kk") for part in (True, False)) >= 15
    assert sum(claim["stance"] == "denies" for row in FULL for claim in row["claims"]) >= 300


def test_no_document_stands_twice() -> None:
    for field in ("id", "text"):
        twice = [value for value, number in Counter(row[field] for row in [*FULL, *QUANTITIES]).items() if number > 1]
        assert twice == []


def test_claims_fit_their_text() -> None:
    assert [fault for row in FULL for fault in _claim_faults(row)] == []


def test_entities_stand_once_with_a_known_label() -> None:
    named = [(row["id"], one["name"], one["label"]) for row in FULL for one in row["entities"]]
    assert [one for one, number in Counter(named).items() if number > 1] == []
    assert {label for _, _, label in named} <= set(get_args(Label))


def test_observations_are_figures_of_a_known_metric() -> None:
    figures = [(row["id"], one) for row in [*FULL, *QUANTITIES] for one in row["observations"]]
    assert {one["metric"] for _, one in figures} == {"vehicles", "kilometres", "hours", "days"}
    assert [(id, one) for id, one in figures if not 0 < one["low"] <= one["high"]] == []


def _claim_faults(row: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the claims of `row`, each fault as one line."""
    for claim in row["claims"]:
        said = f"{row['id']}: {claim['cause']} of {claim['speaker']!r}"
        if claim["evidence"] not in row["text"] and claim["evidence"] not in row["title"]:
            yield f"{said}: the evidence is not in the text"
        if claim["cause_text"] not in claim["evidence"] and claim["cause_text"] not in row["title"]:
            yield f"{said}: the cause's words are not in the evidence"
        if (claim["speaker"] == "") != (claim["speaker_kind"] == "outlet"):
            yield f"{said}: only the document's own voice has no name"
        for field, known in CODES.items():
            if claim[field] not in known:
                yield f"{said}: {field} {claim[field]!r} is unknown"
    for key, number in Counter((one["cause"], one["stance"], one["speaker"]) for one in row["claims"]).items():
        if number > 1:
            yield f"{row['id']}: {key} stands twice"
