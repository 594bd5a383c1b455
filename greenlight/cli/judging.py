"""Commands that judge: power before a round, compare after it, explain what a verdict rests on."""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import judged, show
from greenlight.cli.options import AsJson, Keep, round_of, study_and_rounds

if TYPE_CHECKING:
    from greenlight.judge import Evidence
    from greenlight.nouns import Round, Verdict
    from greenlight.recipe import KeepIf
    from greenlight.study import Study

Before = Annotated[str, typer.Argument(help="The earlier round.", metavar="A")]
After = Annotated[str, typer.Argument(help="The round that is judged.", metavar="B")]
Folder = Annotated[Path, typer.Option("--study", help="The study's folder.")]
MetricOf = Annotated[str, typer.Option(help="Default: the metric of B's keep_if.")]


# ---------------------------------------------------------------- before a round


def power(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            help="The study's folder, then the round; default: the first without a verdict.",
            metavar="[STUDY] [ROUND]",
            show_default=False,
        ),
    ] = None,
    metric: Annotated[str, typer.Option(help="Default: the metric of the round's keep_if.")] = "",
    effect: Annotated[
        float | None, typer.Option(help="A true change, above 0, in the metric's unit; default: the predicted one.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=2, max=1000, help="Seeds in each round.")] = None,
    blocks: Annotated[int | None, typer.Option(min=2, max=100_000, help="Topics or blocks of the yardstick.")] = None,
    margin: Annotated[float | None, typer.Option(help="Default: keep_if.by, else the noise floor.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a round can see, before it runs.

    Pairs of rounds are simulated from the study's own seeds and blocks, and
    judged as real ones are. Where no noise has been seen, a noise study is
    offered, with its price.

    Example: greenlight power my-study 2 --effect 0.2
    """
    from greenlight.cli import sights
    from greenlight.errors import RecipeError
    from greenlight.inquiry import outlook
    from greenlight.plan import ahead_of
    from greenlight.study import Study

    if effect is not None and not 0 < effect < math.inf:
        raise RecipeError(f"--effect {effect:g}: write how large a true change is, as a number above 0")
    if margin is not None and not 0 <= margin < math.inf:
        raise RecipeError(f"--margin {margin:g}: a margin is 0 or a number above it")
    folder, numbers = study_and_rounds(words)
    study = Study(folder)
    number = _planned(study, numbers)
    ahead = ahead_of(study, number, (), outlook.Question(metric, effect, seeds, blocks, margin))
    found = None if ahead.noise is None else outlook.answer(ahead)
    more = outlook.noise_study(ahead)
    there = "" if folder == Path() else f" {shlex.quote(str(folder))}"
    command = f"greenlight run{there} {ahead.control} --seeds"
    data = {**sights.data(ahead, found, more), "noise_study_command": f"{command} 8"}
    lines = sights.head(ahead, study.slug(number))
    if found is None:
        name = f"rounds/{max(study.files()) + 1:02d}-noise-proxy.toml"
        data["proxy"] = {"file": name, "recipe": outlook.proxy(study.recipe(number), ahead.control)}
        lines += sights.offer(ahead, more, command, data["proxy"])
    else:
        lines += sights.answer(ahead, found)
        if ahead.noise is not None and not ahead.noise.earlier and not ahead.anew:
            lines += sights.lend(ahead, more, command)
    show.answer(data, as_json, show.visible("\n".join(lines)))


def _planned(study: Study, numbers: list[int]) -> int:
    """The round that is asked about: the named one, else the first without a verdict that is compared with another."""
    from greenlight.errors import RecipeError, StudyError

    if not study.files():
        raise StudyError(f"{study.folder / 'rounds'} holds no recipe: write one, such as 01-first.toml")
    if len(numbers) > 1:
        raise RecipeError("power looks at one round: name one")
    if numbers:
        study.file(numbers[0])
        return numbers[0]
    waiting = [n for n in study.pending() if study.recipe(n).against_number is not None]
    return waiting[0] if waiting else max(study.files())


# ---------------------------------------------------------------- after a round


def compare(
    before: Before,
    after: After,
    folder: Folder = Path(),
    metric: MetricOf = "",
    recipes: Annotated[
        bool, typer.Option("--recipes", help="Print the recipes that would separate a package.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Write them into the study's rounds.")] = False,
    bootstrap: Annotated[
        bool, typer.Option("--bootstrap", help="Show the percentile bootstrap beside the interval.")
    ] = False,
    keep: Keep = False,
    as_json: AsJson = False,
) -> int:
    """Judge round B against round A.

    Prints the verdict with its interval, seeds and blocks, what differed,
    whether a cause may be named, and what would separate a package.

    Example: greenlight compare 1 2 --metric bpc
    """
    from greenlight import stats
    from greenlight.factors import separation_toml
    from greenlight.judge import true_difference
    from greenlight.verdict import decide

    study, evidence, rows = _evidence(folder, before, after, metric, keep)
    e, (a, b) = evidence, rows
    verdict = decide(e.after, e.before, e.keep_if, e.factors, e.against, e.beside)
    known = {"truth": true_difference(b, a, verdict), "missing": _way_out(verdict, e, keep)}
    verdict = verdict.model_copy(update=known)
    recorded, planned = _recorded(rows, verdict)
    cheapest = sorted(verdict.factors.separations, key=lambda s: math.inf if s.minutes is None else s.minutes)
    missing = [s for s in cheapest if s.done_by is None]
    texts = {s.factor: separation_toml(s, a.number) for s in missing}
    written, there = new_rounds(study, {f"{of}-alone": text for of, text in texts.items()}) if write else ([], [])
    boot = None
    if bootstrap and verdict.outcome != "invalid":
        boot = stats.bootstrap(e.before.values, e.after.values, e.after.weights)
    blocks = [] if verdict.outcome == "invalid" else _blocks(e)
    data = {**verdict.data(), "per_block": blocks, "cause": judged.cause(verdict.factors), "recipes": texts}
    data |= {"written": written, "already_there": there, "bootstrap": None if boot is None else boot.data()}
    data |= {"recorded": recorded, "planned_comparison": planned}
    lines = [*judged.verdict_lines(verdict, a.number, b.number), *judged.recorded_line(recorded, verdict)]
    lines += judged.noted(verdict, boot, planned)
    lines += judged.by_seed(verdict, a.number, b.number) + judged.by_block(verdict, blocks, b.number)
    lines += judged.factor_lines(verdict.factors, a.number, cheapest)
    if recipes:
        lines += [f"\n# {s.factor} alone\n{texts[s.factor]}".rstrip() for s in missing]
    lines += [f"wrote {path}" for path in written]
    lines += [show.folded(f"already there, with the same changes: {path}") for path in there]
    show.answer(data, as_json, show.visible("\n".join(lines)))
    return 3 if verdict.outcome in ("worse", "invalid") else 0


def _evidence(
    folder: Path, before: str, after: str, metric: str, keep: bool
) -> tuple[Study, Evidence, tuple[Round, Round]]:
    """What round B's verdict against round A rests on."""
    from greenlight import checkups
    from greenlight.crew import Crew
    from greenlight.errors import RecipeError, nearest
    from greenlight.judge import evidence
    from greenlight.recipe import KeepIf, Recipe
    from greenlight.study import Study

    numbers = round_of(before), round_of(after)
    if numbers[0] == numbers[1]:
        raise RecipeError(f"round {numbers[0]} cannot be compared with itself: name two rounds")
    study = Study(folder, show.watch(), keep)
    a, b = (study.round(number) for number in numbers)
    if metric and metric not in b.scores:
        known = nearest(metric, list(b.scores))
        raise RecipeError(f"--metric {metric}: round {b.number} was not measured by '{metric}'{known}")
    if b.recipe.get("use") == "character":
        keep_if = KeepIf.model_validate(b.recipe["keep_if"])
        return study, checkups.evidence(b, a, _asked(keep_if, metric), study), (a, b)
    recipe = Recipe.model_validate(b.recipe)
    recipe = recipe.model_copy(update={"keep_if": _asked(recipe.keep_if, metric)})
    with Crew() as crew:
        return study, evidence(b, a, recipe, study, crew), (a, b)


def _asked(keep_if: KeepIf, metric: str) -> KeepIf:
    """With another metric, and no margin then: it was stated for the first."""
    return keep_if.model_copy(update={"metric": metric, "by": None}) if metric not in ("", keep_if.metric) else keep_if


def _way_out(verdict: Verdict, evidence: Evidence, keep: bool) -> str:
    """What is missing; where kept scores were made by different code, that measuring both again helps."""
    code = [score.settings.get("code") for score in (evidence.before, evidence.after)]
    if keep and verdict.outcome == "invalid" and code[0] != code[1]:
        return "Give the command without --keep: both rounds are then measured by the code that is here."
    return verdict.missing


def _recorded(rows: tuple[Round, Round], verdict: Verdict) -> tuple[dict[str, Any] | None, bool]:
    """What the ledger says of this very comparison, and whether round B's recipe planned it."""
    a, b = rows
    if b.against != a.number or b.recipe["keep_if"]["metric"] != verdict.metric:
        return None, False
    if b.verdict is None or b.verdict.metric != verdict.metric:
        return None, True
    found = {"outcome": b.verdict.outcome, "date": b.started[:10], "differs": b.verdict.outcome != verdict.outcome}
    return found | {"control_changed": bool(b.control) and b.control != a.models}, True


def new_rounds(study: Study, texts: dict[str, str]) -> tuple[list[str], list[str]]:
    """Writes recipes, by what their files shall be called, as the study's next rounds; of those that it has already,
    the same but for their question, it gives the files that are there."""
    from greenlight.store import write_file

    written, there = [], []
    for name, text in texts.items():
        if (same := _same_file(study, text)) is not None:
            there.append(str(same))
            continue
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        path = study.folder / "rounds" / f"{max(study.files()) + 1:02d}-{slug}.toml"
        write_file(path, text)
        written.append(str(path))
    return written, there


def _same_file(study: Study, text: str) -> Path | None:
    """The study's recipe file that asks what ``text`` asks: nothing differs in training, seeds, and what it is held
    against."""
    import tempfile

    from greenlight import loading
    from greenlight.effective import written
    from greenlight.errors import GreenlightError

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recipe.toml"
        path.write_text(text, encoding="utf-8")
        wanted = loading.check(loading.written(path, study.written), study.folder)
    for number, file in study.files().items():
        try:
            there = study.recipe(number)
        except GreenlightError:  # a file that is not whole is no such recipe
            continue
        alike = (there.against_number, there.seeds) == (wanted.against_number, wanted.seeds)
        if alike and not written(there.data(), wanted.data()):
            return file
    return None


def _blocks(evidence: Evidence) -> list[dict[str, Any]]:
    """Each block's mean over seeds in both rounds, and their difference."""
    a, b = evidence.before, evidence.after
    found = []
    for i, (name, weight) in enumerate(zip(b.blocks, b.weights, strict=True)):
        values = [math.fsum(row[i] for row in score.values) / len(score.values) for score in (a, b)]
        found.append(
            {
                "block": name,
                "before": values[0],
                "after": values[1],
                "difference": values[1] - values[0],
                "weight": weight,
            }
        )
    return found


# ---------------------------------------------------------------- what it rests on


def explain(
    before: Before,
    after: After,
    folder: Folder = Path(),
    metric: MetricOf = "",
    keep: Keep = False,
    as_json: AsJson = False,
) -> int:
    """Find the few rows that a verdict rests on.

    Leaves out topics or blocks one by one, and decides again each time, until
    the verdict would be another one; and leaves out each seed in turn.

    Example: greenlight explain 1 2 --study my-study
    """
    from dataclasses import asdict, replace

    from greenlight.inquiry.explain import explain as search

    _, evidence, (a, b) = _evidence(folder, before, after, metric, keep)
    found = search(evidence)
    whole = found.verdict.model_copy(update={"missing": _way_out(found.verdict, evidence, keep)})
    found = replace(found, verdict=whole)
    data = {
        "verdict": found.verdict.data(),
        "flipped": None if found.flipped is None else found.flipped.data(),
        "rows": [asdict(row) for row in found.rows],
        "blocks": found.blocks,
        "share": found.share,
        "tried": found.tried,
        "margin_held": found.held,
        "seeds": [
            {"round": number, "seed": s.seed, "verdict": s.verdict.data(), "interval_says": s.says}
            for s in found.seeds
            for number in [judged.round_number(s.round, a, b)]
        ],
        "bound": "upper: a smaller set may exist",
    }
    show.answer(data, as_json, show.visible("\n".join(judged.explained(found, a, b))))
    return 3 if found.verdict.outcome == "invalid" else 0


COMMANDS = (power, compare, explain)
