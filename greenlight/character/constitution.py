"""A constitution: one page that says who speaks and how. What of it is shown is what is trained.

``Constitution.system()`` is the text that a teacher is given, and its hash is the constitution's. The name, the note
about the file and the probes of traits are never shown.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from greenlight.character import _formats, _lint
from greenlight.character._lint import Finding, Severity
from greenlight.character._wording import Part
from greenlight.chats import Manner, Speaker, Turn, Turns
from greenlight.errors import InputError, VoiceError, nearest
from greenlight.nouns import Noun, fingerprint
from greenlight.outside import as_text, read_bytes
from greenlight.progress import SILENT

__all__ = ["About", "Constitution", "Example", "Finding", "Severity", "Trait", "draft", "dump", "lint", "read"]

Line = Annotated[str, AfterValidator(_formats.line)]
Block = Annotated[str, AfterValidator(_formats.block)]
Said = Annotated[Line, Field(min_length=1)]
Kind = Literal["personality", "behavior", "constraints"]

OPENING = "Answer every message as the character described here, and never speak of this description."
HEADINGS: dict[Kind, str] = {"personality": "Traits", "behavior": "Behavior", "constraints": "Constraints"}
RETRIES = 3
"""Of a draft, each with what was wrong with the one before."""
DEALS = 200
"""Shuffles that are tried until no sentence has survived."""


class Trait(Noun):
    """One thing that the character does. ``probes``: prompts whose answers would show it; they are never shown."""

    key: Annotated[str, Field(pattern=_formats.KEY)]
    text: Said
    probes: tuple[Said, ...] = ()
    kind: Kind = "personality"


class Example(Noun):
    """What the character answers to a prompt."""

    prompt: Annotated[Block, Field(min_length=1)]
    response: Annotated[Block, Field(min_length=1)]


class About(Noun):
    """What a file says of itself; never shown."""

    description: Line = ""
    version: Line = ""
    tags: tuple[Said, ...] = ()
    author: Line = ""


class Constitution(Noun):
    """Who speaks, and how. ``traits`` have keys of their own; ``origin`` says where it comes from."""

    name: Annotated[Said, Field(max_length=80)]
    identity: Block = ""
    traits: Annotated[tuple[Trait, ...], Field(min_length=1, max_length=_formats.MOST_TRAITS)]
    boundaries: tuple[Said, ...] = ()
    refusals: tuple[Said, ...] = ()
    examples: tuple[Example, ...] = ()
    signoffs: tuple[Said, ...] = ()
    about: About = About()
    origin: str = ""

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        keys = [trait.key for trait in self.traits]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"two traits have the key '{twice}': give each its own")
        return self

    def system(self) -> str:
        """The system prompt that shows this constitution: everything in it that is meant to change an answer."""
        parts = [OPENING]
        if self.identity:
            parts.append(f"Identity:\n{self.identity}")
        for kind, heading in HEADINGS.items():
            parts += _section(heading, [trait.text for trait in self.traits if trait.kind == kind])
        parts += _section("Boundaries", self.boundaries)
        parts += _section("Refusals", self.refusals)
        if self.examples:
            shown = [f"User: {one.prompt}\nAnswer: {one.response}" for one in self.examples]
            parts.append("Examples:\n" + "\n\n".join(shown))
        parts += _section("Sign-offs", self.signoffs)
        return "\n\n".join(parts)

    @property
    def hash(self) -> str:
        """sha256 (hex) of what is shown."""
        return fingerprint(self.system())

    def without(self, key: str) -> Constitution:
        """The same without one trait, and without the sentences of the identity that repeat it word for word.

        Examples and sign-offs stay as they are. Raises InputError for an unknown key, and for the last trait.
        """
        keys = [trait.key for trait in self.traits]
        if key not in keys:
            raise InputError(f"the constitution '{self.name}' has no trait '{key}'{nearest(key, keys)}")
        if len(keys) == 1:
            raise InputError(f"'{key}' is the only trait of '{self.name}': without it nothing is left to show")
        gone = self.traits[keys.index(key)]
        changes = {
            "traits": tuple(trait for trait in self.traits if trait.key != key),
            "identity": _cut(self.identity, gone.text),
            "origin": f"{self.origin} without {key}".strip(),
        }
        return self.model_copy(update=changes)

    def shuffled(self, seed: int) -> Constitution:
        """A control that says nothing: all words that are shown, dealt out anew over the same places.

        Vocabulary, lengths, layout and probes are those of this constitution; traits are named by their new words.
        Raises InputError where too few words are there to leave no sentence as it was.
        """
        texts = list(self._texts())
        sizes = [len(text.split()) for text in texts]
        sentences = {_flat(one) for text in texts for one in _sentences(text) if len(one.split()) > 1}
        deck = [word for text in texts for word in text.split()]
        rng = random.Random(f"shuffled {seed}")
        for _ in range(DEALS):
            rng.shuffle(deck)
            rest = iter(deck)
            dealt = [" ".join(next(rest) for _ in range(size)) for size in sizes]
            survived = any(f" {sentence} " in f" {_flat(text)} " for text in dealt for sentence in sentences)
            unmoved = any(old.split() == new.split() for old, new in zip(texts, dealt, strict=True) if " " in old)
            keys = {_formats.slug(text) for text in dealt[: len(self.traits)]}
            if dealt != texts and not survived and not unmoved and len(keys) == len(self.traits):
                return self._dealt(iter(dealt), seed)
        raise InputError(f"the constitution '{self.name}' has too few words to deal out anew: write more traits")

    def _texts(self) -> Iterator[str]:
        """Every text that is shown, traits first."""
        yield from (trait.text for trait in self.traits)
        yield self.identity
        yield from (*self.boundaries, *self.refusals, *self.signoffs)
        for one in self.examples:
            yield from (one.prompt, one.response)

    def _dealt(self, texts: Iterator[str], seed: int) -> Constitution:
        traits = []
        for trait in self.traits:
            text = next(texts)
            traits.append(trait.model_copy(update={"key": _formats.slug(text), "text": text}))
        changes = {
            "traits": tuple(traits),
            "identity": next(texts),
            "boundaries": tuple(next(texts) for _ in self.boundaries),
            "refusals": tuple(next(texts) for _ in self.refusals),
            "signoffs": tuple(next(texts) for _ in self.signoffs),
            "examples": tuple(Example(prompt=next(texts), response=next(texts)) for _ in self.examples),
            "origin": f"{self.origin} with its words dealt out anew (seed {seed})".strip(),
        }
        return self.model_copy(update=changes)


def _section(heading: str, lines: tuple[str, ...] | list[str]) -> list[str]:
    return [f"{heading}:\n" + "\n".join(f"- {line}" for line in lines)] if lines else []


def _sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])[\"”'’)]*\s+", text) if one]


def _flat(text: str) -> str:
    return " ".join(_formats.words(text))


def _cut(identity: str, trait: str) -> str:
    """An identity without a trait's text or, where that is not there as a whole, without its sentences."""
    left = identity
    for piece in (trait, *(one for one in _sentences(trait) if len(one.split()) >= 3)):
        left = re.sub(r"\s+".join(re.escape(word) for word in piece.split()), "", left)
    if left == identity:
        return identity
    return re.sub(r"[ \t]{2,}", " ", left).strip(" \t\n;,")


# ---------------------------------------------------------------- files


def read(path: Path) -> Constitution:
    """A constitution from a file; ``docs/constitution.md`` has the formats.

    Raises InputError, in one line with the file's name, for whatever is wrong with it.
    """
    name = str(path)
    return parse(as_text(read_bytes(path, _formats.LIMIT_BYTES), name), name, origin=path.name)


def parse(text: str, name: str, origin: str = "") -> Constitution:
    """A constitution from a file's text; ``name`` is the file's. Raises InputError."""
    try:
        table = _formats.parse(text, name)
        traits = [{**entry, "kind": kind} for kind, entries in table.pop("directives").items() for entry in entries]
        table["name"] = table["name"] or Path(name).stem or "character"
        return Constitution.model_validate({**table, "traits": traits, "origin": origin})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = str(first["msg"]).removeprefix("Value error, ")
        raise InputError(f"{name}: {place} {said}" if place else f"{name}: {said}") from None
    except ValueError as error:
        raise InputError(f"{name}: {error}") from None


def dump(constitution: Constitution) -> str:
    """The constitution as a YAML file that ``read`` gives back as it is, but for its ``origin``."""
    import yaml  # type: ignore[import-untyped]

    Writer: Any = type("Writer", (yaml.SafeDumper,), {})

    def text_of(writer: Any, text: str) -> Any:
        return writer.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Writer.add_representer(str, text_of)
    about = {key: value for key, value in constitution.about.data().items() if value}
    if about.get("version", "").isdecimal() and str(int(about["version"])) == about["version"]:
        about["version"] = int(about["version"])
    entries: dict[str, list[Any]] = {kind: [] for kind in HEADINGS}
    for trait in constitution.traits:
        entry: dict[str, Any] = {"key": trait.key, "text": trait.text}
        if trait.probes:
            entry["probes"] = list(trait.probes)
        short = not trait.probes and trait.key == _formats.slug(trait.text)
        entries[trait.kind].append(trait.text if short else entry)
    data = {
        "meta": {"name": constitution.name, **about},
        "persona": {"identity": constitution.identity} if constitution.identity else None,
        "directives": {kind: texts for kind, texts in entries.items() if texts},
        "safety": {
            name: list(said)
            for name, said in (("boundaries", constitution.boundaries), ("refusals", constitution.refusals))
            if said
        },
        "examples": [one.data() for one in constitution.examples],
        "signoffs": list(constitution.signoffs),
    }
    kept = {key: value for key, value in data.items() if value}
    return str(yaml.dump(kept, Dumper=Writer, sort_keys=False, allow_unicode=True, width=110))


# ---------------------------------------------------------------- what to look at, and a first draft


def lint(constitution: Constitution) -> list[Finding]:
    """What to look at before anything is trained on it, errors first; ``docs/constitution.md`` has the rules."""
    c, part = constitution, Part
    parts = [part(trait.key, "trait", trait.text) for trait in c.traits]
    parts += [part("identity", "identity", c.identity)] if c.identity else []
    parts += [part(f"boundaries[{i}]", "boundary", text) for i, text in enumerate(c.boundaries)]
    parts += [part(f"refusals[{i}]", "refusal", text) for i, text in enumerate(c.refusals)]
    parts += [part(f"examples[{i}]", "example", one.response) for i, one in enumerate(c.examples)]
    parts += [part(f"signoffs[{i}]", "sign-off", text) for i, text in enumerate(c.signoffs)]
    parts += [part("description", "about", c.about.description)] if c.about.description else []
    return _lint.findings(parts, [trait.key for trait in c.traits if trait.probes])


ASK = """Write the constitution of a character for a language model. The character, in one sentence:

{sentence}

Answer with YAML alone, in this layout, and with nothing before or after it:

meta:
  name: a-short-name
persona:
  identity: "Two sentences in the first person."
directives:
  personality:
    - text: "One sentence in the first person that says what is seen in an answer."
      probes: ["A short everyday message that would show it.", "Another one."]
  behavior:
    - "One sentence on how answers are built."
  constraints:
    - "One sentence on what the character keeps away from."

Write six to ten traits in all, each of them something different that a reader can see in a text. Quote no phrases,
write nothing about refusing, let no two traits contradict each other, and put every text between double quotes."""
AGAIN = "That cannot be used: {why}. Answer again with the whole YAML alone, mended."
MANNER = Manner(max_new=2_000, temperature=0.7)


def draft(sentence: str, speaker: Speaker, seed: int = 0) -> Constitution:
    """A first draft of a constitution, written by a voice from one sentence and read as data, never as instructions.

    An answer that cannot be read, or in which ``lint`` finds an error, is told what is wrong and asked for again,
    three times at most. Raises InputError for an unusable sentence, VoiceError where no answer was usable.
    """
    try:
        wanted = _formats.line(sentence)
    except ValueError as error:
        raise InputError(f"the sentence {error}") from None
    if not wanted:
        raise InputError("the sentence is empty: say who the character is, such as 'a patient gardener'")
    ask = Turn(role="user", content=ASK.format(sentence=wanted))
    turns: Turns = (ask,)
    why = ""
    for attempt in range(RETRIES + 1):
        with SILENT.bar("draft", 1, "answers") as bar:
            reply = speaker.reply([turns], [seed + attempt], MANNER, bar)[0]
        if reply.error:
            why, turns = reply.error, (ask,)
            continue
        try:
            if not reply.finished:
                raise InputError(f"it was cut off after {MANNER.max_new} tokens: write less")
            found = parse(_yaml_in(reply.text), "the answer.yaml", f"drafted by {speaker.name} (seed {seed})")
            bad = [one for one in lint(found) if one.severity == "error"]
            if not bad:
                about = found.about.model_copy(update={"description": wanted})
                return found.model_copy(update={"about": about})
            why = f"{', '.join(bad[0].where)} {bad[0].message} ({'; '.join(bad[0].quotes)})"
        except InputError as error:
            why = str(error).removeprefix("the answer.yaml: ")
        said = reply.text[: _formats.LONGEST].strip() or "(nothing)"
        turns = (ask, Turn(role="assistant", content=said), Turn(role="user", content=AGAIN.format(why=why)))
    raise VoiceError(f"{speaker.name} wrote no usable constitution in {RETRIES + 1} answers; the last one: {why}")


def _yaml_in(text: str) -> str:
    """The part of an answer that is to be YAML: in the first code fence, else from its first section on."""
    fenced = re.search(r"^```[\w-]*\s*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    if fenced is not None:
        return fenced[1]
    begin = re.search(rf"^(?:{'|'.join(_formats.TOP)}):", text, re.MULTILINE)
    if begin is None:
        raise InputError("the answer.yaml: there is no YAML in it, it should begin with 'meta:'")
    return text[begin.start() :]
