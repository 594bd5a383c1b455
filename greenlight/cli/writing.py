"""Commands that write corpora, and what they are about: write, replay, topics."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, Keep, Sets, round_of

if TYPE_CHECKING:
    from greenlight.brainstorm import Brainstorm
    from greenlight.estimate import Expected
    from greenlight.nouns import Draw
    from greenlight.recipe import Recipe, VoicesCorpus
    from greenlight.study import Study

Where = Annotated[Path, typer.Argument(help="The study's folder.", metavar="STUDY")]
Number = Annotated[str, typer.Argument(help="The round whose corpus is written.", metavar="ROUND")]


def write(
    folder: Where,
    number: Number,
    sets: Sets = None,
    budget_usd: Annotated[
        float | None, typer.Option(min=0.0, help="Stop asking once the command has spent it.")
    ] = None,
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
    from greenlight import blend, unscreened
    from greenlight.estimate import estimate
    from greenlight.prices import Bounds
    from greenlight.screen import dropped, moved, screen
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
        "dropped_by_voice": kept.facts["dropped_by_voice"],
        "blend": {"asked": corpus.blend, "realised": kept.facts["shares"]},
        "accounting": written.facts["accounting"],
        "bill": written.facts["bill"],
        "unscreened": unscreened.look(recipe.gates.each, kept, corpus.brief, study.store),
    }
    news = [f"dropped as a set: {one}" for one in dropped(kept.facts)]
    news += [f"warning: {one}" for one in (moved(kept.facts, corpus.blend),) if one]
    show.answer(data, as_json, _told(study, number, data, news))


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
    _recorded(study, round_of(number), corpus, draws)
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
    asked = show.counted(again.facts["accounting"]["asked"], "recorded answer")
    text = f"{show.counted(kept, 'document')} from {asked}: " + (
        "the very corpus of the round" if same else "not the corpus of the round: its recipe, gates or code changed"
    )
    show.answer(data, as_json, show.folded(text))
    return 0 if same else 3


def topics(
    url: Annotated[
        str, typer.Argument(help="Such as http://localhost:1234/v1; default: OPENAI_BASE_URL.", show_default=False)
    ] = "",
    model: Annotated[
        list[str] | None, typer.Option(help="Its name there, once for each that is asked.", show_default=False)
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=100_000, help="Topics, no two alike.")] = 400,
    about: Annotated[str, typer.Option(help="What they are for; default: little stories.", show_default=False)] = "",
    without: Annotated[list[str] | None, typer.Option(help="A word that no topic may hold.")] = None,
    besides: Annotated[Path | None, typer.Option(help="Topics that are there already, one a line.")] = None,
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("topics.txt"),
    seed: Annotated[int, typer.Option(min=0, help="Of what is asked.")] = 1,
    temperature: Annotated[float | None, typer.Option(min=0.0, help="Default: the server's.")] = None,
    price_in: Annotated[float | None, typer.Option(min=0.0, help="USD a million tokens of prompts.")] = None,
    price_out: Annotated[float | None, typer.Option(min=0.0, help="USD a million tokens of answers.")] = None,
    budget_usd: Annotated[
        float | None, typer.Option(min=0.0, help="Stop asking once the command has spent it.")
    ] = None,
    max_hours: Annotated[float | None, typer.Option(min=0.0, help="Stop asking after so many hours.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take, and ask nobody.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let models behind a server think of topics.

    A list of so many different ones, by a seed; where each comes from stands
    beside it. Answers are kept: the same command goes on.

    Example: greenlight topics http://localhost:1234/v1 --model qwen3-8b
    """
    from greenlight import brainstorm as storm
    from greenlight.errors import InputError, RecipeError
    from greenlight.estimate import estimate
    from greenlight.prices import Bounds
    from greenlight.store import Store

    if not model:
        raise RecipeError("--model is missing: name a model of the server; greenlight probe lists them")
    if not storm.own(out):
        raise InputError(f"{out} is there, and was not written by this command: name another file with --out")
    options = {"temperature": temperature, "price_in": price_in, "price_out": price_out}
    given = {"use": "endpoint", "base_url": url, **{key: value for key, value in options.items() if value is not None}}
    voices = {name: {**given, "model": name} for name in dict.fromkeys(model)}
    there = frozenset(map(storm.alike, storm.lines_of(besides))) if besides else frozenset()
    wish = storm.Wish(count, about or storm.ABOUT, seed, tuple(without or ()), there)
    draws = [storm.draw_of(n, list(voices), wish) for n in range(-(-count // storm.LIST))]
    folder, watch = storm.asked_in(out), show.watch()
    ahead = estimate(storm.corpus_of(voices, wish), storm.GATES, draws, Store(folder, watch))
    if dry_run:
        show.answer({"expected": {name: one.data() for name, one in ahead.items()}}, as_json, _expected(ahead))
        return
    if any(one.places for one in ahead.values()):
        show.tell(_expected(ahead))
    found = storm.brainstorm(voices, wish, folder, watch, Bounds(budget_usd, max_hours))
    storm.save(found, wish, voices, out)
    data = {"file": str(out), "topics": found.names, "lines": dict(found.lines), "usd": found.bill.usd}
    show.answer(data, as_json, _thought_of(found, out))


def _thought_of(found: Brainstorm, out: Path) -> str:
    usd = found.bill.usd
    left = [f"{count:,} {why}" for why, count in found.lines.most_common() if why != "kept" and count]
    lines = [
        f"{show.counted(len(found.names), 'topic')} in {out}, of {show.counted(found.lines.total(), 'line')} "
        f"in {show.counted(len(found.places), 'answer')}" + (f"; {usd:.4f} USD" if usd else ""),
        *([f"left out: {', '.join(left)}"] if left else []),
        *(f"  {name}" for name in found.names[:5]),
        f"next: greenlight new my-study --topics {shlex.quote(str(out))}",
    ]
    return "\n".join(show.folded(show.visible(line), "  ") for line in lines)


def _voices(study: Study, number: str, sets: tuple[str, ...]) -> tuple[Recipe, VoicesCorpus]:
    from greenlight.errors import RecipeError
    from greenlight.recipe import VoicesCorpus

    recipe = study.recipe(round_of(number), sets)
    if not isinstance(recipe.corpus, VoicesCorpus):
        raise RecipeError(f"round {round_of(number)} has no voices: its corpus is {recipe.corpus.use}, which run cuts")
    return recipe, recipe.corpus


def _recorded(study: Study, number: int, corpus: VoicesCorpus, draws: Sequence[Draw]) -> None:
    """Raises StudyError unless something was answered at every place, which a voice without an answer is not."""
    from greenlight.answers import Answers, key_of
    from greenlight.errors import StudyError
    from greenlight.places import again
    from greenlight.write import Writer

    writer, there = Writer(corpus, {}, {}, study.store.folder / "answers"), 0
    for name in dict.fromkeys(draw.voice for draw in draws):
        if not (path := writer.path_of(name)).exists():
            continue
        with Answers(path) as answers:
            for draw in draws:
                if draw.voice == name:
                    tries = (key_of(again(draw, attempt), corpus.brief) for attempt in range(corpus.attempts))
                    there += any(key in answers for key in tries)
    if there < len(draws):
        some = f"recorded answers for {there:,} of its {len(draws):,} places" if there else "no recorded answers"
        raise StudyError(f"round {number} has {some}: greenlight write {study.folder} {number}")


def _expected(found: dict[str, Expected]) -> str:
    rows = []
    for name, one in found.items():
        accepted = "" if one.accepted is None else f"{one.accepted.value:.0%}"
        tokens = None if one.tokens_out is None else (one.tokens_in or 0) + one.tokens_out
        least = "≥ " if one.accepted is None and one.places else ""
        rows.append(
            [
                name[:24],
                f"{one.places:,}",
                accepted,
                f"{least}{one.requests:,.0f}",
                _amount(tokens, one.places, "{:,.0f}", one.tokens_most),
                _amount(one.usd, one.places, "{:,.2f}", one.usd_most),
                _amount(one.minutes, one.places, "{:,.1f}"),
            ]
        )
    head = ["voice", "to write", "accepted", "requests", "tokens", "USD", "minutes"]
    bounds = [one for one in found.values() if one.places and one.tokens_most is not None]
    note = "≤ is at most: every attempt used, and every answer as long as max_tokens allows"
    return "\n".join([show.table(head, rows, "still to be asked"), *([show.folded(note)] if bounds else [])])


def _amount(value: float | None, places: int, form: str, most: float | None = None) -> str:
    if value is None and places:
        return "unknown" if most is None else f"≤ {form.format(most)}"
    return form.format(value or 0.0)


def _told(study: Study, number: str, data: dict[str, Any], news: Sequence[str] = ()) -> str:
    from greenlight import unscreened
    from greenlight.corpus import KEPT
    from greenlight.prices import dollars

    account = data["accounting"]
    lines = [
        f"{show.counted(account['asked'], 'answer')}: {account['kept']:,} accepted, "
        f"{sum(account['refused'].values()):,} refused"
        + (f", {account['failed']:,} never came" if account["failed"] else ""),
    ]
    lines += [f"  {gate} {count:,}" for gate, count in account["refused"].items()]
    if account["cleaned"]:
        lines.append("cleaned: " + ", ".join(f"{rule} {count:,}" for rule, count in account["cleaned"].items()))
    lines += news
    lines += [f"warning: {one}" for one in unscreened.told(data["unscreened"])]
    usd = [one["usd"] for one in data["bill"].values()]
    money = "unknown" if None in usd else f"{dollars(sum(usd))} USD"
    told = [one[side] for one in data["bill"].values() for side in ("prompt_tokens", "completion_tokens")]
    tokens = sum(filter(None, told))
    counted = show.counted(tokens, "token") + " told, the rest unknown" * (None in told)
    counted = "tokens unknown" if None in told and not tokens else counted
    lines.append(f"cost: {money}, {counted}" if tokens or None in told or money != "0.00 USD" else "cost: nothing")
    ready = f"ready: {show.counted(data['documents'], 'document')} in {Path(data['corpus']) / KEPT}"
    lines.append(f"{ready}: greenlight run {study.folder} {round_of(number)}")
    return "\n".join(show.folded(line) for line in lines)


COMMANDS = (write, replay, topics)
