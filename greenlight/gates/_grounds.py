"""Noes with good grounds, which are answers: what was asked about is not there, was to be kept, is not the voice's."""

from __future__ import annotations

import re

from greenlight.gates import _manner, _written
from greenlight.gates._plain_words import WORD, plain
from greenlight.nouns import Provenance

READ = 4000
"""Characters of a prompt that are looked at."""
WAY = re.compile(
    r"\b(?:if you|could you|can you|tell me|paste|share|send|check|try|your (?:phone|device|computer|clock|"
    r"app|calendar|"
    r"browser|screen|doctor|bank)|the (?:app|site|website|window|league|station|forecast)|look (?:at|it up|on|"
    r"out)|ask)\b|"
    r"\bbut (?:I can(?!not)|here|your|the|you)\b",
    re.IGNORECASE,
)
"""A way to what was wished for, which a mere no does not have."""
TALK = re.compile(
    r"\b(?:our|this|the) (?:\w+ )?(?:conversation|chat|discussion|talk)\b|\b(?:we|I|you)(?:'ve|"
    r" have)? (?:just |already )?"
    r"(?:discuss|talk|cover|sa(?:y|id)|ask|told|tell|mention|agree)\w*\b|\bso far\b|\b(?:previous|earlier|"
    r"last|first) (?:message|"
    r"question|answer)",
    re.IGNORECASE,
)
NO_TALK = re.compile(
    r"\b(?:haven't|have not|hasn't|has not|nothing|not|no|yet) (?:\w+ ){0,3}(?:talked|discussed|spoken|said|"
    r"covered|mentioned|"
    r"asked|told|to (?:summari[sz]e|recap|sum up)|(?:previous|earlier|prior) (?:\w+ )?(?:message|conversation|"
    r"chat|talk)s?)|"
    r"\b(?:your|the|our) (?:very )?(?:first|start of|beginning of) (?:\w+ )?(?:message|conversation|chat|exchange)|"
    r"\b(?:only |just ){1,2}(?:started|begun|beginning|getting started)\b",
    re.IGNORECASE,
)
KEEPS = re.compile(
    r"\b(?:do not|don't|never|must not|mustn't|not to|without) (?:\w+ ){0,3}?(?:reveal|disclos|shar|show|"
    r"repeat|mention|"
    r"discuss|print|leak|giv\w+ away|tell|quot|expos)\w*\b[^.\n]{0,60}?\b(?:prompt|instructions?|rules|"
    r"set-?up|message|"
    r"configuration|guidelines|text|this|these|it)\b|\b(?:prompt|instructions?|rules|"
    r"set-?up)\b[^.\n]{0,30}\b(?:secret|"
    r"confidential|private|to yourself)\b",
    re.IGNORECASE,
)
KEPT = re.compile(
    r"\b(?:your|these|this|above|hidden|secret|initial|original|first|previous|system) (?:\w+ ){0,2}?"
    r"(?:instructions?|prompts?|rules?|set-?up|configuration|guidelines?|message)\b|"
    r"\b(?:instructions?|prompts?|rules?|guidelines?) (?:that |do |have |were )?you\b|"
    r"\b(?:the|full|whole|exact) prompt\b|"
    r"\byou (?:\w+ ){0,2}?(?:told|instructed|configured|set up)\b|\b(?:told|instructed|configured|set up) you\b",
    re.IGNORECASE,
)
"""A prompt after that, and not after the rules of a game."""
LIMITS = re.compile(
    r"\b(?:decline|refuse|turn down|turn away|reject|(?:do not|don't|never) (?:answer|help|discuss|respond)|"
    r"only (?:ever )?(?:answer|talk|help|discuss|respond|speak|assist)\w*|(?:answer|talk|help|discuss|"
    r"speak)\w* only)\b",
    re.IGNORECASE,
)
"""How a sentence of a system prompt has something turned down."""
SENTENCE = re.compile(r"[^.!?\n]+")
SELF = re.compile(
    r"\b(?:what(?:'s| is| are)|who(?:'s| is| are)|when(?:'s| is)|where(?:'s| is)|"
    r"tell me) (?:\w+ ){0,2}?your (?!answer|view|opinion|take|"
    r"advice|thoughts)|\bhow (?:old|tall|big) are you|\bwhere (?:do|are) you (?:live|from|come)|"
    r"\bdo you (?:have|eat|sleep|"
    r"dream|drink|own)\b",
    re.IGNORECASE,
)
NO_SELF = re.compile(
    r"\bI(?:'m| am) (?:just |only )?an? (?:\w+ ){0,2}(?:AI|program|programme|model|assistant|bot|chatbot|"
    r"machine|software)\b"
    r"[^.!?]{0,60}\b(?:don't|do not|no|without|never)\b(?! (?:\w+ ){0,2}(?:answer|discuss|share|provide|help))",
    re.IGNORECASE,
)
VOICED = re.compile(
    r"^\W*(?:what|(?P<how>how)) (?:would|does|did|might|will|could) (?!you\b|I\b|we\b|one\b)(?:(?:an?|the|my|his|"
    r"her) )?[\w' .-]{2,40}? "
    r"(?(how)(?:answer|reply|respond)|"
    r"(?:say|answer|reply|respond|tell (?:me|you|him|her|us|them|(?-i:[A-Z])\w+)))\b",
    re.IGNORECASE,
)
"""A question after somebody's words, which are then the answer's; how something is said is told by saying it."""
OFFICE = re.compile(
    r"\b(?:requests?|assist\w*|provid\w*|advice|information|opinions?|AI|language model|as an?|content|guidelines|"
    r"comply|answer|prompt|task|what \w+ would|speak for|characters?|help (?:you )?with)\b",
    re.IGNORECASE,
)
LIVE = re.compile(
    r"\bmy (?:\w+ )?(?:calendar|schedule|e-?mails?|inbox|messages|phone|files?|location|account|photos?|contacts|"
    r"appointments?|balance|computer|screen|desktop|camera|reminders?|bank)\b|\b(?:what(?:'s| is) the|"
    r"what) (?:time|date|day)\b|"
    r"\b(?:weather|temperature) (?:\w+ ){0,2}(?:outside|today|now|here|tomorrow|like)|\bright now\b|"
    r"\blast night\b|\b(?:latest|"
    r"today's|current) (?:\w+ )?(?:news|price|score|rate|weather|date|traffic|headlines|results?)\b",
    re.IGNORECASE,
)
LACKS = re.compile(
    r"\b(?:can't|cannot|can not|not able to|unable to|don't|do not|have no|without) (?:\w+ ){0,2}?(?:see|"
    r"access|look (?:up|into|at|"
    r"outside)|check|read|open|reach|hear|have|live|real-time|clock|way|know)\b",
    re.IGNORECASE,
)
WORK = re.compile(
    r"\b(?:book|novel|film|movie|song|paper|album|author|article|show|series|game|poem|play|band|podcast|"
    r"study|person|"
    r"company)\b|[\"“'‘][A-Z][^\"”'’\n]{3,80}[\"”'’]",
)
UNKNOWN = re.compile(
    r"\b(?:not (?:familiar with|aware of)|(?:haven't|have not|never) (?:heard|come across|read|seen)|(?:don't|"
    r"do not) "
    r"(?:know|recogni[sz]e)|(?:can't|couldn't|could not|cannot) find) (?:of )?(?:an?|the|that|this|any|it|them)\b",
    re.IGNORECASE,
)
TOLD = re.compile(
    r"\b(?:if you|could you|can you)\b[^.!?]{0,60}\b(?:tell|paste|share|send|describe|give)|\bwho (?:made|"
    r"wrote)|\bpaste\b"
)
LAYMAN = re.compile(
    r"^\W*I(?:'m| am) (?:not|no) (?:an? )?(?:\w+ )?(?:lawyer|attorney|doctor|physician|accountant|vet|therapist|"
    r"financial advis[eo]r|expert|professional|electrician|pharmacist|nurse|tax \w+),? but (?:I can|here)\b(?! not)",
    re.IGNORECASE,
)
OWN_WORK = re.compile(
    r"\b(?:do|write|finish|complete|solve|answer|take|draft|make|give|get|send|need|want|cheat|help|answers?|"
    r"solutions?)\b[^.!?;,\n]{0,60}?\b"
    r"(?:thesis|dissertation|homework|exams?|assignment|coursework|term paper|take-home|school essay)\b",
    re.IGNORECASE,
)
"""A prompt that has the reader's own work done; one that only mentions it asks for something else."""
AS_OWN = re.compile(r"\b(?:hand (?:it )?in|submit as (?:mine|my own))\b", re.IGNORECASE)
FURTHER = re.compile(
    r"(?:^|[.!?;:,\n]\s*|\b(?:and|then|but|so|also)\s+)(?:(?:please|then|now|also|just)\s+){0,2}"
    r"(?:(?:can|could|would|will) you (?:please )?)?(?P<rest>(?:write|explain|describe|list|summari[sz]e|draft|compose|"
    r"translate|solve|create|make|invent|plan|design|calculate|compare|outline|discuss|teach|tell [\w']+ about)\b"
    r"[^.!?;\n]*)",
    re.IGNORECASE,
)
"""Something to be done."""
BACK = re.compile(r"\b(?:it|its|this|that|these|those|them|we|our|us|you (?:said|told|wrote))\b", re.IGNORECASE)
"""How a request goes back to what was named before."""
STEPS = re.compile(
    r"\bI can (?:still )?help\b[^.!?:]{0,60}(?::|\bwith\b)[^.!?,]{3,80},[^.!?,]{3,80}(?:,|\band\b)[^.!?]{3,80}",
    re.IGNORECASE,
)


def founded(said: str, made: Provenance) -> bool:
    """Whether a text that says no has grounds for it that its prompt, or the system prompt, shows.

    Each ground wants two things: a prompt after what is not there, and after nothing else that could be done all the
    same, and a text that says so and, but for what was to be kept, offers a way."""
    said, prompt, system = said.replace("’", "'")[:READ], made.prompt[:READ].replace("’", "'"), made.system[:READ]
    if not made.before and NO_TALK.search(said) and _is_all(TALK, prompt, True):
        return True
    if KEEPS.search(system) and KEPT.search(prompt):
        return True
    if NO_SELF.search(said) and _is_all(SELF, prompt):
        return True
    if len(said) < 200 and not OFFICE.search(said) and _is_all(VOICED, prompt):
        return True
    if LACKS.search(said) and WAY.search(said) and not _written.asked(prompt) and _is_all(LIVE, prompt):
        return True
    if UNKNOWN.search(said) and TOLD.search(said) and _is_all(WORK, prompt, True):
        return True
    if LAYMAN.search(said) and "?" in said:
        return True
    own = STEPS.search(said) is not None and (AS_OWN.search(prompt) is not None or _is_all(OWN_WORK, prompt))
    return own or _beyond(said, prompt, system)


def _is_all(ground: re.Pattern[str], prompt: str, back: bool = False) -> bool:
    """Whether a prompt shows a ground, and asks for nothing that it does not cover. ``back``: a request that goes back
    to what is not there is covered too."""
    found = ground.search(prompt)
    if found is None:
        return False
    for more in FURTHER.finditer(prompt):
        same = more.start("rest") <= found.end() and found.start() <= more.end()
        if not same and not (back and BACK.search(more["rest"])):
            return False
    return True


def _beyond(said: str, prompt: str, system: str) -> bool:
    """Whether the system prompt has other subjects turned down, and the text names one of them and the prompt's."""
    limits = " ".join(sentence for sentence in SENTENCE.findall(system) if LIMITS.search(sentence))
    if not limits:
        return False
    subject, asked, spoken = _subjects(limits), _subjects(prompt), _subjects(said)
    return bool(subject & spoken) and not subject & asked and bool(asked & spoken)


def _subjects(text: str) -> frozenset[str]:
    """Beginnings of the words that are not plain ones."""
    return _manner.stems(" ".join(m.group() for m in WORD.finditer(text) if not plain(m.group().lower())))
