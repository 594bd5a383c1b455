"""What a researcher may change, what it is told, and what it answers: nouns, never the ledger.

A researcher (``greenlight/researchers/``) gets a ``Briefing`` and gives a ``Turn``: a ``Proposal``, or the word that
nothing more pays. What comes back is data: bare names and numbers within the study's bounds (``research.toml``), no
files and no code.
"""

from __future__ import annotations

import json
import math
import tomllib
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import BeforeValidator, Field, model_validator

from greenlight.errors import InputError
from greenlight.nouns import Noun
from greenlight.recipe import Number, Prediction, Switch, Whole

LONGEST = 100_000
"""Bytes of a proposal's file: one is a few hundred, and what is longer is none."""


def plain(text: str, most: int = 2_000) -> str:
    """Text from a researcher on one line: what could move a cursor, hide or turn other text is spelled out."""
    line = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in " ".join(text[: 4 * most].split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$")]
"""Of a researcher, or of the person who rules."""
Said = Annotated[str, BeforeValidator(lambda said: plain(said, len(said) * 6) if isinstance(said, str) else said)]
Value = Switch | Annotated[Whole, Field(ge=-(2**63), lt=2**63)] | Number | Annotated[str, Field(max_length=200)]
"""Of one key: a switch, a number, or a bare name. A number of hundreds of digits is none that can be compared."""


class Bound(Noun):
    """What one key of a recipe may be: one of ``any``, or a number from ``low`` to ``high``, both included."""

    low: Number | None = None
    high: Number | None = None
    log: Switch = Field(default=False, description="whether the range is drawn from by its logarithm")
    whole: Switch = Field(default=False, description="whole numbers only")
    any: tuple[Value, ...] = Field(default=(), max_length=200)

    @property
    def counts(self) -> range:
        """The whole numbers of a range."""
        return range(math.ceil(self.low or 0), math.floor(self.high or 0) + 1)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.any:
            if self.low is not None or self.high is not None or self.log or self.whole:
                raise ValueError("state either any = […], or low and high")
        elif self.low is None or self.high is None or self.low >= self.high:
            raise ValueError("state low and high, the lower first, or any = […]")
        elif self.log and self.low <= 0:
            raise ValueError(f"log = true needs a low above 0, not {self.low:g}")
        elif self.whole and not self.counts:
            raise ValueError(f"no whole number lies between {self.low:g} and {self.high:g}")
        elif not math.isfinite(self.high - self.low):
            raise ValueError("low and high are so far apart that nothing can be drawn between them")
        return self


class Proposal(Noun):
    """One round that a researcher wants to see run: one key changed over one base, and what it expects of it."""

    base: int = Field(ge=1, description="the round whose recipe is changed, and with which it is compared")
    changes: dict[Annotated[str, Field(max_length=100)], Value] = Field(
        min_length=1, max_length=1, description="dotted key of the recipe: its new value"
    )
    hypothesis: Annotated[Said, Field(min_length=1, max_length=2_000)]
    predict: Prediction = Field(description="of keep_if.metric: this round minus its base")
    slug: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")] | None = None


class Tried(Noun):
    """What became of one proposal or round, as a researcher is told it."""

    round: int | None = Field(default=None, description="None for what was refused before it had a number")
    by: str = ""
    base: int | None = None
    changes: dict[str, Any] = {}
    hypothesis: str = ""
    outcome: str = Field(description="better, worse, equivalent, undecided, invalid, crash, rejected or refused")
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    kept: bool = False
    predict: Prediction | None = None
    seconds: float | None = None
    reason: str = ""


class DeadEnd(Noun):
    """A change that was found not to pay, and why; it re-opens when the reason no longer holds."""

    changes: dict[str, Any]
    round: int
    base: int
    reason: str
    holds_while: dict[str, Any] = Field(
        default={}, description="dotted keys and values of the base it was tried on; another base re-opens it"
    )


class Left(Noun):
    """What is left of a session's budget; None where it has no such bound."""

    rounds: int | None = None
    hours: float | None = None
    usd: float | None = None


class Briefing(Noun):
    """All that a researcher is told before it proposes."""

    session: str
    seed: int = 1
    question: str = ""
    metric: str
    unit: str
    better: Literal["lower", "higher"]
    margin: float | None = None
    base: int = Field(description="the round that the session stands on: its start, or the last that was kept")
    values: dict[str, Any] = Field(description="what the base has for each key of the bounds")
    bounds: dict[str, Bound]
    proposal_schema: dict[str, Any] = Field(description="JSON schema of what may be answered")
    tried: tuple[Tried, ...] = ()
    dead_ends: tuple[DeadEnd, ...] = ()
    diagnosis: tuple[str, ...] = ()
    left: Left = Left()


class Turn(Noun):
    """What a researcher gave when it was asked once, and what the asking cost."""

    proposal: Proposal | None = None
    invalid: str = Field(default="", description="why what it answered is no proposal; costs it the turn")
    stop: str = Field(default="", description="why it proposes nothing more")
    model: str = ""
    usage: dict[str, int] = Field(default={}, description="input, cache_write, cache_read, output: tokens")
    usd: float | None = Field(default=0.0, description="None where its price or its tokens are unknown")
    seconds: float = 0.0
    answer_sha256: str = ""


# ---------------------------------------------------------------- from outside


def parse(data: bytes, name: str, toml: bool = False) -> dict[str, Any]:
    """A proposal's file as data: JSON, or TOML.

    Raises InputError, naming the file, where it is too long, no such text, nested too deeply, states a key twice, or
    holds what is no finite number.
    """
    if len(data) > LONGEST:
        raise InputError(f"{name} has {len(data):,} bytes, and a proposal at most {LONGEST:,}: give one proposal")
    try:
        text = data.decode("utf-8-sig")
        found = tomllib.loads(text) if toml else json.loads(text, object_pairs_hook=_once, parse_constant=_constant)
        _finite(found)
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    except RecursionError:
        raise InputError(f"{name} is nested too deeply: a proposal has at most two levels") from None
    except ValueError as error:  # of both readers, and of _once, _constant and _finite
        raise InputError(f"{name} is no valid {'TOML' if toml else 'JSON'}: {plain(str(error), 200)}") from None
    if not isinstance(found, dict):
        raise InputError(f'{name} holds no object: write {{"changes": {{…}}, "hypothesis": "…", "predict": {{…}}}}')
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key '{next(name for name in names if names.count(name) > 1)}' stands twice")
    return found


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number that can be used")


def _finite(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no finite number")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _finite(inner)
