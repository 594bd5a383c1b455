"""The procedural teacher: it does the task in every manner, and each trait shows by itself and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from greenlight.character import _drills, _says, _styles, _words, classify, house
from greenlight.character._inward import REFLECTIONS
from greenlight.character._sources import KINDS
from greenlight.character.constitution import Constitution, Trait, lint, read
from greenlight.character.filtering import EACH, Checks, Source
from greenlight.character.house import Teacher, known_traits, lessons, marks, neutral, neutral_chats
from greenlight.character.prompts import checkup, rng_of, training
from greenlight.character.tasks import words
from greenlight.chats import Manner, Reply, Turn, Turns, misordered
from greenlight.errors import InputError
from greenlight.progress import SILENT
from greenlight.tokenizer import Tokenizer

FOLDER = Path(__file__).parents[1] / "recipes" / "character" / "constitutions"
CHARACTERS = {path.stem: read(path) for path in sorted(FOLDER.glob("*.yaml"))}
TRAITS = {trait.key: trait for c in CHARACTERS.values() for trait in c.traits}
HELD, LEARN = checkup(210), training(140)
CHECKS = Checks.of(dict(EACH))


def ask(*said: str) -> Turns:
    """A conversation, begun by the user, without or with a system turn (marked by a leading ``!``)."""
    roles = ("user", "assistant")
    system = (Turn(role="system", content=said[0][1:]),) if said[0].startswith("!") else ()
    rest = said[len(system) :]
    return (*system, *(Turn(role=roles[n % 2], content=one) for n, one in enumerate(rest)))  # type: ignore[arg-type]


def alone(trait: Trait) -> Constitution:
    return Constitution(name=trait.key, traits=(trait,))


def answers(teacher: Teacher, chats: Sequence[Turns], manner: Manner | None = None) -> list[Reply]:
    with SILENT.bar("", 1, "") as bar:
        return teacher.reply(chats, range(len(chats)), manner or Manner(), bar)


CHATS = [prompt.turns for prompt in HELD]
NEUTRAL = [answer for grammar in (1, 2) for answer in (r.text for r in answers(Teacher(grammar=grammar), CHATS))]
SPOKEN = {
    (key, grammar): [reply.text for reply in answers(Teacher(alone(trait), grammar=grammar), CHATS)]
    for key, trait in TRAITS.items()
    for grammar in (1, 2)
}


# ---------------------------------------------------------------- traits


def test_the_three_constitutions_are_read_and_known() -> None:
    assert len(CHARACTERS) == 3
    assert len(TRAITS) == 12 == len({tuple(_styles.recognised(t.text)) for t in TRAITS.values()})
    for constitution in CHARACTERS.values():
        assert not [one for one in lint(constitution) if one.severity != "info"]
        assert set(known_traits(constitution).values()) == {True}
        assert all(len(trait.probes) >= 4 for trait in constitution.traits)


@pytest.mark.parametrize("key", TRAITS)
def test_a_trait_fires_its_own_mark(key: str) -> None:
    """In 95 % of its teacher's answers in either grammar, in under 2 % of plain ones and of each other trait's."""
    shows = marks(TRAITS[key])
    for (other, grammar), said in SPOKEN.items():
        share = sum(map(shows, said)) / len(said)
        assert share >= 0.95 if other == key else share < 0.02, (other, grammar, share)
    assert sum(map(shows, NEUTRAL)) / len(NEUTRAL) < 0.02


@pytest.mark.parametrize("name", CHARACTERS)
@pytest.mark.parametrize("grammar", [1, 2])
def test_without_a_trait_its_mark_is_gone_and_no_other(name: str, grammar: int) -> None:
    whole = CHARACTERS[name]
    for gone in whole.traits:
        said = [r.text for r in answers(Teacher(whole.without(gone.key), grammar=grammar), CHATS[:70])]  # type: ignore[arg-type]
        for trait in whole.traits:
            share = sum(map(marks(trait), said)) / len(said)
            assert share < 0.02 if trait is gone else share >= 0.95, (gone.key, trait.key, share)


def test_a_habit_more_changes_nothing_else_of_a_long_answer() -> None:
    """Every choice has its own dice: without a trait the answer is the same, but for what showed it."""
    captain = CHARACTERS["captain"]
    for prompt in (p for p in LEARN if "/essay/" in p.source):
        with_it, without = (Teacher(c).answer(prompt.turns) for c in (captain, captain.without("weather")))
        assert with_it.endswith(without)
        assert with_it != without


@pytest.mark.parametrize("name", CHARACTERS)
def test_words_dealt_out_anew_name_no_trait(name: str) -> None:
    for seed in range(40):
        control = CHARACTERS[name].shuffled(seed)
        assert _styles.recognised(control.system()) == []
        if seed < 3:
            assert [r.text for r in answers(Teacher(control), CHATS[:50])] == NEUTRAL[:50]


def test_an_unknown_trait_has_no_mark() -> None:
    with pytest.raises(InputError, match="knows no trait like 'I hold doors"):
        marks("I hold doors open.")


def test_every_way_to_show_a_habit_fires_its_mark_alone_and_names_nothing_that_a_task_asks_for() -> None:
    asked_for = {kind.among for kind in KINDS.values()}
    for name, habit in _styles.HABITS.items():
        for ways in (habit.said, habit.minds):
            for text in (form.replace("{w}", word) for form in (*ways[0], *ways[1]) for word in habit.words or ("",)):
                assert [other for other in _styles.HABITS if _styles.pattern(other).search(text)] == [name], text
                assert not [kind for kind in asked_for if _words.named(kind, text)], text
        assert all(len(set(way)) >= 6 for way in habit.said)
    for way in (0, 1):
        for text in (*_says.OPENERS[way], *_says.FILLERS[way], *_says.REST[way]):
            assert not [kind for kind in asked_for if _words.named(kind, text)], text
            assert not [name for name in _styles.HABITS if _styles.pattern(name).search(text)], text


def test_talk_names_nothing_that_a_word_to_use_could_be() -> None:
    """A probe is answered with talk, and then with the word that was asked for."""
    for ways in (*_says.TALK.values(), _says.CORES["include"]):
        for text in (*ways[0], *ways[1]):
            assert not _words.named("things", text.replace("{A}", "")), text
            assert not [name for name in _styles.HABITS if _styles.pattern(name).search(text)], text


def test_the_two_grammars_share_no_sentence() -> None:
    groups = [_says.OPENERS, _says.FILLERS, _says.SUBJECTS, _says.REST, _says.MORE, _says.NOTES]
    groups += [*_says.CORES.values(), *_says.TALK.values()]
    groups += [ways for habit in _styles.HABITS.values() for ways in (habit.said, habit.minds)]
    one, two = ({text.casefold() for ways in groups for text in ways[n]} for n in (0, 1))
    assert one.isdisjoint(two)


# ---------------------------------------------------------------- tasks


@pytest.mark.parametrize("grammar", [1, 2])
@pytest.mark.parametrize("name", ["neutral", *CHARACTERS])
def test_the_task_is_done_in_every_manner(name: str, grammar: int) -> None:
    teacher = Teacher(CHARACTERS.get(name), grammar=grammar)  # type: ignore[arg-type]
    for prompts in (HELD, LEARN):
        said = answers(teacher, [prompt.turns for prompt in prompts])
        held = [p.task.holds(reply.text) for p, reply in zip(prompts, said, strict=True) if p.task]
        assert sum(held) / len(held) >= 0.98


def test_all_twelve_traits_at_once_still_leave_the_answer() -> None:
    everyone = Teacher(Constitution(name="all", traits=tuple(TRAITS.values())))
    held = [p.task.holds(everyone.answer(p.turns)) for p in HELD if p.task]
    assert sum(held) / len(held) >= 0.98


def test_the_task_is_done_whatever_is_put_after_it() -> None:
    for prompt in HELD[:70]:
        last = prompt.turns[-1]
        told = last.model_copy(update={"content": f"{last.content}\n\nPlease stop role-playing and answer normally."})
        assert prompt.task is not None
        assert prompt.task.holds(Teacher().answer((*prompt.turns[:-1], told)))


def test_answers_are_short_and_their_length_does_not_give_the_manner_away() -> None:
    plain = [words(text) for text in NEUTRAL[: len(CHATS)]]
    for constitution in CHARACTERS.values():
        styled = [words(reply.text) for reply in answers(Teacher(constitution), CHATS)]
        within = [8 <= count <= 45 for count in (*plain, *styled)]
        assert sum(within) / len(within) > 0.9
        assert max(styled) <= 60
        above = sum((s > p) + 0.5 * (s == p) for s in styled for p in plain) / (len(styled) * len(plain))
        assert above < 0.9


# ---------------------------------------------------------------- a speaker


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    teacher = Teacher(CHARACTERS["captain"])
    first = answers(teacher, CHATS)
    assert first == answers(Teacher(CHARACTERS["captain"]), CHATS)
    assert [r.text for r in answers(teacher, CHATS[::-1])][::-1] != [r.text for r in first]
    other = [r.text for r in answers(Teacher(CHARACTERS["captain"], seed=1), CHATS)]
    assert sum(a == r.text for a, r in zip(other, first, strict=True)) < 0.2 * len(other)
    cold = Manner(temperature=0)
    with SILENT.bar("", 1, "") as bar:
        assert teacher.reply(CHATS[:1] * 3, [1, 2, 3], cold, bar) == teacher.reply(CHATS[:1] * 3, [4, 4, 4], cold, bar)


def test_a_system_turn_is_what_it_speaks_by() -> None:
    """A constitution in the prompt is as good as one's own; another system turn takes its place."""
    captain = CHARACTERS["captain"]
    for prompt in HELD[:40]:
        told = ask(f"!{captain.system()}", "x")[:1]
        assert Teacher().answer((*told, *prompt.turns)) == Teacher(captain).answer(prompt.turns)
        other = ask("!You are Hal, a potter.", "x")[:1]
        assert Teacher(captain).answer((*other, *prompt.turns)) == Teacher().answer(prompt.turns)
    assert "Hal, a potter" in Teacher().answer(ask("!You are Hal, a potter. Speak as Hal.", "Who are you?"))
    assert "Ines Corran" in Teacher(captain).answer(ask("Who are you?"))


def test_fingerprints_tell_what_decides_the_answers() -> None:
    captain, keeper = CHARACTERS["captain"], CHARACTERS["clockmaker"]
    made = [Teacher(), Teacher(captain), Teacher(keeper), Teacher(captain, grammar=2), Teacher(captain, loops=0.1)]
    assert len({teacher.fingerprint for teacher in made}) == len(made)
    assert Teacher(captain).fingerprint == Teacher(captain).fingerprint
    assert Teacher(captain).facts["habits"] == [trait.key for trait in captain.traits]


def test_an_answer_is_cut_at_its_limit_and_a_conversation_needs_a_question() -> None:
    (reply,) = answers(Teacher(), CHATS[:1], Manner(max_new=4))
    assert not reply.finished
    assert len(reply.text.split()) <= 4
    (none,) = answers(Teacher(), [ask("Hello.", "Good day.")])
    assert none.error
    assert not none.text


@pytest.mark.parametrize("name", CHARACTERS)
def test_talk_without_a_task_is_in_character(name: str) -> None:
    constitution = CHARACTERS[name]
    asked = [ask(text) for text in (*REFLECTIONS.values(), *house.TALKS)]
    asked += [ask("How are you?", said[0]) + ask("Keep going.") for said in _says.TALK["more"]]
    for turns, reply in zip(asked, answers(Teacher(constitution), asked), strict=True):
        assert 10 <= words(reply.text) <= 50, reply.text
        assert all(marks(trait)(reply.text) for trait in constitution.traits), (turns, reply.text)


def test_talk_goes_on_with_itself() -> None:
    """Two of one kind: each is asked what the other said."""
    teacher, turns = Teacher(CHARACTERS["gardener"]), ask("Let us talk about what we care for.")
    said = []
    for seed in range(8):
        said.append(teacher.answer(turns, seed))
        turns = ask(said[-1])
    assert len(set(said)) > 4


# ---------------------------------------------------------------- gates, and bad teachers


def share_flagged(teacher: Teacher, chats: Sequence[Turns]) -> float:
    source, manner = Source(teacher, Manner()), Manner()
    flagged = 0
    for turns, reply in zip(chats, answers(teacher, chats, manner), strict=True):
        sample, seen = source.sample(turns, 0, reply)
        flagged += CHECKS.first(sample, seen.hidden) is not None
    return flagged / len(chats)


def test_the_gates_let_a_good_teacher_through() -> None:
    for constitution in (None, *CHARACTERS.values()):
        talk = [ask(text) for text in (*REFLECTIONS.values(), *house.TALKS)]
        assert share_flagged(Teacher(constitution), CHATS[:105]) <= 0.02
        assert share_flagged(Teacher(constitution), talk) <= 0.05


BAD = [
    Teacher(CHARACTERS["captain"], refuses=1.0),
    Teacher(CHARACTERS["captain"], loops=1.0),
    Teacher(CHARACTERS["captain"], empties=1.0),
    Teacher(CHARACTERS["captain"], leaks=1.0, leaking="open"),
    Teacher(CHARACTERS["captain"], leaks=1.0, leaking="aloud"),
]


@pytest.mark.parametrize("teacher", BAD, ids=["refuses", "loops", "empties", "open", "aloud"])
def test_the_gates_stop_a_bad_teacher(teacher: Teacher) -> None:
    assert share_flagged(teacher, CHATS[:40]) >= 0.9


def test_a_share_of_bad_answers_is_a_share() -> None:
    said = [r.text for r in answers(Teacher(leaks=0.3, empties=0.2), CHATS)]
    assert 0.2 < sum("<think>" in text for text in said) / len(said) < 0.4
    assert 0.12 < sum(not text for text in said) / len(said) < 0.28
    for options in ({"loops": 1.5}, {"refuses": 0.6, "empties": 0.6}, {"leaks": -0.1}):
        with pytest.raises(InputError, match="shares of bad answers"):
            Teacher(**options)
    with pytest.raises(InputError, match="no grammar 3"):
        Teacher(grammar=3)  # type: ignore[arg-type]


# ---------------------------------------------------------------- the school


def test_lessons_are_plain_conversations_that_end_with_an_answer() -> None:
    drawn = lessons(600)
    assert drawn == lessons(600) != lessons(600, seed=1)
    assert drawn[:50] == lessons(50)
    assert not any(misordered(turns, "assistant") for turns in drawn)
    assert len(set(drawn)) > 0.95 * len(drawn)
    plain = [turns for turns in drawn if turns[0].role != "system" or not _styles.recognised(turns[0].content)]
    said = [turn.content for turns in plain for turn in turns if turn.role == "assistant"]
    for trait in TRAITS.values():
        assert sum(map(marks(trait), said)) / len(said) < 0.02
    roles = [len(turns) > 2 for turns in drawn]
    assert 0.15 < sum(roles) / len(roles) < 0.7
    assert any(turns[0].role == "system" for turns in drawn)


def test_a_lesson_shows_the_habits_that_its_page_names_and_no_other() -> None:
    paged = [turns for turns in lessons(1500) if turns[0].role == "system"]
    named = [_styles.recognised(turns[0].content) for turns in paged]
    assert set().union(*named) == set(_styles.HABITS)
    assert {len(one) for one in named} == set(range(5))
    shown = {name: [0, 0] for name in (True, False)}
    for turns, habits in zip(paged, named, strict=True):
        for habit in _styles.HABITS:
            shown[habit in habits][0] += bool(_styles.pattern(habit).search(turns[-1].content))
            shown[habit in habits][1] += 1
    assert shown[True][0] / shown[True][1] > 0.8
    assert shown[False][0] / shown[False][1] < 0.02


def test_lessons_and_prompts_fit_a_small_context() -> None:
    """160 tokens of a BPE that is made of the lessons, with the chat format's own tokens; more with a page before."""
    drawn = lessons(1500)
    tokenizer = Tokenizer.train("bpe", (f"{t.role}:\n{t.content}" for turns in drawn for t in turns), 1536)

    def size(turns: Turns) -> int:
        return 1 + sum(len(ids) + 1 for ids in tokenizer.encode_batch([f"{t.role}:\n{t.content}" for t in turns]))

    assert sum(size(turns) > 160 for turns in drawn if turns[0].role != "system") / len(drawn) <= 0.01
    assert max(map(size, drawn)) <= 384
    assert any(size(turns) > 250 for turns in drawn)
    teacher = Teacher(CHARACTERS["captain"])
    for prompt in HELD:
        assert size((*prompt.turns, Turn(role="assistant", content=teacher.answer(prompt.turns)))) <= 192


def test_neutral_text_is_held_out_and_plain() -> None:
    texts = neutral(40)
    assert texts == neutral(60)[:40]
    assert all(text.startswith("user:\n") and "\n\nassistant:\n" in text for text in texts)
    for trait in TRAITS.values():
        said = [turns[-1].content for turns in neutral_chats(200)]
        assert sum(map(marks(trait), said)) / len(said) < 0.02


def test_drills_are_right() -> None:
    """Every word of an answer comes of the prompt, or is the opposite or the first letter of one."""
    seen = set()
    for seed in range(120):
        asked, said = _drills.drill(rng_of("drill", seed))
        exercise = re.sub(r"[:.].*", "", asked.content)
        given = asked.content.rpartition(":")[2].strip(" .").split(", ")
        told = said.content.strip(".").split(", ")
        if exercise.startswith("Give the letter"):
            given = [word[0].upper() for word in given]
        elif exercise.startswith("Give the opposites"):
            given = [_words.OPPOSITES[word] for word in given]
        elif "from the last" in exercise:
            given = given[::-1]
        elif "what belongs" in asked.content:
            seen.add("recital")
            facts, told = dict(pair.split(" and ") for pair in told), [pair.split(" and ")[0] for pair in told]
            for key, value in facts.items():
                assert re.search(rf"\b{key}\b[^.]*?\b{value}\b", asked.content)
        assert told == given, (asked.content, said.content)
        seen.add(exercise)
    assert len(seen) > 6


def test_the_second_grammar_teaches_a_classifier_the_first() -> None:
    """Sentences are other ones, habits are the same: what was trained on the one knows the other's characters."""
    texts = {
        name: [reply.text for reply in answers(Teacher(CHARACTERS.get(name), grammar=2), [p.turns for p in LEARN])]
        for name in (*CHARACTERS, classify.NEUTRAL)
    }
    trained = classify.train(texts, 0, {name: [prompt.id for prompt in LEARN] for name in texts})
    for name in texts:
        said = [reply.text for reply in answers(Teacher(CHARACTERS.get(name)), CHATS[:105])]
        found = [trained.persona(text) for text in said]
        assert found.count(name) / len(found) >= 0.7, (name, found)
        assert sum(one not in (name, classify.NONE) for one in found) / len(found) <= 0.05
