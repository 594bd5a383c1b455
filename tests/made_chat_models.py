"""A tiny chat model as ``transformers`` has it: Qwen3's layout, random weights, a byte-level tokenizer, a template."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from made_vocabularies import MERGES, names
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from greenlight.backends._checks import quiet
from greenlight.vocabulary import END, START

TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}{{ m.role }}:\n{{ m.content }}{{ eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}assistant:\n{% endif %}"
)


def made_tokenizer(folder: Path) -> Tokenizer:
    """``tokenizer.json`` and its configuration in ``folder``: bytes, a few merges, and the two specials."""
    vocab = {token: number for token, number in names().items() if token != "<|endoftext|>"}
    made = Tokenizer(models.BPE(vocab, [tuple(merge.split(" ")) for merge in MERGES]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(START, special=True), AddedToken(END, special=True)])
    folder.mkdir(parents=True, exist_ok=True)
    made.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": START,
        "eos_token": END,
        "pad_token": END,
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": True,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return made


def made_chat_model(
    folder: Path, seed: int = 1, layers: int = 2, width: int = 64, scale: float = 4.0, context: int = 256
) -> Path:
    """A folder that ``AutoModelForCausalLM`` and ``AutoTokenizer`` open.

    ``scale`` multiplies the matrices of the layers, so that what a model says depends on what it was given.
    """
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = made_tokenizer(folder)
    start, end = (tokenizer.token_to_id(token) for token in (START, END))
    config = Qwen3Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=width // 4,
        max_position_embeddings=context,
        tie_word_embeddings=True,
        bos_token_id=start,
        eos_token_id=end,
        pad_token_id=end,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Qwen3ForCausalLM(config)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.ndim == 2:
                    parameter.mul_(scale)
    with quiet():
        model.save_pretrained(folder)
    return folder


def texts(count: int, seed: int = 0, words: Sequence[str] = ()) -> list[str]:
    """Short sentences, no two alike."""
    import random

    known = words or ("the", "green", "light", "boat", "and", "night", "is", "on", "in", "sea", "old", "far")
    draw = random.Random(seed)
    return [f"{number} " + " ".join(draw.choices(known, k=draw.randint(3, 9))) for number in range(count)]
