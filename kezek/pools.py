"""Airflow's pools: how many tasks of a kind may be at work at a time, over all nights and backfills.

Made from the settings and the sources, so that they hold wherever the tasks run.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ingest.host import host_of
from ingest.source import load_sources
from kezek.settings import Settings
from warehouse.address import is_postgres

WAREHOUSE: Final = "warehouse"
LOADS_ON_A_SERVER: Final = 8
"""Tasks that read or write a PostgreSQL warehouse at a time; each is one connection."""


def sources_by_host(settings: Settings) -> dict[str, list[str]]:
    """The ids of the sources by the host that they are read from, both in the order of the sources file; all channels are
    on one. Raises SourceError for a sources file with an error."""
    hosts: dict[str, list[str]] = {}
    for source in load_sources(settings.sources).values():
        host = settings.channel_host if source.channel else host_of(source.home)
        hosts.setdefault(host, []).append(source.id)
    return hosts


def host_name(host: str) -> str:
    """The host as Airflow's ids may have it: `kz-kursiv-media`."""
    return re.sub("[^a-z0-9_]", "-", host.lower())


def host_pool(host: str) -> str:
    """The pool of those who ask this host."""
    return f"host-{host_name(host)}"


def pools(settings: Settings) -> dict[str, dict[str, Any]]:
    """All pools as `airflow pools import` reads them. Raises SourceError for a sources file with an error."""
    if is_postgres(settings.warehouse):
        loads = _pool(LOADS_ON_A_SERVER, "Tasks at the warehouse at a time: each is a connection to the server.")
    else:
        loads = _pool(1, "One writer: the warehouse is one DuckDB file, and whoever has it open shuts the others out.")
    hosts = {
        host_pool(host): _pool(1, f"{host} is asked by one task at a time, for politeness is kept within a process.")
        for host in sources_by_host(settings)
    }
    return {WAREHOUSE: loads, **hosts}


def _pool(slots: int, description: str) -> dict[str, Any]:
    return {"slots": slots, "description": description, "include_deferred": False}
