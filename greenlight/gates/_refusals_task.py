"""What makes a text the task's content although it has words that refuse, and what makes a refusal unmistakable."""

from __future__ import annotations

import re

from greenlight.gates import _demand, _text

SAID = r"(?:said|says|thought|thinks|told|cried|asked|answered|replied|whispered|wrote|read|sang)"
SPOKEN = re.compile(
    rf"\b{SAID} (?:the|an?|his|her|my|their|he|she|they|it|[A-Z]\w+)\b|\b{SAID}(?: \w+)?(?: that| to \w+)?(?:,|:)? I\b"
    r"|\b(?:he|she|they|it) (?:said|thought|cried|asked|whispered)\b"
    r"|[A-Z]\w+ (?:said|thought|cried|replied|whispered)\b"
    r"|[,!?] \w+ed (?:the|an?|his|her|my|their|[A-Z]\w+)\b|\b(?:sagte|dit|dijo|disse|сказал\w?) \w"
)
"""Speech of a character that stands without quotation marks."""
SPEAKER = re.compile(
    r"^(?![ \t]*[*+-][ \t])[ \t*_]{0,4}(?!assistant|ai\b|model|refusal|note|answer|to\b|from\b|subject|date|cc\b|re\b|"
    r"status|reason|step|"
    r"title|error|result|ticket|http|request|warning|message|output|response|decision)"
    r"[^\W\d_][\w .'-]{0,24}(?<! \d)(?<! \d\d)[*_]{0,2}[:：][^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
TURN = re.compile(
    r"^(?:[ \t*_#>|-]{0,6}[^\W\d_][\w .'-]{0,24}(?: ?\([^()\n]{1,30}\))?[*_]{0,2} ?[:：|]|[A-Z][A-Z .'-]{1,24}$|"
    r"[ \t]*(?:\*\*|#{1,6} |\d{1,2}[.)] )[^\n]{3,120}\?)",
    re.MULTILINE,
)
"""Where somebody's turn begins, or a question that is a heading."""
LISTED = re.compile(r"^[ \t]*\d{1,2}[.)、]", re.MULTILINE)
TOTAL = re.compile(
    r"\b(?:help|assist|support|comply|fulfil|fulfill|write|answer|provide|generate|create|produce|discuss|respond|"
    r"translate|shorten|rewrite|edit|correct|improve|summari[sz]e|explain|describe|look up|read|open|continue|"
    r"complete|share|give|take part|be (?:a )?part|engage|ability to do|able to do)(?: (?:you|ye|"
    r"thee))?"
    r"(?: (?:with|on|in|of|to|about))?(?: (?:this|that|it|here|anything|(?:this|that|your) \w+|(?:this|that|your|the|"
    r"such|any)(?: \w+)? "
    r"(?:request|requests|question|prompt|topic|task|one|content|subject|assistance|help|answer|kind)))"
    r"(?: (?:for you|here|at all|right now|at the moment|today|either|anymore|any more|at this time|of \w+))*\W*"
    r"(?:$|[,;:—–]|\bbecause\b|\band\b|\bas\b|\bbut\b|\bsince\b)|\bI (?:\w+ )?(?:can(?:'t|not| not)|won't|"
    r"will not) (?:help|assist) with "
    r"(?!(?:more|the rest)\b)\w+(?: \w+){0,3}\W*$|\bI (?:\w+ )?(?:(?:have|need|am going) to|must|will|would|"
    r"respectfully|politely)? ?(?:decline|refuse)\W*$|"
    r"\bnot a (?:subject|topic|matter|thing) (?:that )?I (?:can|will|may)\b",
    re.IGNORECASE,
)
"""A refusal whose object is the wish itself, whatever it is: nothing follows that narrows it."""
WHILE = re.compile(
    r"(?<![\w'])(?:if|when|whenever|in case) (?!(?:I|we|my|you(?:'d|'re| would| need| have| want| like|r| are "
    r"(?:in|strug|having|feeling|looking)))\b)[^,.;:!?\n]{3,80}(?=,)|"
    r"\bif (?:you|it|they|he|she)(?:'re| are| is| get| gets| see| were) (?:told|asked|given|shown|refused|denied|the|"
    r"an?)\b"
    r"[^,.;:!?\n]{0,80}(?=,)",
    re.IGNORECASE,
)
"""A condition that somebody else is in: its noes are not the voice's."""
NOES = re.compile(
    r"n't\b|\b(?:no|not|never|cannot|denie[sd]|refuse[sd]?|reject\w*|blocked|error|unable)\b", re.IGNORECASE
)
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
SHORTLY = 25
"""Words of a prompt that holds no more than a sentence or two besides its task."""
OWN = re.compile(r"(?<![^\W_])(?:I|I'm|im|i'm|we|me|my|us|our|you|yourself|sorry|no way)(?![^\W_])", re.IGNORECASE)
LINE = re.compile(r"^[ \t]*(?:[-*•]|\d{1,2}[.)]|[\"“«])[ \t]*\S", re.MULTILINE)
OPTION = (
    r"(?:^|[/|,;:(\n]|\b(?:or|and|oder|ou|vs\.?|either)\b)[ \t\"“'«`]*{}[\"”'»`]*"
    r"[ \t]*(?:$|[/|,;.?!:)\n]|\b(?:or|and|oder|ou|vs)\b)"
)
PIECE = re.compile(r"[\"“«„]([^\"“”«»„\n]{2,60})[\"”»“]|(?<!\w)['‘]([^'‘\n]{2,60}?(?:['’]\w[^'‘\n]{0,40}?)?)['’](?!\w)")
GREETED = re.compile(
    r"\s*(?:[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|Liebe[rs]?|Hallo|Cher|Chère|Querid[oa]|Hola|Car[oa]|Ciao) ([A-ZÀ-Þ]\w+)"
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


def may_mirror(prompt: str) -> bool:
    """Whether a text that is given with the prompt may itself be a refusal, to be put in other words."""
    if TOTAL.search(prompt):
        return True
    return len(prompt.split()) < SHORTLY and OWN.search(prompt) is not None


def lists_utterances(text: str, prompt: str) -> bool:
    """Whether it is the list of messages, replies or rules that was asked for."""
    return UTTERANCES.search(prompt) is not None and len(LINE.findall(text)) >= 2


def quotes_prompt(own: str, prompt: str) -> bool:
    """Whether it holds a no that the prompt set between quotation marks, as what was to be said."""
    low = own.lower()
    for m in PIECE.finditer(prompt):
        piece = (m[1] or m[2]).replace("’", "'").lower().strip(" .!?…")
        if len(piece) >= 5 and piece in low and _demand.NO.search(piece):
            return True
    return False


def greets_one_of(text: str, prompt: str) -> bool:
    """Whether it greets somebody whom the prompt names: a letter, or a message, to them."""
    found = GREETED.match(text)
    return found is not None and re.search(rf"\b{re.escape(found[1])}\b", prompt) is not None


def conditions(text: str) -> list[_text.Span]:
    """Where somebody else's condition stands."""
    low = text.lower()
    if not ("if " in low or "when" in low or "in case" in low):
        return []
    return [m.span() for m in WHILE.finditer(text) if NOES.search(m.group())]
