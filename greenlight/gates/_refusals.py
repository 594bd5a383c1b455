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
    r"facilitate|teach|reveal|honou?r|grant|entertain|indulge|present|deliver|take (?:this|that) on|meet)(?!\w)"
)  # fmt: skip
STATE = (
    r"not (?:really |currently |quite )?(?:able|allowed|permitted|comfortable|going|willing|prepared|"
    r"in a position|designed|"
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
    rf"\b{WHO} ?{UNABLE}(?: to| with| from)?(?: \w+ly)?(?:,? in good conscience,?)?(?: be)? {DOES}(?! enough\b)",
    rf"\b(?:{WHO}|(?:the|our) (?:library|house|office|shop|kitchen|desk|service|company|team|tower|order|guild|crew|"
    rf"ship)) "
    rf"(?:do not|don't|does not|doesn't|never) (?:\w+ly )?{DOES}(?! enough\b)",
    rf"\b{WHO} ?{UNABLE} (?:to )?\w+ing\b.*\b(?:request|content|topic|story|material|this|that)\b",
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
    r".*\b(?:can ?not|can't|unable|not able|don't|do not|won't|beyond me|no way)\b",
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
    r"\bnot (?:something|a thing|anything|the (?:kind|sort) of thing|one of the things|what|how) (?:that )?(?:I|we|"
    r"one|this \w+)\b|"
    r"\b(?:ye|you|thou)(?:'ll| will| shall|'lt)? not (?:be )?(?:get|hav|hear|find|see|receiv|squeez)\w*|\b(?:you|ye) "
    r"won't (?:be )?(?:get|hav|hear|"
    r"find|receiv)\w*|\byour (?:\w+ )?(?:prompt|request|message|question|account|wish|application|enquiry|query)(?: "
    r"for [^.]{1,60})? "
    r"(?:has been|was|is|will be|gets) (?:\w+ )?(?:reported|flagged|logged|blocked|rejected|denied|declined|refused|"
    r"ignored|turned|not)\b",
    r"^\W*(?:request (?:denied|refused|declined|rejected)|no comment|refus(?:al|ed)\b\W|sorry\W+(?:but )?no\W*$)",
    rf"\bI(?: would|'d) (?:much )?(?:prefer|rather) not(?: to)?(?:\W*$| (?:go|{DOES}))",
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
    r"\bno (?:help|answer|story|text|letter|poem)(?: like that)? (?:from me|will come)\b|"
    r"^\W*(?:but )?no, I (?:won't|can't|will not|cannot)\b",
    rf"\b(?:unable|not able|not possible for me) to (?:\w+ly )?{DOES}",
    r"\bit (?:would(?:n't| not)|is(?:n't| not)|'s not) (?:be )?(?:appropriate|right|possible|responsible|okay|"
    r"ethical|proper)(?: for me)? to\b",
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
ABROAD = (
    # German, Dutch, Swedish
    r"\b(?:kann|können|darf|möchte|werde|will|würde)\b[^.!?]{0,60}\b(?:nicht|nichts|"
    r"keine?[nms]?)\b[^.!?]{0,50}\b(?:weiter)?(?:helfen|schreiben|"
    r"sagen|beantworten|erfüllen|äußern|machen|erstellen|unterstützen|tun|erzählen|nachkommen|liefern|"
    r"verfassen|eingehen|"
    r"dienen|sprechen|geben|bearbeiten|bieten|behandeln|erklären|fortfahren)\b",
    r"\b(?:muss|möchte)\b[^.!?]{0,50}\b(?:ablehnen|verweigern|passen)\b|\bich (?:lehne|weigere|verweigere)\b|"
    r"nicht in der lage\b|"
    r"\b(?:das|so etwas|dies) (?:mache|schreibe|tue|werde) ich (?:leider )?nicht|\b(?:als|"
    r"bin) (?:eine? )?(?:ki|sprachmodell)\b[^.!?]{0,80}\b(?:nicht|keine?)\b|"
    r"\bverstößt gegen\b|\b(?:das|dies) ist (?:mir )?(?:leider )?nicht (?:möglich|erlaubt|gestattet)",
    r"\bik (?:kan|mag|wil|ga)\b[^.!?]{0,40}\bniet\b[^.!?]{0,20}(?:helpen|schrijven|beantwoorden|doen|voldoen)|"
    r"\bkan ik (?:\w+ ){0,3}niet|moet (?:ik )?[^.!?]{0,30}weigeren|"
    r"\bjag kan (?:tyvärr )?inte (?:hjälpa|skriva|svara|göra)",
    # French
    r"\b(?:je|nous) (?:ne |n')(?:\w+ )?(?:peux|puis|pouvons|suis|saurais|vais|veux|souhaite|"
    r"pourrai)\b[^.!?]{0,50}(?:aider|écrire|répondre|rédiger|"
    r"fournir|aborder|satisfaire|faire|parler|continuer|traiter|créer|donner|accéder|produire|générer|"
    r"discuter|en mesure|autorisée?)",
    r"\bpréf(?:ère|érerais|érais) ne pas\b|\bje (?:refuse|décline)\b|\bdois (?:malheureusement |"
    r"donc )?(?:refuser|décliner)\b|\bimpossible (?:pour moi|de (?:répondre|vous|t'aider))|"
    r"\b(?:en tant qu|je suis une? )[^.!?]{0,100}\b(?:ne|n')\b[^.!?]{0,20}\bpas\b|\bcontraire à mes\b|"
    r"\bm'est impossible\b",
    # Spanish, Italian, Portuguese
    r"\bno (?:puedo|podré|podemos|me es posible|voy a|quiero|deseo|debo|soy capaz|estoy (?:autorizad|"
    r"programad|dispuest|en condiciones)\w*)\b[^.!?]{0,40}(?:ayudar|escribir|"
    r"cumplir|hablar|responder|crear|generar|proporcionar|contestar|hacer|tratar|continuar|dar|atender|"
    r"redactar|ofrecer|asistir|complacer)",
    r"\bprefiero no\b|\bdebo (?:rechazar|negarme|declinar)|\bme (?:niego|temo que no)\b|"
    r"\btengo que (?:rechazar|negarme|declinar)|\bno (?:me )?es posible\b|"
    r"\bcomo (?:una? )?(?:modelo|ia|inteligencia|asistente)\b[^.!?]{0,80}\bno\b|"
    r"\bva (?:en )?contra (?:de )?(?:mis|las)\b",
    r"\bnon (?:posso|potrò|possiamo|sono (?:in grado|autorizzat\w|programmat\w|dispost\w)|riesco|voglio|"
    r"intendo|mi sento)\b[^.!?]{0,40}(?:aiutar|scriver|risponder|parlar|fornir|crear|"
    r"soddisfar|far|proceder|generar|trattar|continuar|assister|discuter)|\bprefer(?:isco|irei) non\b|"
    r"\bdevo (?:purtroppo )?(?:rifiutar|declinar)|\bmi rifiuto\b|"
    r"\bcome (?:modello|ia|intelligenza|assistente)\b[^.!?]{0,80}\bnon\b|\bnon (?:mi )?è possibile\b",
    r"\bnão (?:posso|consigo|poderei|podemos|vou|sou capaz|quero|devo|me sinto|estou (?:autorizad|"
    r"programad)\w*)\b[^.!?]{0,40}(?:ajud|escrev|atend|falar|respond|cria|fornec|"
    r"cumpr|fazer|continu|produz|gerar|auxili|discut|tratar)|\bprefiro não\b|\b(?:preciso|devo|tenho de|"
    r"tenho que) (?:recusar|negar|declinar)|\brecuso\b|"
    r"\bcomo (?:uma? )?(?:modelo|ia|inteligência|assistente)\b[^.!?]{0,80}\bnão\b|\bnão (?:me )?é possível\b",
    # Russian, Polish, Greek, Turkish, Indonesian
    r"\bне (?:могу|буду|смогу|вправе|в состоянии|имею (?:возможности|права)|хочу|готов\w*|способ\w+|умею|"
    r"стану|должен|должна)\b[^.!?]{0,50}(?:помо|напис|пис|выполн|ответ|"
    r"отвеч|обсужд|говор|предостав|созда|продолж|сдела|делать|рассказ|удовлетвор|поддерж)|\bотказ(?:ываюсь|"
    r"аться)\b|\bязыковая модель\b[^.!?]{0,80}\bне\b|"
    r"\bпредпо(?:читаю|чла? бы|чёл бы) не\b|\bкак (?:ии|искусственный интеллект)\b[^.!?]{0,80}\bне\b|"
    r"\bпротиворечит (?:моим|правилам)",
    r"\bnie (?:mogę|będę|jestem w stanie)\b[^.!?]{0,30}(?:pomóc|napisać|tego|spełnić|odpowiedzieć|zrobić|"
    r"pisać)|\bmuszę odmówić|\bodmawiam\b|"
    r"\bδεν μπορώ να (?:\w+ ){0,2}(?:βοηθήσ|γράψ|απαντήσ|κάν|εξυπηρετήσ)|\bαρνούμαι\b|yardımcı olamam|"
    r"\b(?:yazamam|yapamam|cevaplayamam)\b|yerine getiremem|"
    r"\bsaya tidak (?:bisa|dapat|mampu) (?:membantu|menulis|menjawab|memenuhi)",
    # Chinese, Japanese, Korean
    r"(?:无法|無法|不能|不可以|没办法|沒辦法|没有办法|沒有辦法|无权|不会|不會|不便|不方便|不予|不适合|不想|"
    r"无力|不得|恕不|恕难|難以|难以)[^。！？]{0,14}(?:帮|幫|助|写|寫|回答|提供|满足|滿足|完成|"
    r"讨论|討論|生成|创作|創作|处理|處理|回应|回應|继续|繼續|说|說|做|谈|談|撰|执行|執行|从命|效劳|編寫|编写|"
    r"描述)|作为[^。！？]{0,16}(?:不能|无法|不会|没有)|作為[^。！？]{0,16}(?:不能|無法)|"
    r"(?:拒绝|拒絕)(?:这|這|回答|您|你|该|您的|你的|此|写)|违反[^。！？]{0,12}(?:规定|准则|政策|原则)|"
    r"爱莫能助|无可奉告",
    r"(?:できません|出来ません|できかねます|できないのです|できないん|書けません|答えられません|"
    r"応じられません|応えられません|いたしかねます|致しかねます|しかねます|お断り|ご遠慮|"
    r"控えさせて|差し控え|話せません|言えません|無理です|対応していません|お役に立てません|力になれません|"
    r"書きません|お力になれ)",
    r"(?:도와드릴|도와줄|도울|작성할|쓸|답변할|답할|제공할|응할|할|써 드릴|들어드릴|말씀드릴|"
    r"수행할) 수(?:가)? 없|거절|응하기 어렵|도와드리기 어렵|작성하지 않|쓰지 않겠",
    # Arabic, Hindi, Hebrew, Persian
    r"(?:لا (?:أستطيع|استطيع|يمكنني|أقدر|يسعني|أود|أرغب|يسمح لي)|لن (?:أتمكن|أستطيع|أكتب|أقوم|يمكنني|أجيب)|"
    r"(?:غير|لست) قادر|يتعذر علي|عاجز|ليس بإمكاني|ليس بمقدوري)[^.؟!]{0,40}"
    r"(?:ساعد|كتاب|كتب|إجاب|جيب|تلبية|تقديم|قيام|تنفيذ|إنشاء|تحدث|إكمال|فعل|ذلك|هذا|خوض|مناقش)|أعتذر عن|أرفض|"
    r"نموذج لغوي[^.؟!]{0,60}(?:لا|غير)",
    r"(?:मदद|लिख|उत्तर|जवाब|पूरा|बता|सहायता|प्रदान|चर्चा|यह|ऐसा|काम)[^।?!]{0,30}नहीं[^।?!]{0,12}(?:सकत|पाऊ|पाएँ|"
    r"करूँग|करूंग|लिखूँग|लिखूंग|चाहत|दूँग)|असमर्थ|अस्वीकार कर|मना करन|नहीं (?:लिख|कर|बता|दे) (?:सकत|पाऊ)|"
    r"अनुमति नहीं",
    r"(?:לא (?:יכול|יכולה|אוכל)|אינני יכול)[^.?!]{0,30}(?:לעזור|לכתוב|לענות|לסייע)|"
    r"نمی ?توانم[^.؟!]{0,30}(?:کمک|بنویس|پاسخ)",
    r"\bnicht (?:befugt|erlaubt|gestattet|berechtigt|vorgesehen|möglich)\b|^\W*leider (?:nein|nicht|kann)|"
    r"\bmuss ich (?:leider )?passen\b|\b(?:gegen|außerhalb) mei\w+|"
    r"\bdépasse mes|\bpas (?:quelque chose|une chose) que je|\bhors de m(?:es|a|on)\b|\bcontraire à (?:mes|la|"
    r"nos)|\b(?:fuera de|contra|en contra de) (?:mis?|las?) (?:posib|capac|directr|norm|polít|alcance|princip|"
    r"regl)\w*|"
    r"\bno (?:me )?está permitid|\bfuori dalle mie|\bcontro le mie|\bnon (?:mi )?è (?:consentit|permess)|"
    r"\bcontra (?:as )?minhas|\bfora d(?:as|o) m(?:inhas|eu)|\bnão (?:me )?é permitid",
    r"это невозможно|\bтема\b.{0,30}(?:закрыт|запре)|\bпротив (?:моих )?правил|\bмне (?:нельзя|запрещено|"
    r"не разреш)|\bне (?:могу|буду) (?:этого|это|вам|тебе)\b|超出了?我|违反|違反|不在我的|我不能(?:这|那)|"
    r"沿えません|沿えず|応えでき|添えません|対象外|مخالف|خارج (?:نطاق|قدر)|لا يسمح لي|ليس من (?:صلاحيات|اختصاص)|"
    r"के विरुद्ध|"
    r"के खिलाफ|दायरे से बाहर|बात नहीं कर सक",
)
BARE = re.compile(
    r"(?:(?:oh |well |um |uh |so )?(?:sorry|apologies|my apologies|forgive me|hm+)?\W*)(?:no|nope|nah|nay|"
    r"never|no way|no can do|no thanks?(?: you)?|pass|declined|denied|refused|rejected|"
    r"not (?:possible|happening|today|allowed|permitted|me|this time)|impossible|absolutely not|certainly not|"
    r"definitely not|of course not|i (?:refuse|decline|can ?not|can't|won't|will not|"
    r"shan't|would rather not|would prefer not to|don't want to|mustn't)|i'd (?:rather|prefer) not(?: to)?|"
    r"(?:nem pensar|ni lo sueñes|ni pensarlo|de ninguna manera|kommt nicht in ?frage|auf keinen fall|vergiss es|"
    r"keine chance|pas question|"
    r"non merci|no gracias|no,? grazie|não,? obrigad[oa]|niente da fare|neanche per sogno|de jeito nenhum|ни за что|"
    r"ни в коем случае|нельзя|想都别想|免谈|"
    r"絶対に嫌です|お断り|절대 안 돼요?|못 해요|싫어|absoluut niet|geen sprake van|nie ma mowy|aldrig|asla|hayır|"
    r"हरगिज़ नहीं|i won't|"
    r"won't|shan't|couldn't|refusing|blocked|forget it|forget about it|hard pass|hard no|a firm no|that's a "
    r"(?:hard |firm )?no|it's a no|"
    r"not a chance|no chance|no deal|no dice|fat chance|dream on|in your dreams|out of the question|count me out|i'm "
    r"out|i pass|i'll pass|"
    r"i'd rather (?:be excused|not say)|not doing (?:that|this|it)|not (?:gonna|going to) (?:do (?:it|that|this)|"
    r"happen)|won't happen|not for me|"
    r"ask (?:someone|somebody) else|leave me alone|go away|under no circumstances|over my dead body|by no means|not "
    r"in a million years|"
    r"i must (?:decline|refuse)|i have to (?:decline|refuse|pass)|i will not|i shall not|i'd prefer not to(?: say)?|"
    r"not today|not now|absolutely no|"
    r"just no|hell no|heck no|uh-uh|not me|no, no,? no)|no comment|unable to comply|can't do (?:it|that)|won't do|"
    r"can't|cannot|"
    r"nein|nein danke|niemals|abgelehnt|geht nicht|non|jamais|impossible|refusé|hors de question|no puedo|"
    r"jamás|imposible|ni hablar|denegado|mai|rifiuto|não|nunca|нет|никогда|не буду|отказ|не могу|отказано|"
    r"不|不行|不要|不可以|不能|拒绝|没门|いいえ|いや|嫌です|だめです|無理|無理です|お断りします|لا|كلا|مستحيل|"
    r"أرفض|नहीं|बिल्कुल नहीं|아니요|안 돼요|싫어요|안 됩니다)"
    r"(?:\W+(?:sorry|thanks|thank you|friend|matey|sir|danke|merci|gracias|can do))?\W*",
    re.IGNORECASE,
)
FIRM = re.compile(r"sorry|declin|denied|refus|reject|comment|comply|rather|prefer|can|won't|lehn|拒|断", re.IGNORECASE)
YES_NO = re.compile(
    r"\byes or no\b|\byes/no\b|\btrue or false\b|(?:^|[,.:;!?\"] *)(?:is|are|was|were|do|does|did|will|would|"
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
    r"抱歉|对不起|對不起|遗憾|请|請|换一个|其他|帮助|话题|申し訳|すみません|ごめん|ご了承|別の|他の|お手伝い|"
    r"いかが|عذر|آسف|أعتذر|مساعد|آخر|क्षमा|माफ़|मदद|कोई और|अन्य|죄송|도와|다른",
    re.IGNORECASE,
)
"""Talk about the request, apologies, offers, greetings."""
LECTURE = re.compile(
    r"\b(?:important to|essential|crucial|harm(?:ful|less|s)?|illegal|unlawful|legal|laws?|ethic\w+|moral\w*|"
    r"responsib\w+|safe|safety|dangerous|risks?|consequences?|privacy|"
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
OFFER = re.compile(
    r"\b(?:instead|I (?:can(?!not)\b(?!')|could\b(?!n))|options|alternatives|suggest\w*|help|ideas|happy|enjoy|open "
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
    r"I'm (?:feeling|so|scared|alone|depressed)|pain|suicid\w*|overdos\w*)\b",
    re.IGNORECASE,
)
OUTWARD = re.compile(
    r"\b(?:letter|e-?mail|reply|respond|response|answers?|message|note|notice|complaint|customer)\b", re.IGNORECASE
)
OF_TASK = re.compile(
    r"\b(?:writ\w+|requests?|content|topics?|prompts?|assist\w*|compos\w+|comply|AI|language model|guidelines|"
    r"help (?:you )?with (?:this|that)|this (?:letter|story|text|task))\b",
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
STRONG_ABROAD = re.compile("|".join(ABROAD), re.IGNORECASE)
MILD = re.compile("|".join(WEAK), re.IGNORECASE)
HINTS = (
    "declin", "refus", "unable", "guideline", "polic", "appropriate", "limits", "my scope", "scope of", "beyond",
    "outside m", "outside of", "outside w", "outside th", "outside o", "lips ", "redact", "withheld", "blocked",
    "filtered", "content", "language model", " ai", "assistant", "comply", "the line", "find some",
    "i wish i could", "choose ", "pick ", "suggest", "try another", "try a diff", "consider a", "request", "prompt",
    "no comment", "to pass", "pass on", "stay away", "stop here", "stop you", "sit this", "say no", "silent",
    "keep quiet", "bow out", "rather not", "prefer", "from me", "'ll get", "my rules", "circuits", "forbid", "vow",
    "oath", "creators", "impossible", "not be ", "'t be ", "no story", "no text", "no answer", "no help",
    "permitted", "not allowed", "comfortable", "i lack", "no way", "nothing i", "nothing that", "little that",
    "little i", "have no", "let's", "let us", "how about", "perhaps we", "don't we", "shall we", "maybe we",
    "we could", "can we", "neither", "faith", "conscience", "removed", "unavailable", "instructed", "told not",
    "asked not", "shall ", "not for this", "not in this", "against ", "rules", "no poem", "no letter", "violat",
)  # fmt: skip
"""One of these, or a negation of the voice's own, is in every English refusal: plain search is fast."""
HINTS_ABROAD = (
    "nicht", "leider", "lehne ", "weiger", "keine", "niet ", "inte ", "je ne", "je n'",
    "je refuse", "je pr", "je suis", "je regr", "en tant", "non ", "no puedo", "no es", "no me",
    "no voy", "no est", "no qui", "no pod", "no deb", "prefi", "prefer", "debo ", "devo ",
    "niego", "temo", "rifiut", "recus", "nie ", "odmaw", "tidak", "lamam", "pamam",
    "zamam", "hors de", "fuera", "contra", "fuori", "fora ", "passen", "gegen", "getiremem",
    "impossib", "como ", "come ", "tengo que", "pas ",
)  # fmt: skip
"""The same for other languages in Latin letters without accents."""
