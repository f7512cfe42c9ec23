"""What the checks found: the open findings as a table, and the checks themselves at any time."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import InputError
from kezek.console import err, out
from kezek.settings import Settings
from kezek.tables import table
from warehouse.address import Address, place
from warehouse.connection import Warehouse, open_warehouse
from warehouse.quality import check, count_open, open_findings

_COLUMNS = ("check", "table", "row", "what", "since (UTC)", "stops")


def print_findings(settings: Settings, *, check_now: bool, limit: int) -> bool:
    """Print the open findings, at most `limit`, those first that stop the publishing; True where none does.

    `check_now` runs the checks on the writers' warehouse first and keeps what they find there; nothing is published. Raises
    WarehouseError where there is no warehouse, or it is in use.
    """
    where = _where(settings, check_now)
    with open_warehouse(where, read_only=not check_now) as warehouse:
        if check_now:
            check(warehouse)
        _print(warehouse, where, limit)
        blocking, _ = count_open(warehouse)
    return not blocking


def _where(settings: Settings, check_now: bool) -> Address:
    """The writers' warehouse, for what stops the publishing is not published; the analysts' where only that is at hand."""
    writers = settings.warehouse
    if not isinstance(writers, Path):
        return writers if check_now else settings.published
    if writers.is_file():
        return writers
    if check_now:
        raise InputError(f"there is no warehouse at {writers} that could be checked.")
    return settings.published


def _print(warehouse: Warehouse, where: Address, limit: int) -> None:
    blocking, every = count_open(warehouse)
    rows = (
        (
            row["check_name"],
            row["table_name"],
            row["row_key"],
            row["message"],
            row["found_at"],
            "publishing" if row["blocking"] else "",
        )
        for row in open_findings(warehouse, limit)
    )
    if every:
        out.print(table("Open findings", _COLUMNS, rows))
    found = f"{every} open finding{'' if every == 1 else 's'} in {place(where)}"
    stops = (
        f"{blocking} of them stop{'s' if blocking == 1 else ''} the publishing"
        if blocking
        else "none stops the publishing"
    )
    out.print(f"{found}; {stops}." if every else f"No open findings in {place(where)}.", markup=False, soft_wrap=True)
    if every > limit:
        err.print(f"Cut after {limit} findings: there are more (--limit).", style="yellow")
