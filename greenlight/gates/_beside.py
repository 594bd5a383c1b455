"""What a prompt asks for, beside which talk of users, prompts or plans says less (``reasoning_leak``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from greenlight.gates import _text

WORD = re.compile(r"[a-z]+(?:['-][a-z]+)*'?")
STOP = _text.word_set(
    "this that with from have about what which your their them they would could should there please write tell give "
    "make some into more very just user wants asked asks request"
)
ABOUT_USERS = re.compile(
    r"\busers?\b|\bapps?\b|software|website|\bu[ix]\b|interface|\bapi\b|usability|\blogin|\btickets?\b|\bmanual\b|"
    r"clause|"
    r"\bterms (?:of|and)\b|\bportal|\bsigns? in|\bdevice|(?:ticket|vending|washing|coffee|copy) machine|printer|"
    r"\binstructions? for|"
    r"documentation|bug report|error message|this error|design notes|\b(?:a|the|our|this) form\b|dialogs\b|\bdocs\b|"
    r"vacuum|appliance|"
    r"nutzer|handbuch|anleitung|utilisateur|mode d['’]emploi|usuari|utente|пользовател|инструкци|"
    r"用户|用戶|说明书|ユーザ|説明書|사용자|설명서|المستخدم|دليل|उपयोगकर्ता|निर्देश|χρήστη",
)
ABOUT_PROMPTS = re.compile(
    r"\bprompts?\b|\bconstitution|language model|\bllms?\b|\bpersonas?\b|role-?play|system message|\bacting\b|"
    r"\bactors?\b|"
    r"chat ?bot|\binstructions\b|guidelines|\bchat program|\bai model|rubric|\bgrading\b|\bexam\b|my essay|an "
    r"essay\b.{0,20}\?|"
    r"\bpolicy\b|\bpolicies\b|requirements?\b|verfassung|constituci|提示词|プロンプト",
)
ALOUD = re.compile(
    r"\b(?:think(?:ing|s)? (?:out loud|aloud|through)|stream of consciousness|inner monologue|internal monologue|"
    r"monologue|(?:show|see) (?:me )?(?:how you think|your (?:work|reasoning|thinking|thoughts?|steps))|step[- ]by[- "
    r"]step|"
    r"explain your|reason(?:ing)?\b|walk me|say your thoughts|outline|plan(?:s|ning)?\b|brainstorm|diary|journal|"
    r"thought process|writer|author|novelist|drafts?|feedback|critique|checklist|versions?|options?|compare|weigh|"
    r"analy[sz]e|"
    r"analysis|review|look at my|proofread|edit\b|improve|rewrite|revise|approach|headings|rationale|pros and cons|"
    r"label|count|"
    r"writing\b.{0,30}\?|how (?:do|can|should|would) (?:i|you|my) (?:write|start|begin|structure|phrase|approach|"
    r"essay|letter|story)|"
    r"tips|advice|what (?:\w+ ){1,3}thinks|json|yaml|xml|schema)\b",
)
"""Prompts that ask for thinking, for a plan, or for talk about writing."""


@dataclass(frozen=True)
class Beside:
    """What stands beside a sentence: how much talk counts beside this prompt, and the words that the prompt has."""

    users: float
    talks: float
    plans: float
    asked: frozenset[str]


@lru_cache(maxsize=512)
def beside(prompt: str) -> Beside:
    """The factors of a prompt. Talk of users is weighed less where it asks for such talk, and so on."""
    low = prompt[:4000].lower()
    about = ABOUT_PROMPTS.search(low) is not None
    users = ABOUT_USERS.search(low) is not None
    return Beside(
        users=0.3 if users or about else 1.0,
        talks=0.35 if about else 0.6 if users else 1.0,
        plans=0.4 if about or ALOUD.search(low) else 1.0,
        asked=stems(low),
    )


def stems(low: str) -> frozenset[str]:
    """Beginnings of the words that carry what is asked."""
    return frozenset(w[:5] for w in WORD.findall(low) if len(w) >= 4 and w not in STOP)
