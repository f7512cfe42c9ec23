"""What breaks while a warehouse is at work: each fault is one clear sentence, and nothing is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

import psycopg

from tests.warehouse.world import SOURCES, annotation, claim, day, document, fetch
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.quality import check, find
from warehouse.reading import Reading


def load(warehouse: Warehouse, name: str = "one") -> None:
    page = document(name)
    load_sources(warehouse, SOURCES)
    load_readings(warehouse, fetches=[fetch(name, day(1))], readings=[Reading(page, day(1))])
    load_annotations(warehouse, [annotation(page, claim(page))], day(2))


def test_a_reading_that_was_overtaken_brings_nothing_back(database: str) -> None:
    """Another writer loads the same reading, and a later model's, while the first one is about to load its own."""
    page = document()
    early, late = claim(page), replace(claim(page), cause="infrastructure")
    with open_warehouse(database) as slow, open_warehouse(database) as quick:
        load_sources(slow, SOURCES)
        load_readings(slow, fetches=[fetch("one", day(1))], readings=[Reading(page, day(1))])
        transaction = slow.transaction

        @contextmanager
        def overtaken() -> Iterator[None]:
            setattr(slow, "transaction", transaction)  # noqa: B010
            load_annotations(quick, [annotation(page, early, late)], day(2))
            load_annotations(quick, [annotation(page, early, model="m2")], day(3))
            with transaction():
                yield

        setattr(slow, "transaction", overtaken)  # noqa: B010
        load_annotations(slow, [annotation(page, early, late)], day(2))
        assert [finding for finding in find(slow) if finding.blocking] == []
        assert quick.value("SELECT count(*) FROM claims WHERE superseded_at IS NULL") == 1


def test_two_wordings_that_are_loaded_at_once_are_two_revisions(database: str) -> None:
    """The second writer begins while the first, which has read which revisions there are, has not committed yet."""
    first, second = document(), document(text="Очередь прошла. На Сырыме стоят 7 фур.")
    with open_warehouse(database) as slow, open_warehouse(database) as quick:
        load_sources(slow, SOURCES)

        def load_second() -> None:
            load_readings(quick, fetches=[fetch("two", day(2))], readings=[Reading(second, day(2))])

        transaction, other = slow.transaction, Thread(target=load_second)

        @contextmanager
        def overtaken() -> Iterator[None]:
            with transaction():
                yield
                other.start()
                other.join(0.3)

        setattr(slow, "transaction", overtaken)  # noqa: B010
        load_readings(slow, fetches=[fetch("one", day(1))], readings=[Reading(first, day(1))])
        other.join()
        assert slow.rows("SELECT revision FROM documents ORDER BY first_seen_at") == [{"revision": 1}, {"revision": 2}]


def test_a_connection_cut_while_findings_are_kept(database: str) -> None:
    with open_warehouse(database) as warehouse:
        load(warehouse)
        warehouse.execute("UPDATE claims SET evidence_start = evidence_start + 1")
        transaction = warehouse.transaction

        @contextmanager
        def cut() -> Iterator[None]:
            setattr(warehouse, "transaction", transaction)  # noqa: B010
            pid = warehouse.value("SELECT pg_backend_pid()")
            with transaction(), psycopg.connect(database, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
                yield

        setattr(warehouse, "transaction", cut)  # noqa: B010
        found = check(warehouse)
        assert found
        assert warehouse.value("SELECT count(*) FROM quality_findings WHERE resolved_at IS NULL") == len(found)
