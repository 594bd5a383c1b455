"""A round that makes a character, as the report reads it: cards and answers by seed, and figures over the seeds.

Over seeds a figure is the crossed interval of one round's mean (``cells.arm``), on what each seed's model answered to
each prompt. It is cut to what the figure can be. Where all answers are alike it says less than nothing of the noise,
and the widest of the seeds' own intervals stands; where the answers are not here, so that only the seeds' own figures
are known, the interval of their means stands, and is never narrower than theirs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from greenlight import stats
from greenlight.character import card as cards
from greenlight.character.card import Card
from greenlight.character.checkup import Rates
from greenlight.nouns import Interval, Round, Score
from greenlight.report.cells import arm
from greenlight.report.page import ENOUGH, Page, makes_character
from greenlight.report.text import Mark, line

FACT = "character"
"""Where a round's facts have its cards, by seed."""
SCORES = {"character": "character.rate", "response": "response.rate", "task": "task.rate"}
"""Of the finished model alone: the scores that hold a value for each seed and prompt."""
COUNTED = {"character": "in_character", "response": "valid", "task": "task"}
"""What is counted of an answer, and the field of ``seen.jsonl`` that says so."""
NONE, NEUTRAL = "none", "neutral"
SHOWN = Mark("Shown", "▲", "good")
FELL = Mark("Shown, and worse", "▼", "bad")
NOT_SHOWN = Mark("Not shown", "?", "open")

Shares = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By stage, by what is counted (``character``, ``part loop``, ``trait crew``): the share of each prompt's answers."""


@dataclass(frozen=True)
class Figure:
    """``found`` over the seeds; ``own`` is each seed's, clustered by prompt. ``few``: it ranks nothing."""

    found: Interval | None = None
    own: tuple[tuple[int, Interval], ...] = ()
    few: bool = False

    @property
    def shown(self) -> str:
        """``63 % (55–70)``."""
        return cards.percent(self.found)

    @property
    def points(self) -> str:
        """``+58 (+49 to +67)``."""
        return _signed(cards.points(self.found))


@dataclass(frozen=True)
class Character:
    """One round: its cards by seed, never none, and what its models answered where that is here."""

    row: Round
    cards: Mapping[int, Card]
    answers: Mapping[int, Shares] = field(default_factory=dict)

    @property
    def card(self) -> Card:
        """The first seed's."""
        return next(iter(self.cards.values()))

    @property
    def name(self) -> str:
        """``1 captain``."""
        return f"{self.row.number} {line(self.row.slug, 40)}"

    @property
    def persona(self) -> str:
        return line(self.card.persona, 40)

    @property
    def control(self) -> str:
        """What makes the round a control, in a few words; empty where nothing does."""
        said = ["shuffled constitution"] if self.row.recipe.get("shuffled") is True else []
        without = self.row.recipe.get("without")
        if isinstance(without, list | tuple) and without:
            said.append(f"without {', '.join(line(key, 40) for key in without)}")
        return "; ".join(said)

    @property
    def stages(self) -> list[str]:
        """Those that every seed's card has, in their order."""
        known = [{one.stage for one in card.stages} for card in self.cards.values()]
        return [one.stage for one in self.card.stages if all(one.stage in names for names in known)]

    @property
    def finished(self) -> str:
        """The stage that the cards are about."""
        return self.card.finished if self.card.finished in self.stages else self.stages[-1] if self.stages else ""

    def rates(self, stage: str) -> dict[int, Rates]:
        """By seed, one stage's figures."""
        found = {seed: card.stage(stage) for seed, card in self.cards.items()}
        return {seed: rates for seed, rates in found.items() if rates is not None}

    def prompts(self, stage: str) -> int:
        """The fewest that a seed was asked."""
        return min((rates.prompts for rates in self.rates(stage).values()), default=0)

    def few(self, stage: str) -> bool:
        """Whether so few prompts were asked that a rate ranks nothing."""
        return self.prompts(stage) < ENOUGH

    # ------------------------------------------------------------ figures

    def figure(self, stage: str, what: str) -> Figure:
        """A rate of a stage: ``character``, ``response``, ``task``, ``part …`` or ``trait …``."""
        own = [(seed, found) for seed, rates in self.rates(stage).items() if (found := _own(rates, what)) is not None]
        values = self._values(stage, what)
        return Figure(over([found for _, found in own], values, (0.0, 1.0)), tuple(own), self.few(stage))

    def lift(self, before: str) -> Figure:
        """The finished model's character rate less that of ``base`` or ``prompted``, paired by prompt."""
        kept = {seed: card.lift if before == "base" else card.lift_prompted for seed, card in self.cards.items()}
        own = [(seed, found) for seed, found in kept.items() if found is not None]
        pairs = [self._values(stage, "character") for stage in (before, self.finished)]
        values = self._of_score("character.lift") if before == "base" else None
        if pairs[0] is not None and pairs[1] is not None:
            values = [[b - a for a, b in zip(*rows, strict=True)] for rows in zip(*pairs, strict=True)]
        few = any(self.few(stage) for stage in (self.finished, before) if stage in self.stages)
        return Figure(over([found for _, found in own], values, (-1.0, 1.0)), tuple(own), few)

    def bits(self, stage: str, before: str = "") -> Figure:
        """Bits per byte on neutral text, of a stage, or its change from an earlier one; over texts and seeds."""
        rows = []
        for seed, card in self.cards.items():
            now, was = card.bits.get(stage, {}), card.bits.get(before, {})
            texts = [text for text in now if not before or text in was]
            rows.append((seed, texts, [now[t] - (was[t] if before else 0.0) for t in texts]))
        if any(not texts or texts != rows[0][1] for _, texts, _ in rows):
            return Figure()
        own = tuple((seed, stats.t_interval(values)) for seed, _, values in rows if len(values) > 1)
        return Figure(over([found for _, found in own], [values for _, _, values in rows]), own)

    def _values(self, stage: str, what: str) -> list[list[float]] | None:
        """``[seed][prompt]`` of what the answers say, the same prompts for each seed; None where that is not known."""
        told = [self.answers.get(seed, {}).get(stage, {}) for seed in self.cards]
        rare = what.startswith(("part ", "trait "))  # what no answer of a seed had is not in its table
        found = [one.get(what) or (dict.fromkeys(one.get("response", {}), 0.0) if rare else {}) for one in told]
        if found and found[0] and all(one.keys() == found[0].keys() for one in found):
            return [[one[prompt] for prompt in found[0]] for one in found]
        name = SCORES.get(what, what.replace("trait ", "trait."))
        return self._of_score(name) if stage == self.finished else None

    def _of_score(self, name: str) -> list[list[float]] | None:
        score: Score | None = self.row.scores.get(name)
        if score is None or score.invalid or score.seeds != tuple(self.cards):
            return None
        return [list(row) for row in score.values]

    # ------------------------------------------------------------ what it comes to

    @property
    def mark(self) -> Mark:
        """Whether the character's rate rose over the base, as word, sign and colour."""
        figure = self.lift("base")
        if figure.found is None or figure.few:
            return NOT_SHOWN
        return SHOWN if figure.found.low > 0 else FELL if figure.found.high < 0 else NOT_SHOWN

    @property
    def whole(self) -> Card:
        """The cards as one: rates and lifts over the seeds, and every seed's modes."""
        kept = [card.task_kept for card in self.cards.values() if card.task_kept is not None]
        rates = [self.rates(stage)[next(iter(self.cards))] for stage in self.stages]
        return self.card.model_copy(
            update={
                "finished": self.finished,
                "stages": tuple(self._pooled(one) for one in rates),
                "lift": self.lift("base").found,
                "lift_prompted": self.lift("prompted").found,
                "task_kept": sum(kept) / len(kept) if kept else None,
                "modes": tuple(mode for card in self.cards.values() for mode in card.modes),
            }
        )

    def _pooled(self, rates: Rates) -> Rates:
        found = {what: self.figure(rates.stage, what).found for what in SCORES}
        return rates.model_copy(update={what: interval for what, interval in found.items() if interval is not None})

    @property
    def passed(self) -> bool | None:
        """Whether the check-up is passed: shown, at the price of neither answers nor task; None where too few prompts
        tell."""
        return None if self.lift("base").few else not cards.failures(self.whole)

    @property
    def conclusion(self) -> str:
        """What is shown, in one sentence, over the seeds. "Not shown" is a verdict."""
        lift = self.lift("base")
        if lift.few:
            fewest = min(self.prompts(stage) for stage in (self.finished, "base") if stage in self.stages)
            least = f"fewer than {ENOUGH} prompts ({fewest})"
            return f"Not shown: rates of {least} are told with their intervals, and conclude and rank nothing."
        said = _signed(cards.conclusion(self.whole))
        if self.mark is NOT_SHOWN and len(lift.own) > 1 and all(one.low > 0 for _, one in lift.own):
            k = len(lift.own)
            said += f" Each of the {k} models rises by its own interval; {k} seeds are too few to say it of another."
        return said


def _signed(text: str) -> str:
    """With a true minus before its numbers, no sign before a zero, and a blank before per cent that does not break."""
    text = re.sub(r"-(?=\d)", "−", text)
    return re.sub(r"(?<=\d)%", "\u00a0%", re.sub(r"[+−]0(?![\d.])", "0", text))


def _own(rates: Rates, what: str) -> Interval | None:
    kind, _, name = what.partition(" ")
    if kind == "part":
        return rates.parts.get(name)
    if kind == "trait":
        return rates.traits.get(name)
    return {"character": rates.character, "response": rates.response, "task": rates.task}[kind]


def over(
    own: Sequence[Interval], values: stats.Values | None, ends: tuple[float, float] | None = None
) -> Interval | None:
    """The interval over seeds of figures whose own intervals are known; see the head of this module.

    ``values[seed][prompt]`` where they are known, ``ends`` of what the figure can be.
    """
    if len(own) < 2:
        return own[0] if own else None
    known = values is not None and len(values) == len(own)
    found = arm(values if known and values is not None else [[one.value] for one in own])
    if found is None:
        return None
    kept = found.interval
    low, high = kept.low, kept.high
    if not known or high - low <= 1e-9:
        low, high = min([low, *(one.low for one in own)]), max([high, *(one.high for one in own)])
    if ends is not None:
        low, high = max(low, ends[0]), min(high, ends[1])
    method = kept.method if known else f"{kept.method} of seeds alone"
    return kept.model_copy(update={"low": low, "high": high, "method": method})


# ---------------------------------------------------------------- from a page


def characters(page: Page) -> list[Character]:
    """The finished rounds that made a character and whose cards can be read, in order."""
    return [found for row in page.rounds if (found := _character(row, page)) is not None]


def unread(page: Page, found: Sequence[Character]) -> list[int]:
    """The finished rounds of characters whose cards this version cannot read: those that are not among the found."""
    read = {one.row.number for one in found}
    return [r.number for r in page.rounds if r.status == "done" and makes_character(r) and r.number not in read]


def _character(row: Round, page: Page) -> Character | None:
    kept = row.facts.get(FACT)
    if row.status != "done" or not isinstance(kept, Mapping):
        return None
    found: dict[int, Card] = {}
    for seed in row.seeds:
        try:
            found[seed] = Card.model_validate(kept.get(str(seed)))
        except ValidationError:
            return None
    answers = {seed: shares_of(page.answers.get((row.number, seed), ()), page.tasks) for seed in found}
    made = Character(row, found, answers)
    return made if made.stages else None


def shares_of(seen: Sequence[Mapping[str, Any]], tasks: frozenset[str]) -> Shares:
    """The lines of ``seen.jsonl`` as shares; ``tasks`` are the prompts that have one."""
    asked: dict[str, dict[str, int]] = {}
    hits: dict[str, dict[str, Counter[str]]] = {}
    for one in seen:
        stage, prompt = str(one.get("stage")), str(one.get("prompt"))
        asked.setdefault(stage, Counter())[prompt] += 1
        found = [f"trait {key}" for key in one.get("traits") or ()]
        found += [what for what, key in COUNTED.items() if one.get(key)]
        found += [f"part {one['why']}"] if one.get("why") else []
        by_what = hits.setdefault(stage, {what: Counter() for what in COUNTED})
        for what in found:
            by_what.setdefault(what, Counter())[prompt] += 1
    return {
        stage: {
            what: {p: count[p] / n for p, n in asked[stage].items() if what != "task" or p in tasks}
            for what, count in of.items()
        }
        for stage, of in hits.items()
    }
