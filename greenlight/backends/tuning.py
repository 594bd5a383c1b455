"""DPO and SFT of any causal language model that ``transformers`` opens, with trl and peft.

The ids are the renderer's from end to end. A folder that was being tuned when its process was killed goes on from its
last saved state, and gives the same bytes as one that was not.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from greenlight.backends import _data
from greenlight.character.settings import Dpo, Sft, Tuning
from greenlight.chats import Chat, Pair
from greenlight.errors import InputError, RoundError, StoreError
from greenlight.nouns import fingerprint
from greenlight.progress import Bar, Watch
from greenlight.store import write_file

if TYPE_CHECKING:
    from greenlight.gpt.machine import Interrupt

__all__ = ["Dpo", "Sft", "dpo", "sft"]

SHARES = (0.25, 0.5, 0.75, 1.0)
"""Of the steps: where a checkpoint is kept."""
SAVE_SECONDS = 300.0
"""A killed run loses no more than this."""
PROBES = 4
"""Rows on which the folded model is compared."""

Numbers = dict[str, float]


def dpo(
    student: Path,
    pairs: Sequence[Pair],
    settings: Dpo,
    renderer: _data.Renderer,
    folder: Path,
    seed: int,
    watch: Watch,
    threads: int | None = None,
) -> dict[str, Any]:
    """Prefers the chosen answers to the rejected ones, against the student as it is; gives the run's facts.

    ``folder`` ends with the adapter, ``folded/`` (the whole model in fp32), ``checkpoints/``, ``metrics.jsonl`` and
    ``tuning.json``. The same call on a folder that is finished gives its facts; on one that is not, it goes on.

    Raises InputError for a student or pairs that cannot be used, RoundError when model and reference differ at step 0
    or training diverges, StoreError when the folder holds another run.
    """
    return _Run("dpo", student, pairs, settings, renderer, folder, seed, watch).whole(threads)


def sft(
    student: Path,
    chats: Sequence[Chat],
    settings: Sft,
    renderer: _data.Renderer,
    folder: Path,
    seed: int,
    watch: Watch,
    threads: int | None = None,
) -> dict[str, Any]:
    """Learns what the assistant says in the conversations; gives the run's facts. All else is as for ``dpo``."""
    return _Run("sft", student, chats, settings, renderer, folder, seed, watch).whole(threads)


# ---------------------------------------------------------------- one run


@dataclass
class _Run:
    """One call: what was given, and what comes to be known on the way."""

    kind: Literal["dpo", "sft"]
    student: Path
    examples: Sequence[Any]
    settings: Any
    renderer: _data.Renderer
    folder: Path
    seed: int
    watch: Watch
    data: Any = None
    steps: int = 0
    said: dict[str, Any] = field(default_factory=dict)
    """What every file of this run says of itself: base, template, plan."""
    began: dict[str, Any] = field(default_factory=dict)
    """What was measured before the first step; kept in the state, so that a run that goes on has it."""
    losses: list[float] = field(default_factory=list)
    last: Numbers = field(default_factory=dict)
    asked: Interrupt | None = None
    saved: float = 0.0

    def whole(self, threads: int | None) -> dict[str, Any]:
        """Reads, trains, writes."""
        from greenlight.backends import _checks, _folders
        from greenlight.gpt import machine

        where = _device(self.settings)
        model = _folders.open_model(self.student)
        tokenizer = _folders.open_tokenizer(self.student)
        s = self.settings
        limit = min(s.max_length, getattr(model.config, "max_position_embeddings", None) or s.max_length)
        vocab = model.get_input_embeddings().weight.shape[0]
        self.data = _data.encode(self._rows(self.examples), limit, s.too_long, s.held_out, self.seed, vocab)
        roots = _folders.roots(self.student)
        plan = fingerprint([self.kind, s.data(), roots[0], self.renderer.hash, self.seed, self.data.hash])
        self.said = {"kind": self.kind, "roots": roots, "template": self.renderer.hash, "seed": self.seed, "plan": plan}
        if (facts := self._finished()) is not None:
            return facts
        self._tell(limit)
        started = time.monotonic()
        with machine.threads(threads) as inside, _checks.quiet(), _checks.dice():
            try:
                facts = self._trained(model, tokenizer, where)
            except Exception as error:
                if machine.is_out_of_memory(error):
                    raise RoundError(
                        f"out of memory with {s.pass_size} examples of up to {limit} tokens in a pass: set micro to "
                        "a smaller divisor of batch, or recompute = true"
                    ) from None
                raise
        facts |= {"seconds": round(time.monotonic() - started, 3), "threads": inside}
        write_file(self.folder / _folders.RECORD, json.dumps({**self.said, "facts": facts}, indent=1) + "\n")
        shutil.rmtree(self.folder / _folders.STATE, ignore_errors=True)
        return facts

    def _rows(self, examples: Sequence[Any]) -> list[Any]:
        """Examples as ids, by the renderer. Raises InputError also where two of them have one name."""
        seen: set[str] = set()
        for example in examples:
            if example.id in seen:
                raise InputError(f"two examples are called {example.id}: give each a name of its own")
            seen.add(example.id)
        if self.kind == "dpo":
            return [_data.pair_row(pair, self.renderer) for pair in examples]
        return [row for chat in examples for row in _data.chat_rows(chat, self.renderer)]

    def _finished(self) -> dict[str, Any] | None:
        from greenlight.backends import _folders

        path = self.folder / _folders.RECORD
        if not path.exists():
            if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / _folders.METRICS).exists():
                raise StoreError(f"{self.folder} holds something that no tuning wrote: give an empty folder")
            return None
        record = _folders.read_json(path)
        if record.get("plan") != self.said["plan"]:
            raise StoreError(f"{self.folder} holds another run ({record.get('kind')}): give another folder")
        facts: dict[str, Any] = record["facts"]
        return facts

    def _tell(self, limit: int) -> None:
        out = self.data.left_out
        if out["too_long"]:
            self.watch.say(f"{self.kind}: {out['too_long']} examples are longer than {limit} tokens, and are left out")
        if out["alike"]:
            self.watch.say(f"{self.kind}: {out['alike']} pairs have two equal answers, and are left out")

    def _trained(self, model: Any, tokenizer: Any, where: Any) -> dict[str, Any]:
        """Trains, from the beginning or from where it was killed, and writes what is left of it."""
        from greenlight.backends import _folders, _trainers
        from greenlight.gpt import machine

        trainer, collate = self._trainer(model, tokenizer, where)
        about = _folders.read_state(self.folder, self.said["plan"])
        with machine.interrupts() as self.asked:
            if about is None:
                self._clear()
                self.began = self._before(trainer, collate)
                self._journal(0, {"held_" + k: v for k, v in self.began.get("held", {}).items()})
                resume = None
            else:
                self.began = about["began"]
                self._cut(about["step"])
                resume = _trainers.resumed(self.folder, about["step"], self.settings)
            done = about["step"] if about else 0
            with self.watch.bar(self.kind, self.steps, "steps") as bar:
                bar.advance(done)
                trainer.after = lambda step, row: self._after(step, row, trainer, collate, bar)
                self.saved = time.monotonic()
                trainer.train(resume_from_checkpoint=resume)
        return self._ended(trainer, about)

    def _trainer(self, model: Any, tokenizer: Any, where: Any) -> tuple[Any, Any]:
        """trl's trainer on numbers of rows, and what makes batches of them."""
        from datasets import Dataset
        from peft import LoraConfig

        from greenlight.backends import _folders, _trainers

        s = self.settings
        order = _data.order(len(self.data.train), s.epochs, self.seed)
        self.steps = -(-len(order) // s.batch)
        pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
        batch: Any = _data.pair_batch if self.kind == "dpo" else _data.chat_batch
        collate = _data.Collator(self.data.train, batch, pad)
        bf16 = _bf16(s, where)
        given: dict[str, Any] = {
            "model": model,
            "train_dataset": Dataset.from_dict({"row": list(range(len(self.data.train)))}),
            "processing_class": tokenizer,
            "data_collator": collate,
            "peft_config": LoraConfig(
                r=s.rank,
                lora_alpha=s.alpha,
                lora_dropout=0.0,
                bias="none",
                task_type="CAUSAL_LM",
                target_modules=list(s.targets) or "all-linear",
            )
            if s.rank
            else None,
        }
        common = _trainers.arguments(s, self.folder, self.seed, where, bf16)
        self.said["precision"] = "bf16" if bf16 else "fp32"
        trainer: Any
        try:
            if self.kind == "dpo":
                frozen = None if s.rank else _folders.open_model(self.student).requires_grad_(False)
                trainer = _trainers.Preference(ref_model=frozen, args=_trainers.dpo_config(s, common), **given)
            else:
                _trainers.still(model)
                trainer = _trainers.Lessons(args=_trainers.sft_config(common), **given)
        except ValueError as error:
            if "arget modules" in str(error):  # peft found none, or the output head is one of them
                raise InputError(f"targets = {list(s.targets)} cannot be trained: {str(error)[:160]}") from None
            raise
        trainer.equip(order, s, self.folder, lambda step, row: False)
        return trainer, lambda rows: batch(rows, pad)

    def _before(self, trainer: Any, collate: Any) -> dict[str, Any]:
        """What holds at step 0, and what the held-out rows say there."""
        from greenlight.backends import _checks

        found: dict[str, Any] = {}
        trainer.model.eval()
        if self.kind == "dpo":
            rows = [self.data.train[n] for n in dict.fromkeys(trainer.order[: self.settings.batch])]
            by_id = {pair.id: pair for pair in self.examples}
            again = self._rows([by_id[row.id] for row in rows])
            found["start"] = _checks.start(trainer.policy, trainer.reference, rows, again, self.settings.beta)
        if self.data.held:
            found["held"] = trainer.judged(self.data.held, collate)
        return found

    def _after(self, step: int, row: Numbers, trainer: Any, collate: Any, bar: Bar) -> bool:
        """What a finished step leaves: a line, at the shares a checkpoint, from time to time a state."""
        from greenlight.backends import _checks, _folders

        _checks.finite(step, loss=row["loss"], gradient_norm=row["grad_norm"])
        self.losses.append(row["loss"])
        _checks.diverged(self.losses)
        share = next((s for s in reversed(SHARES) if step == -(-self.steps * int(100 * s) // 100)), None)
        if share and self.data.held:
            row |= {f"held_{name}": value for name, value in trainer.judged(self.data.held, collate).items()}
        self._journal(step, row)
        if share:
            self._checkpoint(step, share, trainer, row)
        stop = self.asked is not None and self.asked.by is not None
        if share or stop or time.monotonic() - self.saved >= SAVE_SECONDS:
            about = {"plan": self.said["plan"], "step": step, "began": self.began}
            _folders.save_state(self.folder, trainer.model, trainer.optimizer, about)
            self.saved = time.monotonic()
        bar.advance(1, f"loss {row['loss']:.3f}" + (f", margin {row['margin']:.2f}" if "margin" in row else ""))
        return stop

    def _journal(self, step: int, row: Numbers) -> None:
        from greenlight.backends import _folders

        self.last = {"step": step, **row}
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / _folders.METRICS, "a", encoding="utf-8") as file:
            file.write(json.dumps(self.last) + "\n")

    def _cut(self, step: int) -> None:
        """Takes the lines after the saved step away, and remembers those before."""
        from greenlight.backends import _folders

        path = self.folder / _folders.METRICS
        lines = path.read_text(encoding="utf-8").splitlines()[: step + 1] if path.exists() else []
        if len(lines) != step + 1:
            raise StoreError(f"{path} lacks steps: delete the folder {self.folder}, and the run begins anew")
        rows = [json.loads(line) for line in lines]
        self.losses, self.last = [row["loss"] for row in rows[1:]], rows[-1]
        write_file(path, "".join(line + "\n" for line in lines))

    def _clear(self) -> None:
        """Removes what a run that never saved a state, or one of another plan, left unfinished."""
        from greenlight.backends import _folders

        for name in ("checkpoints", _folders.STATE, _folders.FOLDED):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in (_folders.METRICS, _folders.ADAPTER, _folders.CONFIG):
            (self.folder / name).unlink(missing_ok=True)

    def _checkpoint(self, step: int, share: float, trainer: Any, row: Numbers) -> None:
        from greenlight.backends import _folders

        where = self.folder / "checkpoints" / f"{round(100 * share):03d}"
        said = {**self.said, "step": step, "share": share}
        if self.settings.rank:
            _folders.write_adapter(where, trainer.model, said, self.renderer)
        else:
            _folders.write_model(where, trainer.model, self.student, self.renderer, said["roots"])
        write_file(where / _folders.CHECKPOINT, json.dumps({**said, "steps": self.steps, **row}, indent=1) + "\n")

    def _ended(self, trainer: Any, about: dict[str, Any] | None) -> dict[str, Any]:
        """Writes the adapter and the folded model, compares the two, and tells what the run was."""
        from greenlight.backends import _checks, _folders

        s = self.settings
        if self.last["step"] != self.steps:
            raise RoundError(f"training ended at step {self.last['step']} of {self.steps}: delete {self.folder}")
        model = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False).to("cpu").eval()
        trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
        rows = [row.chosen if self.kind == "dpo" else row.row for row in self.data.train[:PROBES]]
        before = _checks.probe(model, rows)
        if s.rank:
            said = {**self.said, "step": self.steps, "share": 1.0}
            _folders.write_adapter(self.folder, model, said, self.renderer)
            model = model.merge_and_unload()
        whole = self.folder / _folders.FOLDED
        _folders.write_model(whole, model, self.student, self.renderer, self.said["roots"])
        folded = _checks.same_logits(before, _checks.probe(_folders.open_model(whole), rows))
        facts: dict[str, Any] = {
            **self.said,
            "steps": self.steps,
            "examples": {"given": len(self.examples), "trained": len(self.data.train), "held_out": len(self.data.held)}
            | self.data.left_out,
            "parameters": trained,
            "began": self.began,
            "ended": self.last,
            "folded": folded,
            "checkpoints": sorted(p.parent.name for p in self.folder.glob(f"checkpoints/*/{_folders.CHECKPOINT}")),
            "resumed": about["step"] if about else None,
            "warnings": [] if self.data.held else ["nothing is held out: too few prompts, or held_out = 0"],
        }
        if self.kind == "dpo":
            facts |= {"trl_apart": trainer.apart, "displacement": self._displaced()}
            facts["warnings"] += [facts["displacement"]["warning"]] if facts["displacement"]["warning"] else []
        for line in facts["warnings"]:
            self.watch.say(f"{self.kind}: {line}")
        return facts

    def _displaced(self) -> dict[str, Any]:
        """By the held-out pairs at the beginning and at the end; without any, by the last step's own pairs."""
        from greenlight.backends import _checks

        row = self.last
        if self.data.held:
            first, last = self.began["held"], {name: row[f"held_{name}"] for name in ("chosen", "margin")}
        else:
            first, last = {"chosen": row["chosen"] - row["chosen_ratio"], "margin": 0.0}, row
        return _checks.displacement(first, last, self.settings.displaced)


def _device(settings: Tuning) -> Any:
    """Raises RecipeError when the wanted device is absent, InputError where one process would see several GPUs."""
    import torch

    from greenlight.gpt import machine

    where = machine.device(settings.device)
    if where.type == "cuda" and torch.cuda.device_count() > 1 and "WORLD_SIZE" not in os.environ:
        raise InputError("several GPUs are visible, and one process trains on one: set CUDA_VISIBLE_DEVICES=0")
    return where


def _bf16(settings: Tuning, where: Any) -> bool:
    import torch

    if settings.precision == "auto":
        return bool(where.type == "cuda" and torch.cuda.is_bf16_supported())
    return bool(settings.precision == "bf16")
