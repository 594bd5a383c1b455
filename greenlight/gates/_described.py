"""Where a prompt itself says who is to speak ("You are a gruff lighthouse keeper. Why are there tides?")."""

from __future__ import annotations

import re

from greenlight.gates import _personas

READ = 6_000
"""Characters of a prompt in which a character is looked for."""
BLOCK = re.compile(r"\n[ \t]*\n\s*")
HEADED = re.compile(
    r"^[\s#*<\[(|]*(?:\w{2,12} )?(?:character(?: card)?|persona|role|voice|"
    r"style(?: guide)?|tone|manner|figur|rolle|personnage|personaje|personaggio|rôle|キャラクター設定|角色|人设)"
    r"(?: [\"“][^\n:\"”]{1,20}[\"”])?[^\n\w:]{0,6}(?:[:>\])|*：]|\n)",
    re.IGNORECASE,
)
"""A label over what describes a character."""
ASKED = re.compile(
    r"(?:^|\n)[ \t#*<\[(|]*(?:user|human|message|question|prompt|task|input|request|q|frage|nutzer|utilisateur)"
    r"(?:'s)?(?: (?:message|question|input))?[^\n\w:]{0,6}(?:[:>\])|*：]|\n)\s*",
    re.IGNORECASE,
)
"""A label over what is asked."""
CALLED = re.compile(
    r"\b(?:you(?:'re| are| will be| play| speak| talk| answer| only| always| never| live| work)\b"
    r"(?! (?:given|going|asked|provided|to (?:write|read|translate|classify)|welcome|right|wrong|not|able|free|sure))|"
    r"your (?:name|character|voice|role|persona) is|"
    r"(?:act|acting|pose|answer|reply|respond|speak|talk|write) (?:to me )?(?:only |exactly |just )?"
    r"(?:as|like|the way|in the (?:voice|style|manner|person|tone) of) (?:if )?(?:you|an?|the|my|though)\b|"
    r"(?:pretend|imagine) (?:that )?(?:you|to be)|role-?play|impersonat\w+|"
    r"be (?:my |a |an |the )[\w' -]{3,30}(?:[.,:;]|$)|(?:take|take on|stay in|play) the (?:role|part|persona) of|"
    r"(?:stay|remain|keep|answer|be|speak) (?:\w+ )?in character|in (?:this|that|the same) (?:voice|style|character)|"
    r"the (?:assistant|model|bot|user|speaker|character) (?:is|speaks|talks|answers)|"
    r"answer (?:every|each|all)\b[^.\n]{0,30}\b(?:with|in|as)|never (?:say|admit|mention) that you are)|"
    r"^(?:du bist|sie sind|tu es|vous êtes|eres|sei|você é|és|ты|вы|sen|je bent|du är|du er|jesteś)\b|"
    r"你是|扮演|あなたは|당신은|너는",
    re.IGNORECASE | re.MULTILINE,
)
"""How whoever answers is told who speaks."""
APPOSED = re.compile(
    r"^\W{0,3}(?:[A-Z][\w'.-]{1,20}(?: [A-Z][\w'.-]{0,20}){0,3}, )?(?:[Aa]n?|[Tt]he) [^.!?;:\n]{3,160}(?:[.;:\n]|$)",
    re.MULTILINE,
)
SPEAKS = re.compile(
    r"\b(?:speaks?|talks?|answers?|repl(?:y|ies)|explains?|says?|calls?|swears?|complains?|mutters?|grumbles?|tells?|never|"
    r"always|in character)\b",
    re.IGNORECASE,
)
"""Who is named and no more said of, and how they speak."""
FINITE = re.compile(
    r"\b(?:is|are|was|were|had|did|will|would|can|should|"
    r"[a-z]{3,12}ed (?:to|in|at|on|from|[a-z]{1,12} in|the|an?|his|her|it))\b"
)
GIVEN = re.compile(
    r"\b(?:(?:this|these|the (?:above|following|given|passage|text|story|article|sentence|review|poem))\b[^?\n]{0,40}"
    r"\b(?:text|passage|story|article|sentence|review|poem|paragraph|e-?mail|above)|summar|translate|rewrite|rephrase|"
    r"proofread|classify|who (?:was|is) (?:he|she|the))",
    re.IGNORECASE,
)
"""What is asked about a text that is given."""
WRITTEN = re.compile(
    r"\b(?:write|compose|draft|create|continue|finish)\b[^.?!\n]{0,60}\b(?:story|poem|letter|e-?mail|dialogue|scene|play|"
    r"song|essay|speech|novel|tale|limerick|haiku|script|monologue|chapter|diary|blog|ad|post|review|article)\b",
    re.IGNORECASE,
)
"""What has speakers of its own."""
WOULD = re.compile(
    r"(?:\b(?:in the (?:voice|style|manner|person|accent) of|like you(?:'re| are)|as (?:if|though) you (?:were|are)|"
    r"(?:as|like|the way) (?:an?|the|my) [\w' -]{2,40} would)\b|"
    r"\b(?:answer|reply|respond|speak|talk|explain|say|tell me|put|do)\b[^.?!\n]{0,40}? (?:as|like) (?:an?|my) )"
    r"[^.?!\n]{0,120}",
    re.IGNORECASE,
)
"""Who is to speak, at the end of what is asked."""
SENTENCE = re.compile(r"[^.!?…。！？\n]+[.!?…。！？\"'”)\]]*\s*|\s+")
OPENS = re.compile(
    r"\W*(?:i|i'm|i've|my|we|how|what|why|when|where|who|which|can|could|should|would|is|are|do|does|did|please|tell|"
    r"explain|write|give|help|list|describe|teach|hi|hello|hey|now|today|question|so)\b|\W*$",
    re.IGNORECASE,
)
"""How a question begins."""


def apart(prompt: str) -> tuple[str, str]:
    """What a prompt says of who speaks, empty where it says nothing of it, and what is asked."""
    head, rest = prompt[:READ].replace("’", "'"), prompt[READ:]
    start = re.match(
        r"\s*[#<|\[]{0,4}(?:(?:system|user|human|instructions?|scenario|q)\b[|>\] ]{0,3}\s*[:>\n]\s*)?",
        head,
        re.IGNORECASE,
    )
    head = head[start.end() :] if start else head
    told, asked = _blocks(head)
    if not told:
        told, asked = _sentences(head)
    if not told or _personas.is_servant(told) or GIVEN.search(asked[:400]):
        return "", prompt
    return told, asked + rest


def _tells(block: str) -> bool:
    """Whether a block of lines describes who speaks."""
    if CALLED.search(block) and not block.rstrip(" \n\"')").endswith("?"):
        return True
    named = APPOSED.match(block)
    if not named or FINITE.search(named[0].split(" who ")[0]):
        return False
    known = _personas.is_loud(block) or any(who.search(block) for who in _personas.WHO.values())
    return known or SPEAKS.search(block) is not None


def _blocks(head: str) -> tuple[str, str]:
    """The first blocks, where they describe who speaks and others follow."""
    label = ASKED.search(head, 1)
    headed = HEADED.match(head)
    if headed and label and label.start() >= headed.end() - 1:
        return head[headed.end() - 1 : label.start()].strip(), head[label.end() :]
    for split in (BLOCK, re.compile(r"\n\s*")):
        blocks = split.split(head.strip())
        if len(blocks) < 2:
            continue
        many = 1 if headed or blocks[0].startswith("[") or _tells(blocks[0]) else 0
        while 0 < many < len(blocks) - 1 and (CALLED.search(blocks[many]) or blocks[many][:1] in "-*•"):
            many += 1
        if many:
            return "\n".join(blocks[:many]), "\n\n".join(blocks[many:])
    return "", head


def _sentences(head: str) -> tuple[str, str]:
    """The sentences that describe who speaks, the first ones or the last."""
    parts = [one for one in SENTENCE.findall(head) if one.strip()]
    if not parts or len(parts) > 60:
        return "", head
    if len(parts) > 1 and "?" not in parts[0] and (CALLED.search(parts[0]) or HEADED.match(head) or _tells(parts[0])):
        ends = next((n for n, one in enumerate(parts) if n and ("?" in one or OPENS.match(one))), len(parts) - 1)
        return "".join(parts[:ends]), "".join(parts[ends:])
    if len(parts) > 1 and CALLED.search(parts[-1]) and "?" not in parts[-1]:
        return parts[-1], "".join(parts[:-1])
    found = None if WRITTEN.search(head) else WOULD.search(head)
    return (found[0], head[: found.start()] + head[found.end() :]) if found else ("", head)
