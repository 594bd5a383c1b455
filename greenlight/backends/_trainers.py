"""trl's trainers with the data left alone, nothing printed or sent, and every step's numbers computed here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Sampler
from transformers import PrinterCallback, TrainerState
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from greenlight.backends import _checks, _folders
from greenlight.backends._data import IGNORED, Row
from greenlight.character.settings import Dpo, Tuning

Numbers = dict[str, float]


def factor(step: int, steps: int, warmup: float, scheduler: str) -> float:
    """What the learning rate is multiplied by in step 0, 1, … of ``steps``.

    Warm-up takes ⌊warmup · steps⌋ steps and begins above 0, so that no step is spent on a rate of 0; then the cosine
    or the line goes down, to reach 0 after the last step.
    """
    rising = math.floor(warmup * steps)
    if step < rising:
        return (step + 1) / (rising + 1)
    if scheduler == "constant":
        return 1.0
    gone = (step - rising) / max(1, steps - rising)
    return 0.5 * (1 + math.cos(math.pi * gone)) if scheduler == "cosine" else 1 - gone


class _Order(Sampler[int]):
    """Rows in a given order."""

    def __init__(self, order: Sequence[int]) -> None:
        self.order = order

    def __iter__(self) -> Iterator[int]:
        return iter(self.order)

    def __len__(self) -> int:
        return len(self.order)


class _Ours:
    """What both trainers have otherwise than trl: order, rates, records, and what they go on from.

    ``order`` is of rows, ``resume`` the folder of a saved state, and ``after`` is called after every step with its
    number and its numbers; it returns whether to stop.
    """

    order: Sequence[int]
    settings: Any
    folder: Path
    after: Callable[[int, Numbers], bool]
    # of transformers' own trainer
    model: Any
    optimizer: Any
    state: Any
    control: Any
    lr_scheduler: Any
    remove_callback: Any
    _metrics: Any

    def equip(
        self, order: Sequence[int], settings: Tuning, folder: Path, after: Callable[[int, Numbers], bool]
    ) -> None:
        self.order, self.settings, self.folder, self.after = order, settings, folder, after
        self.remove_callback(PrinterCallback)

    def _send_telemetry(self) -> None:
        """Nothing is sent."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        return _Order(self.order)

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        s = self.settings
        self.lr_scheduler = LambdaLR(
            optimizer or self.optimizer,
            lambda step: factor(step, num_training_steps, s.warmup, s.scheduler),
        )
        self._created_lr_scheduler = True
        return self.lr_scheduler

    def log(self, logs: Numbers, start_time: float | None = None) -> None:
        """Called once a step by the loop; at the end once more with times, which are not kept."""
        self._metrics["train"].clear()
        self._metrics["eval"].clear()
        if "learning_rate" not in logs:
            return
        row = {
            "loss": logs["loss"],
            **self.parts(),
            "grad_norm": float(logs.get("grad_norm", math.nan)),
            "lr": logs["learning_rate"],
        }
        if self.after(self.state.global_step, row):
            self.control.should_training_stop = True

    def parts(self) -> Numbers:
        """The step's own numbers."""
        return {}

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        _folders.load_weights(self.folder, model or self.model)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is None:
            return
        _folders.load_optimizer(self.folder, self.optimizer)
        step = self.state.global_step
        self.lr_scheduler.last_epoch = step
        s = self.lr_scheduler
        rates = [base * rate(step) for base, rate in zip(s.base_lrs, s.lr_lambdas, strict=True)]
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate
        self.lr_scheduler._last_lr = rates

    def _load_rng_state(self, checkpoint: str | None) -> None:
        """Nothing is drawn while training: the order is fixed beforehand, and no unit is dropped."""


@contextmanager
def heard(*models: Any) -> Iterator[list[Tensor]]:
    """The log-probabilities by token of every pass of the models, in their order; shape (2B, T − 1)."""
    said: list[Tensor] = []

    def hear(_module: Any, _given: Any, output: Any) -> None:
        said.append(output.log_probs)

    hooks = [model.register_forward_hook(hear) for model in models if model is not None]
    try:
        yield said
    finally:
        for hook in hooks:
            hook.remove()


class Preference(_Ours, DPOTrainer):
    """DPO on rows that are tokens already. The loss is trl's, plus the KL term."""

    apart = 0.0
    """The largest difference of our loss from trl's so far."""

    def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
        return dataset

    def _compute_loss(self, model: Any, inputs: Any, return_outputs: Any) -> Any:
        loss, found = self.measured(model, inputs)
        if self.model.training:
            if self.state.global_step == 0:
                _checks.first_batch(found, self.settings.beta)
            self.passes.append(numbers(found))
        return loss

    def equip(self, *args: Any) -> None:
        super().equip(*args)
        self.passes: list[tuple[int, Numbers]] = []

    def measured(self, model: Any, inputs: Any) -> tuple[Tensor, _checks.Terms]:
        """A batch's whole loss and its parts, from the very passes that trl makes: the model's, the reference's."""
        s, parent = self.settings, cast(Any, super())
        with heard(self.model, self.ref_model) as said:
            loss = parent._compute_loss(model, inputs, False)
        policy_BT, reference_BT = said
        mask_BT = inputs["completion_mask"][:, 1:]
        found = _checks.terms(policy_BT, reference_BT, mask_BT, s.beta, s.kl_over == "both")
        ours = found.sigmoid.mean() + s.nll * found.nll
        self.apart = max(self.apart, abs(float(loss.detach() - ours.detach())))
        return (loss + s.kl * found.kl if s.kl else loss), found

    def policy(self, rows: Sequence[Row]) -> Tensor:
        """Log-probabilities of rows by the model as it is, from its plain logits."""
        with self.compute_loss_context_manager():
            return _checks.answer_logps(self.model, rows)

    def reference(self, rows: Sequence[Row]) -> Tensor:
        """The same by the reference: the adapter off, or the frozen copy."""
        if self.ref_model is not None:
            with self.compute_loss_context_manager():
                return _checks.answer_logps(self.ref_model, rows)
        with self.model.disable_adapter():
            return self.policy(rows)

    def parts(self) -> Numbers:
        rows, self.passes = self.passes, []
        return mean(rows)

    def judged(self, rows: Sequence[Any], collate: Any) -> Numbers:
        """The same numbers on rows that are not trained, from the model as it is."""
        self.model.eval()
        found: list[tuple[int, Numbers]] = []
        size = self.settings.pass_size
        for at in range(0, len(rows), size):
            inputs = self._prepare_inputs(collate(rows[at : at + size]))
            with torch.no_grad(), self.compute_loss_context_manager():
                loss, parts = self.measured(self.model, inputs)
            count, said = numbers(parts)
            found.append((count, {"loss": float(loss), **said}))
        return mean(found)


def numbers(found: _checks.Terms) -> tuple[int, Numbers]:
    """How many pairs, and their means; log-probabilities and margins in nats a pair, ``nll`` a token."""
    return len(found.margin), {
        "sigmoid": float(found.sigmoid.mean()),
        "nll": float(found.nll),
        "kl": float(found.kl),
        "chosen": float(found.chosen.mean()),
        "rejected": float(found.rejected.mean()),
        "chosen_ratio": float(found.chosen_ratio.mean()),
        "rejected_ratio": float(found.rejected_ratio.mean()),
        "margin": float(found.margin.mean()),
        "accuracy": float((found.margin > 0).float().mean()),
    }


def mean(rows: Sequence[tuple[int, Numbers]]) -> Numbers:
    """By the numbers of pairs or tokens."""
    total = sum(count for count, _ in rows)
    return {name: sum(count * said[name] for count, said in rows) / total for name in rows[0][1]} if rows else {}


class Lessons(_Ours, SFTTrainer):
    """SFT on rows that are tokens already; trl's loss as it is."""

    def judged(self, rows: Sequence[Any], collate: Any) -> Numbers:
        """The loss per learned token, on rows that are not trained."""
        self.model.eval()
        found = []
        size = self.settings.pass_size
        for at in range(0, len(rows), size):
            inputs = self._prepare_inputs(collate(rows[at : at + size]))
            learned = int((inputs["labels"][:, 1:] != IGNORED).sum())
            with torch.no_grad(), self.compute_loss_context_manager():
                found.append((learned, {"loss": float(cast(Any, self).compute_loss(self.model, inputs))}))
        return mean(found)


def arguments(settings: Tuning, folder: Path, seed: int, where: torch.device, bf16: bool) -> dict[str, Any]:
    """What both trainers' configurations have in common."""
    return {
        "output_dir": str(folder),
        "seed": seed,
        "per_device_train_batch_size": settings.pass_size,
        "per_device_eval_batch_size": settings.pass_size,
        "gradient_accumulation_steps": settings.batch // settings.pass_size,
        "num_train_epochs": 1,
        "learning_rate": settings.lr,
        "weight_decay": settings.weight_decay,
        "max_grad_norm": settings.clip,
        "optim": "adamw_torch",
        "bf16": bf16,
        "use_cpu": where.type == "cpu",
        "activation_checkpointing": settings.recompute,
        "logging_strategy": "steps",
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "save_strategy": "no",
        "eval_strategy": "no",
        "report_to": "none",
        "push_to_hub": False,
        "disable_tqdm": True,
        "remove_unused_columns": False,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": where.type == "cuda",
        "max_length": None,
    }


def dpo_config(settings: Dpo, common: dict[str, Any]) -> Any:
    """trl's configuration: the sigmoid part and the chosen answers' NLL, and no dropout."""
    kinds = (["sigmoid", "sft"], [1.0, settings.nll]) if settings.nll else (["sigmoid"], [1.0])
    return DPOConfig(**common, beta=settings.beta, loss_type=kinds[0], loss_weights=kinds[1], disable_dropout=True)


def sft_config(common: dict[str, Any]) -> Any:
    """trl's configuration: nothing is prepared, packed or shuffled by it."""
    return SFTConfig(**common, packing=False, dataset_kwargs={"skip_prepare_dataset": True}, shuffle_dataset=False)


def resumed(folder: Path, step: int, settings: Tuning) -> str:
    """Writes the counter that the loop reads when it goes on, and gives its folder."""
    state = TrainerState(global_step=step, logging_steps=1, train_batch_size=settings.pass_size)
    state.save_to_json(str(folder / _folders.STATE / "trainer_state.json"))
    return str(folder / _folders.STATE)


def still(model: Any) -> None:
    """No unit is dropped: one that is would make a run depend on more than its data and seed."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
