"""The folder that an export leaves: whole or not at all, and never in the place of something else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from greenlight.errors import StudyError
from greenlight.store import clear_parts

RECORD = "export.json"
"""What was exported, how it was checked, and the sha256 of every other file of the folder."""


def refuse(target: Path, record: str = RECORD) -> None:
    """Raises StudyError unless the target is absent, or is an export that holds nothing but its own files.

    ``record``: the file in it that names the others, under ``files``.
    """
    if not os.path.lexists(target):
        return
    way_out = "name another folder with --out, or move this one away"
    if target.is_symlink() or not target.is_dir():
        raise StudyError(f"{target} is there already, and is no folder: {way_out}")
    try:
        own = {record, *json.loads((target / record).read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise StudyError(f"{target} is there already, and is no export of greenlight: {way_out}") from None
    foreign = sorted({str(path.relative_to(target)) for path in target.rglob("*") if not path.is_dir()} - own)
    if foreign:
        raise StudyError(f"{target} holds {foreign[0]}, which the export there did not write: {way_out}")


@contextmanager
def aside(target: Path, record: str = RECORD) -> Iterator[Path]:
    """An empty folder beside the target, which takes its place at the end; it is removed when anything raises.

    An export that is replaced lies under another name for the moment between two renames, and is put back when the
    second of them fails.
    """
    target = Path(os.path.abspath(target))  # the current folder, as a dot, has no name
    refuse(target, record)
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_parts(target)
    new, old = (target.with_name(f".{target.name}.{os.getpid()}.{end}") for end in ("new.part", "old.part"))
    new.mkdir()
    try:
        yield new
        refuse(target, record)  # a check of a large model takes minutes
        if target.exists():
            os.rename(target, old)
        try:
            os.rename(new, target)
        except OSError:
            if old.exists():
                os.rename(old, target)
            raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
