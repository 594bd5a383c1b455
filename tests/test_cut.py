"""Where a text is cut, and that every character is accounted for."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

from greenlight import yardstick as yardsticks
from greenlight.cut import Cut, border, cut, strip_gutenberg
from greenlight.errors import InputError
from greenlight.leaks import leaks
from greenlight.yardstick import Yardstick

SHARED = Path(__file__).parents[2] / "shared" / "data" / "shakespeare"


def prose(chars: int, seed: int) -> str:
    """Paragraphs of about 400 characters of made-up words."""
    rng = random.Random(seed)
    out: list[str] = []
    size = 0
    while size < chars:
        words = ["".join(rng.choices("abdegiklmnoprstu", k=rng.randint(2, 8))) for _ in range(60)]
        out.append(" ".join(words).capitalize() + ".")
        size += len(out[-1]) + 2
    return "\n\n".join(out)[:chars].rstrip() + "\n\n"


def accounted(made: Cut) -> None:
    facts = made.facts()
    parts = facts["train_chars"] + sum(facts[part]["chars"] for part in ("search", "locked"))
    assert parts + facts["trimmed_chars"] + facts["excluded_chars"] == facts["chars"] == len(made.text)
    assert sum(end - start for start, end in facts["train"]) == facts["train_chars"]
    spans = sorted((start, end) for spans in made.spans.values() for start, end, _ in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    for part in ("search", "locked"):
        slice_ = facts[part]
        assert all(e <= slice_["start"] - 2_000 or s >= slice_["end"] + 2_000 for s, e in facts["train"])
    assert sum(len(held.body) for held in made.search) == facts["search"]["chars"]


def test_plain_prose_is_cut_between_paragraphs() -> None:
    text = prose(200_000, 1)
    made = cut(text)
    accounted(made)
    [search], [locked] = made.search, made.locked
    assert made.text == text
    assert made.facts()["search"]["whole"] == "paragraphs"
    assert abs(len(search.body) - 10_000) < 1_000
    assert abs(len(locked.body) - 2_000) < 1_000
    assert abs(made.facts()["search"]["start"] / len(text) - 0.45) < 0.01
    assert abs(made.facts()["locked"]["start"] / len(text) - 0.80) < 0.01
    for held in (search, locked):
        assert held.body.endswith(".\n\n")
        assert text[text.index(held.body) - 2 : text.index(held.body)] == "\n\n"
    assert cut(text) == made


def test_the_search_slice_is_at_most_250_000_characters() -> None:
    made = cut(prose(6_000_000, 2))
    accounted(made)
    assert abs(made.facts()["search"]["chars"] - 250_000) < 1_000
    assert abs(made.facts()["locked"]["chars"] - 50_000) < 1_000


def test_whole_chapters() -> None:
    text = "A Book\n\n" + "".join(f"CHAPTER {n}. In which\n\n{prose(2_000 + 100 * (n % 3), n)}" for n in range(1, 90))
    made = cut(text)
    accounted(made)
    facts = made.facts()
    assert facts["search"]["whole"] == facts["locked"]["whole"] == "scenes or chapters"
    for part in ("search", "locked"):
        assert made.text[facts[part]["start"] :].startswith("CHAPTER ")
        assert made.text[facts[part]["end"] :].startswith("CHAPTER ")
    assert facts["excluded_chars"] == 0


def plays(count: int, scenes: int, chars: int, listed: bool) -> str:
    titles = [f"THE TRAGEDY OF KING NUMBER {'ABCDEFGH'[n // 8]}{'ABCDEFGH'[n % 8]}" for n in range(count)]
    head = "The Works\n\nCONTENTS\n\n" + "\n".join(f"  {t}" for t in titles) + "\n\n\n\n" if listed else "The Works\n\n"
    body = ""
    for number, title in enumerate(titles):
        body += f"{title}\n\n\n"
        for scene in range(scenes):
            body += f"SCENE {'I' * (scene + 1)}. A street.\n\n{prose(chars, number * 100 + scene)}"
    return head + body


@pytest.mark.parametrize("listed", [True, False])
def test_a_work_that_the_yardstick_cuts_is_left_out(listed: bool) -> None:
    made = cut(plays(10, 5, 6_000, listed))  # works of 30,000; slices of 15,000 and 3,000: parts of works
    accounted(made)
    facts = made.facts()
    assert facts["works"] == 10
    assert facts["search"]["whole"] == "scenes or chapters"
    assert len(facts["works_cut"]) >= 2
    assert facts["works_left_out"]
    assert {held.work for held in (*made.search, *made.locked)} == set(facts["works_cut"])
    for title in facts["works_cut"]:
        place = made.text.rindex(title)
        assert not any(start <= place < end for start, end in facts["train"])
        assert not any(start < place + 25_000 and end > place + 100 for start, end in facts["train"])


def test_whole_works_where_they_fit() -> None:
    made = cut(plays(40, 1, 10_000, listed=True))  # 400,000: a slice of 20,000 is two works
    accounted(made)
    facts = made.facts()
    assert facts["search"]["whole"] == "works"
    assert [held.body.split("\n")[0] for held in made.search] == [held.work for held in made.search]
    assert len(made.search) == 2
    assert not [work for work in facts["works_cut"] if work in {held.work for held in made.search}]


def test_too_few_works_are_not_left_out() -> None:
    made = cut(plays(2, 20, 3_000, listed=False))
    accounted(made)
    assert not made.facts()["works_left_out"]
    assert made.facts()["excluded_chars"] == 0
    assert len(made.facts()["works_cut"]) == 2


def test_a_text_without_blank_lines_or_spaces() -> None:
    accounted(cut("".join(random.Random(1).choices("天地玄黄", k=100_000))))
    lines = "".join(f"line number {n}\n" for n in range(8_000))
    made = cut(lines)
    accounted(made)
    assert made.search[0].body.startswith("line number")
    assert made.search[0].body.endswith("\n")


@pytest.mark.parametrize("text", ["Too short.\n", prose(79_000, 1)])
def test_a_text_that_is_too_short_is_refused_with_the_numbers(text: str) -> None:
    with pytest.raises(InputError, match=f"{len(text):,} characters.*80,000.*longer text"):
        cut(text)


def test_border() -> None:
    assert border("ab\n\ncd", 3) == 4
    assert border("ab\n\n\ncd", 2) == border("ab\n\n\ncd", 4) == 5
    assert border("abcd", 2) == 2
    assert border("ab cd", 1) == 3
    assert border("ab cdefgh", 7, within=2) == 7


def test_long_paragraphs_leave_no_slice_empty() -> None:
    for seed in range(20):
        rng = random.Random(seed)
        text = "".join("x" * rng.randint(500, 9_000) + "\n\n" for _ in range(18)) + "y" * 80_000
        made = cut(text)
        accounted(made)
        assert made.facts()["search"]["chars"] >= 4_000
        assert 0.8 <= made.facts()["locked"]["chars"] / (0.01 * len(text)) <= 1.3


HEADER = "The Project Gutenberg eBook of Things\n\nThis ebook is for the use of anyone.\n\n"
LICENCE = "\nThis and all associated files of various formats will be found in:\n" + "licence " * 50


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            HEADER
            + "*** START OF THE PROJECT GUTENBERG EBOOK THINGS AND\nMORE THINGS ***\n\n"
            + "Produced by A. Person\nand others\n\n",
            "*** END OF THE PROJECT GUTENBERG EBOOK THINGS ***" + LICENCE,
        ),
        (
            HEADER + "***START OF THIS PROJECT GUTENBERG EBOOK THINGS***\n",
            "End of Project Gutenberg's Things, by A. Person\n\n*** END OF THIS PROJECT GUTENBERG EBOOK ***" + LICENCE,
        ),
        (
            HEADER + "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n",
            "End of The Project Gutenberg Etext of Things\n",
        ),
    ],
)
def test_the_gutenberg_wrapping_is_cut(before: str, after: str) -> None:
    body = "Things\n\n" + prose(5_000, 3).strip() + "\n"
    text, cuts = strip_gutenberg(before + body + "\n" + after)
    assert text == body
    assert cuts["header"] >= len(before) - 2
    assert cuts["footer"] == len(after)


def test_notices_between_works_are_cut_and_other_texts_are_left_alone() -> None:
    notice = "<<THIS ELECTRONIC VERSION OF THE COMPLETE WORKS IS\nCOPYRIGHT 1990-1993 BY NOBODY.>>\n"
    text, cuts = strip_gutenberg(f"One.\n\n{notice}\nTwo.\n")
    assert text == "One.\n\n\nTwo.\n"
    assert cuts["notices"] == len(notice)
    plain = "\n\nA text of its own.  \n"
    assert strip_gutenberg(plain) == (plain, {"header": 0, "footer": 0, "notices": 0})


def test_tiny_shakespeare(tmp_path: Path) -> None:
    path = SHARED / "tiny.txt"
    if not path.exists():
        pytest.skip("shared/data/shakespeare/tiny.txt is not here")
    text = path.read_text(encoding="utf-8")
    made = cut(text)
    accounted(made)
    facts = made.facts()
    assert facts["chars"] == 1_115_394
    assert abs(facts["search"]["chars"] - 55_769) < 500
    assert abs(facts["locked"]["chars"] - 11_153) < 500
    yardsticks.lock(tmp_path / "yardstick", "text", made.search, made.locked, facts)
    yard = Yardstick.open(tmp_path / "yardstick")
    assert [list(span) for span in yard.training_spans] == facts["train"]
    train = [(str(start), text[start:end]) for start, end in yard.training_spans]
    found = leaks(train, yard.windows)
    assert found.ids == []
    assert found.largest < 0.1
    assert leaks([("all", text)], yard.windows).largest == 1.0
