"""`python -m infra.demo --port 0 --clock 2025-10-02T00:00:00Z`: serve the demo web until interrupted."""

from __future__ import annotations

import argparse
import contextlib
import sys
from datetime import UTC, datetime

from infra.demo.server import LAST_INSTANT, DemoWeb


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("the clock must name its zone, as in 2025-10-02T00:00:00Z")
    return moment.astimezone(UTC)


def main() -> None:
    """Read the arguments, say the address on one line, serve."""
    parser = argparse.ArgumentParser(prog="python -m infra.demo", description="Serve the demo web on the loopback.")
    parser.add_argument("--port", type=int, default=0, help="the port; 0 takes a free one")
    parser.add_argument("--clock", type=_instant, default=LAST_INSTANT, help="the instant to show, ISO with its zone")
    arguments = parser.parse_args()
    web = DemoWeb(port=arguments.port, clock=arguments.clock)
    sys.stdout.write(f"http://{web.address}/\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        web.serve_forever()
    web.stop()


if __name__ == "__main__":
    main()
