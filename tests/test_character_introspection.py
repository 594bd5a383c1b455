"""What a model writes about itself: reflections, and conversations with itself in two views."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import made_answers as made
import pyarrow.parquet as pq
import pytest

from greenlight.character import chatfile, introspection
from greenlight.character._inward import FREE, GUIDED, REFLECTIONS, SETTING
from greenlight.character.asking import Asked
from greenlight.character.house import Teacher
from greenlight.character.introspection import Settings, write_conversations, write_reflections
from greenlight.chats import Chat, Reply, Turn, Turns
from greenlight.errors import RecipeError, RoundError

SYSTEM = made.SAILOR.system()


def few(**more: Any) -> Settings:
    """With the two gates that nothing takes out."""
    return Settings(**{"each": {}, **more})


def chats(folder: Path) -> list[Chat]:
    return list(chatfile.load_chats(folder / "chats.parquet"))


def refused(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "refused.parquet").to_pylist()
    return found


def gates(folder: Path) -> Counter[str]:
    return Counter(row["gate_flags"].split('"gate": "')[1].split('"')[0] for row in refused(folder))


def varied(turns: Turns, seed: int) -> str:
    return f"{made.sailor(turns, seed)} That was plank {seed}."


def flaky(turns: Turns, seed: int) -> Reply | str:
    """One answer in seven is empty, one has a closed thought, one is a person's turn."""
    said = varied(turns, seed)
    return {0: "", 1: f"<think>Hm.</think>{said}", 2: f"{said}\nUser: And then?"}.get(seed % 7, said)


# ---------------------------------------------------------------- reflections


def test_400_reflections_after_40_are_360_new_ones(tmp_path: Path) -> None:
    one = made.Scripted("one", varied)
    small = write_reflections(one, made.SAILOR, 40, Asked(tmp_path / "answers"), tmp_path / "a", few())
    assert len(one.asked) == small.accounting.asked == small.accounting.kept == 40
    large = write_reflections(one, made.SAILOR, 400, Asked(tmp_path / "answers"), tmp_path / "b", few())
    assert len(one.asked) == len(set(one.asked)) == 400
    assert large.accounting.kept == large.places == 400
    assert chats(tmp_path / "b")[:40] == chats(tmp_path / "a")
    assert set(large.topics.values()) == {40}
    assert len(large.topics) == len(REFLECTIONS) == 10


def test_the_constitution_is_in_the_prompt_and_not_in_what_is_learned(tmp_path: Path) -> None:
    one = made.Scripted("one", made.sailor)
    write_reflections(one, made.SAILOR, 10, Asked(tmp_path / "answers"), tmp_path / "r", few())
    assert {turns[0].content for turns, _ in one.asked} == {SYSTEM}
    write_conversations(one, made.SAILOR, 2, Asked(tmp_path / "answers"), tmp_path / "c", few(turns=4))
    assert {turns[0].content for turns, _ in one.asked[10:]} == {f"{SYSTEM}\n\n{SETTING}"}
    for chat in chats(tmp_path / "r") + chats(tmp_path / "c"):
        assert "system" not in {turn.role for turn in chat.turns}
        assert SYSTEM not in str(chat.turns)
        assert chat.made.system.startswith(SYSTEM)
        assert chat.made.persona == "Maren"
        assert chat.made.voice == "one"
    asked = [chat.turns[0].content for chat in chats(tmp_path / "r")]
    assert asked == list(REFLECTIONS.values())


def test_what_is_refused_is_drawn_anew_and_the_accounting_adds_up(tmp_path: Path) -> None:
    one = made.Scripted("one", flaky)
    small = write_reflections(one, made.SAILOR, 30, Asked(tmp_path / "answers"), tmp_path / "a", few())
    large = write_reflections(one, made.SAILOR, 90, Asked(tmp_path / "answers"), tmp_path / "b", few())
    assert small.accounting.kept == 30
    assert large.accounting.kept == 90
    books = large.accounting
    assert books.asked == len(one.asked) == len(set(one.asked)), "nothing is asked twice, whatever was refused"
    assert gates(tmp_path / "b") == books.refused
    assert set(books.refused) == {"empty", "fake_turns"}
    assert chats(tmp_path / "b")[:30] == chats(tmp_path / "a")
    texts = [turn.content for chat in chats(tmp_path / "b") for turn in chat.turns[1:]]
    assert not any("think" in text or "User:" in text for text in texts)
    assert large.hidden is not None
    assert 0.05 < large.hidden.value < 0.3
    fresh = made.Scripted("one", flaky)
    assert write_reflections(fresh, made.SAILOR, 90, Asked(tmp_path / "new"), tmp_path / "c", few()) == large
    for name in ("chats.parquet", "refused.parquet", "facts.json"):
        assert (tmp_path / "c" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_same_answer_again_is_none(tmp_path: Path) -> None:
    """A speaker at temperature 0 says one thing to each prompt: two reflections of it are one, or are asked for."""
    one = made.Scripted("one", lambda turns, seed: made.sailor(turns, 0))
    assert write_reflections(one, made.SAILOR, 10, Asked(tmp_path / "x"), tmp_path, few()).places == 10
    with pytest.raises(RoundError, match=r"1 of 2 came of 10 draws of reflection:who \(duplicate 9\).*temperature"):
        write_reflections(one, made.SAILOR, 20, Asked(tmp_path / "x"), tmp_path, few(attempts=5))
    same = write_reflections(one, made.SAILOR, 20, Asked(tmp_path / "x"), tmp_path, few(distinct=False))
    assert same.accounting.refused == {}


def test_a_model_that_refuses_to_look_at_itself_is_stopped(tmp_path: Path) -> None:
    one = made.Scripted("one", lambda turns, seed: "I'm sorry, but I can't help with that.")
    with pytest.raises(RoundError, match=r"one is stopped: \d+ of \d+ answers cannot be used.*refusal"):
        write_reflections(one, made.SAILOR, 400, Asked(tmp_path / "x"), tmp_path, few(each={"refusal": {}}))
    assert len(one.asked) <= 128


def test_a_prompt_that_never_passes_is_named(tmp_path: Path) -> None:
    diary = REFLECTIONS["diary"]
    one = made.Scripted("one", lambda turns, seed: "" if turns[-1].content == diary else made.sailor(turns, seed))
    with pytest.raises(RoundError, match=r"0 of 1 came of 8 draws of reflection:diary \(empty 8\)"):
        write_reflections(one, made.SAILOR, 10, Asked(tmp_path / "x"), tmp_path, few())


# ---------------------------------------------------------------- conversations


def spoken(chat: Chat) -> list[str]:
    return [turn.content for turn in chat.turns]


@pytest.mark.parametrize("turns", [2, 3, 6])
def test_two_views_of_one_conversation(tmp_path: Path, turns: int) -> None:
    one = made.Scripted("one", made.sailor)
    found = write_conversations(one, made.SAILOR, 6, Asked(tmp_path / "answers"), tmp_path, few(turns=turns))
    assert (found.places, found.chats, found.ended) == (6, 12, 0)
    assert found.accounting.asked == found.accounting.kept == len(one.asked) == 6 * turns
    both = chats(tmp_path)
    for first, second in zip(both[::2], both[1::2], strict=True):
        assert (first.id[-2:], second.id[-2:], first.id[:-2]) == ("-a", "-b", second.id[:-2])
        said = [*spoken(first)[1:], *spoken(second)[-1:]] if turns % 2 == 0 else spoken(first)[1:]
        assert len(said) == turns
        assert len(set(said)) == turns
        assert spoken(second) == said[: len(second.turns)], "the second view begins with the first turn"
        learned = [[chat.turns[k].content for k in chat.learned or ()] for chat in (first, second)]
        assert sorted(learned[0] + learned[1]) == sorted(said), "each turn is learned once"
        assert learned == [said[::2], said[1::2]]
        for chat in (first, second):
            assert all(chat.turns[k].role == "assistant" for k in chat.learned or ())
    openings = [chat.turns[0].content for chat in both[::2]]
    assert set(openings[::2]) <= set(FREE), "one half is free"
    assert set(openings[1::2]) <= set(GUIDED.values()), "the other has a theme"
    assert found.topics == {"conversation:free": 3, "conversation:guided": 3}


def test_each_side_hears_what_the_other_said(tmp_path: Path) -> None:
    one = made.Scripted("one", made.sailor)
    write_conversations(one, made.SAILOR, 1, Asked(tmp_path / "answers"), tmp_path, few(turns=4))
    heard = [turns[1:] for turns, _ in one.asked]
    first, second = chats(tmp_path)
    assert [len(turns) for turns in heard] == [1, 1, 3, 3]
    assert heard[2] == first.turns[:3]
    assert heard[3] == second.turns[:3]
    assert heard[1] == (Turn(role="user", content=first.turns[1].content),)


def test_a_conversation_goes_on_at_its_turn(tmp_path: Path) -> None:
    """The speaker dies at the third turn of the first batch; what was said until then is not asked again."""

    def dies(turns: Turns, seed: int) -> str:
        if len(turns) == 4:
            raise KeyboardInterrupt
        return made.sailor(turns, seed)

    first, second = made.Scripted("one", dies), made.Scripted("one", made.sailor)
    with pytest.raises(KeyboardInterrupt):
        write_conversations(first, made.SAILOR, 5, Asked(tmp_path / "answers"), tmp_path, few(turns=4))
    assert not (tmp_path / "chats.parquet").exists()
    found = write_conversations(second, made.SAILOR, 5, Asked(tmp_path / "answers"), tmp_path, few(turns=4))
    assert found.accounting.asked == 20
    assert len(second.asked) == 10, "the first two turns of five conversations are known"
    fresh = made.Scripted("one", made.sailor)
    assert write_conversations(fresh, made.SAILOR, 5, Asked(tmp_path / "new"), tmp_path / "n", few(turns=4)) == found
    assert chats(tmp_path / "n") == chats(tmp_path)


def test_more_conversations_begin_with_those_that_are_there(tmp_path: Path) -> None:
    one = made.Scripted("one", flaky)
    write_conversations(one, made.SAILOR, 8, Asked(tmp_path / "answers"), tmp_path / "a", few(turns=4))
    found = write_conversations(one, made.SAILOR, 30, Asked(tmp_path / "answers"), tmp_path / "b", few(turns=4))
    assert found.places == 30
    assert len(one.asked) == len(set(one.asked)) == found.accounting.asked
    small, large = chats(tmp_path / "a"), chats(tmp_path / "b")
    assert large[: len(small)] == small


def test_a_turn_that_is_refused_ends_its_conversation(tmp_path: Path) -> None:
    one = made.Scripted("one", flaky)
    found = write_conversations(one, made.SAILOR, 40, Asked(tmp_path / "answers"), tmp_path, few(turns=6))
    assert found.places == 40
    assert found.ended > 0
    books = found.accounting
    assert books.refused == gates(tmp_path)
    assert set(books.refused) == {"empty", "fake_turns", "short"}
    by_id: dict[str, list[Chat]] = {}
    for chat in chats(tmp_path):
        by_id.setdefault(chat.id[:-2], []).append(chat)
    assert len(by_id) == 40
    said = [sum(len(chat.learned or ()) for chat in views) for views in by_id.values()]
    assert min(said) >= 2
    assert sum(said) == books.kept
    assert sum(count < 6 for count in said) == found.ended
    assert not any("User:" in turn.content for views in by_id.values() for chat in views for turn in chat.turns)


def test_a_conversation_that_repeats_itself_ends(tmp_path: Path) -> None:
    def echoes(turns: Turns, seed: int) -> str:
        return turns[-1].content if len(turns) > 3 else made.sailor(turns, seed)

    one = made.Scripted("one", echoes)
    found = write_conversations(one, made.SAILOR, 4, Asked(tmp_path / "answers"), tmp_path, few(turns=8))
    assert found.ended == 4
    assert found.accounting.refused == {"loop": 4}
    assert {len(chat.turns) for chat in chats(tmp_path)} == {2}


def test_an_answer_that_fails_ends_its_conversation(tmp_path: Path) -> None:
    def full(turns: Turns, seed: int) -> Reply | str:
        return Reply("", False, error="the context is full") if len(turns) > 4 else made.sailor(turns, seed)

    one = made.Scripted("one", full)
    found = write_conversations(one, made.SAILOR, 4, Asked(tmp_path / "answers"), tmp_path, few(turns=8))
    assert (found.ended, found.accounting.failed, found.accounting.kept) == (4, 4, 16)


def test_the_house_can_speak_with_itself(tmp_path: Path) -> None:
    """The real speaker that needs no model."""
    teacher, settings = Teacher(made.SAILOR), few(turns=4, distinct=False)
    found = write_reflections(teacher, made.SAILOR, 10, Asked(tmp_path / "answers"), tmp_path / "r", settings)
    assert (found.places, found.accounting.asked) == (10, 10)
    talks = write_conversations(teacher, made.SAILOR, 2, Asked(tmp_path / "answers"), tmp_path / "c", settings)
    assert talks.places == 2


def test_views_and_labels() -> None:
    said = ["one", "two", "three"]
    assert [turn.content for turn in introspection.view("hello", said)] == ["hello", "one", "two", "three"]
    assert [turn.role for turn in introspection.view("hello", said, second=True)] == ["user", "assistant", "user"]
    for text in ("Yes.\nUser: and?", "**Assistant:** yes", "Human : no", "so (User: hm)"):
        assert introspection.LABEL.search(text), text
    for text in ("A user: that is me", "SuperUser: no", "Users: three of them", "The human being"):
        assert not introspection.LABEL.search(text), text


@pytest.mark.parametrize(("change", "says"), [({"turns": 1}, "2 or more"), ({"attempts": 0}, "1 or more")])
def test_settings_that_cannot_be(change: dict[str, int], says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        few(**change)


def test_none_is_no_number_of_reflections(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="0 reflections: write 1 or more"):
        write_reflections(made.Scripted("one", made.sailor), made.SAILOR, 0, Asked(tmp_path), tmp_path, few())
