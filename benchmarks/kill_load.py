"""Proof that a load can be killed, cut off and raced at any moment, on both engines, and no row is lost, doubled or half.

    make kill-load-proof

Loads five nights of made-up news (`load_nights.py`), undisturbed, and keeps what the tables hold after every transaction:
the only states that may ever be seen. Then, on DuckDB and on PostgreSQL, starts the loader on the first night and kills it
(`kill -9`) at a random moment within the time that the night takes, ten times, lets it end, goes on to the next night. After
each kill the tables must be, to the last column of the last row, those after one of the night's transactions: none that was
committed is missing, none is there in part; keys are single, the quality checks find nothing, and the analysts' file is that
of the last night or of this one. At the end the tables are those of the undisturbed load. Then on PostgreSQL, with loaders
that go on: the server stopped, killed, or one of its processes killed, ten times; the loader's connection cut twenty times;
four loaders side by side with the same documents, two of them killed and started again. And readers who look at the
published file, or at the server, while a loader writes: no look may fail, or show anything but a finished night (on a
server: a finished transaction).

Prints in which phase each kill fell. Takes some minutes; ends with status 1 where anything is wrong. All folders are
temporary. KILLS (an engine), SECONDS (of each race) and SEED change the numbers; ENGINES and PARTS choose some of it.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import psycopg
from load_nights import NIGHTS, PILES, UNITS, pile
from load_states import Child, Undisturbed, doubled, state, undisturbed
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kezek.console import err, out
from tests.postgres import Server, server
from warehouse.address import is_postgres
from warehouse.connection import Address, open_warehouse
from warehouse.proposals import refresh_proposals
from warehouse.quality import find

LOADERS = 4
READERS = 4
STOPS = 10
CUTS = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a load goes: the warehouse, and the file that analysts read (of a server, nothing is copied)."""

    warehouse: Address
    published: Path


def places(home: Path, running: Server | None) -> Callable[[str], Place]:
    """New, empty places by name: files, or databases of the server."""

    def made(name: str) -> Place:
        folder = home / name
        folder.mkdir()
        return Place(running.create(name) if running else folder / "private.duckdb", folder / "public.duckdb")

    return made


def settled(address: Address) -> None:
    """Wait until the server has noticed that its client is gone: what was at its commit may still succeed."""
    if is_postgres(address):
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with psycopg.connect(address, autocommit=True) as connection:
            while connection.execute(asked + " AND backend_type = 'client backend'").fetchone() != (0,):
                time.sleep(0.01)


def loader(place: Place, first: int, last: int) -> Child:
    return Child(
        "load_nights.py", place.warehouse, place.published, first, last, log=place.published.with_suffix(".log")
    )


def kill_often(place: Place, known: Undisturbed, kills: int, chance: random.Random) -> Iterator[str]:
    """Kill loaders, equally many a night, and let each night end once; gives the phase of each kill, "" for a loader that had
    ended before. Raises SystemExit where the tables are not in a state that they may be in."""
    before = 0
    for number in range(1, NIGHTS + 1):
        due = kills * number // NIGHTS - kills * (number - 1) // NIGHTS
        while due:
            child = loader(place, number, number)
            child.until("ready")
            time.sleep(chance.uniform(0, known.open_s + known.night_s[number - 1]))
            phase = child.kill()
            before = checked(place, known, number, before, child.told)
            due -= bool(phase)
            yield phase
        child = loader(place, number, number)
        child.ended()
        before = checked(place, known, number, before, child.told)


def checked(place: Place, known: Undisturbed, number: int, before: int, told: list[str]) -> int:
    """Look at the tables after a load of night `number` ended; gives the place of their state among the known ones.

    Raises SystemExit where it is none of this night's, or one before `before` or before what was told to be committed, where
    a key is doubled or a check fails, or where the analysts' file is neither the last night's nor this one's.
    """
    settled(place.warehouse)
    start, end = (number - 1) * len(UNITS), number * len(UNITS)
    committed = [start + 1 + UNITS.index(one.split()[1]) for one in told if one.endswith(" end")]
    least = end if told[-1] == "done" else max([start, before, *committed])
    with open_warehouse(place.warehouse) as warehouse:
        found = state(warehouse)
        wrong = doubled(warehouse) + [str(finding) for finding in find(warehouse) if finding.blocking]
    # A unit that changes nothing leaves the state as it was: the latest of equal ones is meant.
    fits = [index for index in range(end, start - 1, -1) if known.states[index] == found]
    if not fits:
        odd = [name for name in found if all(one[name] != found[name] for one in known.states[start : end + 1])]
        wrong.append(f"half a batch: no state of night {number} is like this, whatever is in {odd or 'each table'}")
    elif fits[0] < least:
        wrong.append(f"a committed batch is lost: state {fits[0]}, but {least} was told")
    if place.published.exists():
        with open_warehouse(place.published, read_only=True) as warehouse:
            if state(warehouse) not in (known.states[start], known.states[end]):
                wrong.append(f"the analysts' file is neither that of night {number - 1} nor that of night {number}")
    if wrong:
        raise SystemExit(f"After {told[-1]!r}: " + "; ".join(wrong[:10]))
    return fits[0]


def phase_name(mark: str) -> str:
    """Where a kill fell, by the last mark before it."""
    _, _, step = mark.partition(" ")
    unit, _, at = step.partition(" ")
    return {
        "start": f"{unit}: before its transaction",
        "begin": f"{unit}: inside its transaction",
        "commit": f"{unit}: at its commit",
        "end": f"{unit}: after its commit",
    }.get(at, "opening the warehouse")


def report(attempts: list[str]) -> None:
    """Where the kills fell, phase by phase."""
    phases = Counter(phase_name(mark) for mark in attempts if mark)
    inside = sum(
        number for name, number in phases.items() if name.endswith(("inside its transaction", "at its commit"))
    )
    out.print(
        f"{phases.total()} kills, {inside} of them inside a transaction; {attempts.count('')} loads had ended before:"
    )
    for name, number in sorted(phases.items()):
        out.print(f"  {number:3} {name}")


def stop(running: Server) -> None:
    """The server is stopped: what runs is broken off."""
    running.stop(signal.SIGINT)


def crash(running: Server) -> None:
    """The server is killed, with every process of it."""
    assert running.process is not None
    pid = running.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    running.stop(signal.SIGKILL)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)
    while any(Path(f"/proc/{child}").exists() for child in children):
        time.sleep(0.01)


def kill_backend(running: Server, database: str) -> None:
    """The server's process for the loader is killed: the server ends all others too, and recovers by itself."""
    for pid in backends(running, database):
        os.kill(pid, signal.SIGKILL)


def backends(running: Server, database: str) -> list[int]:
    """The server's processes for the loaders of a database."""
    asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name = 'kezek'"
    with psycopg.connect(running.address("postgres"), autocommit=True) as connection:
        return [pid for (pid,) in connection.execute(asked, [database])]


def cut(running: Server, database: str) -> str:
    """The loader's connection is cut by the server."""
    with psycopg.connect(running.address("postgres"), autocommit=True) as connection:
        for pid in backends(running, database):
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])
    return "connection cut"


def disturb(
    make: Callable[[str], Place],
    known: Undisturbed,
    name: str,
    times: int,
    chance: random.Random,
    harm: Callable[[str], str],
) -> Iterator[str]:
    """Let loaders load all nights while `harm` is done to their database at random moments, `times` in all; gives what was
    done, and when. Raises SystemExit where a loader gives up, or its tables are not those of an undisturbed load."""
    done, length = 0, known.open_s + sum(known.night_s)
    for attempt in range(1, times + 1):
        place = make(f"{name}_{attempt}")
        child = loader(place, 1, NIGHTS)
        child.until("ready")
        while done < times:
            time.sleep(chance.uniform(0, 1.8 * length / times))
            if child.process.poll() is not None:
                break
            at = child.told[-1]
            yield f"{harm(str(place.warehouse).rpartition('/')[2])} at {phase_name(at)}"
            done += 1
        child.ended()
        checked(place, known, NIGHTS, 0, child.told)
        if done == times:
            return


def restarted(running: Server, chance: random.Random) -> Callable[[str], str]:
    """A harm to the whole server, one way after another: stopped, killed, one process killed; then it starts again."""
    ways = cycle((stop, crash, None))

    def harm(database: str) -> str:
        way = next(ways)
        if way is None:
            kill_backend(running, database)
            return "one process of the server killed"
        way(running)
        time.sleep(chance.uniform(0, 2))
        running.start()
        return "server stopped" if way is stop else "server killed"

    return harm


def side_by_side(running: Server, home: Path, seconds: float, chance: random.Random) -> None:
    """LOADERS load the same piles in orders of chance, two of them killed and started again; then the tables are those of one
    load. Raises SystemExit where not."""
    log = home / "side_by_side.log"
    alone, together = running.create("alone"), running.create("together")
    Child("load_nights.py", alone, "--side-by-side", 0, 0, log=log).ended()
    ends = time.monotonic() + seconds
    begun = [Child("load_nights.py", together, "--side-by-side", seed, seconds, log=log) for seed in range(LOADERS)]
    rounds, kills = 0, 0
    while (left := ends - time.monotonic()) > 0:
        time.sleep(min(left, chance.uniform(1, 5)))
        victim = chance.randrange(2)
        begun[victim].kill()
        rounds += len(begun[victim].marks)
        kills += 1
        arguments = (together, "--side-by-side", 100 + kills, max(0, ends - time.monotonic()))
        begun[victim] = Child("load_nights.py", *arguments, log=log)
    for child in begun:
        child.ended()
        rounds += len(child.marks)
    settled(together)
    with psycopg.connect(running.address("postgres"), autocommit=True) as connection:
        asked = "SELECT deadlocks, xact_commit, xact_rollback FROM pg_stat_database WHERE datname = 'together'"
        deadlocks, commits, rollbacks = connection.execute(asked).fetchone() or (None, None, None)
    with open_warehouse(alone) as one, open_warehouse(together) as other:
        for warehouse in (one, other):
            refresh_proposals(warehouse, pile(0).at)
        here, there = state(one), state(other)
        wrong = doubled(other) + [str(finding) for finding in find(other) if finding.blocking]
    wrong += [f"{name} differs from that of one loader" for name in here if here[name] != there[name]]
    out.print(
        f"{LOADERS} loaders side by side for {seconds:.0f} s: {rounds} rounds of {PILES} overlapping piles, {kills} kills, "
        f"{deadlocks} deadlocks, {commits} commits, {rollbacks} rollbacks, "
        f"{log.read_text(encoding='utf-8').count('in the way')} batches tried again as another writer was in the way."
    )
    if wrong or deadlocks:
        raise SystemExit("; ".join(wrong[:10]) or "A deadlock.")


def read_along(make: Callable[[str], Place], known: Undisturbed, seconds: float) -> None:
    """READERS look again and again, one more holds on to what it saw first, while a loader loads and publishes night after
    night. Raises SystemExit where a look fails or shows what was never there."""
    place = make("read_along")
    loading = loader(place, 1, NIGHTS)
    loading.until(f"2 {UNITS[0]} start")  # the first night is published
    server_side = is_postgres(place.warehouse)
    seen_at = place.warehouse if server_side else place.published
    log = place.published.with_suffix(".readers.log")
    readers = [Child("read_along.py", seen_at, seconds, log=log) for _ in range(READERS)]
    holder = Child("read_along.py", seen_at, seconds, "--hold", log=log)
    loads, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        loading.ended()
        loads += 1
        if time.monotonic() < ends:  # the same nights again: a server's stay, the file is published anew from the first
            place = Place(place.warehouse if server_side else make(f"again_{loads}").warehouse, place.published)
            loading = loader(place, 1, NIGHTS)
    loading.ended()
    for child in (*readers, holder):
        child.ended()
    allowed = known.looks if server_side else known.looks[:: len(UNITS)]
    looks = Counter(line for child in readers for _, line in child.marks)
    strange = [line for line in looks if line not in allowed]
    held = {line for _, line in holder.marks}
    out.print(
        f"{READERS} readers beside a loader for {seconds:.0f} s: {looks.total()} looks, none failed, at {len(looks)} different "
        f"states; one held on through {len(holder.marks)} looks at {len(held)} state."
    )
    if strange or len(held) != 1:
        raise SystemExit(f"{len(strange)} looks saw what was never whole: {(strange or sorted(held))[0]}")


def main() -> None:
    kills, seed = int(os.environ.get("KILLS") or 50), int(os.environ.get("SEED") or 6)
    seconds = float(os.environ.get("SECONDS") or 60)
    engines = os.environ.get("ENGINES", "duckdb postgres").split()
    parts = os.environ.get("PARTS", "kills servers cuts side-by-side readers").split()
    with tempfile.TemporaryDirectory(prefix="kezek-kill-load-") as folder, server() as running:
        out.print(f"{NIGHTS} nights, seed {seed}.")
        finals = []
        for engine in ("duckdb", "postgres"):
            home = Path(folder) / engine
            home.mkdir()
            chance = random.Random(f"{engine} {seed}")
            make = places(home, running if engine == "postgres" else None)
            known = undisturbed(home, make("states").warehouse, make("times").warehouse)
            finals.append(known.states[-1])
            out.print(
                f"[bold]{engine}[/]: undisturbed, a loader opens in {known.open_s:.2f} s and takes "
                f"{min(known.night_s):.2f} to {max(known.night_s):.2f} s a night."
            )
            if engine not in engines:
                continue
            if "kills" in parts:
                report(list(shown("kill -9", kills, kill_often(make("killed"), known, kills, chance))))
                out.print("Each time the tables were whole; at the end they are those of the undisturbed load.")
            if engine == "postgres" and "servers" in parts:
                harm = restarted(running, chance)
                harms = shown("server", STOPS, disturb(make, known, "stops", STOPS, chance, harm))
                tell_harms(harms, "Every load went on and ended with the tables of the undisturbed one.")
            if engine == "postgres" and "cuts" in parts:
                harms = shown("cut", CUTS, disturb(make, known, "cuts", CUTS, chance, lambda name: cut(running, name)))
                tell_harms(harms, "Every load went on and ended with the tables of the undisturbed one.")
            if engine == "postgres" and "side-by-side" in parts:
                side_by_side(running, home, seconds, chance)
            if "readers" in parts:
                read_along(make, known, seconds / 2)
        if finals[0] != finals[1]:
            raise SystemExit(
                f"The engines differ: {[name for name in finals[0] if finals[0][name] != finals[1][name]]}"
            )
        out.print("Both engines hold the same rows. Nothing was lost, doubled or half.")


def tell_harms(harms: Iterator[str], outcome: str) -> None:
    for harm, number in sorted(Counter(harms).items()):
        out.print(f"  {number:3} {harm}")
    out.print(outcome)


def shown(what: str, total: int, steps: Iterator[str]) -> Iterator[str]:
    """The same steps, with their progress on a terminal; one that is empty does not count."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        for step in steps:
            progress.advance(task, bool(step))
            yield step


if __name__ == "__main__":
    main()
