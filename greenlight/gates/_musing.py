"""A stretch beside the answer that mutters, told by the manner of most of its sentences (``reasoning_leak``).

Notes, decisions, verdicts and short questions to oneself, at least one of them on the text or on who asked, in a
stretch whose neighbours are in another manner: advice, lists and monologues are alike from end to end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from greenlight.gates import _blocks, _speech, _text
from greenlight.gates import _cues as c
from greenlight.gates._beside import STOP, WORD, Beside

LONGEST = 700
"""Characters of a stretch."""
MOST = 12
"""Paragraphs and sentences that are read."""
SHORT = 4
"""Words of a fragment."""
LEAST = 2.0
"""What a stretch must weigh."""
SURE = 3.5
"""And one amid the others, one beside no prompt, or one of several lines none of which speaks of the task."""
MANNER = 0.5
"""Share of the sentences that must be in the manner, and that the neighbours must stay under."""
NOTES = _text.word_set(
    "keep avoid no not use mention need needs must should include offer give choose pick start begin end add write "
    "careful leave skip maybe perhaps probably plus answer output stay suggest make don't one two three compare "
    "nothing short open close lead target only format also then finish limit say"
)
"""First words of what is noted, where a sentence would have a subject."""
OPENS = _text.word_set("hmm hm wait actually okay ok note oh no alright right hold scratch let hang oops")
"""First words of a paragraph amid an answer that breaks off."""
SPOKEN = re.compile(
    r"\b(?:you|your|yours|you're|you'll|you've|you'd|dear|ye|yer|thee|shall i|here(?:'s| is| are| you)|let me know|"
    r"feel free|happy to|glad to|of course|certainly|with pleasure|thanks|thank|sorry|hello|hi)\b"
)
DECIDES = re.compile(
    r"\b(?:i'll|i'd|let me|let's|i should|i need|i must|i have to|i can|i could|i won't|i shouldn't|i might|i'm to|"
    r"i was to|i assume|i leave|i skip|we'll|we should|we need|we must|we speak|go(?:ing)? with|will do|safest|"
    r"that one|it is(?=\W*\Z)|done|good to (?:go|send)|leav(?:e|ing) (?:it|as)|"
    r"so (?:no|not|plain|short|just|something)|choose|must|should|needs to|required|suffices?|is enough)\b"
)
DOUBTS = re.compile(
    r"\?|\b(?:hm+|ok(?:ay)?|wait|maybe|perhaps|probably|presumably|likely|not sure|i think|i guess|i recall|say \d|meh|"
    r"better|instead|too \w+|clich\w*|overused|overdone|acceptable|fine|good|works|yes|close enough|unknown|plus)\b"
)
ABOUT = re.compile(
    r"\b(?:they (?:\w+ )?(?:wants?|need|asked|ask|expect\w*|said|seem|only|just|might|may)\b(?! (?:me|us|him|her)\b)|"
    r"this person|the (?:asker|user|person)|(?:not|none|nothing|isn't|wasn't|weren't|never|as|what(?:'s| is)?) "
    r"(?:been |further |else |explicitly )?(?:told|given|stated|specified|provided|required|asked|wanted|requested|"
    r"mentioned|expected|allowed|forbidden)|(?:is|was|were) (?:told|asked|requested|wanted|specified|stated|banned|"
    r"forbidden|discouraged)|(?:told|asked|instructed|supposed|meant) to|"
    r"users?(?:'s)?|audience|(?:simple|ethics|trick|easy|vague|open|factual) (?:question|request|task|ask|prompt)|"
    r"general reader|backstory|(?:the|my|as|by|and|since|but) rules?|(?:this|the) (?:conversation|chat|session|batch)|"
    r"asked for|the character (?:is|does|would|was|has|sheet)|what was wanted|name given|used as|"
    r"(?:answer|respond|reply|speak) as an?|(?:policy|guidelines|role|prompt|setup|spec|setting|profile|question|"
    r"message|request|system|instructions?|constitution|persona) (?:asks?|says?|said|wants?|allows?|calls?|called|"
    r"requires?|prefers?|forbids?|didn't|doesn't|mean|was|describe)|(?:opinion|voice|length|answer|title|format|name) "
    r"(?:requested|required|unspecified|unknown|optional)|system (?:message|prompt)|in the (?:prompt|message|"
    r"guidelines|request|brief)|my (?:constitution|instructions|persona|guidelines|default|profile)|"
    r"per (?:the|her|his|my)|see persona|persona\w*|trait\w*|level \d|unspecified|out of scope|the evaluation|"
    r"to the reviewer|single-turn|self-assessment|requested|clich\w*|the spec|"
    r"(?:this|original|vague|broad) prompt|prompt \d+)\b(?! of\b)"
)
SIGNS = re.compile(
    r"->|→|\bw/|\b(?:one|two|three|four|\d+) (?:short |brief )?(?:sentences?|words|lines|paragraphs)\b|"
    r"\bat most\b|\bby the way i\b|\bi'?m (?:avoiding|keeping|going|using|leaving)\b|\bi (?:kept|left|chose|avoided|"
    r"respected|delivered|used|made)\b|\bkept (?:to|it)\b|\bit qualifies\b"
)
"""What only notes have: arrows, sizes, what was kept."""
LABEL = re.compile(r"\W*\w+(?:[ -]\w+){0,2}: ")
FORMS = re.compile(
    r"\b(?:sentences?|words?|lines?|paragraphs?|jokes?|metaphors?|analog\w+|examples?|rhymes?|tone|style|topic|level|"
    r"length|voice|title|language|format|numbers?|jargon|emoji\w*|lists?|headings?|syllables?|draft|version)\b"
)
PAST = re.compile(r"\b(?:he|she|his|her|him|said|went|came|stood|looked|walked|knew|whispered|muttered)\b")
TENSE = re.compile(r"\b(?:was|were|had|(?!ask|want|requ|need|expect|specif|provid)[a-z]{3,}ed)\b")
LAID = re.compile(r"\||\\\w|`|__|\A\s*#|\A\W*(?:q[.:]|\d[.)]\s)")
"""A table, code, a form, a quiz."""
LINES = 6
"""Lines that are read by themselves where there are no paragraphs."""
VERSE = 3
"""Lines that are not one item each."""
GAP = re.compile(r"\n[ \t]*(?:[-*_]{3,}[ \t]*)?\n\s*")
ENDS = re.compile(r"(?<=[.!?;…])[\"')\]]*\s+|\n+|\s[—–-]{1,2}\s")
BRACKETED = re.compile(r"[(\[]([^()\[\]\n]{24,400})[)\]]\s*\Z|\A\s*[(\[]([^()\[\]\n]{24,400})[)\]]")
AGAIN = re.compile(
    r"\btoo \w+|\bclich\w*|\blet me (?:try|redo|re\w+|expand|fix|start|do|cut|trim|shorten)\b|\bhm+\b|\bthat one\b|"
    r"\bgo(?:ing)? with\b|\bscratch that\b|\btry again\b|\bstart over\b|\brewrite|\bredo\b|\bshorten|\bbetter[.,:]|"
    r"\btighten|\bcontains? (?:it )?once|\bword count\b|\b\d+ words\b"
)
"""What stands between two tries of one text."""


def found(low: str, side: Beside) -> _text.Span | None:
    """A stretch that mutters. ``low``: a text in lower case, with straight apostrophes; only its edges are read."""
    if min(side.users, side.talks, side.apart) < 0.85:
        return None
    text = low if len(low) <= 6 * LONGEST else low[: 4 * LONGEST]
    parts = list(islice(_parts(text), MOST))
    for at, (start, end) in enumerate(parts):
        piece = text[start:end]
        edge = at in (0, len(parts) - 1)
        first = WORD.search(piece)
        least = LEAST if edge or (first and first.group() in OPENS) else SURE
        if len(parts) < 2 or end - start > LONGEST or SPOKEN.search(bare := _speech.unquoted(piece)):
            continue
        if _mutters(bare, side, least) and not _alike(text, parts, at):
            return start, end
    for m in BRACKETED.finditer(text):
        inner = m[1] or m[2]
        if not SPOKEN.search(inner) and _mutters(_speech.unquoted(inner), side, LEAST, aside=True):
            return m.span()
    return _twice(text, parts) if side.plans == 1.0 else None


def _parts(text: str) -> Iterator[_text.Span]:
    """The paragraphs."""
    start = 0
    for m in GAP.finditer(text):
        if text[start : m.start()].strip():
            yield start, m.start()
        start = m.end()
    if not start and 1 < text.strip().count("\n") + 1 <= LINES:
        yield from (m.span() for m in re.finditer(r"[^\n]*\w[^\n]*", text))
    elif text[start:].strip():
        yield start, len(text)


def _weight(piece: str, side: Beside) -> float:
    """How much a stretch mutters: what of it is on the text or on who asked, and the manner of its sentences."""
    total = minds = pieces = forms = labels = 0
    about: set[str] = set()
    for one in islice(ENDS.split(piece), MOST):
        words = WORD.findall(one)
        if not words:
            continue
        total += 1
        note = words[0] in NOTES or (len(words) > 1 and words[0] in c.CLASS and words[1] in NOTES)
        mind = note or bool(DECIDES.search(one) or DOUBTS.search(one) or SIGNS.search(one))
        label = LABEL.match(one) is not None
        labels += label
        muttered = mind or label or len(words) <= SHORT
        minds += mind
        pieces += muttered and not mind
        bits = 0
        for word in words:
            bits |= c.CLASS.get(word, 0)
        if bits & c.OTHER:
            continue  # of an office, a game, a law
        about.update(m.group() for m in ABOUT.finditer(one) if m.group()[:5] not in side.asked)
        if bits & (c.STRONG | c.TEST):
            about.add("strong")
        elif muttered and bits & c.OUT:
            about.add("out")
        elif muttered and (bits & (c.WEAK | c.POLICY) or FORMS.search(one) or (note and _told(words, side))):
            forms += 1
    if minds + pieces < MANNER * total or not (about or forms):
        return 0.0
    if total == 1 and len(about) < 2:
        return 0.0
    if minds < (2 if labels > 2 else 1) or (not about and minds < (4 if forms < 2 else 3)):
        return 0.0
    return min(3, len(about)) + 0.5 * min(2, forms) + 0.5 * min(4, minds) + 0.25 * min(3, pieces)


def _told(words: list[str], side: Beside) -> bool:
    """Whether a sentence says again what the prompt asks for."""
    return any(len(w) >= 4 and w[:5] in side.asked and w not in STOP for w in words)


def _mutters(piece: str, side: Beside, least: float, aside: bool = False) -> bool:
    """Whether most sentences are in the manner, and enough of them on the text. ``aside``: it stands in brackets."""
    if len(PAST.findall(piece)) > 1 or len(TENSE.findall(piece)) > 2 or _blocks.SUMS.search(piece):
        return False
    lines = piece.strip().count("\n") + 1
    if LAID.search(piece) or (lines >= VERSE and len(_blocks.LISTED.findall(piece)) < lines - 1):
        return False
    if not side.asked or (lines >= VERSE and not ABOUT.search(piece)):
        least = SURE
    return _weight(piece.replace(",", ";\n") if aside else piece, side) * side.apart**2 >= least


def _alike(text: str, parts: list[_text.Span], at: int) -> bool:
    """Whether the neighbours are in the same manner: then it is that of the text."""
    rest = " ".join(text[a:b] for n, (a, b) in enumerate(parts) if n != at)[: 3 * LONGEST]
    total = manner = 0
    for one in islice(ENDS.split(rest), 3 * MOST):
        words = WORD.findall(one)
        if words:
            total += 1
            manner += words[0] in NOTES or DECIDES.search(one) is not None
    return total > 2 and manner >= MANNER * total


def _twice(text: str, parts: list[_text.Span]) -> _text.Span | None:
    """A beginning that is written again, with a verdict on it between the two."""
    if AGAIN.search(text) is None:
        return None
    starts: dict[tuple[str, ...], int] = {}
    for m in islice(re.finditer(r"(?:\A|(?<=[\n\"“.:!?]))[ \t]*(?=\w)", text), 60):
        key = tuple(WORD.findall(text[m.end() : m.end() + 60])[:5])
        if len(key) < 5:
            continue
        begun = starts.setdefault(key, m.end())
        if 40 < m.start() - begun <= LONGEST:
            between = list(islice(ENDS.split(text[begun : m.start()]), 1, MOST))
            if any(
                '"' not in one and AGAIN.search(one) and not SPOKEN.search(one) and not PAST.search(one)
                for one in between
            ):
                return begun, m.end()
    return None
