"""`kezek export`: the analysts' tables and views as files, with a manifest that says what each holds and proves it whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.errors import InputError, WarehouseError
from ingest.version import kezek_version
from kezek.forms import ExportFormat
from kezek.settings import Settings
from kezek.tables import write_csv
from warehouse.connection import first_line, open_warehouse
from warehouse.export import Relation, batches, exported, provenance

MANIFEST: Final = "manifest.json"
_KIND: Final = "kezek-export/1"
_NOTICE: Final = (
    "Titles, texts and evidence belong to their publishers: quote them with source, date and address, and share whole "
    "texts only where their law or leave allows it. The tables around them were made by kezek (Apache-2.0). A claim is "
    "what a document says that somebody said, as read by a program: read the evidence before you quote it."
)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where: the folder, how many files, rows and bytes."""

    folder: Path
    files: int
    rows: int
    bytes: int


def export(
    settings: Settings,
    folder: Path,
    form: ExportFormat,
    *,
    only: list[str] | None = None,
    texts: bool = True,
    excel: bool = False,
) -> Exported:
    """Write the analysts' tables and views, of one moment, into `folder`, which changes in one move or not at all.

    `only` names some of them; without `texts` the documents come without their full text; `excel` puts a byte order mark
    before CSV. An earlier export in `folder` is replaced. Raises InputError where `folder` holds anything else or can't
    be written, or a name is unknown; WarehouseError where the warehouse can't be read.
    """
    folder = folder.resolve()
    _refuse_what_is_not_ours(folder)
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        _clean(folder)
        part.mkdir(parents=True)
        manifest = _write_all(settings, part, form, only=only, texts=texts, excel=excel)
        _put_in_place(part, folder)
    except OSError as error:
        raise InputError(f"{folder} can't be written: {error.strerror or error}.") from error
    except pa.ArrowException as error:
        raise WarehouseError(f"The warehouse can't be read: {first_line(error)}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    files = manifest["files"]
    return Exported(folder, len(files), sum(file["rows"] for file in files), sum(file["bytes"] for file in files))


def verify(folder: Path) -> list[str]:
    """What does not agree with the manifest in `folder`, a sentence each; nothing where the export is whole.

    Raises InputError where there is no manifest of an export.
    """
    manifest = _manifest(folder)
    if manifest is None:
        raise InputError(f"{folder} holds no export: there is no {MANIFEST} of kezek.")
    complaints = []
    for file in manifest["files"]:
        path = folder / file["file"]
        if not path.is_file():
            complaints.append(f"{file['file']} is missing.")
        elif path.stat().st_size != file["bytes"]:
            complaints.append(f"{file['file']} has {path.stat().st_size} bytes, but had {file['bytes']}.")
        elif _sha256(path) != file["sha256"]:
            complaints.append(f"{file['file']} was changed: its SHA-256 is another.")
    known = {MANIFEST, *(file["file"] for file in manifest["files"])}
    complaints += [f"{name} is no part of the export." for name in _names(folder) if name not in known]
    return complaints


def _write_all(
    settings: Settings, part: Path, form: ExportFormat, *, only: list[str] | None, texts: bool, excel: bool
) -> dict[str, Any]:
    with open_warehouse(settings.published, read_only=True) as warehouse, warehouse.snapshot():
        relations = exported(warehouse, only, texts=texts)
        files = []
        for relation in relations:
            path = part / f"{relation.name}.{form.value}"
            reader = batches(warehouse, relation)
            if form is ExportFormat.parquet:
                rows = _write_parquet(path, relation, reader)
            else:
                rows = _write_csv(path, relation, reader, excel=excel)
            files.append(_entry(path, relation, rows))
        manifest = {
            "format": _KIND,
            "kezek_version": kezek_version(),
            "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            **provenance(warehouse),
            "left_out": [f"{relation.name}.{column}" for relation in relations for column in relation.left_out],
            "notice": _NOTICE,
            "files": files,
        }
    with (part / MANIFEST).open("w", encoding="utf-8") as written:
        json.dump(manifest, written, ensure_ascii=False, indent=2)
        written.write("\n")
        written.flush()
        os.fsync(written.fileno())
    return manifest


def _write_parquet(path: Path, relation: Relation, reader: pa.RecordBatchReader) -> int:
    comments = {column.name: column.comment for column in relation.columns}
    schema = pa.schema(
        [field.with_metadata({"comment": comments[field.name]}) for field in reader.schema],
        metadata={"comment": relation.comment, "kezek": kezek_version()},
    )
    rows = 0
    with ExitStack() as open_files:
        file = open_files.enter_context(path.open("wb"))
        writer = open_files.enter_context(pq.ParquetWriter(file, schema, compression="zstd"))
        for batch in reader:
            writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
            rows += batch.num_rows
    return rows


def _write_csv(path: Path, relation: Relation, reader: pa.RecordBatchReader, *, excel: bool) -> int:
    names = [column.name for column in relation.columns]
    rows = (row for batch in reader for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    with path.open("w", encoding="utf-8-sig" if excel else "utf-8", newline="") as file:
        return write_csv(names, rows, file, safe=True)


def _entry(path: Path, relation: Relation, rows: int) -> dict[str, Any]:
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return {
        "file": path.name,
        "name": relation.name,
        "kind": relation.kind,
        "comment": relation.comment,
        "rows": rows,
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
        "columns": [asdict(column) for column in relation.columns],
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest in `folder`, None where there is none of ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, OSError) as error:
        raise InputError(f"{folder / MANIFEST} can't be read: {error}.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != _KIND:
        return None
    files = manifest.get("files")
    if not isinstance(files, list) or not all(_is_entry(file) for file in files):
        raise InputError(f"{folder / MANIFEST} was changed: it does not list files as kezek does.")
    return manifest


def _is_entry(file: object) -> bool:
    return (
        isinstance(file, dict)
        and isinstance(name := file.get("file"), str)
        and name == Path(name).name != ""
        and isinstance(file.get("bytes"), int)
        and isinstance(file.get("sha256"), str)
    )


def _refuse_what_is_not_ours(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder.")
    names = _names(folder)
    if not names:
        return
    manifest = _manifest(folder)
    if manifest is None:
        raise InputError(f"{folder} is not empty and holds no earlier export: name another folder.")
    ours = {MANIFEST, *(file["file"] for file in manifest["files"])}
    if others := [name for name in names if name not in ours]:
        raise InputError(
            f"{folder} holds {others[0]!r} beside an earlier export: move it away, or name another folder."
        )


def _names(folder: Path) -> Iterable[str]:
    return sorted(path.name for path in folder.iterdir())


def _put_in_place(part: Path, folder: Path) -> None:
    old = part.with_suffix(".old")
    if folder.exists():
        folder.replace(old)
    try:
        part.replace(folder)
    except OSError:
        if old.exists():
            old.replace(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _clean(folder: Path) -> None:
    """Remove what killed exports left; an earlier export that one of them had just moved away comes back."""
    if not folder.parent.is_dir():
        return
    for old in folder.parent.glob(f".{escape(folder.name)}.*.old"):
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.replace(folder)
    for stale in folder.parent.glob(f".{escape(folder.name)}.*.part"):
        shutil.rmtree(stale)
