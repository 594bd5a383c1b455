"""Sizes that no number says: a yes or no, a haiku, a tweet."""

from __future__ import annotations

import re

from greenlight.gates._sizes_numbers import value

YES_WORD = (
    r"[\"'“‘”’`*]*(?:yes[\"'”’`*]*\s*(?:or(?: a)?|/)\s*[\"'“‘`*]*no|true[\"'”’`*]*\s*(?:or|/)\s*[\"'“‘`*]*false|"
    r"ja[\"'”’`*]* (?:oder|of) "
    r"[\"'“‘`*]*(?:nein|nee)|oui[\"'”’`*]* ou (?:par )?[\"'“‘`*]*non|s[íì][\"'”’`*]* (?:o|u) [\"'“‘`*]*no|"
    r"sim[\"'”’`*]* ou [\"'“‘`*]*não|"
    r"(?:да|«да»)[\"'”’`*]* или [\"'“‘`*«]*нет|evet[\"'”’`*]* (?:veya|ya da|mi) [\"'“‘`*]*hayır)"
)
YES_NO = re.compile(
    r"\b(?:answer|reply|respond|say|tell me|antworte\w*|réponds|responde\w*|contesta\w*|rispondi|responda|"
    r"antwoord|ответь\w*|"
    r"cevap)(?: me| this| the question| your| mit| par| con| com| met| only| just| simply| with| a| an| one| using| "
    r"strictly| either|,| nur|"
    r" bitte| simple| plain| bare| clear| single| straight| solo| sólo| apenas| alleen| seulement| uniquement| "
    r"только| in one word"
    rf"| solamente){{0,4}}[ :]*{YES_WORD}|"
    r"\b(?:just|only|simply|plain|bare|simple|straight|strictly|strict|clear|quick|nur|bitte|seulement|solo|sólo|"
    r"apenas|alleen|только|"
    rf"sadece)(?: (?:an?|with|say|a simple|a plain|mit|par|con|com|met|please|ein|un|einfach))*[ :]+{YES_WORD}|"
    rf"{YES_WORD}[\"'”’»]?(?: answer)?[,;:]? (?:only|please|nothing else|no more|will do|suffices|bitte|s'il|por "
    rf"favor|per favore|"
    r"без объяснений|пожалуйста|nur|without|no explanation|alone|is enough|is all)|"
    rf"^\W*{YES_WORD}[:?,]|[.?!:,—–-] \W*{YES_WORD}\W*$",
    re.IGNORECASE,
)
YES_AND_WHY = re.compile(
    r"\b(?:and|then|but|with|followed|plus)\b[^.?!]{0,30}\b(?<!without )(?<!no )(?<!any )(?:why|explain\w*|"
    r"explanation|reason\w*|because|"
    r"justif\w*|elaborat\w*|details?|"
    r"sentences?|expand|argu\w*|evidence)\b|\b(?:yes|yes[- ]or[- ]|yes/|true/)no (?:question|vote|quiz|game)|"
    r"(?<!no )(?<!any )(?<!without )(?<!without any )\b(?:explain|justify|elaborate|begründ\w*|justifie\w*|"
    r"explica)\b|\bbegin\w* with\b|\bstart\w* with\b|\bfalse (?:question|quiz|statement)|\bno questions?\b",
    re.IGNORECASE,
)
SEVERAL = (
    r"(?!(?:some|several|many|more|multiple|various|few|different|both|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|mehrere|einige|zwei|drei|vier|plusieurs|deux|trois|varios|algunos|dos|tres|alcuni|due|tre|\d+)\b)"
)
"""Not of one form: "haiku" may be many."""
MAKE = (
    r"\b(?:write|compose|give|gimme|make|create|craft|pen|need|want|like|love|send|get|draft|do|tell|schreib\w*|"
    r"écri\w*|escrib\w*|scriv\w*|"
    r"escrev\w*|schrijf|напиши\w*|as|in|into|in the form of|dichte|als|comme|como|come)(?: me| us| mir| moi)?"
    rf"(?: (?:a|an|one|ein|einen|un|uno|um|een|eine|una|uma|et))?(?: {SEVERAL}\w+)?[ -]"
)
OPENED = (
    r"(?:^|[.!?:\n]\s*)(?:please,? )?(?:(?:just|only) )?(?:(?:an?|one|another|eine?n?|une?) )?(?:"
    + SEVERAL
    + r"[\w-]+ )?"
)
TO_ASK = (
    r"(?=,? (?:on|about|for|please|titled|called|über|sur|sobre|su)\b|\s?[,:;(–—-]\s*(?:topic|subject|theme|about)\b|"
    r": (?!wh|how|is\b|are\b|does\b)[^?\n]{1,60}$)"
)
ALONE = r"\b(?! (?:and|or|contest|master|poet|writer|collection|thread|series|style|then|that has|with)\b)(?![-'’])"
FORMS = {
    name: (re.compile(f"(?:{MAKE}{name}{ALONE}|{OPENED}{name}{TO_ASK})", re.IGNORECASE), unit, low, high)
    for name, unit, low, high in (
        ("haiku", "lines", 3, 3), ("limerick", "lines", 5, 5), ("sonnet", "lines", 14, 14), ("couplet", "lines", 2, 2),
        ("quatrain", "lines", 4, 4), ("tweet", "chars", 0, 280), ("haïku", "lines", 3, 3), ("хайку", "lines", 3, 3),
        ("sonett", "lines", 14, 14), ("oneyliner", "chars", 0, 300),
        ("soneto", "lines", 14, 14), ("sonetto", "lines", 14, 14), ("haikú", "lines", 3, 3), ("haicai", "lines", 3, 3),
        ("zweizeiler", "lines", 2, 2), ("vierzeiler", "lines", 4, 4), ("четверостишие", "lines", 4, 4),
        ("tanka", "lines", 5, 5), ("cinquain", "lines", 5, 5), ("clerihew", "lines", 4, 4), ("triolet", "lines", 8, 8),
        ("villanelle", "lines", 19, 19), ("drabble", "words", 70, 140), ("elfchen", "words", 9, 14),
    )
}  # fmt: skip
FACT = r"(?:year|date|number|name|word|letter|figure|digit|city|country|title|label|colou?r|percentage)"
JUST = re.compile(
    r"(?:^|[.!?,;:(–—-]\s*)(?:please )?(?:(?:give|tell|answer|reply)(?: me)?(?: with)? )?(?:"
    r"(?:just|only|simply)(?: (?:give|tell)(?: me)?)? (?:the|a|its|one|your) "
    rf"(?:[a-z]+ )?{FACT}(?:[,.!:)]| ?please\b| ?nothing| ?no |\s*$)|(?:an?|the|your) (?:[a-z]+ )?{FACT} only\b)",
    re.IGNORECASE,
)
"""A bare fact."""
SEVERAL_FORMS = re.compile("ha[iï]ku|limericks|couplets|quatrains|sonnets", re.IGNORECASE)
WANTED = re.compile(
    r"\b(?:write|compose|give|gimme|make|create|craft|pen|need|want|like|love|do|generate|produce|schreib\w*|écri\w*|"
    r"escrib\w*|scriv\w*)\b[^.?!]{0,40}$",
    re.IGNORECASE,
)
MANY = re.compile(r"(?:\b(\w{1,9}) )?\b(\w{1,12}) (ha[iï]kus?|limericks|couplets|quatrains|sonnets)\b", re.IGNORECASE)


def many(text: str) -> list[tuple[str, float, float, str, int, int]]:
    """Several of a form, with or without a title each: "three haiku"."""
    found: list[tuple[str, float, float, str, int, int]] = []
    for m in MANY.finditer(text) if SEVERAL_FORMS.search(text) else ():
        number = value(m[2].lower()) or (value(m[1].lower()) if m[1] else 0) or 0
        wanted = WANTED.search(text[: m.start()][-60:] + m.group()) or re.match(TO_ASK, text[m.end() :], re.IGNORECASE)
        if 1 < number < 20 and wanted:
            lines = FORMS[re.sub("s$", "", m[3].lower())][2]
            found.append(("lines", number * lines, number * (lines + 1) + 2, "form", m.start(3), m.end()))
    return found


PAGE = (120, 900)
"""Words that a page has at the least and at the most, whatever its type and its gaps."""
NAMED = re.compile(r"p[aá]gin|page|seiti?g?e|страниц|sayfa", re.IGNORECASE)
PAGES = re.compile(
    r"\b(?:(?P<low>\d{1,2}|[^\W\d_]{2,9})(?:\s?[-–]\s?|\s(?:to|or|bis|oder|à|ou|a|o|до|"
    r"или)\s))?(?P<high>\d{1,2}(?:[.,]5)?|[^\W\d_]{2,9}|a)"
    r"(?:[ -](?:full|whole|single|short|typed|written|double[- ]spaced|single[- ]spaced|A4|ganze|volle)){0,2}[ -]"
    r"(?:pages?|seiten?|seitige[rns]?|páginas?|pagin[ae]|pagina's|страниц[уыаеах]{0,2}|sayfa(?:lık)?)\b"
    r"(?! (?:titles?|descriptions?|views?|layouts?|designs?|numbers?|per|[ai] day|each|of (?:my|the|a|this)|"
    r"website|site|brochure|flyer|menu|"
    r"comic|pdf|app|contract|novel|book|manual|am tag|par jour)\b)(?!-)",
    re.IGNORECASE,
)
PIECE = re.compile(
    r"\b(?:write|draft|compose|essay|report|paper|summary|stor(?:y|ies)|article|letter|statement|memo|handout|"
    r"script|overview|speech|"
    r"review|biography|proposal|analysis|guide|(?:explain|describe|answer|tell me)\b.{0,60} in|schreib\w*|"
    r"verfass\w*|aufsatz|bericht|referat|écri\w*|rédige\w*|"
    r"rédaction|dissertation|exposé|escrib\w*|redact\w*|ensayo|informe|redacción|scriv\w*|tema|saggio|relazione|"
    r"escrev\w*|redação|relatório|ensaio|schrijf|opstel|verslag|напиши\w*|сочинение|доклад|эссе|реферат|yaz|"
    r"pages?(?: and a half)? (?:on|about))\b",
    re.IGNORECASE,
)
HALF = re.compile(r"\b(?:half|halbe|demi|media|mezza|meia|пол)\W+(?:an? )?$", re.IGNORECASE)
HANDED = re.compile(
    r"\b(?:read|summari[sz]e|summary of|sum up|shorten|cut|review of|edit|translate|proofread|condense|from|this|"
    r"that|these|my|our|his|her|"
    r"their|wrote|of (?:an?|the)|about (?:an?|the)|fass\w*|résume\w*|resum\w*|riassum\w*)\s+(?:[\w'’-]+\s+){0,3}$",
    re.IGNORECASE,
)
"""A text that is there already."""


def pages(text: str) -> list[tuple[str, float, float, str, int, int]]:
    """Pages to be written, in words."""
    found = []
    for m in PAGES.finditer(text) if NAMED.search(text) and PIECE.search(text) else ():
        start = m.start() if m["low"] and value(m["low"].lower()) else m.start("high")
        before = text[max(0, start - 60) : start]
        said = m["high"].lower().replace(",", ".")
        high = float(said[:-2]) + 0.5 if said.endswith(".5") else float((1 if said == "a" else value(said)) or 0)
        low = float(value(m["low"].lower()) or high) if m["low"] else high
        low, high = (0.5, 0.5) if said in HALVES or HALF.search(before) else (low, high)
        if not 0 < low <= high <= 20 or HANDED.search(before):
            continue
        least = min(1500.0, PAGE[0] * low) if low >= 1 and said != "a" else 40.0
        found.append(("words", least, PAGE[1] * high, "page", start, m.end()))
    return found


HALVES = frozenset(("half", "halbe", "media", "mezza", "meia"))
