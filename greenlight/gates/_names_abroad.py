"""The names of language models and of their makers as other scripts spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator

GAP = r"[ \-\u200c]?"
CYRILLIC = """
chatgpt чат~гпт чат~джи~пи~ти чат~gpt
openai оупен~эй~ай опен~эй~ай опен~аи
google гугл
gemini джемини гемини
claude клод
anthropic антропик
deepseek дип~сик
qwen квен
alibaba алибаб
microsoft майкрософт
copilot копайлот
mistral мистраль
yandexgpt яндекс~гпт яндекс~gpt
yandex яндекс
gigachat гига~чат
sber сбербанк сбер
grok грок
kimi кими
siri сири
alisa алис
"""
ARABIC = """
chatgpt شات~جي~بي~تي تشات~جي~بي~تي چت~جی~پی~تی چیٹ~جی~پی~ٹی
openai أوبن~[إأا]ي[هـ]?~[آأا]ي اوبن~[إأا]ي[هـ]?~[آأا]ي أوبن~آي اوپن~ای~آی اوپن~اے~آئی
google جوجل غوغل قوقل گوگل
gemini جيميني جيمناي جمنای جمینای جیمنی
claude كلود کلود کلاڈ
anthropic أنثروبيك انثروبيك أنثروبك آنتروپیک
deepseek ديب~سيك دیپ~سیک
microsoft مايكروسوفت ميكروسوفت مایکروسافت
copilot كوبايلوت
meta ميتا متا
alibaba علي~بابا علی~بابا
mistral ميسترال
grok غروك جروك گراک
siri سيري سیری
alexa أليكسا
"""
HEBREW = """
chatgpt צ'אט~(?:ג'י~פי~טי|gpt) צ׳אט~(?:ג׳י~פי~טי|gpt)
google גוגל
gemini ג'מיני ג׳מיני
claude קלוד
openai אופן~(?:איי|אי)~(?:איי|אי)
microsoft מיקרוסופט
meta מטא
"""
DEVANAGARI = """
chatgpt चैट~जी~पी~टी
openai ओपन~ए~आई
google गूगल
gemini जेमिनाई जेमिनी
claude क्लॉड
anthropic एंथ्रोपिक एन्थ्रोपिक
deepseek डीप~सीक
microsoft माइक्रोसॉफ्ट
copilot कोपायलट को-पायलट
meta मेटा
llama लामा
mistral मिस्ट्रल
alibaba अलीबाबा
qwen क्वेन
grok ग्रोक ग्रॉक
siri सिरी
alexa एलेक्सा
"""
KANA = """
chatgpt チャット(?:GPT|ジーピーティー)
openai オープン(?:AI|エーアイ)
google グーグル
gemini ジェミニ
claude クロード
anthropic アンソロピック アンスロピック
deepseek ディープシーク
microsoft マイクロソフト
copilot コパイロット コーパイロット
meta メタ
llama ラマ
mistral ミストラル
alibaba アリババ
qwen クウェン
grok グロック
"""
HANGUL = """
chatgpt 챗(?:지피티|gpt)
openai 오픈~(?:에이아이|ai)
google 구글
gemini 제미나이 제미니
claude 클로드
anthropic 앤트로픽 앤스로픽 앤쓰로픽
deepseek 딥시크
microsoft 마이크로소프트
copilot 코파일럿
meta 메타(?=의|에서|가|는|~ai)
llama 라마(?=입|예|이에|라고|~\\d)
mistral 미스트랄
alibaba 알리바바
qwen 큐원
grok 그록
siri 시리
alexa 알렉사
naver 네이버
hyperclovax 하이퍼~클로바~(?:x|엑스)?
"""
HAN = """
qwen 通义千问 通義千問 千问
ernie 文心一言
doubao 豆包
hunyuan 混元
chatglm 智谱清言 智譜清言
spark 讯飞星火 訊飛星火
pangu 盘古大模型 盤古大模型
claudemodel 克劳德 克勞德
alibaba 阿里巴巴 阿里云 阿里雲
baidu 百度
tencent 腾讯 騰訊
deepseek 深度求索
bytedance 字节跳动 字節跳動
zhipu 智谱 智譜
moonshotai 月之暗面
googlehan 谷歌
microsofthan 微软 微軟
iflytek 科大讯飞 科大訊飛
"""
THAI = """
chatgpt แช[ทต]~จีพีที
google กูเกิล กูเกิ้ล
gemini เจมินาย เจมินี
openai โอเพนเอไอ โอเพ่นเอไอ
"""
BOUNDS = (
    (CYRILLIC, "[Ѐ-ӿ]", r"(?<!\w)", r"(?:а|у|ом|е|ы|и|ю|я|ой|ем|ь|ью)?(?!\w)"),
    (ARABIC, "[\u0600-\u06ff]", r"(?<!\w)[وبلف]{0,2}(?:ال)?", r"(?!\w)"),
    (HEBREW, "[\u05d0-\u05ea]", r"(?<!\w)[בלמהושכ]{0,2}", r"(?!\w)"),
    (DEVANAGARI, "[\u0900-\u097f]", "(?<![\u0900-\u097f])", "(?![\u0904-\u0939])"),
    (KANA, "[ァ-ヺ]", "(?<![ァ-ヺー])", "(?![ァ-ヺー])"),
    (HANGUL, "[가-힣]", "(?<![가-힣])", ""),
    (HAN, "[㐀-鿿]", "", ""),
    (THAI, "[ก-๛]", "", ""),
)
"""The spellings, what tells their script, and what stands around a name in it: cases, prefixes, or nothing."""
MAKERS = frozenset(
    [
        "openai",
        "google",
        "googlehan",
        "anthropic",
        "alibaba",
        "microsoft",
        "microsofthan",
        "meta",
        "yandex",
        "sber",
        "naver",
        "baidu",
        "tencent",
        "bytedance",
        "zhipu",
        "moonshotai",
        "iflytek",
    ]
)


LITERAL = re.compile(r"[^\[(~?\\]{2,}")
MOST, LONGEST = 300, 24
"""Names of one script that are looked at in a text, and characters of the longest one."""


def _compiled() -> tuple[tuple[re.Pattern[str], re.Pattern[str], tuple[str, ...]], ...]:
    out = []
    for written, script, before, after in BOUNDS:
        kinds, hints = [], []
        for line in written.strip().splitlines():
            name, *spelled = line.split()
            kinds.append(rf"(?P<{name}>{'|'.join(spelled)})".replace("~", GAP))
            hints += [m.group() for one in spelled if (m := LITERAL.match(one))]
        shortest = tuple(sorted({one for one in hints if not any(other != one and other in one for other in hints)}))
        out.append((re.compile(script), re.compile(rf"{before}(?:{'|'.join(kinds)}){after}", re.IGNORECASE), shortest))
    return tuple(out)


PATTERNS = _compiled()


def found(text: str) -> Iterator[re.Match[str]]:
    """The names in a text, script by script; ``lastgroup`` is the name in Latin letters."""
    if text.isascii():
        return
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for script, names, hints in PATTERNS:
        if script.search(text):
            end = 0
            for place in _places(low, hints):
                if place >= end and (m := names.search(text, max(end, place - 5), place + LONGEST)) is not None:
                    end = m.end()
                    yield m


def _places(low: str, hints: tuple[str, ...]) -> list[int]:
    """Where names may stand: linear, by plain search."""
    places: list[int] = []
    for hint in hints:
        at = low.find(hint)
        while at >= 0 and len(places) < MOST:
            places.append(at)
            at = low.find(hint, at + len(hint))
    return sorted(places)
