"""Topics that voices think of: asked for in short lists, each begun near another cue, until so many differ.

What a voice says is data: a line becomes a topic or is counted as what it is. The k-th request of a seed is always the
same, and answers are recorded, so a longer list begins with the shorter one and asks only for what it lacks.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from greenlight.answers import voices_of
from greenlight.blend import seed_of
from greenlight.corruption import seeing
from greenlight.errors import InputError, RecipeError, RoundError
from greenlight.gates.channel import channel
from greenlight.nouns import Draw
from greenlight.outside import read_text
from greenlight.places import Place, account
from greenlight.prices import Bill, Bounds
from greenlight.progress import Bar, Watch
from greenlight.recipe import Brief, VoicesCorpus
from greenlight.store import Store, locked, write_file
from greenlight.write import Writer

ABOUT = "very short stories for small children"
LIST = 20
"""Topics that one answer is asked for."""
LINES = 4 * LIST
"""Lines of an answer that are read."""
WORDS, CHARS = 12, 80
"""A topic is no longer than this."""
ATONCE = 256
"""Requests after whose answers the topics are counted."""
DRY = 8
"""Answers in a row, for each voice, with less than one new topic each, after which the voices repeat themselves."""
PROMPT = (
    "Name {many} topics for {about}, one a line, of two to eight words each. Nothing but the topics: no numbers, no "
    "remarks. Begin near “{topic}”, then go far away from it, and let no two be alike."
)
MARK = re.compile(r"^(?:[-*•–—·]|\(?\d{1,3}[.):]|[a-zA-Z][.)])\s+")
GATES: dict[str, dict[str, Any]] = {"channel": {}, "empty": {}, "refusal": {}, "reasoning_leak": {}}
NEAR = """
animals bakery balloon beach bicycle birthday boat bridge camping castle cellar circus clock clouds cooking cousin dance
desert doctor drawing dream dust echo engine evening fair farm fear ferry fire fishing flood forest friendship garden
gift glass grandmother hail harbour harvest hiding hospital hunger ice insects island journey key kitchen ladder lake
language laughter letter library lie lighthouse loss machine map market mask medicine mirror money moon morning mountain
moving music neighbour night noise numbers ocean orchard owl painting paper patience picnic pocket promise puppet
quarrel race rain repair river robot roof rope school season secret sewing shadow sheep ship shoes shop silence sister
sleep snow soup spider stage stars station stone storm street summer swimming tea teacher telescope thief toys train
treasure tree tunnel twins umbrella vegetables village waiting wall weather weaving wheel wind window winter wish wool
"""
CUES = tuple(NEAR.split())


@dataclass(frozen=True)
class Wish:
    """What is asked for: so many topics of ``about``, with none of the words ``without``, and none of ``besides``."""

    count: int
    about: str = ABOUT
    seed: int = 1
    without: tuple[str, ...] = ()
    besides: frozenset[str] = frozenset()
    """Topics that are there already, as ``alike`` has them."""


@dataclass
class Brainstorm:
    """Topics in their order, each with the voice and the request that it comes from, and what became of every line."""

    topics: list[dict[str, str]] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    """Of the answers: kept, and by reason what was left."""
    places: list[Place] = field(default_factory=list)
    bill: Bill = field(default_factory=Bill)
    seen: set[str] = field(default_factory=set)

    @property
    def names(self) -> list[str]:
        return [one["topic"] for one in self.topics]

    def repeats(self, topic: str) -> str:
        """Why it is none of its own; empty where it is."""
        return "repeated" if alike(topic) in self.seen else ""


def brainstorm(
    voices: Mapping[str, Mapping[str, Any]], wish: Wish, folder: Path, watch: Watch, bounds: Bounds | None = None
) -> Brainstorm:
    """``wish.count`` topics by voices behind servers, in turns; answers are recorded in ``folder``.

    ``voices`` are options of ``generators/endpoint``, by name. Raises RecipeError for a wish that no prompt can state,
    RoundError when the voices repeat themselves before they have named so many, or when a bound is reached (what was
    answered stays, and the same call goes on), and what a server's errors raise.
    """
    corpus, limits, found = corpus_of(voices, wish), bounds or Bounds(), Brainstorm()
    store, checks = Store(folder, watch), seeing(GATES, corpus.brief)
    writer = Writer(corpus, voices_of(corpus, corpus.blend, store), checks, store.folder / "answers", bounds=limits)
    writer.say = watch.say
    with locked(folder / "lock", lambda: watch.say("the same topics are being asked for already; waiting")):
        limits.begin()
        with watch.bar("topics", wish.count, "topics") as bar, writer:
            for place in _places(writer, wish, found, _Notes(bar)):
                before = len(found.topics)
                _take(writer, place, wish, found)
                bar.advance(min(wish.count, len(found.topics)) - min(wish.count, before))
    spare = found.topics[wish.count :]
    del found.topics[wish.count :]
    found.lines.update({"kept": -len(spare), "more than were asked for": len(spare)})
    return found


def corpus_of(voices: Mapping[str, Mapping[str, Any]], wish: Wish) -> VoicesCorpus:
    """What the voices are asked, as a corpus whose documents are lists. Raises RecipeError."""
    if set(wish.about) & set("{}\n\r") or not wish.about.strip():
        raise RecipeError("what the topics are for is one line, without braces, such as: letters to a friend")
    try:
        return VoicesCorpus(
            size=2 * len(CUES),
            seed=wish.seed,
            blend=dict.fromkeys(voices, 1 / len(voices)),
            voices={name: dict(options) for name, options in voices.items()},
            brief=Brief(
                topics=CUES,
                levels=2,
                control="{topic}\n",
                prompt=PROMPT.replace("{many}", str(LIST)).replace("{about}", wish.about.strip()),
                pattern="\u2063",  # nothing is counted: a sign that no list holds
            ),
            clean=(),
            attempts=2,
            most_refused=0.5,
        )
    except ValidationError as error:
        raise RecipeError(f"such topics cannot be asked for: {error.errors()[0]['msg']}") from None


def draw_of(number: int, voices: Sequence[str], wish: Wish) -> Draw:
    """The request of this number, from 0 on; voices take turns, and cues are pairs once each stood alone."""
    cues = list(CUES)
    random.Random(f"cues {wish.seed}").shuffle(cues)
    voice, turn = voices[number % len(voices)], number // len(voices)
    cue = cues[turn % len(cues)]
    if turn >= len(cues):
        cue = f"{cue} and {cues[(turn * 31 + turn // len(cues)) % len(cues)]}"
    return Draw(voice=voice, topic=cue, level=1, levels=2, seed=seed_of(wish.seed, voice, cue, number))


@dataclass
class _Notes:
    """Of a bar that counts topics: what is told while answers come in."""

    of: Bar

    def advance(self, n: float = 1, note: str = "") -> None:
        self.of.advance(0, note)


def _places(writer: Writer, wish: Wish, found: Brainstorm, bar: Bar) -> Iterator[Place]:
    """What came of each request, in their order; as many are asked at a time as seem to be needed, or ``ATONCE``."""
    names, asked, last, each = list(writer.recipe.voices), 0, 0, float(LIST)
    while (lacking := wish.count - len(found.topics)) > 0:
        some = min(math.ceil(lacking / each), ATONCE)
        for place in writer.take([draw_of(asked + n, names, wish) for n in range(some)], bar):
            before = len(found.topics)
            asked += 1
            yield place
            last = asked if len(found.topics) > before else last
            if asked - last >= DRY * len(names) and len(found.topics) < wish.count:
                raise RoundError(_dry(found, wish, asked))
        each = max(1.0, (len(found.topics) - wish.count + lacking) / some)


def _take(writer: Writer, place: Place, wish: Wish, found: Brainstorm) -> None:
    """The topics of one answer that are new."""
    found.places.append(place)
    for text in writer.accepted([place], found.bill):
        visible = text.body[slice(*channel(text.body).answer)]
        lines = [line for line in visible[: LINES * CHARS].splitlines() if line.strip()][:LINES]
        cut = len(lines) - 1 if text.made.finish_reason == "length" else len(lines)
        for number, line in enumerate(lines):
            topic = bare(line)
            why = "cut off" if number >= cut else wrong(topic, wish) or found.repeats(topic)
            found.lines[why or "kept"] += 1
            if not why:
                found.seen.add(alike(topic))
                found.topics.append({"topic": topic, "voice": text.made.voice, "request": text.made.request})
    for _ in writer.refused(place, found.bill):  # what was refused is paid for, too
        pass


def bare(line: str) -> str:
    """A line of a list without its number, dash, emphasis, quotation marks and last mark."""
    text = " ".join(MARK.sub("", line.strip(), count=1).replace("**", "").replace("__", "").split())
    return text.rstrip(".,;。、 ").strip("\"'`*_“”„«»‘’ ").rstrip(".,;。、 ")


def alike(topic: str) -> str:
    """What two topics share that are the same: their words, without an article before them."""
    words = re.findall(r"\w+", topic.casefold())
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("a", "an", "the") else words)


def wrong(topic: str, wish: Wish) -> str:
    """Why this is no topic; empty where it is one."""
    if not any(sign.isalpha() for sign in topic):
        return "no words"
    if topic.endswith((":", "!", "?", "：")) or re.search(r"[.!?] ", topic):
        return "a remark"
    if len(topic) > CHARS or len(topic.split()) > WORDS:
        return "too long"
    if not topic.isprintable() or topic.startswith("#") or set(topic) & set("[]{}<>|\\"):
        return "signs of markup"
    if any(word.casefold() in topic.casefold() for word in wish.without):
        return "a word that was not to be named"
    return "there already" if alike(topic) in wish.besides else ""


def _dry(found: Brainstorm, wish: Wish, asked: int) -> str:
    left = [f"{why} {count:,}" for why, count in found.lines.most_common() if why != "kept" and count]
    why = f" ({', '.join(left)})" if left else ""
    fewer = f"ask for {len(found.topics):,}, " if found.topics else "ask "
    return (
        f"{len(found.topics):,} of {wish.count:,} topics after {asked:,} answers, and the last {DRY} of each voice "
        f"named none that is new{why}: {fewer}for something wider, with another --seed, at a "
        "higher temperature, or another model as well; what was answered stays"
    )


def lines_of(path: Path) -> tuple[str, ...]:
    """The topics of a file, one a line. Raises InputError where it cannot be read, or a line is no topic."""
    found: dict[str, int] = {}
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not (topic := line.strip()):
            continue
        if why := wrong(topic, Wish(1)).replace("a remark", ""):  # a question may be a topic of one's own
            raise InputError(f"{path} line {number} is no topic: {why}; write one a line, of a few words")
        if topic in found:
            raise InputError(f"{path} line {number} repeats line {found[topic]}: each topic stands once")
        found[topic] = number
    return tuple(found)


def own(out: Path) -> bool:
    """Whether a file of topics may be written: none is there, or one that was written here, and not changed since."""
    if not out.exists():
        return True
    try:
        told = json.loads(beside(out).read_bytes())["topics"]
        return out.read_text(encoding="utf-8").splitlines() == [str(one["topic"]) for one in told]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def beside(out: Path) -> Path:
    """The file that says where the topics of ``out`` come from."""
    return out.with_name(f"{out.name}.json")


def asked_in(out: Path) -> Path:
    """Where the answers of ``out`` are recorded."""
    return out.with_name(f"{out.name}.asked")


def save(found: Brainstorm, wish: Wish, voices: Mapping[str, Mapping[str, Any]], out: Path) -> None:
    """Writes the topics, one a line, and beside them where each comes from."""
    said = {
        "about": wish.about,
        "seed": wish.seed,
        "without": wish.without,
        "voices": {name: dict(options) for name, options in voices.items()},
        "accounting": account(found.places).data(),
        "lines": dict(found.lines),
        "bill": found.bill.data(),
        "topics": found.topics,
    }
    write_file(beside(out), json.dumps(said, ensure_ascii=False, indent=1) + "\n")
    write_file(out, "".join(f"{name}\n" for name in found.names))
