"""The nouns: everything that reaches disk or passes between two arrows. All frozen; unknown keys are errors."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Outcome = Literal["better", "worse", "equivalent", "undecided", "invalid"]
Better = Literal["lower", "higher"]
LARGEST = 1e100
"""Of a score's values and weights: the squares of larger ones, or of their sums, are no numbers any more."""
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text, and so equal hashes."""
    return CANONICAL.encode(value)


def fingerprint(value: Any) -> str:
    """sha256 (hex) of a JSON-able value, or of a str or bytes as it stands."""
    if not isinstance(value, bytes):
        value = (value if isinstance(value, str) else canonical(value)).encode()
    return hashlib.sha256(value).hexdigest()


class Noun(BaseModel):
    """Frozen, closed, and comparable by value."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    def data(self) -> dict[str, Any]:
        """As plain JSON-able data."""
        return self.model_dump(mode="json")


# ---------------------------------------------------------------- corpus


class Draw(Noun):
    """One line of a corpus plan: who writes what, with which seed."""

    voice: str
    topic: str
    level: int
    levels: int
    seed: int


class Answer(Noun):
    """What a voice said, as it came, before anything is parsed or cleaned."""

    text: str
    finish_reason: str = Field(description="the server's word: stop where it ended by itself, length where it was cut")
    model: str
    params: dict[str, Any] = {}
    usage: dict[str, int] = {}
    latency_ms: float = 0.0
    response_id: str = ""
    reasoning: str = Field(default="", description="hidden thought, where the server tells it apart")


class Asked(Noun):
    """What was asked of one document beside its topic and level; what is empty was not asked."""

    language: str = Field(default="", description="of the document: a code such as en")
    words: tuple[int, int] | None = Field(default=None, description="fewest and most, as chars")
    chars: tuple[int, int] | None = None


class Provenance(Noun):
    """Where a sample comes from; with it, every sample can be explained and written again."""

    voice: str
    voice_fingerprint: str
    prompt: str
    topic: str = ""
    level: int = 0
    seed: int = 0
    attempt: int = 0
    finish_reason: str = "stop"
    model: str = ""
    params: dict[str, Any] = {}
    usage: dict[str, int] = {}
    latency_ms: float = 0.0
    response_id: str = Field(default="", description="the server's")
    raw: str = ""
    cleaned_by: tuple[str, ...] = ()
    system: str = Field(default="", description="the system prompt, a constitution say")
    prompt_rendered: str = Field(default="", description="the prompt as its template wrote it, up to the answer")
    persona: str = ""
    before: str = Field(default="", exclude=True, description="what was said before the prompt, of a chat; not kept")
    asked: Asked = Asked()
    request: str = Field(default="", description="what its answer is known by among those that were recorded")
    gates: str = Field(default="", description="what each gate decided, with its version, as JSON (``rulings``)")


class Text(Noun):
    """A document: ``control`` is what the model is given, ``body`` is what it learns to write."""

    id: str
    control: str
    body: str
    made: Provenance

    @property
    def text(self) -> str:
        return self.control + self.body

    @property
    def sha256(self) -> str:
        return fingerprint(self.text)


class Flag(Noun):
    """What a gate found in one sample: the reason, the place (characters of the body) and how sure it is."""

    gate: str
    reason: str
    span: tuple[int, int] | None = None
    score: float = 1.0
    version: int = 1


class Artifact(Noun):
    """A finished step: ``fingerprint`` covers its plan, its inputs and the code that made it."""

    kind: str
    fingerprint: str
    made_from: dict[str, str] = {}
    plan: dict[str, Any] = {}
    code: dict[str, str] = Field(default={}, description="hash by module: the code that made it")
    files: dict[str, str] = Field(default={}, description="sha256 by file name")
    facts: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.fingerprint[:16]}"


# ---------------------------------------------------------------- models


class Architecture(Noun):
    """A decoder, with every size resolved. Sizes in units; ``context`` in tokens.

    ``modern`` is Qwen3's layout, ``classic`` GPT-2's (see ``recipe.Model``); any other mixture is allowed.
    """

    vocab: int
    context: int
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    mlp_width: int
    norm: Literal["layer", "rms"]
    position: Literal["learned", "rope"]
    mlp: Literal["gelu", "swiglu", "relu2"]
    bias: bool
    qk_norm: bool
    tied: bool
    dropout: float = 0.0
    rope_base: float = 10_000.0
    norm_eps: float = 1e-6

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.heads % self.kv_heads:
            raise ValueError(f"heads ({self.heads}) must be a multiple of kv_heads ({self.kv_heads})")
        if self.position == "rope" and self.head_dim % 2:
            raise ValueError(f"head_dim ({self.head_dim}) must be even for rope")
        return self


# ---------------------------------------------------------------- measurement


class Reading(Noun):
    """One metric on one model: a value per block of the yardstick.

    The model's value is ``sum(weights * values) / sum(weights)``. Blocks are what is resampled or crossed
    (topics for the dial; documents, or 2,000-character blocks, for text); weights are characters where blocks
    differ in size, else 1.
    """

    metric: str
    unit: str
    better: Better
    blocks: tuple[str, ...]
    values: tuple[float, ...]
    weights: tuple[float, ...]
    over: str = Field(default="blocks", description="what the blocks are, as the verdict's sentence says it")
    facts: dict[str, Any] = {}


class Score(Noun):
    """One metric on one round: ``values[seed][block]``, with all that must be equal to compare it."""

    metric: str
    unit: str
    better: Better
    seeds: tuple[int, ...]
    blocks: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]
    yardstick: str
    settings: dict[str, Any]
    over: str = "blocks"
    facts: dict[str, Any] = Field(default={}, description="by seed: what the metric noted beside its values")
    invalid: str = Field(default="", description="why this score may not be used; empty when it may")

    @property
    def per_seed(self) -> tuple[float, ...]:
        """The value of each seed's model, over all blocks."""
        total = sum(self.weights)
        return tuple(sum(w * v for w, v in zip(self.weights, row, strict=True)) / total for row in self.values)

    @property
    def value(self) -> float:
        """The mean over seeds."""
        return sum(self.per_seed) / len(self.seeds)

    def misshapen(self) -> str:
        """What it lacks to be computed with; empty when it has a finite value for each seed and block."""
        if not self.seeds or not self.blocks:
            return f"holds no {'items' if self.seeds else 'seeds'}: run the round again"
        if len(set(self.blocks)) < len(self.blocks):
            return f"holds one of its {self.over} twice: run the round again"
        if len(self.values) != len(self.seeds):
            return f"names {len(self.seeds)} seeds and holds the values of {len(self.values)}: run the round again"
        if any(len(row) != len(self.blocks) for row in (*self.values, self.weights)):
            return f"does not hold one value and one weight for each of its {len(self.blocks)} {self.over}"
        if not (min(self.weights) > 0 and sum(self.weights) <= LARGEST):
            return "has weights that are not numbers above 0"
        if all(sum(map(abs, row)) <= LARGEST for row in self.values):  # false for any that is no number
            return ""
        finite = all(math.isfinite(value) for row in self.values for value in row)
        return f"holds a value beyond {LARGEST:g}" if finite else "holds a value that is not a finite number"


# ---------------------------------------------------------------- judgement


class Factor(Noun):
    """One thing that differs between two rounds."""

    key: str
    before: Any
    after: Any
    follows_from: str = Field(default="", description="empty for a written factor; else what it is a consequence of")


class Separation(Noun):
    """A round that would separate one factor of a package from the rest."""

    factor: str
    changes: dict[str, Any]
    sentence: str
    minutes: float | None = None
    done_by: int | None = Field(default=None, description="the ledger's round that is this one, if any")


class FactorTable(Noun):
    """What differed between two rounds, what follows from what, and what would separate a package."""

    factors: tuple[Factor, ...] = ()
    consequences: tuple[Factor, ...] = ()
    separations: tuple[Separation, ...] = ()
    seed_only: bool = False

    @property
    def causal(self) -> bool:
        """Only a single written factor may be named as a cause."""
        return len(self.factors) == 1

    @property
    def name(self) -> str:
        if not self.factors:
            return "no factor"
        if self.causal:
            return self.factors[0].key
        return f"package of {len(self.factors)} ({', '.join(f.key for f in self.factors)})"


class Interval(Noun):
    """A value with its interval. ``method`` names the formula, ``df`` its degrees of freedom."""

    value: float
    low: float
    high: float
    level: float
    method: str
    df: float | None = None

    def within(self, margin: float) -> bool:
        return -margin <= self.low and self.high <= margin


class Guard(Noun):
    """What became of another metric that must not get worse while the verdict's one gets better.

    ``broken``: shown to be worse by more than the margin. ``kept``: shown not to be, for one that ``keep_if`` names;
    for the others only that it is not shown to be. ``unclear``: a named guard's margin is not shown to hold or break.
    """

    metric: str
    unit: str
    better: Better
    state: Literal["kept", "broken", "unclear"]
    difference: Interval
    margin: float
    named: bool = Field(description="whether keep_if.guards names it; the sense of the samples is guarded anyway")


class Verdict(Noun):
    """What a round was worth against one earlier round. ``difference`` is this round minus ``against``."""

    outcome: Outcome
    metric: str
    unit: str
    better: Better
    against: int
    difference: Interval | None = None
    margin: float = 0.0
    margin_from: str = ""
    seeds: tuple[int, int] = (0, 0)
    blocks: int = 0
    over: str = "blocks"
    pooled: bool = False
    seed_sd: float | None = None
    noise_floor: float | None = None
    noise_df: int = 0
    per_seed: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
    factors: FactorTable = FactorTable()
    looks: int = Field(default=1, description="how often this round has been judged, this time included")
    planned: int = Field(default=0, description="seeds that the round's plan has; 0 where it was not kept")
    alpha: float = Field(default=0.05, description="the chance of a false verdict that this look may spend")
    spent: float = Field(default=0.05, description="the same over all looks so far, this one included")
    guards: tuple[Guard, ...] = ()
    cautions: tuple[str, ...] = Field(default=(), description="what a reader must know beside the sentence")
    sentence: str
    missing: str = Field(default="", description="what would decide it, and its price here")
    truth: dict[str, Any] = Field(default={}, description="what is known by construction, for procedural voices")


class Accounting(Noun):
    """asked = kept + refused (by gate) + failed; checked at construction."""

    asked: int
    kept: int
    refused: dict[str, int] = {}
    failed: int = 0
    by_voice: dict[str, dict[str, int]] = {}
    cleaned: dict[str, int] = {}
    cleaned_by_voice: dict[str, dict[str, int]] = {}

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = self.kept + sum(self.refused.values()) + self.failed
        if self.asked != total:
            raise ValueError(f"the accounting does not add up: {self.asked} asked, {total} accounted for")
        return self


class Round(Noun):
    """One recipe, run with k seeds and judged: a row of the ledger."""

    number: int
    slug: str
    question: str = ""
    status: Literal["done", "crash"]
    reason: str = Field(default="", description="of a crash")
    against: int | None = None
    seeds: tuple[int, ...]
    planned: int = Field(default=0, description="seeds that the recipe's file plans; 0 where it was not kept")
    control: str = Field(default="", description="which models of the earlier round it was judged against")
    sets: tuple[str, ...] = Field(default=(), description="what --set and --seeds changed of the file's recipe")
    recipe: dict[str, Any] = Field(description="the effective recipe, whole")
    recipe_fingerprint: str
    yardstick: str
    artifacts: dict[str, Artifact] = {}
    scores: dict[str, Score] = {}
    facts: dict[str, Any] = Field(default={}, description="resolved values: parameters, characters and epochs seen, …")
    accounting: Accounting | None = None
    verdict: Verdict | None = None
    machine: dict[str, Any] = {}
    code: str = ""
    started: str = ""
    seconds: float = 0.0

    @property
    def models(self) -> str:
        """What a later round is judged against: the fingerprints of this round's models; a crash has none."""
        return fingerprint([a.fingerprint for k, a in sorted(self.artifacts.items()) if k.startswith("model-")])
