"""Factors: what differed between two rounds, what followed from it, and which rounds tell causes apart.

A factor is a key that differs between the two effective recipes (``effective.written``), or a difference in code,
precision or device that no key explains: one factor may be named as a cause, several are a package. A resolved fact
(``Round.facts``) that differs without a key of its own is a consequence of factors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from greenlight import separate, stats
from greenlight.effective import ENVIRONMENT, MACHINE, Data, architecture, resolved
from greenlight.effective import written as written  # what callers ask of this module
from greenlight.nouns import Factor, FactorTable, Interval, Round, Score
from greenlight.separate import separation_toml as separation_toml

OUTCOMES = (
    "loss",
    "seconds",
    "memory",
    "overlap",
    "best_step",
    "truth",
    "corpus_dial",
    "energy",
    "balance",
    "selftest",
    "genre",
    "unscreened",
    "blend_moved",
)
"""Words in the names of facts that a run gives rather than is given."""

RELATIVE_NOISE, SHARE_NOISE = 0.02, 0.02
"""A number differs when it moved by more than 2 % of the larger one; a share of the corpus, by more than 0.02."""

_TEXT = ("corpus", "gates")
_SPLIT = ("train.val_share", "train.packing")
"""What decides, with the corpus, which text a tokenizer is made of."""
_LENGTH = (
    *(f"train.{key}" for key in ("epochs", "steps", "batch", "packing", "learn", "val_share", "keep")),
    *("train.patience", "train.max_minutes"),
    *("model.depth", "model.context", "tokenizer", *_TEXT),
)
_PRODUCTS = tuple(
    f"model.{name}"
    for name in ("layout", "depth", "layers", "width", "heads", "kv_heads", "head_dim", "mlp_width", "mlp")
)
_SIZE = (*_PRODUCTS, *(f"model.{name}" for name in ("norm", "position", "bias", "qk_norm", "tied")))
_PLAN = (
    "corpus.size",
    "corpus.share",
    "corpus.labels",
    "corpus.source",
    "corpus.use",
    "corpus.block_chars",
    "corpus.brief",
    "gates",
)
_RATE = ("model.depth", "train.lr", "train.warmup", "train.decay")
RULES: dict[str, tuple[str, ...]] = {
    "vocabulary": ("tokenizer", *_TEXT, *_SPLIT),
    "chars_per_token": ("tokenizer", *_TEXT, *_SPLIT),
    "context_characters": ("tokenizer", "model.context", *_TEXT, *_SPLIT),
    "parameters": _SIZE,
    "corpus_documents": (*_PLAN, "corpus.seed"),
    "corpus_topics": ("corpus.size", "corpus.brief", "corpus.use", "gates"),
    "corpus_characters": _TEXT,
    "tested_works": _TEXT,
    "shares": ("corpus.blend", "corpus.use", "gates"),
    "true_slope": ("corpus.blend", "corpus.voices", "corpus.use", "corpus.brief", "gates"),
    "epochs": _LENGTH,
    "steps": _LENGTH,
    "kept_step": _LENGTH,
    "tokens_seen": _LENGTH,
    "characters_seen": _LENGTH,
    "tokens_per_parameter": (*_LENGTH, *_SIZE),
    "flops": (*_LENGTH, *_PRODUCTS),
    "lr_at_kept": (*_RATE, *_LENGTH),
}
"""What a resolved fact may follow from: prefixes of the keys of factors, or else of those of the corpus."""

BY_CHOICE = ("kept_step", "lr_at_kept")
BY_STOPPING = ("epochs", "steps", "tokens_seen", "characters_seen", "tokens_per_parameter", "flops", *BY_CHOICE)
"""Facts of a run that keeps its best checkpoint, or stops by itself: whatever moves losses or speed moves them."""
SEEDS = ("corpus.seed", "train.init_seed", "train.order_seed", "train.dropout_seed")


def compare(before: Round, after: Round, rounds: Sequence[Round]) -> FactorTable:
    """What differed between two rounds; ``rounds`` of the ledger are searched for the ones that separate a package.

    ``seed_only`` says that at most seeds differ, of the trainings or of the corpus's draw. A package of k factors gets
    a separation for each, but for those that cannot be changed alone (see ``separate.separations``).
    """
    facts_a, facts_b = resolved(before, after), resolved(after, before)
    # both sides are measured by the later round's settings, so that an option of a metric moves nothing
    changed = [f for f in written(before.recipe, after.recipe) if not f.key.startswith("metrics.")]
    factors = [f for f in changed if not _same_in_effect(f, facts_a, facts_b)]
    told = {f.key.removeprefix("train.") for f in factors}
    factors += [
        Factor(key=key, before=facts_a[key], after=facts_b[key])
        for key in (*ENVIRONMENT, *sorted(key for key in facts_a if key.startswith("code.")))
        if key not in told and facts_a.get(key) and facts_b.get(key) and facts_a[key] != facts_b[key]
    ]
    consequences = [*_model_consequences(before.recipe, after.recipe, factors), *_moved(before, after, factors)]
    separations = separate.separations(before, after, factors, rounds) if len(factors) > 1 else ()
    return FactorTable(
        factors=tuple(factors),
        consequences=tuple(consequences),
        separations=separations,
        seed_only=all(f.key in SEEDS for f in factors),
    )


def cautions(before: Round, after: Round, table: FactorTable) -> tuple[str, ...]:
    """Consequences that could be the whole of a difference, whatever was written: each a sentence, without its stop."""
    said = []
    works = [c for c in table.consequences if c.key.startswith("tested_works.")]
    if works:
        a, b = (sum(r.facts["tested_works"].values()) for r in (before, after))
        names = ", ".join(sorted(r for r in after.facts["tested_works"]))
        said.append(
            f"round {after.number}'s training text holds {_characters(b)} of the works that the test is cut from "
            f"({names}), round {before.number}'s {_characters(a)}: a difference may be no more than knowing them"
        )
    for c in table.consequences:
        if c.key == "lr_at_kept":
            said.append(
                f"the learning rate at the kept checkpoint was {c.before:.2g} in round {before.number} and is "
                f"{c.after:.2g} in round {after.number}, which follows from {c.follows_from}: a rate that has not "
                "fallen costs loss by itself"
            )
    return tuple(said)


def _characters(count: int) -> str:
    return f"{count:,} characters" if count else "none"


def poolable(rounds: Iterable[Round], row: Round, metric: str) -> list[Score]:
    """Scores of the other finished rounds of the same size, whose seed variance may be pooled with this round's.

    Same size: parameters and characters seen within a quarter of each other, where both are known.
    """
    scores = []
    for other in rounds:
        sizes = [(other.facts.get(key), row.facts.get(key)) for key in ("parameters", "characters_seen")]
        alike = all(a is None or b is None or max(a, b) <= 1.25 * min(a, b) for a, b in sizes)
        if other.number != row.number and other.status == "done" and metric in other.scores and alike:
            scores.append(other.scores[metric])
    return scores


# ---------------------------------------------------------------- what is there in fact


def _same_in_effect(factor: Factor, facts_a: Data, facts_b: Data) -> bool:
    """``auto`` and what it came to are the same, and so is one length of training told in two units."""
    name = factor.key.removeprefix("train.")
    if factor.key in ("train.precision", "train.device", "train.threads"):
        return facts_a.get(name) is not None and facts_a[name] == facts_b.get(name)
    if factor.key in ("train.epochs", "train.steps") and isinstance(factor.before, str):
        known = [(facts_a.get(key), facts_b.get(key)) for key in ("epochs", "steps")]
        return all(a is not None and a == b for a, b in known)
    return False


def _moved(before: Round, after: Round, factors: list[Factor]) -> list[Factor]:
    """Facts that differ beyond noise and are no factors: the consequences."""
    facts_a, facts_b = resolved(before), resolved(after)
    sources = _Sources(before, after, factors)
    told = {f.key.removeprefix("train.") for f in factors}
    keys = sorted((facts_a.keys() | facts_b.keys()) - told - set(ENVIRONMENT))
    moved = []
    for key in keys:
        root = key.partition(".")[0]
        shown = facts_a.get(key, facts_b.get(key))
        if root in ENVIRONMENT or any(word in root for word in OUTCOMES) or isinstance(shown, (Mapping, list)):
            continue
        a, b = facts_a.get(key), facts_b.get(key)
        if root == "shares" and all(any(k.startswith("shares.") for k in x) for x in (facts_a, facts_b)):
            a, b = a or 0.0, b or 0.0
        if a is not None and b is not None and _differ(root, a, b, sources.peak):
            moved.append(Factor(key=key, before=a, after=b, follows_from=sources.of(root)))
    return moved


def _differ(root: str, a: Any, b: Any, peak: float) -> bool:
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        # a rate that has fallen to nothing is nothing, whatever the ratio of two such ends
        scale = peak if root == "lr_at_kept" and peak else max(abs(a), abs(b))
        return abs(a - b) > (SHARE_NOISE if root == "shares" else RELATIVE_NOISE * scale) + 1e-12
    return bool(a != b)


class _Sources:
    """What the facts of two rounds follow from. ``peak`` is the larger of their two peak learning rates."""

    def __init__(self, before: Round, after: Round, factors: Sequence[Factor]) -> None:
        trains = [r.recipe.get("train", {}) for r in (before, after)]
        facts = [r.facts for r in (before, after)]
        self.keys = [f.key for f in factors if not f.key.startswith("metrics.")]  # what is measured moves no model
        self.peak = max(float(t.get("lr", 0.0)) for t in trains)
        self.stopped = any(t.get("patience") or t.get("max_minutes") for t in trains)
        self.chosen = any(t.get("keep") == "best" for t in trains)
        self.learned = any(architecture(r.recipe).get("position") == "learned" for r in (before, after))
        self.vocabulary_moved = facts[0].get("vocabulary") != facts[1].get("vocabulary")

    def of(self, root: str) -> str:
        """The factors that a fact follows from by rule; else the only factor, or the package as a whole."""
        if root in MACHINE:
            return "the machine"
        if (self.chosen and root in BY_CHOICE) or (self.stopped and root in BY_STOPPING):
            found = self.keys
        else:
            found = self._by_rule(root)
        if found:
            return ", ".join(found)
        return self.keys[0] if len(self.keys) == 1 else "the package" if self.keys else "the seeds"

    def _by_rule(self, root: str) -> list[str]:
        rules = RULES.get(root, ())
        if root in ("parameters", "tokens_per_parameter") and self.learned:
            rules = (*rules, "model.context")
        if root == "parameters" and self.vocabulary_moved:  # an embedding for each token
            rules = (*rules, "tokenizer") if self._named(("tokenizer",)) else (*rules, *RULES["vocabulary"])
        return self._named(rules) or (self._named((*_TEXT, *_SPLIT)) if rules else [])

    def _named(self, rules: Sequence[str]) -> list[str]:
        return [key for key in self.keys if any(f"{key}.".startswith(f"{rule}.") for rule in rules)]


def _model_consequences(before: Data, after: Data, factors: list[Factor]) -> list[Factor]:
    """Sizes and choices of the model that another of its keys moved: a layout sets norms, a width sets the MLP."""
    one, other = architecture(before), architecture(after)
    keys = [f.key for f in factors if f.key.startswith("model.")]
    moved = [name for name in one if keys and f"model.{name}" not in keys and one[name] != other.get(name)]
    return [
        Factor(
            key=f"model.{name}",
            before=one[name],
            after=other.get(name),
            follows_from=", ".join([key for key in keys if _moves(name, key, before, after)] or keys),
        )
        for name in moved
    ]


def _moves(name: str, key: str, before: Data, after: Data) -> bool:
    """Whether one key of the model, changed alone in either recipe, moves a size or choice that it does not state."""
    for here, there in ((before, after), (after, before)):
        short = key.removeprefix("model.")
        alone = architecture({"model": {**here.get("model", {}), short: there.get("model", {}).get(short)}})
        if alone and alone[name] != architecture(here)[name]:
            return True
    return False


# ---------------------------------------------------------------- what can be said in the end


def takeaway(rounds: Sequence[Round]) -> list[str]:
    """Plain sentences on what the rounds of a ledger show together, packages first.

    A package is taken apart where the rounds that change one of its factors alone are in the ledger; with two factors
    the interaction is the difference of differences of the four rounds, with its crossed interval.
    """
    done = {r.number: r for r in rounds if r.status == "done"}
    said, parts_of = [], set()
    for row in done.values():
        control = done.get(row.verdict.against) if row.verdict else None
        if row.verdict and control and row.verdict.difference and len(row.verdict.factors.factors) > 1:
            table = compare(control, row, rounds)
            parts_of |= {s.done_by for s in table.separations}
            said += _package(row, control, table, done)
    for row in done.values():
        verdict = row.verdict
        if verdict and verdict.factors.causal and verdict.outcome != "invalid" and row.number not in parts_of:
            said.append(f"Round {row.number} against round {verdict.against}: {verdict.sentence}")
    return said


def _package(row: Round, control: Round, table: FactorTable, done: Mapping[int, Round]) -> list[str]:
    """What each factor of a package is worth on its own, in one sentence, and whether the parts add up, in another."""
    assert row.verdict is not None
    assert row.verdict.difference is not None
    metric, names = row.verdict.metric, [f.key for f in table.factors]
    alone = {s.factor: done[s.done_by] for s in table.separations if s.done_by is not None}
    effects = {key: _effect(single, control, metric) for key, single in alone.items()}
    known = {key: interval for key, interval in effects.items() if interval is not None}
    whole = f"{_shown(row.verdict.difference)} {row.verdict.unit} of {metric}"
    text = f"Round {row.number} changed {', '.join(names[:-1])} and {names[-1]} at once, for {whole}"
    if known:
        each = [f"{key} alone is worth {_shown(i)} ({_outcome(alone[key], control, i)})" for key, i in known.items()]
        text += f": {', '.join(each)}"
    said = [f"{text}."]
    if missing := [name for name in names if name not in known]:
        rest = " or ".join(missing)
        said.append(f"It cannot be said what did it: no round that can be compared changes {rest} alone.")
    elif len(names) == 2:
        said.append(_interaction([control, *(alone[name] for name in names), row], metric))
    return said


def _outcome(single: Round, control: Round, interval: Interval) -> str:
    """How the round that changed one factor alone was judged, or what its interval says where it was not."""
    verdict = single.verdict
    if verdict is not None and verdict.against == control.number:
        return f"round {single.number}: {verdict.outcome}"
    return f"round {single.number}: {'beyond' if interval.low > 0 or interval.high < 0 else 'around'} nothing"


def _interaction(four: Sequence[Round], metric: str) -> str:
    """Package minus the sum of its two parts: ``B − one − other + A``."""
    scores = [r.scores.get(metric) for r in four]
    usable = [s for s in scores if s is not None and _comparable(s, scores[0])]
    if len(usable) < 4:
        return "Whether the two add up cannot be said: the four rounds were not measured alike."
    values = [s.values for s in usable]
    try:
        found = stats.contrast(values, [1.0, -1.0, -1.0, 1.0], usable[0].weights).interval
    except ValueError:
        return "Whether the two add up cannot be said: one seed a round shows no noise."
    if found.low > 0 or found.high < 0:
        return f"The two do not add up: their interaction is {_shown(found)}."
    return f"The package minus its two parts is {_shown(found)}: no interaction is seen, and none larger is likely."


def _effect(row: Round, control: Round, metric: str) -> Interval | None:
    """A round's difference from the control: its verdict's, where it has that one, else from the stored scores."""
    verdict = row.verdict
    if verdict and verdict.against == control.number and verdict.metric == metric and verdict.outcome != "invalid":
        return verdict.difference
    a, b = control.scores.get(metric), row.scores.get(metric)
    if a is None or b is None or not _comparable(b, a):
        return None
    try:
        return stats.crossed(a.values, b.values, b.weights).interval
    except ValueError:
        return None


def _comparable(score: Score, other: Score | None) -> bool:
    if other is None or score.invalid or other.invalid:
        return False
    keys = ("metric", "unit", "yardstick", "settings", "blocks", "weights")
    return all(getattr(score, key) == getattr(other, key) for key in keys)


def _shown(interval: Interval) -> str:
    return f"{interval.value:+.3g} [{interval.low:+.3g}, {interval.high:+.3g}]"
