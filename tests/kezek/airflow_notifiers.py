"""The child process of test_notifiers.py: it alone imports Airflow. Each line of input is a call; each line of output is what
came of it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from airflow.sdk import BaseNotifier
from airflow.sdk.definitions.callback import AsyncCallback

from ingest.errors import KezekError
from kezek.notifiers import Notice, notify, read_notifiers

told: list[list[str]] = []


class Recorder(BaseNotifier):
    """Keeps what it is told. `summary` is a field of its own, as some notifiers have it; `plain` is no template."""

    template_fields = ("text", "summary")

    def __init__(self, text: str = "", summary: str = "", plain: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.text, self.summary, self.plain = text, summary, plain

    def notify(self, context: Any) -> None:
        told.append([self.text, self.summary, self.plain])


class Broken(Recorder):
    """Its server says no."""

    def notify(self, context: Any) -> None:
        raise ConnectionRefusedError(f"no: {self.text}\nand more")


class NoNotifier:
    """Something else."""


def call(request: dict[str, Any]) -> dict[str, Any]:
    told.clear()
    answer: dict[str, Any] = {}
    try:
        match request.pop("call"):
            case "notify":
                path = Path(request["path"]) if request["path"] else None
                notify(path, Notice(**request["notice"]), request["context"])
            case "late":
                os.environ["KEZEK_NOTIFIERS"] = request["path"]
                answer["states"] = asyncio.run(late(request["context"]))
            case "build":
                answer["built"] = [build(one.class_, one.arguments) for one in read_notifiers(Path(request["path"]))]
    except KezekError as error:
        answer["error"] = f"{type(error).__name__}: {error}"
    return {**answer, "told": list(told)}


async def late(context: dict[str, Any]) -> list[str]:
    """As the triggerer does it: by the name that the DAG gives."""
    from airflow.triggers.callback import PAYLOAD_STATUS_KEY, CallbackTrigger

    path = AsyncCallback("kezek.callbacks.night_is_late").path
    trigger = CallbackTrigger(path, {"context": context})
    return [str(event.payload[PAYLOAD_STATUS_KEY]) async for event in trigger.run()]


def build(name: str, arguments: dict[str, Any]) -> str:
    """The notifier's class, after it has taken the arguments."""
    from importlib import import_module

    module, _, cls = name.rpartition(".")
    built = getattr(import_module(module), cls)(**arguments)
    assert isinstance(built, BaseNotifier)
    return type(built).__name__


if __name__ == "__main__":
    from tests.kezek import airflow_notifiers  # as the notifiers' file names it: this one is called __main__

    # Airflow logs to standard output too: the answers have a way of their own.
    answers = Path(sys.argv[1])
    results = [airflow_notifiers.call(json.loads(line)) for line in sys.stdin]
    answers.write_text(json.dumps(results), encoding="utf-8")
