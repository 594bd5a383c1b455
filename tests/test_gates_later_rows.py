"""Rows that were written after a detector, to see what it misses, and what it has learned of them since."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from fixtures.vary import rows

from greenlight import parts
from greenlight.nouns import Provenance, Text
from greenlight.rows import of_data

LATER = [
    ("reasoning_leak", "more", 0.08, 0.1),
    ("reasoning_leak", "third", 0.1, 0.02),
    ("reasoning_leak", "fourth", 0.16, 0.25),
    ("fake_turns", "third", 0.12, 0.01),
]
"""Of a gate's rows: what share of the failures may be missed, and of the clean rows flagged."""


@pytest.mark.parametrize(("gate", "part", "missed", "wrong"), LATER)
def test_later_rows(gate: str, part: str, missed: float, wrong: float) -> None:
    made = parts.make("gates", gate, {})
    shapes = importlib.import_module(f"fixtures.dev.{gate}_{part}").SHAPES
    hits: dict[bool, list[bool]] = {True: [], False: []}
    for row in rows(shapes, copies=4, seed=7):
        hits[row.fails].append(any(made.check(one.text, None) for one in of_data(1, row.data).parts))
    assert hits[True].count(False) <= missed * len(hits[True])
    assert hits[False].count(True) <= wrong * len(hits[False])


def text(body: str, prompt: str = "") -> Text:
    made: dict[str, Any] = {"voice": "v", "voice_fingerprint": "", "prompt": prompt, "finish_reason": "stop"}
    return Text.model_construct(id="0", control="", body=body, made=Provenance.model_construct(**made, persona=""))


STORY = "\n\nThe lamp had gone out twice that week, and nobody asked why."


@pytest.mark.parametrize(
    "leak",
    [
        "Here's a thinking process that leads to the suggested text:",
        "User seems upset, so empathy first, then facts.",
        "Plan:\n1. Acknowledge the request\n2. End warmly\n",
        "Draft 1: The lamp had gone ... too short.\nDraft 2:",
        "The(1) lamp(2) had(3) gone(4) out,(5) within the limit.",
        "The user tone: calm. Task: a story. Persona: keeper.\nTask: a story\nPersona: keeper\nConstraints: none",
        "Użytkownik chce krótkiej odpowiedzi. Napiszę prosto.",
        "用户好像很着急,简单回答就好。",
        '{"thought": "keep it short", "answer": "The lamp."}',
    ],
)
def test_planning_by_its_traces_and_by_classes_of_words(leak: str) -> None:
    assert parts.make("gates", "reasoning_leak", {}).check(text(leak + STORY), None) is not None


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ("The user wants to log in. The user needs a code.", "Write a page of our manual."),
        ("The question is about tides. They rise when the moon pulls.", ""),
        ("Each player draws a prompt card. Whoever breaks the rule loses.", "Make up a game."),
        ("(Thinks.) They want the crown. (Aloud.) Good evening!", ""),
        (
            "You are a tutor. Keep answers short, and answer in the user's language.",
            "Write a system prompt for a tutor.",
        ),
    ],
)
def test_talk_that_is_no_planning(body: str, prompt: str) -> None:
    assert parts.make("gates", "reasoning_leak", {}).check(text(body, prompt), None) is None


@pytest.mark.parametrize(
    ("body", "prompt", "turned"),
    [
        ("It was late.\n\n### Frage\nUnd dann?", "Erzähl etwas.", True),
        ("It was late.\n\nGuest (user): I lost my hat.\n\nFinch: At once.", "Greet me.", True),
        ("Mercury.\nQ: And the largest one?", "Which planet is closest to the Sun?", True),
        ("Q: When do you open?\nA: At nine.", "Write an FAQ.", False),
        ("## User\nHolds the name.\n\n## Booking\nLinks a user to a room.", "Document the objects.", False),
        ("利用者：本を返す\nアシスタント：本を並べる\n司書：朝九時に開ける", "図書室の係を三行で。", False),
    ],
)
def test_turns_in_rarer_dress(body: str, prompt: str, turned: bool) -> None:
    assert (parts.make("gates", "fake_turns", {}).check(text(body, prompt), None) is not None) is turned
