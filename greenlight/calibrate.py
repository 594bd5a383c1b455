"""Calibration: the same grid through every voice, with one attempt each, and a scorecard of what came.

Nothing that a voice refuses ends it. What is answered is recorded as a corpus's answers are, so that nothing is asked,
or paid for, twice: not by a second calibration, and not by a round that draws the same voice, topic, level and seed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from greenlight import corpus as corpora
from greenlight.answers import Answers, key_of, voices_of
from greenlight.appraise import Found, Said, appraise
from greenlight.blend import seed_of
from greenlight.corruption import seeing
from greenlight.errors import RecipeError, StudyError, counted, nearest
from greenlight.metered import most
from greenlight.nouns import Accounting, Draw, Text, fingerprint
from greenlight.parts import make
from greenlight.places import Place, account, again
from greenlight.prices import Bill, Bounds
from greenlight.progress import SILENT
from greenlight.recipe import Brief, ImportedCorpus, Recipe, VoicesCorpus
from greenlight.scorecard import Grid, Made, Money, Scorecard, Speed, imported, load, made_of, save
from greenlight.store import locked
from greenlight.study import Study
from greenlight.write import Writer
from greenlight.yardstick import PARTS

SIDES = ("prompt_tokens", "completion_tokens")


@dataclass(frozen=True)
class Ask:
    """What is to be calibrated: so many topics of the brief, each level ``repeats`` times; all voices unless named."""

    topics: int = 12
    repeats: int = 1
    voices: tuple[str, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)


@dataclass
class Heard:
    """What one voice answered on the grid, and what that took."""

    places: list[Place]
    said: Said
    bill: Bill
    requests: int = 0
    seconds: float = 0.0

    @property
    def characters(self) -> int:
        return sum(len(text.body) for text in self.said.accepted)


def calibrate(study: Study, recipe: Recipe, ask: Ask = Ask()) -> list[Scorecard]:
    """A scorecard for each voice of the recipe, also of those with weight 0, kept in the study.

    Voices are asked one after the other, so that each is timed alone. Of an imported corpus, its writers. Raises
    RecipeError for a corpus of text or an unknown voice, UserError where a person must put something right, and
    RoundError when a gate of the recipe is blind, or a bound is reached; what was answered by then stays.
    """
    if isinstance(recipe.corpus, ImportedCorpus):
        return _writers(study, recipe, ask)
    corpus, names = _voices(recipe, ask)
    grid = _grid(study, corpus, ask)
    checks, watch = seeing(recipe.gates.each, corpus.brief), study.store.watch
    heard: dict[str, Heard] = {}
    with locked(
        study.store.folder / "locks" / "calibrate", lambda: watch.say("another calibration is running; waiting")
    ):
        writer = Writer(_once(corpus), voices_of(corpus, names, study.store), checks, study.store.folder / "answers")
        writer.bounds, writer.say = ask.bounds, watch.say
        ask.bounds.begin()
        size = len(grid.topics) * len(grid.levels) * grid.repeats
        with watch.bar("calibrate", size * len(names), "answers") as bar, writer:
            for name in names:
                began = time.monotonic()
                places = writer.take(draws_of(grid, name, corpus.brief.levels), bar)
                seconds, asked = time.monotonic() - began, writer.bill.items.get(name)
                heard[name] = _heard(writer, name, places)
                heard[name].requests, heard[name].seconds = (0 if asked is None else asked.requests), seconds
    found = appraise({name: one.said for name, one in heard.items()}, corpus.brief.pattern, corpus.brief)
    cards = [_card(recipe, grid, found, name, heard[name], load_or_none(study, name)) for name in names]
    for card in cards:
        save(card, study.folder)
    return cards


def load_or_none(study: Study, name: str) -> Scorecard | None:
    """The card that is there; a damaged one is written anew."""
    try:
        return load(study.folder, name)
    except StudyError:
        return None


def _once(corpus: VoicesCorpus) -> VoicesCorpus:
    """The corpus with one attempt at each place, and no voice that is stopped."""
    return corpus.model_copy(update={"attempts": 1, "most_refused": 1.0})


def _voices(recipe: Recipe, ask: Ask) -> tuple[VoicesCorpus, list[str]]:
    corpus = recipe.corpus
    if not isinstance(corpus, VoicesCorpus):
        raise RecipeError(f"the round's corpus is {corpus.use}, which nobody wrote for it: name a round with voices")
    for name in ask.voices:
        if name not in corpus.voices:
            raise RecipeError(f"--voices {name}: the round has no such voice" + nearest(name, list(corpus.voices)))
    return corpus, [name for name in corpus.voices if not ask.voices or name in ask.voices]


def _grid(study: Study, corpus: VoicesCorpus, ask: Ask) -> Grid:
    """Topics by the hash of the corpus's seed and their name: more of them hold those that fewer have."""
    held = _held(study)
    order = sorted(corpus.brief.topics, key=lambda topic: fingerprint([corpus.seed, "calibrate", topic]))
    topics = [topic for topic in order if topic not in held][: ask.topics]
    if len(topics) < 2:
        raise RecipeError(f"the brief has {len(topics)} topic(s) to calibrate on, and it takes 2: add topics")
    levels = tuple(range(1, corpus.brief.levels + 1))
    return Grid(topics=tuple(topics), levels=levels, repeats=ask.repeats, seed=corpus.seed)


def _held(study: Study) -> set[str]:
    return {held.topic for part in PARTS for held in study.yardstick.documents(part)}


def draws_of(grid: Grid, voice: str, levels: int) -> list[Draw]:
    """What a voice is asked. The first time it is what a round's plan would ask, then what it would ask again."""
    first = [
        Draw(voice=voice, topic=topic, level=level, levels=levels, seed=seed_of(grid.seed, voice, topic, level))
        for topic in grid.topics
        for level in grid.levels
    ]
    return [again(draw, repeat) for draw in first for repeat in range(grid.repeats)]


def _heard(writer: Writer, name: str, places: list[Place]) -> Heard:
    cost = Bill()
    said = Said(
        accepted=list(writer.accepted(places, cost)),
        refused=[pair for place in places for pair in writer.refused(place, cost)],
        failed=[place.draw.topic for place in places if place.failed],
    )
    return Heard(places, said, cost)


# ---------------------------------------------------------------- before it, and after it


def foreseen(study: Study, recipe: Recipe, ask: Ask) -> dict[str, dict[str, Any]]:
    """By voice: ``places`` of the grid, ``requests`` still to be asked, and their ``tokens``, ``usd`` and ``minutes``.

    The tokens by what is recorded of it for this grid, the last two by what its earlier scorecard says of a request;
    None where that is not known, and then what ``metered.most`` says stands beside them. Asks nobody.
    """
    corpus, names = _voices(recipe, ask)
    grid = _grid(study, corpus, ask)
    voices = {name: make("generators", name, corpus.voices[name]) for name in names}
    writer = Writer(corpus, voices, {}, study.store.folder / "answers")
    found = {}
    for name in names:
        draws, path, known = draws_of(grid, name, corpus.brief.levels), writer.path_of(name), []
        if path.exists():
            with Answers(path) as answers:
                known = [
                    said.usage for said in (answers.get(key_of(d, corpus.brief)) for d in draws) if said is not None
                ]
        left, card = len(draws) - len(known), load_or_none(study, name)
        free = not hasattr(voices[name], "price_in")
        asked = card.accounting.asked - card.accounting.failed if card is not None else 0
        each = card.money.asked / asked if card is not None and asked and card.money.asked is not None else None
        pace = card.speed.seconds / card.speed.requests if card is not None and card.speed is not None else None
        found[name] = {
            "places": len(draws),
            "requests": left,
            "tokens": _tokens(known, left, free),
            **(most(voices[name], draws, corpus.brief) if not known else {}),
            "usd": 0.0 if free or not left else None if each is None else each * left,
            "minutes": 0.0 if not left else None if pace is None else pace * left / 60,
        }
    return found


def _tokens(known: Sequence[Mapping[str, int]], left: int, free: bool) -> float | None:
    """Of so many further requests, as of those that are recorded; None where a server's answers do not tell."""
    told = [sum(one.get(side, 0) for side in SIDES) for one in known if free or set(SIDES) <= one.keys()]
    return 0.0 if not left else left * sum(told) / len(told) if told and len(told) == len(known) else None


def texts_of(study: Study, recipe: Recipe, cards: Iterable[Scorecard]) -> list[Text]:
    """The accepted texts that scorecards rest on, from the record; nobody is asked.

    Raises StudyError where the record no longer holds them.
    """
    corpus = recipe.corpus
    assert isinstance(corpus, VoicesCorpus)
    cards = list(cards)
    checks = {name: make("gates", name, options) for name, options in recipe.gates.each.items()}
    voices = voices_of(corpus, [card.voice for card in cards], study.store, replay=True)
    texts: list[Text] = []
    with Writer(_once(corpus), voices, checks, study.store.folder / "answers") as writer, SILENT.bar("", 0, "") as bar:
        for card in cards:
            places = writer.take(draws_of(card.grid, card.voice, corpus.brief.levels), bar)
            found = list(writer.accepted(places, Bill()))
            if len(found) != card.accounting.kept:
                raise StudyError(
                    f"the answers of {card.voice} that its scorecard rests on are not all in the store: greenlight "
                    f"calibrate {study.folder} asks for what is missing"
                )
            texts += found
    return texts


def _card(
    recipe: Recipe, grid: Grid, found: Mapping[str, Found], name: str, heard: Heard, before: Scorecard | None
) -> Scorecard:
    made = made_of(recipe, name)
    item, notes = heard.bill.items.get(name), list(found[name].notes)
    why = next((place.reason for place in heard.places if place.failed), "")
    if why:
        notes.append(f"{counted(len(heard.said.failed), 'request')} had no answer, the first: {why}")
    answered = Counter(text.made.model for text in heard.said.answers)
    if len(answered) > 1:
        notes.append(f"the server answered as several models: {', '.join(sorted(answered))}")
    kept, usd = account(heard.places), None if item is None else item.usd
    assert isinstance(recipe.corpus, VoicesCorpus)
    return Scorecard(
        voice=name,
        date=_now(),
        made=made,
        answered_as=dict(answered.most_common()),
        pattern=recipe.corpus.brief.pattern,
        grid=grid,
        beside=tuple(other for other in found if other != name),
        accounting=kept.model_copy(update={"by_voice": {}}),
        speed=_speed(heard) or _old_speed(before, made),
        money=Money(
            asked=usd,
            per_1000=_per(usd, heard.characters / 1000),
            per_document=_per(usd, kept.kept),
        ),
        **_of(found[name], notes),
    )


def _of(found: Found, notes: Sequence[str]) -> dict[str, Any]:
    return {
        "accepted": found.accepted,
        "screened": found.screened,
        "dial": found.dial,
        "form": found.form,
        "sense": found.sense,
        "notes": tuple(notes),
    }


def _speed(heard: Heard) -> Speed | None:
    """Of the requests that were asked anew; None where none was. The share that was accepted is that of all."""
    if not heard.requests:
        return None
    took = sorted(text.made.latency_ms / 1000 for text in heard.said.answers)
    share = heard.requests / len(heard.places)
    tokens = sum(text.made.usage.get("completion_tokens", 0) for text in heard.said.answers) * share
    return Speed(
        requests=heard.requests,
        seconds=heard.seconds,
        tokens_a_second=_per(tokens, heard.seconds) if tokens else None,
        per_1000=_per(heard.seconds, heard.characters * share / 1000),
        per_document=_per(heard.seconds, len(heard.said.accepted) * share),
        request=(took[len(took) // 2], took[int(0.95 * len(took))]),
    )


def _old_speed(before: Scorecard | None, made: Made) -> Speed | None:
    """What an earlier calibration measured, where all was on record now, and the voice is the same."""
    return before.speed if before is not None and before.made.fingerprint == made.fingerprint else None


def _per(what: float | None, unit: float) -> float | None:
    return what / unit if what is not None and unit > 0 else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


# ---------------------------------------------------------------- writers of an import


def _writers(study: Study, recipe: Recipe, ask: Ask) -> list[Scorecard]:
    """Of the study's import, what it holds out left out, under the gates of the recipe."""
    corpus = recipe.corpus
    assert isinstance(corpus, ImportedCorpus)
    held = _held(study)
    samples = [s for s in corpora.load(study.folder / corpus.source) if s.made.topic not in held]
    known = {s.made.voice for s in samples}
    for name in ask.voices:
        if name not in known:
            raise RecipeError(f"--voices {name}: the import has no such writer" + nearest(name, sorted(known)))
    samples = [s for s in samples if not ask.voices or s.made.voice in ask.voices]
    checks = {name: make("gates", name, options) for name, options in recipe.gates.each.items()}
    told = {voice: made_of(recipe, voice) for voice in known}
    cards = of_texts(samples, corpus.brief.pattern, told, checks, corpus.brief)
    for card in cards:
        save(card, study.folder)
    return cards


def of_file(samples: Sequence[Text], pattern: str, facts: Mapping[str, Any]) -> list[Scorecard]:
    """Scorecards of the writers of a corpus file; ``facts`` as ``foreign.read`` gives them."""
    source = {"source": facts["source"], "sha256": facts["sha256"]}
    return of_texts(samples, pattern, {s.made.voice: imported(source, s.made.voice) for s in samples})


def of_texts(
    samples: Sequence[Text],
    pattern: str,
    made: Mapping[str, Made],
    checks: Mapping[str, Any] = {},
    brief: Brief | None = None,
) -> list[Scorecard]:
    """Scorecards of those who wrote these texts, by what ``checks`` let pass. What asking them took is unknown."""
    said: dict[str, Said] = {}
    for voice in sorted({s.made.voice for s in samples}):
        accepted, refused = [], []
        for text in (s for s in samples if s.made.voice == voice):
            flag = next(filter(None, (gate.check(text, brief) for gate in checks.values())), None)
            if flag is None:
                accepted.append(text)
            else:
                refused.append((text, flag))
        said[voice] = Said(accepted, refused)
    found = appraise(said, pattern, brief)
    cards = []
    for voice, one in said.items():
        mine, gates = one.answers, Counter(flag.gate for _, flag in one.refused)
        grid = Grid(
            topics=tuple(sorted({s.made.topic for s in mine if s.made.topic})),
            levels=tuple(sorted({s.made.level for s in mine})),
            repeats=0,
            seed=0,
        )
        cards.append(
            Scorecard(
                voice=voice,
                date=_now(),
                made=made[voice],
                answered_as=dict(Counter(s.made.model for s in mine if s.made.model)),
                pattern=pattern,
                grid=grid,
                beside=tuple(other for other in said if other != voice),
                accounting=Accounting(asked=len(mine), kept=len(one.accepted), refused=dict(gates)),
                money=Money(),
                **_of(found[voice], found[voice].notes),
            )
        )
    return cards
