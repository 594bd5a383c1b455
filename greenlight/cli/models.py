"""Commands that look at models and the machine: score, talk, doctor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, InStudy, round_of
from greenlight.cli.stream import Talker

if TYPE_CHECKING:
    from greenlight.players import Scorer
    from greenlight.study import Study

FOREIGN_CONTEXT = 2048
"""Tokens of a foreign model's context that a score uses unless it is told: time and memory grow with them."""
TALK_ROWS = 16
"""Samples that are drawn side by side: the fewest, so that one text comes quickly."""
CHAT_TOKENS = 512
"""New tokens of an answer in a conversation, unless fewer are asked for."""
NO_LIMIT = 1 << 30
"""New tokens; no context is as long."""
Temperature = Annotated[
    float, typer.Option(min=0.0, max=100.0, help="The filters below follow it, in their order here.")
]
TopK = Annotated[int, typer.Option(min=0, help="Keep so many of the likeliest tokens; 0: all.")]
TopP = Annotated[
    float, typer.Option(min=0.001, max=1.0, help="Keep the fewest likeliest tokens that reach this share.")
]
MinP = Annotated[
    float, typer.Option(min=0.0, max=1.0, help="Keep tokens with this share of the likeliest one's share.")
]
MaxNew = Annotated[
    int, typer.Option(min=1, help="Stop after so many tokens, or where the context ends.", show_default=False)
]


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
    model: Annotated[
        str,
        typer.Argument(help="A round (2), a folder with model.safetensors, ours or Hugging Face's, or a ckpt.pt."),
    ],
    text: Annotated[Path, typer.Option(help="The text to score, UTF-8.")],
    folder: InStudy = Path(),
    seed: Annotated[int | None, typer.Option(help="Which seed of the round; default: its first.")] = None,
    context: Annotated[
        int | None,
        typer.Option(min=2, help=f"In tokens; default: the model's, of a foreign one at most {FOREIGN_CONTEXT:,}."),
    ] = None,
    precision: Annotated[Literal["fp32", "bf16"], typer.Option(help="What it computes in.")] = "fp32",
    vocabulary: Annotated[
        Path | None, typer.Option(help="Of a ckpt.pt: its characters and their ids, as JSON.", metavar="FILE")
    ] = None,
    tokenizer: Annotated[
        Path | None, typer.Option(help="Of a ckpt.pt: GPT-2's vocab.json and merges.txt.", metavar="FOLDER")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Score any text: bits per character and per byte.

    By both context rules, strided and block. Also of a Hugging Face folder and
    of nanoGPT's ckpt.pt.

    Example: greenlight score 2 --text letter.txt
    """
    from greenlight.errors import RecipeError
    from greenlight.outside import read_text

    kind, where = _kind(model, folder, seed)
    if kind != "nanogpt" and (vocabulary or tokenizer):
        raise RecipeError("--vocabulary and --tokenizer belong to a ckpt.pt of nanoGPT: other models have their own")
    body = read_text(text)
    player = _open(kind, where, (vocabulary, tokenizer), precision)
    if context is not None and context > player.context:
        raise RecipeError(f"--context {context:,}: the model was made for {player.context:,} tokens: give at most that")
    width = context or (player.context if kind == "ours" else min(player.context, FOREIGN_CONTEXT))
    found: dict[str, Any] = {
        "model": str(model),
        "text": str(text),
        "characters": len(body),
        "bytes": len(body.encode()),
        **player.facts,
    }
    return _scored(player, body, width, found, as_json)


def _kind(model: str, study: Path, seed: int | None) -> tuple[str, Path]:
    """Whose model it is, ours, hub or nanogpt, and where."""
    import json

    path = Path(model)
    if path.suffix == ".pt" or (path / "ckpt.pt").exists():
        return "nanogpt", path if path.suffix == ".pt" else path / "ckpt.pt"
    if (path / "config.json").exists():
        try:
            config = json.loads((path / "config.json").read_bytes())
        except (OSError, ValueError, RecursionError):
            config = {"greenlight": {}}  # our own door says what is wrong with it
        if not isinstance(config, dict) or "greenlight" not in config:
            return "hub", path
    return "ours", _model_folder(model, study, seed)[0]


def _open(
    kind: str, where: Path, spelled: tuple[Path | None, Path | None], precision: Literal["fp32", "bf16"]
) -> Scorer:
    # a second of loading and more, and only for a call that can be answered
    if kind == "hub":
        from greenlight.gpt.hf import open_hub

        return open_hub(where, precision)
    if kind == "nanogpt":
        from greenlight.gpt.nanogpt import Spelled, open_nanogpt

        return open_nanogpt(where, Spelled(*spelled), precision)
    from greenlight.gpt.player import open_player

    return open_player(where, precision=precision)


def _scored(player: Scorer, body: str, context: int, found: dict[str, Any], as_json: bool) -> int:
    """Both rules' figures; the exit code is 3 where they mean nothing, because not every character is scored."""
    from greenlight.metrics.bpc import score_text

    watch = show.watch()
    rules: tuple[Literal["strided", "block"], ...] = ("strided", "block")
    rows, why = [], ""
    for rule in rules:
        one = found[rule] = score_text(player, body, rule, watch, context)
        why = one.get("invalid", "")
        if why:
            one.update(bpc=None, bpb=None, nats_per_char=None)
        said = ["invalid", "invalid"] if why else [f"{one['bpc']:.4f}", f"{one['bpb']:.4f}"]
        rows.append([rule, *said, f"{one['context_chars']:.0f}"])
    title = f"{show.counted(len(body), 'character')}, {player.facts['precision']}"
    if "start" in player.facts:
        title += f", {player.facts['kind']}, before the first character: {player.facts['start']}"
    answer = show.table(["context rule", "BPC", "BPB", "context, characters"], rows, show.folded(title))
    show.answer(found, as_json, f"{answer}\n{show.folded(f'invalid: {show.visible(why)}')}" if why else answer)
    return 3 if why else 0


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
    temperature: Temperature = 1.0,
    top_k: TopK = 0,
    top_p: TopP = 1.0,
    min_p: MinP = 0.0,
    max_new: MaxNew = NO_LIMIT,
    samples: Annotated[int, typer.Option("-n", min=1, max=64, help="How many.")] = 1,
    draw: Annotated[int, typer.Option(help="The seed of the sampling.")] = 0,
    beside: Annotated[
        str, typer.Option(help="Another model that answers the same lines, side by side; both have a chat template.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Let a trained model write. --level turns the dial.

    In a terminal, one text appears as it is written. A model with a chat template
    answers line by line; --beside sets another one next to it.

    Example: greenlight talk 2 --level 5 --study demo
    """
    from greenlight.errors import RecipeError
    from greenlight.gpt.player import open_player
    from greenlight.players import Sampling

    where, study = _model_folder(model, folder, seed)
    if beside or _chats(where):
        if level is not None or writer or top_k or min_p or samples > 1:
            raise RecipeError("a model with a chat template takes no --level, --writer, --top-k, --min-p or -n")
        others = [_model_folder(beside, folder, seed)[0]] if beside else []
        _converse(
            [(where, model), *((other, beside) for other in others)],
            prompt,
            (max_new, temperature, top_p),
            draw,
            as_json,
        )
        return
    if level is not None:
        prompt = _control(study, model, level, topic, writer) + (prompt or "")
    elif writer:
        raise RecipeError("--writer stands in the control line: give --level too")
    warmth = temperature if temperature >= 1e-3 else 0.0
    sampling = Sampling(max_new, warmth, top_k=top_k, top_p=top_p, min_p=min_p)
    talker = Talker(open_player(where, batch=TALK_ROWS), sampling, samples, as_json)
    if prompt is not None:
        talker.say(prompt, draw)
        return
    for turn, start in enumerate(_starts()):
        talker.say(start, draw + turn * samples)


def _starts() -> Iterator[str]:
    """The lines of the input, as they come."""
    from greenlight.errors import InputError

    if sys.stdin.isatty():
        print("type how a text begins; Ctrl-D ends", file=sys.stderr)
    for turn, line in enumerate(sys.stdin.buffer):
        try:
            yield line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise InputError(f"line {turn + 1} of the input is not UTF-8: convert it, with iconv -t UTF-8") from None


def _chats(folder: Path) -> bool:
    return (folder / "chat_template.jinja").exists()


def _converse(
    models: list[tuple[Path, str]], prompt: str | None, how: tuple[int, float, float], draw: int, as_json: bool
) -> None:
    """Models with chat templates answer the same lines, side by side."""
    from greenlight.backends.local import open_speaker
    from greenlight.chats import Manner
    from greenlight.cli.rendering import talk_to

    max_new, temperature, top_p = how
    speakers = [open_speaker(folder, name=name) for folder, name in models]
    manner = Manner(
        max_new=min(max_new, CHAT_TOKENS), temperature=temperature if temperature >= 1e-3 else 0.0, top_p=top_p
    )
    talk_to(speakers, prompt, manner, draw, as_json)


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
