"""Scorecards: what calibration found out about each voice, kept in the study until the voice changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight import parts
from greenlight.errors import StudyError
from greenlight.nouns import Accounting, Interval, Noun, fingerprint
from greenlight.recipe import ImportedCorpus, Recipe, TextCorpus, VoicesCorpus
from greenlight.store import code_of, write_file
from greenlight.write import Writer

FOLDER = "scorecards"
PREDICTION = "prediction.json"
SAFE = re.compile(r"[^A-Za-z0-9._-]+")
APART = ("base_url", "model")
"""Options of a voice that a scorecard holds under names of their own; an address may carry a password."""
VERSION = 1


class Figure(Noun):
    """A figure with its 95 % interval, where it has one; ``n`` topics or texts. None: unknown, never zero."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0

    @classmethod
    def of(cls, found: Interval, n: int) -> Figure:
        return cls(value=found.value, low=found.low, high=found.high, n=n)


class Made(Noun):
    """All that decides what a voice answers and what is accepted of it. ``fingerprint`` covers options and code."""

    server: str = ""
    """Empty for a voice of this process, or an imported writer."""
    model: str = ""
    prompt: str = ""
    """Hash of the prompt's template, its slots, the pattern and the levels."""
    settings: dict[str, Any] = {}
    clean: tuple[str, ...] = ()
    gates: dict[str, str] = {}
    """Hash of each gate's options and code."""
    code: str = ""
    fingerprint: str


class Grid(Noun):
    """What was asked: each topic at each level, ``repeats`` times. ``seed`` is the corpus's; 0 repeats: an import."""

    topics: tuple[str, ...]
    levels: tuple[int, ...]
    repeats: int
    seed: int


class Dial(Noun):
    """How the mentions of the accepted, finished texts follow the level; topics resampled.

    ``auc``: the chance that of two texts of different levels the one of the higher level has more (half for as many),
    all pairs of levels alike. ``eta2``: the level's share of the count's variance. ``offset``: mentions a text beyond
    the mean of all voices.
    """

    means: dict[str, Figure]
    slope: Figure
    auc: Figure
    eta2: Figure
    offset: Figure


class Speed(Noun):
    """On the clock, with this many requests that were asked anew; gates and retries are in it.

    Per accepted document and per accepted 1,000 characters, so what is refused is paid for. ``request``: seconds of
    one request, median and 95th percentile.
    """

    requests: int
    seconds: float
    tokens_a_second: float | None = None
    per_1000: float | None = None
    per_document: float | None = None
    request: tuple[float, float]


class Money(Noun):
    """USD. None: a price or a token count is unknown."""

    asked: float | None = None
    per_1000: float | None = None
    per_document: float | None = None


class Screened(Noun):
    """Answers in which gates of the default screening set fired; one answer may be in several of them."""

    clean: Figure
    refuse: dict[str, int] = {}
    warn: dict[str, int] = {}


class Form(Noun):
    """Of the accepted texts, but ``cut``, ``outside_ascii``, ``artefacts`` and ``topic``, which are of all answers.

    ``words``: mean; ``words_5`` and ``words_95`` percentiles. ``outside_ascii``: share of the characters as they came.
    ``artefacts``: share of answers in which a cleaning rule finds something. ``openers``: entropy of the first three
    words in bits, as a share of what all different ones would have; ``opener`` the commonest, with its share.
    ``duplicates``: share that is alike with an earlier one. ``topic``: share in which the topic gate finds it.
    """

    words: Figure
    words_5: float | None = None
    words_95: float | None = None
    outside_ascii: Figure
    artefacts: dict[str, Figure]
    openers: float | None = None
    opener: tuple[str, float] | None = None
    duplicates: Figure
    topic: Figure
    cut: Figure


class Scorecard(Noun):
    """One voice, on one grid, at one date; ``beside`` names the voices that offset and sense compare it with.

    ``refused`` is by the recipe's gates, the first that refuses; ``answered_as`` counts what the server called itself.
    ``sense`` has the figures of ``greenlight.sense`` on the accepted texts.
    """

    version: int = VERSION
    voice: str
    date: str
    made: Made
    answered_as: dict[str, int] = {}
    pattern: str
    grid: Grid
    beside: tuple[str, ...] = ()
    accounting: Accounting
    accepted: Figure
    screened: Screened
    dial: Dial
    speed: Speed | None = None
    money: Money
    form: Form
    sense: dict[str, Figure] = {}
    notes: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        return fingerprint(self.data())


# ---------------------------------------------------------------- what it rests on


def made_of(recipe: Recipe, name: str) -> Made:
    """What a voice of a recipe is now. Raises RecipeError for a corpus without voices."""
    gates = {gate: _gate(gate, options) for gate, options in recipe.gates.each.items()}
    corpus = recipe.corpus
    if isinstance(corpus, ImportedCorpus):
        return imported({"source": corpus.source, "sha256": corpus.source_sha256}, name, gates)
    assert not isinstance(corpus, TextCorpus), "a text has no voices"
    options, brief = corpus.voices[name], corpus.brief
    endpoint = getattr(parts.make("generators", name, options), "endpoint", None)
    return Made(
        server="" if endpoint is None else endpoint.name,
        model=str(options.get("model", "")),
        prompt=fingerprint([brief.prompt, brief.slots, brief.words, brief.pattern, brief.levels])[:16],
        settings={key: value for key, value in sorted(options.items()) if key not in APART},
        clean=corpus.clean,
        gates=gates,
        code=code_of(parts.module_of("generators", name, options))[:16],
        fingerprint=Writer(corpus, {}, {}, Path()).voice_print(name),
    )


def imported(source: Mapping[str, Any], voice: str, gates: Mapping[str, str] = {}) -> Made:
    """What decides an imported writer's texts: the file. ``source``: its name, and the hash of its bytes."""
    return Made(
        model=voice, settings=dict(source), gates=dict(gates), fingerprint=fingerprint([source["sha256"], voice])
    )


def _gate(name: str, options: dict[str, Any]) -> str:
    return fingerprint([options, code_of(parts.module_of("gates", name, options))])[:12]


def stale(card: Scorecard, recipe: Recipe) -> list[str]:
    """Why a scorecard no longer holds for the voice of that name in a recipe; empty when it does."""
    voices = recipe.corpus.voices if isinstance(recipe.corpus, VoicesCorpus) else {card.voice: {}}
    if card.voice not in voices or isinstance(recipe.corpus, TextCorpus):
        return ["the recipe has no such voice"]
    was, now = card.made, made_of(recipe, card.voice)
    said = []
    if card.version != VERSION:
        said.append("another version of Greenlight wrote it")
    for what in ("server", "model"):
        before, after = getattr(was, what), getattr(now, what)
        if before != after:
            said.append(f"the {what} is now {after or 'none'}, and was {before or 'none'}")
    if was.prompt != now.prompt:
        said.append("the prompt changed (corpus.brief)")
    if changed := _changed(was.settings, now.settings):
        said.append(f"its settings changed: {', '.join(changed)}")
    if was.clean != now.clean:
        said.append("the cleaning changed (corpus.clean)")
    if changed := _changed(was.gates, now.gates):
        said.append(f"the gates changed: {', '.join(changed)}")
    if was.code != now.code:
        said.append("its code changed")
    if not said and was.fingerprint != now.fingerprint:
        said.append("its options are written in another way")
    return said


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    plain = Made(settings=dict(after), fingerprint="").data()["settings"]  # tuples are lists once they were on disk
    old = Made(settings=dict(before), fingerprint="").data()["settings"]
    return sorted(
        key for key in old.keys() | plain.keys() if (key in old, old.get(key)) != (key in plain, plain.get(key))
    )


# ---------------------------------------------------------------- on disk


def path_of(folder: Path, voice: str) -> Path:
    """Of a voice's card in a study; names that are no plain file names are told apart by their hash."""
    plain = SAFE.sub("-", voice).strip(".-")
    if plain != voice or f"{voice}.json" == PREDICTION:
        plain = f"{plain[:60]}-{fingerprint(voice)[:8]}".lstrip("-")
    return folder / FOLDER / f"{plain}.json"


def save(card: Scorecard, folder: Path) -> Path:
    """Whole or not at all."""
    path = path_of(folder, card.voice)
    write_file(path, card.model_dump_json(indent=1) + "\n")
    return path


def load(folder: Path, voice: str) -> Scorecard | None:
    """The card of a voice; None where it has none. Raises StudyError for one that cannot be read."""
    try:
        return load_file(path_of(folder, voice))
    except FileNotFoundError:
        return None


def load_file(path: Path) -> Scorecard:
    """A card from its file. Raises FileNotFoundError, or StudyError for one that cannot be read."""
    try:
        return Scorecard.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise
    except (ValidationError, OSError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror
        raise StudyError(f"{path} is no scorecard ({what}): calibrate again, which asks for nothing twice") from None
