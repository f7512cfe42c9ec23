"""Proof that a killed run costs nothing: kill -9 at random moments, then one clean run, and all is as if nothing had been.

    make kill-proof

Serves the demo web on loopback and reads ten of its days with `kezek run`: first undisturbed, a run a day, for the
reference; then, in another data folder, runs of the same days (half of them with --refetch) whose whole process group is
killed at a random moment within the length of that day's undisturbed run, five a day; then one clean run over all ten days
in that folder. Checks that
both folders hold the same documents, coverage, claims, observations and mentions, that every WARC file, those of killed
runs too, is read by warcio to its last record, that every fetch leads to bytes with its hash, and every claim to its
sentence. Prints in which phase each kill fell. Takes some minutes; ends with status 1 where a check fails. The data
folders are temporary; KEEP=DIR keeps them. KILLS and SEED change the number of kills and their moments.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from warcio.archiveiterator import ArchiveIterator

from infra.demo.server import DemoWeb
from ingest.archive import Archive, Damaged
from kezek.console import err, out
from kezek.demo import LAST_NIGHT, demo_settings
from kezek.settings import Settings
from kezek.trace import trace
from warehouse.connection import Row, open_warehouse

REPOSITORY = Path(__file__).resolve().parent.parent
DAYS = [LAST_NIGHT - timedelta(days=n) for n in reversed(range(10))]
SOURCES = 17
SAME = {
    "documents": "* EXCLUDE (first_seen_at, last_seen_at, fetch_id, signature)",
    "coverage": "source_id, interval_start, interval_end, discovered, parsed, failed, stop_reason, gap_from, gap_to, complete",
    # A channel's post stands on several pages: which of them was read first is no matter, the trace is checked instead.
    "claims": "* EXCLUDE (fetched_at, extracted_at, body_sha256, warc_file, warc_offset)",
    "observations": "* EXCLUDE (extracted_at)",
    "mentions": "*",
    "entities": "*",
    "annotations": "* EXCLUDE (extracted_at)",
    # A page that a second reading was refused as well has a row for each time.
    "unparsed": "DISTINCT source_id, url, error, message, resolved",
}
"""What has to be the same, by table: all but when and through which response it was read."""


@dataclass(frozen=True, slots=True)
class Killed:
    """One attempt: the day, how long it was let run (seconds), and the phase that the kill fell into; "" where it ended first."""

    day: date
    after_s: float
    phase: str


def kezek_run(settings: Settings, *arguments: str) -> subprocess.Popen[bytes]:
    """`kezek run` as a process group of its own."""
    with (settings.home / "run.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "kezek.cli", "run", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **settings.environment()},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def undisturbed(settings: Settings, since: date, until: date) -> float:
    """Let one run end; its length in seconds. Raises SystemExit where it does not succeed."""
    settings.home.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    if status := kezek_run(settings, "--since", str(since), "--until", str(until)).wait():
        log = (settings.home / "run.log").read_text(encoding="utf-8")[-2000:]
        raise SystemExit(f"An undisturbed run ended with status {status}: {log}")
    return time.monotonic() - started


def killed_run(settings: Settings, day: date, after_s: float, *more: str) -> Killed:
    """Start a run of one day and kill its whole group `after_s` seconds later, unless it has ended by then."""
    begun = time.time()
    process = kezek_run(settings, "--since", str(day), "--until", str(day), *more)
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return Killed(day, after_s, phase(settings, day, begun))
    if process.returncode:
        log = (settings.home / "run.log").read_text(encoding="utf-8")[-2000:]
        raise SystemExit(f"A run after a kill ended with status {process.returncode}: {log}")
    return Killed(day, after_s, "")


def phase(settings: Settings, day: date, begun: float) -> str:
    """How far the run that began at `begun` (seconds since 1970) had come, by the files that it had written: "landing" is
    anything between the last spool and the report where there was nothing to annotate."""
    folder = Path(settings.spool) / "run" / str(day)

    def written(pattern: str) -> int:
        return sum(path.stat().st_mtime >= begun for path in folder.glob(pattern))

    if Path(settings.report).exists() and Path(settings.report).stat().st_mtime >= begun:
        return "published"
    if written("annotations/*.jsonl"):
        return "landing claims"
    if written("batches/*.jsonl"):
        return "annotating"
    if written("spools/*.jsonl") == SOURCES:
        return "landing"
    if written("plans/*.json"):
        return "reading"
    return "starting"


def table(settings: Settings, name: str) -> Counter[str]:
    """The rows of a table, as far as they have to be the same, and how often each is there."""
    return Counter(map(repr, in_warehouse(settings, f"SELECT {SAME[name]} FROM {name}")))


def in_warehouse(settings: Settings, sql: str) -> list[Row]:
    """Rows of the analysts' file."""
    with open_warehouse(settings.published, read_only=True) as warehouse:
        return warehouse.rows(sql)


def differences(reference: Settings, killed: Settings) -> list[str]:
    """In which tables the two folders differ, with a first example; and where a folder has a row twice."""
    found = []
    for name in SAME:
        one, other = table(reference, name), table(killed, name)
        if one != other:
            missing, added = list((one - other).elements()), list((other - one).elements())
            found.append(f"{name}: {len(missing)} missing, {len(added)} added: {(missing or added)[0]}")
        found += [f"{name}: a row is there {times} times" for times in other.values() if times > 1]
    return found


def read_warcs(settings: Settings) -> tuple[Counter[str], list[str]]:
    """Counts of what warcio, and kezek's own reader, find in every WARC file; and what is wrong: torn records, fetches whose
    bytes are missing or are not those that the hash names."""
    count: Counter[str] = Counter()
    wrong = []
    hashes: dict[tuple[str, int], str] = {}
    archive = Archive(settings.archive)
    fetches = in_warehouse(settings, "SELECT url, warc_file, warc_offset, sha256 FROM fetches WHERE sha256 IS NOT NULL")
    used = {row["warc_file"] for row in fetches}
    for name in archive.files():
        count["files"] += 1
        count["files of killed runs"] += name not in used
        with (Path(settings.archive) / name).open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                record.content_stream().read()
                count["records"] += 1
        for item in archive.records(name):
            if isinstance(item, Damaged):
                wrong.append(f"{name} at {item.offset}: {item.reason}")
            else:
                hashes[name, item.offset] = hashlib.sha256(item.body).hexdigest()
    for row in fetches:
        count["fetches led to their bytes"] += 1
        if hashes.get((row["warc_file"], row["warc_offset"])) != row["sha256"]:
            wrong.append(f"{row['url']}: its bytes are not in {row['warc_file']} at {row['warc_offset']}")
    return count, wrong


def kill_often(settings: Settings, kills: int, lengths: Sequence[float], chance: random.Random) -> Iterator[Killed]:
    """Runs of each day in turn, killed within that day's length in seconds, equally many a day, until `kills` were."""
    settings.home.mkdir(parents=True, exist_ok=True)
    done = 0
    while done < kills:
        number = done * len(DAYS) // kills
        refetch = ["--refetch"] if chance.random() < 0.5 else []
        attempt = killed_run(settings, DAYS[number], chance.uniform(0, lengths[number]), *refetch)
        done += bool(attempt.phase)
        yield attempt


def report(attempts: Sequence[Killed]) -> None:
    """Where the kills fell."""
    phases = Counter(attempt.phase for attempt in attempts if attempt.phase)
    out.print(f"{phases.total()} kills: " + ", ".join(f"{number} {name}" for name, number in phases.most_common()))
    out.print(f"{len(attempts) - phases.total()} runs ended before their kill and do not count.")


def main() -> None:
    kills, seed = int(os.environ.get("KILLS") or 50), int(os.environ.get("SEED") or 3)
    with ExitStack() as stack:
        home = Path(os.environ.get("KEEP") or stack.enter_context(tempfile.TemporaryDirectory()))
        web = stack.enter_context(DemoWeb(port=0))
        web.set_clock(datetime.combine(LAST_NIGHT + timedelta(days=1), datetime.min.time(), UTC))
        reference, killed = (
            demo_settings(Settings.from_environment({"KEZEK_HOME": str(home / name)}), web.address)
            for name in ("reference", "killed")
        )
        lengths = [undisturbed(reference, day, day) for day in DAYS]
        out.print(
            f"{DAYS[0]} to {DAYS[-1]} undisturbed: {min(lengths):.1f} to {max(lengths):.1f} s a day. Seed {seed}."
        )
        attempts = []
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
            task = progress.add_task("kill -9", total=kills)
            for attempt in kill_often(killed, kills, lengths, random.Random(seed)):
                attempts.append(attempt)
                out.print(f"{attempt.day} after {attempt.after_s:5.2f} s: {attempt.phase or '(had ended)'}")
                progress.update(task, completed=sum(bool(attempt.phase) for attempt in attempts))
        report(attempts)
        out.print(f"Then one clean run: {undisturbed(killed, DAYS[0], DAYS[-1]):.1f} s.")
        count, wrong = read_warcs(killed)
        out.print(", ".join(f"{number} {name}" for name, number in count.items()))
        wrong += differences(reference, killed)
        for row in in_warehouse(killed, "SELECT claim_id FROM claims"):
            trace(killed, row["claim_id"])
        left = [path for path in killed.home.rglob("*.part*") if path.is_file()]
        out.print(
            f"{len(left)} unfinished files of killed runs lie about: " + ", ".join(path.name for path in left[:5])
        )
        rows = {name: table(killed, name).total() for name in SAME}
        out.print(f"Held alike: {rows}")
        if wrong:
            raise SystemExit("\n".join(wrong[:20]))
        out.print("The same as undisturbed, every WARC file read to its last record.")


if __name__ == "__main__":
    main()
