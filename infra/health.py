"""Whether a service answers: `python health.py URL [COMPONENT…]`; exit status 1 and one sentence where it doesn't.

For the health checks of infra/compose.yaml and infra/helm: the image has no curl. With components the answer has to be
JSON that says of each that it is healthy, as Airflow's health pages do. Needs nothing but the standard library, for it
starts every few seconds.
"""

from __future__ import annotations

import json
import sys
from typing import Final
from urllib.request import urlopen

TIMEOUT_S: Final = 5.0


def complaint(url: str, components: list[str]) -> str | None:
    """What is wrong with the service, in a sentence; None where nothing is."""
    try:
        with urlopen(url, timeout=TIMEOUT_S) as answer:
            body = answer.read()
    except OSError as error:  # refused, timed out, or a status of 400 and more
        return f"{url}: {error}"
    if not components:
        return None
    try:
        told = json.loads(body)
        statuses = {name: told[name]["status"] for name in components}
    except (ValueError, KeyError, TypeError):
        return f"{url} tells nothing of {' and '.join(components)}."
    ill = [f"{name} is {status}" for name, status in statuses.items() if status != "healthy"]
    return f"{url}: {', '.join(ill)}." if ill else None


if __name__ == "__main__":
    sys.exit(complaint(sys.argv[1], sys.argv[2:]))
