"""What each gate was measured to find, and to flag wrongly: ``measured.json``, which ``benchmarks/gates.py`` writes."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Any

FILE = "measured.json"


@lru_cache(maxsize=1)
def read() -> dict[str, dict[str, Any]]:
    """By gate: ``recall``, ``precision``, each with ``_low``, the lower end of its 95 % interval; rows; shapes."""
    try:
        found: dict[str, dict[str, Any]] = json.loads(
            resources.files("greenlight.gates").joinpath(FILE).read_text("utf-8")
        )
    except FileNotFoundError:
        return {}
    return found
