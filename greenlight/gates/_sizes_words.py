"""The vocabulary of sizes: numbers, units, limits, and what makes a number no size of the answer."""

from __future__ import annotations

import re

from greenlight.gates._text import word_set

NUMBERS = {
    word: value
    for value, words in {
        1: "one single ein eine einen einem einer un une uno una um uma een één один одно одна одну одном одним "
            "bir tek",
        2: "two couple pair zwei deux dos due dois duas twee два две двух iki", 3: "three drei trois tres tre "
        "três drie "
        "три трёх трех üç", 4: "four vier quatre cuatro quattro quatro четыре четырёх четырех dört",
        5: "five fünf cinq cinco cinque vijf пять пяти beş", 6: "six sechs seis sei zes шесть шести altı",
        7: "seven sieben sept siete sette sete zeven семь семи yedi", 8: "eight acht huit ocho otto oito "
        "восемь восьми sekiz",
        9: "nine neun neuf nueve nove negen девять девяти dokuz",
        10: "ten zehn dix diez dieci dez tien десять десяти on",
        11: "eleven elf onze once undici", 12: "twelve dozen zwölf douze doce dodici doze twaalf двенадцать",
        13: "thirteen", 14: "fourteen", 15: "fifteen fünfzehn quinze quince quindici vijftien пятнадцать",
        16: "sixteen", 18: "eighteen", 20: "twenty zwanzig vingt veinte venti vinte twintig двадцать двадцати yirmi",
        25: "twenty-five", 30: "thirty dreißig trente treinta trenta trinta dertig тридцать otuz",
        40: "forty vierzig quarante cuarenta quaranta quarenta veertig сорок", 60: "sixty sechzig soixante sesenta",
        50: "fifty fünfzig cinquante cincuenta cinquanta cinquenta vijftig пятьдесят elli", 70: "seventy",
        80: "eighty achtzig", 90: "ninety", 100: "hundred hundert cent cien cento cem honderd сто ста yüz",
        200: "zweihundert doscientas doscientos duecento duzentas tweehonderd двести", 300: "dreihundert trescientas "
        "trecento trezentas driehonderd триста", 500: "fünfhundert quinientas cinquecento quinhentas пятьсот",
        1000: "thousand tausend mille mil duizend тысяча bin",
    }.items()
    for word in words.split()
}  # fmt: skip
ITEMS = (
    "item items things bullet bullets points point tips tip examples example steps questions reasons ideas facts "
    "suggestions "
    "oneyliners options rows jokes names synonyms headlines titles slogans taglines ways benefits advantages "
    "disadvantages pros cons recommendations arguments rules lessons strategies quotes puns riddles pieces keywords "
    "hashtags activities causes habits takeaways stichpunkte stichpunkten aufzählungspunkte punkte punkten beispiele "
    "beispielen tipps schritte schritten fragen gründe ideen vorschläge fakten puces exemples conseils étapes "
    "raisons "
    "idées faits suggestions puntos ejemplos consejos pasos preguntas razones punti esempi consigli passi passaggi "
    "domande motivi idee pontos exemplos dicas passos perguntas motivos razões ideias punten voorbeelden "
    "stappen vragen "
    "redenen ideeën titres titel titoli títulos"
)
UNITS = {
    word: unit
    for unit, words in {
        "words": "word words wort worte worten wörter wörtern mot mots palabra palabras parola parole palavra "
        "palavras "
        "woord woorden",
        "sentences": "sentence sentences satz sätze sätzen phrase phrases frase frases frasi oración "
        "oraciones zin zinnen",
        "paragraphs": "paragraph paragraphs absatz absätze absätzen paragraphe paragraphes párrafo párrafos parrafo "
        "parrafos paragrafo paragrafi parágrafo parágrafos alinea alinea's alineas",
        "lines": "line lines zeile zeilen ligne lignes línea líneas lineas riga righe linha linhas regel regels vers "
        "versos versi",
        "chars": "character characters chars zeichen caractère caractères caracteres caratteri tekens",
        "stanzas": "stanza stanzas strophe strophen strophes estrofa estrofas strofa strofe strofen estrofe estrofes",
        "verses": "verse verses",
        "items": ITEMS,
    }.items()
    for word in words.split()
}  # fmt: skip
PREFIXES = ("слов", "предложен", "абзац", "строк", "символ", "пункт", "пример", "совет", "шаг", "вопрос", "строф",
            "kelime", "cümle", "paragraf", "satır", "karakter", "madde", "örnek", "ipucu", "adım", "soru",
            "öneri", "fikir", "neden",
            "kıta")  # fmt: skip
ADJECTIVES = word_set(
    "short long full brief complete simple concise single clear separate whole tight crisp plain english "
    "solid different "
    "small compact or more less fewer of kurze kurzen kurzer kurzem ganze einfache courtes courts court "
    "courte simples "
    "cortas cortos corta corto brevi breve breves curtas curtos korte короткое короткий коротких коротких коротком "
    "kısa tane adet sola solo seule seul einziges einzigen unica única só metered rhyming rhymed separate "
    "handwritten typed"
)
ENGLISH = word_set(
    "the write give list name me about of what explain tell describe please for why how suggest words with and "
    "to recommend "
    "brainstorm this that"
)
LISTING = word_set(
    "nenne nenn nennt назови назовите перечисли cite citez nomme nommez nombra menciona enumera elenca cita "
    "nomina noem "
    "liste lista lijst список"
)
GENERIC = word_set(
    "list name generate give suggest brainstorm recommend propose provide offer share with exactly least most"
)
MEASURES = word_set(
    "minutes hours days weeks months years seconds times stories poems haikus essays letters dollars euros "
    "pounds miles "
    "cups grams degrees people characters versions parts chapters sections scenes acts pages paragraphs dialogues "
    "emails tweets limericks recipes verses songs monologues tables lists this was is its does has sonnets reviews "
    "columns classes levels languages words' sets rounds thirds halves percent others"
)
SIGN = r"(?:(?<=\W)|^)"
ABOUT_BEFORE = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|circa|some|nearly|close to|in the region of|etwa|ungefähr|"
    r"rund|circa|ca\.?|environ|à peu près|unos|unas|aproximadamente|alrededor de|cerca de|circa|più o meno|mais ou "
    r"menos|ongeveer|zo'n|около|примерно|приблизительно|yaklaşık|aşağı yukarı)|[~≈])\s*(?:a\s+)?$",
    re.IGNORECASE,
)
AROUND_AFTER = re.compile(
    r"\s*(?:or so|approximately|approx|roughly|give or take|more or less|environ|ungefähr|aproximadamente|circa|"
    r"ongeveer|примерно)\b",
    re.IGNORECASE,
)
BEFORE_LESS = re.compile(
    r"(?:\b(?:at (?:the )?(?:very )?most|(?:no|not|never) (?:more|longer) than|(?:no|not) over|"
    r"(?:never|not|\w*n['’]t)(?: ever)? (?:use|write|say|go|be|answer with|reply with|give|take|speak|"
    r"run)(?: me)? (?:more than|over|beyond|above|longer than)|up to|under|below|"
    r"(?<!no )(?<!not )(?:less|fewer|shorter|lower) than|max(?:imum)?\.?(?: \w+)?(?: of|:| is)?|cap(?:ped)?(?: "
    r"\w+)? at|(?:a )?cap of|"
    r"(?:a )?ceiling of|stop(?:s|ping)? (?:at|before)|(?:room|space) for|(?:fits|holds|takes|accepts|allows|"
    r"permits)(?: only| just)?|tops? out at|within|(?:not |\w*n['’]t |never )exceed(?:ing)?|"
    r"limit(?:ed)?(?: it| yourself| your \w+| the \w+)?\s+(?:to|of|is)|word limit:?|limit:?|a limit of|"
    r"keep (?:it|this|that|your \w+|the \w+|things|everything|all \w+) (?:to|within)|"
    r"höchstens|maximal|nicht mehr als|nicht länger als|unter|weniger als|bis zu|au (?:plus|maximum)|maximum|max|"
    r"pas plus de|moins de|jusqu'à|(?:como |un )?máximo(?: de)?|no más de|menos de|hasta|al massimo|non più di|"
    r"(?:un )?massimo(?: di)?|meno di|(?:no )?máximo(?: de)?|não mais (?:de|do que|que)|até|hoogstens|maximaal|"
    r"niet meer dan|minder dan|не более(?: чем)?(?: в| из)?|не больше(?: чем)?(?: в| из)?|максимум|менее|"
    r"меньше|до|en fazla|en çok)|[<≤])\s*:?\s*(?:a\s+)?$",
    re.IGNORECASE,
)
AFTER_LESS = re.compile(
    r"\s*[(,]?\s*(?:or (?:less|fewer|under|shorter)|max(?:imum)?|at (?:the )?(?:very )?most|tops|and no more|"
    r"limit|or below|"
    r"oder weniger|höchstens|maximal|ou moins|au (?:plus|maximum)|o menos|como máximo|máximo|o meno|al massimo|"
    r"ou menos|no máximo|of minder|maximaal|или меньше|максимум|не более|-?i geçme)\b",
    re.IGNORECASE,
)
BEFORE_MORE = re.compile(
    r"(?:\b(?:at (?:the )?(?:very )?least|(?:no|not) (?:fewer|less|shorter) than|min(?:imum|imal)?\.?(?: "
    r"\w+)?(?: of|:| is)?|more than|over|"
    r"(?:longer|upwards?) (?:than|of)|mindestens|nicht weniger als|mehr als|au (?:moins|minimum)|plus de|minimum|"
    r"al menos|por lo menos|(?:como )?mínimo(?: de)?|más de|no menos de|almeno|(?:un )?minimo(?: di)?|più di|"
    r"pelo menos|no mínimo|mais de|ten minste|minstens|tenminste|minimaal|meer dan|не менее|не меньше|минимум|более|"
    r"больше|en az)|[>≥])\s*:?\s*(?:a\s+)?$",
    re.IGNORECASE,
)
AFTER_MORE = re.compile(
    r"\s*[(,]?\s*(?:or (?:more|longer)|min(?:imum)?|at (?:the )?(?:very )?least|and up|oder mehr|mindestens|ou plus|"
    r"au (?:moins|minimum)|o más|(?:como )?mínimo|o più|almeno|ou mais|no mínimo|of meer|минимум|или больше)\b|\+",
    re.IGNORECASE,
)
NEVER = (
    r"(?:(?<!\w)(?:rejects?|refuses?|no|not|never|without|ohne|sans|sin|senza|sem|nothing|none|don't|cannot|"
    r"can't|mustn't|shouldn't|won't|isn't|neither|nicht|keine\w*|pas|non|não|"
    r"niet|не)(?:\s+(?:be|going|getting|running|go|run|get|drop|fall|come in|stay|write|use|make it|have|ever|"
    r"sink|dip|submit|contain|include|list|offer|suggest|give me|any|es|sein|être|anything|ser|is|at))*)"
)
NOT_UNDER = re.compile(
    NEVER + r"\s+(?:under|below|shorter|less|fewer|lower|smaller|short of|kürzer|weniger|unter|moins|menos|meno|"
    r"minder|менее|меньше|короче)(?:\s+(?:than|als|de|di|do que|dan|чем))?\s*(?:a |about )?$",
    re.IGNORECASE,
)
NOT_OVER = re.compile(
    NEVER + r"\s+(?:over|above|beyond|past|longer|more|greater|bigger|larger|länger|mehr|über|plus|más|più|mais|meer|"
    r"langer|более|больше|длиннее|exceed)(?:\s+(?:than|als|de|di|do que|dan|чем))?\s*(?:a |about )?$",
    re.IGNORECASE,
)
EXACTLY = re.compile(
    r"\b(?:exactly|precisely|genau|exakt|exactement|précisément|exactamente|esattamente|exatamente|precies|ровно|"
    r"точно|tam(?: olarak)?)\s*$",
    re.IGNORECASE,
)
JOINED = re.compile(
    r"\b(\d+|[^\W\d_]+)\s*(?:-|–|—|‑|\b(?:to|or|and|bis|oder|und|à|a|ou|et|o|y|u|e|até|tot|of|en|до|или|и|ila|veya)\b)"
    r"\s*$",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"\b(?:write|writes|give|gimme|appreciate|faz|gives|list|name|suggest|provide|recommend|brainstorm|"
    r"come up with|compose|"
    r"draft|create|"
    r"generate|produce|make|keep|limit|need|want|answer\w*|reply|replies|respond\w*|describe|explain|"
    r"summari[sz]e|tell|"
    r"sum up|define|show|offer|share|prepare|craft|pen|condense|shorten|expand|extend|boil|use|using|aim for|stick to|"
    r"stay|output|return|i'd like|i would like|looking for|let'?s have|do|send|propose|outline|review|respond|be|"
    r"must|should|get|(?:can|could|may) (?:i|we) (?:get|have)|speak|talk|say|invent|think of|introduce|translate|turn|"
    r"besoin|souhait\w*|aimerais|faudrait|bräuchte|gostaria|хочу|хотел\w*|istiyorum|schreib\w*|verfass\w*|gib|"
    r"nenn\w*|erklär\w*|beschreib\w*|erzähl\w*|antwort\w*|fass\w*|zähl\w*|formulier\w*|"
    r"brauche|möchte|écri\w*|rédige\w*|donne\w*|cite\w*|explique\w*|décri\w*|racont\w*|répond\w*|résume\w*|liste\w*|"
    r"propose\w*|nomme\w*|voudrais|escrib\w*|redact\w*|dame|da|dime|explica\w*|describ\w*|cuent\w*|respond\w*|"
    r"resum\w*|enumera\w*|menciona\w*|necesito|quiero|scriv\w*|dammi|spieg\w*|descriv\w*|raccont\w*|rispond\w*|"
    r"riassum\w*|elenca\w*|"
    r"vorrei|escrev\w*|dê|dá|explique|descrev\w*|cont\w*|respond\w*|resum\w*|list\w*|cite|preciso|quero|"
    r"schrijf\w*|geef|"
    r"noem|leg|beschrijf|vertel|antwoord\w*|vat|напиши\w*|дай\w*|назови\w*|объясни\w*|опиши\w*|расскажи\w*|"
    r"ответь\w*|перечисли\w*|составь\w*|сочини\w*|приведи\w*|нужн\w*|yaz\w*|redij\w*|elabor\w*|faça|crie|gere|"
    r"haz|crea|genera|fais|crée|fai|componi|erstell\w*|mach|придумай\w*|создай\w*|сделай\w*|maak|ver|anlat\w*|"
    r"açıkla\w*|söyle\w*|sırala\w*|listele\w*)\b",
    re.IGNORECASE,
)
IN_BEFORE = re.compile(
    r"\b(?:in|within|using|as|into|to|under|mit|en|em|met|на|в|из|con|com|avec|dans|in nur|in just|in only|with just|"
    r"with just|with only)\s+(?:(?:just|only|nur|seulement|solo|apenas|slechts|just about|about|around|"
    r"roughly|exactly|"
    r"approximately|at most|at least|no more than|not more than|fewer than|less than|under|a maximum of|up to|max\.?|"
    r"maximum|between|precisely|genau|etwa|ungefähr|höchstens|maximal|mindestens|rund|environ|exactement|au plus|"
    r"moins de|máximo|como máximo|menos de|unas|unos|exactamente|aproximadamente|circa|al massimo|esattamente|"
    r"no máximo|cerca de|ongeveer|maximaal|precies|hoogstens|a|the|одном)\s+){0,2}$",
    re.IGNORECASE,
)
BELONGS = re.compile(
    r"\b(?:the|whose|um|this|these|those|that|my|your|his|her|our|their|its|first|last|next|final|opening|"
    r"previous|following|"
    r"other|another|same|all|original|der|die|das|diese[rnms]?|meine[rnms]?|letzten|ersten|les|ces|cette|cet|ce|mes|"
    r"mon|ma|premi\w+|derni\w+|los|las|el|estos|estas|este|esta|mis|mi|primer\w*|últim\w*|gli|questi|queste|"
    r"questo|prim[ieoa]|ultim\w+|os|estes|estas|meu|minha|deze|dit|mijn|эт\w+|мо[йияё]\w*|перв\w+|последн\w+|bu|şu|"
    r"cut|remove|delete|drop|add|trim|lose|append|insert|change|fix|replace|underline|highlight|find|count|correct|"
    r"improve|by|every|after|before|per|than the|streiche|entferne|ergänze|füge|ajoute\w*|supprime\w*|añade|quita|"
    r"aggiungi|togli|adicione|добавь|убери|merge|combine|memori[sz]e|learn|(?<!long )(?<!quick )(?<!short )read|"
    r"about my|not just|not only|"
    r"instead of|rather than|avoid|no|without|don['’]t use|never use|not in|not with)\s+(?:(?:about|around|"
    r"all|exactly|only|of|any|just|whole|full|entire)\s+){0,2}[\"'“(]?$",
    re.IGNORECASE,
)
RELATIVE = re.compile(
    r"(?:,? from (?:my|the|this|that|these|his|her|their|our|your|an?|each|every|which|it)\b(?! (?:person|view|"
    r"point|perspective|assistant|standpoint|voice|eyes))|,? (?:that(?!['’]?s (?:it|all|enough|fine|plenty)\b)|"
    r"who|which|whose)\b(?! (?:rhyme|start|begin|"
    r"help|cover|explain|describe|show|will|would|can|could|capture|sum|make|i can|you can|we can))|[ ]+(?:were|"
    r"was|is|are|had|have|changed|too (?:long|short|many|few)|over the|short of|left|spoken|between(?! (?:two|"
    r"three|an?|my|the two)\b)|apart|ago|a day|"
    r"per(?! (?:favore|piacere|answer|reply|response|message|\w+[aei]re)\b)|a week|an hour|shorter|longer|"
    r"daily|above|below|later|earlier|limit on|rule|behind|ahead|into|he|she|they|i|we|you|long ago|back|problem|test|"
    r"challenge|method|technique|count|die|der|das man|qui|que|che|которые|который)\b(?! (?:rhyme|start|begin|"
    r"help|cover|"
    r"explain|describe|show|will|would|can|could|capture|sum|make|i can|you can|we can))|[ -]of code\b|['’]s?\b)",
    re.IGNORECASE,
)
EACH_AFTER = re.compile(
    r"[\s,(]*(?:each(?! time)|apiece|per(?! (?:answer|reply|response|message|turn|post|request|favore|piacere|"
    r"\w+[aei]re)\b)|every(?! "
    r"time)|an? (?:turn|day|week|month|hour|minute|page|person|piece|head|row|year|file|question|country|slide|"
    r"sentence|line|paragraph|point|bullet|item|entry|step|verse|stanza|section|chapter|card|scene|word|"
    r"night|go)\b|long each|or (?:so|less|fewer) (?:each|per(?! (?:answer|reply|response|message|turn|post|"
    r"request)\b))|max(?:imum)? (?:each|per)|at most each|"
    r"jeweils|pro|je|chacun\w*|par|cada|ciascun\w*|l'uno|por(?! favor)|elk|каждый|каждая|каждое|kaçar)\b",
    re.IGNORECASE,
)
EACH_BEFORE = re.compile(
    r"\b(?:(?:each|every)(?! (?:of your )?(?:answers?|repl\w+|responses?|messages?|time|question))|"
    r"all of them|per|jeder?(?! antwort)|jedes|jeweils|chaque|chacun\w*|cada|ogni|ciascun\w*|elke?|кажд\w+|her "
    r"(?:biri|bir|cümle|paragraf|madde)|respectively|both)\b[^,.;]{0,50}$",
    re.IGNORECASE,
)
INCLUDED = re.compile(
    r"\b(?:(?:includ\w+|contain\w+|mention\w*|featur\w+|based on|followed by|plus|preced\w+|sprinkle|weave|quote|"
    r"repeat\w*|enthält|inclu\w+|includ\w+)(?: (?:it|them|this|the \w+|your \w+|story|text))?|"
    r"(?:start\w*|begin\w*|end|ends|ending|finish\w*|open|opens|opening|clos\w+|conclud\w+|beginn\w*|ende\w*|"
    r"commenc\w+|termin\w+|finis\w*|empiez\w+|comienz\w+|inizi\w+|comec\w+|начн\w*|закончи\w*)"
    r"(?: (?:it|them|this|up|off|the \w+|your \w+|story|text))?(?: (?:with|by|on|in|mit|par|con|com|met|sur|avec|"
    r"с)\b|\s*$))[^,.;:]{0,24}$",
    re.IGNORECASE,
)
LINK = re.compile(
    r"\b(?:(?:that|which)(?! (?:is|are|runs)\b)|who|whose|where|whom|because|although|while|since|after|"
    r"before|says|said|wrote|reads|knows|spoke|learned|can only|qui|dont|parce|quien|perché|weil|который|которая|"
    r"lequel|laquelle)\b[^,;]{0,80}$",
    re.IGNORECASE,
)
TOPIC = re.compile(
    r"\b(?:stor(?:y|ies)|poem|tale|text|essay|talk|song|article|piece|scene|something|me|book|film|novel|note|joke|"
    r"legend|fable|letter|speech|history|theory|rule|power)\s+(?:about|on)\s*$|\b(?:сказк\w+|истори\w+|рассказ\w*|"
    r"стих\w*|статью)\s+(?:об?|про)\s*$|\bgeschichte\w* (?:von|über|mit)(?: den)?\s*$|\bhistoire (?:de|des|sur)\s*$|"
    r"\b(?:historia|cuento|storia|história|verhaal) (?:de|di|sobre|su|over|van)\s*$",
    re.IGNORECASE,
)
NOT_SO = re.compile(
    r"\b(?:need not|needn['’]t|(?:do|does)(?: not|n['’]t) (?:have|need) to|not necessarily|don['’]t|do not|never|"
    r"no need|avoid|not (?:just|only|merely|simply)|nicht|ne|sin|senza|não|niet|не)\b[^.,;:]{0,30}$",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"\b(?:(?:first|second|third|last|final|opening|closing|middle|each)(?: (?:paragraph|sentence|line|part|"
    r"section|stanza|"
    r"point|bullet|verse|chapter))?s? (?:should|must|has|have|is|are|of|in|with|can|may|needs)|(?:(?:sentences|"
    r"paragraphs|lines|bullets|points|items|stanzas|verses|headings|"
    r"entries|tips|steps|each one) (?:should|must|"
    r"may|can|have|has|need|of))|"
    r"(?:headlines|titles|chapters|captions|slides|sections) (?:should|must|may|can|have|need)|(?:title|headline|"
    r"intro\w*|"
    r"conclusion|ending|chorus|summary|subject line|caption) (?:should|must|has|have|is|can|may|"
    r"needs))\b[^.,;:]{0,30}$",
    re.IGNORECASE,
)
AND_ANOTHER = re.compile(
    r"\b(?:and|then|plus|followed by|und|et|y|e|и|with)(?: then| also| finally)?"
    r"(?: write| add| give| list| name| suggest| ask| tell| provide| offer| propose| recommend)?(?: me)?"
    r"(?: (?:a|an|another|some|eine?n?|une?|una?))?\s*$",
    re.IGNORECASE,
)
QUESTION = re.compile(
    r"(?:and |but |so |ok(?:ay)?,? )?(?:how (?!about|would you)|why|is |are |was |were |does |did |do (?:you|we|i|"
    r"they)\b|who|when|where|"
    r"which|what|has |have (?:you|we|i)|should (?:i|we)\b|is there|i (?:wrote|have(?! (?:only |just )?(?:room|"
    r"space))|read|had|saw|found|love|heard|once|just (?:wrote|read|had|found|saw|finished))|"
    r"explain (?:why|how|what|the \d)|tell me (?:why|how|what)|wie |warum|was |ist |"
    r"pourquoi|comment|qu'est|por qué|cómo|qué|perché|come (?!up\b)|por que|como|o que|waarom|hoe |wat |почему|"
    r"как |что |once upon|define |compare|analy[sz]e|discuss)",
    re.IGNORECASE,
)
LATER = re.compile(
    r"\b(?:later|next (?:time|turn|message|week|answer)|afterwards|tomorrow|i['’]?ll|i will|going to|then i|soon|"
    r"if|unless|when|whenever|once|in case|should you|used to|usually|normally|often|wenn|falls|sobald|später|sinon|"
    r"quand|lorsque|cuando|luego|después|quando|poi|depois|als|wanneer|если|когда|потом|eğer|sonra)\b|\bsi\b(?! può)",
    re.IGNORECASE,
)
DOUBT = re.compile(
    r"(?:(?:^|(?<=[.!?…,;—–-] ))actually|\b(?:scratch that|no,? wait|wait,|never ?mind|on second thought\w*|"
    r"(?<=\S )make (?:that|it) \w+(?: \w+)? instead|"
    r"or rather|better yet|i mean|forget (?:the|that|what|about)|ignore (?:the|that|all|any|previous)|"
    r"as (?:many|much|long) \w*|(?:twenty|20) questions(?! (?:to|for|about|on|that))|"
    r"no limit|doesn['’]t matter|does not matter|don['’]t worry|feel free|ideally|if possible|at your discretion|"
    r"nein,? doch|ach nein|vielmehr|quatsch|en fait|plutôt|finalement|mejor dicho|no,? espera|anzi|aspetta|"
    r"na verdade|ou melhor|toch maar|of nee|вернее|точнее|нет,? лучше|хотя нет|不对|算了|还是|やっぱり|やはり|いや)\b)",
    re.IGNORECASE,
)
GIVEN = re.compile(
    r"^[^\n]{0,160}\b(?:translat\w+|proofread\w*|correct|edit|rephrase|paraphrase|rewrite|summari[sz]e|"
    r"shorten|condense|"
    r"polish|fix|improve|continue|classify|grade|review|critique|analy[sz]e|übersetz\w*|korrigier\w*|fass\w*(?! "
    r"dich| sich| euch)|traduis\w*|corrige\w*|"
    r"résume\w*|traduce\w*|resum\w*|traduci|correggi|riassumi|traduz\w*|corrija|vertaal|verbeter|vat|"
    r"перевед\w*|исправь\w*|сократи\w*)\b[^\n:]{0,120}:(?=\s)",
    re.IGNORECASE,
)
PART = (
    r"(?:title|headline|heading|intro(?:duction)?|conclusion|subject lines?|caption|hook|preface|abstract|footnote|"
    r"tl;?dr|greeting|signature|moral|tagline|epigraph|summary|hashtags?|überschrift|titel|einleitung|titre|"
    r"título|titolo|заголовок)\b"
)
PART_TOO = re.compile(
    r"\b(?:and|plus|then|followed by|with|also|und|dann|mit|et|puis|avec|y|luego|con|poi|com|depois|и|затем)\s+"
    rf"(?:[\w'’-]+\s+){{0,3}}?{PART}|\b{PART}\W{{0,3}}(?:and|plus|then|followed by|und|et|y|и)\s+(?:an?|the|one|"
    r"two|three|\d+|eine?n?|une?|una)\b",
    re.IGNORECASE,
)
"""A part beside the piece that has the size."""
OTHER_TASK = re.compile(
    r"\b(?:and|then|plus|followed by|und|dann|et|puis|y|luego|e poi|и|затем)(?: then| also)?(?: write| give| add)?"
    r"(?: me)? (?:a|an|one|another|two|three|four|five|\d+|eine?n?|une?|una?)[ -](?:[\w-]+[ -]){0,2}(?:essay|"
    r"poem|story|"
    r"summary|list|table|quiz|article|explanation|image|e-?mail|speech|letter|report|song|dialogue|analysis|version|"
    r"gedicht|aufsatz|liste|poème|résumé|poema|resumen|стих\w*|список)\b",
    re.IGNORECASE,
)
PROGRAM = re.compile(
    r"\b(?:write|writes|create|make|makes|build|implement|code|need|want|give me|show me|generate|develop|using|"
    r"in|for|as|"
    r"schreib\w*|écri\w*|escrib\w*|scriv\w*|escrev\w*|напиши\w*)\s+(?:(?!about\b|on\b|of\b|for\b|words?\b|over\b|"
    r"sentences?\b|"
    r"paragraphs?\b|lines\b|how\b|what\b|why\b|explain\w*\b)[\w+#-]+\s+){0,4}(?:regex\w*|regexp|function|method "
    r"that|codebase|source code|code|"
    r"code that|script that|program|spreadsheet|json|xml|csv|yaml|html|css|sql|web form|app|password|username|"
    r"api|validator|parser|decorator|funktion|"
    r"fonction|función|funzione|função|функци\w+)\b(?!['’])|\b(?:validat(?:e|es|ing) that|checks? (?:that|whether|if)|"
    r"(?:python|bash|shell|powershell|java(?:script)?|perl|ruby|lua|rust|php|sql|c\+\+|golang) "
    r"(?:script|program|function|code|class|snippet|query|loop|one[-y]?liner)s?|regex that|function that|"
    r"method that|code that|script that|program that|output json|json (?:object|array|only|with))\b",
    re.IGNORECASE,
)
OPENS = re.compile(
    r"\s*(?:,\s*)?(?:[\w-]+,?\s+){0,2}(?:on|about|for|explaining|describing|summari[sz]ing|introducing|covering|"
    r"of (?:\w+ )?(?:advice|praise|text|prose|verse|fiction|poetry|dialogue|wisdom|encouragement)|why|how|what|"
    r"über|zu|(?:summary|description|overview|review|definition|explanation|account|recap|version|history|portrait|"
    r"analysis) of|für|sur|à propos|pour|sobre|para|su|per|over|voor|о|об|про|для|hakkında)\b",
    re.IGNORECASE,
)
