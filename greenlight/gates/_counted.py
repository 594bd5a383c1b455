"""How many sentences, paragraphs, lines, stanzas or items a text has: every count that a reader may make."""

from __future__ import annotations

import json
import re

from greenlight.gates._sizes import Size
from greenlight.gates._text import blank, code, quotes

BREAK = re.compile(r"\n[ \t\r]*\n\s*")
BULLET = re.compile(
    r"^(?P<in>[ \t]*)(?:[-*+•●▪◦‣·–—✓✔➤►]|\(?\d{1,3}[.):、]|\(?[a-zA-Z][.)]|#{1,6} *\d{1,3}[.):]|"
    r"\*\*\d{1,3}[.):]|[①-⑳]|\d\ufe0f?\u20e3|(?:Step|Tip|Schritt|Étape|Paso|Шаг) \d+)[ \t*]*\S",
    re.MULTILINE,
)
INLINE = re.compile(r"(?:^|\s)\(?(?:\d{1,2}[.)]|[a-h]\))\s+(?=\S)")
HEAD = re.compile(r"^\s*(?:#{1,6}\s|\*\*[^*\n]{1,80}\*\*:?\s*$|__[^_\n]{1,80}__\s*$|<h\d>)")
RULE = re.compile(r"^\s*(?:[-*_=~]\s?){3,}$")
GREETING = re.compile(
    r"^\s*(?:dear|hi|hello|hey|good (?:morning|evening|day)|to whom|sure|certainly|of course|absolutely|"
    r"here (?:is|are)|"
    r"here['’]s|below|okay|great|liebe[rs]?|hallo|sehr geehrte|cher|chère|bonjour|voici|querid[oa]|estimad[oa]|hola|"
    r"car[oa]|gentile|ciao|ecco|prezad[oa]|olá|beste|geachte|дорог\w+|уважаем\w+|здравствуй\w*|вот|hier (?:ist|sind)|"
    r"aquí|aqui|sayın|merhaba|yours|love|best|kind regards|regards|sincerely|warmly|cheers|thanks|thank you|with love|"
    r"let me know|i hope|hope this|feel free|enjoy|mit freundlichen|viele grüße|herzliche|cordialement|bien à|"
    r"atentamente|saludos|cordiali|atenciosamente|groet\w*|с уважением|ps|p\.s)\b",
    re.IGNORECASE,
)
ABBREVIATION = re.compile(
    r"\b(?:mr|mrs|ms|dr|prof|st|sr|jr|vs|etc|e\.g|i\.e|no|vol|fig|approx|inc|ltd|co|u\.s|u\.k|a\.m|p\.m|z\.b|d\.h|usw|"
    r"bzw|ca|nr|bspw|p\. ?ex|m|mme|av|ej|ee\.uu|sig|dott|т\.е|т\.д|т\.п|г|см|др|[a-zа-я])\.$",
    re.IGNORECASE,
)
END = re.compile(r"[.!?…؟।]+[\"'”’»)\]*_]*(?=\s|$)|[。！？]+[」』”’）]*")
LINK = re.compile(r"https?://\S+|\d+\.\d+")
COMMA = re.compile(
    r"\s*(?:[,;、，；/|]|\b(?:and|or|und|oder|et|ou|y|o|e|en|и|или|ve)\b|&)\s*(?:(?:and|und|et|y|e|en|и)\s+)?"
)
FENCED = re.compile(r"(?:```|~~~)\w*[ \t]*\n([^`]*)(?:```|~~~)")
LARGE = 200_000
"""Characters from which a list is not read."""
WORD = re.compile(r"[^\W_]+")
LINE = 250
"""Characters that no line of so many is longer than on the average."""
VERSE = 180
"""The same of a poem, with what is said beside it."""
NAME = re.compile(r"(?<![^\W\d])[A-ZÀ-Þ][a-zà-ÿ]{0,3}\.$")
"""What may be a title or a month, cut short."""


def outside(body: str, size: Size) -> str:
    """Why no count of the text fits the size; empty where one may."""
    counts = counted(body, size.unit)
    if not counts or (size.kind == "listed" and not is_list(body, size.high)):
        return ""
    low, high = _reach(size)
    if size.unit == "lines" and size.kind != "form" and counts == {1} and low > 1:
        counts = counted(body, "sentences")  # prose, whose lines are another's
    if size.kind == "listed" and not any(map(BULLET.match, body.split("\n"))) and "|" not in body:
        lines = len([line for line in body.split("\n") if line.strip()])
        counts = set(range(min(len(BREAK.split(body.strip())), lines // 2), lines + 1))
    if size.unit == "lines" and len(body.strip()) > (VERSE if size.kind == "form" else LINE) * high:
        return f"{len(body.strip())} characters in {size.high:g} lines"
    if any(low <= one <= high for one in counts):
        return ""
    least, most = min(counts), max(counts)
    if least < low and most > high:
        return ""
    if most < low:
        return f"{most} {size.unit}, fewer than {size.low:g}"
    return f"{least} {size.unit}, more than {size.high:g}"


def is_list(body: str, high: float) -> bool:
    """Whether a text is plainly a list: of lines with marks or a table, and short lines without. Where one item was
    asked for, nothing but several with marks."""
    lines = [line for line in body.replace("\r", "").split("\n") if line.strip() and not RULE.match(line)]
    marked = sum(1 for line in lines if BULLET.match(line))
    if high < 2:
        return marked > 2 and marked >= len([line for line in lines if not _aside(line)])
    if marked > 1 or sum(1 for line in lines if line.count("|") > 1) > 2 or body.lstrip()[:1] in ("[", "{", "`"):
        return True
    return len(lines) > 1 and max(map(len, lines)) < 60


def _reach(size: Size) -> tuple[float, float]:
    low, high = size.low, size.high
    if size.kind == "about":
        return low - max(1, low // 3), high + max(1, high // 3)
    if size.kind == "form":
        return low, high
    if size.unit in ("items", "paragraphs") or (size.unit == "lines" and size.kind == "exact"):
        return low, high
    return low - (low > 4), high + (high > 4 or (size.kind == "bare" and size.unit == "lines" and high > 3))


def counted(body: str, unit: str) -> set[int]:
    """The counts that a reader may make of it; empty where it is not countable."""
    text = body.replace("\r", "").strip()
    if unit == "items":
        return listed(text) or _items(text)
    text = blank(text, code(text)) if "```" in text or "~~~" in text else text
    lines = [line.strip() for line in text.split("\n") if line.strip() and not RULE.match(line)]
    if not lines:
        return set()
    blocks = [block for block in BREAK.split(text) if block.strip() and not RULE.match(block)]
    if unit == "sentences":
        marked = len([line for line in lines if BULLET.match(line)])
        return _sentences(lines) | ({marked} if marked > 1 else set()) | _framed(blocks)
    full = _proper(blocks)
    if unit == "paragraphs":
        return _paragraphs(blocks, full, lines)
    if unit == "lines":
        return _lines(lines, blocks)
    counts = {len(blocks), len(full), len([b for b in full if "\n" in b.strip()]) or len(full)}
    return counts | _lines(lines, blocks) if unit == "verses" else counts


def _proper(blocks: list[str]) -> list[str]:
    """Without titles, greetings and closings."""
    last = len(blocks) - 1
    return [block for at, block in enumerate(blocks) if not (_aside(block) or (at in (0, last) and _title(block)))]


def _aside(block: str) -> bool:
    block = block.strip()
    short = len(block) < 160 and "\n" not in block
    closing = len(block) < 100 and GREETING.match(block) is not None
    return (
        (HEAD.match(block) is not None and "\n" not in block)
        or closing
        or (short and (GREETING.match(block) is not None or block.endswith((":", "："))))
    )


def _title(block: str) -> bool:
    block = block.strip()
    return "\n" not in block and len(block) < 90 and not END.search(block[-3:]) and not block.endswith((",", ";"))


def _paragraphs(blocks: list[str], full: list[str], lines: list[str]) -> set[int]:
    if len(blocks) == 1 < len(lines) and min(map(len, lines)) > 100:
        return {len(lines), len(_proper(lines)) or len(lines)}
    counts = {len(blocks), len(full) or len(blocks)}
    listed = [block for block in full if not BULLET.match(block.strip())]
    counts.add(len(listed) or len(full))
    if len(blocks) == 1 or max(map(len, lines)) < 100 or len(lines) == len(blocks):
        proper = [line for line in _proper(lines) if not BULLET.match(line)]
        if len(blocks) == 1:
            counts |= {len(lines), len(proper) or len(lines)}
    counts.add(len([block for block in blocks if len(block) > min(120, max(map(len, blocks)) / 2)]))
    return counts


def _lines(lines: list[str], blocks: list[str]) -> set[int]:
    proper = _proper(lines)
    titled = [line for at, line in enumerate(lines) if not (HEAD.match(line) or (at == 0 and _title(line)))]
    counts = {len(lines), len(proper) or len(lines), len(titled) or len(lines)}
    stanzas = [block for block in blocks if "\n" in block.strip()]
    if len(stanzas) == 1 or any(_aside(block) for block in blocks[1:]):
        counts |= {len([line for line in block.split("\n") if line.strip()]) for block in stanzas}
    if len(lines) <= 2 and " / " in lines[-1]:
        counts.add(lines[-1].count(" / ") + 1)
    if len(lines) <= 2 and len(lines[-1]) < 160:
        counts |= {len(_parts(lines[-1])), len([p for p in END.split(lines[-1]) if p.strip()])}
    return counts


def _sentences(lines: list[str]) -> set[int]:
    """All that end with a mark, and with lines that have none; fewer where one may be no sentence of its own."""
    every = careful = short = fewest = 0
    last = len(lines) - 1
    for at, line in enumerate(lines):
        ends = [m.end() for m in END.finditer(line)]
        pieces = [line[a:b].strip() for a, b in zip([0, *ends], [*ends, len(line)], strict=True)]
        pieces = [piece for piece in pieces if WORD.search(piece)]
        every += len(pieces)
        whole = [p for k, p in enumerate(pieces) if k == len(pieces) - 1 or not _joined(p, pieces[k + 1])]
        aside = HEAD.match(line) is not None or (at == 0 and _title(line) and last) or (_aside(line) and last)
        if aside:
            continue
        careful += len(whole)
        fewest += _fewest(line) if len(whole) > 1 else len(whole)
        short += len([p for p in whole if len(p) > 12 or p[-1:] in "。！？"])
    return {every, careful or 1, short or careful or 1, fewest or careful or 1}


def _framed(blocks: list[str]) -> set[int]:
    """The counts without a line that leads in and one that leads out, which stand alone around the text."""
    if not 1 < len(blocks) <= 3:
        return set()
    inner = max(blocks, key=len)
    outer = [block for block in blocks if block is not inner]
    if any("\n" in block.strip() or len(block) > min(110, len(inner) // 2) for block in outer):
        return set()
    return _sentences([line for line in inner.split("\n") if line.strip()])


def _fewest(line: str) -> int:
    """Stops within a quotation, and behind a name or month that may be cut short, end nothing."""
    line = blank(line, [(start + 1, end - 2) for start, end in quotes(line) if end - start > 4])
    ends = [m.end() for m in END.finditer(line)]
    pieces = [line[a:b].strip() for a, b in zip([0, *ends], [*ends, len(line)], strict=True)]
    pieces = [piece for piece in pieces if WORD.search(piece)]
    return len(
        [p for k, p in enumerate(pieces) if k == len(pieces) - 1 or not (_joined(p, pieces[k + 1]) or NAME.search(p))]
    )


def _joined(piece: str, after: str) -> bool:
    return (
        ABBREVIATION.search(piece) is not None or after[:1].islower() or re.fullmatch(r"\W*\d+[.)]", piece) is not None
    )


CHOICE = re.compile(r"\s*\(?[a-zA-Z][.)]")
LABELLED = re.compile(r"\W*[^\W\d_]{1,12}\W{0,2}\d{1,3}\W*[.:)*]")
"""An item with a name and a number: "Question 1:"."""


def listed(text: str) -> set[int]:
    """How many items a list in JSON has, in a fence or bare, alone or the one list of an object."""
    inner = FENCED.search(text)
    said = (inner[1] if inner else text).strip()
    cells = [line.count(",") for line in said.split("\n")] if inner else []
    if len(cells) > 1 and min(cells) > 0 and max(cells) - min(cells) < 2 and said[0].isalnum():
        return {len(cells), len(cells) - 1}  # the lines of a table in CSV, with its head or without
    if said[:1] not in ("[", "{") or len(said) > LARGE:
        return set()
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return set()
    lists = [one for one in found.values() if isinstance(one, list)] if isinstance(found, dict) else [found]
    return {len(lists[0])} if len(lists) == 1 else set()


def _items(text: str) -> set[int]:
    lines = [line for line in text.split("\n") if line.strip() and not RULE.match(line)]
    if not lines or "```" in text:
        return set()
    marked = [m for m in map(BULLET.match, lines) if m]
    if len(marked) > 1:
        shallow = min(len(m["in"]) for m in marked)
        top = [m for m in marked if len(m["in"]) == shallow]
        digits = len([m for m in marked if re.search(r"\d", m.group()[:-1])])
        if digits > 1:  # the choices of a question
            marked, top = ([m for m in some if not CHOICE.match(m.group())] for some in (marked, top))
        heads = len([line for line in lines if HEAD.match(line)])
        counts = {len(top), len(marked), digits or len(top)}
        questions = len(re.findall(r"[?？؟]", text))
        labels = len([line for line in lines if LABELLED.match(line)])
        counts |= {count for count in (questions, labels) if count > 1}
        if all(m.group().startswith("**") for m in marked):  # a label in bold, and not in every line
            counts |= {len(BREAK.split(text))}
        return counts | ({heads, heads - 1} if heads > 1 else set())
    table = [line for line in lines if line.count("|") > 1 and not re.fullmatch(r"[\s|:\-]+", line)]
    if len(table) > 1:
        return {len(table), len(table) - 1}
    inline = len(INLINE.findall(text))
    if inline > 1:
        return {inline}
    proper = [line for line in lines if not _aside(line)] or lines
    if len(proper) > 1:
        blocks = [block for block in BREAK.split(text) if block.strip() and not _aside(block)]
        counts = {len(lines), len(proper), len(blocks) if len(blocks) > 1 else len(proper), len(proper) - 1}
        questions = len(re.findall(r"[?？؟]", text))
        longest = max(map(len, proper))
        if longest > 110:
            counts |= set(range(1, sum(len(_parts(line)) + len(END.findall(line)) for line in proper) + 1))
        return counts | ({questions} if questions > 1 else set())
    line = proper[0]
    if line.count("#") > 1:
        return {line.count("#")}
    parts, ends = _parts(line.rsplit(":", 1)[-1]), len(END.findall(line)) or 1
    if ends == 1 and len(parts) > 1 and all(len(WORD.findall(part)) <= 4 for part in parts):
        return {len(parts), len(_parts(line)), len([p for p in re.split(r"[,;、，]", line) if p.strip()])}
    return set(range(1, len(_parts(line)) + ends + 1))


def _parts(line: str) -> list[str]:
    return [part for part in COMMA.split(line) if WORD.search(part)]
