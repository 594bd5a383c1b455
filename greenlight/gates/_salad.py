"""Words that make no sentence: pieces of words, and sentences of other languages than English that end in no end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenlight.gates._signs import Place
from greenlight.gates._text import word_set

ABOUT = re.compile(
    r"\b(?:prepositions?|conjunctions?|stop ?words?|grammar|suffix\w*|prefix\w*|syllab\w*|tokens?)\b", re.IGNORECASE
)
MEANT = re.compile(
    r"\b(?:(?:weak|poor|bad|limited|little|simple|basic) english|english is|non-?native|foreign\w*|immigrant|"
    r"vocabulary|spelling|flash ?cards?|random\w*|gibberish|nonsense|babbl\w*|salad|cut-?up|dada\w*|surreal\w*|"
    r"stream of consciousness|"
    r"aphasia|markov|"
    r"scrambl\w*|jumbl\w*|shuffl\w*|unscrambl\w*|anagrams?|backwards?|revers\w+|broken|prepositions?|conjunctions?|"
    r"articles?|stop ?words?|function words|grammar|mistakes?|errors?|passphrases?|glitch\w*|corrupt\w*|word order|"
    r"memory game|toddler|caveman|learner\w*|tokeni\w+|tokens|suffix\w*|prefix\w*|syllab\w*|morphem\w*|endings?|"
    r"word parts?|crossword|hyphenat\w*|refrigerator|magnet\w*)\b",
    re.IGNORECASE,
)
"""What asks for words without a sentence, or is about the words themselves."""
DOUBLED = word_set("that had very so no ha really many much more bye now there again yes on well down up far long old")
PIECES = word_set(
    "tion sion ation ization isation ition ations ness nesses ingly edly ably ibly ously iously ively ically"
    " ility ality"
    " ational ative itive istic ular ulate olog ology ological ible ious eous uous ency ancy ence ance ould ough"
    " ized izing ised ising ering ating ated ement ements ership ectomy itude ment ify ifying oglyph"
    " ceed quent esque ers ery phon"
)
"""Pieces of words as tokenizers have them, which no language has for a word."""

MOST = 8_000
UNFINISHED = {
    "de": "der die das dem den des ein eine einen einem eines und oder mit von für zum zur beim im am aber weil"
    " dass wenn sehr seine ihre mein",
    "fr": "le la les un une des du au aux et ou de à dans pour sur avec que qui est sont très se ne par mais"
    " leur ses son sa ce cette",
    "es": "el la los las un una unos y o de a en con por para que del al su sus se muy pero es son como sin porque",
    "it": "il lo la i gli le un una e o di a in con per che del della al alla nel nella si è sono molto ma non"
    " perché dal dalla",
    "pt": "o os as um uma e ou de em com por para que do da dos das no na ao se muito mas é são não porque seu sua",
    "nl": "de het een en of van met voor in op te aan naar zijn haar maar omdat dat als bij om",
    "pl": "i w z na do od się że a ale przez dla o po jest są ponieważ oraz przy bez",
    "ru": "и в с на к по от из для за о а но что не у при без до под над как",
    "tr": "ve bir bu için ile çok daha ama en her gibi kadar ki",
    "hi": "और कि एक क्योंकि पर में से को के की का ने अगर बहुत हर जो",
    "ar": "و في من إلى على عن مع أن التي الذي ثم أو كل بين لا لم قبل بعد",
}  # fmt: skip
"""Words that hardly a sentence ends in."""
OPEN = {code: word_set(words) for code, words in UNFINISHED.items()}
CLOSED = re.compile(r"(?:^|[\s(«„“])([^\W\d_]+)[.,;!?।](?=\s|$)")


def unfinished(body: str, code: str) -> Place | None:
    """Clauses that end in a word that opens one, again and again. ``code``: the language that the text is in."""
    found = [*CLOSED.finditer(body[:MOST])]
    wrong = [one for one in found if one[1] in OPEN.get(code, ())]
    if len(wrong) < 3 or len(wrong) < 0.2 * len(found) or len({one[1] for one in wrong}) < 3:
        return None
    return Place("words that make no sentence", (wrong[0].start(), wrong[-1].end()), 0.7)


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
