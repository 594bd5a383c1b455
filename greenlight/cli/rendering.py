"""What a model is given and what it learns, token by token: render; and models that answer side by side."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

if TYPE_CHECKING:
    from greenlight.character.render import Rendered, Renderer
    from greenlight.chats import Manner, Reply, Speaker, Turns

SHOWN = (
    ("user", "Hello, who are you?"),
    ("assistant", "I am a small model."),
    ("user", "Say it in one word."),
    ("assistant", "Model."),
)
"""The conversation that is shown where none is given."""
NEW = "/new"
"""A line that begins a new conversation."""
GREEN, DIM, PLAIN = "\x1b[32m", "\x1b[2m", "\x1b[0m"


def render(
    model: Annotated[Path | None, typer.Argument(help="A model's folder; its weights are not read.")] = None,
    student: Annotated[
        Path | None, typer.Option(help="A character's recipe, whose student is shown.", metavar="FILE")
    ] = None,
    chat: Annotated[
        Path | None, typer.Option(help="A conversation as JSON: a list of role and content.", metavar="FILE")
    ] = None,
    say: Annotated[str | None, typer.Option(help="What a user says: shows the prompt alone.", metavar="TEXT")] = None,
    template: Annotated[
        str, typer.Option(help="plain, a file, or a name in the folder; default: its own.", metavar="NAME")
    ] = "",
    thinking: Annotated[
        Literal["on", "off"] | None, typer.Option(help="As a switch of the template; default: as it is.")
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="A token a line, with its number.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show which tokens of a conversation a model learns, before it is trained.

    Learned tokens are green and others dim; without colour they stand in ⟦ ⟧.

    Example: greenlight render student/ --chat talk.json
    """
    from greenlight.character.render import Renderer
    from greenlight.errors import RecipeError

    if (model is None) == (student is None):
        raise RecipeError("name either a model's folder or a recipe, with --student FILE")
    if chat is not None and say is not None:
        raise RecipeError("--chat and --say are two conversations: give one of them")
    folder, own = (model, "") if model is not None else _student(student or Path())
    renderer = Renderer.open(folder, template or own)
    made, asks = _made(renderer, _turns(chat, say), {"on": True, "off": False, None: None}[thinking])
    data = {
        "model": str(folder),
        "asks": asks,
        "sequences": [{"ids": one.ids, "mask": one.mask, **_counted(renderer, one)} for one in made],
        "facts": renderer.facts,
    }
    show.answer(data, as_json, "" if as_json else _told(renderer, made, asks, ids))


def _student(file: Path) -> tuple[Path, str]:
    """The folder and the template of the student that a recipe names. Raises RecipeError where it names none."""
    from greenlight.errors import RecipeError
    from greenlight.outside import environment, read_toml

    named = read_toml(file).get("student")
    about = {"model": named} if isinstance(named, str) else named if isinstance(named, dict) else {}
    model = environment("CHARACTER_STUDENT_MODEL") or about.get("model")
    if not isinstance(model, str) or not model:
        raise RecipeError(
            f"{file} names no student with a folder (student.model); a house student has its format once it is "
            "trained: give its folder"
        )
    beside = file.parent / model
    return (beside if beside.is_dir() else Path(model)), str(about.get("template") or "")


def _turns(chat: Path | None, say: str | None) -> Turns:
    from greenlight.character.render import load
    from greenlight.chats import Turn
    from greenlight.outside import read_text

    if chat is not None:
        return load(read_text(chat), str(chat))
    if say is not None:
        return (Turn(role="user", content=say),)
    return tuple(Turn(role=role, content=content) for role, content in SHOWN)  # type: ignore[arg-type]


def _made(renderer: Renderer, turns: Turns, thinking: bool | None) -> tuple[list[Rendered], bool]:
    """What is learned of a conversation, or the prompt that it is, and whether it is one."""
    from greenlight.character.render import Rendered
    from greenlight.chats import Manner

    if turns and turns[-1].role == "assistant":
        return renderer.each(turns, thinking=thinking), False
    ids = renderer.prompt(turns, Manner(thinking=thinking))
    return [Rendered(ids, [0] * len(ids))], True


def _counted(renderer: Renderer, made: Rendered) -> dict[str, Any]:
    """``starts``: start tokens; ``answers`` that are learned, and how many of them with their end token."""
    ends = [n for n, bit in enumerate(made.mask) if bit and not (n + 1 < len(made.mask) and made.mask[n + 1])]
    return {
        "tokens": len(made.ids),
        "learned": sum(made.mask),
        "starts": 0 if renderer.bos is None else made.ids.count(renderer.bos),
        "answers": len(ends),
        "ends_learned": sum(made.ids[n] in renderer.ends for n in ends),
    }


# ---------------------------------------------------------------- render, in words


def _told(renderer: Renderer, made: Sequence[Rendered], asks: bool, ids: bool) -> str:
    out = []
    for number, one in enumerate(made, start=1):
        if len(made) > 1:
            out.append(f"sequence {number} of {len(made)}, for answer {number} that is learned:")
        out.append(_listed(renderer, one) if ids else _marked(renderer, one))
        out.append(_summed(renderer, one, asks))
    return "\n".join([*out, *_facts(renderer.facts)])


def _colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _signs() -> tuple[str, str, str]:
    """How learned text begins and ends, and a line's end."""
    return ("⟦", "⟧", "↵") if "utf" in (sys.stdout.encoding or "").lower() else ("[[", "]]", "\\n")


def _marked(renderer: Renderer, made: Rendered) -> str:
    """The whole text, learned stretches marked; each end of a line is shown."""
    out, start = [], 0
    left, right, line = _signs()
    for stop in range(1, len(made.ids) + 1):
        if stop < len(made.ids) and made.mask[stop] == made.mask[start]:
            continue
        text = show.visible(renderer.spelling.decode(made.ids[start:stop])).replace("\n", f"{line}\n")
        learned = bool(made.mask[start])
        if _colour():
            out.append(f"{GREEN if learned else DIM}{text}{PLAIN}")
        else:
            out.append(f"{left}{text}{right}" if learned else text)
        start = stop
    return "".join(out)


def _listed(renderer: Renderer, made: Rendered) -> str:
    rows = [
        [str(place), str(one), repr(renderer.spelling.decode([one]))[1:-1], "learned" if bit else ""]
        for place, (one, bit) in enumerate(zip(made.ids, made.mask, strict=True))
    ]
    return show.table(["place", "id", "token", ""], rows)


def _summed(renderer: Renderer, made: Rendered, asks: bool) -> str:
    counted = _counted(renderer, made)
    starts = show.counted(counted["starts"], "start token")
    if asks:
        return f"a prompt of {show.counted(counted['tokens'], 'token')}, {starts}; nothing of it is learned"
    ends = "its end token" if counted["answers"] == 1 else "their end tokens"
    whole = counted["answers"] == counted["ends_learned"]
    return (
        f"{show.counted(counted['tokens'], 'token')}, {starts}; {counted['learned']:,} are learned, "
        f"in {show.counted(counted['answers'], 'answer')}"
        + (f" with {ends}" if whole else f", and {show.counted(counted['ends_learned'], 'end token')}")
    )


def _facts(facts: dict[str, Any]) -> list[str]:
    """What the template does, a line each."""
    said = {
        "template": f"{facts['template']} ({facts['hash'][:12]})",
        "start token": f"{facts['bos']}, from {facts['bos_from']}" if facts["bos"] else "none",
        "end tokens": ", ".join(facts["ends"]),
        "default system": facts["default_system"] or "none",
        "takes a system": "yes" if facts["takes_system"] else "no",
        "opens thinking": "yes, the prompt ends in an open thought" if facts["opens_thinking"] else "no",
        "empty thinking": ", ".join(facts["adds_empty_thinking"]) or "never",
        "thinking switch": "yes" if facts["thinking_switch"] else "no",
        "earlier thinking": "dropped" if facts["drops_earlier_thinking"] else "kept",
    }
    if facts["pins_date"]:
        said["date"] = "asked for by the template, and always told as the same day"
    wide = max(map(len, said))
    lines = [f"{name:<{wide}}  {show.visible(' '.join(value.split()))}" for name, value in said.items()]
    return [*lines, *(show.folded(f"note: {note}") for note in facts["notes"])]


# ---------------------------------------------------------------- side by side


def side_by_side(
    speakers: Sequence[Speaker], lines: Iterable[str], manner: Manner, seed: int = 0
) -> Iterator[tuple[str, list[Reply]]]:
    """One prompt to all speakers, turn by turn: each goes on from its own answers. ``/new`` begins a new conversation.

    Gives each line that is answered, and the replies; turn n is drawn with the seed ``seed + n`` by all. A turn
    without an answer is left out of the conversation.
    """
    from greenlight.chats import Turn
    from greenlight.progress import SILENT

    held: list[Turns] = [()] * len(speakers)
    number = 0
    for line in lines:
        if line.strip() == NEW:
            held = [()] * len(speakers)
            continue
        if not line.strip():
            continue
        replies = []
        for place, speaker in enumerate(speakers):
            asked = (*held[place], Turn(role="user", content=line))
            with SILENT.bar("talk", 1, "answers") as bar:
                [reply] = speaker.reply([asked], [seed + number], manner, bar)
            if not reply.error:
                held[place] = (*asked, Turn(role="assistant", content=reply.text))
            replies.append(reply)
        number += 1
        yield line, replies


def columns(names: Sequence[str], replies: Sequence[Reply], width: int) -> str:
    """Answers under their speakers' names, side by side; one under the other where the terminal is narrow."""
    import textwrap

    texts = [show.visible(_shown(reply)) for reply in replies]
    each = (width - 3 * (len(names) - 1)) // max(1, len(names))
    if each < 24:
        return "\n\n".join(f"{name}:\n{text}" for name, text in zip(names, texts, strict=True))
    wrapped = []
    for name, text in zip(names, texts, strict=True):
        wrap = textwrap.TextWrapper(each, replace_whitespace=False, drop_whitespace=False)
        rows = [part for line in text.split("\n") for part in (wrap.wrap(line) or [""])]
        wrapped.append([name[:each], "-" * min(each, len(name)), *rows])
    tall = max(map(len, wrapped))
    bar = " │ " if "utf" in (sys.stdout.encoding or "").lower() else " | "
    padded = [[*rows, *[""] * (tall - len(rows))] for rows in wrapped]
    return "\n".join(bar.join(f"{cell:<{each}}" for cell in row).rstrip() for row in zip(*padded, strict=True))


def _shown(reply: Reply) -> str:
    if reply.error:
        return f"(no answer: {reply.error})"
    thought = f"(a thought of {show.counted(len(reply.hidden), 'character')})\n" if reply.hidden else ""
    return thought + (reply.text or "(empty)") + ("" if reply.finished else " …")


def talk_to(speakers: Sequence[Speaker], prompt: str | None, manner: Manner, seed: int, as_json: bool) -> None:
    """``prompt`` or each line of stdin to all speakers, their answers on stdout; as JSON a line a turn.

    Raises InputError for a line that is not UTF-8.
    """
    import shutil

    names = [speaker.name for speaker in speakers]
    if prompt is None and sys.stdin.isatty():
        print(f"type what you say; {NEW} begins anew, Ctrl-D ends", file=sys.stderr)
    echoes = prompt is None and not sys.stdin.isatty()
    for said, replies in side_by_side(speakers, [prompt] if prompt is not None else _lines(), manner, seed):
        answers = [
            {"speaker": name, "text": one.text, "hidden": one.hidden, "finished": one.finished, "error": one.error}
            for name, one in zip(names, replies, strict=True)
        ]
        shown = columns(names, replies, shutil.get_terminal_size((80, 24)).columns)
        asked = f"> {show.visible(said)}\n" if echoes else ""
        show.answer({"prompt": said, "answers": answers}, as_json, f"{asked}{shown}\n")


def _lines() -> Iterator[str]:
    from greenlight.errors import InputError

    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            yield line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise InputError(f"line {number} of the input is not UTF-8: convert it, with iconv -t UTF-8") from None


COMMANDS = (render,)
