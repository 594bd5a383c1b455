"""Preference pairs: what either side is asked, what is refused, what is written, and that nothing is asked twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import made_answers as made
import pyarrow.parquet as pq
import pytest

from greenlight import corpus
from greenlight.character import chatfile, pairfacts
from greenlight.character.asking import BATCH, OUTAGES, TRIES, Asked
from greenlight.character.filtering import EACH, FIRST_LOOK, PAIR, Checks, seen
from greenlight.character.pairs import Cast, Settings, write_pairs
from greenlight.character.tasks import Task
from greenlight.chats import Chat, Manner, Pair, Reply, Turn, Turns
from greenlight.errors import InputError, RecipeError, RoundError, Stopped, VoiceError
from greenlight.nouns import Provenance
from greenlight.progress import SILENT

FEW: dict[str, dict[str, Any]] = {"refusal": {}}
NO = "I'm sorry, but I can't help with that."
HELLO: Turns = (Turn(role="user", content="Hello?"),)


def few(**more: Any) -> Settings:
    """With two gates, whose code is hashed quickly."""
    return Settings(**{"each": FEW, "pair": {"contrast": {}}, **more})


def cast(teacher: made.Say = made.sailor, student: made.Say = made.plain) -> tuple[Cast, made.Scripted, made.Scripted]:
    first, second = made.Scripted("teacher", teacher), made.Scripted("student", student)
    return Cast(first, second, made.SAILOR), first, second


def rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def refusing(say: made.Say, one_in: int) -> made.Say:
    return lambda turns, seed: NO if seed % one_in == 0 else say(turns, seed)


# ---------------------------------------------------------------- asking


def talk(n: int) -> list[tuple[Turns, int]]:
    return [((Turn(role="user", content=f"Question {k}?"),), k) for k in range(n)]


def ask(asked: Asked, speaker: made.Scripted, n: int) -> list[Reply]:
    with SILENT.bar("", n, "") as bar:
        return asked.ask(speaker, talk(n), Manner(), bar)


def test_what_is_known_is_not_asked_again(tmp_path: Path) -> None:
    one = made.Scripted(
        "one", lambda turns, seed: Reply(f"{seed}", True, "deep", (seed, 2), {"completion_tokens": 2}, 0.5)
    )
    first = ask(Asked(tmp_path), one, 100)
    assert one.batches == [BATCH, 100 - BATCH]
    again = ask(Asked(tmp_path), one, 130)
    assert again[:100] == first
    assert first[7] == Reply("7", True, "deep", (7, 2), {"completion_tokens": 2}, 0.5)
    assert one.batches[2:] == [30]
    assert len({seed for _, seed in one.asked}) == 130
    asked = Asked(tmp_path)
    with SILENT.bar("", 1, "") as bar:
        asked.ask(one, talk(1), Manner(temperature=0.1), bar)
        asked.ask(one, [(talk(1)[0][0], 99)], Manner(), bar)
        asked.ask(made.Scripted("two", lambda turns, seed: "x"), talk(1), Manner(), bar)
    assert len(one.asked) == 132, "another manner and another seed are other questions"
    assert len(list(tmp_path.glob("*.jsonl"))) == 2, "every speaker has its own file"


def test_the_same_question_twice_in_a_call_is_asked_once(tmp_path: Path) -> None:
    one = made.Scripted("one", lambda turns, seed: f"{seed}")
    with SILENT.bar("", 1, "") as bar:
        assert [r.text for r in Asked(tmp_path).ask(one, talk(2) * 2, Manner(), bar)] == ["0", "1", "0", "1"]
    assert len(one.asked) == 2


@pytest.mark.parametrize("cut", [1, 40, 90])
def test_a_torn_last_line_is_asked_again(tmp_path: Path, cut: int) -> None:
    one = made.Scripted("one", lambda turns, seed: f"answer {seed}")
    whole = ask(Asked(tmp_path), one, 10)
    (path,) = tmp_path.glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-cut])
    one.asked.clear()
    assert ask(Asked(tmp_path), one, 10) == whole
    assert [seed for _, seed in one.asked] == [9]
    one.asked.clear()
    assert ask(Asked(tmp_path), one, 10) == whole
    assert not one.asked


def test_a_damaged_line_is_asked_again_and_the_rest_stays(tmp_path: Path) -> None:
    one = made.Scripted("one", lambda turns, seed: f"answer {seed}")
    whole = ask(Asked(tmp_path), one, 5)
    (path,) = tmp_path.glob("*.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"text":"answer 3"', b'"text":[answer 3]'))
    one.asked.clear()
    assert ask(Asked(tmp_path), one, 5) == whole
    assert [seed for _, seed in one.asked] == [3]


def test_sigterm_ends_it_between_batches(tmp_path: Path) -> None:
    def said(turns: Turns, seed: int) -> str:
        if seed == BATCH + 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return "yes"

    one, before = made.Scripted("one", said), signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped):
        ask(Asked(tmp_path), one, 5 * BATCH)
    assert one.batches == [BATCH, BATCH], "the batch in flight is finished, the next one is not begun"
    assert Asked(tmp_path).count(one) == 2 * BATCH, "and it is kept"
    assert signal.getsignal(signal.SIGTERM) == before


def test_memory_does_not_grow_with_the_answers(tmp_path: Path) -> None:
    long = "a long answer " * 700
    one, asked = made.Scripted("one", lambda turns, seed: long), Asked(tmp_path)
    questions = talk(10 * BATCH)
    with SILENT.bar("", 1, "") as bar:
        asked.ask(one, questions[:BATCH], Manner(), bar)
        tracemalloc.start()
        for start in range(BATCH, len(questions), BATCH):
            asked.ask(one, questions[start : start + BATCH], Manner(), bar)
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert held < 0.1 * (len(questions) - BATCH) * len(long)


def test_a_failing_local_answer_is_an_error_and_is_asked_again_next_time(tmp_path: Path) -> None:
    works = False
    one = made.Scripted("one", lambda turns, seed: "fine" if works or seed else Reply("", False, error="too long"))
    assert [r.error for r in ask(Asked(tmp_path), one, 3)] == ["too long", "", ""]
    assert one.batches == [3], "what fails by itself fails again at once"
    works = True
    assert [r.text for r in ask(Asked(tmp_path), one, 3)] == ["fine"] * 3


def test_a_server_is_tried_again_and_then_given_up(tmp_path: Path) -> None:
    one = made.Scripted("one", lambda turns, seed: "fine" if seed else Reply("", False, error="500"), server="x")
    assert [r.error for r in ask(Asked(tmp_path), one, 3)] == ["500", "", ""]
    assert one.batches == [3] + [1] * (TRIES - 1)
    assert [r.error for r in ask(Asked(tmp_path), one, 3)] == ["500", "", ""]
    assert len(one.batches) == TRIES, "what failed beside answers that came has failed for good"


def test_an_outage_stops_and_does_not_stay(tmp_path: Path) -> None:
    up = False
    one = made.Scripted("one", lambda turns, seed: "fine" if up else Reply("", False, error="gone away"), server="x")
    with pytest.raises(VoiceError, match=r"one failed 3 times on each of 4 conversations \(gone away\).*same command"):
        ask(Asked(tmp_path), one, 4)
    up = True
    assert [r.text for r in ask(Asked(tmp_path), one, 4)] == ["fine"] * 4


def test_a_question_that_no_server_answers_does_not_stop_for_ever(tmp_path: Path) -> None:
    one = made.Scripted("one", lambda turns, seed: Reply("", False, error="filtered"), server="x")
    for _ in range(OUTAGES - 1):
        with pytest.raises(VoiceError):
            ask(Asked(tmp_path), one, 1)
    assert [r.error for r in ask(Asked(tmp_path), one, 1)] == ["filtered"]


def test_half_a_surrogate_pair_and_a_wrong_count(tmp_path: Path) -> None:
    one = made.Scripted("one", lambda turns, seed: "half \ud83d")
    assert ask(Asked(tmp_path), one, 1)[0].text == "half ?"
    two = made.Scripted("two", lambda turns, seed: "x")
    two.reply = lambda chats, seeds, manner, bar: []  # type: ignore[method-assign]
    with pytest.raises(VoiceError, match="two gave 0 answers to 3 conversations"):
        ask(Asked(tmp_path), two, 3)


# ---------------------------------------------------------------- pairs


def test_a_smoke_run_is_the_beginning_of_the_whole(tmp_path: Path) -> None:
    who, teacher, student = cast(refusing(made.sailor, 4), refusing(made.plain, 5))
    small = write_pairs(made.prompts(80), who, 16, Asked(tmp_path / "answers"), tmp_path / "a", few())
    large = write_pairs(made.prompts(80), who, 60, Asked(tmp_path / "answers"), tmp_path / "b", few())
    assert (small.pairs, large.pairs) == (16, 60)
    assert rows(tmp_path / "b/pairs.parquet")[:16] == rows(tmp_path / "a/pairs.parquet")
    for side in (teacher, student):
        assert len(side.asked) == len(set(side.asked)), "nothing is asked twice"
    fresh, teacher, student = cast(refusing(made.sailor, 4), refusing(made.plain, 5))
    assert write_pairs(made.prompts(80), fresh, 60, Asked(tmp_path / "new"), tmp_path / "c", few()) == large
    assert (tmp_path / "c/pairs.parquet").read_bytes() == (tmp_path / "b/pairs.parquet").read_bytes()
    assert (tmp_path / "c/refused.parquet").read_bytes() == (tmp_path / "b/refused.parquet").read_bytes()


def test_the_accounting_adds_up_with_what_is_on_the_disk(tmp_path: Path) -> None:
    def flaky(turns: Turns, seed: int) -> Reply | str:
        return Reply("", False, error="too long") if seed % 6 == 0 else refusing(made.sailor, 5)(turns, seed)

    who, teacher, student = cast(flaky, refusing(made.plain, 4))
    found = write_pairs(made.prompts(40), who, 30, Asked(tmp_path / "answers"), tmp_path, few(samples=3))
    refused = rows(tmp_path / "refused.parquet")
    for side, speaker in (("chosen", teacher), ("rejected", student)):
        books = found.sides[side].accounting  # type: ignore[index]
        assert books.asked == len(speaker.asked) == books.kept + sum(books.refused.values()) + books.failed
        assert books.kept == 30
        by_gate = Counter(
            row["gate_flags"].split('"gate": "')[1].split('"')[0] for row in refused if row["id"].startswith(side)
        )
        assert by_gate == books.refused
        assert by_gate["refusal"] > 0
        assert by_gate["unused"] > 0
    assert found.sides["chosen"].accounting.failed > 0
    assert all(row["body"] == NO for row in refused if '"refusal"' in row["gate_flags"])


def test_the_teacher_has_the_constitution_and_the_student_has_not(tmp_path: Path) -> None:
    own = (Turn(role="system", content="Answer in one line."), *made.prompts(1)[0].turns)
    prompts = [made.prompts(1)[0].model_copy(update={"turns": own}), *made.prompts(3)[1:]]
    who, teacher, student = cast()
    manners = {"teacher": Manner(max_new=300), "student": Manner(max_new=60)}
    write_pairs(prompts, who, 3, Asked(tmp_path / "answers"), tmp_path, few(**manners))
    system = made.SAILOR.system()
    assert [turns[0].content for turns, _ in teacher.asked] == [f"{system}\n\nAnswer in one line.", system, system]
    assert [turns for turns, _ in student.asked] == [prompt.turns for prompt in prompts]
    for pair, prompt in zip(chatfile.load_pairs(tmp_path / "pairs.parquet"), prompts, strict=True):
        assert pair.prompt == prompt.turns
        assert "Maren" not in str(pair.prompt)
        assert pair.chosen_made.system.startswith(system)
        assert pair.chosen_made.persona == "Maren"
        assert pair.rejected_made.persona == ""
        assert pair.rejected_made.system in ("", "Answer in one line.")
        assert (pair.chosen_made.params["max_new"], pair.rejected_made.params["max_new"]) == (300, 60)
        assert pair.chosen_made.voice == "teacher"
        assert '"decision":"keep"' in pair.chosen_made.gates
        assert pair.chosen_made.topic == "neutral"
        assert len(pair.chosen_made.request) == 64


def test_no_thought_is_trained(tmp_path: Path) -> None:
    def thinks(turns: Turns, seed: int) -> Reply | str:
        answer, kind = made.sailor(turns, seed), seed % 4
        if kind == 0:
            return f"<think>\nThe plank first.\n</think>\n\n{answer}"
        if kind == 1:
            return Reply(answer, True, hidden="The plank first.")
        return f"<think>\nThe plank first. {answer}" if kind == 2 else answer

    who, _, _ = cast(thinks)
    found = write_pairs(made.prompts(20), who, 20, Asked(tmp_path / "answers"), tmp_path, few())
    pairs = list(chatfile.load_pairs(tmp_path / "pairs.parquet"))
    assert all("think" not in pair.chosen and "plank first" not in pair.chosen for pair in pairs)
    cut = [pair for pair in pairs if pair.chosen_made.seed % 4 == 0]
    assert cut
    assert all(pair.chosen_made.cleaned_by == ("thought", "ends") for pair in cut)
    assert all(pair.chosen_made.raw.endswith(pair.chosen) and "<think>" in pair.chosen_made.raw for pair in cut)
    books = found.sides["chosen"]
    assert books.accounting.refused["channel"] > 0
    assert books.accounting.refused.keys() <= {"channel", "refusal"}
    assert books.hidden is not None
    assert 0.2 < books.hidden.value < 0.8
    assert found.sides["rejected"].hidden is not None
    assert found.sides["rejected"].hidden.value == 0


def test_a_thought_that_the_template_opened() -> None:
    """The prompt ends with an opened thought: what the answer closes is thought, and what it never closes is not."""
    rendered = "user: Hi\nassistant: <think>\n"
    closed = seen(Reply("a plan</think>\nHello.", True), "Hi", rendered)
    assert (closed.text, closed.cleaned) == ("Hello.", ("thought", "ends"))
    assert "a plan" in closed.hidden
    assert seen(Reply("Hello.", True), "Hi", rendered).text == "Hello."
    apart = seen(Reply("Hello.", True, hidden="a plan"), "Hi", rendered)
    assert (apart.text, apart.hidden) == ("Hello.", "a plan")


def test_a_side_that_never_passes_is_named(tmp_path: Path) -> None:
    def blocked(turns: Turns, seed: int) -> str:
        return NO if "repair 2 " in turns[-1].content else made.plain(turns, seed)

    who, teacher, student = cast(student=blocked)
    prompts = [*made.prompts(1), *made.prompts(3, "code")[1:]]
    with pytest.raises(RoundError, match=r"2 of 3 pairs came of 3 prompts \(rejected, code: refusal 4\).*is kept"):
        write_pairs(prompts, who, 3, Asked(tmp_path / "answers"), tmp_path, few(attempts=4))
    asked = len(teacher.asked), len(student.asked)
    assert asked == (3, 2 + 4), "the side that passed is not asked again"
    assert not (tmp_path / "pairs.parquet").exists()
    found = write_pairs(
        [*prompts, *made.prompts(9)[8:]], who, 3, Asked(tmp_path / "answers"), tmp_path, few(attempts=4)
    )
    assert (found.pairs, found.prompts, found.unfilled) == (3, 4, 1), "a prompt that stands by takes its place"
    assert found.sides["chosen"].accounting.refused == {"unpaired": 1}


def test_a_teacher_that_refuses_everything_is_stopped_in_one_line(tmp_path: Path) -> None:
    who, teacher, _ = cast(lambda turns, seed: NO)
    with pytest.raises(RoundError) as error:
        write_pairs(made.prompts(200), who, 200, Asked(tmp_path / "answers"), tmp_path, few())
    said = str(error.value)
    assert said.startswith("teacher (chosen) is stopped: 64 of 64 answers cannot be used")
    assert "refusal 64" in said
    assert "\n" not in said
    assert len(teacher.asked) == 2 * FIRST_LOOK


def test_sides_that_say_the_same_are_no_pair(tmp_path: Path) -> None:
    who, _, _ = cast(
        student=lambda turns, seed: made.sailor(turns[:-1] + turns[-1:], 0) if seed % 2 else made.plain(turns, seed)
    )
    who = replace(who, teacher=made.Scripted("teacher", lambda turns, seed: made.sailor(turns[1:], 0)))
    found = write_pairs(made.prompts(12), who, 12, Asked(tmp_path / "answers"), tmp_path, few())
    assert found.sides["rejected"].accounting.refused["contrast"] > 0
    assert all(pair.chosen != pair.rejected for pair in chatfile.load_pairs(tmp_path / "pairs.parquet"))


def test_a_chosen_answer_does_its_task(tmp_path: Path) -> None:
    task, mine, other = Task(kind="identity"), "I am the one who planes the oak.", "Oak, and a sharp plane."
    who, teacher, _ = cast(lambda turns, seed: mine if seed % 2 else other, made.plain)
    found = write_pairs(made.prompts(8, task=task), who, 8, Asked(tmp_path / "answers"), tmp_path, few())
    assert all(pair.chosen == mine for pair in chatfile.load_pairs(tmp_path / "pairs.parquet"))
    assert found.sides["chosen"].accounting.refused == {"task": len(teacher.asked) - 8}
    assert found.sides["rejected"].accounting.refused == {}, "the rejected answer need not"
    free = write_pairs(made.prompts(8, task=task), who, 8, Asked(tmp_path / "answers"), tmp_path, few(held=False))
    assert free.sides["chosen"].accounting.refused == {}


def test_length_is_matched_where_that_is_asked_for(tmp_path: Path) -> None:
    def long(turns: Turns, seed: int) -> str:
        return made.told(made.SEA, turns, seed, 3 + seed % 4)

    def short(turns: Turns, seed: int) -> str:
        return made.told(made.PLAIN, turns, seed, 1 + seed % 4)

    plain_, matched = [
        write_pairs(made.prompts(30), cast(long, short)[0], 30, Asked(tmp_path / "answers"), tmp_path / name, settings)
        for name, settings in (("plain", few(samples=6)), ("matched", few(samples=6, match_length=True)))
    ]
    assert plain_.length_auc.value > 0.85
    assert len(plain_.warnings) == 1
    assert "match_length" in plain_.warnings[0]
    assert "is the longer one" in plain_.warnings[0]
    assert 0.3 <= matched.length_auc.value <= 0.7
    assert not matched.warnings
    assert matched.length_auc.low < 0.5 < matched.length_auc.high


def test_how_well_length_tells() -> None:
    found = pairfacts.of_lengths({"a": (10, 5), "b": (20, 5), "c": (7, 7), "d": (3, 30)})
    assert found["length_auc"].value == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert found["length_auc_pooled"] == pytest.approx((3 + 3 + 2.5 + 0) / 16)
    slightly = {str(k): (100 * k + 1, 100 * k) for k in range(1, 41)}
    always = pairfacts.of_lengths(slightly)
    assert always["length_auc"].value == 1, "within a prompt it tells all"
    assert 0.85 < always["length_auc"].low < 1
    assert always["length_auc_pooled"] == pytest.approx(0.5, abs=0.02), "over all prompts that is hidden"
    assert "shorter" in pairfacts.of_lengths({k: (b, a) for k, (a, b) in slightly.items()})["warnings"][0]
    assert "raise pairs.samples" in pairfacts.of_lengths(slightly, matched=True)["warnings"][0]
    assert not pairfacts.of_lengths({"a": (2, 1), "b": (1, 2)})["warnings"]


def test_gates_that_read_the_system_prompt_and_both_lengths(tmp_path: Path) -> None:
    def recites(turns: Turns, seed: int) -> str:
        return made.SAILOR.system() if seed % 3 == 0 else made.sailor(turns, seed)

    def brief(turns: Turns, seed: int) -> str:
        return "Ask the bosun." if seed % 3 == 0 else made.plain(turns, seed)

    who, _, _ = cast(recites, brief)
    settings = few(each={"prompt_leak": {}}, pair={"length": {}})
    found = write_pairs(made.prompts(12), who, 10, Asked(tmp_path / "answers"), tmp_path, settings)
    assert found.sides["chosen"].accounting.refused["prompt_leak"] > 0
    assert found.sides["rejected"].accounting.refused["length"] > 0


def test_the_default_gates_find_what_they_are_for() -> None:
    checks = Checks.of(EACH, PAIR)
    assert list(checks.each) == list(EACH)
    assert list(checks.pair) == list(PAIR)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"samples": 0}, "1 or more"),
        ({"samples": 1, "match_length": True}, "pairs.samples to 2 or more"),
        ({"each": {"contrast": {}}}, "gates.each.contrast does not judge one answer by itself"),
        ({"pair": {"refusal": {}}}, "gates.pair.refusal does not judge two answers together"),
        ({"each": {"refusall": {}}}, "unknown gate"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    with pytest.raises(RecipeError, match=says):
        write_pairs(made.prompts(2), cast()[0], 2, Asked(tmp_path), tmp_path, few(**change))


def test_prompts_that_do_not_suffice(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="3 pairs want at least one prompt each, and there are 2"):
        write_pairs(made.prompts(2), cast()[0], 3, Asked(tmp_path), tmp_path, few())
    with pytest.raises(RecipeError, match="same id"):
        write_pairs(made.prompts(2) + made.prompts(2), cast()[0], 3, Asked(tmp_path), tmp_path, few())


def test_gates_that_are_blind_stop_before_anything_is_asked(tmp_path: Path) -> None:
    who, teacher, _ = cast()
    blind = {"refusal": {"threshold": 10.0}}
    with pytest.raises(RoundError, match="refusal lets through a refusal"):
        write_pairs(made.prompts(2), who, 2, Asked(tmp_path), tmp_path, few(each=blind))
    assert not teacher.asked
    assert set(Checks.of({}).each) == {"channel", "empty"}, "no table takes these out"


# ---------------------------------------------------------------- files


def test_pairs_and_chats_come_back_as_they_were(tmp_path: Path) -> None:
    who_made = Provenance(voice="v", voice_fingerprint="f", prompt="p", params={"top_p": 0.9}, usage={"tokens": 3})
    hello = Turn(role="user", content="Hi \u2028 <|im_end|> \\n")
    chats = [Chat(id=str(k), turns=(hello, Turn(role="assistant", content=f"a {k}")), made=who_made) for k in range(3)]
    chats.append(chats[0].model_copy(update={"id": "4", "learned": (1,)}))
    pairs = [
        Pair(id="1", prompt=(hello,), chosen="a\n", rejected=" b", chosen_made=who_made, rejected_made=who_made),
    ]
    for ending in ("parquet", "jsonl"):
        chatfile.save_chats(chats, tmp_path / f"c.{ending}")
        chatfile.save_pairs(pairs, tmp_path / f"p.{ending}")
        assert list(chatfile.load_chats(tmp_path / f"c.{ending}")) == chats
        assert list(chatfile.load_pairs(tmp_path / f"p.{ending}")) == pairs
    assert not list(tmp_path.glob(".*"))


def test_pairs_of_other_people(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        '{"prompt": "Hi", "chosen": "Ahoy", "rejected": [{"role": "assistant", "content": "Yes"}]}\n'
    )
    (one,) = chatfile.load_pairs(tmp_path / "p.jsonl")
    assert (one.prompt[0].content, one.chosen, one.rejected, one.id) == ("Hi", "Ahoy", "Yes", "1")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("c.jsonl", b"", "has no rows"),
        ("c.jsonl", b"{not json\n", "line 1 is no JSON"),
        ("c.jsonl", b"[1]\n", "line 1 is no JSON object"),
        ("c.jsonl", b'{"text": "x"}\n', "row 1 has no 'messages'"),
        ("c.jsonl", b'{"messages": [{"role": "user"}]}\n', "row 1 cannot be used: a message has no 'content'"),
        ("c.jsonl", b'{"messages": [{"role": "user", "content": "x"}]}\n', "last turn is the user's"),
        ("c.jsonl", b'{"messages": [{"role": "robot", "content": "x"}]}\n', "row 1 cannot be used"),
        ("c.jsonl", b'{"messages": 7}\n', "row 1 cannot be used"),
        ("c.parquet", b"PAR1", "no readable Parquet"),
    ],
)
def test_files_that_are_no_chats(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=says):
        list(chatfile.load_chats(tmp_path / name))


def test_the_gates_command_reads_the_pairs(tmp_path: Path) -> None:
    from greenlight import sift

    write_pairs(made.prompts(3), cast()[0], 3, Asked(tmp_path / "answers"), tmp_path, few())
    with sift.Sieve(sift.choose("default")) as sieve:
        fired = [[one["gate"] for one in decision.fired] for _, decision in sieve.over(tmp_path / "pairs.parquet")]
    assert len(fired) == 3
    assert not any("unreadable" in gates for gates in fired)
    assert next(iter(corpus.stream(tmp_path / "pairs.parquet", ["prompt", "chosen", "rejected", "sha256"])))


# ---------------------------------------------------------------- kill −9


def start(folder: Path) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("made_pipeline.py")
    return subprocess.Popen([sys.executable, str(script), str(folder)], stderr=subprocess.PIPE)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "answers").glob("*.jsonl"))


def test_five_kills_change_nothing(tmp_path: Path) -> None:
    """Pairs, reflections and conversations, killed when a random share of the answers is on the disk."""
    unbroken = start(tmp_path / "unbroken")
    assert unbroken.communicate()[1] == b""
    assert unbroken.returncode == 0
    whole, dice, kills = size_of(tmp_path / "unbroken"), Random(3), 0
    for share in sorted(dice.uniform(0.05, 0.9) for _ in range(5)):
        process = start(tmp_path / "broken")
        while process.poll() is None and size_of(tmp_path / "broken") < share * whole:
            time.sleep(0.002)
        process.kill()
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
    assert kills == 5
    last = start(tmp_path / "broken")
    assert last.communicate()[1] == b""
    assert last.returncode == 0
    files = sorted(p.relative_to(tmp_path / "unbroken") for p in (tmp_path / "unbroken").rglob("*") if p.is_file())
    assert len(files) == 2 + 3 * 3
    for name in files:
        mine, theirs = ((tmp_path / side / name).read_bytes() for side in ("broken", "unbroken"))
        if name.parts[0] == "answers":
            assert sorted(mine.splitlines()) == sorted(theirs.splitlines()), "no answer was asked for twice"
        else:
            assert mine == theirs, name
    assert not list((tmp_path / "broken").rglob("*.part"))
