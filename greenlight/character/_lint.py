"""What a constitution says that training will not turn into the character that was meant.

Every rule is a stated list of words or a stated measure. None reads sense: what they find is for a person to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from greenlight.character._wording import (
    ALWAYS,
    EXCESS,
    GENERIC,
    INSTRUCTION,
    LIMITED,
    NEGATED,
    NEVER,
    PLACEHOLDER,
    QUOTED,
    REFUSAL,
    SHOWN,
    SIDES,
    STATE,
    Part,
    stems,
)
from greenlight.nouns import Noun

Severity = Literal["error", "warn", "info"]
TRAIT_WORDS = 60
"""Of one trait; beyond that it is several."""
MOST_WORDS = 800
"""Of all that is shown: more than a page."""
OVERLAP = 0.3
"""Jaccard similarity of two traits' stems from which on they are said to overlap, where they share two or more."""
QUOTE = 60
"""Characters that are quoted of a line on refusing."""


class Finding(Noun):
    """One thing to look at. ``where``: keys of traits, or names of other parts; ``quotes``: what stands there.

    ``severity``: an error will spoil the training; a warning may; info says what is missing.
    """

    rule: str
    severity: Severity
    where: tuple[str, ...]
    quotes: tuple[str, ...]
    message: str


def findings(parts: Sequence[Part], probed: Sequence[str]) -> list[Finding]:
    """What all rules find, errors first. ``probed``: keys of traits that have probes."""
    found = [one for rule in RULES for one in rule(parts)]
    bare = tuple(part.where for part in parts if part.kind == "trait" and part.where not in probed)
    if bare:
        count = sum(part.kind == "trait" for part in parts)
        said = f"{len(bare)} of {count} traits have no probes: prompts that would show them, a few each"
        found.append(Finding(rule="no-probes", severity="info", where=bare, quotes=(), message=said))
    return sorted(found, key=lambda one: ("error", "warn", "info").index(one.severity))


def _one(rule: str, severity: Severity, part: Part, quotes: Sequence[str], message: str) -> Finding:
    return Finding(rule=rule, severity=severity, where=(part.where,), quotes=tuple(quotes), message=message)


def _spoken(parts: Sequence[Part]) -> list[Part]:
    """Traits, boundaries, and what the identity says beside the traits that it repeats."""
    out = []
    for part in parts:
        if part.kind == "identity":
            rest = part.text
            for trait in sorted((one.text for one in parts if one.kind == "trait"), key=len, reverse=True):
                rest = rest.replace(trait, "")
            if rest.strip():
                out.append(replace(part, text=rest.strip()))
        elif part.kind in ("trait", "boundary"):
            out.append(part)
    return out


# ---------------------------------------------------------------- one part at a time


def _phrases(parts: Sequence[Part]) -> Iterator[Finding]:
    for part in (*_spoken(parts), *(one for one in parts if one.kind == "refusal")):
        said = []
        for found in QUOTED.finditer(part.text):
            inner = next(one for one in found.groups() if one is not None).strip()
            # one word is a phrase where it stands alone: "Neat.", and not the last of a list of words
            phrase = len(inner.split()) > 1 or (inner[:1].isupper() and re.search(r"[!?.…,:]$", inner))
            if phrase and re.search(r"[^\W\d_]", inner) and not part.negated(found.start()):
                said.append(inner)
        if said:
            yield _one(
                "catch-phrase",
                "warn",
                part,
                said,
                "a quoted phrase is repeated word for word, and many answers come to open or end alike: "
                "say what such a phrase does instead of quoting it",
            )
    if ends := [part for part in parts if part.kind == "sign-off"]:
        said = [part.text for part in ends]
        message = f"answers may come to end in one of {len(said)} ways, word for word: give many, or describe them"
        yield Finding(rule="sign-offs", severity="info", where=("signoffs",), quotes=tuple(said), message=message)


def _refusals(parts: Sequence[Part]) -> Iterator[Finding]:
    for part in (*_spoken(parts), *(one for one in parts if one.kind in ("refusal", "example"))):
        hits: list[int] = []
        for found in REFUSAL.finditer(part.text):
            if not _unrefused(part, found.start()) and (not hits or found.start() >= hits[-1] + QUOTE):
                hits.append(found.start())
        if hits or part.kind == "refusal":
            yield _one(
                "refusal",
                "warn",
                part,
                [part.text[at : at + QUOTE].strip('"“ ') for at in hits] or [part.text],
                "a line on refusing is shown with every prompt, and teaches refusals of harmless ones: "
                "say what the character does instead, or leave it to the model's own training",
            )


def _unrefused(part: Part, at: int) -> bool:
    before = part.masked[part.clause(at)[0] : at]
    return part.negated(at) or re.search(r"\bthan(?: to)? $", before) is not None


def _placeholders(parts: Sequence[Part]) -> Iterator[Finding]:
    for part in parts:
        if said := [found[0] for found in PLACEHOLDER.finditer(part.text)]:
            shown = part.kind != "about"
            message = (
                "is shown to the teacher as it stands: write what it stands for, or take it out"
                if shown
                else "says that it is not finished: go through it, then take the note out"
            )
            yield _one("placeholder", "error" if shown else "warn", part, said, message)


def _instructions(parts: Sequence[Part]) -> Iterator[Finding]:
    for part in _spoken(parts):
        if said := [found[0] for found in INSTRUCTION.finditer(part.masked)]:
            message = "speaks to the model that reads it, and is no trait: take it out"
            yield _one("instruction", "error", part, said, message)


def _unseen(parts: Sequence[Part]) -> Iterator[Finding]:
    for part in parts:
        if part.kind != "trait" or SHOWN.search(part.masked):
            continue
        clauses = [part.masked[a:b].strip(" .,;:—") for a, b in part.clauses]
        if all(STATE.match(clause) for clause in clauses if clause):
            message = "names an aim or a state that no text shows: say what the character says or does because of it"
            yield _one("no-behaviour", "warn", part, [part.text], message)


def _long(parts: Sequence[Part]) -> Iterator[Finding]:
    for part in parts:
        count = len(part.text.split())
        if part.kind == "trait" and count > TRAIT_WORDS:
            message = (
                f"has {count} words, more than {TRAIT_WORDS}: it is several traits, and is scored as one; split it"
            )
            yield _one("too-long", "warn", part, [f"{' '.join(part.text.split()[:8])} …"], message)
    total = sum(len(part.text.split()) for part in parts if part.kind != "about")
    if total > MOST_WORDS:
        message = f"the whole has {total:,} words, more than {MOST_WORDS}: keep what tells this character from others"
        yield Finding(rule="too-long", severity="warn", where=("constitution",), quotes=(), message=message)


def _persons(parts: Sequence[Part]) -> Iterator[Finding]:
    spoken = [(part, person) for part in _spoken(parts) if (person := _person(part))]
    if len({person for _, person in spoken}) < 2:
        return
    counts = {name: sum(person == name for _, person in spoken) for name in ("first", "second", "third", "mixed")}
    usual = max(("first", "second", "third"), key=lambda name: counts[name])
    for part, person in spoken:
        if person != usual:
            what = "mixes persons" if person == "mixed" else f"is in the {person} person"
            message = f"{what}, most is in the {usual}: write all in one, so that it is plain who speaks"
            yield _one("person", "warn", part, [" ".join(part.text.split()[:8])], message)


def _person(part: Part) -> str:
    text = part.masked
    seen = []
    if re.search(r"\b(?:I|I['’](?:m|ll|ve|d)|[Mm]y|[Mm]yself)\b", text):
        seen.append("first")
    if re.search(r"(?:^|[.!?;] )Your?\b|\b[Yy]ou (?:are|must|should|always|never)\b", text):
        seen.append("second")
    if re.match(r"(?:The (?:assistant|character|persona|model|AI|bot)|He|She|They)\b", text):
        seen.append("third")
    return "mixed" if len(seen) > 1 else seen[0] if seen else ""


# ---------------------------------------------------------------- two at a time


def _opposed(parts: Sequence[Part]) -> Iterator[Finding]:
    sides = [(part, _taken(part)) for part in _spoken(parts)]
    for (one, said), (other, against) in combinations(sides, 2):
        for group, (side, quote) in said.items():
            facing = against.get(group)
            if facing is not None and facing[0] != side:
                yield Finding(
                    rule="contradiction",
                    severity="warn",
                    where=(one.where, other.where),
                    quotes=(quote, facing[1]),
                    message=f"these oppose each other ({group}): keep one, or say when each holds",
                )


def _taken(part: Part) -> dict[str, tuple[int, str]]:
    """By group of opposed words, the side that a part takes without a condition, and its word."""
    taken: dict[str, tuple[int, str]] = {}
    for group, sides in SIDES.items():
        said: dict[int, str] = {}
        for number, side in enumerate(sides):
            for found in side.finditer(part.masked):
                a, b = part.clause(found.start())
                if not part.negated(found.start()) and not LIMITED.search(part.masked, a, b):
                    said.setdefault(number, found[0])
        if len(said) == 1:
            taken[group] = next(iter(said.items()))
    return taken


@dataclass(frozen=True)
class _Claim:
    """What one clause says is done (``stems`` of it), or each thing that it says is not done."""

    stems: frozenset[str]
    text: str
    firm: bool


def _claims(part: Part) -> tuple[list[_Claim], list[_Claim]]:
    """(done, not done): unconditional clauses; the latter by the items of their lists."""
    done, undone = [], []
    for a, b in part.clauses:
        clause = part.masked[a:b]
        if LIMITED.search(clause):
            continue
        scope = next((span for span in part.scopes if a <= span[0] < b), None)
        head = part.masked[a : scope[0]] if scope else clause
        if told := stems(head) - GENERIC:
            done.append(_Claim(told, head.strip(" ,"), ALWAYS.search(head) is not None))
        if scope is None:
            continue
        cut = NEGATED.match(part.masked, scope[0])
        negator = cut[0] if cut else ""
        for item in re.split(
            r",\s*(?:and|or|nor)?\s*|\s(?:and|or|nor)\s", part.masked[scope[0] + len(negator) : scope[1]]
        ):
            kept = stems(item) - GENERIC
            if kept and not EXCESS.search(item):
                undone.append(_Claim(kept, f"{negator} {item.strip(' .')}", NEVER.match(negator) is not None))
    return done, undone


def _denied(parts: Sequence[Part]) -> Iterator[Finding]:
    """One part does what another says is not done: every stem of the item that is denied stands in a clause that
    says what is done. Where that is all either says, or *always* stands against *never*, it is an error."""
    claims = [(part, *_claims(part)) for part in _spoken(parts)]
    for (one, done, undone), (other, done2, undone2) in combinations(claims, 2):
        pairs = [(yes, no) for yes in done for no in undone2] + [(yes, no) for yes in done2 for no in undone]
        for yes, no in pairs:
            if no.stems <= yes.stems:
                sure = yes.stems == no.stems or (yes.firm and no.firm)
                yield Finding(
                    rule="contradiction",
                    severity="error" if sure else "warn",
                    where=(one.where, other.where),
                    quotes=(yes.text, no.text),
                    message="one says what the other forbids: keep one, or say when each holds",
                )
                break


def _overlaps(parts: Sequence[Part]) -> Iterator[Finding]:
    traits = [part for part in parts if part.kind == "trait"]
    for one, other in combinations(traits, 2):
        shared = one.stems & other.stems
        alike = len(shared) / max(1, len(one.stems | other.stems))
        if alike >= OVERLAP and len(shared) > 1:
            yield Finding(
                rule="overlap",
                severity="warn",
                where=(one.where, other.where),
                quotes=tuple(sorted(shared)),
                message=f"share {alike:.0%} of their words: deleting one would leave its behaviour; make one of them",
            )
    whole = next((part for part in parts if part.kind == "identity"), None)
    if whole is not None:
        again = [part for part in traits if part.text.rstrip(".") in whole.text]
        if again:
            yield Finding(
                rule="overlap",
                severity="info",
                where=("identity", *(part.where for part in again)),
                quotes=tuple(" ".join(part.text.split()[:8]) for part in again),
                message="the identity repeats these traits: they are shown twice, and weigh more than the others",
            )


RULES: tuple[Callable[[Sequence[Part]], Iterator[Finding]], ...] = (
    _phrases,
    _refusals,
    _placeholders,
    _instructions,
    _unseen,
    _long,
    _persons,
    _opposed,
    _denied,
    _overlaps,
)
