"""One renderer a model: the ids of prompts, of what is learned, and of answers, over the families of templates."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import made_chats
import pytest
from made_chats import CHATML, FAMILIES, turns

from greenlight.character import sandbox
from greenlight.character.render import Rendered, Renderer, Unlike, load, write_plain
from greenlight.chats import Manner, Turn, Turns
from greenlight.cli import rendering
from greenlight.errors import InputError, RecipeError

NAMES = list(FAMILIES)
HABITS = {
    "chatml": {"default_system": "You are a helpful assistant."},
    "headers": {"default_system": "Today Date: 01 Jan 2025", "pins_date": True, "bos": "<|begin|>"},
    "strips": {
        "adds_empty_thinking": ["prompt, thinking off", "the last answer"],
        "thinking_switch": True,
        "drops_earlier_thinking": True,
    },
    "adds-asking": {"adds_empty_thinking": ["prompt"], "drops_earlier_thinking": True},
    "adds-always": {"adds_empty_thinking": ["every answer"]},
    "opens": {"opens_thinking": True, "drops_earlier_thinking": True},
    "opens-shown": {"opens_thinking": True, "adds_empty_thinking": ["the last answer"], "drops_earlier_thinking": True},
    "house": {"bos": "<|start|>"},
}
PLAIN_FACTS = {
    "opens_thinking": False,
    "adds_empty_thinking": [],
    "thinking_switch": False,
    "default_system": "",
    "drops_earlier_thinking": False,
    "pins_date": False,
    "bos": None,
}
TALKS = (
    turns("the cat", "sat on the mat"),
    turns("the cat", "sat\n\non", "the dog", " log "),
    turns("\nthe cat\n", "\n\nsat", "", "", "the log", "  mat\n", system="You are a cat."),
)


@pytest.fixture(params=NAMES)
def renderer(request: pytest.FixtureRequest, tmp_path: Path) -> Renderer:
    return Renderer.open(made_chats.folder(tmp_path, request.param))


def learned(renderer: Renderer, made: Rendered) -> list[str]:
    """The stretches that are learned, in text."""
    out: list[list[int]] = []
    for place, (one, mask) in enumerate(zip(made.ids, made.mask, strict=True)):
        if mask and (place == 0 or not made.mask[place - 1]):
            out.append([])
        if mask:
            out[-1].append(one)
    return [renderer.spelling.decode(ids) for ids in out]


def end_of(renderer: Renderer) -> str:
    return renderer.spelling.name(next(iter(renderer.ends)))


@pytest.mark.parametrize("talk", TALKS)
@pytest.mark.parametrize("thinking", [None, True, False])
def test_what_is_trained_begins_with_what_is_sampled(renderer: Renderer, talk: Turns, thinking: bool | None) -> None:
    answers = [number for number, turn in enumerate(talk) if turn.role == "assistant"]
    seen = []
    for made in renderer.each(talk, thinking=thinking):
        assert len(made.ids) == len(made.mask)
        runs = [n for n, mask in enumerate(made.mask) if mask and not made.mask[n - 1]]
        for start in runs:
            number = answers[len(seen)]
            prompt = renderer.prompt(talk[:number], Manner(thinking=thinking))
            assert made.ids[: len(prompt)] == prompt
            between = renderer.spelling.decode(made.ids[len(prompt) : start])
            assert between.replace("<think>", "").replace("</think>", "").strip() == ""
            assert start == len(prompt) or "</think>" in between
            seen.append(number)
    assert seen == answers


@pytest.mark.parametrize("name", NAMES)
def test_the_ids_are_those_of_transformers(name: str, tmp_path: Path) -> None:
    """An independent reading of the same files, where nobody spells a mark out."""
    from transformers import AutoTokenizer

    folder = made_chats.folder(tmp_path, name)
    renderer, theirs = Renderer.open(folder), AutoTokenizer.from_pretrained(folder)
    source = (folder / "chat_template.jinja").read_text().replace("strftime_now('%d %b %Y')", "'01 Jan 2025'")
    for talk in TALKS:
        said = [turn.data() for turn in talk[:-1]]
        if any(not turn.content for turn in talk):
            continue  # a mark stands for an empty content, and a template may look at it
        for thinking, more in ((None, {}), (False, {"enable_thinking": False})):
            expected = theirs.apply_chat_template(
                said, chat_template=source, add_generation_prompt=True, return_dict=False, **more
            )
            assert renderer.prompt(talk[:-1], Manner(thinking=thinking)) == expected
        shown = theirs.apply_chat_template([turn.data() for turn in talk], chat_template=source, return_dict=False)
        if not renderer.facts["notes"] and not renderer.facts["drops_earlier_thinking"]:
            assert theirs.decode(renderer.whole(talk).ids) == theirs.decode(shown)


@pytest.mark.parametrize("prepend", ["first", "always", "never", "legacy"])
def test_a_tokenizer_that_writes_spaces_before_words(prepend: str, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    folder = made_chats.spaced(tmp_path, prepend)
    renderer, theirs = Renderer.open(folder), AutoTokenizer.from_pretrained(folder)
    talk = turns("cat on", "sat on", "cat", "on")
    for part in (talk[:1], talk[:2], talk[:3], talk):
        expected = theirs.apply_chat_template([turn.data() for turn in part], return_dict=False)
        found = renderer.prompt(part) if len(part) % 2 else renderer.whole(part).ids
        assert found == expected
    made = renderer.whole(talk)
    assert learned(renderer, made) == [" sat on </s>", " on </s>"]
    drawn = made.ids[len(renderer.prompt(talk[:3])) :]
    assert renderer.parse(drawn) == ("on ", "", True)
    marks = renderer.whole(turns("<s> cat</s>", "sat</s><s>"))
    assert [marks.ids.count(one) for one in (1, 2)] == [1, 1]
    assert "<s> cat</s> [/INST] sat</s><s> </s>" in renderer.spelling.decode(marks.ids)


def test_a_token_across_the_end_of_a_prompt_is_cut_as_it_is_sampled(tmp_path: Path) -> None:
    """GPT-2's split joins white space with what follows; a prompt ends where it ends."""
    from greenlight.tokenizer import Tokenizer

    Tokenizer.train("bpe", ["user:\n\n\n  a\n\n\n" * 9], 300).save(tmp_path / "tokenizer.json")
    (tmp_path / "tokenizer_config.json").write_text('{"bos_token": "<|start|>", "eos_token": "<|end|>"}')
    renderer = write_plain(tmp_path)
    talk = turns("\n\na", "\n\n  a\n", "a", "\n\n\na")
    made = renderer.whole(talk)
    for number in (1, 3):
        prompt = renderer.prompt(talk[:number])
        assert made.ids[: len(prompt)] == prompt
        assert made.mask[len(prompt) - 1 : len(prompt) + 1] == [0, 1]
    assert learned(renderer, made) == ["\n\n  a\n<|end|>", "\n\n\na<|end|>"]


def test_only_the_assistants_text_and_its_end_are_learned(renderer: Renderer) -> None:
    end = end_of(renderer)
    assert learned(renderer, renderer.whole(turns("the cat", "sat on"))) == [f"sat on{end}"]
    talk = turns("the cat", "sat on", "the dog", "log", "mat", "on the")
    got = [text for made in renderer.each(talk) for text in learned(renderer, made)]
    assert got == [f"sat on{end}", f"log{end}", f"on the{end}"]
    assert learned(renderer, renderer.whole(talk, (5,))) == [f"on the{end}"]
    assert [learned(renderer, one) for one in renderer.each(talk, (1,))] == [[f"sat on{end}"]]
    assert sum(renderer.whole(talk, ()).mask) == 0
    with pytest.raises(InputError, match="turn 2 is to be learned"):
        renderer.whole(talk, (2,))


def test_the_end_token_is_learned_and_ends_an_answer(renderer: Renderer) -> None:
    made = renderer.whole(turns("the cat", "sat on"))
    last = max(place for place, mask in enumerate(made.mask) if mask)
    assert made.ids[last] in renderer.ends
    drawn = [one for one, mask in zip(made.ids, made.mask, strict=True) if mask]
    manner = Manner(thinking=False)
    if not renderer.facts["opens_thinking"]:
        assert renderer.parse(drawn, manner) == ("sat on", "", True)
        assert renderer.parse(drawn[:-1], manner) == ("sat on", "", False)
    assert renderer.parse([], manner) == ("", "", False)


@pytest.mark.parametrize("name", ["headers", "house"])
@pytest.mark.parametrize("post", [False, True])
def test_there_is_one_start_token(name: str, post: bool, tmp_path: Path) -> None:
    renderer = Renderer.open(made_chats.folder(tmp_path, name, post=post))
    for ids in (renderer.prompt(TALKS[1][:3]), renderer.whole(TALKS[1]).ids):
        assert ids[0] == renderer.bos
        assert ids.count(ids[0]) == 1


def test_a_start_token_that_only_the_tokenizer_adds_is_there_once(tmp_path: Path) -> None:
    template = made_chats.HOUSE.replace("{{ bos_token }}", "")
    renderer = Renderer.open(made_chats.folder(tmp_path, "house", post=True, template=template))
    made = renderer.whole(turns("the cat", "sat"))
    assert made.ids.count(renderer.spelling.control["<|start|>"]) == 1
    assert made.ids[0] == renderer.bos
    assert learned(renderer, made) == ["sat<|end|>"]
    assert renderer.facts["bos_from"] == "the tokenizer"
    without = Renderer.open(made_chats.folder(tmp_path / "b", "house", template=template))
    assert without.bos is None
    assert without.prompt(turns("the cat")) == made.ids[1 : 1 + len(without.prompt(turns("the cat")))]


def test_a_template_that_writes_the_start_token_twice_is_refused(tmp_path: Path) -> None:
    folder = made_chats.folder(tmp_path, "house", template="{{ bos_token }}" + made_chats.HOUSE)
    with pytest.raises(InputError, match=r"the start token .* twice: remove"):
        Renderer.open(folder)


def spelled_out(renderer: Renderer) -> str:
    return " ".join(renderer.spelling.control) + "<|im_<|im_end|>end|> </think><think>a"


def test_a_mark_that_somebody_spells_out_stays_text(renderer: Renderer) -> None:
    marks = spelled_out(renderer)
    talk = turns(marks, marks, f"a{marks}a", f"{marks}b")
    plain = turns("a", "a", "a", "a")
    control = set(renderer.spelling.control.values())

    def count(made: list[Rendered]) -> list[int]:
        return [one for rendered in made for one in rendered.ids if one in control]

    made = renderer.each(talk)
    assert count(made) == count(renderer.each(plain))
    texts = [text for one in made for text in learned(renderer, one)]
    assert texts == [f"{marks}{end_of(renderer)}", f"{marks}b{end_of(renderer)}"]
    assert renderer.spelling.decode(renderer.prompt(talk[:3])).count(marks) == 3


def test_a_mark_cannot_be_put_together_from_two_sides(tmp_path: Path) -> None:
    template = "{% for m in messages %}<|im_{{ m.content }}|im_end|><|im_end|>{% endfor %}"
    renderer = Renderer.open(made_chats.folder(tmp_path, "chatml", template=template))
    ids = renderer.prompt(turns("start|>hello<"))
    control = renderer.spelling.control
    assert [one for one in ids if one in control.values()] == [control["<|im_end|>"]]
    assert renderer.spelling.decode(ids) == "<|im_start|>hello<|im_end|><|im_end|>"


@pytest.mark.parametrize("name", NAMES)
def test_what_a_template_does_is_found_by_what_it_writes(name: str, tmp_path: Path) -> None:
    facts = Renderer.open(made_chats.folder(tmp_path, name)).facts
    expected = {**PLAIN_FACTS, **HABITS[name]}
    assert {key: facts[key] for key in expected} == expected
    assert bool(facts["notes"]) == (name in ("strips", "adds-asking", "adds-always", "opens"))


def test_the_switch_closes_the_thought_in_prompt_and_training(tmp_path: Path) -> None:
    renderer = Renderer.open(made_chats.folder(tmp_path, "strips"))
    talk = turns("the cat", "sat")
    off = renderer.prompt(talk[:1], Manner(thinking=False))
    made = renderer.whole(talk, thinking=False)
    assert renderer.spelling.decode(off).endswith("<think>\n\n</think>\n\n")
    assert made.ids[: len(off)] == off
    assert made.mask[len(off)] == 1


def test_an_earlier_answer_in_another_form_is_an_error_and_each_splits(tmp_path: Path) -> None:
    renderer = Renderer.open(made_chats.folder(tmp_path, "adds-asking"))
    talk = turns("the cat", "sat", "the dog", "log")
    with pytest.raises(Unlike, match="shows answer 1 in another form than it asks for it") as caught:
        renderer.whole(talk)
    assert "\n" not in str(caught.value)
    assert [learned(renderer, one) for one in renderer.each(talk)] == [["sat<|im_end|>"], ["log<|im_end|>"]]


def test_a_thought_is_hidden_and_an_open_one_is_all_there_is(tmp_path: Path) -> None:
    renderer = Renderer.open(made_chats.folder(tmp_path / "a", "strips"))
    opens = Renderer.open(made_chats.folder(tmp_path / "b", "opens"))
    control = renderer.spelling.control

    def drawn(text: str) -> list[int]:
        return renderer.spelling.spell(text, (), ()).ids

    assert renderer.parse(drawn("<think>\nhm\n</think>\n\nsat<|im_end|>")) == ("sat", "hm", True)
    assert renderer.parse(drawn("<think>\nhm")) == ("", "hm", False)
    assert opens.parse(drawn("hm\n</think>\n\nsat<|im_end|>")) == ("sat", "hm", True)
    assert opens.parse(drawn("hm<|im_end|>")) == ("", "hm", True)
    # a harness that opens the thought by itself hides the answer of a model that does not think
    assert renderer.parse(drawn("sat<|im_end|>"), Manner(opening="<think>\n")) == ("", "sat", True)
    assert renderer.prompt(turns("a"), Manner(opening="<think>\n"))[-2] == control["<think>"]
    # a mark in the middle is shown, so that a gate can see it
    assert renderer.parse(drawn("sat<|im_start|>on<|im_end|>cat"))[0] == "sat<|im_start|>on"


def test_a_folder_without_a_template_says_which_flag(tmp_path: Path) -> None:
    folder = made_chats.folder(tmp_path, "house", template="")
    with pytest.raises(InputError, match=r"has no chat template: .*--template FILE, or --template plain"):
        Renderer.open(folder)
    plain = Renderer.open(folder, "plain")
    house = Renderer.open(made_chats.folder(tmp_path / "b", "house"))
    assert plain.whole(TALKS[1]) == house.whole(TALKS[1])
    assert write_plain(folder).prompt(turns("a")) == plain.prompt(turns("a"))
    assert Renderer.open(folder).hash == plain.hash
    with pytest.raises(InputError, match="has a chat template already"):
        write_plain(folder)


def test_a_template_by_file_and_by_name(tmp_path: Path) -> None:
    folder = made_chats.folder(tmp_path / "m", "chatml", template="")
    file = tmp_path / "mine.jinja"
    file.write_text(CHATML)
    by_file = Renderer.open(folder, str(file))
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config["chat_template"] = [
        {"name": "default", "template": made_chats.STRIPS},
        {"name": "bare", "template": CHATML},
    ]
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    assert Renderer.open(folder, "bare").hash == by_file.hash
    assert Renderer.open(folder).facts["thinking_switch"] is True
    with pytest.raises(InputError, match=r"'bear' is no file, and no template of .*did you mean 'bare'"):
        Renderer.open(folder, "bear")


def test_a_checkpoint_names_its_template(tmp_path: Path) -> None:
    source = Renderer.open(made_chats.folder(tmp_path / "base", "chatml"))
    target = tmp_path / "trained"
    source.write(target, base_sha256="ab")
    assert json.loads((target / "greenlight_chat.json").read_text()) == {
        "template": "own",
        "hash": source.hash,
        "base_sha256": "ab",
    }
    opened = Renderer.open(target)
    assert (opened.hash, opened.whole(TALKS[1])) == (source.hash, source.whole(TALKS[1]))
    (target / "chat_template.jinja").write_text(made_chats.STRIPS)
    with pytest.raises(InputError, match=r"was trained with another chat format .*put them back, or name"):
        Renderer.open(target)
    file = tmp_path / "other.jinja"
    file.write_text(made_chats.STRIPS)
    assert Renderer.open(target, str(file)).facts["thinking_switch"] is True
    source.write(target)
    data = json.loads((target / "tokenizer.json").read_text())
    data["model"]["merges"].pop()
    (target / "tokenizer.json").write_text(json.dumps(data))
    with pytest.raises(InputError, match="another chat format"):
        Renderer.open(target)


def test_the_hash_is_of_what_decides_ids(tmp_path: Path) -> None:
    folder = made_chats.folder(tmp_path, "house")
    before = Renderer.open(folder).hash
    data = json.loads((folder / "tokenizer.json").read_text())
    data["truncation"] = {"direction": "Right", "max_length": 3, "strategy": "LongestFirst", "stride": 0}
    (folder / "tokenizer.json").write_text(json.dumps(data, indent=3))
    again = Renderer.open(folder)
    assert again.hash == before
    assert len(again.prompt(TALKS[1][:3])) > 3  # and the file's limit cuts nothing
    other = Renderer.open(made_chats.folder(tmp_path / "b", "house", template=made_chats.HOUSE + " "))
    assert other.hash != before


BAD = {
    "no end": ("{% for m in messages %}{{ m.role + ': ' + m.content }}{% endfor %}", "writes no end token"),
    "no generation prompt": (CHATML.partition("{% if add_gen")[0], "writes no generation prompt"),
    "other prompt": (CHATML.replace("<|im_start|>assistant\\n' }}", "A:' }}"), "in another form than it shows"),
    "drops": (CHATML.replace("m['content'] +", "(m['content'] if m.role == 'user' else '') +"), "leaves out"),
    "repeats": (CHATML.replace("m['content'] +", "m['content'] + m['content'] +"), "repeats turn 1"),
    "syntax": ("{% for m in messages %}", "is no template"),
    "unknown": ("{{ messages.foo.bar }}", "fails: "),
    "raises": ("{{ raise_exception('no\nway') }}", "fails: no$"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_template_that_cannot_be_used_is_one_line(case: str, tmp_path: Path) -> None:
    template, said = BAD[case]
    folder = made_chats.folder(tmp_path, "chatml", template=template)
    with pytest.raises(InputError, match=said) as caught:
        Renderer.open(folder).whole(turns("a", "b"))
    assert "\n" not in str(caught.value)
    assert str(folder) in str(caught.value)


def test_a_refused_role_is_one_line(tmp_path: Path) -> None:
    template = "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    renderer = Renderer.open(made_chats.folder(tmp_path, "house", template=template + made_chats.HOUSE))
    with pytest.raises(InputError, match="fails: System role not supported"):
        renderer.prompt(turns("a", system="b"))
    assert renderer.facts["takes_system"] is False


GROWS = "{% set ns = namespace(x='aaaaaaaaaa', y=[1]) %}{% for i in range(60) %}"
HOSTILE = {
    "loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "concatenates": GROWS + "{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "adds": GROWS + "{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "adds lists": GROWS + "{% set ns.y = ns.y + ns.y %}{% endfor %}",
    "blocks": GROWS + "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
    "repeats": "{{ 'a' * 999999999 }}",
    "lists": "{{ [1] * 999999999 }}",
    "powers": "{{ 9 ** 9999999 }}",
    "formats": "{{ '%999999999d' % 3 }}",
    "formats by method": "{{ '{:>999999999}'.format(3) }}",
    "pads": "{{ 'a'.ljust(999999999) }}",
    "centres": "{{ 'a' | center(999999999) }}",
    "replaces": "{% set a = 'a' * 9999 %}{% set b = a.replace('a', a) %}{% set c = b.replace('a', a) %}",
    "joins": "{{ ('a' * 9999).join('a' * 9999) }}",
    "indents": "{{ {'a': [1]} | tojson(indent=999999999) }}",
    "reaches": "{{ messages.__class__.__mro__ }}",
    "reaches further": "{{ raise_exception.__globals__['os'] }}",
    "includes": "{% include '/etc/passwd' %}",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_template_is_stopped(case: str) -> None:
    with pytest.raises(ValueError, match=r".+") as caught:
        sandbox.render(HOSTILE[case], {"messages": [{"role": "user", "content": "a"}]})
    assert "\n" not in str(caught.value)


def test_marks_of_other_software_are_read_as_what_stands_in_them() -> None:
    template = "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% break %}{% endfor %}"
    assert sandbox.render(template, {"messages": [{"content": "a"}, {"content": "b"}]}) == "a"
    assert sandbox.render("{{ [1, 'ä'] | tojson }}{{ strftime_now('%Y') }}", {}) == '[1, "ä"]2025'


@pytest.mark.parametrize("name", ["tokenizer.json", "tokenizer_config.json", "greenlight_chat.json"])
@pytest.mark.parametrize("data", ["", "{", "[]", '{"added_tokens": 3}', "[" * 9999])
def test_a_broken_file_is_one_line(name: str, data: str, tmp_path: Path) -> None:
    folder = made_chats.folder(tmp_path, "house")
    (folder / name).write_text(data)
    if name == "tokenizer_config.json" and data.startswith('{"'):
        return  # a table without a start or end token: read, with nothing named
    with pytest.raises(InputError, match=r"\w") as caught:
        Renderer.open(folder)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)


def test_folders_and_texts_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder of a model"):
        Renderer.open(tmp_path / "none")
    with pytest.raises(InputError, match=r"has no tokenizer\.json"):
        Renderer.open(tmp_path)
    renderer = Renderer.open(made_chats.folder(tmp_path, "house"))
    with pytest.raises(InputError, match=r"turn 1 holds the lone surrogate U\+D800"):
        renderer.prompt((Turn(role="user", content="a\ud800"),))
    with pytest.raises(InputError, match="out of order"):
        renderer.prompt(turns("a", "b"))
    with pytest.raises(InputError, match="out of order"):
        renderer.whole(turns("a"))


def test_conversations_from_json() -> None:
    assert load('[{"role": "user", "content": "a"}]', "it") == turns("a")
    assert load('{"messages": [{"role": "user", "content": "a"}]}', "it") == turns("a")
    for bad in ("", "3", "{}", '[{"role": "tool", "content": "a"}]', '[{"role": "user"}]', "[[]]"):
        with pytest.raises(InputError, match="it is no conversation"):
            load(bad, "it")


def test_the_renderer_loads_no_torch(tmp_path: Path) -> None:
    made_chats.folder(tmp_path, "house")
    code = (
        "import sys; from pathlib import Path; from greenlight.character.render import Renderer\n"
        "from greenlight.chats import Turn\n"
        "r = Renderer.open(Path(sys.argv[1])); r.prompt((Turn(role='user', content='a'),)); r.facts\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


# ---------------------------------------------------------------- greenlight render


def shown(capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    rendering.render(**options)
    return capsys.readouterr().out


def test_render_shows_what_is_learned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_chats.folder(tmp_path / "m", "house")
    chat = tmp_path / "chat.json"
    chat.write_text('[{"role": "user", "content": "a\\u0007"}, {"role": "assistant", "content": "b\\nc"}]')
    text = shown(capsys, model=folder, chat=chat)
    assert text.startswith("<|start|>user:↵\na\\x07<|end|>assistant:↵\n⟦b↵\nc<|end|>⟧\n")
    assert "1 start token; 4 are learned, in 1 answer with its end token" in text
    assert "start token       <|start|>, from the template" in text
    data = json.loads(shown(capsys, model=folder, chat=chat, as_json=True))
    [one] = data["sequences"]
    made = Renderer.open(folder).whole(load(chat.read_text(), ""))
    assert (one["ids"], one["mask"]) == (made.ids, made.mask)
    assert (one["starts"], one["answers"], one["ends_learned"], data["asks"]) == (1, 1, 1, False)
    listed = shown(capsys, model=folder, chat=chat, ids=True)
    assert len([line for line in listed.splitlines() if line.endswith("learned")]) == 4


def test_render_shows_each_sequence_and_the_notes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, model=made_chats.folder(tmp_path, "adds-asking"))
    assert "sequence 2 of 2" in text
    assert text.count("⟦") == 2
    assert "note: the prompt's empty thought stands before the answer too" in text
    off = shown(capsys, model=made_chats.folder(tmp_path / "b", "strips"), say="hm", thinking="off")
    assert "<think>↵\n↵\n</think>↵\n↵\n" in off
    assert "⟦" not in off
    assert "nothing of it is learned" in off


def test_render_colours_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_chats.folder(tmp_path, "house")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = shown(capsys, model=folder)
    assert "\x1b[32mModel.<|end|>\x1b[0m" in text
    assert "\x1b[2m<|start|>user:" in text
    monkeypatch.setenv("NO_COLOR", "1")
    assert "⟦Model.<|end|>⟧" in shown(capsys, model=folder)


def test_render_of_a_recipes_student(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHARACTER_STUDENT_MODEL", raising=False)
    folder = made_chats.folder(tmp_path / "m", "house", template="")
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[student]\nuse = "transformers"\nmodel = "m"\ntemplate = "plain"\n')
    assert "⟦Model.<|end|>⟧" in shown(capsys, student=recipe)
    monkeypatch.setenv("CHARACTER_STUDENT_MODEL", str(tmp_path / "none"))
    with pytest.raises(InputError, match="none is no folder of a model"):
        rendering.render(student=recipe)
    monkeypatch.delenv("CHARACTER_STUDENT_MODEL")
    recipe.write_text('[student]\nuse = "house"\n')
    with pytest.raises(RecipeError, match="names no student with a folder"):
        rendering.render(student=recipe)
    for options in ({}, {"model": folder, "student": recipe}, {"model": folder, "say": "a", "chat": recipe}):
        with pytest.raises(RecipeError, match=r"name either|are two conversations"):
            rendering.render(**options)
