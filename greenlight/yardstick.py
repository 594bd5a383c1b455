"""The fixed measure: held-out documents under a lock, and whether training saw them.

A yardstick is a folder: ``yardstick.json`` (what it is and where it comes from), ``search.jsonl`` (read by every
round), ``locked.jsonl`` (read by audits alone) and ``LOCK``, which holds the sha256 of every file and counts the
reads. Its hash covers the files and not the counters.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self

from greenlight import mentions
from greenlight.errors import YardstickError
from greenlight.nouns import Noun, canonical, fingerprint
from greenlight.recipe import Brief, ImportedCorpus, Recipe, VoicesCorpus
from greenlight.store import locked as holding
from greenlight.store import write_file
from greenlight.turns import turns

Part = Literal["search", "locked"]
Kind = Literal["stories", "text", "prompts"]
"""Of prompts, a document's body is the prompt as JSON, or neutral text."""
PARTS: tuple[Part, ...] = ("search", "locked")
FILES = ("yardstick.json", "search.jsonl", "locked.jsonl")
LOCK = "LOCK"
WAY_OUT = "restore it from git, or start a new study; scores against a changed yardstick cannot be compared"

BLOCK = 2_000
"""Characters of a block of text: what is resampled, and what is dropped on both sides of a slice."""


@dataclass(frozen=True)
class Held:
    """A held-out document. For text, ``control`` and ``topic`` are empty, and ``work`` says what it is cut from."""

    id: str
    control: str
    body: str
    topic: str = ""
    level: int = 0
    voice: str = ""
    work: str = ""


class Asking(Noun):
    """How a round asks its models: the control lines of the held-out places, written by the round's own brief.

    ``cuts`` are of a corpus whose levels are measured: a story with more mentions than i of them has level i + 1.
    ``shares`` are the writers that ``{writer}`` names, dealt out over the topics as the corpus has them.
    """

    brief: Brief
    cuts: tuple[int, ...] = ()
    shares: dict[str, float] = {}

    @classmethod
    def of(cls, recipe: Recipe, corpus: dict[str, Any], kept: dict[str, Any]) -> Self | None:
        """That of a round, from its recipe and the facts of its corpus, as written and as kept; None for a text."""
        asked = recipe.corpus
        if not isinstance(asked, VoicesCorpus | ImportedCorpus):
            return None
        shares: dict[str, float] = {}
        if isinstance(asked, ImportedCorpus) and "writer" in asked.brief.names:
            shares = {asked.writer: 1.0} if asked.writer else kept["shares"]
        brief = asked.brief.model_copy(update={"topics": ()})
        return cls(brief=brief, cuts=tuple(corpus.get("cuts", ())), shares=shares)

    def level(self, body: str, level: int) -> int:
        """The level of a story that was asked for at ``level``."""
        if not self.cuts:
            return level
        found = mentions.count(body, self.brief.pattern)
        return 1 + sum(found > cut for cut in self.cuts)

    def writers(self, topics: Iterable[str]) -> dict[str, str]:
        """Whom the prompts of each topic name; empty where the control line names nobody."""
        if not self.shares:
            return {}
        # by hash, so that whom a topic is asked of does not follow from the order in which topics were drawn
        order = sorted(set(topics), key=fingerprint)
        return dict(zip(order, turns(self.shares, len(order)), strict=True))


class Yardstick:
    """An opened yardstick, verified against its lock and held in memory; use ``open`` or ``lock``.

    It answers for one of its slices: ``search`` unless ``part`` was asked for the other. ``hash`` covers all files,
    and for the locked slice the word ``locked`` too, so that no score on it can pass for one on the search slice.
    """

    def __init__(self, folder: Path, files: dict[str, bytes], part: Part = "search") -> None:
        self.folder = folder
        self.slice: Part = part
        self._files = files
        whole = fingerprint({name: fingerprint(data) for name, data in files.items()})
        self.hash = whole if part == "search" else fingerprint({"yardstick": whole, "part": part})
        try:
            self.facts: dict[str, Any] = json.loads(files["yardstick.json"])
            self._parts = {part: _parse(files[f"{part}.jsonl"]) for part in PARTS}
            self.kind: Kind = self.facts["kind"]
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise YardstickError(f"{folder} is locked, but cannot be read ({error}): {WAY_OUT}") from None
        self.pattern: str = self.facts.get("pattern", "")
        self.levels: int = self.facts.get("levels", 0)
        self.training_spans = tuple((start, end) for start, end in self.facts.get("train", ()))
        """Of a text: the characters of the source that may be trained on, as (start, end), in order."""
        self.asking: Asking | None = None

    @classmethod
    def open(cls, folder: Path, part: Part = "search") -> Self:
        """Reads and verifies; the slice that it answers for is ``part``.

        Files whose name begins with a dot (an editor's, or of a write that was cut off) are no part of it.

        Raises YardstickError, naming the file, when one is missing, changed or extra.
        """
        expected = _read_lock(folder)["files"]
        found = {path.name for path in folder.iterdir() if not path.name.startswith(".")} - {LOCK}
        files = {}
        for name in sorted(expected):
            if name not in found:
                raise YardstickError(f"{folder / name} is missing: {WAY_OUT}")
            try:
                files[name] = (folder / name).read_bytes()
            except OSError as error:
                raise YardstickError(f"{folder / name} cannot be read ({error.strerror}): {WAY_OUT}") from None
            if fingerprint(files[name]) != expected[name]:
                raise YardstickError(f"{folder / name} was changed after locking: {WAY_OUT}")
        for name in sorted(found - set(expected)):
            raise YardstickError(f"{folder / name} was added after locking: move it elsewhere")
        return cls(folder, files, part)

    def part(self, part: Part) -> Self:
        """The same yardstick, answering for this slice."""
        return type(self)(self.folder, self._files, part).asked(self.asking)

    def asked(self, asking: Asking | None) -> Self:
        """The same yardstick with every control line as ``asking`` writes it; as they are stored with None.

        Held-out text and places stay what they are, and so does the hash: a control line is the round's, a factor of
        its recipe, and no measuring setting.
        """
        other = type(self)(self.folder, self._files, self.slice)
        other.asking = asking
        return other

    def documents(self, part: Part | None = None) -> tuple[Held, ...]:
        """The held-out documents of a slice; of its own unless another is named."""
        stored, how = self._parts[part or self.slice], self.asking
        if how is None:
            return stored

        def line(held: Held) -> str:
            return how.brief.control_line(held.topic, how.level(held.body, held.level), held.voice)

        return tuple(replace(held, control=line(held)) for held in stored)

    def writers(self, part: Part | None = None) -> dict[str, str]:
        """Whom the prompts of each topic name, where the control line names a writer; else empty."""
        stored = self._parts[part or self.slice]
        return {} if self.asking is None else self.asking.writers(held.topic for held in stored)

    def prompts(self, part: Part | None = None) -> tuple[tuple[str, int, str], ...]:
        """Topic, level and control line of each place that is held out, once, in the order of the documents."""
        stored, how, writers = self._parts[part or self.slice], self.asking, self.writers(part)
        if how is None:
            return tuple(dict.fromkeys((held.topic, held.level, held.control) for held in stored))
        places = dict.fromkeys((held.topic, held.level) for held in stored)
        return tuple((t, level, how.brief.control_line(t, level, writers.get(t, ""))) for t, level in places)

    def count_read(self, part: Part, reader: str) -> int:
        """Writes one more read of a part into LOCK, and returns how often it was read so far, by anyone.

        Safe among processes. Raises YardstickError where LOCK cannot be written.
        """
        if part not in PARTS:
            raise ValueError(f"no part '{part}'")
        try:
            with holding(self.folder / ".reads.lock"):
                lock = _read_lock(self.folder)
                by_reader = lock["reads"].setdefault(part, {})
                by_reader[reader] = by_reader.get(reader, 0) + 1
                write_file(self.folder / LOCK, _lock_text(lock))
        except OSError as error:
            path = self.folder / LOCK
            raise YardstickError(f"{path} cannot be written ({error.strerror}): make room, or allow writing") from None
        return sum(by_reader.values())

    @property
    def reads(self) -> dict[str, dict[str, int]]:
        """How often each part was read, by reader, as LOCK says now."""
        reads: dict[str, dict[str, int]] = _read_lock(self.folder)["reads"]
        return reads

    @cached_property
    def windows(self) -> tuple[Held, ...]:
        """All held-out documents of both parts, those of a text in windows of ``BLOCK`` characters."""
        everything = [held for part in PARTS for held in self.documents(part)]
        if self.kind != "text":
            return tuple(everything)
        return tuple(
            Held(f"{held.id}:{number}", "", held.body[start : start + BLOCK], topic=held.id, work=held.work)
            for held in everything
            for number, start in enumerate(range(0, max(1, len(held.body)), BLOCK))
        )


def lock(
    folder: Path,
    kind: Kind,
    search: Sequence[Held],
    locked: Sequence[Held],
    facts: dict[str, Any],
) -> Yardstick:
    """Writes a yardstick and locks it; LOCK is written last, so a folder without it is not one yet.

    ``facts`` go into ``yardstick.json``: ``pattern`` and ``levels`` for stories,
    ``train`` (spans) and the source for text.

    Raises YardstickError when the folder is locked already, when a part or a document is empty, an id occurs twice,
    or a topic is in both parts.
    """
    if (folder / LOCK).exists():
        raise YardstickError(f"{folder} is locked already: start a new study for another yardstick")
    parts: dict[Part, Sequence[Held]] = {"search": search, "locked": locked}
    for part, documents in parts.items():
        if not documents:
            raise YardstickError(f"the yardstick's part '{part}' would be empty: hold out more")
        if empty := [held.id for held in documents if not held.body]:
            raise YardstickError(f"the held-out document '{empty[0]}' has no text: leave it out")
    twice = [held_id for held_id, n in Counter(held.id for held in (*search, *locked)).items() if n > 1]
    if twice:
        raise YardstickError(f"two held-out documents have the id '{twice[0]}'")
    shared = {held.topic for held in search} & {held.topic for held in locked} - {""}
    if shared:
        raise YardstickError(f"the topic '{min(shared)}' is in both parts of the yardstick: give it to one")
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        f"{part}.jsonl": "".join(canonical(asdict(held)) + "\n" for held in held_of) for part, held_of in parts.items()
    }
    texts["yardstick.json"] = json.dumps({**facts, "kind": kind}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    for name in FILES:
        write_file(folder / name, texts[name])
    hashes = {name: fingerprint(texts[name]) for name in FILES}
    write_file(folder / LOCK, _lock_text({"files": hashes, "reads": {part: {} for part in PARTS}}))
    return Yardstick.open(folder)


def _parse(data: bytes) -> tuple[Held, ...]:
    return tuple(Held(**json.loads(line)) for line in data.decode().split("\n") if line)


def _read_lock(folder: Path) -> dict[str, Any]:
    path = folder / LOCK
    try:
        lock = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise YardstickError(f"{path} does not exist, so {folder} is no locked yardstick: {WAY_OUT}") from None
    except (ValueError, OSError, RecursionError):
        lock = None
    if (
        not isinstance(lock, dict)
        or not all(isinstance(lock.get(key), dict) for key in ("files", "reads"))
        or not all(isinstance(lock["reads"].get(part), dict) for part in PARTS)
        or not all(type(count) is int for part in PARTS for count in lock["reads"][part].values())
    ):
        raise YardstickError(f"{path} is damaged: {WAY_OUT}")
    if missing := set(FILES) - set(lock["files"]):
        raise YardstickError(f"{path} does not cover {min(missing)}: {WAY_OUT}")
    return lock


def _lock_text(lock: dict[str, Any]) -> str:
    return json.dumps(lock, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
