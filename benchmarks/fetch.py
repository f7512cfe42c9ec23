"""Fetching, side by side: kezek's Fetcher against Scrapy, on the same pages from a server on loopback.

    make bench-fetch        or: .venv/bin/python benchmarks/fetch.py [--rounds N] [--pages N] [--folder FOLDER]

Both read robots.txt first and leave no time between requests; both ask for at most 16 pages at once, 8 of one host
(Scrapy's own defaults). kezek keeps every exchange in WARC files, each forced to the disk before the page is handed
on, and makes a row for it. Scrapy keeps nothing; writes every body to a file; writes and forces it to the disk.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from pages import PAGES, write_pages
from race import HERE, OURS, PEERS, Contender, machine, page_server, race, table

from kezek.console import out

CONCURRENCY, PER_HOST = "16", "8"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--pages", type=int, default=PAGES)
    arguments.add_argument("--folder", type=Path, help="where pages of an earlier run lie")
    given = arguments.parse_args()
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = given.folder or temporary / "pages"
        if given.folder is None:
            folder.mkdir()
            write_pages(folder, given.pages)
        wanted = str(stack.enter_context(page_server(folder)))
        kept = {name: temporary / name for name in ("warc", "bodies", "synced")}
        for place in kept.values():
            place.mkdir()
        scrapy = (PEERS, str(HERE / "fetch_scrapy.py"), wanted, CONCURRENCY, PER_HOST)
        contenders = [
            Contender("kezek", (OURS, str(HERE / "fetch_kezek.py"), wanted, str(kept["warc"]), CONCURRENCY, PER_HOST)),
            Contender("Scrapy, keeps nothing", scrapy),
            Contender("Scrapy, writes bodies", (*scrapy, str(kept["bodies"]))),
            Contender("Scrapy, writes and syncs bodies", (*scrapy, str(kept["synced"]), "sync")),
        ]
        outcomes = race(
            contenders, given.rounds, lambda line: out.print(line, markup=False, highlight=False, soft_wrap=True)
        )
        out.print(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}; load {os.getloadavg()[1]:.1f}", markup=False)
        out.print(table(outcomes, "kezek"), markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
