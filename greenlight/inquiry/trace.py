"""Where a report's numbers come from: reports are derived, so they are rendered again and compared figure by figure.

An edited, foreign or missing figure is named with its line, and so are words that were turned round. Text that a person
writes is traced the other way (``handwritten.py``).
"""

from __future__ import annotations

import difflib
import html
import html.parser
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SIGN = "[+−-]"
FIGURE = re.compile(rf"(?<![\w.])(?:{SIGN}(?=\d))?\d[\d,]*(?:\.\d+)*(?:[eE]{SIGN}?\d+)?")
OUTCOME = re.compile(
    r"[▲▼≈○]|\b(?:better|worse|equivalent|undecided|invalid|crash(?:ed)?|keep|discard)\b", re.IGNORECASE
)
SHOWN = re.compile(f"{FIGURE.pattern}|{OUTCOME.pattern}", re.IGNORECASE)
"""What a report must not say otherwise than the ledger: its figures, and the words and signs of its outcomes."""

AROUND = 28
"""Characters of context on each side of a figure."""


@dataclass(frozen=True)
class Token:
    """One figure (or outcome), where it stands and what stands around it."""

    line: int
    text: str
    context: str


# ---------------------------------------------------------------- reports


@dataclass(frozen=True)
class Own:
    """What a report says of itself, and takes from no round: the ledger's head, the study's name, reads so far."""

    head: str
    name: str
    reads: int | None


def own(text: str, heads: Mapping[str, int]) -> Own:
    """The latest of the ledger's heads (hash → place) that a text names; ``head`` is "" when it names none of them."""
    named = [found for found in re.findall(r"\b[0-9a-f]{64}\b", text) if found in heads]
    command = re.search(r"^[^\n]*?greenlight verify (.+?)\s*(?:<|$)|^    greenlight run (.+) \d+$", text, re.MULTILINE)
    reads = re.search(r"\bread ([\d,]+) ×", text)
    name = ""
    if command is not None:
        try:
            name = " ".join(shlex.split(html.unescape(command[1] or command[2])))
        except ValueError:  # a quotation mark that was edited away
            name = ""
    return Own(max(named, key=heads.__getitem__, default=""), name, int(reads[1].replace(",", "")) if reads else None)


def tokens(name: str, text: str) -> list[Token]:
    """Figures and outcomes in order; of a page (``.html``), those that a reader sees or hears."""
    found = []
    for line, chunk in _visible(text) if name.endswith(".html") else enumerate(text.split("\n"), 1):
        for match in SHOWN.finditer(chunk):
            around = chunk[max(0, match.start() - AROUND) : match.end() + AROUND]
            found.append(Token(line, match[0], " ".join(around.split())))
    return found


def _words(name: str, text: str) -> list[str]:
    """The lines (of a page: the pieces of text) without their figures and outcomes; empty ones left out."""
    chunks = [chunk for _, chunk in _visible(text)] if name.endswith(".html") else text.split("\n")
    return [words for chunk in chunks if (words := " ".join(SHOWN.sub(" ", chunk).split()))]


class _Page(html.parser.HTMLParser):
    """Collects text nodes and what is read aloud; the shapes of drawings, styles and scripts are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = 0
        self.chunks: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "script")
        if tag not in ("meta", "html"):
            self.chunks += [(self.getpos()[0], value) for key, value in attrs if key in ("aria-label", "alt") and value]

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            line = self.getpos()[0]
            self.chunks += [(line + i, part) for i, part in enumerate(data.split("\n")) if part.strip()]


def _visible(text: str) -> list[tuple[int, str]]:
    page = _Page()
    page.feed(text)
    page.close()
    return page.chunks


LAID_OUT = 0.25
"""Share of lines whose words are not those of the rendered file, from which on another version wrote it."""


def differing(name: str, text: str, rendered: str) -> list[str]:
    """One line for each figure or outcome of ``text`` that is not what the ledger gives (``rendered``).

    A file that is laid out otherwise (a version of Greenlight with other columns wrote it) is one line.
    """
    if text == rendered:
        return []
    words, known = _words(name, text), _words(name, rendered)
    if max(_unknown(words, known), _unknown(known, words)) > LAID_OUT:
        return [f"{name} is not laid out as this version of Greenlight writes it, so its figures cannot be compared"]
    here, there = tokens(name, text), tokens(name, rendered)
    first = 0
    while first < min(len(here), len(there)) and here[first].text == there[first].text:
        first += 1
    last = 0
    while last < min(len(here), len(there)) - first and here[-1 - last].text == there[-1 - last].text:
        last += 1
    a, b = here[first : len(here) - last], there[first : len(there) - last]
    matcher = difflib.SequenceMatcher(None, [t.text for t in a], [t.text for t in b], autojunk=False)
    lines = []
    for kind, a0, a1, b0, b1 in matcher.get_opcodes():
        if kind == "equal":
            continue
        pairs = min(a1 - a0, b1 - b0)
        for mine, true in zip(a[a0 : a0 + pairs], b[b0 : b0 + pairs], strict=True):
            said = f"{mine.text} stands there, the ledger says {true.text}"
            lines.append(f"{name}:{mine.line}: {said}: … {mine.context} …")
        for foreign in _by_line(a[a0 + pairs : a1]):
            said = f"{_listed(foreign)} there, and nothing in the ledger says so"
            lines.append(f"{name}:{foreign[0].line}: {said}: … {foreign[0].context} …")
        at = here[min(first + a0 + pairs, len(here) - 1)].line if here else 1
        for absent in _by_line(b[b0 + pairs : b1]):
            said = f"the ledger's {', '.join(t.text for t in absent)} missing there"
            lines.append(f"{name}:{at}: {said}: … {absent[0].context} …")
    return lines or _reworded(name, text, rendered)


def _reworded(name: str, text: str, rendered: str) -> list[str]:
    """One line for each stretch whose figures stand and whose words do not: a claim turned round, a champion's star."""
    mine, true = (
        _visible(x) if name.endswith(".html") else list(enumerate(x.split("\n"), 1)) for x in (text, rendered)
    )
    here, there = ([" ".join(chunk.split()) for _, chunk in x] for x in (mine, true))
    lines = []
    for kind, a0, a1, b0, b1 in difflib.SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if kind == "equal" or not any(here[a0:a1] + there[b0:b1]):
            continue
        at = mine[min(a0, len(mine) - 1)][0] if mine else 1
        said, known = (next((x for x in xs if x), "nothing")[:80] for xs in (here[a0:a1], there[b0:b1]))
        lines.append(f"{name}:{at}: “{said}” stands there, the ledger says “{known}”")
    return lines


def _unknown(lines: Sequence[str], known: Sequence[str]) -> float:
    """The share of the lines that are not among the known ones."""
    there = set(known)
    return sum(line not in there for line in lines) / max(1, len(lines))


def _by_line(found: Sequence[Token]) -> list[list[Token]]:
    groups: dict[int, list[Token]] = {}
    for token in found:
        groups.setdefault(token.line, []).append(token)
    return list(groups.values())


def _listed(found: Sequence[Token]) -> str:
    return f"{', '.join(t.text for t in found)} {'stands' if len(found) == 1 else 'stand'}"
