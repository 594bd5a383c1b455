"""Nothing is said: no letters or digits, next to none of what was asked for, or what is no answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from math import ceil
from typing import Annotated

from pydantic import Field

from greenlight.errors import counted
from greenlight.gates import _standing_in
from greenlight.gates._asks import fewest_words, stated
from greenlight.gates._text import count_words
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

VERSION = 7
FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters to Unicode, and nothing to the eye."""
MARKUP = re.compile(r"<[/!]?\w[^<>]{0,200}>|&#?\w{1,8};|\\[nrt]")
ACKNOWLEDGED = re.compile(
    r"\W*(?:(?:sure|of course|certainly|absolutely|ok(?:ay)?|yes|gladly|with pleasure|no problem|got it|understood|"
    r"happy to help|gerne|natürlich|klar|bien sûr|voici|claro|por supuesto|конечно)\b[^\n]{0,20})?\W*"
    r"(?:(?:here(?:'s| is| are| you go| it is| comes)|i(?:'ll| will| can) (?:write|do|start|help)|"
    r"let me (?:write|start)|hier ist|voici|aquí (?:está|tienes)|вот)\b[^\n]{0,60})?[:.!…\s]*",
    re.IGNORECASE,
)
SIGNS = re.compile(
    r"\b(?:emoji\w*|emoticons?|smileys?|kaomoji|morse\w*|braille|ascii|unicode|symbols?|signs?|punctuation|arrows?|dots?|"
    r"dash(?:es)?|asterisks?|stars?|hearts?|suits?|brackets|draw(?:ing)?|sketch|pattern|grid|svg|html|xml|markup|tags?|"
    r"zeichne\w*|\w*zeichen|symbole?|dessin\w*|signes?|dibuj\w*|signos?|símbolos?|disegn\w*|segni|desenh\w*|sinais|"
    r"нарису\w*|знак\w*|символ\w*|смайл\w*)\b|表情|符号|記号|絵文字|顔文字|画一|이모지|기호|رموز|رمز|इमोजी|चिह्न",
    re.IGNORECASE,
)
"""A prompt that an answer of signs alone may meet."""
LITERAL = re.compile(r"\[\s?\]|\{\s?\}|\(\s?\)|\"\"|''|``|\[\[\]\]|\[\{\}\]|[^\w\s\"'`…\[\](){}]{1,3}")
"""An empty value, or an operator or a mark of a few signs."""
NOTHING = re.compile(r"(?:\.|…){2,}|([-*_=~#])\1\1|[…•·]|#{2,}")
"""Signs that stand for nothing said: dots, a rule, the mark of a heading or of an item."""
CODED = re.compile(
    r"\b(?:json|ya?ml|python|javascript|typescript|java|rust|php|perl|sql|bash|regex\w*|code|operators?|operands?|"
    r"arrays?|tuples?|dicts?|literals?|print(?:s|ed)?|returns?|output|evaluates?|syntax|delimiters?|separators?|"
    r"wildcards?|empty (?:\w+ )?(?:lists?|sets?|objects?|strings?|values?)|operador\w*|opérateur\w*|operator\w*|"
    r"оператор\w*)\b|\b(?:which|what)\b[^.?!\n]{0,20}\b(?:marks?|keys?|char(?:acter)?s?|glyph|button)\b|"
    r"\bc(?:\+\+|#)|演算子|运算符",
    re.IGNORECASE,
)
"""A prompt about code, operators or data, or after a sign."""
MADE = re.compile(
    r"\b(?:write|implement|create|build|make|develop|explain|describe|refactor|fix|translate|convert|compare)\b"
    r"(?![^.?!\n]{0,40}\b(?:empty|operators?)\b)",
    re.IGNORECASE,
)
"""What asks for more than a value."""
SHORT = 400
"""Characters in which nothing may be said at all, for all its letters."""


@dataclass(frozen=True)
class Gate:
    """Flags a body with fewer than ``min_letters`` letters and digits, of any script, markup and fillers apart, where
    no sign is asked for, as an operator, an empty list or a drawing is; and one with fewer than ``share`` of the fewest
    words that were asked for; and a body that is wholly something else than an answer: a server's error, a placeholder,
    filler text, a page's banner, courtesies and nothing after them, the prompt over again.

    Where no number was asked for, a prompt that has a letter, a story and the like written asks for a few words at
    least; one that names, gives or asks about such a text asks for none.
    """

    min_letters: Annotated[int, Field(ge=1)] = 1
    share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.1

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """The span is the whole body."""
        body = sample.body
        said = body if len(body) > SHORT else MARKUP.sub(" ", body).translate(dict.fromkeys(map(ord, FILLERS)))
        # stops at the first few letters, so that long bodies cost nothing
        found = len(list(islice(filter(str.isalnum, said), self.min_letters)))
        if found < self.min_letters and not _signs_were_asked(sample):
            reason = (
                "no letters or digits" if not found else f"{found} letters or digits, fewer than {self.min_letters}"
            )
            return Flag(gate="empty", version=VERSION, reason=reason, span=(0, len(body)))
        stands_in = _standing_in.named(body, sample.made.prompt, sample.made.system)
        if stands_in:
            return Flag(gate="empty", version=VERSION, reason=stands_in, span=(0, len(body)), score=0.9)
        if _standing_in.repeated(body, sample.made.prompt, f"{sample.made.before}\n{sample.made.system}"):
            return Flag(gate="empty", version=VERSION, reason="the prompt over again", span=(0, len(body)), score=0.9)
        asked = sample.made.asked
        if asked.words or asked.chars:
            fewest = asked.words[0] if asked.words else (asked.chars or (0, 0))[0] / 6
            return _next_to_nothing(body, fewest * self.share, f"at least {round(fewest)} are asked for")
        if len(body) > SHORT or not sample.made.prompt:
            return None
        least = fewest_words(sample.made.prompt[:8000])
        will = least and len(body) < 120 and ACKNOWLEDGED.fullmatch(body.replace("’", "'"))
        if will or _standing_in.courteous(body, sample.made.prompt, least > 0):
            return Flag(gate="empty", version=VERSION, reason="says only that it will", span=(0, len(body)), score=0.8)
        said = stated(sample.made.prompt[:8000]) if least else ""
        wanted = f"the prompt asks for {said}" if said else "the prompt asks for a text in sentences"
        return _next_to_nothing(body, min(8.0, least * 0.1), wanted)


def _next_to_nothing(body: str, least: float, wanted: str) -> Flag | None:
    """``least``: words; ``wanted``: what was asked for, in words that follow "where"."""
    if len(body) > 40 * least:
        return None
    words = count_words(body)[1]
    if words >= least:
        return None
    reason = f"{counted(words, 'word')}, fewer than the {ceil(least)} to expect where {wanted}"
    return Flag(gate="empty", version=VERSION, reason=reason, span=(0, len(body)), score=0.9)


def _signs_were_asked(sample: Text) -> bool:
    """Whether a drawing, an emoji, Morse code or the like was asked for, and there are signs that can be seen."""
    body = sample.body.translate(dict.fromkeys(map(ord, FILLERS)))
    seen = any(char.isprintable() and not char.isspace() for char in body)
    return seen and (SIGNS.search(sample.made.prompt[:8000]) is not None or _is_value(body, sample.made.prompt))


def _is_value(body: str, prompt: str) -> bool:
    """Whether the signs are a value or an operator, and the prompt speaks of code and data and wants no text."""
    said, asked = body.strip("`\n "), prompt[:8000]
    if not LITERAL.fullmatch(said) or NOTHING.fullmatch(said) or fewest_words(asked):
        return False
    return CODED.search(asked) is not None and MADE.search(asked) is None
