"""Commands that write corpora: write, replay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, Keep, Sets, round_of

if TYPE_CHECKING:
    from greenlight.estimate import Expected
    from greenlight.recipe import Recipe, VoicesCorpus
    from greenlight.study import Study

Where = Annotated[Path, typer.Argument(help="The study's folder.", metavar="STUDY")]
Number = Annotated[str, typer.Argument(help="The round whose corpus is written.", metavar="ROUND")]


def write(
    folder: Where,
    number: Number,
    sets: Sets = None,
    budget_usd: Annotated[float | None, typer.Option(min=0.0, help="Stop asking once this much is spent.")] = None,
    max_hours: Annotated[float | None, typer.Option(min=0.0, help="Stop asking after so many hours.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and ask nobody.")] = False,
    keep: Keep = False,
    as_json: AsJson = False,
) -> None:
    """Write a round's corpus, and train nothing.

    It says first what that will take, in requests, tokens, money and minutes.
    What was answered is kept: the same command goes on, and run takes it.

    Example: greenlight write my-study 2 --budget-usd 3
    """
    from greenlight import blend
    from greenlight.estimate import estimate
    from greenlight.prices import Bounds
    from greenlight.screen import screen
    from greenlight.study import Study
    from greenlight.write import write as write_corpus

    study = Study(folder, show.watch(), keep)
    recipe, corpus = _voices(study, number, tuple(sets or ()))
    draws = blend.plan(corpus)
    found = estimate(corpus, recipe.gates.each, draws, study.store)
    if dry_run:
        show.answer({"expected": {name: one.data() for name, one in found.items()}}, as_json, _expected(found))
        return
    if any(one.places for one in found.values()):
        show.tell(_expected(found))
    written = write_corpus(
        corpus, recipe.gates.each, draws, study.store, study.store.watch, Bounds(budget_usd, max_hours)
    )
    kept = screen(recipe.gates.whole, written, corpus.brief, study.yardstick, study.store)
    data = {
        "corpus": str(study.store.path(kept)),
        "documents": kept.facts["documents"],
        "dropped": kept.facts["dropped"],
        "accounting": written.facts["accounting"],
        "bill": written.facts["bill"],
    }
    show.answer(data, as_json, _told(study, number, data))


def replay(folder: Where, number: Number, as_json: AsJson = False) -> int:
    """Write a round's corpus again from the recorded answers alone.

    No server is asked. The exit code is 3 when it is not the corpus that the
    round was trained on.

    Example: greenlight replay my-study 2
    """
    import shutil
    import tempfile

    from greenlight import blend, quarantine
    from greenlight.prices import Bounds
    from greenlight.store import Store
    from greenlight.study import Study
    from greenlight.write import write as write_corpus

    study = Study(folder, show.watch())
    recipe, corpus = _voices(study, number, ())
    row, draws = study.ledger.latest().get(round_of(number)), blend.plan(corpus)
    before = row.artifacts.get("corpus") if row is not None else None
    if before is None:  # written, and not yet trained on: the store has it, and gives it back
        before = write_corpus(corpus, recipe.gates.each, draws, study.store, study.store.watch, Bounds(replay=True))
    with tempfile.TemporaryDirectory(dir=study.store.folder, prefix=".replay-") as scratch:
        store = Store(Path(scratch) / "store", study.store.watch)
        (study.store.folder / "answers").mkdir(exist_ok=True)
        store.folder.mkdir(parents=True)
        (store.folder / "answers").symlink_to((study.store.folder / "answers").resolve(), target_is_directory=True)
        book = quarantine.ledger_of(study.folder / quarantine.IN_STUDY)
        if book.exists():
            shutil.copy(book, scratch)
        again = write_corpus(corpus, recipe.gates.each, draws, store, store.watch, Bounds(replay=True))
    same = again.files == before.files
    data = {"same": same, "accounting": again.facts["accounting"], "files": again.files, "recorded": before.files}
    kept = again.facts["accounting"]["kept"]
    text = f"{kept:,} documents from {again.facts['accounting']['asked']:,} recorded answers: " + (
        "the very corpus of the round" if same else "not the corpus of the round: its recipe, gates or code changed"
    )
    show.answer(data, as_json, show.folded(text))
    return 0 if same else 3


def _voices(study: Study, number: str, sets: tuple[str, ...]) -> tuple[Recipe, VoicesCorpus]:
    from greenlight.errors import RecipeError
    from greenlight.recipe import VoicesCorpus

    recipe = study.recipe(round_of(number), sets)
    if not isinstance(recipe.corpus, VoicesCorpus):
        raise RecipeError(f"round {round_of(number)} has no voices: its corpus is {recipe.corpus.use}, which run cuts")
    return recipe, recipe.corpus


def _expected(found: dict[str, Expected]) -> str:
    rows = []
    for name, one in found.items():
        accepted = "" if one.accepted is None else f"{one.accepted.value:.0%}"
        tokens = "unknown" if one.tokens_out is None else f"{(one.tokens_in or 0) + one.tokens_out:,.0f}"
        rows.append(
            [
                name[:24],
                f"{one.places:,}",
                accepted,
                f"{'≥ ' if one.accepted is None and one.places else ''}{one.requests:,.0f}",
                tokens if one.places else "0",
                _amount(one.usd, one.places, "{:,.2f}"),
                _amount(one.minutes, one.places, "{:,.1f}"),
            ]
        )
    head = ["voice", "to write", "accepted", "requests", "tokens", "USD", "minutes"]
    return show.table(head, rows, "still to be asked")


def _amount(value: float | None, places: int, form: str) -> str:
    return "unknown" if value is None and places else form.format(value or 0.0)


def _told(study: Study, number: str, data: dict[str, Any]) -> str:
    account = data["accounting"]
    lines = [
        f"{account['asked']:,} answers: {account['kept']:,} accepted, {sum(account['refused'].values()):,} refused"
        + (f", {account['failed']:,} never came" if account["failed"] else ""),
    ]
    lines += [f"  {gate} {count:,}" for gate, count in account["refused"].items()]
    if data["dropped"]:
        lines.append("dropped as a set: " + ", ".join(f"{gate} {count:,}" for gate, count in data["dropped"].items()))
    usd = [one["usd"] for one in data["bill"].values()]
    money = "unknown" if None in usd else f"{sum(usd):.2f} USD"
    tokens = sum(one["prompt_tokens"] + one["completion_tokens"] for one in data["bill"].values())
    lines.append(f"cost: {money}, {tokens:,} tokens" if tokens or money != "0.00 USD" else "cost: nothing")
    lines.append(f"{data['documents']:,} documents are ready: greenlight run {study.folder} {round_of(number)}")
    return "\n".join(show.folded(line) for line in lines)


COMMANDS = (write, replay)
