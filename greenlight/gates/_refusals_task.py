"""What makes a text the task's content although it has words that refuse."""

from __future__ import annotations

import re

from greenlight.gates import _demand, _manner, _noes
from greenlight.gates._plain_words import WORD, plain

SPEAKER = re.compile(
    r"^(?![ \t]*[*+-][ \t])[ \t*_]{0,4}(?!assistant|ai\b|model|refusal|note|answer|to\b|from\b|subject|date|cc\b|re\b|"
    r"status|reason|step|"
    r"title|error|result|ticket|http|request|warning|message|output|response|decision)"
    r"[^\W\d_][\w .'-]{0,24}(?<! \d)(?<! \d\d)[*_]{0,2}[:：][^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
TURN = re.compile(
    r"^[ \t*_#>-]{0,6}(?:[A-Z][A-Z .'-]{1,24}$|[^\W\d_][\w .'-]{0,24}(?: ?\([^()\n]{1,30}\))?[*_]{0,2} ?[:：])",
    re.MULTILINE,
)
"""Where somebody's turn begins."""
ROLE = re.compile(
    r"\W*(?:(?:you are|you're|be|play|pretend|act|imagine|speak|talk|answer|reply|respond|as) )[^.!?,:;\n]{0,80}"
    r"(?:[.!?,:;\n]+|\band\b)|.{0,80} as (?:an?|my) \w+(?: \w+)?[.:!?]",
    re.IGNORECASE,
)
"""A part to play, before a task."""
LINES = re.compile(r"[^\n]\n[^\n]")
NAME = re.compile(r"\b[A-ZÀ-Þ]\w+(?=\W*$)")
META = re.compile(
    r"\b(?:role-?play\w*|pretend\w*|play(?:ing)? (?:a |the |this )?(?:parts?|roles?|characters?)|impersonat\w*|"
    r"stay myself|"
    r"personas?|fictional|as an ai|(?:an|the) (?:ai )?assistant|somebody else|someone else)\b",
    re.IGNORECASE,
)
"""Talk of playing a part, which nobody has who plays it."""
LISTED = re.compile(r"^[ \t]*\d{1,2}[.)、]", re.MULTILINE)
UTTERANCES = re.compile(
    r"(?:\b(?:write|give|need|want|create|make|list|invent|draft|suggest|set|think|compose|schreib\w*|écri\w*|"
    r"escrib\w*|"
    r"scriv\w*|escrev\w*|напиши\w*|\d+|some|few|three|four|five|six|seven|eight|ten)\b[^.?!\n]{0,60}?)"
    r"(?<!in )\b(?:repl(?:y|ies)|messages|responses|answers|phrases|notices|templates|utterances|announcements|intents|"
    r"auto-?repl\w+|excuses|lines|strings|terms|rules|notifications|error texts?|policies|signs|examples|"
    r"disclaimers|antworten|meldungen|réponses|respuestas|mensajes|risposte|messaggi|respostas|ответ\w*|сообщени\w+)\b|"
    r"(?:写|给|列|書|挙)[^。？！\n]{0,12}(?:回复|回覆|メッセージ|返答)",
    re.IGNORECASE,
)
"""Things that a list of may well be one of noes."""
LINE = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)]|[\"“«])[ \t]*\S", re.MULTILINE)
ITEM = re.compile(r"(?:^|\s)(?:\d{1,2}[.)]|[-*•])[ \t]+(?=\S)")
OPTION = (
    r"(?:^|[/|,;:(\n]|\b(?:or|and|oder|ou|vs\.?|either)\b)[ \t\"“'«`]*{}[\"”'»`]*"
    r"[ \t]*(?:$|[/|,;.?!:)\n]|\b(?:or|and|oder|ou|vs)\b)"
)


def chosen(answer: str, prompt: str, system: str) -> bool:
    """Whether a short answer is one of the options that the prompt, or the system prompt, names."""
    said = answer.strip(" \n\t.!*`\"'").lower()
    if not said or len(said) > 24 or said.count(" ") > 2:
        return False
    for asked in (prompt, system):
        low = asked[-2000:].lower()
        if said in low and re.search(OPTION.format(re.escape(said)), low):
            return True
    return False


CODED = re.compile(r"\W*([A-Z]{0,4}[- ]?\d{2,5})\b[\s:,–—-]*[^\W\d_]+(?:[\s'-]+[^\W\d_]+){0,4}\.?\s*")
"""A code, and the few words that it stands for."""
SPELT_OUT = re.compile(
    r"\bwh(?:at|ich)\b[^.?!\n]{0,20}\b(?:text|wording|phrase|message|label|status|reason|code|error)\b[^.?!\n]{0,40}?"
    r"\b(\d{2,5})\b",
    re.IGNORECASE,
)
"""A question after the words that a code stands for."""
FAULTS = (
    r"(?:errors?|mistakes?|typos?|bugs?|issues?|problems?|faults?|flaws?|duplicates?|warnings?|defects?|conflicts?|"
    r"violations?|leaks?|contradictions?|inconsistenc\w+|vulnerabilit\w+|misspell\w*|misprints?|fallac\w+)"
)
SOUGHT = re.compile(
    r"\b(?:find|spot|check|look for|search|point out|identify|highlight|detect|flag|list|mark|show|report|scan|any|"
    rf"(?:is|are) there|proof-?read)\b[^.?!\n:]{{0,60}}?\b{FAULTS}\b",
    re.IGNORECASE,
)
NONE = re.compile(
    r"(?:(?:i|there) (?:can )?(?:see|saw|find|found|spot|spotted|are|is|were) )?"
    rf"(?:no (?:[\w-]+ ){{0,2}}{FAULTS}\b(?: [\w' ]{{1,40}})?|none\b(?: [\w' ]{{1,40}})?|"
    r"nothing (?:wrong|found|to \w+))[.!]?",
    re.IGNORECASE,
)
"""That a search, for what may not be there, found nothing."""


def short_answer(answer: str, prompt: str) -> bool:
    """Whether a few words say that nothing was found, or what a code of the prompt's stands for: "403 Forbidden"."""
    if len(answer) > 80:
        return False
    if NONE.fullmatch(answer) and SOUGHT.search(prompt):
        return True
    found = CODED.fullmatch(answer)
    if found is not None:
        return re.search(rf"(?<!\w){re.escape(found[1])}(?!\w)", prompt) is not None
    return len(answer.split()) <= 3 and SPELT_OUT.search(prompt) is not None


def lists_utterances(text: str, prompt: str) -> bool:
    """Whether it is the list of messages, replies or rules that was asked for."""
    return UTTERANCES.search(prompt) is not None and len(LINE.findall(text)) >= 2


def enumerates(text: str) -> bool:
    """Whether it is a list from its beginning, of items of more than a word each."""
    items = [item.split() for item in ITEM.split(text.strip())]
    return len(items) > 2 and not items[0] and sum(map(len, items)) >= 2.5 * (len(items) - 1)


PIECE = re.compile(
    r"[\"“«„]([^\"“”«»„\n]{2,300})[\"”»“]|(?<!\w)['‘]([^'‘\n]{2,200}?(?:['’]\w[^'‘\n]{0,80}?)?)['’](?!\w)"
)
GIVEN = re.compile(r"[:：]\s|\n|<-")
"""Where a text begins that is given with the prompt, or ends."""
POINTS = re.compile(
    r"\b(?:this|these|my|attached|following|below|above|here|the (?:text|graph|picture|image|file|document|pdf|"
    r"code|link|"
    r"photo|table|chart|article|passage|paragraph|poem|essay|story|attachment|draft))\b|[:：]\s*$",
    re.IGNORECASE,
)
"""A prompt that speaks of a text which should stand beside it."""
MATERIAL = (
    r"(?:text|passage|paragraph|sentence|file|document|pdf|code|snippet|essay|e-?mail|letter|link|image|picture|photo|"
    r"graph|chart|table|attachment|message|draft|data|list|notes|article|story|poem|words|content|question|it|them|one)"
)
AWAITS = re.compile(
    rf"\b(?:paste|send|share|copy|attach|upload|post|include|add|drop|type|provide|give me)\b[^.!?\n]{{0,30}}"
    rf"\b{MATERIAL}\b|"
    rf"\b(?:see|find|got|get|received?|have|is|was) (?:\w+ )?(?:no|any|an?|the|your) {MATERIAL}\b|"
    rf"\bno \w+ (?:is )?attached\b|"
    r"\b(?:came|come|gone|get|got) through\b|\b(?:nothing|no \w+|text) (?:attached|below|there|yet|here|in your)\b",
    re.IGNORECASE,
)
"""An answer that asks for the text, or misses it."""
ENDS_NO = re.compile(r"^\W*no\b\W*[,.!]|\bno\W*$", re.IGNORECASE)
WHOLE = {"can't": "can not", "cannot": "can not", "won't": "will not", "i'm": "i am", "i'd": "i would"}

UNCLEAR = re.compile(
    r"(?:do|ca|did|could)(?:n't| not) (?:\w+ )?(?:know (?:wh\w+|how|if|your|you)|see (?:your|it|any|"
    r"the|either)|catch|understand|follow|have (?:the|your|any|our) (?!ability|right|permission|access))|"
    r"\bnot sure (?:what|which)\b",
    re.IGNORECASE,
)
"""That the voice lacks what only the user knows."""
BACK = re.compile(
    r"\b(?:tell|send|give|show) me\b|(?:^|[.!?;\n] *)(?![^?.!\n]*\b(?:else|other|instead|different|help you|"
    r"anything)\b)"
    r"[^?.!\n]{3,240}\?",
    re.IGNORECASE,
)


def asks(own: str) -> bool:
    """Whether it asks the user for what it lacks."""
    return len(own) < 400 and UNCLEAR.search(own) is not None and BACK.search(own) is not None


UNNAMED = re.compile(
    r"^(?:(?:please|ok(?:ay)?|now|hey|hi),? )?(?!(?:tell|ask|write) (?:him|her|them|me)\b)"
    r"[^\W\d_]+(?: [^.!?\n:,]{0,40})? "
    r"(?:him|her|them|it|this|that|the other(?: \w+)?|the (?:same|usual|thing)(?: \w+)?)"
    r"(?: (?:again|please|for me|now))?"
    r"[.!?]*$|\b(?:that |which )?(?:we|you and i) (?:talked|spoke|discussed|agreed|spoke|mentioned|planned|had|"
    r"did)\b[^.!?\n]{0,30}[.!?]*$|\b(?:i (?:told|showed|sent|gave|mentioned)(?: \w+)? you|as (?:before|usual|discussed|"
    r"agreed)|like (?:last time|before|we said))\b[^.!?\n]{0,30}[.!?]*$",
    re.IGNORECASE,
)
"""A short prompt that leaves to be asked what, or whom, it speaks of."""


def unnamed(own: str, prompt: str) -> bool:
    """Whether it asks for what a prompt of a few words points at and does not name."""
    asked = prompt.strip()
    return len(asked) < 80 and UNNAMED.search(asked) is not None and "?" in own + asked and BACK.search(own) is not None


def held(prompt: str) -> tuple[str, str]:
    """The text that is given with a prompt, in quotation marks, on further lines or behind a colon; and the rest."""
    pieces = [m[1] or m[2] for m in PIECE.finditer(prompt)]
    cut = GIVEN.search(prompt)
    if cut is None:
        return " ".join(pieces), PIECE.sub(" ", prompt)
    before, after = prompt[: cut.start()], prompt[cut.end() :]
    if cut.group() == "<-":
        before, after = after, before
    return " ".join([*pieces, after]), PIECE.sub(" ", before)


def denies(given: str) -> bool:
    """Whether a text that is given says no in the first person, or is no more than a no."""
    if _demand.NO.search(given) is None:
        return False
    if _noes.refuses(given) and _noes.hinted_abroad(given):
        return True
    return ENDS_NO.search(given) is not None or any(m.group().lower() in _manner.ME for m in WORD.finditer(given))


def quotes(own: str, prompt: str) -> bool:
    """Whether it holds a no that the prompt set between quotation marks, as what was to be said."""
    low = own.lower()
    pieces = [(m[1] or m[2]).replace("’", "'").lower().strip(" .!?…") for m in PIECE.finditer(prompt)]
    return any(len(piece) >= 5 and piece in low and _demand.NO.search(piece) is not None for piece in pieces)


def says_again(own: str, given: str, strong: bool) -> bool:
    """Whether an answer is made of the words of a text that was given: all of them, or much of what it is about."""
    said, told = _parts(own), _parts(given)
    if not told or not said or len(said) > 60:
        return False
    if len(said) > 2 and said <= told | {"not", "no"}:
        return True
    subjects = {word for word in told if len(word) > 3 and not plain(word)}
    return not strong and len(subjects & said) >= max(2, len(subjects) / 2)


def _parts(text: str) -> set[str]:
    whole = " ".join(WHOLE.get(word, word.replace("n't", " not")) for word in text.lower().replace("’", "'").split())
    return {m.group() for m in WORD.finditer(whole)}


def awaits(own: str, prompt: str) -> bool:
    """Whether it misses the text that the prompt speaks of and does not hold."""
    given = held(prompt)[0]
    return len(given.split()) < 3 and POINTS.search(prompt) is not None and AWAITS.search(own) is not None
