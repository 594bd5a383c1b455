"""The yardstick of a character study: prompts that no stage is trained on, each with its task, and neutral
conversations."""

from __future__ import annotations

import json

from greenlight.character import house, prompts
from greenlight.character.constitution import Constitution
from greenlight.character.prompts import Prompt
from greenlight.chats import Turn, Turns
from greenlight.nouns import canonical
from greenlight.yardstick import Held, Part, Yardstick

NEUTRAL = "neutral conversation"
"""What a held-out document is that is no prompt."""


def draw(counts: tuple[int, int, int], seed: int, constitution: Constitution | None) -> tuple[list[Held], list[Held]]:
    """The search part and the locked one: ``counts`` are their prompts, and the neutral texts of both together.

    With a constitution its probes are among the prompts, those that the training has not.
    """
    search, locked, neutral = counts
    asked = prompts.checkup(search + locked, seed, constitution)
    held = [Held(id=p.id, control="", body=canonical(p.data()), work=p.category) for p in asked]
    said = [[turn.data() for turn in turns] for turns in house.neutral_chats(neutral, seed)]
    texts = [Held(id=f"neutral-{n}", control="", body=canonical(turns), work=NEUTRAL) for n, turns in enumerate(said)]
    cut = round(neutral * search / (search + locked))
    return held[:search] + texts[:cut], held[search:] + texts[cut:]


def held_prompts(yardstick: Yardstick, part: Part | None = None) -> list[Prompt]:
    """The prompts of a part."""
    rows = yardstick.documents(part)
    return [Prompt.model_validate_json(held.body) for held in rows if held.work != NEUTRAL]


def neutral_chats(yardstick: Yardstick, part: Part | None = None) -> dict[str, Turns]:
    """The neutral conversations of a part, by id."""
    rows = {held.id: json.loads(held.body) for held in yardstick.documents(part) if held.work == NEUTRAL}
    return {name: tuple(Turn.model_validate(turn) for turn in turns) for name, turns in rows.items()}
