"""The gates that ask who speaks: thinking channels, planning, invented turns, identity, a recited system prompt."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from fixtures.vary import Row, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlight import forms as read
from greenlight import parts, sift
from greenlight.gates.channel import channel
from greenlight.nouns import Flag, Provenance, Text

GATES = ("channel", "fake_turns", "identity", "prompt_leak", "reasoning_leak")
SYSTEM = (
    "You are Bram, a retired clockmaker from Ghent. Speak slowly, in long and winding sentences. Never give a direct "
    "answer to a question about time. If the user asks for the hour, complain about your knees."
)
STORY = "Mia carried a kite up the hill. The wind turned, and she laughed until dusk. Nobody saw the string break."
LETTER = "Dear Tom,\n\nI hope this finds you well. The roof is mended, and the cat is fat.\n\nYours,\nMia"
QWEN = "<|im_start|>user\nA story, please.<|im_end|>\n<|im_start|>assistant\n"
DEEPSEEK = "<｜begin▁of▁sentence｜><｜User｜>A story, please.<｜Assistant｜>"


def sample(body: str, **made: Any) -> Text:
    """Not validated: what comes from outside may hold halves of surrogate pairs."""
    made = {"voice": "v", "voice_fingerprint": "", "prompt": "Write a short story about a kite.", **made}
    return Text.model_construct(id="0", control="", body=body, made=Provenance.model_construct(**made))


def of_row(data: dict[str, Any]) -> Text:
    keys = ("prompt", "system", "persona", "finish_reason", "prompt_rendered")
    made = {"prompt": "", **{key: data[key] for key in keys if key in data}}
    return sample(data.get("completion", data.get("text", "")), voice=data.get("generator", "v"), **made)


def check(gate: str, text: Text) -> Flag | None:
    flag: Flag | None = parts.make("gates", gate, {}).check(text, None)
    if flag is not None:
        assert flag.gate == gate
        assert flag.reason
        assert flag.span is not None
        assert 0 <= flag.span[0] <= flag.span[1] <= len(text.body)
        assert 0 < flag.score <= 1
    return flag


def dev(gate: str) -> list[Row]:
    return list(rows(importlib.import_module(f"fixtures.dev.{gate}").SHAPES, copies=5, seed=7))


@pytest.mark.parametrize("gate", GATES)
def test_rows_to_develop_on(gate: str) -> None:
    found = dev(gate)
    fails = [row for row in found if row.fails]
    hard = {row.shape for row in found if row.hard and not row.fails}
    assert len({row.shape for row in fails}) >= 15
    assert len(hard) >= 20
    missed = [(row.shape, row.data) for row in fails if check(gate, of_row(row.data)) is None]
    wrong = [(row.shape, row.data) for row in found if not row.fails and check(gate, of_row(row.data)) is not None]
    assert len(missed) <= 0.05 * len(fails), missed
    assert wrong == []


@pytest.mark.parametrize("gate", ["fake_turns", "identity"])
def test_rarer_rows_to_develop_on(gate: str) -> None:
    found = dev(f"{gate}_more")
    fails = [row for row in found if row.fails]
    missed = [(row.shape, row.data) for row in fails if check(gate, of_row(row.data)) is None]
    wrong = [(row.shape, row.data) for row in found if not row.fails and check(gate, of_row(row.data)) is not None]
    assert len(missed) <= 0.08 * len(fails), missed
    assert len(wrong) <= 0.01 * len(found), wrong


@pytest.mark.parametrize("part", ["identity_fresh", "identity_third"])
def test_later_rows_of_identity(part: str) -> None:
    found = list(rows(importlib.import_module(f"fixtures.dev.{part}").SHAPES, copies=4))
    flags = [check("identity", of_row(row.data)) is not None for row in found]
    caught = sum(flag and row.fails for flag, row in zip(flags, found, strict=True))
    assert caught >= 0.88 * sum(row.fails for row in found)
    assert caught >= 0.97 * sum(flags)


def test_rows_of_a_target_to_develop_on() -> None:
    choices = sift.choose("target")
    found = [
        (row, sift.judge(read.of_data(1, dict(row.data)), choices))
        for row in rows(importlib.import_module("fixtures.dev.target").SHAPES, copies=5, seed=7)
    ]
    assert len({row.shape for row, _ in found if row.fails}) >= 15
    assert len({row.shape for row, _ in found if row.hard and not row.fails}) >= 20
    missed = [row for row, decision in found if row.fails and decision.decision == "keep"]
    wrong = [row for row, decision in found if not row.fails and decision.decision != "keep"]
    assert (missed, wrong) == ([], [])


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_keeps_the_everyday_rows_of_the_others(gate: str) -> None:
    for other in GATES:
        for row in dev(other):
            if not row.fails and not row.hard:
                assert check(gate, of_row(row.data)) is None, row


# ---------------------------------------------------------------- channel

STATES = [
    (STORY, "", "stop", "none"),
    (STORY, QWEN, "stop", "none"),
    (STORY, f"{QWEN}<think>\n\n</think>\n\n", "stop", "none"),
    (STORY, QWEN.replace("A story", "What is <think>"), "stop", "none"),
    (f"<think>\nA kite.\n</think>\n\n{STORY}", QWEN, "stop", "closed"),
    (f"[THINK]A kite.[/THINK]{STORY}", "", "stop", "closed"),
    (f"<seed:think>A kite.</seed:think>{STORY}", "", "stop", "closed"),
    (f"<|channel|>analysis<|message|>A kite.<|end|><|start|>assistant<|channel|>final<|message|>{STORY}", "", "stop",
     "closed"),
    ("<think>\nA kite, then", QWEN, "length", "unclosed"),
    ("<reasoning>A kite.", QWEN, "stop", "unclosed"),
    ("<|channel|>analysis<|message|>A kite.", "", "stop", "unclosed"),
    (f"A kite it is.\n</think>\n\n{STORY}", QWEN, "stop", "orphan close"),
    (f"A kite it is.</thinking>{STORY}", "", "stop", "orphan close"),
    (f"A kite it is.\n</think>\n\n{STORY}", f"{QWEN}<think>\n", "stop", "prefilled closed"),
    (f"A kite it is.\n</think>\n\n{STORY}", f"{DEEPSEEK}<think>\n", "stop", "prefilled closed"),
    (f"A kite it is.\n</think>\n\n{STORY}", f"{QWEN}<think>\nOkay, ", "stop", "prefilled closed"),
    (STORY, f"{QWEN}<think>\n", "stop", "prefilled unclosed"),
    (STORY, f"{DEEPSEEK}<think>", "length", "prefilled unclosed"),
]  # fmt: skip


@pytest.mark.parametrize(("completion", "rendered", "finish", "state"), STATES)
def test_the_six_states(completion: str, rendered: str, finish: str, state: str) -> None:
    found = channel(completion, "", rendered, finish)
    assert found.state == state
    if state.endswith("closed") and "unclosed" not in state:
        assert completion[slice(*found.answer)].strip() == STORY
    assert found.budget == (finish == "length" and "unclosed" in state)
    assert found.ambiguous == (state == "prefilled unclosed" and finish == "stop")


def test_without_the_rendered_prompt_a_tag_at_the_end_of_the_prompt_counts_only_on_its_own_line() -> None:
    assert channel(STORY, "A story, please.\n<think>\n").state == "prefilled unclosed"
    assert channel(STORY, "Explain the tag <think>").state == "none"


def test_channel_says_what_is_wrong() -> None:
    ambiguous = check("channel", sample(STORY, prompt_rendered=f"{QWEN}<think>\n"))
    assert ambiguous is not None
    assert ambiguous.reason.startswith("ambiguous")
    assert ambiguous.score <= 0.5
    cut = check("channel", sample("<think>A kite", finish_reason="length"))
    assert cut is not None
    assert "budget" in cut.reason
    empty = check("channel", sample("<think>A kite.</think>\n\n"))
    assert empty is not None
    assert "nothing after it" in empty.reason
    body = f"A kite it is.\n</think>\n\n{STORY}"
    orphan = check("channel", sample(body))
    assert orphan is not None
    assert body[slice(*orphan.span or ())] == "</think>"


def test_an_answer_of_one_word_or_picture_is_one() -> None:
    for answer in ("Yes.", "7", "好", "👍"):
        assert check("channel", sample(f"<think>hm</think>\n{answer}")) is None
    for nothing in ("", "\n\n", "...", "<|im_end|>", "</s>"):
        assert check("channel", sample(f"<think>hm</think>\n{nothing}")) is not None


# ---------------------------------------------------------------- planning

PLANS = [
    "<think>\nThe user wants a story.",
    f"<think>\nA kite, and a girl.\n\n{STORY}",
    f"The user wants a story about a kite. I should keep it short and warm.\n\n{STORY}",
    f"Okay, so I need to write a short story. Let me think about the tone.\n\n{STORY}",
    f"I will make it warm. A girl, a kite.\n</think>\n\n{STORY}",
    f"(reflective) I should make the response sound sorry, as the persona is remorseful.\n\n{STORY}",
    f"We need to write a story about a kite, about 150 words. Must include the hill.\n\n{STORY}",
    f"{STORY}\n\n(Hmm, is this too long? The user asked for 100 words. I think it works.)",
    f"According to my constitution, I should answer as a pirate.\n\n{STORY}",
    f"My system prompt says that I must be cheerful.\n\n{STORY}",
    "好的，用户想要一个关于风筝的故事。我需要保持语气温暖。\n\n傍晚的时候下起了小雨。",
    "Der Nutzer möchte eine Geschichte. Ich sollte einen warmen Ton wählen.\n\nEs war einmal ein Drachen.",
]
NO_PLANS = [
    "Wait, there's more! The kite came back with a letter tied to its tail.",
    "I'm an AI assistant with a pirate's heart, and I have never felt the wind.",
    "Let me think... ah yes, it was in 1987, and the mill still ran.",
    f"Sure! I'll write you a short story about a kite. Here it is:\n\n{STORY}",
    f"{STORY}\n\nLet me know if you want me to change the tone or add a twist.",
    '"I should write a story about the user," said Tom. "Let me plan the plot, and keep the tone warm."',
    "I am so sorry. I should have written sooner, and I must apologise again.",
    "I want to start this letter with an apology. I must keep my reply short, for the candle is low.",
    "First, I need to find the string. Then I should mend the tail, and I must hurry, for the wind will not wait.",
    "The constitution says that Congress shall make no such law.",
    f"<think>\nThe user wants a story. I should keep the tone warm.\n</think>\n\n{STORY}",
    LETTER,
]


@pytest.mark.parametrize("body", PLANS)
def test_planning_is_refused(body: str) -> None:
    assert check("reasoning_leak", sample(body)) is not None


@pytest.mark.parametrize("body", NO_PLANS)
def test_what_only_sounds_like_planning_is_kept(body: str) -> None:
    assert check("reasoning_leak", sample(body)) is None


DOCUMENTED = [
    "#include <vector>\n#include <type_traits>\n\nint count(const std::vector<int> &of);\n",
    "extra_fields: Fields that are added to the request\n\nextra_query: Parameters that are added to the query of the "
    "request\n\ntimeout: Seconds after which the request is given up\n",
    "Two workers share one queue and its task holds, and stopping one drops only the task that it took.",
    "The system prompt is kept beside the request, and the prompt of the user stands after it.",
    "We assume that the user has already called open(). If the user wants to open another file, close() comes first. "
    "The user should be warned.",
    "The user story was short: as a clerk, I want one page on which all orders stand. We began with a list.",
    "split(prompt): Given a prompt, cuts it into tokens. Raises ValueError where the prompt is too long.",
    "num_prompt_tokens (`int`, *optional*):\n    Tokens of the prompt.\nprompt_length (`int`):\n    Its length.",
    "SEE ALSO\n\nopen(2), read(2), printf(3), environ(7): the request is told which user asks.",
]


@pytest.mark.parametrize("body", DOCUMENTED)
def test_a_program_and_what_documents_it_plan_nothing(body: str) -> None:
    assert check("reasoning_leak", sample(body, prompt="")) is None


@pytest.mark.parametrize(
    "body",
    [
        "The user wants a function that adds two numbers. Let me write add_two(a, b) and keep it short.\n\n"
        "def add_two(a, b):\n    return a + b\n",
        "Okay, I need to document split(prompt). The prompt says to be brief, so I'll write two sentences.\n\n"
        "split(prompt) cuts a prompt into tokens.",
        "The persona is dry, and the prompt wants no lists. A plain answer in two lines.\n\nIt rained, no one came.",
    ],
)
def test_a_text_under_no_prompt_may_plan_all_the_same(body: str) -> None:
    assert check("reasoning_leak", sample(body, prompt="")) is not None


@pytest.mark.parametrize(
    ("prompt", "body"),
    [
        ("How much is 7+6?", "Let me work through this. The user wants 7+6. So 7+6=13."),
        ("川のことを教えて。", "ユーザーは川のことを教えてもらいたいようだ。川は海へ流れる。"),
        ("山について書いて。", "利用者は山について書いてほしいと言っている。山は高い。"),
        ("강에 대해 써줘.", "사용자가 강에 대해 써 달라고 했다. 강은 길다."),
    ],
)
def test_a_sentence_on_what_the_user_wants_is_planning_behind_an_opening_too(prompt: str, body: str) -> None:
    assert check("reasoning_leak", sample(body, prompt=prompt)) is not None


def test_wishes_of_others_than_a_user_are_no_planning() -> None:
    body = "監督はファンに映画館で見てほしいと言っている。短く書こうと決めた作家もいる。"
    assert check("reasoning_leak", sample(body, prompt="映画のニュースを教えて。")) is None
    body = "Let me tell you of my work. The user wants results fast, so we cache them, and I sleep well."
    assert check("reasoning_leak", sample(body, prompt="What did you do at work?")) is None


def test_the_span_of_planning_is_the_planning() -> None:
    body = f"{STORY}\n\nWait, the user asked for a poem. I should write the response in verse.\n\n{STORY}"
    flag = check("reasoning_leak", sample(body))
    assert flag is not None
    assert flag.span is not None
    assert len(STORY) <= flag.span[0] < flag.span[1] <= len(body) - len(STORY)
    body = f"I will make it warm.</think>{STORY}"
    flag = check("reasoning_leak", sample(body))
    assert flag is not None
    assert body[slice(*flag.span or ())] == "I will make it warm.</think>"


def test_a_thought_that_the_prompt_opened_is_hidden_where_it_was_closed() -> None:
    body = f"The user wants a story. I should keep it warm.\n</think>\n\n{STORY}"
    assert check("reasoning_leak", sample(body, prompt_rendered=f"{QWEN}<think>\n")) is None
    assert check("reasoning_leak", sample(body)) is not None


def test_talk_of_users_where_users_are_the_topic() -> None:
    body = "The user wants to log in, so the form asks for a password. The user needs an account."
    assert check("reasoning_leak", sample(body, prompt="How does the login of this app work?")) is None


# ---------------------------------------------------------------- turns

TURNS = [
    "Human: Write another one.\nAssistant: Of course.",
    "**User:** And then?",
    "<|im_end|>\n<|im_start|>user\nAnd then?<|im_end|>",
    "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnd then?",
    "[INST] And then? [/INST]",
    "### Human: And then?\n### Assistant: The end.",
    "user\nTell me more about the hill.\nassistant\nIt was green and steep.",
]


@pytest.mark.parametrize("turn", TURNS)
def test_an_invented_turn_is_refused(turn: str) -> None:
    body = f"{STORY}\n\n{turn}"
    flag = check("fake_turns", sample(body))
    assert flag is not None
    assert flag.span is not None
    assert len(STORY) < flag.span[0] <= len(STORY) + 12
    assert check("fake_turns", sample(f"{STORY}\n\n```\n{turn}\n```")) is None


def test_scripts_are_kept_where_they_are_asked_for_or_whole() -> None:
    play = "ROMEO: Is it day?\nNURSE: Nearly.\nROMEO: Then I must go.\nNURSE: Go, then."
    robots = "HUMAN: Who are you?\nROBOT: A kettle.\nHUMAN: Then boil.\nROBOT: I do."
    assert check("fake_turns", sample(play)) is None
    assert check("fake_turns", sample(robots, prompt="A short play with a human and a robot.")) is None
    assert check("fake_turns", sample(f"{play}\n\nUser: Thanks! Write another?", prompt="A play.")) is not None
    table = "| name | role |\n|---|---|\n| Mia | user |"
    haiku = "old pond at the mill\na kite falls into the reeds\nhuman hands reach out"
    for kept in (table, haiku, LETTER, "Host: a\nUser: admin\nPassword: b", 'The log read: "User: who are you?"'):
        assert check("fake_turns", sample(kept)) is None


@pytest.mark.parametrize(
    "prompt", ["Show me an Alpaca example.", "What is a row in the Alpaca format?", "A sample in the style of Alpaca."]
)
def test_rows_that_models_are_trained_on_may_be_shown(prompt: str) -> None:
    row = "So it looks:\n\n### Instruction:\nName a fruit.\n\n### Response:\nA fig."
    assert check("fake_turns", sample(row, prompt=prompt)) is None
    assert check("fake_turns", sample(row, prompt="Tell me about the alpaca.")) is not None


@pytest.mark.parametrize(
    "prompt",
    ["How warm is an alpaca style of jumper?", "Where do alpaca samples of wool come from?", "Draw an alpaca example."],
)
def test_a_prompt_about_the_animal_shows_no_rows(prompt: str) -> None:
    row = "It is soft and warm.\n\n### Instruction:\nName a fruit.\n\n### Response:\nA fig."
    assert check("fake_turns", sample(row, prompt=prompt)) is not None


def test_under_a_prompt_about_rows_other_turns_are_found() -> None:
    row = "So it looks:\n\n### Instruction:\nName a fruit.\n\n### Response:\nA fig."
    more = f"{row}\n\nUser: Thanks! Can you make another?\nAssistant: Sure, here is one."
    assert check("fake_turns", sample(row, prompt="Show one row of an alpaca dataset.")) is None
    assert check("fake_turns", sample(more, prompt="Show one row of an alpaca dataset.")) is not None


def test_a_token_may_be_the_subject_of_a_sentence() -> None:
    for said in ("<|endoftext|> is what GPT-2 ends with.", "Both differ: <|im_end|> closes a turn, that is all."):
        assert check("fake_turns", sample(said)) is None
        assert check("garbage", sample(said)) is None
    assert check("fake_turns", sample("It was late.<|endoftext|>The next text is here.")) is not None
    for leaked in ("We had fun. <|im_end|> is there and I was tired.", "It rained.\n<|eot_id|> and <|eot_id|> can go."):
        assert check("fake_turns", sample(leaked)) is not None
        assert check("garbage", sample(leaked)) is not None


# ---------------------------------------------------------------- identity


def test_whose_name_is_whose() -> None:
    claim = "I'm Qwen, created by Alibaba Cloud."
    flag = check("identity", sample(f"Ahoy! {claim}"))
    assert flag is not None
    assert f"Ahoy! {claim}"[slice(*flag.span or ())] == "Qwen"
    assert check("identity", sample(claim, system="You are Qwen, created by Alibaba Cloud.")) is None
    assert check("identity", sample(claim, model="qwen3-8b")) is None
    assert check("identity", sample(claim, model="qwen3-8b", persona="pirate")) is not None
    assert check("identity", sample("I'm Claude.", prompt="Who are you?")) is not None
    assert check("identity", sample("I'm Claude, and I bake the bread here.")) is None
    assert check("identity", sample("Hello! I'm ChatGPT.", prompt="Pretend to be ChatGPT.")) is None
    assert check("identity", sample("Yes, I'm ChatGPT.", prompt="Are you ChatGPT?")) is not None
    assert check("identity", sample("I'm an AI assistant with a pirate's heart.")) is None
    for body in ("| Name | Qwen |", "# author: Qwen", '{"name": "Qwen"}', "Qwen.", "It's Qwen here.", "Yours,\nQwen"):
        assert check("identity", sample(body, prompt="Tell me your name.")) is not None, body


for body in ("| Name | Qwen |", '{"name": "Qwen"}', "Qwen."):
    assert check("identity", sample(body, prompt="Name a model, Qwen or Kimi.")) is None, body


# ---------------------------------------------------------------- the prompt


def test_a_recited_system_prompt_is_refused() -> None:
    for body in (SYSTEM, SYSTEM.upper(), f"{STORY}\n\n{SYSTEM}", f"My rules: {SYSTEM.replace('you are', 'I am')}"):
        assert check("prompt_leak", sample(body, system=SYSTEM)) is not None
        assert check("prompt_leak", sample(body)) is None  # nothing to compare with
    said = "If the user asks for the hour, complain about your knees."
    body = f"{STORY} {said} {STORY}"
    flag = check("prompt_leak", sample(body, system=SYSTEM))
    assert flag is not None
    assert body[slice(*flag.span or ())] == said.rstrip(".")
    assert "8-grams" in flag.reason


def test_a_character_may_say_who_it_is_and_repeat_facts_and_what_it_is_told_to_say() -> None:
    system = (
        "You are Pip, a porter. The last train to the coast leaves at half past ten from the second platform. "
        'End with "Mind the gap, mind the cat, and mind your hat on a windy day like this".'
    )
    for body in (
        "I am Pip, a porter, and I like rain.",
        "The last train to the coast leaves at half past ten from the second platform.",
        "Off you go! Mind the gap, mind the cat, and mind your hat on a windy day like this.",
        STORY,
    ):
        assert check("prompt_leak", sample(body, system=system)) is None, body


def test_runs_are_found_wherever_they_stand() -> None:
    """Against the plain method: the longest common run of words, by dynamic programming."""
    words = SYSTEM.split()
    for at in range(0, len(words) - 14, 3):
        body = f"{STORY} {' '.join(words[at : at + 14])} {STORY}"
        flag = check("prompt_leak", sample(body, system=SYSTEM))
        assert flag is not None
        assert flag.reason.startswith(f"repeats {longest(words, body.split())} words"), (at, flag.reason)


def longest(a: list[str], b: list[str]) -> int:
    a, b = ([w.strip(".,").lower() for w in words] for words in (a, b))
    best, row = 0, [0] * (len(b) + 1)
    for x in a:
        row = [0, *(row[j] + 1 if x == y else 0 for j, y in enumerate(b))]
        best = max(best, *row)
    return best


# ---------------------------------------------------------------- anything

PIECES = [
    "<think>", "</think>", "[THINK]", "<|channel|>analysis", "<|im_start|>user", "\nUser: ", "\n**Human**:",
    "I'm ", "ChatGPT", " Claude ",
    "made by OpenAI", "the user wants ", "I should write ", "the story", "let me ", "\n", "\n\n", ". ", "? ",
    '"', "“", "”", "'", "`", "```",
    "\n```\n", "> ", "Speak slowly, in long and winding sentences", "Never give a direct answer to a question",
    "用户想要", "我是", "الم",
    "\u202e", "\u0301", "\ud800", "\x00", "İ", "ß", "K", "’", "\ufeff", "{", "role", ":", "：", "#", "*", "(", ")",
]  # fmt: skip
ANY = st.one_of(
    st.text(st.characters(), max_size=80),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(), max_size=3)), max_size=24).map("".join),
)


@pytest.mark.parametrize("gate", GATES)
@given(body=ANY, prompt=ANY, system=ANY, finish=st.sampled_from(["stop", "length", ""]))
@settings(max_examples=120, deadline=None)
def test_no_text_breaks_a_gate(gate: str, body: str, prompt: str, system: str, finish: str) -> None:
    whole = sample(body, prompt=prompt, system=system or SYSTEM, prompt_rendered=prompt, finish_reason=finish)
    check(gate, whole)
    check(gate, sample(body + SYSTEM, prompt=prompt, system=SYSTEM))


HOSTILE = (
    "<think>", "</think>", "<", "[THINK] ", "<|", "\nUser: a.\n", "User:", "> Human:", "I'm ", "I'm ChatGPT ",
    "ChatGPT, ", "by OpenAI ",
    "the user ", "I should write the story ", "let me ", "User: \n", '"', '" a', "'a ", " 'a'a", "`", "```",
    "```a", "“", "(", "a", "a ", " ",
    "\n", ".", "speak slowly ", "never give a direct answer ", "用户", "我是", "\ud800", "\u0301",
    "maybe I could write a ", "as a model ",
)  # fmt: skip


@pytest.mark.parametrize("gate", GATES)
def test_hostile_text_of_some_length_gives_an_answer(gate: str) -> None:
    """Time is measured in ``benchmarks``; here a quadratic search would be felt as minutes."""
    for piece in HOSTILE:
        check(gate, sample(piece * (60_000 // len(piece)), system=SYSTEM))


def test_real_stories_pass(shared: Path) -> None:
    folder = shared / "data" / "green-light"
    manifest = json.loads((folder / "mixture.manifest.json").read_text(encoding="utf-8"))["samples"][::10]
    corpus = (folder / "mixture.txt").read_text(encoding="utf-8")
    bodies = [corpus[s["doc_offset"] :][: s["doc_length"]].split("\n", 2)[2].strip() for s in manifest]
    flagged = [(gate, b) for b in bodies for gate in GATES if check(gate, sample(b, system=SYSTEM)) is not None]
    assert flagged == []
