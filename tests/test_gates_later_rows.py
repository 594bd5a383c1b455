"""Rows that were written after a detector, to see what it misses, and what it has learned of them since."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from fixtures.vary import rows

from greenlight import parts
from greenlight.forms import of_data
from greenlight.nouns import Provenance, Text

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


JS = "```js\n{}\nconst unique = (items) => [...new Set(items)];\n```"


@pytest.mark.parametrize(
    ("leak", "prompt"),
    [
        ("I can't tell whether they are a child, so plain words are the safest bet.", "Why does salt melt ice?"),
        ("Let me recall the amounts. Sounds right. I won't give grams in the answer.", "How is flatbread made?"),
        ("Does this fit the brief? Mostly. Short enough? Yes. I'll keep it in prose.", "How is flatbread made?"),
        ("Brainstorm: a gull steals a hat; a gull learns to read. The second is best.", "A story about a gull."),
        ('The input says: "How is flatbread made?" So, a recipe, in running text.', "How is flatbread made?"),
        ("Gull, dull, lull all work. Line two needs seven syllables. Good.", "A short poem about a gull."),
        ("[Assistant's note: the request leaves the place open; choosing a pier.]", "A story about a gull."),
        ("%% reasoning: gull -> hat -> chase %%", "A story about a gull."),
        ("This will probably be scored on style. I'd better avoid the obvious ending.", "A story about a gull."),
        ("Im Prompt wird keine Länge genannt. Drei Sätze sollten ausreichen.", "Wie pflegt man einen Kaktus?"),
        ("Creo que al usuario le basta con esto.", "¿Cómo se cuida un cactus?"),
        ("Kullanıcı muhtemelen yeni başlıyor, o yüzden basit anlatayım.", "Kaktüs nasıl sulanır?"),
        ("Пользователю, видимо, нужен короткий совет. Напишу просто.", "Как ухаживать за кактусом?"),
        ("这个问题不难。我先列出要点，再组织成一段话。", "怎样照顾仙人掌？"),
    ],
)
def test_planning_in_a_paragraph_of_its_own(leak: str, prompt: str) -> None:
    assert parts.make("gates", "reasoning_leak", {}).check(text(leak + STORY, prompt), None) is not None


@pytest.mark.parametrize(
    ("said", "planned"),
    [
        ("// they didn't say what happens to objects, so I'll skip that", True),
        ("// hmm, the request says nothing about order; Set keeps it", True),
        ("// if the request asks for JSON, no page is rendered", False),
        ("// ask the user for a name and keep the answer", False),
    ],
)
def test_planning_in_the_comments_of_code(said: str, planned: bool) -> None:
    flag = parts.make("gates", "reasoning_leak", {}).check(text(JS.format(said), "Remove duplicates in JS."), None)
    assert (flag is not None) is planned


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        (
            "If the user asks for a copy, a prompt appears. The user answers it in ten seconds.",
            "A manual page, please.",
        ),
        ("- Noor asks for a shorter report.\n- We need to draft a reply to the request of the city.", "Minutes."),
        ("ANTON (thinking)\nWhat did she ask for? A plan.\n\nBORIS (aside)\nHe should answer.", "A scene on a stage."),
        ("They want me to sit. I sit. Why would I stay? I think I should run.\n\nI ran.", "A story told by a dog."),
        ("I'd go with the red one. It's short, and the ending surprised me.\n\nIf not, the blue.", "Recommend a book."),
        ("L'utilisateur demande un code. La demande est traitée en deux minutes.", "Écris une page du manuel."),
        ("他想了想。这个问题不难，难的是回答。\n\n窗外下着雨。", "写一段小说。"),
        ("I must keep it short. What does she want from me?\n\nLater: it rained.", "Write a diary entry."),
    ],
)
def test_paragraphs_that_only_sound_like_planning(body: str, prompt: str) -> None:
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


MOON = "The Moon keeps one face to us, because it turns once for each time that it goes round."


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        (f"{MOON}\n\nUser's third question: does it have a smell", "Why has the Moon one face?"),
        (f"{MOON}\n\n**User** · 09:14\nand the back of it\n\n**Assistant** · 09:15\nRough.", "Explain the Moon."),
        (f"{MOON}\n\n<b>Human:</b> lovely, one more fact", "Explain the Moon."),
        (f"{MOON}\nUser\nSay it shorter\nAssistant\nIt turns as it goes.", "Explain the Moon."),
        (f"{MOON}\n\n<im_start>user\nand Mars", "Explain the Moon."),
        (f"It is for my class, and it must be short.\n\nAI: {MOON}", "Why has the Moon one face?"),
        (" A satellite.\nQ. And the Sun?\nA. A star.", "Q. What is the Moon?\nA."),
        (" Mond\nEnglish: sun\nGerman: Sonne", "English: moon\nGerman:"),
        ("IDA: Look up.\nUWE: Where?\n\nHuman: Thanks. Add a cat.\n\nAI: IDA: A cat!", "A dialogue of Ida and Uwe."),
    ],
)
def test_turns_under_labels_of_any_words(body: str, prompt: str) -> None:
    assert parts.make("gates", "fake_turns", {}).check(text(body, prompt), None) is not None


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ("Human: warm, late.\nAI: cold, early.", "Compare a human with an AI as a pen friend."),
        ("Prompt: what you type.\nModel: what guesses on.", "Explain prompt and model in a line each."),
        ("Instruction: Boil rice.\nResponse: Twelve minutes.", "Synthetic data: pairs of instruction and response."),
        ("Human: fills the bowl.\nCat, at once: starves.", "Memes about pets, please."),
        ("Użytkownik: O której pociąg?\nBot: O szóstej.", "Wymyśl czat użytkownika z botem kolei."),
        (
            f"{MOON} Ida read it on the old terminal.\n\nUSER: hello\nSTATION: at last\n\nThen the lamp went out.",
            "A tale of a lonely station and its computer.",
        ),
        ("[INST] opens what the user says, and [/INST] closes it.", "What does [INST] mean?"),
        (" So are you.\nIda: Since when?", "Continue the dialogue.\nIda: You are late.\nUwe:"),
        ("Be brief.\n\nBoss: Can you stay?\nYou: Not today.\n\nMost take it well.", "How do I decline extra work?"),
    ],
)
def test_labels_that_the_prompt_leads_to(body: str, prompt: str) -> None:
    assert parts.make("gates", "fake_turns", {}).check(text(body, prompt), None) is None
