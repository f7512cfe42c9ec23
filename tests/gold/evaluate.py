"""How well kezek reads: the measures of `tests.gold.score` by set and language, against the pinned floors.

    python -m tests.gold.evaluate [--open FILE] [--raise] [SET ...]

Sets: `all` and `held` (the half that is only scored) of the open annotated documents (--open, default: beside the
repository; left out where they are not there), `press` (tests/gold/press), `own` (the half of tests/gold that is
only scored), its `quantities` and `demo` (the demo web's). The exit status is 1 where a measure lies below its floor in floors.toml. `--raise` lifts
floors to what was measured; nothing lowers them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.table import Table

from infra.demo.gold import documents
from infra.demo.story import load_world
from kezek.console import out
from kezek.jsonl import read_documents
from nlp.annotate import annotate, annotation_json
from tests.gold.parts import FOLDER, held_back, rows
from tests.gold.score import MEASURES, Bin, Row, Tally, miscalibration, reliability, scored

FLOORS = FOLDER / "floors.toml"
OPEN = FOLDER.parents[2] / "shared" / "claims" / "dev.jsonl"
COLUMNS = ("ru", "en", "kk", "all")
BETTER_LOW = {"false_alarms"}
MARGIN = 0.02
"""What `--raise` leaves between a floor and the measure: another processor rounds otherwise, and a claim may flip by it."""

Floors = Mapping[str, Mapping[str, Mapping[str, float]]]


def sets(open_documents: Path = OPEN) -> dict[str, list[Row]]:
    """The annotated documents by set; those of the open file only where it is there."""
    found: dict[str, list[Row]] = {}
    if open_documents.is_file():
        found["all"] = list(rows([open_documents]))
        found["held"] = [row for row in found["all"] if held_back(dict(row))]
    found["press"] = list(rows(FOLDER.glob("press/*.jsonl")))
    found["own"] = [row for row in rows(FOLDER.glob("*.jsonl")) if held_back(row)]
    figures = rows(FOLDER.glob("quantities/*.jsonl"))
    found["quantities"] = [{**row, "claims": [], "entities": []} for row in figures if held_back(row)]
    found["demo"] = [{**row, "id": f"{row['id']}#{row['revision']}"} for row in documents(load_world())]
    return found


def read(gold: Iterable[Row]) -> list[Row]:
    """What `kezek annotate` says of annotated documents, as its rows."""
    texts = read_documents(json.dumps(row) for row in gold)
    return [annotation_json(one, one.document_id) for one in annotate(texts)]


def floors() -> Floors:
    """The pinned floors, by set, measure and column; for false alarms they are ceilings."""
    found: Floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    return found


def below(name: str, tallies: Mapping[str, Tally], pinned: Floors) -> list[str]:
    """A sentence for each measure of a set that misses its floor."""
    missed = []
    for measure, columns in pinned.get(name, {}).items():
        for column, floor in columns.items():
            value = tallies[column].value(measure)
            if value is None or (value > floor if measure in BETTER_LOW else value < floor):
                side = "above its ceiling" if measure in BETTER_LOW else "below its floor"
                told = "not measured" if value is None else f"{value:.3f}"
                missed.append(f"{name}: {measure} {column} is {told}, {side} {floor}")
    return missed


def raised(name: str, tallies: Mapping[str, Tally], pinned: Floors) -> dict[str, dict[str, float]]:
    """The floors of a set, each lifted to what was measured where that is better."""
    lifted: dict[str, dict[str, float]] = {}
    for measure, columns in pinned.get(name, {}).items():
        low = measure in BETTER_LOW
        for column, floor in columns.items():
            value = tallies[column].value(measure)
            reached = floor if value is None else round(value + MARGIN if low else value - MARGIN, 3)
            lifted.setdefault(measure, {})[column] = min(floor, reached) if low else max(floor, reached)
    return lifted


def as_toml(pinned: Floors) -> str:
    """The floors as their file is written."""
    lines = ["# Floors of `make eval`; they may only be raised (`--raise`). False alarms have ceilings."]
    for name, measures in pinned.items():
        lines += ["", f"[{name}]"]
        for measure, columns in measures.items():
            lines.append(f"{measure} = {{ {', '.join(f'{column} = {value}' for column, value in columns.items())} }}")
    return "\n".join(lines) + "\n"


def table(name: str, tallies: Mapping[str, Tally], measures: Iterable[str] = MEASURES) -> Table:
    """The measures of a set by language, with how many answers each rests on."""
    shown = Table(title=f"{name}: {tallies['all'].documents} documents", title_justify="left")
    shown.add_column("measure")
    for column in COLUMNS:
        shown.add_column(column, justify="right")
    for measure in measures:
        cells = []
        for column in COLUMNS:
            value = tallies[column].value(measure)
            cells.append("–" if value is None else f"{value:.3f} [dim]of {tallies[column].wanted[measure]:>3}[/]")
        shown.add_row(measure, *cells)
    return shown


def calibration(bins: Sequence[Bin]) -> Table:
    """What the claims' confidence promises, beside how many of them are right."""
    shown = Table(title=f"confidence: off by {miscalibration(bins):.3f} in the mean", title_justify="left")
    for column in ("confidence", "claims", "promised", "right"):
        shown.add_column(column, justify="right")
    for one in bins:
        shown.add_row(
            f"{one.low:.1f}–{min(one.high, 1):.1f}", str(one.claims), f"{one.confidence:.2f}", f"{one.right:.2f}"
        )
    return shown


def main() -> int:
    """Measure the sets, print their tables, and compare with the floors."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("names", nargs="*", metavar="SET", help="held, all, own, demo; default: every one")
    asked.add_argument("--open", type=Path, default=OPEN, help="JSON lines of annotated documents")
    asked.add_argument("--raise", action="store_true", dest="lift", help="lift the floors to what is measured")
    options = asked.parse_args()
    gold = sets(options.open)
    unknown = [name for name in options.names if name not in gold]
    if unknown:
        asked.error(f"there is no set {unknown[0]!r} here; there are {', '.join(gold)}")
    pinned: dict[str, Mapping[str, Mapping[str, float]]] = dict(floors())
    missed: list[str] = []
    found: dict[str, Row] = {}
    for name in options.names or gold:
        found |= {row["id"]: row for row in read(one for one in gold[name] if one["id"] not in found)}
        tallies = scored(gold[name], found.values())
        measures = [one for one in MEASURES if one in pinned[name]]
        out.print(table(name, tallies, measures))
        bins = reliability(gold[name], [found[row["id"]] for row in gold[name]])
        if bins and "cause_stance" in measures:
            out.print(calibration(bins))
        missed += below(name, tallies, pinned)
        if options.lift:
            pinned[name] = raised(name, tallies, pinned)
    if options.lift:
        FLOORS.write_text(as_toml(pinned), encoding="utf-8")
    for sentence in missed:
        out.print(f"[red]{sentence}[/]")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
