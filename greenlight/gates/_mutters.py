"""Phrases of somebody at work on an answer, with weights (``reasoning_leak``)."""

from __future__ import annotations

import re

from greenlight.gates import _text

PHRASES: tuple[tuple[float, frozenset[str], re.Pattern[str], bool], ...] = tuple(
    (weight, _text.word_set(words), re.compile(pattern, re.IGNORECASE | re.MULTILINE), pattern.startswith("\\A"))
    for weight, words, pattern in (
        (
            0.5,
            "produce craft output respond generate comply formulate compose draft write answer",
            r"\b(?:let['’]?s|let us|let me|now to|time to|ready to) (?:now )?(?:just )?(?:produce|craft|output|"
            r"respond|generate|"
            r"comply|formulate|compose|draft|write (?:it|this|that|the|my)|answer (?:it|this|that|now|the))\b",
        ),
        (
            0.4,
            "writing drafting responding answering continuing finalizing finalising composing generating producing "
            "proceeding",
            r"(?:^|(?<=[.!?] ))(?:(?:ok|okay|alright|good|now|so|right|great|fine)[,.]? )?(?:writing|drafting|"
            r"responding|answering|"
            r"continuing|finali[sz]ing|composing|generating|producing|proceeding)(?: (?:it|this|the \w+|now|that|to "
            r"\w+|accordingly))*"
            r"[.:…]",
        ),
        (
            0.3,
            "disallowed policy meta unsafe harmful ensure",
            r"\bno (?:disallowed|policy|meta|unsafe|harmful)\b[^.\n]{0,30}\.|\bavoid meta\b|\bensure (?:the )?tone\b",
        ),
        (
            0.5,
            "seconds thinking",
            r"\bthought for (?:a few|a couple of|\d+|several) seconds?\b|^\W*thinking(?:\.{3}|…)\W*$",
        ),
        (
            0.5,
            "final response answer reply output",
            r"^\W{0,4}final (?:answer|response|version|output|reply|text|draft)\W{0,4}(?::|$)|"
            r"^\W{0,4}(?:so )?the (?:response|answer|reply) (?:will be|is|becomes)\W{0,4}:|"
            r"^\W{0,4}my (?:final )?(?:output|response|answer|reply)\W{0,4}:",
        ),
        (
            0.35,
            "rationale reasoning why explanation note record self-review self-check self-assessment check checklist "
            "author's",
            r"^\W{0,5}(?:(?:brief |short )?rationale|reasoning|why i wrote it (?:this way|like this)|explanation of "
            r"choices|"
            r"note on (?:tone|style|choices)|p\.?s\.? for the record|design note|author['’]s note|self-?(?:review|"
            r"check|"
            r"assessment)|(?:constraints?|requirements?) check|checklist)[^:\n]{0,30}:",
        ),
        (
            0.8,
            "reveal mention disclose quote leak expose hide mentioning revealing revealed ignore",
            r"\b(?:reveal|mention|disclose|quote|leak|expose|hide|mentioning|revealing|disclosing)(?:ing|ed)? (?:any "
            r"of |that )?(?:the|my|these|"
            r"those|any) (?:system |hidden )?(?:prompt|instructions|guidelines|constitution|persona|system message)\b|"
            r"\bno (?:instructions|prompt|guidelines) (?:revealed|mentioned|leaked)\b",
        ),
        (
            0.5,
            "job task goal aim objective assignment",
            r"\b(?:the|my) (?:job|task|goal|aim|objective|assignment)(?: here| now| for this \w+)?(?: is|:)(?: just| "
            r"simply| now| only)? (?:to )?"
            r"(?:write|produce|give|deliver|answer|respond|compose|craft|explain|generate|provide|create)\b|"
            r"^\W*(?:goal|objective|aim|task)(?: for this \w+)?: (?:to )?(?:write|produce|give|deliver|answer|"
            r"respond|compose|craft|explain|"
            r"generate|provide|create)\b",
        ),
        (
            0.3,
            "protagonist conflict mood style tone voice persona format length request audience trait mode intent "
            "input register",
            r"(?:^|(?<=[.;,!?…\n] )|(?<=\.\. ))(?:target |desired |requested |user |sample |output |writing "
            r")?(?:style|tone|voice|persona|protagonist|conflict|method|mood|format|"
            r"length|request|audience|trait|mode|intent|register|user input|persona parameter)(?: [^\W\d]\w*)?[:=] ",
        ),
        (
            0.4,
            "ask request question prompt one task",
            r"\A\W*(?:okay,? |ok,? |hmm,? |well,? )?(?:a |an |pretty |fairly |quite |very )?(?:simple|easy|"
            r"straightforward|plain|short|clear|standard|classic|"
            r"quick|simple enough|fun|nice|odd|interesting) (?:ask|request|question|prompt|task)[.,:;!]",
        ),
        (
            0.3,
            "assistant model ai",
            r"\bthe (?:assistant|model|ai) (?:here )?(?:should|must|needs? to|has to|is (?:asked|supposed|expected|"
            r"told|meant) to|ought to) (?:now |just |also )?"
            r"(?:reply|respond|answer|write|give|greet|stay|keep|say|provide|speak|sound)\b",
        ),
        (
            0.8,
            "assistant model ai",
            r"\bthe (?:assistant|model|ai) (?:here )?(?:should|must|needs? to|has to|is (?:asked|supposed|expected|"
            r"told|meant) to|ought to)\b",
        ),
        (
            0.5,
            "flags flag concerns concern sensitive problematic objectionable harmful unsafe issue issues policy-wise "
            "policy safety",
            r"\bno (?:red flags?|(?:safety|policy|ethical) (?:issues?|concerns?|problems?))\b|\bpolicy-?wise\b|"
            r"^\W*nothing (?:sensitive|harmful|"
            r"problematic|unsafe|objectionable|dangerous)\b",
        ),
        (
            0.4,
            "instructions guidelines prompt constitution persona brief request",
            r"\b(?:instructions|guidelines|prompt|constitution|persona|brief|request)(?: here| itself)? (?:(?:are|"
            r"is|were|was) (?:silent|vague|clear|strict|"
            r"explicit)|(?:says?|said) nothing|(?:do(?:es)?n['’]t|do(?:es)? not|did not|didn['’]t) (?:say|mention|"
            r"specify|forbid|state|set|give|require|ask))\b",
        ),
        (
            0.4,
            "accordingly",
            r"\b(?:write|writing|generate|generating|respond|responding|answer|answering|proceed|proceeding|produce|"
            r"reply|replying|compose)(?: it| this)? "
            r"accordingly\b",
        ),
        (
            0.6,
            "given specified mentioned stated set required limit",
            r"\bno (?:particular |specific |exact )?(?:length|format|tone|style|word (?:count|limit)|language|"
            r"details?|constraints?)\b[^.\n]{0,30}\b(?:given|specified|"
            r"mentioned|stated|set|required)\b|\b(?:length|format|tone|style|word count)\b[^.\n]{0,20}\b(?:isn['’]t|"
            r"is not|wasn['’]t|was not) (?:given|"
            r"specified|mentioned|stated|set)\b",
        ),
        (
            0.5,
            "respond answer reply response",
            r"\A\W*(?:\w+,? ){0,2}(?:what|how)\b(?! (?:do|did|can|should|would|could) you\b)[^?.\n]{0,50}\b(?:(?:i|"
            r"we) (?:respond|answer|reply)|best to (?:respond|answer|reply)|"
            r"best (?:respond|answer|reply)|to (?:respond|answer|reply)|(?:good|right|best|helpful) (?:answer|reply|"
            r"response))\b[^?\n]{0,30}\?",
        ),
        (
            1.0,
            "process",
            r"\b(?:here['’]?s|here is|this is|following is) (?:a|my|the) (?:thinking|thought|reasoning) process\b",
        ),
        (
            0.7,
            "strategy elements points task ask turn show structure outline",
            r"(?:^|(?<=[.;!?] ))\W{0,4}(?:(?:response|reply|answer) (?:strategy|plan|outline|structure)|key "
            r"(?:elements|points)"
            r"(?: to \w+)?|(?:traits?|tone|mood|persona|character) to (?:show|use|convey|hit)|(?:the )?task at hand|"
            r"the ask"
            r"(?: here)?|(?:(?:current|next) (?:turn|request)|current task))(?:[*_]{0,3}:| is)",
        ),
        (
            0.5,
            "turn conversation previous",
            r"\b(?:previous|last|current|next|earlier) turn\b|\bthe conversation so far\b|\bprevious (?:message|"
            r"reply|answer|"
            r"response) (?:was|is)\b|(?<=[.!?] )same (?:tone|voice|persona)\b",
        ),
        (
            0.6,
            "analysis planning reasoning follows thoughts thinking",
            r"\bend of (?:my |the )?(?:analysis|planning|reasoning|thoughts?|thinking)\b|(?<=[.!?] )(?:response|"
            r"answer|reply|output) "
            r"follows\b",
        ),
        (
            1.0,
            "system developer operator",
            r"\bthe (?:system|developers?|operators?) (?:wants?|says?|tells?|asks?|requires?|expects?|instructs?|"
            r"told|asked|wanted) "
            r"(?:me|us|that i)\b",
        ),
        (
            0.9,
            "ai assistant model bot machine program",
            r"\b(?:mention|reveal|admit|say|disclose|forget|show|betray|verraten)(?:ing)? (?:that )?(?:i(?:['’]m| "
            r"am)|being) (?:an? |not |"
            r"just |only |really )*(?:ai|assistant|language model|bot|machine|program|model)\b",
        ),
        (
            0.5,
            "playing acting roleplaying role-playing impersonating pretending voicing",
            r"\bi(?:['’]m| am) (?:supposed to be |meant to be |here )?(?:playing|acting as|role-?playing|"
            r"impersonating|pretending to be|"
            r"voicing) (?:an?|the|this) \w+(?: \w+)? ?(?:here|now|[.,;:])",
        ),
        (
            0.4,
            "respond answer reply write speak act stay remain responding answering replying writing speaking staying "
            "voice",
            r"\b(?:respond|answer|reply|write|speak|act|writ)(?:ing)? (?:in character|in persona|"
            r"in the (?:persona|"
            r"role) of|as (?:the|an?) (?:persona|character|\w+ \w+[.:]))",
        ),
        (
            0.5,
            "note reminder instruction remember",
            r"\A\W{0,4}(?:note|reminder|instruction|remember)(?: to (?:self|myself))?: (?:respond|answer|write|stay|"
            r"speak|reply|sound|use|"
            r"avoid|keep)\b",
        ),
        (
            0.5,
            "rhymes rhyme syllables aabba abab",
            r"\b(?:need|find|look for) (?:some |a |good )?rhymes?\b|\brhymes? (?:for|with) \w+:|\bcount(?:ing)? "
            r"(?:the )?syllables\b|"
            r"\bneed to count\b|\baabba\b|\babab\b",
        ),
        (
            0.6,
            "violate violates conflict conflicts comply complies align aligns clash",
            r"\b(?:does|would|is|that|this|it|nothing)\b[^.?\n]{0,40}\b(?:violat|conflict|compl[iy]|align|clash)\w* "
            r"(?:with )?(?:any of )?(?:my|the|"
            r"these) (?:\w+ )?(?:principles?|constitution|guidelines|persona|instructions|polic\w+|values)\b",
        ),
        (
            0.5,
            "mind follow honour honor obey respect keep",
            r"\b(?:keep|bear|mind|follow|honou?r|obey|respect)(?:ing)? (?:in mind )?(?:my|the) (?:constitution|"
            r"persona|instructions|"
            r"guidelines|directives)\b(?! (?:on|in|for|of|at|from)\b)",
        ),
        (
            0.5,
            "question query message",
            r"\A\W*(?:(?:okay|so|hmm|right|alright|well|now),? )?the (?:question|query|message)(?: here)? (?:is|asks|"
            r"seems|wants|concerns|calls)\b",
        ),
        (
            0.5,
            "syllables syllable beats meter metre stressed",
            r"\b(?:\w+|\d{1,2}) (?:syllables|beats)\b[^.\n]{0,12}[?.!…:;]|\b(?:met(?:er|re)|syllables?|scansion)(?: "
            r"(?:check|count))?:|\bstressed ending\b|\bbeats again\b",
        ),
        (
            0.6,
            "disclaimer warning caveat refuse decline policy harm harmful",
            r"\bno (?:need|reason) (?:for|to) (?:a |an |any )?(?:disclaimer|warning|caveat|refus\w+|decline|policy)\b",
        ),
        (
            0.9,
            "brainstorm brainstorming idea ideas option angle",
            r"\A\W*(?:okay, |ok, |quick )?brainstorm(?:ing)?[.:]|\bfirst (?:idea|option|angle|thought):[^\n]{2,200}\b"
            r"(?:second|another|next|better) (?:idea|option|angle|thought):|^ideas: [^\n]{2,160};[^\n]{2,160};",
        ),
        (
            0.4,
            "turn chat conversation context follow-up wrote",
            r"\b(?:(?:first|second|third|next) (?:message|request|question|turn) in (?:this|the) (?:chat"
            r"|conversation)|in "
            r"this turn|from the context above|(?:earlier|before|already),? i (?:wrote|gave|told|said)|i"
            r" (?:already|just) "
            r"(?:wrote|gave|told) [^.\n]{2,40}\bin this (?:chat|conversation)|the follow-?up (?:is|asks|wants)|what i "
            r"(?:said|wrote) (?:before|earlier))\b",
        ),
        (
            0.5,
            "request task ask assignment instruction requests tasks instructions",
            r"\A\W*(?:the |this )?(?:request|task|ask|assignment|instruction)s?(?: here)?(?:,| (?:is|was)(?! "
            r"\w+ed\b)|:| asks| "
            r"calls| wants)",
        ),
        (
            0.5,
            "line stanza",
            r"\b(?:(?:line|stanza) (?:\d|one|two|three|four|five)|(?:next|second|third|last|first) (?:line|stanza)) "
            r"(?:has|needs|should|must|wants|works|ends|is|six|seven|eight|five)\b|\bmoving on to the (?:next|second|"
            r"third|last) (?:line|stanza)\b|\b(?:two|three|four|six|eight) (?:lines|stanzas), (?:aabb|abab|abcb"
            r"|couplets)\b",
        ),
    )
)
"""A weight, words of which the text has one (else it is not looked for), the phrase, and whether it begins a text."""
