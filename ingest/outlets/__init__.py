"""The outlets whose pages have a parser of their own: one module each, found by being here.

A new outlet is one new file with one class; a redesign is a second class in it, with a later `since`.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from ingest.outlet import Outlet


@cache
def layouts() -> dict[str, tuple[Outlet, ...]]:
    """The known layouts by parser id, the newest first."""
    found: dict[str, list[Outlet]] = {}
    for module in pkgutil.iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, Outlet) and value is not Outlet:
                found.setdefault(value.parser_id, []).append(value())
    return {
        parser_id: tuple(sorted(outlets, key=lambda outlet: outlet.since, reverse=True))
        for parser_id, outlets in found.items()
    }


@cache
def parser_of_host(host: str) -> str | None:
    """The id of the parser that claims `host`, or None."""
    return next((name for name, outlets in layouts().items() if any(host in outlet.hosts for outlet in outlets)), None)
