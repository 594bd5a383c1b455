"""What a prompt asks for, said again before the answer and remarked on, and remarks beside it (``reasoning_leak``).

A beginning that restates the request, or says what is to be done, and goes on in clipped sentences on form; a remark
between the parts of an answer, or after it, that judges or mends it. None of these needs to name a user.
"""

from __future__ import annotations

import re
from itertools import islice

from greenlight.gates import _blocks, _plans_abroad, _speech, _text
from greenlight.gates import _cues as c
from greenlight.gates._beside import STOP, WORD, Beside, stems

LONGEST = 900
"""Characters of a beginning."""
REMARK = 280
"""Characters of a remark."""
LEAST = 1.3
SHARE = 0.6
"""Of its sentences, how many must be notes."""
ALOUD = 0.3
"""Of plans, what is left beside a prompt that asks for thinking."""
HEAD = 500
SURE, SURE_ABROAD = 0.9, 1.0
"""What a first paragraph of notes must weigh."""
MOST = 14
LEAD = 12
"""Words of a sentence that says again what was asked."""
SHORT = 4
"""Words of a clipped sentence."""
ENDS = re.compile(r"(?<=[.!?;:…])[\"')\]]*\s+|\n+|\s[—–-]{1,2}\s")
GAP = re.compile(r"\n[ \t]*(?:[-*_]{3,}[ \t]*)?\n\s*")
LINE = re.compile(r"\n")
LEADS = re.compile(
    r"\W*(?:(?:hmm?|okay|ok|so|right|alright|all right|well|now|ah|good|sure|first|let's see|thought|thinking"
    r"|reasoning|"
    r"task(?: from \w+)?|request|new request|goal|internal monologue|analysis)\b[,:.!… ]*){0,3}"
)
"""What a thought opens with, which says nothing yet."""
PLANS = re.compile(
    r"(?:(?:i|we)(?:'d| just| only| simply| also| first| now)* (?:(?:need|have|ought|am (?:asked|supposed|meant)|"
    r"are (?:asked|supposed|meant))(?: only)? to|should|must|need|am asked for|'m asked for|are asked for)|"
    r"i'm asked (?:for|to)|(?:need|have) to|must|(?P<thinks>let me think (?:about|of|through))|"
    r"(?P<meta>(?:in )?the (?:previous|last) turn|the (?:conversation|chat) so far|this (?:example|sample"
    r"|turn) (?:should|"
    r"must|needs|has)|for this (?:sample|example|turn)|the assistant (?:turn|should|must|has))) ?"
)
TASKS = re.compile(
    r"\b(?:produce|provide|respond|answer|reply|write|give|offer|explain|list|come up with|craft|draft|generate|say|"
    r"make|show|deliver|compose|state|cover|tell|suggest|describe|summari[sz]e|translate)\b"
)
THEY = re.compile(
    r"the user(?:'s)? \w+|(?:they|this person|the person|someone|the asker)(?:'re|'d)?(?: (?:just|only|simply"
    r"|clearly|probably|are|is|would))*"
    r" (?:asking|asks?|wants?|needs?|likes?|looking for|after|requests?)\b(?! (?:us|him|her)\b)"
)
VERBS = _text.word_set(
    "is are was were has have had does do did will would can could i you he she it they we there that which who "
    "means makes goes comes says makes takes keeps got get don't isn't aren't"
)
"""Words that a noun phrase does not have."""
ON_FORM = re.compile(
    r"\b(?:short|brief|concise|concisely|simple|simply|clear|calm|kind|kindly|polite|politely|warm|friendly|honest|"
    r"formal|stiff|playful|gentle|funny|plain|numbered|sentences?|lines?|words?|paragraphs?|tone|format|length|style|"
    r"list|jargon|rhymes?|rhym\w+|syllables?|stanzas?|intro|introduction|preamble|example|examples|title|headings?|"
    r"bullets?|answer|answers|reply|response|version|draft|placeholders?|disclaimers?|edge cases|too long|"
    r"alarming|archaic|in character|wordy|filler|ending|opening|closing|metaphors?|jokes?|emoji|emojis|markdown|"
    r"follow-up|tools?|real-time|i should say|point them|what they asked|requested?|numbers?|language|voice|details?"
    r"|steps?)\b"
)
CLIPPED = re.compile(
    r"(?:no|not|avoid|keep|exactly|only|just|be|don't|maybe|perhaps|offer|state|show|mention|include|add|use|start|"
    r"end|skip|stay|at most|about|around|under|around|two|three|four|five|one|short|brief|polite|professional|simple|"
    r"straightforward|easy|done|there's no|there is no|it doesn't|not|hold on|tone|length|format|provide|answer"
    r"|should|must|need|i should|i'll|i will|i can|i need|"
    r"i could|i want|i must|i might|i don't|let me|let's|we'll|we should|we can|we need|so|actually|alternatively)\b"
)
READY = re.compile(
    r"(?:(?:let's|let me|i'll|i will|we'll|time to|now)(?: now| just)* (?:craft|write|draft|start|begin|go|answer|"
    r"produce|respond|compose)\b|(?:so )?here goes|writing it|(?:okay|ok|right|so)?,? ?(?:final|the)(?: final)? "
    r"(?:version|answer|draft|reply|response)\W*\Z|provide (?:the )?(?:final )?answer|"
    r"(?:straightforward|simple|easy|fine|good|ok|okay|right|done|answer|that (?:should )?works?|that should do)\W*\Z|"
    r"(?:i will|i'll) (?:go with|write|start)|just (?:answer|do it)|go with (?:it|that))"
)
UNSAID = re.compile(
    r"\b(?:no|not?) (?:\w+ ){0,3}(?:given|mentioned|specified|stated|provided|said|asked for)\b|\b(?:didn't|don't"
    r"|doesn't) "
    r"(?:say|specify|mention|give|ask)\b|\bassum(?:e|ing)\b|\bas (?:asked|requested)\b|\b(?:was|were) asked\b"
    r"|\bwanted\b|"
    r"\bno \w+(?: \w+)? info\b|\bno access\b|\b(?:the|this) (?:person|asker|user)\b|\bunspecified\b|\bthey (?:just "
    r"|only |probably )?(?:want|need|asked)"
)
DRESSED = re.compile(r"(?:subject|to|from|title|monday|tuesday|day|week|step|act|scene|\w+day)\b[^\n:]{0,20}:")
KIND = re.compile(
    r"\W*(?:this is |that's |it's )?(?:an? |the )?(?:\w+[ -]){0,2}(?:question|request|greeting|task|ask|prompt|query"
    r"|joke|explanation|angle|idea|"
    r"one|pick|limerick|haiku|poem|bio|recipe|summary|letter|e-?mail|story)\b[^.!?]{0,40}[.:]\W*\Z"
)
"""What kind of request it is, and no more."""
ASKER = re.compile(r"\b(?:the|this) user (?:\w+ )?(?:asked|wanted|requested|needed|specified)\b")
OWN_WORK = re.compile(
    r"\b(?:i|i'll|i'd|i'm|let me|we|should|must|could|might|maybe|needs?|mention|respond|format|include|answer|reply"
    r"|audience|"
    r"reader|tone|output|assume|suggest|given|asked|wanted)\b"
)
UNSAID_ABROAD = re.compile(
    r"\b(?:nicht|kein\w*|pas|no|non|não|не) (?:\w+ ){0,2}(?:genannt|angegeben|verlangt|précisé|indiqué|demandé|dice|"
    r"especifica\w*|indica\w*|pide\w*|specificat\w+|указан\w*|сказан\w*)\b|没说|没有说|没有指定|没提|指定されていない|指定はない|"
    r"特に指定|不知道|\bunklar\b|\bunbekannt\b|必要なのは|언급되지|지정되지"
)
FORM_ABROAD = re.compile(
    r"\b(?:kurz|knapp|halten|sätze|nennen|keine|ohne|court\w*|bref|phrases|sans|simple|seul\w*|breve|corto|frases"
    r"|sin|solo|"
    r"tono|ton|elijo|propose|choisis|brevi|senza|без|кратко|коротко|éviter|evitar|vermeiden|contar|donc|también"
    r"|erwähnen|mentionner)\b|只|一句话|选|不要太|就行|通用|简单|写得|简短|だけで|避ける|選ぶ|"
    r"返信しよう|回答を書く|長くしない|考えよう|要望を|짧게|간단히|쓰자"
)
CHOOSES = re.compile(
    r"\b(?:i'll|i will|i'd|i should|i want|i could|i can|let me|let's|we'll|we should) (?:\w+ )?(?:go with|pick"
    r"|include|"
    r"mention|keep|leave|use|add|start|list|lead|give|put|make|skip|avoid|say|ask|structure|try|the|it|an?|explain|"
    r"describe|answer|suggest|offer|cover)\b|\bgo(?:ing)? with\b|\blead with\b|\bwhich to\b|\bshould i\b|"
    r"(?:\A|, |; )\W*(?:so |then |but |and |maybe )?(?:mention|respond|reply|answer|format|structure|recall|choose"
    r"|suggest|"
    r"ask|output|state|could|might|maybe|avoid|skip|keep|lead|use|include|pick|name|cover|end with|"
    r"start (?:in|with)|don't|shouldn't|must|need|needs|better to|better|offer|nothing)\b|\bno need\b"
)
JUDGES = re.compile(
    r"\b(?:too (?!few\b|many\b|late\b|far\b)\w+|overkill|overdone|overused|obvious|clich\w+|unknown|unclear"
    r"|ambiguous|trivial|safest|seems best"
    r"|optional|"
    r"most likely|taken|freshest|that's (?:a |too )?(?:\w+ )?(?:common|fun|good|nice|obvious|better|safe|one)"
    r"|is (?:plenty|enough|safe|safest|best|friendlier|better|fine|funny|"
    r"easier)|trying too hard|might help|helps|works|would be (?:good|nice|better|fun)|most common|straight recall|"
    r"straightforward|should do)\b|\A\W*(?:yes|good|ok|okay|done|perfect|right|no|easy|simple|nice|great|go)\W*\Z"
)
YOU = re.compile(
    r"\b(?:you|your|yours|you're|you'll|you've|you'd|dear|thee|thou|ye|here(?:'s| is| are)|feel free|happy to"
    r"|of course|"
    r"certainly|thanks|thank|hello|hi|welcome|this (?:letter|speech|book|article|post|proof))\b|\bproof\b"
)
PAST = re.compile(
    r"\b(?:he|she|his|him|her|said|went|came|stood|looked|walked|knew|whispered"
    r"|(?!asked|wanted|tasked|instructed)[a-z]{2,12}ed me)\b"
)
OF_TASK = re.compile(
    r"\b(?:the user|(?:system |the |this )prompt|(?:the|my) instructions|the request|(?:was|were|i'm) asked"
    r"|they asked)\b"
)
NAMED = re.compile(
    r"(?i:\b(?:you are|you're|you play|you speak as|act as|persona:|character:|role:|as)\s+(?:the |an? )?)"
    r"((?:[A-Z][\w'-]+)(?: (?:of )?[A-Z][\w'-]+){0,3})"
)
"""Who a system prompt says that the voice is."""
NAMED_AS = r"(?:would(?:n't)?|should(?:n't)?|must|might|needs|has to|speaks|talks|wants|sounds)"
AS_NAMED = (
    r"(?:respond|answer|reply|write|speak|talk|act|play|voice|sound)\w*(?: as| like)?|as|fits?|would|for|how|like|"
    r"suits?|is|of|with"
)


def found(low: str, side: Beside, persona: frozenset[str]) -> _text.Span | None:
    """The beginning, that restates or plans; ``low``: a text in lower case, with straight
    apostrophes; ``persona``: names that the system prompt gives the voice, in lower case."""
    return _beginning(low, side, persona) or _clipped(low, side, persona)


def personas(system: str) -> frozenset[str]:
    """The names that a system prompt gives the voice, in lower case."""
    names = [m[1].lower() for m in islice(NAMED.finditer(system[:1500]), 3)]
    return frozenset([*names, *(word for name in names for word in name.split() if len(word) > 2)])


def third(piece: str, persona: frozenset[str]) -> bool:
    """Whether the voice speaks of its character as of another."""
    return any(
        re.search(rf"\b(?:{AS_NAMED}) (?:the )?{re.escape(name)}\b|\b{re.escape(name)}(?:'d| {NAMED_AS})\b", piece)
        for name in persona
        if name in piece
    )


def _beginning(low: str, side: Beside, persona: frozenset[str]) -> _text.Span | None:
    """A beginning that says what is to be done, or what is asked, and goes on in notes on form."""
    start = len(low) - len(low.lstrip())
    lead = LEADS.match(low, start)
    at = lead.end() if lead else start
    plan, they = PLANS.match(low, at), THEY.match(low, at)
    if not plan and not they and at == start:
        return None
    stop = ENDS.search(low, at, at + REMARK)
    first = low[at : stop.start() if stop else at + REMARK]
    words = WORD.findall(first)
    named = bool(persona) and third(first, persona)
    tasked = plan and (plan["thinks"] or plan["meta"] or named or TASKS.match(low, plan.end()))
    restated = _restated(words, side)
    bare = not plan and not they and at > start and VERBS.isdisjoint(words)
    if first.endswith("?") or not (tasked or they or (plan and restated) or (bare and restated > 1)):
        return None
    gap = GAP.search(low, at + len(first) + 2, at + LONGEST)
    end = gap.start() if gap else low.find("\n", at, at + LONGEST)
    apart = end > 0
    end = end if apart else min(len(low), at + LONGEST)
    head = low[start:end]
    if YOU.search(head if apart else low[start : at + len(first)]) or len(PAST.findall(head)) > 2:
        return None
    if (apart and len(low[end:].strip()) < 3) or (_blocks.SUMS.search(head) and not they and not OF_TASK.search(head)):
        return None
    rest = low[at + len(first) : end]
    restated = max([restated, *(_restated(WORD.findall(one), side) for one in islice(ENDS.split(rest), 4))])
    weight = (0.5 if tasked or they else 0.0) + 0.25 * min(2, restated) + 0.5 * named
    weight += 0.3 if plan and plan["meta"] else 0.4 if tasked and ON_FORM.search(first) else 0.0
    weight += _notes(rest, apart)
    if min(side.users, side.talks) < 0.5:
        weight *= min(side.users, side.talks)
    if side.plans * side.apart < ALOUD and restated < 2:
        weight *= 0.7
    return (start, end) if weight >= LEAST - 1e-9 else None


def _restated(words: list[str], side: Beside) -> int:
    """How many of a sentence's words the prompt has, where they are half of those that carry it."""
    own = {w[:5] for w in words if len(w) >= 4 and w not in STOP and not c.CLASS.get(w, 0) & c.CRAFT}
    shared = len(own & side.asked)
    return shared if 2 * shared >= len(own) else 0


def of_asker(one: str, side: Beside) -> bool:
    """Whether a sentence says what the user asked for, in words of the request."""
    return ASKER.search(one) is not None and not stems(one).isdisjoint(side.asked)


def _notes(rest: str, apart: bool) -> float:
    """What the sentences after it add, that are on form or say that one is ready."""
    weight, others = 0.0, 0
    for one in islice(ENDS.split(rest), MOST):
        words = WORD.findall(one)
        if not words:
            continue
        bare = one.strip(" \n\"'.!?…:;")
        if READY.match(bare + "."):
            weight += 0.5
        elif (CLIPPED.match(bare) or len(words) <= SHORT) and ON_FORM.search(bare):
            weight += 0.4
        else:
            others += 1
            if not apart and others:
                break
    return min(1.5, weight) - 0.1 * max(0, others - 2)


def _clipped(low: str, side: Beside, persona: frozenset[str]) -> _text.Span | None:
    """A first paragraph in the clipped manner of notes to oneself, before a text in another."""
    start = len(low) - len(low.lstrip())
    gap = GAP.search(low, start, start + HEAD) or (LINE.search(low, start) if low.strip().count("\n") == 1 else None)
    if gap is None or len(low) - gap.end() < 3 or (min(side.users, side.talks) < 0.5 and not persona):
        return None
    head = low[start : gap.start()]
    if head[:1] in "#*|(" or DRESSED.match(head) or YOU.search(head) or head.endswith(":") or "\n" in head:
        return None
    head = _speech.unquoted(head)
    named = bool(persona) and third(head, persona)
    if (PAST.search(head) or min(side.users, side.talks) < 0.5) and not named:
        return None
    mine, kinds = _manner(head, side, named)
    mine, kinds = (mine + 0.5, kinds | {"again"}) if named else (mine, kinds)
    plans = side.plans * side.apart
    least = SURE + (0.8 if plans < ALOUD else 0.4 if plans < 1.0 or not side.asked else 0.0)
    after = low[gap.end() : gap.end() + HEAD].split("\n\n", 1)[0]
    sure = named or "unsaid" in kinds or (plans >= ALOUD and (OWN_WORK.search(head) or kinds & {"judges", "again"}))
    signs = kinds - {"bare"}
    several = len(signs) > 1 or (
        kinds > signs
        and side.asked
        and signs & {"judges", "form", "unsaid"}
        and head.count(".") > 2
        and OWN_WORK.search(head)
    )
    if mine >= least - 1e-9 and several and sure and (named or _manner(after, side)[0] < 0.5 * mine):
        return start, gap.start()
    other = not head.isascii() or not _plans_abroad.SMALL.isdisjoint(WORD.findall(head))
    return (start, gap.start()) if other and _abroad(head, side) >= SURE_ABROAD > 2 * _abroad(after, side) else None


def _abroad(head: str, side: Beside) -> float:
    """The same in other languages."""
    weight = _blocks.manner_abroad(head, side)
    weight += 0.5 * (UNSAID_ABROAD.search(head) is not None) + 0.35 * min(2, len(FORM_ABROAD.findall(head)))
    return 0.0 if _plans_abroad.YOU.search(head) or _blocks.TOLD.search(head) else weight * min(1.0, side.plans + 0.3)


def _manner(head: str, side: Beside, named: bool = False) -> tuple[float, set[str]]:
    """How much a paragraph is one of notes to oneself, and by which signs."""
    weights = dict.fromkeys(("form", "unsaid", "decides", "judges", "asks", "bare", "again"), 0.0)
    count = notes = 0
    for n, one in enumerate(islice(ENDS.split(head), MOST)):
        words = WORD.findall(one)
        if not words:
            continue
        count += 1
        bare = VERBS.isdisjoint(words)
        form = ON_FORM.search(one) is not None
        before = sum(weights.values())
        if n < 2 and ((bare and len(words) <= LEAD and _restated(words, side)) or (n == 0 and KIND.match(one))):
            weights["again"] = 0.5
        if form and (bare or len(words) <= 7 or CLIPPED.match(one)):
            weights["form"] += 0.4
        elif bare and len(words) <= 7:
            weights["bare"] += 0.25
        weights["unsaid"] += 0.5 * (UNSAID.search(one) is not None)
        weights["decides"] += 0.4 * (CHOOSES.search(one) is not None)
        weights["judges"] += 0.4 * (JUDGES.search(one) is not None)
        weights["asks"] += 0.2 * one.rstrip().endswith("?")
        noted = sum(weights.values()) > before + (0.2 if n == 0 else 0.0)
        notes += noted
        if not (n or noted or named):
            return 0.0, set()  # notes are notes from the first on
    if count < 2 or notes < SHARE * count:
        return 0.0, set()
    total = sum(min(0.8, weight) for weight in weights.values())
    return total * min(1.0, 4 / max(1, count - 1)), {
        k for k, v in weights.items() if v > (0.4 if k == "bare" else 0.0) and k != "asks"
    }
