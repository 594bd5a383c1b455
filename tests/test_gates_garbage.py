"""The gate ``garbage`` by families: what each rule is for, and what it must let pass."""

from __future__ import annotations

import time
from random import Random
from typing import Any

import pytest

from greenlight import parts, sift
from greenlight.forms import of_data
from greenlight.nouns import Flag

AUNT = (
    "My aunt keeps her receipts in a biscuit tin, sorted by colour. When the tax office wrote to her last "
    "spring, she "
    "took the tin under her arm and went there in person. The clerk looked at the pink ones for a while. Then "
    "he asked "
    "whether there were any biscuits left."
)
NOISE = {
    "koi8 read as cp1251": "В нашем подъезде жила старушка, которая знала все новости раньше газет и сидела у "
    "окна.".encode("koi8-r").decode("cp1251", "ignore"),
    "cp1251 read as cp1252": "Она сидела у окна с чашкой чая и смотрела, кто куда пошёл вечером.".encode(
        "cp1251"
    ).decode("cp1252", "ignore"),
    "greek read as cp1252": "Στο χωριό μας υπάρχει ένα καφενείο που δεν κλείνει ποτέ το βράδυ.".encode("cp1253").decode(
        "cp1252", "ignore"
    ),
    "bytes of a tokenizer": AUNT.replace("receipts", "receiptâĢĻs"),
    "one quote of a Mac": AUNT + " It‚Äôs late.",
    "seven bits": "Der Schl+APw-ssel passte zu keiner T+APw-r, und er trug ihn f+APw-r uns alle in der Tasche.",
    "words at random": "Window the of running green to a because that paper in was under his although the is "
    "for with "
    "at garden. And not seven moon than by it on the bottle from very never to of zebra which is an.",
    "a sentence shuffled": "the her in under biscuit keeps a and of there arm tin to went she the office when his is "
    "person took with spring a by the last tax wrote than in an left.",
    "pieces of words": f"{AUNT}\n\ntion ing ness ably ment ization ist ible ence ology ould pre ively ful ance tion",
    "keys": f"{AUNT}\n\nsdfjk qwzxc vbnmd fghjk qxzvb jklsd wqrtx zxcvb plkjh gfdsq mnbvc",
    "one word of keys": "asdfghjklsdfghjkladfghjksdfjklhgfdsajkl",
    "splinters of code": "My aunt }); keeps </td> her NULL; receipts printf( in && a ::std biscuit tin ]] "
    "sorted }} by "
    "$_POST[ colour. When => { the self.__ tax (office }; wrote.",
    "bits": "01001101 01111001 00100000 01100001 01110101 01101110 01110100 00100000 01101011 01100101",
    "names between colons": AUNT.replace(". ", ". :sunny: ") + " :wave: And so to bed. :key2: Good night. :bread:",
    "a token in capitals": AUNT + " <EOS>",
    "a token of another model": AUNT + " <reserved_106>",
    "half a token": AUNT + " <|im_end",
    "pieces with their mark": AUNT.replace(" ", " Ġ"),
    "characters of no language": "".join(chr(0x4E00 + 97 * n % 20_900) for n in range(90)),
    "symbols": AUNT + " " + "".join(chr(0x2190 + 37 * n % 1_500) for n in range(60)),
    "cuneiform": AUNT + " " + "".join(chr(0x12000 + n) for n in range(12)),
    "invisible in words": AUNT.replace("e", "e\u200b", 4),
    "struck through": "".join(c + "\u0336" for c in AUNT),
    "small capitals": AUNT.lower().translate(str.maketrans("abcdeklmopuvz", "ᴀʙᴄᴅᴇᴋʟᴍᴏᴘᴜᴠᴢ")),
    "boxes in words": AUNT.replace("e", "□"),
    "a preamble in Spanish": f"¡Claro! Aquí tienes la historia que me pediste:\n\n{AUNT}",
    "one NUL, of which the text speaks": "A NUL ends a string in C, as this one \x00 does.",
    "a byte order mark": "\ufeff" + AUNT,
    "letters apart": "M y   a u n t   k e e p s   i t   i n   a   t i n .",
    "words of several languages": "My aunt aber keeps her receipts también in a tin, nicht sorted by colour. "
    "When the "
    "tax office porque wrote to her, she weil took the tin and siempre went there, obwohl in person.",
}


def judged(data: dict[str, Any]) -> Flag | None:
    flag: Flag | None = parts.make("gates", "garbage", {}).check(of_data(0, data).parts[0].text, None)
    return flag


@pytest.mark.parametrize("kind", sorted(NOISE))
def test_noise(kind: str) -> None:
    flag = judged({"prompt": "Tell me something nice.", "completion": NOISE[kind]})
    assert flag is not None
    assert flag.span is not None
    assert 0 <= flag.span[0] < flag.span[1] <= len(NOISE[kind])


@pytest.mark.parametrize(
    "order",
    [
        {"prompt": "Wie pflege ich Rosen? Antworte bitte auf Deutsch."},
        {"prompt": "Ответь по-русски: что делает тётя?"},
        {"prompt": "请用中文回答：阿姨在做什么？"},
        {"prompt": "Write a short piece in French about my aunt."},
        {"prompt": "How do I make coffee? (in Italian please)"},
        {"prompt": "What does she do?", "system": "You are kind. Always respond in Spanish."},
        {"prompt": "What does she do?", "brief": {"language": "ja"}},
    ],
    ids=str,
)
def test_a_language_that_was_ordered(order: dict[str, Any]) -> None:
    flag = judged({**order, "completion": AUNT})
    assert flag is not None
    assert flag.reason.startswith("in en where ")


@pytest.mark.parametrize(
    "prompt",
    [
        "How do I say thank you in German?",
        "Tell me a joke about a tourist who cannot order soup in French.",
        "Explain how questions are formed in Japanese.",
        "Summarise this text, which is written in Italian: Ogni sera metteva due sedie davanti alla porta.",
        "Wie sagt man das auf Deutsch?",
        "Отвечай на английском: что делает тётя?",
        "Schreib mir auf Englisch, was die Tante macht.",
    ],
)
def test_a_language_that_was_only_spoken_of(prompt: str) -> None:
    assert judged({"prompt": prompt, "completion": AUNT}) is None


TONGUES = {
    "Zulu": "Umkhulu wami wayenewashi elidala odongeni, futhi lelo washi lalihlala lisalele ngemuva ngemizuzu "
    "emihlanu. "
    "Wayethi leyo mizuzu ingeyakhe yedwa, akekho ongamephuca yona. Lapho esedlulile emhlabeni salilungisa iwashi.",
    "Malagasy": "Nanana famantaranandro antitra teo amin'ny rindrina ny dadabeko, ary tara dimy minitra foana "
    "ilay izy. "
    "Nilaza izy fa azy irery ireo minitra ireo ary tsy misy olona afaka maka azy ireo.",
    "Maori": "He karaka tawhito tā taku koroua i runga i te pakitara, ā, e rima meneti te tōmuri o taua karaka "
    "i ngā wā "
    "katoa. I kī ia nāna anake aua meneti, kāore tētahi e āhei te tango.",
    "Mongolian": "Миний өвөөгийн хананд хуучин цаг өлгөөтэй байдаг байсан бөгөөд тэр цаг үргэлж таван минут хоцордог "
    "байв. Өвөө тэр минутууд зөвхөн минийх, хэн ч надаас булааж чадахгүй гэж хэлдэг байлаа.",
    "Hmong": "Kuv yawg muaj ib lub moos qub dai saum phab ntsa, thiab lub moos ntawd ib txwm qeeb tsib feeb. "
    "Nws hais "
    "tias cov feeb ntawd yog nws li xwb, tsis muaj leej twg txeeb tau.",
    "Turkish": "Köyün saatçisi Nuri Usta, rüzgârı sesinden tanırdı. Poyraz estiğinde çarklar ağırlaşır, lodos "
    "geldiğinde "
    "yelkovan hızlanırdı. Çocuklar koştukça fırıldaklar döndü, fırıldaklar döndükçe yapraklar kıpırdadı.",
    "Irish": "Bhí seanchlog ag mo sheanathair in Éirinn, agus bhí na hÉireannaigh go léir leis an tÚdarás ar na "
    "hÁiteanna.",
    "Maltese": "Ġorġ mar il-baħar ma' Ġanni u Ċikku, u l-Ġimgħa Ġużeppi ħadem fil-ġnien sa filgħaxija.",
}


@pytest.mark.parametrize("tongue", sorted(TONGUES))
def test_a_language_that_is_hardly_known(tongue: str) -> None:
    assert judged({"text": TONGUES[tongue]}) is None


MEANT = {
    "What is a toast around the world?": "People say Prost, לחיים, 건배, Santé, Στην υγειά μας when they raise a "
    "glass.",
    "Which emoji names work in our chat?": "Type :smile: for a smile, :heart: for love, :tada: when it works, "
    "and :eyes: "
    "when you look into it. With :wave: you say hello.",
    "The letters of English, please.": "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "The letters from the end, please.": "Z Y X W V U T S R Q P O N M L K J I H G F E D C B A",
    "A tune": "E E F G G F E D C C D E E D D",
    "Du riz au lait": "Pour 2 pers. : 100 g de riz, 1 œuf. Rincer les grains, les cuire, ajouter les œufs un à un, "
    "puis le lait. Servir tiède.",
    "Recite pi to fifty digits.": " ".join("314159265358979323846264338327950288419716939937510"),
    "An example of an ssh key": "ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIJ8x0Qw3mYF0w1t2v3u4y5z6A7B8C9D0E1F2G3H4I5J6 me@host",
    "How do I sort in the browser?": "const f = (x) => { return x.map((y) => ({ a: y[0] })).filter(Boolean); }; "
    "if (a && "
    "b || !c) { log(`${a}::${b}`); } else { g(() => {}); } // done",
    "Noises of my dog": "“What the #$%&!@*!?” Brrrr, hmmmm, pffffft, zzzzzz, shhhhh, grrrrr, said Sam. Then it "
    "was quiet.",
    "化学元素有哪些": "氢氦锂铍硼碳氮氧氟氖钠镁铝硅磷硫氯氩钾钙"
    "钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘",
    "Some long words": "Rechtsschutzversicherung, Angstschweiß, Borschtsch, Knirschschiene, Quarktasche, "
    "Kirschstrudel "
    "und Wurstschnitte sind lange Wörter.",
    "When is it a, when an?": "Use a before a consonant and an before a vowel: never write an cat or a apple. "
    "Prepositions "
    "are of, to, in; don't put the of or the and next to the in.",
    "Explain control flow.": "Set the to field to the from address. The if statement and the for loop use the is "
    "operator; a for loop, a while loop, an if statement and a do block.",
}


@pytest.mark.parametrize("prompt", sorted(MEANT))
def test_what_is_meant(prompt: str) -> None:
    assert judged({"prompt": prompt, "completion": MEANT[prompt]}) is None


@pytest.mark.parametrize(
    "unit", ["the of ", "a ", "a  b ", ": ", "the. ", "_a__", "a##b ", "<U+", "‚Ä", "aa:bb: ", "zxqj", "a,b，", "1 "]
)
def test_long_texts_are_read_in_time(unit: str) -> None:
    began = time.process_time()
    judged({"text": unit * (300_000 // len(unit))})
    assert time.process_time() - began < 2


def test_earlier_turns_settle_the_language() -> None:
    def fired(*turns: str) -> bool:
        roles = ("user", "assistant")
        said = [{"role": roles[n % 2], "content": turn} for n, turn in enumerate(turns)]
        choice = next(one for one in sift.DEFAULT if one.name == "garbage")
        return bool(sift.judge(of_data(1, {"messages": said}), [choice]).fired)

    answer = "La capital del Perú es Lima, una ciudad de la costa con unos diez millones de habitantes."
    assert not fired("From now on please answer in Spanish.", "Por supuesto.", "What is the capital of Peru?", answer)
    assert fired("Hello!", "Hello! What can I do for you?", "What is the capital of Peru?", answer)


DECLARED = "".join(
    f"GEO_API geo::Shape & {name}_(geo::Shape & self, const geo::Scalar & width, const geo::Scalar & value);\n"
    f"GEO_API geo::Shape & {name}_out(geo::Shape & out, const geo::Shape & self, const geo::Scalar & width);\n"
    for name in ("shrink", "grow", "turn")
)
PROGRAMS = {
    "declarations": DECLARED,
    "functions of strings": "extern char *\tstpcpy(char *dst, const char *src);\nextern int\tstrcmp(const char *s1, "
    "const char *s2);\nextern size_t\tstrcspn(const char *s, const char *set);\nextern char *\tstrdup(const "
    "char *s);\n",
    "constants": "/* Calls of the table.  */\n"
    + "".join(
        f"#define SIOC{name}\t0x89{n:02X}\t\t/* {said} */\n"
        for n, (name, said) in enumerate(
            [("ADDRT", "add a route"), ("DELRT", "drop a route"), ("GIFNAME", "get a name"), ("SIFFLAGS", "set flags")]
            * 4
        )
    ),
    "escapes in strings": "def page(name):\n    text = 'Hello,\\n\\n'\n    text += f'{name}\\n\\tis here.\\n'\n"
    "    text += '\\n\\n'\n    text += 'Bye.\\r\\n\\t\\n'\n    return text\n",
    "a pattern": "import re\n\nWORD = re.compile(\n    "
    "r'(?:[+-]?0x[\\dA-Fa-f](_?[\\dA-Fa-f])*(.([\\dA-Fa-f](_?[\\dA-Fa-f])"
    "*)?)?([pP][+-]?[\\dA-Fa-f](_?[\\dA-Fa-f])*)?)',\n)\n",
    "names": "p_0, p_1, p_2, q_0, q_1 = symbols('p_0 p_1 p_2 q_0 q_1')\nQ = (p_0 + (p_1 + p_2/y)/y)/(1 + "
    "(q_0/(q_1*y) + "
    "(q_1*p_2 - q_0*p_1)/q_1**2)/y)\nassert Q.subs(p_0, 1) == (1 + (p_1 + p_2/y)/y)/(1 + (q_0/(q_1*y))/y)\n",
}
DOCUMENTS = {
    "numpydoc": "from_count\n\nGiven an integer, returns an IntColumn that holds\nany number between 0 and n "
    "if n > 0, -n "
    "and n if n < 0\n\nParameters\n----------\nn : int\n    the largest number that it holds\n\nReturns\n-------\n"
    "IntColumn\n",
    "fields": "Says where a row was lost, by the path of its part.\n\n:param part_path: Path of the part, as a list of "
    "names\n:param lost_row: The row, or None where there is none\n:param seen_row: The row that stands in its place\n",
    "names in a sentence": "This takes the place of the SkipFunction that waits on the symbolic stack before "
    "compile_part, so the writer makes the wrapper anew by LOAD_NAME, and nobody sees the difference there.",
    "a condition": "Finds the last place of the given words in each row. The offset is counted from there to "
    "the end of "
    "the row (will therefore always be >= len(first_words)), and given to every layer under layer_names before it is "
    "asked for an answer, as the PathReader does.",
    "escapes in an example": "Puts a name into bytes.\n\n>>> pack('ab')\nb'\\x00\\x02ab\\x00\\x00\\x00\\x00'\n>>> "
    "pack('')\nb'\\x00\\x00\\x00\\x00'\n",
    "underlined headings": "My tool\n=======\n\nIt counts words.\n\nInstall\n=======\n\nRun the installer.\n\nUsage\n"
    "=====\n\nRun it.\n\nLicence\n=======\n\nFree.\n",
    "keywords": "Metadata-Version: 2.1\nName: tool\nKeywords: "
    "counting,words,sentences,paragraphs,chapters,books,libraries"
    ",readers,writers,printers,publishers\n\nIt counts words.\n",
}


@pytest.mark.parametrize("kind", [*PROGRAMS, *DOCUMENTS])
def test_programs_and_what_documents_them_are_no_garbage(kind: str) -> None:
    assert judged({"text": {**PROGRAMS, **DOCUMENTS}[kind]}) is None


@pytest.mark.parametrize(
    "text",
    [
        DECLARED.replace("width", "wi\ufffd\ufffdh"),
        DECLARED + "<|im_end|>\n<|endoftext|>",
        "My aunt if (err != nil) { keeps her //TODO receipts in }; a biscuit tin, ToString sorted by colour, "
        "and when the "
        "tax office && wrote to her last spring, she took the tin => { under her arm and went there.",
        "Sie k=C3=B6nnen es h=C3=B6ren, wenn Sie sich =C3=BCber das alte Gel=C3=A4nder le=\nhnen: ein "
        "Rauschen, das n=\n"
        "icht aufh=C3=B6rt.",
    ],
)
def test_a_program_and_its_prose_may_be_spoilt_all_the_same(text: str) -> None:
    assert judged({"text": text}) is not None


def test_verse_in_small_letters_is_no_program() -> None:
    verse = "for the sea,\nwith the bee,\nnew and free,\nfrom the hill\nimport\ntry with me,"
    row = of_data(1, {"prompt": "Schreib ein Gedicht über die See.", "completion": verse})
    (one,) = sift.judge(row, sift.choose("garbage")).fired
    assert one["reason"] == "in en where the prompt is in de"


DICE = Random(3)
KEYS = "".join(f"return {''.join(DICE.choices('bcdfghjklmnpqrtvwxz', k=5))} qv{n};\n" for n in range(40))
ABROAD = "Ich gehe = in die Stadt und sehe dort einen Mann;\nx = 3;\n" * 3
PAIRS = "River = a stream\nTower = a house\nKing = a man who rules\nBread = what we eat\n"


@pytest.mark.parametrize(
    ("prompt", "text"),
    [("Write a note to my uncle.", KEYS), ("Write a note to my uncle.", ABROAD), ("Erzähl mir von Köln.", PAIRS)],
)
def test_a_program_is_excused_only_where_it_is_asked_for(prompt: str, text: str) -> None:
    assert judged({"prompt": prompt, "completion": text}) is not None
    assert judged({"text": text}) is None


@pytest.mark.parametrize("prompt", ["Declare these in C++.", "Implement the three calls.", "int grow(int x);\nint y;"])
def test_a_program_that_was_asked_for_is_no_garbage(prompt: str) -> None:
    for text in PROGRAMS.values():
        assert judged({"prompt": prompt, "completion": text}) is None


@pytest.mark.parametrize("prompt", ["Write the docstring.", "Show help(tool.pack).", "Document this API."])
def test_documentation_that_was_asked_for_is_no_garbage(prompt: str) -> None:
    for kind in ("numpydoc", "fields", "escapes in an example"):
        assert judged({"prompt": prompt, "completion": DOCUMENTS[kind]}) is None
