"""How a retry is told: one line of the log, for whoever asks for that much. (stamina's own goes to stdout.)"""

from __future__ import annotations

import logging

from stamina.instrumentation import RetryDetails, set_on_retry_hooks

log = logging.getLogger(__name__)


def tell_retries() -> None:
    """From now on, in this process, each retry is a line at level INFO: when it comes, and why."""
    set_on_retry_hooks([_tell])


def _tell(details: RetryDetails) -> None:
    log.info("Trying again in %.1f s, for the %d. time: %s", details.wait_for, details.retry_num, details.caused_by)
