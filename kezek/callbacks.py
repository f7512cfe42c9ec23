"""What Airflow calls by name, outside of any task: it must be installed, and quick to import, where Airflow starts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kezek.notifiers import Notice, notify
from kezek.settings import Settings


async def night_is_late(context: Mapping[str, Any]) -> None:
    """Tell the operator's notifiers that a night has not ended by its deadline; for an `AsyncCallback` of a DeadlineAlert,
    which the triggerer awaits. A backfill's runs are queued together and wait for each other: none of them is late.

    Raises InputError where the notifiers' file does not fit, NightError where one of them fails.
    """
    if context["dag_run"]["run_type"] == "backfill":
        return
    sentence = late(context)
    notice = Notice(sentence, sentence, f"{sentence}\n\nWhat it waits for: the run's page in Airflow, or kezek status.")
    # Most notifiers wait for their server with the whole thread, and the triggerer has other callbacks to serve.
    await asyncio.to_thread(notify, Settings.from_environment().notifiers, notice, context)


def late(context: Mapping[str, Any]) -> str:
    """The sentence: which night, and by when it should have ended (UTC)."""
    run = context["dag_run"]
    day = _moment(run["data_interval_start"] or run["run_after"]).date()
    by = _moment(context["deadline"]["deadline_time"])
    return f"The night of {day} has not ended by {by:%Y-%m-%d %H:%M} UTC ({run['dag_id']}, {run['dag_run_id']})."


def _moment(told: str | datetime) -> datetime:
    return (datetime.fromisoformat(told) if isinstance(told, str) else told).astimezone(UTC)
