"""The summary of a night: a headline, what needs somebody, what contradicts, how long the queues were; as a row, and as text
for a mail or a chat.

Everything quoted comes from the web: it is one line each, and nothing in it steers a terminal or turns letters round.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ingest.errors import InputError
from ingest.interval import Interval
from kezek.notifiers import Notice
from kezek.report.wording import UNSEEN, cause, change, side
from kezek.settings import Settings
from kezek.tables import shown, write_json
from kezek.unread import is_lasting
from warehouse import night_summary as asked
from warehouse import state
from warehouse.connection import Row, Warehouse, open_warehouse
from warehouse.quality import Finding, count_open, oddities

if TYPE_CHECKING:
    from kezek.steps import Caller  # which imports this

MOST_TROUBLE: Final = 5
"""Lines of the text that say what needs somebody; the column `trouble` has them all."""
MOST_CONTRADICTIONS: Final = 2
"""Contradictions that the text quotes, at three lines each."""
MOST_QUEUES: Final = 3
SIDE_BY_SIDE: Final = timedelta(days=14)
"""How far apart in time are nights that a backfill runs side by side: so many later rows are looked at again."""
_BLOCKED: Final = "Not published: "
_SILENT: Final = "Silent: "
_UNUSUAL: Final = "Unusual: "
_WORDS: Final = 160
_ADDRESS: Final = 300
_MORE: Final = "More: kezek status, kezek quality, kezek explore, and the report."


def summarise(
    settings: Settings, start: datetime, end: datetime, *, caller: Caller = "nightly", checked: bool = True
) -> Notice:
    """Write the row of a run into `night_summaries`, and give its text; a run that is summarised again has one row.

    Its numbers are of the run and its interval (the comments of the columns say how), never of the clock. Where later
    intervals are summarised already, and this run makes their contradictions or their usual days others, their rows are
    written anew: so nights in any order end with the same rows. `checked` says that this night's checks have been run: then
    open findings that stop the publishing are told. Raises WarehouseError where the warehouse can't be written.
    """
    interval = Interval(start, end)
    run_id = f"{caller}/{interval}"
    with open_warehouse(settings.warehouse) as warehouse:
        made = asked.contradictions_by_run(warehouse)
        notice = _write(warehouse, run_id, interval, made, checked=checked)
        for row in asked.later_summaries(warehouse, interval):
            if row["run_id"] != run_id and _outdated(warehouse, row, interval, made):
                later = Interval(row["interval_start"], row["interval_end"])
                _write(warehouse, row["run_id"], later, made, checked=_BLOCKED in row["trouble"])
    return notice


def _outdated(warehouse: Warehouse, row: Row, interval: Interval, made: Mapping[str, tuple[int, int]]) -> bool:
    """Whether the kept summary of a later run says something else than it would now that this interval is read."""
    if made.get(row["run_id"], (0, 0)) != (row["contested_new"], row["positions_changed"]):
        return True
    if row["interval_end"] - interval.end > SIDE_BY_SIDE:
        return False
    told = [line for line in row["trouble"].split("\n") if line.startswith((_SILENT, _UNUSUAL))]
    return told != _odd_lines(oddities(warehouse, row["interval_end"]))


def stored(settings: Settings, day: date | None) -> Row | None:
    """The row of the summary of this UTC day, or of the latest one; None where there is none.

    It is read where it was written, for a night whose publishing was stopped is not published; from the analysts' warehouse
    where only that is at hand. Raises WarehouseError where there is no warehouse, or it is in use.
    """
    writers = settings.warehouse
    where = writers if isinstance(writers, Path) and writers.is_file() else settings.published
    with open_warehouse(where, read_only=True) as warehouse:
        return asked.read_summary(warehouse, day)


def print_stored(settings: Settings, day: date | None, *, as_json: bool) -> None:
    """Print the stored text, or with `as_json` the row as one JSON object. Raises InputError where there is none."""
    row = stored(settings, day)
    if row is None:
        of = f" of {day}" if day else ""
        raise InputError(f"there is no summary{of} yet: a night writes it before it publishes.")
    if as_json:
        write_json(list(row), [tuple(row.values())], sys.stdout)
    else:
        sys.stdout.write(f"{shown(row['text'])}\n")


def _write(
    warehouse: Warehouse, run_id: str, interval: Interval, made: Mapping[str, tuple[int, int]], *, checked: bool
) -> Notice:
    contested, positions = made.get(run_id, (0, 0))
    numbers = asked.numbers(warehouse, run_id)
    queues = asked.queues(warehouse, run_id, interval)
    coverage = asked.coverage_of(warehouse, interval)
    owed = [
        row for row in coverage if not row["complete"] and not state.is_covered(warehouse, row["source_id"], interval)
    ]
    broken = [row for row in owed if not is_lasting(row["stop_reason"])]
    off_layout = [row for row in coverage if row["off_layout"]]
    odd = oddities(warehouse, interval.end)
    blocking = count_open(warehouse)[0] if checked else 0
    closed = asked.gaps_closed(warehouse, run_id, interval)
    trouble = [
        *([] if coverage else ["Nothing read: no source was asked for this interval; the run's log says why"]),
        *_blocked(blocking),
        *(f"Not read: {_source(row)}: {_reason(row)}" for row in broken),
        *(
            f"Layout changed: {_source(row)}: {row['off_layout']} of {row['fetched']} pages no longer fit its own parser"
            for row in off_layout
        ),
        *_odd_lines(odd),
        *_unannotated(numbers["unannotated"]),
    ]
    told = {
        **numbers,
        "contradictions_new": contested + positions,
        "failed": len(broken),
        "off_layout": len(off_layout),
        "odd": len({one.row_key for one in odd}),
        "blocking": blocking,
        "gaps": len(owed),
        "sources": len(coverage),
    }
    headline = _headline(run_id, told)
    text = "\n".join(
        [
            headline,
            *_section("Needs somebody", _cut(trouble, MOST_TROUBLE, "kezek status, kezek quality")),
            *_also(owed, broken, closed, numbers["unparsed"]),
            *_contradictions(warehouse, run_id, contested, positions),
            *_section("Queues told", [_queue(row) for row in queues[:MOST_QUEUES]]),
            "",
            _MORE,
        ]
    )
    row: Row = {
        "run_id": run_id,
        "interval_start": interval.start,
        "interval_end": interval.end,
        "state": "trouble" if trouble else "gaps" if owed else "whole",
        "sources": len(coverage),
        "gaps": len(owed),
        "sources_failed": len(broken),
        "gaps_closed": closed,
        "off_layout": len(off_layout),
        "stale": _sources(odd, "stale"),
        "odd_volumes": _sources(odd, "volume"),
        **numbers,
        "contested_new": contested,
        "positions_changed": positions,
        "contradictions_new": contested + positions,
        "queue_figures": queues[0]["figures"] if queues else 0,
        **_longest(queues),
        "headline": headline,
        "trouble": "\n".join(trouble),
        "text": text,
    }
    asked.write_summary(warehouse, row, datetime.now(UTC))
    return Notice(headline, row["trouble"], text)


def _headline(run_id: str, told: Mapping[str, int]) -> str:
    """The night in one line: what it brought, then what needs somebody."""
    caller, _, interval = run_id.partition("/")
    brought = [_many(told[name], f"new {what}") for name, what in _BROUGHT.items()]
    needs = [
        *([] if told["sources"] else ["nothing was read"]),
        *(["not published"] if told["blocking"] else []),
        *(words.format(_many(told[name], "source")) for name, words in _NEEDS.items() if told[name]),
        *([_many(told["unannotated"], "text") + " not annotated"] if told["unannotated"] else []),
    ]
    if not needs and told["gaps"]:
        needs = [f"{_many(told['gaps'], 'source')} not seen whole"]
    headline = f"{'Night' if caller == 'nightly' else 'Run'} of {interval}: {', '.join(brought)}"
    return f"{headline}; {', '.join(needs)}" if needs else headline


_BROUGHT: Final = {"documents_new": "document", "claims_new": "claim", "contradictions_new": "contradiction"}
_NEEDS: Final = {
    "failed": "{} could not be read",
    "off_layout": "{} changed the layout",
    "odd": "{} gave unusually much or little",
}


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _odd_lines(odd: Sequence[Finding]) -> list[str]:
    return [f"{_SILENT if one.check_name == 'stale' else _UNUSUAL}{one.row_key}: {one.message}" for one in odd]


def _blocked(blocking: int) -> list[str]:
    return [f"{_BLOCKED}{_many(blocking, 'finding')} against it, see kezek quality"] if blocking else []


def _unannotated(texts: int) -> list[str]:
    return [f"Not annotated: {_many(texts, 'text')}; the claims are missing here"] if texts else []


def _source(row: Row) -> str:
    return f"{_line(row['name'])} ({row['source_id']})"


def _reason(row: Row) -> str:
    reason = row["stop_reason"]
    if reason in ("error", "list gone") and row["problem"]:
        reason = f"{reason}: {row['problem'].rstrip('.')}"
    return _line(reason)


def _sources(odd: Sequence[Finding], check: str) -> int:
    return len({one.row_key for one in odd if one.check_name == check})


def _also(owed: Sequence[Row], broken: Sequence[Row], closed: int, unparsed: int) -> list[str]:
    """What needs nobody, in one line."""
    lasting = [row["source_id"] for row in owed if row not in broken]
    known = [
        *([f"not seen whole, for they show no more, or not yet: {', '.join(_cut(lasting, 5, ''))}"] if lasting else []),
        *([f"{_many(closed, 'gap')} of earlier days closed"] if closed else []),
        *([f"{_many(unparsed, 'answer')} gave no document"] if unparsed else []),
    ]
    return [f"Also: {'; '.join(known)}."] if known else []


def _contradictions(warehouse: Warehouse, run_id: str, contested: int, positions: int) -> list[str]:
    if not contested + positions:
        return []
    # One of each kind where there are both: who turned round is seldom among the causes that are told the most surely.
    turned = asked.new_positions(warehouse, run_id, MOST_CONTRADICTIONS) if positions else []
    fought = asked.new_contests(warehouse, run_id, MOST_CONTRADICTIONS) if contested else []
    shown = fought[: MOST_CONTRADICTIONS - min(len(turned), 1)]
    lines = [line for row in shown for line in _contest(row)]
    lines += [line for row in turned[: MOST_CONTRADICTIONS - len(shown)] for line in _position(row)]
    left = contested + positions - len(lines) // 3
    if left:
        lines.append(f"… and {left} more: kezek explore")
    return _section("New contradictions", lines)


def _contest(row: Row) -> list[str]:
    return [
        f"{_line(cause(row['cause']))}, blaming {side(row['blames'])}: now asserted and denied",
        *(
            f"  {stance}: {_quoted(row[f'{stance}_evidence'])} — {_line(row[f'{stance}_who'])}; "
            f"{_line(row[f'{stance}_source'])}, {_line(row[f'{stance}_url'], _ADDRESS)}"
            for stance in ("asserts", "denies")
        ),
    ]


def _position(row: Row) -> list[str]:
    return [
        f"{_line(row['speaker'])} ({row['speaker_side']}): {change(row['change'])}",
        *(
            f"  {row[f'{when}_day']} {row[f'{when}_stance']} {_line(cause(row[f'{when}_cause']))}, blaming "
            f"{side(row[f'{when}_blames'])}: {_quoted(row[f'{when}_evidence'])} — {_line(row[f'{when}_source'])}, "
            f"{_line(row[f'{when}_url'], _ADDRESS)}"
            for when in ("earlier", "later")
        ),
    ]


def _queue(row: Row) -> str:
    place = _line(row["place"]) or "place not said"
    moment = row["measured_at"].astimezone(UTC)
    return (
        f"{row['high']:g} {row['metric']}, {place}, {moment:%Y-%m-%d %H:%M} UTC: {_quoted(row['evidence'])} — "
        f"{_line(row['source'] or '')}, {_line(row['url'], _ADDRESS)}"
    )


def _longest(queues: Sequence[Row]) -> Row:
    """The columns of the greatest figure of each metric."""
    found = {row["metric"]: row for row in queues}
    columns = {"most": "high", "place": "place", "at": "measured_at", "url": "url"}
    return {
        f"{metric}_{name}": found[metric][column] or None if metric in found else None
        for metric in asked.METRICS
        for name, column in columns.items()
    }


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return ["", title, *lines] if lines else []


def _cut(lines: Sequence[str], most: int, where: str) -> list[str]:
    """At most so many, and how many more there are and where."""
    if len(lines) <= most:
        return list(lines)
    return [*lines[:most], f"… and {len(lines) - most} more{f': {where}' if where else ''}"]


def _quoted(words: str) -> str:
    return f"“{_line(words)}”"


def _line(words: str, most: int = _WORDS) -> str:
    """Words of the web as one line of at most so many characters; what could not be seen is shown as �."""
    line = " ".join(UNSEEN.sub("\ufffd", " ".join(words.split())).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
