"""What was read, read again from its WARC file alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ingest.archive import Archive
from ingest.restore import Again, read_again
from ingest.spool import Spool, read_spool
from ingest.tape import Tape, asked_in, tape_of


def tapes(archive_root: Path | str) -> list[Tape]:
    """All whole readings of the archive, in the order in which they ended."""
    archive = Archive(archive_root)
    found = []
    for name in archive.files():
        if (asked := asked_in(archive, name)) and (tape := tape_of(archive, name, asked)):
            found.append(tape)
    return sorted(found, key=lambda tape: tape.end.ended_at)


def again(tape: Tape, archive_root: Path | str) -> tuple[Again, Spool]:
    """What comes of the tape, and the spool that it leaves."""
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder, "again.jsonl")
        return read_again(tape, str(archive_root), spool), read_spool(spool)
