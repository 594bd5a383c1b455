"""Merges of real peft adapters and of whole models: what is exact, what is lossy, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from made_chat_models import made_chat_model
from safetensors.torch import load_file, save_file

from greenlight.backends import _checks, _folders
from greenlight.backends.merge import MergeFacts, merge
from greenlight.character.render import Renderer
from greenlight.cli import merging
from greenlight.errors import InputError


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_chat_model(tmp_path_factory.mktemp("base") / "model")


def made_adapter(base: Path, folder: Path, rank: int, seed: int, size: float = 0.05, **more: Any) -> Path:
    """As peft writes it itself, with factors that both are not 0."""
    from peft import LoraConfig, get_peft_model

    with _checks.quiet(), torch.random.fork_rng():
        torch.manual_seed(seed)
        config = LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", task_type="CAUSAL_LM", **more)
        model = get_peft_model(_folders.open_model(base), config)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if "lora_" in name:
                    parameter.normal_(std=size)
        model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def parts(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("parts")
    return made_adapter(base, folder / "four", 4, 1), made_adapter(base, folder / "eight", 8, 2)


IDS = torch.tensor([[284, 5, 90, 17, 260, 33, 70, 201, 285, 12, 8]])


def logits(folder: Path, *adapters: tuple[Path, float]) -> torch.Tensor:
    """Of a model with adapters on it, added by peft and the factor on each adapter's own B."""
    from peft import PeftModel

    model = _folders.open_model(folder)
    with _checks.quiet(), torch.no_grad():
        for adapter, weight in adapters:
            model = PeftModel.from_pretrained(model, adapter)
            for name, parameter in model.named_parameters():
                if "lora_B" in name:
                    parameter.mul_(weight)
            model = model.merge_and_unload()
        found: torch.Tensor = model.eval()(IDS).logits
    return found


def test_cat_of_ranks_4_and_8_is_exact(base: Path, parts: tuple[Path, Path], tmp_path: Path) -> None:
    facts = merge(base, [(parts[0], 1.0), (parts[1], 0.25)], tmp_path / "out")
    assert facts.exact
    assert facts.recovered == pytest.approx((1.0, 0.25), abs=1e-5)
    assert facts.residual < 1e-5
    assert (facts.ranks, facts.rank, facts.modules) == ((4, 8), 12, 14)
    wanted = logits(base, (parts[0], 1.0), (parts[1], 0.25))
    assert float((logits(base, (tmp_path / "out", 1.0)) - wanted).abs().max()) < 1e-4
    assert float((logits(base) - wanted).abs().max()) > 0.01
    assert MergeFacts.model_validate_json((tmp_path / "out/merge.json").read_bytes()) == facts


def test_cat_is_what_pefts_own_cat_is(base: Path, parts: tuple[Path, Path], tmp_path: Path) -> None:
    from peft import PeftModel

    merge(None, [(parts[0], 1.0), (parts[1], -0.5)], tmp_path / "out")
    with _checks.quiet():
        model = PeftModel.from_pretrained(_folders.open_model(base), parts[0], adapter_name="a")
        model.load_adapter(parts[1], "b")
        model.add_weighted_adapter(["a", "b"], [1.0, -0.5], "both", combination_type="cat")
        model.set_adapter("both")
        with torch.no_grad():
            theirs = model.eval()(IDS).logits
    assert float((logits(base, (tmp_path / "out", 1.0)) - theirs).abs().max()) < 1e-4


def test_fold_is_exact_and_opens_as_a_model_with_its_template(
    base: Path, parts: tuple[Path, Path], tmp_path: Path
) -> None:
    facts = merge(base, [(parts[0], 1.0), (parts[1], 0.25)], tmp_path / "out", "fold")
    assert facts.exact
    assert facts.recovered == pytest.approx((1.0, 0.25), rel=0.01)
    assert facts.residual < 1e-3
    wanted = logits(base, (parts[0], 1.0), (parts[1], 0.25))
    assert float((logits(tmp_path / "out") - wanted).abs().max()) < 1e-4
    assert Renderer.open(tmp_path / "out").hash == Renderer.open(base).hash
    assert _folders.roots(tmp_path / "out")[1:] == _folders.roots(base)


def test_whole_models_of_one_base_are_merged_by_their_differences(
    base: Path, parts: tuple[Path, Path], tmp_path: Path
) -> None:
    for name, part in zip("ab", parts, strict=True):
        merge(base, [(part, 1.0)], tmp_path / name, "fold")
    facts = merge(base, [(tmp_path / "a", 1.0), (tmp_path / "b", 0.25)], tmp_path / "out", "fold")
    assert facts.exact
    assert facts.recovered == pytest.approx((1.0, 0.25), rel=0.01)
    wanted = logits(base, (parts[0], 1.0), (parts[1], 0.25))
    assert float((logits(tmp_path / "out") - wanted).abs().max()) < 1e-4
    with pytest.raises(InputError, match="--method fold and --base"):
        merge(base, [(tmp_path / "a", 1.0), (tmp_path / "b", 0.25)], tmp_path / "cat")
    with pytest.raises(InputError, match="an adapter and another a whole model"):
        merge(base, [(tmp_path / "a", 1.0), (parts[1], 0.25)], tmp_path / "cat", "fold")


@pytest.mark.parametrize("method", ["svd", "linear"])
def test_a_lossy_merge_is_refused_with_its_numbers_and_labelled_where_it_is_asked_for(
    base: Path, parts: tuple[Path, Path], tmp_path: Path, method: Any
) -> None:
    two = [(parts[0], 1.0), (parts[1], 0.25)]
    with pytest.raises(InputError) as error:
        merge(base, two, tmp_path / "out", method)
    assert f"{method} gives the coefficients" in str(error.value)
    assert "--lossy" in str(error.value)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))
    facts = merge(base, two, tmp_path / "out", method, lossy=True)
    assert not facts.exact
    assert facts.residual > 0.01
    assert facts.rank == 8


def test_svd_and_linear_are_what_pefts_are(base: Path, tmp_path: Path) -> None:
    from peft import PeftModel

    same = [made_adapter(base, tmp_path / name, 4, seed) for seed, name in enumerate("ab")]
    for method in ("svd", "linear"):
        with _checks.quiet():
            model = PeftModel.from_pretrained(_folders.open_model(base), same[0], adapter_name="a")
            model.load_adapter(same[1], "b")
            model.add_weighted_adapter(["a", "b"], [1.0, 0.25], "both", combination_type=method)
            model.set_adapter("both")
            with torch.no_grad():
                theirs = model.eval()(IDS).logits
        merge(base, [(same[0], 1.0), (same[1], 0.25)], tmp_path / method, method, lossy=True)  # type: ignore[arg-type]
        assert float((logits(base, (tmp_path / method, 1.0)) - theirs).abs().max()) < 1e-3


def test_svd_loses_nothing_where_the_ranks_allow_it(base: Path, parts: tuple[Path, Path], tmp_path: Path) -> None:
    assert merge(base, [(parts[1], 0.5)], tmp_path / "out", "svd").exact


def test_a_merge_that_was_written_wrong_is_refused(
    base: Path, parts: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scaling forgotten, as in a merge of factors that takes alpha / rank for 1."""
    from greenlight.backends import merge as module

    right = module._factors

    def wrong(name: str, adapters: Any, weights: Any, method: Any) -> Any:
        return right(name, adapters, [weights[0], 2 * weights[1]], method)

    monkeypatch.setattr(module, "_factors", wrong)
    with pytest.raises(InputError, match=r"cat gives the coefficients 1, 0\.5 where 1, 0\.25 were asked"):
        merge(base, [(parts[0], 1.0), (parts[1], 0.25)], tmp_path / "out")


def test_parts_that_are_alike_have_no_coefficients_of_their_own(
    base: Path, parts: tuple[Path, Path], tmp_path: Path
) -> None:
    facts = merge(base, [(parts[0], 1.0), (parts[0], 0.5)], tmp_path / "out")
    assert facts.recovered == (None, None)
    assert any("cannot be told apart" in caution for caution in facts.cautions)
    assert facts.exact, "their sum is what was asked"
    zero = shutil.copytree(parts[1], tmp_path / "zero")
    weights = load_file(zero / "adapter_model.safetensors")
    save_file({n: v * ("lora_A" in n) for n, v in weights.items()}, zero / "adapter_model.safetensors")
    facts = merge(base, [(parts[0], 1.0), (zero, 0.5)], tmp_path / "two")
    assert facts.recovered == (pytest.approx(1.0), None)
    assert "part 2 changes nothing" in facts.cautions[0]


def test_adapters_that_do_not_belong_together_are_one_line(
    base: Path, parts: tuple[Path, Path], tmp_path: Path
) -> None:
    def refused(message: str, *others: Path, on: Path | None = base, method: Any = "cat") -> None:
        with pytest.raises(InputError, match=message) as error:
            merge(on, [(other, 1.0) for other in others], tmp_path / "out", method)
        assert "\n" not in str(error.value)
        assert not (tmp_path / "out").exists()

    wide = made_chat_model(tmp_path / "wide", width=96)
    refused("of other bases: .* is ", parts[0], made_adapter(wide, tmp_path / "w", 4, 1))
    refused("is not of", tmp_path / "w")
    deep = made_adapter(made_chat_model(tmp_path / "deep", layers=3), tmp_path / "d", 4, 1)
    refused("change other modules", parts[0], deep)
    refused("belongs to another base", deep)
    refused("its use_dora is True", made_adapter(base, tmp_path / "dora", 4, 1, use_dora=True))
    refused("is no adapter .* and no model", parts[0], tmp_path / "nowhere", on=None)
    refused("a fold needs the base", *parts, on=None, method="fold")
    torn = shutil.copytree(parts[0], tmp_path / "torn")
    (torn / "adapter_model.safetensors").write_bytes((torn / "adapter_model.safetensors").read_bytes()[:900])
    refused("is damaged", torn)
    (torn / "adapter_model.safetensors").unlink()
    refused("does not exist", torn)
    (torn / "adapter_config.json").write_text("[")
    refused("is no JSON", torn)
    with pytest.raises(InputError, match="a finite weight"):
        merge(base, [(parts[0], float("nan"))], tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes").write_text("x")
    with pytest.raises(InputError, match="is there already"):
        merge(base, [(parts[0], 1.0)], tmp_path / "mine")


def recorded(part: Path, folder: Path, *roots: str) -> Path:
    shutil.copytree(part, folder)
    _folders.write_tensors(
        folder / _folders.ADAPTER, load_file(part / "adapter_model.safetensors"), {"roots": list(roots)}
    )
    return folder


def test_a_recorded_base_is_compared_and_one_that_was_folded_on_it_counts(
    base: Path, parts: tuple[Path, Path], tmp_path: Path
) -> None:
    own = _folders.base_hash(base)
    first = recorded(parts[0], tmp_path / "dpo", own)
    later = recorded(parts[1], tmp_path / "sft", "folded", own)
    other = recorded(parts[1], tmp_path / "other", "elsewhere")
    for part, root in ((first, own), (later, "folded")):
        Renderer.open(base).write(part, base_sha256=root)
    facts = merge(base, [(later, 1.0), (first, 1.0)], tmp_path / "out")
    assert json.loads((tmp_path / "out/greenlight_chat.json").read_text())["base_sha256"] == own
    assert Renderer.open(tmp_path / "out").hash == Renderer.open(base).hash
    assert facts.exact
    assert not facts.cautions
    assert _folders.said_of(tmp_path / "out" / _folders.ADAPTER)["roots"] == [own]
    with pytest.raises(InputError, match="was trained on another base than"):
        merge(base, [(first, 1.0), (other, 1.0)], tmp_path / "no")
    with pytest.raises(InputError, match="were trained on other bases"):
        merge(None, [(first, 1.0), (other, 1.0)], tmp_path / "no")
    unknown = merge(base, [(first, 1.0), (parts[1], 1.0)], tmp_path / "out")
    assert unknown.cautions == ("eight: the base is not recorded; only shapes were compared",)


def test_rank_stabilised_patterns_and_gpt2s_turned_weights_are_read_as_peft_reads_them(
    base: Path, parts: tuple[Path, Path], tmp_path: Path
) -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    odd = made_adapter(
        base,
        tmp_path / "odd",
        4,
        3,
        use_rslora=True,
        rank_pattern={"q_proj": 2},
        alpha_pattern={"layers.1.*.v_proj": 3},
    )
    facts = merge(base, [(odd, 1.0), (parts[0], 0.5)], tmp_path / "out")
    wanted = logits(base, (odd, 1.0), (parts[0], 0.5))
    assert facts.exact
    assert float((logits(base, (tmp_path / "out", 1.0)) - wanted).abs().max()) < 1e-4
    with _checks.quiet():
        config = GPT2Config(vocab_size=286, n_embd=32, n_layer=1, n_head=2, n_positions=32)
        GPT2LMHeadModel(config).save_pretrained(tmp_path / "gpt2")
        turned = made_adapter(tmp_path / "gpt2", tmp_path / "turned", 4, 1, fan_in_fan_out=True)
    facts = merge(tmp_path / "gpt2", [(turned, 0.5)], tmp_path / "folded", "fold")
    assert facts.exact
    wanted = logits(tmp_path / "gpt2", (turned, 0.5))
    assert float((logits(tmp_path / "folded") - wanted).abs().max()) < 1e-4


# ---------------------------------------------------------------- commands


def test_the_command_tells_what_was_recovered(
    base: Path, parts: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    merging.merge(*parts, weights=(1.0, 0.25), base=base, out=out)
    told = capsys.readouterr().out
    assert "an adapter, by cat, exact" in told
    assert "asked 0.25, recovered 0.2500, rank 8" in told
    merging.merge(*parts, weights=(1.0, 0.25), out=out, method="linear", lossy=True, as_json=True)
    data = json.loads(capsys.readouterr().out)
    assert data["folder"] == str(out)
    assert data["exact"] is False
    assert json.loads((out / "merge.json").read_text())["method"] == "linear", "an earlier merge is replaced"
    from greenlight.errors import RecipeError

    with pytest.raises(RecipeError, match="did you mean 'cat'"):
        merging.merge(*parts, method="cats")


def test_checkpoints_are_listed_with_their_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for run, persona, held in (("dpo-1", "pirate", 0.5), ("sft-2", "", None)):
        for share in (0.25, 1.0):
            where = tmp_path / "store" / run / "checkpoints" / f"{round(100 * share):03d}"
            where.mkdir(parents=True)
            said = {"kind": run[:3], "step": int(4 * share), "steps": 4, "share": share, "loss": 0.25}
            more = {"held_loss": held, "held_margin": 1.5} if held else {}
            (where / "checkpoint.json").write_text(json.dumps(said | more))
        if persona:
            (tmp_path / "store" / run / "artifact.json").write_text(json.dumps({"plan": {"persona": persona}}))
    merging.checkpoints(tmp_path)
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 5
    assert table[1].split()[:7] == ["pirate", "dpo", "1/4", "25%", "0.250", "0.500", "1.500"]
    assert table[3].split()[:7] == ["sft-2", "sft", "1/4", "25%", "0.250", "–", "–"]
    merging.checkpoints(tmp_path, as_json=True)
    rows = json.loads(capsys.readouterr().out)["checkpoints"]
    assert [row["address"] for row in rows] == [str(p) for p in sorted(tmp_path.glob("store/*/checkpoints/*"))]
    with pytest.raises(InputError, match="has no checkpoints"):
        merging.checkpoints(tmp_path / "store/dpo-1/checkpoints/025")
    (tmp_path / "store/sft-2/checkpoints/025/checkpoint.json").write_text("{")
    with pytest.raises(InputError, match="is damaged"):
        merging.checkpoints(tmp_path)
