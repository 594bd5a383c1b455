"""Commands about constitutions: what one says and shows, what is wrong with it, and a first draft of one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson

if TYPE_CHECKING:
    from greenlight.character.constitution import Constitution, Finding
    from greenlight.chats import Speaker

app = typer.Typer(
    name="constitution",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Constitutions: who a character is, and how it speaks.",
)

File = Annotated[Path, typer.Argument(help="YAML, JSON, JSON Lines or plain text.", metavar="FILE")]


def lint(
    files: Annotated[list[Path], typer.Argument(help="YAML, JSON, JSON Lines or plain text.", metavar="FILE…")],
    as_json: AsJson = False,
) -> int:
    """Point at what would spoil the training of a character.

    The exit code is 1 where something is an error; warnings leave it at 0.

    Example: greenlight constitution lint pirate.yaml
    """
    from greenlight.character import constitution

    read = [(path, constitution.read(path)) for path in files]
    found = [(path, one, constitution.lint(one)) for path, one in read]
    data = [{"file": path.name, **_facts(one), "findings": _plain(said)} for path, one, said in found]
    show.answer(data, as_json, "\n\n".join(_page(path.name, one, said) for path, one, said in found))
    return int(any(_bad(said) for _, _, said in found))


def show_(file: File, as_json: AsJson = False) -> int:
    """Print the traits, and the system prompt that a teacher is given.

    Example: greenlight constitution show pirate.yaml
    """
    from greenlight.character import constitution

    one = constitution.read(file)
    rows = [[trait.key, trait.kind, str(len(trait.probes)), trait.text] for trait in one.traits]
    lines = [
        show.table(["trait", "kind", "probes", "text"], rows, title=f"{one.name}: {show.counted(len(rows), 'trait')}"),
        "The system prompt, which is what is trained:",
        show.visible(one.system()),
        f"hash: {one.hash}",
    ]
    show.answer({**one.data(), **_facts(one), "system": one.system()}, as_json, "\n\n".join(lines))
    return 0


def draft(
    sentence: Annotated[str, typer.Argument(help="Who the character is, in one sentence.")],
    model: Annotated[str, typer.Option(help="Its name on the server.")],
    voice: Annotated[
        str, typer.Option(help="The server that writes it; default: OPENAI_BASE_URL.", metavar="URL")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Where the YAML goes; default: stdout.", metavar="FILE")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the first answer; each retry adds one.")] = 0,
    as_json: AsJson = False,
) -> int:
    """Have a voice write a first draft from one sentence.

    What it answers is read as data and linted; it is asked again where it
    cannot be used, three times at most.

    Example: greenlight constitution draft "a sailor" --model qwen3-8b
    """
    _free(out)
    return drafted(sentence, _speaker(voice, model), out, seed, as_json)


def drafted(sentence: str, speaker: Speaker, out: Path | None, seed: int, as_json: bool) -> int:
    """Asks a speaker for a draft and writes it; the exit code."""
    from greenlight.character import constitution
    from greenlight.store import write_file

    _free(out)
    one = constitution.draft(sentence, speaker, seed)
    said, text = constitution.lint(one), constitution.dump(one)
    page = _page(str(out) if out else one.name, one, said)
    if out is not None:
        write_file(out, text)
    elif not as_json:
        for row in page.splitlines():
            show.tell(row)
    data = {"file": str(out) if out else "", **_facts(one), "yaml": text, "findings": _plain(said)}
    show.answer(data, as_json, page if out else show.visible(text).rstrip("\n"))
    return 0


def _free(out: Path | None) -> None:
    """Raises InputError where the file is there: a person may have worked on it."""
    from greenlight.errors import InputError

    if out is not None and out.exists():
        raise InputError(f"{out} exists: give --out another name, or move that file away")


def _speaker(url: str, model: str) -> Speaker:
    from importlib import import_module

    from greenlight.character.recipe import ServedTeacher

    made: Speaker = import_module("greenlight.character.served").served(
        ServedTeacher(use="endpoint", model=model, base_url=url)
    )
    return made


def _facts(one: Constitution) -> dict[str, Any]:
    return {"name": one.name, "hash": one.hash, "traits": [trait.data() for trait in one.traits]}


def _plain(said: Sequence[Finding]) -> list[dict[str, Any]]:
    return [finding.data() for finding in said]


def _bad(said: Sequence[Finding]) -> int:
    return sum(finding.severity == "error" for finding in said)


def _page(name: str, one: Constitution, said: Sequence[Finding]) -> str:
    """Findings by rule: what it means once, then each place with what stands there."""
    warned = sum(finding.severity == "warn" for finding in said)
    counts = (
        f"{show.counted(len(one.traits), 'trait')}, {show.counted(_bad(said), 'error')}, "
        f"{show.counted(warned, 'warning')}, {show.counted(len(said) - _bad(said) - warned, 'note')}"
    )
    lines = [show.folded(show.visible(f"{name}: {counts}"))]
    for (severity, rule, message), places in groupby(said, key=lambda one: (one.severity, one.rule, one.message)):
        lines.append(show.folded(show.visible(f"{severity} {rule}: {message}"), "  "))
        for place in places:
            quotes = ", ".join(f"“{quote}”" for quote in place.quotes)
            where = ", ".join(place.where[:4]) + (f" and {len(place.where) - 4} more" if len(place.where) > 4 else "")
            lines.append(show.folded(show.visible(f"    {where}{': ' * bool(quotes)}{quotes}"), "      "))
    return "\n".join(lines)


app.command("lint")(lint)
app.command("show")(show_)
app.command("draft")(draft)
