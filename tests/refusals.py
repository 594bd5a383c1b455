"""What the tests of bad input share: a command that must be refused, and copies of a study that are cheap."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from greenlight.cli.main import guarded

Capture = pytest.CaptureFixture[str]


def refused(arguments: list[str], code: int, said: str, capsys: Capture) -> str:
    """Runs a command that must fail with this code and one line on stderr; returns the line."""
    capsys.readouterr()
    assert guarded(arguments) == code, arguments
    error = capsys.readouterr().err
    mine = [line for line in error.splitlines() if line.startswith("greenlight: ")]
    assert len(mine) == 1, error
    assert error.splitlines()[-1] == mine[0]
    assert said in mine[0]
    return mine[0]


def copy(folder: Path, to: Path) -> Path:
    """With its hard links: what a run's folder shows are the store's own bytes."""
    return Path(shutil.copytree(folder, to, copy_function=os.link))


def replace(path: Path, data: bytes) -> None:
    """Another file of the same name, so that a hard link elsewhere keeps its bytes."""
    path.unlink()
    path.write_bytes(data)
