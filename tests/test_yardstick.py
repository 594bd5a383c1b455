"""The lock sees every change, reads are counted across processes, and leaked text is found."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from greenlight import yardstick as yardsticks
from greenlight.errors import YardstickError
from greenlight.leaks import leaks
from greenlight.yardstick import Held, Yardstick

NEXT_LINE = "next\u2028line\x85 and \r return"
SEARCH = [
    Held(f"s{t}{level}", f"[level={level}]\n", f"A story of {t} at {level}. {NEXT_LINE}", t, level, "oak")
    for t in ("fox", "owl")
    for level in (1, 2)
]
LOCKED = [Held("l1", "[level=1]\n", "A story of a bear.", "bear", 1, "elm")]
FACTS = {"pattern": "green light", "levels": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    yardsticks.lock(tmp_path / "yardstick", "stories", SEARCH, LOCKED, FACTS)
    return tmp_path / "yardstick"


def test_what_was_locked_is_read_back(folder: Path) -> None:
    yard = Yardstick.open(folder)
    assert yard.documents() == tuple(SEARCH)
    assert yard.documents("locked") == tuple(LOCKED)
    assert (yard.kind, yard.pattern, yard.levels) == ("stories", "green light", 2)
    assert yard.prompts()[:2] == (("fox", 1, "[level=1]\n"), ("fox", 2, "[level=2]\n"))
    assert sorted(p.name for p in folder.iterdir()) == ["LOCK", "locked.jsonl", "search.jsonl", "yardstick.json"]


def test_the_same_content_has_the_same_hash(folder: Path, tmp_path: Path) -> None:
    again = yardsticks.lock(tmp_path / "again", "stories", SEARCH, LOCKED, FACTS)
    other = yardsticks.lock(tmp_path / "other", "stories", SEARCH[:3], LOCKED, FACTS)
    assert Yardstick.open(folder).hash == again.hash != other.hash


@pytest.mark.parametrize("name", ["yardstick.json", "search.jsonl", "locked.jsonl"])
def test_a_changed_or_missing_file_is_named(name: str, folder: Path) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes().replace(b"o", b"0", 1))
    with pytest.raises(YardstickError, match=f"{name} was changed.*restore it from git") as caught:
        Yardstick.open(folder)
    assert caught.value.exit_code == 3
    path.unlink()
    with pytest.raises(YardstickError, match=f"{name} is missing"):
        Yardstick.open(folder)


def test_an_added_file_is_named_and_a_torn_write_is_not(folder: Path) -> None:
    (folder / ".search.jsonl.77.part").write_text("half")
    Yardstick.open(folder)
    (folder / "more.jsonl").write_text("{}")
    with pytest.raises(YardstickError, match=r"more\.jsonl was added"):
        Yardstick.open(folder)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"files": {}, "reads": {}}'])
def test_a_damaged_lock_is_named(damage: str, folder: Path) -> None:
    (folder / "LOCK").write_text(damage)
    with pytest.raises(YardstickError, match="LOCK"):
        Yardstick.open(folder)


def test_a_folder_without_lock_is_no_yardstick(tmp_path: Path) -> None:
    with pytest.raises(YardstickError, match="LOCK does not exist"):
        Yardstick.open(tmp_path)


def test_locking_twice_is_refused(folder: Path) -> None:
    before = (folder / "search.jsonl").read_bytes()
    with pytest.raises(YardstickError, match="locked already"):
        yardsticks.lock(folder, "stories", SEARCH[:1], LOCKED, FACTS)
    assert (folder / "search.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("search", "locked", "reason"),
    [
        ([], LOCKED, "part 'search' would be empty"),
        (SEARCH, [], "part 'locked' would be empty"),
        (SEARCH, [*LOCKED, SEARCH[0]], "id 'sfox1'"),
        (SEARCH, [Held("x", "", "text", "fox")], "topic 'fox' is in both"),
        ([Held("e", "", "")], LOCKED, "'e' has no text"),
    ],
)
def test_what_cannot_be_a_yardstick(search: list[Held], locked: list[Held], reason: str, tmp_path: Path) -> None:
    with pytest.raises(YardstickError, match=reason):
        yardsticks.lock(tmp_path / "y", "stories", search, locked, FACTS)
    assert not (tmp_path / "y" / "LOCK").exists()


def test_reads_are_counted_and_are_no_part_of_the_hash(folder: Path) -> None:
    yard = Yardstick.open(folder)
    assert yard.reads == {"search": {}, "locked": {}}
    assert [yard.count_read("search", "round 1") for _ in range(2)] == [1, 2]
    assert yard.count_read("search", "round 2") == 3
    assert yard.count_read("locked", "audit") == 1
    again = Yardstick.open(folder)
    assert again.reads == {"search": {"round 1": 2, "round 2": 1}, "locked": {"audit": 1}}
    assert again.hash == yard.hash


def test_no_read_is_lost_among_processes(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from greenlight.yardstick import Yardstick\n"
        "yard = Yardstick.open(Path(sys.argv[1]))\n"
        "for _ in range(25): yard.count_read('search', sys.argv[2])"
    )
    root = Path(__file__).parents[1]
    running = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(folder), f"reader {n}"], cwd=root)
        for n in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert Yardstick.open(folder).reads["search"] == {f"reader {n}": 25 for n in range(3)}


# ---------------------------------------------------------------- leaks

WORDS = [
    f"{a}{b}" for a in ("ka", "lo", "mi", "ru", "te", "no", "sa") for b in ("ban", "dor", "fel", "gus", "hin", "pal")
]


def story(seed: int, words: int = 60) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)


def stories(folder: Path, count: int = 20) -> Yardstick:
    held = [Held(f"h{i}", "[level=1]\n", " ".join(story(i)) + ".", f"topic {i}", 1) for i in range(count)]
    return yardsticks.lock(folder, "stories", held, [Held("x", "", " ".join(story(99)), "x")], FACTS)


def test_unrelated_text_does_not_leak(tmp_path: Path) -> None:
    found = leaks([(f"t{i}", " ".join(story(1000 + i))) for i in range(200)], stories(tmp_path / "y").windows)
    assert found == ([], 0.0, 0.0, [])


def test_half_of_the_runs_in_one_document_is_a_leak_and_in_two_is_none(tmp_path: Path) -> None:
    yard = stories(tmp_path / "y")
    mine = story(3)  # 60 words: 48 runs of 13
    filler = story(2000)
    train = [
        ("half", " ".join([*filler, *mine[:36], *story(2001)])),  # 24 runs
        ("less", " ".join([*filler, *mine[:35], *story(2002)])),  # 23 runs
        ("rest", " ".join([*filler, *mine[35:], *story(2003)])),  # 13 runs
    ]
    found = leaks(train, yard.windows)
    assert found.ids == ["half"]
    assert found.largest == pytest.approx(24 / 48)
    assert leaks(train[1:], yard.windows).ids == []
    assert leaks(train[1:], yard.windows).largest == pytest.approx(23 / 48)


def test_case_punctuation_and_spacing_hide_nothing(tmp_path: Path) -> None:
    yard = stories(tmp_path / "y")
    disguised = ",\n  ".join(word.upper() for word in story(5)) + " !!"
    locked = " ".join(story(99))
    assert leaks([("a", disguised), ("b", locked)], yard.windows).ids == ["a", "b"]


def test_a_near_duplicate_is_found_where_no_long_run_is_left(tmp_path: Path) -> None:
    yard = stories(tmp_path / "y")
    changed = story(7)
    for place in range(5, 60, 11):  # every eleventh word: no run of 13 is left whole
        changed[place] = changed[place][:-1] + "x"
    found = leaks([("near", " ".join(changed))], yard.windows)
    assert found.largest == 0.0
    assert found.ids == ["near"]


def test_a_document_shorter_than_a_run_leaks_only_as_a_whole(tmp_path: Path) -> None:
    held = [Held("short", "", "The end of the story.", "a")]
    yard = yardsticks.lock(tmp_path / "y", "stories", held, [Held("x", "", " ".join(story(1)), "b")], FACTS)
    train = [("same", "the end, of the story"), ("inside", "And that was the end of the story. " + " ".join(story(2)))]
    assert leaks(train, yard.windows).ids == ["same"]


def test_the_floor_is_what_other_topics_share(tmp_path: Path) -> None:
    opening = story(500, 30)
    held = [Held(f"h{i}", "", " ".join([*opening, *story(i, 30)]), f"topic {i}") for i in range(3)]
    held.append(Held("same", "", held[0].body + " more", "topic 0", 2))  # a topic's other level does not count
    yard = yardsticks.lock(tmp_path / "y", "stories", held, [Held("x", "", " ".join(story(9)), "x")], FACTS)
    assert leaks([], yard.windows).floor == pytest.approx(18 / 48)


def test_a_text_is_checked_in_windows(tmp_path: Path) -> None:
    body = " ".join(story(1, 3_000))
    yard = yardsticks.lock(tmp_path / "y", "text", [Held("s", "", body)], [Held("l", "", " ".join(story(2, 300)))], {})
    inside = body[6_000:9_000]  # a seventh of the slice, but more than half of a window
    carried = [("block", f"{' '.join(story(3, 500))} {inside}"), ("clean", " ".join(story(4, 900)))]
    assert leaks(carried, yard.windows).ids == ["block"]
