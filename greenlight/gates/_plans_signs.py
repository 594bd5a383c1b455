"""Turns of phrase in what speaks of a user, a task or a text to be written, in English (``reasoning_leak``)."""

from __future__ import annotations

import re

SIZE = re.compile(r"\b\d{2,4}(?: ?[-–] ?\d{2,4})?[ -]words?\b")
WANTS_TO = re.compile(
    r"\buser (?:wants|needs|would like|has|is asked|expects) to (?!know|learn|understand|hear|read|be|get|have|write|"
    r"say|tell|talk|"
    r"discuss|explore|practi[sc]e|feel|see|find out|chat|make|explain|test|laugh|improve)"
)
DEFINES = re.compile(r"\W*an? [\w-]+ (?:[\w-]+ )?is an? ")
THEY = re.compile(
    r"[^\w]*(?:(?:so|okay|ok|right|alright|well|hmm|ah|now),? )*(?:(?P<person>this person|the person|someone|"
    r"somebody|the asker)(?: who [\w ]{3,40}?)?|they)(?:'re|'d)?"
    r"(?: (?:just|only|simply|clearly|probably|really|seem to|are|is|would|may|might|also))* (?:wants?|needs?|asks?|"
    r"asking|after|"
    r"looking for|like|requests?|requesting|expects?)\b(?! (?:me|us|him|her)\b(?! to (?:write|answer|explain|give"
    r"|list|sound|be|tell)))"
)
FITS = re.compile(
    r"\b(?:this|it|that|answer|response|reply|version|draft|text|i)(?: \w+)? (?:satisf\w+|meets?|follow(?:s|ed)?|"
    r"fits?|match(?:es)?|fulfil\w*|honou?rs?|respects?|"
    r"complies|adheres?|sticks?|conforms?)\b"
)
CHECKED = re.compile(
    r"\b(?:polic\w+|safety|safe|sensitive|harm\w*|flags?)\W{1,3}(?:check|wise|concern|issue|problem)|check\w* (?:the "
    r")?(?:polic|safety)|\bsensitive here\b|(?:perfectly|completely|totally|entirely) (?:safe|fine|harmless|benign)\b|"
    r"\b(?:harmless|benign|safe|innocent) (?:question|request|topic|prompt)\b"
)
SAID_USER = re.compile(
    r"(?<![\w/\\.~@$-])(?:user|requester|asker|questioner|inquirer|(?:person|one|whoever is)(?= asking))(?:'s)?"
    r"(?![\w/\\(=@.]\w|[ _-](?:friendly|tests?|testing|research|feedback|surveys?|rights|roles?|guides?|manuals?|"
    r"interface|experience|id|names?|accounts?|data|input field|stories|story|group|base|agent|error|settings|tickets))"
)
TOLD = re.compile(
    r",['\"”’]? (?!the (?:user|prompt|system|instruct)|they |it )(?:(?:the |my |his |her )?[\w-]+ (?:[\w-]+ )?)?"
    r"(?:said|says|asked|thought|wrote|joked|replied|argues?|muttered|whispered)\b"
)
SURE = re.compile(
    r"\b(?:system (?:prompt|message)|user(?:'s)? (?:\w+ ){0,2}(?:seems?|appears?|probably|intent|request|likely|might)|"
    r"(?:seems?|appears?|looks|sounds|perhaps|maybe|presumably)(?: like| as if| that)? (?:the|this) user)\b"
)
TIMED = re.compile(
    r"\(\d{1,3} ?(?:min|mins|minutes?|h|hrs?|hours?)\.?\)|\A\W*\d{1,2}(?::\d\d|[.:]\d\d ?[ap]m| ?[ap]m)\b"
)
"""A point of an agenda: of a day with others, not of a text."""
REQUESTED = re.compile(
    r"\W*(?:(?:so|okay|ok|right|alright|well|hmm),? ){0,2}(?:the|this) user (?:wants|wanted|asks|asked|is asking|needs|"
    r"requests|requested|would like|is looking)\b(?! to\b)"
)
