"""Commands about where text comes from: why, pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, StudyFolder, study_and_rounds

WIDTH = 80
LONGEST = 4_000
"""Characters of one text that are shown; --json has all of it."""
CHANGES = 6
"""Changes of one cleaning rule that are shown."""


def why(
    sample: Annotated[str, typer.Argument(help="Its id or its sha256, or how one of them begins.")],
    folder: StudyFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Show a sample's whole history.

    Who was asked what, what came, what cleaning changed, which attempts were
    refused before it, where it stands, and which rounds trained on it.

    Example: greenlight why 3f0acee9 my-study
    """
    from greenlight.history import why as history
    from greenlight.study import Study

    found = history(Study(folder), sample)
    show.answer(found, as_json, "\n".join(_told(found)))


def pack(
    words: Annotated[list[str], typer.Argument(help="The round, after its study's folder.", metavar="[STUDY] ROUND")],
    out: Annotated[Path, typer.Option(help="The folder to write.", metavar="DIR")],
    forms: Annotated[
        str, typer.Option("--as", help="parquet, jsonl, text: one or more, comma-separated.", metavar="FORMS")
    ] = "parquet",
    as_json: AsJson = False,
) -> None:
    """Write a round's corpus for others.

    A folder with card, manifest, Croissant and every row's provenance. The text
    comes with the offsets that greenlight new --import reads.

    Example: greenlight pack my-study 2 --out corpus --as parquet,text
    """
    from greenlight.errors import RecipeError
    from greenlight.pack import pack as write
    from greenlight.study import Study

    folder, numbers = study_and_rounds(words)
    if len(numbers) != 1:
        raise RecipeError(f"name one round: greenlight pack {folder} 2 --out {out}")
    wanted = tuple(dict.fromkeys(form.strip() for form in forms.split(",")))
    made = write(Study(folder), numbers[0], out, wanted, show.watch())
    data = {"folder": str(out), "notes": made.notes, **made.told}
    counts = made.told["counts"]
    lines = [
        f"{out}: {show.counted(counts['documents'], 'document')}, {show.counted(counts['characters'], 'character')}",
        *(f"  {name}  {one['bytes']:,} bytes" for name, one in made.told["files"].items()),
        *_cleaning(made.told["cleaned"]),
        *_rare(made.told["rare_characters"]),
        *made.notes,
        f"check it with: greenlight verify {out}",
    ]
    show.answer(data, as_json, "\n".join(show.folded(show.visible(line), "    ") for line in lines))


def _cleaning(cleaned: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Iterator[str]:
    for voice, rules in sorted(cleaned.items()):
        yield f"  cleaned of {voice}: " + ", ".join(f"{rule} {one['rows']:,}" for rule, one in rules.items())


def _rare(found: Sequence[Mapping[str, Any]]) -> list[str]:
    from greenlight.manifest import FEW

    if not found:
        return []
    shown = " ".join(one["character"] if one["character"].isprintable() else one["codepoint"] for one in found[:40])
    more = " …" if len(found) > 40 else ""
    return [f"  {len(found):,} characters are seen fewer than {FEW} times (README.md has their rows): {shown}{more}"]


# ---------------------------------------------------------------- a history for a person


def _told(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"sample {show.visible(str(found['id']))}"
    yield f"sha256 {found['sha256']}"
    yield from _places(found)
    yield from _voice(found["voice"], found["brief"])
    yield from _request(found["request"])
    yield from _answer(found["answer"])
    yield from _cleaned(found["cleaned"])
    yield "control line"
    yield from _text(found["control"] or "(none)")
    if found["earlier"]:
        yield "attempts before it at the same place"
        for one in found["earlier"]:
            gate = f"{one['gate']}: " if one["gate"] else ""
            seed = f" (seed {one['seed']})" if "seed" in one else ""
            yield from _line(f"{one['attempt']}{seed}  {gate}{one['reason']}", "      ")
            if one.get("body"):
                yield from _text(one["body"][:160] + ("…" if len(one["body"]) > 160 else ""), "      ")
    if found["gates"]:
        yield "gates that let it pass"
        rulings = [
            f"{gate} {one['decision']} ({one['version']}){': ' + one['reason'] if one.get('reason') else ''}"
            for gate, one in found["gates"].items()
        ]
        yield from _line(", ".join(rulings))


def _places(found: Mapping[str, Any]) -> Iterator[str]:
    for one in found["stands"]:
        name = f"round {one['round']}, {one['slug']}"
        if one["of"] in ("kept", "accepted"):
            yield from _line(f"{name}: {one['file']} row {one['row']}, offset {one['offset']}")
        else:
            flag = one.get("flag") or {}
            yield from _line(f"{name}: {one['of']} by {flag.get('gate')}: {flag.get('reason')}")
    rounds = ", ".join(map(str, found["trained"]))
    yield from _line(f"trained on in round {rounds}" if rounds else "no round has trained on it")


def _voice(voice: Mapping[str, Any], brief: Mapping[str, Any]) -> Iterator[str]:
    yield "voice"
    model = f", as {voice['model']}" if voice["model"] not in ("", voice["name"]) else ""
    yield from _line(f"{voice['name'] or 'unknown'} ({voice['use']}){model}")
    if voice["fingerprint"]:
        yield from _line(f"fingerprint {voice['fingerprint']}")
    if voice["settings"]:
        yield from _line(_pairs(voice["settings"]))
    if brief["topic"]:
        levels = f" of {brief['levels']}" if "levels" in brief else ""
        pattern = f", counting '{brief['pattern']}'" if "pattern" in brief else ""
        yield from _line(f"topic '{brief['topic']}', level {brief['level']}{levels}{pattern}")


def _request(request: Mapping[str, Any]) -> Iterator[str]:
    asked = request["prompt_rendered"] or request["prompt"]
    if not asked:
        return
    yield "asked"
    if request["system"]:
        yield from _text(f"system: {request['system']}")
    yield from _text(asked)
    yield from _line(f"prompt sha256 {request['prompt_sha256']}")
    params = f"; {_pairs(request['params'])}" if request["params"] else ""
    yield from _line(f"seed {request['seed']}, attempt {request['attempt']}{params}")


def _answer(answer: Mapping[str, Any]) -> Iterator[str]:
    yield "answer"
    yield from _text(answer["text"])
    if answer["reasoning"]:
        yield "hidden reasoning"
        yield from _text(answer["reasoning"])
    told = [f"finish reason {answer['finish_reason']}"]
    told += [f"{count:,} {name.replace('_', ' ')}" for name, count in (answer["usage"] or {}).items()]
    told += [f"{answer['latency_ms']:,.1f} ms"] if answer["latency_ms"] else []
    told += [f"response {answer['response_id']}"] if answer["response_id"] else []
    yield from _line(", ".join(told))


def _cleaned(cleaned: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if cleaned:
        yield "cleaned"
    for one in cleaned:
        places = show.counted(len(one["changes"]), "place")
        yield from _line(f"{one['rule']}: {one['characters']:+,} characters, in {places}")
        for change in one["changes"][:CHANGES]:
            before, after = (change[key].replace("\n", "⏎")[:60] for key in ("before", "after"))
            yield from _line(f"  …{before}… → …{after}…", "      ")


def _pairs(table: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in table.items())


def _line(text: str, indent: str = "    ") -> Iterator[str]:
    yield from _wrapped(" ".join(show.visible(text).split()), "  ", indent)


def _text(text: str, indent: str = "    ") -> Iterator[str]:
    """A text as it stands, in lines that fit."""
    cut = f"{text[:LONGEST]} … ({len(text) - LONGEST:,} characters more, with --json)" if len(text) > LONGEST else text
    for line in show.visible(cut).replace("\t", " ").split("\n"):
        yield from _wrapped(line, indent, indent)


def _wrapped(line: str, first: str, rest: str) -> list[str]:
    import textwrap

    fold = textwrap.TextWrapper(WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return fold.wrap(line)


COMMANDS = (why, pack)
