"""Optuna's TPE (Bergstra et al. 2011) over the same bounds: an optimiser that reads no text, the second null
researcher."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from greenlight.errors import UserError
from greenlight.proposals import Bound, Briefing, Tried, Turn
from greenlight.researchers import _drawing

KEY = "which key"
MISSING = "the researcher optuna needs optuna: pip install 'greenlight-studio[optimiser]'"


@dataclass(frozen=True)
class Researcher:
    """Chooses a key, then that key's value, told what each earlier change was worth: its difference from the round
    that it changed, a crash counting as the worst difference so far. Nothing is kept between turns: the study of each
    turn is made anew from the briefing, seeded by the session's seed and the number of turns so far.

    ``startup``: turns that are drawn blindly before it begins to choose.
    """

    startup: Annotated[int, Field(ge=1, le=1000)] = 5

    def propose(self, briefing: Briefing) -> Turn:
        """One chosen change, without an effect predicted.

        Raises UserError where optuna is not installed.
        """
        try:
            import optuna
        except ImportError:
            raise UserError(MISSING) from None
        known, study = _drawing.seen(briefing), self._study(briefing, optuna)
        for _ in range(_drawing.TRIES if briefing.bounds else 0):
            trial = study.ask()
            key = str(trial.suggest_categorical(KEY, _drawing.keys(briefing)))
            value = _suggested(trial, key, briefing.bounds[key])
            if _drawing.is_new(known, key, value, briefing.bounds[key]):
                return _drawing.proposed(briefing, key, value, "chosen by TPE")
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        return Turn(stop=_drawing.EXHAUSTED)

    def _study(self, briefing: Briefing, optuna: Any) -> Any:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that some of its options are experimental is no news for a user
            sampler = optuna.samplers.TPESampler(
                seed=(briefing.seed * 1_000_003 + len(briefing.tried)) % 2**32,
                n_startup_trials=self.startup,
                constant_liar=False,
            )
        direction = "minimize" if briefing.better == "lower" else "maximize"
        study = optuna.create_study(sampler=sampler, direction=direction)
        known = [one for one in briefing.tried if _fits(one, briefing)]
        found = [one.difference for one in known if one.difference is not None]
        worst = (max if briefing.better == "lower" else min)(found, default=0.0)
        for one in known:
            if one.difference is not None or one.outcome == "crash":
                ((key, value),) = one.changes.items()
                study.add_trial(
                    optuna.trial.create_trial(
                        params={KEY: key, key: value},
                        distributions={
                            KEY: optuna.distributions.CategoricalDistribution(_drawing.keys(briefing)),
                            key: _distribution(briefing.bounds[key], optuna),
                        },
                        value=worst if one.difference is None else one.difference,
                    )
                )
        return study


def _fits(one: Tried, briefing: Briefing) -> bool:
    """Whether it is one change within the bounds as they now are."""
    if len(one.changes) != 1:
        return False
    ((key, value),) = one.changes.items()
    bound = briefing.bounds.get(key)
    if bound is None:
        return False
    if bound.any:
        return any(value == other and type(value) is type(other) for other in bound.any)
    low, high = _drawing.span(bound)
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _distribution(bound: Bound, optuna: Any) -> Any:
    if bound.any:
        return optuna.distributions.CategoricalDistribution(bound.any)
    low, high = _drawing.span(bound)
    if bound.whole:
        return optuna.distributions.IntDistribution(math.ceil(low), math.floor(high), log=bound.log)
    return optuna.distributions.FloatDistribution(low, high, log=bound.log)


def _suggested(trial: Any, key: str, bound: Bound) -> bool | int | float | str:
    if bound.any:
        chosen: bool | int | float | str = trial.suggest_categorical(key, list(bound.any))
        return chosen
    low, high = _drawing.span(bound)
    if bound.whole:
        return int(trial.suggest_int(key, math.ceil(low), math.floor(high), log=bound.log))
    return _drawing.settled(bound, float(trial.suggest_float(key, low, high, log=bound.log)))
