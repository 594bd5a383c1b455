"""Hugging Face folders: scored as ``transformers`` computes them, and refused in one line where they are not whole."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from made_models import folder
from refusals import refused
from safetensors.torch import load_file, save_file

from greenlight.cli.main import guarded
from greenlight.errors import InputError
from greenlight.gpt.hf import open_hub
from greenlight.gpt.player import open_player
from greenlight.metrics.bpc import score_text
from greenlight.progress import SILENT

Capture = pytest.CaptureFixture[str]
RULES: tuple[Literal["strided", "block"], ...] = ("strided", "block")
TEXT = "The cat sat on the mat, naïve and dry.\nThe dog <|endoftext|> sat on the log; 漢字.\n" * 3
BODY = TEXT + "It was the last of the cats."


def words(path: Path, **names: str) -> Any:
    """A byte-level BPE of the text, saved as ``transformers`` saves it; ``names`` are its specials."""
    import tokenizers
    from tokenizers import decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    core = tokenizers.Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    core.train_from_iterator([TEXT], trainer)
    core.enable_truncation(5)  # a file may come with it, and the text is scored whole all the same
    made = PreTrainedTokenizerFast(tokenizer_object=core, **names)
    made.save_pretrained(path)
    return made


def gpt2(path: Path, **names: str) -> Path:
    """A small GPT-2 with random weights."""
    from transformers import GPT2Config, GPT2LMHeadModel

    tokenizer = words(path, **(names or {"eos_token": "<|endoftext|>"}))
    ids = {name: 0 if f"{name}_token" in names or (name == "eos" and not names) else None for name in ("bos", "eos")}
    torch.manual_seed(1)
    config = GPT2Config(
        vocab_size=len(tokenizer), n_positions=24, n_embd=32, n_layer=2, n_head=2, initializer_range=0.3,
        bos_token_id=ids["bos"], eos_token_id=ids["eos"],
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gpt2(tmp_path_factory.mktemp("gpt2"))


@torch.no_grad()
def by_hand(path: Path, body: str, start: int, context: int) -> float:
    """Nats by the block rule, with ``transformers`` and ``tokenizers`` alone, window by window."""
    import tokenizers
    from transformers import AutoModelForCausalLM

    core = tokenizers.Tokenizer.from_file(str(path / "tokenizer.json"))
    core.no_truncation()
    core.encode_special_tokens = True
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
    ids = core.encode(body, add_special_tokens=False).ids
    line, nats = [start, *ids], 0.0
    for first in range(0, len(ids), context):
        inputs = line[first : min(first + context, len(ids))]
        shares = torch.log_softmax(model(torch.tensor([inputs])).logits[0].double(), -1)
        nats -= sum(float(shares[place, line[first + place + 1]]) for place in range(len(inputs)))
    return nats


def test_a_folder_scores_as_transformers_scores_it(small: Path) -> None:
    player = open_hub(small)
    assert player.context == 24
    assert player.facts["start"] == "eos (0)", "it has no bos"
    found = score_text(player, BODY, "block", SILENT)
    nats = by_hand(small, BODY, 0, 24)
    assert found["bpc"] == pytest.approx(nats / len(BODY) / math.log(2), abs=1e-6)
    assert found["bpb"] == pytest.approx(nats / len(BODY.encode()) / math.log(2), abs=1e-6)
    assert "invalid" not in found
    narrow = score_text(player, BODY, "block", SILENT, 8)
    assert narrow["bpc"] == pytest.approx(by_hand(small, BODY, 0, 8) / len(BODY) / math.log(2), abs=1e-6)
    assert abs(narrow["bpc"] - found["bpc"]) > 1e-3
    coarse = open_hub(small, "bf16")
    rough = score_text(coarse, BODY, "block", SILENT)["bpc"]
    assert rough != found["bpc"]
    assert rough == pytest.approx(found["bpc"], rel=0.02)


def test_our_own_model_scores_the_same_through_both_doors(tmp_path: Path) -> None:
    folder(tmp_path, "char", BODY, context=32)
    names = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<|start|>", "eos_token": "<|end|>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(names))
    ours, theirs = open_player(tmp_path, threads=1), open_hub(tmp_path)
    assert theirs.facts["start"] == "bos (0)"
    for rule in RULES:
        one, other = (score_text(player, BODY, rule, SILENT)["bpc"] for player in (ours, theirs))
        assert one == pytest.approx(other, abs=1e-5)


def test_the_command_scores_a_folder(small: Path, tmp_path: Path, capsys: Capture) -> None:
    text = tmp_path / "t.txt"
    text.write_text(BODY)
    assert guarded(["score", str(small), "--text", str(text), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["block"]["bpc"] == pytest.approx(by_hand(small, BODY, 0, 24) / len(BODY) / math.log(2), abs=1e-6)
    assert found["strided"]["bpc"] > 0
    assert (found["kind"], found["context"]) == ("Hugging Face, GPT2LMHeadModel", 24)
    command = ["score", str(small), "--text", str(text)]
    assert guarded([*command, "--context", "8", "--precision", "bf16"]) == 0
    assert "before the first character: eos (0)" in " ".join(capsys.readouterr().out.split())
    refused([*command, "--context", "25"], 2, "made for 24 tokens", capsys)
    refused([*command, "--vocabulary", "v.json"], 2, "belong to a ckpt.pt", capsys)
    refused(["talk", str(small), "x"], 1, "does not hold a model of Greenlight", capsys)


def test_a_tokenizer_that_cannot_write_the_text_gives_no_figure(small: Path, tmp_path: Path, capsys: Capture) -> None:
    import tokenizers
    from tokenizers import decoders, models, normalizers

    copy = shutil.copytree(small, tmp_path / "m")
    text = tmp_path / "t.txt"
    for name, core in (
        ("drops", tokenizers.Tokenizer(models.BPE(vocab={"<|endoftext|>": 0, "a": 1, "b": 2}, merges=[]))),
        ("unknown", tokenizers.Tokenizer(models.BPE(vocab={"<u>": 0, "a": 1, "b": 2}, merges=[], unk_token="<u>"))),
        ("lower", tokenizers.Tokenizer(models.BPE(vocab={"a": 0, "b": 1}, merges=[]))),
    ):
        core.decoder = decoders.Fuse()
        if name == "lower":
            core.normalizer = normalizers.Lowercase()
        core.add_special_tokens(["<|endoftext|>"])
        core.save(str(copy / "tokenizer.json"))
        text.write_text("abba" if name != "lower" else "abBA")
        body = text.read_text()
        command = ["score", str(copy), "--text", str(text), "--json"]
        assert guarded(command) == (0 if name != "lower" else 3), name
        capsys.readouterr()
        text.write_text(body + "Zé")
        assert guarded(command) == 3, name
        found = json.loads(capsys.readouterr().out)
        assert found["block"]["bpc"] is None
        assert ("U+0042" if name == "lower" else "U+005A") in found["block"]["invalid"]
    text.write_text("Z")  # nothing of it can be written
    assert guarded(command) == 3


def test_a_model_that_looks_ahead_is_refused(tmp_path: Path) -> None:
    from transformers import BertConfig, BertLMHeadModel

    words(tmp_path, eos_token="<|endoftext|>")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=300, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        is_decoder=False,
    )  # fmt: skip
    BertLMHeadModel(config).save_pretrained(tmp_path)
    with pytest.raises(InputError, match="it is no causal model"):
        open_hub(tmp_path)


def test_folders_that_are_not_whole_are_refused(small: Path, tmp_path: Path, capsys: Capture) -> None:
    text = tmp_path / "t.txt"
    text.write_text(BODY)
    weights = load_file(small / "model.safetensors")
    first = "transformer.h.1.mlp.c_fc.weight"

    def broken(name: str) -> Path:
        return shutil.copytree(small, tmp_path / name)

    def check(model: Path, said: str) -> None:
        refused(["score", str(model), "--text", str(text)], 1, said, capsys)

    pickled = broken("pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    check(pickled, "pytorch_model.bin, a pickle, which can run code")
    (broken("bare") / "model.safetensors").unlink()
    check(tmp_path / "bare", "no model.safetensors")
    (broken("mute") / "tokenizer.json").unlink()
    check(tmp_path / "mute", "has no tokenizer.json")
    (broken("garbled") / "tokenizer.json").write_text("{")
    check(tmp_path / "garbled", "cannot be opened")
    cut = broken("cut") / "model.safetensors"
    cut.write_bytes(cut.read_bytes()[:5000])
    check(tmp_path / "cut", "cannot be opened")
    lacks = {name: value for name, value in weights.items() if name != first}
    save_file(lacks, broken("lacks") / "model.safetensors", {"format": "pt"})
    check(tmp_path / "lacks", f"lacks {first}")
    save_file({**weights, "extra.weight": torch.ones(2)}, broken("extra") / "model.safetensors", {"format": "pt"})
    check(tmp_path / "extra", "extra.weight")
    save_file(
        {**weights, first: weights[first].T.contiguous()}, broken("turned") / "model.safetensors", {"format": "pt"}
    )
    check(tmp_path / "turned", first)
    config = json.loads((small / "config.json").read_text())
    for name, changed, said in (
        ("alien", {"model_type": "nosuch", "architectures": ["X"]}, "cannot be opened"),
        ("shallow", {"n_layer": 1}, "transformer.h.1."),
        ("vocab", {"vocab_size": 10}, "wte.weight"),
        ("remote", {"model_type": "own", "auto_map": {"AutoConfig": "c.C", "AutoModelForCausalLM": "c.M"}}, "opened"),
    ):
        (broken(name) / "config.json").write_text(json.dumps({**config, **changed}))
        (tmp_path / name / "c.py").write_text(f"open({str(tmp_path / 'it ran')!r}, 'w')\n")
        check(tmp_path / name, said)
    assert not (tmp_path / "it ran").exists()


def test_without_transformers_the_extra_is_named(small: Path, tmp_path: Path) -> None:
    text = tmp_path / "t.txt"
    text.write_text(BODY)
    code = (
        "import sys; sys.modules['transformers'] = None\n"
        "from greenlight.cli.main import guarded\n"
        f"sys.exit(guarded(['score', {str(small)!r}, '--text', {str(text)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "pip install 'greenlight-studio[hf]'" in done.stderr
