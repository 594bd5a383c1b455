"""nanoGPT's ``ckpt.pt``: scored as nanoGPT computes it, and refused in one line where it is not what it should be."""

from __future__ import annotations

import json
import math
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from refusals import refused
from torch import Tensor, nn
from torch.nn import functional as F

from greenlight.cli.main import guarded
from greenlight.errors import InputError
from greenlight.gpt.nanogpt import Spelled, open_nanogpt, read_characters
from greenlight.metrics.bpc import score_text
from greenlight.progress import SILENT

Capture = pytest.CaptureFixture[str]
CHARACTERS = "\n !abcdefghijklmnopqrstuvwxyzé"
TEXT = "the cat sat on the mat!\nand the dog was naivé and\nsat on the log.".replace(".", "!")
ARGS = {"n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": 16, "vocab_size": len(CHARACTERS), "dropout": 0.0}


class Block(nn.Module):
    def __init__(self, wide: int, heads: int, bias: bool) -> None:
        super().__init__()
        self.heads = heads
        self.ln_1, self.ln_2 = nn.LayerNorm(wide, bias=bias), nn.LayerNorm(wide, bias=bias)
        self.attn = nn.ModuleDict(
            {"c_attn": nn.Linear(wide, 3 * wide, bias=bias), "c_proj": nn.Linear(wide, wide, bias=bias)}
        )
        self.mlp = nn.ModuleDict(
            {"c_fc": nn.Linear(wide, 4 * wide, bias=bias), "c_proj": nn.Linear(4 * wide, wide, bias=bias)}
        )

    def forward(self, x: Tensor) -> Tensor:
        rows, length, wide = x.shape
        q, k, v = self.attn["c_attn"](self.ln_1(x)).split(wide, dim=2)
        q, k, v = (t.view(rows, length, self.heads, -1).transpose(1, 2) for t in (q, k, v))
        score = q @ k.transpose(-2, -1) / math.sqrt(k.shape[-1])
        score = score.masked_fill(torch.ones(length, length).tril() == 0, -math.inf).softmax(-1)
        x = x + self.attn["c_proj"]((score @ v).transpose(1, 2).reshape(rows, length, wide))
        y: Tensor = x + self.mlp["c_proj"](nn.GELU()(self.mlp["c_fc"](self.ln_2(x))))
        return y


class Reference(nn.Module):
    """The layout as it is published, written out with PyTorch's modules."""

    def __init__(self, args: dict[str, Any], bias: bool) -> None:
        super().__init__()
        wide = args["n_embd"]
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(args["vocab_size"], wide),
                "wpe": nn.Embedding(args["block_size"], wide),
                "h": nn.ModuleList(Block(wide, args["n_head"], bias) for _ in range(args["n_layer"])),
                "ln_f": nn.LayerNorm(wide, bias=bias),
            }
        )
        self.lm_head = nn.Linear(wide, args["vocab_size"], bias=False)
        self.lm_head.weight = self.transformer["wte"].weight

    def forward(self, ids: Tensor) -> Tensor:
        x = self.transformer["wte"](ids) + self.transformer["wpe"](torch.arange(ids.shape[1]))
        for block in self.transformer["h"]:
            x = block(x)
        y: Tensor = self.lm_head(self.transformer["ln_f"](x))
        return y


def reference(bias: bool, **changed: int) -> Reference:
    """Weights so large that the two GELUs give different scores."""
    torch.manual_seed(3)
    model = Reference({**ARGS, **changed}, bias).eval()
    with torch.no_grad():
        for name, value in model.named_parameters():
            value.add_(torch.randn_like(value), alpha=0.3 if "ln" in name or "bias" in name else 0.1)
    return model


def checkpoint(path: Path, model: Reference, bias: bool, prefix: str = "", **changed: int) -> Path:
    """As nanoGPT's train.py saves it."""
    state = {prefix + name: value for name, value in model.state_dict().items()}
    optimiser = torch.optim.AdamW(model.parameters()).state_dict()
    rest = {"optimizer": optimiser, "iter_num": 5, "best_val_loss": torch.tensor(1.5), "config": {"out_dir": "out"}}
    torch.save({"model": state, "model_args": {**ARGS, "bias": bias, **changed}, **rest}, path)
    return path


def vocabulary(path: Path, data: Any = None) -> Path:
    path.write_text(json.dumps(list(CHARACTERS) if data is None else data))
    return path


@torch.no_grad()
def by_hand(model: Reference, start: int, ids: list[int], context: int) -> float:
    line = [start, *ids]
    nats = 0.0
    for first in range(0, len(ids), context):
        inputs = line[first : min(first + context, len(ids))]
        shares = torch.log_softmax(model(torch.tensor([inputs]))[0].double(), -1)
        nats -= sum(float(shares[place, line[first + place + 1]]) for place in range(len(inputs)))
    return nats


@pytest.mark.parametrize(("bias", "prefix"), [(True, ""), (False, "_orig_mod.")])
def test_a_checkpoint_scores_as_its_own_model(bias: bool, prefix: str, tmp_path: Path) -> None:
    model = reference(bias)
    path = checkpoint(tmp_path / "ckpt.pt", model, bias, prefix)
    player = open_nanogpt(path, Spelled(vocabulary(tmp_path / "v.json")))
    found = score_text(player, TEXT, "block", SILENT)
    ids = [CHARACTERS.index(char) for char in TEXT]
    nats = by_hand(model, CHARACTERS.index("\n"), ids, 16)
    assert found["bpc"] == pytest.approx(nats / len(TEXT) / math.log(2), abs=1e-6)
    assert found["bpb"] == pytest.approx(nats / len(TEXT.encode()) / math.log(2), abs=1e-6)
    assert player.facts["start"] == "newline"
    assert player.facts["parameters"] == sum(p.numel() for p in model.parameters())
    assert "invalid" not in found
    with torch.no_grad():  # the equality would show nothing if the other GELU gave the same
        gelu, F.gelu = F.gelu, lambda x: gelu(x, approximate="tanh")
        try:
            other = score_text(player, TEXT, "block", SILENT)["bpc"]
        finally:
            F.gelu = gelu
    assert abs(other - found["bpc"]) > 1e-5


def test_gpt2s_vocabulary_starts_from_its_end_of_text(shared: Path, tmp_path: Path) -> None:
    size = 50_304
    model = reference(True, vocab_size=size, n_layer=1)
    path = checkpoint(tmp_path / "ckpt.pt", model, True, vocab_size=size, n_layer=1)
    player = open_nanogpt(path, Spelled(gpt2=shared / "data" / "gpt2"))
    text = "The cat, naïve <|endoftext|> 漢字"
    ids = player.tokenizer.encode(text)
    assert max(ids) < 50_256
    found = score_text(player, text, "block", SILENT)
    assert found["bpc"] == pytest.approx(by_hand(model, 50_256, ids, 16) / len(text) / math.log(2), rel=1e-6)
    assert player.facts["start"] == "<|endoftext|>"
    assert "invalid" not in found


def test_the_command_scores_a_checkpoint(tmp_path: Path, capsys: Capture) -> None:
    checkpoint(tmp_path / "ckpt.pt", reference(True), True)
    words = vocabulary(tmp_path / "v.json", {"stoi": {char: n for n, char in enumerate(CHARACTERS)}})
    text = tmp_path / "t.txt"
    text.write_text(TEXT)
    command = ["score", str(tmp_path / "ckpt.pt"), "--text", str(text), "--vocabulary", str(words)]
    assert guarded([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert 0 < found["strided"]["bpc"] < found["block"]["bpc"] + 1
    assert found["start"] == "newline"
    assert guarded(["score", str(tmp_path), *command[2:], "--context", "8", "--precision", "bf16"]) == 0
    assert "before the first character: newline" in " ".join(capsys.readouterr().out.split())
    refused([*command, "--context", "17"], 2, "made for 16 tokens", capsys)
    # a character that the model has no token for: no figure, and the reason
    text.write_text(TEXT + "Z")
    assert guarded([*command, "--json"]) == 3
    found = json.loads(capsys.readouterr().out)
    assert found["block"]["bpc"] is None
    assert "U+005A" in found["block"]["invalid"]
    text.write_text("ZZZ")
    assert guarded(command) == 3
    said = capsys.readouterr().out
    assert "invalid: the tokenizer cannot write U+005A" in said
    refused(command[:4], 1, "give --vocabulary FILE.json", capsys)


class Hostile:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_a_checkpoint_with_code_is_refused_and_nothing_is_run(tmp_path: Path, capsys: Capture) -> None:
    told = tmp_path / "it ran"
    text = tmp_path / "t.txt"
    text.write_text(TEXT)
    evil = {"model": Hostile(told), "model_args": ARGS}
    pickle.loads(pickle.dumps(evil))  # noqa: S301 (it is what is shown)
    assert told.exists(), "the pickle does what it should not, where it is opened the plain way"
    told.rmdir()
    path = tmp_path / "ckpt.pt"
    for protocol in (0, 2, 4):
        path.write_bytes(pickle.dumps(evil, protocol=protocol))
        refused(["score", str(path), "--text", str(text)], 1, "nothing of it was run", capsys)
    for zipped in (True, False):
        torch.save(evil, path, _use_new_zipfile_serialization=zipped)
        refused(["score", str(path), "--text", str(text)], 1, "nothing of it was run", capsys)
    assert not told.exists()


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "ckpt.pt", reference(True), True)
    spelled = Spelled(vocabulary(tmp_path / "v.json"))
    whole = path.read_bytes()
    for size in (0, 1, 100, len(whole) // 2, len(whole) - 100):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError, match=r"cannot be read as a ckpt\.pt|is not opened"):
            open_nanogpt(path, spelled)
    path.write_text("hello world")
    with pytest.raises(InputError, match=r"cannot be read as a ckpt\.pt"):
        open_nanogpt(path, spelled)
    with pytest.raises(InputError, match="does not exist"):
        open_nanogpt(tmp_path / "none.pt", spelled)


def test_a_checkpoint_that_does_not_fit_its_sizes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ckpt.pt"
    spelled = Spelled(vocabulary(tmp_path / "v.json"))
    state = reference(True).state_dict()
    fc = "transformer.h.1.mlp.c_fc.weight"

    def saved(model: Any, args: Any) -> None:
        torch.save({"model": model, "model_args": args}, path)

    good = {**ARGS, "bias": True}
    for model, args, said in (
        ({**state, fc: state[fc].T.contiguous()}, good, rf"{fc} is float32 \(32, 128\)"),
        ({**state, fc: state[fc].long()}, good, rf"{fc} is int64"),
        ({name: value for name, value in state.items() if name != fc}, good, f"lacks {fc}"),
        ({**state, "lora.weight": state[fc]}, good, r"holds lora\.weight"),
        ({**state, "lm_head.weight": state["lm_head.weight"] + 1}, good, "lm_head and wte differ"),
        (state, {**good, "bias": False}, "have no place for"),
        (state, {**good, "n_layer": 10**12}, "no usable n_layer"),
        (state, {**good, "n_head": 3}, "no multiple of n_head"),
        (state, {**good, "n_embd": "32"}, "no usable n_embd"),
        (state, None, "no usable n_layer"),
        ({"a": 1}, good, "no table of tensors"),
        (state, {**good, "vocab_size": 99}, "wte.weight is"),
    ):
        saved(model, args)
        with pytest.raises(InputError, match=said):
            open_nanogpt(path, spelled)
    torch.save([1], path)
    with pytest.raises(InputError, match="no checkpoint of nanoGPT"):
        open_nanogpt(path, spelled)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"a": 0, "b": 2}, "has a hole: 2 characters, and none is number 1"),
        ({"a": 0, "b": 0}, "both token 0"),
        ({"a": "0"}, "has the number 0"),
        (["a", "bc"], "token 1 is 'bc'"),
        (["a", "a"], "token 1 is 'a'"),
        (["a", 7], "token 1 is '7'"),
        ([], "is empty"),
        (5, "no list and no table"),
        (list("abc"), "has 3 characters and"),
    ],
)
def test_a_vocabulary_that_cannot_be_used_is_refused(data: Any, said: str, tmp_path: Path) -> None:
    path = checkpoint(tmp_path / "ckpt.pt", reference(True), True)
    with pytest.raises(InputError, match=said):
        open_nanogpt(path, Spelled(vocabulary(tmp_path / "v.json", data)))


def test_a_vocabulary_file_that_is_no_json_is_refused(tmp_path: Path, shared: Path) -> None:
    path = tmp_path / "v.json"
    for text, said in (('{"a": 0, "a": 1}', "stands in it twice"), ("[", "is no JSON"), ("[" * 100_000, "is no JSON")):
        path.write_text(text)
        with pytest.raises(InputError, match=said):
            read_characters(path)
    model = checkpoint(tmp_path / "ckpt.pt", reference(True), True)
    with pytest.raises(InputError, match="50,257 tokens and"):
        open_nanogpt(model, Spelled(gpt2=shared / "data" / "gpt2"))
