"""How somebody else's control line is read: from a template, or by its tags.

A control line is what a document begins with, and says at which level, and mostly on what, its story was asked for.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from pathlib import Path

from greenlight.brief import FIELDS
from greenlight.errors import InputError

TAG = re.compile(r"\[([\w-]+)=(\d{1,9})\]")
"""How a control line says the level, where no template does: ``[green=3]``."""
TOPIC = re.compile(r"(?im)^[ \t]*topic[ \t]*[:=][ \t]*(.*?)[ \t]*$")
AFTER = r"[^\n]*(?:\n|\Z)(?:(?i:[ \t]*topic[ \t]*[:=])[^\n]*(?:\n|\Z))?"
"""The rest of a control line behind its first tag, with the line of its topic where one follows."""
LONGEST = 400
"""Characters of a template's field at most, so that a line without an end is not searched through for minutes."""


def tagged(text: str, path: Path) -> tuple[re.Pattern[str], list[str]]:
    """The control line of a text that nobody described, as a pattern, and what was taken for granted.

    Where a line begins with a tag, documents begin at such lines only, so that a story may quote one; else at every
    line that holds a tag. Of several tags in the first such line, the one that stands there most often is the level.
    """
    first = re.search(rf"(?m)^[ \t]*{TAG.pattern}", text)
    ahead = r"[ \t]*" if first else r"[^\n]*?"
    seen = first or TAG.search(text)
    if seen is None:
        raise InputError(
            f"{path} has no manifest, and no line with a tag such as [level=3]: name its --manifest, or say what a "
            "document begins with (--control 'level {level}, {topic}\\n')"
        )
    line = text[text.rfind("\n", 0, seen.end()) + 1 :].partition("\n")[0]
    names = Counter(tag for tag, _ in TAG.findall(line))
    name, notes = names.most_common(1)[0][0], []
    if name != seen[1]:
        ahead = rf"[ \t]*{TAG.pattern}[^\n]*?" if first else r"[^\n]*?"
    head = re.compile(rf"(?m)^{ahead}\[{re.escape(name)}=(?P<level>\d{{1,9}})\]{AFTER}")
    if others := sorted(names.keys() - {name}):
        notes.append(f"the level is taken from [{name}=…], not from [{others[0]}=…]: --control says another")
    heads = [found.span() for found in head.finditer(text)]
    loose = len(TAG.findall(text)) - sum(len(TAG.findall(text[start:end])) for start, end in heads)
    if loose:
        notes.append(f"tags that stand in stories, and begin none: {loose:,}")
    return head, notes


def template(control: str) -> re.Pattern[str]:
    """A control line's template as a pattern: levels are digits, the rest is what stands on one line."""
    kinds, seen = {"level": r"\d{1,9}", "levels": r"\d{1,9}"}, set[str]()
    pieces, written = [], control.replace("\\n", "\n")
    try:
        for fixed, key, _, _ in string.Formatter().parse(written):
            pieces.append(re.escape(fixed))
            if key is None:
                continue
            if key not in FIELDS:
                raise ValueError(f"'{{{key}}}' is no field; it may use {', '.join(f'{{{f}}}' for f in FIELDS)}")
            kind = kinds.get(key, rf"[^\n]{{1,{LONGEST}}}?")
            pieces.append(f"(?P={key})" if key in seen else f"(?P<{key}>{kind})")
            seen.add(key)
        if "level" not in seen:
            raise ValueError("it has no {level}")
    except ValueError as error:
        raise InputError(f"--control {control!r} is no template: {error}") from None
    return re.compile("(?m)^" + "".join(pieces) + ("$" if written.endswith("}") else ""))


def levels(control: str, topic: str) -> list[set[int]]:
    """What a control line may mean as its level: the numbers of each tag, else any number outside the topic.

    A tag with two numbers, ``[green=1] [green=2]``, means neither.
    """
    tags = TAG.findall(control.replace(topic, " ") if topic else control)
    if not tags:
        return [{int(digits)} for digits in re.findall(r"(?<!\d)\d{1,9}(?!\d)", TOPIC.sub("", control))]
    named: dict[str, set[int]] = {}
    for name, value in tags:
        named.setdefault(name, set()).add(int(value))
    return list(named.values())
