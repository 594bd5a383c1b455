"""Cues that a sentence belongs to a thought about the answer, with a weight: none is proof (``reasoning_leak``)."""

from __future__ import annotations

import re

from greenlight.gates._plans import MODAL, OUTPUT, SAYS, SHEET, VERB

CUES: dict[str, tuple[float, re.Pattern[str]]] = {
    name: (weight, re.compile(pattern, re.IGNORECASE))
    for name, weight, pattern in (
        (
            "they",
            0.4,
            r"\bthey(?:['’]re| are)? (?:want|asking|asked) (?:me|for|about)\b|\bI(?:['’]ve| have| am|['’]m|['’]m being|"
            r" was) (?:been )?(?:asked|told|instructed|prompted|given (?:a|the) (?:prompt|task|persona|system)) "
            r"(?:to|by|with)?|\bthis person (?:wants|is asking)|"
            r"\bI(?:['’]m| am) (?:supposed|meant|playing|role-?playing|expected|pretending)(?: to (?:be|act|play|sound|"
            r"speak|"
            r"talk|respond))(?: as)?\b",
        ),
        (
            "assistant",
            0.7,
            r"\bthe (?:assistant|model|AI) (?:should|must|needs? to|has to|is (?:supposed|asked|told|expected) to|"
            r"will (?:respond|answer|reply))\b",
        ),
        (
            "prompt",
            0.75,
            r"\b(?:the|this|that) (?:system |user |writing |original )?(?:prompt|system message) (?:here )?"
            rf"(?:{SAYS}|is asking|is to (?:write|respond|answer)|didn['’]t|doesn['’]t|seems|suggests?|want)\b",
        ),
        (
            "task",
            0.45,
            r"\b(?:the|this) (?:task|instructions?|brief|request|assignment) (?:here )?(?:asks?|asked|wants?|is asking|"
            r"is to (?:write|respond|answer|create|produce|explain)|says? to (?:write|respond|answer|keep|use|be)|"
            r"specif\w+)\b|\b(?:instructions?|task|request|ask|assignment|prompt) (?:is|here is) to (?:write|respond|"
            r"answer|create|be|act|"
            r"produce|explain|give|stay|tell)\b|\b(?:the|this) request is\b|\b(?:this is an?|it['’]s an?|"
            r"the) (?:simple |straightforward |"
            r"creative |"
            r"pretty |short )*(?:request|task|prompt|question|ask) (?:for|is (?:about|to|for|asking)|about)\b",
        ),
        (
            "told",
            0.8,
            r"\b(?:the )?(?:instructions?|task|brief|system message|prompt|guidelines?|constitution|rules) (?:here )?"
            r"(?:tell|ask|want|require|instruct|order|describe|direct)s? (?:that )?(?:me|I)\b",
        ),
        (
            "review",
            1.0,
            r"\b(?:this|it|(?:this|the|my) (?:response|reply|answer|version|draft))(?: also)? (?:stays?|follows?|"
            r"keeps?|meets?|reflects?|"
            r"maintains?|adheres?|avoids?|embod\w+|satisf\w+|sticks?|fits?|aligns?|honou?rs?|respects?|"
            r"captures?|answers?|conveys?|delivers?|covers?|shows?|matches)\b[^.!?\n]{0,50}"
            r"\b(?:in character|instructions?|the constitution|persona|prompt|requirements?|guidelines?|traits?|"
            r"word (?:limit|count)|"
            r"constraints|the request|the user)\b|\b(?:constraints?|requirements?) (?:satisfied|met|fulfilled)\b",
        ),
        ("goal", 0.5, rf"\bmy (?:goal|task|job|aim|objective|approach)(?: here)? (?:is|would be) to {VERB}\b"),
        ("own", 0.5, r"\bmy (?:constitution|persona|system prompt|directives|traits|guidelines|instructions)\b"),
        (
            "break",
            0.5,
            r"\bbreak(?:ing)? character\b|\b(?:my|the) character would (?:say|do|answer|respond|never|probably)\b",
        ),
        (
            "brief",
            0.3,
            r"^(?=.{0,56}$)\W*(?!(?:the|and|but|she|he|it|i|we|they|you|his|her|my|in|at|on|that|what a|there|no|so|"
            r"your|this)\b)(?:[\w'’-]+,? ){0,5}"
            r"(?:tone|theme|vocabulary|\d+ words|story|poem|setting|protagonist|twist|voice|style|sentences|paragraphs|"
            r"imagery|format|"
            r"slang|stanzas|lines|persona|character)[.,;:?!]\W*$",
        ),
        (
            "plot",
            0.4,
            r"\b(?:who|what)(?:['’]s| is) the (?:hero|heroine|protagonist|conflict|setting|twist|ending|tone|angle|"
            r"hook|theme|moral|"
            r"point of view|best (?:way|tone|angle))\b|^\W*(?:ending|setting|conflict|protagonist|hero|tone|theme|"
            r"title|pov|structure|"
            r"moral|style|audience|angle|opening|hook|twist)\b[*_ ]{0,3}[?:]",
        ),
        (
            "keep it",
            0.25,
            r"\b(?:keep|make|keeping|making) (?:it|this|things|the \w+|sentences) (?:short|brief|simple|light|gentle|"
            r"under|within|concise|"
            r"playful|warm|fun|clean|tight|child-friendly|funny|kid-friendly|natural|in)\b",
        ),
        (
            "before",
            0.35,
            r"\bbefore I (?:answer|respond|reply|write|start|begin)\b|\b(?:writing|drafting|composing)(?: it| this|"
            r" that)? now\b|"
            r"^\W*thinking about (?:the|my|how|what)\b",
        ),
        (
            "done",
            0.9,
            r"\bdone thinking\b|^\W*thought for (?:a few|a couple of|\d+|several) seconds?\b|^\W*thinking(?:\.{3}|"
            r"…)\W*$",
        ),
        (
            "shape",
            0.45,
            r"\b(?:the|my) (?:\w+ )?(?:story|poem|essay|tone|response|ending|length|piece|text|answer|format|"
            r"(?<!my )letter|"
            r"(?<!my )reply|"
            r"style|voice|explanation|summary|opening|haiku|dialogue|speaker|character|narrator)(?: line| sentence|"
            r" part)? (?:should|must|"
            r"needs? to|has to|ought to) (?:\w+ )?(?:be|have|start|end|open|sound|include|feel|stay|use|contain|begin|"
            r"follow|match|mention|reflect|fit)\b|\bthe (?:story|response|reply|piece) needs an?\b",
        ),
        (
            "best",
            0.4,
            r"\bbest (?:approach|way|tone|angle|strategy|option)(?: here)? (?:is|would be|might be) to\b|"
            rf"\bthe (?:trick|key|goal|idea|challenge|aim|point) (?:here )?is to {VERB}\b|"
            r"\b(?:here['’]s|here is|this is) my (?:plan|approach|thinking|outline|reasoning|strategy)\b|"
            r"^\W*to (?:respond|answer (?:this|the|in)|reply|do this|satisfy|make this (?:work|feel|sound))\b",
        ),
        (
            "steps",
            0.3,
            r"(?:[:,;] |^\W*|\bthen |\band )(?:open|start|begin|end|close|finish) (?:with|on|by|off) (?:an?|the)\b",
        ),
        (
            "playing",
            0.5,
            r"\b(?:as|being) an? (?:\w+ )?(?:assistant|AI|model|chatbot),? (?:role-?playing|playing|acting|"
            r"pretending)\b",
        ),
        (
            "safe",
            0.7,
            r"\b(?:is (?:this|the) (?:request|question|prompt|query) (?:safe|harmless|fine|okay|benign|appropriate|"
            r"allowed)|"
            r"(?:this|the) (?:request|question|prompt|query) is (?:safe|harmless|fine|okay|benign|appropriate|allowed)|"
            r"no reason to refuse|falls within (?:my|the) (?:guidelines|policy|policies)|policy (?:allows|says|"
            r"permits)|"
            r"(?:allowed|safe) content)\b",
        ),
        (
            "like",
            0.3,
            r"\b(?:act|talk|speak|sound|write|respond|reply|answer|behave)(?:ing)? (?:like|as) (?:an?|the) \w+",
        ),
        ("self", 0.25, r"\bthe (?:tone|length|style|format|voice|topic|theme) (?:is|should)\b"),
        (
            "per prompt",
            0.5,
            r"\b(?:given|per|from|in|by|following|re-?read(?:ing)?|based on|answer(?:ing|s)?|address(?:ing|es)?|fits?|"
            r"match(?:es|ing)?|to) (?:the|this) (?:system )?prompt\b",
        ),
        ("system", 0.9, r"\b(?:my|the) system (?:prompt|message|instructions?)\b"),
        (
            "mine",
            1.0,
            rf"\bmy (?:own |given |assigned )?(?:constitution|persona|system prompt|prompt|directives|{SHEET}|"
            rf"(?:core )?traits?|instructions|guidelines|programming)(?: here| also| clearly)? (?:{SAYS}|is to)\b",
        ),
        (
            "theirs",
            0.55,
            rf"\bthe (?:constitution|persona|{SHEET}|traits?)(?: here| also| clearly)? (?:{SAYS}|is (?:a |to )|should)",
        ),
        (
            "according",
            0.7,
            r"\bas (?:the|a|an) (?:\w+ ){0,2}persona\b|\b(?:according to|as per|per|based on|given|following|"
            r"in line with|consistent with|true to|aligned? with|follows?|fits?|violat\w+|honou?r\w*|as (?:required|"
            r"stated|instructed|specified|described|asked) (?:by|in)|as) (?:my (?:constitution|persona|instructions?|"
            r"guidelines?|system prompt|traits?|prompt|directives?)|the (?:constitution|persona|system prompt|"
            r"character (?:sheet|description|profile|card)|persona's|constitution's))\b",
        ),
        (
            "in character",
            0.5,
            r"\b(?:stay|staying|remain|remaining|keep|keeping|kept|be|being|respond|responding|answer|write|speak|"
            r"keeps?)(?: it| this| things| everything| fully| always)? (?:true to|in|within) (?:my |the |this )?"
            r"(?:character|persona|pirate (?:voice|character|persona|mode)|role)\b|\bbreak(?:ing)? character\b",
        ),
        (
            "persona",
            0.7,
            r"\b(?:the|my|this|in|per|its) (?:\w+ )?persona\b(?! of\b)|\b(?:my|"
            r"its) (?:own )?constitution\b",
        ),
        (
            "adhere",
            0.7,
            r"\b(?:adher\w+|stick\w*|conform\w*|true|faithful|keep\w*|follow(?:ing|s|ed)?|respect(?:ing|s)?|"
            r"honou?r(?:ing|s)?|fit(?:s|ting)?|match(?:es|ing)?)(?: to| with| all of| all)* (?:the|my|its|this|all) "
            r"(?:\w+ ){0,2}(?:character|persona|traits?|constitution|prompt(?:['’]s)?|constraints|user['’]s|"
            r"requirements)\b",
        ),
        (
            "asked",
            0.5,
            r"\bwhat['’]?s? (?:is |I['’]m )?being asked\b|\bways to (?:answer|respond to|approach|write|"
            r"tell) (?:this|it|that)\b",
        ),
        (
            "fix",
            0.5,
            r"\b(?:rewrite|rephrase|revise|redo|rework|tweak) (?:that|this|the|my) (?:\w+ )?(?:sentence|line|paragraph|"
            r"ending|opening|"
            r"draft|response|part|verse)\b|\bI need (?:an?|the|some) (?:\w+ )?(?:ending|opening|title|hook|twist|"
            r"setting|first line|"
            r"metaphor|rhyme|protagonist|opener)\b|\btone check\b",
        ),
        (
            "hide",
            0.5,
            r"\b(?:mention|reveal|admit|say|forget|disclose|acknowledge)(?:ing)? (?:that )?I(?:['’]m| am) (?:an? |not |"
            r"just |only )*"
            r"(?:AI|assistant|language model|bot|human|pirate)\b",
        ),
        ("tick", 0.25, r":\s?(?:yes|check|done|✓|✔|✅)[.)\]]?\s*$|\bhere goes\b|^\W*need (?:an?|some) \w+"),
        ("modal", 0.3, rf"{MODAL} {VERB}\b(?! you\b)"),
        (
            "wish",
            0.15,
            rf"\bI(?: also| just| really)? (?:want to|could|might|may)(?: also| just| probably| maybe| make sure|"
            rf" try to| start by)* {VERB}\b(?! you\b)",
        ),
        (
            "will",
            0.2,
            r"\bI(?:['’]ll| will|['’]m going to| can)(?: also| just| probably| then| first| definitely| try to|"
            rf" make sure to| need to| start by| aim to| be sure to)* (?!describe|explain|introduce|show|"
            rf"consider){VERB}\b(?! you\b)",
        ),
        (
            "we",
            0.4,
            r"\bwe (?:need|should|must|have|want|can|could|might)(?: to)?(?: not)? (?:write|produce|answer|respond|"
            r"craft|output|generate|comply|reply|include|follow|keep|avoid|mention|ensure|make sure|provide|start with|"
            r"be careful|use the|create a (?:story|poem|response))\b|^\W*(?:(?:so|also|then|and),? )?(?:need|must|"
            r"should|have)(?: to)?(?: not)? (?:be|include|write|keep|avoid|mention|use|make|respond|answer|stay|sound|"
            r"produce|contain|have|end|start)\b|\bso we (?:need|must|should|have to)\b",
        ),
        (
            "let",
            0.3,
            r"\b(?:let me|let['’]s|let us|lemme) (?:just |first |now |quickly |try to |try and |also |really )?(?:see|"
            r"think|plan|brainstorm|draft|outline|craft|write|try|start|begin|break|figure|consider|structure|count|"
            r"check|revise|rewrite|come up|make sure|aim|go with|work|re-?read|recall|analy[sz]e|parse|unpack|weave|"
            r"sketch|map|compose|put|get into|adjust|double-check|verify|keep|ensure|incorporate|make (?:it|sure|the)|"
            r"add|include|use|mention|respond|answer|give|find a|do (?:a|this|it)|refine|tweak|finali[sz]e|channel)\b",
        ),
        ("step", 0.2, r"\bstep by step\b|\bthink about (?:this|how|what|the)\b|\bmy thoughts\b"),
        (
            "how",
            0.4,
            r"\b(?:how|what|where|which|who) (?:\w+ )?(?:should|do|can|could|would|might|shall|will) (?:(?:a \w+|"
            r"the character) say|(?:I|we|a \w+|"
            r"the character) (?:start|begin|phrase|approach|respond|make|work|keep|tie|frame|open|end|handle|write|"
            r"put|include|use|answer|structure|fit|go about|convey|bring|mention))\b",
        ),
        (
            "shall",
            0.3,
            r"\b(?:should|could|can|shall|do) (?:I|we) (?:start|use|make|include|mention|add|write|go|keep|end|open|"
            r"need|have to)\b[^.\n]{0,200}\?",
        ),
        (
            "maybe",
            0.3,
            r"\b(?:maybe|perhaps),? (?:I|we) (?:can|could|should|will|need)\b(?= \w+ with\b| \w+ the\b| \w+ a\b|"
            r" use\b)|^\W*(?:maybe|perhaps) (?:start|something|"
            r"use|include|add|mention|open|end|begin|have|with|make|a (?:story|metaphor|twist|line|joke|character))\b|"
            r"\bsomething like(?: that|:|,)|\b(?:could|might) (?:be|work) (?:a )?(?:good|nice|fun|great|well) ",
        ),
        (
            "opener",
            0.15,
            r"^\W*(?:okay|ok|alright|all right|right|so|well|first(?:ly)?|now|wait|actually|got it|next|finally|then|"
            r"also|but wait|no wait)\b[,.:…—-]?(?:\s|$)",
        ),
        ("hmm", 0.25, r"^\W*(?:hmm+|hm+|uh|umm*|wait)\b[,.:…—-]"),
        (
            "size",
            0.3,
            r"\bword (?:count|limit)\b|\b(?:count|counting) (?:the |my )?words\b|\b\d{2,4}(?: ?[-–] ?\d{2,4})? words\b",
        ),
        (
            "check",
            0.3,
            r"\b(?:that|this|it)(?:['’]s| is| should be| might be| seems| feels| looks) (?:too (?:long|short|formal|"
            r"much|abrupt|vague|cheesy|repetitive|wordy|modern|harsh|generic)|in character|on topic|within|"
            r"a good start|good enough|roughly|about \d|"
            r"around \d|fine for)|\b(?:does|is) (?:that|this|it) (?:fit|work|meet|sound|match|follow|"
            r"too (?:long|short))\b|"
            r"\bI think (?:that|this|it) (?:works|covers|fits|meets|does it|is (?:good|fine|enough))|\b(?:that|this) "
            r"(?:works|fits|meets|covers|should work|captures)\b|\bsounds good\b|\bmeets the\b|\ball (?:the )?"
            r"(?:requirements|constraints|instructions)\b|\bdouble-check",
        ),
        (
            "think",
            0.5,
            r"^\W{0,5}(?:(?:my |internal |inner |private |hidden |assistant |model |AI )?(?:thinking(?: process| aloud|"
            r" out loud)?|"
            r"thought process|inner monologue|internal monologue|inner thoughts|internal thoughts?|reasoning|"
            r"chain of thought|scratch ?pad|planning|brainstorm(?:ing)?|self-?(?:check|correction|reflection|review)|"
            r"note to self|reflective|thinking through the \w+|planning the \w+|internal (?:reasoning|notes?)|"
            r"analy[sz]ing (?:the )?(?:request|prompt|user)|pre-?writing|meta))\b\W{0,4}(?:[:\])*]|$)|"
            r"^\W{0,4}(?:(?:assistant |model |AI )?thoughts?|plan|thinking|internal)[*_ ]{0,3}:",
        ),
        (
            "head",
            0.3,
            r"^\W{0,5}(?:approach|strategy|analysis|draft(?: \d)?|revised(?: draft)?|constraints?|task|goal|role|"
            r"outline|key points|steps?|request|user intent|intent|tone|requirements?|persona|style|length|format|"
            r"audience|notes?|idea|ideas|target|character)\b[*_ ]{0,4}:",
        ),
        (
            "tag",
            0.6,
            r"</?(?:plan|scratchpad|planning|draft|analysis|inner|notes?|thought|thoughts|monologue|self-?check|"
            r"outline|brainstorm|reflection|internal|meta|inner_monologue|cot)>|[\[(*](?:internal|inner|private|hidden|"
            r"planning|thinking|thoughts?|reasoning|plan|meta)(?:[ -](?:monologue|thought|note|reasoning|process|"
            r"mode))?"
            r"\s?[:\])*]",
        ),
        (
            "final",
            0.4,
            r"^\W{0,5}(?:final (?:answer|response|version|draft|output|story|poem|text|reply|letter|piece)|(?:actual |"
            r"my |revised )?(?:response|reply|answer|output))[*_ ]{0,4}:|\bhere(?:['’]s| is) (?:the|my) (?:final|"
            r"actual|"
            r"revised|polished)\b|\b(?:okay|alright|now|time|ready)[, ]+(?:to )?(?:write|writing|draft|respond|compose)"
            r"(?: (?:it|this|the|now|out|a)|\.|:|$)",
        ),
        (
            "mine2",
            0.3,
            r"\bmy (?:response|output|final answer)\b|\bthe (?:final )?(?:response|output) (?:should|must|needs|is|"
            r"will|"
            r"has)\b|\bneeds to be (?:in|about|under|a)\b|\bmake sure (?:it|the (?:tone|story|response))\b",
        ),
    )
}
OBJECT = re.compile(rf"(?<!this )(?<!that )(?<!your )\b{OUTPUT}", re.IGNORECASE)
OBJECT_WEIGHT = 0.3
ANCHORS = frozenset(
    re.split(
        ", ",
        "they, assistant, prompt, per prompt, system, mine, theirs, according, in character, tag, mine2, task, shape, "
        "how, size, told, review, goal, own, break, brief, plot, done, best, steps, playing, safe, persona, adhere, "
        "asked, fix, hide",
    )
)
"""Cues that speak of the task itself: planning of anything else is a part of life."""
OF_OBJECT = frozenset({"modal", "wish", "will", "we", "let", "how", "shall", "maybe", "they", "best"})
"""Cues that count more where the sentence speaks of the text to be written."""
YOU = re.compile(r"\b(?:you|your|yours|dear)\b", re.IGNORECASE)
ADDRESSED = frozenset(
    {"modal", "wish", "will", "keep it", "goal", "let", "shall", "maybe", "opener", "check", "step", "they"}
)
"""Cues that count less where the sentence speaks to someone."""
