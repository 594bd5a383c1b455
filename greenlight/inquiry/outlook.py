"""Before a round: what its comparison can see, what would see more, and what that costs on this machine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from greenlight import effective, looks, parts, power
from greenlight.errors import RecipeError, StudyError, nearest
from greenlight.inquiry import sensitivity
from greenlight.judge import looked
from greenlight.nouns import Round, Score
from greenlight.recipe import Recipe
from greenlight.study import Study
from greenlight.verdict import LEAST_SEEDS, enough

SEEDS = (3, 4, 6, 9, 12, 17)
"""Seeds in each round that the table shows."""

MOST_SIMULATED, MOST_BLOCKS = 60, 5_000
"""Above so many seeds a round, or blocks, what is needed is told by the closed form."""


@dataclass(frozen=True)
class Question:
    """What is asked; None and empty take the recipe's: its metric, margin, prediction and seeds."""

    metric: str = ""
    effect: float | None = None
    seeds: int | None = None
    blocks: int | None = None
    margin: float | None = None


@dataclass(frozen=True)
class Outlook:
    """A comparison foreseen: round ``number`` against round ``control``, or a later one where it is compared with none.

    Pairs have the control first. ``have``: seeds that have been run; ``minutes``: of one more seed, None where nothing
    tells. ``margin`` None is the noise floor. ``noise`` is None where the study has not shown any. ``asked``: the seeds
    are not the plan's. ``anew``: the blocks are not the yardstick's, so it is another study's comparison: all seeds of
    both rounds are still to be run, there was no look, and no earlier round lends its noise.
    """

    number: int
    control: int
    first_of_line: bool
    metric: str
    unit: str
    over: str
    blocks: int
    seeds: tuple[int, int]
    have: tuple[int, int]
    minutes: tuple[float | None, float | None]
    margin: float | None
    margin_from: str
    effect: float | None
    planned: int
    seen: tuple[int, ...]
    noise: sensitivity.Noise | None
    asked: bool = False
    anew: bool = False

    def price(self, seeds: tuple[int, int]) -> float | None:
        """Wall minutes for the seeds that are not there yet; None where nothing tells."""
        total = 0.0
        for wanted, there, each in zip(seeds, (0, 0) if self.anew else self.have, self.minutes, strict=True):
            if wanted > there:
                if each is None:
                    return None
                total += (wanted - there) * each
        return total

    def alpha(self, seeds: int) -> float:
        """What the look at so many seeds of this round may spend."""
        if self.anew or not self.seen or seeds <= max(self.seen):
            return looks.alphas(seeds, [seeds])[-1]
        return looks.alphas(self.planned, [*self.seen, seeds])[-1]

    def floor(self) -> float:
        """The margin, or the noise floor that stands for it."""
        if self.margin is not None:
            return self.margin
        return 0.0 if self.noise is None else self.noise.sd.sd


def look_ahead(
    study: Study, recipe: Recipe, number: int, size: Mapping[str, float], minutes: float | None, question: Question
) -> Outlook:
    """The comparison that a round plans. ``size``: its ``parameters`` and ``characters_seen`` where they are known.

    ``minutes`` are those of one seed. Raises StudyError for a metric that the recipe does not measure, RecipeError
    where it was asked for.
    """
    metric = question.metric or recipe.keep_if.metric
    rounds = study.ledger.latest()
    against = recipe.against_number
    control = rounds.get(number if against is None else against)
    control = control if control is not None and control.status == "done" else None
    row = rounds.get(number) if against is not None else None
    if row is not None and (row.status != "done" or effective.written(row.recipe, recipe.data())):
        row = None  # the recipe has changed since: its seeds are still to be run
    known = _known(recipe, question, control)
    noise = None
    if control is not None:
        others = {n: r for n, r in rounds.items() if n != number or row is not None or against is None}
        stand_in = row or _stand_in(control, 0 if against is None else number, size)
        noise = sensitivity.gather(others, control, stand_in, metric)
    planned, seen = len(recipe.seeds), tuple[int, ...]()
    if row is not None and control is not None:
        planned, seen = looked(row, control, metric, study.ledger.rounds())
        its = row.verdict  # an invalid one was no look
        seen = (*seen, len(row.seeds)) if its and its.metric == metric and its.outcome != "invalid" else seen
    margin = question.margin
    where = "--margin"
    if margin is None:
        margin = recipe.keep_if.by if metric == recipe.keep_if.metric else None
        where = "keep_if.by" if margin is not None else "the noise floor"
    stated = recipe.predict.get(metric)
    ahead = Outlook(
        number=number,
        control=number if against is None else against,
        first_of_line=against is None,
        metric=metric,
        unit=known.unit if known else "",
        over=known.over if known else "blocks",
        blocks=len(known.blocks) if known else question.blocks or 0,
        seeds=_seeds(question, recipe, control),
        have=(len(control.seeds) if control else 0, len(row.seeds) if row else 0),
        minutes=(effective.worked(control) / 60 / len(control.seeds) if control else minutes, minutes),
        margin=margin,
        margin_from=where,
        effect=question.effect or ((abs(stated.effect) or None) if stated else None),
        planned=planned,
        seen=seen,
        noise=noise,
        asked=question.seeds is not None,
    )
    other = known is not None and question.blocks not in (None, ahead.blocks)
    return anew(ahead, question.blocks or 0) if other else ahead


def anew(ahead: Outlook, blocks: int) -> Outlook:
    """The same comparison in a study of its own, whose yardstick has so many blocks."""
    noise = ahead.noise
    if noise is not None:
        noise = replace(noise, earlier=(), found=replace(noise.found, pooled_df=0))
    return replace(ahead, blocks=blocks, noise=noise, seen=(), anew=True)


def _seeds(question: Question, recipe: Recipe, control: Round | None) -> tuple[int, int]:
    mine = question.seeds or len(recipe.seeds)
    return question.seeds or (len(control.seeds) if control else mine), mine


def _known(recipe: Recipe, question: Question, control: Round | None) -> Score | None:
    """The control's score of the metric. Raises RecipeError where what was asked for is not measured, and StudyError
    where the recipe's own metric is not, or shows nothing."""
    metric = question.metric or recipe.keep_if.metric
    if control is not None:
        if question.metric and metric not in control.scores:
            known = nearest(metric, list(control.scores))
            raise RecipeError(f"--metric {metric}: round {control.number} was not measured by '{metric}'{known}")
        return sensitivity.score_of(control, metric)
    names = parts.readings(recipe.metrics)
    if names is not None and metric not in names:
        kind = RecipeError if question.metric else StudyError
        raise kind(f"'{metric}' is not measured by this recipe" + nearest(metric, names))
    return None


def _stand_in(control: Round, number: int, size: Mapping[str, float]) -> Round:
    """A round that has not been run, as large as it will be; all else as in its control, scores left out."""
    return control.model_copy(update={"number": number, "facts": {**control.facts, **size}, "scores": {}})


# ---------------------------------------------------------------- closed form: quick enough for every plan


def sees(ahead: Outlook) -> float | None:
    """The smallest gain that the plan calls better in 4 of 5 cases, in closed form; None without noise."""
    if ahead.noise is None or not _decides(ahead.noise, ahead.seeds):
        return None
    se, df = _planned(ahead, ahead.seeds)
    return ahead.floor() + power.smallest_effect(se, df, level=1 - ahead.alpha(ahead.seeds[1]))


def _decides(noise: sensitivity.Noise, seeds: tuple[int, int]) -> bool:
    return enough(min(seeds), noise.found.pooled_df)


def _planned(ahead: Outlook, seeds: tuple[int, int]) -> tuple[float, float]:
    """Without what earlier rounds lend, where the seeds do without it: the guards may refuse it the next time."""
    assert ahead.noise is not None
    found = ahead.noise.found if sum(seeds) < 4 else replace(ahead.noise.found, pooled_df=0)
    return power.planned(found, seeds, ahead.blocks, ahead.noise.residual_variance)


@dataclass(frozen=True)
class More:
    """What more seeds of the control buy. ``low`` and ``high`` are the factors by which the sd of a seed may be off;
    ``t`` the quantile, and ``sees`` the smallest gain beyond the margin in sd of a seed, of 3 new seeds against it."""

    seeds: int
    df: int
    low: float
    high: float
    t: float
    sees: float
    minutes: float | None


def noise_study(ahead: Outlook) -> list[More]:
    """More seeds of the control: what they buy, whatever the noise will turn out to be. Blocks' noise comes on top."""
    from scipy import special

    found = []
    for seeds in (3, 5, 8, 12):
        low, high = (math.sqrt((seeds - 1) / float(special.chdtri(seeds - 1, p))) for p in (0.025, 0.975))
        df = seeds + LEAST_SEEDS - 2
        effect = power.smallest_effect(math.sqrt(1 / seeds + 1 / LEAST_SEEDS), df)
        price = replace(ahead, anew=False).price((seeds, 0))
        found.append(More(seeds, seeds - 1, low, high, float(special.stdtrit(df, 0.975)), effect, price))
    return found


def proxy(recipe: Recipe, control: int, share: int = 4) -> str:
    """A recipe file's text: the control with a quarter of the training, for a first look at the noise."""
    name = "epochs" if recipe.train.epochs is not None else "steps"
    length = recipe.train.epochs or recipe.train.steps or 1
    shorter = length / share if name == "epochs" else max(1, int(length) // share)
    return (
        f'base     = "round:{control}"\nquestion = "How far do seeds differ, at a quarter of the training?"\n'
        f"seeds    = [{', '.join(map(str, range(1, 9)))}]\n\n[train]\n{name} = {shorter:g}\n"
    )


# ---------------------------------------------------------------- simulation: what the tool will do


@dataclass(frozen=True)
class Seen:
    """What one plan sees. ``smallest`` with the Monte-Carlo interval; ``chance`` at the effect that was asked for."""

    seeds: tuple[int, int]
    blocks: int
    alpha: float
    smallest: float
    smallest_low: float
    smallest_high: float
    chance: float | None
    error: float | None
    minutes: float | None


def seen(ahead: Outlook, seeds: tuple[int, int], scale: float = 1.0, draws: int = sensitivity.DRAWS) -> Seen:
    """Simulates one plan; ``scale`` multiplies the seeds' noise."""
    assert ahead.noise is not None
    alpha = ahead.alpha(seeds[1])
    plan = sensitivity.Plan(seeds, ahead.blocks, ahead.margin, alpha, scale)
    drawn = sensitivity.simulate(ahead.noise, plan, draws)
    chance = None if ahead.effect is None else drawn.chance(ahead.effect, ahead.floor())
    error = None if chance is None else sensitivity.error_of(chance, draws)
    return Seen(seeds, ahead.blocks, alpha, *drawn.smallest(), chance, error, ahead.price(seeds))


@dataclass(frozen=True)
class Answer:
    """All that ``greenlight power`` says.

    ``quiet`` and ``loud``: the plan as it is, at the ends of the noise's own interval. ``needed``: the fewest seeds
    that decide at the effect with 80 %, None beyond reach; ``needed_blocks`` the same for blocks, to a tenth, at the
    planned seeds, and ``blocks_minutes`` their price, for both rounds are then run again.
    """

    plan: Seen
    quiet: Seen
    loud: Seen
    table: tuple[Seen, ...]
    needed: Seen | None
    needed_simulated: bool
    needed_blocks: int | None
    blocks_minutes: float | None
    draws: int


def answer(ahead: Outlook, draws: int = sensitivity.DRAWS) -> Answer:
    """Simulates the plan, the table, and what the effect takes. Needs ``ahead.noise``."""
    noise = ahead.noise
    assert noise is not None
    counts = sorted({*SEEDS, ahead.seeds[0]}) if ahead.seeds[0] == ahead.seeds[1] else SEEDS
    rows = {k: seen(ahead, (k, k), draws=draws) for k in counts}
    plan = rows.get(ahead.seeds[0]) if ahead.seeds[0] == ahead.seeds[1] else None
    plan = plan or seen(ahead, ahead.seeds, draws=draws)
    quiet, loud = (seen(ahead, ahead.seeds, end / noise.sd.sd, draws) for end in (noise.sd.low, noise.sd.high))
    needed, simulated, blocks, again = None, True, None, None
    if ahead.effect is not None:
        needed, simulated = _needed(ahead, ahead.effect, rows, draws)
        if min(ahead.seeds) >= LEAST_SEEDS and (plan.chance or 0.0) < sensitivity.WANTED:
            blocks = _blocks_needed(ahead, ahead.effect, draws)
            again = anew(ahead, ahead.blocks).price(ahead.seeds)
    return Answer(plan, quiet, loud, tuple(rows.values()), needed, simulated, blocks, again, draws)


def _needed(ahead: Outlook, effect: float, rows: Mapping[int, Seen], draws: int) -> tuple[Seen | None, bool]:
    """The fewest seeds a round that reach 80 %: the closed form's number, moved until the simulation agrees.

    The second value says whether it was simulated.
    """
    noise = ahead.noise
    assert noise is not None
    level = 1 - ahead.alpha(MOST_SIMULATED)
    found = replace(
        noise.found,
        interval=noise.found.interval.model_copy(update={"level": level}),
        seed_variance=noise.found.seed_variance
        * power.shrunk(noise.found.seed_variance, noise.residual_variance, noise.found.blocks, ahead.blocks),
        blocks=ahead.blocks,
    )
    guess = power.seeds_needed(found, effect, ahead.floor())
    if guess is None:
        return None, False
    if guess > MOST_SIMULATED:
        pair = (guess, guess)
        nothing = (math.nan, math.nan, math.nan, None, None)
        return Seen(pair, ahead.blocks, 1 - level, *nothing, ahead.price(pair)), False
    tried = dict(rows)

    def enough(seeds: int) -> bool:
        if seeds not in tried:
            tried[seeds] = seen(ahead, (seeds, seeds), draws=draws)
        return (tried[seeds].chance or 0.0) >= sensitivity.WANTED

    while not enough(guess) and guess < 2 * MOST_SIMULATED:
        guess += 1
    while guess > LEAST_SEEDS and enough(guess - 1):
        guess -= 1
    return (tried[guess] if enough(guess) else None), True


def _blocks_needed(ahead: Outlook, effect: float, draws: int) -> int | None:
    """The blocks that reach 80 % at the planned seeds, in steps of a tenth from the closed form's number on."""
    noise = ahead.noise
    assert noise is not None
    guess = power.blocks_needed(noise.found, effect, ahead.floor(), min(ahead.seeds), noise.residual_variance)
    if guess is None:
        return None
    blocks = max(guess, math.ceil(ahead.blocks * 1.1))
    for _ in range(10):
        if blocks > MOST_BLOCKS:
            break
        if (seen(anew(ahead, blocks), ahead.seeds, draws=draws).chance or 0.0) >= sensitivity.WANTED:
            break
        blocks = math.ceil(blocks * 1.1)
    return blocks
