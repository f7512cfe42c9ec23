"""Parsing, side by side: kezek's outlet classes and generic reader against trafilatura and newspaper4k.

    make bench-parse        or: .venv/bin/python benchmarks/parse.py [--rounds N] [--pages N] [--folder FOLDER]

All read the same pages, from bytes to title, text, date and author, in one thread. How much of that is right is counted
after the clock has stopped: title, day and author are shares of pages, text is the mean F1 of the words.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from pages import PAGES, write_pages
from race import HERE, OURS, PEERS, Contender, machine, race, table

from kezek.console import out


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--pages", type=int, default=PAGES)
    arguments.add_argument("--folder", type=Path, help="where pages of an earlier run lie")
    given = arguments.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if given.folder is None:
            write_pages(folder, given.pages)
        contenders = [
            Contender(name, (python, str(HERE / script), str(folder), *more))
            for name, python, script, *more in (
                ("kezek, outlets' classes", OURS, "parse_kezek.py", "outlet"),
                ("trafilatura", PEERS, "parse_trafilatura.py"),
                ("trafilatura, fast", PEERS, "parse_trafilatura.py", "fast"),
                ("newspaper4k", PEERS, "parse_newspaper.py"),
                ("kezek, generic reader", OURS, "parse_kezek.py", "generic"),
            )
        ]
        outcomes = race(
            contenders, given.rounds, lambda line: out.print(line, markup=False, highlight=False, soft_wrap=True)
        )
        out.print(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}; load {os.getloadavg()[1]:.1f}", markup=False)
        out.print(table(outcomes, contenders[0].name), markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
