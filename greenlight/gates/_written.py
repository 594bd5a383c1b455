"""Whether a prompt asks that a text be written, or only names, gives, judges or corrects one."""

from __future__ import annotations

import re
from functools import lru_cache

READ = 8000
"""Characters of a prompt that are looked at."""
GIVEN = re.compile(
    r"```.{0,4000}?```|\"[^\"\n]{1,2000}\"|“[^”]{1,2000}”|«[^»]{1,2000}»|„[^“”]{1,2000}[“”]|「[^」]{1,2000}」|"
    r"(?<!\w)['‘][^'’\n]{3,400}['’](?!\w)|"
    r"(?:^|(?<=\n)|(?<=[.!?。] ))[ \t]*(?:[*#>]{1,3} ?)?(?:the |input |customer |user |product |news )?(?:"
    r"reviews?|article|stor(?:y|ies)|e-?mail|texts?|passage|context|sentences?|comment|tweet|message|document|input|paragraph|poem|"
    r"letter|abstract|headline|post|statement|utterance|query|user|customer|client|report|speech|transcript|dialogue|"
    r"conversation|essay|recipe|ticket|summary|premise|hypothesis|examples?|source|quote|note|excerpt|geschichte|artikel|"
    r"satz|brief|nachricht|bewertung|kommentar|aufsatz|gedicht|histoire|texte|phrase|lettre|courriel|avis|commentaire|"
    r"poème|historia|cuento|texto|carta|correo|frase|reseña|comentario|artículo|poema|storia|testo|lettera|recensione|"
    r"рассказ|текст|письмо|отзыв|статья|предложение|сообщение|故事|文章|评论|句子|邮件|文|文章|レビュー|メール)"
    r"(?: \d{1,2}| below| above)?\*{0,2} ?[:：](?:[ \t]*\S[^\n]*|\s+\S[^\n]*(?:\n[^\n]+)*)",
    re.IGNORECASE | re.DOTALL,
)
"""Stretches that are there to be read: quotations, code, and what stands behind the name of a text."""
JUDGES = re.compile(
    r"\W*(?:please |now |kindly |then |task: ?|instructions?: ?)?(?:read|detect|identify|extract|find|correct|fix|"
    r"guess|proofread|classif\w+|categori[sz]e|label|tag|grade|rate|score|rank|choose|pick|select|decide|determine|assign|name|count|"
    r"replace|fill in|spell|mark|judge|evaluate|assess|check|edit|given|based on|translate|"
    r"is|are|does|do|did|was|were|has|have|which|who|whose|when|where|what|how (?:many|much|does|do|did|is|are)|"
    r"lies|bewerte|klassifiziere|ordne|bestimme|korrigiere|finde|nenne|übersetze|ist|sind|lis|lisez|classe|corrige|"
    r"trouve|traduis|détermine|lee|clasifica|encuentra|extrae|traduce|determina|leggi|classifica|correggi|trova|"
    r"прочитай|определи|исправь|найди|классифицируй|назови|переведи)\b",
    re.IGNORECASE,
)
"""How a prompt begins that has something done with a text; what is given follows a colon or on the next line."""
LABEL = re.compile(r"(?:^|[\n.!?\"”)]\s*)[^\n.!?:：\"”]{1,40}[:：=>→]+\s*$|(?:^|[\n.!?]\s*)\w+(?: \w+)?\?\s*$")
"""A label at the end that the answer is put behind."""
KIND = (
    r"(?:letters?|stor(?:y|ies)|essays?|poems?|dialogues?|reports?|speech(?:es)?|talks?|articles?|recipes?|tales?|"
    r"summar(?:y|ies)|reviews?|biograph(?:y|ies)|posts?|blogs?|e-?mails?|(?<!shell )(?<!bash )(?<!python )(?<!sql )"
    r"scripts?|scenes?|songs?|lyrics|guides?|plans?|instructions|plays?|novels?|chapters?|sermons?|eulog(?:y|ies)|fables?|"
    r"monologues?|conversations?|(?:diary|journal) entr(?:y|ies)|memoirs?|ballads?|odes?|descriptions?|explanations?|"
    r"analys[ei]s|overviews?|paragraphs?|pages?|tutorials?|newsletters?|proposals?|complaints?|legends?|obituar(?:y|ies)|"
    r"press releases?)"
)
ENDS = (
    r"(?=\s*$|\s*[.,;:!?()\n]|\s+[-–—]|\s+(?:of|about|on|in|for|to|from|with|that|which|who|where|whose|and|or|by|as|at|"
    r"called|titled|entitled|between|set|using|without|under|over|based|inspired|please|like|around|against|how|why|when|"
    r"so|but|explain\w*|describ\w*|featur\w*|involv\w*|starr\w*|tell\w*|ask\w*|thank\w*|apolog\w*|invit\w*|complain\w*|"
    r"announc\w*|recommend\w*|express\w*|then|now|first|next|today|again|instead|covering|narrated|told|written|"
    r"addressed|[a-z]+ing)\b)"
)
"""What may follow the kind where it is the object, and not the first half of another noun: "an email address"."""
APART = (
    r"(?:for|of|about|on|in|from|with|at|by|into|to|if|whether|that|this|these|those|which|what|who|whose|how|as|or|"
    r"its|their|above|below|following)\b"
)
GAP = rf"(?:[ \t]+(?!{APART})[\w'’-]+,?){{0,7}}?[ \t]+"
OWN = rf"(?:[ \t]+(?!the\b|{APART})[\w'’-]+,?){{0,7}}?[ \t]+"
HEAD = r"(?:^|[\n.!?:;,()]\s*|\b(?:please|and|then|now|you|to|kindly|just|also|must|should|will|can|could|let's|me)\s+)"
FEATURE = (
    r"(?![^\n.!?]{0,30}\b(?:mood|tone|sentiment|emotions?|colou?r|topic|category|genre|feelings?|style|relation\w*|"
    r"intent\w*|type|shape|subject)\b)"
)
"""Of these a word is a description."""
ORDERS = re.compile(
    rf"{HEAD}(?:(?:re)?write|compose|draft|pen|tell|narrate|invent|craft|make up|come up with|author|sketch out){GAP}"
    rf"{KIND}{ENDS}|{HEAD}(?:give|create|make|generate|produce|prepare|send|show|do|put together|need|want|have|offer|"
    rf"provide|(?:would|'d|’d) like){OWN}{KIND}{ENDS}|\bI(?:'d| would)? (?:need|want|like|require){OWN}{KIND}{ENDS}",
    re.IGNORECASE,
)
EXPLAINS = re.compile(
    rf"{HEAD}(?:explain|summari[sz]e|describe|outline|discuss|elaborate|compare|write (?:about|on)|talk about|"
    rf"tell [\w'’]+(?: \w+)? (?:about|how|why)|walk [\w'’]+ through)\b{FEATURE}",
    re.IGNORECASE,
)
ORDERED = re.compile(rf"\W*(?:an?|some|another|one|two|three)?{OWN}{KIND}{ENDS}", re.IGNORECASE)
"""A kind of text and no verb, as the whole of a prompt: "A farewell letter to Ana, please"."""
ABROAD = re.compile(
    r"\b(?:(?<!ich )schreibe?|schreibt|verfasse|erzähle?|erfinde|dichte|formuliere|erstelle|entwirf)\b[^.:!?\n]{0,50}\b"
    r"(?:\w*geschichten?|aufsatz|gedicht|\w*brief|märchen|e-?mail|rede|bericht|artikel|dialog|essay|text|rezept)\b|"
    r"\b(?:écris|écrivez|écrire|rédige[rz]?|raconte[rz]?|compose[rz]?|invente[rz]?)\b[^.:!?\n]{0,50}\b(?:histoire|poème|"
    r"lettre|conte|récit|discours|article|courriel|dialogue|texte|essai|rédaction|recette)\b|"
    r"\b(?:escrib\w+|escríbe\w*|redact\w+|cuénta\w*|cuenta|invent\w+|compón|scriv\w+|raccont\w+|compon\w+|escrev\w+|"
    r"cont[ae]|redij\w+)\b[^.:!?\n]{0,50}\b(?:historia|cuento|carta|poema|discurso|artículo|correo|diálogo|ensayo|relato|"
    r"storia|racconto|lettera|poesia|discorso|articolo|tema|dialogo|favola|história|conto|artigo|texto|testo|receta|"
    r"ricetta)\b|\b(?:schrijf|vertel)\b[^.:!?\n]{0,50}\b(?:verhaal|brief|gedicht|artikel|toespraak)\b|"
    r"\b(?:напиши|напишите|расскажи|расскажите|сочини|придумай|составь)\b[^.:!?\n]{0,50}\b(?:рассказ|сказк\w|письмо|"
    r"стих\w*|стихотворение|истори\w|эссе|сочинение|речь|статью|диалог|текст)\b|"
    r"\b(?:erkläre|explique|explica|spiega|объясни\w*)\b|"
    r"[写寫讲講][^。!?!?:\n]{0,30}(?:信|故事|文章|作文|诗|詩|短文|报告|邮件|小说|小說|演讲|对话|散文)|"
    r"(?:物語|手紙|作文|話|詩|エッセイ|文章)を[^。\n]{0,12}(?:書|作|語|聞かせ|お願い)|"
    r"(?:이야기|편지|시|글|에세이)[을를][^.\n]{0,16}(?:써|쓰|작성|들려|지어)|"
    r"اكتب[^.:\n]{0,30}(?:قصة|رسالة|قصيدة|مقال)|(?:कहानी|पत्र|निबंध|कविता)[^।\n]{0,30}(?:लिख|सुना)",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def request(prompt: str) -> str:
    """The prompt without what it gives to read; of one that has this judged or corrected, what stands before it."""
    said = GIVEN.sub(" ", prompt[:READ])
    if JUDGES.match(said):
        said = said.lstrip()
        head = re.split(r"[:：\n]", said, maxsplit=1)[0]
        said = head if len(head) > 12 else said
    return said


@lru_cache(maxsize=256)
def asked(prompt: str) -> bool:
    """Whether a text of some sentences is to be written, told or explained."""
    said = request(prompt)
    if ABROAD.search(said):
        return True
    end = LABEL.search(prompt[-120:])
    if end is not None and not (ORDERS.search(end.group()) or EXPLAINS.search(end.group())):
        return False
    if ORDERS.search(said):
        return True
    if JUDGES.match(said):
        return False
    if EXPLAINS.search(said):
        return True
    short = len(said) < 160 and not re.search(r"[:?？]|\n\S", said.strip())
    return short and ORDERED.match(f" {said.strip()}") is not None
