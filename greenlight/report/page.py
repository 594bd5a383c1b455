"""What a report is made from: plain data about one study, gathered by whoever opened it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from greenlight.nouns import Round

if TYPE_CHECKING:
    from greenlight.report.bill import Returns

ENOUGH = 5
"""Prompts under which a rate is shown with its interval, and ranks nothing."""
Levels = Mapping[Any, Mapping[str, Any]]
"""Mean mentions by level: ``{1: {"mean", "low", "high", "n"}, …}``; a level may be an int or its text."""


@dataclass(frozen=True)
class Released:
    """A release of the study as ``MODELS.md`` names it; ``sha256`` is that of its ``release.json``."""

    round: int
    tag: str
    folder: str
    weights: tuple[int, ...]
    sha256: str


@dataclass(frozen=True)
class Page:
    """One study as its report shows it. Nothing here is computed by the report; what is absent is said to be.

    Every string may come from a model or a stranger: the report escapes all of them.
    """

    title: str
    question: str
    study_name: str
    yardstick_hash: str
    reads: int
    """How often the search slice was read so far."""
    rounds: Sequence[Round]
    head: str
    """Hash of the ledger's last line."""
    machine: str
    version: str
    notes: Sequence[tuple[int, str, str]] = ()
    """(round number, text, time)."""
    curves: Mapping[tuple[int, int], Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """The lines of ``metrics.jsonl`` by (round, seed): ``step``, and ``train_loss_char`` and ``val_loss_char`` in nats
    per character (``train_loss`` and ``val_loss``, nats per token, stand in for them where they are absent)."""
    samples: Mapping[int, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """By round: ``level, topic, text, seed, mentions, finished``; a text study has neither level nor topic."""
    corpus_dial: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """By round: ``{"all": Levels, "by": {voice: Levels}}``, counted in the corpus; with ``slope`` and
    ``slopes`` by voice (``{"mean", "low", "high", "n"}``) and ``eta2_level``, ``eta2_voice`` where known."""
    truth: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """By round: ``{"all": [mean by level], "by": {voice: [mean by level]}}``, known by construction."""
    answers: Mapping[tuple[int, int], Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """The lines of ``seen.jsonl`` by (round, seed), of rounds that make a character, without their texts."""
    tasks: frozenset[str] = frozenset()
    """The yardstick's prompts that have a task."""
    champion: int | None = None
    """The round that leads the leaderboard."""
    marks: Sequence[str] = ()
    """What stands under the leaderboard: who leads and whether that is luck, the noise, looks, predictions."""
    equal: Sequence[str] = ()
    """The best at each cost, one line a bracket of rounds that saw about as many characters."""
    releases: Sequence[Released] = ()
    returns: Returns | None = None
    """What was spent, and what came of it; None where no round was judged or nothing was spent."""
    bill: tuple[Sequence[str], Sequence[Sequence[str]]] = ((), ())
    """(headers, rows): each judged round's cost and gain."""
    worths: Sequence[Sequence[str]] = ()
    """A row for each session of research, under ``worth.HEADERS``."""
    lifts: Sequence[str] = ()
    """What sessions were worth, a sentence each."""
    scorecards: Sequence[Sequence[str]] = ()
    """A row for each voice that was calibrated, under ``calibrated.HEADERS``."""
    takeaways: Sequence[str] = ()
    limits: Sequence[str] = ()


def makes_character(round_: Round) -> bool:
    """Whether a round, finished or crashed, was to make a character."""
    return round_.recipe.get("use") == "character"


def pattern_of(round_: Round) -> str:
    """The counted pattern of a round's brief; empty for a text study."""
    corpus = round_.recipe.get("corpus")
    brief = corpus.get("brief") if isinstance(corpus, Mapping) else None
    pattern = brief.get("pattern") if isinstance(brief, Mapping) else None
    return pattern if isinstance(pattern, str) else ""


def by_seed(round_: Round, metric: str) -> dict[int, Mapping[str, Any]]:
    """What a metric noted beside its values, by seed; seeds without notes are left out."""
    score = round_.scores.get(metric)
    if score is None:
        return {}
    found = {seed: score.facts.get(str(seed)) for seed in score.seeds}
    return {seed: facts for seed, facts in found.items() if isinstance(facts, Mapping)}


def noted(round_: Round, metric: str, name: str) -> list[float]:
    """One numeric fact of a metric, seed by seed."""
    values = [facts.get(name) for facts in by_seed(round_, metric).values()]
    return [float(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool) and v == v]


def levels_of(data: Any) -> list[tuple[int, float, float | None, float | None, int | None]]:
    """(level, mean, low, high, n) in order of level, from ``Levels`` or a plain list of means."""
    if isinstance(data, Mapping):
        items = [(str(key), value) for key, value in data.items()]
    elif isinstance(data, Sequence) and not isinstance(data, str):
        items = [(str(i + 1), {"mean": value}) for i, value in enumerate(data)]
    else:
        return []
    out = []
    for key, value in items:
        entry = value if isinstance(value, Mapping) else {"mean": value}
        mean = entry.get("mean")
        if key.isdecimal() and isinstance(mean, (int, float)) and mean == mean:
            low, high, n = entry.get("low"), entry.get("high"), entry.get("n")
            out.append((int(key), float(mean), _float(low), _float(high), n if isinstance(n, int) else None))
    return sorted(out)


def _float(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and value == value else None
