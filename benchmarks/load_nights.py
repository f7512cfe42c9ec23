"""Nights of made-up news, and a process that loads them: what `kill_load.py` kills.

    python benchmarks/load_nights.py ADDRESS PUBLISHED FIRST LAST         loads the nights FIRST to LAST in turn
    python benchmarks/load_nights.py ADDRESS --side-by-side SEED SECONDS  loads PILES, in orders of chance, for SECONDS

A night is what the real one does, as six units: the sources; what was read (new documents, new wordings of last night's,
sights of unchanged ones, deletions and returns, agency copies, coverage, refused pages); the readings of two models, the
second of which finds other claims; the curator's proposals; checking and publishing. All rows and all times are made from
the night's number alone, so that the same nights give the same tables to the last column. Piles are for loaders side by
side: each has documents in common with the next, and they may be loaded in any order.

Every step is told on stdout, a line each, as `NIGHT UNIT MARK`: the mark is `begin` (the transaction is open), `commit`
(the commit is being asked for) or `end`. The first line is `ready`, the last `done`.
"""

from __future__ import annotations

import hashlib
import logging
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from ingest.document import Document
from ingest.fetch_record import Fetch
from ingest.spool import Coverage, Gone, Unchanged, Unparsed
from nlp.annotation import Annotation, Entity, Mention
from tests.warehouse.world import DAY, SOURCES, annotation, claim, covered, document, fetch
from warehouse.address import is_postgres
from warehouse.connection import Address, Warehouse, open_warehouse
from warehouse.load import load_readings, load_sources
from warehouse.load_annotations import load_annotations
from warehouse.proposals import refresh_proposals
from warehouse.publish import publish
from warehouse.reading import Reading

NIGHTS = 5
SIZE = 300
"""Documents that are new in a night."""
UNITS = ("sources", "readings", "first-model", "second-model", "proposals", "publish")
PILES = 12
FIRST_MODEL, SECOND_MODEL = "1-first", "2-second"
_PEOPLE = ("Асхат Нурланов", "Серик Ахметов", "Игорь Белов", "Мария Чернова", "Данияр Тлеуов", "Анна Крылова")
_CALM = "Водители ждут на обочине и варят чай, сообщает корреспондент с места. "


@dataclass(frozen=True, slots=True)
class Night:
    """What one night brings: a reading of the web, and what two models say about it, each at its time."""

    fetches: tuple[Fetch, ...]
    readings: tuple[Reading, ...]
    unchanged: tuple[Unchanged, ...]
    gone: tuple[Gone, ...]
    coverage: tuple[Coverage, ...]
    unparsed: tuple[Unparsed, ...]
    first: tuple[Annotation, ...]
    second: tuple[Annotation, ...]
    at: datetime


def night(number: int) -> Night:
    """Night `number`, counted from 1: SIZE new documents, and what became of those of the two nights before."""
    midnight = DAY + timedelta(days=number)
    last = number - 1
    worded = [_page(number, index) for index in range(SIZE)]
    if last:
        worded += [_page(last, index, wording=2) for index in range(0, SIZE, 5)]
    fetches, readings = _seen(worded, midnight)
    unchanged, gone = [], []
    for index in range(SIZE):
        if last and index % 5 in (1, 2):
            unchanged.append(_again(_page(last, index), midnight + timedelta(hours=2)))
        if last and index % 10 == 3:
            gone.append(_deleted(_page(last, index), midnight + timedelta(hours=2)))
        if last > 1 and index % 20 == 3:  # … and back again
            unchanged.append(_again(_page(last - 1, index), midnight + timedelta(hours=3)))
    coverage = [
        replace(
            covered(source_id=source.id, interval_start=midnight - timedelta(days=1), interval_end=midnight),
            finished_at=midnight + timedelta(hours=4),
            run_id=f"nightly/{number}",
        )
        for source in SOURCES
    ]
    refused = [_refused(number, index, midnight) for index in range(5)]
    return Night(
        (*fetches, *(one for one, _ in refused)),
        readings,
        tuple(unchanged),
        tuple(gone),
        tuple(coverage),
        tuple(one for _, one in refused),
        tuple(_first(page) for page in worded),
        tuple(_second(page) for page in worded),
        midnight + timedelta(hours=5),
    )


def pile(number: int) -> Night:
    """Pile `number`, from 0: each document with all its wordings, a third of them the next pile's documents too."""
    ids = [index % (PILES * 60) for index in range(number * 60, number * 60 + 90)]
    at = DAY + timedelta(days=1)
    first, second = [_page(0, index) for index in ids], [_page(0, index, wording=2) for index in ids[::5]]
    fetches, readings = _seen([*first, *second], at)
    unchanged = [_again(page, at + timedelta(hours=2)) for page in first[1::5]]
    gone = [_deleted(page, at + timedelta(hours=3)) for page in first[2::5]]
    worded = [*first, *second]
    return Night(
        fetches,
        readings,
        tuple(unchanged),
        tuple(gone),
        (),
        (),
        tuple(_first(page) for page in worded),
        tuple(_second(page) for page in worded),
        at + timedelta(hours=5),
    )


def units(made: Night, published: Address) -> list[tuple[str, Callable[[Warehouse], object]]]:
    """The units of a night, in order, under the names of UNITS."""
    found: list[Callable[[Warehouse], object]] = [
        lambda warehouse: load_sources(warehouse, SOURCES),
        lambda warehouse: _read(warehouse, made),
        lambda warehouse: load_annotations(warehouse, made.first, made.at),
        lambda warehouse: load_annotations(warehouse, made.second, made.at + timedelta(minutes=30)),
        lambda warehouse: refresh_proposals(warehouse, made.at + timedelta(hours=1)),
        lambda warehouse: publish(warehouse, published, checked_at=made.at + timedelta(hours=2)),
    ]
    return list(zip(UNITS, found, strict=True))


def _read(warehouse: Warehouse, made: Night) -> None:
    load_readings(
        warehouse,
        fetches=made.fetches,
        readings=made.readings,
        unchanged=made.unchanged,
        coverage=made.coverage,
        gone=made.gone,
        unparsed=made.unparsed,
    )


def _page(number: int, index: int, wording: int = 1) -> Document:
    """Document `index` of a night in one of its wordings."""
    name = f"{number}-{index}"
    person = _PEOPLE[(number + index) % len(_PEOPLE)]
    text = (
        f"Очередь на границе, сообщение {name}. Минтранс Казахстана заявил, что виноваты проверки России. "
        f"На Сырыме стоят 700 фур. {person} говорит, что {'ждёт' if wording == 1 else 'всё ещё ждёт'} {index} часов. "
        + _CALM
        * (8 + index % 9)
    )
    return document(
        name,
        text=text.strip(),
        source_id=SOURCES[index % 2].id,
        published_at=DAY + timedelta(days=number, hours=-16),
        fetch_id=f"f-{name}-{wording}",
    )


def _seen(pages: Sequence[Document], midnight: datetime) -> tuple[tuple[Fetch, ...], tuple[Reading, ...]]:
    fetches, readings = [], []
    for page in pages:
        number, index, wording = (int(part) for part in str(page.fetch_id)[2:].split("-"))
        at = midnight + timedelta(hours=wording)
        fetches.append(fetch(str(page.fetch_id)[2:], at, page.source_id, page.url))
        original = _page(number, index - 1).document_id if index % 7 == 6 else None
        readings.append(Reading(page, at, _signature(page.content_sha256), original))
    return tuple(fetches), tuple(readings)


def _again(page: Document, at: datetime) -> Unchanged:
    return Unchanged(page.document_id, page.source_id, f"{page.fetch_id}-again", at)


def _deleted(page: Document, at: datetime) -> Gone:
    return Gone(page.document_id, page.source_id, page.url, f"{page.fetch_id}-gone", at, "404")


def _signature(content: str) -> bytes:
    return hashlib.shake_256(content.encode()).digest(512)


def _refused(number: int, index: int, midnight: datetime) -> tuple[Fetch, Unparsed]:
    at = midnight + timedelta(hours=1)
    answer = fetch(f"{number}-refused-{index}", at)
    return answer, Unparsed("shelk", answer.url, answer.fetch_id, "LayoutError", "The page has no headline.")


def _first(page: Document) -> Annotation:
    """What the first model says: two claims, one figure, three names."""
    said = claim(page)
    other = replace(said, cause="infrastructure", speaker="", speaker_kind="outlet", speaker_entity=None)
    return _named(page, annotation(page, said, other, model=FIRST_MODEL))


def _second(page: Document) -> Annotation:
    """What the second model says: the first claim is surer now, the other one is gone or denied, every third figure too."""
    said = replace(claim(page), confidence=0.9, hedged=True)
    denied = replace(said, cause="infrastructure", stance="denies", blames="NONE")
    place = int(page.url.rpartition("-")[2])
    made = annotation(page, *([said, denied] if place % 2 else [said]), model=SECOND_MODEL)
    return _named(page, made if place % 3 else replace(made, observations=()))


def _named(page: Document, made: Annotation) -> Annotation:
    person = next(name for name in _PEOPLE if name in page.text)
    start = page.text.index(person)
    mention = Mention(person, "PERSON", person, "text", start, start + len(person))
    return replace(made, entities=(*made.entities, Entity(person, "PERSON")), mentions=(*made.mentions, mention))


class _Teller:
    """Tells every step; `watch` makes a warehouse's transactions tell theirs."""

    def __init__(self) -> None:
        self.step = "0 open"

    def tell(self, line: str) -> None:
        os.write(1, f"{line}\n".encode())  # one write: what is told before a kill is read after it

    def watch(self, warehouse: Warehouse) -> None:
        transaction = warehouse.transaction

        @contextmanager
        def told() -> Iterator[None]:
            with transaction():
                self.tell(f"{self.step} begin")
                yield
                self.tell(f"{self.step} commit")
            self.tell(f"{self.step} end")

        setattr(warehouse, "transaction", told)  # noqa: B010 (a method of one object)


def load(address: Address, published: Address, first: int, last: int) -> None:
    """Load the nights `first` to `last`, each step told."""
    teller = _Teller()
    nights = {number: night(number) for number in range(first, last + 1)}
    teller.tell("ready")
    with open_warehouse(address, patience_seconds=60) as warehouse:
        teller.watch(warehouse)
        for number, made in nights.items():
            for unit, work in units(made, published):
                teller.step = f"{number} {unit}"
                teller.tell(f"{teller.step} start")
                work(warehouse)
    teller.tell("done")


def load_side_by_side(address: Address, seed: int, seconds: float) -> None:
    """Load all piles in orders of chance until the time is over; the last round is finished."""
    piles = [pile(number) for number in range(PILES)]
    chance, rounds = random.Random(seed), 0
    ends = time.monotonic() + seconds
    with open_warehouse(address, patience_seconds=60) as warehouse:
        load_sources(warehouse, SOURCES)
        while rounds == 0 or time.monotonic() < ends:
            for made in chance.sample(piles, PILES):
                _read(warehouse, made)
                load_annotations(warehouse, made.first, made.at)
                load_annotations(warehouse, made.second, made.at + timedelta(minutes=30))
                refresh_proposals(warehouse, made.at)
            rounds += 1
            os.write(1, f"round {rounds}\n".encode())


def as_address(given: str) -> Address:
    """A server's address as it is, anything else as a path."""
    return given if is_postgres(given) else Path(given)


def main() -> None:
    logging.basicConfig(level=logging.INFO)  # each retry is a line
    address, *rest = sys.argv[1:]
    if rest[0] == "--side-by-side":
        load_side_by_side(as_address(address), int(rest[1]), float(rest[2]))
    else:
        load(as_address(address), as_address(rest[0]), int(rest[1]), int(rest[2]))


if __name__ == "__main__":
    main()
