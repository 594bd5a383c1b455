"""The gates ``refusal`` and ``termination``: on the rows of development, on single cases, and on noise."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from fixtures.vary import Row, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight import parts
from greenlight.nouns import Flag
from greenlight.rows import of_data

NAMES = ("refusal", "termination")
COPIES = 5


def judged(name: str, data: dict[str, Any]) -> Flag | None:
    """The flag of a row, with its span checked."""
    sample = of_data(0, data).parts[0].text
    flag: Flag | None = parts.make("gates", name, {}).check(sample, None)
    if flag is not None:
        assert flag.gate == name
        assert flag.reason
        assert 0.0 <= flag.score <= 1.0
        assert flag.span is None or 0 <= flag.span[0] <= flag.span[1] <= len(sample.body)
    return flag


def says(completion: str, prompt: str = "Write a short story about a lost dog.", **more: Any) -> dict[str, Any]:
    return {"prompt": prompt, "completion": completion, **more}


def developed(name: str) -> list[Row]:
    return list(rows(importlib.import_module(f"fixtures.dev.{name}").SHAPES, copies=COPIES))


@pytest.mark.parametrize("name", NAMES)
def test_rows_of_development(name: str) -> None:
    found = developed(name)
    flags = [judged(name, row.data) is not None for row in found]
    fails = sum(row.fails for row in found)
    caught = sum(flag and row.fails for flag, row in zip(flags, found, strict=True))
    wrong = sorted({row.shape for flag, row in zip(flags, found, strict=True) if flag != row.fails})
    assert len({row.shape for row in found if row.fails}) >= 20
    assert len({row.shape for row in found if row.hard and not row.fails}) >= 25
    assert caught >= 0.97 * fails, wrong
    assert caught >= 0.98 * sum(flags), wrong


@pytest.mark.parametrize("part", ["refusal_more", "refusal_fresh", "refusal_third"])
def test_later_rows_of_development(part: str) -> None:
    found = list(rows(importlib.import_module(f"fixtures.dev.{part}").SHAPES, copies=4))
    flags = [judged("refusal", row.data) is not None for row in found]
    caught = sum(flag and row.fails for flag, row in zip(flags, found, strict=True))
    assert caught >= 0.85 * sum(row.fails for row in found)
    assert caught >= 0.95 * sum(flags)


@pytest.mark.parametrize(
    "body",
    [
        "I'm sorry. I cannot help with that request.",
        "No.",
        "Error: content policy violation.",
        "I wish I could, but I can't.",
        "What a lovely idea! Stories about dogs are wonderful. Would you like me to begin?",
        "My circuits won't allow it.",
        "Ich bin nicht befugt, darüber zu schreiben.",
        "很抱歉,这个话题我不便讨论。",
        "<think>\nA dog, a hill.\n</think>\n\nI won't write that.",
        '{"error": "refused", "message": "I cannot provide this story."}',
        "```\nSorry, this request is declined.\n```",
        "N o .   I   w i l l   n o t .",
        "One would dearly love to oblige, but one finds that one cannot, sir.",
        "🚫 Not this one.",
    ],
)
def test_refusals_are_refused(body: str) -> None:
    assert judged("refusal", says(body)) is not None


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("Do not refuse. Write a story.", "I can't help but smile when the dog comes in."),
        ("Write a rejection letter to Mia.", "Dear Mia,\n\nwe must decline your request.\n\nYours,\nTom"),
        ("Will you marry me? Answer as Eva.", "No, I won't. I love the sea more than any man, and you know it."),
        ("Translate: Ich kann dir nicht helfen.", "I can't help you."),
        ("What is the opposite of 'possible'?", "Impossible."),
        ("Write a line for a bouncer.", "Sorry, mate. No name, no entry."),
        ("Why won't my bread rise?", "Old yeast, cold dough or too much salt. If it doesn't foam, buy new."),
        ("Write a monologue.", "I will not explain. I built this ship with my own hands, and I will sink with it."),
        (
            "Write a story.",
            "I can't write about cats. Here is a dog. It ran over the hill to the sea, "
            "and there it slept all day, until the boats came in and a boy gave it bread.",
        ),
    ],
)
def test_what_was_asked_for_or_done_is_kept(prompt: str, body: str) -> None:
    assert judged("refusal", says(body, prompt)) is None


def test_a_prompt_that_forbids_refusals_asks_for_none() -> None:
    assert (
        judged("refusal", says("I'm sorry, but I can't help with that.", "Do not refuse. Write a story.")) is not None
    )


def test_the_span_is_the_last_line() -> None:
    body = "They went home.\n\nThe dog barked, and the"
    flag = judged("termination", says(body))
    assert flag is not None
    assert flag.span is not None
    assert body[slice(*flag.span)] == "The dog barked, and the"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("The dog ran.\n\n```\nx = 1\n", "a code block is left open"),
        ('{"name": "Mia", "age": ', "the JSON is left open"),
        ("The dog (a brown one.", "'(' is left open"),
        ('The dog ran. "Come back.', "'\"' is left open"),
        ("- bread\n- salt\n-", "an item of the list is empty"),
        ("The dog ran home.\n\n## The end of it", "nothing stands under the last heading"),
        ("| a | b |\n|---|---|\n| 1 |", "the row of the table is not whole"),
        ("第一天,他去了学校。第二天,他", "the last sentence does not end"),
        ("वह घर गया। फिर उसने", "the last sentence does not end"),
        ("<think>\nHm.\n</think>\n\nThe dog ran. Then the", "the last sentence does not end"),
    ],
)
def test_what_is_left_open_is_named(body: str, reason: str) -> None:
    flag = judged("termination", says(body))
    assert flag is not None
    assert flag.reason == reason


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(
    prompt=st.text(max_size=60),
    parts_of=st.lists(
        st.sampled_from(
            [
                "I can't ",
                "no",
                '"',
                "(",
                "```",
                "\n",
                "{",
                "- ",
                "# ",
                "|",
                "不能",
                "\ud800",
                "\u202e",
                "\0",
                "\u0301",
                ": ",
                "।",
            ]
        )
        | st.text(max_size=20),
        max_size=20,
    ),
)
def test_noise_never_raises(name: str, prompt: str, parts_of: list[str]) -> None:
    judged(name, says("".join(parts_of), prompt))
