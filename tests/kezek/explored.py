"""The explorer for its tests: a client without a network, the stories, and a warehouse in which every word is an attack."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from starlette.types import ASGIApp

from tests.warehouse.stories import load_stories
from tests.warehouse.world import SOURCES, annotation, claim, covered, day, document, fetch, observation
from warehouse.connection import open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.publish import publish
from warehouse.reading import Reading

HOSTILE = (
    "\"><script>alert(1)</script><img src=x onerror=alert(2)> href='javascript:alert(3)' ]]> {{ 7*7 }} & \u202eevil"
)


BASE = "http://127.0.0.1:8766"


@dataclass(frozen=True, slots=True)
class Client:
    """Asks an application as if it were served at BASE."""

    app: ASGIApp

    def request(self, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Its answer."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Its answer to a GET."""
        return self.request("GET", path, headers)


def published_stories(folder: Path) -> Path:
    """The analysts' file of `tests.warehouse.stories`, in a folder of its own."""
    with open_warehouse(folder / "private" / "kezek.duckdb") as warehouse:
        load_stories(warehouse)
        publish(warehouse, folder / "kezek.duckdb")
    return folder / "kezek.duckdb"


def hostile_warehouse(folder: Path) -> Path:
    """An analysts' file in which titles, texts, names, addresses and reasons try to run or to hide something."""
    text = f"Очередь. {HOSTILE.replace('. ', ' ')}, виноваты проверки России. На Сырыме стоят 700 фур. Минтранс."
    page = document("p1", text=text, title=HOSTILE, url="javascript:alert(4)", author=HOSTILE, fetch_id="f-p1")
    edited = replace(page, text=text + HOSTILE)
    copy = document(
        "p2", text=text, title=HOSTILE, fetch_id="f-p1", forwarded_from=HOSTILE, forwarded_url="data:text/html,x"
    )
    said = claim(page, speaker=HOSTILE, cause=HOSTILE, speaker_role=HOSTILE, relayed_by=HOSTILE, pattern=HOSTILE)
    turned = claim(page, speaker=HOSTILE, cause=HOSTILE, stance="denies", confidence=0.4)
    with open_warehouse(folder / "private.duckdb") as warehouse:
        load_sources(warehouse, [SOURCES[0].model_copy(update={"name": HOSTILE})])
        load_readings(
            warehouse,
            fetches=[fetch("p1", day(1))],
            readings=[Reading(page, day(1)), Reading(copy, day(1), None, page.document_id), Reading(edited, day(2))],
            coverage=[covered(stop_reason=HOSTILE, complete=False)],
        )
        seen = replace(observation(edited), place=HOSTILE)
        batch = [
            annotation(page, said, turned, observations=()),
            annotation(copy, said, observations=()),
            annotation(edited, said, turned, observations=(seen,)),
        ]
        load_annotations(warehouse, [replace(one, mentions=()) for one in batch], day(2))
        publish(warehouse, folder / "kezek.duckdb")
    return folder / "kezek.duckdb"
