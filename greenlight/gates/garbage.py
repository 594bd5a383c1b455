"""What no writer would write: broken characters, letters of other scripts, tokens of the machine, another language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import Field

from greenlight.gates import (
    _drift,
    _heard,
    _languages,
    _neighbours,
    _noise,
    _orders,
    _recoded,
    _salad,
    _scraps,
    _scripts,
    _signs,
    _soup,
    _sources,
    _spelling,
    _stretches,
    _text,
    _tokens,
    _tongues,
    _unmet,
)
from greenlight.gates._strange import (
    ASKED_FOR,
    CODE_FOR,
    ENCODING,
    ENCODING_HERE,
    FILES,
    TEXTED,
    WORDS_FOR,
)
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

SLICE = 480
"""Characters that the script of a text is read from."""
MOST = 40_000
"""Characters of a text whose spelling is looked at."""
READ = 8_000
"""Characters of a prompt that are read."""
NAMED = re.compile(r"\b(?:" + "|".join(_languages.NAMES) + r")\b", re.IGNORECASE)
LONGEST = 60
SENTENCES = 10_000
"""Sentences that are listened to."""
LEAST, ALONE = 10, 7
"""Words of another language in a row, from which it is no saying that somebody has picked up; and in a paragraph of
their own at the beginning or the end."""
VERSION = 12


@dataclass(frozen=True)
class Gate:
    """Flags replacement and control characters, broken encodings, characters written as codes, tokens of the model,
    ``:name:`` after ``:name:``, symbols and words without sense, letters outside the expected scripts, and another
    language than was asked for. Of a program or its documentation, asked for or under no prompt, only the characters
    are judged.

    The scripts are those of the language that was asked for, else those of most of the text; Latin letters may stand
    anywhere. Words of another script may stand in quotation marks, brackets and code, and anywhere in a text that
    is about languages or whose prompt has them. ``letters``: how many of another script are let pass.
    """

    letters: Annotated[int, Field(ge=0)] = 0

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the first such place."""
        page = Page(sample)
        place = page.signs() or page.unwanted() or _scraps.scraps(sample, page.home)
        if place is None and page.alphabet:
            place = _scripts.foreign(sample, page.alphabet, self.letters)
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

    def _is_shown_code(self, many: bool) -> bool:
        """Whether codes are written as such: the text, if they are few, or the prompt is about them."""
        return (
            self._is_code
            or self._is_technical
            or self.asked_about
            or (not many and ENCODING_HERE.search(self.body[:READ]) is not None)
        )

    def signs(self) -> _signs.Place | None:
        """What no language has."""
        body, alphabet = self.body, self.alphabet
        kinds = body.encode("utf-8", "surrogatepass").translate(_noise.KINDS)
        place = _signs.broken(body, alphabet) if alphabet or b"x" in kinds else None
        if place and not (self.told and self._is_shown()):
            return place
        place = _tokens.token(body, self.made.prompt, alphabet) or _tokens.codes(body, self._wanted)
        if place is None and alphabet:
            misread = _recoded.misread(body, alphabet, self._own is _tongues.ENGLISH)
            place = None if misread and self.told else misread
        place = place or _signs.coded(body, self._is_shown_code)
        if place:
            return place
        place = _signs.questioned(body) or _noise.symbols(body, kinds) or _noise.floods(body, self.longest)
        place = place or _noise.letters(body, alphabet) or _noise.replaced(body)
        if place is None and alphabet:
            place = _signs.floods(body, alphabet) or _noise.signs(body, alphabet)
        place = place or _soup.keys(body, self.words, self.longest, self._own)
        if place is None and (flood := _soup.floods(body, kinds, self.longest)):
            place = None if any(_soup.COUNTED.search(one) for one in self._wanted) else flood
        if place is None and (shards := _soup.code(body, kinds)):
            place = None if self._is_code else shards
        if place:
            return None if self.asked_for or self._is_technical else place
        place = self._salad() or self._spoilt()
        return None if place and self._is_technical else place

    def _salad(self) -> _signs.Place | None:
        """Words that make no sentence, where it is not what was asked for."""
        body = self.body
        place = _neighbours.disorder(body, self.look.codes, self.longest) or _neighbours.strung(body, len(self.raw))
        if (place := place or _unmet.unmet(body, self.raw, self.home)) is None and not self._is_code:
            place = _salad.tokens(body)
        if place is None and (place := _salad.pieces(body, self.words)) and _salad.ABOUT.search(body):
            place = None
        return None if place and any(_salad.MEANT.search(one) for one in self._wanted) else place

    def _spoilt(self) -> _signs.Place | None:
        """English that nobody writes so, where it is not what was asked for."""
        if self.home not in ("", "en") or self.asked not in ("", "en"):
            return None
        sure = bool(_tongues.ENGLISH.intersection(self.made.prompt[:READ].lower().split()))
        body = self.body[:MOST]
        look = self.look if body == self.body else _spelling.looked(body.split(), self.longest)
        place = _spelling.stray(body, look) or _tokens.tags(body) or _soup.turned(body, self.words, self.raw)
        place = place or _spelling.spoilt(body, look, lambda: _scripts.frames(body), sure)
        if place is None and sum(map(look.faults.count, range(4, 8))) >= 3:
            place = _soup.strewn(body, _text.blank(body, _scripts.frames(body)), self._wanted)
        if place and TEXTED.search(self.made.prompt[:READ]):
            return None  # answered in kind
        if place is None or any(WORDS_FOR.search(one) or CODE_FOR.search(one) for one in self._wanted):
            return None
        return None if _scripts.is_about_languages(self.sample) else place

    @cached_property
    def home(self) -> str:
        """The language that was asked for, else that of most of the text; empty where neither is known."""
        found = self.asked or _stretches.home(self.words)
        if not self.asked:
            if found != "en" and self._begins():
                return "en"
            if found == "en" and _stretches.is_far(self.body[:READ]) and not self._begins():
                found = ""
            found = (_drift.begun(self.sample, self.words) if found == "en" else "") or found
        if not found and len(self.words) > 5:
            heard, sure = _heard.language(self.body)
            known = heard in _tongues.WORDS and (sure >= _heard.SURE or heard == _drift.prompted(self.sample))
            found = heard if known else ""
        return found

    def _begins(self) -> bool:
        """Whether a text begins in English, as its prompt was."""
        prompt = self.made.prompt[:READ].lower().split()
        if not _stretches.is_common(prompt) and _heard.language(self.made.prompt[:READ], 10)[0] != "en":
            return False
        return sum(map(_tongues.ENGLISH.__contains__, self.words[:8])) >= 3

    @cached_property
    def _own(self) -> frozenset[str]:
        """Its common words."""
        return _tongues.WORDS.get(self.home, frozenset())

    @cached_property
    def words(self) -> list[str]:
        """In small letters, with the marks around them."""
        return self.body.lower().split()

    @cached_property
    def raw(self) -> list[str]:
        """As they are written."""
        return self.body.split()

    @cached_property
    def look(self) -> _spelling.Look:
        return _spelling.looked(self.raw, self.longest)

    @cached_property
    def longest(self) -> int:
        """Letters of the longest word."""
        return max(map(len, self.words), default=0)

    @cached_property
    def _is_code(self) -> bool:
        """Whether the prompt asks for what has escapes of its own."""
        return CODE_FOR.search(self.made.prompt[:READ]) is not None

    @cached_property
    def _is_technical(self) -> bool:
        """Whether it is a program that was asked for, or one under no prompt, or its papers: of no language."""
        return _sources.is_meant(self.body, self.made)

    def _is_shown(self) -> bool:
        """A few broken characters, as an example that can be seen."""
        few = self.asked_for or len(_signs.BROKEN.findall(self.body)) <= 6
        return few and _signs.UNSEEN.search(self.body) is None

    # -------------------------------------------------------------- language

    @cached_property
    def asked(self) -> str:
        """The language that was asked for; empty where none was."""
        return _languages.code_of(self.made.asked.language) or _orders.ordered(self.made)

    def unwanted(self) -> _signs.Place | None:
        """A language that was not asked for; beside a translation may stand what was translated."""
        place = _orders.untouched(self.made, self.body, self.asked) or self.language()
        if place and not self.asked and self._is_technical:
            return None
        if place and self.made.before and not self.asked and _orders.is_settled(self.made.before, self.body):
            return None
        told = place and self.asked and _orders.TRANSLATED.search(self.made.prompt[:READ])
        return None if told and _stretches.has_piece(self.body[:READ], self.asked) else place

    def language(self) -> _signs.Place | None:
        """Another language than was asked for, or none; where none was asked for, one that a text goes over into."""
        words = self.words
        if FILES.search(self.made.prompt[:READ]):
            return None
        if self.asked and (self.alphabet or self.asked not in _languages.LATIN) and (place := self._script()):
            return place
        home, own = self.home, self._own
        if not self.asked and (place := _drift.elsewhere(self.sample, self.look.common)):
            return place
        if home and home != "en" and (place := _drift.goes_over(self.sample, home)):
            return place
        if not home:
            return _drift.senseless(self.sample, self.asked, self._wanted)
        if not own:
            return _drift.english_within(self.sample, self.asked) if self.alphabet else None
        least = 6 if home == "en" else 4
        if len(words) > _stretches.CHUNK:
            starts = range(0, len(words) - _stretches.CHUNK // 2, _stretches.CHUNK)
            fewest = min(len(own.intersection(words[at : at + _stretches.CHUNK])) for at in starts)
        else:
            fewest, least = len(own.intersection(words)), max(2, len(words) // 8)
        place = self._far()
        if place is None and home == "en":
            strange = _tongues.ABROAD.intersection(words)
            first = _drift.prompted(self.sample) if strange and not self.asked else ""
            if first and not _scripts.is_about_languages(self.sample):
                place = self._abroad(first)
            met = len(strange) >= 3 and _stretches.meet(words, strange)
            if place is None and (met or _stretches.has_gap(words, self.look.common)):
                place = self._abroad(home)
            if place is None and met:
                place = _drift.scattered(self.sample, strange)
        elif place is None and (fewest < least or _stretches.has_rival(words, home) or _stretches.has_english(words)):
            place = self._abroad(home)
        if place is None and fewest <= _stretches.CHUNK // 8:
            place = _drift.senseless(self.sample, self.asked, self._wanted)
        return place

    def _far(self) -> _signs.Place | None:
        """The whole in another language than was asked for."""
        body = self.body
        if self.asked not in _languages.LATIN or len(self.words) < 20:
            return None
        if self.asked == "en" and _stretches.is_common(self.words):
            return None
        free = _text.blank(body[:READ], _scripts.frames(body[:READ]))
        far = _heard.other_than(free, self.asked)
        if not far or self._is_meant(far) or _stretches.is_list(body[:500]) or _scripts.is_about_languages(self.sample):
            return None
        return _signs.Place(f"in {far} where {self.asked} was asked for", (0, len(body)), 0.8)

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
        if not far or self._is_meant(far) or (asked == "ja" and "、" in part and "，" not in part):
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
        if len(self.body) < 80 and prompt and not (far == "en" and _orders.is_given(prompt, self.body)):
            fits = _languages.scripts_of(self.asked)
            own = [_languages.letters(one).most_common(1) for one in (prompt, self.body)]
            if own[0] and own[1] and own[0][0][0] == own[1][0][0] not in fits:
                return True
            if _tongues.language_of(_tongues.stripped(prompt.lower().split()), 1) == far:
                return True
        if far == "en" and (
            _orders.NOTHING_GIVEN.search(prompt) or (self.made.asked.language and _orders.ENGLISH_SAID.search(prompt))
        ):
            return True
        named = {_languages.NAMES[name.lower()] for name in NAMED.findall(prompt)}
        return bool(named - {self.asked}) or (bool(named) and self.asked not in named)

    def _abroad(self, home: str) -> _signs.Place | None:
        """Sentences in another language."""
        body = self.body
        masked = _text.blank(body, _text.code(body))
        spans = _text.sentences(masked)[:SENTENCES]
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
            part = free[max(begun, end - _heard.READ) : end]
            other = "" if _stretches.is_list(part) else _heard.other_than(part, home)
            other = other or _tongues.other_than(row, home, 3 if len(row) < 16 else 4)
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
        alone = most >= ALONE and _stretches.stands_alone(body, start, end)
        about = _orders.ENGLISH_SAID.search(self.made.prompt[:READ]) is not None
        if (most < LEAST and not alone) or about or _scripts.is_about_languages(self.sample):
            return None
        return _signs.Place(
            f"in {other} where {home} {'was asked for' if asked else 'is most of it'}", (start, end), 0.75
        )
