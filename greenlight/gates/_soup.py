"""Soup: keys hit at random, splinters of code between words, numbers and bytes without end."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from itertools import pairwise

from greenlight.gates import _stretches, _text, _tokens, _tongues
from greenlight.gates._noise import FIRST, KINDS, LAST, UNVOICED, disguised
from greenlight.gates._signs import Place, hidden

UNSAID = re.compile(
    r"b[qx]|c[x]|[fhjkmp]q|f[x]|hx|j[xq]|k[xq]|lx|mx|px|q[b-df-hj-np-su-z]|rx|sx|v[qwx]|w[qx]|xq|xw|z[qx]|yq|sdf|dfg|"
    r"fgh|ghj|hjk|jkl|zxc|xcv|cvb|vbn"
)
"""Letters that meet in hardly a word of any language, or only on a keyboard."""
CLUSTERED = re.compile("[bcdfghjklmnpqrstvwxz]{5}")
KEYS = re.compile(r"[^\W\d_]{3,}")
DRAWN = re.compile(r"(.)\1+")
"""A letter that is drawn out: *brrrr*."""
ONE_SOUND = re.compile("sch|ch|cz|sz|rz")
AT_ONCE = 12
"""Words that are looked at together."""
CLUSTER = b"c" * 5
MINGLED = re.compile(r"(?<![!-@\[-`{-~])(?:[!-@\[-`{-~]{1,12}[A-Za-z ]{1,6}){10,}")
PICKED_SIGNS = re.compile(r"(?<![!-/:-@\[-`{-~])[!-/:-@\[-`{-~][!-/:-@\[-`{-~ ]{23,}")
ABUTTING = re.compile(r"[A-Za-z]\d|\d[A-Za-z]")
MARKS_APART = re.compile(r"(?<!\S)(?:[!-/:-@\[-`{-~]{1,12} ){20,}")
STREWN_SIGNS = re.compile(r"(?=[ \d]{0,4}[!-/:-@\[-`{-~])[!-@\[-`{-~ ]{40,}")
BITS = re.compile(r"(?:\b[01]{8} ){8,}")
BYTES = re.compile(r"(?:\b[0-9a-f]{2}[ \n]){24,}")
NUMBERS = re.compile(r"(?:\b\d{1,6} ){45,}")
LISTED = re.compile(r"^\W{0,3}(?:tensor|array|tokens|ids|input_ids)?\W{0,4}\d{1,6}(?:, ?\d{1,6}){19,}")
"""Numbers between commas, for all of an answer."""
PACKED = re.compile(r"(?<![\w/+=.-])[A-Za-z0-9+/]{36,}={0,2}(?![\w/.-])")
STREWN = re.compile(
    r"(?<![\w/.@#:-])(?:(?P<camel>[a-z]{2,20}[A-Z][a-z]\w{0,30})\b|"
    r"(?P<pascal>[A-Z]{1,6}[a-z]{1,20}[A-Z][A-Za-z]{1,30})\b|(?P<snake>\w{0,30}[A-Za-z]_{1,2}[A-Za-z]\w{0,30}|"
    r"__[a-z]{1,30}__)|(?P<colons>\w{1,20}::\w{1,20})|(?P<word>(?:elif|nullptr|printf|println|foreach|sizeof|kwargs|"
    r"args|const|def|int|NULL|VARCHAR|undefined|null|async|await|func|struct|enum|bool|malloc|stdin|stdout|typeof|"
    r"instanceof|endif|endl|cout|strcpy|params|goto|varchar|SELECT|WHERE|FROM|boolean|impl|fn|mut|len)\b)(?!['-]))|"
    r"(?P<bit>//TODO|\$\w{1,20}->|\w{1,20}\._\w{1,20}|=>\{|\(\w{1,20}(?= [!=]=)|_[a-z]{2,12}(?![\w*]))|"
    r"(?P<call>[.\w]{2,30}\((?:\)|(?=\s)))|(?<!\S)(?P<mark>[{};]|//|&&|\|\||[=!]==?|=>|->|\+=|\+\+|[)}]{1,3};?|"
    r"#(?:include|import|define|if|ifdef|endif)\b|</?[\w:-]{1,20}>?)(?!\S)"
)
"""What only code has, by sort."""
NAMED = re.compile(r"[.\w]+(?:::\w+)?\(?\)?|[=!]==?|->|<-|[)};]{1,3}")
"""A name, a call, signs that stand for words, and what is left of a bracket that was framed."""
TECHNICAL = re.compile(
    r"\b(?:cod(?:e|ing|ed)|program\w*|scripts?|functions?|variables?|files?|folders?|servers?|databases?|web\w*|"
    r"browsers?|apps?|software|computers?|laptops?|terminal|install\w*|python|java\w*|html|css|sql|linux|windows|"
    r"git\w*|api|bugs?|compil\w*|debug\w*|developers?|algorithms?|arrays?|loops?|classe?s?|methods?|objects?|quer(?:y|"
    r"ies)|json|yaml|syntax|type[sd]?|parameters?|pointers?|threads?|tags?|return(?:s|ed)? a|values?|elements?|"
    r"command|error|regex|spreadsheets?|cells?|pandas|numpy|react|django|npm|vim|emacs|bash|shell|arduino|kubernetes|"
    r"devices?|routers?|network|urls?|http|dns|cache|plugins?|exceptions?|hooks?|render\w*|components?|cpu|gpu|cuda|"
    r"firmware|crash\w*|kernel|excel|null|segfault|frames?|index|config\w*|docker|repos?|commits?|keywords?|"
    r"c\+\+|rust|template\w*|placeholders?|fields?)\b",
    re.IGNORECASE,
)
SHARD = re.compile(
    r"\}\)|\);|\)\}|</\w|<br|&&|\|\||::|=>|->|\{\{|\}\}|\]\]|/\*|\*/|!=|==|\$_|\+\+|\b0x|\(\)|\$\{|#(?:end|el)?if|"
    r"%[sd]|\\[nt]|@[A-Z]|\w\(|\];|\{$|\bNULL\b|self\.__|\belif\b|\[\]|\"\>|'\)|~~|\|\}|'',"
)
COUNTED = re.compile(
    r"\b(?:digits?|numbers?|numerals?|pi|primes?|count\w*|sequences?|fibonacci|series|squares|multiples|tables?|data|"
    r"figures|decimals?|euler|random|lottery|bingo|matrix|grid|sort\w*|list|array|keys?|ssh|certificates?|tokens?|jwt|"
    r"signatures?|secrets?|credentials?|images?|public|pem|pgp|gpg|addresses|wallets?|ids?|magnet|url\w*|zahlen|"
    r"ziffern|"
    r"nombres|números)\b",
    re.IGNORECASE,
)
"""What asks for numbers, or for what is written in packed bytes."""
FIGURES = re.compile(r"\d{1,6}")
TURNED = _text.word_set("eht dna taht htiw siht morf evah yeht erew rof uoy")
SIGNS, ODD = frozenset(string.punctuation), frozenset("#_;/@!*&^~|<>=%$+")
CASES = bytes(ord("a") if 97 <= c < 123 else ord("A") if 65 <= c < 91 else 32 for c in range(256))
PAIRED = {")": "(", "]": "[", "}": "{"}


def keys(body: str, words: Sequence[str], most: int, own: frozenset[str]) -> Place | None:
    """Words that nobody can say, many in a row. ``most``: letters of the longest. ``own``: common words of the text's
    language."""
    if most >= 30:
        longest = max(words, key=len)
        once = DRAWN.sub(r"\1", longest)
        if longest.isalpha() and longest.isascii() and len(UNSAID.findall(once)) + len(CLUSTERED.findall(once)) >= 5:
            at = max(0, body.lower().find(longest))
            return Place("keys at random", (at, at + len(longest)), 0.7)
    if len(words) < 6:
        return None
    small = body.lower()
    kinds = small.encode("ascii", "replace").translate(KINDS)
    apart = b" cc " in kinds or b" ccc " in kinds
    if apart and (row := UNVOICED.search(kinds)) and len({*small[row.start() : row.end()].split()}) > 4:
        return Place("letters without sense", row.span(), 0.6)
    if kinds.count(CLUSTER) < 2:
        return None
    at, looked = kinds.find(CLUSTER), 0
    while at >= 0 and looked < 2_000:
        start = max(0, at - 40)
        chunk = small[start : at + 70].split()[1 if start else 0 : AT_ONCE + 1]
        if len(own.intersection(chunk)) <= 1 and UNSAID.search(" ".join(chunk)) and _is_mashed(chunk):
            return Place("keys at random", (start, len(body)), 0.7)
        at, looked = kinds.find(CLUSTER, at + 30), looked + 1
    return None


def _is_mashed(chunk: Sequence[str]) -> bool:
    """Whether most of some words cannot be said."""
    spelled = [bare for word in chunk if (bare := word.strip(".,;:!?'\"()")) and KEYS.fullmatch(bare)]
    spelled = [DRAWN.sub(r"\1", ONE_SOUND.sub("c", word)) for word in spelled if len(word) < 15]
    if len(spelled) < 6 or len(set(spelled)) < 5:
        return False
    unsaid = [word for word in spelled if UNSAID.search(word)]
    odd = [word for word in spelled if word in unsaid or CLUSTERED.search(word)]
    if len(unsaid) < 2:
        return False
    strange = sum(word.isascii() and word[:2] not in FIRST and word[-2:] not in LAST for word in spelled)
    return len(odd) >= 0.5 * len(spelled) or (len(odd) >= 3 and len(odd) + strange >= 0.8 * len(spelled))


def turned(body: str, words: Sequence[str], raw: Sequence[str]) -> Place | None:
    """Common words backwards, with large letters inside, or in disguise."""
    if "eht" in body and len(TURNED.intersection(words)) >= 2 and sum(map(TURNED.__contains__, words)) >= 3:
        return Place("words backwards", (0, len(body)), 0.7)
    if body.encode("ascii", "replace").translate(CASES).count(b"aA") < 8:
        return disguised(body, raw)
    cased = [one for one in raw if one[1:] != one[1:].lower() and not one.isupper() and one.lower() in _tongues.ENGLISH]
    return Place("letters large and small at random", (0, len(body)), 0.7) if len(cased) > 0.15 * len(raw) else None


def floods(body: str, kinds: bytes, longest: int) -> Place | None:
    """Bytes in figures, numbers, packed bytes, and signs with spaces between them. ``longest``: of the words."""
    figures = kinds.count(b"d")
    for pattern, reason, may_be in (
        (BITS, "bytes in figures", b"d" * 8 in kinds),
        (BYTES, "bytes in figures", figures >= 16),
        (NUMBERS, "numbers without end", figures >= 45 and kinds.count(b"d ") >= 45),
        (LISTED, "numbers without end", figures >= 0.4 * len(kinds) and b"ds" in kinds[:20]),
        (MARKS_APART, "symbols without sense", kinds.count(b" s s s s ") >= 1),
        (STREWN_SIGNS, "symbols without sense", kinds.count(b"sss") >= 4),
        (PACKED, "packed bytes", longest >= 36),
        (MINGLED, "signs and figures without sense", figures > 5 and kinds.count(b"s") > 11),
        (PICKED_SIGNS, "symbols without sense", b"ssss" in kinds),
    ):
        if not may_be or pattern.search(body) is None:
            continue
        if pattern is PICKED_SIGNS:
            if "``" not in body and (picked := _picked(body)):
                return Place(reason, picked, 0.7)
            continue
        found = pattern.search(hidden(body))
        if found is None:
            continue
        said = found.group()
        if pattern is PACKED and not all(sum(map(kind, said)) >= 4 for kind in (str.isupper, str.islower, str.isdigit)):
            continue
        if pattern is PACKED and said.count("/") >= 7:
            continue  # a path, a position in chess
        if pattern is STREWN_SIGNS and len({*said} & SIGNS) < 13:
            continue
        if pattern is MINGLED and (
            len({*said} & SIGNS) < 7 or len({*said} & ODD) < 3 or len(ABUTTING.findall(said)) < 6
        ):
            continue
        if pattern is BYTES and sum(not word.isdigit() for word in said.split()) < 8:
            continue
        if pattern in (NUMBERS, LISTED) and not _is_scattered([*map(int, FIGURES.findall(said))]):
            continue
        if len(set(said.split())) >= (1 if pattern is PACKED else 6):
            return Place(reason, found.span(), 0.7)
    return None


def _picked(body: str) -> _text.Span | None:
    """Signs of many kinds, not each once as a list of them has it."""
    for found in PICKED_SIGNS.finditer(body):
        signs = "".join(found.group().split())
        if len(signs) >= 24 and len(signs) >= 1.4 * len({*signs}) and len({*signs}) >= 9:
            return found.span()
    return None


def _is_scattered(numbers: Sequence[int]) -> bool:
    """Whether they stand in no order, and are of all sizes: no rule made them, and nobody counted so."""
    ups = sum(a < b for a, b in pairwise(numbers))
    return 0.25 < ups / len(numbers) < 0.75 and (
        len(numbers) >= 45 or max(numbers) > 20 * sorted(numbers)[len(numbers) // 4]
    )


def code(body: str, kinds: bytes) -> Place | None:
    """Splinters of code between words, on one line, with brackets that nothing opens."""
    if kinds.count(b"ss") < 8 or not any(c in body for c in "{}<>]="):
        return None
    masked, at = hidden(body), 0
    for line in masked.splitlines(keepends=True):
        if len(line) > 60 and (found := _shards(line)):
            return Place("splinters of code", (at + found[0], at + found[1]), 0.7)
        at += len(line)
    return None


def strewn(body: str, free: str, wanted: Sequence[str]) -> Place | None:
    """Words and signs of code of several sorts between those of prose that speaks of no code; where nobody asked for
    it, not only names, which a text on a program has.

    ``free``: the text without what is framed in it. ``wanted``: what was asked."""
    at, alone = 0, not any(wanted)
    for line in _stretches.paragraphs(free):
        words = line.split() if len(line) > 60 else []
        found = [m for m, _ in zip(STREWN.finditer(line), range(80), strict=False)] if len(words) >= 12 else []
        found = [
            m for m in found if m["call"] or body[at + m.end() : at + m.end() + 1] != "("
        ]  # what is called is meant
        sorts = {m.lastgroup for m in found}
        least = 3 if len(sorts) > 1 or sorts & {"word", "camel"} else 4
        if (
            not (alone and all(NAMED.fullmatch(m.group()) for m in found))
            and not _tokens.LAID_OUT.search(line)
            and len({m.group() for m in found}) >= least
            and sorts != {"pascal"}
            and len(found) > 0.03 * len(words)
        ):
            plain = sum(map(str.isalpha, words)) + sum(word[:-1].isalpha() and word[-1] in ".,;:!?" for word in words)
            plain = plain if sum(map(_tongues.ENGLISH.__contains__, words)) > 0.2 * len(words) else 0
            known = {said.lower() for said in TECHNICAL.findall(STREWN.sub(" ", free))}
            if plain >= 0.5 * len(words) and len(known) < 3 and not any(map(TECHNICAL.search, wanted)):
                return Place("code between words", (at + found[0].start(), at + found[-1].end()), 0.7)
        at += len(line)
    return None


def _shards(line: str) -> _text.Span | None:
    """Where they are, where they are many and of many kinds, in a line that has few of its brackets in pairs."""
    found = [(m.start(), m.end(), m.group()) for m, _ in zip(SHARD.finditer(line), range(400), strict=False)]
    if len({said if not said.endswith("(") else "(" for _, _, said in found}) < 5 or len(found) < 7:
        return None
    opened: list[str] = []
    lost: set[str] = set()
    many = 0
    for c in line[found[0][0] : found[-1][1]]:
        if c in "([{":
            opened.append(c)
        elif c in PAIRED:
            if opened and opened[-1] == PAIRED[c]:
                opened.pop()
            else:
                many += 1
                lost.add(c)
    many += len(opened)
    if many < 4 or len(lost.union(opened)) < 2:
        return None
    return found[0][0], found[-1][1]
