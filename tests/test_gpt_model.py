"""The decoder against Hugging Face's, and its hand-written backward passes against autograd."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.autograd import gradcheck
from torch.nn import functional as F

from greenlight.errors import RecipeError
from greenlight.gpt import ops
from greenlight.gpt.model import Decoder, config_json, parameters
from greenlight.recipe import Model

VOCAB = 70


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small operations on two threads of a busy machine wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def rand(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def built(seed: int = 3, **options: Any) -> Decoder:
    """A model whose weights are far from their first values, so that a wrong gain or bias shows."""
    model = Decoder(Model(**{"layers": 2, "width": 64, "heads": 2, "context": 48, **options}).resolve(VOCAB), seed)
    dice = torch.Generator().manual_seed(seed)
    for name, value in model.weights().items():
        spread = 0.3 if "norm" in name or name.endswith("bias") else 0.1
        value.add_(torch.randn(value.shape, generator=dice) * spread)
    return model


@pytest.mark.parametrize("options", [{}, {"heads": 4, "kv_heads": 2, "head_dim": 32, "tied": False}])
def test_modern_is_qwen3(tmp_path: Path, options: dict[str, Any]) -> None:
    from transformers import AutoModelForCausalLM, Qwen3ForCausalLM

    model = built(**options)
    (tmp_path / "config.json").write_text(json.dumps(config_json(model.arch, 1, 2)))
    save_file({k: v.clone() for k, v in model.weights().items()}, tmp_path / "model.safetensors", {"format": "pt"})
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
    assert isinstance(theirs, Qwen3ForCausalLM)
    ids = torch.randint(VOCAB, (3, 48), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = theirs(ids).logits
        assert expected.std() > 0.3
        torch.testing.assert_close(model(ids), expected, atol=1e-5, rtol=1e-5)
    assert parameters(model.arch) == sum(p.numel() for p in theirs.parameters())


def test_classic_is_gpt2() -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    model = built(layout="classic")
    arch, own = model.arch, model.weights()
    config = GPT2Config(
        vocab_size=VOCAB, n_positions=48, n_embd=64, n_layer=2, n_head=2, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0
    )
    theirs = GPT2LMHeadModel(config).eval()  # type: ignore[no-untyped-call]
    names = {
        "transformer.wte.weight": own["model.embed_tokens.weight"],
        "transformer.wpe.weight": own["model.embed_positions.weight"],
        "transformer.ln_f.weight": own["model.norm.weight"],
        "transformer.ln_f.bias": own["model.norm.bias"],
    }
    for layer in range(arch.layers):
        at, to = f"model.layers.{layer}", f"transformer.h.{layer}"
        for kind in ("weight", "bias"):
            names[f"{to}.ln_1.{kind}"] = own[f"{at}.input_layernorm.{kind}"]
            names[f"{to}.ln_2.{kind}"] = own[f"{at}.post_attention_layernorm.{kind}"]
            qkv = torch.cat([own[f"{at}.self_attn.{n}_proj.{kind}"] for n in "qkv"])
            names[f"{to}.attn.c_attn.{kind}"] = qkv.T if kind == "weight" else qkv
            for ours, gpt2 in (
                ("self_attn.o_proj", "attn.c_proj"),
                ("mlp.up_proj", "mlp.c_fc"),
                ("mlp.down_proj", "mlp.c_proj"),
            ):
                value = own[f"{at}.{ours}.{kind}"]
                names[f"{to}.{gpt2}.{kind}"] = value.T if kind == "weight" else value
    missing = theirs.load_state_dict(names, strict=False)
    assert not missing.unexpected_keys
    assert missing.missing_keys == ["lm_head.weight"]
    ids = torch.randint(VOCAB, (3, 48), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(model(ids), theirs(ids).logits, atol=1e-5, rtol=1e-5)
    assert parameters(arch) == sum(p.numel() for p in theirs.parameters())


def plain_logits(model: Decoder, ids: Tensor) -> Tensor:
    """The modern layout once more, by autograd's own operations and in the order of the papers."""
    arch, weight = model.arch, model.pieces()
    x = weight["model.embed_tokens.weight"][ids]
    rows, length = ids.shape

    def rms(x: Tensor, gain: Tensor) -> Tensor:
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + arch.norm_eps) * gain

    def rotate(x: Tensor) -> Tensor:
        first, second = x.chunk(2, -1)
        power = torch.arange(arch.head_dim // 2) * 2.0 / arch.head_dim
        angle = torch.arange(length)[:, None] / arch.rope_base**power
        cos, sin = (torch.cat((t, t), -1) for t in (angle.cos(), angle.sin()))
        return x * cos + torch.cat((-second, first), -1) * sin

    for layer in range(arch.layers):
        at = f"model.layers.{layer}"
        y = F.linear(rms(x, weight[f"{at}.input_layernorm.weight"]), weight[f"{at}.qkv.weight"])
        q, k, v = (t.view(rows, length, arch.heads, -1).transpose(1, 2) for t in y.chunk(3, -1))
        q = rotate(rms(q, weight[f"{at}.self_attn.q_norm.weight"]))
        k = rotate(rms(k, weight[f"{at}.self_attn.k_norm.weight"]))
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + F.linear(o.transpose(1, 2).flatten(2), weight[f"{at}.self_attn.o_proj.weight"])
        y = rms(x, weight[f"{at}.post_attention_layernorm.weight"])
        gate, up = (F.linear(y, weight[f"{at}.mlp.{n}_proj.weight"]) for n in ("gate", "up"))
        x = x + F.linear(F.silu(gate) * up, weight[f"{at}.mlp.down_proj.weight"])
    return F.linear(rms(x, weight["model.norm.weight"]), weight["model.embed_tokens.weight"])


def test_gradients_equal_autograds() -> None:
    model = built()
    ids = torch.randint(VOCAB, (4, 49), generator=torch.Generator().manual_seed(0))
    grads = []
    for logits in (model(ids[:, :-1]), plain_logits(model, ids[:, :-1])):
        loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        grads.append([loss.detach(), *torch.autograd.grad(loss, [model.matrices, model.tables, model.gains])])
    for ours, theirs in zip(*grads, strict=True):
        assert theirs.abs().max() > 1e-3
        torch.testing.assert_close(ours, theirs, atol=2e-6, rtol=1e-4)


@pytest.mark.parametrize(("queries", "block"), [(128, 65_536), (1, 1), (3, 108)], ids=["whole", "singly", "unevenly"])
def test_operations_pass_finite_differences(queries: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tensor, "float", lambda x: x)  # stay in fp64
    monkeypatch.setattr(ops, "QUERIES", queries)
    monkeypatch.setattr(ops, "BLOCK", block)
    x, gain = rand(2, 3, 4, 6).double().requires_grad_(), rand(2, 1, 1, 6).double().requires_grad_()
    cos, sin = (t.double() for t in ops.rope_table(4, 6, 100.0))
    assert gradcheck(lambda x, g: ops.rms_norm(x, g, 1e-6), (x, gain[0, 0, 0]))
    assert gradcheck(lambda x, g: ops.norm_rope(x, g, (cos, sin), 1e-6), (x, gain))
    assert gradcheck(lambda x: ops.norm_rope(x, None, (cos, sin), 1e-6), (x,))
    assert gradcheck(lambda x, g: ops.norm_rope(x, g, None, 1e-6), (x, gain))
    form = ops.Form(heads=2, kv_heads=2, size=6, eps=1e-6)
    qkv, gain = rand(3, 4, 36).double().requires_grad_(), rand(4, 1, 1, 6).double().requires_grad_()
    for bias in (
        ops.causal(4, torch.float64, x.device),
        ops.documents(torch.tensor([[0, 0, 1, 1]] * 3), torch.float64),
    ):
        assert gradcheck(lambda x, g, m=bias: ops.attention(x, g, (cos, sin), m, form), (qkv, gain))
        assert gradcheck(lambda x, m=bias: ops.attention(x, None, (cos, sin), m, form), (qkv,))
        assert gradcheck(lambda x, g, m=bias: ops.attention(x, g, None, m, form), (qkv, gain))
        assert gradcheck(lambda x, m=bias: ops.attention(x, None, None, m, form), (qkv,))


@pytest.mark.parametrize("layout", ["modern", "classic"])
def test_packed_documents_do_not_see_each_other(layout: str) -> None:
    model = built(layout=layout)
    alone = torch.randint(VOCAB, (1, 20), generator=torch.Generator().manual_seed(1))
    other = torch.randint(VOCAB, (1, 28), generator=torch.Generator().manual_seed(2))
    docs = torch.tensor([[0] * 28 + [1] * 20])
    with torch.no_grad():
        packed = model(torch.cat((other, alone), 1), ops.documents(docs, torch.float32))
        torch.testing.assert_close(packed[:, 28:], model(alone), atol=2e-5, rtol=1e-4)
        torch.testing.assert_close(packed[:, :28], model(other), atol=2e-5, rtol=1e-4)


def test_document_mask_positions_restart() -> None:
    mask = ops.documents(torch.tensor([[0, 0, 0, 1, 1, -1], [2, 3, 3, 3, 3, 3]]), torch.float32)
    assert mask.positions.tolist() == [[0, 1, 2, 0, 1, 0], [0, 0, 1, 2, 3, 4]]
    assert (mask.bias[0] == 0).int().tolist() == [
        [1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 0, 0, 0],
        [0, 0, 0, 1, 0, 0],
        [0, 0, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 1],
    ]


@pytest.mark.parametrize("queries", [1, 5, 16])
def test_both_attentions_agree(queries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ops, "QUERIES", queries)
    form = ops.Form(heads=4, kv_heads=4, size=8, eps=1e-6)
    qkv, gain, rope = rand(2, 16, 96), rand(8, 1, 1, 8), ops.rope_table(16, 8, 100.0)
    docs = torch.tensor([[0] * 5 + [1] * 11, [2] * 16])
    for mask in (ops.causal(16, torch.float32, qkv.device), ops.documents(docs, torch.float32)):
        products = ops.attention(qkv, gain, rope, mask, form)
        with monkeypatch.context() as patch:
            patch.setattr(ops, "FUSED_FROM", 1)
            torch.testing.assert_close(products, ops.attention(qkv, gain, rope, mask, form), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    "options",
    [
        {"mlp": "relu2", "qk_norm": False, "bias": True},
        {"norm": "layer", "position": "learned", "tied": False},
        {"layout": "classic", "bias": False, "qk_norm": True, "position": "rope"},
    ],
)
def test_mixed_layouts_learn_and_are_their_own_type(options: dict[str, Any]) -> None:
    model = built(**options)
    assert config_json(model.arch, 1, 2)["model_type"] == "greenlight"
    ids = torch.arange(48)[None] % 7
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(12):
        loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_gelu_is_pytorchs(dtype: torch.dtype) -> None:
    """More values than a block, tails included; in bf16 both round the same fp32 value."""
    x = (torch.cat((torch.linspace(-12, 12, ops.BLOCK), rand(777) * 3))).to(dtype).requires_grad_()
    grad = rand(len(x)).to(dtype)
    tight = {"atol": 5e-6, "rtol": 1e-5} if dtype == torch.float32 else {"atol": 1e-2, "rtol": 1e-2}
    ours, theirs = ops.gelu(x), F.gelu(x, approximate="tanh")
    torch.testing.assert_close(ours, theirs, **tight)
    (d_ours,), (d_theirs,) = torch.autograd.grad(ours, x, grad), torch.autograd.grad(theirs, x, grad)
    torch.testing.assert_close(d_ours, d_theirs, **tight)


@pytest.mark.parametrize("logits", [1, 300, ops.LOGITS])
def test_token_loss_is_cross_entropy(logits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In chunks of 32 rows, of 32 and of all: value and gradients, where some places have no target."""
    monkeypatch.setattr(ops, "LOGITS", logits)
    x, table = rand(70, 16).requires_grad_(), (rand(9, 16) * 3).requires_grad_()
    targets = torch.arange(70) % 10 - 1
    ours = ops.token_loss(x, table, targets)
    theirs = F.cross_entropy(x @ table.mT, targets, ignore_index=-1, reduction="sum")
    torch.testing.assert_close(ours, theirs)
    with torch.no_grad():
        torch.testing.assert_close(ops.token_loss(x, table, targets), theirs)
    for mine, other in zip(
        torch.autograd.grad(ours / 7, (x, table)), torch.autograd.grad(theirs / 7, (x, table)), strict=True
    ):
        torch.testing.assert_close(mine, other)


def test_token_loss_of_an_impossible_token_is_a_number() -> None:
    x, table = torch.tensor([[1.0]]), torch.tensor([[200.0], [-200.0]]).requires_grad_()
    loss = ops.token_loss(x, table, torch.tensor([1]))
    assert loss.item() == 400.0
    assert torch.autograd.grad(loss, table)[0].flatten().tolist() == [1.0, -1.0]


def test_dropout_drops_its_share_everywhere() -> None:
    x = torch.ones(400, 512)
    drop = ops.Dropout(0.25, torch.Generator().manual_seed(1))
    y = ops.dropout(x, drop)
    assert y.unique().tolist() == pytest.approx([0.0, 4 / 3])  # type: ignore[no-untyped-call]
    by_byte = (y == 0).float().view(-1, 8).mean(0)  # each of a word's eight bytes
    assert ((by_byte - 0.25).abs() < 0.012).all()
    assert not torch.equal(y, ops.dropout(x, drop))
    assert ops.dropout(x, None) is x


def test_heads_too_small_for_servers_are_refused() -> None:
    with pytest.raises(RecipeError, match=r"heads of 16 need model\.heads = 2"):
        Model(width=64, heads=4).resolve(VOCAB)
    assert Model(layout="classic", width=64, heads=4).resolve(VOCAB).head_dim == 16


def test_wrong_weights_are_refused() -> None:
    model = built()
    weights = dict(model.weights())
    weights.pop("model.norm.weight")
    with pytest.raises(KeyError, match=r"model\.norm\.weight"):
        model.load(weights)
