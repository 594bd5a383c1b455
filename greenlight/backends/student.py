"""A house student: a small model trained from nothing on conversations, left as ``transformers`` opens it.

tokens    a BPE of the lessons; each conversation in the ids of the house's chat format
run       ``gpt.fit``, which goes on from where it was killed
folder    weights, tokenizer, chat template and ``greenlight_chat.json``, checked against the trained model
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from greenlight.character.chat_folder import CONFIG, PLAIN, TEMPLATE
from greenlight.character.render import Renderer
from greenlight.chats import Turns, misordered
from greenlight.errors import InputError
from greenlight.exports import hf
from greenlight.exports._check import check
from greenlight.exports._layouts import choose
from greenlight.gpt.fit import fit
from greenlight.gpt.player import open_player
from greenlight.nouns import Architecture, fingerprint
from greenlight.parts import Parcel
from greenlight.progress import Watch
from greenlight.recipe import Train
from greenlight.store import write_file
from greenlight.tokenizer import Tokenizer
from greenlight.vocabulary import END, START

WORK = "work"
"""Of the folder: what is there while it is made."""
RECORD = "student.json"
"""Written last: what the student was made of, and what is known about it."""
FACTS = "facts.json"
LONGER = 0.01
"""Share of the conversations that may be longer than the context; they are left out of the training."""


def train_student(
    lessons: Sequence[Turns],
    arch: Architecture,
    train: Train,
    seed: int,
    folder: Path,
    watch: Watch,
    threads: int | None = None,
) -> dict[str, Any]:
    """Trains a student on conversations that end with an answer; returns what is known about it.

    ``arch.vocab`` is the most tokens that its BPE may have. ``train.learn``: ``all`` of a conversation, or what the
    assistant says (``body``: each answer after all that comes before it). Goes on from where it was killed; a student
    of the same lessons and settings that is there already is kept.

    Raises InputError when the lessons cannot be used, or the exported model computes otherwise than the trained one;
    RoundError as ``fit`` does.
    """
    rows = list(lessons)
    for number, turns in enumerate(rows):
        if problem := misordered(turns, "assistant"):
            raise InputError(f"lesson {number + 1} is out of order: {problem}")
    if len(rows) < 2:
        raise InputError(f"{len(rows)} lessons are too few to train on some and validate on others: give more")
    said = [[turn.data() for turn in turns] for turns in rows]
    plan = fingerprint({"lessons": said, "arch": arch.data(), "train": train.data(), "seed": seed})
    if (found := _done(folder, plan)) is not None:
        return found
    work = folder / WORK
    made = _tokens(rows, arch, train, work / f"tokens-{plan[:16]}", watch)
    fitted = arch.model_copy(update={"vocab": made["vocab"]})
    run = work / f"run-{plan[:16]}"
    facts = _fitted(fitted, train, work / f"tokens-{plan[:16]}", run, (seed, threads), watch)
    record = {"plan": plan, **facts, **made, "seed": seed, "vocab": fitted.vocab}
    record |= _export(run, work / f"tokens-{plan[:16]}", folder, watch)
    record["versions"] = {name: version(name) for name in ("greenlight-studio", "transformers", "torch")}
    write_file(folder / RECORD, json.dumps(record, indent=1) + "\n")
    shutil.rmtree(work, ignore_errors=True)
    return record


def _done(folder: Path, plan: str) -> dict[str, Any] | None:
    """What is known about a student of this plan that is there already, whole."""
    try:
        found = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("plan") != plan:
        return None
    shutil.rmtree(folder / WORK, ignore_errors=True)
    return found


def _fitted(
    arch: Architecture, train: Train, tokens: Path, run: Path, how: tuple[int, int | None], watch: Watch
) -> dict[str, Any]:
    """``fit``, once: what it found is kept beside the model. ``how``: seed and threads."""
    if (run / FACTS).exists():
        known: dict[str, Any] = json.loads((run / FACTS).read_bytes())
        return known
    facts = fit(arch, train, tokens, run, how[0], watch, how[1])
    write_file(run / FACTS, json.dumps(facts) + "\n")
    return facts


# ---------------------------------------------------------------- tokens


@dataclass
class _Side:
    """Documents of one side, as ``gpt.data`` reads them. ``prompts``: tokens after the first that are not learned."""

    documents: list[list[int]] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    prompts: list[int] = field(default_factory=list)
    chars: int = 0
    body_chars: int = 0


def _tokens(rows: Sequence[Turns], arch: Architecture, train: Train, folder: Path, watch: Watch) -> dict[str, Any]:
    """Writes a tokens folder (see ``gpt.data``), ``tokens.json`` last; found again where it is whole."""
    if (folder / "tokens.json").exists():
        known: dict[str, Any] = json.loads((folder / "tokens.json").read_bytes())
        return {name: known[name] for name in KEPT}
    held = _held(rows, train.val_share)
    texts = (f"{turn.role}:\n{turn.content}" for n, turns in enumerate(rows) if n not in held for turn in turns)
    tokenizer = Tokenizer.train("bpe", texts, arch.vocab)
    tokenizer.save(folder / "tokenizer.json")
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": START, "eos_token": END, "pad_token": END}
    write_file(folder / CONFIG, json.dumps(config, indent=1) + "\n")
    write_file(folder / TEMPLATE, PLAIN)
    renderer = Renderer.open(folder)
    sides = {"train": _Side(), "val": _Side()}
    long = 0
    with watch.bar("encode", len(rows), "conversations") as bar:
        for number, turns in enumerate(rows):
            long += not _add(
                sides["val" if number in held else "train"], renderer, turns, number, (arch.context, train)
            )
            bar.advance(1)
    if long > LONGER * len(rows) or not all(side.documents for side in sides.values()):
        raise InputError(
            f"{long} of {len(rows)} lessons are longer than the context of {arch.context} tokens: set model.context "
            "higher, or make lessons shorter"
        )
    kind = np.uint16 if tokenizer.vocab <= 2**16 else np.uint32
    facts: dict[str, Any] = {"vocab": tokenizer.vocab, "bos": tokenizer.bos, "eos": tokenizer.eos, "use": "bpe"}
    facts |= {"dtype": np.dtype(kind).name, "chat": renderer.hash, "lessons": len(rows), "lessons_left_out": long}
    for name, side in sides.items():
        lengths = [len(ids) for ids in side.documents]
        np.save(folder / f"{name}.npy", np.concatenate([np.array(ids, dtype=kind) for ids in side.documents]))
        np.save(folder / f"{name}_docs.npy", np.cumsum([0, *lengths], dtype=np.int64))
        np.save(folder / f"{name}_groups.npy", np.array(side.groups, dtype=np.int64))
        np.save(folder / f"{name}_prompts.npy", np.array(side.prompts, dtype=np.int64))
        facts |= {f"{name}_tokens": sum(lengths), f"{name}_documents": len(lengths)}
        facts |= {f"{name}_chars": side.chars, f"{name}_body_chars": side.body_chars}
    write_file(folder / "tokens.json", json.dumps(facts, indent=1) + "\n")
    return {name: facts[name] for name in KEPT}


KEPT = ("vocab", "chat", "lessons", "lessons_left_out", "train_tokens", "train_documents", "val_documents")
"""Of ``tokens.json``, what the student's record says."""


def _add(side: _Side, renderer: Renderer, turns: Turns, number: int, how: tuple[int, Train]) -> bool:
    """Adds a conversation's documents; False when it is longer than the context."""
    context, train = how
    whole = renderer.whole(turns)
    if len(whole.ids) > context + 1:
        return False
    if train.learn == "all":
        side.documents.append(whole.ids)
        side.prompts.append(0)
        side.groups.append(number)
    else:
        for place, turn in enumerate(turns):
            if turn.role == "assistant":
                one = renderer.whole(turns[: place + 1], (place,))
                side.documents.append(one.ids)
                side.prompts.append(one.mask.index(1) - 1)
                side.groups.append(number)
    side.chars += sum(len(turn.content) for turn in turns)
    side.body_chars += sum(len(turn.content) for turn in turns if turn.role == "assistant")
    return True


def _held(rows: Sequence[Turns], share: float) -> set[int]:
    """The validation side, the same whatever the order of the lessons; equal lessons are on one side."""
    prints: dict[str, list[int]] = {}
    for number, turns in enumerate(rows):
        prints.setdefault(fingerprint([turn.data() for turn in turns]), []).append(number)
    if len(prints) < 2:
        raise InputError("all lessons are one conversation: give others to validate on")
    count = min(len(prints) - 1, max(1, round(share * len(prints))))
    names = sorted(prints, key=lambda name: fingerprint(f"validation {name}"))[:count]
    return {number for name in names for number in prints[name]}


# ---------------------------------------------------------------- the folder


def _export(run: Path, tokens: Path, folder: Path, watch: Watch) -> dict[str, Any]:
    """The trained model in the format of ``transformers``, with its chat format; the check's findings."""
    player = open_player(run, device="cpu")
    layout = choose(player.model.arch)
    zeros = hf._model(folder, player, layout)
    hf._tokenizer(folder, run / "tokenizer.json", player)
    checked = check(folder, player, Parcel(model=run, about="", tokens=tokens), watch)
    config = json.loads((folder / CONFIG).read_bytes())
    # other software makes ids of the template's text, in which marks are to be read
    config.pop("split_special_tokens")
    write_file(folder / CONFIG, json.dumps(config, indent=1) + "\n")
    write_file(folder / TEMPLATE, PLAIN)
    renderer = Renderer.open(folder, "plain")
    renderer.write(folder)
    return {"class": layout.name, "zeros_added": zeros, "check": checked, "chat": renderer.hash}
