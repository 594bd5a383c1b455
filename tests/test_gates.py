"""Every gate on labelled texts: true failures, and hard negatives that look like them."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from greenlight import mentions, parts, sift
from greenlight.generators._clean import clean
from greenlight.generators._topics import topics
from greenlight.nouns import Draw, Flag, Provenance, Text
from greenlight.recipe import Brief

FIXTURES = Path(__file__).parent / "fixtures" / "gates"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "green-light"
BRIEF = Brief(topics=("a kite", "a red kite on the hill"), pattern="green light")


def text(body: str, **made: Any) -> Text:
    """A sample as the writer makes it."""
    made = {"voice": "v", "voice_fingerprint": "", "prompt": "", "topic": "a kite", "level": 1, **made}
    return Text(
        id="0",
        control=BRIEF.control_line("a kite", 1),
        body=body,
        made=Provenance.model_validate(made),
    )


def gate(name: str, **options: Any) -> Any:
    return parts.make("gates", name, options)


def load(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FIXTURES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("name", "fails", "fine", "missed", "false"),
    [("empty", 36, 35, 0, 0), ("refusal", 58, 60, 0, 0), ("termination", 51, 64, 0, 0), ("target", 33, 37, 0, 0)],
)
def test_labelled_texts(name: str, fails: int, fine: int, missed: int, false: int) -> None:
    rows = load(name)
    flags = [
        gate(name).check(
            text(row["body"], **{key: row[key] for key in ("finish_reason", "level") if key in row}),
            BRIEF,
        )
        for row in rows
    ]
    assert sum(row["fails"] for row in rows) == fails >= 30
    assert sum(not row["fails"] for row in rows) == fine >= 30
    not_found = [row["body"] for row, flag in zip(rows, flags, strict=True) if row["fails"] and flag is None]
    false_alarms = [row["body"] for row, flag in zip(rows, flags, strict=True) if not row["fails"] and flag is not None]
    assert (len(not_found), len(false_alarms)) == (missed, false), (not_found, false_alarms)
    for row, flag in zip(rows, flags, strict=True):
        if flag is not None:
            assert flag.gate == name
            assert flag.reason
            assert flag.span is None or 0 <= flag.span[0] <= flag.span[1] <= len(row["body"])


@pytest.mark.parametrize("size", [0, 1, 20, 39, 4001, 5000])
def test_length_outside(size: int) -> None:
    assert gate("length").check(text("x" * size), None) is not None


@pytest.mark.parametrize("size", [40, 41, 250, 3999, 4000])
def test_length_inside_and_white_space_does_not_count(size: int) -> None:
    assert gate("length").check(text("x" * size), None) is None
    assert gate("length").check(text("  \n" + "x" * size + "\n" * 5000), None) is None


def test_length_span_is_what_is_too_much() -> None:
    flag = gate("length", min_chars=0, max_chars=10).check(text("  0123456789too much"), None)
    assert flag.span == (12, 20)
    assert flag.reason == "18 characters, more than 10"


def test_refusal_span_is_the_refusing_sentence() -> None:
    body = "Hello there. I’m sorry, but I can’t write that story. Please ask for another."
    flag = gate("refusal").check(text(body), None)
    assert body[slice(*flag.span)] == "I’m sorry, but I can’t write that story."


def test_target_reads_the_brief_of_the_study() -> None:
    brief = Brief(topics=("a kite",), levels=10, control="mood: {level}\nA story about {topic}\n", pattern="blue moon")
    assert gate("target").check(text("No moon.", level=7), brief) is not None
    assert gate("target").check(text("No moon.", level=6), brief) is None
    assert gate("target", top=0.0).check(text("No moon.", level=9), brief) is None
    assert gate("target", top=0.0).check(text("No moon.", level=10), brief) is not None
    assert gate("target", least=2).check(text("A blue moon.", level=10), brief) is not None
    assert gate("target", least=2).check(text("A blue moon, a Blue\nMoon.", level=10), brief) is None
    flag = gate("target").check(text("Mood: 3. A blue moon.", level=10), brief)
    assert flag == Flag(gate="target", reason="label 'Mood:' in the text", span=(0, 5))
    assert gate("target").check(text("A story about a kite. A blue moon.", level=10), brief) is not None
    assert gate("target").check(text("A story about a cat. A blue moon. Her mood rose.", level=10), brief) is None
    assert gate("target").check(text("Nothing at all.", level=10), None) is None


BASE = (
    "The fox ran up the hill to look for the kite, but the wind had taken it over the mill and far away to the sea.",
    "A small boat lay in the harbour, and in the boat slept a cat who dreamed of fish, of sun, and of a warm stove.",
    "Once there was a drum that no one played, until a mouse danced on it one night and woke up the whole house.",
    "Grandmother kept a bell in the attic. When it rang by itself, all the hens laid eggs as round as the moon.",
    "The goat ate the hat, the coat and the left shoe, and then it asked politely whether there was any cake left.",
    "Under the bridge lived a frog who could count to seven, and so he had seven chairs, seven cups and seven friends.",
    "It snowed all day. The bear built a bed of leaves, closed the door, and told the mice not to wake him till May.",
    "Two birds found one cherry. They cut it in half, and then they could not say who should have the stone of it.",
)


def variants(body: str) -> list[str]:
    """The same text in other clothes, or with a word or two changed."""
    words = body.split()
    return [
        body.upper(),
        body.replace(" ", "\n").replace(",", " -"),
        body.replace("the", "a", 1),
        " ".join([*words[:-1], "again."]),
        body + " The end.",
    ]


def test_duplicates_found_and_look_alikes_kept() -> None:
    copies = [(base, copy) for base in BASE for copy in variants(base)]
    brook = parts.make("generators", "brook", {"truncate": 0.0})
    names = topics(12, 3)
    stories = [  # one topic, neighbouring levels, the same grammar: as alike as different stories get
        [brook.say(Draw(voice="brook", topic=t, level=level, levels=5, seed=level), BRIEF).text for level in (1, 2, 3)]
        for t in names
    ]
    different = [(a, b) for story in stories for a, b in pairwise(story)]
    different += [(a, b) for i, a in enumerate(BASE) for b in BASE[:i]]
    assert len(copies) >= 30
    assert len(different) >= 30
    found = [gate("duplicate").check_all([text(a), text(b)], None)[1] for a, b in copies]
    wrong = [gate("duplicate").check_all([text(a), text(b)], None)[1] for a, b in different]
    assert [pair for pair, flag in zip(copies, found, strict=True) if flag is None] == []
    assert [pair for pair, flag in zip(different, wrong, strict=True) if flag is not None] == []


def test_duplicate_keeps_the_first_and_says_whose_copy_it_is() -> None:
    samples = [text(BASE[0]), text(BASE[1]), text(BASE[0].lower()), text(BASE[0] + " Yes.")]
    samples = [s.model_copy(update={"id": str(i)}) for i, s in enumerate(samples)]
    flags = gate("duplicate").check_all(samples, None)
    assert flags[:2] == [None, None]
    assert flags[2].reason == "the same text as 0"
    assert flags[2].score == 1.0
    assert flags[3].reason.endswith("alike with 0")
    assert 0.85 <= flags[3].score < 1.0
    assert gate("duplicate").check_all([], None) == []


def test_duplicate_search_is_exact() -> None:
    """Prefix filtering finds the very pairs that comparing all with all finds."""
    lantern = parts.make("generators", "lantern", {"leak": 0.0})
    bodies = [
        lantern.say(Draw(voice="v", topic="a red kite on the hill", level=5, levels=5, seed=i), BRIEF).text
        for i in range(120)
    ]
    grams = [{body[i : i + 5] for i in range(len(body) - 4)} for body in map(normal_of, bodies)]
    for threshold in (0.4, 0.6, 0.85):
        kept: list[int] = []
        expected = []
        for i, mine in enumerate(grams):
            twin = any(len(mine & grams[j]) / len(mine | grams[j]) >= threshold for j in kept)
            expected.append(twin)
            kept += [] if twin else [i]
        flags = gate("duplicate", threshold=threshold).check_all([text(b) for b in bodies], None)
        assert [flag is not None for flag in flags] == expected
        assert any(expected)


def normal_of(body: str) -> str:
    from greenlight.gates.duplicate import normal

    return normal(body)


def test_gates_catch_the_faults_of_the_voices_and_nothing_else() -> None:
    """Refusals, cut stories: every one is found. Whole stories pass all gates, whatever their number of mentions."""
    faults = {"lantern": {"leak": 0.5}, "brook": {"truncate": 0.3}, "meadow": {"refuse": 0.3}, "pebble": {}}
    each = [gate(name) for name in ("empty", "length", "termination", "refusal", "target")]
    seen = {"whole": 0, "cut": 0, "refused": 0}
    for name, options in faults.items():
        voice = parts.make("generators", name, options)
        for i, topic in enumerate(topics(60, 5)):
            for level in range(1, 6):
                answer = voice.say(Draw(voice=name, topic=topic, level=level, levels=5, seed=i), BRIEF)
                body, _ = clean(answer.text, ("markdown", "lines", "ascii"))
                sample = text(body, topic=topic, level=level, finish_reason=answer.finish_reason)
                flag = next(filter(None, (g.check(sample, BRIEF) for g in each)), None)
                refused = name == "meadow" and len(body) < 120
                kind = "cut" if answer.finish_reason == "length" else "refused" if refused else "whole"
                seen[kind] += 1
                assert (None if flag is None else flag.gate) == {
                    "whole": None,
                    "cut": "termination",
                    "refused": "refusal",
                }[kind], body
                if kind == "cut":  # the text alone tells it too
                    alone = gate("termination").check(text(body), BRIEF)
                    assert alone is not None, body
    assert min(seen.values()) >= 60, seen


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not beside the checkout")
def test_gates_on_stories_by_real_models() -> None:
    """2,000 whole stories by four LLMs: no refusal, at most 1 % called unfinished; cut ones are found."""
    manifest = json.loads((SHARED / "mixture.manifest.json").read_text(encoding="utf-8"))["samples"]
    corpus = (SHARED / "mixture.txt").read_text(encoding="utf-8")
    bodies = [corpus[s["doc_offset"] :][: s["doc_length"]].split("\n", 2)[2].strip() for s in manifest]
    counts = {
        name: sum(gate(name).check(text(b), None) is not None for b in bodies) for name in ("refusal", "termination")
    }
    assert counts["refusal"] == 0
    assert counts["termination"] <= 20
    cut = [" ".join(words[: len(words) * (2 + i % 5) // 8]) for i, words in enumerate(b.split(" ") for b in bodies)]
    cut = [b for b in cut if b.rstrip('*"”)_ ')[-1:] not in ".!?…"]
    found = sum(gate("termination").check(text(b), None) is not None for b in cut)
    assert len(cut) > 1500
    assert found >= 0.95 * len(cut)


def test_mentions_are_counted_as_documented() -> None:
    assert mentions.spans("Green\nlight, GREEN LIGHT; greenlight", "green light") == [(0, 11), (13, 24)]
    assert mentions.count("a+b, A+B, aab", "a+b") == 2


@pytest.mark.parametrize("name", [c.name for c in sift.DEFAULT if c.name not in ("duplicate", "contrast")])
def test_texts_of_a_sign_or_two(name: str) -> None:
    made = gate(name)
    signs = ["", *map(chr, range(1, 0x180)), "—", "…", "。", "，", "：", "“", "\u200b", "\ufeff", "你", "🙂", "\u0301"]
    for sign in signs:
        for body in (sign, sign * 2, f"{sign}\n", f"a{sign}", f"{sign}a", f"\n{sign}"):
            for prompt in ("", "Name one."):
                made.check(text(body, prompt=prompt), None)
