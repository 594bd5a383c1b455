"""A folder that Hugging Face's ``transformers``, and what reads its format, opens as it is.

    config.json  model.safetensors   under the class that holds the architecture exactly (``_layouts``)
    tokenizer.json  tokenizer_config.json   the model's own, which begins each prompt with the document-start token
    generation_config.json   draws as ``greenlight talk`` does
    README.md  export.json   the model card; what was exported, and how it was checked

No corpus here has turns, so there is no chat template: such a model continues text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from greenlight.errors import InputError
from greenlight.exports import _card
from greenlight.exports._check import check, library
from greenlight.exports._layouts import Layout, choose
from greenlight.exports._target import RECORD, aside, refuse
from greenlight.gpt.checkpoint import MODEL
from greenlight.gpt.player import ModelPlayer, open_player
from greenlight.parts import Parcel
from greenlight.progress import Watch
from greenlight.store import file_sha256, write_file
from greenlight.vocabulary import END, START


@dataclass(frozen=True)
class Export:
    """Writes the folder aside, opens it with ``transformers``, and puts it in its place when it computes the same."""

    def write(self, parcel: Parcel, target: Path, watch: Watch) -> dict[str, Any]:
        """See ``parts.Export``. Raises InputError also when no class holds the architecture, or the check fails."""
        library()
        refuse(target)
        player = open_player(parcel.model, device="cpu")
        layout = choose(player.model.arch)
        with aside(target) as folder:
            filled = _model(folder, player, layout)
            _tokenizer(folder, parcel.model / "tokenizer.json", player)
            checked = check(folder, player, parcel, watch)
            record = {
                "to": "hf",
                "class": layout.name,
                **parcel.facts,
                "model_sha256": file_sha256(parcel.model / MODEL),
                "architecture": player.model.arch.data(),
                "zeros_added": filled,
                "check": checked,
                "versions": {name: version(name) for name in ("greenlight-studio", "transformers", "torch")},
            }
            write_file(folder / "README.md", _card.text(parcel, record))
            files = {path.name: file_sha256(path) for path in sorted(folder.iterdir())}
            write_file(folder / RECORD, json.dumps({**record, "files": files}, indent=1) + "\n")
        return record


def _json(path: Path, data: dict[str, Any]) -> None:
    write_file(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def _model(folder: Path, player: ModelPlayer, layout: Layout) -> int:
    """The settings and the weights; returns how many zeros stand where the architecture has no bias."""
    arch, ids = player.model.arch, player.tokenizer
    _json(folder / "config.json", layout.settings(arch, ids.bos, ids.eos))
    _json(
        folder / "generation_config.json",
        {
            "bos_token_id": ids.bos,
            "eos_token_id": ids.eos,
            "pad_token_id": ids.eos,
            "do_sample": True,
            "temperature": 1.0,
            "top_k": 0,  # off; older versions take 50 where nothing is said
            "top_p": 1.0,
            "max_length": arch.context,
            "suppress_tokens": [ids.bos],  # a document does not begin in a document
        },
    )
    weights = layout.weights(arch, player.model.weights())
    zeros = _zeros(folder, layout, weights)
    # a copy each: what safetensors writes may share no memory
    whole = {name: value.detach().clone().contiguous() for name, value in {**weights, **zeros}.items()}
    write_file(folder / MODEL, save(whole, {"format": "pt"}))
    return sum(value.numel() for value in zeros.values())


def _zeros(folder: Path, layout: Layout, weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The biases that the class has and the architecture does not; no other weight may be missing or left over."""
    hub = library()
    kind = getattr(hub, layout.name, None)
    if kind is None:
        raise InputError(
            f"transformers {hub.__version__} has no {layout.name}, which holds this model: "
            "pip install --upgrade transformers"
        )
    config = hub.AutoConfig.from_pretrained(folder)
    with torch.device("meta"):
        shapes = {name: value.shape for name, value in kind(config).state_dict().items()}
    if config.tie_word_embeddings:
        shapes.pop("lm_head.weight", None)
    lacking = shapes.keys() - weights.keys()
    odd = [name for name in lacking if not name.endswith(".bias")] + sorted(weights.keys() - shapes.keys())
    odd += [name for name in weights.keys() & shapes.keys() if weights[name].shape != shapes[name]]
    if odd:
        raise InputError(
            f"{layout.name} of transformers {hub.__version__} has other weights than greenlight knows "
            f"({sorted(odd)[0]}): try another version"
        )
    return {name: torch.zeros(shapes[name]) for name in sorted(lacking)}


def _tokenizer(folder: Path, source: Path, player: ModelPlayer) -> None:
    """The model's tokenizer, with the start token before each text; specials that a text spells out stay text."""
    from tokenizers import Tokenizer
    from tokenizers.processors import TemplateProcessing

    core = Tokenizer.from_str(source.read_text(encoding="utf-8"))
    core.post_processor = TemplateProcessing(
        single=f"{START} $A", pair=f"{START} $A $B", special_tokens=[(START, player.tokenizer.bos)]
    )
    write_file(folder / "tokenizer.json", core.to_str(pretty=True))
    _json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": START,
            "eos_token": END,
            "pad_token": END,
            "model_max_length": player.context,
            "clean_up_tokenization_spaces": False,
            "split_special_tokens": True,
            "padding_side": "left",
        },
    )
