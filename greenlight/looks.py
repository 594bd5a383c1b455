"""Looks: how much chance of a false verdict each look at a round may spend.

A round is planned with some seeds, and may be judged before all have run. Each look is a test, so the 5 % are spent
over them: after the share ``t = seeds / planned`` of the plan, at most ``0.05 · 125^(t − 1)`` has been spent (an
α-spending function in the sense of Lan & DeMets 1983; with three planned seeds the looks get .002, .008 and .04). A
plan that is carried out without a look between keeps its whole 5 %.

Going on past the plan, or looking again with no more seeds than before (other ones, say), was not paid for: such looks
have an α of their own, 0.01, then half of the one before, so that all of them together add at most 0.02.
"""

from __future__ import annotations

from collections.abc import Sequence

TOTAL = 0.05
"""What a plan may spend in all: the chance that it ends in a false verdict."""

LEAST_PLAN = 3
"""A plan of fewer seeds is spent as if it had this many: nothing is decided by one or two seeds at 5 %."""

BEYOND = 0.01
"""α of the first look past the plan."""


def spent(planned: int, seeds: int, total: float = TOTAL) -> float:
    """The most that may have been spent once ``seeds`` of ``planned`` have been looked at."""
    share = seeds / max(planned, LEAST_PLAN)
    return total if share >= 1 else float(total * 125 ** (share - 1))


def alphas(planned: int, seeds: Sequence[int], total: float = TOTAL) -> list[float]:
    """α of each look, given how many seeds the round had at each; every look is one of the plan or past it.

    Raises ValueError when a look has no seed.
    """
    found: list[float] = []
    most, used, beyond = 0, 0.0, 0
    for now in seeds:
        if now < 1:
            raise ValueError("a look needs at least one seed")
        if now > most and used < total:
            found.append(spent(planned, now, total) - used)
            used = spent(planned, now, total)
        else:
            found.append(BEYOND / 2**beyond)
            beyond += 1
        most = max(most, now)
    return found
