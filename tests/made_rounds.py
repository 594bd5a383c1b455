"""Rounds of a small ledger for tests: real recipes with real parts, and facts as a round has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from greenlight.loading import check, merge
from greenlight.nouns import Factor, Round

VOICES = ("brook", "lantern", "meadow", "pebble")
FACTS: dict[str, Any] = {
    "parameters": 700_000,
    "vocabulary": 768,
    "epochs": 6.0,
    "steps": 320,
    "characters_seen": 1_300_000,
    "corpus_documents": 500,
    "corpus_characters": 120_000,
    "shares": {"brook": 0.5, "pebble": 0.5},
    "lr_at_kept": 0.0,
    "train_loss": 1.21,
    "precision": "bf16",
    "device": "cpu",
    "threads": 2,
    "code": "c0de",
    "train_seconds": 45.0,
}


def data(**changes: Any) -> dict[str, Any]:
    """An effective recipe; ``corpus__size=1000`` changes a key of a table."""
    written: dict[str, Any] = {
        "corpus": {
            "use": "voices",
            "size": 500,
            "blend": {"brook": 0.5, "pebble": 0.5},
            "voices": {name: {} for name in VOICES},
            "brief": {"topics": [f"topic {i}" for i in range(200)], "pattern": "green light"},
        },
        "gates": {"each": {"length": {"min_chars": 40}}},
        "train": {"epochs": 6},
        "metrics": {"dial": {}},
        "keep_if": {"metric": "dial.slope"},
    }
    for key, value in changes.items():
        table: dict[str, Any] = {}
        inner = table
        *path, last = key.split("__")
        for name in path:
            inner[name] = inner = {}
        inner[last] = value
        written = merge(written, table)
    return check(written, Path()).data()


def row(number: int, recipe: dict[str, Any], facts: dict[str, Any] | None = None, **changes: Any) -> Round:
    made: dict[str, Any] = {
        "number": number,
        "slug": "x",
        "status": "done",
        "seeds": (1, 2, 3),
        "recipe": recipe,
        "recipe_fingerprint": str(number),
        "yardstick": "y",
        "facts": FACTS | (facts or {}),
        "seconds": 60.0,
    }
    return Round.model_validate(made | changes)


def keys(found: tuple[Factor, ...]) -> list[str]:
    return [f.key for f in found]
