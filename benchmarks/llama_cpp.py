"""A model that was trained here, behind llama.cpp's own server, driven through the client that every voice uses.

The server is slow to build and no dependency; it may live in an environment of its own:

    python -m venv ../llama                       # building it takes some minutes on two cores
    ../llama/bin/pip install 'llama-cpp-python[server]' gguf safetensors
    greenlight export 3 --to hf --study demo --out story-model
    python benchmarks/llama_cpp.py story-model --python ../llama/bin/python --json

The folder (Qwen3's layout, byte-level BPE: what ``greenlight export --to hf`` writes of a ``modern`` round) is written
as one GGUF file in fp32, served on loopback, and asked: whether 20 greedy continuations of 48 tokens are those of
``transformers``, with the server's own settings and with ``PLAIN`` ones; what ``greenlight probe`` sees; and how fast a
voice with ``api = "completions"`` and ``extra = PLAIN`` writes, everything recorded.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NEEDS = "llama-cpp-python[server], gguf and safetensors"
NAMES = {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
"""What Qwen3's tensors of a layer are called in a GGUF file."""
PROMPTS, TOKENS, WRITTEN = 20, 48, 100
PLAIN = {"repeat_penalty": 1.0, "top_k": 0, "min_p": 0.0}
"""The model's own probabilities: unless it is told, this server punishes repeats and cuts the choice, also at
temperature 0."""


def convert(folder: Path, target: Path) -> None:
    """The export as GGUF; runs in the server's environment."""
    from importlib import import_module

    from safetensors.numpy import load_file

    gguf: Any = import_module("gguf")
    config = json.loads((folder / "config.json").read_text())
    spelled = json.loads((folder / "tokenizer.json").read_text())["model"]
    if config["model_type"] != "qwen3" or spelled["type"] != "BPE":
        raise SystemExit(
            f"{folder.name} is {config['model_type']} with {spelled['type']}: export a modern round with a BPE"
        )
    out = gguf.GGUFWriter(str(target), "qwen3")
    out.add_context_length(config["max_position_embeddings"])
    out.add_embedding_length(config["hidden_size"])
    out.add_feed_forward_length(config["intermediate_size"])
    out.add_block_count(config["num_hidden_layers"])
    out.add_head_count(config["num_attention_heads"])
    out.add_head_count_kv(config["num_key_value_heads"])
    out.add_key_length(config["head_dim"])
    out.add_value_length(config["head_dim"])
    out.add_rope_freq_base(config["rope_theta"])
    out.add_layer_norm_rms_eps(config["rms_norm_eps"])
    out.add_file_type(0)
    special = (config["bos_token_id"], config["eos_token_id"])
    tokens = [token for token, _ in sorted(spelled["vocab"].items(), key=lambda item: item[1])]
    kinds = [gguf.TokenType.CONTROL if number in special else gguf.TokenType.NORMAL for number in range(len(tokens))]
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(tokens)
    out.add_token_types(kinds)
    out.add_token_merges([pair if isinstance(pair, str) else " ".join(pair) for pair in spelled["merges"]])
    out.add_bos_token_id(special[0])
    out.add_eos_token_id(special[1])
    out.add_add_bos_token(True)
    for name, tensor in load_file(folder / "model.safetensors").items():
        plain = name.removeprefix("model.").removesuffix(".weight")
        if plain.startswith("layers."):
            _, layer, part = plain.split(".", 2)
            plain = f"blk.{layer}.{NAMES[part]}"
        else:
            plain = {"embed_tokens": "token_embd", "norm": "output_norm", "lm_head": "output"}[plain]
        out.add_tensor(f"{plain}.weight", tensor.astype("float32"))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


@contextlib.contextmanager
def served(python: str, model: Path, context: int) -> Iterator[str]:
    """llama.cpp's server on a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--model", str(model), "--n_ctx", str(context), "--port", str(port), "--model_alias", "story"]
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen([python, "-m", "llama_cpp.server", *words], stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}/v1"
        try:
            until = time.monotonic() + 120
            while time.monotonic() < until and child.poll() is None:
                with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/models", timeout=1):
                    break
                time.sleep(0.1)
            else:
                log.seek(0)
                raise SystemExit("the server does not answer: " + log.read()[-2_000:].decode(errors="replace"))
            yield address
        finally:
            child.terminate()
            child.wait(20)


def greedy(folder: Path, address: str, prompts: list[str]) -> dict[str, int]:
    """How many greedy continuations are those of ``transformers``."""
    import openai
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    client = openai.OpenAI(base_url=address, api_key="none")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    same = {"prompts": len(prompts), "by_default": 0, "plain": 0}
    for prompt in prompts:
        ids = tokenizer(prompt, return_tensors="pt")
        with torch.no_grad():
            told = model.generate(
                **ids, max_new_tokens=TOKENS, do_sample=False, temperature=None, top_k=None, top_p=None
            )
        mine = tokenizer.decode(told[0, ids["input_ids"].shape[1] :], skip_special_tokens=True)
        for name, extra in (("by_default", {}), ("plain", PLAIN)):
            reply = client.completions.create(
                model="story", prompt=prompt, max_tokens=TOKENS, temperature=0.0, extra_body=extra
            )
            same[name] += reply.choices[0].text == mine
    return same


def write(address: str, topics: list[str]) -> dict[str, Any]:
    """A voice's seconds and tokens for ``WRITTEN`` samples, everything recorded."""
    from voices import Silent

    from greenlight import blend, parts
    from greenlight.recipe import Brief, VoicesCorpus
    from greenlight.write import Writer

    voice: dict[str, Any] = {
        "use": "endpoint",
        "api": "completions",
        "model": "story",
        "base_url": address,
        "max_tokens": 150,
    }
    voice["extra"] = PLAIN
    brief = Brief(topics=tuple(topics), pattern="green light")
    made = VoicesCorpus(size=WRITTEN, blend={"v": 1.0}, voices={"v": voice}, brief=brief, most_refused=1.0)
    voices = {"v": parts.make("generators", "v", voice)}
    with tempfile.TemporaryDirectory() as folder, Writer(made, voices, {}, Path(folder)) as writer:
        began = time.perf_counter()
        writer.fill(blend.plan(made), Silent())
        took, item = time.perf_counter() - began, writer.bill.items["v"]
    return {
        "samples": WRITTEN,
        "requests": item.requests,
        "requests_a_second": round(item.requests / took, 2),
        "tokens_a_second": round(item.tokens_out / took, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="what greenlight export --to hf wrote")
    parser.add_argument("--python", default=sys.executable, help=f"an interpreter that has {NEEDS}")
    parser.add_argument("--convert", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.convert:
        convert(given.folder, given.convert)
        return
    if subprocess.run(
        [given.python, "-c", "import llama_cpp.server, gguf, safetensors"], capture_output=True
    ).returncode:
        raise SystemExit(f"{given.python} lacks {NEEDS}: pip install them there, and name it with --python")
    topics = [f"a kite, number {n}" for n in range(PROMPTS)]
    prompts = [f"[green={n % 5}]\ntopic: {topic}\n" for n, topic in enumerate(topics)]
    context = json.loads((given.folder / "config.json").read_text())["max_position_embeddings"]
    found: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    with tempfile.TemporaryDirectory() as name:
        model = Path(name) / "story.gguf"
        subprocess.run([given.python, __file__, str(given.folder), "--convert", str(model)], check=True)
        with served(given.python, model, context) as address:
            found["greedy"] = greedy(given.folder, address, prompts)
            found["written"] = write(address, topics)
            words = ["probe", address, "--model", "story", "--api", "completions", "--json"]
            told = subprocess.run([sys.executable, "-m", "greenlight", *words], capture_output=True, text=True)
            found["probe"] = json.loads(told.stdout) if told.returncode == 0 else told.stderr
    from ledger import shown

    if not given.json and isinstance(found["probe"], dict):
        found["probe"] = ", ".join(f"{name} {one['state']}" for name, one in found["probe"]["fields"].items())
    shown(found, given.json)


if __name__ == "__main__":
    main()
