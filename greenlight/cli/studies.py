"""Commands that make and run: new, run, plan, demo, note."""

from __future__ import annotations

import json
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.leaderboard import closing
from greenlight.cli.options import AsJson, Keep, Sets, round_of, study_and_rounds

if TYPE_CHECKING:
    from greenlight.character.constitution import Constitution
    from greenlight.foreign import Found
    from greenlight.nouns import Round
    from greenlight.study import Study
    from greenlight.vocabulary import Vocabulary

Words = Annotated[
    list[str] | None,
    typer.Argument(help="The study's folder, then round numbers.", metavar="[STUDY] [ROUND…]", show_default=False),
]
Said = Annotated[
    Path | None, typer.Option(help="Whom a model is to become, for character: YAML, JSON or text.", metavar="FILE")
]
Topics = Annotated[Path | None, typer.Option(help="Topics of your own, one a line, for green-light.", metavar="FILE")]
Scale = Annotated[
    str,
    typer.Option(
        help="The rounds' size: laptop or paper, for bpc-ladder; smoke to oct, for character.",
        metavar="NAME",
        show_default=False,
    ),
]
PASSED = {"better", "equivalent", "undecided"}


def new(
    folder: Annotated[Path, typer.Argument(help="The folder to make; it must be empty or absent.")],
    recipe: Annotated[
        str, typer.Option("--from", help="green-light, bpc-ladder, mixture, character, or a folder like them.")
    ] = "green-light",
    text: Annotated[
        str | None, typer.Option(help="A text file or an http(s) address, for bpc-ladder.", metavar="FILE|URL")
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="What the text's bytes must hash to.")] = None,
    stories: Annotated[
        Path | None,
        typer.Option("--import", help="Stories in levels, for mixture: a text, JSONL or Parquet file.", metavar="FILE"),
    ] = None,
    manifest: Annotated[
        list[Path] | None,
        typer.Option(help="Of a text: where its stories are, by whom, and their sha1.", metavar="FILE"),
    ] = None,
    constitution: Said = None,
    topics: Topics = None,
    scale: Scale = "",
    tokenizer: Annotated[
        str | None,
        typer.Option(
            help="A folder with vocab.json and merges.txt, or gpt2, which fetches GPT-2's.", metavar="FOLDER|gpt2"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=1, help="Draws topics, corpus and training seeds.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Make a new study, and lock its yardstick.

    Example: greenlight new shakespeare --from bpc-ladder --text plays.txt
    """
    from greenlight.create import Given, create
    from greenlight.vocabulary import MISSING

    body, source = _text(text, sha256)
    told = _stories(stories, manifest or []), scale, _vocabulary(tokenizer), _said(constitution), _topics(topics)
    given = Given(seed, body, source, *told)
    study = create(folder, recipe, given, show.watch())
    yard = study.yardstick
    rounds = [path.name for path in study.files().values()]
    data = {"study": str(folder), "rounds": rounds, "yardstick": yard.hash, "search": len(yard.documents("search"))}
    lines = [
        f"{study.card.title}: {folder}",
        f"  yardstick {yard.hash[:12]}, locked: {show.counted(len(yard.documents('search')), 'held-out document')}",
    ]
    if imported := _imported(study):
        data["imported"] = imported
        lines += imported_lines(imported)
    lines += [f"  round {name}" for name in rounds]
    if waiting := _without_vocabulary(study):
        data["without_vocabulary"] = waiting
        them = " and ".join(map(str, waiting))
        lines.append(show.folded(f"  not here, and needed by {them}: {study.folder}/tokenizer; {MISSING}", "    "))
    lines += _speechless(study, data) if constitution else []
    there = shlex.quote(str(folder))
    lines += [f"next: greenlight plan {there}, then greenlight run {there} --all"]
    show.answer(data, as_json, show.visible("\n".join(lines)))


def _topics(path: Path | None) -> tuple[str, ...] | None:
    from greenlight.brainstorm import lines_of

    return None if path is None else lines_of(path)


def _said(path: Path | None) -> Constitution | None:
    from greenlight.character.constitution import read

    return None if path is None else read(path)


def _speechless(study: Study, data: dict[str, Any]) -> list[str]:
    """What its first round lacks to speak as its constitution says, if anything."""
    from greenlight.stages import speechless

    said = next((said for number in study.files() if (said := speechless(study.character(number)))), "")
    if said:
        data["speechless"] = said
    return [show.folded(f"  before it can run: {said}", "    ")] if said else []


def _vocabulary(named: str | None) -> Vocabulary | None:
    from greenlight import vocabulary

    if named is None:
        return None
    return vocabulary.gpt2() if named == vocabulary.NAME and not Path(named).exists() else vocabulary.read(Path(named))


def _without_vocabulary(study: Study) -> list[int]:
    """The rounds that would end as a crash, for their tokenizer's files are not in the study."""
    from greenlight.errors import UserError

    waiting = []
    for number in study.files():
        if study.makes_character(number):
            continue
        try:
            made = study.recipe(number).tokenizer
        except UserError:  # running it says what is wrong with it
            continue
        if made.use == "gpt2" and not made.source_sha256:
            waiting.append(number)
    return waiting


def _stories(path: Path | None, manifests: list[Path]) -> Found | None:
    from greenlight.errors import RecipeError
    from greenlight.foreign import read

    if path is None:
        if manifests:
            raise RecipeError("--manifest belongs to stories: give --import too")
        return None
    if len(manifests) > 1:
        raise RecipeError(f"two manifests ({manifests[0]}, {manifests[1]}): name the one that belongs to {path}")
    return read(path, manifests[0] if manifests else None)


def _imported(study: Study) -> dict[str, Any]:
    from greenlight.create import SOURCE

    path = study.folder / SOURCE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def imported_lines(found: dict[str, Any]) -> list[str]:
    """What was imported, what was verified, and what a reader must know of it."""
    who = f"by {show.counted(len(found['voices']), 'writer')}" if found["voices"] else "by writers unknown"
    checked = "every offset and sha1 verified" if found["manifest"] else "split by the control line"
    lines = [
        f"imported {show.counted(found['stories'], 'story')} on {show.counted(found['topics'], 'topic')} {who}: "
        f"{checked}"
    ]
    if found["control_lines_as_in_the_file"] < found["stories"]:
        same = found["control_lines_as_in_the_file"]
        lines.append(f"round 1 writes its own control line; it is the file's in {same:,} of the stories")
    lines += found["notes"]
    if found["left_out"]:
        lines.append(f"left out, for they name writers whom this import does not: {', '.join(found['left_out'])}")
    return [show.folded(f"  {line}", "    ") for line in lines]


def _text(text: str | None, sha256: str | None) -> tuple[str | None, str]:
    import hashlib

    from greenlight.errors import InputError, RecipeError
    from greenlight.outside import as_text, fetch, read_bytes

    if text is None:
        if sha256 is not None:
            raise RecipeError("--sha256 belongs to a text: give --text too")
        return None, ""
    remote = "://" in text and not Path(text).exists()
    data = fetch(text) if remote else read_bytes(Path(text))
    found = hashlib.sha256(data).hexdigest()
    if sha256 is not None and sha256.lower() != found:
        raise InputError(f"{text} has sha256 {found}, not {sha256.lower()}: it is another file, or it was damaged")
    name = text if remote else Path(text).name
    return as_text(data, text), name.encode(errors="replace").decode()


def run(
    words: Words = None,
    everything: Annotated[bool, typer.Option("--all", help="Run every round that has no verdict yet.")] = False,
    sets: Sets = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Run with seeds 1 … N instead of the recipe's.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run, and run nothing.")] = False,
    require: Annotated[
        str, typer.Option(help="Exit with 3 unless the verdict is this: --require better.", metavar="OUTCOME")
    ] = "",
    keep: Keep = False,
    as_json: AsJson = False,
) -> int:
    """Run rounds and judge them.

    Without a number: the first round that has no verdict yet.

    Example: greenlight run my-study 2 --set train.epochs=4
    """
    from greenlight.errors import RecipeError
    from greenlight.study import Study

    if require and require not in PASSED | {"worse"}:
        raise RecipeError(f"--require {require}: an outcome is better, worse, equivalent or undecided")
    folder, numbers = study_and_rounds(words)
    changes = [*(sets or []), *([f"seeds={list(range(1, seeds + 1))}"] if seeds else [])]
    study = Study(folder, show.watch(), keep)
    if dry_run:
        plan(words, sets=changes, everything=everything, as_json=as_json)
        return 0
    numbers = _chosen(study, numbers, everything)
    rows = run_rounds(study, numbers, tuple(changes)) if numbers else []
    _finish(study, rows, as_json)
    return _code(rows or list(study.ledger.latest().values()), require) if numbers or require else 0


def _chosen(study: Study, numbers: list[int], everything: bool) -> list[int]:
    from greenlight.errors import StudyError

    if not study.files():
        raise StudyError(f"{study.folder / 'rounds'} holds no recipe: write one, such as 01-first.toml")
    if numbers:
        return [number for number in numbers if study.file(number)]
    waiting = study.pending()
    return waiting if everything else waiting[:1]


def run_rounds(study: Study, numbers: list[int], sets: tuple[str, ...] = ()) -> list[Round]:
    """Runs rounds one after the other; a crash is recorded, and the next round goes on."""
    from greenlight.crew import Crew
    from greenlight.report.publish import tables
    from greenlight.round import run_round

    rows = []
    study.ledger.rounds(), study.ledger.notes()
    recipes = {
        number: study.any_recipe(number, sets) for number in numbers
    }  # all are read first: a mistake costs no minute
    with Crew() as crew:
        for number, recipe in recipes.items():
            began = time.monotonic()
            question = recipe.question or "no question stated"
            study.store.watch.say(f"round {number} ({study.slug(number)}): {question}")
            row = run_round(number, study, crew, sets)
            tables(study)
            rows.append(row)
            study.store.watch.say(f"  {_news(row)} ({show.span(time.monotonic() - began)})")
    return rows


def _news(row: Round) -> str:
    if row.status == "crash":
        return f"crash: {row.reason}"
    return (
        f"{row.verdict.outcome}: {row.verdict.sentence}"
        if row.verdict
        else "measured; the first of its line, so there is no verdict"
    )


def _finish(study: Study, rows: list[Round], as_json: bool) -> None:
    from greenlight.report.publish import tables

    tables(study)  # also after a kill between the ledger and its tables
    waiting = study.pending()
    data = {"rounds": [row.data() for row in rows], "waiting": waiting, "head": study.ledger.head}
    lines = [closing(study)]
    here = "" if study.folder == Path() else f" {shlex.quote(str(study.folder))}"
    lines.append(
        f"next: greenlight run{here}   ({len(waiting)} without a verdict)"
        if waiting
        else f"next: greenlight report{here}"
    )
    show.answer(data, as_json, "\n".join(lines))


def _code(rows: list[Round], require: str) -> int:
    if any(row.status == "crash" for row in rows):
        return 1
    outcomes = [row.verdict.outcome for row in rows if row.verdict]
    if require:
        return 0 if outcomes and all(outcome == require for outcome in outcomes) else 3
    return 0 if set(outcomes) <= PASSED else 3


def plan(
    words: Words = None,
    sets: Sets = None,
    everything: Annotated[bool, typer.Option("--all", help="Plan every round without a verdict.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a round would do, and its minutes.

    Prints the effective recipe, whole; nothing is run.

    Example: greenlight plan my-study 2 --set train.epochs=4
    """
    from greenlight.plan import foresee
    from greenlight.study import Study

    folder, numbers = study_and_rounds(words)
    study = Study(folder)
    numbers = _chosen(study, numbers, everything) or list(study.files())[-1:]
    plans = [foresee(study, number, tuple(sets or [])) for number in numbers]
    show.answer([p.data() for p in plans], as_json, show.visible("\n\n".join(p.text() for p in plans)))


def demo(
    seed: Annotated[int, typer.Option(min=1, help="Another seed gives other topics, stories and figures.")] = 1,
    folder: Annotated[Path | None, typer.Option(help="Where the study goes; default: demo, or demo-SEED.")] = None,
    as_json: AsJson = False,
) -> int:
    """Run the green-light study, from voices to report.

    Four procedural voices, four rounds, three seeds each; minutes on a laptop.

    Example: greenlight demo --seed 2
    """
    from greenlight.create import Given, create
    from greenlight.factors import takeaway
    from greenlight.report.publish import report
    from greenlight.study import Study

    began = time.monotonic()
    where = folder or Path("demo" if seed == 1 else f"demo-{seed}")
    watch = show.watch()
    study = Study(where, watch) if (where / "study.toml").exists() else create(where, "green-light", Given(seed), watch)
    waiting = study.pending()
    if not waiting:
        watch.say(f"{where} holds this study, whole; remove the folder to run it from an empty store")
    rows = run_rounds(study, waiting)
    paths = report(study)
    data: dict[str, Any] = {"study": str(where), "rounds": [r.data() for r in study.ledger.latest().values()]}
    data |= {"report": str(paths[0]), "seconds": round(time.monotonic() - began, 1)}
    lines = [closing(study)]
    rounds = study.ledger.latest().values()
    lines += [show.folded(f"round {r.number}, {r.verdict.outcome}: {r.verdict.sentence}") for r in rounds if r.verdict]
    lines += ["", *(show.folded(f"- {line}") for line in takeaway(list(rounds))), ""]
    lines += [f"report: {paths[0]}", f"{show.counted(len(rows), 'round')} in {show.span(time.monotonic() - began)}"]
    show.answer(data, as_json, "\n".join(lines))
    return 1 if any(row.status == "crash" for row in study.ledger.latest().values()) else 0


def note(
    number: Annotated[str, typer.Argument(help="The round that the note is about.", metavar="ROUND")],
    text: Annotated[str, typer.Argument(help="What you want to keep with it.")],
    folder: Annotated[Path, typer.Option("--study", help="The study's folder.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Keep a note with a round; it stands in the report.

    Example: greenlight note 2 "the wide voice writes longer sentences"
    """
    from greenlight.errors import RecipeError
    from greenlight.report.publish import tables
    from greenlight.study import Study

    study = Study(folder)
    which = round_of(number)
    study.file(which)
    if not text.strip():
        raise RecipeError("the note is empty: write it in quotes after the round")
    if not text.isascii() and text != text.encode(errors="replace").decode():
        raise RecipeError("the note is not UTF-8: write it again in UTF-8")
    entry = study.ledger.append("note", {"round": which, "text": text.strip()})
    tables(study)
    show.answer(entry.data(), as_json, f"noted with round {which}")


COMMANDS = (new, run, plan, demo, note)
