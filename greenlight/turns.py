"""Whose turn it is: shares dealt out one by one, so that they hold closely at every length."""

from __future__ import annotations

from collections.abc import Mapping

EPSILON = 1e-9


def turns(blend: Mapping[str, float], n: int) -> list[str]:
    """The voice of each of ``n`` topics, in shares that follow the blend closely at every length.

    The chairman assignment of Tijdeman (1980, Discrete Mathematics 32, 323–330): of the voices that lag behind
    their share by at least 1/(2m − 2) topics, m being the number of voices, the one whose next turn is due first.
    After any number of topics each voice is within 1 − 1/(2m − 2) topics of its share. The order of the table does
    not matter.
    """
    total = sum(blend.values())
    shares = {name: share / total for name, share in sorted(blend.items()) if share > 0}
    slack = 1 / (2 * len(shares) - 2) if len(shares) > 1 else 0.0
    given = dict.fromkeys(shares, 0)
    out = []
    for k in range(1, n + 1):
        lag = {name: share * k - given[name] for name, share in shares.items()}
        late = [name for name in shares if lag[name] >= slack - EPSILON]
        turn = min(late, key=lambda name: (round((1 - slack - lag[name]) / shares[name], 9), -shares[name], name))
        given[turn] += 1
        out.append(turn)
    return out
