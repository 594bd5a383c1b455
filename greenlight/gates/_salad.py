"""Words that make no sentence: pieces of words, and sentences of other languages than English that end in no end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenlight.gates._signs import Place, hidden
from greenlight.gates._text import word_set
from greenlight.gates._tongues import ENGLISH

ABOUT = re.compile(
    r"\b(?:prepositions?|conjunctions?|stop ?words?|grammar|suffix\w*|prefix\w*|syllab\w*|tokens?)\b", re.IGNORECASE
)
MEANT = re.compile(
    r"\b(?:(?:weak|poor|bad|limited|little|simple|basic) english|english is|non-?native|foreign\w*|immigrant|"
    r"vocabulary|spelling|flash ?cards?|random\w*|gibberish|nonsense|babbl\w*|salad|cut-?up|dada\w*|surreal\w*|stream "
    r"of consciousness|aphasia|markov|scrambl\w*|jumbl\w*|shuffl\w*|unscrambl\w*|anagrams?|backwards?|revers\w+|"
    r"broken|prepositions?|conjunctions?|(?:definite|missing|without|dropp?\w*|no) articles?|\w*spel(?:t|led)|typos?|"
    r"monologues?|punctuation|full stops|teens|teenagers|stop ?words?|function words|grammar|mistakes?|errors?|"
    r"passphrases?|glitch\w*|corrupt\w*|word order|memory game|toddler|caveman|learner\w*|tokeni\w+|tokens|suffix\w*|"
    r"prefix\w*|syllab\w*|morphem\w*|endings?|"
    r"word parts?|crossword|hyphenat\w*|(?:fridge|refrigerator) (?:poe|word|magnet|door)\w*|magnetic poe\w*)\b",
    re.IGNORECASE,
)
"""What asks for words without a sentence, or is about the words themselves."""
RARE = ("{{", "]])", "=>{", "});", "## ", "|--", "\\\\", " 0x", "()", "_init", "__", "}}")
"""Of which such a salad has one."""
MACHINE = re.compile(
    r"=>\{|\]\]\)|\{\{|\}\}|\|--|\}\);?|\)\);|^##|\\\\|\b0x|^_{1,2}[a-z]|[a-z]_[a-zA-Z]|[a-z]{2}[A-Z]{1,3}[a-z]|^\(\)|\w\(\)$|^[<>!=]=$"
)
CALLED = re.compile(r"\w\([^)]|^=$|^[{}]$|;$")
"""What a program has that is none of these."""
MOST = 20_000
DOUBLED = word_set("that had very so no ha really many much more bye now there again yes on well down up far long old")
PIECES = word_set(
    "tion sion ation ization isation ition ations ness nesses ingly edly ably ibly ously iously ively ically ility "
    "ality ational ative itive istic ular ulate olog ology ological ible ious eous uous ency ancy ence ance ould ough "
    "ized izing ised ising ering ating ated ement ements ership ectomy itude ment ify ifying oglyph ceed quent esque "
    "ers ery phon"
)
"""Pieces of words as tokenizers have them, which no language has for a word."""


def tokens(body: str) -> Place | None:
    """Signs of programs and pieces of their names between words of a line, where no small word is near."""
    if sum(map(body.count, RARE)) < 2:
        return None
    for line in hidden(body).splitlines():
        words = [word[:60] for word in line.split()[:MOST]]
        places = [at for at, word in enumerate(words) if MACHINE.search(word)]
        for at in range(len(places) - 3):
            near = words[places[at] : places[at] + 14]
            if (
                len({word for word in near if MACHINE.search(word)}) >= 4
                and sum(map(str.isalpha, near)) >= 3
                and sum(word.lower() in ENGLISH for word in near) <= len(near) // 7
                and not any(map(CALLED.search, near))
            ):
                return Place("tokens without sense", (max(0, body.find(near[0])), len(body)), 0.7)
    return None


def pieces(body: str, words: Sequence[str]) -> Place | None:
    """Pieces of words between spaces."""
    if len(PIECES.intersection(words)) < 2:
        return None
    places = [at for at, word in enumerate(words) if word in PIECES]
    first = 0
    for last, at in enumerate(places):
        while at - places[first] > 30:
            first += 1
        near = [words[i] for i in places[first : last + 1]]
        if (len(near) >= 5 and len(set(near)) >= 3) or (len(near) >= 6 and len(set(near)) >= 2):
            start = body.lower().find(near[0])
            return Place("pieces of words", (max(0, start), len(body)), 0.7)
    return None
