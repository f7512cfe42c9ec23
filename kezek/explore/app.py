"""The explorer as an ASGI application: addresses, templates, and what every answer has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from ingest.errors import InputError, WarehouseError
from kezek.explore import marks
from kezek.explore.guard import Guard
from kezek.explore.memory import Memory
from kezek.explore.pages import PAGES, NothingThere, Page
from kezek.explore.state import BLAMED, LANGS, SIDES, STANCES, View, view_of
from kezek.names import NAMES, display_name
from kezek.report import wording
from warehouse.browse import STATES
from warehouse.latest import Latest

_ID: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:")
LANGUAGES: Final = {"en": "English", "ru": "Russian", "kk": "Kazakh"}
STATE_WORDS: Final = {
    "current": "what stands",
    "gone": "deleted",
    "earlier": "no longer said",
    "all": "everything",
}
FILTER_WORDS: Final = {
    "q": "Words", "in": "Searched in", "from": "From day", "to": "To day", "cause": "Cause", "stance": "Stance",
    "blames": "Blamed", "side": "Speaker’s side", "speaker": "Speaker", "crossing": "Crossing", "lang": "Language",
    "source": "Source", "outlet": "Outlet’s side", "state": "Show",
}  # fmt: skip


def explorer(latest: Latest) -> Guard:
    """The application over the analysts' warehouse. It only reads, and answers loopback alone (see Guard)."""
    environment = _environment()

    def sorry(status: int, sentence: str) -> Response:
        return HTMLResponse(
            environment.get_template("error.html.j2").render(_shared(View("/", {})), status=status, sentence=sentence),
            status,
        )

    def http(request: Request, error: Exception) -> Response:
        known = isinstance(error, HTTPException) and error.status_code == 404
        return sorry(404, "There is nothing at this address.") if known else sorry(400, "That is no question.")

    def told(status: int) -> Callable[[Request, Exception], Response]:
        return lambda request, error: sorry(status, str(error))

    def broken(request: Request, error: Exception) -> Response:
        return sorry(500, "kezek has made a mistake; the terminal that it runs in says which.")

    memory = Memory(latest)
    app = Starlette(
        routes=[
            *(Route(path, _endpoint(latest, memory, environment, page)) for path, page in PAGES.items()),
            Mount("/static", StaticFiles(packages=[("kezek.explore", "static")])),
        ],
        exception_handlers={
            HTTPException: http,
            InputError: told(400),
            NothingThere: told(404),
            WarehouseError: told(503),
            Exception: broken,
        },
    )
    app.router.redirect_slashes = False
    return Guard(app, sorry)


def _endpoint(latest: Latest, memory: Memory, environment: Environment, page: Page) -> Callable[[Request], Response]:
    template = environment.get_template(page.template)

    def answer(request: Request) -> Response:
        view = view_of(request.url.path, request.query_params.multi_items(), page.parameters)
        given = {name: str(value) for name, value in request.path_params.items()}
        if any(not set(value) <= _ID or len(value) > 200 for value in given.values()):
            raise NothingThere("There is nothing at this address.")
        context = latest.ask(lambda warehouse: page.answer(warehouse, view, given, memory))
        return HTMLResponse(template.render(_shared(view), **context))

    return answer


def _shared(view: View) -> dict[str, Any]:
    """What every template has: the address, and names in the reader's choice of language."""

    def speaker(row: Mapping[str, Any]) -> str:
        known = row["entity_name"] if row["known"] else None
        return _named(known or row["speaker"], row, "name_", view)

    return {
        "view": view,
        "speaker_of": speaker,
        "name_of": lambda row: _named(row["entity_name"], row, "name_", view),
        "plain_name": lambda name: display_name(name, en=None, ru=None, kk=None, choice=view.names),
        "pair_of": lambda row: _named(row["pair_name"], row, "pair_", view),
    }


def _named(name: str, row: Mapping[str, Any], prefix: str, view: View) -> str:
    return display_name(name, en=row[f"{prefix}en"], ru=row[f"{prefix}ru"], kk=row[f"{prefix}kk"], choice=view.names)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kezek.explore", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cause": wording.cause,
        "side": wording.side,
        "change": wording.change,
        "day": wording.day,
        "words": wording.words,
        "link": wording.link,
        "utc": _utc,
        "count": lambda number: f"{number:,}".replace(",", "\u202f"),
        "figure": lambda value: f"{value:g}",
    }
    environment.globals |= {
        "evidence_pieces": marks.evidence_pieces,
        "hit_pieces": lambda text, search: marks.pieces(text, marks.hits(text, search)),
        "languages": LANGUAGES,
        "all_names": NAMES,
        "all_sides": SIDES,
        "all_blamed": BLAMED,
        "all_stances": STANCES,
        "all_langs": LANGS,
        "all_states": STATES,
        "state_words": STATE_WORDS,
        "filter_words": FILTER_WORDS,
    }
    return environment


def _utc(moment: datetime | None) -> str:
    """`2025-10-01 12:30 UTC`, a dash for None."""
    return "–" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
