"""Scraps: small English words between those of another language, letters of another script in a program."""

from __future__ import annotations

import re

from greenlight.gates import _languages, _orders, _salad, _scripts, _text, _tongues
from greenlight.gates._signs import Place
from greenlight.nouns import Text

READ = 50_000
"""Characters that are looked at."""
CODED = _text.word_set(
    "if else do for while not in like with return this new and or help add is as of to by get put use on off no out up"
    " all any from where time true false null man only first last over use make show let we need day way some i a"
)
"""English words that stand in texts about programs, and names of commands."""
SMALL = (_tongues.ENGLISH | _salad.PIECES | _text.word_set("however actually therefore although")) - CODED
RUN = re.compile(r"(?<![\w'’.@/#=<:_&-])[A-Za-z][A-Za-z' ]{0,60}(?![\w’@/=_:(&-])")
GLUED = re.compile(r"(?<![\w'’.@/#-])[a-z]{3,12}(?![\w'’@/-])")
STRANGE = re.compile("[\u0370-\u1fff\u2e80-\ud7ff\uf900-\ufaff]+")
COMMENT = re.compile(r"//|#|--|/\*|^\s*\*|<!--|;;|%|\"\"\"|'''|^\s*[>$]|(?<![=-])>[^<>=]*$")
OPERAND = re.compile(r"[,(+*/%=<]\s?$")


def scraps(sample: Text, home: str) -> Place | None:
    """The first such. ``home``: the language of the text, if it is known."""
    body = sample.body[:READ]
    if home == "en" and body.isascii():
        return None
    place = None if body.isascii() else _in_code(sample, body)
    if place or home == "en":
        return place
    far = not body.isascii() and sum(
        c > "\u036f" and (c.isalpha() or "\u0900" < c < "\u0e80") for c in body
    ) > 0.3 * len(body)
    if not far and home not in _tongues.FURTHER:
        return None
    free = _text.blank(body, _scripts.frames(body))
    found: list[re.Match[str]] = []
    if far:
        for run in RUN.finditer(free):
            words = run.group().split()
            if len(words) <= 4 and run.group().islower() and not SMALL.isdisjoint(words):
                found.append(run)
    else:
        for run in GLUED.finditer(free):
            word = run.group()
            if word in SMALL and len(word) > 3 and _tongues.INDEX.get(word, ("en",)) == ("en",):
                found.append(run)
    asked = {*_tongues.stripped(sample.made.prompt[:READ].lower().split())}
    if len({run.group().strip() for run in found}) < 3 or (far and not asked.isdisjoint(SMALL)) or _told(sample):
        return None
    return Place("words of English between others", (found[0].start(), found[-1].end()), 0.75)


def _told(sample: Text) -> bool:
    return _scripts.is_about_languages(sample) or _orders.ENGLISH_SAID.search(sample.made.prompt) is not None


def _in_code(sample: Text, body: str) -> Place | None:
    """Letters of a script that neither the prompt nor the text beside it has, glued to those of a program."""
    blocks = [(a, b) for a, b in _text.code(body) if "\n" in body[a:b]]
    if not blocks:
        return None
    asked = sample.made.prompt + sample.made.topic + sample.made.system + _text.blank(body, blocks)
    given = {_languages.script(c) for c in {*asked} if c.isalpha()}
    for start, end in blocks:
        points, first = 0, -1
        for run, _ in zip(STRANGE.finditer(body, start, end), range(400), strict=False):
            kind = _languages.script(run.group()[0])
            if kind in given or not run.group()[0].isalpha() or (kind == "greek" and len(run.group()) < 3):
                continue
            left = body[max(start, body.rfind("\n", start, run.start()) + 1) : run.start()]
            before, after = body[run.start() - 1], body[run.end() : run.end() + 1] or " "
            if COMMENT.search(left) or any(left.count(q) % 2 for q in "\"'`") or "-" in (before, after):
                continue
            glued = (before.isascii() and (before.isalpha() or before == "_")) or (after.isascii() and after.isalpha())
            operand = OPERAND.search(left) and body[run.end() : run.end() + 2].strip()[:1].isalnum()
            points += 2 if glued or before in ")];" else 1 if operand or before.isdigit() else 0
            first = run.start() if first < 0 else first
        if points > 1 and not _scripts.is_told_of_languages(sample):
            return Place("letters of another script in a program", (first, end), 0.8)
    return None
