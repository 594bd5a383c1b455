"""How texts end: marks that are still open, and last lines that need no full stop."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

ENDS = ".!?…‽⁇⁈⁉。！？．｡؟۔।॥։።။៕།`}"
"""What a finished text ends with, closing quotes and brackets apart; the last two end code."""
CLOSERS = "\"'”’“»«)]*_~>」』》】）›"
QUOTES = "\"”’'»«“」』›"
GOES_ON = ",;、，；،؛-–—:："
LAST = 2000
"""Characters of a last line in which open marks are looked for."""
SIGN_OFF = re.compile(
    r"(?:the|happy|my)? ?(?:end|ende|fin|fine|fim|finis|finito|curtain|blackout|amen|конец|конец истории|slut|"
    r"einde|koniec|النهاية|समाप्त|끝|namaste|shalom|q\.?e\.?d|over and out|peace|enjoy|voilà|prost|skål|τέλος|"
    r"son|loppu|"
    r"vége|sfârșit|кінець|край|הסוף|จบ|hết)|"
    r"(?:to be|wird|à|continu\w+|fade|lights? (?:fade|out|down|dim|off|up|go|rise|slowly)|exit|"
    r"exeunt|curtain|"
    r"scene|"
    r"(?:the )?end of|fin de|ende des|"
    r"good ?night|good ?bye|the curtain|sleep (?:well|tight)|see you|cut to|black ?out|over (?:and|to)|"
    r"good luck|best of luck|happy \w+ing|enjoy|bon \w+|guten \w+|buon \w+|buen \w+|bom \w+|all rights|god bless|"
    r"stay "
    r"(?:safe|tuned|warm|curious)|sweet dreams|viel (?:spaß|erfolg|glück)|bonne \w+|buena \w+|smacznego|afiyet|"
    r"with (?:love|thanks|gratitude)|thank(?:s| you)|(?:based|inspired|adapted) (?:on|by|from)|cheers|(?:the )?moral)"
    r"\b[^.!?]{0,40}|[^.!?]{0,40}\b(?:ever after|without end|fine della storia|de la historia|out of ten|"
    r"(?:would|will) \w+ (?:it |there )?again|recommended)|"
    r"(?:全文|劇|本文)?[完终終]|おわり|終わり|终わり|剧终|未完待续|つづく|続く|おしまい|謝謝|谢谢|感謝|ありがとう",
    re.IGNORECASE,
)
VALEDICTION = re.compile(
    r"\W*(?:yours|best|love|lots of love|much love|all my love|sincerely|kind(?:est)?|warm(?:est|ly)?|regards|cheers|"
    r"respectfully|faithfully|affectionately|hugs|kisses|with|your|take care|always|until|liebe|viele|"
    r"herzlich\w*|mit|"
    r"beste|dein\w*|euer|ihr\w*|bien|cordialement|amicalement|bises|bisous|avec|ton|ta|votre|sincères|saludos|"
    r"atentamente|un abrazo|con|tu|cordiali|distinti|un abbraccio|tuo|tua|abraços|um abraço|com|atenciosamente|с "
    r"уважением|с любовью|твой|твоя|ваш|целую|обнимаю|signed|xoxo|respectfully|gratefully|fondly|truly|"
    r"miss(?:ing)? you|thinking of you|thanks|"
    r"merci|gracias|grazie|obrigad\w|danke|спасибо|je t'embrasse|herzlichst|pozdrawiam|pozdrowienia|całusy|"
    r"serdecznie|"
    r"sevgiler\w*|saygılar\w*|hilsen|kærlig|vennlig|med|vänliga|hälsningar|terveisin|groet\w*|groetjes|hartelijke|"
    r"üdvözlettel|cu|з повагою|με|φιλικά|מ?בברכה|באהבה|مع|المخلص|صديق\w*|तुम्हार\w+|आपक\w+|सप्रेम|a fuerte|un fuerte|"
    r"(?:(?:un|muchos|atentos?|cordiale?s?|reciban? un|afectuosos?|meilleures|sincères) )?(?:saludos?|salutations)|"
    r"afectuosamente|cordialmente|hasta (?:pronto|luego)|à (?:bientôt|très vite|plus)|bien à|respectueusement|"
    r"hochachtungsvoll|freundliche|gruß|grüße|grüsse|alles (?:liebe|gute)|bis (?:bald|dann)|küsse|küsschen|umarmung|"
    r"a presto|con affetto|um beijo|um grande|até (?:breve|logo|já)|z poważaniem|z wyrazami|łączę|ściskam|"
    r"s (?:pozdravem|úctou|láskou)|srdečně|zdravím|tisztelettel|puszi|ölel|cu (?:stimă|drag|respect)|selamlar|"
    r"hoşça|iyi çalışmalar|ystävällisin|parhain|mvh|varma|kram(?:ar)?|mange|dbh|hormat|salam|trân trọng|thân mến|"
    r"искренне|всего (?:доброго|хорошего)|с наилучшими|до (?:встречи|свидания)|з любов|щиро|обіймаю|с обич|"
    r"με εκτίμηση|με αγάπη|"
    r"un bacio|baci|beijos|besos|grosses? bises|mille bises|your\w*)\b[^.!?]{0,40}$|"
    r"\W*(?:此致|敬礼|敬禮|祝好|敬上|谨上|你的|您的|爱你的|愛你的|よろしく|敬具|草々|かしこ|너의|당신의|"
    r"감사합니다|사랑하는)",
    re.IGNORECASE,
)
CLOSED_WITH = re.compile(
    r"(?:Love|Yours?|All the best|Until next time|Best|Sincerely|Regards|Hugs|Cheers|"
    r"Signed),? (?:the )?(?:[A-Z]\w+|and|"
    r"&)(?: (?:[A-Z]\w+|and|&)){0,3}(?: x+)?$|"
    r"[\"”»)] ?[—–-]{1,2} ?[A-Z](?:[\w. ]{2,40}|[\w.,:&'’ ]{2,70}[ ][A-Z\d][\w'’]*)$|"
    r"[—–-] The End$|\b(?:lived )?happily ever after$"
)
ADDRESS = re.compile(r"(?:\S*://\S*|www\.\S+|\S+@\S*|[#＃]\S+|\w[\w.-]*\.\w{2,}/\S*)$")
SMILE = re.compile(r"(?:[:;=8xX]-?[()DPpOo3/]|<3|:\w{2,20}:|xD|XD)$")
POSTSCRIPT = re.compile(r"(?:P\.? ?){1,3}S\b|N\.? ?B\b|\[\d+\]|\(\d+\)|[—–―]{1,2} ?\w|-{1,2} ?[A-Z]|©|[~–] ?[A-Z]\w+$")
CREDIT = re.compile(
    r"(?:[A-Z][\w-]* ){0,3}(?:\w+ ){0,4}(?:by|from|von|par|por|di|für|for|to|to the left|and) "
    r"(?:[A-Z][\w.'’-]*\s?){1,4}$|"
    r"(?:based|inspired|adapted|translated|taken|published|posted|updated|filed|printed|made|seen|told|edited) "
    r"[^.!?]{3,60}$",
    re.IGNORECASE,
)
CREDITED = re.compile(
    r"\b(?:by|taken|kept|written|told|translated|photo\w*|words|music|text|minutes|recorded|compiled|posted|edited) ",
    re.IGNORECASE,
)
SOURCE = re.compile(
    r"\((?:1[5-9]|20)\d\d[a-z]?\)|\b(?:University Press|Verlag|Publish\w+|Press|Éditions|ISBN|doi|pp?\. ?\d|"
    r"vol\. ?\d|"
    r"chapter \d+|§ ?\d)|\b(?:1[5-9]|20)\d\d$",
    re.IGNORECASE,
)
SALUTE = re.compile(
    r"(?:dear|hi|hello|hey|my dear\w*|to|liebe\w*|hallo|sehr geehrte\w*|guten|ch[eè]re?s?|bonjour|querid\w+|"
    r"estimad\w+|hola|"
    r"car[oaie]|gentil\w+|ciao|prezad\w+|olá|beste|lieve|geachte|kära?|hej|kære?|kjære|hei|hyvä|rakas|kochan\w+|"
    r"szanown\w+|"
    r"drogi\w*|mil[ýá]|vážen\w+|kedves|dragă|stimat\w+|sevgili|sayın|merhaba|дорог\w+|уважаем\w+|привет|"
    r"шановн\w+|любий|люба|"
    r"αγαπητ\w+|γεια|יקר\w*|שלום|عزيز\w+|السيد\w*|مرحبا|प्रिय|आदरणीय|नमस्ते|thân|kepada|sir|madam|to whom)\b|"
    r"亲爱的|親愛的|尊敬的|敬爱的|안녕|친애하는|.{1,20}(?:様|さん|先生|くん|ちゃん|へ|님|에게|께|께서|야|"
    r"아)[,、:：]?$",
    re.IGNORECASE,
)
MAIL_ASKED = re.compile(
    r"\b(?:notes?|e-?mails?|mail|message|card|postcard|invitation|telegram|memo|resignation|complaint|apology|reply|"
    r"thank-you|letters?|lettre|carta|lettera|brief|письм\w+|nachricht|correo|courriel|mensaje|messaggio|mektup|list|"
    r"γράμμα|bref|kirje|levél|scrisoare)\b|信|邮件|郵件|手紙|メール|お礼|편지|이메일|메일|رسالة|पत्र|ईमेल|מכתב",
    re.IGNORECASE,
)
SIGNED = re.compile(
    r"(?:드림|올림|배상|씀|より|拝|敬具|草々|かしこ|敬上|谨上|謹上|顿首|上|书|가|이가|から|年\d+月\d+日|\d+日)$"
)
CASUAL = re.compile(
    r"\b(?:text|texts?|tweet|sms|chat|dm|post|teen\w*|telegram|notification|without punctuation|no punctuation|"
    r"lower ?case|"
    r"caption|status|bio|profile|voicemail|classified|telegraphic|ad|advert\w*|notice|flyer|poster|receipt|"
    r"obituary|product|menu|recipe)\b",
    re.IGNORECASE,
)
LABEL = re.compile(r"[*_]{0,2}[^\W_][^.!?:\n]{0,24}[*_]{0,2}[:：][*_]{0,2}[ \t]+(\S[^\"“”]*)$")
DASHED = re.compile(r"([-—–~=* ]{1,6})\w[\w ’']{0,24}[-—–~=* ]{1,6}$")
NUMBERS = re.compile(r"[\d\s,.;:+\-–/()%°€$£xX=×·|]+$")
SOLE = re.compile(
    r"\bletters? only\b|\bonly (?:the |a |one )?letters?\b|\b(?:which|what|one|single|a|the) letter(?:$|[.?!),:])|"
    r"\b(?:letter|first letter|capital letter)s? (?:of the|is|comes)",
    re.IGNORECASE,
)
TOLD = re.compile(
    r"\b(?:tell \w+ (?:about|what|how|why|of)|what should i know|how (?:do|does|did|can|could|should) |why (?:do|"
    r"does|is|are|did)\b|"
    r"write (?:a |an |me |the |some )|continue|what happened|give (?:a |me a )talk|"
    r"напиши\w*|schreib\w*|écri\w*|escrib\w*|scriv\w*|escrev\w*|napisz|skriv|schrijf|yaz|kirjoita|scrie|írj)\b|"
    r"写|書いて|써|اكتب|लिख",
    re.IGNORECASE,
)
ITEM = re.compile(r"\s*(?:[-*•+–·▪]|\d{1,3}[.)]|[A-Za-z][.)]|[IVX]{2,5}[.)])\s+\S")
EMPTY_ITEM = re.compile(r"\s*(?:[-*•+–]|\(?\d{1,3}[.)]|[A-Za-z]\)|[-*•+] \[[ xX]?\]|[☐☑])(?:[ \t]*[*_`~]{1,3})?$")
HEADING = re.compile(r"#{1,6} +\S|\*\*[^*\n]+\*\*:?$|__[^_\n]+__:?$")
INNER = re.compile(
    r"(?!(?:Ep|Vol|Ch|Fig|Art|Sec|Op|Nos?|pp|Dr|Mr|Mrs|Ms|St|Prof|No|Nr|vs|ca|approx|etc|Jr|"
    r"Sr)\.)\b[^\W\d_][^\s.!?…]{1,40}[.!?…]{1,4}[\"'”’»)*_]{0,3}\s+\S|"
    r"[\u3040-\u9fff\uac00-\ud7af][!?.] ?[\u3040-\u9fff\uac00-\ud7af]|\d\d[.!?]\s+[^\W\d_]|[.!?…][\"”»]\s+\S|"
    r"\s\d+[.!?]\s+[A-Z]|\S\s?[。！？؟।॥۔]\W{0,3}\w"
)
"""A sentence that ends, with another after it."""
CODE = re.compile(
    r"[=!<>+*/|&-]=|=>|->|::|[;{}]\s*$|^\s{2,}\S.*[\w)\]]\s*$|^\s*(?:def|class|import|from|return|print|const|"
    r"let|var|"
    r"function|fn|func|end|puts|if|for|while|else|elif|#include|package|use|public|private|SELECT|INSERT|"
    r"UPDATE|DELETE|"
    r"CREATE|FROM|WHERE|GROUP|ORDER|LIMIT|SET|VALUES|JOIN|[$%>] |sudo|git|pip|npm|ls|cd|grep|docker|curl|FROM|"
    r"RUN)\b.*"
    r"(?:[=(){}\[\];:'\"/|*<>]|--?\w|$)|^\w[\w.\[\]]* *(?:=|<-|:=) *\S|^[$] \S|\w\([^()]*\)$|^\s*[\w-]+: \S|"
    r"^\[[\w.]+\]$",
    re.MULTILINE,
)
CODE_ASKED = re.compile(
    r"\b(?:code|python|javascript|typescript|java|rust|go|ruby|haskell|lua|perl|php|swift|kotlin|scala|sql|"
    r"query|shell|"
    r"bash|command|one-liner|regex|yaml|toml|ini|config|compose|dockerfile|html|css|xml|json|function|"
    r"script in|install|"
    r"code[zs]?|latex|makefile|in (?:c|r|c\+\+))\b",
    re.IGNORECASE,
)
FORMULA = re.compile(r"^[^!?]{0,60}(?:[=≈→≤≥⇒∝]|->)[^!?,]{1,60}$")
NUMBERED = re.compile(r"[\d$€£¥][\d.,:/%-]*(?:\s?[^\W\d_]{1,9})?$")
NOTED = re.compile(
    r"\b(?:whats ?app|sms|text (?:my|to|for|message|him|her|them)|notes?|log|logbook|diary|journal|entry|push|"
    r"messages?|rsvp|"
    r"microcopy|"
    r"meta description|card|captain's|ship's|weather|forecast|ticker|reminder|memo|snippet|blurb|telegra\w+|alert|"
    r"announcement|sign|postcard|field notes|minutes|stage direction|nachricht|zettel|notiz|mot|nota|biglietto|"
    r"записк\w*)\b",
    re.IGNORECASE,
)
"""What is written in short sentences, the last of them often without its full stop."""
ASKED_SHORT = re.compile(
    r"\b(?:signs?|pangrams?|palindromes?|tongue[- ]twisters?|one-liners?|jokes?|puns?|aphorisms?|maxims?|"
    r"sayings?|quips?|"
    r"riddles?|would[- ]you[- ]rather|user stor(?:y|ies)|ice-?breakers?|conversation starters?|epigrams?|memoir|"
    r"six-word|quot(?:e|ation)s?|compliments?|insults?|excuses?|pick-up lines?|voicemail|bye|"
    r"say(?:s|ing)? (?:hi|hello|good-?bye)|inscription|epitaphs?|dedication|toast|plaque|label|button|"
    r"notification|error message|commit "
    r"message|"
    r"bumper sticker|fortune|clue|hint|define|definition|meaning|means?|plural|spell|rhymes? with|pick|choose|"
    r"convert|count|"
    r"word for|words for|devise|заголовок|overskrift|rubrik|otsikko|tytuł|başlık|cím|τίτλος|"
    r"titles?|headlines?|slogans?|mottos?|taglines?|captions?|names?|translat\w*|rename|"
    r"alt(?:ernative)?[- ](?:texts?|attributes?|tags?)|(?:image|picture|photo|figure|short) (?:descriptions?|prompts?|"
    r"legends?)|search (?:quer(?:y|ies)|terms?)|in (?:a )?few words|alternativtext|bildunterschrift|texte alternatif|"
    r"légende|texto alternativo|leyenda|pie de foto|testo alternativo|didascalia|"
    r"(?:email )?subject|subject line|keywords?|"
    r"one[- ]line\w*|label|haiku|fill in|complete the|correct|proverb|idiom|phrase|opposite|synonym|capital|"
    r"formula|solve|"
    r"übersetz\w*|titel|tradui\w*|titre|traduc\w*|título|titolo|перевед\w*|назван\w*|in (?:french|german|"
    r"spanish|italian|"
    r"chinese|russian|english|japanese|latin)(?: for \w+)?:)\b|翻译|标题|標題|口号|翻訳|題名|タイトル|제목|ترجم|"
    r"عنوان|अनुवाद|शीर्षक|כותרת",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"(?:^|[,:.] *)(?:when|who|where|which|how (?:much|many|far|old|long|tall))\b|^what(?:'s| is| was| are)\b",
    re.IGNORECASE,
)
DATE = re.compile(
    r"(?:^|[\s,])\d{1,2}(?:st|nd|rd|th|\.)? (?:de )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|mär|"
    r"okt|dez|févr|avr|"
    r"juin|juil|août|ene|abr|ago|dic|янв|фев|мар|апр|мая|июн|июл|авг|сен|окт|ноя|дек)[^\W\d_]*\.?(?:,? (?:de "
    r")?\d{2,4})?$",
    re.IGNORECASE,
)
CONTINUES = re.compile(r"(?:(?<!\{\})\s[=+/&\\<·×÷−∙⋅]|\d/|[^\W\d_][ \t][$£€¥₹]|[(\[{]|(?<!\\)\\|&&|\|\|)$")
MARKS = re.compile(r"[\"“”„«»「」『』《》【】（）()\[\]]")
SPAN = re.compile(r"(`{1,2})[^`\n]+\1")
INTERVAL = re.compile(r"(?<![\w(])[\[(](?:-?[\d.∞]{1,8}|-∞|[a-z])[,;] ?(?:[\d.∞+]{1,8}|[a-z])[)\]]")
OPENERS = {"「": "」", "『": "』", "《": "》", "【": "】"}
BRACKETS = {"(": 1, "[": 1, "（": 1, ")": -1, "]": -1, "）": -1}
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u0f00-\u0fff]")
"""Thai, Lao, Burmese, Khmer and Tibetan: a sentence may end without a mark."""
DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


def open_mark(line: str) -> str:
    """The quotation mark or bracket of the line that is not closed; empty where all are."""
    line = INTERVAL.sub(" ", line) if "(" in line or "[" in line else line
    line = SPAN.sub(" ", line) if line.count("`") % 2 == 0 else line
    line = line.replace('"""', "   ").replace('\\"', "  ")
    speech, depth, bracket = "", 0, ""
    for found in MARKS.finditer(line):
        mark, at = found.group(), found.start()
        before, after = line[at - 1 : at], line[at + 1 : at + 2]
        if mark in BRACKETS:
            if mark in "([（" and before in (":", ";", "=", "-"):
                continue  # a sad face
            depth = max(depth + BRACKETS[mark], 0)
            bracket = mark if BRACKETS[mark] > 0 and depth == 1 else bracket
        elif speech:
            speech = "" if _closes(speech, mark) else speech
        elif mark in OPENERS or mark == "„":
            speech = mark
        elif mark == '"' and before == "," and (not after or after.isspace()):
            continue  # the end of what began in a line above
        elif not before or before.isspace() or before in "([—–-*_>{:，：。,=" or (mark == "“" and DENSE.match(before)):
            whole = mark in '"“«' or (mark in "”»" and bool(after) and not after.isspace())
            speech = mark if whole else ""
    return speech or (bracket if depth else "")


def _closes(opened: str, mark: str) -> bool:
    if opened in OPENERS:
        return mark == OPENERS[opened]
    return mark in {'"': '"”', "“": '”"', "„": '“”"', "”": "”", "«": "»", "»": "«"}[opened]


def stopped(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return line.rstrip(CLOSERS)[-1:] in ENDS


def is_letter(char: str) -> bool:
    """A letter, a digit, or a sign that belongs to a letter, as vowels do in Hindi; no part of a picture."""
    if char.isalnum():
        return True
    return unicodedata.category(char) in ("Mn", "Mc") and not "\ufe00" <= char <= "\ufe0f"


def size(line: str) -> int:
    """Words; two characters are one where no spaces stand between words."""
    dense = len(DENSE.findall(line)) if not line.isascii() else 0
    return len(line.split()) + dense // 2


@dataclass(frozen=True)
class Ending:
    """The end of a text. ``before``: the lines above the last one, stripped, none empty; ``first``: of the text."""

    before: list[str]
    last: str
    prompt: str
    first: str
    stanzas: tuple[int, ...] = ()
    """Lines of the paragraphs, from the first that is looked at to the last."""

    @property
    def plain(self) -> str:
        return self.last.strip().strip("*_~# ").strip()

    @property
    def tail(self) -> str:
        """What comes after the last sentence of the line that ends."""
        return re.split(r"(?<!\b[A-Z])[.!?…]+[\"'”’»)]*\s+", self.plain[-120:])[-1].strip("*_~ ")

    @property
    def around(self) -> str:
        return " ".join(self.before[-3:])
