"""The foot of a text: a line by itself after the last paragraph, as a name, a source, or what a recipe yields."""

from __future__ import annotations

import re

from greenlight.gates import _asks
from greenlight.gates import _endings as ends
from greenlight.gates._endings import Ending
from greenlight.gates._hanging import begins, dangles, hangs, language, opens
from greenlight.gates._text import word_set

NOTE_ASKED = re.compile(
    r"\b(?:condol\w*|sympath\w*|guest ?book|thank\w*|congrat\w*|greet\w*|farewells?|good-?byes?|leaving|birthday|"
    r"wish\w*|words (?:for|to|of|on|that)|say (?:sorry|hello)|tell (?:him|her|them|my|our)|apolog\w*|excuse|"
    r"toast|dedicat\w*|inscription|yearbook|comfort|cheer \w+ up|get well|welcome|invit\w*|valentine|love note|"
    r"sticky note|fridge|door|testimonial|review|feedback|comment|notes?|cards?|"
    r"few lines|zeilen|lignes|líneas|righe|linhas|строк\w*|carte|grazie|gracias|obrigad\w|danke|спасибо|merci|"
    r"beileid\w*|kondolenz\w*|\w{0,20}kart(?:e|en|ka)|glückw\w*|gruß\w*|grüße|worte|abschied\w*|dank\w*|karte|zettel|einladung\w*|geburtstag\w*|"
    r"condoléances|mots|félicit\w*|remerci\w*|merci|adieu|anniversaire|vœux|invitation|"
    r"palabras|pésame|felicit\w*|despedida|agradec\w*|cumpleaños|tarjeta|nota|invitación|"
    r"parole|auguri|condoglianze|ringrazi\w*|biglietto|compleanno|saluto|palavras|parabéns|bilhete|cartão|"
    r"слов\w*|поздрав\w*|поблагод\w*|соболезн\w*|открытк\w*|записк\w*|прощ\w*|"
    r"aviso|avis|aushang|avviso|comunicado|circular|comunicato|mededeling|ogłoszeni\w*|объявлени\w*|duyuru|opslag|"
    r"anslag|mensaje|mensagem|messaggio|message|bericht|meddelande|besked|wiadomość|mesaj|сообщени\w*|"
    r"woorden|kaartje|briefje|condoleance|bedank\w*|ord|kort|hälsning\w*|tack\w*|życze\w*|podzięk\w*|kartk\w*|"
    r"notatk\w*|tebrik|teşekkür|taziye|kart)\b|"
    r"祝|慰|見舞|一言|ひとこと|カード|贺|賀|感谢|感謝|お悔やみ|お祝い|お礼|メッセージ|축하|감사|위로|تهنئة|تعزية|شكر|बधाई|शोक|धन्यवाद",
    re.IGNORECASE,
)
"""What ends in the name of its writer without a valediction."""
TALE = re.compile(
    r"\b(?:stor(?:y|ies)|tales?|explain|describe|essays?|reports?|articles?|summar\w+|biograph\w+|chapters?|"
    r"how (?:do|does|did|can)|why|what (?:is|are)|history|guide|recipe|steps|geschichte|erkläre|histoire|explique|"
    r"historia|cuento|storia|рассказ\w*|объясни)\b|物語|故事",
    re.IGNORECASE,
)
YOU = word_set(
    "you your yours you're you'll you've dir dich du dein deine deiner euch ihr ihre ihnen sie te tu toi ton ta tes "
    "vous votre vos ti tuo tua tus tu su le os vuestro te você teu tua ты тебя тебе твой вас вам ваш je jou jouw u "
    "dig din ditt dina deg ci ciebie wam sana seni sen size"
)
THEY = word_set(
    "everyone everybody all alle tous toutes todos todas tutti tutte "
    "the your das die der dein deine deiner euer eure tus tu tes ton ta votre les los las i gli la il el os as"
)
"""First words of names of groups and of roles: "The Olssons", "Your neighbours"."""
ARTICLES = word_set("the das die der")
LINKS = word_set("from aus von vom de du des del della di da van из с af från fra z ze and und et y i")
DID = re.compile(
    r"(?:(?:first|originally|freely|loosely|last|newly|re)[ -])?(?:translat|adapt|publish|post|reprint|print|record|"
    r"illustrat|compil|transcrib|collect|edit|perform|photograph|film|narrat|submitt?|fil|updat|revis|issu|approv|"
    r"sign|inspir|bas|excerpt|quot|dedicat|sponsor|produc|recommend|arrang|design|typ|display|present|fund|licens|"
    r"generat|creat|archiv)ed\b|(?:re)?told\b|written\b|drawn\b|taken\b|sung\b|overheard\b|found\b",
    re.IGNORECASE,
)
NOUN = re.compile(
    r"(?:photo\w*|links?|images?|pictures?|sources?|illustrations?|music|lyrics|melody|text|art|artwork|cover|video|"
    r"audio|tickets|doors|entry|admission|next|follow|subscribe|read more|see also|contact|tel|phone|tags|serves|"
    r"makes|yields?|keeps|feeds|stores|goes well|best served|total|rating|verdict|price|score|grade|duration|"
    r"location|distance|level|difficulty|prep|cook|calories|available|out now|coming soon|more (?:at|on|in|about)|"
    r"excerpts?|extracts?|from the (?:book|novel|diary|notebook|album|play|poem|collection|series|archive|papers)|"
    r"as (?:told|seen|heard|read|sung|recorded)|all (?:rights|names|characters|photos|prices)|names? changed|"
    r"no \w+ (?:was|were)|any (?:resemblance|similarity)|rsvp|r\.s\.v\.p|bring|free \w+|opens?|closed|meet\w*|"
    r"quelle|foto|musik|übersetz\w*|ergibt|reicht für|für \d|pour \d|para \d|per \d|rinde|source|traduit|traducido|"
    r"tradotto|fuente|fonte|источник|перевод|фото|来源|出典|参考)\b",
    re.IGNORECASE,
)
ROUNDED = re.compile(
    r"(?:i )?hope (?:that|this|it|these) (?:helps?|works?)|let me know|feel free|any (?:more )?questions|"
    r"just (?:ask|shout)|"
    r"ask away|have fun|that's (?:it|all)|happy to|(?:and )?that is (?:it|all)",
    re.IGNORECASE,
)
"""How an answer to somebody is rounded off."""
OF_WHOM = re.compile(r"(?i:from|by|via|to|for|in memory of|after)\b(?:[^.!?,]|(?<=\b[A-Z])\.){0,60}\b[A-Z][\w.'’-]*$")
LAST_WORDS = word_set(
    "regards wishes faithfully sincerely truly love greetings freundlichen grüßen grüße herzlichen "
    "cordialement salutations cordial atentamente saludos saluti cordiali abraço abrazo respectfully "
    "affectionately gratefully уважением"
)
COURTESY = re.compile(
    r"\b(?:salutations|sentiments|considération|respects|hommages)\b(?: (?:les |très |plus |bien )*"
    r"(?:distingu\w+|respectueu\w+|cordiale\w*|dévoué\w*|meilleur\w*|sincères|amicales?))?[ ,.]*$|"
    r"\b(?:saludo|saluda|salúdole|saludos) (?:muy )?(?:atentamente|cordialmente)[ ,.]*$|"
    r"\b(?:distinti|cordiali) saluti[ ,.]*$|\b(?:freundlichen|herzlichen|lieben|besten|vielen) (?:grüßen?|dank)[ ,.]*$|"
    r"\b(?:look(?:ing)? forward to (?:hearing|seeing|your|meeting)[^.!?]{0,40}|thank(?:s| you) in advance"
    r"[^.!?]{0,30})[ ,.]*$",
    re.IGNORECASE,
)
"""The sentence that a formal letter closes with."""
MAIL_HEAD = re.compile(
    r"(?:subject|from|to|date|sent|cc|re|betreff|von|objet|asunto|oggetto|assunto|onderwerp|тема|件名|主题) ?[:：]",
    re.IGNORECASE,
)
"""The first line of a mail that is given with its head."""
PLAIN_STARTS = word_set("the a i it he she we they you and but if when in so this that there my our at on as")
ROLES = word_set(
    "team staff management reader friend neighbour neighbor family committee crew board editor editors parent "
    "parents "
    "customer teacher class daughter son brother sister mother father uncle aunt captain president chair "
    "secretary owner "
    "desk office department support reception caretaker janitor organisers organizers host hosts librarian kitchen "
    "stranger admirer fan student tenant landlord children grandchildren council club society choir"
)
AUX = word_set("is was are were has had have will would can could should he she it they we i which who that")


def foot(end: Ending) -> bool:
    """Whether the last line is one by itself that says whose a text is, where it is from, or what belongs to it."""
    if not alone(end) or ends.ITEM.match(end.last):
        return False
    plain = end.plain
    words = plain.split()
    if len(words) > 12 or dangles(plain, end.around):
        return False
    if ROUNDED.match(plain):
        return True
    if (DID.match(plain) or NOUN.match(plain)) and len(words) > 1:
        return "," not in words[0]
    if OF_WHOM.match(plain) and 2 <= len(words) <= 9:
        return not any(word.lower() in AUX for word in words)
    return len(words) <= 6 and _signed(end, words)


def alone(end: Ending) -> bool:
    """Whether the last line is a paragraph, after one that ends as prose does."""
    return len(end.stanzas) > 1 and end.stanzas[-1] == 1 and bool(end.before) and ends.stopped(end.before[-1])


def _signed(end: Ending, words: list[str]) -> bool:
    """A name, or who is meant by "us", under a few lines to somebody."""
    dense = ends.DENSE.search(end.plain) is not None
    if (
        not (words[0][0].isupper() or dense)
        or ends.size(end.plain) > 6
        or ends.INNER.search(end.plain)
        or end.plain[-1] in ",;"
    ):
        return False
    note = NOTE_ASKED.search(end.prompt) is not None or ends.MAIL_ASKED.search(end.prompt) is not None
    if not note:
        note = told_to_somebody(end)
    if not note or (TALE.search(end.prompt) and _asks.LONG.search(end.prompt)):
        return False
    first = words[0].lower().strip(",")
    if first in ("o", "a") and len(words) > 1 and language(end.around) == "pt":
        return not any(word.lower() in AUX for word in words[1:])
    if first in THEY:
        named = first not in ARTICLES or any(word[0].isupper() for word in words[1:])
        return len(words) > 1 and named and not any(word.lower() in AUX for word in words[1:])
    if opens(first):
        return False
    linked = (dense and len(end.plain) <= 8) or (len(words) > 2 and words[1].lower() in LINKS)
    return linked or all(word[0].isupper() or len(word) < 5 or "," in end.plain for word in words[:3])


def told_to_somebody(end: Ending) -> bool:
    """Whether the lines above, not many, say "you" more than once."""
    told = {word.strip(".,!?").lower() for line in end.before[-8:] for word in line.split()}
    return len(told & YOU) > 1 and len(told) < 90 and bool(end.prompt)


def begins_a_letter(end: Ending) -> bool:
    """Whether a salutation stands right above, and no word of a letter is finished."""
    above = end.before[-1]
    if not (ends.SALUTE.match(above) and above[-1] in ",:!，：！،、") or len(above) > 60:
        return False
    return ends.size(end.plain) >= 3 and len(end.before) <= 8


def closes_a_letter(end: Ending) -> bool:
    """A valediction, what stands under one, or a name under a letter."""
    plain, before = end.plain, end.before
    words = plain.split()
    if ends.SIGNED.search(plain) and len(plain) <= 16 and before and not plain.isascii():
        return True
    if len(words) > 8 or ends.INNER.search(plain) or hangs(plain, end.around, soft=True):
        return False
    if begins(words[-1], LAST_WORDS):
        return False
    if before and ends.VALEDICTION.match(plain) and len(words) <= 6 and (len(words) > 1 or len(before) > 1):
        return True
    if COURTESY.search(plain) or any(COURTESY.search(line) for line in before[-3:] if len(line) < 200):
        return len(words) > 1 or not opens(words[0])
    for line in before[-3:]:
        comma = line.endswith((",", "，", "、")) and line is before[-1] and len(before) > 1
        if len(line.split()) <= 6 and len(line) <= 48 and (ends.VALEDICTION.match(line.rstrip(" ,!.")) or comma):
            if comma and ends.SALUTE.match(line):
                break
            name = len(words) == 1 and words[0][0].isupper() and words[0].lower() not in PLAIN_STARTS
            role = len(words) > 1 and words[0].lower() in THEY and not any(word.lower() in AUX for word in words)
            if role and ends.VALEDICTION.match(line):
                return True
            return (name or not (opens(words[0]) and len(words) < 3)) and (not comma or len(words) <= 5)
    if not before or ends.size(plain) > 6 or ends.LABEL.match(plain) or ends.ITEM.match(end.last):
        return False
    short = len(words) <= 2 and plain[0].isupper() and ends.MAIL_ASKED.search(end.prompt) is not None
    greeted = ends.SALUTE.match(end.first) is not None or _greets(end.first)
    if greeted and len(words) <= 2 and not opens(words[0]) and end.stanzas[-1:] == (1,) and len(end.stanzas) > 1:
        return True  # a name by itself, of one who writes no full stops either
    if not (short or greeted or (MAIL_HEAD.match(end.first) and len(words) <= 4 and ends.stopped(before[-1]))):
        return False
    if not any(map(ends.stopped, before[-4:])):
        return False
    if opens(words[0]) and not (len(words[0]) > 1 and words[0].isupper()):  # "IT" is no "it"
        return 1 < len(words) <= 4 and words[-1].lower() in ROLES
    return True


def _greets(first: str) -> bool:
    return first.endswith((",", "，", ":", "：", "!", "！", "、", "،")) and ends.size(first) <= 6
