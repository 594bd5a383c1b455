"""Sizes that no number says: a yes or no, a haiku, a tweet."""

from __future__ import annotations

import re

YES_WORD = (
    r"[\"'“‘”’`*]*(?:yes[\"'”’`*]*\s*(?:or(?: a)?|/)\s*[\"'“‘`*]*no|true[\"'”’`*]*\s*(?:or|/)\s*[\"'“‘`*]*false|"
    r"ja[\"'”’`*]* (?:oder|of) "
    r"[\"'“‘`*]*(?:nein|nee)|oui[\"'”’`*]* ou (?:par )?[\"'“‘`*]*non|s[íì][\"'”’`*]* (?:o|u) [\"'“‘`*]*no|"
    r"sim[\"'”’`*]* ou [\"'“‘`*]*não|"
    r"(?:да|«да»)[\"'”’`*]* или [\"'“‘`*«]*нет|evet[\"'”’`*]* (?:veya|ya da|mi) [\"'“‘`*]*hayır)"
)
YES_NO = re.compile(
    r"\b(?:answer|reply|respond|say|tell me|antworte\w*|réponds|responde\w*|rispondi|responda|antwoord|ответь\w*|"
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
    r"\b(?:and|then|but|with|followed|plus)\b[^.?!]{0,30}\b(?:why|explain\w*|explanation|reason\w*|because|"
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
    r"\b(?:write|compose|give|make|create|craft|pen|need|want|like|love|send|get|draft|do|tell|schreib\w*|"
    r"écri\w*|escrib\w*|scriv\w*|"
    r"escrev\w*|schrijf|напиши\w*|as|in|into|in the form of|dichte|als|comme|como|come)(?: me| us| mir| moi)?"
    rf"(?: (?:a|an|one|ein|einen|un|uno|um|een|eine|una|uma|et))?(?: {SEVERAL}\w+)?[ -]"
)
OPENED = r"(?:^|[.!?:\n]\s*)(?:please,? )?(?:(?:an?|one|another|eine?n?|une?) )?(?:" + SEVERAL + r"[\w-]+ )?"
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
        ("sonett", "lines", 14, 14),
    )
}  # fmt: skip
