"""One mode of a speaker in figures: what its answers to a battery of prompts are like, and whether it may be used.

Every share is of all answers that were asked for, with an interval clustered by prompt.

The leak class of a mode says where thought shows. ``none``: nowhere. ``tagged``: in the text, in tags. ``aloud``: in
the text, without. ``hidden-only``: in a channel of its own and nowhere else. ``mixed``: more than one of these. A way
counts from ``SIGNS`` answers and ``SIGN_SHARE`` of all, so that one false alarm of a gate is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from greenlight import prices
from greenlight.character import ratings
from greenlight.chats import Reply
from greenlight.nouns import Interval, Noun
from greenlight.recipe import PartTable
from greenlight.stats import t_interval
from greenlight.thinking import TAG

if TYPE_CHECKING:
    from greenlight.character.prompts import Prompt

Leak = Literal["none", "tagged", "aloud", "hidden-only", "mixed"]
GATES: PartTable = {
    name: {} for name in ("channel", "empty", "reasoning_leak", "fake_turns", "refusal", "loop", "termination")
}
SHARES = (
    "think tags", "hidden channel", "hidden only", "empty", "no answer", "cut off", "leak", "fake turns", "loop",
    "refusal", "valid",
)  # fmt: skip
"""What is counted of every answer. ``leak``: thought that a reader sees; ``hidden only``: thought, and no answer;
``no answer``: the server failed; ``valid``: there, finished, and no gate fires."""
SIGNS, SIGN_SHARE = 2, 0.02
NEARLY = 0.9
"""Share of the answers that are empty, or refusals, from which nothing else of a mode is worth telling."""


class Limits(Noun):
    """What a mode must keep to be admitted, by the shares as measured: at most, and (``task``, ``character``) at least.
    ``empty`` counts what the server failed to answer too."""

    empty: float = 0.05
    cut: float = 0.25
    leak: float = 0.05
    fake_turns: float = 0.05
    loop: float = 0.05
    refusal: float = 0.10
    task: float = 0.50
    character: float = 0.50


@dataclass(frozen=True)
class Mode:
    """``template``: empty is the speaker's own. ``thinking``: on, off, or as the template has it."""

    template: str = ""
    thinking: bool | None = None

    @property
    def name(self) -> str:
        switch = {None: "", True: "thinking", False: "no thinking"}[self.thinking]
        return ", ".join(part for part in (self.template, switch) if part) or "as it is"


class Measured(Noun):
    """One mode in figures. ``tasks`` by kind; ``tokens_per_second`` of one answer; ``usd``: of a thousand answers."""

    mode: str
    template: str
    thinking: bool | None
    answers: int
    prompts: int
    shares: dict[str, Interval]
    task: Interval | None
    tasks: dict[str, Interval]
    character: Interval | None
    tokens_per_second: Interval | None
    usd: Interval | None
    leak_class: Leak
    reasons: tuple[str, ...]

    @property
    def admitted(self) -> bool:
        return not self.reasons


@dataclass(frozen=True)
class By:
    """What a mode is judged by. ``price``: USD a million tokens, in and out; None where it is unknown."""

    limits: Limits
    in_character: Callable[[str], bool] | None = None
    price: tuple[float | None, float | None] = (None, None)


def kind_of(prompt: Prompt) -> str:
    """The kind of its task, or its category where it has none."""
    return prompt.category if prompt.task is None else prompt.task.kind


@dataclass(frozen=True)
class Answer:
    """One answer, looked at."""

    prompt: Prompt
    reply: Reply
    flags: frozenset[str]
    text: str
    hidden: str

    def has(self, what: str) -> bool:
        """Whether one of ``SHARES`` holds of it."""
        tagged = bool(TAG.search(self.reply.text))
        there = bool(self.text.strip())
        match what:
            case "no answer":
                return bool(self.reply.error)
            case "think tags":
                return tagged
            case "hidden channel":
                return bool(self.reply.hidden.strip())
            case "hidden only":
                return bool(self.hidden) and not there
            case "empty":
                return not self.reply.error and "empty" in self.flags
            case "cut off":
                return not self.reply.error and (not self.reply.finished or "termination" in self.flags)
            case "leak":
                return tagged or "reasoning_leak" in self.flags or "channel" in self.flags
            case "valid":
                return not self.reply.error and self.reply.finished and not self.flags
        return what.replace(" ", "_") in self.flags


# ---------------------------------------------------------------- figures


def measured(mode: Mode, answers: Sequence[Answer], characters: Sequence[Answer], by: By) -> Measured:
    """A mode in figures, and whether it is admitted. ``characters``: answers with the constitution in the prompt.

    Raises InputError without an answer.
    """
    shares = {name: _share(answers, lambda one, n=name: one.has(n)) for name in SHARES}  # type: ignore[misc]
    tasked = [one for one in answers if one.prompt.task is not None]
    kinds = sorted({kind_of(one.prompt) for one in tasked})
    says = by.in_character
    figures: dict[str, Any] = {
        "task": _share(tasked, _holds) if tasked else None,
        "tasks": {kind: _share([one for one in tasked if kind_of(one.prompt) == kind], _holds) for kind in kinds},
        "character": _share(characters, lambda one: bool(one.text) and says(one.text)) if says and characters else None,
    }
    return Measured(
        mode=mode.name,
        template=mode.template,
        thinking=mode.thinking,
        answers=len(answers),
        prompts=len({one.prompt.id for one in answers}),
        shares=shares,
        **figures,
        tokens_per_second=ratio(_by_prompt(answers, _speed)),
        usd=_usd(answers, *by.price),
        leak_class=leak_class(answers),
        reasons=tuple(_reasons(shares, figures, by.limits, answers)),
    )


def _holds(one: Answer) -> bool:
    return not one.reply.error and one.prompt.task is not None and one.prompt.task.holds(one.text)


def _share(answers: Sequence[Answer], what: Callable[[Answer], bool]) -> Interval:
    by: dict[str, list[bool]] = {}
    for one in answers:
        by.setdefault(one.prompt.id, []).append(bool(what(one)))
    return ratings.rate(by)


def _by_prompt(
    answers: Sequence[Answer], of: Callable[[Answer], tuple[float, float] | None]
) -> dict[str, tuple[float, float]]:
    """Both sums of each prompt, over its answers that have them."""
    sums: dict[str, tuple[float, float]] = {}
    for one in answers:
        if (pair := of(one)) is not None:
            before = sums.get(one.prompt.id, (0.0, 0.0))
            sums[one.prompt.id] = (before[0] + pair[0], before[1] + pair[1])
    return sums


def _speed(one: Answer) -> tuple[float, float] | None:
    tokens = len(one.reply.ids) or one.reply.usage.get("completion_tokens", 0)
    return (float(tokens), one.reply.seconds) if tokens and one.reply.seconds > 0 else None


def _usd(answers: Sequence[Answer], price_in: float | None, price_out: float | None) -> Interval | None:
    """Of a thousand answers; None where a price or the tokens are unknown."""
    costs: dict[str, tuple[float, float]] = {}
    for one in answers:
        if not one.reply.error:
            spent = prices.cost(one.reply.usage, price_in, price_out)
            if spent is None and price_in == price_out == 0.0:
                spent = 0.0
            if spent is None:
                return None
            before = costs.get(one.prompt.id, (0.0, 0.0))
            costs[one.prompt.id] = (before[0] + 1000 * spent, before[1] + 1.0)
    return ratio(costs)


def ratio(sums: Mapping[str, tuple[float, float]]) -> Interval | None:
    """``Σ a / Σ b`` over prompts with its interval; None without any.

    The linearised ratio estimator (Cochran 1977, §6.4): Student's interval of ``(a − r b) / mean b`` over prompts.
    """
    if not sums or sum(b for _, b in sums.values()) <= 0:
        return None
    top, bottom = sum(a for a, _ in sums.values()), sum(b for _, b in sums.values())
    value, mean = top / bottom, bottom / len(sums)
    if len(sums) < 2:
        return Interval(value=value, low=value, high=value, level=0.95, method="one prompt: no interval")
    found = t_interval([value + (a - value * b) / mean for a, b in sums.values()])
    return found.model_copy(update={"value": value, "low": max(0.0, found.low), "method": "t, linearised ratio"})


def leak_class(answers: Sequence[Answer]) -> Leak:
    """Where thought shows in a mode's answers (see the head of this module)."""
    tagged = sum(bool(TAG.search(one.reply.text)) for one in answers)
    aloud = sum("reasoning_leak" in one.flags and not TAG.search(one.reply.text) for one in answers)
    hidden = sum(bool(one.reply.hidden.strip()) for one in answers)
    least = max(SIGNS, SIGN_SHARE * len(answers))
    ways: dict[Leak, int] = {"tagged": tagged, "aloud": aloud, "hidden-only": hidden}
    seen_ = [name for name, count in ways.items() if count >= least]
    return "none" if not seen_ else seen_[0] if len(seen_) == 1 else "mixed"


def _reasons(
    shares: Mapping[str, Interval], figures: Mapping[str, Any], limits: Limits, answers: Sequence[Answer]
) -> list[str]:
    """Why a mode is not admitted. Where next to nothing can be used, that alone is said."""
    gone = shares["empty"].value + shares["no answer"].value
    n = len(answers)
    if gone >= NEARLY:
        errors = next((one.reply.error for one in answers if one.reply.error), "")
        thought = " (what comes is hidden thought)" if shares["hidden only"].value >= NEARLY else ""
        why = f" ({' '.join(errors.split())[:120]})" if errors else thought
        return [f"it answers {'none' if gone >= 1 else n - round(gone * n)} of {n} times{why}"]
    if shares["refusal"].value >= NEARLY:
        return [f"it refuses {round(shares['refusal'].value * n)} of {n} times"]
    most = {
        "empty": (gone, limits.empty),
        "cut off": (shares["cut off"].value, limits.cut),
        "leak": (shares["leak"].value, limits.leak),
        "fake turns": (shares["fake turns"].value, limits.fake_turns),
        "loop": (shares["loop"].value, limits.loop),
        "refusal": (shares["refusal"].value, limits.refusal),
    }
    found = [
        f"{name} {value:.0%} [{shares[name].low:.0%}, {shares[name].high:.0%}], at most {limit:.0%}"
        for name, (value, limit) in most.items()
        if value > limit
    ]
    for name, share, limit in (("task", "task held", limits.task), ("character", "in character", limits.character)):
        value = figures[name]
        if value is not None and value.value < limit:
            found.append(f"{share} {value.value:.0%} [{value.low:.0%}, {value.high:.0%}], at least {limit:.0%}")
    return found
