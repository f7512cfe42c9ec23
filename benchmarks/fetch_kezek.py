"""Downloads the wanted pages with kezek's own Fetcher, as a run does: robots.txt, archive, and a row for every look.

.venv/bin/python benchmarks/fetch_kezek.py WANTED FOLDER CONCURRENCY PER_HOST
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from race import Stopwatch

from ingest.archive import Archive
from ingest.fetch import Fetcher, FetchSettings


async def download(pages: list[dict[str, str]], archive: Archive, settings: FetchSettings, workers: int) -> int:
    """The number of pages that came whole, with status 200. Each source has a Fetcher of its own, as in a run."""
    waiting = iter(pages)
    came = 0

    async def work() -> None:
        nonlocal came
        for page in waiting:
            fetched = await fetchers[page["source"]].get(page["url"], page["source"])
            came += fetched.ok

    async with AsyncExitStack() as stack:
        fetchers = {
            source: await stack.enter_async_context(Fetcher(archive, settings, "benchmark"))
            for source in dict.fromkeys(page["source"] for page in pages)
        }
        await asyncio.gather(*(work() for _ in range(workers)))
    return came


def main() -> None:
    wanted, folder, concurrency, per_host = sys.argv[1:]
    pages = [json.loads(line) for line in Path(wanted).read_text().splitlines()]
    settings = FetchSettings(host_delay_s=0.0, host_concurrency=int(per_host), allow_private_addresses=True)
    watch = Stopwatch()
    with Archive(folder) as archive:
        came = asyncio.run(download(pages, archive, settings, int(concurrency)))
    watch.stop()
    if came != len(pages):
        raise SystemExit(f"{came} of {len(pages)} pages came.")
    watch.tell(came)


if __name__ == "__main__":
    main()
