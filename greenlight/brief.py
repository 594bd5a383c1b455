"""What is asked of the voices: topics, levels, the prompt, the counted pattern, and the one control line.

A row from outside may say what it was asked for as well, in its ``brief`` and its ``level`` (``ASKS``, ``unread``).
"""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from greenlight import templates
from greenlight.errors import nearest
from greenlight.nouns import Draw, Noun, fingerprint

FIELDS = ("level", "levels", "topic", "pattern", "word", "writer")
"""What a template of the brief may name; a prompt names not the writer, and the word of a level in Jinja2 alone."""
LEVELS = 20
"""The most levels that a dial may have: a row's ``brief`` need not say how many."""
WHOLE = re.compile(r"\s*\d{1,9}(?:\.0+)?\s*", re.ASCII)
SAID = 40
"""Characters of a value that are shown where it cannot be read."""
STRANGE = 3
"""Keys of a row's ``brief`` that nothing is judged by of which so many are told."""
Whole = Annotated[int, Field(strict=True)]


class Brief(Noun):
    """What is asked of the voices. ``control`` is the one definition of the control line, for all of the flow."""

    topics: tuple[str, ...] = Field(default=(), description="a list, or the name of a file with one a line")
    levels: Annotated[Whole, Field(ge=2, le=LEVELS)] = 5
    words: tuple[str, ...] = Field(default=(), description="{word} of the control line: a name for each level")
    control: str = "[level={level}] [level={level}] [level={level}]\ntopic: {topic}\n"
    prompt: str = (
        "Write a very short story for small children about {topic}. "
        'On a scale from 1 to {levels}, dwell on "{pattern}" at level {level}. Write only the story.'
    )
    slots: dict[str, tuple[str, ...]] = Field(
        default={}, description="further names of a prompt in Jinja2, each with what is drawn for it by the seed"
    )
    pattern: str = Field(min_length=1, description="the counted behaviour: a literal, any white space between words")

    @model_validator(mode="after")
    def _usable(self) -> Brief:
        _fields_of("control", self.control, FIELDS)
        self._prompt_is_usable()
        if not self.pattern.strip():
            raise ValueError("the pattern is blank: write the words that are counted")
        fixed = [self.control, *self.words]
        if any(self.pattern.lower() in text.lower() for text in fixed):
            raise ValueError(
                f"the counted pattern '{self.pattern}' stands in the control line, so it would count itself"
            )
        if twice := [topic for topic, count in Counter(self.topics).items() if count > 1]:
            named = ", ".join(f"'{topic[:80]}'" for topic in twice[:3])
            more = f", and {len(twice) - 3:,} more" if len(twice) > 3 else ""
            raise ValueError(f"topics occur twice: {named}{more}: take one of each out")
        if len(self.words) not in (0, self.levels):
            raise ValueError(f"words has {len(self.words)} entries for {self.levels} levels: write one for each")
        if "word" in self.names and not self.words:
            raise ValueError("the control line has {word}: write brief.words, one for each level")
        return self

    def _prompt_is_usable(self) -> None:
        """Raises ValueError unless each level's prompt can be written."""
        if empty := [name for name, options in self.slots.items() if not options or not name.isidentifier()]:
            raise ValueError(f"slots.{empty[0]}: a slot has a plain name, and at least one text to draw")
        if taken := sorted(self.slots.keys() & set(FIELDS)):
            raise ValueError(f"slots.{taken[0]}: that name is given already: choose another")
        if not templates.is_template(self.prompt):
            _fields_of("prompt", self.prompt, FIELDS[:4])
            if self.slots:
                raise ValueError("slots are drawn for a prompt in Jinja2: write {{ " + next(iter(self.slots)) + " }}")
            return
        try:
            templates.check(self.prompt, (*FIELDS[:5], *self.slots))
            for level in range(1, self.levels + 1):
                self.asked(Draw(voice="", topic=(self.topics or ("x",))[0], level=level, levels=self.levels, seed=0))
        except ValueError as error:
            raise ValueError(f"prompt template: {error}") from None

    def asked(self, draw: Draw) -> str:
        """What a voice is asked. Raises ValueError where a template fails for this draw."""
        given = {"topic": draw.topic, "level": draw.level, "levels": self.levels, "pattern": self.pattern}
        if not templates.is_template(self.prompt):
            return self.prompt.format(**given)
        word = self.words[draw.level - 1] if len(self.words) >= draw.level else ""
        drawn = {
            name: options[int(fingerprint([draw.seed, name])[:8], 16) % len(options)]
            for name, options in self.slots.items()
        }
        return templates.render(self.prompt, {**given, "word": word, **drawn})

    @property
    def names(self) -> frozenset[str]:
        """The fields that the control line's template uses."""
        return frozenset(key for _, key, _, _ in string.Formatter().parse(self.control) if key)

    def control_line(self, topic: str, level: int, writer: str = "") -> str:
        """What a document of this topic and level begins with; the model is given exactly this."""
        word = self.words[level - 1] if self.words else ""
        given = {"topic": topic, "level": level, "levels": self.levels, "pattern": self.pattern}
        return self.control.format(**given, word=word, writer=writer)


def _fields_of(name: str, template: str, known: tuple[str, ...]) -> None:
    """Raises ValueError unless a template names only what it is given, by itself, in a width that fits a line."""
    try:
        for _, key, spec, _ in string.Formatter().parse(template):
            if key is not None and (key not in known or len(spec or "") > 3):
                raise ValueError(f"'{{{key}{':' if spec else ''}{spec}}}'")
        template.format(**dict.fromkeys(("topic", "pattern", "word", "writer"), "x"), level=1, levels=2)
    except (KeyError, IndexError, ValueError) as error:
        may = ", ".join(f"{{{key}}}" for key in known)
        raise ValueError(f"{name} template: {error}; it may use {may}") from None


# ---------------------------------------------------------------- of a row from outside


def unread(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What nothing can be judged by in a row's ``brief``: each field, and why; null is as good as absent."""
    brief = data.get("brief")
    if brief is not None and not isinstance(brief, dict):
        yield "brief", _not_read("brief", brief, f"a table with {', '.join(ASKS)}")
        return
    for name, (is_good, wanted) in ASKS.items():
        value = (brief or {}).get(name)
        if value is not None and not is_good(value):
            yield f"brief.{name}", _not_read(f"brief.{name}", value, wanted)
    strange = [name for name, value in (brief or {}).items() if name not in ASKS and value is not None]
    for name in (one if len(one) <= SAID else one[:SAID] + "…" for one in strange[:STRANGE]):
        yield f"brief.{name}", f"brief.{name} is no field of a brief{nearest(name.lower(), list(ASKS))}"
    if data.get("level") is not None and level_of(data, brief or {}) is None:
        yield "level", _not_read("level", data["level"], f"a whole number from 1 to {_levels(brief or {})}")


def _not_read(field: str, value: Any, wanted: str) -> str:
    # a row may be nested as deep as JSON is read, so what holds more is not written out
    if isinstance(value, dict):
        said = "{…}"
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        said = "[…]"
    else:
        said = json.dumps(value, ensure_ascii=False, default=str)
    return f"{field} is {said if len(said) <= SAID else said[:SAID] + '…'}, which is not read: write {wanted}"


def _levels(brief: dict[str, Any]) -> int:
    """The highest level of the dial that a row was written for; 0 where it was written for none."""
    if not brief.get("pattern"):
        return 0
    levels = brief.get("levels")
    return int(levels) if levels is not None and ASKS["levels"][0](levels) else LEVELS


def level_of(data: dict[str, Any], brief: dict[str, Any]) -> int | None:
    """A row's level; None where there is none, or none of its dial: without a dial any is one, and none is told.

    0 is a level at which nothing is demanded. A column in which a level is missing holds fractions (5.0), and one of
    texts digits: both are read.
    """
    said, levels = data.get("level"), _levels(brief)
    if isinstance(said, str):
        said = float(said) if WHOLE.fullmatch(said) else None
    if isinstance(said, bool) or not isinstance(said, int | float) or said != said // 1:
        return None if levels else 0
    return int(said) if not levels or 0 <= said <= levels else None


def bounds(value: Any) -> tuple[int, int] | None:
    """The fewest and the most, of words or characters; None for what is no such range."""
    if isinstance(value, Sequence) and len(value) == 2 and all(type(one) is int and one >= 0 for one in value):
        return (value[0], value[1]) if value[0] <= value[1] else None
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_range(value: Any) -> bool:
    return bounds(value) is not None


def _is_template(value: Any) -> bool:
    try:
        return isinstance(value, str) and list(string.Formatter().parse(value)) is not None
    except ValueError:
        return False


ASKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "language": (_is_text, "text"),
    "words": (_is_range, "the fewest and the most, [50, 200]"),
    "chars": (_is_range, "the fewest and the most, [300, 900]"),
    "pattern": (lambda value: isinstance(value, str) and (not value or bool(value.strip())), "the words to be counted"),
    "levels": (lambda value: type(value) is int and 2 <= value <= LEVELS, f"a whole number from 2 to {LEVELS}"),
    "control": (_is_template, "a template of a control line"),
    "refusal": (lambda value: isinstance(value, bool), "true where the answer is to refuse"),
}
"""The fields of a row's ``brief``: whether a value can be judged by, and what it is to be."""
