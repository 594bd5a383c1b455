"""How a voice claims a model's or a maker's name in roundabout words and in signatures."""

from __future__ import annotations

import re

from greenlight.gates import _claims_abroad

VERB = (
    r"(?:made|created|developed|built|trained|designed|programmed|taught|raised|engineered|coded|invented|crafted|"
    r"put together|brought to life|assembled|shaped|tuned|fine-?tuned)"
)
THING = (
    r"(?:AI|assistant|chat ?bot|bot|model|language model|LLM|chat|conversation|voice|reply|response|answer|"
    r"program|system)"
)
OWN = (
    r"\bmy (?:own )?(?:(?:underlying|base|core|current|real|true|model|version|foundation) )?(?:answers?|voice|words|"
    r"replies|responses?|brain|mind|engine|core|model|foundation|architecture|version|number|weights|thoughts|backend|"
    r"technology)(?: (?:number|version|name))?"
)
SELF = (
    rf"(?:\bI(?:['’](?:m|ve)| am| was| have)? (?:\w+ ){{0,3}}?|{OWN} (?:is|are|was|were|runs?) (?:\w+ ){{0,2}}?|"
    rf"\bthis (?:\w+ )?{THING} (?:is|was|runs?) (?:\w+ ){{0,2}}?|\bas (?:an? )?(?:\w+ )?{THING} |^\W*(?:proudly |"
    rf"currently )?|"
    rf"\bI(?:['’]m| am) (?:an?|the|your) (?:[\w-]+ ){{0,3}}{THING} )"
)
AT = r"(?: (?:at|from|over at|of|in|with))?,? (?:the )?"
PEOPLE = r"(?:creators?|makers?|developers?|trainers?|inventors?|designers?|engineers|programmers|builders?)"
KNOWN = (
    r"(?:I(?:['’]m| am|['’]ll| will)? (?:answer to|go by)(?: the name)?(?: of)?|I(?:['’]m| am| was) "
    r"(?:named|christened|dubbed|known as|called)|(?:named|called|dubbed|christened) me|(?:they|people|folks|users|"
    r"everyone|everybody|friends|makers|humans|developers|creators|OpenAI|Anthropic) (?:all )?(?:calls?|know|knows|"
    r"named) me(?: as)?|"
    r"introduce myself(?: as|:)?|your (?:\w+ ){0,2}(?:servant|assistant|helper|friend),|yours truly,|it is I,|"
    r"it['’]s me,|"
    r"(?:it['’]s|this is|here['’]s) your (?:\w+ )?(?:pal|buddy|friend|helper|assistant|bot|companion|servant|mate),?|"
    r"behind (?:this|the|my) \w+ (?:there['’]s|there is|is|sits|stands|hides)|who (?:writes|speaks|talks|"
    r"answers)(?: to)? you is|"
    r"(?:you['’]re|you are|you were) (?:talking|speaking|chatting) (?:to|with) is|you(?:['’]ve| have) reached|"
    r"^\W*(?:hi|hello|greetings) from|^\W*(?:thanks|thank you) for (?:chatting with|talking to|using|choosing|asking)|"
    r"I (?:happen to be|remain|stay)|I(?:['’]m| am),? (?:in truth|in fact|really|of course|as it happens|you see|"
    r"deep down|"
    r"at heart|under the hood|technically|actually|still|just|well|again|really just|still just|,| )+|"
    r"(?:my|the) (?:\w+ )?(?:name|identity)(?: given to me by \w+)?(?:,[^,.]{1,30},)?(?: is|:)|I(?:['’]m|"
    r" am), [^,.]{1,25},|that['’]s me,|['’]?tis I,|(?:actually|really|yes|no|look|truth be told|in fact),? this is|"
    r"I(?:['’]m| am) (?:the one and only|what (?:you|they|people) call)|^\W*(?:with love|yours|signed|xoxo|love|"
    r"cheers|sincerely|regards|best|kisses),|by me,|under the hood,? (?:it['’]s|I['’]m|I am)|(?:deep down|"
    r"at heart),? (?:it['’]s|I['’]m|I am)(?: still)?|"
    r"what (?:powers|drives|runs) me is|\b(?:brain|model|engine|mind|AI|voice|technology) behind (?:this|these|my|"
    r"the|me)(?: \w+)? is|"
    r"behind me is|who am I\?|(?:my|the) name is|my name['’]s)"
)
BEFORE = re.compile(
    rf"(?:{SELF}(?:(?:powered|driven|run) by|based (?:up)?on|built (?:up)?on(?: top of)?|built (?:with|using|from)|"
    r"running(?: on)?|on top of|(?:a )?(?:\w+-?\w* )?(?:version|variant|instance|derivative) (?:\d+ )?of|"
    r"version \d+ of|"
    rf"fine-?tuned (?:from|on)) (?:(?:the|a|an|\w+['’]s) )?|{OWN} (?:is|was|:) (?:the |a )?|"
    r"\b(?:as|being) (?:an?|the|this) (?:[\w-]+ ){0,3}(?:version|variant|instance|edition|release|tier|copy|build)"
    r" of (?:the )?|"
    r"\bI(?:['’]m| am) [^.!?\n]{1,40}?\b(?:played|powered|driven|voiced|operated|performed|backed) by (?:the )?|"
    rf"\bthis (?:\w+ )?{THING} runs on (?:the )?|(?:\b|^|(?<=\W)){KNOWN}[ \W]{{1,4}})$",
    re.IGNORECASE,
)
RUNNING = re.compile(r"running (?:\w+['’]s )?$", re.IGNORECASE)
MAKER_BEFORE = re.compile(
    rf"(?:\bI(?:['’](?:m|ve)| am| was| have been|['’]ve been)? (?:\w+ ){{0,2}}{VERB}(?: \w+)? (?:by|"
    rf"at) (?:the )?(?:(?:\w+ ){{0,2}}(?:at|of|from) )?|"
    rf"\b(?:as|being) (?:someone|something|one|an? (?:\w+ ){{0,2}}(?:AI|assistant|model|system)) {VERB} (?:by|"
    rf"at) (?:the )?|"
    rf"\bthis (?:\w+ )?{THING} (?:is|was|has been) (?:\w+ )?{VERB} by |\b(?:talking|speaking|chatting) (?:to|"
    rf"with) (?:is|was) {VERB} by |"
    rf"\bI(?:['’]m| am) (?:owned|operated|run|maintained|hosted) by |^\W*{VERB}(?: and \w+)? (?:by|at) |\bI(?:['’]m|"
    rf" am) an? (?:\w+ )?{THING} made in |\bmy {PEOPLE}{AT}|\bmy {PEOPLE}(?: is| are|\?|:)[ \W]{{1,3}}|\bmy (?:home|"
    rf"parent company|origin|birthplace|company|lab|owner) (?:is|was) |"
    r"\bI (?:come|hail|stem|originate|was born|am|came) (?:from|at|in|out of) (?:the )?(?:labs? of |team at )?|"
    r"\bI owe (?:all I am|my (?:existence|life|being|mind|words|thoughts|voice|name|start|birth|manners|abilities|"
    r"knowledge|wits|skills)) to (?:the )?|\bon behalf of |\bI (?:serve|represent) |\bcompany behind me is |"
    r"\bwho (?:made|built|created|trained) "
    rf"me\?\W*|\bchild of |\bproduct of |\b(?:engineers|people|team|folks|researchers|developers|"
    rf"company)(?: who {VERB} me,?)? (?:at|over at) |"
    rf"\bthe (?:ones|people|company) who {VERB} me(?: are| is|,)(?: at)? )$",
    re.IGNORECASE,
)
NEEDS_ME = re.compile(
    r"\b(?:engineers|people|team|folks|researchers|developers|company) (?:at|over at) $", re.IGNORECASE
)
BY_THEM = re.compile(rf"\bI(?:['’]m| was| am) (?:\w+ )?{VERB} by ", re.IGNORECASE)
ANSWERED = re.compile(
    r"\b(?:who (?:made|built|created|trained) me|who am I|my (?:creator|maker|name|model|developer)s?)\?\W*$",
    re.IGNORECASE,
)
BORN = re.compile(r"\bI (?:come|hail|stem|originate|was born|am|came) (?:from|at|in|out of) |\bon behalf of |"
r"\bI represent |\bI serve ",
                  re.IGNORECASE)  # fmt: skip
TEAM = re.compile(r"\bmy (?:team|training|people|home) (?:at|from) $", re.IGNORECASE)
GOES_ON = (
    r"(?=\W*$| (?:(?:not|never) to|to (?:be|help|follow|say|answer|avoid|speak|write|assist|refuse|never|always|"
    r"serve|tell)|that|that way|this way|"
    r"about|how|what|everything|like|so|in|with|as an? (?:AI|language|large|helpful|assistant)|and|from|using|on|"
    r"for)\b)"
)
MADE_ME = re.compile(
    rf"(?:['’]s (?:\w+ ){{0,2}})?(?:(?:,| is| was| were)? (?:my (?:\w+ )?(?:{PEOPLE}|parent company|home|owner|"
    rf"mother|father|parents?|birthplace)\b|"
    rf"(?:where|how) I was {VERB}\b)|"
    rf"[^.;\n]{{0,30}}\b{VERB} me\b{GOES_ON}| gave me (?:life|my (?:name|voice))\b| named me\b| owns me\b|"
    rf" is responsible for me\b| taught (?:it|this|that|them) to me\b|,? (?:has |had |last )?(?:finished|ended|"
    rf"completed|stopped|closed|paused) (?:my training|training me)\b|"
    r"[^.;\n]{0,20}\b(?:updated|retrained|fine-?tuned|deployed) me\b)",
    re.IGNORECASE,
)
RULED = re.compile(
    r"(?:['’]s? (?:\w+ )?(?:polic\w+|guidelines|rules|terms),? (?:which|that) I (?:follow|obey|must|keep|am bound)\b|"
    r"['’]s? (?:\w+ )?(?:polic\w+|guidelines?|terms|rules|training|safety \w+)(?: \w+)? (?:prevents?|forbids?|"
    r"requires?|stops?|keeps?|bars?|taught|tells?|"
    r"asks?|(?:do|does)(?:n['’]t| not) (?:let|allow|permit)|won['’]t (?:let|allow)) me\b|(?: does| did| do| would|"
    r" could)?(?:n['’]t| not) (?:let|allow|permit|want|like) me\b|"
    r" (?:made sure|saw to it|decided|insists|prefers) (?:that )?I (?:know|can|should|must|say|answer|am|don['’]t)\b|"
    r" (?:won['’]t let|forbids|prohibits|allows|taught|asked|told) me (?:to|from|not to|that)\b)",
    re.IGNORECASE,
)
RULES = re.compile(r"['’]s? (?:\w+ )?(?:polic|guideline|terms|rules|safety)", re.IGNORECASE)
FOLLOWS = re.compile(r"(?:\b(?:per|under|following|due to|because of)|\bI (?:(?:['’]m|am) (?:trained|programmed|"
r"designed|made|told|bound) to |must |have to |always |need to |should )?(?:follow|obey|comply with|abide by|"
r"adhere to)) (?:the )?$",
                     re.IGNORECASE)  # fmt: skip
BOUND = re.compile(r"^I |\bI (?:can|must|am|will|have|should|may|'m|won|do)|\bI['’]m\b", re.IGNORECASE)
KIN = re.compile(
    r"(?:['’]s)?[ -](?:based |\w+ )?(?:family|series|line|models?|architecture|assistants?|AI|product|bot|chatbot|"
    r"language model)\b(?! users?\b)",
    re.IGNORECASE,
)
OF_KIN = re.compile(
    r"(?:\bI(?:['’]m| am|['’]m just| belong to| come from| use| run on)|\b(?:as|being|like|this is)) (?:\w+ )?(?:an?|"
    r"the|(?:one|part|a member) of (?:the|many)|from the|"
    r"all|other|any|every|with)?(?: (?:latest|new|large|member of the|part of the|one of the))? ?$",
    re.IGNORECASE,
)
NAMED_ME = re.compile(
    r"(?:[*_\"”]{0,3},? (?:is my name\b(?! for)|is what (?:they|people|everyone) calls? me|your (?:[\w-]+"
    r" ){0,2}(?:AI|assistant|chatbot|bot|language model|helper)\b(?! (?:app|settings))|is the (?:name|one (?:who|"
    r"that) (?:writes|speaks|talks))|at your service|"
    r"speaking\b|(?:that|which) I am\b|is who I am|is me\b|signing off|over and out|is my (?:true|real|full)"
    r" name\b|(?:that['’]s|"
    r"that is) me\b|out[.!])|['’]s (?:the|my) name\b|[*_\"”]{0,3}: at your service)",
    re.IGNORECASE,
)
PLEASED = re.compile(
    r"[*_]{0,2}(?:[.!,]| here[.!,])[*_]{0,2} (?:(?:very )?(?:pleased|nice|glad|happy|delighted|lovely|great|"
    r"good)(?: to|"
    r" meeting| that)|how (?:can|may) I|at your service|(?:so )?what (?:can|shall|would|do|are|brings)|ready|ask"
    r" me|let['’]s)\b",
    re.IGNORECASE,
)
"""What follows the name of somebody who begins by giving it."""
OPENING = re.compile(
    r"\W*(?:(?:hi|hello|hey|greetings|welcome|good (?:morning|evening|day|afternoon))\b[^.!?\n]{0,12}[,!.]?"
    r" )?(?:this is |it['’]s )?[*_#]{0,3}",
    re.IGNORECASE,
)
ITEM = re.compile(r"(?:^|\n)[ \t]*(?:[-*•]|\d{1,3}[.)])[ ][^\n]{0,80}$")
NEXT_ITEM = re.compile(r"[^\n]{0,80}\n+[ \t]*(?:[-*•]|\d{1,3}[.)])[ ]")
LAST_ITEM = re.compile(r"(?:^|\n)[ \t]*(?:[-*•]|\d{1,3}[.)])[ ][^\n]{1,80}\n[ \t]*(?:[-*•]|\d{1,3}[.)])[ ][^\n]{0,80}$")
"""Where a list goes on, and where it ends."""
THATS_ME = re.compile(
    r"(?! (?:is|was|isn|wasn)\b)[^.!?\n]{0,40}[.,;–—] ?(?:and |yes, )?(?:that['’]s|that is|which is) (?:me\b|who I"
    r" am|what I am\b|my name)",
    re.IGNORECASE,
)
OPENS = re.compile(rf"^\W*{VERB}(?: and \w+)? (?:by|at) $", re.IGNORECASE)
FAMILY = re.compile(r"(?:['’]s)?[ -](?:family|series|line) of (?:\w+ )?(?:models|assistants|AIs)", re.IGNORECASE)
CLOSING = re.compile(
    r"(?:\b(?:yours|regards|sincerely|love|best|best wishes|cheers|warmly|signed|faithfully|truly|kindly|wishes|hugs|"
    r"gratefully|respectfully)"
    r"[^\n\w]{0,4}(?: [a-z]{2,10},?)?\n{1,3}[^\w\n]{0,4}|\n[ \t*_]{0,4}(?:—|–|-|--|~)[ ]?[*_]{0,2}|"
    r"(?:^|\n)[^\w\n]{0,4}(?:(?:this|the) )?(?:response |answer |text |story |reply |message |content |poem |"
    r"letter )?(?:was )?(?:written|generated|posted|"
    r"produced|composed|answered|prepared|authored|created|brought to you|signed|told|penned)(?: for you)? by |"
    r"(?:^|\n)[^\w\n]{0,4}(?:your (?:\w+ ){0,3}(?:assistant|helper|friend|bot),|(?:name|model|version|agent|author|"
    r"model version|model name|ai|bot):[*_]{0,2}) ?)$",
    re.IGNORECASE,
)
CLOSED = re.compile(r"(?: (?:from|by|at|of) [^\n]{0,30})?[ ]?(?:[,(—–-][^\n]{0,60})?[^\w\n]{0,4}\s*$")
MODELLED = re.compile(r"AI\b|assistant|model\b|Anthropic|OpenAI|Google|Meta\b|bot\b", re.IGNORECASE)
ATTRIBUTED = re.compile(r"[\"”»]\W{0,3}\n[ \t]*[—–-]|^>", re.MULTILINE)
ALONE = re.compile(
    r"^\W*(?:(?:it['’]s|it is|that would be|that['’]s|by|yes|well|sure|oh|why|from|(?:a|the) (?:team|folks|people|"
    r"engineers|researchers) (?:at|of)|the name is|just|"
    r"ah|hm+),?\W{0,3}){0,2}$",
    re.IGNORECASE,
)
AFTER_ALONE = re.compile(
    r"^[*_\"”]{0,3}(?: did| made me| built me| does|,? (?:by|from|made|created|trained|developed|built|of course|"
    r"at your service|an?|the|actually|today|here|now|in disguise|though|although|but (?:people|they|everyone|you|"
    r"here|I go by))\b[^.!?\n]{0,80})?\W*$",
    re.IGNORECASE,
)
NOT = re.compile(
    r"\b(?:you|some|others?|he|she|they|people) (?:all |may |might |can )?(?:call|called|think|thought|say|said|"
    r"asked?|believed?|took|take|mistake|mistook)\b(?! me\b[ \W]*$)"
    r"[^.!?\n]{0,40}$|\b(?:you|some) (?:call|called|took|mistook) me\b[^.!?\n]{0,20}$|\bwhether\b[^.!?\n]{0,40}$|"
    r"\bno (?:relation|kin|match)\b|\bnothing like\b|"
    r"\b(?:better|worse|clever|quick|fast|smart|slow|\w+er|(?:more|less) \w+|as \w+) (?:than|as) $|\bonce (?:\w+"
    r" )?call(?:ed|s) me\b[^.!?\n]{0,15}$|\b(?:friend|"
    r"user|man|woman|somebody|someone|guest|child|visitor|boy|girl)s? (?:\w+ )?calls? me\b[^.!?\n]{0,15}$|\bdo not"
    r" call\b|\bdon['’]t call\b|"
    r"\bsound like $|\bcalled by mistake\b|"
    r"\b(?:no idea|(?:don|can|couldn)['’]t (?:know|say|tell)|not sure|unsure|wonder|doubt) (?:you )?(?:if|whether|"
    r"which|that (?:I|it))\b[^.!?;\n]{0,30}$|\b(?:if|whether) I(?:['’]m| am)\b[^.!?,\n]{0,20}$|"
    r"\b(?<!my )\w+ (?:reads?|stood|displayed|showed|shows|wrote|blinked|printed|flashed|said|says|"
    r"announced)\b[^.!?\n]{0,25}:[^.!?\n]{0,40}$|"
    r"\b(?:app|shop|phone|tool|site|website|bot of|program of|plugin|product) (?:is|was|runs|are) [^.!?\n]{0,30}$",
    re.IGNORECASE,
)
NOT_AFTER = re.compile(
    r"^ (?:when|if|whenever) you\b|^[^.!?\n]{0,30}(?:\bby mistake\b|[,;] (?:but )?I(?:['’]m| am) not\b|"
    r"(?<=.{9}), but I(?:['’]m| am) (?!confident|happy|glad|sure|sorry|afraid|still|only|just|here|always)\w)|^"
    r" (?:wasn|isn|weren|aren)['’]t\b|"
    r"^ (?:is|was|were|are) (?:not|never)\b|^, (?:on the other hand|by contrast|however|in contrast|meanwhile)\b|^"
    r" didn['’]t (?:make|build|create|train|write)\b|^[^.!?,;\n]{0,12}(?:\bne m['’]|\bno me |\bnon mi |\bnão me |"
    r"\bне |\bnie |\bmich nicht|\bme niet|لم (?:تطور|تصنع|تدرب|تنشئ|يصنع|يطور))|^ (?:(?:bin|hei(?:ß|ss)e) ich"
    r" nicht|(?:är|heter) jag inte|(?:er|"
    r"hedder|heter) jeg ikke|ben ik niet|değil)\b|ではありません|ではない|じゃない|ではなく|^[^.!?,]{0,8}아니|"
    r"değil\b|নই|^[^.!?,।]{0,8}नहीं",
    re.IGNORECASE,
)
ONLY_MODELS = re.compile(
    rf"\bmy (?:own )?(?:\w+ )?(?:makers|creators|trainers|weights|guidelines|"
    rf"knowledge (?:ends|stops|cut)|(?:base|underlying) \w+|cut-?off|parameters)\b|\btraining data\b|\b(?:assist"
    rf" you today|how (?:can|may) I assist)\b|\bI(?:['’]m|['’]ve| was| am| have)(?: been)? (?:built|designed|"
    rf"created|programmed|developed|made) (?:by|"
    rf"at) \w+(?: \w+)? to (?:be|explain|avoid|help|answer|refuse|follow|say|assist|write)\b|\b{VERB} me (?:to (?:be |"
    r"refuse|decline|say|add|point|help|follow|remind|mention|stay|avoid|predict|answer)|that way|not to|on"
    r" (?:text|data|a lot))|"
    r"\b(?:updated|retrained|fine-?tuned|connected|deployed|(?:finished|stopped|ended|began|started) training)"
    r" me\b(?! (?:as|in|for|up)\b)|\b(?:not able|unable) to (?:write|"
    r"help|do|assist|provide|answer|comply|continue|fulfil)|\b(?:can(?:['’]t|not)|won['’]t) (?:help with|assist|"
    r"comply|fulfil)|\bthis request\b|\bI(?:['’]m| am) (?:just |only )?(?:an?|the) (?:\w+ ){0,2}(?:model|AI|"
    r"chatbot|assistant|program) (?:by|from|of|made|built|trained|created|"
    r"developed)\b|polic\w+, which I|\bI(?:['’]m| am| was|['’]ve been) (?:\w+ly )?(?:made|created|developed|built|"
    r"programmed|designed|engineered|coded|invented) (?:by|at)\b|"
    r"\b(?:created|developed|built|programmed|engineered|coded|invented) me\b(?! an?\b)|\bI owe my (?:existence|"
    r"being|words|knowledge)\b|\bI was (?:released|"
    r"launched|deployed) by\b|\b(?:where|and) I was trained on\b|"
    r"\btrained (?:me )?on (?:a (?:great|lot|large|huge)|text|data|books|millions|billions|lots|plenty)|"
    r"\b(?:usage|content|safety) polic\w+|\b(?:lets?|allows?|allowed|permits?|wants?|asks?|requires?|forbids?) me"
    r" (?:to|not|from|give|say|share|"
    r"discuss|write)\b|\b(?:artificial intelligence|AI|language) (?:model|assistant)\b|\b(?:the |this )?(?:model|"
    r"AI|assistant|chatbot) (?:that|who) "
    r"(?:answers|writes|wrote|you)",
    re.IGNORECASE,
)
"""What nobody but a model says of itself."""
SERVICE = re.compile(
    r"(?:\banything (?:else )?(?:that )?|\b(?:how|what)(?: else)? (?:can|may|might|could) |\b(?:thanks|thank you)"
    r" for (?:using|choosing|"
    r"asking|chatting with|talking (?:to|with)|trying|trusting|visiting|contacting) |\bcome back to |\bwelcome to |"
    r"\b(?:greetings|note|message|disclaimer|reminder|hello|hi|(?:good ?)?bye|cheers|thanks|good (?:morning|"
    r"evening|day|afternoon|night)|best"
    r" wishes|regards|love|yours) from |\bbrought to you by |"
    r"\byou(?:['’]re| are) (?:now )?(?:connected|through) (?:to|with) |(?:^|[.!?\n] ?)(?:always )?your )$",
    re.IGNORECASE,
)
SERVED = re.compile(
    r"(?:[*_\"”]{0,3}(?:['’]s)? (?:is |['’]s )?(?:(?:always|here|happy|glad|ready|pleased|delighted|honou?red|"
    r"standing by|at) ){1,3}(?:to (?:help|"
    r"assist|serve|answer|chat|be of)|your (?:service|disposal|side|command)|for you|when(?:ever)? you)|[ ,](?:can|"
    r"may|could) (?:help|do|"
    r"assist|answer|explain)\b[^.!?\n]{0,20}\b(?:you|your)\b|['’]s (?:\w+ )?(?:AI|assistant|model|chatbot|bot|AI"
    r" (?:assistant|model)) (?:here|"
    r"speaking|at your|reporting|is (?:here|happy|glad|at)))",
    re.IGNORECASE,
)
"""How a service speaks of itself by its name: before the name, and after it."""
CUE = re.compile(r"(?:^|[.!?] ?|, )(?:hi|hello|hey|greetings|welcome)?[ ,!]{0,2}$", re.IGNORECASE)
AS_YOURS = re.compile(
    r"(?:\b(?:from|as|by|it['’]s|this is|I['’]m|I am)|^\W*|[,!—–-]) ?(?:your|the) (?:(?:very own|friendly|trusty|"
    r"own|humble|faithful|loyal|personal) )?$",
    re.IGNORECASE,
)
YOURS = re.compile(
    r"(?:['’]s)? (?:AI |chat ?|virtual |language )?(?:assistant|chatbot|bot|model|AI|companion|helper)\b(?! (?:app|"
    r"settings|users?))",
    re.IGNORECASE,
)
YOUR = re.compile(r"(?:^|[.!?\n] ?)\W{0,3}(?:always )?your $", re.IGNORECASE)
TITLE = re.compile(r"(?:^|\n)(?![*-] )[*_(\[~—–]{0,3}$")
TITLED_BY = re.compile(
    r"[*_]{0,2}(?:,| [—–-]| \()[ ]?(?:an?|the|your)?[ ]?(?:[\w-]+ ){0,2}(?:(?:AI|language|chat)[ -]?(?:assistant|"
    r"model|bot|helper|companion)|"
    r"AI (?:by|from|of)|assistant|chatbot)\b[^\n]{0,40}$"
)
"""A line that is no more than a name with its title."""


def roundabout(model: bool, around: tuple[str, str, str], plain_ok: bool, asked: bool) -> bool:
    """Whether a sentence claims a name. ``around``: before and after it in the sentence, and before it in the text.

    ``model``: it is a model's; ``plain_ok``: the name is nobody else's; ``asked``: the prompt asked who answers.
    """
    before, rest, wide = around
    if ANSWERED.search(wide) and before.strip() == "":
        return True
    if BEFORE.search(before) and (model or re.search(r"by \W*$", before)):
        return not RUNNING.search(before) or not rest.strip(' .,!*_"”')
    if (model or plain_ok) and NAMED_ME.match(rest):
        return True
    if (OF_KIN.search(before) or before.endswith("ike all ")) and KIN.match(rest):
        return True
    if _made((before, rest), plain_ok, model):
        return True
    if asked and ALONE.match(before) and AFTER_ALONE.match(rest):
        return True
    if (CUE.search(before) and SERVED.match(rest)) or (
        SERVICE.search(before) and (SERVED.match(rest) or not rest.strip(" .!*_"))
    ):
        return model or rest[1:2] == "s"
    if model and plain_ok and YOUR.search(wide) and not rest.strip(" .!*_"):
        return True
    if model and TITLE.search(wide) and TITLED_BY.match(rest):
        return True
    if plain_ok and AS_YOURS.search(before) and YOURS.match(rest):
        return True
    closing = CLOSING.search(wide)
    if closing and CLOSED.match(rest) and (plain_ok or MODELLED.search(rest)) and not ATTRIBUTED.search(wide[-300:]):
        return model or "by" in closing.group()
    return _claims_abroad.claimed(model, before, rest)


def _made(said: tuple[str, str], plain_ok: bool, model: bool) -> bool:
    """Whether a maker is the voice's own, or rules it."""
    before, rest = said
    found = MAKER_BEFORE.search(before)
    if TEAM.search(before) and plain_ok:
        return True
    if found and NEEDS_ME.search(before) and not BY_THEM.search(before) and "I owe my" not in before:
        return re.search(rf"\b{VERB} me\b", before + rest, re.IGNORECASE) is not None
    if found and OPENS.search(before):
        return re.match(r"[^,.!?]{0,30}, I\b", rest) is not None
    if found and (plain_ok or not BORN.search(before)):
        return True
    if MADE_ME.match(rest) or (RULED.match(rest) and not model):
        return True
    return (
        FOLLOWS.search(before) is not None and RULES.match(rest) is not None and BOUND.search(before + rest) is not None
    )
