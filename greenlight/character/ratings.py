"""Rates of answers, and what a judge's error does to them. scipy is loaded on use.

Several answers to one prompt are alike, so every interval here takes prompts as what a new experiment would draw again.

*A judge's error.* A judge that finds a share ``q`` in character, with sensitivity ``se`` and specificity ``sp``, has
seen a true share ``(q + sp − 1) / (se + sp − 1)`` (Rogan & Gladen 1978, American Journal of Epidemiology 107:71). The
interval carries the noise of all three (Lang & Reiczigel 2014, Preventive Veterinary Medicine 113:13).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from greenlight import rates
from greenlight.errors import InputError
from greenlight.nouns import Interval, Noun

ByPrompt = Mapping[str, Sequence[bool]]
"""By prompt: whether each of its samples is a success. A sample without an answer is a failure, and stays in."""


# ---------------------------------------------------------------- rates


def rate(successes: ByPrompt, level: float = 0.95) -> Interval:
    """The share of successes over all samples, clustered by prompt; the formulas are those of ``rates.rate``.

    Where all or none succeed, each prompt counts as one trial: 0 of 5 prompts is 0 to 52 %, however many samples each
    has. Raises InputError without a prompt, or for a prompt without a sample.
    """
    counts = _counts(successes)
    return rates.rate(sum(s for s, _ in counts), sum(n for _, n in counts), counts, level)


def points(scores: Mapping[str, Sequence[float]], level: float = 0.95) -> Interval:
    """The mean of points (1 won, 0.5 tied, 0 lost) over all games, clustered by prompt.

    Each game is counted as two halves; the design effect takes back what the halves of one game have in common.
    Raises InputError as ``rate``, and ValueError for other points.
    """
    halves: dict[str, list[bool]] = {}
    for prompt, values in scores.items():
        if any(value not in (0, 0.5, 1) for value in values):
            raise ValueError(f"the points of a game are 0, 0.5 or 1; prompt '{prompt}' has others")
        halves[prompt] = [half < 2 * value for value in values for half in (0, 1)]
    return rate(halves, level)


def lift(a: ByPrompt, b: ByPrompt, level: float = 0.95) -> Interval:
    """``rate(a) − rate(b)``, paired by prompt, so that what a prompt is like cancels.

    With one sample a prompt on both sides Newcombe's paired interval (``rates.difference``); else the clustered
    intervals of both rates, put together with the correlation that the prompts show (Zou & Donner 2008, Statistics in
    Medicine 27:1693). Raises InputError when the two have not the same prompts, and as ``rate``.
    """
    if a.keys() != b.keys():
        odd = sorted(a.keys() ^ b.keys())
        raise InputError(
            f"two arms are compared on the same prompts, and {len(odd)} are in one of them alone ('{odd[0]}'): "
            "ask both the same ones"
        )
    names = sorted(a)
    one, other = _counts({name: a[name] for name in names}), _counts({name: b[name] for name in names})
    if all(n == 1 for _, n in (*one, *other)):
        return rates.difference([s == 1 for s, _ in other], [s == 1 for s, _ in one], level)
    high, low = rate(a, level), rate(b, level)
    phi = _correlation(_influence(one), _influence(other))
    down, up = high.value - high.low, high.high - high.value
    left, right = low.value - low.low, low.high - low.value
    value = high.value - low.value
    below = math.sqrt(max(0.0, down**2 - 2 * phi * down * right + right**2))
    above = math.sqrt(max(0.0, up**2 - 2 * phi * up * left + left**2))
    method = f"paired over {len(names)} prompts, from both {high.method} intervals"
    return Interval(value=value, low=max(-1.0, value - below), high=min(1.0, value + above), level=level, method=method)


def _counts(successes: ByPrompt) -> list[tuple[int, int]]:
    """(successes, samples) of each prompt, in the order of their names."""
    if not successes:
        raise InputError("a rate needs at least one prompt: none was answered")
    for prompt, values in successes.items():
        if not len(values):
            raise InputError(f"prompt '{prompt}' has no sample: leave it out of all arms, or ask it again")
    return [(sum(map(bool, values)), len(values)) for _, values in sorted(successes.items())]


def _influence(counts: Sequence[tuple[int, int]]) -> list[float]:
    """How far each prompt pulls the rate: ``(successes − rate · samples) / all samples`` (Cochran 1977, §6.4)."""
    n = sum(k for _, k in counts)
    p = sum(s for s, _ in counts) / n
    return [(s - p * k) / n for s, k in counts]


def _correlation(x: Sequence[float], y: Sequence[float]) -> float:
    spread = math.sqrt(math.fsum(v * v for v in x) * math.fsum(v * v for v in y))
    return math.fsum(v * w for v, w in zip(x, y, strict=True)) / spread if spread > 1e-12 else 0.0


# ---------------------------------------------------------------- a judge's error


class Checked(Noun):
    """How often a judge was right on labelled items of one kind: ``right`` of ``n``, each of a prompt of its own."""

    right: int
    n: int

    @property
    def share(self) -> float:
        return self.right / self.n


def corrected(found: ByPrompt, sensitivity: Checked, specificity: Checked, level: float = 0.95) -> Interval:
    """The true rate behind what a judge found, with the noise of the answers and of both checks of the judge.

    ``sensitivity``: of items that are in character, how many the judge finds so; ``specificity``: of those that are
    not, how many it finds not so. The value is Rogan & Gladen's, cut to [0, 1]; the interval Lang & Reiczigel's, with
    the prompts' effective size as the number of answers. Raises InputError for a judge that is not told from chance
    (where ``se + sp`` is at most 1, or its interval reaches 1, there is nothing to correct by), and where the whole
    interval lies beyond 0 or 1: then the errors are not those that were made here.
    """
    from scipy import special

    for name, check in (("sensitivity", sensitivity), ("specificity", specificity)):
        if check.n < 1 or not 0 <= check.right <= check.n:
            raise InputError(f"a judge's {name} needs labelled items: {check.right} of {check.n} is no share")
    _told_from_chance(sensitivity, specificity, level)
    counts = _counts(found)
    z = -float(special.ndtri((1 - level) / 2))
    hits, n = sum(s for s, _ in counts), sum(k for _, k in counts)
    q, size = hits / n, _effective(counts)
    value = (q + specificity.share - 1) / (sensitivity.share + specificity.share - 1)
    q_, size_ = (size * q + z * z / 2) / (size + z * z), size + z * z
    se, n_se = (sensitivity.right + 1) / (sensitivity.n + 2), sensitivity.n + 2
    sp, n_sp = (specificity.right + 1) / (specificity.n + 2), specificity.n + 2
    youden = se + sp - 1
    p = (q_ + sp - 1) / youden
    v_se, v_sp = se * (1 - se) / n_se, sp * (1 - sp) / n_sp
    middle = p + 2 * z * z * (p * v_se - (1 - p) * v_sp)
    half = z * math.sqrt(q_ * (1 - q_) / size_ + p * p * v_se + (1 - p) ** 2 * v_sp) / youden
    if middle - half > 1 or middle + half < 0:
        most = f"at most {sensitivity.share:.0%}" if middle > 1 else f"at least {1 - specificity.share:.0%}"
        raise InputError(
            f"the judge finds {q:.0%} in character, and by its errors on labelled items it would find {most} whatever "
            "is true: those items are not like these answers; label some of these"
        )
    low, high, value = (min(1.0, max(0.0, x)) for x in (middle - half, middle + half, value))
    method = f"Rogan–Gladen, Lang–Reiczigel interval ({sensitivity.n} and {specificity.n} labelled)"
    return Interval(value=value, low=min(low, value), high=max(high, value), level=level, method=method)


def _told_from_chance(sensitivity: Checked, specificity: Checked, level: float) -> None:
    """Raises InputError unless ``se + sp − 1`` is above 0 with its interval, put together as in ``lift``."""
    se, sp = sensitivity.share, specificity.share
    said = f"the judge finds {se:.0%} of what is in character and {1 - sp:.0%} of what is not"
    if se + sp <= 1:
        raise InputError(
            f"{said}: it does not tell them apart (sensitivity + specificity = {se + sp:.2f}, and 1 is chance), so no "
            "rate can be corrected by it: take another judge"
        )
    one, other = (rates.rate(check.right, check.n, None, level) for check in (sensitivity, specificity))
    if se + sp - 1 - math.hypot(one.value - one.low, other.value - other.low) <= 0:
        raise InputError(
            f"{said}, on {sensitivity.n} and {specificity.n} labelled items: too few to tell it from chance: label "
            "more, or take a better judge"
        )


def _effective(counts: Sequence[tuple[int, int]]) -> float:
    """How many independent answers would vary as much, at most all of them; of all or none, the number of prompts."""
    m, n = len(counts), sum(k for _, k in counts)
    p = sum(s for s, _ in counts) / n
    if p in (0, 1) or m < 2:
        return float(m)
    variance = m / (m - 1) * math.fsum(v * v for v in _influence(counts))
    return min(float(n), p * (1 - p) / variance) if variance > 0 else float(n)
