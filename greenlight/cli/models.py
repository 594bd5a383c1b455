"""Commands that look at models and the machine: score, talk, doctor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, InStudy, round_of

if TYPE_CHECKING:
    from greenlight.study import Study


def _model_folder(model: str, study: Path, seed: int | None) -> tuple[Path, Study | None]:
    """A model as people name it: a folder with model.safetensors, or a round (2, round:2) of the study."""
    from greenlight.errors import InputError, StudyError
    from greenlight.study import Study

    folder = Path(model)
    if (folder / "model.safetensors").exists():
        return folder, None
    if folder.is_dir():
        raise InputError(f"{folder} holds no model.safetensors: name a folder of runs/<round>/<seed>, or a round")
    opened = Study(study)
    row = opened.round(round_of(model))
    which = row.seeds[0] if seed is None else seed
    artifact = row.artifacts.get(f"model-{which}")
    if artifact is None:
        raise StudyError(f"round {row.number} has no seed {which}; it has {', '.join(map(str, row.seeds))}")
    if not opened.store.has(artifact):
        raise StudyError(
            f"the weights of round {row.number} are not in the store: "
            f"greenlight run {study} {row.number} makes them again"
        )
    opened.store.check(artifact)
    return opened.store.path(artifact), opened


def score(
    model: Annotated[str, typer.Argument(help="A round (2), or a folder with model.safetensors.")],
    text: Annotated[Path, typer.Option(help="The text to score, UTF-8.")],
    folder: InStudy = Path(),
    seed: Annotated[int | None, typer.Option(help="Which seed of the round; default: its first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score any text: bits per character and per byte.

    By both context rules, strided and block.

    Example: greenlight score 2 --text letter.txt
    """
    from greenlight.outside import read_text

    where, _ = _model_folder(model, folder, seed)
    body = read_text(text)
    from greenlight.gpt.player import open_player  # a second of loading, and only for a call that can be answered
    from greenlight.metrics.bpc import score_text

    player = open_player(where)
    found: dict[str, Any] = {
        "model": str(model),
        "text": str(text),
        "characters": len(body),
        "bytes": len(body.encode()),
        **player.facts,
    }
    watch = show.watch()
    rules: tuple[Literal["strided", "block"], ...] = ("strided", "block")
    for rule in rules:
        found[rule] = score_text(player, body, rule, watch)
    rows = [
        [rule, f"{found[rule]['bpc']:.4f}", f"{found[rule]['bpb']:.4f}", f"{found[rule]['context_chars']:.0f}"]
        for rule in rules
    ]
    title = f"{len(body):,} characters, {player.facts['precision']}"
    show.answer(found, as_json, show.table(["context rule", "BPC", "BPB", "context, characters"], rows, title))


def talk(
    model: Annotated[str, typer.Argument(help="A round (2), or a folder with model.safetensors.")],
    prompt: Annotated[
        str | None, typer.Argument(help="What the text begins with; default: a line from the terminal each time.")
    ] = None,
    level: Annotated[int | None, typer.Option(help="Turns the dial: writes the study's control line for you.")] = None,
    topic: Annotated[str, typer.Option(help="The topic of the control line.")] = "a small boat on the lake",
    writer: Annotated[
        str, typer.Option(help="The writer of the control line, where it names one; default: whose share is largest.")
    ] = "",
    folder: InStudy = Path(),
    seed: Annotated[int | None, typer.Option(help="Which seed of the round; default: its first.")] = None,
    temperature: Annotated[float, typer.Option(min=0.0, max=100.0)] = 1.0,
    samples: Annotated[int, typer.Option("-n", min=1, max=64, help="How many.")] = 1,
    draw: Annotated[int, typer.Option(help="The seed of the sampling.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Let a trained model write. --level turns the dial.

    Example: greenlight talk 2 --level 5 --study demo
    """
    from greenlight.errors import InputError, RecipeError
    from greenlight.gpt.player import open_player
    from greenlight.players import Sampling
    from greenlight.progress import SILENT

    where, study = _model_folder(model, folder, seed)
    if level is not None:
        prompt = _control(study, model, level, topic, writer) + (prompt or "")
    elif writer:
        raise RecipeError("--writer stands in the control line: give --level too")
    player = open_player(where)

    def once(start: str, first: int) -> list[dict[str, Any]]:
        ids = [player.tokenizer.bos, *player.tokenizer.encode(start)]
        if len(ids) >= player.context:
            raise RecipeError(
                f"the prompt is {len(ids)} tokens long, and the model's context holds {player.context}: shorten it"
            )
        with SILENT.bar("talk", samples, "texts") as bar:
            said = player.say(
                [ids] * samples,
                list(range(first, first + samples)),
                Sampling(player.context - len(ids), temperature if temperature >= 1e-3 else 0.0),
                bar,
            )
        return [{"prompt": start, "text": player.tokenizer.decode(list(s.ids)), "finished": s.finished} for s in said]

    if prompt is not None:
        _answer(once(prompt, draw), as_json)
        return
    if sys.stdin.isatty():
        print("type how a text begins; Ctrl-D ends", file=sys.stderr)
    for turn, line in enumerate(sys.stdin.buffer):
        try:
            start = line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise InputError(f"line {turn + 1} of the input is not UTF-8: convert it, with iconv -t UTF-8") from None
        _answer(once(start, draw + turn * samples), as_json)


def _answer(texts: list[dict[str, Any]], as_json: bool) -> None:
    shown = (show.visible(t["prompt"] + t["text"]) + ("" if t["finished"] else " …") for t in texts)
    show.answer(texts, as_json, "\n\n".join(shown))


def _control(study: Study | None, model: str, level: int, topic: str, writer: str) -> str:
    from greenlight.errors import RecipeError, nearest
    from greenlight.nouns import Round
    from greenlight.recipe import Brief

    row: Round | None = None if study is None else study.round(round_of(model))
    brief = None if row is None else row.recipe["corpus"].get("brief")
    if brief is None:
        raise RecipeError("--level needs a round whose corpus has a control line; give the prompt itself instead")
    checked = Brief.model_validate(brief)
    if not 1 <= level <= checked.levels:
        raise RecipeError(f"--level {level}: this study's dial goes from 1 to {checked.levels}")
    shares: dict[str, float] = {} if row is None else row.facts["shares"]
    if writer and "writer" not in checked.names:
        raise RecipeError(f"--writer {writer}: this round's control line names no writer")
    if writer and writer not in shares:
        raise RecipeError(f"--writer {writer} wrote nothing of this round's corpus{nearest(writer, list(shares))}")
    return checked.control_line(topic, level, writer or max(sorted(shares), key=shares.__getitem__, default=""))


def doctor(as_json: AsJson = False) -> int:
    """Say what this machine has and lacks.

    Example: greenlight doctor --json
    """
    from greenlight.doctor import examine

    lines = examine(Path())
    rows = [[("ok" if line.ok else "!"), line.name, line.found, line.way_out] for line in lines]
    data = [{"name": line.name, "ok": line.ok, "found": line.found, "way_out": line.way_out} for line in lines]
    show.answer(data, as_json, show.table(["", "what", "found", "what to do"], rows))
    return 0 if all(line.ok for line in lines) else 1


COMMANDS = (score, talk, doctor)
