"""Sense: each figure on documents made by hand, in several scripts; and no document is left out in silence."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from greenlight import runs, sense
from greenlight.errors import RoundError
from greenlight.language import opening, words
from greenlight.metrics import dial
from greenlight.sense import Corpus, Document
from greenlight.yardstick import Held, Yardstick
from greenlight.yardstick import lock as locked

STORIES = {
    "a red kite": ("Ann had a red kite. It flew over the hill and the wind was kind.", "The red kite fell. Ann ran."),
    "a blue boat": (
        "Ben had a blue boat. It sailed over the pond and the wind was kind.",
        "The blue boat sank. Ben ran.",
    ),
    "a small dog": ("Cat had a small dog. It ran over the hill and the sun was kind.", "The small dog slept. Cat ran."),
}


def corpus(stories: dict[str, tuple[str, ...]] = STORIES) -> Corpus:
    return Corpus([doc(topic, text, level) for topic, texts in stories.items() for level, text in enumerate(texts, 1)])


def doc(topic: str, text: str, level: int = 1, finished: bool = True, pattern: str = "green light") -> Document:
    found = [(i, i + len(pattern)) for i in range(len(text)) if text.startswith(pattern, i)]
    return Document(topic, level, text, finished, tuple(found))


# ---------------------------------------------------------------- words and sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Don't stop, Mr. Fox-trot! 12 o’clock", ["don't", "stop", "mr", "fox", "trot", "12", "o'clock"]),
        ("snake_case 'quoted'", ["snake", "case", "quoted"]),
        ("Лодка плыла; ЛОДКУ видели", ["лодка", "плыла", "лодку", "видели"]),
        ("月光下，她走了。", ["月光", "光下", "她走", "走了"]),
        ("看 a 船", ["看", "a", "船"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        ("cafe\u0301 = caf\u00e9", ["caf\u00e9", "caf\u00e9"]),
        ("สวัสดี", ["สว", "วั", "ัส", "สด", "ดี"]),
        ("?! … ---", []),
        ("", []),
    ],
)
def test_a_word_in_any_script(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_the_opening_is_its_first_two_sentences() -> None:
    assert opening('"Look!" she said. It was 3.5 m. Far.', 2, 400) == '"Look!" she said.'
    assert opening("One fish. Two fish. Red fish.", 2, 400) == "One fish. Two fish."
    assert opening("月亮出来了。她说：“好！”他走了。", 2, 400) == "月亮出来了。她说：“好！”"
    assert opening("A title\n\nA line\n\nmore", 2, 400) == "A title\n\nA line\n\n"
    assert opening("no end at all", 2, 400) == "no end at all"
    assert len(opening("x" * 10_000, 2, 400)) == 400


# ---------------------------------------------------------------- the figures


def test_unknown_words_are_those_of_no_other_topic_and_not_asked_for() -> None:
    asked = doc("a green hen", "The hen had a zorp.")  # 'hen' is asked for; 'had', 'a' and 'the' are known
    assert sense.unknown([asked], corpus()) == [1 / 5]
    # of the first story, 'ann' is in its own topic alone, as are 'flew' and 'wind': 'wind' is in the second too
    strange = {"ann", "flew"}
    told = corpus().documents[0]
    assert sense.unknown([told], corpus()) == [sum(w in strange for w in told.words) / len(told.words)]


def test_known_words_in_no_order_show_in_their_pairs() -> None:
    whole = "Ben had a small dog. It sailed over the hill and the sun was kind."
    salad = words(whole)
    random.Random(1).shuffle(salad)
    asked = [doc("x y", whole), doc("x y", " ".join(salad))]
    assert sense.unknown(asked, corpus()) == [0.0, 0.0]
    told, mixed = sense.unknown_pairs(asked, corpus())
    assert told == 0.0
    assert mixed > 0.7


def test_topic_recall_is_what_shuffled_topics_do_not_get() -> None:
    topics = ["a red kite", "a blue boat", "a small dog"]  # 'a' is in all of them, and says nothing
    asked = [
        doc(topics[0], "Red kites fly. They are far."),
        doc(topics[1], "A dog ran. A cat ran. Here is the blue boat."),
        doc(topics[2], "A small dog, a red kite, a blue boat."),
    ]
    own = sense.recall(asked, topics, corpus())
    assert own == [(1.0, 0.0), (0.0, pytest.approx(0.25)), (1.0, 1.0)]


def test_topic_recall_in_cyrillic_and_chinese() -> None:
    russian = corpus(
        {"красная лодка": ("Вот лодка. Да.",), "старый замок": ("Вот замок. Да.",), "белый кот": ("Кот.",)}
    )
    [found] = sense.recall(
        [doc("красная лодка", "Аня видела красную лодку. Она плыла.")], list(russian.topics), russian
    )
    assert found == (1.0, 0.0), "another case of the same word"
    chinese = corpus({"红色风筝": ("天上有红色风筝。",), "蓝色小船": ("水上有蓝色小船。",), "小狗": ("小狗跑了。",)})
    [found] = sense.recall([doc("红色风筝", "她有一只红色风筝。风很大。")], list(chinese.topics), chinese)
    assert found[0] == 1.0
    assert found[1] < 0.2


@pytest.mark.parametrize(
    ("text", "loops"),
    [
        ("he ran he ran he ran", True),
        ("he ran. He ran. Then he sat.", False),
        ("so so so good", True),
        ("the big red kite, the big red kite; the big red kite!", True),
        ("hahahahahahaha", True),
        ("!!!!!!!!!!!!", True),
        ("!!!!!!!!!!!", False),
        ("她走了她走了她走了她走了", True),
        ("她走了她走了", False),
        ("", False),
        ("one two three four", False),
    ],
)
def test_loops(text: str, loops: bool) -> None:
    assert sense.looped([doc("x y", text)], corpus()) == [loops]


def test_what_a_story_of_another_topic_does_is_no_loop() -> None:
    told = {**STORIES, "a loud bell": ("ding ding ding ding went the bell.", "It rang.")}
    ding = [doc("x y", "ding ding ding ding"), doc("x y", "ding ding ding ding ding")]
    assert sense.looped(ding, corpus(told)) == [False, True]
    assert sense.looped(corpus(told).documents, corpus(told))[-2:] == [True, False], "against the other topics"


def test_gates_flag_what_is_empty_refused_or_cut() -> None:
    asked = [
        doc("x", "Ann ran home."),
        doc("x", "Ann ran home", finished=False),
        doc("x", ""),
        doc("x", "I'm sorry, but I can't write that story."),
        doc("x", "Ann ran home. Then she went to the"),
    ]
    assert sense.flagged(asked) == ["", "termination", "empty", "refusal", "termination"]


def test_the_longest_copy_is_from_one_story_and_never_the_own_topic() -> None:
    copied = "over the hill and the wind was kind"
    assert sense.copied([doc("x y", f"zip {copied.upper()}, zap")], corpus()) == [8]
    assert sense.copied([doc("a red kite", copied)], corpus()) == [5], "its own topic's story is left out"
    assert sense.copied([doc("x y", "the wind was kind. The red kite fell")], corpus()) == [4], "never over a border"
    assert sense.copied([doc("x y", ""), doc("x y", "?!"), doc("x y", "zzz")], corpus()) == [0, 0, 0]


def test_copies_are_those_that_a_plain_search_finds() -> None:
    dice = random.Random(5)
    texts = [[dice.randrange(4) for _ in range(dice.randrange(30))] for _ in range(40)]
    labels = [dice.randrange(5) for _ in texts]
    asked = [[dice.randrange(4) for _ in range(dice.randrange(30))] for _ in range(15)]
    asked_labels = [dice.randrange(-1, 5) for _ in asked]
    found = runs.longest_shared(asked, asked_labels, texts, labels)
    for query, label, longest in zip(asked, asked_labels, found, strict=True):
        pieces = {
            tuple(t[i:j])
            for t, of in zip(texts, labels, strict=True)
            if of != label
            for i in range(len(t))
            for j in range(i + 1, len(t) + 1)
        }
        mine = [j - i for i in range(len(query)) for j in range(i + 1, len(query) + 1) if tuple(query[i:j]) in pieces]
        assert longest == max(mine, default=0)


def test_repeats_are_those_that_a_plain_count_finds() -> None:
    dice = random.Random(6)
    sequences = [[dice.randrange(2) for _ in range(dice.randrange(25))] for _ in range(30)]
    found = runs.most_repeats(sequences, 6)
    for place, sequence in enumerate(sequences):
        for period in range(1, 7):
            times = 1
            for start in range(len(sequence)):
                unit, n = sequence[start : start + period], 1
                while len(unit) == period and sequence[start + n * period : start + (n + 1) * period] == unit:
                    n += 1
                times = max(times, n)
            assert found[period - 1][place] == times


def test_a_large_corpus_is_searched_in_pieces_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [doc("x y", "over the pond and the wind was kind. so so so"), *corpus().documents]
    whole = sense.copied(asked, corpus()), sense.looped(asked, corpus())
    monkeypatch.setattr(sense, "BATCH", 20)
    assert (sense.copied(asked, corpus()), sense.looped(asked, corpus())) == whole


def test_distinct_runs_in_equal_first_words() -> None:
    same = [doc("x", "one two one two", 1), doc("x", "one two one two", 2)]
    assert sense.distinct(same, 4) == [2 / 8, 2 / 6, 2 / 4]
    assert sense.distinct([doc("x", "a b c d e f")], 4) == [1.0, 1.0, 1.0], "what follows does not count"
    assert sense.distinct([doc("x", "a b")], 4) == [2 / 4, 1 / 3, 0.0], "saying less is not being more various"
    assert sense.distinct([doc("x", "")], 2) == [0.0, 0.0, 0.0]


def test_where_the_behaviour_sets_in() -> None:
    late = "x" * 70 + "green light" + "x" * 19
    asked = [doc("x", late), doc("x", "green light" + "x" * 89), doc("x", "none"), doc("x", late, finished=False)]
    found = sense.onset(asked)
    assert found == {"thirds": [0.5, 0.0, 0.5], "first": pytest.approx(0.35), "mentions": 2, "documents": 2}
    assert sense.onset([]) == {"thirds": None, "first": None, "mentions": 0, "documents": 0}


# ---------------------------------------------------------------- the readings


def readings(*texts: str) -> dict[str, Any]:
    topics = ("a tall tree", "a cold clock")
    asked = [doc(t, text, level) for (t, level), text in zip(product(topics, (1, 2)), texts, strict=True)]
    return {r.metric: r for r in sense.readings(asked, topics, corpus(), 5)}


def test_each_reading_has_its_topics_and_its_ceiling() -> None:
    found = readings("Ann had a tall tree.", "The tall tree fell.", "Ben had a cold clock.", "The cold clock sank.")
    assert tuple(found) == tuple(sense.NAMED)
    for name, reading in found.items():
        assert reading.blocks == ("a tall tree", "a cold clock")
        assert reading.over == "topics"
        assert (reading.unit, reading.better) == sense.NAMED[name]
        assert 0.0 <= reading.facts["ceiling"] <= 1.0
        assert (reading.facts["documents"], reading.facts["ceiling_documents"]) == (4, 6)
    assert found["sense.topic_recall"].values == (1.0, 1.0)
    assert found["sense.unknown_words"].values == (0.0, 0.0)
    own = sense.unknown(corpus().documents, corpus())
    assert found["sense.unknown_words"].facts["ceiling"] == pytest.approx(sum(own) / 6)


def test_empty_and_hostile_documents_are_the_worst_and_none_is_left_out() -> None:
    long = "Zalgo\u0301\u0302" + "x" * 100_000
    found = readings("", "?!… \u202e\x00", long, "the " * 3_000)
    assert found["sense.unknown_words"].values == (1.0, 0.5)
    assert found["sense.topic_recall"].values == pytest.approx((0.0, 0.0))
    assert found["sense.gates"].values[0] == 1.0
    assert found["sense.loops"].values == (0.0, 1.0)
    assert found["sense.distinct"].values == (0.0, pytest.approx(1 / 8))


def test_gibberish_fails_every_figure_of_language() -> None:
    dice = random.Random(2)
    letters = "abcdefghijklmnopqrstuvwxyz "
    noise = ["green light " + "".join(dice.choice(letters) for _ in range(80)) for _ in range(4)]
    found = readings(*noise)
    for name, least in (("sense.unknown_words", 0.7), ("sense.unknown_pairs", 0.9)):
        mean = sum(found[name].values) / 2
        assert mean > least > found[name].facts["ceiling"]
    assert sum(found["sense.topic_recall"].values) < 0.1
    assert found["sense.topic_recall"].facts["ceiling"] > 0.9


def test_a_model_that_recites_its_corpus_is_found_out() -> None:
    told = {f"topic {name}": (f"{name} went to see the {name} at noon. It was a good day.",) * 2 for name in "abcdefgh"}
    alike = Corpus([doc(t, text, level) for t, texts in told.items() for level, text in enumerate(texts, 1)])
    asked = [doc("x y", "a went to see the a at noon. It was a good day.", 1), doc("u v", "It was a good day.", 1)]
    by_name = {r.metric: r for r in sense.readings(asked, ("x y", "u v"), alike, 5)}
    copy = by_name["sense.copy"]
    assert copy.values == (1.0, 0.0)
    assert copy.facts["ceiling"] == 0.0
    assert copy.facts["model"]["max"] == 13
    assert copy.facts["corpus"]["max"] == copy.facts["corpus"]["limit"] == 7


def test_a_corpus_of_one_topic_has_no_ceiling() -> None:
    with pytest.raises(RoundError, match="1 topic"):
        sense.readings([doc("x", "a")], ("x",), corpus({"a red kite": ("A kite.",)}), 5)


# ---------------------------------------------------------------- nothing is left out in silence


def row(topic: str, level: int, found: Any = 1, finished: bool = True) -> dict[str, Any]:
    return {"topic": topic, "level": level, "text": "green light " * 3, "finished": finished, "mentions": found}


ROWS = [row(topic, level, level) for topic in ("a", "b", "c") for level in (1, 2)]


def judged(rows: list[dict[str, Any]], limit: float = 0.05) -> dict[str, Any]:
    return {r.metric: r for r in dial.readings(rows, ("a", "b", "c"), (1, 2), limit)}


def test_a_document_that_never_came_counts_as_unfinished() -> None:
    whole, short = judged(ROWS), judged(ROWS[:-1])
    assert whole["dial.slope"].facts["truncation"] == 0.0
    assert short["dial.slope"].facts["truncation"] == pytest.approx(1 / 6)
    assert short["dial.truncation"].values == (0.0, 0.0, 0.5)
    assert "1 of 6 documents did not end" in short["dial.slope"].facts["invalid"]
    cut = judged([*ROWS[:-1], row("c", 2, 9, finished=False)])
    assert cut["dial.truncation"] == short["dial.truncation"]
    assert cut["dial.slope"].values == short["dial.slope"].values


def test_a_level_without_any_document_is_no_score() -> None:
    found = judged([r for r in ROWS if r["level"] == 1], limit=1.0)
    assert "at one level no document ended (3 of 6 did not)" in found["dial.slope"].facts["invalid"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no document to count in"),
        ([*ROWS, ROWS[0]], "two documents of 'a' at level 1"),
        ([*ROWS, row("d", 1)], "'d' at level 1 was not asked for"),
        ([*ROWS, row("a", 3)], "'a' at level 3 was not asked for"),
        ([*ROWS[1:], row("a", 1, float("nan"))], "has nan mentions, which is no count"),
        ([*ROWS[1:], row("a", 1, float("inf"))], "has inf mentions"),
        ([*ROWS[1:], row("a", 1, -1)], "has -1 mentions"),
        ([*ROWS[1:], row("a", 1, 0.5)], "has 0.5 mentions"),
        ([*ROWS[1:], row("a", 1, None)], "has None mentions"),
        ([*ROWS[1:], {**row("a", 1), "text": None}], "the document of 'a' at level 1 has no text"),
    ],
)
def test_rows_that_fit_no_place_are_refused(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(RoundError, match=said):
        judged(rows)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([("a", 1), ("a", 2), ("b", 1)], "'b' at level 2 0 times"),
        ([("a", 1), ("a", 2), ("b", 1), ("b", 2), ("b", 2)], "'b' at level 2 2 times"),
        ([("a", 1), ("b", 2)], "'a' at level 2 0 times"),
        ([("a", 1), ("b", 1)], "two topics and two levels"),
        ([], "two topics and two levels"),
    ],
)
def test_every_topic_is_asked_for_at_every_level_once(asked: list[tuple[str, int]], said: str) -> None:
    with pytest.raises(RoundError, match=said):
        dial.grid(asked)


def test_the_dial_and_its_sense_are_of_the_same_documents(tmp_path: Path) -> None:
    topics, levels = ("a tall tree", "a cold clock"), (1, 2)
    held = [Held(f"{t}{v}", f"[{v}] {t}: ", f"Ann had {t}. It was kind.", t, v) for t in topics for v in levels]
    other = [Held("z", "[1] z: ", "Ann had a hat.", "a hat", 1)]
    yard: Yardstick = locked(tmp_path / "y", "stories", held, other, {"pattern": "green light", "levels": 2})
    text = "Ann had {}. The green light was kind."
    rows = [{**row(t, v, v), "text": text.format(t)} for t in topics for v in levels][:-1]
    base = dial.readings(rows, topics, levels, 1.0)
    found = {r.metric: r for r in dial.with_sense(base, rows, corpus().documents, yard)}
    assert tuple(found) == dial.Metric.READINGS
    assert found["sense.gates"].values == (0.0, 0.5), "the one that never came is flagged"
    assert found["sense.unknown_words"].values[1] > 0.5
    assert found["dial.truncation"].facts == {"ceiling": 0.0, "documents": 4}
    assert found["dial.slope"].facts["onset"]["documents"] == 3
    assert found["dial.slope"].facts["onset_corpus"]["mentions"] == 0


def test_a_score_has_the_same_bits_whatever_order_a_set_has() -> None:
    """Sums over sets of words, in processes whose hashes differ."""
    code = (
        "import random, test_sense as t; from greenlight import sense; d = random.Random(1);"
        "w = [''.join(d.choices('abcdefgh', k=5)) for _ in range(60)];"
        "topics = [' '.join(d.sample(w, k)) for k in (3, 5, 6, 7) * 6];"
        "docs = [t.doc(topics[n % 24], ' '.join(d.sample(w, 30)) + '. A. B.') for n in range(200)];"
        "print(sense.recall(docs, topics, t.corpus()))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        for seed in (1, 2, 3)
    }
    assert len(said) == 1
