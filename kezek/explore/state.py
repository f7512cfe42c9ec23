"""What an address of the explorer asks for: all state is in the URL, and all of it is checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar
from urllib.parse import urlencode

from ingest.errors import InputError
from kezek.dates import parse_day
from kezek.names import NAMES, Names
from warehouse.browse import STATES, WITHIN, ClaimFilter
from warehouse.search import terms

T = TypeVar("T", bound=str)
PAGE_ROWS: Final = 50
MOST_PAGES: Final = 100_000
_MOST_CHARACTERS: Final = 300
SIDES: Final = ("KZ", "RU", "CN", "OTHER", "UNKNOWN")
BLAMED: Final = ("KZ", "RU", "CN", "BOTH", "TRADE", "OTHER", "NONE")
STANCES: Final = ("asserts", "denies")
LANGS: Final = ("ru", "kk", "en")
CHANGES: Final = ("stance", "blames", "delay", "cause")
FILTERS: Final = (
    "q", "in", "from", "to", "cause", "stance", "blames", "side", "speaker", "crossing", "lang", "source", "outlet", "state",
)  # fmt: skip
"""The parameters of the list of claims, in the order in which they are told of."""


@dataclass(frozen=True, slots=True)
class View:
    """One address: its path and its parameters, each once and none empty."""

    path: str
    parameters: Mapping[str, str]

    @property
    def names(self) -> Names:
        """The language in which names are wanted."""
        return _one_of(self.parameters.get("names", "en"), NAMES, "names")

    @property
    def page(self) -> int:
        """The page of a list, from 1. Raises InputError for what is none."""
        text = self.parameters.get("page", "1")
        if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= MOST_PAGES):
            raise InputError(f"There is no page {text!r}.")
        return int(text)

    @property
    def offset(self) -> int:
        """How many rows stand before the page."""
        return (self.page - 1) * PAGE_ROWS

    def text(self, name: str) -> str:
        """A parameter as it is, empty where there is none."""
        return self.parameters.get(name, "")

    def choice(self, name: str, values: Iterable[str]) -> str:
        """A parameter that must be one of `values`, or empty. Raises InputError else."""
        given = self.text(name)
        return _one_of(given, tuple(values), name) if given else ""

    def here(self, **changes: object) -> str:
        """This address with some parameters changed (None: left out), on its first page if none is given."""
        kept = {name: value for name, value in self.parameters.items() if name != "page"}
        return _address(self.path, {**kept, **_plain(changes)})

    def to(self, path: str, **parameters: object) -> str:
        """Another address, in the same language of names."""
        names = {"names": self.parameters["names"]} if "names" in self.parameters else {}
        return _address(path, {**names, **_plain(parameters)})


def view_of(path: str, pairs: Iterable[tuple[str, str]], allowed: Iterable[str]) -> View:
    """The address with its parameters. Raises InputError for one that the page does not have, that is there twice, is too
    long or holds control characters."""
    known = {*allowed, "names"}
    parameters: dict[str, str] = {}
    for name, value in pairs:
        if name not in known:
            raise InputError(f"This page has no parameter {name[:40]!r}.")
        if name in parameters:
            raise InputError(f"The parameter {name!r} is there twice.")
        if len(value) > _MOST_CHARACTERS:
            raise InputError(f"The parameter {name!r} is longer than {_MOST_CHARACTERS} characters.")
        if any(character < " " or character == "\x7f" or "\ud800" <= character <= "\udfff" for character in value):
            raise InputError(f"The parameter {name!r} has characters in it that nobody types.")
        if value.strip():
            parameters[name] = value.strip()
    view = View(path, parameters)
    _one_of(view.text("names") or "en", NAMES, "names")
    return view


def claim_filter(view: View, *, causes: Iterable[str], sources: Iterable[str]) -> ClaimFilter:
    """Which claims the address asks for. Raises InputError for a day that is none, an unknown cause, side, source …"""
    since, until = _day(view, "from"), _day(view, "to")
    if since and until and since > until:
        raise InputError(f"The days end ({until}) before they begin ({since}).")
    search = view.text("q")
    check_search(search)
    state, within = view.choice("state", STATES) or "current", view.choice("in", WITHIN) or "article"
    return ClaimFilter(
        since=since,
        until=until,
        side=view.choice("side", SIDES),
        outlet=view.choice("outlet", SIDES),
        blames=view.choice("blames", BLAMED),
        cause=view.choice("cause", causes),
        stance=view.choice("stance", STANCES),
        speaker=view.text("speaker"),
        crossing=view.text("crossing"),
        lang=view.choice("lang", LANGS),
        source=view.choice("source", sources),
        state=next(one for one in STATES if one == state),
        search=search,
        within=next(one for one in WITHIN if one == within),
    )


def check_search(search: str) -> None:
    """Raises InputError for a search that is too long."""
    try:
        terms(search)
    except ValueError as error:
        raise InputError(str(error)) from None


def _day(view: View, name: str) -> date | None:
    given = view.text(name)
    return parse_day(given) if given else None


def _one_of(given: str, values: tuple[T, ...], name: str) -> T:
    for value in values:
        if value == given:
            return value
    raise InputError(
        f"The parameter {name!r} is {given[:60]!r}, but wants one of {', '.join(values[:30]) or 'nothing'}."
    )


def _plain(parameters: Mapping[str, object]) -> dict[str, str]:
    """Parameters as they stand in an address; a trailing _ lets `in_` and `from_` be keywords in Python."""
    return {name.removesuffix("_"): "" if value is None else str(value) for name, value in parameters.items()}


def _address(path: str, parameters: Mapping[str, str]) -> str:
    given = {name: value for name, value in parameters.items() if value and (name, value) != ("page", "1")}
    return f"{path}?{urlencode(given)}" if given else path
