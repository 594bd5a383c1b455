"""Thinking as a paragraph of its own, before the answer or after it, told by its manner (``reasoning_leak``).

A sentence of it need not say much by itself. Together they speak of who asked or of the text to be written, decide,
doubt, and come in fragments; and nobody is spoken to. What follows, or stands before, is the answer.
"""

from __future__ import annotations

import re

from greenlight.gates import _cues, _speech, _text
from greenlight.gates import _plans_abroad as abroad
from greenlight.gates._beside import STOP, WORD, Beside

_SPOKEN_OF = _text.word_set(
    "user user's prompt request persona instruction instructions brief grader rater rubric evaluation person requested "
    "asked required wanted specified stated question ask task pair benchmark dataset chat conversation turn message "
    "answer response reply output tone length format register wording structure sentence sentences paragraph"
    " paragraphs "
    "rhyme rhymes syllables character jargon fluff preamble disclaimer disclaimers headings markdown tables prose"
    " style "
    "brief plain polite concise formal friendly neutral audience voice requester asker explanation summary version "
    "constitution guidelines homework ambiguous ambiguity unclear judge deliverable constraints words lines title"
    " moral "
    "formula formulas poem story letter email mail haiku essay speech scene recipe list short they said given"
    " named told "
    "unknown knowledge depth form hundred"
)
_CHECKED = frozenset(("yes", "no", "mostly", "almost", "nope"))
_VOICE = _text.word_set(
    "i'll i'd i i'm let let's we'll we need must should keep avoid include mention use skip no provide steps add my "
    "going moving good done fine probably perhaps maybe presumably apparently likely hmm hm wait okay ok actually "
    "user prompt user's alright yes safest enough here that then so nothing nope"
)
LONGEST = 700
"""Characters of a paragraph that is read."""
OWN = _text.word_set("i i'll i'd i'm i've my me let let's we we'll we're")
"""The voice: who only gives orders may speak to a reader."""
LEAST = 0.75
"""What a paragraph must weigh, of what sentences must that stand anywhere."""
REST = 12
"""Characters that must be left beside it."""
ASKER = re.compile(
    r"\b(?:the|this|that|a) (?:user(?! (?:manual|interface|guide|account|test|story|stories|group|name))|asker"
    r"|requester|prompt|system prompt|request|persona|brief|"
    r"grader|rater|rubric|evaluation of|training data|previous (?:answer|reply|story|turn|message))(?:'s)?\b(?! of\b)|"
    r"\bthe (?:job|task|goal|aim) (?:here )?is to (?:produce|write|give|deliver|answer|explain)\b|\b(?:constraints?|"
    r"deliverable):|\b(?:the|these) instructions? (?:don't|doesn't|didn't|do not|wants?|requires?|tells? me"
    r"|forbids?|says?(?! to)|allows?|"
    r"mentions?|given)\b|\bthis person\b|\b(?:nothing|no) (?:else|more|further)\b[^.\n]{0,12}\b(?:requested|asked"
    r"|required|wanted)\b|"
    r"\b(?:it isn't|isn't|not|is|was|un)(?: \w+)? ?(?:specified|stated in the)\b|\b(?:prompt|request|question) (?:asks|"
    r"says|wants|leaves|gives|doesn't|does not|didn't|is (?:simple|clear|plain|short|vague|broad|open))\b|"
    r"\b(?:preference pair|human rater|benchmark|the dataset|in this (?:chat|conversation|turn)|system message|"
    r"(?:second|third|next|last) (?:message|turn) in|my (?:persona|instructions(?! were)|guidelines|constitution"
    r"|character)|as the "
    r"(?:constitution|persona)|(?:an|the) evaluation of|(?:judge|rater|grader)s? (?:will|would|may|might)|user"
    r" (?:intent|said|wants|asks|is|did)|(?:in )?the (?:last|previous|first) turn)\b|\b(?:harmless|benign|innocent"
    r"|innocuous|simple|straightforward)"
    r" (?:\w+ )?(?:question|request|ask|task)\b"
)
HINTED = re.compile(
    r"\bthey(?:'re| are| want| wanted| need| asked?| might| may| must| didn't| did| don't| typed| wrote| said| mean| "
    r"meant| gave| probably| seem| likely| only| just| complain| haven't)\b|\b(?:asked of me|(?:was|is|been) asked|"
    r"what (?:they|is) (?:want|ask)\w*|"
    r"what i got|wasn't asked|not asked)\b|\b(?:isn't|is not|not|nothing|no \w+)(?: is| was)?(?: \w+)? (?:given|said|"
    r"named|mentioned|stated|required)\b|\bambigu\w+|\bunclear\b|\bhomework\b|\b(?:calls for|has to "
    r"be|ought to be|needs to be|reading is)\b|\bscored on\b|"
    r"\b(?:we're|i'm|i am|we are|i've been|we've been) (?:told|asked|meant|supposed)|\bis unknown\b|\bseems to be"
    r" (?:valued|wanted|"
    r"expected)\b|\bthe question (?:sounds|sounded|seems|is|reads|was)\b|\bgeneral knowledge\b|\bwhat is (?:asked"
    r"|wanted|needed)\b|"
    r"\bdoes (?:someone|one|anyone) need\b|\ba \w+ (?:explanation|summary|recipe|story|poem|mail|email|letter|list) "
    r"(?:is|will|would|should)\b|\bthis is (?:an? )?(?:basic|simple|common|easy|factual|plain|standard)\b"
)
OUTPUT = re.compile(
    r"\b(?:my|the|an(?= answer)|this|short|full|good|best|helpful|plain|straight|direct) (?:answer|response|reply|"
    r"output)\b(?! (?:is|was|might|may|lies|came|would|to the)\b)|"
    r"\b(?:the|a|an|my) (?:tone|length|format|register|wording|opening|structure|angle|first (?:line|sentence|"
    r"paragraph)|last (?:line|sentence|paragraph)|closing line|ending|point of view|rhyme)\b(?! (?:is|was|of"
    r"|surpris\w+|came|never)\b)|\b(?:how long it|word "
    r"(?:count|limit)|in character|no (?:jargon|fluff|preamble|disclaimers?|headings?|bullet points|lists?|markdown|"
    r"tables)|(?:plain|simple) (?:words|text|prose|style)|in (?:running text|prose)|prose or list|list or prose|before "
    r"i (?:state|say|write|answer)|when i write)\b|\b(?:few|two|three|four|five|\d{1,3})(?: or (?:two|three|four|\w+)|"
    r" to \w+|[-–,] ?\w+)? (?:short )?(?:sentences|lines|paragraphs|words)\b|"
    r"\b(?:in|of|for|now|end of|so|then) (?:the )?(?:answer|response|reply)\b(?= below|[.:,]|$)|\b(?:response"
    r"|answer) (?:below|"
    r"follows)\b|\b(?:under|about|around|within|roughly) (?:a |one |two |\d+ )?(?:hundred )?words\b|\bthe explanation "
    r"(?:holds|stands|should|works)\b|\b(?:standard|short|plain|simple|brief) (?:explanation|summary|version)\b"
    r"|\bversion "
    r"with(?:out)?\b|\bno (?:moral|formulas?|equations?|happy ending|title|names)\b|\b(?:style|depth|tone|length"
    r"|voice|form): "
    r"\w|\brhymes? with\b|\b(?:clean|near) rhyme\b|\bsyllables\b|\brhyme scheme\b|\bbe (?:concise|brief|short)\b"
    r"|'s tone\b|"
    r"\b(?:tone|length|style|format|voice|"
    r"audience|structure|word count|length check|role|recipient|mood|trait): |"
    r"\bkeep (?:it|this|that|things|the \w+) (?:\w+ )?(?:short|brief|"
    r"plain|polite|concise|vague|formal|friendly|neutral|general|tight)\b|\bkeep (?:short|brief|"
    r"polite|simple|concise|formal)\b|\b(?:lead|open|start|begin) (?:it |off )?(?:with|on) [^.?!\n]{2,60} (?:end"
    r"|close|finish|wrap)\b"
)
DECIDES = re.compile(
    r"\b(?:i'll|i'd|let me|let's|i should(?! have \w+(?:ed|en|un|wn|id)\b)|i need|i must|i have to|i've got to|i"
    r" can|i could|i won't|i shouldn't|i "
    r"might|i want|i'm going|i may|we'll|we should|we need|we can|we must|we have to|i leave|i skip|i'm to|got to|must "
    r"not)\b|\b(?:going with|moving on|here goes|here we go|good to go|ready to (?:send|write|go)|will do\b|should do"
    r"(?=[.,])|that should do|"
    r"safest|i'm done|that's what|it is(?=\.)|, then(?=[.,])|so (?:no|plain|short|just|nothing|a short|the (?:answer|"
    r"reply|response))|is (?:all it takes|enough)|stands in the way|fine to help|answer away|i avoided|i (?:kept|chose|"
    r"picked|went with|left|used|stuck|made sure|went for|stayed))\b|\b(?:leave it out|skip the|so first|so(?=:)"
    r"|trying to|then perhaps|better, go|be ready for|"
    r"(?:second|third|next|finally), |should (?:be|sound|have|read)\b|"
    r"don't (?:lecture|ramble|overdo))\b|(?:^|(?<=[.!?] ))(?:need|must|should|keep|avoid|include|mention|"
    r"use|skip|provide|steps|add) |(?:^|(?<=[.!?] ))no (?=[\w-]+(?: [\w-]+)?[.,;])"
)
CRAFTS = re.compile(
    r"\b(?:i'll|i'd|let me|let's|i should|i need to|i must|i have to|i can|i could|i won't|i might|i want to|i may"
    r"|we'll|"
    r"we should|we need to|we can|we must|to|and)(?: (?:not|just|also|rather|better|then|only|probably|maybe|simply))? "
    r"(?:mention|leave|include|explain|avoid|skip|hedge|answer|reply|respond|write|draft|phrase|structure|weave|build|"
    r"redo|rewrite|revise|cut|trim|tone|fix|pick|choose|lead|start|open|begin|end|close|cite|state|list|give|go|word|"
    r"compose|come up|use|combine|rephrase|settle|invent|assume|describe|do an?|omit|note|name|keep|say|stay|sound"
    r"|put|cover|focus)\b"
)
DOUBTS = re.compile(
    r"\?(?!\w)|\b(?:probably|perhaps|maybe|presumably|apparently|likely|my guess|i'd guess|i guess|i assume|i suppose|"
    r"i believe|i suspect|i think|could be|might be|can't tell|i'm not|not sure|not entirely|fairly|quite certain|sure|"
    r"don't remember|to be honest|double-check|recall|verify|make sure|hm+|(?:wait|hold on)(?=[,.!…—–-])|okay|ok"
    r"|actually|alright|let me (?:think|see)|too "
    r"(?:common|obvious|long|short|flat|generic|worn|much|vague|technical|formal|stiff|dry))\b"
)
ASIDE = re.compile(
    r"\b(?:you|your|yours|you're|you'll|you've|you'd|dear|ye|yer|shall i|let me know|tell me|say the word|just say|"
    r"feel free|(?:hope (?:this|it|that)) helps|here(?:'s| is| are| you go| it is)|below is|let me (?:explain|tell"
    r"|walk|"
    r"break|show|start|begin|first answer|introduce|guess)|may i|happy to|glad to|gladly|of course|certainly|with"
    r" pleasure|sure[,!]|"
    r"this letter|welcome|hi|hello|hey|thanks|thank|sorry|yours)\b"
)
"""Somebody is spoken to, or an answer is handed over or begun."""
CHECKED = re.compile(
    r"\b(?:does|is|did|do|are|has|have) (?:it|this|that|i)\b[^?.!\n]{2,80}\? (?:yes|no|nope|yep|almost|mostly|i"
    r" (?:think|"
    r"believe)|close enough|check|good)\b"
)
STORY = re.compile(
    r"\b(?:said|asked|thought|gave me|told me|waited|once|were|explained|answered|he|she|his|her|him|whispered"
    r"|muttered|had|went|came|stood|walked|looked|knew|took|i wanted|surprised)\b"
)
LABELS = re.compile(r"(?:^|(?<=[.;,\n] ))[a-z]+(?: [a-z]+){0,7} ?[:→] ?\S", re.MULTILINE)
SUMS = re.compile(
    r"\d[ \d]{0,12}(?:[-+*/=×÷−]|divided|times|plus|minus)|\b(?:double|add|take|divide|multiply) (?:it|\d)|\?\s+\d"
)
LISTED = re.compile(r"(?:\A|\n)[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]")
TOLD = re.compile(
    r"उस(?:ने|की|का)|그는|그녀|彼[はが女]|他[想说在]|她|كان|"
    r"\b(?:er|sie|il(?! faut| est| s'agit| y a)|elle|él|ella|он|она|yazdı|sürdü)\b"
)
"""Stories tell of somebody, in the past."""
ENOUGH = re.compile(
    r"\b(?:reicht|reichen|genüg\w+|ausreich\w*|kurz fassen|fasse mich|also (?:direkt|kurz|keine|englisch|auf)|los geht|"
    r"verlangt|suffi\w+|je fais|je commence|je propose|je mentionne|je réponds|je reste|directement|menciono|"
    r"explico|empiezo|uso|ich (?:nenne|schreibe|erkläre|antworte|bleibe)|basta|bastan|bastará|chega|así que|por"
    r" tanto|entonces|quindi|"
    r"portanto|хватит|достаточно|значит|пишу|начну|кратко|короткий|yeterli|yeter|yazayım|yazıyorum|yazacağım|"
    r"yapmayacağım|"
    r"vermeliyim|tutmalıyım|olur|genoeg|dus|wystarczy|räcker)\b|就行|即可|就好|要通俗|别太长|控制在|先说|就够|够了|直接|那就|不需要|不用|下面开始|"
    r"十分|よい|まとめる|挙げて|いいだろう|そのまま|ではいく|充分|충분|되겠다|답하자|적자|쓰자|작성하자|تكفي|يكفي|لذا|لذلك|سأبدأ|سأكتب|"
    r"سأعطي|سأجيب|काफ़ी|काफी|इसलिए|लिखता हूँ|दूँगा|लिखूँगा|बताऊँगा"
)
OF_TASK = re.compile(
    r"\b(?:die|der) anfrage\b|\bwie (?:gewünscht|verlangt)\b|\bdie person,? (?:die|will|möchte|hat)\b|\bla"
    r" personne qui\b|"
    r"\bla persona que\b|\bme preguntan\b|\b(?:la|cette) question porte\b|[iİ]st(?:ek|em) |質問だ|新手问题|"
    r"\b(?:die|seine|ihre) frage (?:ist|des|der|lautet)|\bgefragt ist\b|\bim prompt\b|\bbeste antwort\b|\bla question "
    r"est\b|\bla pregunta es\b|\bla domanda è\b|\bконтекст\w* запрос|\bвопрос (?:прост|понят|яс|легк|несложн)"
    r"|\b(?:в|из) "
    r"(?:промпте|запросе)\b|\bнужен (?:рецепт|рассказ|ответ|текст|совет|список)|\b(?:soru|istek|istem|talep)\b|"
    r"\b(?:istemde|istekte|soruda|talimatlara)\b|\bprompt[ie]?n?\b|\bconsigne\b|这个问题|题目|这道题|这个请求|请求|提示|"
    r"質問は|この質問|依頼|プロンプト|질문|요청|프롬프트|السؤال|الطلب|التعليمات|सवाल|अनुरोध|प्रॉम्प्ट|निर्देश"
)
TEXTS = re.compile(
    r"\b(?:zwei|drei|kurze?r?|knappe?)(?:,? drei)? (?:sätze|anleitung|antwort)\b|\b(?:deux|trois|quelques)"
    r" phrases\b|\b(?:dos|tres|"
    r"pocas) frases\b|\bcümle\w*|\btarif\b|\bcevab\w*|\bdille\b|\bпредложени\w+|\bрецепт\b|\bдеталей\b|\ben français\b|"
    r"\bauf deutsch\b|\bpo polsku\b|\bpor partes\b|要点|一段话|段落|字数|两句|几句|几条|二、三文|文で|まとめ|英文|"
    r"정리|문장|جملت\w*|نصائح|فقرة|वाक्य|अनुच्छेद|लंबाई"
)
WRITES = re.compile(
    r"\b(?:ich|je|j'|il faut que|tengo que|debo|devo|мне|отвечу|дам|напишу|пишу)\b|我|よう|だろう|べき|야|하자|겠다|سأ|"
    r"मुझे|मैं|malıyım|meliyim|yazayım|yazacağım|yazıyorum"
)


PERHAPS = re.compile(
    r"\b(?:vermutlich|wahrscheinlich|vielleicht|wohl|probablement|peut-être|probablemente|quizás?|supongo|creo que|"
    r"probabilmente|forse|provavelmente|talvez|suponho|вероятно|наверное|видимо|думаю|muhtemelen|galiba|belki|"
    r"düşünüyorum)\b|可能|应该是|看来|估计|おそらく|多分|たぶん|아마|것 같|ربما|يبدو|शायद|लगता है"
)
DEAR = re.compile(
    r"\A\W*(?:liebe[rs]?|sehr geehrte|hallo|querid[oa]|hola|chère?|salut|car[oa]|ciao|дорог|уважаем|привет|sevgili"
    r"|merhaba|"
    r"عزيز|प्रिय|亲爱|拝啓)|\b(?:ti|te|dir|dich)\b"
)


def edges(text: str, code: list[_text.Span]) -> list[_text.Span]:
    """The first and the last paragraph of a text, and its first and last line, where others are left beside them."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    found: set[_text.Span] = set()
    for gap in ("\n\n", "\n"):
        at = text.find(gap, start, start + LONGEST)
        if at > 0 and end - at > REST:
            found.add((start, at))
        at = text.rfind(gap, max(start, end - LONGEST), end)
        if at > 0 and at - start > REST:
            found.add((at + len(gap), end))
    return sorted(span for span in found if not any(a < span[1] and span[0] < b for a, b in code))


def candidates(low: str, code: list[_text.Span], hints: list[str]) -> list[tuple[_text.Span, bool]]:
    """Edges that could be thinking by their words, each with whether it may be in another language than English;
    ``hints``: what the text has of other languages' words for it."""
    found: list[tuple[_text.Span, bool]] = []
    for start, end in edges(low, code):
        piece = low[start:end]
        words = frozenset(WORD.findall(piece))
        spoken = not words.isdisjoint(_SPOKEN_OF) or ("?" in piece and not words.isdisjoint(_CHECKED))
        english = spoken and not words.isdisjoint(_VOICE)
        other = any(hint in piece for hint in hints)
        if english or other:
            found.append(((start, end), other))
    return found


def dressed(low: str, start: int) -> bool:
    """Whether a paragraph begins as others do, with a bold label or a heading: then it is a part like them."""
    mark = low[start : start + 2]
    return mark in ("**", "##", "# ") and len(re.findall(rf"(?m)^{re.escape(mark)}", low[: 6 * LONGEST])) > 2


def weigh(piece: str, side: Beside, other: bool) -> float:
    """How much a paragraph is one of thinking; ``other``: whether it may be in another language than English."""
    weight = manner(_speech.unquoted(piece), side)
    return max(weight, manner_abroad(piece, side)) if other else weight


def manner(low: str, side: Beside) -> float:
    """How much a paragraph in English is one of thinking; under ``LEAST`` it is not."""
    if ASIDE.search(low):
        return 0.0
    asker = ASKER.search(low) is not None
    output = 0.35 if OUTPUT.search(low) else 0.25 if _form(low, side) else 0.0
    checked = len(CHECKED.findall(low, 0, LONGEST)[:2])
    hint = HINTED.search(low)
    hinted = hint is not None and hint.group()[:5] not in side.asked  # an essay on homework speaks of it
    if not asker and not output and not checked and not hinted:
        return 0.0
    weight = (0.5 if asker else 0.3 if hinted else 0.0) + output + 0.35 * checked
    decides = DECIDES.search(low) is not None
    if decides:
        weight += 0.3 + (0.15 if CRAFTS.search(low) else 0.0)
    doubts = DOUBTS.search(low) is not None
    labels, listed = len(LABELS.findall(low, 0, LONGEST)) > 2, len(LISTED.findall(low)) > 2
    if not (decides or doubts or checked or labels or (listed and asker)):
        return 0.0
    weight += 0.2 if doubts else 0.0
    pieces = [piece for piece in re.split(r"[.!?…:;]\s", low) if piece.strip()]
    weight += 0.2 if sum(len(piece.split()) <= 5 for piece in pieces) >= 2 else 0.0
    weight += 0.35 if output and labels else 0.2 if listed and asker else 0.0
    shared = {w[:5] for w in WORD.findall(low) if len(w) >= 4 and w[:5] in side.asked and w not in STOP}
    weight += min(0.2, 0.1 * len(shared))
    weight -= 0.25 * min(2, len(set(STORY.findall(low))))
    if not asker and not labels and OWN.isdisjoint(WORD.findall(low)):
        weight -= 0.3
    if not asker and not hinted and (SUMS.search(low) or listed):
        return 0.0
    return weight * min(side.users, side.talks, side.apart)


def _form(low: str, side: Beside) -> bool:
    """Whether it names the form of a text that the prompt asks for."""
    return any(_cues.CLASS.get(w, 0) & _cues.STYLE and w[:5] in side.asked for w in WORD.findall(low) if len(w) >= 4)


def manner_abroad(piece: str, side: Beside) -> float:
    """The same in other languages."""
    if any(found.search(piece) for found in (abroad.YOU, abroad.DEVICE, TOLD, DEAR)):
        return 0.0
    user = abroad.USER.search(piece) is not None
    task = any(found.search(piece) for found in (abroad.TASK, abroad.ASKED, abroad.MEANT, abroad.ROLE, OF_TASK))
    own = abroad.SELF.search(piece) is not None or WRITES.search(piece) is not None
    weight = (0.6 if user else 0.0) + (0.4 if task else 0.0) + (0.3 if own else 0.0)
    weight += 0.3 if abroad.TEXT.search(piece) or TEXTS.search(piece) else 0.0
    weight += (0.25 if ENOUGH.search(piece) else 0.0) + (0.2 if PERHAPS.search(piece) else 0.0)
    weight += (0.15 if abroad.OPENER.match(piece) else 0.0) + (0.15 if user and abroad.WANTS.search(piece) else 0.0)
    if user and abroad.CONDITION.search(piece):
        return 0.0
    if not user and not task:
        weight = min(weight, 1.0) - 0.1
    return weight * min(side.users, side.talks, side.apart)
