"""What the ledger remembers of proposals: who proposed what, who ruled on it, what came of it, what is a dead end.

A row of a round is tens of kilobytes, of which a memory needs one or two: they are cut out of the line's bytes, whose
keys stand in the alphabet's order, and a line in another form is read whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pydantic import ConfigDict, ValidationError
from pydantic_core import from_json

from greenlight import chain
from greenlight.effective import written
from greenlight.errors import StudyError, counted
from greenlight.ledger import Ledger
from greenlight.nouns import Factor, Noun, Round, canonical
from greenlight.proposals import Tried
from greenlight.recipe import Prediction

OUTCOME = re.compile(rb'"outcome": ?"([a-z]+)"')
"""In a verdict's JSON: no other noun of a verdict has this key."""


class Proposed(Noun):
    """A proposal that became a round. ``file`` is the text of its recipe's file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seq: int
    time: str
    round: int
    slug: str
    by: str
    session: str = ""
    base: int
    changes: dict[str, Any]
    hypothesis: str
    predict: Prediction
    recipe_fingerprint: str
    file: str
    file_sha256: str
    oversight: bool = False

    @property
    def name(self) -> str:
        return f"{self.round:02d}-{self.slug}.toml"


class Refused(Noun):
    """What was answered or proposed and became no round, with the reason."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seq: int
    time: str
    by: str
    session: str = ""
    refused: str
    base: int | None = None
    changes: dict[str, Any] = {}


class Ruling(Noun):
    """What a person said of a proposal."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    seq: int
    time: str
    round: int
    recipe_fingerprint: str
    approved: bool
    by: str
    why: str = ""


@dataclass(frozen=True)
class Ran:
    """A round's row in short. ``recipe`` (the effective one) and ``judged`` (the verdict, or null) are JSON."""

    seq: int
    number: int
    slug: str
    status: str
    fingerprint: str
    recipe: bytes
    sets: Sequence[str]
    seconds: float
    judged: bytes

    @property
    def data(self) -> dict[str, Any]:
        """The effective recipe."""
        found: dict[str, Any] = from_json(self.recipe)
        return found

    @cached_property
    def verdict(self) -> Mapping[str, Any] | None:
        """As ``nouns.Verdict`` has it."""
        found: Mapping[str, Any] | None = from_json(self.judged)
        return found

    @property
    def outcome(self) -> str:
        """The verdict's, or crash; done for a round that was compared with none."""
        match = OUTCOME.search(self.judged)
        return str(match[1], "ascii") if match else self.status

    @property
    def kept(self) -> bool:
        """Whether the verdict is better, with no guard broken."""
        verdict = self.verdict if self.outcome == "better" else None
        return verdict is not None and not any(guard["state"] == "broken" for guard in verdict["guards"])


@dataclass
class Memory:
    """Of all of a ledger. Rounds and rulings are the last of each number; ``undecided`` counts a round's such rows."""

    proposals: dict[int, Proposed] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    rounds: dict[int, Ran] = field(default_factory=dict)
    undecided: Counter[int] = field(default_factory=Counter)
    whole: Round | None = None
    """The row that was asked for."""
    research: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Entries of sessions: (line, body)."""
    places: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Where the last row of each round stands in the ledger: (first byte, bytes)."""
    last: chain.Line | None = None
    end: int = 0
    size: int = 0
    """Of the last line that was read: the byte behind its end, and its length with the line end."""

    def copy(self) -> Memory:
        """One that can be added to."""
        tables = ("proposals", "rulings", "refused", "rounds", "undecided", "research", "places")
        return replace(self, **{name: getattr(self, name).copy() for name in tables})

    def ruling(self, number: int) -> Ruling | None:
        """What was last said of a proposal as it was frozen."""
        found, of = self.rulings.get(number), self.proposals[number]
        return found if found and found.recipe_fingerprint == of.recipe_fingerprint and found.seq > of.seq else None

    def ran(self, number: int) -> Ran | None:
        """What came of a proposal; None before it ran."""
        found = self.rounds.get(number)
        return found if found and found.seq > self.proposals[number].seq else None

    def outcome(self, number: int) -> str:
        """What became of a proposal; empty where it waits or may run."""
        if (ran := self.ran(number)) is not None:
            return ran.outcome
        ruling = self.ruling(number)
        return "rejected" if ruling and not ruling.approved else ""


def read(ledger: Ledger, whole: int | None = None) -> Memory:
    """All that a ledger remembers, its chain checked; with the row of the round ``whole``, where one is named.

    Raises StudyError as ``Ledger.walk`` does, or names the line that is no proposal or ruling.
    """
    found = _remembered(ledger)
    if whole is None or whole not in found.rounds:
        return found
    at, size = found.places[whole]
    with open(ledger.path, "rb") as file:
        file.seek(at)
        raw = file.read(size)
    line = chain.read(raw)
    if line is None:
        raise StudyError(f"{ledger.path} was changed while it was read: run the same command again")
    return replace(found, whole=ledger.round(line, memoryview(raw)))


_last: list[tuple[tuple[str, int, int, int], Memory]] = []
"""What was last read: asked for several times in one command, a ledger is checked once, and then what was added."""


def _remembered(ledger: Ledger) -> Memory:
    before, known = _stamp(ledger), Memory()
    if before is not None and _last and _last[0][0][:2] == before[:2]:
        then, found = _last[0]
        if then == before:
            return found
        if found.last is not None and before[2] > then[2] and _stands(ledger, found):
            known = found.copy()
    with chain.uncollected():
        found = _read(ledger, known)
    if before is not None and before == _stamp(ledger):
        _last[:] = [(before, found)]
    return found


def _stamp(ledger: Ledger) -> tuple[str, int, int, int] | None:
    try:
        stat = ledger.path.stat()
    except OSError:
        return None
    return str(ledger.path.resolve()), stat.st_ino, stat.st_size, stat.st_mtime_ns


def _stands(ledger: Ledger, known: Memory) -> bool:
    """Whether the last line that was read stands where it stood."""
    with open(ledger.path, "rb") as file:
        file.seek(known.end - known.size)
        return chain.read(file.read(known.size)[:-1]) == known.last


def _read(ledger: Ledger, found: Memory) -> Memory:
    """Adds to ``found`` what stands behind its last line."""
    for line, raw in ledger.walk(found.end, found.last):
        found.last, found.size = line, len(raw) + 1
        begin, found.end = found.end, found.end + found.size
        if line.kind == "round":
            ran = glance(line.seq, bytes(raw))
            found.rounds[ran.number] = ran
            found.places[ran.number] = (begin, len(raw))
            found.undecided[ran.number] += ran.outcome == "undecided"
        elif line.kind == "research":
            found.research.append((line.seq, from_json(bytes(raw))["body"]))
        elif line.kind in ("proposal", "ruling"):
            body = {**from_json(bytes(raw))["body"], "seq": line.seq, "time": line.time}
            try:
                if line.kind == "ruling":
                    ruling = Ruling.model_validate(body)
                    found.rulings[ruling.round] = ruling
                elif body.get("round") is None:
                    found.refused.append(Refused.model_validate(body))
                else:
                    proposed = Proposed.model_validate(body)
                    found.proposals[proposed.round] = proposed
            except ValidationError:
                raise StudyError(
                    f"{ledger.path} line {line.seq} is no {line.kind} that this version of Greenlight reads: "
                    "restore the file from git, or use the version that wrote it"
                ) from None
    return found


def glance(seq: int, raw: bytes) -> Ran:
    """A round's row in short, from its line."""
    try:
        return _ran(seq, _cut(raw))
    except (ValueError, KeyError, TypeError):
        return _ran(seq, from_json(raw)["body"])


def _ran(seq: int, body: Mapping[str, Any]) -> Ran:
    recipe, judged = (x if isinstance(x, bytes) else canonical(x).encode() for x in (body["recipe"], body["verdict"]))
    slug, status, fingerprint = (str(body[key]) for key in ("slug", "status", "recipe_fingerprint"))
    number, seconds = int(body["number"]), float(body["seconds"])
    return Ran(seq, number, slug, status, fingerprint, recipe, body["sets"], seconds, judged)


def _cut(raw: bytes) -> dict[str, Any]:
    """The keys of a canonical line from ``number`` to ``recipe_fingerprint`` and from ``seconds`` on.

    A quotation mark inside a text is escaped, so none of these marks stands in one. Raises ValueError for a line in
    another form.
    """
    after = raw.rindex(b'","scores":{')  # from behind: what stands before it is the larger half
    print_ = raw.rindex(b',"recipe_fingerprint":"', 0, after)
    recipe = raw.rindex(b',"recipe":{', 0, print_)
    number = raw.rindex(b',"number":', 0, recipe)
    end = raw.rindex(b',"yardstick":"', 0, raw.rindex(b'},"hash":"'))
    verdict = raw.rindex(b',"verdict":', 0, end)
    started = raw.rindex(b',"started":"', 0, verdict)
    seconds = raw.rindex(b',"seconds":', 0, started)
    parts = (raw[number + 1 : recipe], raw[print_ + 1 : after + 1], raw[seconds + 1 : verdict])
    told: dict[str, Any] = from_json(b"{%s}" % b",".join(parts))
    return {
        **told,
        "recipe": raw[recipe + len(b',"recipe":') : print_],
        "verdict": raw[verdict + len(b',"verdict":') : end],
    }


# ---------------------------------------------------------------- what came of what


def factor_of(key: str) -> str:
    """The factor that a change of this key is: the whole blend, for one of its shares."""
    return "corpus.blend" if key.startswith("corpus.blend.") else key


def differs(one: Ran, other: Ran) -> tuple[Factor, ...]:
    """The factors between two rounds' recipes."""
    return () if one.recipe == other.recipe else written(one.data, other.data)


def dead(memory: Memory) -> list[tuple[Proposed, str]]:
    """The proposals that are dead ends, each with its reason, in the order in which they were made."""
    found, undecided = [], Counter[str]()
    for number, proposed in memory.proposals.items():
        outcome, same = memory.outcome(number), str(sorted(proposed.changes.items()))
        undecided[same] += outcome == "undecided"
        ruling = memory.ruling(number)
        if outcome in ("worse", "equivalent"):
            found.append((proposed, f"{outcome}{_by_how_much(memory.ran(number))}"))
        elif outcome == "undecided" and max(memory.undecided[number], undecided[same]) > 1:
            found.append((proposed, f"undecided twice{_by_how_much(memory.ran(number))}"))
        elif outcome == "rejected" and ruling is not None:
            found.append((proposed, f"rejected by {ruling.by}: {ruling.why}"))
    return found


def _by_how_much(ran: Ran | None) -> str:
    verdict = ran.verdict if ran else None
    difference = verdict["difference"] if verdict else None
    if not verdict or not difference:
        return ""
    value, low, high = (difference[key] for key in ("value", "low", "high"))
    return f": {verdict['metric']} {value:+.3g} ({low:+.3g} to {high:+.3g}), {counted(verdict['seeds'][1], 'seed')}"


def tried(ran: Ran | None, **told: Any) -> Tried:
    """As a researcher is told it."""
    found: dict[str, Any] = dict(told)
    if ran is not None:
        found |= {"round": ran.number, "outcome": ran.outcome, "kept": ran.kept, "seconds": ran.seconds}
        if difference := (ran.verdict or {}).get("difference"):
            found |= {"difference": difference["value"], "low": difference["low"], "high": difference["high"]}
    return Tried.model_validate(found)
