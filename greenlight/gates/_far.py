"""Common words of languages that the gates know by no more than that they are languages."""

from __future__ import annotations

import re

from greenlight.gates._text import word_set

FAR = word_set(
    # Turkish, Finnish, Hungarian: more than the commonest, for they put into endings what others say in small words
    "ama bile biri bize bizi bunu böyle çünkü diye dedi eski fakat gece gün hemen hep hiç kendi kimse küçük nasıl oldu"
    " olduğu onu onun öyle sadece şimdi vardı yeni yine zaman usta köy herkes başladı geldi her aina eivät ennen "
    "hyvin häntä ihan jo jos jota jotka kaikki kerran koko koska kuka mikä myöhemmin niiden niitä nyt pieni sekä "
    "sille tuli usein uusi vanha voi vielä ympäri aki ahol akkor azt azóta benne csupán egyik ezért hanem hogyan igen "
    "itt így jól kell lehet mert miatt mindenki mindig most nagyon ott pedig sem soha senki szerint több után úgy "
    "vagy vele volna"
    # Nguni, Sotho, Shona, Chewa, Rwanda, Wolof, Yoruba, Igbo, Hausa, Malagasy
    " kwaye kodwa ukuba nje xa ngoko emva kwakhe kakhulu yedwa akukho wam wami wakhe kuthi lapho futhi lelo loo leyo "
    "abantu le ke ho ba hore empa ka e le tsa kapa motho hae kgotsa ngwana uye asi kana kuti zvino pane iyi munhu "
    "zvikuru ndi ndipo koma kuti anthu chifukwa ndiye pamene iye cha kwa na mu ku ariko kandi ubwo cyane umuntu iyo "
    "uyu ni gusa ak ci mu dafa loolu waaye nit bu mooy bi yi ba ni ti ó àti sí fún kan tí náà máa kò pé wà ń kí bí ṣe "
    "jẹ́ láti nígbà ṣùgbọ́n na nke ya bụ ọ ndị ahụ ka mgbe maka ma anyị n'elu n'ime dị si da wani wannan amma ba ya "
    "ta su ne ce kuma mai don idan har cikin kan bayan ny dia fa ary tsy izy io ireo ilay tao misy amin'ny tamin'ny "
    "saingy rehefa teo olona izany azy"
    # the Pacific, Indonesia, the Philippines
    " te he ngā nga o e i ki kua taua tētahi ka mai engari me ko tana ke ka ʻo ia nā ma mau lā aku mākou i kona akā "
    "ʻaʻole nei loa le o ma lea sa ai i latou ae na lona fale tagata ua lan iku ing ora sing karo wong iki nanging "
    "saka kang wis ana uga marang yèn dheweke kanggo mung nu anu teu jeung éta ti dina ka aya kuring manéhna sareng "
    "pikeun ang sa nga ug mga siya usa kini dili ako iyang kay ni ka kaniya niadtong"
    # America
    " chay hina kay manam ñan huk paykuna nispa karqan sapa ichaqa paypaqllam mana kani runa qam ha upe umi pe che "
    "ñande ha'e rehe katu mba'e peteĩ kuña avei gua ndive in ihuan tlen amo ipan inin nochi cualli tlacatl"
    # Hmong, Kurdish, Breton, Scottish Gaelic, Luxembourgish, Faroese, Occitan, Frisian, Maltese, pidgins
    " tus cov yog nws tau thiab tsis muaj lub peb los rau hais tias kuv txij ntawd leej mus û ku li ji bi de ew jî wî "
    "wê bû dema lê kir tenê kes ur ar an hag a oa e en met gant da ouzh war evit pa ne ket hepken anezhañ agus bha "
    "air an e i gun nach sinn ach leis aig na bhiodh dhuine ann nuair mäi hat eng déi sot ëm vun net och wéi dat ass "
    "hir mir kee eis hie tað og var ein hann ikki til frá hjá men tá teir ið lo la los de que es un aquel son mas "
    "dins amb èra far pas òc it de fan in is wie hy syn mar dy net oan foar ek il li ta ma kien u din dak biex iżda "
    "għal hija long bilong em mi yu ol na wanpela i no olsem"
    # Serbian and Bosnian in Latin letters
    " su da je bio taj ili niko ništa kada nas dana samo ali može onda ovaj dok jednog bila"
)
"""Words by which Latin writing is some language's, if it has enough of them."""
FAR_LETTERS = re.compile("[әғқңөұүһҗӣӯҳҷӱӧӑӗҫӳќѓѕџљњђћјўїєґѣ]")
"""Cyrillic letters that Russian does not have."""


def is_far(words: list[str], size: int) -> bool:
    """Whether words are of such a language."""
    if sum(not word.isascii() for word in words) >= 0.2 * len(words) and "a" <= words[0][0] <= "z":
        return True
    different = set(words)
    found = FAR.intersection(different)
    if len(found) >= 0.11 * len(different) and sum(len(word) > 2 for word in found) >= 3:
        return True
    return sum(len(FAR_LETTERS.findall(word)) for word in words) >= 0.02 * size
