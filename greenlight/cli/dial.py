"""The command dial: the behaviour by level, in a round's models beside their corpus, or in a corpus file."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.options import AsJson, Control, InStudy, Manifests, no_character, round_of

if TYPE_CHECKING:
    from greenlight.foreign import Found

NAME = 18
"""Columns of a writer's name in a table of 80."""
ABREAST = 6
"""Levels side by side in such a table; more stand in a further one below."""


def dial(
    number: Annotated[
        str, typer.Argument(help="A round: its model's dial beside its corpus's.", metavar="[ROUND]")
    ] = "",
    folder: InStudy = Path(),
    corpus: Annotated[
        Path | None,
        typer.Option(
            help="Count in this corpus instead: a Parquet or JSONL file with control, body, topic, level, voice, "
            "or a text, with its manifest or split by its control line."
        ),
    ] = None,
    manifest: Manifests = None,
    control: Control = "",
    pattern: Annotated[str, typer.Option(help="What is counted, for --corpus.")] = "",
    window: Annotated[
        int, typer.Option(min=0, max=100_000, help="For --corpus: the legacy rule beside it, in so many characters.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Count the behaviour by level, with intervals.

    In a round's models beside its corpus, or in a corpus file.

    Example: greenlight dial 2 --study demo
    """
    from greenlight.errors import RecipeError

    if corpus is not None:
        if number:
            raise RecipeError(f"name a round or --corpus, not both: '{number}' is not looked at beside a corpus file")
        if not pattern.strip():
            raise RecipeError("--corpus needs --pattern: what is counted, such as --pattern 'green light'")
        _of_file(opened(corpus, manifest or [], control), pattern, window, as_json)
        return
    if manifest or control:
        raise RecipeError("--manifest and --control belong to a corpus file: give --corpus too")
    if window:
        raise RecipeError("--window is a rule for --corpus: models are counted in whole documents")
    _of_round(number, folder, as_json)


def _of_round(number: str, folder: Path, as_json: bool) -> None:
    from greenlight.errors import StudyError
    from greenlight.study import Study

    study = Study(folder)
    done = [n for n, r in study.ledger.latest().items() if r.status == "done"]
    if not number and not done:
        raise StudyError("no round has been run yet: greenlight run")
    row = study.round(round_of(number) if number else done[-1])
    no_character(row, "dial", "dial")
    if "dial.slope" not in row.scores:
        raise StudyError(f"round {row.number} has no dial: its recipe does not measure it ([metrics.dial])")
    score = row.scores["dial.slope"]
    model = {
        seed: {"levels": f["levels"], "slope": f["slope"], "page_p": f["page_p"], "truncation": f["truncation"]}
        for seed, f in score.facts.items()
    }
    found = {**row.facts.get("corpus_dial", {}), "model": model}
    rows = [
        [f"seed {seed}", *_cells(f["levels"]), _slope(f["slope"]), f"{f['page_p']:.2g}", f"{f['truncation']:.1%}"]
        for seed, f in model.items()
    ]
    levels = [f"L{level}" for level in next(iter(model.values()))["levels"]]
    text = show.table(
        ["", *levels, "slope", "Page p", "cut"], rows, f"round {row.number}: mentions of the pattern by level"
    )
    show.answer(found, as_json, text + "\n" + _dial_table(row.facts.get("corpus_dial", {})))


def opened(path: Path, manifests: list[Path], control: str = "") -> Found:
    """A corpus file with at most one manifest; raises RecipeError for two."""
    from greenlight.errors import RecipeError
    from greenlight.foreign import read

    if len(manifests) > 1:
        raise RecipeError(f"two manifests, {manifests[0]} and {manifests[1]}: name the one that belongs to {path}")
    return read(path, manifests[0] if manifests else None, control)


def _of_file(corpus: Found, pattern: str, window: int, as_json: bool) -> None:
    from greenlight.dials import whole_dial

    found = whole_dial(corpus.samples, pattern, window)
    found["notes"] = [*corpus.notes, *found["notes"]]
    found |= {"pattern": pattern, "stories": len(corpus.samples), "source": corpus.facts}
    counted = pattern if len(pattern) <= 40 else f"{pattern[:39]}…"
    head = f"'{counted}' in {corpus.facts['source']}: {show.counted(len(corpus.samples), 'story')}"
    if corpus.facts["manifest"]:
        head += f", each as {corpus.facts['manifest']} says"
    notes = [*_hidden_dial(found), *found["notes"]]
    pieces = [
        show.folded(show.visible(head)),
        _dial_table(found, "mentions a story"),
        _dial_table(found["per_1000"], "mentions per 1,000 characters"),
        _reliability_table(found),
        _window_table(found),
        "\n".join(show.folded(show.visible(line)) for line in notes),
    ]
    show.answer(found, as_json, "\n\n".join(piece.strip("\n") for piece in pieces if piece))


def short(voices: Iterable[str]) -> dict[str, str]:
    """Writers' names for a table: what stands after the lab, cut where it is long; numbered where two look alike."""
    from rich.cells import cell_len, set_cell_size

    def cut(name: str, tail: str = "") -> str:
        room = NAME - len(tail)
        return (name if cell_len(name) <= room else set_cell_size(name, room - 1).rstrip() + "…") + tail

    found: dict[str, str] = {}
    for voice in voices:
        name = show.visible(voice.rpartition("/")[2] or voice or "(unnamed)")
        same = (cut(name, f" ({n})" if n > 1 else "") for n in itertools.count(1))
        found[voice] = next(one for one in same if one not in found.values())
    return found


def _dial_table(found: dict[str, Any], title: str = "") -> str:
    if not found or not found.get("all"):
        return "the corpus has no levels to count by"
    by = found["by"] if list(found["by"]) != [""] else {}  # no sample says who wrote it
    names = short(by)
    rows = [[names[voice], *_cells(levels), _slope(found["slopes"][voice])] for voice, levels in by.items()]
    rows.append(["all", *_cells(found["all"]), _slope(found["slope"])])
    tail = f"share of variance: level {found['eta2_level']:.0%}"
    if by and found["eta2_voice"] is not None:
        tail += f", writer {found['eta2_voice']:.0%}"
    if len(by) > 1 and "eta2_level_by" in found:
        within = ", ".join(f"{names[v]} {eta:.0%}" for v, eta in found["eta2_level_by"].items())
        tail += f"; level within each writer: {within}"
    return f"{_levels_table('corpus', list(found['all']), rows, title)}\n{show.folded(show.visible(tail))}"


def _levels_table(first: str, levels: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> str:
    """A name, a cell a level and a slope in each row; many levels stand in several tables, the slope in the last."""
    tables = []
    for start in range(0, len(levels), ABREAST):
        end = min(start + ABREAST, len(levels))
        last = end == len(levels)
        headers = [first, *(f"L{level}" for level in levels[start:end]), *(["slope"] if last else [])]
        cells = [[row[0], *row[1 + start : 1 + end], *(row[-1:] if last else [])] for row in rows]
        tables.append(show.table(headers, cells, "" if start else title))
    return "\n".join(tables)


def _reliability_table(found: dict[str, Any]) -> str:
    """How well one topic's set of levels shows their order."""
    by, every = found["reliability"]["by"], found["reliability"]["all"]
    names = short(by)
    kept = [(names[voice], r) for voice, r in by.items() if r and (voice or len(by) > 1)]
    if every is None:
        return ""
    rows = [
        [name, _slope(r["tau"]), _share(r["top_above_bottom"]), _share(r["rising"]), str(r["tau"]["n"])]
        for name, r in (*kept, ("all", every))
    ]
    headers = ["in one topic", "Kendall's tau", "top > bottom", "always rising", "topics"]
    return show.table(headers, rows, "how reliably one topic's levels order its counts")


def _hidden_dial(found: dict[str, Any]) -> list[str]:
    """Said where writers differ more than levels do: the mixture hides its dial."""
    if found["eta2_voice"] is None or found["eta2_voice"] <= found["eta2_level"]:
        return []
    return [
        f"Who writes explains {found['eta2_voice']:.0%} of the counts and the level {found['eta2_level']:.0%}: the "
        "mixture hides the dial. Remedies: the writer's tag in the control line (corpus.brief.control with {writer}), "
        "levels by measured intensity (corpus.labels = 'measured'), or other weights (greenlight blend)."
    ]


def _window_table(whole: dict[str, Any]) -> str:
    """The legacy rule beside whole documents: what it counts that is no story's own, and what it hides."""
    found = whole.get("window")
    if found is None:
        return ""
    rows = [
        ["whole documents", *_cells(whole["all"]), _slope(whole["slope"])],
        ["the window", *_cells(found["all"]), _slope(found["slope"])],
        *hides_rows(found["hides"]),
    ]
    title = f"legacy rule: {show.counted(found['characters'], 'character')} from where a story begins"
    return f"{_levels_table('mentions a story', list(found['all']), rows, title)}\n{show.folded(_window_said(whole))}"


def _window_said(whole: dict[str, Any]) -> str:
    """Both rules in a sentence, and how many stories end inside the window, so that what follows them is counted."""
    found = whole["window"]
    hides, levels = found["hides"], sorted(found["hides"], key=int)
    low, high = hides[levels[0]], hides[levels[-1]]

    def means(dial: dict[str, Any]) -> str:
        slope = "" if dial["slope"] is None else f" (slope {dial['slope']['mean']:.2f})"
        cells = _cells(dial["all"])
        return ", ".join(cells if len(cells) <= ABREAST else [cells[0], "…", cells[-1]]) + slope

    onward = low["control"] + low["after"]
    said = (
        f"In {found['characters']:,} characters levels {levels[0]} to {levels[-1]} have {means(found)} mentions, in "
        f"whole documents {means(whole)}: {low['ended']:.0%} of level-{levels[0]} stories end inside the window"
    )
    if low["ended"]:
        said += ", so that the next story's control line or body is counted"
        said += f" ({onward:.2f} of {onward + low['own']:.2f} mentions a story are not its own)"
    if high["hidden"]:
        said += f", and {high['hidden'] / (high['hidden'] + high['own']):.0%} of level-{levels[-1]} mentions stand "
        said += "beyond it"
    return said + "."


def hides_rows(hides: Mapping[str, Mapping[str, float]]) -> list[list[str]]:
    """What a window does, as rows over the levels: mentions a story by where they stand, and stories that end in it."""
    kinds = {"own": "its own", "control": "later control lines", "after": "later stories", "hidden": "hidden"}
    rows = [[f"  {kind}", *(f"{h[key]:.2f}" for h in hides.values()), ""] for key, kind in kinds.items()]
    return [*rows, ["end inside it", *(f"{h['ended']:.0%}" for h in hides.values()), ""]]


def _cells(levels: dict[str, Any]) -> list[str]:
    return ["–" if level["mean"] is None else f"{level['mean']:.2f}" for level in levels.values()]


def _slope(slope: dict[str, Any] | None) -> str:
    return "–" if slope is None else f"{slope['mean']:.2f} [{slope['low']:.2f}, {slope['high']:.2f}]"


def _share(share: dict[str, Any]) -> str:
    return f"{share['mean']:.0%} [{100 * share['low']:.0f}, {100 * share['high']:.0f}]"


COMMANDS = (dial,)
