"""Makes a character study of a ready one: the characters that come with it, or a user's own."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from pathlib import Path

from greenlight import yardstick as yardsticks
from greenlight.character import constitution as constitutions
from greenlight.character.constitution import Constitution
from greenlight.character.held import draw
from greenlight.character.recipe import HOUSE
from greenlight.character.settings import Dpo, Sft
from greenlight.errors import StudyError
from greenlight.store import write_file

ROUNDS, SAID = "rounds", "constitutions"
OWN = "constitution.yaml"
TEACHER, STUDENT = "Qwen/Qwen3-235B-A22B-Instruct-2507", "Qwen/Qwen3-4B-Instruct-2507"
"""Of a user's own character, where a server is named: the environment may put others in their place."""
SERVED = ("OPENAI_BASE_URL", "OPENAI_API_KEY", "CHARACTER_TEACHER_URL")
"""Any of them names a server, or a key to one."""


ROOM = 512
"""Tokens of a large model's answer."""


def make(made: Path, counts: tuple[int, int, int], seed: int, own: Constitution | None) -> None:
    """The rounds of a study that is being made in ``made``, and its locked yardstick.

    ``own`` takes the place of the recipe's characters: one round is left, its own. Its teacher is a model behind a
    server where the environment names one, else the procedural one; and its student likewise.
    """
    if own is not None:
        _settle(made, own)
    search, locked = draw(counts, seed, own)
    yardsticks.lock(made / "yardstick", "prompts", search, locked, {"seed": seed, "written_by": [HOUSE]})


def _settle(made: Path, own: Constitution) -> None:
    rounds = sorted((made / ROUNDS).glob("*.toml"))
    if not rounds:
        raise StudyError(f"{made.name} has no round to take the recipe of")
    text = rounds[0].read_text(encoding="utf-8")
    for path in rounds:
        path.unlink()
    shutil.rmtree(made / SAID, ignore_errors=True)
    write_file(made / OWN, constitutions.dump(own))
    name = persona(own.name)
    text = re.sub(r"^persona .*$", f'persona  = "{name}"', text, flags=re.MULTILINE)
    text = re.sub(r"^source .*$", f'source   = "{OWN}"', text, flags=re.MULTILINE)
    text = re.sub(r"^question .*$", 'question = "Does the constitution make its character?"', text, flags=re.MULTILINE)
    text = re.sub(r"^\[rivals\]\n(?:.+\n)*\n?", "", text, flags=re.MULTILINE)
    if any(os.environ.get(one, "").strip() for one in SERVED):
        text = _table(text, "teacher", f'use   = "endpoint"\nmodel = "{TEACHER}"\n')
        text = _large(_table(text, "student", f'use   = "transformers"\nmodel = "{STUDENT}"\n'))
    write_file(made / ROUNDS / f"01-{name}.toml", text)


def _table(text: str, name: str, lines: str) -> str:
    """The text with these lines in the place of a table's and of the comments above it."""
    return re.sub(rf"^(?:#.*\n)*\[{name}\]\n(?:.+\n)*", lambda _: f"[{name}]\n{lines}", text, flags=re.MULTILINE)


def _large(text: str) -> str:
    """With room for a large model's answers, and with the published rates, where the ones there are a small student's.

    At 7e-4 a model of billions of parameters is ruined; and what is cut at 96 tokens is no answer of a large teacher.
    """
    told = tomllib.loads(text)
    if told["draws"]["max_new"] < ROOM:
        text = _table(text, "draws", f"max_new = {ROOM}\n")
    for name, kind in (("dpo", Dpo), ("sft", Sft)):
        if told[name]["lr"] > kind().lr:
            text = _table(text, name, f"batch = {told[name]['batch']}\n")
    if "termination" not in told["gates"]["each"]:
        text = text.replace("[gates.each]\n", "[gates.each]\ntermination    = {}\n")
    return text


def persona(name: str) -> str:
    """A constitution's name as a persona's: small letters, digits and dashes."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return plain if plain and plain not in ("neutral", "none") else "character"
