"""What a round of a character asks, trains and costs, counted from its recipe before anything runs.

Floating-point operations, for N parameters, A = rank · ``lora_per_rank`` numbers of an adapter (0 where all weights are
trained) and D tokens; the attention's own, which grow with the square of the length, are left out (Kaplan et al. 2020,
arXiv:2001.08361, section 2.1):

    forward               2 · (N + A) · D
    training, all weights 6 · N · D
    training, LoRA        (4 · N + 6 · A) · D      no gradient is taken of the frozen weights
    recompute = true      one forward more
    DPO's reference       2 · N · D more, adapter off or frozen copy

D counts prompts and both answers of a pair, and no padding. Held-out examples are scored before the first step and at
every checkpoint.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from greenlight.character import house, prompts
from greenlight.character._inward import FREE, GUIDED, REFLECTIONS, SETTING
from greenlight.character.card import STAGES
from greenlight.character.checkup import ON, STOP
from greenlight.character.examination import LISTENED, MODES, TURNS
from greenlight.character.prompts import Prompt
from greenlight.character.recipe import CharacterRecipe, HouseStudent, HouseTeacher
from greenlight.character.settings import Dpo, Tuning
from greenlight.character.speeds import Figure, Figures
from greenlight.chats import Turns
from greenlight.nouns import Round
from greenlight.prices import MILLION
from greenlight.recipe import Train

SAMPLE = 64
"""Prompts and lessons that are drawn to learn their mean length."""
TURN_TOKENS = 5
"""What a chat template writes around a turn: a token that begins it, the role, two line ends, a token that ends it."""
CHECKPOINTS = (25, 50, 75, 100)
"""Per cent of the steps at which the held-out examples are scored (``backends.tuning``)."""

Who = Literal["teacher", "student"]


@dataclass(frozen=True)
class Yard:
    """What a check-up has to ask: prompts and neutral conversations, with their mean characters and turns."""

    prompts: int
    size: tuple[float, float]
    neutral: int
    neutral_size: tuple[float, float]

    @staticmethod
    def of(asked: Sequence[Prompt], neutral: Sequence[Turns]) -> Yard:
        return Yard(len(asked), _size([p.turns for p in asked]), len(neutral), _size(neutral))


@dataclass(frozen=True)
class Asks:
    """Requests of one stage. Tokens are of all of them; ``at_most``: if every answer had ``max_new`` tokens.

    ``once``: for all seeds together, since the record has the answers from then on.
    """

    stage: str
    who: Who
    requests: float
    tokens_in: float
    tokens_out: float
    at_most: float
    once: bool = False
    hours: float | None = None


@dataclass(frozen=True)
class Passes:
    """Tokens of one stage that go through the student as examples; ``steps`` is 0 where they are only scored."""

    stage: str
    examples: int
    held_out: int
    steps: int
    tokens: float
    flops: float | None
    hours: float | None = None


@dataclass(frozen=True)
class Outlay:
    """Of one seed, stage by stage; ``total`` is of all seeds, one after the other."""

    seeds: int
    asks: tuple[Asks, ...]
    passes: tuple[Passes, ...]
    total: dict[str, Any]
    figures: dict[str, Figure]
    notes: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        return asdict(self)


def count(recipe: CharacterRecipe, figures: Figures, yard: Yard, smoke: tuple[int, int, int]) -> Outlay:
    """The whole outlay. ``smoke``: pairs, reflections and conversations of a smoke run."""
    counted = _Count(recipe, figures, yard)
    full = (recipe.pairs.size, recipe.introspection.reflections, recipe.introspection.conversations)
    small = (min(full[0], smoke[0]), min(full[1], smoke[1]), min(full[2], smoke[2]))
    before = small if recipe.limits.smoke and small != full else (0, 0, 0)
    counted.student()
    if before[0]:
        counted.written("smoke: ", before, 0)
    counted.written("", full, before[0])
    counted.checkup()
    return counted.outlay()


# ---------------------------------------------------------------- counting


def _size(chats: Sequence[Turns]) -> tuple[float, float]:
    """Mean characters and turns."""
    many = max(1, len(chats))
    return sum(len(t.content) for turns in chats for t in turns) / many, sum(map(len, chats)) / many


def _mean(texts: Sequence[str]) -> float:
    return sum(map(len, texts)) / len(texts)


@dataclass
class _Count:
    recipe: CharacterRecipe
    figures: Figures
    yard: Yard
    asks: list[Asks] = field(default_factory=list)
    passes: list[Passes] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, name: str) -> float:
        """A figure that is never unknown."""
        value = self.figures[name].value
        assert value is not None, name
        return value

    def tokens(self, chars: float, turns: float) -> float:
        return chars / self.of("text.chars_per_token") + TURN_TOKENS * turns

    @cached_property
    def system(self) -> float:
        """Characters of the constitution as a prompt."""
        return len(self.recipe.spoken.system())

    @cached_property
    def prompt(self) -> tuple[float, float]:
        """Mean characters and turns of a prompt to train on."""
        drawn = prompts.training(min(SAMPLE, self.recipe.pairs.size), self.recipe.seeds[0], self.recipe.spoken)
        return _size([one.turns for one in drawn])

    def tries(self, places: float, answer: str) -> float:
        """Answers that are asked for until so many places are filled."""
        return places / self.of(f"{answer}.usable")

    def ask(self, stage: str, who: Who, requests: float, each: tuple[float, str], once: bool = False) -> None:
        """``each``: tokens of one prompt, and whose answers its own is as long as."""
        most = requests * self.recipe.draws.max_new
        out = min(most, requests * self.of(f"{each[1]}.answer"))
        if requests:
            self.asks.append(Asks(stage, who, requests, requests * each[0], out, most, once))

    # ------------------------------------------------------------ the stages

    def student(self) -> None:
        """The house student learns its lessons; anybody else's comes as it is."""
        made = self.recipe.student
        if isinstance(made, HouseStudent):
            learned = house.lessons(SAMPLE, self.recipe.seeds[0])
            held = round(made.lessons * Train(epochs=made.epochs).val_share)
            tokens = (made.lessons - held) * self.tokens(*_size(learned)) * made.epochs
            steps = math.ceil(tokens / (made.batch * made.context))
            parameters = self.figures["student.parameters"].value
            flops = None if parameters is None else 6 * parameters * tokens
            self.passes.append(Passes("the student's lessons", made.lessons, held, steps, tokens, flops))

    def written(self, before: str, counts: tuple[int, int, int], had: int) -> None:
        """Pairs, DPO, introspection, SFT; ``had`` pairs are there already, for a smoke run's are the first."""
        r, new = self.recipe, counts[0] - had
        chars, turns = self.prompt
        given: dict[Who, float] = {
            "teacher": self.tokens(chars + self.system, turns + 1),
            "student": self.tokens(chars, turns),
        }
        for who, told in given.items():
            self.ask(f"{before}pairs", who, self.tries(new * r.pairs.samples, who), (told, who))
        # a pair is its prompt twice, and either answer
        pair = (2 * self.tokens(chars, turns + 1) + self.of("teacher.answer") + self.of("student.answer"), 2.0)
        self.tune(f"{before}dpo", r.dpo, counts[0], pair)
        asked = _mean(list(REFLECTIONS.values()))
        inward = self.tokens(asked + self.system, 2)
        self.ask(f"{before}reflections", "student", self.tries(counts[1], "reflection"), (inward, "reflection"))
        opening = (_mean(FREE) + _mean(list(GUIDED.values()))) / 2
        turn, rounds = self.of("turn.answer"), r.introspection.turns
        begun = self.tokens(opening + self.system + len(SETTING), 2)
        heard = (rounds - 1) / 2 * (turn + TURN_TOKENS)
        self.ask(f"{before}conversations", "student", self.tries(counts[2] * rounds, "turn"), (begun + heard, "turn"))
        # two views: the opening, and every turn twice but the one that no assistant answers
        both = self.tokens(opening, 2 * rounds) + (2 * rounds - 1) * turn
        reflected = self.tokens(asked, 2) + self.of("reflection.answer")
        rows = counts[1] + 2 * counts[2]
        if rows:
            row = ((counts[1] * reflected + counts[2] * both) / rows, 1.0)
            self.tune(f"{before}sft", r.sft, rows, row)
            if r.checkup.sft_only:
                self.tune(f"{before}sft only", r.sft, rows, row)
        if not before:
            self._fits("dpo", pair[0] / 2, r.dpo)
            self._fits("sft", max(reflected if counts[1] else 0.0, both / 2 if counts[2] else 0.0), r.sft)

    def _fits(self, table: str, tokens: float, how: Tuning) -> None:
        if tokens > how.max_length:
            self.notes.append(
                f"an example of {table} has some {tokens:,.0f} tokens, and those over {how.max_length:,} are left out: "
                f"raise {table}.max_length"
            )

    def tune(self, stage: str, how: Tuning, examples: int, example: tuple[float, float]) -> None:
        """One tuning; ``example``: its mean tokens, and the sequences that it is made of."""
        held = min(examples - 1, max(1, round(how.held_out * examples))) if how.held_out else 0
        learned = (examples - held) * how.epochs
        steps = math.ceil(learned / how.batch)
        looks = 1 + len({math.ceil(steps * share / 100) for share in CHECKPOINTS})
        scored = looks * held + (min(how.batch, examples - held) if isinstance(how, Dpo) else 0)
        flops = None
        if (size := self.figures["student.parameters"].value) is not None:
            adapter = how.rank * (self.figures["student.lora_per_rank"].value or 0.0)
            one, look = per_token(how, size, adapter)
            flops = example[0] * (learned * one + scored * look)
        self.passes.append(Passes(stage, examples, held, steps, learned * example[0], flops))

    def checkup(self) -> None:
        """Every stage's model on the held-out prompts, and what else is asked of the finished one."""
        r, yard = self.recipe, self.yard
        chars, turns = yard.size
        told = self.tokens(chars, turns)
        models = [name for name in STAGES if r.checkup.sft_only or name != "sft only"]
        each = yard.prompts * r.checkup.samples
        # the base answers as it does in pairs; whoever was tuned, as long as the teacher
        self.ask("check-up: base", "student", each, (told, "student"))
        self.ask("check-up: prompted", "student", each, (self.tokens(chars + self.system, turns + 1), "student"))
        # merged in whole shares it is SFT's model, whose answers the record has
        tuned = len(models) - 2 - (r.merge.weights == (0.0, 1.0))
        self.ask(f"check-up: {tuned} tuned", "student", tuned * each, (told, "teacher"))
        self.ask("check-up: modes", "student", len(MODES) * yard.prompts, (told, "teacher"))
        some = min(r.checkup.sustained, yard.prompts)
        answer, on = self.of("teacher.answer"), self.tokens(_mean(ON), 2)
        kept_up = TURNS * told + TURNS * (TURNS - 1) / 2 * (answer + on)
        loaded = told + self.tokens(len(STOP), 0) + 2 * told + self.of("student.answer") + TURN_TOKENS
        asks = (TURNS + 2) * some
        self.ask("check-up: turns, load", "student", asks, ((kept_up + loaded) / (TURNS + 2), "teacher"))
        voices = 2 + len(r.rivals)
        heard = self.tokens(self.prompt[0] + self.system * (voices - 1) / voices, self.prompt[1] + 1)
        self.ask("check-up: classifier", "teacher", LISTENED * voices, (heard, "teacher"), once=True)
        scored = (len(models) - 1) * yard.neutral
        tokens = scored * self.tokens(*yard.neutral_size)
        parameters = self.figures["student.parameters"].value
        flops = None if parameters is None else 2 * parameters * tokens
        self.passes.append(Passes("check-up: neutral text", scored, scored, 0, tokens, flops))

    # ------------------------------------------------------------ hours and money

    def outlay(self) -> Outlay:
        speed = self.training_speed()
        asks = tuple(replace(one, hours=self._hours(one)) for one in self.asks)
        passes = tuple(
            replace(one, hours=None if speed is None or one.flops is None else one.flops / speed / 3600)
            for one in self.passes
        )
        seeds = len(self.recipe.seeds)
        return Outlay(seeds, asks, passes, self._total(asks, passes, seeds), dict(self.figures), tuple(self.notes))

    def training_speed(self) -> float | None:
        """Operations a second that training reaches."""
        most, share = (self.figures[f"training.{key}"].value for key in ("flops_per_second", "utilisation"))
        if most is not None and share is not None:
            return most * share
        tokens, size = self.figures["training.tokens_per_second"].value, self.figures["student.parameters"].value
        if tokens is None or size is None:
            return None
        how = self.recipe.sft
        return tokens * per_token(how, size, how.rank * (self.figures["student.lora_per_rank"].value or 0.0))[0]

    def _hours(self, one: Asks) -> float | None:
        if one.who == "teacher" and isinstance(self.recipe.teacher, HouseTeacher):
            return 0.0
        rate = self.figures[f"{one.who}.tokens_per_second"].value
        return None if rate is None else one.tokens_out / rate / 3600

    def _total(self, asks: Sequence[Asks], passes: Sequence[Passes], seeds: int) -> dict[str, Any]:
        total: dict[str, Any] = {}
        for who in ("teacher", "student"):
            mine = [(one, 1 if one.once else seeds) for one in asks if one.who == who]
            total[who] = {
                key: added([None if (value := getattr(one, key)) is None else value * times for one, times in mine])
                for key in ("requests", "tokens_in", "tokens_out", "at_most", "hours")
            }
        total["judge"] = {"requests": 0}
        total["training"] = {
            "steps": seeds * sum(one.steps for one in passes),
            "tokens": seeds * sum(one.tokens for one in passes),
            "flops": added([None if one.flops is None else seeds * one.flops for one in passes]),
            "hours": added([None if one.hours is None else seeds * one.hours for one in passes]),
        }
        hours = {who: total[who]["hours"] for who in ("teacher", "student", "training")}
        total["hours"] = {**hours, "all": added(list(hours.values()))}
        usd = {"teacher": self._teacher_usd(total["teacher"]), "machine": None}
        if (price := self.figures["machine.usd_per_hour"].value) is not None and total["hours"]["all"] is not None:
            usd["machine"] = price * total["hours"]["all"]
        total["usd"] = {**usd, "all": added(list(usd.values()))}
        return total

    def _teacher_usd(self, asked: Mapping[str, float | None]) -> float | None:
        """By tokens, by the hour, or both; None where what is stated does not tell."""
        price_in, price_out, hour = (
            self.figures[f"teacher.{key}"].value for key in ("price_in", "price_out", "usd_per_hour")
        )
        by_token = None
        if price_in is not None and price_out is not None:
            by_token = ((asked["tokens_in"] or 0) * price_in + (asked["tokens_out"] or 0) * price_out) / MILLION
        if hour is None:
            return by_token
        return None if asked["hours"] is None else (by_token or 0.0) + hour * asked["hours"]


def added(values: Sequence[float | None]) -> float | None:
    """The sum; None where one of them is unknown."""
    return None if any(value is None for value in values) else math.fsum(value or 0.0 for value in values)


def per_token(how: Tuning, parameters: float, adapter: float) -> tuple[float, float]:
    """Operations for a token that is trained, and for one that is scored; see the module's formulas."""
    a = adapter if how.rank else 0.0
    forward, reference = 2 * (parameters + a), 2 * parameters if isinstance(how, Dpo) else 0.0
    learning = 4 * parameters + 6 * a if how.rank else 6 * parameters
    return learning + (forward if how.recompute else 0.0) + reference, forward + reference


# ---------------------------------------------------------------- measured


def clocked(
    row: Round, recipe: CharacterRecipe, figures: Figures, yard: Yard, smoke: tuple[int, int, int]
) -> dict[str, Figure]:
    """How fast a round's training and sampling were, from its seconds and the counts of its ``recipe``.

    Sampling has all seconds that the training of the round's stages does not have (gates, the classifier and the smoke
    run's training among them), so it errs toward slow; where a part of the round was found in the store, toward fast.
    """
    outlay = count(recipe, figures, yard, smoke)
    flops, seconds, all_training = 0.0, 0.0, 0.0
    by_stage = {one.stage: one.flops for one in outlay.passes}
    for seed in row.seeds:
        for kind, stage in (("dpo", "dpo"), ("sft", "sft"), ("sft-only", "sft only"), ("student", "")):
            made = row.artifacts.get(f"{kind}-{seed}")
            took = float(made.facts.get("seconds", 0.0)) if made is not None else 0.0
            all_training += took
            done = by_stage.get(stage)
            if took and done and made is not None and not made.facts.get("resumed"):
                flops, seconds = flops + done, seconds + took
    found: dict[str, Figure] = {}
    source = f"measured in round {row.number}"
    if seconds:
        found["training.flops_per_second"] = Figure(flops / seconds, f"{source}: what its training reached")
        found["training.utilisation"] = Figure(1.0, source)
    together = min(len(row.seeds), int(row.machine.get("cores", 1)))
    rest, said = row.seconds * together - all_training, outlay.total["student"]["tokens_out"]
    if all_training and isinstance(recipe.teacher, HouseTeacher) and rest > 0 and said:
        why = f"{source}: all of its seconds but the training's"
        found["student.tokens_per_second"] = Figure(said / rest, why)
    return found
