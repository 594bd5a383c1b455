"""What ``power`` says, for the terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from greenlight.cli import show

if TYPE_CHECKING:
    from greenlight.inquiry.outlook import Answer, More, Outlook, Seen

FLAT = (
    "A dial is not called flat where power was under 0.8: a slope under the smallest change seen may be there all "
    "the same."
)


def head(ahead: Outlook, slug: str) -> list[str]:
    """What is compared, in what noise, at which margin."""
    unit = f", in {ahead.unit}" if ahead.unit else ""
    lines = [f"power of round {ahead.number} ({slug}) against round {ahead.control}: {ahead.metric}{unit}"]
    if ahead.first_of_line:
        lines = [
            f"round {ahead.number} ({slug}) is compared with no round; this is the power of a later one of its size "
            f"against it: {ahead.metric}{unit}"
        ]
    if (noise := ahead.noise) is not None:
        sd = noise.sd
        lines.append(
            f"  noise: one seed's value has an sd of {sd.sd:.2g}, with {sd.df} df from {_rounds(noise.rounds)}; "
            f"it may be {sd.low:.2g} to {sd.high:.2g} (95 %)"
        )
        if not noise.pairs:
            seen = "no second round has shown their part: taken as 0, so all that follows is a lower bound"
        elif len(noise.pairs) == 1:
            seen = f"their part as {_rounds(noise.pairs[0])} show it"
        else:
            seen = f"their part as {len(noise.pairs)} pairs of rounds show it"
        other = f" (the yardstick has {noise.found.blocks})" if ahead.anew else ""
        lines.append(f"  {noise.over}: {ahead.blocks}{other}; {seen}")
        lines.append(f"  margin: {ahead.floor():.3g} ({ahead.margin_from})")
    if ahead.anew:
        lines.append(
            f"  another yardstick is a study of its own: both rounds are run there, all seeds are priced, its α is "
            f"{ahead.alpha(ahead.seeds[1]):.3g}, and no earlier round lends its noise"
        )
    if ahead.seen:
        lines.append(
            f"  looks so far: {len(ahead.seen)}, the last at {ahead.seen[-1]} seeds; one with more has α "
            f"{ahead.alpha(max(ahead.seen) + 1):.3g}"
        )
    return [show.folded(line, "    ") for line in lines]


def _rounds(numbers: Sequence[int]) -> str:
    """``round 1``, ``rounds 1 and 2``, ``rounds 1, 2 and 4``."""
    names = [str(n) for n in numbers]
    return f"round {names[0]}" if len(names) == 1 else f"rounds {', '.join(names[:-1])} and {names[-1]}"


# ---------------------------------------------------------------- with noise


def answer(ahead: Outlook, found: Answer) -> list[str]:
    """The plan, what the effect takes, and the table."""
    plan, effect = found.plan, ahead.effect
    lines = ["", f"{'With' if ahead.asked else 'As planned,'} {_against(plan.seeds)}:", f"  {_smallest(found)}"]
    if effect is not None and plan.chance is not None:
        word = "better" if effect > ahead.floor() else "equivalent, for it lies inside the margin,"
        lines.append(f"  a true change of {effect:.3g} is called {word} in {_percent(plan)} of cases")
        lines += [f"  {line}" for line in _takes(ahead, found, effect)]
    lines = ["", *(show.folded(line, "    ") for line in lines[1:])]
    time = "time for all" if ahead.anew else "more time"
    headers = ["seeds in each", "sees in 4 of 5", *([f"power at {effect:.3g}"] if effect else []), time]
    rows = [
        [
            str(seen.seeds[0]),
            _value(seen.smallest),
            *([f"{seen.chance:.2f} ± {seen.error:.2f}"] if seen.chance is not None and seen.error is not None else []),
            _time(seen.minutes),
        ]
        for seen in found.table
    ]
    lines.append(show.table(headers, rows))
    tail = (
        f"Each row is {found.draws:,} pairs of rounds, drawn from the seeds and {ahead.over} above and judged as real "
        "ones are."
    )
    lines.append(show.folded(tail, ""))
    if ahead.metric.startswith("dial."):
        lines.append(show.folded(FLAT, ""))
    return lines


def _smallest(found: Answer) -> str:
    plan, quiet, loud = found.plan, found.quiet, found.loud
    if math.isinf(plan.smallest):
        return "nothing can be decided with so few seeds: take 3 or more in each round"
    ends = f"{_value(quiet.smallest)} or {_value(loud.smallest)} where the noise is as low or as high as it may be"
    error = max(plan.smallest_high - plan.smallest, plan.smallest - plan.smallest_low)
    return f"a true change of {_value(plan.smallest)} (± {error:.1g}) or more is called better in 4 of 5 cases; {ends}"


def _takes(ahead: Outlook, found: Answer, effect: float) -> list[str]:
    """What sees the effect in 4 of 5 cases: seeds, or blocks."""
    if found.plan.chance is not None and found.plan.chance >= 0.8:
        needed = found.needed
        spare = needed is not None and needed.seeds[0] < min(found.plan.seeds)
        return [f"{needed.seeds[0]} seeds in each round would do"] if needed is not None and spare else []
    lines = []
    if found.needed is not None:
        how, more = "" if found.needed_simulated else " (in closed form)", "" if ahead.anew else " more"
        lines.append(f"for 80 %: {found.needed.seeds[0]} seeds in each round, {_time(found.needed.minutes)}{more}{how}")
    else:
        lines.append("no number of seeds up to 1,000 brings that to 80 %")
    if found.needed_blocks is not None:
        price = "" if found.blocks_minutes is None else f", {_time(found.blocks_minutes)}"
        lines.append(
            f"or about {found.needed_blocks:,} {ahead.over} (now {ahead.blocks:,}) at the seeds planned: a study with "
            f"a larger yardstick, both rounds run there{price}"
        )
    return lines


def _against(seeds: tuple[int, int]) -> str:
    return f"{seeds[1]} seeds in each round" if seeds[0] == seeds[1] else f"{seeds[1]} seeds against {seeds[0]}"


def _percent(seen: Seen) -> str:
    return f"{100 * (seen.chance or 0.0):.0f} % (± {100 * (seen.error or 0.0):.1f})"


def _value(value: float) -> str:
    return "–" if math.isinf(value) or math.isnan(value) else f"{value:.3g}"


def _time(minutes: float | None) -> str:
    if minutes is None:
        return "unknown"
    return "none" if minutes == 0 else show.span(60 * minutes)


# ---------------------------------------------------------------- the noise study


def offer(ahead: Outlook, more: Sequence[More], command: str, proxy: dict[str, str]) -> list[str]:
    """Where no noise has been seen: what would show it, what that buys, and its price."""
    lines = [
        "",
        show.folded(
            "No round has shown the noise of its seeds yet, so what this comparison can see is unknown. A noise study "
            f"tells it: more seeds of the control, round {ahead.control}.",
            "",
        ),
        show.table(*_bought(more)),
        show.folded(_meaning(ahead), ""),
        "",
        f"  {command} 8",
        "",
        show.folded(
            f"Cheaper, for the order of the noise alone (seeds of another size are not pooled): write {proxy['file']}, "
            "and run it.",
            "",
        ),
        "",
        *(f"  {line}".rstrip() for line in proxy["recipe"].splitlines()),
    ]
    if ahead.minutes[0] is None:
        lines += ["", "What it costs is unknown: no round of this study has run, and the first one tells."]
    return lines


def lend(ahead: Outlook, more: Sequence[More], command: str) -> list[str]:
    """Where only the two rounds themselves show the noise: what more seeds of the control would buy."""
    there = ahead.have[0]
    then = next((m for m in more if m.seeds > there), None)
    if then is None or ahead.noise is None:
        return []
    text = (
        f"The noise rests on {_rounds(ahead.noise.rounds)} alone: no other round of this size was measured alike and "
        f"spreads alike. {then.seeds} seeds of round {ahead.control} would give {then.df} df by themselves (an sd "
        f"known to × {then.low:.2f} to {then.high:.2f}), in {_time(then.minutes)}:"
    )
    return ["", show.folded(text, ""), f"  {command} {then.seeds}"]


def _bought(more: Sequence[More]) -> tuple[list[str], list[list[str]]]:
    headers = ["control's seeds", "df", "its sd is known to", "t", "3 new seeds see", "more time"]
    rows = [
        [str(m.seeds), str(m.df), f"× {m.low:.2f} to {m.high:.2f}", f"{m.t:.2f}", f"{m.sees:.1f} sd", _time(m.minutes)]
        for m in more
    ]
    return headers, rows


def _meaning(ahead: Outlook) -> str:
    return (
        "sd: of one seed's value; t: the quantile of a comparison of 3 new seeds with these; they see so much beyond "
        f"the margin in 4 of 5 cases, before the noise of the {ahead.over} is added."
    )


# ---------------------------------------------------------------- JSON


def data(ahead: Outlook, found: Answer | None, more: Sequence[More]) -> dict[str, Any]:
    """All of it; what is infinite or not known is null."""
    out: dict[str, Any] = {k: v for k, v in vars(ahead).items() if k not in ("noise", "margin")}
    out["margin"] = ahead.floor() if ahead.margin is not None or ahead.noise is not None else None
    out["noise"] = None
    if (noise := ahead.noise) is not None:
        out["noise"] = asdict(noise.sd) | {
            "from_rounds": noise.rounds,
            "block_variance_from": noise.pairs,
            "pooled_df": noise.found.pooled_df,
            "block_variance": noise.found.block_variance,
            "residual_variance": noise.residual_variance,
        }
    out |= {"answer": None if found is None else asdict(found), "noise_study": [asdict(m) for m in more]}
    cleaned: dict[str, Any] = _finite(out)
    return cleaned


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
