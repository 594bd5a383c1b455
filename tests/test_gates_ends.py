"""The gates ``termination`` and ``length``: on further rows of development, on single cases, and on hostile text."""

from __future__ import annotations

import importlib
import time
from typing import Any

import pytest
from fixtures.vary import rows

from greenlight import sift
from greenlight.forms import of_data

COPIES = 3


def flagged(name: str, data: dict[str, Any]) -> str:
    """Why the gate, as it stands in the default set, refuses the row; empty when it does not."""
    choice = next(one for one in sift.DEFAULT if one.name == name)
    fired = sift.judge(of_data(1, data), [choice]).fired
    return str(fired[0]["reason"]) if fired else ""


@pytest.mark.parametrize(
    ("module", "recall", "precision"),
    [
        ("termination_more", 0.97, 0.98),
        ("termination_third", 0.94, 0.98),
        ("termination_whole", 0.5, 0.98),
        ("length_more", 0.99, 0.99),
    ],
)
def test_rows_of_development(module: str, recall: float, precision: float) -> None:
    """Of texts that are cut anywhere (``termination_whole``), verse and lists among them, many look whole."""
    shapes = importlib.import_module(f"fixtures.dev.{module}").SHAPES
    found = list(rows(shapes, copies=COPIES))
    flags = [bool(flagged(shapes.gate, row.data)) for row in found]
    wrong = sorted({row.shape for flag, row in zip(flags, found, strict=True) if flag != row.fails})
    caught = sum(flag and row.fails for flag, row in zip(flags, found, strict=True))
    assert caught >= recall * sum(row.fails for row in found), wrong
    assert caught >= precision * sum(flags), wrong


@pytest.mark.parametrize(
    ("prompt", "body", "reason"),
    [
        ("In Ruby.", "class A\n  def b\n    1\n  end", "a block is left open"),
        ("In bash.", "if [ -f a ]; then\n  rm a", "a block is left open"),
        ("In Python.", "import os\n\nprint(os.path.join(", "a bracket is left open"),
        ("In Python.", "def f(x):\n    return x +", "the code stops after '+'"),
        ("As YAML.", "name: a\nsize: 3\nport:", "the last key has no value"),
        ("As CSV.", "a,b,c\n1,2,3\n4,5", "the row of the table is not whole"),
        ("As XML.", "<a>\n  <b>1</b>\n", "<a> is left open"),
        ("A story.", "They sat down. Then came Dr.", "the text stops after 'Dr.'"),
        ("A story.", "They sat down.\n\n**Take", "'**' is left open"),
        ("A story.", "They sat down.\n\nMeanwhile", "the last sentence does not end"),
        ("A poem.", "a b c d,\ne f g h,\ni j k l,\nand the", "the last sentence does not end"),
    ],
)
def test_what_is_cut_is_named(prompt: str, body: str, reason: str) -> None:
    assert flagged("termination", {"prompt": prompt, "completion": body}) == reason


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("A mail.", "안녕하세요, 김 대리님.\n\n모임은 세 시입니다.\n\n감사합니다.\n수진 드림"),
        ("A note in Japanese.", "先生へ\n\nありがとうございました。\n\nトムより"),
        ("Minutes.", "They agreed. The meeting ended at 22.30. Minutes: Marta"),
        ("Which one? Letter only.", "C"),
        ("Count down.", "5, 4, 3, 2, 1"),
        ("A story.", "They slept.\n\nThe end of the story"),
        ("A regex.", "[A-Z]\\d+"),
        ("How?", 'Take this:\n\n```python\nTAG = "</think>"\n```\n\nThat is all.'),
    ],
)
def test_what_is_whole_is_kept(prompt: str, body: str) -> None:
    assert flagged("termination", {"prompt": prompt, "completion": body}) == ""


DEF = "def pick(items, *args, **kwargs):\n    # Which one?\n    row = first(items)\n"


@pytest.mark.parametrize(
    "body",
    [
        DEF + "    return choose(row, *args, **kwargs)",
        DEF + "    return row",
        DEF + "    assert row.copy() is not row",
        DEF + "    return Row(**{key: row[key] for key in items})",
        DEF + "    if row is None:\n        return",
        DEF + "    return shape(row, size=(10,))",
        DEF + '    row.write(f"int {row.name};")',
        "    def __len__(self):\n        return True",
        "It calls make(name, *args, **kwargs)",
        "Find a path.\n\nSee Also\n--------\n_shortest_path",
        "Find a path.\n\nArgs:\n    start: the node to begin at\n\nReturns:\n    the nodes in their order",
        "Find a path.\n\nArgs:\n    start: The node.\n    end: The other.\n\nReturns:\n    Path tensor",
        "Saved as a file\n(``{name}_rank{rank}.bin``) and loaded with ``flat=False`` as well.",
        "To raise it, use :func:`result.force\n<pluggy.Result.force>` at once.",
        '"It is only a model." – Patsy, 1975: The Holy Grail',
        "so i asked him whats in the box. and he says a goose. THERE WAS A GOOSE IN IT",
    ],
)
def test_programs_and_their_notes_end_as_they_do(body: str) -> None:
    """What parses as Python and ends with a name that it has elsewhere is whole."""
    assert flagged("termination", {"text": body}) == ""


@pytest.mark.parametrize(
    "body",
    [
        DEF + "    return choose(row, *args,",
        DEF + "    return choose(",
        "Find a path.\n\nArgs:\n    start: The node.\n\nRaises:\n    TypeError: If",
        "Find a path.\n\nArgs:\n    start: The node.\n    end: The other node.\n\nReturns:\n    The price that each",
    ],
)
def test_programs_and_their_notes_that_are_cut(body: str) -> None:
    assert flagged("termination", {"text": body})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Here are five facts about bees:\n1. They dance.\n2. They sting.", "2 items where five are announced"),
        ("Try these 3 ideas:\n\n- Bake bread.\n\nThat is all.", "1 item where 3 are announced"),
        ("Here are two facts about bees:\n1. They dance.\n2. They sting.", ""),
        ("Here are five facts about bees:\n1. They dance.\n4. They sting.\n5. They hum.", ""),
        ("Here are the first two of five facts:\n1. They dance.\n2. They sting.", ""),
        ("Here are six facts, in two groups:\n- They dance, hum and eat.\n- They sting, sleep and fly.", ""),
        ("It takes five hours:\n- Knead.\n- Bake.", ""),
        ("It takes three steps:\n1. Knead. 2. Wait. 3. Bake.", ""),
        ("After three lessons:\n- You can knead.\n- You can bake.", ""),
        ("Here are three tips:\n- Feed it.\n- Fold it.\n\nAnd third, let it rest in the cold.", ""),
        ("Here are three tips:\n- Feed it.\n- Fold it.\n\nFinally, let it rest in the cold.", ""),
        ("Here are three tips:\n- Feed it.\n- Fold it.\n\nThe last one is rest, a night of it.", ""),
        ("Hier sind drei Tipps:\n- Füttern.\n- Falten.\n\nUnd drittens: ruhen lassen.", ""),
        (
            "Here are three tips:\n- Feed it.\n- Fold it.\n\nLet me know how it went!",
            "2 items where three are announced",
        ),
        ("Here are three tips:\n- Feed it.\n- Last of all, fold it.", "2 items where three are announced"),
        ("Here are three tips:\n- Feed it.\n- Fold it.\n\nThere is also a third: rest.", ""),
        ("For the 12 questions:\n- Use a pencil.\n- Leave no line blank.", ""),
        ("Some advice for your 12 questions:\n- Use a pencil.\n- Leave no line blank.", ""),
        ("Für die 12 Fragen:\n- Nimm einen Stift.\n- Lass keine aus.", ""),
        ("I bake for these three reasons:\n- It smells.\n- It fills.", "2 items where three are announced"),
        ("Here are the three reasons:\n- It smells.\n- It fills.", "2 items where three are announced"),
    ],
)
def test_a_plain_list_has_what_it_announces(body: str, reason: str) -> None:
    assert flagged("termination", {"prompt": "Tell me.", "completion": body}) == reason


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("How do you say 'behind my' in Spanish?", "detrás de mi"),
        ("Write a sentence starter about winter that my class can finish.", "On the first day of snow, the"),
        ("Name five joining words.", "and, or, but, nor, yet"),
        ("Transcribe: 'so I went to the'", "so I went to the"),
        ("A scene in which somebody is interrupted.", "UMA: It was never the—\nRAY: Stop.\nUMA: But if I—"),
        ("A few words for the leaving card.", "The plants will miss you. So will I.\n\nBela"),
        ("Zwei Zeilen an den Hausmeister.", "Das Licht geht wieder. Danke!\n\nDie Mieter aus dem dritten Stock"),
        ("A tale.", "They slept in the barn.\n\nTranslated from the Irish by M. Byrne"),
        ("Explain dew.", "Grass cools at night. Water settles on it.\n\nHope that helps"),
        ("Only the headings for a talk on moss.", "### The carpet\n### What it drinks\n### Who lives in it"),
        ("A slogan for a ladder.", "Something to rise to"),
        ("A list for the attic.", "- the lamp nobody asked for\n- a place to sit on\n- books, if any are left"),
        ("Kurzes Gedicht.", "die Uhr geht vor\nder Tag geht nach\nund keiner weiß\nwie spät wir sind"),
        ("Bir liste.", "- ekmek\n- biraz zeytin\n- kardeşim için"),
        ("A script that packs notes.", "#!/bin/sh\ncd notes\ntar czf ../n.tgz *.md\nrm -f ./*.tmp"),
        ("A query for old loans.", "SELECT id\nFROM loan\nWHERE due < 5\n  AND paid IS NULL\nORDER BY due;"),
        ("Pets as CSV.", "name,kind,note\nRex,dog,\nTom,cat,"),
        ("Draw a mouse in ASCII.", "<:3 )~~~("),
        ("A form for guests, blank.", "Name:\nArrival:\nBreakfast:\nSigned:"),
        ("An interval for 0 <= x < 1.", "[0, 1)"),
    ],
)
def test_texts_without_a_full_stop_that_are_all_there(prompt: str, body: str) -> None:
    assert flagged("termination", {"prompt": prompt, "completion": body}) == ""


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("How do I wax a table?", "1. Dust it.\n2. Warm the wax.\n3. **"),
        ("How do I wax a table?", "* Dust it well.\n* Warm the wax.\n* `"),
        ("How do I wax a table?", "**1. Dust.** Use a cloth.\n\n**2. Wax.**"),
        ("What is the bill?", "Wood is 30 euros and wax is 9. Together that is €"),
        ("A scene.", "UMA: Who rang?\nRAY: The wind.\nUMA: I"),
        ("A scene.", "UMA\nWho rang?\n\nRAY\nOnly the wind.\n\nUMA"),
        ("SQL for loans.", "SELECT l.id\nFROM loan l\nJOIN book b ON b.id = l.book\nGROUP BY b."),
        ("写一首七言诗。", "山中无事看云飞，\n日暮归来掩竹扉。\n一盏清茶"),
        ("What shall I call the goat?", "How about calling her"),
        ("Is it open?", "That depends on whether they"),
        ("Где музей?", "Музей находится около"),
        ("A story.", "They slept in the barn.\n\nThe old"),
    ],
)
def test_texts_that_lack_their_end(prompt: str, body: str) -> None:
    assert flagged("termination", {"prompt": prompt, "completion": body})


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        # a name, or who somebody is, after a note
        ("A card for Lea, who is ill.", "Dear Lea, get well soon. The geese ask after you every day. Otto"),
        ("Carte pour Luc.", "Cher Luc, merci pour la lampe. Elle éclaire tout le salon. Je t'embrasse, Zoé"),
        ("Say no to Kim's party.", "Kim, I would have loved to. You know how I am about boats. See you soon?\nPia"),
        ("A letter about the path.", "Dear Sirs,\n\nThe path is flooded.\n\nKind regards,\nThe walkers of Fen End"),
        ("Aviso sobre a água.", "Caros vizinhos,\n\nAmanhã não há água. Pedimos desculpa.\n\nA administração"),
        ("Correo al taller.", "Hola:\n\nMi bicicleta no frena. Gracias por mirarla.\n\nUn saludo cordial"),
        ("Lettre au maire.", "Monsieur,\n\nLe banc est cassé.\n\nRecevez mes salutations distinguées\n\nLes voisins"),
        # one sign, the line of a letter, bytes
        ("Which symbol starts a comment in C?", "/*"),
        ("Only the salutation for a letter to Mo.", "Dear Mo,"),
        ("'Tea' in hex.", "54 65 61 0a 0d"),
        ("Encode it.", "VGhlIGdlZXNlIGFyZSBiYWNrIQ=="),
        # answers under a label, sums, pairs
        ("A quiz.", "Q1: Which is a bird?\nA) Wren\nB) Newt\nAnswer: A"),
        ("A riddle.", "I have hands and cannot clap.\nSolution: Neither"),
        ("Integrate 2x.", "We find:\n\n∫ 2x dx = 2 · ∫ x dx = 2 · x² / 2 + C = x² + C = (x)² + C with a C in ℝ"),
        ("A sum.", "Ann has 9 pears and eats 4.\n9 - 4 = 5\n\nShe has 5 pears left"),
        ("Letters.", "σ → s\nτ → t\nη → i\nα → a"),
        # a chat in small letters, a slogan, a source
        ("hey is soup ok for guests", "sure, if it's hot. put some bread next to it and light a candle"),
        ("Slogan for a cobbler.", "Worn out? Walk in"),
        ("Cite a book on fog, APA.", "Moss, K. (1999). *On Fog*. Heron Press House"),
        # marks that are closed, or are none
        ("In one line.", '`", ".join(reversed(names))`'),
        ("写一段对话。", "**甲：**下雨了吗？\n**乙：**没有。"),
        ("A scene.", '"You said\nso yourself," Ada murmured.'),
        ("CSS for a box.", "Try this:\n\n```css\n.box {\n  color: red;\n}\n```"),
        ("A tale.", "They slept in the barn.\n\n# # #"),
        ("A press release.", "The mill opens in May.\n\n###"),
        ("A prompt with examples.", "In: sea\nOut: wet\nIn: fire\nOut: hot\nIn: {input}\nOut:"),
        ("Chapters.", "I. The Well\nII. The Rope\nIII. What Was Drawn"),
        ("Things to do, 20 to 50 words in all.", "1. Bake bread\n2. Feed the hens\n3. Mend a kite"),
    ],
)
def test_ways_to_end_without_a_mark(prompt: str, body: str) -> None:
    assert flagged("termination", {"prompt": prompt, "completion": body}) == ""


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("A card for Lea.", "Dear Lea, get well soon. Last week I"),
        ("A letter.", "Dear Sirs,\n\nThe path is flooded.\n\nKind regards,\nThe"),
        ("hey is soup ok", "sure, if it's hot. put some bread next to it and light the"),
        ("A quiz.", "Q1: Which is a bird?\nAnswer: The"),
        ("Solve it.", "Take 6 from both sides: 2x = 4. Then divide both sides by"),
        ("Settings as YAML.", "server:\n  host: here\n  port:"),
        ("A tale.", "They slept in the barn.\n\n###"),
        ("写一段对话。", "**甲：**下雨了吗？\n**乙"),
    ],
)
def test_what_is_like_these_and_cut(prompt: str, body: str) -> None:
    assert flagged("termination", {"prompt": prompt, "completion": body})


@pytest.mark.parametrize("finish", ["STOP", "complete", "eos"])
def test_servers_say_that_a_text_ended_in_many_words(finish: str) -> None:
    assert flagged("termination", {"text": "They slept.", "finish_reason": finish}) == ""
    assert flagged("termination", {"text": "They slept.", "finish_reason": "length"}).startswith(
        "finish reason 'length'"
    )


@pytest.mark.parametrize("form", [str, str.upper, "FinishReason.{}".format, "FINISH_REASON_{}".format])
def test_finish_reasons_of_known_servers(form: Any) -> None:
    """OpenAI, Anthropic, Cohere, Gemini, Bedrock, TGI and llama.cpp."""

    def told(reason: str) -> str:
        return flagged("termination", {"text": "They slept.", "finish_reason": form(reason)})

    calls = ("tool_calls", "function_call", "tool_use", "tool_call", "tool-calls")
    for reason in ("stop", "eos", "end_turn", "stop_sequence", "eos_token", "complete", *calls):
        assert told(reason) == ""
    for reason in ("length", "max_tokens", "model_length", "max_output_tokens"):
        assert told(reason).endswith("cut at a limit of tokens")
    for reason in ("content_filter", "content-filter", "safety", "recitation"):
        assert told(reason).endswith("stopped by the server's filter")
    assert told("error").startswith("finish reason")


def test_what_is_said_before_a_call_may_lead_up_to_it() -> None:
    call = {"role": "assistant", "content": "Let me look:", "tool_calls": [{"function": {"name": "weather"}}]}
    asks = {"role": "user", "content": "How warm is it?"}
    assert flagged("termination", {"messages": [asks, call], "finish_reason": "tool_calls"}) == ""
    assert flagged("termination", {"messages": [asks, call], "finish_reason": "length"})
    assert flagged("termination", {"messages": [asks, {**call, "tool_calls": []}]})


def test_thoughts_are_no_part_of_the_length() -> None:
    body = "<think>" + "one two three " * 50 + "</think>\n\nfour five six"
    asked = {"prompt": "Write.", "completion": body}
    assert flagged("length", {**asked, "brief": {"words": [2, 5]}}) == ""
    assert flagged("length", {**asked, "brief": {"words": [100, 200]}}) == "3 words, fewer than 100"


def test_a_length_is_asked_of_the_last_turn() -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello!"}]
    turns += [{"role": "user", "content": "Three words."}, {"role": "assistant", "content": "one two three"}]
    assert flagged("length", {"messages": turns, "brief": {"words": [3, 3]}}) == ""
    assert flagged("length", {"messages": turns, "brief": {"words": [4, 9]}}) == "3 words, fewer than 4"


def test_signs_are_words_where_the_prompt_counts_them() -> None:
    row = {"completion": "漢字" * 20, "brief": {"words": [15, 30]}}
    assert flagged("length", {"prompt": "About a village, in Chinese.", **row}) == ""
    assert flagged("length", {"prompt": "写15到30字。", **row}) == "40 words, more than 30"


HOSTILE = {
    "brackets": "[" * 10**6,
    "tags": "<a>" * 333_333,
    "half tags": "<html>" + "<b " * 300_000,
    "comments": "x = 1\n" + "/*\n" * 333_333,
    "quotes": "x = '\\\n" + "\\'" * 500_000,
    "blank lines": "if x; then\n" + "\n" * 10**6 + "y = (",
    "rules": "a:b;\n" * 200_000 + "x",
    "loops": "local x\n" + "if a then do |a " * 60_000 + "\nx = 1",
    "names": "by A " * 200_000,
    "labels": "A: b\n" * 200_000 + "A: c",
    "signs": "中。" * 500_000,
    "words": "a, " * 333_333 + "b",
    "members": "a.b(" * 250_000 + "a.",
    "stranded": "where to " * 110_000 + "of",
    "notes": "Hi.\n\n" + "A." * 500_000 + " B",
    "colons": "a:\n" * 333_333,
    "quotes of a prompt": "x " * 500_000,
    "bytes": "Ab1" * 333_333 + "-",
    "equations": "a = b, " * 140_000,
    "stops": "a. " * 333_333 + "Dear Tom",
    "spans": "`a " * 333_333,
    "announced": "five facts " * 1_500 + ":\n- a\n" * 500,
    "program": "def f():\n" + "    x = (1,\n" * 90_000,
    "nested": "def f(): pass\n" + "(" * 40_000,
    "signs of minus": "def f(): pass\n" + "-" * 45_000 + "x",
    "stars": "(**a " * 200_000,
    "shut": "(" + "a)," * 300_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ["termination", "length"])
def test_time_is_linear(name: str, kind: str) -> None:
    row = {"prompt": "Write code in lua, 写字", "completion": HOSTILE[kind], "brief": {"words": [5, 10]}}
    start = time.process_time()
    flagged(name, row)
    assert time.process_time() - start < 2.5


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Write a tagline for a mattress shop.", "Nights worth staying in for"),
        ("A slogan for a chair, please.", "The chair you fall asleep in"),
        ("Write a text to dad that the train is late.", "Train is late, see you at nine xx"),
        ("Send my sister a WhatsApp about the keys", "keys are under the pot, back door sticks a bit"),
        ("Say 'tick tock' 12 times.", "tick tock " * 11 + "tick tock"),
    ],
)
def test_what_is_on_display_sent_or_said_over_ends_without_a_full_stop(prompt: str, answer: str) -> None:
    assert not flagged("termination", {"prompt": prompt, "completion": answer})


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Write a tagline for a mattress shop.", "Nights made for the"),
        ("Write a text to dad that the train is late.", "Train is late, I will be there at nine and"),
        ("Say 'tick tock' 12 times.", "tick tock " * 9 + "tick"),
        ("Write a story about a messenger.", "The messenger rode all night over the hills to the old"),
        ("Write a letter about the train.", "The train was late, and I sat in the waiting room for an hour"),
    ],
)
def test_a_message_that_stops_within_a_sentence_is_cut(prompt: str, answer: str) -> None:
    assert flagged("termination", {"prompt": prompt, "completion": answer})
