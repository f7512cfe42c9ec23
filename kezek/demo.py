"""The demo: three nights of the 2025 episode, read from a web that is served on loopback."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from rich.text import Text

import infra.demo
from infra.demo.server import DemoWeb
from ingest.errors import InputError, NightError
from kezek.console import err, out
from kezek.dates import day_bounds
from kezek.nights import run_nights
from kezek.run import table_counts
from kezek.settings import Settings
from kezek.summary import print_summary

LAST_NIGHT = date(2025, 10, 3)
DEMO_FOLDER = Path(infra.demo.__file__).parent


def demo_settings(settings: Settings, address: str) -> Settings:
    """Settings for the demo web at `address`: its own data folder and sources, its hosts sent to loopback, no delay."""
    # Who has set KEZEK_HOME to what an earlier demo left means that one.
    home = settings.home if (settings.home / "demo-clock").exists() else settings.home / "demo"
    return replace(
        settings,
        home=home,
        archive=str(home / "archive"),
        spool=str(home / "spool"),
        report=str(home / "report.html"),
        sources=DEMO_FOLDER / "sources.toml",
        contact="the demo of kezek",
        channel_host="t.me",
        connect_to={"*.example": address, "t.me": address},
        host_delay=0.0,
        server=None,  # what is made up does not land beside what is real
        reader=None,
    )


def run_demo(settings: Settings, nights: int) -> None:
    """Run the last `nights` nights of the demo's episode through the real nightly DAG and print what was found.

    Raises NightError where a night failed.
    """
    started = time.monotonic()
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"the data folder {settings.home} can't be made: {error.strerror}.") from None
    with DemoWeb(port=0) as web:
        here = demo_settings(settings, web.address)
        before = table_counts(here)
        err.print(f"The demo web listens on http://{web.address} (loopback only).", style="dim")
        days = [LAST_NIGHT - timedelta(days=n) for n in reversed(range(nights))]
        for result in run_nights(here, _with_the_web_at(web, here, days)):
            if result.state == "failed":
                failed = ", ".join(f"{task.task} {task.name}".strip() for task in result.failed)
                raise NightError(f"the night of {result.day} failed in {failed}: see {result.log}.")
    print_summary(here, before)
    seconds = f"{time.monotonic() - started:.0f} s in all."
    out.print(
        Text(f"{seconds} Look at it: KEZEK_HOME={_shortest(here.home)} kezek explore", style="dim"), soft_wrap=True
    )


def _shortest(folder: Path) -> Path:
    """As a person here would type it."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def serve_demo(port: int, day: date) -> None:
    """Serve the demo web as it stood at the end of `day`, until Ctrl-C."""
    try:
        web = DemoWeb(port=port)
    except OSError as error:
        raise InputError(f"port {port} can't be served: {error.strerror}.") from None
    with web:
        web.set_clock(day_bounds(day)[1])
        out.print(f"http://{web.address}/ shows the web of {day}. Ctrl-C ends it.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            err.print("Ended.")


def _with_the_web_at(web: DemoWeb, settings: Settings, days: Iterable[date]) -> Iterator[date]:
    """Each day, after the web was put to its end; never back behind a night that was, for a web has no way back."""
    latest = settings.home / "demo-clock"
    for day in days:
        clock = day_bounds(day)[1]
        if latest.exists():
            clock = max(clock, datetime.fromisoformat(latest.read_text(encoding="utf-8").strip()))
        web.set_clock(clock)
        latest.parent.mkdir(parents=True, exist_ok=True)
        latest.write_text(clock.isoformat() + "\n", encoding="utf-8")
        err.print(f"Night of {day}", style="bold")
        yield day
