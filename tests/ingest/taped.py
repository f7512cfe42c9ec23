"""What was read, read again from its WARC file alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ingest.archive import Archive
from ingest.restore import Again, read_again, survey, tape_in
from ingest.spool import Spool, read_spool
from ingest.tape import Tape


def tapes(archive_root: Path | str) -> list[Tape]:
    """All whole readings of the archive, in the order in which they ended."""
    archive = Archive(archive_root)
    tries = [one for tries in survey(archive).tries.values() for one in tries]
    return [tape_in(archive, one.warc_file) for one in sorted(tries, key=lambda one: one.ended_at)]


def again(tape: Tape, archive_root: Path | str) -> tuple[Again, Spool]:
    """What comes of the tape, and the spool that it leaves."""
    with tempfile.TemporaryDirectory() as folder:
        spool = Path(folder, "again.jsonl")
        return read_again(tape, str(archive_root), spool), read_spool(spool)
