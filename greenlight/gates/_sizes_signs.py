"""Sizes asked for in Chinese and Japanese, which set no space between words."""

from __future__ import annotations

import re

DIGITS = {"一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
NUMBER = r"(?:\d{1,5}|[０-９]{1,5}|[一二两兩三四五六七八九十百千]{1,5})"
UNIT = (
    r"(?P<chars>个?個?(?:汉字|漢字|文字|字符|字)(?!词|典|母|体|幕|段|詞))|(?P<sentences>句话?話?|个句子|個句子|文(?=で|以|に|程|く|だ|の|、|。|，))|"
    r"(?P<paragraphs>个?個?(?:段落|段)(?!时|経|经|階|阶))|(?P<lines>行(?!动|動|李|程|业))|(?P<words>个?個?(?:单词|單詞|词|詞|単語|語(?=で|以|"
    r"だけ|のみ|、|。)))|"
    r"(?P<items>条|條|个?個?(?:例子|建议|建議|要点|要點|步骤|步驟|问题|問題|理由|原因|标题|名字|点子|方法|技巧)|点(?=建|理|，|。|要|说|說)|つ(?=挙|の(?:例|理由|方法|"
    r"ポイント|アイデア|コツ|点|質問|案|提案|利点|特徴)|教|書|、|提|ほど)|項目|個(?=挙|の例)|箇条|か条)"
)
SIZE = re.compile(
    rf"(?P<pre>不超过|不超過|不多于|最多|至多|至少|不少于|最少|大约|大約|大概|约|約|正好|恰好|ちょうど|少なくとも|最大)?\s*"
    rf"(?P<low>{NUMBER})\s*(?:(?:到|至|-|–|~|〜|～|から|、|，)\s*(?P<high>{NUMBER})\s*|字到(?P<high2>{NUMBER})|"
    rf"文字から(?P<high3>{NUMBER}))?(?:{UNIT})(?P<post>以内|之内|以下|以上|左右|上下|程度|くらい|ぐらい|前後|ほど|まで|を超えない|を超えず)?"
)
COUNT = re.compile(
    r"(?:字数|文字数|篇幅)(?:要求|限制|限|为|是|约|大约|は|：|:|\s){0,3}(\d{2,5})(?![\d字文左-]|\s*[字文~～到至])"
)
LISTED = re.compile(
    rf"(?:列出|列举|列舉|举出|举|舉|给我|给出|给|給我|推荐|推薦|提供|说出|写出|想)\s*(?P<low>{NUMBER})\s*[个個条條种種点點](?!字|句|段|单词|詞|词|人|小时|分钟|故事|汉字)"
)
VETO = re.compile(
    r"(?:关于|關於|有关|这|那|這|该|此|每|各|第|上面|原|前|后|後|この|その|あの|上の|最初の|最後の|加|删|刪)[^，。,\n]{0,4}$|(?:我的|你的|他的|她的|私の|僕の|我写了|"
    r"我有|彼の|彼女の)[^，。,\n]{0,10}$"
)
AFTER = re.compile(r"(?:的(?:规则|規則|故事里|男|女|人)|ずつ|規則|ルール|の(?:ルール|法則|男|女|人))")
LABEL = re.compile(
    r"(?:要求|字数|文字数|篇幅|长度|長度|限|だけ|のみ|只|仅|僅)|(?:^|[。，,：:！？!?、\n（(])\s*[约約大概一二两三四五\d]+\s*[个個]?[字词詞句文語段行]"
)
"""Said without a verb: "要求：500字"."""
DOUBT = re.compile(
    "コツは|書き方|怎么(?:写|改|修改)|如何(?:写|改|修改)|どう(?:直|書)|何(?:字|文)ですか|多少|几[个句段行]|如果|もし|若是|的话|場合|以后|之后我|不对|算了|每|各|ずつ|それぞれ|"
    "翻译|翻譯|翻訳"
)
HAIKU = re.compile(
    "(?<![二三四五六七八九十0-9])(?:一首)?俳句(?:を一[つ句])?(?:を)?(?:詠ん|作って|書いて|お願|ください)|写一首?俳句"
)
ASKING = re.compile(
    "写|寫|谈|談|聊|论|論|述|编|編|来一|来个|來一|來個|最多|最少|至少|不超过|不超過|願|頼|欲し|用|以|请|請|列|给|給|介绍|说|說|讲|講|回答|概括|总结|總結|解释|解釋|描述|推荐|起|"
    "書|挙げ|教え|"
    "答え|まとめ|説明|要約|述べ|述|ください|で|作"
)


def _value(said: str) -> int:
    if said[0].isdigit():
        return int(said)
    total = part = 0
    for sign in said:
        if sign in "百千":
            total, part = total + (part or 1) * (100 if sign == "百" else 1000), 0
        elif sign == "十":
            total, part = total + (part or 1) * 10, 0
        else:
            part = DIGITS[sign]
    return total + part


def in_signs(text: str) -> list[tuple[str, float, float, str, int, int]]:
    """Each size: unit, low, high, kind and where it stands."""
    if DOUBT.search(text) or not (ASKING.search(text) or LABEL.search(text)):
        return []
    found: list[tuple[str, float, float, str, int, int]] = []
    for m in LISTED.finditer(text):
        if (size := float(_value(m["low"]))) > 1:
            found.append(("items", size, size, "bare", *m.span()))
    for m in SIZE.finditer(text):
        if VETO.search(text[max(0, m.start() - 14) : m.start()]) or AFTER.match(text[m.end() : m.end() + 6]):
            continue
        unit, low = str(m.lastgroup), _value(m["low"])
        unit = next(name for name in ("chars", "sentences", "paragraphs", "lines", "words", "items") if m[name])
        said = m["high"] or m["high2"] or m["high3"]
        high, kind = (_value(said), "limit") if said else (low, "bare")
        pre, post = m["pre"] or "", m["post"] or ""
        bottom, top = float(low), float(high)
        if pre in ("不超过", "不超過", "不多于", "最多", "至多", "最大") or post in (
            "以内",
            "之内",
            "以下",
            "まで",
            "を超えない",
            "を超えず",
        ):
            bottom, kind = (float(low) if said else 0.0), "limit"
        elif pre in ("至少", "不少于", "最少", "少なくとも") or post == "以上":
            top, kind = float("inf"), "limit"
        elif not said and (pre in ("大约", "大約", "大概", "约", "約") or post):
            kind = "about"
        elif pre:
            kind = "exact"
        if low > high or (unit == "chars" and max(low, high) < 10) or (unit == "items" and max(low, high) < 2):
            continue
        if unit == "paragraphs" and low < 2 and not (m["high"] or pre or post or "段落" in m.group()):
            continue  # a passage
        if unit == "items" and found and found[0][0] == "items":
            continue
        found.append((unit, bottom, top, kind, m.start(), m.end()))
    for m in COUNT.finditer(text):
        found.append(("chars", float(m[1]), float(m[1]), "about", *m.span()))
    if not found and HAIKU.search(text):
        found.append(("chars", 0.0, 90.0, "form", 0, len(text)))
    return found
