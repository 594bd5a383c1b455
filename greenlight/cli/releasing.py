"""Commands about what leaves the study for good, and whether it is what it says: release, verify."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, StudyFolder, round_of

if TYPE_CHECKING:
    from greenlight.nouns import Round
    from greenlight.rebuild import Rebuilt
    from greenlight.release import Made
    from greenlight.study import Study

Verified = Annotated[
    Path,
    typer.Argument(help="A study, a release, or the folder of a corpus; default: the current one.", metavar="[FOLDER]"),
]


def release(
    number: Annotated[str, typer.Argument(help="The round: 2.", metavar="ROUND")],
    folder: StudyFolder = Path(),
    tag: Annotated[str, typer.Option(help="Its name, and the git tag's; default: NN-name.", metavar="NAME")] = "",
    out: Annotated[
        Path | None, typer.Option(help="Where to; default: releases/NAME in the study.", metavar="FOLDER")
    ] = None,
    seeds: Annotated[
        str, typer.Option(help="Whose weights go in: all, or 1,3; default: the first.", metavar="SEEDS")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Freeze a round as a folder that rebuilds its model.

    Recipe, corpus, weights, card, scores, and the yardstick's search part, with
    the hash of every file. Prints the command that tags it in git.

    Example: greenlight release 2 my-study
    """
    from greenlight.release import Wanted
    from greenlight.release import release as write
    from greenlight.report.publish import tables
    from greenlight.study import Study

    study = Study(folder, show.watch())
    row = study.round(round_of(number))
    chosen = row.seeds[:1] if not seeds else row.seeds if seeds == "all" else _seeds(seeds)
    made = write(study, row.number, Wanted(tag, out, chosen), _words(study, row, chosen))
    tables(study)
    one = made.release
    data = {"folder": str(made.folder), "found": made.found, "git_tag": made.tag_command, **one.data()}
    show.answer(data, as_json, _told(made))


def _seeds(text: str) -> tuple[int, ...]:
    from greenlight.errors import RecipeError

    words = [word.strip() for word in text.split(",")]
    if not all(word.isdecimal() and len(word) < 20 for word in words):
        raise RecipeError(f"--seeds {text}: write all, or seeds such as 1,3")
    return tuple(dict.fromkeys(map(int, words)))


def _told(made: Made) -> str:
    one, size = made.release, sum(path.stat().st_size for path in made.folder.rglob("*") if path.is_file())
    state = "there already, whole and the same" if made.found else "written"
    weights = f"weights of seed {', '.join(map(str, one.weights))}; hashes of {show.counted(len(one.seeds), 'seed')}"
    head = [
        f"{made.folder}: {state}, {show.counted(len(one.files) + 1, 'file')}, {size / 1e6:,.1f} MB",
        f"round {one.round} ({one.slug}), verdict {one.outcome}; {weights}",
    ]
    lines = [show.folded(show.visible(line)) for line in head]
    for name, score in one.scores.items():
        half = "" if score.half_width is None else f" ± {score.half_width:.4g}"
        said = f"invalid: {score.invalid}" if score.value is None else f"{score.value:.4g}{half} {score.unit}"
        lines.append(show.folded(show.visible(f"  {name}  {said}"), "    "))
    check = show.visible(f"check it with: greenlight verify {shlex.quote(str(made.folder))}")
    lines += [check, "tag it, once it is committed, with:"]
    return "\n".join([*lines, show.visible(made.tag_command)])


# ---------------------------------------------------------------- the card


def _words(study: Study, row: Round, seeds: tuple[int, ...]) -> Any:
    """The model card and the intervals of a round's scores; empty for one that has none to tell of."""
    from greenlight.release import Words
    from greenlight.report.cells import half_width

    halves = {name: None if score.invalid else half_width(score) for name, score in row.scores.items()}
    if row.recipe.get("use") == "character" or not set(seeds) <= set(row.seeds):
        return Words("", halves)  # refused by the one who writes
    return Words(_card(study, row, seeds, halves), halves)


def _card(study: Study, row: Round, seeds: tuple[int, ...], halves: dict[str, float | None]) -> str:
    from greenlight.release import CORPUS, MODEL, RECIPE, YARD, outcome
    from greenlight.report import card

    text = card.about(study.card, row, seeds[0])
    title, _, rest = text.partition("\n\n")
    held = len(study.yardstick.documents("search"))
    kind = row.recipe["corpus"]["use"]
    kept = outcome(row)
    models = ", ".join(f"`{MODEL}/{seed}/`" for seed in seeds)
    parts = [
        _head(study, row, halves),
        title,
        {
            "better": "Released from a round that its study keeps: its verdict is better.",
            "none": "Released from a round that was compared with no other: it has no verdict.",
        }.get(kept, f"**Not a model that its study keeps**: the verdict of its round is {kept}."),
        rest,
        "## Scores of all seeds",
        _scores(row, halves),
        "## What is in this folder",
        "\n".join(
            [
                f"- `{RECIPE}`: the effective recipe, with every default; `round.json`: all that its study recorded",
                f"- `{CORPUS}/`: the documents that the model was trained on and validated with, {_of(kind)}",
                f"- {models}: weights, settings, tokenizer, and the loss curve of its training",
                f"- `{YARD}/`: the {held:,} held-out documents that the scores are of (the search part; the locked "
                "part stays in the study, and its hash is here)",
                "- `release.json`: scores with intervals, versions, machine, and the sha256 of every other file",
            ]
        ),
        "Licence: unknown. Nothing records under which licence corpus and held-out text may be passed on; it is for "
        "whoever publishes them to say.",
        "## Checked and built again",
        "    greenlight verify FOLDER              # hashes, and the scores measured again\n"
        "    greenlight verify FOLDER --rebuild    # the beginning of its training, run again and compared",
    ]
    return "\n\n".join(parts) + "\n"


def _scores(row: Round, halves: dict[str, float | None]) -> str:
    from greenlight.report.cells import PLUS_MINUS, metric_name
    from greenlight.report.tables import table_md
    from greenlight.report.text import decimals, plus_minus

    cells = []
    for name, score in sorted(row.scores.items()):
        half = halves[name]
        mean = "invalid" if score.invalid else plus_minus(score.value, half, decimals(half, score.value))
        cells.append([metric_name(name), mean, score.unit, f"{len(score.seeds)}", f"{len(score.blocks)} {score.over}"])
    table = table_md(["Metric", "Mean ± half of its interval", "Unit", "Seeds", "Measured on"], cells, (1, 3))
    return f"{table}\n\n{PLUS_MINUS}"


def _of(kind: str) -> str:
    return {
        "voices": "written by machines",
        "import": "stories by machines that another tool wrote",
        "text": "cut from one text; the text itself is not here, for its held-out parts are in it",
    }[kind]


def _head(study: Study, row: Round, halves: dict[str, float | None]) -> str:
    """YAML that model hubs read; every string of it is JSON's, which YAML takes as it stands."""
    from greenlight.report import card
    from greenlight.report.cells import metric_name
    from greenlight.report.text import line

    tags = ["greenlight", *(["synthetic"] if card.synthetic(row) else [])]
    found = []
    for name, score in sorted(row.scores.items()):
        if not score.invalid:
            half = halves[name]
            spread = f", ± {half:.3g} (95 %)" if half is not None else ""
            said = f"{metric_name(name)}, {score.unit}, mean of {show.counted(len(score.seeds), 'seed')}{spread}"
            found.append({"type": line(name, 80), "value": score.value, "name": line(said, 200)})
    data: dict[str, Any] = {
        "name": f"yardstick of {line(study.card.title, 120)}, search part",
        "type": "greenlight-yardstick",
    }
    data |= {"revision": row.yardstick}
    index = [
        {
            "name": f"{row.number:02d}-{row.slug}",
            "results": [{"task": {"type": "text-generation"}, "dataset": data, "metrics": found}],
        }
    ]
    head: dict[str, Any] = {"license": "other", "license_name": "unknown", "library_name": "greenlight", "tags": tags}
    head |= {"pipeline_tag": "text-generation", "model-index": index}
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    return "\n".join(["---", *lines, "---"])


# ---------------------------------------------------------------- verify


def verify(
    folder: Verified = Path(),
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Of a release: begin its training again too.")] = False,
    steps: Annotated[
        int | None, typer.Option(min=1, help="With --rebuild: so many steps; default: to the first validation.")
    ] = None,
    share: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="With --rebuild: this share of all steps; 1: all of it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="With --rebuild --share 1: keep the model that it trains.", metavar="DIR")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Recompute every hash, and say what is wrong.

    Of a study: ledger, yardstick, store, tables, runs, every row of every corpus.
    Of a corpus: all of it. Of a release: its scores too, measured again.

    Example: greenlight verify my-study
    """
    from greenlight.errors import RecipeError
    from greenlight.release import NAME, ROUND

    if steps is not None and share is not None:
        raise RecipeError("--steps and --share say the same twice: give one")
    if not rebuild and (steps is not None or share is not None):
        raise RecipeError("--steps and --share belong to --rebuild")
    if out is not None and (share != 1 or out.exists()):
        why = f"{out} is there already" if share == 1 else "belongs to --rebuild --share 1, which trains it whole"
        raise RecipeError(f"--out {why}")
    if any((folder / name).exists() for name in (NAME, ROUND)) and not (folder / "study.toml").exists():
        wanted = float(steps or 1) if share is None else _share(share)
        return _release(folder, wanted if rebuild else None, out, as_json)
    if rebuild:
        raise RecipeError(f"--rebuild is for a release, and {folder} is none (no {NAME}): greenlight release makes one")
    return _study_or_corpus(folder, as_json)


def _share(share: float) -> float:
    """Of all steps, as ``rebuilt`` takes it: below 1 a share, and all of them where it is 1."""
    return share if share < 1 else float("inf")


def _study_or_corpus(folder: Path, as_json: bool) -> int:
    from greenlight.study import Study
    from greenlight.verify import corpus_problems, problems, remarks

    if (folder / "manifest.json").exists() and not (folder / "study.toml").exists():
        checked, bad = corpus_problems(folder)
        said: list[str] = []
    else:
        study = Study(folder, show.watch())
        checked, bad = problems(study)
        said = remarks(study)
    lines = [f"  {show.visible(line)}" for line in (*bad, *said)]
    text = "\n".join([*lines, f"{checked} things checked, {len(bad)} wrong"])
    show.answer({"checked": checked, "problems": bad, "remarks": said}, as_json, text)
    return 3 if bad else 0


def _release(folder: Path, steps: float | None, out: Path | None, as_json: bool) -> int:
    from greenlight import release as releases
    from greenlight.report.cells import half_width
    from greenlight.store import file_sha256
    from greenlight.verify import examine

    found = examine(folder, show.watch(), steps, out)
    for name, score in found.row.scores.items() if found.row else ():
        mine = found.release.scores.get(name)
        if mine is not None and not score.invalid and mine.half_width != half_width(score):
            found.problems.append(f"{releases.NAME} has another interval of {name} than its values give")
    one = found.release
    data = {"release": str(folder), "tag": one.tag, "round": one.round, "slug": one.slug, "outcome": one.outcome}
    data |= {"release_sha256": file_sha256(folder / releases.NAME), **found.data()}
    head = f"{one.tag}: round {one.round} ({one.slug}), verdict {one.outcome}; release.json {data['release_sha256']}"
    lines = [head, *found.here, *(f"wrong: {line}" for line in found.problems), *found.remarks]
    # what a release says of itself may hold line ends, and is one line here
    text = ["\n".join(show.folded(show.visible(" ".join(line.split())), "    ") for line in lines)]
    rows = [
        [
            s.metric,
            str(s.seed),
            f"{s.released:.6g}",
            f"{s.now:.6g}",
            f"{abs(s.now - s.released):.1g}",
            f"{s.allowed:.1g}",
        ]
        for s in found.scores
    ]
    if rows:
        text.append(show.table(["measured again", "seed", "released", "now", "apart", "allowed"], rows))
    text += [] if found.rebuilt is None else [show.folded(_rebuilt(found.rebuilt), "    ")]
    text.append(f"{found.checked} things checked, {len(found.problems)} wrong")
    show.answer(data, as_json, "\n".join(text))
    return 3 if found.problems else 0


def _rebuilt(found: Rebuilt) -> str:
    exact = "bit for bit" if found.exact and not found.differences else f"largest difference {found.largest:.2g} nats"
    weights = "" if found.weights == "not compared" else f"; weights {found.weights}"
    wrong = f", {len(found.differences)} differences" if found.differences else ", the same curve"
    return f"rebuilt seed {found.seed} to step {found.steps} of {found.of}{wrong}: {exact}{weights}"


COMMANDS = (release, verify)
