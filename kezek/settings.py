"""Settings: where things lie and how politely the web is read. Every one is an environment variable, listed below.

Relative paths are of the folder where kezek was started.

KEZEK_HOME           the data folder (default: ./data)
KEZEK_SOURCES        the sources file (default: ingest/sources.toml of the installed package)
KEZEK_TOPIC          the delay that is asked about: a topic that kezek brings, or a TOML file (default: border)
KEZEK_WAREHOUSE      postgresql:// address of the warehouse (default: a DuckDB file in HOME); a password is better kept in
                     libpq's own places, PGPASSFILE or ~/.pgpass
KEZEK_READER         postgresql:// address for reading, with the read-only role (default: that of KEZEK_WAREHOUSE)
KEZEK_ARCHIVE        root of the WARC files, a folder or any fsspec URL (default: HOME/archive)
KEZEK_SPOOL          root of what the steps hand to each other, a folder or any fsspec URL (default: HOME/spool; where the
                     archive is a URL, ARCHIVE/spool, so that tasks on other machines find it)
KEZEK_REPORT         the report of the last night, a file or any fsspec URL (default: HOME/report.html; where the archive is a
                     URL, ARCHIVE/report.html)
KEZEK_NOTIFIERS      a TOML file that says who is told of a night (default: nobody; see infra/airflow/notifiers.example.toml)
KEZEK_CONTACT        e-mail or URL in the User-Agent, so that a webmaster can reach you (default: none)
KEZEK_CHANNEL_HOST   host of the public channel previews (default: t.me)
KEZEK_CONNECT_TO     HOST-PATTERN=ADDRESS:PORT, comma-separated: send these hosts there, by plain HTTP
KEZEK_RECHECK_DAYS   up to which age in days known documents are looked at again, ever less often (default: 14)
KEZEK_GAP_DAYS       how many days back a run closes the gaps that earlier runs left (default: 14)
KEZEK_BATCH_CHARS    characters of text in one batch of annotation (default: 200000)
KEZEK_HOST_DELAY     least seconds between two requests to one host (default: 1.0)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ingest.errors import InputError
from ingest.handover import is_local
from warehouse.address import Address, is_postgres

N = TypeVar("N", int, float)
PACKAGED_SOURCES = Path(__file__).resolve().parent.parent / "ingest" / "sources.toml"
PACKAGED_TOPICS = Path(__file__).resolve().parent.parent / "nlp" / "topics"


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a run needs to know; made from the environment, and passed to every step."""

    home: Path
    sources: Path
    topic: str
    archive: str
    spool: str
    """What the steps hand to each other: plans, spools, batches and annotations, one folder a run."""
    report: str
    """The HTML report of the last night."""
    contact: str | None
    channel_host: str
    connect_to: Mapping[str, str]
    recheck_days: int
    gap_days: int
    batch_chars: int
    host_delay: float
    server: str | None = None
    reader: str | None = None
    notifiers: Path | None = None

    @property
    def warehouse(self) -> Address:
        """The writers' warehouse: a server's address, or a file. Analysts never open that file: a DuckDB file has one
        writer, and a reader blocks it."""
        return self.server or self.private / "kezek.duckdb"

    @property
    def published(self) -> Address:
        """Where analysts read: the same server, or a file that is replaced atomically at the end of every night."""
        return self.reader or self.server or self.home / "kezek.duckdb"

    @property
    def private(self) -> Path:
        """The writers' folder."""
        return self.home / "private"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Settings from `environment` (default: the process's own). Raises InputError on a value that does not fit."""
        env = os.environ if environment is None else environment
        home = Path(env.get("KEZEK_HOME") or "data").resolve()
        archive = _place("KEZEK_ARCHIVE", env.get("KEZEK_ARCHIVE") or str(home / "archive"))
        shared = str(home) if is_local(archive) else archive.rstrip("/")
        notifiers = env.get("KEZEK_NOTIFIERS")
        return cls(
            home=home,
            sources=Path(env.get("KEZEK_SOURCES") or PACKAGED_SOURCES).resolve(),
            topic=_topic(env.get("KEZEK_TOPIC") or "border"),
            archive=archive,
            spool=_place("KEZEK_SPOOL", env.get("KEZEK_SPOOL") or f"{shared}/spool"),
            report=_place("KEZEK_REPORT", env.get("KEZEK_REPORT") or f"{shared}/report.html"),
            contact=env.get("KEZEK_CONTACT") or None,
            channel_host=env.get("KEZEK_CHANNEL_HOST") or "t.me",
            connect_to=_connect_to(env.get("KEZEK_CONNECT_TO", "")),
            recheck_days=_number(env, "KEZEK_RECHECK_DAYS", int, 14, most=365),
            gap_days=_number(env, "KEZEK_GAP_DAYS", int, 14, most=3650),
            batch_chars=_number(env, "KEZEK_BATCH_CHARS", int, 200_000, least=1),
            host_delay=_number(env, "KEZEK_HOST_DELAY", float, 1.0, most=3600),
            server=_server(env, "KEZEK_WAREHOUSE"),
            reader=_server(env, "KEZEK_READER"),
            notifiers=Path(notifiers).resolve() if notifiers else None,
        )

    def environment(self) -> dict[str, str]:
        """The variables that make `from_environment` give these settings again, for a child process."""
        pairs = ",".join(f"{pattern}={address}" for pattern, address in self.connect_to.items())
        return {
            "KEZEK_HOME": str(self.home),
            "KEZEK_SOURCES": str(self.sources),
            "KEZEK_TOPIC": self.topic,
            "KEZEK_ARCHIVE": self.archive,
            "KEZEK_SPOOL": self.spool,
            "KEZEK_REPORT": self.report,
            "KEZEK_CONTACT": self.contact or "",
            "KEZEK_CHANNEL_HOST": self.channel_host,
            "KEZEK_CONNECT_TO": pairs,
            "KEZEK_RECHECK_DAYS": str(self.recheck_days),
            "KEZEK_GAP_DAYS": str(self.gap_days),
            "KEZEK_BATCH_CHARS": str(self.batch_chars),
            "KEZEK_HOST_DELAY": str(self.host_delay),
            "KEZEK_WAREHOUSE": self.server or "",
            "KEZEK_READER": self.reader or "",
            "KEZEK_NOTIFIERS": str(self.notifiers or ""),
        }


def _server(env: Mapping[str, str], name: str) -> str | None:
    address = env.get(name)
    if not address:
        return None
    if not is_postgres(address):
        raise InputError(f"{name} wants an address that begins with postgresql://.")  # it may hold a password: not told
    return address


def _connect_to(value: str) -> dict[str, str]:
    pairs = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        pattern, separator, address = part.partition("=")
        if not separator or not pattern or not _is_address(address):
            raise InputError(f"KEZEK_CONNECT_TO has {part!r}, but wants HOST-PATTERN=ADDRESS:PORT.")
        pairs[pattern] = address
    return pairs


def _place(name: str, place: str) -> str:
    if is_local(place):
        return str(Path(place).resolve())
    from fsspec import available_protocols

    protocol = place.partition("://")[0]
    if protocol not in available_protocols():
        raise InputError(f"{name} is {place!r}, and fsspec knows no {protocol!r}.")
    return place.rstrip("/")


def _topic(topic: str) -> str:
    """A name as it is, a file by its whole path: a child process may start in another folder."""
    if topic.endswith(".toml"):
        if not Path(topic).is_file():
            raise InputError(f"KEZEK_TOPIC is {topic!r}, and there is no such file.")
        return str(Path(topic).resolve())
    brought = sorted(path.stem for path in PACKAGED_TOPICS.glob("*.toml"))
    if topic not in brought:
        raise InputError(f"KEZEK_TOPIC is {topic!r}, but kezek brings {', '.join(brought)}; else name a TOML file.")
    return topic


def _is_address(address: str) -> bool:
    host, _, port = address.rpartition(":")
    return bool(host) and port.isascii() and port.isdigit() and 0 < int(port) < 65536


def _number(
    env: Mapping[str, str], name: str, kind: type[N], default: N, least: int = 0, most: int = 1_000_000_000
) -> N:
    value = env.get(name)
    if not value:
        return default
    try:
        number = kind(value)
    except ValueError:
        raise InputError(f"{name} is {value!r}, but wants a number.") from None
    if not least <= number <= most:  # neither is NaN
        raise InputError(f"{name} is {value!r}, but wants a number from {least} to {most}.")
    return number
