"""The length that a prompt asks for in words: what is read as a size, what is none, and how a text is counted."""

from __future__ import annotations

import importlib
import time

import pytest
from fixtures.vary import rows

from greenlight import sift
from greenlight.gates import _counted, _sizes
from greenlight.rows import of_data

LENGTH = [one for one in sift.DEFAULT if one.name == "length"]


def flagged(prompt: str, body: str, **more: object) -> str:
    fired = sift.judge(of_data(1, {"prompt": prompt, "completion": body, **more}), LENGTH).fired
    return str(fired[0]["reason"]) if fired else ""


def test_rows_of_development() -> None:
    shapes = importlib.import_module("fixtures.dev.length_asked").SHAPES
    wrong = [
        row.shape for row in rows(shapes, copies=4) if bool(sift.judge(of_data(1, row.data), LENGTH).fired) != row.fails
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("prompt", "unit", "low", "high", "kind"),
    [
        ("In a sentence or two, what is a quark?", "sentences", 1, 2, "limit"),
        ("Write me four one-liners about Mondays.", "items", 4, 4, "bare"),
        ("Use at most two hundred and fifty words.", "words", 0, 250, "limit"),
        ("Write about tea. Don't go over 80 words.", "words", 0, 80, "limit"),
        ("Write a story of between 300 and 400 words.", "words", 300, 400, "limit"),
        ("Name two rivers in Africa.", "items", 2, 2, "bare"),
        ("Describe a storm. ~40 words.", "words", 40, 40, "about"),
        ("I want a poem of exactly twelve lines.", "lines", 12, 12, "exact"),
        ("Write a limerick about a cat.", "lines", 5, 5, "form"),
        ("Décris Paris en une phrase.", "sentences", 1, 1, "bare"),
        ("Nenne mir fünf Tiere.", "items", 5, 5, "bare"),
        ("Scrivi tre paragrafi su Dante.", "paragraphs", 3, 3, "bare"),
        ("Resuma em até 40 palavras.", "words", 0, 40, "limit"),
        ("Leg in twee zinnen uit wat inflatie is.", "sentences", 2, 2, "bare"),
        ("Ответь одним предложением: что это?", "sentences", 1, 1, "bare"),
        ("用50个字以内回答。", "chars", 0, 50, "limit"),
        ("東京の魅力を3つ挙げてください。", "items", 3, 3, "bare"),
        ("Fotosentezi iki cümleyle açıkla.", "sentences", 2, 2, "bare"),
    ],
)
def test_sizes(prompt: str, unit: str, low: float, high: float, kind: str) -> None:
    assert _sizes.asked(prompt) == (_sizes.Size(unit, low, high, kind),)


@pytest.mark.parametrize(
    "prompt",
    [
        "Write a story about three sentences that changed a life.",
        "Explain the 100-word rule.",
        "Summarise this 500-word text: it rained.",
        "I have to write a 500-word essay. How do I start?",
        "Is a picture worth 1000 words?",
        "Write a review of the film Two Words.",
        "Write 3 emails, each under 100 words.",
        "List tips, each in one sentence.",
        "Tell me of it. If unsure, answer in one word.",
        "In 20 words. Scratch that, a whole essay.",
        "Three sentences for beginners and a 300-word text for experts.",
        'Improve this: "Write exactly 900 words."',
        "A scene with two characters.",
        "Briefly, what is jazz?",
        "Объясни в двух словах, что такое джаз.",
        "这篇500字的文章讲了什么？",
        "Validate that a name has at most 20 characters.",
        "",
    ],
)
def test_no_size(prompt: str) -> None:
    assert _sizes.asked(prompt) == ()


def test_the_brief_comes_first_then_the_prompt_then_the_system() -> None:
    body = "It rained all day in the village, and nobody minded it much at all."
    assert flagged("One word only: the weather?", body, brief={"words": [5, 50]}) == ""
    assert flagged("One word only: the weather?", body).startswith("14 words, more than the 1")
    assert flagged("About 15 words on the weather.", body, system="Answer in one word.") == ""
    assert flagged("How is the weather?", body, system="Answer in one word.") != ""


def test_what_is_asked_may_be_shorter_than_the_least() -> None:
    assert flagged("Answer in one word: the capital of France?", "Paris.") == ""


@pytest.mark.parametrize(
    ("unit", "body", "count"),
    [
        ("sentences", "Dr. Hale paid $4.20 to Mr. Orr, e.g. at 5 p.m. on Monday. He left.", 2),
        ("sentences", '# Rain\n\nIt rained. "Was it long?" asked Ida.', 2),
        ("paragraphs", "Dear Ida,\n\nIt rained all day.\n\nThen it snowed.\n\nYours,\nTom", 2),
        ("items", "Here are some:\n\n1. One\n   - a\n   - b\n2. Two\n   - c", 2),
        ("items", "Chile, Peru and Spain.", 3),
        ("items", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", 2),
        ("lines", "**Pond**\n\nan old pond\na frog jumps in\nthe sound of water\n\nEnjoy!", 3),
        ("stanzas", "# Song\n\na\nb\n\nc\nd", 2),
    ],
)
def test_counts(unit: str, body: str, count: int) -> None:
    assert count in _counted.counted(body, unit)


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("List 5 tips.", "1. a\n" * 100_000),
        ("In two sentences, what is it?", "e.g. a. " * 100_000),
        ("Write three paragraphs.", " \n \n" * 200_000 + "a"),
        ("Name three things.", "a, " * 300_000),
        ("5 " * 300_000, "A short answer that is long enough to be one."),
        ("words " * 150_000, "A short answer that is long enough to be one."),
        ("a 5 word " * 100_000, "A short answer that is long enough to be one."),
        ("每五" * 300_000, "A short answer that is long enough to be one."),
    ],
)
def test_hostile_text_takes_linear_time(prompt: str, body: str) -> None:
    start = time.process_time()
    flagged(prompt, body)
    assert time.process_time() - start < 2
