"""What calibration found out about a study's voices, side by side, as the report shows it."""

from __future__ import annotations

from greenlight.errors import StudyError, UserError
from greenlight.report.text import MISSING, fixed, short_float
from greenlight.scorecard import FOLDER, PREDICTION, Figure, Scorecard, load_file, stale
from greenlight.study import Study

HEADERS = (
    "Voice",
    "Slope",
    "Level AUC",
    "Offset",
    "Accepted",
    "Screened clean",
    "Words",
    "Alike",
    "Seconds per 1,000 characters",
    "USD",
    "Asked",
    "Holds",
)


def rows(study: Study) -> list[list[str]]:
    """A row of each scorecard in the study's folder, under ``HEADERS``; one that cannot be read says so.

    ``Holds`` is asked of the newest recipe that has the voice: a card of a voice that has changed since is stale, and
    the report says why.
    """
    found = []
    for path in sorted((study.folder / FOLDER).glob("*.json")):
        if path.name == PREDICTION:
            continue
        try:
            card = load_file(path)
        except StudyError as error:
            found.append([path.stem, *[MISSING] * (len(HEADERS) - 2), f"no: {error}"])
            continue
        found.append(_row(card, _holds(study, card)))
    return found


def _holds(study: Study, card: Scorecard) -> str:
    why = ["no recipe has such a voice"]
    for number in sorted(study.files(), reverse=True):
        try:
            recipe = study.recipe(number)
            why = stale(card, recipe)
        except UserError:  # a recipe that cannot be read, or a voice whose parts are not here: another may tell
            continue
        if why != ["the recipe has no such voice"]:
            break
    return f"no: {'; '.join(why)}" if why else "yes"


def _row(card: Scorecard, holds: str) -> list[str]:
    speed, words = card.speed, card.form.words.value
    return [
        card.voice,
        _wide(card.dial.slope),
        _wide(card.dial.auc),
        _wide(card.dial.offset),
        _percent(card.accepted),
        _percent(card.screened.clean),
        MISSING if words is None else fixed(words, 0),
        _percent(card.form.duplicates),
        MISSING if speed is None or speed.per_1000 is None else short_float(speed.per_1000),
        MISSING if card.money.asked is None else short_float(card.money.asked),
        f"{card.accounting.asked:,}",
        holds,
    ]


def _wide(figure: Figure) -> str:
    if figure.value is None:
        return MISSING
    if figure.low is None or figure.high is None:
        return fixed(figure.value, 2)
    return f"{fixed(figure.value, 2)} {_ends(fixed(figure.low, 2), fixed(figure.high, 2))}"


def _percent(figure: Figure) -> str:
    if figure.value is None:
        return MISSING
    shown = f"{fixed(100 * figure.value, 0)}\N{NO-BREAK SPACE}%"
    if figure.low is None or figure.high is None:
        return shown
    return f"{shown} {_ends(fixed(100 * figure.low, 0), fixed(100 * figure.high, 0))}"


def _ends(low: str, high: str) -> str:
    """In one piece where a line breaks."""
    return f"({low} to {high})".replace(" ", "\N{NO-BREAK SPACE}")
