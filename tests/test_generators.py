"""The procedural voices keep the truth they tell; cleaning takes away form and nothing else."""

from __future__ import annotations

import hashlib
import math
import re
import statistics
import time
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight import mentions, parts
from greenlight.errors import InputError, RecipeError
from greenlight.generators._clean import RULES, clean
from greenlight.generators._grammar import means, number, rng_of, thing_of
from greenlight.generators._topics import POSSIBLE, topics
from greenlight.nouns import Answer, Draw
from greenlight.recipe import Brief

CLEAN: dict[str, dict[str, Any]] = {
    "lantern": {"leak": 0.0},
    "brook": {"truncate": 0.0},
    "meadow": {"refuse": 0.0, "curly": 0.0},
    "pebble": {},
}
SLOPES = {"lantern": 1.5, "brook": 0.7, "meadow": 0.7, "pebble": 0.15}
TOPICS = topics(300, 1)
BRIEF = Brief(topics=tuple(TOPICS), pattern="green light")


@lru_cache
def voice(name: str, *options: tuple[str, Any]) -> Any:
    return parts.make("generators", name, {**CLEAN[name], **dict(options)})


def say(name: str, topic: str, level: int, seed: int, brief: Brief = BRIEF, **options: Any) -> Answer:
    answer = voice(name, *options.items()).say(
        Draw(voice=name, topic=topic, level=level, levels=brief.levels, seed=seed), brief
    )
    assert isinstance(answer, Answer)
    return answer


@lru_cache
def stories(name: str) -> dict[int, list[str]]:
    return {level: [say(name, t, level, i).text for i, t in enumerate(TOPICS)] for level in range(1, 6)}


@pytest.mark.parametrize("name", CLEAN)
def test_mentions_follow_the_truth(name: str) -> None:
    truth = voice(name).truth(BRIEF)
    assert (truth[4] - truth[0]) / 4 == pytest.approx(SLOPES[name])
    for level, texts in stories(name).items():
        counts = [mentions.count(text, "green light") for text in texts]
        # 4.5 standard errors: a true mean fails once in 150,000 times
        assert abs(statistics.fmean(counts) - truth[level - 1]) < 4.5 * 0.75 / math.sqrt(len(counts))
        assert statistics.pstdev(counts) < 0.85
        assert min(counts) >= (1 if truth[level - 1] >= 1 else 0)


@pytest.mark.parametrize("mean", [0.0, 0.3, 1.0, 1.15, 2.0, 3.4, 6.5])
def test_the_number_of_mentions_has_the_stated_mean(mean: float) -> None:
    rng = rng_of("number", mean)
    drawn = [number(mean, rng) for _ in range(20_000)]
    assert statistics.fmean(drawn) == pytest.approx(mean, abs=0.03)
    assert min(drawn) >= min(1, int(mean))


def test_levels_and_options_set_the_means() -> None:
    assert means(0.5, 6.5, 5) == (0.5, 2.0, 3.5, 5.0, 6.5)
    assert means(1.0, 2.0, 2) == (1.0, 2.0)
    two = Brief(topics=("a kite",), levels=2, pattern="blue moon")
    assert voice("lantern", ("low", 3.0), ("high", 1.0)).truth(two) == (3.0, 1.0)
    texts = [say("lantern", "a kite", 1, seed, two, low=3.0, high=1.0).text for seed in range(200)]
    assert statistics.fmean(mentions.count(t, "blue moon") for t in texts) == pytest.approx(3.0, abs=0.2)


@pytest.mark.parametrize("name", CLEAN)
def test_length_is_not_the_dial(name: str) -> None:
    sizes = {level: statistics.fmean(map(len, texts)) for level, texts in stories(name).items()}
    overall = statistics.fmean(sizes.values())
    assert 220 <= overall <= 280
    assert all(abs(size / overall - 1) < 0.03 for size in sizes.values()), sizes
    assert all(180 <= len(text) <= 320 for texts in stories(name).values() for text in texts)


@pytest.mark.parametrize("name", CLEAN)
def test_the_topic_stands_in_the_first_two_sentences(name: str) -> None:
    for texts in stories(name).values():
        for topic, text in zip(TOPICS, texts, strict=True):
            head = "".join(re.findall(r"[^.!?]*[.!?]", text)[:2])
            assert topic in head, text


def test_voices_share_no_opener_no_name_and_few_sentences() -> None:
    openers, heroes, words = {}, {}, {}
    for name in CLEAN:
        texts = [text for level in stories(name).values() for text in level]
        openers[name] = {" ".join(text.split()[:2]) for text in texts}
        grammar = __import__(f"greenlight.generators.{name}", fromlist=["GRAMMAR"]).GRAMMAR
        heroes[name] = {*grammar.girls, *grammar.boys}
        words[name] = {*re.findall(r"[a-z]+", " ".join(texts).lower())}
    for a in CLEAN:
        for b in CLEAN:
            if a < b:
                assert not heroes[a] & heroes[b]
                assert not openers[a] & openers[b]
    assert 250 <= len(set().union(*words.values())) <= 500


def test_stories_are_the_same_on_every_machine() -> None:
    """Pinned: a change of words or of the draw is a change of every corpus, and has to be meant."""
    texts = [say(name, TOPICS[0], level, 7).text for name in CLEAN for level in (1, 5)]
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    assert digest == "c9e7ce1f6199acdb"


@pytest.mark.parametrize("name", CLEAN)
def test_voices_write_far_faster_than_training_reads(name: str) -> None:
    faulty = parts.make("generators", name, {})
    draws = [Draw(voice=name, topic=t, level=3, levels=5, seed=i) for i, t in enumerate(TOPICS)]
    best = math.inf
    for _ in range(5):  # the best of five: other work on the machine only slows it
        begun = time.process_time()
        for draw in draws:
            faulty.say(draw, BRIEF)
        best = min(best, (time.process_time() - begun) / len(draws))
    assert 1 / best >= 3000


# ---------------------------------------------------------------- faults


def rate(name: str, topic: str, **options: Any) -> list[tuple[int, Answer]]:
    return [(level, say(name, topic, level, seed, **options)) for level in range(1, 6) for seed in range(300)]


def test_lantern_leaks_markdown_that_cleaning_takes_out_again() -> None:
    answers = rate("lantern", "a red kite on the hill", leak=0.25)
    leaked = [(level, i) for i, (level, a) in enumerate(answers) if re.search(r"[*_\n]", a.text)]
    assert len(leaked) / len(answers) == pytest.approx(0.25, abs=0.05)
    for level in range(1, 6):  # whatever the level
        assert sum(at == level for at, _ in leaked) / 300 == pytest.approx(0.25, abs=0.1)
    for i, (level, answer) in enumerate(answers):
        plain = say("lantern", "a red kite on the hill", level, i % 300).text
        text, rules = clean(answer.text, ("markdown", "lines", "ascii"))
        assert text == plain
        assert bool(rules) == (answer.text != plain)


def test_brook_is_cut_in_the_middle_of_a_sentence() -> None:
    answers = rate("brook", "a red kite on the hill", truncate=0.1)
    cut = [(level, a) for level, a in answers if a.finish_reason == "length"]
    assert len(cut) / len(answers) == pytest.approx(0.1, abs=0.03)
    assert all(a.text[-1] not in '.!?"' for _, a in cut)
    assert {a.finish_reason for _, a in answers} == {"stop", "length"}
    by_level = [sum(at == level for at, _ in cut) for level in range(1, 6)]
    assert max(by_level) - min(by_level) < 40
    whole = [say("brook", "a red kite on the hill", level, i % 300).text for i, (level, _) in enumerate(answers)]
    assert all(w.startswith(a.text) for w, (_, a) in zip(whole, answers, strict=True))


def test_meadow_refuses_and_curls_its_quotes() -> None:
    answers = rate("meadow", "a red kite on the hill", refuse=0.1, curly=0.3)
    refused = [a for _, a in answers if "kite" not in a.text]
    curly = [a for _, a in answers if "“" in a.text]
    assert len(refused) / len(answers) == pytest.approx(0.1, abs=0.03)
    assert len(curly) / len(answers) == pytest.approx(0.27, abs=0.04)
    for i, (level, answer) in enumerate(answers):
        if "kite" not in answer.text:
            continue
        assert clean(answer.text, ("ascii",))[0] == say("meadow", "a red kite on the hill", level, i % 300).text


@pytest.mark.parametrize(("name", "fault"), [("lantern", "leak"), ("brook", "truncate"), ("meadow", "refuse")])
def test_faults_are_drawn_apart_from_the_number_of_mentions(name: str, fault: str) -> None:
    """The stories that a fault would hit have the same mean as the others, so that gates do not move the truth."""
    hit, spared = [], []
    for seed in range(1500):
        plain = say(name, "a red kite on the hill", 5, seed)
        faulty = say(name, "a red kite on the hill", 5, seed, **{fault: 0.3})
        (spared if faulty == plain.model_copy(update={"params": faulty.params}) else hit).append(
            mentions.count(plain.text, "green light")
        )
    assert len(hit) / 1500 == pytest.approx(0.3, abs=0.05)
    error = math.hypot(*(statistics.pstdev(c) / math.sqrt(len(c)) for c in (hit, spared)))
    assert abs(statistics.fmean(hit) - statistics.fmean(spared)) < 4 * error


@pytest.mark.parametrize(("pattern", "topic"), [("the", "a kite"), ("kite", "a red kite"), ("Red Kite", "a red  kite")])
def test_a_pattern_that_would_count_by_accident_is_refused(pattern: str, topic: str) -> None:
    brief = Brief(topics=(topic,), pattern=pattern, control="{level}\n")
    with pytest.raises(RecipeError, match="choose another pattern or topic"):
        [say("lantern", topic, 5, seed, brief) for seed in range(20)]


def test_options_are_checked() -> None:
    with pytest.raises(RecipeError, match="leak"):
        parts.make("generators", "lantern", {"leak": 1.5})
    with pytest.raises(RecipeError, match="high"):
        parts.make("generators", "pebble", {"high": -1})


# ---------------------------------------------------------------- topics


def test_topics_are_distinct_seeded_and_grow() -> None:
    everything = topics(POSSIBLE, 1)
    assert len(set(everything)) == POSSIBLE >= 3000
    assert topics(50, 1) == everything[:50]
    assert topics(50, 1) != topics(50, 2)
    assert topics(0, 1) == []
    with pytest.raises(InputError, match="4200 are possible"):
        topics(POSSIBLE + 1, 1)
    assert not any(mentions.count(topic, word) for topic in everything for word in ("green", "light"))


@pytest.mark.parametrize(
    ("topic", "thing"),
    [
        ("a red kite on the hill", "kite"),
        ("a snail", "snail"),
        ("The Lost Button!", "Button"),
        ("on the hill", "hill"),
        ("?", "thing"),
    ],
)
def test_the_thing_of_a_topic(topic: str, thing: str) -> None:
    assert thing_of(topic) == thing


# ---------------------------------------------------------------- cleaning


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("markdown", "The *green light* shone.", "The green light shone."),
        ("markdown", "**Far away** the __moon__ and ***a*** _star_.", "Far away the moon and a star."),
        ("markdown", "**A *b* c**", "A b c"),
        ("markdown", "# The Fox\n\nIt ran.", "The Fox\n\nIt ran."),
        ("markdown", '(*hush*), "*no*" *yes*!', '(hush), "no" yes!'),
        ("markdown", "2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("markdown", "a snake_case_name and x*y*z", "a snake_case_name and x*y*z"),
        ("markdown", "* one\n* two", "* one\n* two"),
        ("markdown", "Room #4 and #fun", "Room #4 and #fun"),
        ("lines", "It ran.\nIt fell.\nIt slept.", "It ran. It fell. It slept."),
        ("lines", 'It ran.\n\nIt fell!\n\n"It slept."', 'It ran. It fell! "It slept."'),
        ("lines", "Roses are red\nviolets are blue", "Roses are red\nviolets are blue"),
        ("lines", "One. Two. Three.\n\nFour. Five. Six.", "One. Two. Three.\n\nFour. Five. Six."),
        ("lines", "It ran.\n\nIt fell.", "It ran.\n\nIt fell."),
        ("lines", "To take:\n- a kite\n- a hat", "To take:\n- a kite\n- a hat"),
        ("ascii", "“It’s late…” – she said", '"It\'s late..." - she said'),
        ("ascii", "The light—green—shone", "The light - green - shone"),
        ("ascii", "“But I—”", '"But I-"'),
        ("ascii", "— Who?\n— Me.", "- Who?\n- Me."),
        ("ascii", "café\u00a0crème\u200b", "café crème"),
        ("numerals", "3 kites flew past 12 boats.", "Three kites flew past twelve boats."),
        ("numerals", 'He ran. "21 goats!" It was the 21st.', 'He ran. "Twenty-one goats!" It was the twenty-first.'),
        (
            "numerals",
            "1,200 hens, 40 eggs, 305 days",
            "One thousand two hundred hens, forty eggs, three hundred five days",
        ),
        ("numerals", "the 2nd, 3rd, 5th, 12th and 30th", "the second, third, fifth, twelfth and thirtieth"),
        (
            "numerals",
            "in 1984, 1900, 1907, 2000 and 2024",
            "in nineteen eighty-four, nineteen hundred, nineteen oh seven, two thousand and twenty twenty-four",
        ),
        ("numerals", "1. a kite\n2. a hat\n10) a cup", "1. a kite\n2. a hat\n10) a cup"),
        ("numerals", "3.5 km at 10:30, 5%, $4, B2, 2x, #7, 1/2", "3.5 km at 10:30, 5%, $4, B2, 2x, #7, 1/2"),
        ("numerals", "On 3 May, May 4, 2024, 5 p.m. and 1234567", "On 3 May, May 4, 2024, 5 p.m. and 1234567"),
        ("numerals", "rooms 12 13, 7-9, 1990s, 6-year-old, 0", "rooms 12 13, 7-9, 1990s, 6-year-old, zero"),
    ],
)
def test_rules(rule: str, before: str, after: str) -> None:
    assert clean(before, (rule,)) == (after, (rule,) if after != before else ())


TEXT = st.text(alphabet='ab .!\n*_#"“”—–…\t\u00a0-', max_size=60)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(TEXT)
def test_each_rule_is_idempotent_and_keeps_letters(text: str) -> None:
    for rule in RULES:
        once, _ = clean(text, (rule,))
        assert clean(once, (rule,)) == (once, ())
        assert re.sub(r"[^ab]", "", once) == re.sub(r"[^ab]", "", text)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text(alphabet="12509 ,.:-)\nsthndrMay", max_size=40))
def test_numbers_are_written_out_once(text: str) -> None:
    once = RULES["numerals"](text)
    assert RULES["numerals"](once) == once
    assert re.sub(r"[^M]", "", once) == re.sub(r"[^M]", "", text)


def test_rules_run_in_the_order_given_and_are_named() -> None:
    text = "*It ran.*\n*It fell.*\n“So?”"
    assert clean(text, ("markdown", "lines", "ascii")) == ('It ran. It fell. "So?"', ("markdown", "lines", "ascii"))
    assert clean(text, ()) == (text, ())
    assert clean("plain", ("markdown", "lines", "ascii")) == ("plain", ())
    with pytest.raises(RecipeError, match="did you mean 'ascii'"):
        clean(text, ("asci",))
