"""What no writer would write: broken characters, letters of other scripts, tokens of the machine, another language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from greenlight.gates import _languages, _scripts, _text
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

KINDS = bytes(
    ord("x") if c in b"\x00\x01\x02\x03\x04\x05\x06\x07\x08" or 14 <= c < 32 or c == 127
    else ord("c") if chr(c) in "bcdfghjklmnpqrstvwxz"
    else ord("s") if c < 127 and chr(c) in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    else ord(".")
    for c in range(256)
)  # fmt: skip
"""Bytes by kind: control, consonant, symbol, other. Plain search in these is many times faster than a pattern."""
BROKEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ufffe\uffff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff"
    "\U000f0000-\U0010ffff\ufdd0-\ufdef]+"
)
INVISIBLE = re.compile("[\u200b\u2060-\u2064\ufeff\u00ad\u180e\u206a-\u206f]{6,}|[\u202a-\u202e\u2066-\u2069]{4,}")
INVISIBLE_SIGNS = re.compile("[\u200b\u2060-\u206f\ufeff\u00ad\u180e\u202a-\u202e]")
STACKED_SIGNS = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]")
STACKED = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4,}")
SHORTCODES = re.compile(r":[a-z][a-z0-9_+-]{1,30}:")
TOKENS = re.compile(
    r"<[|｜]\s?[\w▁ /-]{1,40}\s?[|｜]>|</s>|<s>(?!\w)|<(?:pad|unk|eos|bos|mask|sep|cls|eot|sos)>"
    r"|<0x[0-9A-Fa-f]{2}>|<extra_id_\d+>|<(?:start|end)_of_turn>|<unused\d+>|\[(?:PAD|UNK|MASK|CLS|SEP|EOS|BOS)\]"
    r"|\[/?INST\]|<</?SYS>>|▁[^\W\d_]\w*(?:\s?▁\w+)+|\w+[ĠĊ]\w+|(?:Ġ[^\W_]\w*){3,}"
    r"|(?:\w{2,} ##\w{1,12}(?: ##\w{1,12})* ?){2,}"
)
TOKEN_SIGNS = ("<|", "<｜", "</s>", "<s>", "<pad>", "<unk>", "<eos>", "<bos>", "<mask>", "<sep>", "<cls>", "<eot>",
               "<sos>", "<0x", "<extra_id", "_of_turn>", "<unused", "[PAD]", "[UNK]", "[MASK]", "[CLS]", "[SEP]",
               "[EOS]", "[BOS]", "INST]", "SYS>>", "▁", "Ġ", "Ċ", " ##")  # fmt: skip
MOJIBAKE = re.compile(
    "(?<![A-ZÀ-Þ])Ã[\u0080-\u00bf\u0192\u201a-\u203a\u20ac\u0160\u0161\u0152\u0153\u017d\u017e\u02c6\u02dc\u2122]"
    "|Â(?:[\u0080-\u009f\u00a1-\u00bf]|\u00a0)|[âÂ]€[\u0080-\u00bf\u0153\u2122\u0178-\u017e\u2018-\u203a\u02dc\u201c¦]"
    "|ï¿½|ï»¿|ðŸ[^\\s\\w]?|(?:[ÐÑ][^\x00-\x7fÀ-ÿ]|[ÐÑ][\u00a0-\u00bf]){2,}|(?:[ØÙ][^\\s\x00-\x7fÀ-ÿ]){3,}"
    "|(?:[РС][\u0402-\u040f\u0451-\u045f\u00a0-\u00bf\u2013-\u203a°€™№]){2,}|(?:[РСШЩ][\u0400-\u04ff\u00a0-\u00bf\u2013-\u203a€]){6,}"
    "|(?:[ä-éã][^\\s\x00-\x7fà-ÿ]{1,2}){3,}|锟斤拷|烫烫|屯屯屯"
)
MOJIBAKE_SIGNS = ("Ã", "Â", "â€", "ï¿", "ï»", "ðŸ", "Ð", "Ñ", "Ø", "Ù", "Р", "С", "Ш", "Щ", "ä", "å", "æ", "ç", "è",
                  "é", "ã", "锟", "烫", "屯")  # fmt: skip
ABOUT = re.compile(
    r"\b(?:mojibake|encod(?:ed|ing)|utf-?8|utf-?16|latin-?1|unicode|replacement character|code ?points?|byte|"
    r"special tokens?|token\w*|chat templates?|chatml|control characters?|escape|bert|private use|glyphs?|zalgo|"
    r"homoglyphs?|html|strikethrough|icon fonts?|null character|ansi|ascii)\b",
    re.IGNORECASE,
)
SOUP = re.compile(r"[!-/:-@\[-`{-~]{30,}")
MASH = re.compile(r"(?<![\w/.@#:_-])[bcdfghjklmnpqrstvwxz]{6,}(?![\w/.@_-])")
SLICE = 480
"""Characters that the language of a place is read from."""
ANSWER_IN = re.compile(
    r"\b(?:answer|respond|reply)(?: \w+)? (?:only |entirely )?in (" + "|".join(_languages.NAMES) + r")\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Gate:
    """Flags replacement and control characters, broken encodings, tokens of the model, ``:name:`` after ``:name:``,
    letters outside the expected scripts, and another language than was asked for.

    The scripts are those of the language that was asked for, else those of most of the text; Latin letters may stand
    anywhere. Words of another script may stand in quotation marks, brackets and code, and anywhere in a text that
    is about languages or whose prompt has them. ``letters``: so many of them are let pass.
    """

    letters: Annotated[int, Field(ge=0)] = 0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the first such place."""
        body = sample.body
        plain = body.isascii()
        alphabet = "" if plain else "".join(set(body))
        kinds = body.encode("utf-8", "surrogatepass").translate(KINDS)
        found = _broken(body, alphabet) if b"x" in kinds or not plain else None
        if found and not _is_about(sample):
            return _flag("broken characters", found.span(), 0.95)
        flag = _tokens(sample) or (None if plain else _mojibake(sample)) or _codes(body) or _noise(body, kinds)
        flag = flag or _language(sample)
        if flag is None and not plain:
            foreign = _scripts.foreign(sample, alphabet, self.letters)
            if foreign:
                flag = _flag(foreign.reason, foreign.span, foreign.score)
        return flag


def _flag(reason: str, span: _text.Span, score: float) -> Flag:
    return Flag(gate="garbage", reason=reason, span=span, score=score)


def _is_about(sample: Text) -> bool:
    """Whether such characters are what the text is about."""
    return any(ABOUT.search(one) for one in (sample.made.prompt, sample.body))


def _broken(body: str, alphabet: str) -> re.Match[str] | None:
    if not alphabet or BROKEN.search(alphabet):
        return BROKEN.search(body)
    found = INVISIBLE.search(body) if INVISIBLE_SIGNS.search(alphabet) else None
    return found or (STACKED.search(body) if STACKED_SIGNS.search(alphabet) else None)


def _tokens(sample: Text) -> Flag | None:
    body = sample.body
    if body.isascii() and "<" not in body and "[" not in body and " ##" not in body:
        return None
    if not any(sign in body for sign in TOKEN_SIGNS):
        return None
    code, quoted = _text.code(body), None
    for found in TOKENS.finditer(body):
        token, start = found.group(), found.start()
        if _text.inside(code, start):
            continue
        if token in ("<s>", "</s>") and 0 < body.count("<s>") == body.count("</s>"):
            continue  # struck through
        if not token.strip("<|｜> "):
            continue
        quoted = _text.quotes(body) if quoted is None else quoted
        if _text.inside(quoted, start) and found.end() < len(body.rstrip()) - 3:
            continue
        if ABOUT.search(sample.made.prompt) or (body.count(token) == 1 and ABOUT.search(body)):
            continue
        return _flag(f"the token '{token[:40]}'", found.span(), 0.95)
    return None


def _mojibake(sample: Text) -> Flag | None:
    if not any(sign in sample.body for sign in MOJIBAKE_SIGNS):
        return None
    found = MOJIBAKE.search(sample.body)
    return _flag("a broken encoding", found.span(), 0.9) if found and not _is_about(sample) else None


def _codes(body: str) -> Flag | None:
    """``:smile: :grin: :wave:``, and texts full of them."""
    if body.count(":") < 6:
        return None
    places = [m.span() for m in SHORTCODES.finditer(body)]
    if len(places) < 3:
        return None
    code, row = _text.code(body), 0
    names: list[_text.Span] = []
    for start, end in places:
        follows = bool(names) and not body[names[-1][1] : start].strip()
        before, after = body[start - 1 : start], body[end : end + 1]
        if (
            (not follows and (before.isalnum() or before in ("_", ":")))
            or after.isalnum()
            or after == "`"
            or _text.inside(code, start)
        ):
            continue
        row = row + 1 if follows else 1
        names.append((start, end))
        if row == 3:
            return _flag("names between colons in a row", (names[-3][0], end), 0.9)
    if len(names) >= 6 and len(names) > len(body.split()) / 8:
        return _flag(f"{len(names)} names between colons", (names[0][0], names[-1][1]), 0.7)
    return None


def _noise(body: str, kinds: bytes) -> Flag | None:
    """Symbols and consonants at random."""
    for pattern, sign, least, reason in (
        (SOUP, b"s" * 30, 1, "symbols without sense"),
        (MASH, b"c" * 6, 3, "letters without sense"),
    ):
        if sign not in kinds:
            continue
        found = [m for m in pattern.finditer(body) if len(set(m.group())) >= (9 if pattern is SOUP else 5)]
        if len(found) >= least:
            code = _text.code(body)
            found = [m for m in found if not _text.inside(code, m.start()) and "|" not in m.group()]
            if len(found) >= least:
                return _flag(reason, (found[0].start(), found[least - 1].end()), 0.6)
    return None


def _language(sample: Text) -> Flag | None:
    """Another language than was asked for; where none was, one that a text goes over into and stays in."""
    body = sample.body
    asked = _languages.code_of(sample.made.asked.language)
    said = ANSWER_IN.search(sample.made.prompt[:8000]) if not asked and "n" in sample.made.prompt else None
    if said:
        asked = _languages.NAMES[said[1].lower()]
    slices = _slices(body)
    home = asked or _home(body[slices[0][0] : slices[0][1]] if slices else "")
    if not home:
        return None
    strangers = []
    for start, end in slices:
        piece = body[start:end]
        if home in _languages.WORDS and (_sure(piece[: SLICE // 2], home) or _sure(piece, home)):
            continue
        code = _text.code(body)
        marks = [] if asked and len(slices) < 3 else _text.quotes(piece)
        piece = _text.blank(_text.blank(body, code)[start:end], marks)
        other = _languages.other_than(piece, home)
        if other:
            strangers.append((start, end, other))
    if not strangers or (len(strangers) < len(slices) and _scripts.is_about_languages(sample)):
        return None
    if len(strangers) < len(slices) and (len(slices) < 3 or sum(b - a for a, b, _ in strangers) < 0.9 * SLICE):
        return None
    start, end, other = strangers[0]
    sure = 0.95 if asked and len(strangers) == len(slices) else 0.75
    if not asked and len(strangers) == len(slices):
        return None
    return _flag(f"in {other} where {home} {'was asked for' if asked else 'is most of it'}", (start, end), sure)


def _slices(body: str) -> list[_text.Span]:
    """The beginning, the middle and the end; all of a short text."""
    size = len(body)
    if size <= 1.5 * SLICE:
        return [(0, size)] if size else []
    if size <= 3 * SLICE:
        return [(0, size // 3), (size // 3, 2 * size // 3), (2 * size // 3, size)]
    middle = size // 2
    return [(0, SLICE), (middle - SLICE // 2, middle + SLICE // 2), (size - SLICE, size)]


def _sure(piece: str, home: str) -> bool:
    """Whether a place has enough common words of a language to need no second look."""
    return len(_languages.WORDS[home].intersection(piece.lower().split())) >= 5


def _home(piece: str) -> str:
    """The language of a place, where it is plain."""
    if _sure(piece[: SLICE // 2], "en"):
        return "en"
    hits, size = _languages.known(piece)
    best = max(hits, key=lambda one: hits[one])
    return best if hits[best] >= max(5, 0.15 * size) else ""
