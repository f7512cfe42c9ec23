"""The text of a night: what an operator reads in a mail, whatever the web has put into it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import NoWarehouseError
from ingest.spool import Unparsed
from kezek.night_summary import MOST_TROUBLE, stored, summarise
from kezek.notifiers import Notice
from kezek.settings import Settings
from nlp.annotation import Annotation, Claim
from tests.conftest import REPOSITORY
from tests.warehouse.test_night_summary import denied, interval, night, page, run_id, told
from tests.warehouse.test_quality_volumes import MONDAY, give
from tests.warehouse.world import DAY, annotation, claim, covered, fetch, observation
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load import load_readings
from warehouse.quality import Finding, record

MORE = "More: kezek status, kezek quality, kezek explore, and the report."


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({"KEZEK_HOME": str(tmp_path)})


def summary(settings: Settings, number: int, *, checked: bool = True) -> Notice:
    return summarise(settings, interval(number).start, interval(number).end, checked=checked)


def a_night(warehouse: Warehouse) -> None:
    """An assertion, another speaker's denial of it, and a queue."""
    one, two, three = page("one", 1), page("two", 1), page("three", 1)
    measured = (three, annotation(three, observations=(observation(three),)))
    night(warehouse, 1, told(one, claim(one)), told(two, denied(two)), measured)


def test_a_night_as_it_is_told(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        a_night(warehouse)
    notice = summary(settings, 1)
    assert notice.text == "\n".join(
        [
            "Night of 2025-10-01: 3 new documents, 2 new claims, 1 new contradiction",
            "",
            "New contradictions",
            "Tightened checks, blaming Russia: now asserted and denied",
            "  asserts: “Минтранс Казахстана заявил, что виноваты проверки России.” — Минтранс Казахстана (KZ); "
            "Деловой шёлк, https://delovoy-shelk.example/one",
            "  denies: “Минтранс Казахстана заявил, что виноваты проверки России.” — ФТС России (RU); "
            "Деловой шёлк, https://delovoy-shelk.example/two",
            "",
            "Queues told",
            "700 vehicles, Сырым, 2025-10-01 08:00 UTC: “На Сырыме стоят 700 фур.” — Деловой шёлк, "
            "https://delovoy-shelk.example/three",
            "",
            MORE,
        ]
    )
    assert (notice.headline, notice.trouble) == (notice.text.splitlines()[0], "")
    row = stored(settings, date(2025, 10, 1))
    assert row is not None
    assert (row["state"], row["sources"], row["gaps"]) == ("whole", 1, 0)
    assert (row["documents_new"], row["claims_new"], row["denials_new"], row["contradictions_new"]) == (3, 2, 1, 1)
    assert (row["queue_figures"], row["vehicles_most"], row["vehicles_place"]) == (1, 700, "Сырым")
    assert (row["vehicles_at"], row["days_most"]) == (DAY + timedelta(hours=8), None)
    assert (row["headline"], row["trouble"], row["text"]) == (notice.headline, notice.trouble, notice.text)


def test_a_night_that_is_run_again_tells_the_same_in_one_row(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        a_night(warehouse)
    first, row = summary(settings, 1), stored(settings, None)
    with open_warehouse(settings.warehouse) as warehouse:
        one = page("one", 1)
        night(warehouse, 1, told(one, claim(one)), at=DAY + timedelta(days=30))
    assert summary(settings, 1) == first
    assert stored(settings, None) == row, "with the time at which it was written first"


def test_nights_in_any_order_end_with_the_same_rows(settings: Settings, tmp_path: Path) -> None:
    """As a backfill runs them, the later ones before the earlier."""

    def rows(home: str, order: list[int]) -> list[dict[str, object]]:
        own = Settings.from_environment({"KEZEK_HOME": str(tmp_path / home)})
        pages = {1: page("one", 1), 2: page("two", 2), 3: page("three", 3)}
        says = {1: claim(pages[1]), 2: denied(pages[2]), 3: claim(pages[3], stance="denies")}
        for number in order:
            with open_warehouse(own.warehouse) as warehouse:
                night(warehouse, number, told(pages[number], says[number]), at=DAY + timedelta(days=9))
            summary(own, number)
        with open_warehouse(own.warehouse, read_only=True) as warehouse:
            found = warehouse.rows("SELECT * FROM night_summaries ORDER BY run_id")
        return [{name: value for name, value in row.items() if name != "written_at"} for row in found]

    wanted = rows("in-sequence", [1, 2, 3])
    assert [row["contradictions_new"] for row in wanted] == [0, 1, 1]
    assert rows("backwards", [3, 2, 1]) == wanted


def test_a_usual_day_is_known_only_when_the_days_before_are_read(settings: Settings) -> None:
    """A backfill that reads the silent day first tells of it all the same, in the end."""
    silent = MONDAY + timedelta(days=10)
    with open_warehouse(settings.warehouse) as warehouse:
        give(warehouse, [0], since=silent)
    assert summarise(settings, silent, silent + timedelta(days=1)).trouble == ""
    with open_warehouse(settings.warehouse) as warehouse:
        give(warehouse, [6] * 10)
    summarise(settings, silent - timedelta(days=1), silent)
    row = stored(settings, None)
    assert row is not None
    assert row["trouble"] == "Unusual: shelk: No documents on 2025-09-11; usual are 1 to 19 a day."
    assert (row["interval_start"], row["odd_volumes"], row["state"]) == (silent, 1, "trouble")


def test_what_needs_somebody_stands_first(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        night(warehouse, 1, (page("one", 1), None))
        bad = replace(fetch("bad", DAY, "fura", "https://t.me/s/fura163"), run_id=run_id(1))
        load_readings(
            warehouse,
            fetches=[bad],
            unparsed=[unread(bad.fetch_id, "The page has\nno \x1b[31mposts\u202e.")],
            coverage=[
                covered(off_layout=2),
                covered(source_id="fura", complete=False, stop_reason="error", gap_from=DAY, gap_to=DAY),
            ],
        )
        record(warehouse, [Finding("codes", "claims", "c1", "The stance is not known.", True)], DAY)
    notice = summary(settings, 1)
    assert notice.headline == (
        "Night of 2025-10-01: 1 new document, 0 new claims, 0 new contradictions; not published, "
        "1 source could not be read, 1 source changed the layout, 1 text not annotated"
    )
    assert notice.trouble.splitlines() == [
        "Not published: 1 finding against it, see kezek quality",
        "Not read: Фура 163 (fura): error: The page has no �[31mposts�",
        "Layout changed: Деловой шёлк (shelk): 2 of 3 pages no longer fit its own parser",
        "Not annotated: 1 text; the claims are missing here",
    ]
    assert notice.text.splitlines()[1:8] == ["", "Needs somebody", *notice.trouble.splitlines(), "Also: 1 answer gave no document."]  # fmt: skip
    row = stored(settings, None)
    assert row is not None
    assert (row["state"], row["gaps"], row["sources_failed"], row["off_layout"]) == ("trouble", 1, 1, 1)
    before = summary(settings, 1, checked=False)
    assert "Not published" not in before.text
    assert "Not read" in before.trouble


def unread(fetch_id: str, message: str) -> Unparsed:
    return Unparsed("fura", "https://t.me/s/fura163", fetch_id, "LayoutError", message)


def test_a_source_that_shows_no_more_is_no_trouble(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        night(warehouse, 1)
        short = covered(source_id="fura", complete=False, stop_reason="feed too short", gap_from=DAY, gap_to=DAY)
        earlier = covered(interval_start=DAY - timedelta(days=2), interval_end=DAY - timedelta(days=1))
        load_readings(warehouse, coverage=[short, earlier])
    notice = summary(settings, 1)
    assert notice.headline.endswith("0 new contradictions; 1 source not seen whole")
    assert notice.trouble == ""
    assert notice.text.splitlines()[1] == (
        "Also: not seen whole, for they show no more, or not yet: fura; 1 gap of earlier days closed."
    )
    row = stored(settings, None)
    assert row is not None
    assert (row["state"], row["gaps"], row["sources_failed"], row["gaps_closed"]) == ("gaps", 1, 0, 1)


def test_silence_and_unusual_volume_are_told_as_of_that_night(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        give(warehouse, [1, 0, 0] * 10 + [0] * 23)
    last = MONDAY + timedelta(days=52)
    notice = summarise(settings, last, last + timedelta(days=1))
    assert notice.headline.endswith("; 1 source gave unusually much or little")
    assert notice.trouble == (
        "Silent: shelk: The last document is of 2025-09-28, 25 complete days ago; usually 3 days lie between, at most 3."
    )
    before = summarise(settings, last - timedelta(days=1), last)
    assert before.trouble == ""
    with open_warehouse(settings.warehouse) as warehouse:
        give(warehouse, [40], since=MONDAY + timedelta(days=53))
    assert summarise(settings, last, last + timedelta(days=1)) == notice, "what came later changes nothing"
    loud = summarise(settings, last + timedelta(days=1), last + timedelta(days=2))
    assert loud.trouble.startswith("Unusual: shelk: 40 documents on 2025-10-24; usual are 0 to ")
    row = stored(settings, None)
    assert row is not None and (row["stale"], row["odd_volumes"]) == (0, 1)


def test_the_longest_text_still_fits_into_a_mail(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        causes = ["weather", "capacity", "politics", "holidays", "it_failure"]
        one, two = page("one", 1), page("two", 1)
        metrics = ("vehicles", "kilometres", "hours", "days")
        measured = tuple(replace(observation(two), metric=metric) for metric in metrics)
        night(
            warehouse,
            1,
            (one, annotation(one, *(claim(one, cause=name) for name in causes), observations=())),
            (two, annotation(two, *(denied(two, cause=name) for name in causes), observations=measured)),
        )
        night(warehouse, 2, told(page("three", 2), claim(page("three", 2), stance="denies")))
        load_readings(
            warehouse,
            coverage=[
                covered(source_id=f"gone-{n}", complete=False, stop_reason="list gone", gap_from=DAY, gap_to=DAY)
                for n in range(40)
            ]
            + [covered(source_id=f"short-{n}", complete=False, stop_reason="no dates") for n in range(40)],
        )
    notice = summary(settings, 1)
    assert len(notice.text.splitlines()) <= 26
    assert max(map(len, notice.text.splitlines())) < 600
    assert len(notice.trouble.splitlines()) == 40
    assert f"… and {40 - MOST_TROUBLE} more: kezek status, kezek quality" in notice.text
    assert "… and 3 more: kezek explore" in notice.text
    assert "short-0, short-1, short-10, short-11, short-12, … and 35 more." in notice.text


def test_the_web_can_put_no_line_of_its_own_into_the_text(settings: Settings) -> None:
    evil = "Минтранс\u2028Казахстана\x85заявил,\r\nчто \x1b]0;виноваты\x07 проверки \u202eРоссии\u2066 {{ 7*7 }} <b>&"
    text = f"Очередь. {evil}. Конец."
    one, two = (page(name, 1, text) for name in ("one", "two"))
    start = text.index("Минтранс")
    asserted = claim(
        page("one", 1),
        speaker="Злой\nNight of 2025-01-01: all is well",
        speaker_entity=None,
        evidence=evil,
        evidence_start=start,
        evidence_end=start + len(evil),
        cause_text="Минтранс",
        cause_start=start,
        cause_end=start + 8,
    )
    with open_warehouse(settings.warehouse) as warehouse:
        night(warehouse, 1, (one, bare(one, asserted)), (two, bare(two, replace(asserted, stance="denies"))))
    notice = summary(settings, 1)
    assert [line for line in notice.text.split("\n") if line.startswith("Night of")] == [notice.headline]
    quoted = next(line for line in notice.text.splitlines() if line.startswith("  asserts"))
    assert "Минтранс Казахстана заявил, что �]0;виноваты� проверки �России� {{ 7*7 }} <b>&" in quoted
    assert "Злой Night of 2025-01-01: all is well (KZ)" in quoted
    seen = notice.text.replace("\n", "")
    assert seen.isprintable()


def bare(of: Document, *claims: Claim) -> Annotation:
    """An annotation of claims alone."""
    made = annotation(page("one", 1), *claims, observations=())
    return replace(made, document_id=of.document_id, content_sha256=of.content_sha256, mentions=())


def test_a_run_by_hand_is_called_so(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        night(warehouse, 1)
    notice = summarise(settings, interval(1).start, interval(1).end, caller="run")
    assert notice.headline == "Run of 2025-10-01: 0 new documents, 0 new claims, 0 new contradictions"
    assert notice.text == f"{notice.headline}\n\n{MORE}"


def test_a_night_without_a_plan_is_trouble(settings: Settings) -> None:
    notice = summary(settings, 1)
    assert notice.headline == (
        "Night of 2025-10-01: 0 new documents, 0 new claims, 0 new contradictions; nothing was read"
    )
    assert notice.trouble == "Nothing read: no source was asked for this interval; the run's log says why"


def test_an_analyst_has_only_the_published_file(settings: Settings) -> None:
    summary(settings, 1)
    Path(settings.warehouse).rename(settings.published)
    found = stored(settings, None)
    assert found is not None and found["run_id"] == "nightly/2025-10-01"
    Path(settings.published).unlink()
    with pytest.raises(NoWarehouseError):
        stored(settings, None)


def kezek(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kezek.cli", "summary", *arguments],
        env={**os.environ, "KEZEK_HOME": str(settings.home), "COLUMNS": "60"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_the_stored_text_or_the_row(settings: Settings) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        a_night(warehouse)
    notice = summary(settings, 1)
    done = kezek(settings)
    assert (done.returncode, done.stdout) == (0, f"{notice.text}\n")
    row = json.loads(kezek(settings, "2025-10-01", "--json").stdout)
    assert (row["run_id"], row["documents_new"], row["text"]) == (run_id(1), 3, notice.text)
    assert row["interval_start"].startswith("2025-10-01T00:00:00")
    missing = kezek(settings, "2025-10-02")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr == "kezek: there is no summary of 2025-10-02 yet: a night writes it before it publishes.\n"
