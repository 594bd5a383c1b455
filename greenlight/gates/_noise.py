"""Text that is in no language: symbols and letters at random, floods of encoded bytes, words that nobody has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from greenlight.gates import _languages, _text, _tongues
from greenlight.gates._far import is_far
from greenlight.gates._signs import Place, hidden

KINDS = bytes(
    ord("x") if c in b"\x00\x01\x02\x03\x04\x05\x06\x07\x08" or 14 <= c < 32 or c == 127
    else ord("c") if chr(c) in "bcdfghjklmnpqrstvwxz"
    else ord("s") if c < 127 and chr(c) in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    else ord(" ") if chr(c) in " \n\t\r"
    else ord("d") if 48 <= c < 58
    else ord(".")
    for c in range(256)
)  # fmt: skip
"""Bytes by kind: control, consonant, symbol, space, figure, other. Plain search in these is many times faster than a
pattern."""
SOUP = re.compile(r"[!-/:-@\[-`{-~]{30,}")
MASH = re.compile(r"(?<![\w/.@#:_-])[bcdfghjklmnpqrstvwxz]{6,}(?![\w/.@_-])")
LONG = re.compile(r"[!-~]{90,}")
"""A word of ASCII that no line has."""
WRAPPED = re.compile(r"(?:^[A-Za-z0-9+/]{56,80}\n){2,}[A-Za-z0-9+/]{4,80}={0,2}$", re.MULTILINE)
FANCY = re.compile(
    "[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f130-\U0001f189\uff21-\uff3a\uff41-\uff5a\u1d00-\u1d6a\ua730\ua731\u2801-\u28ff]"
)
FLIPPED = re.compile("[ɐɔǝɟɓɥᴉɾʞʃɯɹʇʌʍʎ]")
SPACED = re.compile(r"(?:(?<!\S)[^\W\d_][.,!?;:]? {1,6}){12,}")
APART = 25
"""Letters in a row that are apart by any gaps; of fewer the gaps must part words."""
LETTERS = bytes(ord("a") if chr(c).isalpha() or c > 127 else 32 if c == 32 else ord(".") for c in range(256))
PICKED = re.compile(
    "[\u00a1-\u00bf\u00df\u00e6\u00e7\u00f8\u0192\u0153\u02c6-\u02dd\u03a9\u03c0\u2013-\u2044\u20ac\u2122\u2190-\u27bf]{24,}"
)
JAMO = re.compile("[\u3131-\u3163]{3,}")
UNVOICED = re.compile(rb"(?<![^ ])(?:c{2,8} ){4}c{2,8}(?![^ ])")
WIDE_MARKS = "，。、；：？！"
WIDE = re.compile(f"[A-Za-z][{WIDE_MARKS}](?=\\s?[A-Za-z]|\\s*$)")
STUCK_SIGNS = "#$%&*+=<>|~^@\\{}[]"
STUCK = re.compile(f"(?<=[a-z])[{re.escape(STUCK_SIGNS)}](?=[a-z])")
WORDS_READ, ENOUGH = 60, 24
"""Words of a stretch, and how many must be there to say that they are none."""


FIRST = _text.word_set(
    "ab ac ad af ag ai al am an ap ar as at au av ba be bi bl bo br bu by ca ce ch ci cl co cr cu da de di do dr du "
    "ea ed eg ei el em en er es et eu ev ex ey fa fe fi fl fo fr fu ga ge gi gl go gr gu ha he hi ho hu id il im in "
    "is it ja je jo ju ka ke ki kn ko kt ku la le li ll lo lu ma me mi mo mu my na ne ng ni no nu oc of ol on op or "
    "os ot ou ov ow pa pe ph pi pl po pr pu py qu ra re rh ri ro ru sa sc se sh si sk sl sm sn so sp sq st su sw ta "
    "te th ti to tr tu tw ty un up us va ve vi vo wa we wh wi wo wr ya ye yo ze zi zu "
)
LAST = _text.word_set(
    "'s 't ad ag ah ai ak al am an ap ar as at au aw ay ba be bt ce ch ck ct cy da de di do ds dy ea ed ee ef eg ei "
    "ek el em en ep er es et ew ey ez ff fs ft ga ge gh go gs gy ha he hi ho hs ht ia ic id ie ig il im in io ip ir "
    "is it ix ja je jo ke ks ky la ld le lf li lk ll lm lo ls lt ly ma mb me mi mo mp ms na nd ne ng nk nn no ns nt "
    "ny od og oi ok ol om on op or os ot ou ow ox oy pe ps pt ra rd re ri rk rm rn ro rr rs rt ry sa se sh sk so ss "
    "st sy ta te th to ts tt ty ub ud ue ug ui ul um un ur us ut ux va ve vo wa wn ws xt ya ye yo ys ze "
)
"""How words of European languages begin and end; some seven in a hundred of their words do otherwise."""


def symbols(body: str, kinds: bytes) -> Place | None:
    """Symbols and consonants at random."""
    for pattern, sign, least, variety, reason in (
        (SOUP, b"s" * 30, 1, 9, "symbols without sense"),
        (MASH, b"c" * 6, 3, 5, "letters without sense"),
    ):
        if sign not in kinds:
            continue
        found = [m for m in pattern.finditer(body) if len(set(m.group())) >= variety]
        if len(found) >= least:
            code = _text.code(body)
            found = [m for m in found if not _text.inside(code, m.start())]
            if len(found) >= least:
                return Place(reason, (found[0].start(), found[least - 1].end()), 0.6)
    return None


def disguised(body: str, raw: Sequence[str]) -> Place | None:
    """Common words of English with marks on their letters, or in letters of other alphabets' make."""
    if body.isascii():
        return None
    found = {
        bare for word in raw[:2000] if not word.isascii() and len(bare := _bare(word)) > 2 and bare in _tongues.ENGLISH
    }
    many = sum(not word.isascii() for word in raw[:2000])
    return (
        Place("letters in disguise", (0, len(body)), 0.7)
        if len(found) >= (5 if many < 0.35 * len(raw) else 3) and many > 0.15 * len(raw)
        else None
    )


def _bare(word: str) -> str:
    bare = "".join(_tongues.stripped([word.lower()]))
    return "" if bare.isascii() else unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode()


def signs(body: str, alphabet: str) -> Place | None:
    """Signs of many kinds in a row, and in place of letters; letters of a writing that hardly anyone reads."""
    if any("\u3131" <= c <= "\u3163" for c in alphabet):
        jamo = JAMO.findall(body)
        if len({*"".join(jamo)}) >= 9 and len("".join(jamo)) > 0.4 * sum("\u3131" <= c <= "\ud7a3" for c in body):
            return Place("letters of which no syllable is made", (0, len(body)), 0.7)
    if any("\u2190" <= c <= "\u27bf" or c in "\u00a7\u00b6" for c in alphabet):
        for found in PICKED.finditer(body):
            if len(set(found.group())) >= 15:
                return Place("symbols without sense", found.span(), 0.7)
    rare = {c for c in alphabet if c > "\u2c00" and c.isalpha() and _languages.script(c) == "other"}
    if rare and sum(body.count(c) for c in rare) >= 6 and sum(map(str.isascii, body)) > 0.5 * len(body):
        at = min(map(body.find, rare))
        return Place("letters of a rare script", (at, at + 1), 0.8)
    if any(c in alphabet for c in WIDE_MARKS) and sum(map(str.isascii, body)) > 0.95 * len(body):
        wide = [m.start() for m, _ in zip(WIDE.finditer(body), range(40), strict=False)]
        if len(wide) >= 3:
            return Place("marks of another script", (wide[0], wide[-1] + 1), 0.7)
    return None


def replaced(body: str) -> Place | None:
    """Symbols and accents inside words, of many kinds."""
    if sum(map(body.count, STUCK_SIGNS)) < max(8, 0.012 * len(body)):
        return None
    found = [m for m, _ in zip(STUCK.finditer(body), range(400), strict=False)]
    if len(found) >= 8 and len(found) > 0.012 * len(body):
        found = [m for m, _ in zip(STUCK.finditer(hidden(body)), range(400), strict=False)]
        if len(found) >= 8 and len({m.group() for m in found}) >= 5:
            return Place("symbols for letters", (found[0].start(), found[-1].end()), 0.7)
    return None


def floods(body: str, longest: int) -> Place | None:
    """Encoded bytes and words without end. ``longest``: of the words."""
    if longest >= 90:
        masked = hidden(body)
        for found in LONG.finditer(masked):
            word = found.group()
            if len(set(word)) >= 12 and not _is_repeated(word) and "://" not in word and not _is_joined(word):
                return Place("a word without end", found.span(), 0.8)
    if longest >= 56 and body.count("\n") >= 2:
        found_lines = WRAPPED.search(hidden(body))
        if found_lines and any(map(str.isdigit, found_lines.group())) and any(map(str.isupper, found_lines.group())):
            return Place("encoded bytes", found_lines.span(), 0.8)
    return None


def _is_joined(word: str) -> bool:
    """Whether commas or bars join words to it."""
    parts = word.replace("|", ",").split(",")
    return len(parts) > 5 and max(map(len, parts)) <= 24


def _is_repeated(word: str) -> bool:
    """A rule, a row of one thing: for others to judge."""
    half = word[: len(word) // 2]
    return any(half[size:] == half[:-size] for size in range(1, 13))


def letters(body: str, alphabet: str) -> Place | None:
    """Letters with a space after each, and letters that only look like letters."""
    raw = body.encode("utf-8", "surrogatepass").translate(LETTERS) if body.count(" ") >= 25 else b""
    found = next((m for m in SPACED.finditer(body) if _is_apart(m.group())), None) if b" a a a " in raw else None
    if found:
        return Place("letters apart", found.span(), 0.7)
    if FANCY.search(alphabet):
        many = [m.start() for m in FANCY.finditer(body)]
        if len(many) >= 12 and len(many) > 0.1 * len(body):
            return Place("letters of mathematics for text", (many[0], many[-1] + 1), 0.7)
    if FLIPPED.search(alphabet):
        many = [m.start() for m in FLIPPED.finditer(body)]
        if len(many) >= 12 and len(many) > 0.25 * (many[-1] - many[0]):
            return Place("letters upside down", (many[0], many[-1] + 1), 0.7)
    return None


def _is_apart(said: str) -> bool:
    """Whether letters with spaces between them are words, and no list of letters, as an alphabet is."""
    row = [word[0].lower() for word in said.split()]
    steps = [after >= before for before, after in pairwise(row)]
    if max(steps.count(True), steps.count(False)) > 0.9 * len(steps):
        return False
    words = ["".join(_tongues.stripped(word.split())).lower() for word in re.split(" {2,}", said)]
    return len(row) >= APART or sum(len(word) > 1 and word in _tongues.INDEX for word in words) >= 2


def no_language(words: Sequence[str], lines: int, home: str) -> bool:
    """Whether so many words, lower-case and bare, on so many lines, are those of no language that is known here.

    Lists, names, verse without small words and figures are let pass: most lines must be long, most words of letters.
    """
    size = len(words)
    if size < ENOUGH or size < 5 * lines:
        return False
    few = max(1, 0.035 * size)
    most = len(_tongues.ENGLISH.intersection(words))
    if most > 0.17 * size:
        return False
    odd = _oddness(words, home)
    if most > few and odd <= 0.2:
        return False
    most = max(_tongues.counted({unicodedata.normalize("NFC", word) for word in words}).values(), default=0)
    if most > few and (odd <= 0.2 or most > (0.17 if odd > 0.33 else 0.12) * size):
        return False
    if is_far([unicodedata.normalize("NFC", word) for word in words], sum(map(len, words))):
        return False
    spelled = [word for word in words if word.isalpha() or word.replace("'", "").replace("-", "").isalpha()]
    jumbled = size - len(spelled) - sum(map(str.isdigit, words))
    if jumbled > 0.55 * size:
        return sum(word.isascii() and any(map(str.isalpha, word)) for word in words) > 0.7 * size
    if len(spelled) < 0.6 * size or len(set(spelled)) < 0.5 * size:
        return False
    return all("a" <= word[0] <= "ɏ" or "а" <= word[0] <= "ӿ" for word in spelled)


def _oddness(words: Sequence[str], home: str) -> float:
    """The share of words that begin or end like those of no word; 0 where it would say nothing."""
    if home not in ("", "en", "de", "fr", "es") or sum(map(str.isascii, words)) < 0.9 * len(words):
        return 0.0
    return oddness(words)


def oddness(words: Sequence[str]) -> float:
    """The share of words, in small letters, that begin or end like those of no word; 0 where few are long."""
    long, odd = divmod(sum(map(ENDS.__getitem__, words)), 1 << 20)
    return odd / (2 * long) if long >= max(8, 0.5 * len(words)) else 0.0


def _ends(word: str) -> int:
    """How many ends of a word are odd, and a large number where it is long: one sum says both of many words."""
    bare = "".join(_tongues.stripped([word]))
    if len(bare) < 3 or not (bare.isascii() and bare.isalpha()):
        return 0
    return (1 << 20) + (bare[:2] not in FIRST) + (bare[-2:] not in LAST)


ENDS = _text.Kept(_ends)
