"""Whom a night is told to: Airflow's notifiers, as the operator's TOML file names them.

    [[notifier]]
    class = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"
    when = "trouble"          # or "always", which is what it is where nothing is said

    [notifier.arguments]
    to = "night@example.org"
    subject = "{{ headline }}"
    html_content = "<pre>{{ summary | e }}</pre>"

The arguments go to the class as they are. Those that it calls its template fields may use `{{ summary }}`, `{{ headline }}`
and `{{ trouble }}` besides Airflow's own context; what the three hold is never taken for a template itself.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import InputError, NightError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: one line, what needs somebody (a line each; empty where nothing does), and the whole."""

    headline: str
    trouble: str
    text: str


class Notifier(BaseModel):
    """One entry of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    class_: str = Field(alias="class", pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")
    when: Literal["always", "trouble"] = "always"
    arguments: dict[str, Any] = Field(default_factory=dict)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    notifier: list[Notifier]


def read_notifiers(path: Path | None) -> tuple[Notifier, ...]:
    """The entries of the file, in their order; none where there is no file to read.

    Raises InputError that names the file and the entry where it can't be read or does not fit.
    """
    if path is None:
        return ()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path} (KEZEK_NOTIFIERS) can't be read: {error.strerror or error}.") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise InputError(f"{path} (KEZEK_NOTIFIERS) is no TOML file: {error}.") from error
    try:
        return tuple(_File.model_validate(found).notifier)
    except ValidationError as error:
        raise InputError(f"{path} (KEZEK_NOTIFIERS), {_first(error)}.") from error


def notify(path: Path | None, notice: Notice, context: Mapping[str, Any]) -> None:
    """Tell the notice to every notifier of the file whose `when` fits; for use in Airflow's processes only.

    `context` is Airflow's own: that of the task, or of the callback. One that fails does not stop the others. Raises
    InputError for a file that does not fit, and, when all were tried, NightError that names those that failed and why.
    """
    failed = []
    for number, notifier in enumerate(read_notifiers(path), start=1):
        if notifier.when == "trouble" and not notice.trouble:
            continue
        name = f"notifier {number} ({notifier.class_})"
        try:
            _tell(notifier, notice, context)
        except Exception as error:  # a notifier is anybody's code, and any error of it is told at the end
            log.warning("%s failed.", name, exc_info=True)
            failed.append(f"{name}: {type(error).__name__}: {' '.join(str(error).split())[:200]}")
    if failed:
        raise NightError(f"Not told by {'; '.join(failed)}")


def _tell(notifier: Notifier, notice: Notice, context: Mapping[str, Any]) -> None:
    from airflow.sdk import BaseNotifier

    module, _, name = notifier.class_.rpartition(".")
    found = getattr(import_module(module), name)
    if not (isinstance(found, type) and issubclass(found, BaseNotifier)):
        raise InputError(f"{notifier.class_} is no notifier of Airflow.")
    built = found(**notifier.arguments)
    # As BaseNotifier.__call__ has it, but our three win: a notifier with a field `summary` may be given "{{ summary }}".
    known: Any = {
        **{field: getattr(built, field) for field in built.template_fields},
        **context,
        "summary": notice.text,
        "headline": notice.headline,
        "trouble": notice.trouble,
    }
    built.render_template_fields(known)
    built.notify(known)


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, with the entry's number from 1."""
    first = error.errors(include_url=False)[0]
    place = list(first["loc"])
    if len(place) > 1 and place[0] == "notifier":
        return f"entry {int(place[1]) + 1}{''.join(f', {part}' for part in place[2:])}: {first['msg']}"
    return f"{'.'.join(map(str, place)) or 'the file'}: {first['msg']}"
