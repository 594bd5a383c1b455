"""Bradley–Terry with ties: known strengths come back, the order of games is nothing, and no ranking where none is."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from scipy import stats

from greenlight.character.strengths import Game, Rating, Ratings, order, rated
from greenlight.errors import InputError
from greenlight.nouns import Interval

NAMES, THETA, NU = "abcd", (0.8, 0.2, -0.2, -0.8), 0.6


def chances(half: float, nu: float) -> np.ndarray:
    parts = np.array([np.exp(half), nu, np.exp(-half)])
    return parts / parts.sum()


def tournament(rng: np.random.Generator, prompts: int, spread: float = 0.0) -> list[Game]:
    games = []
    for prompt in range(prompts):
        here = np.array(THETA) + spread * rng.standard_normal(4)
        for i, j in itertools.combinations(range(4), 2):
            won = rng.choice(3, p=chances((here[i] - here[j]) / 2, NU))
            games.append(Game(f"p{prompt}", NAMES[i], NAMES[j], ("a", "tie", "b")[won]))
    return games


def true_scores() -> dict[str, float]:
    out = {}
    for i, name in enumerate(NAMES):
        rest = [chances((THETA[i] - THETA[j]) / 2, NU) @ [1, 0.5, 0] for j in range(4) if j != i]
        out[name] = float(np.mean(rest))
    return out


def scores(found: Ratings) -> dict[str, Interval]:
    return {rating.name: rating.score for rating in found.ratings}


def test_known_strengths_come_back_and_are_covered() -> None:
    rng, true, runs = np.random.default_rng(1), true_scores(), 60
    values: dict[str, list[float]] = {name: [] for name in NAMES}
    held, ties = 0, []
    for seed in range(runs):
        found = rated(tournament(rng, 60), draws=300, seed=seed)
        ties.append(found.ties)
        for name, score in scores(found).items():
            values[name].append(score.value)
            held += score.low <= true[name] <= score.high
    assert all(abs(np.mean(own) - true[name]) < 0.02 for name, own in values.items())
    assert abs(np.mean(ties) - NU) < 0.05
    assert held / (4 * runs) >= 0.93, "the interval is on the safe side, as Clopper and Pearson's is"


def test_it_is_the_maximum_of_the_likelihood() -> None:
    from scipy.optimize import minimize

    games = tournament(np.random.default_rng(2), 200)
    found = rated(games, draws=10)

    def nats(at: np.ndarray) -> float:
        theta = dict(zip(NAMES, at[:4], strict=True))
        which = {"a": 0, "tie": 1, "b": 2}
        said = [chances((theta[g.a] - theta[g.b]) / 2, np.exp(at[4]))[which[g.outcome]] for g in games]
        return float(-np.log(said).sum() + (at**2).sum() / 50)

    best = minimize(nats, np.zeros(5))
    theta = {rating.name: rating.strength for rating in found.ratings}
    assert [theta[name] for name in NAMES] == pytest.approx(best.x[:4], abs=1e-3)
    assert found.ties == pytest.approx(np.exp(best.x[4]), abs=1e-3)
    assert found.chance("a", "d") == pytest.approx(tuple(chances((theta["a"] - theta["d"]) / 2, found.ties)))


def test_the_order_of_games_and_of_sides_changes_nothing() -> None:
    games = tournament(np.random.default_rng(3), 40)
    first = rated(games, draws=100)
    turned = {"a": "b", "b": "a", "tie": "tie"}
    shuffled = [Game(g.prompt, g.b, g.a, turned[g.outcome]) if n % 3 else g for n, g in enumerate(games)]  # type: ignore[arg-type]
    random.Random(1).shuffle(shuffled)
    again = rated(shuffled, draws=100)
    for one, other in zip(first.ratings, again.ratings, strict=True):
        assert one.name == other.name
        assert one.strength == pytest.approx(other.strength, abs=1e-9)
        assert (one.score.low, one.score.high) == pytest.approx((other.score.low, other.score.high), abs=1e-9)


@pytest.mark.parametrize(("won", "of"), [(5, 5), (9, 12), (30, 40)])
def test_two_players_have_clopper_and_pearsons_interval(won: int, of: int) -> None:
    games = [Game(str(n), "x", "y", "a" if n < won else "b") for n in range(of)]
    score = scores(rated(games, draws=8_000))["x"]
    assert score.low == pytest.approx(stats.beta.ppf(0.025, won, of - won + 1), abs=0.015)
    high = stats.beta.ppf(0.975, won + 1, of - won) if won < of else 1.0
    assert score.high == pytest.approx(high, abs=0.015)


def test_who_won_five_of_five_is_not_ranked_and_who_won_forty_is() -> None:
    def swept(n: int) -> Ratings:
        return rated([Game(str(i), "x", "y", "a") for i in range(n)], draws=500)

    few, many = swept(5), swept(40)
    assert order(few).sentence == "no ranking: the intervals overlap"
    assert order(few).groups == (("x", "y"),)
    assert order(many).sentence == "x > y"
    assert "one way alone (x; y)" in many.notes[0]
    assert all(np.isfinite(rating.strength) for rating in many.ratings)


def test_games_of_one_prompt_are_no_new_prompts() -> None:
    alike = [Game(f"p{n}", "x", "y", "a" if n % 3 else "b") for n in range(12) for _ in range(20)]
    apart = [Game(f"{n}-{k}", "x", "y", "a" if n % 3 else "b") for n in range(12) for k in range(20)]
    wide, narrow = (scores(rated(games, draws=500))["x"] for games in (alike, apart))
    assert wide.value == pytest.approx(narrow.value)
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)


def test_players_that_never_met_are_not_compared() -> None:
    games = [Game(str(n), "a", "b", "a" if n % 4 else "b") for n in range(60)]
    games += [Game(str(n), "c", "d", "a" if n % 4 else "b") for n in range(60)]
    found = rated(games, draws=300)
    assert found.apart == (("a", "b"), ("c", "d"))
    assert scores(found)["a"].value == pytest.approx(0.75, abs=0.01)
    assert order(found).sentence == "no ranking: no games connect a, b; c, d"
    assert len(order(found).groups) == 1


def test_only_ties_are_ties() -> None:
    found = rated([Game(str(n), "a", "b", "tie") for n in range(30)], draws=200)
    assert [rating.strength for rating in found.ratings] == pytest.approx([0, 0], abs=1e-9)
    assert found.chance("a", "b")[1] > 0.9
    assert order(found).sentence.startswith("no ranking")


def test_groups_are_told_where_all_of_one_are_above_all_of_the_next() -> None:
    def row(name: str, low: float, high: float) -> Rating:
        span = Interval(value=(low + high) / 2, low=low, high=high, level=0.95, method="made")
        return Rating(name=name, strength=0.0, score=span, games=9)

    found = Ratings(ratings=(row("a", 0.7, 0.9), row("b", 0.6, 0.8), row("c", 0.2, 0.4)), ties=0, games=27, prompts=9)
    assert order(found).groups == (("a", "b"), ("c",))
    assert order(found).sentence == "a = b > c"
    chain = Ratings(ratings=(row("a", 0.7, 0.9), row("b", 0.5, 0.75), row("c", 0.3, 0.55)), ties=0, games=9, prompts=9)
    assert order(chain).groups == (("a", "b", "c"),), "a and c are apart, and b is told from neither"


def test_what_is_no_game_is_said() -> None:
    with pytest.raises(InputError, match="no games"):
        rated([])
    with pytest.raises(InputError, match="prompt 'p' has 'x' on both sides"):
        rated([Game("p", "x", "x", "a")])
