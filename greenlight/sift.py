"""Judges rows of training data by gates, in a stream: one decision a row, with every gate that fired.

Sample gates judge each text of a row by itself, pair gates a pair; near-duplicates are found as the rows come. What is
held is a few chunks of rows, and a sketch of each text where duplicates are looked for.
"""

from __future__ import annotations

import json
import re
import string
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ValidationError

from greenlight import forms, near, parts, rates, rows
from greenlight.errors import InputError, RecipeError, nearest
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
GROUPS, NAME, OTHERS = 1000, 80, "(others)"
"""Generators and personas that are told apart, and characters of their names; a file may make each row's its own."""
UNREADABLE = "unreadable"
"""What fires for a row that no gate can judge. A limit on it is on all rows: nobody is known as its generator."""
PLACE = re.compile(r" \((?:character|it has) [\d,]+\)$")
"""What a reason says of one row alone."""
REASONS = 5
"""Reasons for it that are told."""
DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Choice:
    """A gate with its options, and what becomes of a row in which it fires."""

    name: str
    action: Action = "refuse"
    options: str = "{}"
    """As canonical JSON."""


WIDE = canonical({"min_chars": 0, "max_chars": 1 << 40})
"""A file's rows may be of any length, where no length was asked for."""
DEFAULT = (
    Choice("channel"),
    Choice("empty"),
    Choice("garbage"),
    Choice("loop"),
    Choice("fake_turns"),
    Choice("refusal"),
    Choice("reasoning_leak"),
    Choice("identity"),
    Choice("prompt_leak"),
    Choice("termination"),
    Choice("length", options=WIDE),
    Choice("target"),
    Choice("topic", "warn"),
    Choice("contrast", "warn"),
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


LATER = ("refusal",)
"""Gates for which the last turn of a chat decides: what an earlier one refused may have been done since."""


def judge(row: forms.Row, choices: Sequence[Choice]) -> Decision:
    """Every gate on every text of the row. A gate that lacks what it judges by says nothing."""
    fired = []
    for choice in choices:
        if choice.name == DUPLICATE:
            continue
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
        fired += [_fired(flag, place, choice.action) for place, flag in found if flag is not None]
    sketch = None
    if any(choice.name == DUPLICATE for choice in choices):
        sketch = near.sketch("\n".join(part.text.body for part in row.parts), forms.given_to(row))
    return Decision(row.number, _outcome(fired), fired, row.generator, row.persona, sketch)


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
    return _brief_of(canonical(given)) if given.get("pattern") else None


@lru_cache(maxsize=256)
def _brief_of(given: str) -> Brief | None:
    """None where what the row says cannot be judged by."""
    try:
        return Brief.model_validate_json(given)
    except ValidationError:
        return _as_written(json.loads(given))


def _as_written(given: dict[str, Any]) -> Brief | None:
    """A brief that no recipe may have, whose pattern stands in its own control line, say: texts are judged by it."""
    pattern, levels, control = given["pattern"], given.get("levels", 5), given.get("control", "")
    if not (isinstance(pattern, str) and pattern.strip() and isinstance(control, str) and type(levels) is int):
        return None
    try:
        list(string.Formatter().parse(control))
    except ValueError:
        return None
    return Brief.model_construct(pattern=pattern, levels=levels, control=control) if 2 <= levels <= 20 else None


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

    def over(self, path: Path, read: Callable[[int], None] = lambda size: None) -> Iterator[tuple[Any, Decision]]:
        """Every row of the file: its line (bytes, or a table's row) and the decision. ``read`` is told its bytes.

        Raises InputError when the file cannot be read, or holds no row.
        """
        count = 0
        for items, decisions in self._all(path):
            for (_, item), decision in zip(items, decisions, strict=True):
                count += 1
                yield item, self._with_twins(decision)
            read(sum(len(item) for _, item in items if not isinstance(item, dict)))
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
        flag = Flag(gate=DUPLICATE, reason=f"{kind} row {twin.id}", score=twin.alike, version=2)
        fired = [*decision.fired, _fired(flag, "", "refuse")]
        return Decision(decision.row, "refuse", fired, decision.generator, decision.persona)


# ---------------------------------------------------------------- what came out


@dataclass
class Summary:
    """Counts of a whole file, by gate, generator and persona.

    A row that a person has released stands by itself, and no gate is counted for it.
    """

    limits: dict[str, float]
    """Share of a generator's rows that may be refused, by gate; under ``all``, in all."""
    rows: int = 0
    released: list[int] = field(default_factory=list)
    """The numbers of such rows."""
    unreadable: Counter[str] = field(default_factory=Counter)
    """Why rows cannot be read, without the place in the row."""
    outcomes: Counter[str] = field(default_factory=Counter)
    by_gate: Counter[str] = field(default_factory=Counter)
    groups: dict[str, dict[str, Counter[str]]] = field(default_factory=lambda: {"generator": {}, "persona": {}})

    def add(self, decision: Decision) -> None:
        self.rows += 1
        gates: set[str] = {one["gate"] for one in decision.fired}
        outcome: str = decision.decision
        if any(one.get("action") == RELEASED for one in decision.fired):
            self.released.append(decision.row)
            gates, outcome = set(), RELEASED
        if UNREADABLE in gates:
            why = PLACE.sub("", str(decision.fired[0]["reason"]))
            self.unreadable[why if why in self.unreadable or len(self.unreadable) < GROUPS else OTHERS] += 1
        self.outcomes[outcome] += 1
        self.by_gate.update(gates)
        for kind, name in (("generator", decision.generator), ("persona", decision.persona)):
            groups, name = self.groups[kind], name[:NAME]
            if name not in groups and len(groups) >= GROUPS:
                name = OTHERS
            counts = groups.setdefault(name, Counter())
            counts.update((f"decision:{outcome}", "rows", *gates))

    def data(self) -> dict[str, Any]:
        """For ``--json``: shares with 95 % intervals; ``broken`` limits are those whose lower bound is above."""
        out: dict[str, Any] = {"rows": self.rows, **{name: self.outcomes[name] for name in ("keep", "warn", "refuse")}}
        out["released"] = self.released
        out["by_gate"] = {gate: {"rows": n, **_share(n, self.rows)} for gate, n in self.by_gate.most_common()}
        for kind, groups in self.groups.items():
            if set(groups) != {""}:
                out[f"by_{kind}"] = {name or "(unnamed)": _group(counts) for name, counts in sorted(groups.items())}
        if self.unreadable:
            out["unreadable"] = dict(self.unreadable.most_common(REASONS))
        out["limits"], out["broken"] = self.limits, self.broken()
        return out

    def readable(self, path: Path) -> None:
        """Raises InputError where not one row of the file could be read."""
        if self.rows and self.by_gate[UNREADABLE] == self.rows:
            [(why, most)] = self.unreadable.most_common(1)
            which = f"none of its {self.rows:,} rows can be read" if self.rows > 1 else "its row cannot be read"
            raise InputError(f"{path}: {which}{f', {most:,} of them for this' if most < self.rows else ''}: {why}")

    def broken(self) -> list[str]:
        """Limits that are broken for certain, in words."""
        said = []
        whole = ("", Counter({"rows": self.rows, **self.by_gate}))
        for gate, limit in self.limits.items():
            for name, counts in [whole] if gate == UNREADABLE else sorted(self.groups["generator"].items()):
                hits = counts["decision:refuse"] if gate == "all" else counts[gate]
                low = rates.rate(hits, counts["rows"]).low
                if low > limit:
                    what = "refused" if gate == "all" else gate
                    of = f" of {name}" if name else ""
                    said.append(
                        f"{what}: {hits:,} of {counts['rows']:,} rows{of}, at least {low:.1%}, limit {limit:.1%}"
                    )
        return said


def _group(counts: Counter[str]) -> dict[str, Any]:
    total = counts["rows"]
    usable = total - counts["decision:refuse"]
    gates = {gate: n for gate, n in counts.most_common() if gate != "rows" and not gate.startswith("decision:")}
    return {"rows": total, "usable": usable, **_share(usable, total), "by_gate": gates}


def _share(hits: int, total: int) -> dict[str, float]:
    found = rates.rate(hits, total)
    return {"share": found.value, "low": found.low, "high": found.high}
