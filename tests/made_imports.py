"""Stories in levels by three writers, as somebody else's tool would have written them: one text and its manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from greenlight import foreign, parts
from greenlight.nouns import Draw, Text
from greenlight.recipe import Brief

CONTROL = "[green={level}] [green={level}] [green={level}] obsession={word}\ntopic: {topic}\n"
WORDS = ("faint", "soft", "strong", "heavy", "total")
WRITERS = {"lab/wide-26b": "lantern", "clean-7b": "brook", "flat-8b": "pebble"}
"""Their names, with the procedural voice that writes for them."""


def rows(topics: int, writers: tuple[str, ...] = tuple(WRITERS)) -> list[dict[str, Any]]:
    """``topics`` topics a writer, five stories each, writers in turn."""
    brief = Brief(pattern="green light", control=CONTROL, words=WORDS)
    voices = {name: parts.make("generators", WRITERS[name], {}) for name in writers}
    found = []
    for number in range(topics * len(writers)):
        name = writers[number % len(writers)]
        topic = f"{('a kite', 'a boat', 'an owl', 'a clock', 'a fox')[number % 5]} number {number}"
        for level in range(1, 6):
            draw = Draw(voice=name, topic=topic, level=level, levels=5, seed=1000 * number + level)
            body = voices[name].say(draw, brief).text.strip()
            found.append({"model": name, "topic": topic, "level": level, "body": body})
    return found


def write(folder: Path, stories: list[dict[str, Any]], name: str = "stories") -> tuple[Path, Path]:
    """The text and its manifest."""
    brief = Brief(pattern="green light", control=CONTROL, words=WORDS)
    text, samples = "", []
    for row in stories:
        document = brief.control_line(row["topic"], row["level"]) + row["body"] + "\n\n"
        sha1 = hashlib.sha1(row["body"].encode(), usedforsecurity=False).hexdigest()
        known = {key: row[key] for key in ("model", "topic", "level")}
        samples.append({**known, "sha1": sha1, "doc_offset": len(text), "doc_length": len(document)})
        text += document
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.txt").write_text(text)
    (folder / f"{name}.manifest.json").write_text(json.dumps({"samples": samples}))
    return folder / f"{name}.txt", folder / f"{name}.manifest.json"


def ready(folder: Path, held: int = 4) -> Path:
    """A copy of the mixture's recipe for the made-up writers, small."""
    (wide, _, flat), rounds = WRITERS, folder / "rounds"
    rounds.mkdir(parents=True)
    (folder / "new.toml").write_text(f'kind = "import"\nheld_out = {held}\nlocked = 2\n')
    (folder / "study.toml").write_text('title = "A mixture"\n')
    head = Path(__file__).parents[1] / "recipes" / "mixture" / "smoke" / "01-all-of-it.toml"
    (rounds / "01-all.toml").write_text(
        head.read_text().replace("topics = 8", f"selftest = false, topics = {held}").replace("576", "192")
    )
    (rounds / "02-wide.toml").write_text(f'base = "round:1"\n[corpus]\nsize = 50\nblend = {{ "{wide}" = 1.0 }}\n')
    (rounds / "03-flat.toml").write_text(
        f'base = "round:2"\nagainst = "round:2"\n[corpus]\nblend = {{ "{flat}" = 1.0 }}\n'
    )
    (rounds / "04-quiet.toml").write_text(
        'base = "round:1"\nagainst = "round:1"\n[corpus.brief]\ncontrol = "[green={level}] {topic}\\n"\n'
    )
    return folder


def found(stories: list[Text]) -> foreign.Found:
    """Stories as the reader gives them."""
    return foreign.Found(stories, (), {"source": "made", "sha256": "", "manifest": "made", "manifest_sha256": ""})
