"""Texts and corpora for tests, made on the spot, and bare rounds with facts."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from greenlight import corpus
from greenlight.nouns import Artifact, Provenance, Round, Text
from greenlight.study import Study


def prose(seed: int, length: int) -> str:
    dice = random.Random(seed)
    words = [
        "".join(dice.choices("aeiou", k=1) + dice.choices("bdgklmnprst", k=dice.randint(1, 6))) for _ in range(300)
    ]
    text = ""
    while len(text) < length:
        text += " ".join(dice.choices(words, k=dice.randint(10, 40))).capitalize() + ".\n\n"
    return text[: length - 2] + "\n\n"


def kept_of(study: Study, bodies: list[str]) -> Artifact:
    """A kept corpus of these texts, as a finished step."""
    made_by = Provenance(voice="text", voice_fingerprint="", prompt="")
    samples = [Text(id=str(n), control="", body=body, made=made_by) for n, body in enumerate(bodies)]

    def make(folder: Path) -> dict[str, Any]:
        corpus.save(samples, folder / corpus.KEPT)
        return {}

    return study.store.step("kept", {"bodies": bodies}, {}, make, ("greenlight.corpus",))


def samples_of(study: Study, artifact: Artifact) -> list[Text]:
    return corpus.load(study.store.path(artifact) / corpus.FILE)


def plain(number: int, facts: dict[str, Any], recipe: dict[str, Any]) -> Round:
    return Round(
        number=number,
        slug="x",
        status="done",
        seeds=(1, 2, 3),
        recipe=recipe,
        recipe_fingerprint=str(number),
        yardstick="y",
        facts=facts,
    )
