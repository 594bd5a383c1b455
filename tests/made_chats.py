"""Folders with a tokenizer and a chat template, of the families that models come in; no weights."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from greenlight.chats import Turn, Turns

CHATML = (
    "{% if messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}{% endif %}"
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
HEADERS = """{{- bos_token }}
{%- if messages[0].role == 'system' %}{% set system = messages[0].content | trim %}{% set rest = messages[1:] %}
{%- else %}{% set system = '' %}{% set rest = messages %}{% endif %}
{{- '<|head|>system<|/head|>\\n\\nToday Date: ' + strftime_now('%d %b %Y') + '\\n\\n' + system + '<|eot|>' }}
{%- for m in rest %}
    {%- if m.role not in ['user', 'assistant'] %}{{ raise_exception('unknown role ' ~ m.role) }}{% endif %}
    {{- '<|head|>' ~ m.role ~ '<|/head|>\\n\\n' ~ (m.content | trim) ~ '<|eot|>' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|head|>assistant<|/head|>\\n\\n' }}{% endif %}"""
_THINKS = """{%%- set ns = namespace(last=messages|length - 1, found=false) %%}
{%%- for m in messages[::-1] %%}
    {%%- set index = (messages|length - 1) - loop.index0 %%}
    {%%- if not ns.found and m.role == 'user' %%}{%% set ns.last = index %%}{%% set ns.found = true %%}{%% endif %%}
{%%- endfor %%}
{%%- for m in messages %%}
    {%%- set content = m.content %%}
    {%%- if m.role == 'assistant' %%}
        {%%- set thought = '' %%}
        {%%- if '</think>' in content %%}
            {%%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %%}
            {%%- set content = content.split('</think>')[-1].lstrip('\\n') %%}
        {%%- endif %%}
        {%%- if %s %%}
            {{- '<|im_start|>assistant\\n<think>\\n' + thought.strip('\\n') }}
            {{- '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%%- else %%}{{- '<|im_start|>assistant\\n' + content }}{%% endif %%}
    {%%- else %%}{{- '<|im_start|>' + m.role + '\\n' + content }}{%% endif %%}
    {{- '<|im_end|>\\n' }}
{%%- endfor %%}
{%%- if add_generation_prompt %%}{{- '<|im_start|>assistant\\n%s' }}{%% endif %%}"""
OFF = (
    "' }}{%- if enable_thinking is defined and enable_thinking is false %}"
    "{{- '<think>\\n\\n</think>\\n\\n' }}{% endif %}{{ '"
)
STRIPS = _THINKS % ("loop.index0 > ns.last", OFF)
"""Thinking is kept in the last answer alone, where an empty one is added; a switch turns it off."""
ADDS_ASKING = _THINKS % ("false", "<think>\\n\\n</think>\\n\\n")
ADDS_ALWAYS = _THINKS % ("true", "")
OPENS = _THINKS % ("false", "<think>\\n")
OPENS_SHOWN = _THINKS % ("loop.index0 > ns.last", "<think>\\n")
BRACKETS = (
    "{% for m in messages %}{% if m.role == 'user' %}{{ bos_token + '[INST] ' + m.content.strip() + ' [/INST]' }}"
    "{% elif m.role == 'assistant' %}{{ ' ' + m.content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"
)
HOUSE = (
    "{{ bos_token }}{% for m in messages %}{{ m.role + ':\\n' + m.content + eos_token }}{% endfor %}"
    "{% if add_generation_prompt %}{{ 'assistant:\\n' }}{% endif %}"
)
IM = {"bos": None, "eos": "<|im_end|>", "special": ("<|endoftext|>", "<|im_start|>", "<|im_end|>")}
HEADS = {"bos": "<|begin|>", "eos": "<|eot|>", "special": ("<|begin|>", "<|head|>", "<|/head|>", "<|eot|>")}
FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    "chatml": (CHATML, IM),
    "headers": (HEADERS, HEADS),
    "strips": (STRIPS, IM),
    "adds-asking": (ADDS_ASKING, IM),
    "adds-always": (ADDS_ALWAYS, IM),
    "opens": (OPENS, IM),
    "opens-shown": (OPENS_SHOWN, IM),
    "house": (HOUSE, {"bos": "<|start|>", "eos": "<|end|>", "special": ("<|start|>", "<|end|>")}),
}  # fmt: skip
LINES = r"\p{L}+| \p{L}+|[^\s\p{L}]+|\s*[\r\n]+|\s+(?!\S)|\s+"
"""Line ends are a piece of their own, as in the tokenizers of most models with turns."""
THINK = ("<think>", "</think>")
TEXTS = (
    "user assistant system You are a helpful assistant.",
    "the cat sat on the mat\n\n and the dog sat on the log " * 3,
)


@lru_cache
def _core(special: tuple[str, ...], post: str) -> str:
    """A byte-level BPE of a few words; the thinking tags are added tokens that are not special, as real ones are."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    core = Tokenizer(models.BPE())
    lines = pre_tokenizers.Split(Regex(LINES), "isolated")
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [lines, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    core.train_from_iterator(TEXTS, trainers.BpeTrainer(vocab_size=340, initial_alphabet=alphabet, show_progress=False))
    core.add_special_tokens([AddedToken(one, special=True, normalized=False) for one in special])
    core.add_tokens([AddedToken(one, special=False, normalized=False) for one in THINK])
    if post:
        core.post_processor = processors.TemplateProcessing(
            single=f"{post} $A", special_tokens=[(post, core.token_to_id(post))]
        )
    return str(core.to_str())


def folder(path: Path, family: str, post: bool = False, template: str | None = None) -> Path:
    """A folder of a family. ``post``: the tokenizer puts the start token before each text by itself."""
    source, about = FAMILIES[family]
    path.mkdir(parents=True, exist_ok=True)
    (path / "tokenizer.json").write_text(_core(about["special"], about["bos"] if post else ""), encoding="utf-8")
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": about["eos"]}
    if about["bos"]:
        config["bos_token"] = about["bos"]
    (path / "tokenizer_config.json").write_text(json.dumps(config))
    source = source if template is None else template
    if source:
        (path / "chat_template.jinja").write_text(source, encoding="utf-8")
    return path


def spaced(path: Path, prepend: str = "first") -> Path:
    """A tokenizer of the SentencePiece family, which writes spaces as ▁ and one before a text, with ``BRACKETS``."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    names = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *map(chr, range(33, 127)), "▁"]
    merged = [
        "▁ c",
        "c a",
        "ca t",
        "▁c a",
        "▁ca t",
        "▁ cat",
        "▁ s",
        "s a",
        "sa t",
        "▁s a",
        "▁sa t",
        "▁ sat",
        "▁ [",
        "o n",
    ]
    merges = [(one.split()[0], one.split()[1]) for one in (*merged, "▁ o", "▁o n")]
    words = dict.fromkeys("".join(pair) for pair in merges)
    ids = {name: number for number, name in enumerate([*names, *words])}
    core = Tokenizer(models.BPE(vocab=ids, merges=merges, unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    if prepend == "legacy":
        core.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    else:
        core.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme=prepend, split=False)
    core.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    core.add_special_tokens([AddedToken(one, special=True, normalized=False) for one in names[:3]])
    core.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    path.mkdir(parents=True, exist_ok=True)
    (path / "tokenizer.json").write_text(core.to_str(), encoding="utf-8")
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>"}
    (path / "tokenizer_config.json").write_text(json.dumps(config))
    (path / "chat_template.jinja").write_text(BRACKETS)
    return path


def turns(*contents: str, system: str = "") -> Turns:
    """User and assistant by turns."""
    said = tuple(Turn(role=("user", "assistant")[n % 2], content=one) for n, one in enumerate(contents))  # type: ignore[arg-type]
    return (Turn(role="system", content=system), *said) if system else said
