"""Serves the explorer on loopback until Ctrl-C."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Final

import uvicorn

from ingest.errors import InputError
from kezek.console import err, out
from kezek.explore.app import explorer
from kezek.settings import Settings
from warehouse.analysis import overview
from warehouse.latest import Latest

HOST: Final = "127.0.0.1"
_TIMEOUT_S: Final = 10.0


def serve(settings: Settings, port: int, host: str = HOST) -> None:
    """Serve the analysts' warehouse at `port` (0: a free one) of the address `host` until Ctrl-C.

    Whatever it listens on, it answers only those who ask for 127.0.0.1 or localhost at this very port: another `host` is
    for a container whose port is published on its machine's loopback.

    Raises WarehouseError where the warehouse can't be opened and InputError where the port can't be had, both before
    anything is served.
    """
    latest = Latest(settings.published, timeout_seconds=_TIMEOUT_S)
    try:
        claims = latest.ask(lambda warehouse: overview(warehouse)["claims"])
        server = uvicorn.Server(
            uvicorn.Config(
                explorer(latest),
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                http="h11",
                ws="none",
                limit_concurrency=64,
                timeout_graceful_shutdown=2,
            )
        )
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        try:
            socket = server.config.bind_socket()
        except SystemExit as stop:  # uvicorn's way to say so
            reason = stop.__context__
            said = reason.strerror if isinstance(reason, OSError) else None
            raise InputError(f"port {port} can't be served: {said or 'it can not be had'}.") from None
        logging.getLogger("uvicorn").setLevel(logging.ERROR)
        try:
            address = f"http://{HOST}:{socket.getsockname()[1]}/"
            out.print(f"{address} shows {claims} claims. Ctrl-C ends it.", soft_wrap=True)
            with suppress(KeyboardInterrupt):  # raised or not, by the moment at which the event loop learns of Ctrl-C
                server.run([socket])
            err.print("Ended.")
        finally:
            socket.close()
    finally:
        latest.close()
