"""Numbers of things to be listed, whatever the things are: held only against a text that is a list."""

from __future__ import annotations

import re

from greenlight.gates._sizes_numbers import value
from greenlight.gates._sizes_words import ADJECTIVES, MEASURES, UNITS
from greenlight.gates._text import word_set

Read = tuple[str, float, float, str, int, int]
VERB = (
    r"(?:make|create|write|produce|prepare|generate|compile|draw up|put together|come up with|think (?:up|of)|"
    r"give|gimme|"
    r"list|name|suggest|find|provide|offer|share|show|tell|send|recommend|propose|brainstorm|invent|pick|choose|"
    r"identify|mention|collect|compose|draft|outline|state|point out|throw|explain|describe|design|add|quote|"
    r"cite|listing|"
    r"(?:can|could|may|might) (?:i|we) (?:please )?(?:get|have|see)|how about|let['’]?s (?:have|hear|see)|"
    r"(?:i|we)(?: would|['’]d)? (?:also )?(?:need|want|like|love)|looking for|which|what(?: are|['’]re| would be)|"
    r"which are)"
)
BOUND = (
    r"(?:,? (?:please|exactly|about|around|just|only|some|the top|top|the best|another|a further|roughly|precisely|"
    r"at least|a (?:[a-z-]+ )?(?:list|table|set|collection|series|quiz|csv|deck|bunch|selection)"
    r"(?: (?:of|with|containing))?)){0,3}"
)
NUMBER = r"(?P<n>\d{1,2}|[a-z]{3,9}(?:-[a-z]{3,5})?)"
THINGS = (
    r"\s+(?P<what>(?:(?!of\b|and\b|or\b|to\b|in\b|is\b|are\b|for\b|with\b)[a-z'’/-]+\s+){0,3}?)"
    r"(?P<noun>[a-z-]{3,}s|people|men|women|children|criteria)(?![\w'’]| (?:was|were|is|has|have|had|ago|old|later|"
    r"each|apiece|long|per|away)\b)"
)
ASKED = re.compile(
    rf"\b(?:{VERB}(?: me| us| out| down| up)?(?: with)?|(?:and now|now|next|then|please|thanks|"
    rf"ok)){BOUND}\s+{NUMBER}{THINGS}",
    re.IGNORECASE,
)
OPEN = re.compile(
    rf"(?:^|[.!?:\n]\s*){NUMBER}{THINGS}(?= (?:for|to|about|on|that|from|please)\b|,? (?:please|no|short)\b|[.!]?$)",
    re.I,
)
"""A number of things, and no verb before it."""
TOP = re.compile(rf"(?:^|[.!?:\n]\s*)(?:your |the )?top[ -]{NUMBER}{THINGS}", re.IGNORECASE)
ABROAD = re.compile(
    rf"\b(?:dame|dime|gib mir|donne[sz]?-moi|dammi|me (?:dê|dá)|geef me|дай(?:те)?|suggerisci|propose[sz]?|"
    rf"sugiere|propón|придумай|предложи|подскажи|назови|список из|vorschlagen|"
    rf"zähl\w*|ich (?:brauche|möchte|suche)|je (?:veux|voudrais|cherche)|necesito|quiero|vorrei|preciso de|quero|"
    rf"enumera|énumère|indica|mostra-me|me mostre|нужн[оы]|"
    rf"schlag mir)\s+(?:[^\W\d]+\s+)?{NUMBER.replace('a-z', 'a-zà-üа-яё')}\s+"
    r"(?P<what>(?!de\b)(?:[^\W\d]+\s+)?)(?!minut|stund|sekund|tage|hora|segund|día|heure|second|ore\b|giorn|dias|"
    r"минут|час|дн)(?P<noun>[^\W\d]{4,})",
    re.IGNORECASE,
)
FEWER = re.compile(
    rf"{NUMBER}\s+(?:of (?:them|these|those)|(?:(?:most|least) \w+|\w+est|best|main|key|top|good|strong) ones?)\b|"
    rf"\b(?:cut|shorten|trim|reduce|narrow|whittle|boil|get|bring|pick|keep|only|just)\b[^.!?,]{{0,24}}\b(?:to|"
    rf"the (?:best|top|first))"
    rf"(?: just| only| about)? (?P<n2>\d{{1,2}}|[a-z]{{3,9}})(?: please|, please|ones?| max)?\s*[.!]?\s*$",
    re.IGNORECASE,
)
"""Some of what was listed before."""
MORE = re.compile(
    r"(?:\banother (?P<n2>\d{1,2}|[a-z]{3,9})|(?:^|[.!?,:]\s*|\b(?:me|now|want|need|have|get|another|do|and|with|"
    r"list|add|like|of)\s+)"
    rf"{NUMBER}\s+(?:more|further|additional|others?|extra|new|different|fresh)(?: ones?)?)"
    r"(?:,? (?:please|pls|thanks|now|then|like (?:that|these|those|this|it))){0,3}\s*[.!?]{0,3}\s*$",
    re.IGNORECASE,
)
STEPS = re.compile(
    r"\b(?:write|give|create|make|draft|design|outline|need|want|like|love|produce|generate|suggest|build|prepare)"
    r"(?: (?:me|us|up|out))? an? (?:[a-z]+ )?(?P<n>\d{1,2}|[a-z]{3,9})[ -](?:step|point|item|question|bullet|tip)\b",
    re.IGNORECASE,
)
"""A whole of so many: "a 5-step plan"."""
ONE = re.compile(
    r"\b(?:give|tell|name|show|want|list)[^.?!]{0,16} (?:just|only|exactly) one(?=[.!]|$)|"
    r"\b(?:(?:only|just|exactly|precisely|no more than)\s+(?:a single|one|1)|(?:suggest|recommend|pick|propose|name|"
    r"give me|tell me|want|need|provide|offer|share|list|state|cite|choose|find)(?: me)?(?: only| just| exactly)?"
    r" (?:one|1|a single))\s+(?:of (?:them|these|those)|(?:[a-z'’-]+\s+){0,2}?(?:title|name|headline|slogan|tagline|"
    r"idea|tip|fact|reason|example|word|synonym|suggestion|quote|question|joke|caption|hashtag|thing|item|entry|"
    r"option|"
    r"benefit|advantage|way|advice|cause|risk|book|film|movie|song|city|country|habit|mistake|argument|rule|lesson))\b"
    r"(?! (?:per|each|for (?:each|every)|at a))",
    re.IGNORECASE,
)
NO_THINGS = (MEASURES - {"people"}) | word_set(
    "as less its this thus always perhaps yes plus minus texts articles images pictures files programs scripts apps "
    "servings portions batches cups slices bottles packs boxes copies stanzas verses works "
    "friends kids sons daughters others options answers"
)
"""Of which so many are spoken of, measured or written at length, and not listed."""
WORD = re.compile(r"\d+|[^\W\d_]+")
EACH = re.compile(r"\b(?:each|every(?! day| week| child)|per (?!line|row|answer))\b", re.IGNORECASE)
LEAST = re.compile(r"\bat least\s*$", re.IGNORECASE)
WISH = re.compile(r"\b(?:need|want|like|have)\b", re.IGNORECASE)


def things(text: str) -> list[Read]:
    """Each number of things that the text wants listed: unit, low, high, kind and where it stands."""
    found: list[Read] = []
    if not any(1 < (value(word) or 0) <= 60 for word in set(WORD.findall(text.lower()))):
        return [("items", 1, 1, "listed", *m.span()) for m in ONE.finditer(text)]  # as no pattern below finds any
    for pattern in (ASKED, OPEN, TOP, ABROAD):
        for m in pattern.finditer(text):
            kind = m["noun"].lower()
            size, between = value(m["n"].lower()), m["what"].lower().split()
            counted = any(word in MEASURES or word in UNITS or value(word) for word in between)
            around = text[max(0, m.start() - 60) : m.end() + 40]
            if (
                size is None
                or not 2 <= size <= 60
                or (EACH.search(around) and pattern is not ABROAD)
                or kind in NO_THINGS
                or counted
            ):
                continue
            if kind in UNITS and UNITS[kind] != "items" and ADJECTIVES.issuperset(between):
                continue
            if "?" in text[m.end() :] and (pattern in (OPEN, ABROAD) or WISH.search(m.group()[:16])):
                continue  # told, and something else is asked
            most = float("inf") if LEAST.search(text[m.start() : m.start("n")]) else size
            found.append(("items", size, most, "listed", m.start("n"), m.end()))
    for m in STEPS.finditer(text):
        size = value(m["n"].lower())
        if size is not None and 2 <= size <= 60:
            found.append(("items", size, size, "listed", m.start("n"), m.end()))
    for m in (*MORE.finditer(text), *FEWER.finditer(text)):
        size = value((m["n"] or m["n2"]).lower())
        if size is not None and 2 <= size <= 60 and not ("?" in text[m.end() :] and m.re is FEWER):
            found.append(("items", size, size, "listed", *m.span()))
    return found or [("items", 1, 1, "listed", *m.span()) for m in ONE.finditer(text)]


TOP_ALONE = re.compile(
    r"(?:^|[.!?:\n]\s*)(?:your |my |the |a |an all-time )?top[ -](\d{1,2}|[a-z]+)(?!\s*(?:%|percent|\d))\b",
    re.IGNORECASE,
)
NAME_ONE = re.compile(
    r"(?:^|[.!?:]\s+)(?:please )?(?:name|list|give me|suggest|recommend|nenne|cite|nombra) (\w+)\s*(?:[.!]|$)",
    re.I,
)


def tops(text: str) -> list[Read]:
    """ "Top ten!" and "Name five." """
    found = [(m, value(m[1].lower())) for m in TOP_ALONE.finditer(text)] if "op" in text else []
    found += [(m, value(m[1].lower())) for m in NAME_ONE.finditer(text)]
    return [("items", n, n, "bare", m.start(1), m.end()) for m, n in found if n and n > 2]
