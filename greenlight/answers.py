"""What voices have said, by the hash of what they were asked; appended to as it comes, and read from the disk again.

An answer is there before it is looked at, so that an interrupted or edited run asks (and pays) for nothing twice. Only
the places of answers in their file are held in memory: 150 bytes each, however long they are.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight import parts
from greenlight.errors import VoiceError
from greenlight.nouns import Answer, Draw, canonical, fingerprint
from greenlight.recipe import Brief, VoicesCorpus
from greenlight.store import Store

ENDING = re.compile(rb',"key":"([0-9a-f]{64})"\}$')
"""How a whole line ends: its keys are in the order of the alphabet."""


class Answers:
    """The file of one voice. One process writes it at a time; a line that a crash tore is asked for again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._places: dict[bytes, tuple[int, int]] = {}

    def __enter__(self) -> Answers:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(self.path, "a+b")
        self._file.seek(0)
        at = 0
        for line in self._file:
            ending = ENDING.search(line.rstrip(b"\n"), max(0, len(line) - 80))
            if ending and line.endswith(b"\n"):
                self._places[bytes.fromhex(ending[1].decode())] = (at, len(line))
            at += len(line)
        if at and not line.endswith(b"\n"):
            self._file.write(b"\n")
            self._file.flush()
            at += 1
        self._end = at
        return self

    def __exit__(self, *exc: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return bytes.fromhex(key) in self._places

    def print_of(self, key: str) -> str:
        """The hash of all that was recorded of this answer; empty where there is none."""
        place = self._places.get(bytes.fromhex(key))
        return fingerprint(os.pread(self._file.fileno(), place[1], place[0]))[:16] if place else ""

    def get(self, key: str) -> Answer | None:
        """What was said to this; None where it was never asked, or what stands there cannot be read."""
        place = self._places.get(bytes.fromhex(key))
        if place is None:
            return None
        try:
            row = json.loads(os.pread(self._file.fileno(), place[1], place[0]))
            return Answer.model_validate(row["answer"]) if row["key"] == key else None
        except (ValueError, KeyError, TypeError, ValidationError):
            return None

    def keep(self, key: str, answer: Answer) -> Answer:
        """On disk first, and only then used."""
        line = (canonical({"key": key, "answer": answer.data()}) + "\n").encode()
        self._file.write(line)
        self._file.flush()
        self._places[bytes.fromhex(key)] = (self._end, len(line))
        self._end += len(line)
        return answer


def recorded(path: Path) -> Iterator[tuple[str, Answer]]:
    """Every answer of a voice's file with its key, read and not opened for writing; torn and damaged lines left out."""
    with path.open("rb") as file:
        for line in file:
            try:
                row = json.loads(line)
                yield str(row["key"]), Answer.model_validate(row["answer"])
            except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
                continue


def key_of(draw: Draw, brief: Brief) -> str:
    """What an answer is known by: the prompt, and what else decides it beside the voice."""
    return fingerprint([brief.asked(draw), brief.pattern, draw.topic, draw.level, draw.levels, draw.seed])


class Replay:
    """A voice whose model or server is not asked: what it has not said before is an error."""

    def __init__(self, voice: Any) -> None:
        self._voice = voice

    def say(self, draw: Draw, brief: Brief) -> Answer:
        raise VoiceError(f"{draw.voice} has no recorded answer for '{draw.topic}' at level {draw.level}")

    def __getattr__(self, name: str) -> Any:
        if name in ("ask", "say_all", "at"):
            raise AttributeError(name)
        return getattr(self._voice, name)


def voices_of(recipe: VoicesCorpus, names: Iterable[str], store: Store, replay: bool = False) -> dict[str, Any]:
    """Voices of a recipe, ready to be asked; with ``replay``, as they answered before."""
    voices = {name: parts.make("generators", name, recipe.voices[name]) for name in names}
    if replay:
        return {name: Replay(voice) for name, voice in voices.items()}
    return {name: voice.at(store) if hasattr(voice, "at") else voice for name, voice in voices.items()}
