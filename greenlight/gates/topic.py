"""The topic is not honoured: nothing in the text belongs to it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from greenlight.gates import _kin, _languages
from greenlight.nouns import Flag, Text
from greenlight.recipe import Brief

LEAST = 25
"""Words of a body that is long enough to be sure of."""
INDIRECT = re.compile(
    r"\b(?:riddle|guess|without (?:ever )?(?:using|naming|saying|mentioning)|do(?:n't| not) (?:name|say|use|mention)|"
    r"metaphor\w*|allegor\w*|haiku|in code|rätsel|devinette|adivinanza)\b",
    re.IGNORECASE,
)
READ = 200_000
"""Characters of a body that are read."""


@dataclass(frozen=True)
class Gate:
    """Flags a text in which nearly no word belongs to its topic: none with the stem of a topic's word, as a part of a
    compound, or from a small list of words that go together.

    It knows words and no meanings, so it is unsure of short texts, of riddles, and of texts in another language than
    their topic, and lets them be. The score is the share of the topic that is missing; ``threshold`` is what flags.
    """

    threshold: Annotated[float, Field(gt=0.0, le=1.0)] = 0.8

    def check(self, sample: Text, brief: Brief | None) -> Flag | None:
        """There is no span: what is missing stands nowhere."""
        topic, body = sample.made.topic, sample.body[:READ]
        if not topic.strip() or INDIRECT.search(sample.made.prompt):
            return None
        words = parts_of(topic)
        if not words or _plainly(words, body.lower(), 1 - self.threshold) or not _comparable(topic, body):
            return None
        counts = Counter(_kin.WORD.findall(body.lower()))
        size = sum(counts.values())
        if size < LEAST and not _dense(body):
            return None
        found, times = covered(words, counts)
        if found and not _dense(body):
            found *= _weight(body, words, times, size)
        score = round(1 - found, 3)
        other = _another(topic, counts, brief) if 0.4 < score < self.threshold else ""
        if score < self.threshold and not other:
            return None
        reason = f"is about '{other}' instead of '{topic[:60]}'" if other else f"nothing of '{topic[:60]}'"
        return Flag(gate="topic", reason=reason, score=max(score, 0.0))


@lru_cache(maxsize=4096)
def parts_of(topic: str) -> dict[str, float]:
    """The words of a topic that say what it is about, with what each of them weighs."""
    words = [word for word in _kin.WORD.findall(topic.lower()) if word not in _kin.STOP]
    if _dense(topic):
        letters = "".join(words)
        return {letters[i : i + 2]: 1.0 for i in range(max(1, len(letters) - 1))} if letters else {}
    strong = {word: 1.0 for word in words if word not in _kin.WEAK and len(word) > 2}
    return {**strong, **{word: 0.3 for word in words if word in _kin.WEAK}} if strong else {}


def _plainly(words: dict[str, float], low: str, least: float) -> bool:
    """Whether more than this share of a topic stands in the text as it is, twice or in a short one: quickly told."""
    total, share = sum(words.values()), 0.0
    after = 100 if len(low) > 400 else 0  # not in the title alone
    for word, weight in words.items():
        form = _kin.stem(word) if len(word) > 4 else word
        at = low.find(form, after) if len(form) >= 4 else -1
        if at >= 0 and (len(low) < 800 or low.find(form, at + 1) > 0):
            share += weight
    return share > least * total + 1e-9


def covered(words: dict[str, float], counts: Counter[str]) -> tuple[float, int]:
    """The share of a topic's words that a text has, by weight, and how often it has one of them.

    Words that only belong to one count for it when they are three or more, or one in eighty of all words; else a
    fifth of it.
    """
    stems: Counter[str] = Counter()
    for word, often in counts.items():
        stems[_kin.stem(word)] += often
    total = share = 0.0
    times, size = 0, sum(counts.values())
    for word, weight in words.items():
        total += weight
        own = counts[word] + (stems[_kin.stem(word)] if not counts[word] else 0)
        if not own and len(word) >= 4:
            own = sum(often for one, often in counts.items() if len(one) >= 4 and _kin.same(word, one))
        if not own and not word.isascii() and len(word) == 2:
            own = sum(word in one for one in counts)
        kin = [one for one in _kin.near(word) if stems[one]]
        often = sum(stems[one] for one in kin)
        times += own + often
        enough = len(kin) > 2 or often > size / 80
        share += weight * (1.0 if own or enough else 0.2 if kin else 0.0)
    return min(1.0, share / total), times


def _weight(body: str, words: dict[str, float], times: int, size: int) -> float:
    """How much a mention is worth: little when it is the only one of a long text, nothing when it is the title."""
    title, _, rest = body.strip().partition("\n")
    if len(title) <= 100 and size > 60 and rest.strip():
        counts = Counter(_kin.WORD.findall(rest.lower()))
        if sum(counts.values()) > 60 and not covered(words, counts)[1]:
            return 0.1
    if times > 1 or size < 150:
        return 1.0
    return 0.4 if size < 250 else 0.15


def _another(topic: str, counts: Counter[str], brief: Brief | None) -> str:
    """Another topic of the brief that a text has all of."""
    own = set(parts_of(topic))
    for other in brief.topics if brief else ():
        words = parts_of(other)
        if other != topic and len(words) > 1 and not own & set(words) and covered(words, counts)[0] >= 0.95:
            return other
    return ""


def _dense(text: str) -> bool:
    """In a script that puts no spaces between words."""
    counts = _languages.letters(text[:2000])
    return sum(counts[one] for one in ("han", "kana", "thai", "khmer", "lao", "burmese")) > 0.3 * sum(counts.values())


def _comparable(topic: str, body: str) -> bool:
    """Whether topic and text are in one language, as far as it can be told."""
    own, other = _languages.letters(topic), _languages.letters(body[:2000])
    if not own or not other or own.most_common(1)[0][0] != other.most_common(1)[0][0]:
        return False
    if body.isascii() and topic.isascii() and len(_languages.WORDS["en"].intersection(body[:600].lower().split())) >= 5:
        return True
    hits, _ = _languages.known(body[:3000])
    best = max(hits, key=lambda one: hits[one])
    if best == "en" or hits[best] < 3 or _dense(body):
        return True
    mine, _ = _languages.known(topic)
    return mine[best] > 0 and mine[best] >= max(mine.values())
