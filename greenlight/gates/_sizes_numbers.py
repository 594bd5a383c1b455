"""Numbers in words, and sizes that stand before or behind their label: "two hundred and fifty", "word count: 180"."""

from __future__ import annotations

import re

from greenlight.gates._sizes_words import ADJECTIVES, GENERIC, JOINED, LISTING, MEASURES, NUMBERS, UNITS

Token = tuple[str, int, int]
AND = frozenset(("and", "und", "et", "y", "e", "и"))
COMPOUND = re.compile(r"(\w*)(hundert|cento|honderd)(?:und|en)?(\w*)")
TENS = re.compile(r"(\w+?)(?:und|en)(zwanzig|dreißig|vierzig|fünfzig|twintig|dertig|veertig|vijftig)")


def value(word: str) -> int | None:
    """What one word or figure says."""
    if word[0].isdecimal():  # and "²" is no figure
        digits = re.sub(r"\D", "", word)
        return int(digits) if len(digits) < 6 else None
    said = NUMBERS.get(word)
    if said is None and (m := COMPOUND.fullmatch(word)):
        most, rest = (NUMBERS.get(part, 0) if part else 0 for part in (m[1], m[3]))
        return (most or 1) * 100 + rest if (most or not m[1]) and (rest or not m[3]) else None
    if said is None and (m := TENS.fullmatch(word)) and m[1] in NUMBERS:
        return NUMBERS[m[1]] + NUMBERS[m[2]]
    return said


def compound(tokens: list[Token], last: int) -> tuple[int, int]:
    """The value of "two hundred and fifty" that ends at a token, and its first token."""
    found, first = value(tokens[last][0]) or 0, last
    scale = found if (found in (100, 1000) and not tokens[last][0][0].isdigit()) or tokens[last][0] == "dozen" else 0
    back = last - 1
    while back >= 0 and last - back < 7:
        word = tokens[back][0]
        at = back - 1 if word in AND and back and found < 100 else back
        one = value(tokens[at][0])
        if one is None or (tokens[at][0][0].isdigit() and not scale):
            break
        if scale and one < (100 if tokens[at][0][0].isdigit() or scale == 1000 else 20) and at == back:
            found, scale = found + scale * (one - 1), 0
        elif at == back and one in range(20, 100, 10) and found < 10:
            found += one
        elif one in (100, 1000, 200, 300, 500) and found < one and not (at < back and tokens[at][0] not in SCALES):
            found, scale = found + one, one if one in (100, 1000) else 0
        else:
            break
        first, back = at, at - 1
    if scale and first and tokens[first - 1][0] == "a":
        first -= 1
        if scale == 12 and first and tokens[first - 1][0] == "half":
            return found // 2, first - 1
    return found, first


SCALES = frozenset(("hundred", "thousand", "mille", "mil", "ciento", "cien", "cent", "cento"))
NUMBER = (
    r"(?P<low>\d{1,3}(?:[., ]\d{3})+|\d{1,5})"
    r"\s*(?:(?:-|–|—|to|and|und|et|y|bis|à|a|до)\s*(?P<high>\d{1,3}(?:[.,]\d{3})+|\d{1,5})|(?P<more>\+))?"
)
NAMES = {
    "words": r"words?|wort(?:e|en)?|wörter|mots?|palabras?|parole|palavras?|woorden|слов|kelime",
    "chars": r"characters?|chars?|zeichen|caract[eè]res|caratteri|tekens|символов|знаков|karakter",
    "sentences": r"sentences?|sätze|phrases|oraciones|frasi|frases|zinnen|предложений|cümle",
    "paragraphs": r"paragraphs?|absätze|paragraphes|párrafos|paragrafi|parágrafos|alinea's|абзацев|paragraf",
    "lines": r"lines?|zeilen|lignes|líneas|righe|linhas|строк|satır",
}
COUNT = (
    r"(?:[ -]?(?:count|limit|target|goal|length|budget|cap|maximum|minimum|max|min|total|sayısı|zahl|anzahl|limite|"
    r"obergrenze)\b)"
)
AHEAD = (
    r"(?:number of|no\. of|count of|length in|length \(in|length \(|total|max(?:imum|\.)?|min(?:imum|\.)?|target|"
    r"anzahl(?: der)?|zahl der|nombre (?:total )?de|número de|numero di|aantal|количество|число|максимум|минимум)"
)
LABELS = tuple(
    (
        unit,
        re.compile(
            rf"\b(?P<name>(?:{AHEAD}\s+)(?:{names})\)?|(?:{names}){COUNT}|"
            rf"(?<!in )(?<!of )(?<!these )(?<!those )(?<!the )(?:{names})(?=\s*[:=]))"
            rf"(?:\s+(?:of|is|should be|must be|to be|around|about)\b)?(?P<sign>\s*[:=≤≥<>~]*)\s*"
            rf"(?P<more_said>(?:(?:between|about|around|approx\.?|roughly|circa|ca\.?|max\.?|maximum|at most|up to|"
            rf"under|"
            rf"min\.?|minimum|at least|exactly)\s+){{0,2}}){NUMBER}(?!\s*(?:{names}|%))",
            re.IGNORECASE,
        ),
    )
    for unit, names in NAMES.items()
)
LABELLED = re.compile(
    r"count|limit|target|goal|budget|cap\b|number of|sayısı|zahl|nombre de|número de|numero di|aantal|количество|"
    r"число|\w\s*[:=]\s*[~≤≥<>]?\s*\d|max|min|length",
    re.IGNORECASE,
)
DIGIT = re.compile(r"\d")
MOST = re.compile(r"limit|max|cap\b|at most|up to|under|obergrenze|максимум|[≤<]", re.IGNORECASE)
LEAST = re.compile(r"min|at least|минимум|[≥>]", re.IGNORECASE)


def labelled(text: str) -> list[tuple[str, float, float, str, int, int]]:
    """Sizes whose unit comes first: unit, low, high, kind and where it stands."""
    if not (DIGIT.search(text) and LABELLED.search(text)):
        return []
    found: list[tuple[str, float, float, str, int, int]] = []
    for unit, pattern in LABELS:
        for m in pattern.finditer(text):
            low = float(re.sub(r"\D", "", m["low"]))
            if m["high"]:
                found.append((unit, low, float(re.sub(r"\D", "", m["high"])), "limit", *m.span()))
                continue
            said = m["name"] + m["sign"] + m["more_said"]
            if m["more"] or LEAST.search(said):
                found.append((unit, low, float("inf"), "limit", *m.span()))
            elif MOST.search(said):
                found.append((unit, 0.0, low, "limit", *m.span()))
            else:
                found.append((unit, low, low, "about" if unit in ("words", "chars") else "bare", *m.span()))
    return found


SINGLE = ("sentence", "paragraph", "line", "page")
BOTH = re.compile(
    r"(?:at least|(?:no|not) (?:fewer|less|shorter) than|minimum(?: of)?|min\.?|from)\s+(\w+)(?: "
    r"words)?\s*,?\s*(?:and |but |to )?"
    r"(?:at (?:the )?most|(?:no|not) (?:more|longer) than|up to|(?:a )?max(?:imum)?\.?(?: of)?)\s+$",
    re.IGNORECASE,
)
TURKISH = re.compile(
    r"kelime|cümle|paragraf|satır|karakter|madde|örnek|ipucu|adım|soru|kıta|öneri|fikir|neden", re.IGNORECASE
)
"""Units beside which "on" is ten."""


def generic(tokens: list[tuple[str, int, int]], at: int) -> str:
    """``items`` for what is to be listed or named: "name three rivers"."""
    if tokens[at][0] in MEASURES:
        return ""
    for back in (1, 2, 3):
        if at - back >= 1 and value(tokens[at - back][0]) is not None:
            before = [word for word, _, _ in tokens[max(0, at - back - 3) : at - back]]
            return (
                "items"
                if (before and (before[-1] in GENERIC or not LISTING.isdisjoint(before[-2:])))
                or before[-2:] in (["give", "me"], ["tell", "me"], ["list", "of"])
                else ""
            )
    return ""


def number_before(text: str, tokens: list[tuple[str, int, int]], at: int, unit: str) -> tuple[int, int, int] | None:
    """Lowest, highest and where the number begins that stands before the unit at a token."""
    last = at - 1
    alone = ("in", "write", "me", "just", "compose", "draft", "into")
    while last >= 0 and at - last <= 3 and value(tokens[last][0]) is None:
        if tokens[last][0] == "a" and last and tokens[last - 1][0] in alone and tokens[at][0] in SINGLE:
            return 1, 2 if re.match(r" or two\b", text[tokens[at][2] :]) else 1, tokens[last][1]
        if tokens[last][0] not in ADJECTIVES and unit != "items":
            return None
        last -= 1
    if last < 0 or at - last > 3:
        return None
    if tokens[last][0] == "on" and not TURKISH.match(tokens[at][0]):
        return None
    if unit == "items" and any(tokens[k][0] in MEASURES or tokens[k][0] in UNITS for k in range(last + 1, at)):
        return None
    if any(re.search(r"[^\s*_\-‑'’+]", text[tokens[k][2] : tokens[k + 1][1]]) for k in range(last, at)):
        return None
    if unit == "items" and tokens[last][0] == "couple":
        return None
    size, first = compound(tokens, last)
    start = tokens[first][1]
    both = BOTH.search(text[:start][-60:])
    if both and (low := value(both[1].lower())) and low <= size:
        return low, size, start - len(both[0])
    lead = JOINED.search(text[:start][-24:])
    if lead and first:
        before = next((k for k in range(first - 1, max(-1, first - 4), -1) if tokens[k][0] == lead[1].lower()), -1)
        other = compound(tokens, before)[0] if before >= 0 else 0
        if other and other <= size:
            return other, size, start - len(lead[0])
    return size, size + (tokens[last][0] == "couple"), start
