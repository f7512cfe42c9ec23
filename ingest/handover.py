"""What the steps of a run hand to each other: whole files, in a local folder or in any place that fsspec opens.

So the steps may run on different machines. A file appears whole or not at all: a local one in one move, after its bytes
are on the disk; an object store puts whole objects anyway. Everything here raises OSError where the place can't be read
or written.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import fsspec

BUCKETS: Final = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss"})
"""The fsspec names of stores that have no folders."""
Place = str | os.PathLike[str]
"""A local path, or a URL such as s3://bucket/folder/file."""


def is_local(place: Place) -> bool:
    """Whether it is a path of this machine."""
    return "://" not in os.fspath(place)


def read(place: Place) -> bytes:
    """The file's bytes."""
    if is_local(place):
        return Path(place).read_bytes()
    with _store(place) as (store, path):
        content: bytes = store.cat_file(path)
        return content


def write(place: Place, content: bytes) -> None:
    """Put the file there, in place of any other."""
    part = part_of(place)
    try:
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        move(part, place)
    finally:
        part.unlink(missing_ok=True)


def part_of(place: Place) -> Path:
    """A local file in which `place` can be written bit by bit, and that `move` then puts there."""
    if is_local(place):
        path = Path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f".{path.name}.{os.getpid()}.part")
    return Path(tempfile.gettempdir(), f"kezek-{uuid.uuid4().hex}.part")


def move(part: Path, place: Place) -> None:
    """Put the local file `part` at `place`, in place of any other; `part` is gone then."""
    if is_local(place):
        part.replace(place)
        return
    with _store(place) as (store, path):
        make_folder(store, path.rpartition("/")[0])
        store.put_file(str(part), path)
    part.unlink()


def exists(place: Place) -> bool:
    """Whether there is a file, or anything else, at `place`."""
    if is_local(place):
        return Path(place).exists()
    with _store(place) as (store, path):
        return bool(store.exists(path))


def size(place: Place) -> int:
    """The file's size in bytes."""
    if is_local(place):
        return Path(place).stat().st_size
    with _store(place) as (store, path):
        return int(store.size(path))


def remove(place: Place) -> None:
    """Take the file away, if there is one."""
    if is_local(place):
        Path(place).unlink(missing_ok=True)
        return
    with _store(place) as (store, path):
        if store.exists(path):
            store.rm_file(path)


def make_folder(store: Any, path: str) -> None:
    """Make the folder on the fsspec filesystem, where it has folders. An object store has none: asked for one, it would
    make the bucket, even one of a mistyped name."""
    names = {store.protocol} if isinstance(store.protocol, str) else set(store.protocol)
    if not names & BUCKETS:
        store.makedirs(path, exist_ok=True)


@contextmanager
def _store(place: Place) -> Iterator[tuple[Any, str]]:
    store, path = fsspec.core.url_to_fs(os.fspath(place), use_listings_cache=False)
    # Another machine may have written since this process last looked.
    store.invalidate_cache()
    try:
        yield store, path
    except store_errors() as error:
        raise OSError(f"{os.fspath(place)}: {error}") from error


@cache
def store_errors() -> tuple[type[Exception], ...]:
    """What a place that can't be read or written raises: OSError, and what the client of S3 has of its own, where one is
    installed."""
    try:
        from botocore.exceptions import BotoCoreError
    except ImportError:
        return (OSError,)
    return (OSError, BotoCoreError)
