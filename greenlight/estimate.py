"""What writing a corpus will take, before anything is asked: from what the voices have answered so far.

Where a voice has answered nothing, its requests are a lower bound, and its tokens, money and time are unknown; what
they are at most follows from ``max_tokens`` and the prices, where those are stated.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from greenlight import parts, rates
from greenlight.answers import Answers, key_of
from greenlight.metered import most
from greenlight.nouns import Draw, Interval, Noun
from greenlight.places import again
from greenlight.prices import cost
from greenlight.recipe import PartTable, VoicesCorpus
from greenlight.store import Store
from greenlight.write import Writer

SEEN = 400
"""Recorded answers of a voice that are read, the first of its plan."""


class Expected(Noun):
    """What one voice is still to be asked. None: nothing is known about it yet."""

    places: int
    """Of the plan that it has not filled."""
    accepted: Interval | None = None
    """Share of its answers so far that the gates let through."""
    requests: float
    """Expected; at least the places, where no share is known."""
    tokens_in: float | None = None
    tokens_out: float | None = None
    usd: float | None = None
    requests_most: float | None = None
    """Where nothing is known: with every attempt used; and so the tokens and the money, with every answer as long as
    ``max_tokens`` (``metered.most``)."""
    tokens_most: float | None = None
    usd_most: float | None = None
    minutes: float | None = None
    """At ``parallel`` requests at a time, so at least this long; of a voice in this process, one after the other."""


def estimate(recipe: VoicesCorpus, gates: PartTable, draws: Sequence[Draw], store: Store) -> dict[str, Expected]:
    """By voice. Reads what is recorded, asks nobody."""
    voices = {name: parts.make("generators", name, options) for name, options in recipe.voices.items()}
    checks = {name: parts.make("gates", name, options) for name, options in gates.items()}
    writer = Writer(recipe, voices, checks, store.folder / "answers")
    found = {}
    for name in dict.fromkeys(draw.voice for draw in draws):
        mine = [draw for draw in draws if draw.voice == name]
        path = writer.path_of(name)
        found[name] = _of_voice(writer, name, mine, path) if path.exists() else _unknown(writer, name, mine)
    return found


def _unknown(writer: Writer, name: str, draws: Sequence[Draw]) -> Expected:
    """Of a voice that has answered none of its draws."""
    voice, brief, times = writer.voices[name], writer.recipe.brief, writer.recipe.attempts
    usd = None if hasattr(voice, "price_in") else 0.0
    found = Expected(places=len(draws), requests=len(draws), usd=usd)
    return found.model_copy(update=most(voice, draws, brief, times))


def _of_voice(writer: Writer, name: str, draws: Sequence[Draw], path: Path) -> Expected:
    brief, voice = writer.recipe.brief, writer.voices[name]
    kept = asked = spent_in = spent_out = 0
    seconds, money = 0.0, 0.0 if hasattr(voice, "price_in") else None
    priced, told, missing = True, True, []
    with Answers(path) as answers:
        for draw in draws:
            answer = answers.get(key_of(draw, brief))
            if answer is None:
                missing.append(draw)
                continue
            attempt = 0
            while answer is not None and asked < SEEN:
                asked += 1
                told = told and {"prompt_tokens", "completion_tokens"} <= answer.usage.keys()
                spent_in += answer.usage.get("prompt_tokens", 0)
                spent_out += answer.usage.get("completion_tokens", 0)
                seconds += answer.latency_ms / 1000
                if money is not None:
                    one = cost(answer.usage, voice.price_in, voice.price_out)
                    priced, money = priced and one is not None, money + (one or 0.0)
                sample = writer.sample(draw, attempt, answer)
                if not any(gate.check(sample, brief) for gate in writer.gates.values()):
                    kept += 1
                    break
                attempt += 1
                answer = answers.get(key_of(again(draw, attempt), brief)) if attempt < writer.recipe.attempts else None
    if not asked:
        return _unknown(writer, name, missing)
    left, told = len(missing), told or money is None
    requests = left * asked / max(kept, 0.5)
    together = getattr(voice, "parallel", 1)
    return Expected(
        places=left,
        accepted=rates.rate(kept, asked),
        requests=requests,
        tokens_in=requests * spent_in / asked if told else None,
        tokens_out=requests * spent_out / asked if told else None,
        usd=0.0 if money is None else requests * money / asked if priced else None,
        minutes=requests * seconds / asked / together / 60,
    )
