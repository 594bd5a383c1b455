"""Why a round came out like this: its likely limits in order, with the numbers, and what the record cannot show.

Each limit has a strength in 0 … 1 made from the record alone, by a rule that stands at its function. Strengths order
the limits; they are no probabilities. Every rule can come out at nothing: starving needs a gap or a turn, a strong
regulariser must be written in the recipe, too high a rate must have left its mark on the loss.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greenlight.imported import most
from greenlight.inquiry import findings, signs
from greenlight.inquiry.findings import Fact
from greenlight.inquiry.signs import Record
from greenlight.nouns import Round
from greenlight.study import Study

STRONG, NAMED = 0.5, 0.2
"""Strengths from which a limit counts as strong, and from which it is named at all."""

FALL = 0.3
"""A fall over the second half of a run that counts as 1 − 1/e: twice the steps bring most runs 5 to 15 % at the end
of a fitting length, and the development runs that were stopped early fell by 15 to 50 %."""
TURN = 0.1
"""A rise of the validation loss above its best that counts as 1 − 1/e."""
RISE, RISE_NOISE = 0.2, 0.05
"""The same for the training loss, beyond the noise of a check on a part of the side."""
FLAT = 0.1
"""Share of a writer's own variance that the level must explain for the corpus to have a dial; between Cohen's medium
(0.06) and large (0.14) effect."""
TIGHT = 0.9
"""Documents that fill this share of the context leave a model no room to end them."""

Tries = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Limit:
    """One thing that held the round back. ``tries`` are recipe changes (dotted keys), a round each."""

    name: str
    strength: float
    sentence: str
    tries: Tries = ()

    def data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "strength": round(self.strength, 3),
            "sentence": self.sentence,
            "tries": list(self.tries),
        }


@dataclass(frozen=True)
class Diagnosis:
    """The limits of a round from the strongest on, what was looked at, and what cannot be said, with the reason."""

    round: int
    limits: tuple[Limit, ...]
    facts: tuple[Fact, ...]
    not_shown: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """As plain JSON-able data."""
        found: dict[str, Any] = _finite(
            {
                "round": self.round,
                "limits": [limit.data() for limit in self.limits],
                "facts": {fact.name: fact.value for fact in self.facts},
                "not_shown": list(self.not_shown),
            }
        )
        return found


def _finite(value: Any) -> Any:
    """With null for what is no finite number, which JSON has no word for."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def diagnose(row: Round, study: Study) -> Diagnosis:
    """What limited a round of the ledger, crashes among them. Reads the record and trains nothing."""
    if row.status == "crash":
        return Diagnosis(row.number, (crashed(row),), (), findings.after_a_crash(row))
    if lacking := findings.lacking(row):
        return Diagnosis(row.number, (), (), lacking)
    runs, complaints = [], []
    for seed in row.seeds:
        rows, wrong = signs.curve(row, seed, study)
        complaints += [wrong] if wrong else []
        runs.append(signs.signs(seed, row.artifacts[f"model-{seed}"].facts, rows))
    record = Record(row, tuple(runs), signs.blind(row.artifacts["tokens"], study))
    found = [rule(record) for rule in RULES]
    named = sorted((x for x in found if x is not None and x.strength >= NAMED), key=lambda x: -x.strength)
    unexplained = not any(limit.strength >= STRONG for limit in named)
    gaps = findings.not_shown(record, complaints, unexplained)
    return Diagnosis(row.number, tuple(named), findings.facts(record), gaps)


def crashed(row: Round) -> Limit:
    """The reason of a crash, under the name of the limit that it shows."""
    train, reason = row.recipe["train"], row.reason
    if "diverged" in reason:
        return Limit("diverged", 1.0, f"the round broke: {reason}", gentler(train))
    if "longer than the context" in reason or ("control line" in reason and "context" in reason):
        return Limit("context", 1.0, f"the round broke: {reason}", wider(row))
    if "nothing usable" in reason:
        return Limit("refused", 1.0, f"the round broke: {reason}")
    if "carry text of the yardstick" in reason:
        return Limit("leaked", 1.0, f"the round broke: {reason}")
    return Limit("broken", 1.0, f"the round broke: {reason}")


# ---------------------------------------------------------------- the rules


def starved(record: Record) -> Limit | None:
    """Too little to read for so much training: 1 − (1 − gap) · exp(−turn / TURN).

    The gap is the share of the validation loss that is not there on what was read, an upper bound on what more text
    of the kind can bring; a loss that turned has read its text too often.
    """
    gap, turn = record.mean(lambda s: s.gap), record.mean(lambda s: s.turn)
    facts = record.row.facts
    words = [f"{gap:.0%} of the validation loss is not there on the training side"]
    if turn > 0.01:
        best = record.mean(lambda s: s.best_step)
        words.append(f"validation was best at step {best:.0f} of {facts['steps']} and ended {turn:.0%} above that")
    words.append(
        f"{facts['corpus_characters']:,} characters were read {facts['epochs']:.1f} times, "
        f"{facts['tokens_per_parameter']:.1f} tokens per parameter"
    )
    return Limit("starved", 1 - (1 - gap) * math.exp(-turn / TURN), "; ".join(words), more_text(record))


def undertrained(record: Record) -> Limit | None:
    """Stopped while it fell, or with text unread: 1 − exp(−fall · (1 − gap)² / FALL), and what was never read.

    A fall counts as far as it is not memorising (the gap), and as far as it did not merely follow a rate or a decay
    that was too strong and fell with the schedule.
    """
    gap, epochs = record.mean(lambda s: s.gap), float(record.row.facts["epochs"])
    fall, known = max(0.0, record.mean(lambda s: s.fall)), any(s.fall is not None for s in record.runs)
    clear = (1 - signs.step_dose(record.train)[0]) * (1 - signs.forgetting(record.train, record.row.facts)[0])
    falling = 1 - math.exp(-fall * (1 - gap) ** 2 * clear / FALL)
    unread = max(0.0, 1 - epochs) * clear
    words = []
    if known:
        words.append(f"the validation loss fell by {fall:.0%} over the last half of {record.row.facts['steps']} steps")
    words.append(f"the gap to the training side is {gap:.0%}")
    if unread:
        words.append(f"{max(0.0, 1 - epochs):.0%} of the training side was never read")
    else:
        words.append(f"{epochs:.1f} epochs")
    words.append(f"rate at the kept checkpoint {record.mean(lambda s: s.kept_lr):.2g} of {record.train['lr']:g}")
    key = "epochs" if record.train.get("epochs") is not None else "steps"
    tries = ({f"train.{key}": 2 * record.train[key]},)
    return Limit("undertrained", 1 - (1 - falling) * (1 - unread), "; ".join(words), tries)


def diverged(record: Record) -> Limit | None:
    """Rates too high: the dose of a step times the share of blind guessing's loss that is left, or a loss that rose.

    The dose alone says nothing: many models bear it. What is left is taken at half of the steps or at the end,
    whichever is more, since a rate that falls to zero lets a run learn late what it should have learned early. A
    training loss that ended above its own best is not memorising, which only the validation loss shows.
    """
    dose, _ = signs.step_dose(record.train)
    guess = record.blind or math.log(record.row.facts["vocabulary"])
    left, middle = (min(1.0, record.mean(of) / guess) for of in (lambda s: s.val, lambda s: s.half))
    rise = max(0.0, record.mean(lambda s: s.rise) - RISE_NOISE)
    of = "token frequencies alone" if record.blind else "a uniform guess"
    words = [
        f"at train.lr {record.train['lr']:g} and train.muon_lr {record.train['muon_lr']:g} a step rewrites "
        f"about {dose:.0%} of what there is",
        f"the loss ended at {left:.0%} of that of {of}" + (f", from {middle:.0%} at half" if middle > left else ""),
    ]
    if rise:
        words.append(f"the training loss ended {rise + RISE_NOISE:.0%} above its best")
    return Limit(
        "diverged", max(dose * max(left, middle), 1 - math.exp(-rise / RISE)), "; ".join(words), gentler(record.train)
    )


def over_regularised(record: Record) -> Limit | None:
    """Dropout or decay too strong: 1 − (1 − dropout)(1 − decay's dose), times 1 − gap, since a gap shows room for it.

    Dropout p is multiplicative noise of variance p / (1 − p) (Srivastava et al. 2014); x / (1 + x) of that is p.
    """
    gap, dropout = record.mean(lambda s: s.gap), float(record.row.recipe["model"]["dropout"])
    decay, memory = signs.forgetting(record.train, record.row.facts)
    words, tries = [], []
    if dropout > 0:
        words.append(f"dropout {dropout:g}")
        tries.append((dropout, {"model.dropout": 0.0 if dropout <= 0.2 else 0.1}))
    if decay > 0.05:
        words.append(
            f"with train.weight_decay {record.train['weight_decay']:g} the weights remember the last "
            f"{memory:.2g} tokens per parameter"
        )
        tries.append((decay, {"train.weight_decay": 0.01}))
    if not words:
        return None
    words.append(
        f"training and validation loss end {gap:.0%} apart, so nothing was left to hold back"
        if gap < 0.1
        else f"training and validation loss end {gap:.0%} apart"
    )
    ordered = tuple(change for _, change in sorted(tries, key=lambda pair: -pair[0]))
    return Limit("over-regularised", (1 - (1 - dropout) * (1 - decay)) * (1 - gap), "; ".join(words), ordered)


def mixed_writers(record: Record) -> Limit | None:
    """Writers differ by more than the levels: η² of the writer over that of writer and level together.

    Where the two together explain under 10 %, there is nothing to hide, and the strength shrinks with it.
    """
    dial = record.dial
    if dial is None or len(dial["by"]) < 2:
        return None
    voice, level = float(dial["eta2_voice"]), float(dial["eta2_level"])
    if voice <= 0:
        return None
    strength = voice / (voice + level) * min(1.0, (voice + level) / FLAT)
    more = "more" if voice > level else "less"
    means = {name: _mean(levels) for name, levels in dial["by"].items()}
    low, high = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
    sentence = (
        f"who wrote a story explains {voice:.0%} of its mentions, {more} than the level ({level:.0%}): "
        f"{low} writes {means[low]:.1f} on average and {high} {means[high]:.1f}"
    )
    return Limit("mixed writers", strength, sentence, steepest(record))


def flat_corpus(record: Record) -> Limit | None:
    """No dial to learn: 1 − (share of the variance within writers that the level explains) / FLAT."""
    dial = record.dial
    if dial is None:
        return None
    voice, level = float(dial["eta2_voice"]), float(dial["eta2_level"])
    own = level / (1 - voice) if voice < 1 else 0.0
    slope = dial["slope"]
    rises = f"; it rises by {slope['mean']:.2f} mentions per level" if slope else ""
    sentence = f"within a writer the level explains {own:.0%} of the corpus's mentions{rises}"
    return Limit("flat corpus", max(0.0, 1 - own / FLAT), sentence, steepest(record))


def context(record: Record) -> Limit | None:
    """No room to end a document: the share of unfinished ones, where the corpus's own documents fill the context."""
    tokens, size = record.row.artifacts["tokens"].facts, int(record.row.recipe["model"]["context"])
    cut = record.row.scores.get("dial.truncation")
    if cut is None or not findings.finite(cut) or float(tokens.get("p99_tokens", 0)) < TIGHT * size:
        return None
    sentence = (
        f"{cut.value:.0%} of the model's documents did not end, and one in a hundred of the corpus's has "
        f"{tokens['p99_tokens']} tokens of the context's {size}"
    )
    return Limit("context", min(1.0, cut.value), sentence, wider(record.row))


def refused(record: Record) -> Limit | None:
    """The gates chose the corpus: the share of all answers that they refused."""
    account = record.row.accounting
    if account is None or not account.asked or not account.refused:
        return None
    gate = max(account.refused, key=account.refused.__getitem__)
    share = sum(account.refused.values()) / account.asked
    sentence = (
        f"the gates refused {share:.0%} of {account.asked:,} answers, most of them '{gate}' ({account.refused[gate]:,})"
    )
    return Limit("refused", share, sentence)


RULES = (starved, undertrained, diverged, over_regularised, mixed_writers, flat_corpus, context, refused)


# ---------------------------------------------------------------- what to try next


def more_text(record: Record) -> Tries:
    """Twice the text where there is some; else the best checkpoint, and fewer epochs."""
    corpus, train = record.row.recipe["corpus"], record.train
    tries: list[dict[str, Any]] = []
    if corpus["use"] == "text" and corpus["share"] < 1:
        tries.append({"corpus.share": min(1.0, round(2 * corpus["share"], 6))})
    elif corpus["use"] != "text" and corpus["size"] and 2 * corpus["size"] <= _room(record):
        tries.append({"corpus.size": 2 * corpus["size"]})
    epoch = record.mean(lambda s: s.best_epoch)
    if record.mean(lambda s: s.turn) > 0.01:
        if train["keep"] == "last":
            tries.append({"train.keep": "best"})
        elif epoch and train.get("epochs") is not None:
            tries.append({"train.epochs": max(1.0, round(epoch, 1))})
    return tuple(tries)


def _room(record: Record) -> int:
    """Documents that a corpus of a round's blend could have."""
    corpus = record.row.recipe["corpus"]
    if corpus["use"] == "voices":
        return int(corpus["brief"]["levels"] * len(corpus["brief"]["topics"]))
    usable = record.row.artifacts["corpus"].facts["usable"]
    blend = corpus["blend"] or {voice: n / sum(usable.values()) for voice, n in usable.items()}
    return int(corpus["brief"]["levels"] * most(usable, blend))


def gentler(train: Mapping[str, Any]) -> Tries:
    """The default rates, or a third where they are not far above them; the two belong together."""
    usual = {"train.lr": ("lr", 0.003), "train.muon_lr": ("muon_lr", 0.02)}
    stated = {key: (float(train[name]), default) for key, (name, default) in usual.items() if train[name]}
    return ({k: default if rate > 2 * default else float(f"{rate / 3:.2g}") for k, (rate, default) in stated.items()},)


def steepest(record: Record) -> Tries:
    """The one writer with the steepest dial, where its slope is known."""
    slopes = {name: s["mean"] for name, s in (record.dial or {}).get("slopes", {}).items() if s}
    if len(slopes) < 2:
        return ()
    return ({"corpus.blend": {max(slopes, key=slopes.__getitem__): 1.0}},)


def wider(row: Round) -> Tries:
    return ({"model.context": 2 * int(row.recipe["model"]["context"])},)


def _mean(levels: Mapping[str, Mapping[str, float]]) -> float:
    return sum(level["mean"] for level in levels.values()) / len(levels)
