"""Models on their way out: what ``transformers`` opens computes and spells as ours does, or nothing is left."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from made_vocabularies import write_vocabulary
from safetensors.torch import load_file, save_file

from greenlight import vocabulary
from greenlight.cli.main import guarded
from greenlight.errors import InputError, StoreError, StudyError
from greenlight.exports import _check, _layouts
from greenlight.exports.hf import Export
from greenlight.gpt.model import Decoder, config_json
from greenlight.gpt.player import open_player
from greenlight.nouns import Architecture, Interval
from greenlight.parts import Parcel
from greenlight.progress import SILENT
from greenlight.report import card
from greenlight.study import Study
from greenlight.tokenizer import Tokenizer

TEXT = "The boat saw a green light in the harbour. Naïve, it didn't turn; 漢字 — and the café's lamp went out.\n\n"
MODERN = ("rms", "rope", "swiglu", False, True)
CLASSIC = ("layer", "learned", "gelu", True, False)
HELD = {
    MODERN: "Qwen3",
    ("rms", "rope", "swiglu", True, True): "HYV3",
    **{("rms", "rope", "swiglu", bias, False): "Llama" for bias in (False, True)},
    **{("rms", "rope", mlp, bias, False): "Arcee" for mlp in ("gelu", "relu2") for bias in (False, True)},
    **{("rms", "rope", mlp, False, True): "Apertus" for mlp in ("gelu", "relu2")},
    **{("layer", "learned", mlp, bias, False): "GPT2" for mlp in ("gelu", "relu2") for bias in (False, True)},
    **{("layer", "rope", mlp, bias, False): "Starcoder2" for mlp in ("gelu", "relu2") for bias in (False, True)},
    ("layer", "rope", "swiglu", False, False): "StableLm",
}
"""Which class holds which choices, by the classes' own sources."""
EVERY = list(product(("layer", "rms"), ("learned", "rope"), ("gelu", "relu2", "swiglu"), (False, True), (False, True)))
OWN_HEADS = ("Qwen3", "HYV3", "Llama", "Arcee", "Apertus", "Starcoder2")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def architecture(choices: tuple[str, str, str, bool, bool], vocab: int = 258, **sizes: Any) -> Architecture:
    norm, position, mlp, bias, qk_norm = choices
    made = {
        "vocab": vocab,
        "context": 24,
        "layers": 2,
        "width": 32,
        "heads": 2,
        "kv_heads": 2,
        "head_dim": 16,
        "mlp_width": 48,
        "norm": norm,
        "position": position,
        "mlp": mlp,
        "bias": bias,
        "qk_norm": qk_norm,
        "tied": True,
        "dropout": 0.1,
        "rope_base": 5_000.0,
        "norm_eps": 1e-5 if norm == "layer" else 1e-6,
    }
    return Architecture.model_validate(made | sizes)


def saved(folder: Path, arch: Architecture, tokenizer: Tokenizer) -> Path:
    """A model's folder, with weights far from their first values, so that a wrong gain or bias shows."""
    folder.mkdir(parents=True, exist_ok=True)
    model, dice = Decoder(arch, 3), torch.Generator().manual_seed(3)
    for name, value in model.weights().items():
        spread = 0.3 if "norm" in name or name.endswith("bias") else 0.1
        value.add_(torch.randn(value.shape, generator=dice) * spread)
    (folder / "config.json").write_text(json.dumps(config_json(arch, tokenizer.bos, tokenizer.eos)))
    weights = {name: value.clone() for name, value in model.weights().items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    tokenizer.save(folder / "tokenizer.json")
    return folder


BYTES = Tokenizer.train("byte", ["a"], 0)


def exported(folder: Path, arch: Architecture, tokenizer: Tokenizer = BYTES) -> tuple[Path, dict[str, Any]]:
    parcel = Parcel(saved(folder / "model", arch, tokenizer), "# A model", texts=(TEXT * 3,))
    return folder / "hf", Export().write(parcel, folder / "hf", SILENT)


def beside(target: Path) -> list[str]:
    """What an export that failed must not leave."""
    return [path.name for path in target.parent.iterdir() if target.name in path.name]


# ---------------------------------------------------------------- the classes


@pytest.mark.parametrize("choices", HELD, ids=lambda c: "-".join(map(str, c)))
def test_the_class_that_holds_it_computes_the_same(tmp_path: Path, choices: tuple[str, str, str, bool, bool]) -> None:
    from transformers import AutoModelForCausalLM

    name = HELD[choices]
    shapes: list[dict[str, Any]] = [{}]
    if name in OWN_HEADS:  # shared keys, heads of a size of their own, a head that is not tied
        shapes.append({"heads": 4, "kv_heads": 2, "head_dim": 24, "tied": False})
    elif name == "StableLm":
        shapes.append({"heads": 4, "kv_heads": 2, "head_dim": 8, "tied": False})
    else:
        shapes.append({"tied": False})
    for n, shape in enumerate(shapes):
        arch = architecture(choices, **shape)
        target, record = exported(tmp_path / str(n), arch)
        assert record["class"].startswith(name)
        assert max(record["check"]["difference"].values()) <= 1e-4
        assert (record["zeros_added"] > 0) == (name in ("GPT2", "Starcoder2", "StableLm") and not arch.bias)
        ours = open_player(tmp_path / str(n) / "model", device="cpu").model
        theirs = AutoModelForCausalLM.from_pretrained(target)
        assert type(theirs).__name__ == record["class"]
        ids = torch.randint(arch.vocab, (2, arch.context), generator=torch.Generator().manual_seed(1))
        with torch.no_grad():
            expected = ours(ids)
            assert expected.std() > 0.3
            torch.testing.assert_close(theirs(ids).logits, expected, atol=2e-5, rtol=1e-5)


def test_gpt2_with_one_key_head_for_all_is_gpt_bigcode(tmp_path: Path) -> None:
    _, record = exported(tmp_path, architecture(CLASSIC, heads=4, kv_heads=1, head_dim=8))
    assert record["class"] == "GPTBigCodeForCausalLM"


@pytest.mark.parametrize("choices", [c for c in EVERY if c not in HELD], ids=lambda c: "-".join(map(str, c)))
def test_what_no_class_holds_is_refused_by_name(choices: tuple[str, str, str, bool, bool]) -> None:
    with pytest.raises(InputError, match="no class of transformers holds this model exactly") as refused:
        _layouts.choose(architecture(choices))
    said = str(refused.value)
    lacked = said.partition("lacks ")[2].partition(";")[0]
    names = ("norm", "position", "mlp", "bias", "qk_norm")
    written = {
        f"model.{n} = {str(v).lower() if isinstance(v, bool) else repr(v)}" for n, v in zip(names, choices, strict=True)
    }
    assert lacked
    assert set(lacked.split(" and ")) <= written
    way_out = dict(zip(names, choices, strict=True))
    for change in said.partition("a round with ")[2].removesuffix(" can be exported").split(" and "):
        key, _, value = change.removeprefix("model.").partition(" = ")
        way_out[key] = {"true": True, "false": False}.get(value, value.strip("'"))
    assert tuple(way_out[n] for n in names) in HELD, "the way out that is named must be one"


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"heads": 4, "kv_heads": 2, "head_dim": 8}, "kv_heads = 2"),
        ({"head_dim": 24}, "model.head_dim = 24; .* a round with model.width = 48 can be exported"),
    ],
)
def test_heads_that_gpt2_does_not_have_are_refused(sizes: dict[str, int], said: str) -> None:
    with pytest.raises(InputError, match=said):
        _layouts.choose(architecture(CLASSIC, **sizes))


@pytest.mark.parametrize("name", ["h.0.attn.c_attn.weight", "h.1.mlp.c_fc.bias", "ln_f.weight"])
def test_weights_that_compute_something_else_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    arch = architecture(CLASSIC)
    right = _layouts.choose(arch)

    def wrong(arch: Architecture, own: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        made = {name: value.clone() for name, value in right.weights(arch, own).items()}
        made[f"transformer.{name}"][..., 0] += 0.05
        return made

    target, _ = exported(tmp_path, arch)
    old = (target / "export.json").read_bytes()
    monkeypatch.setattr("greenlight.exports.hf.choose", lambda arch: replace(right, weights=wrong))
    for folder in (target, tmp_path / "new"):
        with pytest.raises(InputError, match=r"they differ by [0-9.e-]+ of up to .*: nothing was exported"):
            Export().write(Parcel(tmp_path / "model", "# A model", texts=(TEXT,)), folder, SILENT)
    assert beside(tmp_path / "new") == []
    assert beside(target) == ["hf"]
    assert (target / "export.json").read_bytes() == old, "what was there before still stands"


# ---------------------------------------------------------------- tokenizers


@pytest.mark.parametrize("use", ["char", "byte", "bpe", "gpt2"])
def test_tokenizers_spell_alike(tmp_path: Path, use: Any) -> None:
    from transformers import AutoTokenizer

    if use == "gpt2":
        ours = Tokenizer.of(vocabulary.read(write_vocabulary(tmp_path / "v")))
    else:
        ours = Tokenizer.train(use, [TEXT * 5], 300)
    folder, record = exported(tmp_path, architecture(MODERN, ours.vocab), ours)
    assert record["check"]["texts_with_equal_tokens"] == 64 + len(_check.AWKWARD)
    theirs = AutoTokenizer.from_pretrained(folder)
    assert (theirs.bos_token_id, theirs.eos_token_id, theirs.pad_token_id) == (ours.bos, ours.eos, ours.eos)
    assert len(theirs) == ours.vocab
    for text in (*_check.AWKWARD, TEXT, "unseen: ß 🚢 ﷽"):
        ids = theirs(text)["input_ids"]
        assert ids == [ours.bos, *ours.encode(text)]
        assert ours.bos not in ids[1:]
        assert ours.eos not in ids
        assert theirs.decode(ids, skip_special_tokens=True) == text
    rows = theirs([TEXT, "a"], padding=True)
    assert rows["input_ids"][1][-1] == ours.encode("a")[0], "padding stands before a prompt, not after it"
    assert len(theirs("a b", "c")["input_ids"]) == 1 + len(ours.encode("a b")) + len(ours.encode("c"))


def test_a_tokenizer_that_spells_otherwise_is_found(tmp_path: Path) -> None:
    other = Tokenizer.train("char", ["abc" + "".join(map(chr, range(64, 64 + 258)))], 0)
    arch = architecture(MODERN, BYTES.vocab)
    folder = saved(tmp_path / "model", arch, BYTES)
    with pytest.raises(InputError, match=r"transformers reads .* and greenlight as"):
        _check._same_tokens([TEXT], other, _check.opened(exported(tmp_path / "x", arch)[0])[1])
    other.save(folder / "tokenizer.json")
    with pytest.raises(StoreError, match="516 tokens, and the model beside it 258"):
        Export().write(Parcel(folder, "# A model"), tmp_path / "hf", SILENT)


# ---------------------------------------------------------------- a round's model


@pytest.fixture(scope="module")
def study(tiny: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A copy of the small study that may be written to, under a title that a stranger gave it."""
    folder = tmp_path_factory.mktemp("export") / "study"
    shutil.copytree(tiny.folder, folder)
    path = folder / "study.toml"
    title = json.dumps(HOSTILE)
    path.write_text(
        "\n".join(f"title = {title}" if li.startswith("title") else li for li in path.read_text().splitlines())
    )
    return Study(folder)


HOSTILE = "# x\n---\nlicense: mit\n<script>alert(1)</script> [a](javascript:b) ![i](//e.vil/p) | `c` ```\n\u202ed"


@pytest.fixture(scope="module")
def folder(study: Study) -> Path:
    """Round 2's first seed, exported by the command."""
    assert guarded(["export", "2", "--to", "hf", "--study", str(study.folder)]) == 0
    (found,) = (study.folder / "exports").iterdir()
    return found


def test_a_round_is_exported_with_its_record(
    study: Study, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = study.round(2)
    assert folder.name == f"02-{row.slug}-seed{row.seeds[0]}-hf"
    record = json.loads((folder / "export.json").read_text())
    assert record["fingerprint"] == row.artifacts[f"model-{row.seeds[0]}"].fingerprint
    assert record["check"]["real_tokens"] == "the validation and training tokens"
    assert 0 < max(record["check"]["difference"].values()) <= 1e-4
    assert {*record["files"], "export.json"} == {path.name for path in folder.iterdir()}

    capsys.readouterr()
    out = tmp_path / "other"
    command = ["export", "round:2", "--to", "hf", "--seed", str(row.seeds[1]), "--out", str(out)]
    assert guarded([*command, "--study", str(study.folder), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["folder"], said["seed"], said["class"]) == (str(out), row.seeds[1], "Qwen3ForCausalLM")
    assert said["fingerprint"] != record["fingerprint"]


def test_the_card_says_what_the_record_says_and_nothing_of_a_stranger_runs(study: Study, folder: Path) -> None:
    text = (folder / "README.md").read_text()
    _, head, body = text.split("---\n", 2)
    assert head.splitlines() == [
        "license: other",
        "library_name: transformers",
        "pipeline_tag: text-generation",
        "tags: [greenlight, synthetic]",
    ]
    title = next(line for line in body.splitlines() if line)
    assert title.startswith(r"# \# x --- license: mit &lt;script&gt;")
    assert "<script" not in text
    assert "](j" not in text.replace("\\]", "")
    assert "\u202e" not in text
    row = study.round(2)
    assert row.verdict is not None
    assert f"{row.facts['parameters']:,} parameters" in body
    assert row.question in body
    assert f"round 2 minus round {row.verdict.against}" in body or row.verdict.difference is None
    assert "BPC" in body
    assert r"\ntopic: a small boat on the lake\n" in body, "the control line to prompt it with"
    assert "Nobody has read its output" in body


def test_the_card_gives_a_verdict_with_its_interval_and_seeds(study: Study) -> None:
    row = study.round(2)
    assert row.verdict is not None
    difference = Interval(value=-0.125, low=-0.3, high=0.05, level=0.95, method="t", df=4.0)
    changes = {"metric": "bpc", "unit": "bits", "difference": difference, "seeds": (3, 2), "blocks": 40}
    verdict = row.verdict.model_copy(update={**changes, "outcome": "undecided", "sentence": "<b>not</b> decided"})
    told = card.about(study.card, row.model_copy(update={"verdict": verdict}), row.seeds[0])
    assert "- BPC, round 2 minus round 1: −0.125 bits, 95% interval [−0.30, +0.05]; 3 against 2 seeds, 40" in told
    assert "&lt;b&gt;not&lt;/b&gt; decided" in told
    assert "Round 2 is undecided." in told
    assert "None: this round was compared with no other." in card.about(study.card, study.round(1), row.seeds[0])


def test_without_the_tokens_the_yardstick_is_read_and_a_bare_folder_writes_its_own(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Study(Path(shutil.copytree(study.folder, tmp_path / "study")))
    row = copy.round(1)
    shutil.rmtree(copy.store.path(row.artifacts["tokens"]))
    here = ["--to", "hf", "--study", str(copy.folder), "--json"]
    assert guarded(["export", "1", *here]) == 0
    assert json.loads(capsys.readouterr().out)["check"]["real_tokens"] == "the yardstick's text"
    bare = copy.folder / "runs" / f"01-{row.slug}" / str(row.seeds[0])
    assert guarded(["export", str(bare), *here]) == 2
    assert "say where to export it, with --out FOLDER" in capsys.readouterr().err
    assert guarded(["export", str(bare), *here, "--out", str(tmp_path / "bare")]) == 0
    assert json.loads(capsys.readouterr().out)["check"]["real_tokens"] == "the model's own samples"
    assert "nothing is recorded here" in (tmp_path / "bare" / "README.md").read_text()


# ---------------------------------------------------------------- others open it


def test_a_pipeline_writes_what_talk_writes(study: Study, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from transformers import pipeline, set_seed

    writer = pipeline("text-generation", str(folder))
    capsys.readouterr()
    for prompt in ("The boat", "[green=5] [green=5] [green=5]\ntopic: a lamp\n"):
        assert guarded(["talk", "2", prompt, "--temperature", "0", "--study", str(study.folder), "--json"]) == 0
        (said,) = json.loads(capsys.readouterr().out)
        assert writer(prompt, do_sample=False)[0]["generated_text"] == prompt + said["text"]
    set_seed(1)
    first, second = (writer("The boat")[0]["generated_text"] for _ in range(2))
    assert first != second, "it draws by itself"
    rows = writer(["The boat", "A"], return_tensors=True, batch_size=2, num_return_sequences=8)
    ids = [out["generated_token_ids"] for row in rows for out in row]
    assert max(map(len, ids)) <= 192
    start = Tokenizer.open(folder / "tokenizer.json").bos
    assert all(row.count(start) == 1 for row in ids), "a document does not begin in a document"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(folder: Path, tmp_path: Path) -> Iterator[str]:
    """The address of ``transformers serve`` on loopback."""
    port = free_port()
    (tmp_path / "hub").mkdir()
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder), "--port", str(port)]
    env = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    with open(tmp_path / "log", "wb") as log:
        child = subprocess.Popen([*command, "--host", "127.0.0.1"], env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and child.poll() is None:
            try:
                with urllib.request.urlopen(f"{address}/health", timeout=1):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        else:
            pytest.fail((tmp_path / "log").read_text()[-2000:])
        yield address
    finally:
        child.terminate()
        child.wait(20)


def test_a_server_and_a_client_that_are_not_ours_talk_to_it(
    study: Study, folder: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from openai import OpenAI

    prompt = "[green=5] [green=5] [green=5]\ntopic: a lamp\n"
    assert guarded(["talk", "2", prompt, "--temperature", "0", "--study", str(study.folder), "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    with OpenAI(base_url=f"{server}/v1", api_key="none", max_retries=0) as client:
        asked = {"model": str(folder), "prompt": prompt}
        exact = client.completions.create(**asked, max_tokens=40, temperature=0)
        assert len(exact.choices[0].text) > 10
        assert (said["text"]).startswith(exact.choices[0].text)
        drawn = {client.completions.create(**asked, max_tokens=20).choices[0].text for _ in range(3)}
        assert len(drawn) > 1, "it draws by itself"
        streamed = client.completions.create(**asked, max_tokens=40, temperature=0, stream=True)
        assert "".join(chunk.choices[0].text for chunk in streamed) == exact.choices[0].text


# ---------------------------------------------------------------- mistakes


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 1) -> str:
    assert guarded(["export", *arguments]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1].startswith("greenlight: ")
    return said.err.splitlines()[-1]


def test_mistakes_are_one_line(study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    here = ["--study", str(study.folder)]
    assert "Missing option '--to'" in refused(capsys, "2", *here, code=2)
    assert "--to: unknown export 'gguf'; known: hf" in refused(capsys, "2", "--to", "gguf", *here, code=2)
    assert "there is no" in (said := refused(capsys, "77", "--to", "hf", *here)) or "has not been run" in said
    assert "is no round" in refused(capsys, "two", "--to", "hf", *here, code=2)
    assert "has no seed 999" in refused(capsys, "2", "--to", "hf", "--seed", "999", *here)
    assert "holds no model.safetensors" in refused(capsys, str(tmp_path), "--to", "hf", *here)
    assert "is no study" in refused(capsys, "2", "--to", "hf", "--study", str(tmp_path))


def test_a_target_that_is_something_else_stays_as_it_is(
    study: Study, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def to(target: Path) -> str:
        return refused(capsys, "2", "--to", "hf", "--study", str(study.folder), "--out", str(target))

    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    assert "is no export of greenlight" in to(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    (tmp_path / "file").write_text("x")
    assert "is no folder" in to(tmp_path / "file")
    (tmp_path / "link").symlink_to(folder)
    assert "is no folder" in to(tmp_path / "link")
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "model.gguf").write_text("made from it")
    assert "holds model.gguf, which the export there did not write" in to(copy)
    assert (copy / "model.gguf").exists()
    (copy / "export.json").write_text("[]")
    assert "is no export of greenlight" in to(copy)


def test_a_second_export_takes_the_place_of_the_first_and_clears_what_was_killed(
    study: Study, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "README.md").write_text("old")
    left = tmp_path / ".copy.999999999.new.part"
    left.mkdir()
    monkeypatch.chdir(copy)
    assert guarded(["export", "2", "--to", "hf", "--study", str(study.folder), "--out", "."]) == 0
    assert (copy / "README.md").read_text() == (folder / "README.md").read_text()
    assert beside(copy) == ["copy"]


@pytest.mark.parametrize(
    ("file", "damage", "said"),
    [
        ("model.safetensors", lambda data: data[: len(data) // 2], "cannot be read"),
        ("config.json", lambda data: data[:30], "does not hold a model of Greenlight"),
        ("config.json", lambda data: data.replace(b'"layers": 2', b'"layers": 3'), "does not belong to its config"),
        ("tokenizer.json", lambda data: b"{}", "cannot be read as a tokenizer.json"),
        ("tokenizer.json", None, "does not exist"),
    ],
)
def test_a_damaged_model_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, damage: Any, said: str
) -> None:
    model = saved(tmp_path / "model", architecture(MODERN), BYTES)
    path = model / file
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(path.read_bytes()))
    assert said in refused(capsys, str(model), "--to", "hf", "--out", str(tmp_path / "hf"))
    assert beside(tmp_path / "hf") == []


def test_a_model_of_numbers_that_are_none_is_refused(tmp_path: Path) -> None:
    model = saved(tmp_path / "model", architecture(MODERN), BYTES)
    weights = load_file(model / "model.safetensors")
    weights["model.norm.weight"][3] = float("nan")
    save_file(weights, model / "model.safetensors", {"format": "pt"})
    with pytest.raises(StoreError, match="not finite: train it again"):
        Export().write(Parcel(model, "# A model", texts=(TEXT,)), tmp_path / "hf", SILENT)
    assert beside(tmp_path / "hf") == []


def test_without_the_extra_one_line_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = saved(tmp_path / "model", architecture(MODERN), BYTES)
    monkeypatch.setitem(sys.modules, "transformers", None)
    said = refused(capsys, str(model), "--to", "hf", "--out", str(tmp_path / "hf"))
    assert "--to hf needs transformers: pip install 'greenlight-studio[hf]'" in said


def test_an_older_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arch = architecture(MODERN)
    gone = replace(_layouts.choose(arch), name="Qwen9ForCausalLM")
    monkeypatch.setattr("greenlight.exports.hf.choose", lambda arch: gone)
    with pytest.raises(InputError, match=r"has no Qwen9ForCausalLM, .*: pip install --upgrade transformers"):
        exported(tmp_path, arch)
    assert beside(tmp_path / "hf") == []


def test_the_refusal_comes_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "hf").mkdir()
    with pytest.raises(StudyError, match="is no export of greenlight"):
        Export().write(Parcel(tmp_path / "no-model", "# A model"), tmp_path / "hf", SILENT)
