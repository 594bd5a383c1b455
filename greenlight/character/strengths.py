"""Strengths from games, by Bradley–Terry with ties. numpy and scipy are loaded on use.

With ``π = exp(θ)``, i beats j, loses to it and ties with it in the proportions ``π_i : π_j : ν √(π_i π_j)`` (Davidson
1970, JASA 65:317). All games at once, by maximum likelihood with the weak prior of ``PRIOR_SD``; the order of the games
changes nothing, as it does for a rating that is updated game by game (Elo).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from greenlight.errors import InputError
from greenlight.nouns import Interval, Noun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Outcome = Literal["a", "b", "tie"]

PRIOR_SD = 5.0
"""Of the normal prior on each log-strength, and on the logarithm of ν. It keeps the strength of who never lost finite,
and moves a rating from 100 games by less than 0.002 on the scale of probabilities."""


@dataclass(frozen=True)
class Game:
    """One comparison on one prompt: ``a`` won, ``b`` won, or neither."""

    prompt: str
    a: str
    b: str
    outcome: Outcome


class Rating(Noun):
    """One player. ``strength`` is θ; ``score`` the share of points (a tie is half) that it would take of one game
    against each of the others, with the interval over prompts: 0.5 is the middle of the field."""

    name: str
    strength: float
    score: Interval
    games: int


class Ratings(Noun):
    """All players, strongest first. ``ties``: Davidson's ν, 0 where no game was tied. ``notes``: what the games do not
    say; ``apart``: players that no chain of games connects, each group by itself, of which no two can be compared."""

    ratings: tuple[Rating, ...]
    ties: float
    games: int
    prompts: int
    apart: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()

    def chance(self, a: str, b: str) -> tuple[float, float, float]:
        """That a beats b, that they tie, that b beats a. Raises KeyError for an unknown player."""
        theta = {rating.name: rating.strength for rating in self.ratings}
        half = (theta[a] - theta[b]) / 2
        parts = math.exp(half), self.ties, math.exp(-half)
        total = math.fsum(parts)
        return parts[0] / total, parts[1] / total, parts[2] / total


def rated(games: Sequence[Game], draws: int = 1_000, level: float = 0.95, seed: int = 0) -> Ratings:
    """Strengths by maximum likelihood over all games at once, with intervals over prompts.

    The interval is a Bayesian bootstrap (Rubin 1981): each prompt gets a weight drawn from an exponential. For its
    lower end one more prompt is added in which the player loses all its games, for its upper end one in which it wins
    them: the rule of Clopper & Pearson, which this is exactly for two players and one game a prompt, so that somebody
    who won 5 of 5 is not certain to win. Raises InputError for no games, or one of a player with itself.
    """
    import numpy as np

    if not games:
        raise InputError("no games: a rating needs two answers that were compared")
    if odd := next((game for game in games if game.a == game.b), None):
        raise InputError(f"a game of prompt '{odd.prompt}' has '{odd.a}' on both sides: name two players")
    table = _Table.of(games)
    whole = table.counts.sum(0)
    theta, eta = _fit(table, whole[None])
    scores, field = _scores(table, theta, eta)[0], _met(table)
    rng, tail = np.random.default_rng(seed), (1 - level) / 2
    weights = rng.standard_exponential((draws, len(table.counts)))
    drawn, added = np.einsum("bm,mko->bko", weights, table.counts), rng.standard_exponential(draws)
    found = []
    for number, name in enumerate(table.players):
        ends = []
        for lost, share in ((True, tail), (False, 1 - tail)):
            more = drawn + added[:, None, None] * table.against(number, lost)
            values = _scores(table, *_fit(table, more, theta[0]))[:, number]
            ends.append(float(np.quantile(values, share)))
        value = float(scores[number])
        ends = [min(ends[0], value), max(ends[1], value)]
        method = "Davidson, Bayesian bootstrap over prompts, one more prompt against"
        score = Interval(value=value, low=ends[0], high=ends[1], level=level, method=method)
        played = int(whole[[number in pair for pair in table.pairs]].sum())
        found.append(Rating(name=name, strength=float(theta[0, number]), score=score, games=played))
    tied = float(np.exp(eta[0])) if table.tied else 0.0
    found.sort(key=lambda one: (-one.score.value, one.name))
    groups = tuple(sorted(tuple(table.players[i] for i in group) for group in field)) if len(field) > 1 else ()
    return Ratings(
        ratings=tuple(found),
        ties=tied,
        games=len(games),
        prompts=len(table.counts),
        apart=groups,
        notes=_notes(table, groups),
    )


class Order(Noun):
    """Who is told from whom: ``groups`` best first, each of whom all are above all of the next. One group is no
    ranking."""

    groups: tuple[tuple[str, ...], ...]
    sentence: str


def order(found: Ratings) -> Order:
    """Groups that the intervals separate: a ranking is printed only where none overlaps."""
    rows = sorted(found.ratings, key=lambda one: (-one.score.value, one.name))
    names = tuple(one.name for one in rows)
    if found.apart:
        split = "; ".join(", ".join(group) for group in found.apart)
        return Order(groups=(names,), sentence=f"no ranking: no games connect {split}")
    groups: list[list[Rating]] = [[rows[0]]]
    for above, row in enumerate(rows[1:], 1):
        if min(one.score.low for one in rows[:above]) > max(one.score.high for one in rows[above:]):
            groups.append([])
        groups[-1].append(row)
    if len(groups) == 1:
        return Order(groups=(names,), sentence="no ranking: the intervals overlap")
    told = " > ".join(" = ".join(one.name for one in group) for group in groups)
    return Order(groups=tuple(tuple(one.name for one in group) for group in groups), sentence=told)


@dataclass(frozen=True)
class _Table:
    """``counts[prompt, pair, (first wins, second wins, ties)]``; prompts, pairs and players in the order of names."""

    players: list[str]
    pairs: list[tuple[int, int]]
    counts: Array

    @classmethod
    def of(cls, games: Sequence[Game]) -> _Table:
        import numpy as np

        players = sorted({name for game in games for name in (game.a, game.b)})
        at = {name: number for number, name in enumerate(players)}
        tally: defaultdict[tuple[str, tuple[int, int]], list[int]] = defaultdict(lambda: [0, 0, 0])
        for game in games:
            first, second = at[game.a], at[game.b]
            won = 2 if game.outcome == "tie" else int((game.outcome == "b") != (first > second))
            tally[game.prompt, (min(first, second), max(first, second))][won] += 1
        prompts, pairs = sorted({p for p, _ in tally}), sorted({pair for _, pair in tally})
        counts = np.zeros((len(prompts), len(pairs), 3))
        row, column = {p: i for i, p in enumerate(prompts)}, {p: i for i, p in enumerate(pairs)}
        for (prompt, pair), values in tally.items():
            counts[row[prompt], column[pair]] = values
        return cls(players, pairs, counts)

    @property
    def tied(self) -> bool:
        return bool(self.counts[:, :, 2].any())

    def against(self, player: int, lost: bool) -> Array:
        """A prompt's usual games of one player, all lost or all won."""
        import numpy as np

        usual = self.counts.sum((0, 2)) / len(self.counts)
        out = np.zeros((len(self.pairs), 3))
        for k, (first, second) in enumerate(self.pairs):
            if player in (first, second):
                out[k, int((player == first) == lost)] = usual[k]
        return out


def _fit(table: _Table, weights: Array, start: Array | None = None) -> tuple[Array, Array]:
    """θ (draws × players) and log ν (draws) of weighted counts (draws × pairs × outcomes), by Newton's method.

    The likelihood is concave in both, the prior strictly so. Without a tie ν is 0, and its logarithm −∞.
    """
    import numpy as np

    draws, players = len(weights), len(table.players)
    sides = np.zeros((len(table.pairs), players))
    for k, (first, second) in enumerate(table.pairs):
        sides[k, first], sides[k, second] = 0.5, -0.5
    at = np.zeros((draws, players + 1))
    if start is not None:
        at[:, :players] = start
    total = weights.sum(2)
    for _ in range(200):
        win, lose, tie = _chances(at[:, :players] @ sides.T, at[:, players:], table.tied)
        slope = np.concatenate(
            [
                (weights[:, :, 0] - weights[:, :, 1] - total * (win - lose)) @ sides,
                (weights[:, :, 2] - total * tie).sum(1, keepdims=True) * table.tied,
            ],
            axis=1,
        )
        slope -= at / PRIOR_SD**2
        bend = np.zeros((draws, players + 1, players + 1))
        lean = win - lose
        bend[:, :-1, :-1] = np.einsum("bk,ki,kj->bij", total * (win + lose - lean**2), sides, sides)
        bend[:, :-1, -1] = bend[:, -1, :-1] = -(total * lean * tie) @ sides
        bend[:, -1, -1] = (total * tie * (1 - tie)).sum(1)
        bend += np.eye(players + 1) / PRIOR_SD**2
        step = np.clip(np.linalg.solve(bend, slope[:, :, None])[:, :, 0], -2, 2)
        at = at + step
        if np.abs(step).max() < 1e-12:
            break
    return at[:, :players], at[:, players]


def _chances(half: Array, eta: Array, tied: bool) -> tuple[Array, Array, Array]:
    """Of a win, a loss and a tie, where ``half`` is half the difference of strengths."""
    import numpy as np

    top = np.maximum(np.abs(half), eta) if tied else np.abs(half)
    win, lose = np.exp(half - top), np.exp(-half - top)
    tie = np.exp(eta - top) if tied else np.zeros_like(half)
    total = win + lose + tie
    return win / total, lose / total, tie / total


def _scores(table: _Table, theta: Array, eta: Array) -> Array:
    """Points against the others of its field (draws × players)."""
    import numpy as np

    field = np.zeros((len(table.players),) * 2)
    for group in _met(table):
        field[np.ix_(group, group)] = 1
    np.fill_diagonal(field, 0)
    win, _, tie = _chances((theta[:, :, None] - theta[:, None, :]) / 2, eta[:, None, None], table.tied)
    scores: Array = ((win + tie / 2) * field).sum(2) / field.sum(1)
    return scores


def _met(table: _Table, strong: bool = False) -> list[list[int]]:
    """Players that games connect; ``strong``: that losses and ties connect in both directions (Ford 1957)."""
    import numpy as np
    from scipy.sparse.csgraph import connected_components

    beats = np.zeros((len(table.players),) * 2)
    for (first, second), (won, lost, tied) in zip(table.pairs, table.counts.sum(0), strict=True):
        beats[first, second] += won + tied
        beats[second, first] += lost + tied
    number, label = connected_components(beats, directed=True, connection="strong" if strong else "weak")
    return [[int(i) for i in np.flatnonzero(label == group)] for group in range(number)]


def _notes(table: _Table, apart: Sequence[Sequence[str]]) -> tuple[str, ...]:
    if apart:
        return ("players that no game connects are on scales of their own",)
    groups = _met(table, strong=True)
    if len(groups) == 1:
        return ()
    never = "; ".join(sorted(", ".join(table.players[i] for i in group) for group in groups))
    return (
        f"between these the games went one way alone ({never}): how far they are apart is the prior's, a normal of "
        f"standard deviation {PRIOR_SD:g} on log-strengths",
    )
