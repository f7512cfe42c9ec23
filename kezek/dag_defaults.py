"""What the DAGs have in common: how their tasks are tried again, what they make for others, and when they run.

Imported by the DAG files alone, for it imports Airflow.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule
from airflow.sdk.exceptions import AirflowFailException

DOCUMENTS: Final = Asset("documents", uri="kezek://warehouse/documents", group="kezek")
"""New or edited documents are in the warehouse."""
CLAIMS: Final = Asset("claims", uri="kezek://warehouse/claims", group="kezek")
"""New claims are in the warehouse, or a new model has read it again."""

_RETRY_SECONDS: Final = float(os.environ.get("KEZEK_RETRY_SECONDS", "30"))
"""Shorter where a person waits: kezek.nights sets it to a second."""

RETRY_POLICY: Final = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            "ingest.errors.UnreadForNowError",
            RetryAction.RETRY,
            retry_delay=timedelta(seconds=20 * _RETRY_SECONDS),
            reason="The source may answer later.",
        ),
        RetryRule(
            [
                f"ingest.errors.{name}"
                for name in (
                    "InputError",
                    "SourceError",
                    "UnreadError",
                    "ModelError",
                    "KnowledgeError",
                    "NotAWarehouseError",
                    "SchemaError",
                    "NightError",
                )
            ],
            RetryAction.FAIL,
            reason="Another try would meet the same.",
        ),
    ]
)
"""A list that answers 404, a wrong setting, a broken sources file: failed at once. A reset, a full disk, a lost
connection: tried again, a source that does not answer after the longest time."""

DEFAULTS: Final[dict[str, Any]] = {
    "retries": 3,
    "retry_policy": RETRY_POLICY,
    # Doubled at each retry.
    "retry_delay": timedelta(seconds=_RETRY_SECONDS),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=15),
}


def plain(moment: datetime | None) -> datetime:
    """The same instant as a plain UTC datetime: Airflow 3.3's own loses its zone when a timedelta is taken from it.

    Fails the task where the run has no data interval, as one that was triggered without a logical date.
    """
    if moment is None:
        raise AirflowFailException("This run has no data interval: trigger it with a logical date.")
    return datetime.fromtimestamp(moment.timestamp(), UTC)
