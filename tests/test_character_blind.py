"""The blind page for people: what it holds and does not, and what is taken of the answers that come back."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import itertools
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from greenlight.character import ratings
from greenlight.character.blind import Item, Key, alpha, key_path, read, write
from greenlight.character.strengths import rated
from greenlight.chats import Turn
from greenlight.errors import InputError

HOSTILE = (
    "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> & ]]> \u2028 {{ 7 * 7 }} \\u003c 'q' \"q\""
)
WHO = ("tuned-7b", "base-7b")


def item(number: int, one: bool = False) -> Item:
    answers = (f"Arr, {number}! {HOSTILE}", f"Plain {number}.")
    return Item(
        id=f"secret-prompt-{number // 2}#{number % 2}",
        prompt=f"secret-prompt-{number // 2}",
        turns=(Turn(role="user", content=f"What of {number}? {HOSTILE}"),),
        answers=answers[:1] if one else answers,
        who=WHO[:1] if one else WHO,
    )


ITEMS = [item(number) for number in range(20)]


class Reader(html.parser.HTMLParser):
    """The page as a browser would take it apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.held: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.held.append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in ("script", "style") and self.cdata_elem:
            self.held[-1] += data
        else:
            self.words += data


def page_of(tmp_path: Path, items: list[Item] = ITEMS, name: str = "blind.html", **more: Any) -> tuple[Path, Path]:
    path = tmp_path / name
    return path, write(path, items, 7, **more)


def data_of(path: Path) -> dict[str, Any]:
    reader = Reader(path.read_text())
    scripts = [attrs for tag, attrs in reader.tags if tag in ("script", "style")]
    return json.loads(next(h for a, h in zip(scripts, reader.held, strict=True) if a.get("id") == "data"))  # type: ignore[no-any-return]


def answered(
    path: Path, choices: str | dict[str, str], rater: str = "0123456789ab", name: str = "Ann"
) -> dict[str, Any]:
    """What the page would save: the choices by a rule over items, or one for all."""
    items = data_of(path)["items"]
    if isinstance(choices, str):
        choices = {one["key"]: choices for one in items}
    return {"greenlight_blind": 1, "page": data_of(path)["page"], "rater": rater, "name": name, "answers": choices}


def saved(tmp_path: Path, data: Any, name: str = "answers.json") -> Path:
    (tmp_path / name).write_text(data if isinstance(data, str) else json.dumps(data))
    return tmp_path / name


def arr(path: Path, miss: int = 0) -> dict[str, str]:
    """Somebody who finds who says Arr, but for every ``miss``-th item."""
    out = {}
    for number, one in enumerate(data_of(path)["items"]):
        first = one["answers"][0].startswith("Arr")
        out[one["key"]] = "1" if first != bool(miss and number % miss == 0) else "2"
    return out


# ---------------------------------------------------------------- the page


def test_the_page_holds_all_that_is_judged_and_nobody_s_name(tmp_path: Path) -> None:
    path, beside = page_of(tmp_path, about="You are a pirate.")
    page = path.read_text()
    assert beside == tmp_path / "blind.key.json" == key_path(path)
    assert not re.search(r"tuned-7b|base-7b|secret-prompt", page)
    salt = Key.model_validate_json(beside.read_bytes()).salt
    assert salt not in page
    data = data_of(path)
    shown = Counter((one["turns"][0]["content"], *sorted(one["answers"])) for one in data["items"])
    assert shown == Counter((one.turns[0].content, *sorted(one.answers)) for one in ITEMS)
    assert "You are a pirate." in Reader(page).words


def test_nothing_from_outside_is_markup_or_fetched(tmp_path: Path) -> None:
    path, _ = page_of(tmp_path, about=HOSTILE, question=HOSTILE, title=HOSTILE)
    page = path.read_text()
    reader, plain = Reader(page), Reader(page_of(tmp_path, [item(0)], "plain.html", about="x")[0].read_text())
    assert [tag for tag, _ in reader.tags] == [tag for tag, _ in plain.tags]
    assert data_of(path)["items"][0]["turns"][0]["content"].endswith(HOSTILE)
    assert HOSTILE.replace("\u2028", " ") in reader.words.replace("\u2028", " ")
    for _, attrs in reader.tags:
        assert attrs.get("src") is None
        assert (attrs.get("href") or "data:,") == "data:,"
    assert not re.search(r"@import|url\(|https?://", page)
    policy = next(attrs["content"] for tag, attrs in reader.tags if tag == "meta" and "http-equiv" in attrs) or ""
    scripts = [attrs for tag, attrs in reader.tags if tag in ("script", "style")]
    code = next(h for a, h in zip(scripts, reader.held, strict=True) if a == {} and '"use strict"' in h)
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_sides_are_dealt_evenly_and_the_seed_alone_tells_nothing(tmp_path: Path) -> None:
    orders = []
    for number in range(6):
        path, beside = page_of(tmp_path, name=f"{number}.html")
        key = Key.model_validate_json(beside.read_bytes())
        assert Counter(one.who for one in key.items) == {WHO: 10, WHO[::-1]: 10}
        shown = {one["key"]: one["answers"] for one in data_of(path)["items"]}
        for one in key.items:
            texts = dict(zip(one.who, shown[one.key], strict=True))
            assert texts["tuned-7b"].startswith("Arr")
            assert texts["base-7b"].startswith("Plain")
        orders.append([(one.id, one.who) for one in key.items])
    assert all(one != other for one, other in itertools.combinations(orders, 2))


def test_the_same_call_writes_the_same_page_and_another_keeps_off_its_key(tmp_path: Path) -> None:
    path, beside = page_of(tmp_path)
    before, kept = path.read_bytes(), beside.read_bytes()
    path.unlink()
    page_of(tmp_path)
    assert (path.read_bytes(), beside.read_bytes()) == (before, kept)
    with pytest.raises(InputError, match="is the key of another page"):
        page_of(tmp_path, ITEMS[:3])
    assert (path.read_bytes(), beside.read_bytes()) == (before, kept)


def test_what_is_no_page_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a name that ends with \.html"):
        write(tmp_path / "x.json", ITEMS, 1)
    for items in ([], [item(0), item(1, one=True)]):
        with pytest.raises(InputError, match="all of one answer or all of two"):
            write(tmp_path / "x.html", items, 1)
    with pytest.raises(InputError, match="'secret-prompt-0#0' is there twice"):
        write(tmp_path / "x.html", [item(0), item(0)], 1)
    with pytest.raises(ValueError, match="two answers have two writers"):
        Item(id="x", prompt="x", turns=(), answers=("a", "b"), who=("m", "m"))
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- the answers


def test_what_people_chose_gets_its_names_back(tmp_path: Path) -> None:
    path, key = page_of(tmp_path)
    files = [
        saved(tmp_path, answered(path, arr(path)), "ann.json"),
        saved(tmp_path, answered(path, arr(path, miss=5), "ba9876543210", "Bob\u202e"), "bob.json"),
    ]
    found = read(key, files)
    assert found.raters == ("Ann 012345", "Bob? ba9876")
    assert Counter(one.winner for one in found.choices) == {"tuned-7b": 36, "base-7b": 4}
    assert found.points("tuned-7b").value == pytest.approx(0.9)
    assert found.points("base-7b").value == pytest.approx(0.1)
    assert found.first_place is not None
    assert 0.3 < found.first_place.value < 0.7
    assert found.alpha is not None
    assert found.alpha.low <= found.alpha.value <= found.alpha.high
    best = rated(found.games(), draws=200).ratings[0]
    assert (best.name, best.games) == ("tuned-7b", 40)
    with pytest.raises(InputError, match="nobody compared 'other'"):
        found.points("other")


def test_single_answers_are_in_or_out(tmp_path: Path) -> None:
    path, key = page_of(tmp_path, [item(n, one=True) for n in range(8)])
    keys = [one["key"] for one in data_of(path)["items"]]
    chosen = dict(zip(keys, "11111120", strict=True))
    found = read(key, [saved(tmp_path, answered(path, chosen))])
    assert Counter(one.winner for one in found.choices) == {"in": 6, "out": 1, "tie": 1}
    assert ratings.rate(found.inside("tuned-7b")).value == 6 / 8
    assert found.first_place is None
    assert found.games() == []
    assert found.alpha is None, "one rater agrees with nobody"


def test_answers_in_part_are_taken_where_that_is_allowed(tmp_path: Path) -> None:
    path, key = page_of(tmp_path)
    half = dict(list(arr(path).items())[:12])
    file = saved(tmp_path, answered(path, half))
    with pytest.raises(InputError, match="leaves 8 of 20 items out: open the page again"):
        read(key, [file])
    found = read(key, [file], partial=True)
    assert (len(found.choices), found.missing) == (12, 8)


def test_answers_that_cannot_be_trusted_are_one_line(tmp_path: Path) -> None:
    path, key = page_of(tmp_path)
    other, _ = page_of(tmp_path, ITEMS[:19], "other.html")
    good = answered(path, "1")
    first = next(iter(good["answers"]))
    twice = json.dumps(good).replace(f'"{first}": "1"', f'"{first}": "1", "{first}": "2"')
    edited = {**good, "answers": {**good["answers"], "f" * 16: "1"}}
    cases: dict[str, tuple[Any, str]] = {
        "other": (answered(other, "1"), "answers of another page"),
        "twice": (twice, f"has '{first}' twice"),
        "edited": (edited, "not on the page .'ffff"),
        "choice": ({**good, "answers": {**good["answers"], first: "3"}}, f"edited or is torn, at 'answers.{first}'"),
        "number": ({**good, "answers": {**good["answers"], first: 1}}, "edited or is torn"),
        "rater": ({**good, "rater": "Ann"}, "edited or is torn, at 'rater'"),
        "more": ({**good, "more": 1}, "edited or is torn, at 'more'"),
        "torn": (json.dumps(good)[:-40], "is no JSON"),
        "deep": ("[" * 100_000, "is no JSON"),
        "key": (json.loads(key.read_text()), "is no file of answers"),
        "bytes": ("", "is no JSON"),
    }
    for name, (data, said) in cases.items():
        with pytest.raises(InputError, match=said) as raised:
            read(key, [saved(tmp_path, data, f"{name}-answers.json")])
        assert f"{name}-answers.json" in str(raised.value)
        assert "\n" not in str(raised.value)
    again = [saved(tmp_path, good, "one.json"), saved(tmp_path, good, "two.json")]
    with pytest.raises(InputError, match=r"two.json and .*one.json are of one rater"):
        read(key, again)
    with pytest.raises(InputError, match="no answers were given"):
        read(key, [])
    with pytest.raises(InputError, match="is no key of a blind page"):
        read(saved(tmp_path, good, "no.key.json"), again[:1])


# ---------------------------------------------------------------- agreement


@pytest.mark.parametrize(
    ("raters", "value"),
    [
        (("123321412***", "1233224125*3", "*3332342251*", "12332441251*"), 0.743),
        (("*****34121133*3", "1*213343*******", "**21344*21133*4"), 0.691),
    ],
)
def test_alpha_is_krippendorffs(raters: tuple[str, ...], value: float) -> None:
    """Published examples: four observers of twelve units (Krippendorff 2011), and three coders of fifteen."""
    units = [[row[n] for row in raters if row[n] != "*"] for n in range(len(raters[0]))]
    assert alpha(units) == pytest.approx(value, abs=5e-4)


def test_alpha_at_its_ends() -> None:
    assert alpha([["a", "a"], ["b", "b"], ["a", "a", "a"]]) == 1
    assert alpha([["a"], ["b"]]) is None
    assert alpha([["a", "a"], ["a", "a"]]) is None
    assert (alpha([["a", "b"]] * 10) or 0) < 0
