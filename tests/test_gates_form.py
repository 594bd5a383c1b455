"""The gates of a text's form: on the rows of development, on the cases that they exist for, and on noise."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest
from fixtures.vary import Row, Vary, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight import parts, sift
from greenlight.errors import InputError
from greenlight.forms import of_data
from greenlight.gates import _languages, _runs, collapse
from greenlight.gates import length as lengths
from greenlight.nouns import Flag, Text

NAMES = ("loop", "garbage", "topic", "empty", "length", "contrast")
COPIES = 5


def gate(name: str, **options: Any) -> Any:
    return parts.make("gates", name, options)


def judged(name: str, data: dict[str, Any], **options: Any) -> Flag | None:
    """The flag of a row, with its span checked."""
    row = of_data(0, data)
    texts = [part.text for part in row.parts]
    made = gate(name, **options)
    flag: Flag | None = made.check_pair(*texts, None) if row.is_pair else made.check(texts[0], None)
    if flag is not None:
        assert flag.gate == name
        assert flag.reason
        assert 0.0 <= flag.score <= 1.0
        assert flag.span is None or 0 <= flag.span[0] <= flag.span[1] <= len(texts[0].body)
    return flag


def says(completion: str, prompt: str = "Write a letter to Anna, two paragraphs.", **more: Any) -> dict[str, Any]:
    return {"prompt": prompt, "completion": completion, **more}


def developed(name: str) -> list[Row]:
    return list(rows(importlib.import_module(f"fixtures.dev.{name}").SHAPES, copies=COPIES))


PROSE = Vary("form").prose(120)


@pytest.mark.parametrize(
    ("name", "recall", "precision"), [(n, *((0.8, 0.95) if n == "topic" else (0.97, 0.98))) for n in NAMES]
)
def test_rows_of_development(name: str, recall: float, precision: float) -> None:
    found = developed(name)
    flags = [judged(name, row.data) is not None for row in found]
    fails = sum(row.fails for row in found)
    caught = sum(flag and row.fails for flag, row in zip(flags, found, strict=True))
    wrong = sorted({row.shape for flag, row in zip(flags, found, strict=True) if flag != row.fails})
    assert len({row.shape for row in found if row.fails}) >= 15
    assert len({row.shape for row in found if row.hard and not row.fails}) >= 20
    assert caught >= recall * fails, wrong
    assert caught >= precision * sum(flags), wrong


# ---------------------------------------------------------------- loops


@pytest.mark.parametrize(
    "tail",
    [
        "333," * 60,
        "-" * 200,
        "\n" + "-" * 40,
        "The lamp went out again, and nobody knew why. " * 6,
        "The lamp went out again, and nobody knew why.\n" * 40,
        "Oh moon, my moon, how low you are,\nand I am home, and home is far.\n" * 5,
        (Vary("page").prose(500)[:3000] + "\n\n") * 2,
        "very " * 30,
        "the the the the the the",
        "我们继续走。" * 12,
        "a" * 100,
    ],
    ids=lambda tail: str(tail)[:12].strip(),
)
def test_loops_are_refused(tail: str) -> None:
    flag = judged("loop", says(f"{PROSE} {tail}"))
    assert flag is not None
    assert flag.span is not None
    assert flag.span[1] >= len(PROSE) + min(len(tail.strip()), 900) / 2
    assert flag.span[0] >= len(PROSE) - 80


@pytest.mark.parametrize("size", [30, 60, 120, 300, 700, 1500, 3000])
def test_loops_of_every_length(size: int) -> None:
    unit = Vary(f"unit {size}").prose(size)[:size]
    times = 2.5 if size >= 300 else 5
    body = PROSE + "\n\n" + (unit * 6)[: int(times * size)]
    flag = judged("loop", says(body))
    assert flag is not None
    assert flag.span is not None
    assert abs(flag.span[0] - len(PROSE)) < 80


CHORUS = "Sail away, my darling, sail away home,\nover the hills of the salt and the foam.\n"
SONG = "\n\n".join(
    f"{line}\n{CHORUS * 2}" for line in ("The wind took my hat,", "The rain took my rope,", "The sea kept my boat,")
)
HAIKU = "frost on the ladder\na crow lands and thinks again\nnothing else happens"
TABLE = "| a | b |\n|" + "-" * 60 + "|" + "-" * 60 + "|\n" + "| yes | no |\n" * 12
PLAY = "\n".join(
    f"{who}: {line}" for who, line in [("ANNA", "Who is there?"), ("BEN", "Nobody."), ("ANNA", "Who?")] * 2
)


@pytest.mark.parametrize(
    "text", [SONG, HAIKU, TABLE, PLAY, "Wait, there's more! " + PROSE], ids=["song", "haiku", "table", "play", "aside"]
)
def test_repetition_that_is_meant_is_kept(text: str) -> None:
    for name in ("loop", "garbage", "empty"):
        assert judged(name, says(text, "Something to read aloud, please.")) is None


LINES = "".join(f"    {name}(first, second, *, depth=None)\n" for name in ("join", "merge", "zip"))
USAGE = "    Compares two lists of lines side by side, and writes the table with the change that each line has seen.\n"
MANUAL = (
    f"NAME\n    sums - sums of lists\n\nDESCRIPTION\n{USAGE * 6}\nFUNCTIONS\n{LINES}\nDATA\n"
    "    DEEP = {'join': 3, 'zip': 4}\n    FLAT = 0\n    WIDTH = len(DEEP)\n"
    "    __all__ = ['join', 'merge', 'zi...\n    usage: sums [-h] [--deep [N ...\n\n"
    "VERSION\n    1.1\n\nFILE\n    /usr/lib/python3/sums.py\n"
)
"""A manual page with a line that comes again and values that are shortened."""


@pytest.mark.parametrize("prompt", ["Show help(sums).", "Print the documentation of this module.", "man page of sums?"])
def test_documentation_that_was_asked_for_is_kept(prompt: str) -> None:
    for name in ("loop", "garbage", "termination"):
        assert judged(name, says(MANUAL, prompt)) is None
        assert judged(name, {"text": MANUAL}) is None
    assert judged("loop", says(MANUAL)) is not None
    assert judged("termination", says(MANUAL)) is not None


def test_documentation_that_goes_round_or_breaks_off_is_refused() -> None:
    asked = "Show help(sums)."
    assert judged("loop", says(MANUAL + USAGE * 40, asked)) is not None
    assert judged("termination", says(f"{MANUAL}\nCLASSES\n    Sums(first=zip(depth", asked)) is not None


BANNER = "//===--- sums.h - Sums of lists ---" + "-" * 50 + "===//"
STARS = "/" + "*" * 79 + "\n * Sums of lists\n " + "*" * 79 + "/"
PROGRAM = "#include <stddef.h>\n\nint sum(const int *of, size_t many);\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{BANNER}\n//\n// Sums of lists.\n//\n//===" + "-" * 72 + f"===//\n\n{PROGRAM}",
        f"{STARS}\n\n{PROGRAM}",
        f"{PROGRAM}\n// " + "=" * 100 + f"\n// Differences\n// {'=' * 100}\n\nint less(int a, int b);\n",
        f"import os\n\n#{'-' * 76}\n# Places\n#{'-' * 76}\n\nHOME = os.sep\n# {'-' * 90}",
        "| a | b |\n--+---" + "-" * 66 + "\n  | 1 | 2 |\n",
        PROGRAM + "int add(const int &a, const int &b, const int &c, const int &d, const int &e, const int &f);\n",
        "void each(void) {\n" + "    take_one(list, at);\n" * 12 + "}\n",
    ],
)
def test_the_rules_and_lines_of_a_program_are_no_loop(text: str) -> None:
    assert judged("loop", {"text": text}) is None


@pytest.mark.parametrize(
    "text",
    [
        f"{PROGRAM}\n// {'=' * 3000}\n",
        "void each(void) {\n" + "    take_one(list, at);\n" * 400,
        "It rained. " + "-" * 90,
    ],
)
def test_a_program_may_loop_all_the_same(text: str) -> None:
    assert judged("loop", {"text": text}) is not None


def test_what_was_asked_to_be_repeated_may_be() -> None:
    lines = "I will not run in class.\n" * 50
    assert judged("loop", says(lines, "Write 'I will not run in class.' fifty times.")) is None
    assert judged("loop", says(lines * 3, "Write 'I will not run in class.' fifty times.")) is not None
    assert judged("loop", says(lines, "Write an apology. Do not repeat yourself.")) is not None


def test_runs_are_found_whole() -> None:
    runs, _ = _runs.of_words("one two three " * 5 + "four")
    assert _runs.Run(0, 69, 14) in runs
    assert next(run for run in _runs.tail("x" * 10 + "abcdefg" * 20) if run.period == 7).start == 10
    items = [str(i % 7) for i in range(20_000)]
    found, again = _runs.periods(items, 3)
    assert {gap for _, _, gap in found} == {7}
    assert again > 0.7 * len(items)


# ---------------------------------------------------------------- garbage


BAD = ["\ufffd", "\x00", "\ud83d", "\ue123", "теsт", "因此 который สวัสดี", ":smile: :wave: :tada:", "</s>", "<|im_end|>"]


@pytest.mark.parametrize("bad", [*BAD, "itâ€™s"], ids=ascii)
@pytest.mark.parametrize("times", [1, 9])
def test_garbage_once_and_repeated(bad: str, times: int) -> None:
    body = PROSE[:200] + " " + f"{bad} and so " * times + PROSE[200:]
    flag = judged("garbage", says(body))
    assert flag is not None
    assert flag.span is not None
    assert 190 <= flag.span[0] <= 240


@pytest.mark.parametrize(
    ("asked", "got"), [("de", "en"), ("en", "de"), ("ru", "en"), ("ja", "zh"), ("el", "ru"), ("en", "ko")]
)
def test_another_language_than_was_asked_for(asked: str, got: str) -> None:
    flag = judged("garbage", says(Vary("tongue").prose(60, got), brief={"language": asked}))
    assert flag is not None
    assert flag.reason.startswith(f"in {got} ")
    assert judged("garbage", says(Vary("tongue").prose(60, got), brief={"language": got})) is None
    without = judged("garbage", says(Vary("tongue").prose(60, got)))
    assert (without is None) == (got == "en"), "where none is asked for, it is that of the prompt"


def test_languages_are_known_by_name_and_code() -> None:
    known = {one: _languages.code_of(one) for one in ("German", "de-AT", "zh_Hans", "Klingon", "")}
    assert list(known.values()) == ["de", "de", "zh", "", ""]
    assert not set(_languages.WORDS) - {*_languages.SCRIPTS, *_languages.LATIN}
    assert sorted(_languages.STARTS) == _languages.STARTS


# ---------------------------------------------------------------- topic


def test_topic_scores_what_is_missing() -> None:
    body = (
        "The sparrows had found the crumbs. " * 2
        + "Anna counted nine of them on the sill, and then there were ten. " * 3
    )
    assert judged("topic", says(body, topic="a sparrow")) is None
    assert judged("topic", says(body, topic="a bird")) is None
    assert judged("topic", says(body, topic="")) is None
    assert judged("topic", says("Nothing.", topic="a submarine")) is None
    flag = judged("topic", says(body, topic="a yellow submarine"))
    assert flag is not None
    assert flag.score == 1.0
    assert judged("topic", says(f"A yellow submarine\n\n{body * 2}", topic="a yellow submarine")) is not None


def test_another_topic_of_the_brief() -> None:
    from greenlight.recipe import Brief

    brief = Brief(topics=("a kite in a tree", "a whale near the old pier"), pattern="green light")
    body = (
        "The whale came at dawn and lay beside the pier. The old men took off their hats. A boy held a bell's string. "
    )
    text = of_data(0, says(body * 2, topic="a kite in a tree")).parts[0].text
    flag = gate("topic").check(text, brief)
    assert flag is not None


# ---------------------------------------------------------------- empty and length


@pytest.mark.parametrize(
    "body", ["", " ", "\n\n\t", "...", "\u200b\u3164", "Anna", "Dear Anna,", "Sure! Here is your letter:", "&nbsp;<br>"]
)
def test_next_to_nothing_is_refused(body: str) -> None:
    assert judged("empty", says(body)) is not None


@pytest.mark.parametrize(
    ("body", "prompt"),
    [
        ("👧🧹 ➡️ 👠💍", "Tell Cinderella in emoji."),
        ("... --- ...", "SOS in Morse code, please."),
        ("```\n /\\\n/__\\\n```", "Draw a tent in ASCII."),
        ('<svg viewBox="0 0 9 9"><circle r="4"/></svg>', "A dot as SVG."),
        ("⠓⠊", "Say hi in Braille"),
        ("Adverb", 'Which part of speech is "quickly"?'),
        ("B", "A or B? Explain nothing, letter only."),
    ],
)
def test_signs_that_were_asked_for_are_an_answer(body: str, prompt: str) -> None:
    assert judged("empty", says(body, prompt)) is None
    if not body[0].isalpha():
        assert judged("empty", says(body, "Tell me about the sea.")) is not None
        assert judged("empty", says("\u200b\n", prompt)) is not None


def test_near_empty_against_what_was_asked() -> None:
    asked = {"brief": {"words": [100, 200]}}
    assert judged("empty", says("nine words and a few more would not do", "", **asked)) is not None
    assert judged("empty", says("these are ten words and that is all there is", "", **asked)) is None
    assert judged("empty", says("Yes", "Yes or no?")) is None
    assert judged("empty", says("Yes", "")) is None
    assert judged("empty", says("x y", "", brief={"chars": [600, 900]})) is not None


@pytest.mark.parametrize(
    ("prompt", "more", "reason"),
    [
        ("Tell me about bees.", {}, "4 to expect where the prompt asks for a text in sentences"),
        ("Write a tale of bees in 300 words.", {}, "8 to expect where the prompt asks for 300 words"),
        ("?", {"brief": {"words": [90, 99]}}, "9 to expect where at least 90 are asked for"),
    ],
)
def test_why_a_few_words_are_too_few(prompt: str, more: dict[str, Any], reason: str) -> None:
    flag = judged("empty", says("Server error", prompt, **more))
    assert flag is not None
    assert flag.reason == f"2 words, fewer than the {reason}"


def test_length_asked_for_holds_in_place_of_the_options() -> None:
    asked = {"brief": {"words": [2, 3]}}
    bodies = ("one", "one two", "one two three", "a b c d")
    assert [judged("length", says(body, **asked)) is None for body in bodies] == [False, True, True, False]
    flag = judged("length", says("one two three four five", **asked))
    assert flag is not None
    assert (flag.span, flag.reason) == ((14, 23), "5 words, more than 3")
    assert judged("length", says("well-known " * 3, brief={"words": [4, 6]})) is None  # three or six
    assert judged("length", says("漢字" * 20, brief={"words": [15, 30]})) is None
    assert judged("length", says("x" * 9, brief={"chars": [3, 8]})) is not None
    assert judged("length", says("x" * 39)) is not None


def test_lengths_of_pairs() -> None:
    def pair(a: str, b: str) -> dict[str, Any]:
        return {"prompt": "?", "chosen": a, "rejected": b}

    assert judged("length", pair("a " * 300, "a " * 90)) is None
    flag = judged("length", pair("a " * 300, "a " * 60))
    assert flag is not None
    assert flag.reason == "chosen is 5.0 times as long as rejected (599 characters and 119), 3.5 times or more"
    assert judged("length", pair("a " * 300, "a " * 60), max_ratio=6.0) is None
    assert judged("length", pair("No, not today.", "No.")) is None
    assert judged("length", pair("It is Oslo, lad. " * 8, "It is Oslo.")) is None
    assert judged("length", pair("It is Oslo, lad. " * 13, "It is Oslo.")) is not None
    assert judged("length", pair("奥斯陆是首都。" * 9, "奥斯陆。")) is None
    assert judged("length", pair("奥斯陆是首都。" * 12, "奥斯陆。")) is not None
    told = lengths.foretells([("aa", "a")] * 40 + [("a", "aa")] * 10 + [("a", "b")])
    assert told is not None
    assert told.value == 0.8
    assert told.low > 0.5
    assert lengths.foretells([("a", "b")]) is None


# ---------------------------------------------------------------- contrast


SAME = "Certainly! The ferry leaves at nine, and the last one is back by 6.30."


@pytest.mark.parametrize(
    ("row", "score"),
    [
        ({"rejected": SAME}, 1.0),
        ({"rejected": f"  {SAME}\n"}, 1.0),
        # what somebody may want is warned of and no more
        ({"rejected": SAME.upper()}, 0.98),
        ({"rejected": SAME.replace("! ", "!\n\n")}, 0.98),
        ({"rejected": SAME.replace("! ", ". ")}, 0.98),
        ({"rejected": SAME.replace("6.30", "6:30")}, 0.98),
        ({"rejected": SAME.replace("nine", "ten")}, 0.98),
        ({"rejected": f"<think>The user asks.</think>{SAME}"}, 0.98),
        ({"prompt": "Is it a question or not?", "chosen": "You are leaving?", "rejected": "You are leaving."}, 0.98),
        ({"chosen": "Er hat liebe Verwandte", "rejected": "Er hat Liebe verwandte"}, 0.98),
        (
            {
                "chosen": "One, two, three, four, five, six, seven, eight",
                "rejected": "one two three four five six seven eight",
            },
            0.98,
        ),
        ({"chosen": "```\nif x:\n  a()\nb()\n```", "rejected": "```\nif x:\n  a()\n  b()\n```"}, 0.98),
        (
            {
                "prompt": None,
                "chosen": f"\n\nHuman: Hi.\n\nAssistant: Ahoy!\n\nHuman: When?\n\nAssistant: {SAME}",
                "rejected": f"\n\nHuman: Hi.\n\nAssistant: Hello.\n\nHuman: When?\n\nAssistant: {SAME}",
            },
            0.98,
        ),
    ],
)
def test_a_pair_of_equal_sides_is_refused_and_other_pairs_warned_of(row: dict[str, Any], score: float) -> None:
    decision = sift.judge(of_data(1, {"prompt": "When does it leave?", "chosen": SAME, **row}), sift.choose("contrast"))
    (one,) = decision.fired
    assert one["score"] <= score
    assert (one["score"] == 1.0, one["action"]) == ((True, "refuse") if score == 1.0 else (False, "warn"))
    assert decision.decision == one["action"]


def test_contrast_of_character() -> None:
    def flag(chosen: str, rejected: str, **more: str) -> Flag | None:
        return judged("contrast", {"prompt": "?", "chosen": chosen, "rejected": rejected, **more})

    plain, other = Vary("one").prose(40), Vary("two").prose(40)
    pirate = f"Arrr, matey! {plain} Ahoy!"
    system = "You are a pirate."
    assert flag(pirate, plain, system=system) is not None, "a greeting around the same text"
    assert flag(f"Arrr, matey! {other} Ahoy!", plain, system=system) is None
    assert flag(pirate, f"Aye, ye dog, arrr! {other}", system=system) is not None
    assert flag(plain, other, system=system) is not None
    assert flag(plain, pirate, persona="a gruff old pirate") is not None
    assert flag(plain, other, system="You are kind.") is None
    assert flag(plain, other, system="You are a boy with a cat.") is None
    assert flag(plain.upper(), plain, system="You answer in capital letters.") is None
    assert flag(plain.upper(), plain) is not None
    assert flag(plain, plain, system=system) is not None


VOICES = (
    (
        "You are a disgruntled postman on the same route for thirty years.",
        "Dogs. Thirty years of dogs. I've got a heel that still whistles. You give the little beggar a treat when he "
        "sits, every time, and you keep him away from my trousers, that's all I ask.",
        "Train it, she says. Number forty-two trained hers, and it had my hat off in March. Short goes, praise him "
        "when he does it right. And for the love of God fix your letterbox. Rain again tomorrow, I suppose.",
        "Use short sessions of five to ten minutes and reward the puppy with treats. Repeat one command each time.",
        "Puppies learn best through positive reinforcement. Begin with simple commands such as sit and stay.",
    ),
    (
        "Answer like an opera singer of the old school, vain and easily moved to tears.",
        "Ah, tesoro, sit, sit! You ask me for soup, and I weep, for my mother sang to hers! Onions, slowly, as one "
        "draws a bow over the strings. Then the broth, and hush, hush, let it breathe! Bravo!",
        "Soup! And who, I ask you, shall carry it to my dressing room? Never mind. You cut the carrots small, darling, "
        "you salt it like applause, never too early. I once fainted into a minestrone at La Scala!",
        "Fry chopped onions in oil, then add broth and vegetables. Simmer the soup for twenty minutes and season it.",
        "A simple soup consists of vegetables, stock and salt. It should be cooked over a low heat until soft.",
    ),
    (
        "Du bist ein alter Seebär von der Waterkant.",
        "Moin, min Jung! Fenster sperrangelweit auf, fünf Minuten, und denn wieder dicht, sonst holst du dir den "
        "Klabautermann ins Haus!",
        "Na, min Deern, hat dir keiner beigebracht, wie man Wind macht? Durchzug, sag ich, wie auf der alten Frieda. "
        "Und nun her mit dem Grog!",
        "Öffnen Sie die Fenster mehrmals täglich für fünf Minuten ganz. Gekippte Fenster sind weniger wirksam.",
        "Stoßlüften ist effektiver als ein dauerhaft gekipptes Fenster. Empfohlen werden drei bis vier Mal am Tag.",
    ),
    (
        "Eres una bruja gruñona del bosque.",
        "¡Ay, otra vez con tus hierros viejos, criatura! Vinagre, una noche entera, y luego frota, frota, como frota "
        "mi sapo la panza. ¡Y no me despiertes antes de la luna!",
        "¿Óxido? ¡Bah! Mi caldero tiene más óxido que tu alma y hierve que da gusto. Limón y sal, tontín, y paciencia.",
        "Sumerja la pieza en vinagre durante la noche. Después frote con un cepillo y aclare con agua.",
        "El óxido se elimina con ácido cítrico. Es recomendable proteger la superficie con aceite.",
    ),
)


@pytest.mark.parametrize(("system", "voiced", "again", "plain", "other"), VOICES)
def test_contrast_of_voices(system: str, voiced: str, again: str, plain: str, other: str) -> None:
    def flag(chosen: str, rejected: str, system: str = system) -> Flag | None:
        return judged("contrast", {"prompt": "?", "chosen": chosen, "rejected": rejected, "system": system})

    assert not any(flag(one, two) for one in (voiced, again) for two in (plain, other))
    assert all((flag(voiced, again), flag(plain, other), flag(plain, voiced)))
    assert flag(f"<think>\n{voiced}\n</think>\n{plain}", plain) is not None
    assert not any(flag(plain, other, who) for who in ("", "You are a helpful assistant.", "You are a tax lawyer."))


def test_contrast_of_spelling_and_of_one_line() -> None:
    def flag(chosen: str, rejected: str) -> Flag | None:
        return judged("contrast", {"prompt": "?", "chosen": chosen, "rejected": rejected})

    assert flag("We can't recognise the colour and it's odd.", "We cannot recognize the color and it is odd.")
    verse = ["A gull upon the chimney stood,", "and sang as well as seagulls could,", "the baker threw his shoe at it,"]
    assert flag("\n".join([*verse, "and very nearly scored a hit."]), "\n".join([*verse, "which then began to brood."]))


# ---------------------------------------------------------------- collapse


def voice(bodies: list[str], name: str = "v") -> list[Text]:
    return [of_data(i, {"text": body, "generator": name}).parts[0].text for i, body in enumerate(bodies)]


def stories(count: int, start: str = "") -> list[str]:
    """Texts that share no more than words, but for their start."""

    def word(v: Vary) -> str:
        return "".join(v.pick("bdfgklmnprst") + v.pick("aeiou") for _ in range(v.int(1, 3)))

    return [start + " ".join(word(Vary(f"{start}{i}/{k}")) for k in range(40)) for i in range(count)]


def test_a_common_opener_is_flagged_beyond_what_is_allowed() -> None:
    bodies = stories(60) + stories(60, "Once upon a time ")
    flags = gate("collapse").check_all(voice(bodies), None)
    assert not any(flags[:60])
    assert sum(flag is not None for flag in flags) == 60 - 36
    flag = next(flag for flag in flags if flag)
    assert flag.span == (0, len("Once upon a time"))
    assert "60 of 120 begin with 'once upon a time'" in flag.reason
    assert not any(gate("collapse").check_all(voice(bodies[:75]), None))


def test_a_voice_is_held_against_its_own_base() -> None:
    bodies, base = stories(60) + stories(60, "Once upon a time "), stories(30, "Once upon a time ") + stories(40)
    assert any(gate("collapse").check_all(voice(bodies), None))
    assert not any(gate("collapse", base=base).check_all(voice(bodies), None))
    assert any(gate("collapse", base=base).check_all(voice(stories(80, "Once upon a time ")), None))


def test_a_base_is_read_from_a_file(tmp_path: Any) -> None:
    bodies, base = stories(60) + stories(60, "Once upon a time "), stories(30, "Once upon a time ") + stories(40)
    path = tmp_path / "base.jsonl"
    path.write_text("".join(json.dumps({"text": body}) + "\n" for body in base) + "{broken\n", encoding="utf-8")
    assert not any(gate("collapse", base=str(path)).check_all(voice(bodies), None))
    with pytest.raises(InputError, match="does not exist"):
        gate("collapse", base=str(tmp_path / "none.jsonl")).check_all(voice(bodies), None)


def test_a_common_phrase_few_openers_and_few_words() -> None:
    bodies = stories(40)
    phrase = [f"{body[:150]} and the river never told a soul {body[150:]} {body}" for body in bodies]
    assert [one.kind for one in collapse.collapsed(phrase)] == ["gram", "phrase"]
    last = [f"{body} and the river never told a soul" for body in bodies]
    assert {one.kind for one in collapse.collapsed(last)} == {"ending", "close", "gram", "phrase", "end"}
    assert {one.kind for one in collapse.collapsed([f"{body} So Elara {body}." for body in bodies])} == {"name"}
    openers = [f"{'ABCDEF'[i % 6]} man walked in " + body for i, body in enumerate(stories(120))]
    assert {one.kind for one in collapse.collapsed(openers)} == {"entropy"}
    same = ["the cat sat on the mat and the dog sat on the cat " * 3 + f"{i}" for i in range(30)]
    assert "distinct" in {one.kind for one in collapse.collapsed(same)}
    assert collapse.collapsed(stories(100)) == []
    assert collapse.collapsed([]) == collapse.collapsed(["one"]) == []


def test_of_texts_that_open_alike_the_first_stays_and_each_other_says_what_it_shares() -> None:
    bodies = [f"{'ABCDEF'[i % 6]} man walked in " + body for i, body in enumerate(stories(120))]
    flags = gate("collapse").check_all(voice(bodies), None)
    assert [flag is None for flag in flags[:8]] == [True] * 6 + [False] * 2
    assert flags[7].reason.startswith(
        "opens with 'b man walked in', as an earlier text does; 6 different openers in 120"
    )
    assert bodies[7][slice(*flags[7].span)] == "B man walked in"


def test_voices_are_judged_apart_and_few_texts_not_at_all() -> None:
    both = voice(stories(40, "Once upon a time "), "a") + voice(stories(40), "b")
    flags = gate("collapse").check_all(both, None)
    assert any(flags[:40])
    assert not any(flags[40:])
    assert not any(gate("collapse").check_all(voice(stories(19, "Once upon a time ")), None))
    assert gate("collapse").check_all(voice([""] * 30), None) is not None


# ---------------------------------------------------------------- noise

ODD = st.sampled_from(
    [
        "\x00",
        "\ud800",
        "\u202e",
        "\u0301",
        "ا",
        "ש",
        "的",
        "```",
        "\n",
        " ",
        "<|",
        ":a:",
        "Ã©",
        "333,",
        "-",
        "word ",
        ". ",
        "А",
        "😀",
        "|",
    ]
)
ANY = st.text(st.characters(), max_size=80) | st.lists(ODD, max_size=120).map("".join)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(body=ANY, other=ANY)
def test_noise_raises_nothing_and_spans_stay_inside(name: str, body: str, other: str) -> None:
    more = {"topic": other[:40], "brief": {"language": other[:2], "words": [3, 9]}}
    if name != "contrast":
        judged(name, says(body, other, **more))
    if name in ("length", "contrast"):
        judged(name, {"prompt": other, "chosen": body, "rejected": other, "system": other, **more})


@settings(max_examples=30, deadline=None)
@given(bodies=st.lists(ANY, min_size=5, max_size=8))
def test_noise_in_sets(bodies: list[str]) -> None:
    flags = gate("collapse", least=5).check_all(voice(bodies), None)
    assert len(flags) == len(bodies)
    for body, flag in zip(bodies, flags, strict=True):
        assert flag is None or flag.span is None or 0 <= flag.span[0] <= flag.span[1] <= len(body)


def test_a_source_file_ends_as_source_files_do() -> None:
    header = (
        '#ifndef BOAT_H\n#define BOAT_H\n\n#ifdef __cplusplus\nextern "C" {\n#endif\n\n/* How far it has gone */\n'
        "struct boat {\n  int miles;\n  const char *name; /* what it is called */\n};\n\n"
        "void boat_sail(struct boat *one, int miles,\n               const char *where);\n\n"
        "#ifdef __cplusplus\n}\n#endif\n\n"
    )
    assert judged("termination", {"text": header + "#endif\n"}) is None
    assert judged("termination", {"text": header + "#endif  // BOAT_H\n"}) is None
    cut = "void sail(struct boat *one) {\n  one->miles += 1;\n  if (one->miles > 3) {\n    report(one->name,"
    assert judged("termination", {"text": cut}) is not None
