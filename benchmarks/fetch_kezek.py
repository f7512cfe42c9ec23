"""Downloads the wanted pages with kezek's own Fetcher, as a run does: robots.txt, archive, and a row for every look.

.venv/bin/python benchmarks/fetch_kezek.py WANTED FOLDER CONCURRENCY PER_HOST
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from race import Stopwatch

from ingest.archive import Archive
from ingest.fetch import Fetcher, FetchSettings


async def download(wanted: Iterator[dict[str, str]], archive: Archive, settings: FetchSettings, workers: int) -> int:
    """The number of pages that came whole, with status 200."""
    came = 0

    async def work(fetcher: Fetcher) -> None:
        nonlocal came
        for page in wanted:
            fetched = await fetcher.get(page["url"], page["source"])
            came += fetched.ok

    async with Fetcher(archive, settings, "benchmark") as fetcher:
        await asyncio.gather(*(work(fetcher) for _ in range(workers)))
    return came


def main() -> None:
    wanted, folder, concurrency, per_host = sys.argv[1:]
    pages = [json.loads(line) for line in Path(wanted).read_text().splitlines()]
    settings = FetchSettings(host_delay_s=0.0, host_concurrency=int(per_host), allow_private_addresses=True)
    watch = Stopwatch()
    with Archive(folder) as archive:
        came = asyncio.run(download(iter(pages), archive, settings, int(concurrency)))
    watch.stop()
    if came != len(pages):
        raise SystemExit(f"{came} of {len(pages)} pages came.")
    watch.tell(came)


if __name__ == "__main__":
    main()
