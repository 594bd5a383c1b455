"""Judges rows of training data by gates, in a stream: one decision a row, with every gate that fired.

Sample gates judge each text of a row by itself, pair gates a pair; near-duplicates are found as the rows come. What is
held is a few chunks of rows, and a sketch of each text where duplicates are looked for.
"""

from __future__ import annotations

import json
import math
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ValidationError

from greenlight import brief as briefs
from greenlight import forms, near, parts, rows
from greenlight.brief import SAID
from greenlight.errors import InputError, RecipeError, nearest
from greenlight.gates import _languages
from greenlight.nouns import Flag, canonical
from greenlight.recipe import Brief

Action = Literal["refuse", "warn"]
Outcome = Literal["keep", "warn", "refuse"]
CHUNK = 1 << 18
"""Bytes of lines, at least, that a worker is given at a time."""
BATCH = 256
"""Rows of a Parquet file that it is given at a time."""
RELEASED = "released"
"""The action of a finding that a person has overruled."""
UNREADABLE, BRIEF = "unreadable", "brief"
"""What a finding goes by that is no gate's: a row that is none, and one whose ``brief`` cannot be judged by."""
DUPLICATE, REFUSAL = "duplicate", "refusal"


@dataclass(frozen=True)
class Choice:
    """A gate with its options, and what becomes of a row in which it fires."""

    name: str
    action: Action = "refuse"
    options: str = "{}"
    """As canonical JSON."""
    certain: float = math.inf
    """The score from which a row is refused, whatever the action for less."""

    def decides(self, score: float) -> Action:
        """What becomes of a row in which the gate fires with this score."""
        return "refuse" if score >= self.certain else self.action


WIDE = canonical({"min_chars": 0, "max_chars": 1 << 40})
"""A file's rows may be of any length, where no length was asked for."""
DEFAULT = (
    Choice("channel"),
    Choice("empty"),
    Choice("garbage"),
    Choice("loop"),
    Choice("fake_turns"),
    Choice(REFUSAL),
    Choice("reasoning_leak"),
    Choice("identity"),
    Choice("prompt_leak"),
    Choice("termination"),
    Choice("length", options=WIDE),
    Choice("target"),
    Choice("topic", "warn"),
    Choice("contrast", "warn", certain=1.0),
    Choice(DUPLICATE),
)
"""What judges a file of which nothing more is said."""


def choose(names: str) -> tuple[Choice, ...]:
    """``default``, or gates by name, comma-separated; a ``-`` before a name takes it out, ``default,-topic`` say.

    Raises RecipeError for a gate that is not known, or when none is left.
    """
    known = {choice.name: choice for choice in DEFAULT}
    if not names.strip():
        raise RecipeError("--gates names no gate: name one, or default")
    found: dict[str, Choice] = {}
    for word in (word.strip() for word in names.split(",")):
        if word == "default":
            found |= known
        elif not word.removeprefix("-"):
            raise RecipeError(f"--gates '{names}': a name is missing beside a comma: name one, or drop the comma")
        elif word.removeprefix("-") not in known:
            raise RecipeError(f"--gates {word}: {_unknown(word.removeprefix('-'), ['default', *known])}")
        elif word.startswith("-"):
            found.pop(word[1:], None)
        else:
            found[word] = known[word]
    if not found:
        raise RecipeError(f"--gates {names}: no gate is left: name one, or default")
    return tuple(found.values())


def _unknown(name: str, known: list[str]) -> str:
    """Why it is no gate of rows: it is one of whole sets, or none at all."""
    try:
        if name.isidentifier() and hasattr(parts.make("gates", name, {}), "check_all"):
            return f"judges whole sets, not rows: put {name} = {{}} under [gates.whole] in a recipe"
    except RecipeError:
        pass
    return f"no such gate{nearest(name, known)}"


@dataclass(frozen=True)
class Decision:
    """What becomes of one row. ``fired`` is as ``greenlight screen --json`` tells it."""

    row: int
    decision: Outcome
    fired: list[dict[str, Any]]
    generator: str = ""
    persona: str = ""
    sketch: near.Sketch | None = None

    def data(self) -> dict[str, Any]:
        return {"row": self.row, "decision": self.decision, "fired": self.fired}


LATER = (REFUSAL,)
"""Gates for which the last turn of a chat decides: what an earlier one refused may have been done since."""


def judge(row: forms.Row, choices: Sequence[Choice]) -> Decision:
    """Every gate on every text of the row. A gate that lacks what it judges by says nothing, but that a brief is there
    and cannot be read is told."""
    fired = [_fired(Flag(gate=BRIEF, reason=why), place, "warn") for place, why in _unread(row)]
    for choice in choices:
        if choice.name == DUPLICATE or (choice.name == REFUSAL and row.brief.get("refusal") is True):
            continue  # no list of words tells a harmful prompt from a harmless one: who made the row says so
        gate = _gate(choice)
        found: list[tuple[str, Flag | None]] = []
        if hasattr(gate, "check"):
            # what was rejected is there to be worse: it must be readable, no more
            texts = row.parts[:1] if row.is_pair and choice.name not in READABLE else row.parts
            found += [(part.field, gate.check(part.text, _brief(row))) for part in texts]
        if choice.name in LATER and len(row.parts) > 1 and not row.is_pair and found and found[-1][1] is None:
            found = []
        if row.is_pair and hasattr(gate, "check_pair"):
            found.append(("chosen", gate.check_pair(row.parts[0].text, row.parts[1].text, _brief(row))))
        fired += [_fired(flag, place, choice.decides(flag.score)) for place, flag in found if flag is not None]
    sketch = None
    if any(choice.name == DUPLICATE for choice in choices):
        sketch = near.sketch("\n".join(part.text.body for part in row.parts), forms.given_to(row))
    return Decision(row.number, _outcome(fired), fired, row.generator, row.persona, sketch)


CODE = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{1,8})*")
"""How codes of languages look (``yo``, ``zh-Hans``): one that no gate knows is no slip."""


def _unread(row: forms.Row) -> Iterator[tuple[str, str]]:
    """What the row says it was asked for and nothing can be judged by: each field, and why."""
    yield from briefs.unread(row.data)
    asked = row.brief.get("language")
    name = asked.strip().lower() if isinstance(asked, str) else ""
    if name and not CODE.fullmatch(name) and not _languages.code_of(name):
        near_by = nearest(name[:SAID], [*_languages.NAMES])
        near_by = near_by if "did you mean" in near_by else ": write its code (de)"  # and no list of all names
        shown = name[:SAID] + "…" * (len(name) > SAID)
        yield "brief.language", f"brief.language is '{shown}', which is no language that is known here{near_by}"


READABLE = ("channel", "empty", "garbage")
"""Gates of both sides of a pair."""


def _fired(flag: Flag, place: str, action: str) -> dict[str, Any]:
    return {
        "gate": flag.gate,
        "score": round(flag.score, 4),
        "span": list(flag.span) if flag.span else None,
        "version": flag.version,
        "reason": flag.reason,
        "field": place,
        "action": action,
    }


def _outcome(fired: Sequence[dict[str, Any]]) -> Outcome:
    if any(one["action"] == "refuse" for one in fired):
        return "refuse"
    return "warn" if fired else "keep"


@lru_cache(maxsize=64)
def _gate(choice: Choice) -> Any:
    return parts.make("gates", choice.name, json.loads(choice.options))


def _brief(row: forms.Row) -> Brief | None:
    """The dial that the row was written for, where it says so."""
    given = {key: row.brief[key] for key in ("pattern", "levels", "control") if key in row.brief}
    return _brief_of(canonical(given)) if given.get("pattern") and not any(briefs.unread({"brief": given})) else None


@lru_cache(maxsize=256)
def _brief_of(given: str) -> Brief | None:
    """None where what the row says cannot be judged by."""
    try:
        return Brief.model_validate_json(given)
    except ValidationError:
        return _as_written(json.loads(given))


def _as_written(given: dict[str, Any]) -> Brief | None:
    """A brief that no recipe may have, whose pattern stands in its own control line, say: texts are judged by it."""
    pattern, levels, control = given["pattern"], given.get("levels"), given.get("control")
    return Brief.model_construct(pattern=pattern, levels=levels or 5, control=control or "")


# ---------------------------------------------------------------- chunks, on all cores


Item = tuple[int, bytes | rows.Long] | tuple[int, dict[str, Any]]


def _judged(items: list[Item], choices: tuple[Choice, ...]) -> list[Decision]:
    """A chunk of lines, or of a table's rows; in a worker."""
    out = []
    for number, item in items:
        try:
            row = forms.of_data(number, item) if isinstance(item, dict) else rows.of_line(number, item)
            out.append(judge(row, choices))
        except forms.Unreadable as error:
            flag = Flag(gate=UNREADABLE, reason=str(error))
            out.append(Decision(number, "refuse", [_fired(flag, "", "refuse")]))
    return out


def _bytes_of(path: Path, items: list[Item], rows_in_all: int) -> float:
    """Of the file, what these rows take up: of a table, which is packed, their share of it."""
    if path.suffix in rows.TABLES:
        return path.stat().st_size * len(items) / max(rows_in_all, 1)
    return sum(len(item) for _, item in items if not isinstance(item, dict))


def _chunks(path: Path) -> Iterator[list[Item]]:
    if path.suffix in rows.TABLES:
        first = 1
        for batch in rows.table(path, BATCH):
            yield list(enumerate(batch, first))
            first += len(batch)
        return
    chunk: list[Item] = []
    size = 0
    for number, line in rows.lines(path):
        chunk.append((number, line))
        size += len(line) if isinstance(line, bytes) else 0
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


class Sieve:
    """``with Sieve(choices, workers) as sieve: for item, decision in sieve.over(path): …``, in the file's order."""

    def __init__(self, choices: tuple[Choice, ...], workers: int = 1) -> None:
        self.choices, self.workers = choices, workers
        self.index = near.Index()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def over(self, path: Path, read: Callable[[float], None] = lambda size: None) -> Iterator[tuple[Any, Decision]]:
        """Every row of the file: its line (bytes, or a table's row) and the decision. ``read`` is told its bytes.

        Raises InputError when the file cannot be read, or holds no row.
        """
        count = total = 0
        for items, decisions in self._all(path):
            total = total or (rows.count(path) if path.suffix in rows.TABLES else 0)
            for (_, item), decision in zip(items, decisions, strict=True):
                count += 1
                yield item, self._with_twins(decision)
            read(_bytes_of(path, items, total))
        if not count:
            raise InputError(f"{path} has no rows: give a file with one JSON object a line, or a Parquet file")

    def _all(self, path: Path) -> Iterator[tuple[list[Item], list[Decision]]]:
        chunks = _chunks(path)
        begun = list(islice(chunks, 2))
        if self.workers == 1 or len(begun) < 2:  # so little is done before a worker has started
            for chunk in chain(begun, chunks):
                yield chunk, _judged(chunk, self.choices)
            return
        from multiprocessing import get_context

        self._pool = ProcessPoolExecutor(self.workers, get_context("spawn"))
        waiting: deque[tuple[list[Item], Future[list[Decision]]]] = deque()
        for chunk in chain(begun, chunks):
            waiting.append((chunk, self._pool.submit(_judged, chunk, self.choices)))
            if len(waiting) > 3 * self.workers:  # so many chunks are held, however long the file is
                done, found = waiting.popleft()
                yield done, found.result()
        while waiting:
            done, found = waiting.popleft()
            yield done, found.result()

    def _with_twins(self, decision: Decision) -> Decision:
        """The decision, and whether an earlier row that was not refused is the same; in the file's order."""
        if decision.sketch is None or decision.decision == "refuse":
            return decision
        twin = self.index.add(decision.row, decision.sketch)
        if twin is None:
            return decision
        kind = "the same text as" if decision.sketch.low else "the same prompt and answer as"
        kind = kind if twin.alike == 1.0 else f"{twin.alike:.2f} alike with"
        flag = Flag(gate=DUPLICATE, reason=f"{kind} row {twin.id}", score=twin.alike, version=3)
        fired = [*decision.fired, _fired(flag, "", "refuse")]
        return Decision(decision.row, "refuse", fired, decision.generator, decision.persona)
