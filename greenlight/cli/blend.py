"""The command blend: the weights of a corpus's voices at which its levels are easiest to tell apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greenlight.cli import show
from greenlight.cli.dial import opened
from greenlight.cli.options import AsJson, Control, Manifests

if TYPE_CHECKING:
    from greenlight.forecast import Wish
    from greenlight.foreign import Found
    from greenlight.nouns import Interval
    from greenlight.solve import Mixed, Solution, Voice
    from greenlight.study import Study

Against = Annotated[
    list[int] | None,
    typer.Option(
        min=1,
        metavar="ROUND",
        help="With --calibrated: write it as a round that is held against this one; again for others.",
    ),
]
NAME, WIDE = 20, 6
"""Characters of a voice's name, and levels, in a table of 80 columns."""


def blend(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="For --calibrated and --check: a study, and a round of it.", metavar="[STUDY] [ROUND]"),
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Stories that name their voices: Parquet, JSONL, or a text with its manifest.")
    ] = None,
    pattern: Annotated[str, typer.Option(help="What is counted, such as 'green light'; a study knows its own.")] = "",
    study: Annotated[
        Path | None, typer.Option(help="Solve for this study's import, held-out topics left out; kept in its ledger.")
    ] = None,
    manifest: Manifests = None,
    control: Control = "",
    floor: Annotated[float, typer.Option(help="The least share of each voice.")] = 0.05,
    aim: Annotated[str, typer.Option(help="eta2 (share of variance) or mi (bits).")] = "eta2",
    size: Annotated[int, typer.Option(min=0, help="Check that a corpus of so many stories can be made.")] = 0,
    calibrated: Annotated[
        bool, typer.Option("--calibrated", help="Solve from the voices' scorecards, and keep the prediction.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Compare the prediction with the corpus that the round wrote.")
    ] = False,
    hours: Annotated[float | None, typer.Option(min=0.0, help="With --calibrated: what writing it may take.")] = None,
    budget_usd: Annotated[float | None, typer.Option(min=0.0, help="With --calibrated: what it may cost.")] = None,
    against: Against = None,
    as_json: AsJson = False,
) -> None:
    """Solve for the blend whose levels are easiest to tell apart.

    From the voices of a corpus, with a floor for each. Says what the present
    blend and equal shares reach, and whether the gain is more than noise.

    Example: greenlight blend --corpus stories.jsonl --pattern 'green light'
    """
    from greenlight.errors import RecipeError
    from greenlight.forecast import Wish
    from greenlight.solve import Ask, solve
    from greenlight.study import Study

    if calibrated or check:
        if corpus or study or manifest or control or pattern or (check and (calibrated or against)):
            raise RecipeError("--calibrated and --check stand with a study and a round alone, each by itself")
        _of_round(words, None if check else Wish(aim, floor, size, hours, budget_usd), against or [], as_json)
        return
    if words or against or hours is not None or budget_usd is not None:
        raise RecipeError("a study's round, --hours, --budget-usd and --against stand with --calibrated")
    made = None if study is None else Study(study)
    read, counted = _stories(corpus, made, (manifest or [], control, pattern))
    found = solve(read.samples, counted, Ask(aim, floor, size))
    said = [*sentences(found, size), *(f"Note: {note}." for note in (*read.notes, *found.notes))]
    data = {**found.data(), "source": read.facts, "written": written(found), "said": said}
    if made is not None:
        made.ledger.append("blend", data)
    show.answer(data, as_json, _page(found, said))


def _of_round(words: list[str] | None, wish: Wish | None, against: list[int], as_json: bool) -> None:
    """Solves a round's blend from its scorecards; without a wish, what became of the prediction."""
    from greenlight.cli import forecasts

    if wish is None:
        forecasts.checked(words, as_json)
        return
    foretold, data, rounds = forecasts.foretold(words, wish, against)
    found = foretold.solution
    said = [*sentences(found, stock=False), *(f"Note: {note}." for note in found.notes)]
    data |= {**found.data(), "written": written(found), "said": said}
    show.answer(data, as_json, "\n".join([_page(found, said, forecasts.page(foretold)), *rounds]))


def _stories(corpus: Path | None, study: Study | None, given: tuple[list[Path], str, str]) -> tuple[Found, str]:
    """The stories to solve for, and the pattern that is counted in them. ``given``: manifests, control, pattern."""
    from greenlight.corpus import load
    from greenlight.create import STORIES
    from greenlight.errors import RecipeError, StudyError
    from greenlight.foreign import Found
    from greenlight.yardstick import PARTS

    manifests, control, pattern = given
    if corpus is not None and study is None:
        if not pattern.strip():
            raise RecipeError("--corpus needs --pattern: what is counted, such as --pattern 'green light'")
        return opened(corpus, manifests, control), pattern
    if study is None or corpus is not None:
        raise RecipeError("name the stories: either --corpus FILE or --study DIR")
    if manifests or control or pattern:
        raise RecipeError("--manifest, --control and --pattern belong to --corpus: a study knows its own")
    path = study.folder / STORIES
    if not path.exists():
        raise StudyError(f"{study.folder} has no import ({STORIES}): give the stories with --corpus FILE --pattern …")
    held = {h.topic for part in PARTS for h in study.yardstick.documents(part)}
    samples = [s for s in load(path) if s.made.topic not in held]
    return Found(samples, (f"{len(held)} held-out topics are left out",), {"source": STORIES}), study.yardstick.pattern


def written(found: Solution) -> str:
    """The blend as a line of a recipe; voices without a share are not named."""
    digits = max(2, len(f"{found.step:.6f}".rstrip("0")) - 2)
    parts = (
        f"{json.dumps(voice, ensure_ascii=False)} = {share:.{digits}f}"
        for voice, share in found.solved.weights.items()
        if share > 0
    )
    return f"blend = {{ {', '.join(parts)} }}".replace("\x7f", "\\u007f")


def sentences(found: Solution, size: int = 0, stock: bool = True) -> list[str]:
    """What the figures come to, in words; with ``stock``, how far these very stories go."""
    name = _aim(found)
    if len(found.voices) == 1:
        only = f"One voice wrote all of it, so its weight is 1 and there is nothing to choose; {name} is "
        return [only + f"{_between(found.solved.aim)}.", *_dial(found), *(_stock(found, size) if stock else ())]
    return [*_verdict(found), *_dial(found), *_costly(found), *(_stock(found, size) if stock else ())]


def _verdict(found: Solution) -> list[str]:
    name, gain, even = _aim(found), found.gain, found.gain_even
    if found.solved.weights == found.now.weights:
        said = ["The blend that is there is already the best on this floor."]
    elif gain.low > 0:
        said = [f"The solved blend has more {name} than the one that is there, by {_between(gain)}."]
    elif gain.high < 0:
        said = [
            f"The floor costs {name}: the blend that is there has more, by {-gain.value:.3f} "
            f"[{-gain.high:.3f}, {-gain.low:.3f}], with less than {found.floor:.3g} of some voice."
        ]
    else:
        said = [f"The solved blend is not shown to be better than the blend that is there: {name} {_signed(gain)}."]
    if found.solved.weights == found.even.weights:
        said.append("It is that of equal shares.")
    else:
        word = "It beats equal shares by" if even.low > 0 else "Over equal shares it is not shown to gain: "
        said.append(f"{word} {_between(even) if even.low > 0 else _signed(even)}.")
    if found.optimism >= 0.0005:
        said.append(
            f"The intervals have the optimism taken off: the solved blend looks better by {found.optimism:.3f} on the "
            "topics that chose it than it is."
        )
    else:
        said.append("The choice is not seen to add optimism to it.")
    first = max(found.voices, key=lambda v: v.taken)
    rest = 1 - found.floor * len(found.voices)
    if rest > 1e-6:
        said.append(
            f"The best blend gives one voice all that the floors leave ({_percent(rest)}): {first.voice} in "
            f"{_percent(first.taken)} of {found.draws:,} draws of the topics."
            + (" Another voice may well be the best." if first.taken < 0.95 else "")
        )
        price = ", ".join(f"{_percent(float(f))} {value:.2f}" for f, value in found.price.items())
        said.append(f"What variety costs: {name} at best by floor: {price}.")
    return [" ".join(said[:3]), *said[3:]]


def _dial(found: Solution) -> list[str]:
    """Doubts about the predicted dial."""
    dial, slope = found.solved.dial, found.solved.slope
    said = []
    if slope.low <= 0:
        said.append(f"The dial at these weights is not shown to rise: {_signed(slope)} mentions per level.")
    falls = [
        f"{found.levels[i]} to {found.levels[i + 1]}" for i in range(len(dial) - 1) if dial[i + 1].value < dial[i].value
    ]
    if falls:
        said.append(f"It is predicted to fall from level {', '.join(falls)}.")
    return said


def _costly(found: Solution) -> list[str]:
    """The voices without which the present blend would tell its levels better, up to three, the worst first."""
    unit, slope = "of η²" if found.aim == "eta2" else "bits", found.now.slope.value
    mean = sum(level.value for level in found.now.dial) / len(found.levels)
    worst = sorted(((v.cost.value, v) for v in found.voices if v.cost and v.cost.low > 0), key=lambda pair: -pair[0])
    said = []
    for cost, v in worst[:3]:
        flat, apart = v.slope.value < slope, abs(v.mean - mean) / max(mean, 1e-9) > 0.25
        why = f"slope {v.slope.value:.2f} against {slope:.2f}, mean {v.mean:.2f} against {mean:.2f}"
        does = "flattens the dial" if flat else "stands apart from the others" if apart else "blurs the levels"
        said.append(f"{v.voice} {does}: at its present {_percent(v.now)} it costs {cost:.3f} {unit} ({why}).")
    return said


def _stock(found: Solution, size: int) -> list[str]:
    said = [
        f"Without repeats, {found.reach:,} of its {found.stories:,} stories can be used at the solved weights; "
        f"{found.limited_by} runs out first."
    ]
    if size and not found.short:
        said.append(f"A corpus of {size:,} can be made.")
    elif size:
        short = ", ".join(f"{voice} {n:,}" for voice, n in found.short.items())
        said.append(f"A corpus of {size:,} cannot be made: stories short, by voice: {short}.")
    return said


def _page(found: Solution, said: list[str], more: Sequence[str] = ()) -> str:
    name = _unit(found)
    by = "one voice" if len(found.voices) == 1 else f"{len(found.voices)} voices"
    size = f"{show.counted(found.stories, 'story')} on {show.counted(found.topics, 'topic')}"
    title = f"'{found.pattern}' in {size} by {by}"
    heads = ["voice", "stories", "mean", "slope", name, "without", "now %", "solved %"]
    lines = [show.table(heads, [_voice(v) for v in found.voices], title)]
    legend = f"{name}: of the level within the voice; without: the best that the others reach on this floor"
    lines.append(show.folded(f"  slope: mentions per level; {legend}", "  ") + "\n")
    shown = len(found.levels) <= WIDE
    rows = []
    for label, at in (("now", found.now), ("equal shares", found.even), ("solved", found.solved)):
        dial = [f"{level.value:.2f}" for level in at.dial] if shown else []
        rows.append([label, f"{at.aim.value:.3f} {_ends(at.aim)}", *dial, f"{at.slope.value:.2f}"])
    if shown:
        rows += _limits(found.solved)
    heads = ["blend", f"{name} [95 %]", *(f"L{level}" for level in found.levels if shown), "slope"]
    lines.append(
        show.table(heads, rows, f"{name}, and the dial to expect ({_percent(found.solved.aim.level)} intervals)")
    )
    lines += [show.folded("  " + show.visible(line), "    ") for line in said]
    lines += more
    return "\n".join([*lines, "", show.visible(written(found))])


def _voice(v: Voice) -> list[str]:
    name = v.voice if len(v.voice) <= NAME else f"{v.voice[: NAME // 2 - 1]}…{v.voice[-NAME // 2 :]}"
    without = "–" if v.without is None else f"{v.without:.2f}"
    share = f"{100 * v.share.value:.3g} [{100 * v.share.low:.0f}, {100 * v.share.high:.0f}]"
    slope, now = f"{v.slope.value:.2f}", f"{100 * v.now:.3g}"
    return [name, f"{v.stories:,}", f"{v.mean:.2f}", slope, f"{v.alone:.2f}", without, now, share]


def _limits(at: Mixed) -> list[list[str]]:
    ends = (*at.dial, at.slope)
    return [["  from", "", *(f"{e.low:.2f}" for e in ends)], ["  to", "", *(f"{e.high:.2f}" for e in ends)]]


def _aim(found: Solution) -> str:
    return "η²" if found.aim == "eta2" else "information"


def _unit(found: Solution) -> str:
    return "η²" if found.aim == "eta2" else "bits"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _ends(interval: Interval) -> str:
    return f"[{interval.low:.3f}, {interval.high:.3f}]"


def _between(interval: Interval) -> str:
    return f"{interval.value:.3f} {_ends(interval)}"


def _signed(interval: Interval) -> str:
    return f"{interval.value:+.3f} [{interval.low:+.3f}, {interval.high:+.3f}]"


COMMANDS = (blend,)
