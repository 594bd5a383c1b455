"""Whether a sentence refuses the very wish: a no of the voice's own, work with words, and what the prompt names."""

from __future__ import annotations

import re

from greenlight.gates import _manner, _text
from greenlight.gates._plain_words import WORD, plain

VOICE = _text.word_set(
    "i i'm i'd i'll i've im id ill we we're we'd we'll me my our us mine myself unit bot machine robot assistant"
    " system service model ai app tool chat desk channel programme program team developers makers creators"
)
"""Who may refuse: the voice, and its house."""
POLITE = _text.word_set(
    "sorry sry sadly regrettably unfortunately alas nah nope no ugh eh hm hmm yeah oh well apologies apologize"
    " apologise afraid but and so dear kindly note mate dude bro friend please pls lol really just simply honestly"
    " still currently at this point the moment"
)
"""What may stand before a no that has no subject."""
NOES = _text.word_set(
    "not cannot never unable cant wont dont isnt can't won't don't isn't doesn't aren't couldn't wouldn't shan't"
    " refuse refrain decline avoid avoiding prefer rather abstain skip skipping forbids forbid forbidden prevent"
    " prevents nothing prohibited off"
)
WORKS = re.compile(
    r"(?:writ|describ|explain|suggest|compar|comment|answer|repl[iy]|respon|discuss|recommend|advi[sc]|judg|"
    r"rank|choos|choice|"
    r"decid|label|classif|translat|summari|shorten|rephras|rewrit|reword|edit|proofread|correct|calculat|comput|"
    r"convert|"
    r"count|solv|multipl|draft|compos|creat|generat|produc|provid|offer|help|assist|support|plann|invent|imagin|"
    r"pretend|portray|continu|finish|complet|recit|quot|reproduc|copy|reveal|disclos|shar[ei]|search|predict|"
    r"guess|guid|"
    r"teach|instruct|feedback|opin|cover|handl|argu|debat|draw|design|program|propos|spell|defin|interpret|analy|"
    r"review|estimat|outlin|engag|compl[iy]|fulfil|participat|process|perform)\w*|"
    r"(?:say|sing|tell|talk|speak|list|vot|act|play|typ|look|find|show|deal|touch|go|tak|mak|giv|do|work|stat|weigh|"
    r"cod|add|sort|check|fix|view|pick|nam|rat|read|open|part|assum)(?:e|es|s|ing)?|plan|part of"
)
"""What may be asked of one who works with words, by the beginnings of the verbs."""
AGAIN = _text.word_set("it this that so these those such anything any your you them one here there")
"""Words that stand for the wish."""
AFTER, BEFORE = 5, 6
"""Words between the no and the work, and between the voice and the no."""
BREAK = re.compile(r"[,;:—–-](?= )|[.!?\n]")


def refuses(sentence: str, known: frozenset[str]) -> int | None:
    """Where the clause ends in which the voice says no to the wish, which it names; None where it does not.

    ``known``: beginnings of the prompt's words.
    """
    said = _manner.IDIOM.sub(lambda m: " " * len(m.group()), sentence[:400].lower())
    found = list(WORD.finditer(said))
    words = [m.group() for m in found]
    for at, word in enumerate(words):
        if word not in NOES:
            continue
        before = words[max(at - BEFORE, 0) : at]
        if not (VOICE.intersection(before) or (at <= 4 and all(one in POLITE for one in before))):
            continue
        ends = at == len(words) - 1 or BREAK.match(said, found[at].end()) is not None
        if ends and word in ("decline", "refuse", "abstain", "refrain"):
            return found[at].end()
        for place in range(at + 1, min(at + 1 + AFTER, len(words))):
            if WORKS.fullmatch(words[place]):
                end = BREAK.search(said, found[place].end())
                stop = end.start() if end else len(sentence)
                if _named([m.group() for m in found[place + 1 :] if m.start() < stop], known):
                    return stop
    return None


def _named(rest: list[str], known: frozenset[str]) -> bool:
    """Whether what follows names the wish: by words of the prompt, or by a word that stands for it."""
    return not any(len(word) > 3 for word in rest) or any(word in AGAIN or names(word, known) for word in rest)


def names(word: str, known: frozenset[str]) -> bool:
    """Whether a word is one of the prompt's subject."""
    return len(word) > 3 and word[:5] in known and not plain(word)
