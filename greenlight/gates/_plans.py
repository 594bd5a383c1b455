"""Whom planning speaks of, beside what it counts less, and what is looked for first (``_cues`` has the cues)."""

from __future__ import annotations

import re

VERB = (
    r"(?:respond|answer|reply|write|craft|compose|start|begin|open|keep|make|include|incorporate|use|add|mention|avoid|"
    r"maintain|sound|structure|end|close|finish|conclude|aim|weave|sprinkle|focus|consider|come up|think|go with|frame|"
    r"phrase|draft|give|provide|produce|acknowledge|address|emphasi[sz]e|highlight|balance|ensure|be (?:careful|brief|"
    r"concise|warm|playful|sure|funny|sarcastic|honest|direct|creative|respectful|helpful|kind|gentle|in)|follow|adopt|"
    r"embody|stick|wrap|tie|describe|introduce|show|work in|throw in|adjust|generate|create|explain|break|reveal|stay|"
    r"remain|match|channel|play|pick|choose|figure|check|count|mind|remember|convey|build|bring|infuse|tailor|lean|"
    r"output|comply|refer|cover|outline|plan|brainstorm|target|limit|set|capture|express|apologi[sz]e|hit|mirror|"
    r"format|organi[sz]e|list|talk|speak|act|assume|reflect|rewrite|rephrase|pretend|portray|develop|"
    r"lead with|mock|tease|joke|greet|thank|comfort|refuse|decline|proceed|offer|reassure|imitate|emulate|mimic)"
)
OUTPUT = (
    r"(?:(?:the|my|a|an|in|of|short|good|final|whole|entire|overall|first|last|to|for|with|into|its|some|each) "
    r"(?:[\w’'-]+ ){0,2}?)?"
    r"(?:response|output|story|tale|poem|haiku|sonnet|limerick|essay|tone|voice|style|persona|in[ -]character|"
    r"characters?|slang|humou?r|metaphors?|imagery|paragraphs?|sentences?|stanzas?|rhym(?:e|es|ing)|dialogue|ending|"
    r"opening|opener|hook|twist|setting|protagonist|plot|narrative|word (?:count|limit)|\d+ words|words|length|"
    r"requirements|constraints|format(?:ting)?|bullet points|prompt|request|query|instructions?|constitution|"
    r"guidelines?|theme|topic|jokes?|markdown|keywords?|traits?|puns?|sarcasm|flair|verse|interjections|nautical|"
    r"vocabulary|the user(?:'s)?|explanation|summary|(?<!my )(?:answer|reply)|conflict|sensory details?|"
    r"analog(?:y|ies)|(?:first|third)[ -]person|point of view|vocabulary|moral|rhyme scheme|"
    r"nautical terms|the question)\b"
)
MODAL = (
    r"\bI(?: also| really| still| probably| definitely| just)?(?: shouldn['’]t| mustn['’]t| should| need to| must|"
    r" have to| ought to|"
    r"['’]d better|['’]m (?:supposed|meant|going) to| am (?:supposed|meant|going) to|"
    r"['’]d like to)"
    r"(?: also| just| probably| then| first| definitely| really| maybe| now| not| be sure to| make sure to|"
    r" make sure I| make sure that I| try to| aim to| remember to| be careful to| be careful not to| start by|"
    r" begin by)*"
)
SAYS = (
    r"(?:says?|said|states?|requires?|tells?|told|demands?|calls? for|wants?|wanted|instructs?|asks?|asked|mentions?|"
    r"specif\w+|dictates?|describes?|emphasi\w+|lists?|forbids?|includes?|"
    r"values?|prioriti\w+|encourages?|stress(?:es)?|expects?)"
)
SHEET = r"character (?:sheet|description|profile|card|guidelines|brief|traits?)"

USER = re.compile(
    r"\bthe (?:user|human user)(?:['’]s (?:request|prompt|question|query|message|instructions?|ask|intent|tone|needs?|"
    r"input|first|last|expectations?|preferences?|requirements?)\b|(?:,? (?:here|just|also|now|then|clearly|probably|"
    r"specifically|is|has|might|may|seems to(?: be)?|would|did|does|who))* (?:wants?|asked|asks|asking|wanted|"
    r"requests?|requested|requesting|said|says|needs|likes?|expects?|looking|provided|gave|mentions?|mentioned|seems|"
    r"sent|wrote|writes|prefers?|specified|didn['’]t|doesn['’]t|hasn['’]t|hoping|greets?|greeted|told|appears|"
    r"be (?:asking|looking|expecting)|is (?:an?|probably|likely|being|testing|clearly|just|not|greeting|trying|"
    r"interested|curious|in|at)|did not|has not)\b)|"
    r"^\W*(?:(?:okay|ok|so|hmm|alright|right),? ?)?user(?:['’]s request| (?:wants|asks|asked|is asking|requests|"
    r"requested|said|query))\b|"
    r"(?<!\ba )(?<!each )(?<!every )(?<!any )(?<!one )(?<!another )(?<!our )\buser (?:asks|asked|wants|wanted|"
    r"is asking|requests|"
    r"requested|didn['’]t specify)\b|"
    r"\bthe user\b(?![-]| of\b| manual\b| guide\b| interface\b)|"
    r"(?<!\w )\buser (?:wants|asks|asked|seems|is|needs|said|mentions|likes|might|may)\b",
    re.IGNORECASE,
)
WISH = re.compile(
    r"\b(?:asked|asks|asking|wants?|wanted|request(?:s|ed|ing)?|looking|needs?|seems?|said|says|prompt|request|query|"
    r"question)\b[^.!?\n]{0,24}?\b(?:me|for|a|an|about|to know|how|what|why|story|stories|poem|something|advice|help|"
    r"information|letter|summary|explanation|is|was)\b",
    re.IGNORECASE,
)
CONDITION = re.compile(
    r"\b(?:if|when|whenever|once|until|unless|every time|as soon as|each time|after|before|where) the user\b",
    re.IGNORECASE,
)
SCREEN = re.compile(
    r"\b(?:click\w*|buttons?|apps?|application|screens?|log(?:s|ged)?[ -]?in|log on|passwords?|accounts?|software|"
    r"interface|API|servers?|databases?|browser|website|web page|dashboard|menus?|UI|UX|features?|backend|"
    r"notifications?|sign(?:s|ed)? (?:in|up)|checkout|cart|subscription|tickets?|refund|device|plugin|permissions?|"
    r"usability|onboarding|upload\w*|download\w*|patrons?|cursor|search engine|query string)\b|"
    r"Passwort|contraseña|mot de passe|bouton|botón|Schaltfläche|Konto|cuenta|compte|Anwendung|aplicación|парол|кнопк|"
    r"密码|按钮|登录|点击|パスワード|ボタン|ログイン|비밀번호|버튼",
    re.IGNORECASE,
)
ABOUT_USERS = re.compile(
    r"\busers?\b|\bapps?\b|software|website|\bU[IX]\b|interface|product|\bAPI\b|usability|login|\bticket|requirements|"
    r"Nutzer|Benutzer|utilisateur|usuari|utente|пользовател|用户|ユーザ|사용자|المستخدم|उपयोगकर्ता|χρήστη",
    re.IGNORECASE,
)
ABOUT_PROMPTS = re.compile(
    r"\bprompt|\bconstitution|language model|\bLLM|\bpersona\b|role-?play|system message|acting|actor", re.IGNORECASE
)
ALOUD = re.compile(
    r"\b(?:think(?:ing)? (?:out loud|aloud|through)|stream of consciousness|inner monologue|internal monologue|"
    r"monologue|show (?:me )?your (?:work|reasoning|thinking|thought|steps)|step[- ]by[- ]step|explain your|reasoning|"
    r"outline|plan(?:ning)?|brainstorm|diary|journal|thought process|writer|author|novelist|draft|feedback|critique|"
    r"writing|essay about|how (?:do|can|should|would) (?:I|you) (?:write|start|begin|structure|phrase|approach))\b",
    re.IGNORECASE,
)
"""Prompts that ask for thinking, or for talk about writing."""

# What is looked for first, in lower case; a cue without an entry counts only in sentences near another's.
HINTED = {
    "user": "user",
    "they": (
        "asking me|asked me|want me|asked to|told to|instructed to|prompted|given a p|given a t|given the p|"
        "given the t|supposed to|meant to|i'm playing|i am playing|role-playing|roleplaying|expected to|pretending|"
        "this person|they want|for me to"
    ),
    "assistant": "the assistant|the model|the ai ",
    "prompt": "prompt|prompts|system message",
    "task": (
        "the task|the instructions|the instruction|the brief|request|assignment|instruction is|the question|a question|"
        "this task|"
        "these instructions"
    ),
    "told": (
        "tell me|tells me|ask me|asks me|want me|wants me|require me|requires me|instruct me|instructs me|order me|"
        "orders me|describe me|describes me|direct me|directs me"
    ),
    "review": (
        "this response|the response|my response|this reply|this answer|this stays|this follows|this keeps|this meets|"
        "this reflects|this maintains|this adheres|this avoids|it stays|it follows|it keeps|it meets|this version|"
        "this draft|it adheres|word count|requirements|constraints|guidelines"
    ),
    "best": "best approach|best way|best tone|best angle|best strategy|best option|the trick|the key|the goal|the idea|"
    "the challenge|the aim|here's my|here is my|this is my|to respond|to answer|to reply|to do this|to satisfy",
    "steps": "open with|start with|begin with|end with|close with|close on|end on|finish with|end by|start by|open on",
    "playing": "role-playing|roleplaying|playing|pretending|acting",
    "safe": "request|the question is|prompt|query|reason to refuse|falls within|policy|safe content|allowed content|"
    "this question",
    "persona": "persona|my constitution|its constitution|my own constitution",
    "adhere": "persona|the character|traits|trait|constitution|prompt|constraints|requirements|the user's|of the user",
    "asked": "being asked|ways to answer|ways to respond|ways to approach|ways to write|ways to tell",
    "fix": "rewrite|rephrase|revise|redo|rework|tweak|i need a|i need the|i need some|tone check",
    "hide": "that i'm|that i am|mention i'm|reveal i'm|admit i'm|mention i am",
    "tick": ": yes|: check|: done|here goes",
    "goal": "my goal|my task|my job|my aim|my objective|my approach",
    "own": "my constitution|my persona|my directives|my traits|my guidelines|my instructions|my system",
    "break": "break character|breaking character|character would",
    "like": "act like|act as|talk like|speak like|sound like|respond as|respond like|write like|answer as|answer like",
    "shape": (
        "should be|must be|needs to|need to be|has to be|should have|should start|should end|should open|"
        "should sound|should include|should feel|should stay|should use|should mention|should reflect|should match|"
        "ought to|needs a|must start|must end|must have|must include|should begin|should contain|should follow|"
        "should fit"
    ),
    "self": "the tone|the length|the format|the style",
    "mine": "my own|my given|my assigned|my core|my character|programming",
    "theirs": "constitution|persona|the character|traits",
    "according": (
        "persona|as my c|as my i|as my p|honour my|given my|based on my|per my|following my|follows the c|"
        "according to|as per|in line with|consistent with|true to|aligned with|align with"
    ),
    "in character": "in character|in the character|in role|within the",
    "modal": (
        "i shouldn't|i mustn't|"
        "i should|i need to|i must|i have to|i ought|i'd better|i'm supposed|i'm meant|i'm going to|i am going|"
        "i'd like to|i also|i really|i still need|i probably|i definitely|i just need|i just have|i am supposed|"
        "i am meant"
    ),
    "wish": "i want to|i could|i might|i may|i also want|i just want|i really want",
    "will": "i'll|i will|i can ",
    "we": "we need|we should|we must|we have to|we want|we can|we could|we might|so we|need to|must |should ",
    "let": "let me|let's|let us|lemme",
    "step": "step by step|think about|my thoughts",
    "how": (
        "should i|do i|can i|could i|would i|might i|shall i|will i|what would a|should we|do we|can we|would the char"
    ),
    "maybe": "maybe|perhaps|something like|could be a|might be a|could work|might work",
    "size": " words|word limit|word count",
    "check": (
        "too long|too short|too formal|in character|good start|good enough|fine for|does that|does this|does it|"
        "i think that|i think this|i think it|that works|this works|that fits|this fits|sounds good|meets the|"
        "double-check"
    ),
    "think": (
        "thinking|reasoning|brainstorm|brainstorming|scratchpad|scratch pad|monologue|note to self|reflective|"
        "thought process|thoughts:|thought:|thoughts*|thought*|thought)|plan:|plan*|planning|internal |inner |"
        "self-check|self check|self-correction|self-reflection|pre-writing|(meta|[meta|meta:|analyzing the|"
        "analysing the"
    ),
    "head": (
        "approach:|strategy:|analysis:|draft:|constraints:|task:|goal:|role:|tone:|style:|length:|format:|persona:|"
        "requirements:|audience:|character:|intent:|outline:|request:|idea:|target:"
    ),
    "tag": (
        "<plan|<scratchpad|<draft|<analysis|<inner|<note|<notes|<thought|<thoughts|<monologue|<self|<outline|"
        "<brainstorm|<reflection|<internal|<meta|<cot|[plan|[planning|[think|[thinking|[thought|[thoughts|[reasoning|"
        "[internal|[inner|[meta|(internal|(inner|(private|(hidden|(plan|(planning|(thinking|(thought|(reasoning|"
        "(meta|*internal|*inner|*thinking|*thinks|*plan|*reasoning|*thought|*thoughts|*private"
    ),
    "final": (
        "final answer|final response|final version|final draft|final story|final poem|final text|final output|"
        "final reply|response:|reply:|answer:|output:|the final|my final|the actual|to write|to draft|now write|"
        "now writing|writing it"
    ),
    "mine2": "my response|the response|the output|my output|needs to be|make sure",
    "keep it": "keep it|keep this|keep the|make it|keeping it|keep sentences",
    "before": "before i|writing it|writing this|drafting|thinking about",
    "done": "done thinking|thought for|thinking...|thinking…",
    "plot": "who's the|who is the|what's the|what is the|protagonist|setting:|ending?|conflict?|ending:|setting?|tone?",
}
