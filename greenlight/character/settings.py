"""What tuning is given beside its data: closed, with ranges, and read without torch.

The defaults are Open Character Training's: beta 0.1, LoRA of rank 64 with alpha 128, 5e-5 with a tenth of warm-up,
batches of 32, one epoch, an NLL term of 0.1 and a KL term of 0.001.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from greenlight.nouns import Noun
from greenlight.recipe import Count, Fraction, Number, Switch, Whole

Positive = Annotated[Number, Field(gt=0)]
Weight = Annotated[Number, Field(ge=0, le=100)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,80}$")]


class Tuning(Noun):
    """What both stages have in common."""

    rank: Annotated[Whole, Field(ge=0, le=4_096)] = Field(default=64, description="of LoRA; 0 trains every weight")
    alpha: Positive = Field(default=128.0, description="LoRA's change is multiplied by alpha / rank")
    targets: tuple[Name, ...] = Field(default=(), description="ends of module names; default: every linear layer")
    lr: Annotated[Number, Field(gt=0, le=1)] = 5e-5
    scheduler: Literal["cosine", "linear", "constant"] = "cosine"
    warmup: Fraction = Field(default=0.1, description="share of the steps")
    batch: Annotated[Count, Field(le=65_536)] = Field(default=32, description="examples a step")
    micro: Annotated[Whole, Field(ge=0, le=65_536)] = Field(
        default=0, description="examples in one pass, for memory; divides the batch; 0 is all of it"
    )
    epochs: Annotated[Count, Field(le=1_000)] = 1
    max_length: Annotated[Whole, Field(ge=8, le=1_048_576)] = Field(default=1_024, description="tokens of an example")
    too_long: Literal["drop", "refuse"] = Field(
        default="drop", description="a longer example: dropped and counted, or the run refuses; none is cut"
    )
    clip: Annotated[Number, Field(ge=0)] = Field(default=1.0, description="the gradient's largest norm; 0 is any")
    weight_decay: Annotated[Number, Field(ge=0, le=1)] = 0.0
    held_out: Annotated[Number, Field(ge=0, le=0.5)] = Field(
        default=0.1, description="share of the examples that is not learned, by whole prompts"
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        default="auto", description="of the passes: bf16 on a GPU that has it, else fp32; weights stay fp32"
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    recompute: Switch = Field(default=False, description="activations again in the backward pass: less memory, slower")

    @model_validator(mode="after")
    def _divides(self) -> Tuning:
        if self.micro and self.batch % self.micro:
            raise ValueError(f"micro = {self.micro} does not divide batch = {self.batch}")
        return self

    @property
    def pass_size(self) -> int:
        """Examples in one pass."""
        return self.micro or self.batch


class Dpo(Tuning):
    """Direct preference optimisation. The NLL and the KL term keep the chosen answer likely."""

    beta: Annotated[Number, Field(gt=0, le=100)] = 0.1
    nll: Weight = Field(default=0.1, description="weight of the chosen answers' negative log-likelihood per token")
    kl: Weight = Field(default=0.001, description="weight of the distance from the reference; 0 leaves it out")
    kl_over: Literal["chosen", "both"] = Field(default="chosen", description="whose tokens the distance is taken on")
    displaced: Annotated[Number, Field(gt=0, le=10)] = Field(
        default=0.05, description="warn when the chosen answers lose this share of their log-probability"
    )


class Sft(Tuning):
    """Learning conversations: the negative log-likelihood of what is to be learned, per token."""
