"""What no writer would write: broken characters, letters of other scripts, tokens of the machine, another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import Field

from greenlight.gates import _languages, _noise, _scripts, _signs, _text, _tongues
from greenlight.gates._strange import ABOUT_TOKENS, ASKED_FOR, CODE_FOR, ENCODING, WORDS_FOR
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

SHORTCODES = re.compile(r"<?a?:[a-z][a-z0-9_+-]{1,30}:(?:\d{3,20}>)?")
TOKENS = re.compile(
    r"<[|｜]\s?[\w▁ /-]{1,40}\s?[|｜]>|</s>|<s>(?!\w)|<(?:pad|unk|eos|bos|mask|sep|cls|eot|sos)>"
    r"|<0x[0-9A-Fa-f]{2}>|<extra_id_\d+>|<(?:start|end)_of_turn>|<unused\d+>|\[(?:PAD|UNK|MASK|CLS|SEP|EOS|BOS)\]"
    r"|\[/?INST\]|<</?SYS>>|▁[^\W\d_]\w*(?:\s?▁\w+)+|\w+[ĠĊ]\w+|(?:Ġ[^\W_]\w*){3,}|(?:Ġ \w+[.,]?\s?){3,}"
    r"|(?:\w{2,} ##\w{1,12}(?: ##\w{1,12})* ?){2,}"
)
TOKEN_SIGNS = ("<|", "<｜", "</s>", "<s>", "<pad>", "<unk>", "<eos>", "<bos>", "<mask>", "<sep>", "<cls>", "<eot>",
               "<sos>", "<0x", "<extra_id", "_of_turn>", "<unused", "[PAD]", "[UNK]", "[MASK]", "[CLS]", "[SEP]",
               "[EOS]", "[BOS]", "INST]", "SYS>>", "▁", "Ġ", "Ċ", " ##")  # fmt: skip
TOKEN_LETTERS = frozenset("▁ĠĊ｜")
MOJIBAKE = re.compile(
    "(?<![A-ZÀ-Þ])Ã[\u0080-\u00bf\u0192\u201a-\u203a\u20ac\u0160\u0161\u0152\u0153\u017d\u017e\u02c6\u02dc\u2122]"
    "|Â(?:[\u0080-\u009f\u00a1-\u00bf]|\u00a0)|[âÂ]€[\u0080-\u00bf\u0153\u2122\u0178-\u017e\u2018-\u203a\u02dc\u201c¦]"
    "|ï¿½|ï»¿|ðŸ[^\\s\\w]?|锟斤拷|烫烫|屯屯屯"
)
MOJIBAKE_SIGNS = frozenset("ÃÂâïð锟烫屯")
MISREAD = re.compile(
    "(?:[ÐÑ][^\x00-\x7fÀ-ÿ]|[ÐÑ][\u00a0-\u00bf]){2,}|(?:[ØÙ][^\\s\x00-\x7fÀ-ÿ]){3,}"
    "|(?:[РС][\u0402-\u040f\u0451-\u045f\u00a0-\u00bf\u2013-\u203a°€™№]){2,}|"
    "(?:[РСШЩ][\u0400-\u04ff\u00a0-\u00bf\u2013-\u203a€]){6,}"
    "|(?:[ä-éã][^\\s\x00-\x7fà-ÿ]{1,2}){3,}"
)
MISREAD_SIGNS = frozenset("¡¢£¤¥¦§¨©ª¬®¯±²³´µ¶¸¹º¼½¾ˆ‰Š‹ŒŽ†‡ƒŸ€‚„¿˜›™œžЂЃЉЊЌЋЏђѓљњќћџЎўЈҐЁЄЇ\xa0")
"""Of which a misread text has several."""
SLICE = 480
"""Characters that the script of a text is read from."""
READ = 8_000
"""Characters of a prompt that are read."""
ANSWER_IN = re.compile(
    r"\b(?:answer|respond|reply)(?: \w+)? (?:only |entirely )?in (" + "|".join(_languages.NAMES) + r")\b"
    r"|\btranslat\w+\b[^.\n:]{0,40}? (?:in)?to (" + "|".join(_languages.NAMES) + r")\b",
    re.IGNORECASE,
)
"""The language that a prompt asks for."""
NAMED = re.compile(r"\b(?:" + "|".join(_languages.NAMES) + r")\b", re.IGNORECASE)
CHUNK = 45
"""Words whose language is looked at together."""
SPELLED = re.compile("[A-Za-z\u0430-\u044f]")
"""Letters of which words without sense are told."""
LONGEST = 60
LEAST = 12
"""Words of another language in a row, from which it is no saying that somebody has picked up."""
VERSION = 2


@dataclass(frozen=True)
class Gate:
    """Flags replacement and control characters, broken encodings, characters written as codes, tokens of the model,
    ``:name:`` after ``:name:``, symbols and words without sense, letters outside the expected scripts, and another
    language than was asked for.

    The scripts are those of the language that was asked for, else those of most of the text; Latin letters may stand
    anywhere. Words of another script may stand in quotation marks, brackets and code, and anywhere in a text that
    is about languages or whose prompt has them. ``letters``: so many of them are let pass.
    """

    letters: Annotated[int, Field(ge=0)] = 0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the first such place."""
        page = Page(sample)
        place = page.signs() or page.language()
        if place is None and page.alphabet:
            foreign = _scripts.foreign(sample, page.alphabet, self.letters)
            place = _signs.Place(foreign.reason, foreign.span, foreign.score) if foreign else None
        if place is None:
            return None
        return Flag(gate="garbage", reason=place.reason, span=place.span, score=place.score, version=VERSION)


class Page:
    """A text, and what was asked for."""

    def __init__(self, sample: Text) -> None:
        self.sample = sample
        self.body = sample.body
        self.made = sample.made
        self.alphabet = "" if self.body.isascii() else "".join(set(self.body))

    # -------------------------------------------------------------- signs

    @cached_property
    def asked_for(self) -> bool:
        """Whether strange signs are what was asked for."""
        return any(ASKED_FOR.search(one) for one in self._wanted)

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        made = self.made
        return tuple(one[:READ] for one in (made.prompt, made.persona, made.topic, made.system))

    @cached_property
    def asked_about(self) -> bool:
        """Whether the prompt is about characters and how they are stored."""
        made = self.made
        return any(ENCODING.search(one[:READ]) for one in (made.prompt, made.topic, made.system))

    @cached_property
    def told(self) -> bool:
        """Whether the text, or what was asked, is about characters and how they are stored."""
        return self.asked_about or ENCODING.search(self.body[:READ]) is not None

    def signs(self) -> _signs.Place | None:
        """What no language has."""
        body, alphabet = self.body, self.alphabet
        kinds = body.encode("utf-8", "surrogatepass").translate(_noise.KINDS)
        place = _signs.broken(body, alphabet) if alphabet or b"x" in kinds else None
        if place and not (self.told and self._is_shown(place)):
            return place
        place = self._tokens() or _codes(body)
        if place is None and alphabet:
            place = self._misread()
        place = place or _signs.coded(body, lambda many: self._is_code or (self.told if not many else self.asked_about))
        if place:
            return place
        place = _signs.questioned(body) or _noise.symbols(body, kinds) or _noise.floods(body, self.words)
        place = place or (_signs.floods(body, alphabet) if alphabet else None) or _noise.letters(body, alphabet)
        return place if place and not self.asked_for else None

    @cached_property
    def words(self) -> list[str]:
        """In small letters, with the marks around them."""
        return self.body.lower().split()

    @cached_property
    def _is_code(self) -> bool:
        """Whether the prompt asks for what has escapes of its own."""
        return CODE_FOR.search(self.made.prompt[:READ]) is not None

    def _is_shown(self, place: _signs.Place) -> bool:
        """A few of them, as an example."""
        return sum(1 for _ in _signs.BROKEN.finditer(self.body)) <= 6 or self.asked_for

    def _misread(self) -> _signs.Place | None:
        body = self.body
        found = MOJIBAKE.search(body) if not MOJIBAKE_SIGNS.isdisjoint(self.alphabet) else None
        if found is None and len(MISREAD_SIGNS.intersection(self.alphabet)) >= 3:
            found = MISREAD.search(body)
        place = _signs.Place("a broken encoding", found.span(), 0.9) if found else None
        if place is None and not _signs.MISREAD.isdisjoint(self.alphabet):
            place = _signs.misread(body, self.alphabet) or _signs.within(body)
        if place is None and "а" in self.alphabet and "О" in self.alphabet:
            place = _signs.turned(body)
        return None if place and self.told else place

    def _tokens(self) -> _signs.Place | None:
        body, prompt = self.body, self.made.prompt
        if TOKEN_LETTERS.isdisjoint(self.alphabet) and "<" not in body and "[" not in body and " ##" not in body:
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
            if ABOUT_TOKENS.search(prompt) or (body.count(token) == 1 and ABOUT_TOKENS.search(body)):
                continue
            return _signs.Place(f"the token '{token[:40]}'", found.span(), 0.95)
        return None

    # -------------------------------------------------------------- language

    @cached_property
    def asked(self) -> str:
        """The language that was asked for; empty where none was."""
        code = _languages.code_of(self.made.asked.language)
        said = ANSWER_IN.search(self.made.prompt[:READ]) if not code and "n" in self.made.prompt else None
        return _languages.NAMES[(said[1] or said[2]).lower()] if said else code

    def language(self) -> _signs.Place | None:
        """Another language than was asked for, or none; where none was asked for, one that a text goes over into."""
        words = self.words
        if self.asked and self.asked not in _languages.LATIN and (place := self._script()):
            return place
        if self.alphabet and self.asked in _languages.LATIN and (place := self._script()):
            return place
        home = self.asked or _home(words)
        own = _tongues.WORDS.get(home, frozenset())
        if not home:
            return self._senseless(words)
        if not own:
            return None
        least = 6 if home == "en" else 4
        if len(words) > CHUNK:
            starts = range(0, len(words) - CHUNK // 2, CHUNK)
            fewest = min(len(own.intersection(words[at : at + CHUNK])) for at in starts)
        else:
            fewest, least = len(own.intersection(words)), max(2, len(words) // 8)
        place = None
        if home == "en":
            strange = _tongues.ABROAD.intersection(words)
            if len(strange) >= 3 and _meet(words, strange):
                place = self._abroad(home)
        elif fewest < least:
            place = self._abroad(home)
        return place or (self._senseless(words) if fewest <= CHUNK // 8 else None)

    def _script(self) -> _signs.Place | None:
        """Another script than that of the language that was asked for."""
        part = self.body[: 2 * SLICE]
        if self._fits(part):
            return None
        found = _languages.letters(part)
        total, asked = sum(found.values()), self.asked
        if total < 8 or (
            sum(found[one] for one in _languages.scripts_of(asked)) >= 0.35 * total and asked not in ("ja", "zh")
        ):
            return None
        far = _languages.other_than(part, asked)
        if not far or self._is_meant(far):
            return None
        return _signs.Place(f"in {far} where {asked} was asked for", (0, len(part)), 0.95)

    def _fits(self, part: str) -> bool:
        """Whether it is plain that the script is right."""
        asked, alphabet = self.asked, self.alphabet
        plain = len(part.encode("ascii", "ignore"))
        there = {_languages.script(c) for c in alphabet if c > "\u02af" and c.isalpha()} - {"latin", "other"}
        if asked in _languages.LATIN:
            return not there or plain > 0.7 * len(part)
        if asked == "ja" and sum(_languages.script(c) == "kana" for c in alphabet) < 8:
            return False
        return plain < 0.5 * len(part) and there <= {*_languages.scripts_of(asked)}

    def _is_meant(self, far: str) -> bool:
        """Whether a language was spoken of, or a short turn answers in that of its own prompt."""
        prompt = self.made.prompt[:READ]
        if len(self.body) < 80 and prompt:
            fits = _languages.scripts_of(self.asked)
            own = [_languages.letters(one).most_common(1) for one in (prompt, self.body)]
            if own[0] and own[1] and own[0][0][0] == own[1][0][0] not in fits:
                return True
            if _tongues.language_of(_tongues.stripped(prompt.lower().split()), 1) == far:
                return True
        named = {_languages.NAMES[name.lower()] for name in NAMED.findall(prompt)}
        return bool(named - {self.asked}) or (bool(named) and self.asked not in named)

    def _abroad(self, home: str) -> _signs.Place | None:
        """Sentences in another language."""
        body = self.body
        masked = _text.blank(body, _text.code(body))
        spans = _text.sentences(masked)
        free = _text.blank(masked, _scripts.frames(masked))
        found: list[tuple[int, int, int, str]] = []
        size, begun = 0, -1
        held: list[str] = []
        row: list[str] = []
        for n, (start, end) in enumerate(spans):
            held += _tongues.stripped(free[start:end].lower().split())
            if len(held) < 7 and n < len(spans) - 1:
                continue
            if _tongues.speaks(held, home):
                size += len(held)
                row, held, begun = [], [], -1
                continue
            begun = start if begun < 0 else begun
            row, held = [*row, *held][-LONGEST:], []
            other = _tongues.other_than(row, home, 3 if len(row) < 16 else 4)
            if other:
                found.append((len(row), begun, end, other))
        size += sum(len(free[a:b].split()) for a, b in {(a, b) for _, a, b, _ in found[-1:]})
        if not found:
            return None
        most, start, end, other = max(found)
        asked = self.asked
        if most >= 0.8 * size or end - start > 0.8 * len(body.strip()):
            if not asked or self._is_meant(other) or most < 4:
                return None
            if other.endswith("-latn") and _scripts.is_about_languages(self.sample):
                return None
            return _signs.Place(f"in {other} where {asked} was asked for", (start, end), 0.95)
        if most < LEAST or _scripts.is_about_languages(self.sample):
            return None
        return _signs.Place(
            f"in {other} where {home} {'was asked for' if asked else 'is most of it'}", (start, end), 0.75
        )

    def _senseless(self, words: Sequence[str]) -> _signs.Place | None:
        """Words of no language."""
        asked = self.asked
        if (asked and asked not in _tongues.WORDS) or len(words) < _noise.ENOUGH:
            return None
        body = self.body
        if not SPELLED.search(body):
            return None
        masked = _signs.hidden(body)
        at = 0
        for line in _paragraphs(masked):
            if self._is_list(line):
                at += len(line)
                continue
            bare = _tongues.stripped(line.lower().split())
            lines = line.count("\n") * _noise.WORDS_READ // max(_noise.WORDS_READ, len(bare)) + 1
            for first in range(0, max(1, len(bare) - _noise.ENOUGH // 2), _noise.WORDS_READ):
                if _noise.no_language(bare[first : first + _noise.WORDS_READ], lines, self.asked):
                    if any(WORDS_FOR.search(one) for one in self._wanted) or _scripts.is_about_languages(self.sample):
                        return None
                    return _signs.Place("words of no language", (at, at + len(line)), 0.7)
            at += len(line)
        return None

    def _is_list(self, line: str) -> bool:
        """Names, and things after commas."""
        words = line.split()
        large = sum(word[:1].isupper() for word in words)
        return large > 0.4 * len(words) or line.count(",") > 0.3 * len(words) or line.count("|") > 4


def _meet(words: Sequence[str], strange: frozenset[str]) -> bool:
    """Whether three of these words stand near one another."""
    return any(len(strange.intersection(words[at : at + CHUNK])) >= 3 for at in range(0, len(words), CHUNK // 2))


def _paragraphs(body: str) -> list[str]:
    """Pieces that together are the text, at empty lines; short ones together."""
    pieces: list[str] = []
    for piece in re.split(r"(?<=\n\n)", body):
        if pieces and len(pieces[-1]) < 150:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _home(words: Sequence[str]) -> str:
    """The language of the beginning, else of the rest, where it is plain."""
    if len(_tongues.ENGLISH.intersection(words[:40])) >= 6:
        return "en"
    for at in (0, len(words) // 2):
        found = _tongues.language_of(_tongues.stripped(words[at : at + 60]))
        if found:
            return found
    return ""


def _codes(body: str) -> _signs.Place | None:
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
            return _signs.Place("names between colons in a row", (names[-3][0], end), 0.9)
    if len(names) >= 6 and len(names) > len(body.split()) / 8:
        return _signs.Place(f"{len(names)} names between colons", (names[0][0], names[-1][1]), 0.7)
    return None
