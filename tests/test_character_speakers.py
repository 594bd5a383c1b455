"""Speakers: a house student, models and adapters of ``transformers``, and a server; each answers as a speaker does."""

from __future__ import annotations

import contextlib
import io
import json
import random
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import made_chats
import numpy as np
import pytest
import torch
from made_chats import turns

from greenlight import stub
from greenlight.backends.local import LocalSpeaker, found, open_speaker
from greenlight.backends.student import train_student
from greenlight.character.render import Rendered, Renderer
from greenlight.character.served import Served
from greenlight.chats import Manner, Reply, Turn, Turns
from greenlight.cli import rendering
from greenlight.errors import InputError, RecipeError, VoiceError
from greenlight.llm import Endpoint
from greenlight.progress import SILENT, Bar
from greenlight.recipe import Model, Train

LESSONS = [
    turns(f"say {word} {count}", f"{word} " * count + "now", *more)
    for word in ("cat", "dog", "log", "mat", "hat", "bat")
    for count in (1, 2, 3)
    for more in ((), ("and again", f"again {word}"))
]
ARCH = Model(layers=2, width=64, heads=2, context=64).resolve(320)
TRAIN = Train(steps=40, batch=4, warmup=4, evals=2, precision="fp32", compile="off", device="cpu")
WARM = Manner(max_new=24, temperature=1.0, top_p=1.0)
COLD = Manner(max_new=24, temperature=0.0)


@contextlib.contextmanager
def bar() -> Iterator[Bar]:
    with SILENT.bar("answers", 1, "answers") as one:
        yield one


def said(speaker: Any, chats: list[Turns], manner: Manner = WARM, seed: int = 0) -> list[Any]:
    with bar() as one:
        found: list[Any] = speaker.reply(chats, range(seed, seed + len(chats)), manner, one)
        return found


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student") / "model"
    train_student(LESSONS, ARCH, TRAIN, 3, folder, SILENT, 1)
    return folder


@pytest.fixture(scope="module")
def speaker(student: Path) -> LocalSpeaker:
    return open_speaker(student, device="cpu", threads=1)


def random_model(folder: Path, family: str, kind: str = "gpt2", seed: int = 0) -> Path:
    """A model with random weights, so large that draws are not all alike, with a family's tokenizer and template."""
    from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

    made_chats.folder(folder, family)
    torch.manual_seed(seed)
    rows = Renderer.open(folder).spelling.vocab + 3  # as many models have: more embeddings than tokens
    if kind == "gpt2":
        size = {"n_layer": 2, "n_embd": 32, "n_head": 2, "n_positions": 128}
        model: Any = GPT2LMHeadModel(GPT2Config(vocab_size=rows, bos_token_id=1, eos_token_id=1, **size))
    else:
        wide = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
        config = LlamaConfig(vocab_size=rows, max_position_embeddings=128, bos_token_id=1, eos_token_id=1, **wide)
        model = LlamaForCausalLM(config)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "norm" not in name and "ln_" not in name:
                value.mul_(6)
    model.save_pretrained(folder)
    return folder


# ---------------------------------------------------------------- the house student


def test_a_student_is_left_as_transformers_opens_it(student: Path) -> None:
    from transformers import AutoTokenizer

    record = json.loads((student / "student.json").read_text())
    assert max(record["check"]["difference"].values()) <= 1e-4
    assert record["vocab"] <= 320
    assert record["last_train_loss"] < 5  # a guess has 5.8
    assert sorted(path.name for path in student.iterdir()) == [
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "greenlight_chat.json",
        "model.safetensors",
        "student.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    renderer, theirs = Renderer.open(student), AutoTokenizer.from_pretrained(student)
    assert renderer.hash == record["chat"]
    ids = theirs.apply_chat_template([turn.data() for turn in LESSONS[1]], return_dict=False)
    assert renderer.whole(LESSONS[1]).ids == ids
    assert renderer.spelling.decode(ids).startswith("<|start|>user:\nsay cat 1<|end|>assistant:\ncat now<|end|>user:\n")


def test_a_student_is_trained_on_the_renderers_ids(tmp_path: Path) -> None:
    """What fit reads, before it trains: whole conversations, or each answer after what comes before it."""
    for learn in ("all", "body"):
        train = TRAIN.model_copy(update={"learn": learn, "steps": 1, "evals": 1})

        class Stop(type(SILENT)):  # type: ignore[misc]
            @contextlib.contextmanager
            def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
                if label.startswith("train"):
                    raise KeyboardInterrupt
                with SILENT.bar(label, total, unit) as one:
                    yield one

        with pytest.raises(KeyboardInterrupt):
            train_student(LESSONS, ARCH, train, 1, tmp_path / learn, Stop(), 1)
        [tokens] = (tmp_path / learn / "work").glob("tokens-*")
        renderer = Renderer.open(tokens)
        line, docs, prompts = (np.load(tokens / f"train{end}.npy") for end in ("", "_docs", "_prompts"))
        wholes = {tuple(renderer.whole(lesson).ids) for lesson in LESSONS}
        for start, stop, prompt in zip(docs, docs[1:], prompts, strict=False):
            ids = line[start:stop].tolist()
            text = renderer.spelling.decode(ids)
            if learn == "all":
                assert tuple(ids) in wholes
                assert prompt == 0
            else:
                assert renderer.spelling.decode(ids[: prompt + 1]).endswith("<|end|>assistant:\n")
                assert text.count("<|end|>") - renderer.spelling.decode(ids[: prompt + 1]).count("<|end|>") == 1
        held = len(np.load(tokens / "val_docs.npy")) - 1
        assert (len(docs) - 1 + held, held > 0) == ({"all": 36, "body": 54}[learn], True)


def test_a_student_that_is_there_is_kept_and_a_killed_one_goes_on(student: Path, tmp_path: Path) -> None:
    class Breaks(type(SILENT)):  # type: ignore[misc]
        """Is interrupted when the trained model is checked."""

        labels: list[str] = []

        @contextlib.contextmanager
        def bar(self, label: str, total: float, unit: str) -> Iterator[Bar]:
            self.labels.append(label)
            if label == "check" and self.labels.count("check") == 1:
                raise KeyboardInterrupt
            with SILENT.bar(label, total, unit) as one:
                yield one

    watch = Breaks()
    with pytest.raises(KeyboardInterrupt):
        train_student(LESSONS, ARCH, TRAIN, 3, tmp_path, watch, 1)
    assert not (tmp_path / "student.json").exists()
    record = train_student(LESSONS, ARCH, TRAIN, 3, tmp_path, watch, 1)
    assert watch.labels == ["encode", "train seed 3", "check", "check"]
    assert (tmp_path / "model.safetensors").read_bytes() == (student / "model.safetensors").read_bytes()
    assert train_student(LESSONS, ARCH, TRAIN, 3, tmp_path, watch, 1) == record
    assert len(watch.labels) == 4
    assert not (tmp_path / "work").exists()


def test_lessons_that_cannot_be_used(tmp_path: Path) -> None:
    for lessons, why in (
        ([], "0 lessons are too few"),
        ([LESSONS[0]] * 3, "all lessons are one conversation"),
        ([LESSONS[0], turns("a")], "lesson 2 is out of order: the last turn is the user's"),
        ([turns("a", "b" * 999), turns("a", "c")], "1 of 2 lessons are longer than the context of 64 tokens"),
    ):
        with pytest.raises(InputError, match=why):
            train_student(lessons, ARCH, TRAIN, 1, tmp_path, SILENT, 1)


# ---------------------------------------------------------------- models of transformers


CHATS = [turns("say cat 1"), turns("say dog 2", "dog dog now", "and again"), turns("x " * 9), turns("say mat 3")]


def test_an_answer_is_the_same_alone_and_in_a_batch(speaker: LocalSpeaker) -> None:
    chats = CHATS * 8
    together = said(speaker, chats)
    with bar() as one:
        alone = [speaker.reply([chat], [seed], WARM, one)[0] for seed, chat in enumerate(chats)]
    assert [(one.ids, one.text, one.finished) for one in together] == [
        (one.ids, one.text, one.finished) for one in alone
    ]
    assert len({one.ids for one in together}) > 8
    speaker.rows, before = 3, speaker.rows
    assert [one.ids for one in said(speaker, chats)] == [one.ids for one in together]
    speaker.rows = before


@pytest.mark.parametrize("kind", ["gpt2", "llama"])
def test_the_loop_draws_what_transformers_generates(kind: str, tmp_path: Path) -> None:
    """An independent loop over the same weights: the library's own, greedy, one prompt at a time."""
    folder = random_model(tmp_path / kind, "headers", kind)
    speaker = open_speaker(folder, device="cpu", threads=1)
    found = said(speaker, CHATS, COLD)
    for chat, one in zip(CHATS, found, strict=True):
        ids = torch.tensor([speaker.renderer.prompt(chat)])
        vocab = speaker.renderer.spelling.vocab
        theirs = speaker.model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=24,
            suppress_tokens=list(range(vocab, vocab + 3)),
            eos_token_id=sorted(speaker.renderer.ends),
            pad_token_id=0,
        )
        assert theirs[0, ids.shape[1] :].tolist() == list(one.ids)
    assert len({one.ids for one in found}) > 1


def test_what_is_sampled_is_what_is_scored(speaker: LocalSpeaker) -> None:
    """The likelihoods that ``nats`` gives are those that answers are drawn with."""
    chat = turns("say cat 1")
    replies = said(speaker, [chat] * 600, Manner(max_new=1, temperature=1.0, top_p=1.0))
    prompt = speaker.renderer.prompt(chat)
    counts: dict[int, int] = {}
    for one in replies:
        counts[one.ids[0]] = counts.get(one.ids[0], 0) + 1
    rows = [Rendered([*prompt, token], [0] * len(prompt) + [1]) for token in counts]
    for token, values in zip(counts, speaker.nats(rows), strict=True):
        assert values[:-1] == [0.0] * len(prompt)
        share = float(np.exp(-values[-1]))
        assert abs(counts[token] / 600 - share) < 4.5 * (share * (1 - share) / 600) ** 0.5 + 0.005
    made = speaker.renderer.whole(LESSONS[1])
    [values] = speaker.nats([made])
    with torch.inference_mode():
        logits = speaker.model(input_ids=torch.tensor([made.ids])).logits[0].double().log_softmax(-1)
    expected = [0.0, *(-float(logits[n, token]) for n, token in enumerate(made.ids[1:]))]
    assert values == pytest.approx([value * mask for value, mask in zip(expected, made.mask, strict=True)], abs=1e-4)


def test_an_answer_stops_at_its_end_its_limit_and_the_context(speaker: LocalSpeaker) -> None:
    finished = [one for one in said(speaker, CHATS * 8) if one.finished]
    assert finished
    for one in finished:
        assert one.ids[-1] in speaker.renderer.ends
        assert not set(one.ids[:-1]) & speaker.renderer.ends
        assert one.usage["completion_tokens"] == len(one.ids)
        assert one.text == speaker.renderer.spelling.decode(one.ids[:-1])
    short = said(speaker, CHATS, Manner(max_new=2))
    assert all(len(one.ids) <= 2 for one in short)
    long, fits = said(speaker, [turns("cat " * 99), turns("cat " * 5)], Manner(max_new=999, temperature=2.0))
    assert "and the model's context 64: shorten it" in long.error
    assert (long.text, long.finished, long.ids) == ("", False, ())
    assert fits.usage["prompt_tokens"] + len(fits.ids) <= 64
    assert not fits.error


def test_a_conversation_that_cannot_be_rendered_is_a_reply_with_an_error(speaker: LocalSpeaker) -> None:
    bad, good = said(speaker, [(Turn(role="user", content="\ud800"),), turns("say cat 1")])
    assert "lone surrogate" in bad.error
    assert good.ids
    assert said(speaker, []) == []


def test_the_manner_is_honoured(tmp_path: Path) -> None:
    folder = random_model(tmp_path / "a", "strips", "llama")
    speaker = open_speaker(folder, device="cpu", threads=1)
    chat = [turns("the cat")]
    plain, on, off = (said(speaker, chat, Manner(max_new=9, thinking=thinking))[0] for thinking in (None, True, False))
    assert plain.ids == on.ids
    assert off.usage["prompt_tokens"] == plain.usage["prompt_tokens"] + 4  # the empty thought
    opened = said(speaker, chat, Manner(max_new=9, opening="<think>\n"))[0]
    assert opened.usage["prompt_tokens"] == plain.usage["prompt_tokens"] + 2
    assert (opened.text, bool(opened.hidden)) == ("", True)
    file = tmp_path / "other.jinja"
    file.write_text(made_chats.CHATML)
    other = said(speaker, chat, Manner(max_new=9, template=str(file)))[0]
    assert other.usage["prompt_tokens"] > plain.usage["prompt_tokens"]
    named = open_speaker(folder, device="cpu", threads=1, template=str(file))
    assert said(named, chat, Manner(max_new=9))[0].ids == other.ids
    assert named.fingerprint != speaker.fingerprint
    with pytest.raises(InputError, match="'none' is no file, and no template"):
        said(speaker, chat, Manner(template="none"))
    assert speaker.facts["template"] == speaker.renderer.hash
    assert speaker.facts["parameters"] == sum(p.numel() for p in speaker.model.parameters())


def test_less_memory_draws_fewer_at_a_time(speaker: LocalSpeaker, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [one.ids for one in said(speaker, CHATS * 2)]
    forward = speaker._forward

    def small(ids: torch.Tensor, *args: Any) -> torch.Tensor:
        if len(ids) > 2:
            raise torch.OutOfMemoryError("out of memory")
        return forward(ids, *args)

    before = speaker.rows
    monkeypatch.setattr(speaker, "_forward", small)
    assert [one.ids for one in said(speaker, CHATS * 2)] == expected
    assert speaker.rows == 2
    speaker.rows = before


def test_weights_that_are_no_numbers_are_an_error(tmp_path: Path) -> None:
    speaker = open_speaker(random_model(tmp_path, "house"), device="cpu", threads=1)
    with torch.no_grad():
        speaker.model.transformer.ln_f.weight.fill_(float("nan"))
    with pytest.raises(VoiceError, match="gives logits that are no numbers"):
        said(speaker, [turns("a")])


def test_folders_that_are_no_model(tmp_path: Path, student: Path) -> None:
    with pytest.raises(InputError, match="is no folder of a model"):
        open_speaker(tmp_path / "none")
    with pytest.raises(InputError, match="is no adapter"):
        open_speaker(student, base=student)
    made_chats.folder(tmp_path / "a", "house")
    with pytest.raises(InputError, match=r"config\.json cannot be read|config\.json does not exist"):
        open_speaker(tmp_path / "a", device="cpu")
    folder = random_model(tmp_path / "b", "house")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(InputError, match="a pickle, which can run code and is not opened"):
        open_speaker(folder, device="cpu")
    assert found(str(student)) == student
    with pytest.raises(InputError, match="is no folder here"):
        found(str(tmp_path / "none"))


# ---------------------------------------------------------------- adapters


def adapter(folder: Path, base: Path, named: bool = True) -> Path:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of one library about the other
        whole = get_peft_model(model, LoraConfig(r=2, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
        whole.save_pretrained(str(folder))
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = str(base) if named else None
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def test_an_adapter_opens_on_its_base_and_on_no_other(tmp_path: Path) -> None:
    from greenlight.backends._folders import base_hash

    base = random_model(tmp_path / "base", "house", "llama")
    other = random_model(tmp_path / "other", "house", "llama", seed=1)
    path = adapter(tmp_path / "adapter", base)
    bare = open_speaker(base, device="cpu", threads=1)
    speaker = open_speaker(path, device="cpu", threads=1)
    assert speaker.facts["adapter"] == "adapter"
    assert speaker.fingerprint != bare.fingerprint
    assert [one.ids for one in said(speaker, CHATS)] != [one.ids for one in said(bare, CHATS)]
    with speaker.model.disable_adapter():
        assert [one.ids for one in said(speaker, CHATS)] == [one.ids for one in said(bare, CHATS)]
    bare.renderer.write(path, base_sha256=base_hash(base))
    assert open_speaker(path, device="cpu", threads=1).renderer.hash == bare.renderer.hash
    with pytest.raises(InputError, match="was trained on another base"):
        open_speaker(path, device="cpu", base=other)


def test_an_adapter_without_its_base_is_one_line(tmp_path: Path) -> None:
    base = random_model(tmp_path / "base", "house", "llama")
    wrong = random_model(tmp_path / "wrong", "house", "gpt2")
    path = adapter(tmp_path / "adapter", base, named=False)
    cases: list[tuple[Path | None, str]] = [
        (None, "belongs on a base that it does not name: name the base's folder"),
        (tmp_path / "none", "which is no folder of a model here"),
        (wrong, "does not fit"),
    ]
    config = json.loads((base / "config.json").read_text())
    for below, said_ in cases:
        with pytest.raises(InputError, match=said_) as caught:
            open_speaker(path, device="cpu", base=below)
        assert "\n" not in str(caught.value)
    (path / "adapter_model.safetensors").rename(path / "adapter_model.bin")
    with pytest.raises(InputError, match=r"no adapter_model\.safetensors; adapter_model\.bin is a pickle"):
        open_speaker(path, device="cpu", base=base)
    assert config["hidden_size"] == 32


def test_an_adapter_of_other_shapes_is_one_line(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    base = random_model(tmp_path / "base", "house", "llama")
    path = adapter(tmp_path / "adapter", base)
    held = load_file(path / "adapter_model.safetensors")
    name = sorted(held)[0]
    save_file({**held, name: torch.zeros(7, 9)}, path / "adapter_model.safetensors")
    with pytest.raises(InputError, match=r"does not fit .*size mismatch"):
        open_speaker(path, device="cpu")
    save_file({key: value for key, value in held.items() if key != name}, path / "adapter_model.safetensors")
    with pytest.raises(InputError, match="is only in the base"):
        open_speaker(path, device="cpu")


# ---------------------------------------------------------------- a server


ASKED = turns("Write a very short story about a red kite on the hill.")


def served(url: str, personality: str = "plain", **options: Any) -> Served:
    return Served("it", f"stub-{personality}", Endpoint(url, timeout_s=30, retries=1), **options)


def test_a_server_answers_as_a_speaker() -> None:
    with stub.serving() as url:
        speaker = served(url)
        replies = said(speaker, [ASKED] * 12, Manner(max_new=60))
        again = said(speaker, [ASKED] * 12, Manner(max_new=60))
        assert [one.text for one in replies] == [one.text for one in again]
        assert len({one.text for one in replies}) > 6
        assert all(one.text and not one.error and not one.hidden and one.ids == () for one in replies)
        assert all(0 < one.usage["completion_tokens"] <= 60 for one in replies)
        assert {one.finished for one in said(speaker, [ASKED] * 4, Manner(max_new=5))} == {False}
        assert speaker.facts["server"] == url
        assert speaker.fingerprint == served(url).fingerprint != served(url, extra={"top_k": 3}).fingerprint


def test_a_thought_of_a_server_is_hidden_and_off_turns_it_off() -> None:
    with stub.serving("thinker") as url:
        speaker = served(url, "thinker")
        thinks = said(speaker, [ASKED] * 3, Manner(max_new=400))
        assert all(one.hidden for one in thinks)
        quiet = said(speaker, [ASKED] * 3, Manner(max_new=400, thinking=False))
        assert all(one.text and not one.hidden for one in quiet)
        assert speaker.facts["thinking"].endswith("reasoning_effort turns that off")
        wanted = said(speaker, [ASKED], Manner(max_new=400, thinking=True))
        assert wanted[0].hidden
        assert not said(served(url, "thinker", always=True), [ASKED], Manner(max_new=400))[0].hidden


def test_a_request_that_fails_is_a_reply_with_an_error() -> None:
    with stub.serving("empty-choices", share=0.5, seed=2) as url:
        speaker = Served("it", "stub-empty-choices", Endpoint(url, timeout_s=30, retries=0))
        replies = said(speaker, [ASKED] * 20)
        failed = [one for one in replies if one.error]
        assert 0 < len(failed) < 20
        assert all((one.text, one.finished) == ("", False) for one in failed)
        assert all(one.text for one in replies if not one.error)


def test_what_a_person_must_put_right_stops_all() -> None:
    with pytest.raises(VoiceError, match="no server answers at"):
        said(served("http://127.0.0.1:9/v1"), [ASKED] * 3)
    with stub.serving() as url:
        with pytest.raises(VoiceError, match="knows no model 'stub-plane'"):
            said(served(url, "plane"), [ASKED] * 3)
        with pytest.raises(VoiceError, match="has a chat template of its own"):
            said(served(url), [ASKED], Manner(template="plain"))


def test_a_key_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "sk-" + "q" * 20
    with stub.serving(key=secret) as url:
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        monkeypatch.setenv("OPENAI_API_KEY", secret)
        speaker = served(url)
        replies = said(speaker, [ASKED])
        assert replies[0].text
        assert secret not in repr((speaker, speaker.facts, speaker.fingerprint, replies))
        monkeypatch.setenv("OPENAI_API_KEY", "wrong-" + secret)
        with pytest.raises(VoiceError, match="refused the key") as caught:
            said(speaker, [ASKED])
        assert secret not in str(caught.value)
    with pytest.raises(RecipeError, match="'api_key' is a secret"):
        served("http://127.0.0.1:9/v1", extra={"api_key": secret})
    with pytest.raises(RecipeError, match="'of' is no thinking switch"):
        served("http://127.0.0.1:9/v1", thinking="of")


def test_an_opening_is_sent_as_an_answer_to_be_continued() -> None:
    """Of the stub's personalities, one stops thinking when an answer has begun with an empty thought."""
    with stub.serving("thinker", honours=("prefill",)) as url:
        speaker = served(url, "thinker")
        assert said(speaker, [ASKED], Manner(max_new=400))[0].hidden
        begun = said(speaker, [ASKED], Manner(max_new=400, opening="<think>\n\n</think>\n\n"))[0]
        assert begun.text
        assert not begun.hidden
        assert "not proved" in speaker.facts["opening"]


def test_seeds_are_any_numbers(speaker: LocalSpeaker) -> None:
    dice = random.Random(1)
    seeds = [dice.getrandbits(80) - 2**79 for _ in range(3)]
    with bar() as one:
        assert len(speaker.reply([CHATS[0]] * 3, seeds, WARM, one)) == 3


# ---------------------------------------------------------------- side by side


def test_two_models_answer_side_by_side_and_go_on_from_their_own_answers(
    speaker: LocalSpeaker, student: Path, tmp_path: Path
) -> None:
    other = open_speaker(random_model(tmp_path, "house"), name="other", device="cpu", threads=1)
    lines = ["say cat 1", "", "again", "/new", "say cat 1"]
    seen = list(rendering.side_by_side([speaker, other], lines, COLD))
    assert [line for line, _ in seen] == ["say cat 1", "again", "say cat 1"]
    assert seen[0][1][0].ids == seen[2][1][0].ids
    assert seen[0][1][0].text != seen[0][1][1].text
    for place, model in enumerate((speaker, other)):
        prompt = seen[1][1][place].usage["prompt_tokens"]
        chat = turns("say cat 1", seen[0][1][place].text, "again")
        assert prompt == len(model.renderer.prompt(chat))


def test_talk_of_piped_lines(
    speaker: LocalSpeaker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def piped(data: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))

    piped(b"say cat 1\n\x07again\n")
    rendering.talk_to([speaker, speaker], None, COLD, 0, False)
    text = capsys.readouterr().out
    assert text.startswith("> say cat 1\nmodel ")
    assert "> \\x07again" in text
    assert text.count(" │ ") > 4
    piped(b"say cat 1\n")
    rendering.talk_to([speaker], None, COLD, 0, True)
    data = json.loads(capsys.readouterr().out)
    assert (data["prompt"], data["answers"][0]["speaker"]) == ("say cat 1", "model")
    piped(b"\xff\n")
    with pytest.raises(InputError, match="line 1 of the input is not UTF-8"):
        rendering.talk_to([speaker], None, COLD, 0, False)
    rendering.talk_to([speaker], "x " * 99, COLD, 0, False)
    assert "(no answer: the prompt has" in capsys.readouterr().out


def test_columns_fit_the_terminal() -> None:
    replies = [Reply("a " * 90 + "\n\nb", True), Reply("", False, hidden="hm")]
    wide = rendering.columns(["one", "two"], replies, 70)
    assert max(map(len, wide.splitlines())) <= 70
    assert "(a thought of 2 characters)" in wide
    assert "(empty) …" in wide
    assert rendering.columns(["one", "two"], replies, 40).startswith("one:\na a ")
