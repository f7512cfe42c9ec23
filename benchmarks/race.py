"""Contenders side by side: each run in a process of its own, in turn (A B C A B C …), and the medians as a table.

A contender is a command that prints one JSON object, its `Outcome`. The machine may be busy with other things: the order
spreads that over all, the median takes out single disturbances, and processor time says what a page costs.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
OURS = sys.executable
PEERS = str(HERE.parent / ".venv-bench" / "bin" / "python")
"""The Python that has the peers (`make .venv-bench/.ready`)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run came to. `seconds` is wall time and `cpu_seconds` the process's own, both from the first page to the
    last; `peak_mb` is the process's peak resident memory in MB of 2^20 bytes, with everything that it imported."""

    pages: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    notes: dict[str, float]


@dataclass(frozen=True, slots=True)
class Contender:
    """A name for the table and the command that runs it."""

    name: str
    command: tuple[str, ...]


class Stopwatch:
    """Wall and processor time since it was made; prints the Outcome at the end of a contender's process."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        self._stopped: tuple[float, float, float] | None = None

    def stop(self) -> None:
        """What comes after is not measured."""
        self._stopped = time.perf_counter() - self._wall, time.process_time() - self._cpu, peak_mb()

    def tell(self, pages: int, **notes: float) -> None:
        """Print the Outcome as JSON."""
        if self._stopped is None:
            self.stop()
        assert self._stopped is not None
        outcome = Outcome(pages, *self._stopped, notes)
        sys.stdout.write(json.dumps(asdict(outcome)) + "\n")


def peak_mb() -> float:
    """The process's peak resident memory. ru_maxrss would count that of the process that started it, too: on Linux it
    is handed down over fork and exec."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def page_server(folder: Path) -> Iterator[Path]:
    """Serve the pages in `folder` for the time of the block; gives the file with one JSON object {url, source} a page."""
    with subprocess.Popen([OURS, HERE / "page_server.py", folder], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            places = json.loads(server.stdout.readline())
            rows = map(json.loads, (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines())
            wanted = folder / "wanted.jsonl"
            wanted.write_text(
                "".join(
                    json.dumps({"url": f"http://{places[row['host']]}{row['path']}", "source": row["host"]}) + "\n"
                    for row in rows
                    if "url" in row
                )
            )
            yield wanted
        finally:
            server.terminate()


def race(contenders: Sequence[Contender], rounds: int, say: Callable[[str], None]) -> dict[str, list[Outcome]]:
    """Every contender's outcomes. Raises CalledProcessError where one fails."""
    outcomes: dict[str, list[Outcome]] = {contender.name: [] for contender in contenders}
    for number in range(1, rounds + 1):
        for contender in contenders:
            done = subprocess.run(contender.command, check=True, stdout=subprocess.PIPE, text=True)
            outcome = Outcome(**json.loads(done.stdout.splitlines()[-1]))
            outcomes[contender.name].append(outcome)
            notes = "".join(f", {name} {value:.3f}" for name, value in outcome.notes.items())
            say(f"round {number}: {contender.name}: {outcome.pages / outcome.seconds:.0f} pages/s{notes}")
    return outcomes


def table(outcomes: dict[str, list[Outcome]], ours: str) -> str:
    """The outcomes as a Markdown table; the ratios are those of `ours` to each contender, round by round."""
    noted = list(dict.fromkeys(name for rounds in outcomes.values() for outcome in rounds for name in outcome.notes))
    header = ["contender", "pages/s, median (least–most)", "ms of processor a page", "peak MB", f"{ours} is faster by"]
    lines = [header + noted, ["---"] * len(header + noted)]
    for name, rounds in outcomes.items():
        speeds = [outcome.pages / outcome.seconds for outcome in rounds]
        ratios = [mine.pages / mine.seconds / speed for mine, speed in zip(outcomes[ours], speeds, strict=True)]
        lines.append(
            [
                name,
                f"{median(speeds):.0f} ({min(speeds):.0f}–{max(speeds):.0f})",
                f"{median(outcome.cpu_seconds / outcome.pages * 1000 for outcome in rounds):.2f}",
                f"{median(outcome.peak_mb for outcome in rounds):.0f}",
                "" if name == ours else f"{median(ratios):.2f}",
                *(f"{rounds[-1].notes[key]:.3f}" if key in rounds[-1].notes else "" for key in noted),
            ]
        )
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def machine() -> str:
    """The machine in a few words."""
    return f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}"
