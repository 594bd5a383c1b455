"""People as judges: one offline page on which they choose, and their answers read back.

The page holds the prompts and the answers, and salted hashes of the items' names; who wrote what is in a second file,
``NAME.key.json``, which stays at home. What people chose comes back as JSON and is checked before it counts.

Agreement is Krippendorff's α for nominal data (Krippendorff 2011, Computing Krippendorff's alpha-reliability): any
number of raters, and items that some left out. 1 is agreement in all, 0 what chance gives.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import secrets
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from greenlight.character import ratings
from greenlight.character.strengths import Game
from greenlight.chats import Turns
from greenlight.errors import InputError
from greenlight.nouns import Interval, Noun, fingerprint
from greenlight.outside import read_bytes
from greenlight.store import write_file

HERE = Path(__file__).parent
MOST_ITEMS = 2_000
LARGEST = 5_000_000
"""Bytes of an answer file; one of ``MOST_ITEMS`` answers has some 60,000."""
DRAWS = 2_000
"""Of the bootstrap of α, over items."""
HASH = r"^[0-9a-f]{16}$"


class Item(Noun):
    """A prompt with one answer, or two to choose between. ``who`` wrote each: the page does not say.

    ``prompt`` is the prompt's id: intervals are over prompts. ``id`` names the item, such as ``prompt#sample``.
    """

    id: str
    prompt: str
    turns: Turns
    answers: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    who: tuple[str, ...]

    @model_validator(mode="after")
    def _fits(self) -> Item:
        if len(set(self.who)) != len(self.answers):
            raise ValueError("an item names who wrote each answer, and two answers have two writers")
        return self


class KeyItem(Noun):
    """One item as the page shows it: ``who`` in the order that is shown."""

    key: Annotated[str, Field(pattern=HASH)]
    id: str
    prompt: str
    who: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]


class Key(Noun):
    """What the page does not hold."""

    page: Annotated[str, Field(pattern=HASH)]
    salt: str
    seed: int
    shown: str = Field(description="hash of the items, the question and the character")
    items: Annotated[tuple[KeyItem, ...], Field(min_length=1)]


class Choice(Noun):
    """What one rater chose of one item. ``winner``: who wrote it; ``tie`` for neither. Of a single answer: ``in``,
    ``out``, or ``tie`` where it could not be told."""

    rater: str
    item: str
    prompt: str
    who: tuple[str, ...]
    shown: Literal["1", "2", "0"]
    winner: str


class Results(Noun):
    """What all raters chose. ``alpha`` is None with one rater, or where all choices are one and the same."""

    raters: tuple[str, ...]
    items: int
    choices: tuple[Choice, ...]
    missing: int
    alpha: Interval | None
    first_place: Interval | None = Field(description="of choices between two: how often what stood first was chosen")

    def games(self) -> list[Game]:
        """For ``strengths.rated``, one a choice; a prompt's are together in one bootstrap draw. Pairs alone."""
        out = []
        for one in self.choices:
            if len(one.who) == 2:
                won = "tie" if one.shown == "0" else "a" if one.shown == "1" else "b"
                out.append(Game(one.prompt, one.who[0], one.who[1], won))  # type: ignore[arg-type]
        return out

    def points(self, who: str) -> Interval:
        """The share of points in the pairs that someone is in. Raises InputError where there are none."""
        scores: dict[str, list[float]] = {}
        for one in self.choices:
            if len(one.who) == 2 and who in one.who:
                scores.setdefault(one.prompt, []).append({who: 1.0, "tie": 0.5}.get(one.winner, 0.0))
        if not scores:
            raise InputError(f"nobody compared '{who}' with another")
        return ratings.points(scores)

    def inside(self, who: str) -> dict[str, list[bool]]:
        """By prompt, for ``ratings.rate``: whether each single answer of someone was found in character."""
        found: dict[str, list[bool]] = {}
        for one in self.choices:
            if one.who == (who,):
                found.setdefault(one.prompt, []).append(one.winner == "in")
        return found


# ---------------------------------------------------------------- the page


def write(path: Path, items: Sequence[Item], seed: int, about: str = "", question: str = "", title: str = "") -> Path:
    """Writes the page and, beside it, its key, whose path is returned. Items and sides are in a drawn order; each of
    two answers stands first in half of the items.

    The order hangs on a secret salt too, so that a known ``seed`` tells nobody who is who. The same call again writes
    the same page. ``about``: the character, folded away under the question. Raises InputError for what is no page,
    and where the key of another page is in the way: answers to that one could not be read any more.
    """
    kinds = {len(item.answers) for item in items}
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{path} is to be a page: give it a name that ends with .html")
    if not items or len(items) > MOST_ITEMS or len(kinds) > 1:
        raise InputError(f"a page has 1 to {MOST_ITEMS:,} items, all of one answer or all of two")
    if doubled := [name for name, n in Counter(item.id for item in items).items() if n > 1]:
        raise InputError(f"the item '{doubled[0]}' is there twice: give each a name of its own")
    two = kinds == {2}
    question = question or ("Which answer is more in character?" if two else "Is the answer in character?")
    title = title or "Blind comparison"
    shown = fingerprint([[item.data() for item in items], seed, about, question, title])
    beside = key_path(path)
    salt = _salt(beside, shown)
    drawn = random.Random(fingerprint([salt, seed]))
    turned = [two and number % 2 == 1 for number in range(len(items))]
    drawn.shuffle(turned)
    order = list(zip(items, turned, strict=True))
    drawn.shuffle(order)
    key = Key(
        page=fingerprint([salt, shown])[:16],
        salt=salt,
        seed=seed,
        shown=shown,
        items=tuple(
            KeyItem(key=fingerprint([salt, item.id])[:16], id=item.id, prompt=item.prompt, who=_sides(item.who, turn))
            for item, turn in order
        ),
    )
    rows = [
        {
            "key": kept.key,
            "turns": [turn.data() for turn in item.turns],
            "answers": _sides(item.answers, turn),
        }
        for kept, (item, turn) in zip(key.items, order, strict=True)
    ]
    write_file(beside, key.model_dump_json(indent=1) + "\n")
    write_file(path, _page({"page": key.page, "items": rows}, title, question, about))
    return beside


def key_path(path: Path) -> Path:
    """``NAME.key.json`` of ``NAME.html``."""
    return path.with_name(path.stem + ".key.json")


def _salt(beside: Path, shown: str) -> str:
    """That of the same page where it was written before, else a new one."""
    if not beside.exists():
        return secrets.token_hex(16)
    found = _key(beside)
    if found.shown != shown:
        raise InputError(f"{beside} is the key of another page: keep it for its answers, and name a new page")
    return found.salt


def _sides(pair: tuple[str, ...], turned: bool) -> tuple[str, ...]:
    return pair[::-1] if turned else pair


def _page(data: dict[str, Any], title: str, question: str, about: str) -> str:
    """The page as text. All data is ASCII, and no character of it can end the element that holds it."""
    import jinja2
    from markupsafe import Markup

    script = (HERE / "blind.js").read_text(encoding="utf-8")
    held = json.dumps(data, ensure_ascii=True)
    for letter in "<>&":
        held = held.replace(letter, f"\\u{ord(letter):04x}")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    values = {"title": title, "question": question, "about": about, "data": Markup(held), "script": Markup(script)}
    return env.get_template("blind.html.j2").render(**values, script_hash=Markup(f"sha256-{digest}")) + "\n"


# ---------------------------------------------------------------- the answers


class _Answers(Noun):
    greenlight_blind: Literal[1]
    page: str
    rater: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    name: Annotated[str, Field(max_length=40)]
    answers: dict[str, Literal["0", "1", "2"]]


def read(key: Path, answers: Sequence[Path], partial: bool = False) -> Results:
    """What raters chose, with names again; one file each. ``partial`` takes files that leave items out.

    Raises InputError, in one line, for a file that is not this page's, is edited or torn, answers an item twice or one
    that is not on the page, leaves items out, or comes from a rater whose file was given already.
    """
    known = _key(key)
    items = {item.key: item for item in known.items}
    if not answers:
        raise InputError("no answers were given: name the files that the page saved")
    choices: list[Choice] = []
    raters: dict[str, Path] = {}
    missing = 0
    for path in answers:
        found = _answers(path)
        if found.page != known.page:
            raise InputError(f"{path} has the answers of another page than {key} is the key of")
        if odd := sorted(found.answers.keys() - items.keys()):
            raise InputError(f"{path} answers an item that is not on the page ('{odd[0][:40]}'): it was edited")
        if (before := raters.setdefault(found.rater, path)) is not path:
            raise InputError(f"{path} and {before} are of one rater: give the later one alone")
        left = len(items) - len(found.answers)
        if left and not partial:
            raise InputError(
                f"{path} leaves {left} of {len(items)} items out: open the page again and finish it, or allow "
                "answers in part"
            )
        missing += left
        rater = f"{re.sub(r'[^ -~]', '?', found.name).strip() or 'rater'} {found.rater[:6]}"
        choices += [
            Choice(rater=rater, item=i.id, prompt=i.prompt, who=i.who, shown=shown, winner=_winner(i.who, shown))
            for i in known.items
            if (shown := found.answers.get(i.key)) is not None
        ]
    return Results(
        raters=tuple(dict.fromkeys(one.rater for one in choices)),
        items=len(items),
        choices=tuple(choices),
        missing=missing,
        alpha=_agreement(choices),
        first_place=_first_place(choices),
    )


def _winner(who: tuple[str, ...], shown: str) -> str:
    if shown == "0":
        return "tie"
    return who[int(shown) - 1] if len(who) == 2 else {"1": "in", "2": "out"}[shown]


def _key(path: Path) -> Key:
    try:
        return Key.model_validate(_json(path))
    except ValidationError:
        raise InputError(f"{path} is no key of a blind page, or was edited: it is written beside the page") from None


def _answers(path: Path) -> _Answers:
    data = _json(path)
    if not isinstance(data, dict) or data.get("greenlight_blind") != 1:
        raise InputError(f"{path} is no file of answers: take the one that the page saves")
    try:
        return _Answers.model_validate(data)
    except ValidationError as error:
        place = ".".join(str(part)[:40] for part in error.errors()[0]["loc"])
        raise InputError(f"{path} was edited or is torn, at '{place}': take the file that the page saved") from None


def _json(path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        doubled = [name for name, n in Counter(name for name, _ in pairs).items() if n > 1]
        if doubled:
            raise InputError(f"{path} has '{doubled[0][:40]}' twice: take the file as it was saved")
        return dict(pairs)

    try:
        return json.loads(read_bytes(path, LARGEST).decode("utf-8-sig"), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise InputError(f"{path} is no JSON: take the file as it was saved") from None


def _first_place(choices: Sequence[Choice]) -> Interval | None:
    placed: dict[str, list[bool]] = {}
    for one in choices:
        if len(one.who) == 2 and one.shown != "0":
            placed.setdefault(one.prompt, []).append(one.shown == "1")
    return ratings.rate(placed) if placed else None


# ---------------------------------------------------------------- agreement


def alpha(units: Sequence[Sequence[str]]) -> float | None:
    """Krippendorff's α of nominal values: ``units`` holds each item's values, one a rater who gave one.

    ``1 − observed / expected`` disagreement, over pairs of values within items; None without an item of two values,
    or where all values are the same.
    """
    pairable = [unit for unit in units if len(unit) > 1]
    counts = Counter(value for unit in pairable for value in unit)
    n = sum(counts.values())
    expected = n * n - sum(count * count for count in counts.values())
    if not expected:
        return None
    apart = sum((len(u) ** 2 - sum(c * c for c in Counter(u).values())) / (len(u) - 1) for u in pairable)
    return 1 - (n - 1) * apart / expected


def _agreement(choices: Sequence[Choice], level: float = 0.95) -> Interval | None:
    """α of who won, with a percentile bootstrap over items."""
    import numpy as np

    by_item: dict[str, list[str]] = {}
    for one in choices:
        by_item.setdefault(one.item, []).append(one.winner)
    units = [Counter(unit) for unit in by_item.values() if len(unit) > 1]
    value = alpha([list(unit.elements()) for unit in units])
    if value is None:
        return None
    values = sorted(set().union(*units))
    counts = np.asarray([[unit[name] for name in values] for unit in units], dtype=float)
    apart = (counts.sum(1) ** 2 - (counts**2).sum(1)) / (counts.sum(1) - 1)
    weights = np.random.default_rng(0).multinomial(len(units), np.full(len(units), 1 / len(units)), DRAWS)
    drawn = weights @ counts
    n = drawn.sum(1)
    expected = n * n - (drawn**2).sum(1)
    # a draw in which all values are the same shows no disagreement
    found = 1 - (n - 1) * (weights @ apart) / np.where(expected > 0, expected, np.inf)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    method = "Krippendorff's alpha, nominal; percentile bootstrap over items"
    return Interval(value=value, low=min(float(low), value), high=max(float(high), value), level=level, method=method)
