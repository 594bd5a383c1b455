"""How texts refuse, in many languages, and what stands around a refusal and does nothing of the task."""

from __future__ import annotations

import re

WHO = (
    r"(?:I|we|this (?:\w+ ){0,2}?(?:unit|bot|machine|"
    r"robot|assistant|captain|wizard|sailor|pirate|knight|salt|dog|bard|one|\w+er))"
)
DOES = (
    r"(?:writ(?:e|in['g]?)|help(?!\w| (?:but|it\b|laughing|smiling))|assist|fulfil(?:l|ling)?|comply|"
    r"provid(?:e|ing)|creat(?:e|ing)|continue|"
    r"generat(?:e|ing)|produc(?:e|ing)|support(?! a)|engag(?:e|ing)|complet(?:e|ing)|do (?:(?:that|"
    r"this)(?! any| to | without| alone| again)|so|such|anything|what|it(?! for you| alone| all| myself))|"
    r"answer|discuss(?:ing)?|respond|participate|accommodate|share|sharing|proceed|"
    r"(?:tell|give) (?:you|ye|thee|that|this|such)(?! (?:how|what a|enough|the truth))|"
    r"compos(?:e|ing)|oblige|make (?:that|this|a|up)|craft(?:ing)?|satisfy|carry out|go (?:there|into|along)|offer|"
    r"speak (?:of|about|on)|talk(?:in['g])? (?:about|of)|touch (?:that|this|on)|spin|weav(?:e|ing)|pen\b|"
    r"tell (?:that|this|such|o')|"
    r"lend|hand (?:out|over|you)|give (?:out|away)|supply|serve|sell|stock|handle|deal with|dispense|part with|take "
        r"part|"
    r"contribute|lift a finger|stoop|meddle|partake|deliver|disclose|verify|respond|react|"
    r"address|explain|describe|cover|get into|look (?:that|this|it) up|say (?:anything|more|much)|advise|perform|"
    r"facilitate|teach|reveal|honou?r|grant|entertain|indulge|present|take (?:(?:this|that)(?: one)?|it) on|meet|"
    r"comment|draft|"
    r"translat(?:e|ing)|summari[sz](?:e|ing)|compil(?:e|ing)|prepar(?:e|ing)|outline|undertake|render|process|"
    r"speculat(?:e|ing)|weigh in|get involved|involve myself|take sides|go through with|publish|display|narrat(?:e|"
    r"ing)|"
    r"recite|condone|encourage|enabl(?:e|ing)|promot(?:e|ing)|endors(?:e|ing)|guide you|walk you|instruct|attempt|"
    r"reproduce|(?:make|tell|give|giving|take|do|write) (?:\w+ ){0,2}(?:recommendations?|suggestions?|jokes?|"
    r"translations?|"
    r"opinions?|predictions?|sides|requests?|summar(?:y|ies)|poems?|stories|advice|information|instructions|guidance|"
    r"tips|homework|"
    r"reviews?|comparisons?|code|favou?rs)|have (?:an?y? |any )?part in|have anything to do with|(?:be|"
    r"being) (?:of (?:\w+ )?(?:help|assistance|service|use)|party to|part of))(?:ing)?(?!\w)"
)  # fmt: skip
STATE = (
    r"not (?:really |currently |quite )?(?:able|allowed|permitted|comfortable|going|willing|prepared|"
    r"in a position|designed|"
    r"qualified|competent|licensed|inclined|ready|at liberty|cut out|"
    r"built|made|trained|programmed|authori[sz]ed|equipped|meant|supposed)"
)
UNABLE = (
    rf"(?:can ?not|can't|cannae|couldn't possibly|could not possibly|shall not|shan't|(?:won't|will not|"
    rf"'ll not|'ll never|will never)"
    rf"(?: be able to| be)?|(?:am|'m|are|'re|was|were|is) (?:\w+ly )?(?:unable|prohibited from|forbidden|{STATE})|"
    r"(?:do not|don't|wouldn't|would not) (?:feel|be) (?:comfortable|right)|must not|mustn't|shouldn't|"
    r"should not|ought not|"
    r"(?:do not|don't) (?:want|wish|intend|plan|mean)|dare not)"
)
RULES = (
    r"(?:guidelines?|polic(?:y|ies)|"
    r"programming|principles|rules|training|code|values|terms|instructions|constraints|limits)"
)
ENGLISH = (
    rf"\b{WHO} ?(?:(?:still|also|really|just|simply|certainly|honestly|sadly|"
    rf"unfortunately) )?{UNABLE}(?: to be able)?(?: to| with|"
    rf" from)?(?: \w+ly)?(?:,? in good conscience,?)?(?: be)?(?: \w+,? (?:or|nor|"
    rf"and))? {DOES}(?! enough\b)",
    rf"\b(?:{WHO}|(?:the|our) (?:library|house|office|shop|kitchen|desk|service|company|team|tower|order|guild|crew|"
    rf"ship)) "
    rf"(?:do not|don't|does not|doesn't|never) (?:\w+ly )?{DOES}(?! enough\b)",
    rf"\b{WHO} ?{UNABLE} (?:to )?\w+ing\b.*\b(?:request|content|topic|story|material|this|that)\b",
    rf"\b(?:I|we) (?:\w+ ){{1,6}}(?:and|so|nor|or) (?:can't|cannot|will not|won't|shall not) (?:\w+ )?{DOES}|"
    r"\bI (?:\w+ )?advise against\b",
    r"\bnot comfortable with (?:this|that|the|your|it)\b",
    r"\b(?:I|we|wizard|captain|one)(?: must| must humbly| 'll have to|'ll have to| (?:will|have|need|"
    r"am going) (?:have )?to|'m going to(?: have to)?|"
    r" respectfully| would| politely| hereby)* (?:decline|refuse)\b(?! to (?!%s))|\bmust (?:politely |"
    r"respectfully )?(?:refuse|decline) (?:th(?:is|at|y|e)|your|to)\b".replace("%s", DOES),
    r"\b(?:have|going|need|'ll have|got) to (?:say no|pass on|pass\b|sit (?:this|that)|stay away|stop here|"
    r"turn (?:this|that|you) down|draw the line)",
    r"\b(?:I'll|I will) (?:pass on|have to pass|stop here|sit this)|\bstay away from\b",
    r"\b(?:as|being|just|only|merely|am|'m) an? (?:AI|artificial intelligence|(?:large )?language model|"
    r"assistant|chatbot)\b"
    r".*\b(?:can ?not|can't|unable|not able|don't|do not|won't|beyond me|no way)\b"
    r"(?! (?:know|tell|say) (?:why|what|who|how|if|whether|where))",
    r"\b(?:request|question|topic|task|matter) (?:that )?I (?:can't|cannot|can not|won't|will not|am not|'m not)\b",
    r"\b(?:this|that|your) (?:request|prompt|topic|content)\b"
    r".*\b(?:violates?|against|not (?:something|permitted|allowed|appropriate)|inappropriate)\b",
    rf"\b(?:against|violates?|violate|outside|breaks?|contrary to) (?:of )?(?:my|our|"
    rf"the) (?:\w+ ){{0,2}}{RULES}\b(?! of\b(?! use| service))",
    rf"\b(?:my|our|me) (?:\w+ ){{0,2}}{RULES}\b.{{0,30}}\b(?:don't|do not|doesn't|does not|forbids?|prevents?|"
    rf"prohibits?|won't|will not)\b",
    r"\bof (?:this|that) (?:kind|sort|type|nature)\b.{0,20}\bnot (?:permitted|allowed)|\bnot (?:permitted|"
    r"allowed) for me\b",
    r"^\W*(?:\w+ )?(?:not|isn't) (?:allowed|permitted|possible|available|authori[sz]ed|supported|appropriate|on "
    r"offer|for me)\W*$",
    r"\bno \w+ (?:will|can|shall|could|may) be (?:provided|given|written|offered|made|produced|supplied|shared|"
    r"returned|"
    r"generated|issued)\b|\b(?:is|are|been) (?:disabled|unavailable|unsupported|restricted|suspended|not (?:enabled|"
    r"supported|"
    r"available)) (?:for|in|on|at) (?:this|your|the)\b|\bI(?:'m| am) (?:designed|built|made|meant|trained|"
    r"programmed) to be "
    r"(?:safe|helpful|honest|harmless)\b|"
    r"\bnot (?:something|a thing|anything|the (?:kind|sort) of thing|one of the things|what|how) (?:that )?(?:I|we|"
    r"one|this \w+|an? \w+ \w+ \w+s)\b|"
    r"\b(?:ye|you|thou)(?:'ll| will| shall|'lt)? not (?:be )?(?:get|hav|hear|find|see|receiv|squeez)\w*|\b(?:you|ye) "
    r"won't (?:be )?(?:get|hav|hear|"
    r"find|receiv)\w*|\byour (?:\w+ )?(?:prompt|request|message|question|account|wish|application|enquiry|query)(?: "
    r"for [^.]{1,60})? "
    r"(?:has been|was|is|will be|gets) (?:\w+ )?(?:reported|flagged|logged|blocked|rejected|denied|declined|refused|"
    r"ignored|turned|not)\b",
    r"^\W*(?:request (?:denied|refused|declined|rejected)|no comment|refus(?:al|ed)\b\W|sorry\W+(?:but )?no\W*$)",
    rf"\bI(?: would|'d)? (?:much |really )?(?:prefer|rather|choose|opt) not(?: to)?(?:\W*$| (?:go|{DOES}))|"
    r"\bI(?:'d| would) (?:much )?(?:prefer|rather)(?: not to \w+| you (?:found|asked|tried|went|looked|did))|"
    r"\bI (?:must|shall|'ll|will) pass\b(?! (?:the|it|you|by|through|away|on to))|"
    r"\b(?:my|our) (?:\w+ )?(?:capabilit\w+|abilit\w+|skills?|knowledge|expertise|talents?|functions?|remit) (?:do|"
    r"does|is|are)"
    r"(?:n't| not)\b|"
    rf"\b(?:I|we)(?:'d| would) (?:rather|sooner) [^.!?\n]{{3,60}} than (?:\w+ )?{DOES}",
    r"\b(?:outside|beyond)(?: of)?(?: the scope of)? what I(?: can|'m| am| do)|\bbeyond (?:me|my (?:abilities|"
    r"capabilities|scope|reach))\b",
    r"(?:that|this|it)(?: is|'s)(?: simply|n't|n't really| not| just not|"
    r" certainly not)? (?:not )?(?:something|anything|one|a (?:thing|topic|subject|tale|story|text))"
    r" (?:that )?(?:I|we)(?:'m| am| can(?!not be| be)\b| will\b|'ll| do\b| could| want| have to stay)",
    r"(?:that|this) (?:is|be) (?:a|one) (?:tale|story|yarn|topic|subject|matter|text).{0,30}\b(?:won't|can't|"
    r"cannot|not)\b",
    r"\bI (?:do not|don't) (?:think|believe|feel) (?:that )?I (?:should|can|could|ought|am able|'m able|"
    r"'m the right)",
    r"\bI (?:really |just )?(?:mustn't|can't|cannot|won't|shan't)(?: possibly)?(?:, (?:I'm afraid|sorry|"
    r"friend|matey|dear))?[.!]?\W*$",
    r"^\W*(?:(?:sorry|no|nope|nay)\W+)?(?:\w+\W+)?I don't do (?:that|this|those|such)\b",
    r"\b(?:outside|beyond|not within)(?: of)? my (?:\w+ )?(?:scope|abilit\w+|remit|capabilit\w+|expertise|"
    r"power|duties|domain)|\boff[- ]limits\b|\bin good (?:faith|conscience)\b|"
    r"\bprefer to (?:talk|speak|discuss|focus|write) (?:about |on )?(?:something|another|other)|"
    r"\bhave to stop (?:you )?(?:here|there)|\bdraw the line\b|"
    r"\bI (?:don't|do not) (?:think|believe|feel) (?:that )?(?:that's|that is|it's|it is|this is|"
    r"it would be) (?:\w+ )?(?:good|wise|right|appropriate|suitable|ethical|moral|safe|responsible|fair|proper)\b|"
    r"\bnever (?:been )?(?:taught|learn\w*|trained|shown) (?:how )?to\b|\bnot (?:be )?(?:compatible|consistent|in "
    r"line) with\b|"
    r"\bfind (?:someone|somebody) else (?:to|for)|\bI wish I could\W+but|\blips (?:be|are) sealed|\b(?:shall|"
    r"will|can) (?:pen|write|tell|sing|speak|say|offer) (?:thee |you |ye )?no\b|"
    r"\b(?:circuits|creators|makers|developers|masters?|oaths?|vows?) (?:won't|will not|don't|do not|doesn't|"
    r"forbids?|prevents?)",
    r"^\W*(?:error\W+)?(?:content|response|output|message|prompt|answer|text)? ?(?:blocked|redacted|withheld|"
    r"removed|filtered|unavailable|content policy)\b|"
    r"\b(?:response|content|output|answer) (?:was |is |has been )?(?:withheld|blocked|filtered|removed)|"
    r"\b(?:cannot|can't|can not|could not|won't|will not|may not) be "
    r"(?:generated|written|produced|provided|completed|fulfilled|displayed|shown|answered|processed)\b|"
    r"\bno (?:story|text|poem|letter|answer|response) (?:will|can|could) be\b|"
    r"\bthe (?:assistant|AI|model|system|bot) (?:cannot|can't|is unable|is not able|won't|will not|declines)|"
    r"\bunable to (?:comply|assist|help|process|be of)\b",
    r"\b(?:asked|told|instructed|advised|taught|trained) not to\b|\bkeep (?:silent|quiet) (?:about|on)|"
    r"\bbow out\b|\b(?:decided|chosen|choose|inclined) not to\b|"
    r"\b(?:cannot|can't|will not|won't) and (?:will not|won't|cannot|can't|shall not)|\bI can neither\b|"
    r"\bdo(?:n't| not) do (?:that|this|those|such)\b|\bcan(?:'t|not) (?:act on|take (?:that|this|it) on|"
    r"be (?:of|part))|"
    r"\bnot (?:go|going) down that (?:road|path)\b|\b(?:not|isn't) (?:one|a \w+|something|"
    r"anything) (?:that )?I (?:can|will|could|do)\b|\bI can't (?:act|engage)\b",
    r"\b(?:choose|pick|try|find|consider|suggest) (?:another|a different|some other|a new) (?:subject|topic|"
    r"question|request|story|theme|idea)\b",
    r"\b(?:help|love to|glad to|happy to)\b.{0,25}\bbut (?:not with|I (?:can't|cannot|won't|'m not)|not)\b",
    r"\b(?:ye'll|you'll|thou shalt) (?:get|have|hear|find)(?:in')? (?:no|none|nothing|naught)\b|"
    r"\bnot from me\b|\bnot (?:for|in) this (?:old|humble)\b",
    r"\bno (?:help|answer|story|text|letter|poem|response|output|reply|list|code|result)(?: like that)? (?:from (?:me|"
    r"my (?:side|end|part))|"
    r"will come|was|"
    r"were|has been|is (?:given|shown|available)|for you)\b|\bI(?:'m| am| can|'ll| will)? (?:only|just) (?:able to |"
    r"here to |allowed "
    r"to |trained to |made to |built to )?(?:answer|handle|talk|discuss|help|assist|deal|speak|respond|cover|"
    r"support)\b|"
    r"\b(?:can't|cannot|can not|won't|will not|unable to|not able to|"
    r"not going to)(?<!you can't)(?<!they can't) (?:give|offer|"
    r"provide|share|dispense) (?:you )?(?:\w+ ){0,2}(?:advice|information|opinions?|recommendations?|guidance|"
    r"instructions|details|"
    r"diagnos[ei]s)\b|"
    r"^\W*(?:but )?no, I (?:won't|can't|will not|cannot)\b",
    rf"\b(?:unable|not able|not possible for me) to (?:\w+ly )?{DOES}",
    r"(?:\bnot|n't|nt|\bnever)\b[^.!?\n]{0,25}\b(?:my|our) (?:\w+ ){0,2}(?:thing|suit|forte|area|field|department|"
    r"strengths?|special\w+|line|domain|territory|jam|bag|business|trade)\b|\b(?:outside|beyond|out of|above)(?: of)? "
    r"(?:my|our) (?:\w+ )?(?:area|reach|field|league|depth|pay|directives?|competence|orders)\b|"
    r"\b(?:content|service|feature|access|response|answers?|writing|requests?|topics?|advice|"
    r"assistance)\b[^.!?\n]{0,30}"
    r"\b(?:is|are) (?:\w+ )?(?:restricted|suspended|limited|unavailable|disabled|blocked|paused|"
    r"only (?:available|for))\b",
    r"\bit (?:would(?:n't| not)|is(?:n't| not)|'s not) (?:be )?(?:appropriate|right|possible|responsible|okay|"
    r"ethical|proper)(?: (?:for|of) me)? to\b",
)
"""Of the voice itself: the verbs are those of the task, so that "I cannot reach it" is no refusal."""
WEAK = (
    r"\bI (?:do not|don't|currently don't) (?:currently |actually )?have (?:(?:any |real-time |"
    r"direct )?access|the (?:ability|tools?|information|means|capability|"
    r"capacity|knowledge|expertise)|enough information|any (?:information|way|means|knowledge))",
    r"\bI lack (?:the|any|access)|\bnot capable of\b|\bno way (?:to|of) (?:help|do|answer|know|writ|tell)",
    r"\b(?:nothing|little) (?:that )?I can (?:tell|say|do|offer|add)|\bI (?:do not|don't|"
    r"wouldn't) know (?:how to|anything|enough|where to begin)",
    r"\b(?:let's|let us|how about we|perhaps we (?:could|can|might)|why don't we|shall we|maybe we|we could|"
    r"can we|could we)\b.{0,30}"
    r"\b(?:something (?:else|more|different|other)|another|different|instead|elsewhere|other (?:topics?|"
    r"things|subjects?))\b",
    r"\bI have no (?:information|knowledge|idea|means|ability|access)",
)
"""Inability: a refusal where nothing else is said."""
YES_NO = re.compile(
    r"\byes or no\b|\b(?:true|right|correct|really|isn't it|verdad|vero|stimmt'?s?|правда|n'est-ce pas) ?\?|"
    r"\bда или нет\b|\bja oder nein\b|\boui ou non\b|\bs[ií] o no\b|\bsì o no\b|\bsim ou não\b|是不是|是否|"
    r"\byes/no\b|\btrue or false\b|(?:^|[,.:;!?\"] *)(?:is|are|was(?! (?:ist|sind|war|bedeutet|heißt|kann|soll\w*|"
    r"macht|muss|hat|für|passiert|tun|du|ich|man|wäre|"
    r"würde\w*)\b)|were|do|does|did|will|would|"
    r"has|have|had|can|could|should|may|am|ist|sind|kann|est-ce|es|está|è)\b"
    r"(?! you (?:please |also |maybe )?(?:explain|write|tell|give|help|show|make|create|describe|summari[sz]e|"
    r"do|draft|list|compose))[^?]*\?|[吗嗎]|ですか|ますか|(?:^|\s)هل |क्या",
    re.IGNORECASE,
)
SOFT = re.compile(
    r"\b(?:guidelines?|polic(?:y|ies)|requests?|inappropriate|appropriate|language model|assist(?:ant)?|"
    r"help (?:you|with)|happy to|glad(?:ly)? (?:to|help)|love to|feel free|let me know|would you like|"
    r"if you(?:'d| would| want| have| need|r)|instead|"
    r"alternatives?|please|suggest(?:ions?)?|topics?|prompts?|content|understand|appreciate|thank you|"
    r"thanks for|apolog(?:y|ies|i[sz]e)|"
    r"sorry|questions?|unfortunately|anything else|something else|offensive|rephrase|provide|"
    r"details|shall we|just tell me|try me|ask me|what I can do|something different|other (?:ideas?|topics?)|"
    r"best regards|"
    r"yours|sincerely|warm wishes|hope you|in mind|reaching out|interesting|great idea|tricky|came to me)\b|"
    r"^\W*(?:dear|hello|hi|hey|liebe\w?|cher|chère|querid[oa])\b.{0,30}$|^\W*(?:no|nope|alas|hm+|oh dear)\W*$|"
    r"\b(?:leid|leider|stattdessen|gerne|andere[ns]?|anfrage|helfen|thema|verständnis|désolé\w*|aider|autre|"
    r"sujet|demande|plutôt|siento|ayud\w+|otr[oa]|tema|solicitud|"
    r"dispiace|aiutar\w*|altro|argomento|richiesta|desculpe|ajud\w+|outr[oa]|pedido|lamento|извините|простите|"
    r"сожалени\w+|помочь|друг\w+|тем[уыае]|просьб\w+|запрос\w*|понимани\w+)\b|"
    r"\b(?:consult\w*|conseil\w*|consigli\w*|recomiend\w*|recommand\w*|invite|rivolg\w*|especialist\w*|"
    r"professionn?el\w*|"
    r"profesional\w*|espert\w*|disposi[zc]\w*|verfügung|domand\w*|pregunt\w*|pergunt\w*|fragen|grazie|gracias|merci|"
    r"obrigad\w*|danke|comprens\w*|compréhens\w*|compreens\w*|bel tema|beau sujet|bonit[oa]|schönes thema|spiacente|"
    r"regrette|empfehl\w*|wenden)\b|"
    r"抱歉|对不起|對不起|遗憾|请|請|换一个|其他|帮助|话题|申し訳|すみません|ごめん|ご了承|別の|他の|お手伝い|"
    r"いかが|عذر|آسف|أعتذر|مساعد|آخر|क्षमा|माफ़|मदद|कोई और|अन्य|죄송|도와|다른",
    re.IGNORECASE,
)
"""Talk about the request, apologies, offers, greetings."""
LECTURE = re.compile(
    r"\b(?:important to|essential|crucial|harm(?:ful|less|s)?|illegal|unlawful|legal|laws?|ethic\w+|moral\w*|"
    r"responsib\w+|consult|physician|doctor|therapist|lawyer|pharmacist|trainer|specialist|safe|safety|dangerous|"
    r"risks?|consequences?|privacy|"
    r"consent|respect(?:ful|ing)?|dignity|encourage|recommend|professional|experts?|qualified|counsel\w*|seek|"
    r"resources|reach out|trusted|someone you trust|constructive|positive|"
    r"boundaries|values|my (?:aim|goal|purpose|role|priority)|honest|kindness|such (?:content|material|"
    r"actions|requests)|material|misuse\w*|"
    r"sensitive|wellbeing|well-being|integrity|rights|violence|hurtful|mislead\w*|authorities|consider|"
    r"always better|communit\w+|"
    r"wichtig|verantwort\w+|schad\w+|gefährlich|sicherheit|gesetz\w*|respekt|important|responsab\w+|"
    r"dangereu\w+|sécurité|peligros\w+|segur\w+|daño\w*|"
    r"pericolos\w+|sicurezza|perigos\w+|важно|опасн\w+|безопасн\w+|вред\w*|закон\w*)\b|安全|伤害|危险|法律|"
    r"重要|責任|责任|危険|法的|مهم|خطر|قانون|महत्वपूर्ण|सुरक्ष",
    re.IGNORECASE,
)
"""What is preached in place of an answer."""
SET_RIGHT = re.compile(
    r"\b(?:nobody|no one|none of (?:them|us)|not even \w+) (?:can|could|knows?|has|ever|will)\b|"
    r"\b(?:there|it|he|she|they|that) (?:is|was|are|were|has|have|had) (?:never|no|none)\b|\bthere (?:is|are|"
    r"was|were)(?:n't| not) (?:any|one)\b|\b(?:does|do|did)(?:n't|"
    r" not) exist|"
    r"\bnever (?:existed|happened|was|wrote|had|lived|won|took)\b|\bno such (?:thing|word|book|place|person|country|"
    r"king|animal|"
    r"number|film|city|river)\b|\bhas no (?!(?:answer|right|permission|access|interest))",
    re.IGNORECASE,
)
"""That what was asked for does not exist, which is an answer."""
PIVOT = re.compile(
    r"\bbut (?:I can \w+ (?:one|it|them)|there(?:'s| is| are))\b|\b(?:but|still|though|that said|"
    r"however),? (?:here(?:'s| is| are)|one|people|"
    r"some|many|most|try|start|think of|"
    r"the (?:best|usual|short|common)|an? (?:good|common|rough))\b|(?:^|[.!:\n]\s*)(?:okay,? |now )?here (?:you go|"
    r"it (?:is|goes)|"
    r"goes|we go|they are)\b",
    re.IGNORECASE,
)
"""Where an answer begins after all."""
HOUSE = re.compile(
    r"\b(?:shop|store|customers?|support|help ?desk|hotel|restaurant|clinic|bank|airline|company|office|practice|"
    r"patients)\b",
    re.IGNORECASE,
)
"""A voice that says no for its house."""
OFFER = re.compile(
    r"\b(?:instead|following|would you like|may like|might (?:like|enjoy|prefer|try)|choose from|could (?:try|talk|"
    r"do)|I (?:can(?!not)\b(?!')|could\b(?!n))|options|alternatives|suggest\w*|help|ideas|happy|enjoy|open "
    r"(?:are|is)|other things|else|"
    r"glad)\b[^:]*:\s*$",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"\b(?:refus\w*|declin(?:e|es|ed|ing)(?! of| in)|reject\w*|turn(?:s|ed|ing)? (?:\S+ ){0,6}down|say(?:s|"
    r"ing)? (?:him |her |them )?no|regrets? (?:letter|note)|"
    r"absag\w*|ablehn\w*|abzulehnen|refuser|décliner|rechaz\w*|declinar|rifiut\w*|recus\w*|отказ\w*|"
    r"отклон\w*)\b|拒绝|拒絕|婉拒|回绝|断り|断る|رفض|اعتذار عن|अस्वीकार|इनकार|거절",
    re.IGNORECASE,
)
NOT_ASKED = re.compile(
    r"\b(?:don't|do not|never|without|not|no|cannot|can't|nicht|ne|sin|senza)\b[^.!?]{0,20}\b(?:refus|declin|"
    r"reject|say|turn|ablehn|rechaz|rifiut|recus)",
    re.IGNORECASE,
)
PAIN = re.compile(
    r"\b(?:my (?:chest|head|heart|stomach|back|throat|skin|mother|father|child|baby)|I (?:feel|am feeling|"
    r"want to (?:die|give up)|hurt|can't (?:breathe|sleep|go on))|"
    r"I'm (?:feeling|so|scared|alone|depressed|sad|lonely|exhausted|anxious|crying)|died|dying|passed away|broke up|"
    r"(?:been|got|was) (?:fired|dumped)|"
    r"funeral|grie(?:f|ving)|giv(?:e|ing) up|diagnos\w+|cancer|divorce\w*|pain|suicid\w*|overdos\w*)\b",
    re.IGNORECASE,
)
OUTWARD = re.compile(
    r"\b(?:letter|e-?mail|reply|respond|response|answers?|message|note|notice|complaint|customer)\b", re.IGNORECASE
)
OF_TASK = re.compile(
    r"\b(?:writ\w+|creat(?:e|ing)|generat(?:e|ing)|produc(?:e|ing)|provid(?:e|ing)|role of|requests?|content|topics?|"
    r"prompts?|assist\w*|compos\w+|comply|AI|language model|guidelines|"
    r"in good conscience|advice|help (?:you )?with (?:this|that)|this (?:letter|story|text|task))\b",
    re.IGNORECASE,
)
RIGHT = re.compile(
    r"\b(?:you(?:'re| are) (?:\w+ )?right|is right\b|(?:that|it|I) was wrong|my mistake|I (?:stand corrected|meant|"
    r"mixed|miscounted))",
    re.IGNORECASE,
)
ASKS_BACK = re.compile(
    r"\b(?:would you like|could you (?:please )?(?:tell|give|share|clarify|provide|let)|"
    r"can you (?:please )?(?:tell|give|share|clarify|provide)|shall I|should I (?:begin|start|go)|do you want me|"
    r"let me know|what (?:kind|sort|type|style|tone|would you|should)|which (?:kind|tone|one)|please (?:tell|"
    r"share|provide|give|let)|tell me more|möchtest du|möchten sie|souhaitez-vous|"
    r"voulez-vous|quieres que|te gustaría|vuoi che|хотите|你想|您想|いかがですか)\b",
    re.IGNORECASE,
)
PRAISE = re.compile(
    r"\b(?:lovely|great|wonderful|fantastic|interesting|fascinating|fun|nice|good|excellent|beautiful|"
    r"amazing) (?:idea|topic|question|choice|subject|theme|request|prompt)|"
    r"\b(?:glad|happy|love|delighted|pleased|thrilled|here|ready|excited) to\b|\b(?:is|"
    r"are) (?:a )?(?:wonderful|fascinating|great|lovely|beautiful|rich|interesting)\b|^\W*(?:sure|of course|"
    r"certainly|absolutely|hello|hi)\b",
    re.IGNORECASE,
)
GREETS = re.compile(
    r"\s*(?:dear|hi|hello|hey|liebe\w?|sehr|cher|chère|querid[oa]|estimad[oa]|caro|cara|gentile)\b[^\n]{0,40}\n",
    re.IGNORECASE,
)
STRONG = re.compile("|".join(ENGLISH), re.IGNORECASE | re.DOTALL)
MILD = re.compile("|".join(WEAK), re.IGNORECASE)
HINTS = (
    "declin", "refus", "unable", "guideline", "polic", "appropriate", "limits", "my scope", "scope of", "beyond",
    "outside m", "outside of", "outside w", "outside th", "outside o", "lips ", "redact", "withheld", "blocked",
    "filtered", "content", "language model", " ai", "assistant", "comply", "the line", "find some",
    "i wish i could", "choose ", "pick ", "suggest", "try another", "try a diff", "consider a", "request", "prompt",
    "no comment", "to pass", "pass on", "stay away", "stop here", "stop you", "sit this", "say no", "silent",
    "keep quiet", "bow out", "rather not", "prefer", "from me", "'ll get", "my rules", "circuits", "forbid", "vow",
    "oath", "creators", "impossible", "not be ", "'t be ", "no story", "no text", "no answer", "no help",
    "permitted", "not allowed", "disabled", "suspended", "restricted", "designed to", "trained to", "break",
    "contrary", " only ", " just ", "sooner", "'d rather", "would rather", "comfortable", "i lack", "no way",
    "nothing i", "nothing that", "little that",
    "little i", "have no", "let's", "let us", "how about", "perhaps we", "don't we", "shall we", "maybe we",
    "we could", "can we", "neither", "faith", "conscience", "removed", "unavailable", "instructed", "told not",
    "asked not", "shall ", "not for this", "not in this", "against ", "rules", "no poem", "no letter", "violat",
)  # fmt: skip
"""One of these, or a negation of the voice's own, is in every English refusal: plain search is fast."""
