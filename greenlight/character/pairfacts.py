"""Preference pairs in figures: what either side cost and gave, and how well length alone tells the choice."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from greenlight.character import ratings
from greenlight.character.apart import Apart, told_apart
from greenlight.character.filtering import most
from greenlight.chats import Pair
from greenlight.nouns import Accounting, Interval, Noun
from greenlight.rates import rate

Side = Literal["chosen", "rejected"]
SIDES: tuple[Side, Side] = ("chosen", "rejected")
ALIKE = 0.7
"""Where the AUC is for certain below this, the sides are too alike in how they are written."""
ODD = 0.05
"""Where the share of pairs that read otherwise is for certain above this, it is told."""
TELLS = (0.3, 0.7)
"""Within which length says little of the choice; one answer is longer by chance in half of all pairs."""


class SideFacts(Noun):
    """One side in figures. Shares are of all its answers, clustered by prompt; ``chars`` is the mean of those kept."""

    speaker: str
    fingerprint: str
    accounting: Accounting
    hidden: Interval | None
    empty: Interval | None
    chars: float


class PairsFacts(Noun):
    """What came of it. ``prompts``: those that were used up; ``unfilled``: those of them that no pair came of.

    ``length_auc``: how well length alone tells the chosen answer from the rejected one to the same prompt (0.5: not
    at all); ``length_auc_pooled``: the same over all prompts together, where long prompts hide it. ``apart``: how well
    the way in which an answer is written tells it, on held-out prompts, and which pairs read otherwise (places among
    those looked at); None for too few pairs.
    """

    pairs: int
    prompts: int
    unfilled: int
    constitution: str
    sides: dict[Side, SideFacts]
    length_auc: Interval
    length_auc_pooled: float
    apart: Apart | None = None
    categories: dict[str, int]
    warnings: tuple[str, ...] = ()

    def smoke(self) -> dict[str, Any]:
        """The smoke table: its rows by name, values as text or numbers."""
        table: dict[str, Any] = {"pairs": self.pairs, "prompts without a pair": self.unfilled}
        for name, side in self.sides.items():
            books = side.accounting
            table[f"{name}: asked, kept"] = f"{books.asked}, {books.kept}"
            table[f"{name}: refused"] = most(books.refused, books.failed)
            table[f"{name}: hidden channel"] = _percent(side.hidden)
            table[f"{name}: empty"] = _percent(side.empty)
            table[f"{name}: mean characters"] = round(side.chars, 1)
        auc = self.length_auc
        table["length predicts the choice (AUC)"] = f"{auc.value:.2f} [{auc.low:.2f}, {auc.high:.2f}]"
        if self.apart is not None:
            auc = self.apart.auc
            table["how it is written predicts the choice (AUC)"] = f"{auc.value:.2f} [{auc.low:.2f}, {auc.high:.2f}]"
            table["pairs that read otherwise"] = ", ".join(f"{k} {len(v)}" for k, v in self.apart.odd.items())
        return table


def of_texts(pairs: Sequence[Pair]) -> dict[str, Any]:
    """``apart``, and what is to be said of it (``warnings``), as fields of ``PairsFacts``."""
    chosen, rejected = ([getattr(one, side) for one in pairs] for side in SIDES)
    made = pairs[0].chosen_made if pairs else None
    described = f"{made.persona}\n{made.system}".strip() if made else ""
    found = told_apart([one.prompt[-1].content for one in pairs], chosen, rejected, described)
    return {} if found is None else {"apart": found, "warnings": _same(found)}


def _same(apart: Apart) -> tuple[str, ...]:
    auc, odd = apart.auc, sum(map(len, apart.odd.values()))
    if auc.high < ALIKE:
        return (
            f"how an answer is written does not tell the chosen one: on held-out prompts it is right in {auc.value:.0%}"
            f" [{auc.low:.0%}, {auc.high:.0%}] of the pairs, so DPO has little to learn; look at some pairs, at the "
            "constitution, and at what the student answers without it",
        )
    share = rate(odd, apart.pairs)
    if share.low <= ODD:
        return ()
    kinds = ", ".join(f"{kind} {len(places)}" for kind, places in apart.odd.items() if places)
    return (
        f"{odd} of {apart.pairs} pairs do not read as one side in character and one not ({kinds}: both sides, neither, "
        "or the wrong one); their places stand under 'apart' in the facts of the pairs",
    )


def of_lengths(lengths: Mapping[str, tuple[int, int]], matched: bool = False) -> dict[str, Any]:
    """How well length tells the choice, as fields of ``PairsFacts``. ``lengths``: (chosen, rejected) by prompt;
    ``matched``: they are already the closest of several.

    Within a prompt the AUC is the share of pairs whose chosen side is the longer one, equal lengths as half (Hanley &
    McNeil 1982, with one answer of each class a prompt); the interval is over prompts.
    """
    auc = ratings.points({name: [_longer(*both)] for name, both in lengths.items()})
    pooled = _pooled([a for a, _ in lengths.values()], [b for _, b in lengths.values()])
    return {"length_auc": auc, "length_auc_pooled": pooled, "warnings": _warnings(auc, matched)}


def share(found: Mapping[str, Sequence[bool]]) -> Interval | None:
    """A share clustered by prompt; prompts without an answer say nothing. None where none has one."""
    counted = {name: values for name, values in found.items() if values}
    return ratings.rate(counted) if counted else None


def _longer(chosen: int, rejected: int) -> float:
    return 0.5 if chosen == rejected else float(chosen > rejected)


def _pooled(chosen: Sequence[int], rejected: Sequence[int]) -> float:
    """The Mann–Whitney share of (chosen, rejected) of any prompts in which the chosen one is longer, ties as half."""
    ordered = sorted(rejected)
    wins = sum(bisect_left(ordered, size) + bisect_right(ordered, size) for size in chosen) / 2
    return wins / (len(chosen) * len(rejected))


def _percent(found: Interval | None) -> str:
    return "–" if found is None else f"{found.value:.1%} [{found.low:.1%}, {found.high:.1%}]"


def _warnings(auc: Interval, matched: bool) -> tuple[str, ...]:
    low, high = TELLS
    if low <= auc.value <= high:
        return ()
    which = "longer" if auc.value > high else "shorter"
    way = (
        "set pairs.match_length = true with pairs.samples of 4 or more, so that of a prompt's answers the closest in "
        "length are taken"
    )
    if matched:
        way = "raise pairs.samples, or have the constitution ask for answers as long as the student's"
    return (
        f"length alone tells the choice: the chosen answer is the {which} one with AUC {auc.value:.2f} "
        f"[{auc.low:.2f}, {auc.high:.2f}], and DPO learns that first; {way}",
    )
