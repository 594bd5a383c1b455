"""What the tests of bad input share: a command that must be refused in one line."""

from __future__ import annotations

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
