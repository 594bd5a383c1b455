"""A recipe is all that decides a round, as closed data. This is its schema; ``loading.py`` reads one from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from greenlight import depth as depths
from greenlight.brief import Brief as Brief
from greenlight.errors import RecipeError, nearest
from greenlight.nouns import Architecture, Noun, fingerprint

PartTable = dict[str, dict[str, Any]]
"""Parts by name, with their options: ``[gates.each.length] min_chars = 80``; ``use`` defaults to the name."""

# strict: true is no number, "3" is none, and neither nan nor inf is a setting
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Switch = Annotated[bool, Field(strict=True)]
Count = Annotated[Whole, Field(ge=1)]
Fraction = Annotated[Number, Field(ge=0.0, le=1.0)]
Seed = Annotated[Whole, Field(ge=0, lt=2**63)]
"""What the columns of a corpus can hold."""


def _whole(blend: dict[str, float], size: int, levels: int) -> None:
    """Raises ValueError unless the shares are all of a corpus, and its size is one of whole topics."""
    total = sum(blend.values())
    if abs(total - 1.0) > 1e-6:
        raise ValueError(f"the shares of corpus.blend add up to {total:g}, not to 1")
    if size % levels:
        raise ValueError(f"size ({size}) must be a multiple of the {levels} levels: a topic has them all")


class VoicesCorpus(Noun):
    """A corpus written by voices: exactly ``size`` documents are accepted, all levels of a topic by one voice."""

    use: Literal["voices"] = "voices"
    size: Count = 600
    seed: Seed = 1
    blend: dict[str, Fraction]
    voices: PartTable
    brief: Brief
    clean: tuple[Literal["markdown", "lines", "ascii", "numerals"], ...] = ("markdown", "lines", "ascii")
    attempts: Annotated[Count, Field(le=1_000)] = Field(
        default=8, description="times that one place of the plan is asked for before giving up"
    )
    most_refused: Fraction = Field(
        default=0.34, description="a voice stops when for certain a larger share of its answers is refused; 1 never"
    )

    @model_validator(mode="after")
    def _adds_up(self) -> VoicesCorpus:
        for name in self.blend:
            if name not in self.voices:
                raise ValueError(
                    f"blend names the voice '{name}', which is not in [corpus.voices]"
                    + nearest(name, list(self.voices))
                )
        _whole(self.blend, self.size, self.brief.levels)
        if not self.brief.topics:
            raise ValueError("brief.topics is missing: a list, or a file of the study with one a line")
        if "writer" in self.brief.names:
            raise ValueError("the control line has {writer}, which only an imported corpus knows")
        if self.size > self.brief.levels * len(self.brief.topics):
            raise ValueError(
                f"size {self.size} needs {self.size // self.brief.levels} topics, "
                f"the brief has {len(self.brief.topics)}: add topics, or set corpus.size lower"
            )
        return self


class TextCorpus(Noun):
    """A corpus cut from the study's own text: random blocks, never a prefix, never the yardstick's text."""

    use: Literal["text"] = "text"
    source: str = Field(default="text/source.txt", description="inside the study")
    source_sha256: str = Field(default="", description="filled in when the recipe is loaded")
    share: Annotated[Number, Field(gt=0.0, le=1.0)] = 1.0
    block_chars: Annotated[Whole, Field(ge=200)] = 10_000
    seed: Seed = 1


class ImportedCorpus(Noun):
    """Stories from outside, as the study's import holds them: whole topics, none of them held out.

    The control line is written anew for each story by the brief, so that a change of it alone is a factor of its own.
    """

    use: Literal["import"] = "import"
    source: str = Field(default="imported/samples.parquet", description="inside the study")
    source_sha256: str = Field(default="", description="filled in when the recipe is loaded")
    size: Count | None = Field(default=None, description="stories, a multiple of the levels; default: all")
    seed: Seed = 1
    blend: dict[str, Fraction] = Field(default={}, description="share of each voice; default: as the import has them")
    brief: Brief
    labels: Literal["asked", "measured"] = Field(
        default="asked", description="a story's level: what was asked of its writer, or by its count of the pattern"
    )
    writer: str = Field(
        default="", description="whom {writer} names when a model is asked; default: all, in their shares"
    )

    @model_validator(mode="after")
    def _adds_up(self) -> ImportedCorpus:
        _whole(self.blend or {"all": 1.0}, self.size or self.brief.levels, self.brief.levels)
        if self.brief.topics:
            raise ValueError("brief.topics is for voices: the topics of an import are its own")
        if self.writer and "writer" not in self.brief.names:
            raise ValueError("corpus.writer is for a control line with {writer}, and brief.control has none")
        return self


class Gates(Noun):
    """Checks on one sample while it is written (``each``), and on the set when it is whole (``whole``)."""

    each: PartTable = {}
    whole: PartTable = {}


class Tokenizer(Noun):
    """How text becomes tokens: characters (with byte fallback), bytes, a BPE trained on the corpus, or GPT-2's."""

    use: Literal["char", "byte", "bpe", "gpt2"] = "bpe"
    vocab: Annotated[Whole, Field(ge=258, le=65_536)] = Field(
        default=768, description="for bpe: tokens, specials included; for gpt2 filled in when the recipe is loaded"
    )
    source: str = Field(default="tokenizer", description="for gpt2: a folder inside the study")
    source_sha256: str = Field(default="", description="filled in when the recipe is loaded; empty without the files")


class Model(Noun):
    """The decoder. ``layout`` sets the choices, and each may be overridden; ``depth`` the sizes (see ``depth``).

    ``classic`` is GPT-2's layout (LayerNorm, learned positions, GELU, biases); ``modern`` is exactly Qwen3's
    (RMSNorm with eps 1e-6, rotate-half RoPE, SwiGLU, QK-norm, no bias). Both tie the embeddings.
    """

    layout: Literal["classic", "modern"] = "modern"
    depth: Annotated[Count, Field(le=depths.MOST)] | None = Field(
        default=None, description="one dial for the size: layers, width, heads, batch and rates follow from it"
    )
    layers: Annotated[Count, Field(le=1_024)] = 3
    width: Annotated[Count, Field(le=65_536)] = 128
    heads: Annotated[Count, Field(le=1_024)] = 4
    kv_heads: Count | None = None
    head_dim: Annotated[Count, Field(le=4_096)] | None = None
    mlp_width: Annotated[Count, Field(le=2**20)] | None = Field(
        default=None, description="default: 8/3 × width to a multiple of 32, 4 × for classic"
    )
    context: Annotated[Whole, Field(ge=8, le=2**20)] = Field(default=192, description="tokens")
    norm: Literal["layer", "rms"] | None = None
    position: Literal["learned", "rope"] | None = None
    mlp: Literal["gelu", "swiglu", "relu2"] | None = None
    bias: Switch | None = None
    qk_norm: Switch | None = None
    tied: Switch = True
    dropout: Annotated[Number, Field(ge=0.0, lt=1.0)] = 0.0
    rope_base: Annotated[Number, Field(gt=0)] = 10_000.0

    @model_validator(mode="before")
    @classmethod
    def _of_depth(cls, data: Any) -> Any:
        return depths.filled({"model": data})["model"] if isinstance(data, Mapping) else data

    def resolve(self, vocab: int) -> Architecture:
        """Every size and choice settled, for a tokenizer of ``vocab`` tokens."""
        modern = self.layout == "modern"
        if self.head_dim is None and self.width % self.heads:
            raise RecipeError(
                f"model.width {self.width} is not a multiple of model.heads {self.heads}: change one, or set head_dim"
            )
        head_dim = self.head_dim or self.width // self.heads
        if modern and head_dim < 32:
            raise RecipeError(
                f"model.layout 'modern' needs heads of 32 or more, because servers fail below; {self.heads} heads of "
                f"{head_dim} need model.heads = {max(1, self.width // 32)} or less, or model.head_dim = 32"
            )
        mlp = self.mlp or ("swiglu" if modern else "gelu")
        wide = 32 * round(self.width * 8 / 3 / 32) if mlp == "swiglu" else 4 * self.width
        return Architecture(
            vocab=vocab,
            context=self.context,
            layers=self.layers,
            width=self.width,
            heads=self.heads,
            kv_heads=self.kv_heads or self.heads,
            head_dim=head_dim,
            mlp_width=self.mlp_width or max(32, wide),
            norm=self.norm or ("rms" if modern else "layer"),
            position=self.position or ("rope" if modern else "learned"),
            mlp=mlp,
            bias=self.bias if self.bias is not None else not modern,
            qk_norm=self.qk_norm if self.qk_norm is not None else modern,
            tied=self.tied,
            dropout=self.dropout,
            rope_base=self.rope_base,
            norm_eps=1e-6 if modern else 1e-5,
        )


class Train(Noun):
    """The training loop. State ``epochs`` or ``steps``, not both; an epoch shows every training token once."""

    epochs: Annotated[Number, Field(gt=0, le=1e6)] | None = None
    steps: Annotated[Count, Field(le=10**9)] | None = None
    batch: Annotated[Count, Field(le=10**6)] = Field(default=8, description="rows of one context each")
    packing: Literal["documents", "stream"] = Field(
        default="documents", description="whole documents masked from each other, or windows of one long text"
    )
    learn: Literal["all", "body"] = Field(default="all", description="targets; body: not those of the control line")
    lr: Annotated[Number, Field(gt=0)] = Field(default=0.003, description="AdamW: embeddings, norms, biases")
    muon_lr: Annotated[Number, Field(ge=0)] = Field(default=0.02, description="Muon: matrices; 0 gives them to AdamW")
    weight_decay: Annotated[Number, Field(ge=0)] = 0.01
    warmup: Annotated[Whole, Field(ge=0, le=10**9)] = Field(default=20, description="steps")
    decay: Fraction = Field(default=1.0, description="last share of the steps over which the rate falls to zero")
    clip: Annotated[Number, Field(gt=0)] = 1.0
    val_share: Annotated[Number, Field(gt=0, lt=0.5)] = Field(
        default=0.1, description="of the corpus, by topic or block"
    )
    evals: Annotated[Count, Field(le=10_000)] = Field(default=8, description="full-pass validations over a run")
    keep: Literal["last", "best"] = Field(default="last", description="the checkpoint that is measured")
    ema: Annotated[Number, Field(gt=0, lt=1)] | None = Field(
        default=None, description="share of the old a step: validated and kept are averaged weights; default: none"
    )
    save_every: Count | None = Field(default=None, description="steps between checkpoints that are kept beside it")
    patience: Count | None = Field(
        default=None, description="validations without a gain before stopping; needs keep = best"
    )
    max_minutes: Annotated[Number, Field(gt=0)] | None = Field(
        default=None, description="training stops after so many, wherever its schedule is"
    )
    init_seed: Seed | None = Field(default=None, description="first weights; default: the round's seed")
    order_seed: Seed | None = Field(default=None, description="order of the data; default: the round's seed")
    dropout_seed: Seed | None = Field(default=None, description="default: the round's seed")
    precision: Literal["auto", "bf16", "fp32"] = "auto"
    compile: Literal["auto", "on", "off"] = Field(default="auto", description="torch.compile; auto: where it pays")
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    threads: Annotated[Count, Field(le=1_024)] | None = Field(
        default=None, description="per model; default: the cores divided among the seeds"
    )

    @model_validator(mode="after")
    def _one_length(self) -> Train:
        if (self.epochs is None) == (self.steps is None):
            raise ValueError("state either train.epochs or train.steps")
        if self.patience is not None and self.keep != "best":
            raise ValueError("train.patience stops at the best checkpoint: set train.keep = 'best' with it")
        return self


class KeepIf(Noun):
    """When a round counts as better: ``metric`` moves the right way by more than ``by``."""

    metric: str
    by: Annotated[Number, Field(ge=0)] | None = Field(
        default=None, description="margin; default: the measured noise floor"
    )
    guards: dict[str, Annotated[Number, Field(ge=0)]] = Field(
        default={}, description="metrics that must be shown not to get worse by more than this"
    )


class Prediction(Noun):
    """Stated before the round runs, and kept with it."""

    effect: Number
    low: Number
    high: Number

    @model_validator(mode="after")
    def _ordered(self) -> Prediction:
        if not self.low <= self.effect <= self.high:
            raise ValueError(f"low ≤ effect ≤ high does not hold for {self.low}, {self.effect}, {self.high}")
        return self


class Recipe(Noun):
    """All that decides a round."""

    question: str = ""
    against: str | None = Field(default=None, description="round:N, the earlier round it is compared with")
    seeds: tuple[Seed, ...] = Field(default=(1, 2, 3), min_length=1, max_length=1_000)
    corpus: Annotated[VoicesCorpus | TextCorpus | ImportedCorpus, Field(discriminator="use")]
    gates: Gates = Gates()
    tokenizer: Tokenizer = Tokenizer()
    model: Model = Model()
    train: Train
    metrics: PartTable
    keep_if: KeepIf
    predict: dict[str, Prediction] = {}

    @model_validator(mode="before")
    @classmethod
    def _of_depth(cls, data: Any) -> Any:
        return depths.filled(data) if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _usable(self) -> Recipe:
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds occur twice")
        if not self.metrics:
            raise ValueError("a recipe needs at least one metric")
        return self

    @property
    def hash(self) -> str:
        return fingerprint(self.data())

    @property
    def against_number(self) -> int | None:
        return None if self.against is None else round_number(self.against)


def round_number(reference: str) -> int:
    """``round:3`` → 3.

    Raises RecipeError when the reference has another form.
    """
    kind, _, number = reference.partition(":")
    if kind != "round" or not number.isdecimal() or len(number) > 9 or int(number) < 1:
        raise RecipeError(f"'{reference}' is not a round: write round:1, round:2, …")
    return int(number)
