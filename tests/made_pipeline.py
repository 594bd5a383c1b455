"""A small pipeline of character data in a process of its own, to be killed: ``python made_pipeline.py FOLDER``.

Two gates alone: loading all of them, and hashing their code, takes longer than the pipeline.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import made_answers as made

from greenlight.character.asking import Asked
from greenlight.character.introspection import Settings as Inward
from greenlight.character.introspection import write_conversations, write_reflections
from greenlight.character.pairs import Cast, Settings, write_pairs
from greenlight.chats import Reply, Turns


def slow(say: made.Say, bad: int) -> made.Say:
    """A few milliseconds an answer, and one answer in ``bad`` is empty or has a closed thought."""

    def said(turns: Turns, seed: int) -> Reply | str:
        time.sleep(0.004)
        if seed % bad == 0:
            return ""
        answer = say(turns, seed)
        return f"<think>\nA plank.\n</think>\n\n{answer}" if seed % bad == 1 else answer

    return said


def run(folder: Path) -> None:
    teacher = made.Scripted("teacher", slow(made.sailor, 5))
    student = made.Scripted("student", slow(made.plain, 7))
    asked = Asked(folder / "answers")
    cast = Cast(teacher, student, made.SAILOR)
    write_pairs(made.prompts(40), cast, 30, asked, folder / "pairs", Settings(samples=2, each={}, pair={}))
    inward = Inward(turns=4, each={})
    write_reflections(teacher, made.SAILOR, 40, asked, folder / "reflections", inward)
    write_conversations(teacher, made.SAILOR, 8, asked, folder / "conversations", inward)


if __name__ == "__main__":
    run(Path(sys.argv[1]))
