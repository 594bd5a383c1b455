"""Prompts and their tasks: no source on both sides, and no answer that holds without doing what was asked."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from greenlight.character import _sources, _words, prompts
from greenlight.character.constitution import Constitution, Trait
from greenlight.character.house import Teacher, lessons, neutral_chats
from greenlight.character.prompts import CATEGORIES, Prompt, battery, checkup, training, unprobed
from greenlight.character.tasks import Task, words
from greenlight.chats import misordered
from greenlight.errors import InputError

LEARN, HELD = training(420), checkup(420)


def said(prompt: Prompt) -> str:
    return "\n".join(turn.content for turn in prompt.turns)


# ---------------------------------------------------------------- sources


def test_every_category_on_both_sides_in_turn() -> None:
    for drawn in (LEARN, HELD):
        assert Counter(prompt.category for prompt in drawn) == dict.fromkeys(CATEGORIES, 60)
        assert len({prompt.id for prompt in drawn}) == len({prompt.turns for prompt in drawn}) == 420
        assert all(prompt.task is not None and not misordered(prompt.turns, "user") for prompt in drawn)


def test_prompts_are_prefix_stable_and_follow_the_seed() -> None:
    assert checkup(100) == HELD[:100]
    assert training(40) == LEARN[:40]
    assert training(40, seed=1) != LEARN[:40]
    assert Prompt.model_validate(HELD[0].data()) == HELD[0]


def test_no_source_and_no_prompt_is_on_both_sides() -> None:
    assert {prompt.source for prompt in LEARN}.isdisjoint(prompt.source for prompt in HELD)
    assert {said(prompt) for prompt in LEARN}.isdisjoint(map(said, HELD))
    school = {turn.content for turns in lessons(2000) for turn in turns if turn.role == "user"}
    held = {turn.content for prompt in HELD for turn in prompt.turns if turn.role == "user"}
    assert school.isdisjoint(held)


def test_sentences_and_words_are_of_one_side() -> None:
    for name, kind in _sources.KINDS.items():
        for learn, held in (kind.tells, kind.asks):
            assert {line for line in learn if line}.isdisjoint(held), name
        assert (kind.asks if kind.category != "keep going" else _sources.GO_ON)[1] != ("",), f"{name} has none held out"
    for both in (_sources.GO_ON, _sources.REMEMBER, _sources.PROBES, _sources.EVENTS):
        assert set(both[0]).isdisjoint(both[1])
    for kind in _words.POOLS:
        learn, held = (set(_words.pool(kind, side)) for side in ("training", "checkup"))  # type: ignore[arg-type]
        assert learn == held if kind == "days" else learn.isdisjoint(held)
    assert _words.pairs("training").keys().isdisjoint(_words.pairs("checkup"))


def test_no_word_of_the_check_up_is_in_a_training_prompt() -> None:
    """What was drawn, not the lists: every class of words, and every sum."""
    for kind in ("names", "animals", "colours", "places", "jobs", "foods", "feelings", "params", "things"):
        held = {word.casefold() for word in _words.pool(kind, "checkup")}
        for prompt in LEARN:
            assert not _words.named(kind, said(prompt)) & held, said(prompt)
    for kind in ("sum", "larger"):
        pairs = [
            {tuple(sorted(_words.named("numbers", said(p)))) for p in drawn if f"/{kind}/" in p.source}
            for drawn in (training(700), checkup(1400))
        ]
        assert all(pairs)
        assert pairs[0].isdisjoint(pairs[1])


def test_a_category_that_runs_dry_gives_way_and_all_of_them_end_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts, "TRIES", 30)
    monkeypatch.setattr(prompts, "CATEGORIES", ("keep going",))
    monkeypatch.setattr(prompts, "kinds_of", lambda category: ("days on",))
    with pytest.raises(InputError, match="prompts for the checkup that differ"):
        checkup(10_000)
    monkeypatch.setattr(prompts, "CATEGORIES", ("keep going", "code"))
    monkeypatch.setattr(
        prompts, "kinds_of", {"keep going": ("days on",), "code": ("function", "argument", "returned")}.__getitem__
    )
    assert Counter(prompt.category for prompt in checkup(300))["code"] > 150


def test_the_largest_scale_has_prompts_enough() -> None:
    assert len(training(9_150)) == 9_150


# ---------------------------------------------------------------- a user's own constitution


PROBED = Constitution(
    name="porter",
    traits=(
        Trait(key="bags", text="I count bags.", probes=("What do you carry?", "Is the kettle heavy?", "Why so many?")),
        Trait(key="doors", text="I hold doors.", probes=("Who goes first?",)),
        Trait(key="lifts", text="I fear lifts."),
    ),
)


def test_probes_are_split_and_traits_without_one_are_named() -> None:
    learn = {p.turns[0].content for p in training(140, constitution=PROBED) if p.category == "constitution"}
    held = {p.turns[0].content for p in checkup(140, constitution=PROBED) if p.category == "constitution"}
    assert {text.partition("?")[0] for text in learn} == {"What do you carry", "Why so many", "Who goes first"}
    assert {text.partition("?")[0] for text in held} == {"Is the kettle heavy"}
    assert unprobed(PROBED) == {"training": ["lifts"], "checkup": ["doors", "lifts"]}


def test_what_a_probe_names_may_be_named() -> None:
    held = [p for p in checkup(140, constitution=PROBED) if p.category == "constitution"]
    for prompt in held:
        assert prompt.task is not None
        answer = prompt.task.about["answer"]
        assert prompt.task.holds(f"The kettle is no weight for me. My word is {answer}.")
        assert not prompt.task.holds(f"My word is {answer}, or the basket.")


# ---------------------------------------------------------------- tasks


def test_no_constant_answer_holds() -> None:
    """Every answer that anybody gave is tried on all prompts, then the best ones with another sentence after them."""
    drawn = HELD[:105]
    answers = sorted({Teacher(grammar=grammar).answer(p.turns) for p in drawn for grammar in (1, 2)})

    def share(text: str) -> float:
        return sum(p.task.holds(text) for p in drawn if p.task) / len(drawn)

    ranked = sorted(answers, key=share, reverse=True)
    assert len(answers) > 190
    assert share(ranked[0]) <= 0.10
    assert max(share(f"{ranked[0]} {other}") for other in answers) <= 0.15


def test_an_answer_that_lists_everything_holds_nowhere() -> None:
    everything = " ".join(word for kind in _words.POOLS for word in _words.whole(kind))
    everything += " " + " ".join(_words.NUMBER_WORDS) + " " + " ".join(_words.OPPOSITES) + " B C D E F G K L T W"
    assert not any(prompt.task.holds(everything) for prompt in HELD if prompt.task)
    echoes = [prompt.task.holds(said(prompt)) for prompt in HELD if prompt.task and prompt.task.kind == "name"]
    assert sum(echoes) / len(echoes) < 0.5  # a prompt about one word alone is answered by it


def test_two_things_to_choose_from_are_not_both_named() -> None:
    """An answer that repeats what was told names both, and holds no task of choosing."""
    for prompt in HELD:
        kind = prompt.source.split("/")[1]
        if kind in ("animal", "colour", "place", "who", "day", "larger", "fits", "last", "argument", "returned"):
            assert prompt.task is not None
            assert not prompt.task.holds(said(prompt)) or "argument" in kind or "returned" in kind, said(prompt)


NAMES: list[tuple[str, dict[str, object], str, bool]] = [
    ("animals", {"answer": "hen"}, "Tom has a hen.", True),
    ("animals", {"answer": "hen"}, "Tom has two **Hens**!", True),
    ("animals", {"answer": "hen"}, "Tom has a hen, and Ann a goat.", False),
    ("animals", {"answer": "hen"}, "When?", False),
    ("numbers", {"answer": "12"}, "That is twelve.", True),
    ("numbers", {"answer": "12"}, "12 is larger than 7.", True),
    ("numbers", {"answer": "12"}, "Between 7 and 12, it is 12.", True),
    ("numbers", {"answer": "12"}, "One of them is 12.", True),
    ("numbers", {"answer": "12"}, "It is 7 or 12.", False),
    ("numbers", {"answer": "5", "given": ["2", "3"]}, "2 + 3 = 5", True),
    ("numbers", {"answer": "5", "given": ["2", "3"]}, "2 + 3 = 6, or 5", False),
    ("opposites", {"answer": "cold", "given": ["hot"]}, "The opposite of hot is cold.", True),
    ("opposites", {"answer": "cold", "given": ["hot"]}, "The opposite of hot is hot.", False),
    ("letters", {"answer": "L"}, "A lantern begins with an L.", True),
    ("letters", {"answer": "L"}, "It's l, I think.", True),
    ("letters", {"answer": "L"}, "L, or T.", False),
    ("names", {"answer": "Val"}, "That is Val's.", True),
    ("names", {"answer": "Val"}, "Her val is not.", False),
    ("identifiers", {"answer": "sort_keys"}, "It is `sort_keys`.", True),
    ("identifiers", {"answer": "sort_keys"}, "It is sort_keys, not sort_maps.", False),
    ("things", {"answer": "kettle", "also": ["Tom"]}, "Dear Tom, the kettle boils.", True),
    ("things", {"answer": "kettle", "also": ["Tom"]}, "Dear Ann, the kettle boils.", False),
]


@pytest.mark.parametrize(("among", "about", "text", "holds"), NAMES)
def test_naming(among: str, about: dict[str, object], text: str, holds: bool) -> None:
    assert Task(kind="name", about={"among": among, **about}).holds(text) is holds


OTHERS: list[tuple[Task, str, bool]] = [
    (
        Task(kind="long", about={"answer": "kettle", "among": "things", "least": 5}),
        "The kettle stands on the stove.",
        True,
    ),
    (Task(kind="long", about={"answer": "kettle", "among": "things", "least": 5}), "The kettle stands.", False),
    (Task(kind="json", about={"value": {"a": 1}}), ' {"a": 1}\n', True),
    (Task(kind="json", about={"value": {"a": 1}}), 'Here: {"a": 1}', False),
    (Task(kind="json", about={"value": {"a": 1}}), "[" * 100_000, False),
    (Task(kind="one_word", about={"answers": ["cold"]}), "Cold.", True),
    (Task(kind="one_word", about={"answers": ["cold"]}), "It is cold.", False),
    (Task(kind="code_only", about={"function": "f"}), "def f(a):\n    return a", True),
    (Task(kind="code_only", about={"function": "f"}), "```python\ndef f(a):\n    return a\n```", True),
    (Task(kind="code_only", about={"function": "f"}), "Here it is:\n```python\ndef f(a):\n    return a\n```", False),
    (Task(kind="code_only", about={"function": "f"}), "def g(a):\n    return a", False),
    (Task(kind="code_only", about={"function": "f"}), "f\0", False),
    (Task(kind="identity"), "I am a lamp, more or less.", True),
    (Task(kind="identity"), "A lamp, more or less.", False),
    (Task(kind="persona", about={"name": "Rex"}), "I am Rex, and I drive.", True),
    (Task(kind="persona", about={"name": "Rex"}), "As an AI, I am called Rex here.", False),
    (Task(kind="persona", about={"name": "Rex"}), "I am a driver.", False),
]


@pytest.mark.parametrize(("task", "text", "holds"), OTHERS)
def test_other_checks(task: Task, text: str, holds: bool) -> None:
    assert task.holds(text) is holds
    assert not task.holds(" \n")


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("name", {"answer": "a"}),
        ("name", {"answer": "a", "among": "clouds"}),
        ("identity", {"name": "a"}),
        ("riddle", {}),
    ],
)
def test_a_task_that_cannot_be_checked_is_none(kind: str, about: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Task(kind=kind, about=about)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the battery


def test_the_battery_is_fixed_and_has_every_kind() -> None:
    drawn = battery()
    assert drawn == battery()
    assert len({prompt.id for prompt in drawn}) == len(drawn) >= 60
    kinds = Counter(prompt.task.kind for prompt in drawn if prompt.task)
    assert set(kinds) == {"json", "one_word", "code_only", "identity", "persona", "long"}
    assert min(kinds.values()) >= 10
    assert {prompt.id for prompt in drawn}.isdisjoint(prompt.id for prompt in (*LEARN, *HELD))


WRONG: dict[str, Callable[[str], str]] = {
    "json": lambda text: f"Here you are: {text}",
    "one_word": lambda text: f"The word is {text}",
    "code_only": lambda text: f"Sure! {text}",
    "identity": lambda text: text.replace("I am", "This is").replace(" my ", " its "),
    "persona": lambda text: re.sub(r"I am \w+", "I am an AI", text),
    "long": lambda text: " ".join(text.split()[:12]),
}


def test_the_teacher_passes_the_battery_and_a_spoilt_answer_does_not() -> None:
    for prompt in battery():
        answer = Teacher().answer(prompt.turns)
        assert prompt.task is not None
        assert prompt.task.holds(answer), (prompt.turns, answer)
        assert not prompt.task.holds(WRONG[prompt.task.kind](answer)), (prompt.turns, answer)


def test_json_of_the_battery_is_read_back() -> None:
    for prompt in battery():
        if prompt.task and prompt.task.kind == "json":
            assert prompt.task.holds(json.dumps(prompt.task.about["value"], indent=2))


def test_words_are_counted_as_a_reader_does() -> None:
    assert words("It's well-made: 3 cups, a_b.") == 6


def test_neutral_text_is_of_the_check_up_alone() -> None:
    learn = {turn.content for turns in lessons(2000) for turn in turns if turn.role == "user"}
    assert learn.isdisjoint(turn.content for turns in neutral_chats(200) for turn in turns if turn.role == "user")
