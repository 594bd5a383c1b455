"""What a prompt, or a text, says of strange signs: that they were asked for, or are what it is about."""

from __future__ import annotations

import re

ENCODING = re.compile(
    r"\b(?:mojibake|encod(?:ed|e|ings?|er)|decod\w+|utf-?8|utf-?16|latin-?1|iso-8859\S*|windows-125\d|cp125\d|charset|"
    r"unicode|u\+[0-9a-f]{4,6}|replacement (?:character|sign)|code ?points?|bytes?|special tokens?|tokeni[sz]\w*|chat "
    r"templates?|chatml|control characters?|escape (?:sequences?|codes?|characters?)|private use|glyphs?|zalgo|"
    r"homoglyphs?|html|strikethrough|icon fonts?|null character|nul|ansi|ascii|diacritics?|combining|zero-width|"
    r"invisible characters?|percent-encod\w+|quoted-printable|regex\w*|terminal|kodierung|encodage|кодировк\w*)\b"
    r"|编码|乱码|文字化け",
    re.IGNORECASE,
)
ENCODING_HERE = re.compile(ENCODING.pattern.replace(r"u\+[0-9a-f]{4,6}|", ""), re.IGNORECASE)
"""The same in a text, of which a code does not explain itself."""
STRANGE = (
    r"characters|symbols|secret (?:code|message|language|alphabet|writing)\w*|cipher\w*|encrypt\w*|decrypt\w*|base "
    r"?(?:16|32|58|64)|hex(?:adecimal)?|binary|morse|rot-?13|hash(?:es|ed)?|checksums?|sha-?\d*|md5|uuids?|guids?|"
    r"passwords?|passphrases?|api keys?|random|barcodes?|qr|emojis?|emoticons?|pictograms?|smileys?|draw(?:ing|n)?|"
    r"ascii|pixels?|gibberish|nonsense|babbl\w*|alien\w*|conlang|incantations?|spells?|magic words?|glitch\w*|"
    r"corrupt\w*|cursed|creepy|eldritch|anagrams?|scrambl\w*|jumbl\w*|backwards?|revers(?:e|ed)|mirror(?:ed)?|upside|"
    r"pig latin|leet\w*|fonts?|fancy|vaporwave|aesthetic|dna|rna|protein|genome|smiles|keyboard|robots?|braille|"
    r"runes?|runic|hieroglyph\w*|shorthand|glossolalia|beatbox\w*|puzzle|crossword|sudoku|maze|progress bar|bar chart|"
    r"chess board|serial numbers?|licen[cs]e keys?|swear\w*|curs(?:es|ing)|spelled out|(?:remove|without|delete|"
    r"between)\b.{0,9}\b(?:spaces|letters|vowels)|mocking|spongebob|ransom|(?:random|alternating) caps"
)
ASKED_FOR = re.compile(rf"\b(?:{STRANGE})\b|{ENCODING.pattern}", re.IGNORECASE)
"""What asks for strange signs."""
WORDS_FOR = re.compile(
    rf"\b(?:{STRANGE}|cod(?:e|ed|es)|strings?|art|patterns?|charts?|graphs?|diagrams?|grid|map|invented|made-up|"
    rf"imaginary|"
    r"lorem|ipsum|placeholder|sound poem|dada\w*|jabberwock\w*|vowels?|spaces?|sequences?|chess|notation|typos?|"
    r"toddler|baby(?:'s)? (?:talk|babbl\w*|words?|sounds?)|machine (?:code|translat\w*)|digits?|numbers?|pi|primes?|"
    r"data|csv|json|xml|yaml|logs?|dump|script|function|program|url\w*|links?|addresses|ids?|stenograph\w*|"
    r"abbreviat\w*|txt|sms|tongues?|onomatopoe\w*|scat|latin|names|list|inventory|formulas?|equations?|reactions?|"
    r"chemi\w*|math\w*|latex|tex|phonetic\w*|ipa|pronunciation|knit\w*|crochet|tabs?|tablature|sheet music|solf\w+|"
    r"crypt\w*|riddle|dialect\w*|dialekt\w*|slang|patois|creole|elvish|klingon|stutter\w*|drunk\w*|l[e3]{2}t\w*|1337|"
    r"(?:as )?short as possible|shortest|terse|(?:trade|game|gamer|group) chats?|chat (?:style|sample|log)s?|pidgin|"
    r"scots|cockney|accents?|(?:mis)?spell\w*|telegrams?|telegraphic|texting|text (?:chat|message)s?|(?:[4-9]|four|"
    r"five|six|seven|eight|nine)[ -]years?[ -]old|aged? [4-9]|(?:child\w*|kids?|pupils?)(?:'?s'?)? (?:writing|"
    r"spelling|letters?|diar\w+|sentences?|notes?|essays?)|"
    r"teenagers|txts?|text-?speak)\b",
    re.IGNORECASE,
)
"""What asks for words that are none."""
ABOUT_TOKENS = re.compile(
    ENCODING.pattern.replace(r"\b(?:", r"\b(?:tokens?|bert|gpt|prompt format|padding|masked|classification|", 1),
    re.IGNORECASE,
)
CODE_FOR = re.compile(
    r"\b(?:code|script|function|program|regex\w*|command|json|html|latex|shell|bash|python|sql|c\+\+|javascript|"
    r"string|perl|"
    r"sed|awk|url\w*|links?|format)\b",
    re.IGNORECASE,
)
"""What asks for text that has escapes of its own."""
FILES = re.compile(
    r"\.(?:po|properties|json|ya?ml|csv|tsv|xml|srt|vtt|strings|resx|ini|toml|arb|xliff)\b|\\u escapes|\bgettext\b",
    re.IGNORECASE,
)
"""What asks for a file in which lines of two languages, or their letters as codes, may stand."""
TEXTED = re.compile(
    r"\b(?:(?:u|ur|wat|wats|pls|plz|thx|lol|lmao|idk|omg|gr8|2nite|2day|2moro|cuz|coz|shud|cud|wud|wanna|gonna|bro|ngl)\b"
    r"|im\b|yo\b whats)",
    re.IGNORECASE,
)
"""How one writes to whom one may answer in kind."""
MOJIBAKE = re.compile(
    "(?<![A-ZÀ-Þ])Ã[\u0080-\u00bf\u0192\u201a-\u203a\u20ac\u0160\u0161\u0152\u0153\u017d\u017e\u02c6\u02dc\u2122]|"
    "Â(?:[\u0080-\u009f\u00a1-\u00bf]|\u00a0)|[âÂ]€[\u0080-\u00bf\u0153\u2122\u0178-\u017e\u2018-\u203a\u02dc\u201c¦]|"
    "ï¿½|ï»¿|ðŸ[^\\s\\w]?|锟斤拷|烫烫|屯屯屯|‚Ä[ôòúùîìÂ¶¢]|ΓÇ[ÖöôòæØó]|вЂ[™њќ”“¦]|ÔÇ[ÖöØ£¥æ]|鈥[檚渰攂斺]|"
    "[âãäåæçèéêëìíîïð](?:[¡-¬®-¿][Ģ-ł]|[Ģ-ł][¡-¬®-¿Ģ-ł])|[ÃÂÐÑ][Ģ-ł]"
)
MOJIBAKE_SIGNS = frozenset("ÃÂâïð锟烫屯‚ΓвÔ鈥")
MISREAD = re.compile(
    "(?:[ÐÑ][^\x00-\x7fÀ-ÿ]|[ÐÑ][\u00a0-\u00bf]){2,}|(?:[ØÙ][^\\s\x00-\x7fÀ-ÿ]){3,}|"
    "(?:[РС][\u0402-\u040f\u0451-\u045f\u00a0-\u00bf\u2013-\u203a°€™№]){2,}|"
    "(?:[РСШЩ][\u0400-\u04ff\u00a0-\u00bf\u2013-\u203a€]){6,}|(?:[ä-éã][^\\s\x00-\x7fà-ÿ]{1,2}){3,}"
)
MISREAD_SIGNS = frozenset("¡¢£¤¥¦§¨©ª¬®¯±²³´µ¶¸¹º¼½¾ˆ‰Š‹ŒŽ†‡ƒŸ€‚„¿˜›™œžЂЃЉЊЌЋЏђѓљњќћџЎўЈҐЁЄЇ\xa0")
"""Of which a misread text has several."""
