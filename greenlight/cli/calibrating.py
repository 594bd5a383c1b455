"""The command calibrate: what each voice does to the behaviour, before anything is trained on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenlight.cli import show
from greenlight.cli.dial import ABREAST, opened, short
from greenlight.cli.options import AsJson, Control, Manifests, study_and_rounds

if TYPE_CHECKING:
    from greenlight.recipe import Recipe
    from greenlight.scorecard import Figure, Scorecard
    from greenlight.study import Study

Words = Annotated[
    list[str] | None,
    typer.Argument(help="The study's folder, then a round; default: its first.", metavar="[STUDY] [ROUND]"),
]


def calibrate(
    words: Words = None,
    topics: Annotated[int, typer.Option(min=2, help="Topics of the grid, drawn from the brief's by its seed.")] = 12,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="Times that each topic is asked at each level.")] = 1,
    voices: Annotated[str, typer.Option(help="Only these voices, comma-separated.", metavar="NAME,…")] = "",
    budget_usd: Annotated[
        float | None, typer.Option(min=0.0, help="Stop asking once the command has spent it.")
    ] = None,
    max_hours: Annotated[float | None, typer.Option(min=0.0, help="Stop asking after so many hours.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked, and ask nobody.")] = False,
    corpus: Annotated[Path | None, typer.Option(help="Score the writers of this corpus file instead.")] = None,
    manifest: Manifests = None,
    control: Control = "",
    pattern: Annotated[str, typer.Option(help="What is counted, for --corpus.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run one grid through every voice, and score each.

    Topics by levels, one attempt each; refusals are counted, and end nothing.
    The scorecards stand in the study, and blend --calibrated solves from them.

    Example: greenlight calibrate my-study 2 --topics 12
    """
    from greenlight.calibrate import Ask, of_file
    from greenlight.errors import RecipeError
    from greenlight.prices import Bounds

    if corpus is not None:
        if words or not pattern.strip():
            raise RecipeError("--corpus stands without a study, and with --pattern 'what is counted'")
        read = opened(corpus, manifest or [], control)
        found = of_file(read.samples, pattern, read.facts)
        _answer(found, as_json, {"source": read.facts}, [f"Note: {note}." for note in read.notes])
        return
    if manifest or control or pattern:
        raise RecipeError("--manifest, --control and --pattern belong to --corpus: a study knows its own")
    study, number, recipe = round_in(words)
    named = tuple(name.strip() for name in voices.split(",") if name.strip())
    ask = Ask(topics, repeats, named, Bounds(budget_usd, max_hours))
    _ask(study, (number, recipe), ask, dry_run, as_json)


def round_in(words: list[str] | None) -> tuple[Study, int, Recipe]:
    """``[STUDY] [ROUND]``, the first round where none is named."""
    from greenlight.errors import RecipeError, StudyError
    from greenlight.study import Study

    folder, numbers = study_and_rounds(words)
    if len(numbers) > 1:
        raise RecipeError(f"rounds {' and '.join(map(str, numbers))}: name one")
    study = Study(folder, show.watch())
    if not numbers and not study.files():
        raise StudyError(f"{folder / 'rounds'} holds no recipe: write one, such as 01-first.toml")
    number = numbers[0] if numbers else min(study.files())
    return study, number, study.recipe(number)


def _ask(study: Study, of: tuple[int, Recipe], ask: Any, dry_run: bool, as_json: bool) -> None:
    from greenlight.calibrate import calibrate as run
    from greenlight.calibrate import foreseen
    from greenlight.recipe import ImportedCorpus
    from greenlight.scorecard import FOLDER

    number, recipe = of
    if not isinstance(recipe.corpus, ImportedCorpus):
        ahead = foreseen(study, recipe, ask)
        if dry_run:
            show.answer({"round": number, "expected": ahead}, as_json, _expected(ahead))
            return
        if any(one["requests"] for one in ahead.values()):
            show.tell(_expected(ahead))
    elif dry_run:
        show.answer({"round": number, "expected": {}}, as_json, "the corpus is imported: nobody is asked")
        return
    cards = run(study, recipe, ask)
    where = study.folder / FOLDER
    given = "--study {}" if isinstance(recipe.corpus, ImportedCorpus) else f"{{}} {number} --calibrated"
    after = [f"kept in {where}; next: greenlight blend {given.format(study.folder)}"]
    _answer(cards, as_json, {"round": number, "folder": str(where)}, after)


def _expected(ahead: dict[str, dict[str, Any]]) -> str:
    def amount(value: float | None, form: str, most: float | None = None) -> str:
        return form.format(value) if value is not None else "unknown" if most is None else f"≤ {form.format(most)}"

    rows = [
        [
            name[:30],
            str(one["places"]),
            str(one["requests"]),
            amount(one["tokens"], "{:,.0f}", one.get("tokens_most")),
            amount(one["usd"], "{:.2f}", one.get("usd_most")),
            amount(one["minutes"], "{:.1f}"),
        ]
        for name, one in ahead.items()
    ]
    head = ["voice", "places", "to ask", "tokens", "USD", "minutes"]
    return show.table(head, rows, "calibration: one attempt a place")


# ---------------------------------------------------------------- cards, side by side


def _answer(cards: Sequence[Scorecard], as_json: bool, more: dict[str, Any], after: Sequence[str]) -> None:
    data = {**more, "cards": [card.data() for card in cards]}
    show.answer(data, as_json, "\n".join([side_by_side(cards), *(show.folded(show.visible(x)) for x in after)]))


def side_by_side(cards: Sequence[Scorecard]) -> str:
    """The cards in 80 columns, a voice a row: the dial, what is accepted and what it takes, form, sense, gates."""
    names = short(card.voice for card in cards)
    tables = [_means(cards, names)]
    for title, columns in COLUMNS.items():
        rows = [[names[card.voice], *(cell(card) for cell in columns.values())] for card in cards]
        kept = [0, *(i for i in range(1, len(columns) + 1) if any(row[i] != NONE for row in rows))]
        if len(kept) > 1:
            heads = ["voice", *columns]
            tables.append(show.table([heads[i] for i in kept], [[row[i] for i in kept] for row in rows], title))
    said = [line for card in cards for line in _gates(card, names[card.voice])]
    notes = [f"{names[card.voice]}: {note}" for card in cards for note in card.notes]
    return "\n".join([*tables, *(show.folded("  " + show.visible(line), "    ") for line in (*said, *notes))])


def _means(cards: Sequence[Scorecard], names: dict[str, str]) -> str:
    """Mentions by level; many levels stand in further tables."""
    levels = sorted({level for card in cards for level in card.dial.means}, key=int)
    tables = []
    for start in range(0, max(1, len(levels)), ABREAST):
        some = levels[start : start + ABREAST]
        last = start + ABREAST >= len(levels)
        rows = []
        for card in cards:
            cells = [_plain(card.dial.means[level]) if level in card.dial.means else NONE for level in some]
            rows.append([names[card.voice], *cells, *([_wide(card.dial.slope)] if last else [])])
        title = "" if start else f"mentions of '{cards[0].pattern[:40]}' a text by level" if cards else ""
        heads = ["voice", *(f"L{level}" for level in some), *(["slope [95 %]"] if last else [])]
        tables.append(show.table(heads, rows, title))
    return "\n".join(tables)


NONE = "–"


def _plain(figure: Figure) -> str:
    return NONE if figure.value is None else f"{figure.value:.2f}"


def _wide(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return _plain(figure)
    return f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _percent(figure: Figure) -> str:
    if figure.value is None:
        return NONE
    ends = "" if figure.low is None or figure.high is None else f" [{100 * figure.low:.0f}, {100 * figure.high:.0f}]"
    return f"{_share(figure.value)}{ends}"


def _share(value: float | None) -> str:
    if value is None:
        return NONE
    return f"{100 * value:.0f} %" if value >= 0.0995 else f"{100 * value:.2g} %"


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"


def _sense(name: str, cell: Callable[[Figure], str]) -> Callable[[Scorecard], str]:
    return lambda card: cell(card.sense[name]) if name in card.sense else NONE


COLUMNS: dict[str, dict[str, Callable[[Scorecard], str]]] = {
    "how the level shows": {
        "AUC": lambda card: _wide(card.dial.auc),
        "η²": lambda card: _wide(card.dial.eta2),
        "writer offset": lambda card: _wide(card.dial.offset),
    },
    "what is accepted, and what it takes": {
        "asked": lambda card: f"{card.accounting.asked:,}",
        "accepted": lambda card: _percent(card.accepted),
        "screen clean": lambda card: _percent(card.screened.clean),
        "tok/s": lambda card: _number(card.speed.tokens_a_second if card.speed else None),
        "s/1,000": lambda card: _number(card.speed.per_1000 if card.speed else None),
        "USD": lambda card: _number(card.money.asked),
    },
    "form": {
        "words": lambda card: _number(card.form.words.value),
        "5–95 %": lambda card: (
            NONE if card.form.words_5 is None else f"{card.form.words_5:.0f}–{card.form.words_95:.0f}"
        ),
        "cut": lambda card: _share(card.form.cut.value),
        "not ASCII": lambda card: _share(card.form.outside_ascii.value),
        "markdown": lambda card: _share(card.form.artefacts["markdown"].value),
        "openers": lambda card: _share(card.form.openers),
        "alike": lambda card: _share(card.form.duplicates.value),
        "topic": lambda card: _share(card.form.topic.value),
    },
    "sense, beside the others' stories on other topics": {
        "recall": _sense("topic_recall", _wide),
        "new words": _sense("unknown_words", lambda figure: _share(figure.value)),
        "new pairs": _sense("unknown_pairs", _percent),
        "loops": _sense("loops", lambda figure: _share(figure.value)),
        "distinct": _sense("distinct", _plain),
    },
}


def _gates(card: Scorecard, name: str) -> list[str]:
    """What was refused, by the recipe's gates and by the default set, told apart."""

    def counted(of: dict[str, int]) -> str:
        return ", ".join(f"{gate} {n:,}" for gate, n in sorted(of.items(), key=lambda pair: -pair[1]))

    pieces = [
        ("refused by the recipe's gates", counted(card.accounting.refused)),
        ("no answer", f"{card.accounting.failed:,}" if card.accounting.failed else ""),
        ("screening would refuse", counted(card.screened.refuse)),
        ("and warn", counted(card.screened.warn)),
    ]
    said = "; ".join(f"{what}: {which}" for what, which in pieces if which)
    return [f"{name}: {said}"] if said else []


COMMANDS = (calibrate,)
