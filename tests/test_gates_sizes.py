"""The length that a prompt asks for in words: what is read as a size, what is none, and how a text is counted."""

from __future__ import annotations

import importlib
import time

import pytest
from fixtures.vary import rows

from greenlight import sift
from greenlight.forms import of_data
from greenlight.gates import _counted, _sizes

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


@pytest.mark.parametrize(
    ("prompt", "unit", "low", "high"),
    [
        # a subject with clauses of its own stands between the verb and the size
        ("Explain what a black hole is to a child who loves trains, in two sentences.", "sentences", 2, 2),
        ("In about 150 words, explain why people often forget names after parties.", "words", 150, 150),
        ("Tell me what happens to a candle if you light it in orbit; sixty words tops.", "words", 0, 60),
        ("When water boils, what happens? In two sentences please.", "sentences", 2, 2),
        ("In three sentences, explain what JSON is.", "sentences", 3, 3),
        # a rule instead of an order
        ("My editor wants three paragraphs on tidal power.", "paragraphs", 3, 3),
        ("The word count should be 200. Write about a storm at sea.", "words", 200, 200),
        ("Our website box only fits 90 words. Describe the lighthouse museum.", "words", 0, 90),
        ("This has to be at least 300 words: why rivers meander.", "words", 300, float("inf")),
        # the unit first
        ("Words: 300-400\nProduct: a kettle", "words", 300, 400),
        ("- Subject: chess\n- Max words: 100", "words", 0, 100),
        ("Ad copy for a gym. Word limit: 25.", "words", 0, 25),
        # limits by denial
        ("An essay about Venice, not under 500 words.", "words", 500, float("inf")),
        ("Nothing longer than 40 words: tell me about moss.", "words", 0, 40),
        ("Describe your hometown without going over 75 words.", "words", 0, 75),
        # numbers in words
        ("What makes sourdough sour? Thirty-five words, please.", "words", 35, 35),
        ("Write one thousand five hundred words about Napoleon.", "words", 1500, 1500),
        ("Ich brauche einen Text mit etwa hundertfünfzig Wörtern.", "words", 150, 150),
        # items
        ("Top 10 tips for camping in the rain!", "items", 10, 10),
        ("Which herbs grow in shade? Name five.", "items", 5, 5),
        ("Write a quiz of twelve questions about Rome.", "items", 12, 12),
        ("Twenty words that rhyme with 'day'.", "items", 20, 20),
        # in other scripts
        ("दो वाक्यों में समझाओ कि बारिश कैसे होती है।", "sentences", 2, 2),
        ("اشرح الذرة بما لا يزيد عن 100 كلمة.", "words", 0, 100),
        ("바다에 대해 300자로 써 줘.", "chars", 300, 300),
        ("字数200，介绍长城。", "chars", 200, 200),
        # no number at all
        ("Is glass a liquid? Please reply yes or no.", "words", 1, 12),
        ("a limerick about a lazy goat", "lines", 5, 5),
    ],
)
def test_sizes_of_more_families(prompt: str, unit: str, low: float, high: float) -> None:
    assert [(one.unit, one.low, one.high) for one in _sizes.asked(prompt)] == [(unit, low, high)]


@pytest.mark.parametrize(
    "prompt",
    [
        "My boss sent me three paragraphs about budgets. How do I reply?",
        "My essay needs 500 words but I'm at 300. What can I add?",
        "Did Hemingway write a story in six words?",
        "The contest accepts stories of up to 500 words. What themes tend to win?",
        "Tell me about the man who gave a speech of 272 words.",
        "Most tweets are under 280 characters. Write an essay on brevity.",
        "Write a short story; the hero may only speak three words.",
        "He left a note of two sentences. Continue the story.",
        "For each planet, give two facts.",
        "Here are five words: sun, moon, tree, cat, sea. Write a tale with them.",
        "Tell me about Orwell's six rules for writing.",
        "Describe a town with 300 characters in its phone book.",
        "Write a Python function that trims a string to 80 characters.",
        "Answer yes or no and explain why: is glass a liquid?",
        "Mon texte fait 300 mots. Comment l'améliorer ?",
        "Kürze meinen Aufsatz um 100 Wörter.",
        "मेरा निबंध 500 शब्दों का है। इसे कैसे सुधारूँ?",
        "لدي مقال من 500 كلمة. كيف أحسنه؟",
        "私のレポートは2000字です。どう直せばいいですか。",
    ],
)
def test_sizes_of_something_else(prompt: str) -> None:
    assert _sizes.asked(prompt) == ()


@pytest.mark.parametrize(
    ("prompt", "unit", "low", "high"),
    [
        ("Put the harbour at night into two rhyming lines.", "lines", 2, 2),
        ("Write a poem about fog. It should have ten lines.", "lines", 10, 10),
        ("Tell me why leaves fall. Three sentences are enough.", "sentences", 3, 3),
        ("Explain how to repot a fern in 4 steps.", "items", 4, 4),
        ("Write a title of at most 6 words for an essay on moss.", "words", 0, 6),
        ("Mood of this review: 'It was fine, I suppose.' Answer with one word.", "words", 1, 1),
        (
            "Caption, at most 9 words:\n\n" + "The ferry was late, and two lines of people stood there. " * 4,
            "words",
            0,
            9,
        ),
        ("Return a JSON array with 7 ideas for a picnic.", "items", 7, 7),
        ("I'd love a haiku on first frost.", "lines", 3, 3),
    ],
)
def test_sizes_in_other_words(prompt: str, unit: str, low: float, high: float) -> None:
    assert [(one.unit, one.low, one.high) for one in _sizes.asked(prompt)] == [(unit, low, high)]


@pytest.mark.parametrize(
    "prompt",
    [
        # what has to have the size for something to happen
        "In PHP, how do I reject a nickname that is under 20 characters?",
        "Show me what happens if a post is over 300 characters.",
        # a number that is no count, beside a word that may be a unit
        "A tram driver on line 14 tells of her day.",
        "The meal was 80 euros. Work out a 15 percent tip.",
        "Write a 12 line Python script.",
        "Write the result in words: 15 + 27.",
        # several pieces, parts or kinds
        "Invent jokes in the form of two or three lines.",
        "Write 3 versions of a slogan, at most 8 words.",
        "Name two rivers, three lakes and a sea.",
        "Give me 3 pros and cons of trams.",
        "Write one line of dialogue for each of the sisters.",
        "Reply in three sentences, then list two questions.",
        "Write a sentence on hail and give its word count.",
        "Show your draft first: one line for an umbrella shop.",
        "Write three sentences in Latin with a translation.",
        # the one who asks has to write
        "Mein Aufsatz soll 500 Wörter haben und ist zu lang. Was tun?",
    ],
)
def test_no_size_of_the_whole_answer(prompt: str) -> None:
    assert _sizes.asked(prompt) == ()


def test_a_rule_of_a_system_prompt_is_for_answers_not_for_a_part_of_one() -> None:
    persona = "You are Ada, who keeps a mountain hut. Remind people in one sentence to bring water. Be gruff."
    assert _sizes.asked("Is the path open?", persona) == ()
    assert _sizes.asked("Is the path open?", "You are a Spartan. Three to six words a sentence. No comfort.") == ()
    found = _sizes.asked(
        "Is the path open?", "You are Ada, who keeps a mountain hut. Answer in one sentence. Be gruff."
    )
    assert [(one.unit, one.high) for one in found] == [("sentences", 1)]


def test_the_bounds_of_a_brief_are_exact() -> None:
    for size, wrong in ((99, True), (100, False), (120, False), (121, True)):
        assert bool(flagged("Tell me of rain.", "rain " * size, brief={"words": [100, 120]})) == wrong


def test_a_pair_whose_chosen_side_has_the_length_asked_for() -> None:
    pair = {"prompt": "Tell me of rain.", "chosen": "It rained all day here. " * 20, "rejected": "It rained. " * 4}
    for brief, wrong in (({"words": [80, 120]}, False), ({"words": [10, 20]}, True), ({}, True)):
        fired = sift.judge(of_data(1, {**pair, "brief": brief} if brief else pair), LENGTH).fired
        assert bool(fired) == wrong


def test_what_leads_in_and_out_is_no_sentence_of_the_text() -> None:
    tale = "An owl feared the dark. The moon was late. She saw the stars. Then she slept well, all night long."
    assert flagged("Tell a tale in four sentences.", f"What a fine idea!\n\n{tale}\n\nAsk me for more.") == ""
    assert flagged("Tell a tale in four sentences.", f"{tale} {tale}") != ""


def test_stanzas_are_no_poems_of_their_own() -> None:
    stanza = "the rooks are late\nthe fields are white\nsomebody left the gate\nopen all night"
    assert flagged("Write a poem of four lines on snow.", f"# Snow\n\n{stanza}\n\nI hope you like it.") == ""
    assert flagged("Write a poem of four lines on snow.", f"{stanza}\n\n{stanza}\n\n{stanza}") != ""


def test_a_list_in_json_is_counted() -> None:
    assert _counted.counted('```json\n["a, b", "c", "d"]\n```', "items") == {3}
    assert _counted.counted('{"tips": ["a", "b"]}', "items") == {2}
    quiz = "**Question 1:** Which?\nA. x\nB. y\n\n**Question 2:** What?\nA. x\nB. y"
    assert 2 in _counted.counted(quiz, "items")


def test_a_sentence_is_one_whatever_stops_stand_in_it() -> None:
    for body in ("He asked, “Why? Why now?” and shut the door.", "Gen. Orr of Ft. Dale came in Feb. with two mules."):
        assert flagged("In one sentence, what happened?", body) == ""
    assert flagged("One-line summary of the film?", "A long tale of rain. " * 40).startswith("839 characters in 1 line")


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
        ("Word limit: Word limit: " * 20_000, "A short answer that is long enough to be one."),
        ("who tells a b c " * 20_000 + "in 5 words", "A short answer that is long enough to be one."),
        ("한 두 " * 100_000, "A short answer that is long enough to be one."),
        ("In two sentences, what is it?", "“A. B. C. " * 100_000),
        ("words " * 150_000, "A short answer that is long enough to be one."),
        ("a 5 word " * 100_000, "A short answer that is long enough to be one."),
        ("name 5 a" + ", 5 b" * 100_000, "A short answer that is long enough to be one."),
        ("write a b c poems " * 50_000 + "in two lines", "A short answer that is long enough to be one."),
        ("a 5 words:" * 100_000, "A short answer that is long enough to be one."),
        ("Name three things.", "[" * 100_000),
        ("Name three things.", "```json\n" + "[1, " * 50_000),
        ("每五" * 300_000, "A short answer that is long enough to be one."),
    ],
)
def test_hostile_text_takes_linear_time(prompt: str, body: str) -> None:
    start = time.process_time()
    flagged(prompt, body)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    ("prompt", "unit", "low", "high"),
    [
        ("Write 3 haiku.", "lines", 9, 14),
        ("Write a 2-page essay on bees.", "words", 240, 1800),
        ("Write three sections of about 100 words each.", "words", 180, float("inf")),
    ],
)
def test_sizes_that_parts_make_of_the_whole(prompt: str, unit: str, low: float, high: float) -> None:
    """Several of a form, pages, and so many words for each part."""
    assert [(one.unit, one.low, one.high) for one in _sizes.asked(prompt)] == [(unit, low, high)]
