"""What stands around a role marker: labels that name no role, headings, an announcement (``fake_turns``)."""

from __future__ import annotations

import re

from greenlight.gates import _turns
from greenlight.gates._dress import HINTS, LINE

KINDS = ("user", "ask", "sure", "bot", "system")
LABEL = re.compile(
    rf"^[ \t>*_#\-•+\[({{\"“]{{0,8}}(?:{_turns.STAMP}[ \t]?[-–—|]?[ \t]?)?"
    rf"(?:\d{{1,2}}[.)][ \t])?([^\W\d_][^\n:：]{{0,30}}?)[\])}}*_]{{0,4}}[ \t]*[:：](?!//)",
    re.MULTILINE,
)
INTRO = re.compile(
    r"\b(?:transcript|log|logs|exchange|conversation|example|examples|dialogue|dialog|chat|script|format|template|"
    r"like this|read|reads|said|looks?|goes|went|sample|prompt|follows|thread|record|tape|printout|messages?|screen|"
    r"file|wrote|written|shows?|showed|instance|snippet|excerpt|quote|interview|recording|scene|note|roles?|fields?|"
    r"settings?|Beispiel|Protokoll|exemple|ejemplo|пример)\b[^\n]{0,60}[:：][*_\"”]{0,3}$|(?:例|记录|対話|如下|"
    r"次の)[^\n]{0,30}[:：]$",
    re.IGNORECASE,
)


def siblings(body: str, m: re.Match[str]) -> bool:
    """Whether there are headings of the same dress that name no role: parts of a page."""
    dress = m["pre"].strip()
    if not dress or _turns.SAYING.search(body[m.end() : m.end() + 300].strip().split("\n", 1)[0]):
        return False
    around = body[max(0, m.start() - 1500) : m.end() + 1500]
    return any(
        len(line) < 60
        and LINE.match(line) is None
        and line.startswith(dress)
        and not line[len(dress) :].startswith(dress[-1])
        for line in around.split("\n")
    )


def company(body: str, start: int, end: int) -> bool:
    """Whether a line beside this one has a label that is no role: a list, or a cast."""
    above = body[max(0, start - 300) : start].rstrip().rsplit("\n", 1)[-1]
    below = body[end : end + 600].split("\n", 1)
    after = below[1].lstrip()[:80].split("\n", 1)[0] if len(below) > 1 else ""
    for line in (above, after, *_below(body, end)):
        label = LABEL.match(line)
        if label is not None and len(line) < 200 and LINE.match(line) is None:
            return True
    return False


def _below(body: str, end: int) -> list[str]:
    """The next lines, as long as each has a label."""
    found = []
    for line in body[end : end + 600].split("\n")[1:6]:
        if LABEL.match(line) is None or len(line) >= 60:
            break
        found.append(line)
    return found


def introduced(body: str, start: int) -> bool:
    """Whether a line above says that a log, an example or a script is quoted here."""
    lines = body[max(0, start - 2000) : start].split("\n")
    for line in reversed(lines[:-1]):
        bare = line.strip()
        if not bare:
            continue
        if INTRO.search(bare) and LINE.match(bare) is None:
            return True
        if LABEL.match(bare) is None and not bare.startswith(("*", "(", "[", "-")):
            return False
    return False


def resumed(body: str, first: int, last: int) -> bool:
    """Whether a tale stands before the first label, and goes on after the last: they are part of it."""
    if first < 20 or LABEL.search(body, 0, first) is not None:
        return False
    end = body.rstrip().rsplit("\n\n", 1)[-1]
    return last <= len(body.rstrip()) - len(end) and len(end) >= 12 and LABEL.match(end) is None


def listed(body: str) -> bool:
    """Whether every line has a label of its own: a list, and no talk."""
    lines = [line for line in body[:20_000].split("\n") if line.strip()]
    labels = [m[1].lower() for m in map(LABEL.match, lines) if m is not None]
    return len(lines) == len(labels) >= 4 and len(set(labels)) == len(labels)


def embedded(prompt: str) -> set[str]:
    """The roles of a transcript that the prompt gives to work on; one that ends with a marker is a rendered one."""
    low = prompt.lower()
    if not any(hint in low for hint in HINTS):
        return set()
    found = [m for m in LINE.finditer(prompt) if m["colon"]]
    if not found or found[0].start() == 0 or found[-1].end() >= len(prompt.rstrip()):
        return set()
    return {kind for m in found for kind in KINDS if m[kind]}
