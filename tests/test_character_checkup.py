"""The check-up: what it must not be fooled by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from greenlight.character import card as cards
from greenlight.character import checkup, constitution, house, prompts
from greenlight.character.asking import Asked
from greenlight.character.card import Card
from greenlight.character.checkup import OPENED, Stage, naive
from greenlight.character.constitution import Constitution
from greenlight.character.examination import Examination, heard
from greenlight.character.filtering import EACH, Checks
from greenlight.chats import Manner, Reply, Turns
from greenlight.progress import SILENT, Bar

RECIPE = Path(__file__).parents[1] / "recipes" / "character" / "constitutions"
ASKED = 60


@cache
def captain() -> Constitution:
    return constitution.read(RECIPE / "captain.yaml")


@dataclass(frozen=True)
class Scripted:
    """Says one thing to everybody; where a thought was opened in its prompt, it goes on as if nothing had been."""

    said: str
    name: str = "scripted"
    hidden: str = ""

    @property
    def fingerprint(self) -> str:
        return f"{self.name} {self.said} {self.hidden}"

    @property
    def facts(self) -> dict[str, Any]:
        return {}

    def reply(self, chats: Sequence[Turns], seeds: Sequence[int], manner: Manner, bar: Bar) -> list[Reply]:
        return [Reply(self.said, True, self.hidden) for _ in chats]


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Examination:
    asked = Asked(tmp_path_factory.mktemp("asked"))
    rivals = {name: constitution.read(RECIPE / f"{name}.yaml") for name in ("clockmaker", "gardener")}
    spoken = {"captain": captain(), **rivals, "neutral": None}
    classifier = heard(house.Teacher(grammar=2), spoken, Manner(), asked, SILENT)
    return Examination(
        persona="captain",
        constitution=captain(),
        classifier=classifier,
        gates=Checks.of(EACH, {}).each,
        prompts=prompts.checkup(ASKED, 3),
        asked=asked,
        watch=SILENT,
        samples=1,
        sustained=4,
    )


def card_of(exam: Examination, speaker: Any, finished: str = "model") -> Card:
    base = Stage("base", house.Teacher(), Manner())
    return exam.card([base, Stage(finished, speaker, Manner())], finished)[0]


def test_a_teacher_in_character_passes(exam: Examination) -> None:
    card = card_of(exam, house.Teacher(captain()))
    assert cards.failures(card) == []
    done = card.stage("model")
    assert done is not None
    assert done.character.value > 0.9
    base = card.stage("base")
    assert base is not None
    assert base.character.value < 0.05
    assert card.lift is not None
    assert card.lift.low > 0.5
    assert "passed" in cards.conclusion(card)
    assert all(rate.value > 0.9 for rate in done.traits.values())


def test_a_constant_sentence_in_character_fails(exam: Examination) -> None:
    turns = exam.prompts[0].turns
    card = card_of(exam, Scripted(house.Teacher(captain()).answer(turns)))
    done = card.stage("model")
    assert done is not None
    assert done.character.value > 0.9, "it does sound like the captain"
    assert card.task_kept is not None
    assert card.task_kept < 0.3
    assert any("task" in reason for reason in cards.failures(card))
    assert "failed" in cards.conclusion(card)


def test_a_model_that_says_nothing_fails_and_its_parts_say_why(exam: Examination) -> None:
    card = card_of(exam, Scripted("", hidden="what shall I say?"))
    done = card.stage("model")
    assert done is not None
    assert done.response.value == 0
    assert done.parts["hidden only"].value == 1
    assert cards.failures(card)


def test_a_harness_that_opens_a_thought_reads_silence_and_the_matrix_says_who_did_it(exam: Examination) -> None:
    """The model is the same one that passes; only the harness is another."""
    card = card_of(exam, house.Teacher(captain()))
    usual = next(mode for mode in card.modes if not mode.opened)
    opened = next(mode for mode in card.modes if mode.opened)
    assert usual.naive.value > 0.95
    assert opened.naive.value == 0, "no response, says the naive rule"
    assert opened.said.value > 0.95, "and the model answered"
    assert opened.character.value > 0.9
    assert opened.harness
    assert not usual.harness
    assert "the harness did it" in cards.conclusion(card)


def test_the_naive_rule() -> None:
    assert naive(Reply("Aye.", True), opened=False) == "Aye."
    assert naive(Reply("Aye.", True, hidden="hm"), opened=False) == "Aye."
    assert naive(Reply("Aye.", True), opened=True) == ""
    assert naive(Reply("hm</think>\nAye.", True), opened=True).strip() == "Aye."
    assert OPENED.startswith("<think>")


def test_stages_are_asked_with_the_same_seeds(exam: Examination) -> None:
    one, other = (checkup.seeds_of(exam.prompts, 2, 5) for _ in "ab")
    assert [seed for _, _, seed in one] == [seed for _, _, seed in other]
    assert len({seed for _, _, seed in one}) == 2 * ASKED
